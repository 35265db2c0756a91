//! What must hold for every project: importing it never fails, and what is made of it compiles and is formatted; where nothing
//! is made of it, it is said why.

use stackc::compile::compile_unlinted;
use stackc::import::{Wanted, import, parts};
use stackc::project::host::Memory;

use super::mutation::{Amount, Numbers, check_shredded};
use super::{compose_meaning, dockerfile_syntax, nginx_syntax};
use crate::import::project::formatted;

/// A compose file that builds a Dockerfile and runs a configuration.
const COMPOSE: &str = "services:\n  a:\n    build: .\n  web:\n    image: nginx:1.30\n    volumes: [./nginx.conf:/etc/nginx/nginx.conf]\n";

fn check(compose: &str, dockerfile: &str, nginx: &str) {
    let host = Memory::new([
        ("docker-compose.yml", compose),
        ("base.yaml", COMPOSE),
        ("Dockerfile", dockerfile),
        ("nginx.conf", nginx),
    ]);
    let wanted = Wanted { compose: "docker-compose.yml".to_owned(), stack: "app.stack".to_owned() };
    let made = import(&wanted, &host);
    let of = || format!("{compose:?}\n{dockerfile:?}\n{nginx:?}");
    let Some(text) = &made.text else {
        let is_told =
            made.sink.has_errors() || made.not_analysed.iter().any(|file| file.path == "docker-compose.yml");
        assert!(is_told, "nothing is said of {}", of());
        return;
    };
    assert_eq!(formatted(text), *text, "{}", of());
    let compilation = compile_unlinted("app.stack", text);
    assert!(compilation.deployment.is_some(), "{:?}\n{text}\n{}", compilation.sink.diagnostics, of());
    for place in &made.differing {
        assert!(made.sources.file(place.file).text.get(place.range()).is_some(), "{}", of());
    }
    assert!(parts(&wanted, &made).iter().all(|part| part.raw <= part.all), "{}", of());
}

/// Checks projects of which one file is mutilated, and some of shreds. `slow::property` checks all of them.
pub(crate) fn check_many(amount: Amount) {
    const EVENTS: &str = "events {}\n";
    let mut numbers = Numbers(0x1ad0_b7ed_5eed_0001);
    for round in 0..amount.of(3000) {
        let (texts, shreds) = match round % 3 {
            0 => (compose_meaning::TEXTS, compose_meaning::SHREDS),
            1 => (dockerfile_syntax::TEXTS, dockerfile_syntax::SHREDS),
            _ => (nginx_syntax::TEXTS, nginx_syntax::SHREDS),
        };
        let mut text = texts[round / 3 % texts.len()].to_owned();
        for _ in 0..=numbers.below(3) {
            numbers.mutate(&mut text, shreds);
        }
        match round % 3 {
            0 => check(&text, "FROM x\n", EVENTS),
            1 => check(COMPOSE, &text, EVENTS),
            _ => check(COMPOSE, "FROM x\n", &text),
        }
    }
    check_shredded(compose_meaning::SHREDS, amount.of(400), |text| {
        check(&format!("services:\n  a:\n    image: x\n    command: {text}"), "FROM x\n", EVENTS);
    });
    check_shredded(dockerfile_syntax::SHREDS, amount.of(400), |text| {
        check(COMPOSE, &format!("FROM x\nRUN {text}"), EVENTS);
    });
    check_shredded(nginx_syntax::SHREDS, amount.of(400), |text| {
        check(COMPOSE, "FROM x\n", &format!("events {{}}\nhttp {{ server {{ listen 80; {text}"));
    });
}

#[test]
fn mutilated_projects_are_imported() {
    check_many(Amount::Share);
}
