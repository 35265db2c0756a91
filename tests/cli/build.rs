//! `stackc build`: what is written, and what is left alone.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use super::{DEMO, Desk};

#[test]
fn a_second_build_writes_nothing() {
    let desk = Desk::with("a.stack", DEMO);
    desk.run(&["build"]).says("wrote docker-compose.yml\nnext: docker compose up --build -d\n");
    let state = || {
        let of =
            |name: &str| fs::metadata(desk.path(name)).map(|m| (m.ino(), m.mtime(), m.mtime_nsec())).unwrap();
        (of("docker-compose.yml"), of(".stackc-manifest.json"), of("."))
    };
    let before = state();
    desk.run(&["build"]).says("unchanged docker-compose.yml\nnext: docker compose up --build -d\n");
    assert_eq!(state(), before);
}

#[test]
fn an_edited_file_is_refused_until_it_is_forced() {
    let desk = Desk::with("a.stack", DEMO);
    assert_eq!(desk.run(&["build"]).code, 0);
    let text = desk.read("docker-compose.yml");
    let edited = format!("{text}# mine\n");
    desk.write("docker-compose.yml", &edited);
    desk.run(&["build"]).refuses_in_the_end(
        1,
        "error: nothing was written: a file is in the way\n  `docker-compose.yml` was edited since stackc wrote \
         it\n  help: `--diff` shows what would change, `--force` overwrites\n",
    );
    assert_eq!(desk.read("docker-compose.yml"), edited);
    let said = desk.run(&["build", "--diff"]);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("--- a/docker-compose.yml\n+++ b/docker-compose.yml\n@@ "), "{}", said.out);
    assert!(said.out.ends_with("\n-# mine\n"), "{}", said.out);
    assert!(said.err.ends_with("`docker-compose.yml` was edited since stackc wrote it\n"), "{}", said.err);
    assert_eq!(desk.run(&["build", "--force"]).code, 0);
    assert_eq!(desk.read("docker-compose.yml"), text);
}

#[test]
fn a_foreign_file_is_refused() {
    let desk = Desk::with("a.stack", DEMO);
    desk.write("docker-compose.yml", "services: {}\n");
    desk.run(&["build"]).refuses_in_the_end(
        1,
        "error: nothing was written: a file is in the way\n  `docker-compose.yml` was not written by stackc\n  help: \
         `--diff` shows what would change, `--force` overwrites\n",
    );
    assert_eq!(desk.files(), ["docker-compose.yml"]);
    assert_eq!(desk.read("docker-compose.yml"), "services: {}\n");
}

#[test]
fn a_foreign_file_that_says_the_same_is_left_as_it_is() {
    let desk = Desk::with("a.stack", DEMO);
    assert_eq!(desk.run(&["build", "-o", "made"]).code, 0);
    let theirs = desk.read("made/docker-compose.yml").replace("    image", "    # mine\n    image");
    desk.write("docker-compose.yml", &theirs);
    let left = "left docker-compose.yml as it is: stackc did not write it, and it says the same (`--force` writes it)\n";
    desk.run(&["build"]).says(&format!("{left}next: docker compose up --build -d\n"));
    for option in ["--check", "--diff"] {
        let said = desk.run(&["build", option]);
        assert_eq!((said.code, said.out.as_str()), (0, ""));
        assert!(said.err.ends_with(&format!("{left}nothing would change\n")), "{}", said.err);
    }
    assert_eq!(desk.run(&["build", "--diff", "--force"]).code, 1);
    assert_eq!(desk.read("docker-compose.yml"), theirs);
    assert!(!desk.path(".stackc-manifest.json").exists());
    desk.run(&["build", "--force"]).says("wrote docker-compose.yml\nnext: docker compose up --build -d\n");
}

#[test]
fn line_endings_that_git_changed_are_no_edit() {
    let desk = Desk::with("a.stack", DEMO);
    assert_eq!(desk.run(&["build"]).code, 0);
    desk.write("docker-compose.yml", desk.read("docker-compose.yml").replace('\n', "\r\n"));
    desk.run(&["build"]).says("unchanged docker-compose.yml\nnext: docker compose up --build -d\n");
    assert_eq!(desk.run(&["build", "--check"]).code, 0);
}

#[test]
fn a_link_in_the_output_folder_is_not_written_through() {
    let desk = Desk::with("a.stack", DEMO);
    desk.write("precious", "precious\n");
    symlink("precious", desk.path("docker-compose.yml")).unwrap();
    for arguments in [&["build"][..], &["build", "--force"]] {
        desk.run(arguments).refuses_in_the_end(
            1,
            "error: nothing was written: a file is in the way\n  `docker-compose.yml` is a link\n  help: move what is in \
             the way, or write to another folder with `-o DIR`\n",
        );
    }
    assert_eq!(desk.read("precious"), "precious\n");
}

#[test]
fn check_writes_nothing_and_names_what_differs() {
    let desk = Desk::with("a.stack", DEMO);
    let said = desk.run(&["build", "--check"]);
    assert_eq!((said.code, said.out.as_str()), (1, "`docker-compose.yml` is missing\nrun `stackc build`\n"));
    assert!(desk.files().is_empty());
    assert_eq!(desk.run(&["build"]).code, 0);
    let said = desk.run(&["build", "--check"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(said.err.ends_with("nothing would change\n"), "{}", said.err);
    desk.write("a.stack", DEMO.replace("8080", "9090"));
    let said = desk.run(&["build", "--check"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (1, "`docker-compose.yml` is out of date\nrun `stackc build`\n")
    );
    let said = desk.run(&["build", "--diff"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("9090"), "{}", said.out);
}

#[test]
fn stdout_prints_what_would_be_written() {
    let desk = Desk::with("a.stack", DEMO);
    let said = desk.run(&["build", "--stdout"]);
    assert_eq!(said.code, 0);
    assert!(desk.files().is_empty());
    assert_eq!(desk.run(&["build"]).code, 0);
    assert_eq!(said.out, desk.read("docker-compose.yml"));
}

#[test]
fn another_folder_is_made_and_named_in_the_next_command() {
    let desk = Desk::with("my app.stack", DEMO);
    desk.run(&["build", "-o", "out put/deep"]).says(
        "wrote out put/deep/docker-compose.yml\nnext: docker compose -f 'out put/deep/docker-compose.yml' up --build \
         -d\n",
    );
    assert_eq!(desk.files(), ["out put/deep/.stackc-manifest.json", "out put/deep/docker-compose.yml"]);
    assert!(desk.read("out put/deep/.stackc-manifest.json").contains("\"stack\": \"../../my app.stack\""));
    desk.run(&["build", "-o", "my app.stack"]).refuses_in_the_end(
        3,
        "error: `my app.stack` is not a folder\n  help: name a folder with `-o DIR`; it is made if it is not there\n",
    );
    desk.run(&["build", "-o", "my app.stack/x"]).refuses_in_the_end(
        3,
        "error: `my app.stack/x` is not a folder\n  help: name a folder with `-o DIR`; it is made if it is not there\n",
    );
}

#[test]
fn the_files_go_beside_the_stack_file() {
    let desk = Desk::empty();
    fs::create_dir(desk.path("deploy")).unwrap();
    desk.write("deploy/a.stack", DEMO);
    desk.run(&["build", "deploy/a.stack"]).says(
        "wrote deploy/docker-compose.yml\nnext: docker compose -f deploy/docker-compose.yml up --build -d\n",
    );
}

#[test]
fn no_path_of_the_machine_is_in_any_file() {
    let desk = Desk::with("a.stack", DEMO);
    assert_eq!(desk.run(&["build", "-o", "out"]).code, 0);
    let folder = desk.path("").display().to_string();
    for file in desk.files() {
        assert!(!desk.read(&file).contains(folder.trim_end_matches('/')), "{file}");
    }
}

#[test]
fn builds_that_run_at_once_end_in_one_state() {
    let desk = Desk::with("a.stack", DEMO);
    let children: Vec<_> = (0..8).map(|_| desk.command(super::STACKC, &["build"]).output()).collect();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(desk.run(&["build"]).code, 0));
        }
    });
    assert!(children.into_iter().all(|child| child.unwrap().status.success()));
    assert_eq!(desk.files(), [".stackc-manifest.json", "docker-compose.yml"]);
    assert_eq!(desk.run(&["build", "--check"]).code, 0);
}

#[test]
fn a_build_that_is_killed_at_any_moment_leaves_whole_files() {
    let desk = Desk::with("a.stack", DEMO);
    let texts = [DEMO.to_owned(), DEMO.replace("8080", "9090")];
    let expected: Vec<String> = texts
        .iter()
        .map(|text| {
            desk.write("a.stack", text);
            desk.run(&["build", "--stdout"]).out
        })
        .collect();
    for round in 0..60_u64 {
        desk.write("a.stack", &texts[usize::from(round % 2 == 0)]);
        let mut child = desk.command(super::STACKC, &["build"]);
        child.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = child.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(round * 120));
        child.kill().unwrap();
        child.wait().unwrap();
        if let Ok(text) = fs::read_to_string(desk.path("docker-compose.yml")) {
            assert!(expected.contains(&text), "round {round}: {text}");
        }
    }
    assert_eq!(desk.run(&["build"]).code, 0);
    assert_eq!(desk.files(), [".stackc-manifest.json", "docker-compose.yml"]);
}

#[test]
fn the_lines_of_each_file_are_counted_by_their_cause() {
    let stack = "\
stack demo
service app {
  image someone/app:1
  raw compose \"\"\"
    annotations:
      note: it's raw
    \"\"\"
}
proxy web {
  image   nginx:1.30
  publish 127.0.0.1:8080:80
  site example.org { route /a/ { raw nginx 'deny all;' } }
}
";
    let desk = Desk::with("a.stack", stack);
    let table = "
                                    lines  statements  defaults  raw  raw lines  raw bytes
docker-compose.yml                     42          11        29    2       4.8%       4.4%
docker/web/Dockerfile                   6           3         3    0       0.0%       0.0%
docker/web/Dockerfile.dockerignore      5           3         2    0       0.0%       0.0%
docker/web/nginx.conf                  66          13        52    1       1.5%       1.3%
total                                 119          30        86    3       2.5%       2.1%
"
    .trim_start_matches('\n');
    let said = desk.run(&["build", "--stats"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains(&format!("wrote docker/web/nginx.conf\n{table}next: ")), "{}", said.out);
    let said = desk.run(&["build", "--stats", "--check"]);
    assert_eq!((said.code, said.out.as_str()), (0, table));
    // Where standard output is for something else, the table is not in its way.
    for option in ["--stdout", "--diff"] {
        let said = desk.run(&["build", "--stats", option]);
        assert_eq!(said.code, 0);
        assert!(said.err.ends_with(table) && !said.out.contains("raw lines"), "{option}: {}", said.err);
    }
    // What the table says is what the file holds.
    let compose = desk.read("docker-compose.yml");
    let raw: Vec<&str> =
        compose.lines().filter(|line| line.contains("annotations:") || line.contains("note:")).collect();
    let bytes: usize = raw.iter().map(|line| line.len() + 1).sum();
    assert_eq!((compose.lines().count(), raw.len()), (42, 2));
    assert_eq!(1_000 * bytes / compose.len(), 44);
}
