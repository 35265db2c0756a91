//! `stackc lint` on stack files with what they emit: beside it, edited, and where something is allowed.

use std::fs;

use super::Desk;

/// The rules of which a run warns, each with its file and line.
fn told(desk: &Desk, paths: &[&str]) -> Vec<String> {
    let said = desk.run(&[&["lint", "--format", "short"], paths].concat());
    let warnings = said.out.lines().filter(|line| line.contains(": warning: "));
    let lines = warnings.filter_map(|line| Some((line.split(": ").next()?, line.rsplit_once('[')?.1)));
    lines
        .map(|(at, rule)| format!("{} {}", at.rsplit_once(':').unwrap().0, rule.trim_end_matches(']')))
        .collect()
}

#[test]
fn what_a_stack_file_makes_is_told_of_once_and_at_the_statement() {
    let desk = Desk::empty();
    desk.write("app.stack", "service web {\n  image redis:latest\n  mem_limit 64m\n}\n");
    assert_eq!(told(&desk, &["app.stack"]), ["app.stack:2 compose-floating-image"]);
    assert!(desk.run(&["build"]).err.contains("warning[compose-floating-image]"));
    let all = told(&desk, &["."]);
    assert_eq!(all, ["app.stack:2 compose-floating-image"], "in an emitted file that nobody touched");
    assert_eq!(told(&desk, &["docker-compose.yml"]), ["docker-compose.yml:6 compose-floating-image"]);

    // Who edits it takes it over.
    let made = desk.read("docker-compose.yml");
    desk.write("docker-compose.yml", made.replace("redis:latest", "redis:edge"));
    let edited = ["app.stack:2 compose-floating-image", "docker-compose.yml:6 compose-floating-image"];
    assert_eq!(told(&desk, &["."]), edited);

    // Without its stack file it is a file like any other, as with one that does not compile.
    desk.write("docker-compose.yml", &made);
    desk.write("app.stack", "service web { image }\n");
    assert_eq!(told(&desk, &["."]), ["docker-compose.yml:6 compose-floating-image"]);
    fs::remove_file(desk.path("app.stack")).unwrap();
    assert_eq!(told(&desk, &["."]), ["docker-compose.yml:6 compose-floating-image"]);
}

#[test]
fn an_allow_of_a_stack_file_covers_what_is_found_in_what_it_makes() {
    let desk = Desk::empty();
    let web =
        |inside: &str| format!("service web {{\n  image nginx:1.30\n  health http / port 80\n{inside}}}\n");
    let small = "  allow compose-no-limits \"the host runs nothing else\"\n";
    desk.write("app.stack", web(small) + &web("").replace("web", "api"));
    let said = desk.run(&["lint"]);
    assert!(said.out.contains("]: `api` may take all memory of the host\n"), "{}", said.out);
    desk.write(
        "app.stack",
        web("  mem_limit 64m\n").replace("nginx:1.30\n", &format!("nginx:1.30\n{small}")),
    );
    assert_eq!(told(&desk, &["app.stack"]), ["app.stack:3 allow-unused"]);
}

#[test]
fn a_secret_is_hidden_in_what_is_found_in_emitted_files() {
    let secret = ["hunter", "2", "hunter"].concat();
    let desk = Desk::empty();
    desk.write(
        "app.stack",
        format!("service web {{\n  image nginx:1.30\n  command serve --password={secret} --verbose\n}}\n"),
    );
    for format in ["terminal", "json", "sarif", "short"] {
        let said = desk.run(&["lint", "--format", format]);
        assert!(
            said.out.contains("secret-literal") && !said.out.contains("hunter"),
            "{format}: {}",
            said.out
        );
    }
}
