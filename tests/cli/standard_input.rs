//! `-`: texts from standard input.

use std::io::Write;
use std::process::Stdio;

use super::{DEMO, Desk, STACKC, Said, said};

/// Runs the program with a text on its standard input.
fn with_input(desk: &Desk, arguments: &[&str], input: impl AsRef<[u8]>) -> Said {
    let mut command = desk.command(STACKC, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // What is refused is not read to its end.
    let _ = pipe.write_all(input.as_ref());
    drop(pipe);
    said(child.wait_with_output().unwrap())
}

const STACK: &str = "stack demo\nservice web {\n  image nginx:1.30\n  publish 8080:80\n  env { DB_PASSWORD hunter2hunter2 }\n}\n";

fn short(desk: &Desk, name: &str, text: &str) -> Vec<String> {
    let said = with_input(desk, &["lint", "--format", "short", "-", "--stdin-filename", name], text);
    assert_eq!(said.err, "", "{name}");
    said.out.lines().map(str::to_owned).collect()
}

/// The rules of some lines of `--format short` on a file.
fn rules(lines: &[String], file: &str) -> Vec<String> {
    let of_file = lines.iter().filter(|line| line.starts_with(&format!("{file}:")));
    of_file.map(|line| line.rsplit('[').next().unwrap().trim_end_matches(']').to_owned()).collect()
}

#[test]
fn a_text_takes_the_place_of_a_file_that_exists_or_not() {
    let desk = Desk::with("a.stack", DEMO);
    assert!(rules(&short(&desk, "a.stack", STACK), "a.stack").contains(&"secret-literal".to_owned()));
    assert!(rules(&short(&desk, "new.stack", STACK), "new.stack").contains(&"secret-literal".to_owned()));
    assert_eq!(desk.read("a.stack"), DEMO);
    assert!(!rules(&short(&desk, "Dockerfile", "FROM nginx:latest\n"), "Dockerfile").is_empty());
}

#[test]
fn the_files_around_the_text_are_those_of_the_disk() {
    let desk = Desk::empty();
    std::fs::create_dir_all(desk.path("shop/conf.d")).unwrap();
    let compose = "services:\n  app:\n    image: example/app:1.0\n  web:\n    image: nginx:1.30\n    volumes: \
                   [./nginx.conf:/etc/nginx/conf.d/default.conf:ro]\n";
    desk.write(
        "shop/nginx.conf",
        "server {\n  listen 80;\n  location / { proxy_pass http://api:8000; }\n}\n",
    );
    let unknown = rules(&short(&desk, "shop/docker-compose.yml", compose), "shop/nginx.conf");
    assert!(unknown.contains(&"cross-proxy-host".to_owned()), "{unknown:?}");
    let with_api = format!("{compose}  api:\n    image: python:3.14-slim\n");
    let known = rules(&short(&desk, "shop/docker-compose.yml", &with_api), "shop/nginx.conf");
    assert!(!known.contains(&"cross-proxy-host".to_owned()), "{known:?}");

    // A new file is one of those that a pattern names.
    desk.write("shop/nginx.conf", "events {}\nhttp {\n  include conf.d/*.conf;\n}\n");
    let part = "server {\n  listen 80;\n  location /static { alias /srv/static/; }\n}\n";
    let found = rules(&short(&desk, "shop/conf.d/new.conf", part), "shop/conf.d/new.conf");
    assert!(found.contains(&"nginx-alias-traversal".to_owned()), "{found:?}");
}

#[test]
fn without_a_name_the_text_tells_what_it_is() {
    let desk = Desk::empty();
    let found = |text: &str| with_input(&desk, &["lint", "--format", "short", "-"], text);
    for text in [
        STACK,
        "services:\n  web:\n    image: nginx\n    privileged: true\n",
        "FROM nginx:latest\nCOPY gone /srv/\n",
        "server {\n  listen 80;\n  location /static { alias /srv/static/; }\n}\n",
    ] {
        let said = found(text);
        assert!(
            said.out.lines().count() > 0 && said.out.lines().all(|line| line.starts_with("-:")),
            "{said:?}"
        );
    }
    let why = "error: what the text from standard input is cannot be told\n  help: say which file it is for, for example \
               `--stdin-filename docker-compose.yml`\n";
    found("hello\n").refuses(3, why);
    found("").refuses(3, why);
}

#[test]
fn what_cannot_be_read_is_said() {
    let desk = Desk::with("a.stack", DEMO);
    std::fs::create_dir(desk.path("folder")).unwrap();
    let run = |arguments: &[&str], text: &[u8]| with_input(&desk, arguments, text);
    run(&["lint", "-", "--stdin-filename", "a.stack"], b"stack a\n# caf\xe9\n").refuses(
        2,
        "error: `a.stack` is not UTF-8: line 2, column 6 holds the byte 0xe9 (offset 13)\n  help: save it as UTF-8; if \
         it is text at all, it is probably Latin-1\n",
    );
    let large = vec![b'#'; (2 << 20) + 1];
    let too_large = "error: `a.stack` is larger than 2 MiB and was not read\n";
    run(&["lint", "-", "--stdin-filename", "a.stack"], &large).refuses(2, too_large);
    run(&["fmt", "-"], &large).refuses(2, "error: `-` is larger than 2 MiB and was not read\n");
    let is_alone =
        "error: `-` cannot stand with other paths\n  help: name it alone, or a file of that name as `./-`\n";
    run(&["lint", "-", "a.stack"], b"").refuses(3, is_alone);
    run(&["fmt", "a.stack", "-"], b"").refuses(3, is_alone);
    run(&["lint", "--stdin-filename", "a.stack"], b"")
        .refuses(3, "error: `--stdin-filename` is for a text from standard input\n  help: add `-`\n");
    run(&["lint", "-", "--stdin-filename", "folder"], b"")
        .refuses(3, "error: `folder` is a folder\n  help: name the file that the text is for\n");
    run(&["lint", "-", "--stdin-filename", "gone/a.stack"], b"").refuses(
        3,
        "error: the folder of `gone/a.stack` does not exist\n  help: name a file in a folder that is there: those around \
         it count\n",
    );
    assert_eq!(run(&["lint", "-", "--stdin-filename", "site.conf.j2"], b"x").code, 2);
    for option in ["--changed", "--write-baseline"] {
        let said = run(&["lint", option, "-"], b"FROM nginx:1.30\n");
        assert!(said.code == 3 && said.err.contains("are for files"), "{option}: {said:?}");
    }
}

#[test]
fn a_file_of_that_name_is_named_with_its_folder() {
    let desk = Desk::with("-", "FROM nginx:1.30\n");
    assert_eq!(
        desk.run(&["lint", "./-"]).code,
        2,
        "its name tells nothing, and it is no configuration of nginx"
    );
    desk.write("-", "server {\n  listen 80;\n}\n");
    let said = desk.run(&["lint", "./-"]);
    assert!(said.code < 2 && (said.out.contains("-: nothing found") || said.out.contains("-:")), "{said:?}");
}

#[test]
fn fmt_prints_the_text_in_the_format_or_nothing() {
    let desk = Desk::empty();
    let formatted = "stack a\n\nservice web {\n  image nginx:1.30\n}\n";
    let untidy = "stack a\n\nservice web {\n     image   nginx:1.30\n}\n";
    with_input(&desk, &["fmt", "-"], untidy).says(formatted);
    with_input(&desk, &["fmt", "-"], formatted).says(formatted);
    with_input(&desk, &["fmt", "--check", "-"], formatted).says("");
    let said = with_input(&desk, &["fmt", "--check", "-", "--stdin-filename", "a.stack"], untidy);
    assert_eq!((said.code, said.out.as_str()), (1, "a.stack is not in the format\n"));
    let said = with_input(&desk, &["fmt", "-"], "stack a\nservice web {\n");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("-:2:") && said.err.ends_with(": nothing was printed\n"), "{}", said.err);
    assert!(desk.files().is_empty());
}

#[test]
fn a_pipe_that_is_closed_on_either_side_is_no_failure_of_ours() {
    let desk = Desk::empty();
    let said = desk.shell("yes '# a' | head -n 30000 | \"$1\" fmt - | head -n 1");
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    assert_eq!(desk.shell("\"$1\" fmt - <&-").code, desk.shell("\"$1\" fmt - < /dev/null").code);
    assert_eq!(desk.shell("\"$1\" lint - < .").code, 2);
}

#[test]
fn who_types_the_text_is_told_how_it_ends() {
    let desk = Desk::empty();
    // Python's `pty` puts a terminal between us and the program, which echoes what is typed.
    let script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let mut command = desk.command("python3", &["-c", script, STACKC, "fmt", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"stack a\n\x04").unwrap();
    let said = said(child.wait_with_output().unwrap());
    drop(pipe);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("reading from the terminal; Ctrl-D on a line of its own ends the text"),
        "{said:?}"
    );
    assert!(said.out.trim_end().ends_with("stack a"), "{said:?}");
}
