//! What must hold for all compose files: reading never fails, every place is in its text, what compose would refuse is an
//! error and not understood, and nothing that is said holds a control character.

use stackc::diagnostic::{Severity, Sink};
use stackc::project::compose::{self, Environment, Node, Service, Value, load};
use stackc::project::host::Memory;
use stackc::source::{SourceMap, Span};
use stackc::syntax::yaml;

use super::mutation::{Amount, Numbers, check_shredded};
use super::yaml_syntax;

/// Texts with everything that compose has.
pub(crate) const TEXTS: &[&str] = &[
    "services:\n  web:\n    extends: {file: base.yaml, service: base}\n    environment: [A=1, B=${X:-${Y:-z}}, \
     C]\n    ports: ['80:80', 127.0.0.1:${PORT:-81}:81/udp, {target: 9, published: 8-9}]\n    volumes: [d:/d:ro, \
     ./x:/x, {type: bind, source: ., target: /y}]\n    depends_on: {db: {condition: service_healthy, required: \
     false}}\n    env_file: [.env, {path: b.env, format: raw}]\n  db:\n    build: {context: ., args: {A: 1}}\n    \
     command: sh -c 'a && b'\n    healthcheck: {test: [CMD, x]}\nvolumes:\n  dd:\n",
    "include: [base.yaml, {path: [base.yaml], env_file: b.env}]\nservices:\n  a: &a\n    image: \"a:$TAG\"\n    \
     labels: {x: 1}\n  b:\n    <<: *a\n    ports: !reset []\n    networks: {n: {aliases: [z]}}\n---\nservices:\n  a: \
     {labels: !override [y=2], extends: b}\n",
    "web:\n  image: nginx\n  links: [db:d]\n  volumes_from: [container:x:ro]\ndb:\n  build: .\n",
];

/// What is put into them.
pub(crate) const SHREDS: &[&str] = &[
    "${",
    "}",
    "$",
    "$$",
    ":-",
    ":?",
    "?",
    "=",
    ":",
    "::",
    "/",
    "-",
    "1-65535",
    "!reset ",
    "!override ",
    "<<: ",
    "*a",
    "&a ",
    "extends: a\n",
    "include: [compose.yaml]\n",
    "services:\n",
    "null",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\n",
    "\n  ",
    "'",
    "\"",
    "\\",
    "(",
    "&&",
    "\u{1}",
    "\"\\u0007\"",
    "ä",
    "~",
    "true",
    "0x",
    "2020-01-01",
];

/// Checks a text as a base, as what overrides one, and as a file of variables.
fn check(text: &str) {
    let base = "services:\n  base: {image: b, ports: ['1:1'], environment: {A: 1}}\n";
    for (one, other, variables) in [(text, base, "X=1\n"), (base, text, "TAG='x'\n"), (base, base, text)] {
        let host = Memory::new([
            ("compose.yaml", one),
            ("more.yaml", other),
            ("base.yaml", base),
            (".env", variables),
            ("b.env", variables),
        ]);
        let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
        let files = ["compose.yaml".to_owned(), "more.yaml".to_owned()];
        let environment = Environment::of_folder(&files, &host, &mut sources, &mut sink);
        let had_errors = sink.has_errors();
        let loaded = load(&files, &environment, &host, &mut sources, &mut sink);
        assert!(had_errors || !sink.has_errors() || !loaded.is_understood, "{text:?}");
        let place = |span: Span| {
            let text = &sources.file(span.file).text;
            assert!(text.get(span.range()).is_some(), "{text:?} {span:?}");
        };
        for found in &sink.diagnostics {
            place(found.primary.span);
            found.labels.iter().for_each(|label| place(label.span));
            let is_known =
                compose::CODES.contains(&found.code) || yaml::mistakes::CODES.contains(&found.code);
            assert!(is_known, "{}", found.code);
            let is_warning = found.code == "compose-v1-form";
            assert_eq!(found.severity == Severity::Warning, is_warning, "{}", found.code);
            let said =
                [Some(&found.message), found.note.as_ref(), found.help.as_ref(), Some(&found.primary.text)];
            assert!(
                !said.into_iter().flatten().any(|said| said.contains(char::is_control)),
                "{text:?} {found:?}"
            );
        }
        sink.masked.iter().for_each(|span| place(*span));
        if let Some(compose) = &loaded.compose {
            node(&compose.root, &place);
            compose.services.iter().for_each(|service| views(service, &place));
        }
    }
}

fn node(here: &Node, place: &impl Fn(Span)) {
    place(here.span);
    place(here.place());
    match &here.value {
        Value::Text(text) => place(text.span),
        Value::List(items) => items.iter().for_each(|item| node(item, place)),
        Value::Map(entries) => entries.iter().for_each(|(_, entry)| node(entry, place)),
        Value::Null | Value::Flag(_) | Value::Number(_) => {}
    }
}

fn views(service: &Service, place: &impl Fn(Span)) {
    let files = service.env_files.iter().filter_map(|file| file.variables.as_ref()).flatten();
    for variable in service.environment.iter().chain(files) {
        place(variable.name.span);
        place(variable.span);
        variable.value.iter().for_each(|value| place(value.span));
    }
    service.ports.iter().for_each(|port| place(port.span));
    service.mounts.iter().for_each(|mount| place(mount.span));
    assert!(service.ports.iter().all(|port| port.published.is_none_or(|(first, last)| first <= last)));
    for mount in &service.mounts {
        assert!(mount.target.as_ref().is_none_or(|target| !target.is_empty()));
    }
}

/// Checks mutilated compose files, and files of shreds. `slow::property` checks all of them.
pub(crate) fn check_many(amount: Amount) {
    let mut numbers = Numbers(0x0c0a_905e_0f11_e500);
    for round in 0..amount.of(6000) {
        let mut text = TEXTS[round % TEXTS.len()].to_owned();
        for _ in 0..=numbers.below(4) {
            numbers.mutate(&mut text, SHREDS);
        }
        check(&text);
    }
    check_shredded(SHREDS, amount.of(2000), check);
    check_shredded(yaml_syntax::SHREDS, amount.of(2000), check);
}

#[test]
fn mutilated_compose_files_are_read() {
    check_many(Amount::Share);
}
