//! `stackc explain FILE:LINE`: which statements and defaults made a line, and what is said where there is none.

use std::fs;

use super::{DEMO, Desk, STACKC};

/// A proxy with a file to serve, so that several artefacts are emitted.
const SITE: &str = "\
stack demo
proxy web {
  image   nginx:1.30
  publish 127.0.0.1:8080:80
  site example.org {
    static /files/ from ./files
    respond /ping 200 pong
  }
}
";

/// A built stack.
fn built(text: &str) -> Desk {
    let desk = Desk::with("a.stack", text);
    fs::create_dir(desk.path("files")).unwrap();
    let said = desk.run(&["build"]);
    assert_eq!(said.code, 0, "{}", said.err);
    desk
}

/// `FILE:LINE` of the first line that holds `needle`.
fn line(desk: &Desk, file: &str, needle: &str) -> String {
    let text = desk.read(file);
    let index = text.lines().position(|line| line.contains(needle)).unwrap();
    format!("{file}:{}", index + 1)
}

#[test]
fn a_line_is_shown_with_the_statement_that_made_it() {
    let desk = built(DEMO);
    desk.run(&["explain", "docker-compose.yml:8"]).says(
        "\
docker-compose.yml:8
 8 │     image: nginx:1.30

written: a statement says so
   ╭─[a.stack:3:9]
 2 │ service web {
 3 │   image nginx:1.30
   ·         ─────┬────
   ·              ╰── here
 4 │   publish 127.0.0.1:8080:80
   ╰────
",
    );
}

#[test]
fn a_default_names_its_policy_and_says_why_it_exists() {
    let desk = built(DEMO);
    let line = line(&desk, "docker-compose.yml", "restart:");
    let number = line.rsplit_once(':').unwrap().1;
    desk.run(&["explain", &line]).says(&format!(
        "\
{line}
 {number} │     restart: unless-stopped

default[restart]: `defaults secure` supplies it; `defaults plain` does not
  why: A program that crashed, or whose host was restarted, comes back unless somebody stopped it.
   ╭─[a.stack:2:1]
 1 │ stack demo
 2 │ service web {{
   · ─────┬─────
   ·      ╰── because of this
 3 │   image nginx:1.30
   ╰────
"
    ));
}

#[test]
fn the_header_is_a_default_of_every_policy() {
    let desk = built(&format!("defaults plain\n{DEMO}"));
    desk.run(&["explain", "docker-compose.yml:1-2"]).says(
        "\
docker-compose.yml:1-2
 1 │ # Made by stackc from a.stack. To change something, edit that file and run `stackc build`;
 2 │ # a build stops rather than overwrite edits made here.

default[header]: every policy supplies it
  why: Who opens the file should know where its text comes from, and that edits would stop the next
       build.
",
    );
}

#[test]
fn lines_of_a_range_share_what_they_have_in_common() {
    let desk = built(SITE);
    let first = line(&desk, "docker/web/nginx.conf", "location = /ping");
    let number: usize = first.rsplit_once(':').unwrap().1.parse().unwrap();
    let said = desk.run(&["explain", &format!("{first}-{}", number + 2)]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with(&format!("docker/web/nginx.conf:{number}\n")), "{}", said.out);
    assert!(
        said.out.contains(&format!("\ndocker/web/nginx.conf:{}\n", number + 1))
            && said.out.contains("implied[answer-type]: a statement stands for it\n"),
        "{}",
        said.out
    );
    let header = desk.run(&["explain", "docker/web/nginx.conf:1-2"]).out;
    assert_eq!(header.matches("default[header]").count(), 1, "{header}");
}

#[test]
fn every_kind_of_file_is_explained_from_any_folder() {
    let desk = built(SITE);
    for (folder, file, expected) in [
        (".", "./docker-compose.yml:4", "[a.stack:1:1]"),
        ("docker/web", "nginx.conf:8", "[../../a.stack:2:1]"),
        ("docker/web", "../../docker/web/Dockerfile:4", "[../../a.stack:3:11]"),
        ("docker", "web/Dockerfile.dockerignore:4", "[../a.stack:2:1]"),
        ("/", "$ROOT/docker-compose.yml:4:2", "a.stack:1:1]"),
    ] {
        let file = file.replace("$ROOT", &desk.path("").canonicalize().unwrap().display().to_string());
        let said = desk.shell(&format!("cd '{folder}' && \"$1\" explain '{file}'"));
        assert_eq!(said.code, 0, "{file}: {}", said.err);
        assert!(said.out.contains(expected), "{file}: {}", said.out);
    }
}

#[test]
fn names_with_spaces_colons_and_umlauts_are_files_all_the_same() {
    let desk = Desk::with("größe: 1.stack", DEMO);
    assert_eq!(desk.run(&["build", "-o", "aus gabe:3"]).code, 0);
    for target in ["aus gabe:3/docker-compose.yml:8", "aus gabe:3/docker-compose.yml:8:5"] {
        let said = desk.run(&["explain", target]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.starts_with("aus gabe:3/docker-compose.yml:8\n 8 │     image"), "{}", said.out);
        assert!(said.out.contains("[größe: 1.stack:3:9]"), "{}", said.out);
    }
    fs::rename(desk.path("aus gabe:3"), desk.path("b")).unwrap();
    fs::copy(desk.path("b/docker-compose.yml"), desk.path("b/docker-compose.yml:7")).unwrap();
    // The longer name is there, so that it is meant; nothing says what made it.
    desk.run(&["explain", "b/docker-compose.yml:7:8"]).refuses(
        2,
        "error: `b/docker-compose.yml:7` is not known as a file that stackc wrote: no `.stackc-manifest.json` above it \
         lists it\n  help: say which stack file makes it: `--file STACK`\n",
    );
}

#[test]
fn a_file_that_was_edited_is_explained_as_it_was_made() {
    let desk = built(DEMO);
    let text = desk.read("docker-compose.yml");
    desk.write("docker-compose.yml", text.replace("image: nginx:1.30", "image: nginx:1.29"));
    let said = desk.run(&["explain", "docker-compose.yml:8"]);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.err,
        "warning: `docker-compose.yml` was edited since stackc wrote it, from line 8 on; explained is the line that \
         `a.stack` makes now\n  help: `stackc build --diff` shows the edits; make them in the stack file, or give them \
         up with\n        `--force`\n"
    );
    assert!(said.out.starts_with("docker-compose.yml:8\n 8 │     image: nginx:1.30\n"), "{}", said.out);
    // Line endings are no edit.
    desk.write("docker-compose.yml", text.replace('\n', "\r\n"));
    let said = desk.run(&["explain", "docker-compose.yml:8"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn a_file_that_is_out_of_date_is_explained_as_it_would_be_made() {
    let desk = built(DEMO);
    desk.write("a.stack", DEMO.replace("nginx:1.30", "nginx:1.29"));
    let said = desk.run(&["explain", "docker-compose.yml:8"]);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.err,
        "warning: `docker-compose.yml` is not what `a.stack` makes now, from line 8 on; explained is the line that \
         `a.stack` makes now\n  help: run `stackc build`\n"
    );
    assert!(said.out.starts_with("docker-compose.yml:8\n 8 │     image: nginx:1.29\n"), "{}", said.out);
    // What is made no more cannot be explained.
    let desk = built(SITE);
    desk.write("a.stack", DEMO);
    desk.run(&["explain", "docker/web/nginx.conf:1"]).refuses(
        1,
        "warning: `docker/web/nginx.conf` is no longer made from `a.stack`\n  help: `stackc build` removes it\n",
    );
}

#[test]
fn without_a_manifest_the_stack_file_is_named() {
    let desk = built(SITE);
    fs::remove_file(desk.path(".stackc-manifest.json")).unwrap();
    desk.run(&["explain", "docker/web/nginx.conf:8"]).refuses(
        2,
        "error: `docker/web/nginx.conf` is not known as a file that stackc wrote: no `.stackc-manifest.json` above it \
         lists it\n  help: say which stack file makes it: `--file STACK`\n",
    );
    let said = desk.run(&["explain", "--file", "a.stack", "docker/web/nginx.conf:8"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.contains("implied[nginx-events]"), "{}", said.out);
    desk.write("compose.yml", "services: {}\n");
    desk.run(&["explain", "--file", "a.stack", "compose.yml:1"]).refuses(
        2,
        "error: `compose.yml` is not made from `a.stack`\n  help: it makes `docker-compose.yml`, `docker/web/Dockerfile`,\n        \
         `docker/web/Dockerfile.dockerignore`, `docker/web/nginx.conf`\n",
    );
    desk.write("docker-compose.yml", "services: {}\n");
    let said = desk.run(&["explain", "--file", "a.stack", "docker-compose.yml:1"]);
    assert_eq!(said.code, 1);
    assert!(said.err.starts_with("warning: `docker-compose.yml` is not what `a.stack` makes, from line 1"));
}

#[test]
fn what_cannot_be_explained_is_said_with_its_exit_code() {
    let desk = built(DEMO);
    desk.write("notes.txt", "mine\n");
    let last = desk.read("docker-compose.yml").lines().count();
    let for_example = "  help: write `FILE:LINE` or `FILE:FIRST-LAST`, for example `docker-compose.yml:1`\n";
    for (target, code, err) in [
        ("gone.yml:3", 2, "error: `gone.yml` does not exist\n".to_owned()),
        ("files:3", 2, "error: `files` is a folder\n".to_owned()),
        (
            "notes.txt:1",
            2,
            "error: `notes.txt` is not known as a file that stackc wrote: no `.stackc-manifest.json` above it lists it\n  \
             help: say which stack file makes it: `--file STACK`\n"
                .to_owned(),
        ),
        (
            ".stackc-manifest.json:1",
            2,
            "error: `.stackc-manifest.json` is the record of what stackc wrote\n  help: name one of the files that it \
             lists\n"
                .to_owned(),
        ),
        (
            "docker-compose.yml:9999",
            3,
            format!(
                "error: `docker-compose.yml` has {last} lines\n  help: write a line from 1 to {last}, for example \
                 `docker-compose.yml:{last}`\n"
            ),
        ),
        ("docker-compose.yml:0", 3, format!("error: lines count from 1\n{for_example}")),
        ("docker-compose.yml:9-8", 3, format!("error: 8 is before 9\n{for_example}")),
        ("docker-compose.yml:x", 3, format!("error: `x` is not the number of a line\n{for_example}")),
        ("docker-compose.yml", 3, format!("error: which line of `docker-compose.yml` is not said\n{for_example}")),
    ] {
        desk.run(&["explain", target]).refuses(code, &err);
    }
    desk.write("a.stack", "service web { imag nginx }\n");
    let said = desk.run(&["explain", "docker-compose.yml:8"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("did you mean `image`?"), "{}", said.err);
    assert!(said.err.contains("; nothing was explained\n"), "{}", said.err);
}

#[test]
fn a_file_named_like_a_finding_is_one_with_a_line_alone() {
    let desk = built(DEMO);
    desk.write("mime-missing", "mine\n");
    assert!(desk.run(&["explain", "mime-missing"]).out.starts_with("warning[mime-missing]: "));
    assert!(desk.run(&["explain", "[mime-missing]"]).out.starts_with("warning[mime-missing]: "));
    let said = desk.run(&["explain", "mime-missing:1"]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: `mime-missing` is not known as a file that stackc wrote"));
}

#[test]
fn no_secret_is_shown() {
    let secret = "env { DB_PASSWORD hunter2-x9; URL \"postgres://u:hunter2-x9@db/x\" }\n}\n";
    let desk = built(&DEMO.replace("}\n", secret));
    let text = desk.read("docker-compose.yml");
    assert!(text.contains("hunter2-x9"));
    let said = desk.run(&["explain", &format!("docker-compose.yml:1-{}", text.lines().count())]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    assert!(said.out.contains("│       DB_PASSWORD: [secret]\n"), "{}", said.out);
    assert!(said.out.contains("env { DB_PASSWORD [secret]; URL "), "{}", said.out);
}

#[test]
fn no_secret_of_raw_text_is_shown_in_an_explanation_or_a_difference() {
    let raw = "\
  raw compose \"\"\"
    annotations:
      API_KEY: sesame
      DB_PASSWORD: |
        first line
        second line
      note: shown
    \"\"\"
}
";
    let desk = Desk::with("a.stack", &DEMO.replace("}\n", raw));
    let difference = desk.run(&["build", "--diff"]).out;
    assert_eq!(desk.run(&["build"]).code, 0);
    let count = desk.read("docker-compose.yml").lines().count();
    let explanation = desk.run(&["explain", &format!("docker-compose.yml:1-{count}")]).out;
    for shown in [difference, explanation] {
        assert!(
            !shown.contains("sesame") && !shown.contains("first") && !shown.contains("second"),
            "{shown}"
        );
        assert!(shown.contains("      API_KEY: [secret]\n"), "{shown}");
        assert!(shown.contains("      note: shown\n"), "{shown}");
    }
    let note = line(&desk, "docker-compose.yml", "note:");
    let number = note.rsplit_once(':').unwrap().1;
    desk.run(&["explain", &note]).says(&format!(
        "\
{note}
 {number} │       note: shown

raw: a statement says it in the artefact's own language
    ╭─[a.stack:11:7]
 10 │         [secret]
 11 │       note: shown
    ·       ─────┬─────
    ·            ╰── here
 12 │     \"\"\"
    ╰────
"
    ));
}

#[test]
fn colours_are_for_terminals() {
    let desk = built(DEMO);
    assert!(!desk.run(&["explain", "docker-compose.yml:8"]).out.contains('\u{1b}'));
    let mut coloured = desk.command(STACKC, &["explain", "docker-compose.yml:8"]);
    let said = super::said(coloured.env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(said.out.contains("\u{1b}[1;36mwritten:\u{1b}[0m\u{1b}[1m a statement says so\u{1b}[0m\n"));
}

#[test]
fn every_code_is_listed_on_a_line_with_its_level_group_and_title() {
    let said = Desk::empty().run(&["explain", "--list"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let rows: Vec<Vec<&str>> =
        said.out.lines().map(|line| line.split_whitespace().take(3).collect()).collect();
    assert!(rows.is_sorted() && rows.len() > 200, "{}", said.out);
    for row in [
        ["compose-links", "note", "compose"],
        ["unclosed-block", "error", "-"],
        ["secret-url", "warning", "secret"],
    ] {
        assert!(rows.iter().any(|other| *other == row), "{row:?} is not in {}", said.out);
    }
    assert!(said.out.contains("  note     compose    `links` do what networks do\n"), "{}", said.out);
}
