//! `stackc lint --fix`, `--unsafe` and `--diff`: what is written, what is left alone, and what is said.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::{DEMO, Desk};

/// A Dockerfile with two findings that can be mended without a second look.
const DOCKERFILE: &str = "FROM debian:13\nMAINTAINER team@example.org\nADD src /app\nUSER 1000\n";

/// The same, mended.
const MENDED: &str =
    "FROM debian:13\nLABEL org.opencontainers.image.authors=\"team@example.org\"\nCOPY src /app\nUSER 1000\n";

fn desk(name: &str, text: &str) -> Desk {
    let desk = Desk::with(name, text);
    fs::create_dir(desk.path("src")).unwrap();
    desk.write("src/a", "");
    desk.write(".dockerignore", ".git\n");
    desk
}

#[test]
fn what_can_be_mended_is_mended_and_what_remains_is_told() {
    let desk = desk("Dockerfile", DOCKERFILE);
    let said = desk.run(&["lint", "--fix", "Dockerfile"]);
    assert_eq!(desk.read("Dockerfile"), MENDED);
    assert!(said.out.ends_with("mended 2 findings\n") && !said.out.contains("MAINTAINER"), "{}", said.out);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let said = desk.run(&["lint", "--fix", "Dockerfile"]);
    assert!(said.out.ends_with("nothing could be mended\n"), "{}", said.out);
}

#[test]
fn line_ends_the_mark_the_last_line_and_the_mode_survive() {
    let text = |text: &str| format!("\u{feff}{}", text.trim_end().replace('\n', "\r\n"));
    let desk = desk("Dockerfile", &text(DOCKERFILE));
    fs::set_permissions(desk.path("Dockerfile"), fs::Permissions::from_mode(0o640)).unwrap();
    desk.run(&["lint", "--fix", "Dockerfile"]);
    assert_eq!(desk.read("Dockerfile"), text(MENDED));
    assert_eq!(fs::metadata(desk.path("Dockerfile")).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_difference_is_shown_and_nothing_is_written() {
    let desk = desk("Dockerfile", DOCKERFILE);
    let said = desk.run(&["lint", "--diff", "Dockerfile"]);
    assert_eq!(
        said.out,
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,4 +1,4 @@\n FROM debian:13\n-MAINTAINER team@example.org\n-ADD src \
         /app\n+LABEL org.opencontainers.image.authors=\"team@example.org\"\n+COPY src /app\n USER 1000\n"
    );
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    assert_eq!(desk.run(&["lint", "--fix", "--diff", "Dockerfile"]).out, said.out);
    assert_eq!(desk.read("Dockerfile"), DOCKERFILE);
    desk.write("Dockerfile", MENDED);
    let said = desk.run(&["lint", "--diff", "Dockerfile"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
}

#[test]
fn a_difference_shows_no_secret_and_not_how_long_it_is() {
    let secret = ["hunter", "2", "hunter"].concat();
    let text = format!(
        "FROM debian:13\nENV DB_PASSWORD={secret}\nMAINTAINER a@example.org\nENV PW_TOKEN {secret}\n"
    );
    let desk = desk("Dockerfile", &text);
    let said = desk.run(&["lint", "--diff", "--unsafe", "Dockerfile"]);
    assert!(said.out.contains(" ENV DB_PASSWORD=[secret]\n-MAINTAINER"), "{}", said.out);
    assert!(!said.out.contains("hunter"), "{}", said.out);
}

#[test]
fn what_a_person_should_look_at_is_asked_for() {
    let text = "FROM debian:13\nRUN apt-get update && apt-get install git && rm -rf /var/lib/apt/lists/*\nUSER 1000\n";
    let desk = desk("Dockerfile", text);
    desk.run(&["lint", "--fix", "Dockerfile"]);
    assert_eq!(desk.read("Dockerfile"), text);
    desk.run(&["lint", "--fix", "--unsafe", "Dockerfile"]);
    assert!(
        desk.read("Dockerfile").contains("apt-get install -y --no-install-recommends git"),
        "{}",
        desk.read("Dockerfile")
    );
    let said = desk.run(&["lint", "--unsafe", "Dockerfile"]);
    assert!(said.code == 3 && said.err.contains("none is asked for"), "{said:?}");
}

#[test]
fn a_program_gets_one_document_of_what_remains() {
    let desk = desk("Dockerfile", DOCKERFILE);
    let said = desk.run(&["lint", "--fix", "--format", "json", "Dockerfile"]);
    let document: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert!(!document.to_string().contains("docker-maintainer"), "{document}");
    assert_eq!(said.err, "mended 2 findings\n");
    assert_eq!(desk.run(&["lint", "--diff", "--format", "json", "Dockerfile"]).code, 3);
}

#[test]
fn a_stack_file_is_mended_and_what_it_makes_is_not() {
    let desk = Desk::with("app.stack", &DEMO.replace("service web", "servce web"));
    assert_eq!(desk.run(&["lint", "--fix", "app.stack"]).code, 0);
    assert_eq!(desk.read("app.stack"), DEMO);
    // What the fixes make of it can be read.
    desk.write("app.stack", DEMO.replace("service web", "servce web"));
    assert_eq!(desk.run(&["lint", "--diff", "app.stack"]).code, 1);
    desk.write("app.stack", "stack app\nservice db {\n  image postgres:18\n  publish 5432:5432\n}\n");
    desk.run(&["build"]);
    let made = desk.read("docker-compose.yml");
    let said = desk.run(&["lint", "--fix", "--unsafe", "docker-compose.yml"]);
    assert_eq!(desk.read("docker-compose.yml"), made);
    assert!(said.err.contains("because stackc makes it from `app.stack`: edit that file"), "{}", said.err);
    // The head of the file says it where no manifest does.
    fs::remove_file(desk.path(".stackc-manifest.json")).unwrap();
    desk.run(&["lint", "--fix", "--unsafe", "docker-compose.yml"]);
    assert_eq!(desk.read("docker-compose.yml"), made);
}

#[test]
fn a_file_that_is_protected_is_left_and_the_others_are_mended() {
    let desk = desk("Dockerfile", DOCKERFILE);
    desk.write("other.Dockerfile", DOCKERFILE);
    fs::set_permissions(desk.path("Dockerfile"), fs::Permissions::from_mode(0o444)).unwrap();
    let said = desk.run(&["lint", "--fix", "Dockerfile", "other.Dockerfile"]);
    assert_eq!((desk.read("Dockerfile").as_str(), said.code), (DOCKERFILE, 4));
    assert_eq!(desk.read("other.Dockerfile"), MENDED);
    assert!(said.err.contains("cannot write `Dockerfile`: permission denied"), "{}", said.err);
    assert!(said.out.contains("docker-maintainer"), "what was not mended is told: {}", said.out);
    assert!(said.out.ends_with("mended 2 findings\n"), "{}", said.out);
}

#[test]
fn a_link_is_followed_inside_of_the_project_alone() {
    let desk = desk("outside.Dockerfile", DOCKERFILE);
    fs::create_dir_all(desk.path("app/.git")).unwrap();
    desk.write("app/inside.Dockerfile", DOCKERFILE);
    symlink("../outside.Dockerfile", desk.path("app/a.Dockerfile")).unwrap();
    symlink("inside.Dockerfile", desk.path("app/b.Dockerfile")).unwrap();
    desk.run(&["lint", "--fix", "app/a.Dockerfile", "app/b.Dockerfile"]);
    assert_eq!(desk.read("outside.Dockerfile"), DOCKERFILE);
    assert!(desk.read("app/inside.Dockerfile").contains("LABEL"));
    assert!(desk.path("app/b.Dockerfile").is_symlink());
}
