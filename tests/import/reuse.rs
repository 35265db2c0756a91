//! Anchors, aliases and merge keys, and what takes their place.

use stackc::diagnostic::Sink;
use stackc::source::{SourceMap, Span};
use stackc::syntax::stack;
use stackc::syntax::stack::tree::{Arg, statements};

use super::project::{built, formatted, imported};

/// What is taken over in the stack file of a compose file, a statement a line; groups with what they say.
#[track_caller]
fn taken_over(compose: &str) -> Vec<String> {
    let imported = imported(&[("docker-compose.yml", compose)]);
    assert_eq!(imported.differing, [], "{compose}");
    let text = imported.text.unwrap();
    built(&text);
    assert_eq!(formatted(&text), text);
    let tree = stack::read(SourceMap::default().add("", text.as_str()), &text, &mut Sink::default());
    let words = |span: Span| text[span.range()].split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for statement in statements(&tree.items) {
        if statement.head() == Some("group") {
            found.push(words(statement.span));
        }
        let uses = statement.children().filter(|child| matches!(child.head(), Some("like" | "with")));
        let name = statement.args.get(1).and_then(Arg::as_word).unwrap_or_default();
        found.extend(uses.map(|child| format!("{name}: {}", words(child.span))));
    }
    found
}

#[test]
fn a_service_that_merges_another_one_is_like_it() {
    let base = "services:\n  web: &web\n    image: x:1\n    restart: always\n    ports: [\"80:80\"]\n    environment: {A: 1, B: 2}\n    volumes: [./a:/a, ./b:/b]\n";
    for (other, said) in [
        ("  api: *web\n", "api: like web"),
        ("  api:\n    <<: *web\n    restart: on-failure\n", "api: like web"),
        ("  api:\n    <<: *web\n    ports: []\n", "api: like web without publish"),
        ("  api:\n    <<: *web\n    ports: [\"81:80\"]\n", "api: like web without publish"),
        ("  api:\n    <<: *web\n    environment: {B: 3}\n", "api: like web without env"),
        ("  api:\n    <<: *web\n    volumes: [./c:/c]\n", "api: like web without mount"),
        ("  api:\n    <<: [*web]\n    command: serve\n", "api: like web"),
    ] {
        assert_eq!(taken_over(&format!("{base}{other}")), [said], "{other}");
    }
    let own = format!(
        "{base}  api: &api\n    <<: *web\n    user: \"1\"\n  job:\n    <<: *api\n    command: work\n"
    );
    assert_eq!(taken_over(&own), ["api: like web", "job: like api"]);
}

#[test]
fn a_field_is_a_group_where_both_say_the_same() {
    let field = "x-app: &app\n  image: x:1\n  restart: always\n";
    let services = "services:\n  web:\n    <<: *app\n    ports: [\"80:80\"]\n  api:\n    <<: *app\n";
    assert_eq!(
        taken_over(&format!("{field}{services}")),
        ["group x-app { image x:1; restart always }", "web: with x-app", "api: with x-app"]
    );
    // The command would be a list.
    assert_eq!(
        taken_over(&format!("{field}  command: serve --all\n{services}")),
        ["group app { image x:1; restart always; command serve --all }", "web: with app", "api: with app"]
    );
}

#[test]
fn an_environment_is_taken_over_by_name() {
    let field = "x-env: &env\n  A: one\n  # the other\n  B: ${B}\n";
    for environment in ["*env", "{<<: *env}", "{<<: *env, C: three}"] {
        let compose = format!("{field}services:\n  web:\n    image: x:1\n    environment: {environment}\n");
        assert_eq!(
            taken_over(&compose),
            ["group x-env { env { A one # the other B input.B } }", "web: with x-env"],
            "{environment}"
        );
    }
    let inside = "services:\n  web:\n    image: x:1\n    environment: &env {A: one, B: two}\n  api:\n    image: y:1\n    environment:\n      <<: *env\n      B: three\n";
    assert_eq!(taken_over(inside), ["group env { env { A one; B two } }", "web: with env", "api: with env"]);
}

#[test]
fn any_key_is_taken_over() {
    let compose = "x-logging: &log\n  driver: local\nx-mounts: &mounts\n  - ./a:/a\n  - ./b:/b\nservices:\n  web:\n    image: x:1\n    logging: *log\n    volumes: *mounts\n  api:\n    image: y:1\n    logging: *log\n    volumes: *mounts\n";
    assert_eq!(
        taken_over(compose),
        [
            "group log { logging { driver local } }",
            "group mounts { mount ./a at /a; mount ./b at /b }",
            "web: with log mounts",
            "api: with log mounts"
        ]
    );
}

#[test]
fn an_anchor_in_an_anchor_is_known_by_itself() {
    let compose = "x-base: &base {restart: always, labels: &l {a: b}}\nservices:\n  a:\n    <<: *base\n    image: x:1\n  b: {image: x:1, labels: *l}\n";
    assert_eq!(
        taken_over(compose),
        [
            "group x-base { restart always; labels { a b } }",
            "a: with x-base",
            "b: with x-base without restart"
        ]
    );
}

#[test]
fn what_one_service_says_is_written_out() {
    assert_eq!(taken_over("services:\n  web: &web\n    image: x:1\n  api:\n    image: y:1\n"), [""; 0]);
    let once = "services:\n  web:\n    image: x:1\n    logging: &log\n      driver: local\n";
    assert_eq!(taken_over(once), [""; 0]);
}
