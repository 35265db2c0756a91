//! `raw compose`: what is read, and where what is wrong with it is shown.

use std::time::{Duration, Instant};

use stackc::lower::codes;

use super::compose::{compiled, emitted, errors};

/// What a service emits for raw text in a fence, below its image.
fn said(raw: &str) -> String {
    let raw = raw.trim_end().replace('\n', "\n    ");
    let stack = format!(
        "defaults plain\nservice a {{\n  image nginx:1.30\n  raw compose \"\"\"\n    {raw}\n    \"\"\"\n}}\n"
    );
    let text = emitted(&stack, "/p");
    text.split_once("    image: nginx:1.30\n").unwrap_or_else(|| panic!("{}", errors(&stack))).1.to_owned()
}

#[test]
fn yaml_is_read_as_compose_reads_it() {
    for (raw, lines) in [
        ("mem_limit: 64m", "    mem_limit: 64m\n"),
        ("tty: true", "    tty: true\n"),
        ("x-a: yes", "    x-a: \"yes\"\n"),
        ("x-a: 'true'", "    x-a: \"true\"\n"),
        ("x-a: 0644", "    x-a: 420\n"),
        ("x-a: 1.50", "    x-a: 1.5\n"),
        ("x-a: !!str 5", "    x-a: \"5\"\n"),
        ("x-a: ~", "    x-a:\n"),
        ("x-a: \"$$5 ${B:-c}\"", "    x-a: $$5 ${B:-c}\n"),
        ("x-a: {b: [], c: {}}", "    x-a:\n      b: []\n      c: {}\n"),
        ("x-a: |\n  two\n  lines\nx-b: c", "    x-a: |\n      two\n      lines\n    x-b: c\n"),
        ("# a comment\nx-a: b # another", "    x-a: b\n"),
        ("", ""),
    ] {
        assert_eq!(said(raw), lines, "{raw}");
    }
}

#[test]
fn anchors_aliases_and_merge_keys_are_written_out() {
    assert_eq!(
        said("x-a: &a {b: 1, c: 2}\nx-d:\n  <<: *a\n  b: 3\nx-e: *a"),
        "    x-a:\n      b: 1\n      c: 2\n    x-d:\n      b: 3\n      c: 2\n    x-e:\n      b: 1\n      c: 2\n"
    );
    assert_eq!(
        said("x-a: &a {b: 1}\nx-c: &c {b: 2, d: 3}\nx-e:\n  <<: [*a, *c]"),
        "    x-a:\n      b: 1\n    x-c:\n      b: 2\n      d: 3\n    x-e:\n      b: 1\n      d: 3\n"
    );
}

/// The only error of a raw text: its code, and what is underlined.
fn refused(raw: &str) -> (&'static str, String) {
    let stack = format!(
        "defaults plain\nservice a {{\nimage nginx:1.30\nraw compose \"\"\"\n{}\n\"\"\"\n}}\n",
        raw.trim_end()
    );
    let start = Instant::now();
    let compilation = compiled(&stack);
    assert!(start.elapsed() < Duration::from_secs(5), "{raw:.40}");
    let [found] = compilation.sink.diagnostics.as_slice() else { panic!("{}", errors(&stack)) };
    (found.code, compilation.sources.text(found.primary.span).to_owned())
}

#[test]
fn what_cannot_be_taken_is_shown_where_it_stands() {
    for (raw, code, shown) in [
        ("x-a: !reset null", codes::INEXPRESSIBLE, "!reset"),
        ("x-a: !override [b]", codes::INEXPRESSIBLE, "!override"),
        ("? [a]\n: b", codes::INEXPRESSIBLE, "[a]"),
        ("[a]", codes::WRONG_TYPE, "[a]"),
        ("a: b\n---\nc: d", codes::WRONG_TYPE, "c: d"),
        ("x-a: 1\nx-a: 2", "yaml-duplicate-key", "x-a"),
        ("x-a: *nobody", "yaml-unknown-alias", "*nobody"),
        ("x-a: \"b", "yaml-unclosed-quote", "\""),
    ] {
        assert_eq!(refused(raw), (code, shown.to_owned()), "{raw}");
    }
}

#[test]
fn aliases_that_stand_for_too_much_are_refused_at_once() {
    let mut bomb = "x-0: &a0 [b, b, b, b, b, b, b, b, b, b]\n".to_owned();
    let mut merged = "x-0: &a0 {}\n".to_owned();
    let mut deep = "x-0: &a0 {b: c}\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        bomb += &format!("x-{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n");
        merged += &format!("x-{level}: &a{level} {{<<: [*a{before}, *a{before}]}}\n");
        deep += &format!("x-{level}: &a{level} {{b: {{b: {{b: *a{before}}}}}}}\n");
    }
    for text in [bomb, merged, deep] {
        assert_eq!(refused(&text).0, codes::INEXPRESSIBLE);
    }
}

#[test]
fn raw_text_at_the_top_adds_to_the_file() {
    let text = emitted(
        "defaults plain\nraw compose \"{services: {b: {image: x}}, networks: {net: {}}}\"\nservice a { image nginx:1.30; network net }\n",
        "/p",
    );
    assert!(text.contains("    networks:\n      - net\n"), "{text}");
    assert!(text.contains("  b:\n    image: x\n"), "{text}");
    let again = compiled("raw compose \"services: {a: {image: x}}\"\nservice a { image nginx:1.30 }\n");
    let codes: Vec<&str> = again.sink.diagnostics.iter().map(|found| found.code).collect();
    assert!(codes.contains(&codes::DUPLICATE_NAME), "{codes:?}");
}
