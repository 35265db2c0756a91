//! How strings are written.

use super::*;
use proptest::prelude::*;

/// Strings that YAML 1.1, YAML 1.2, Go's reader of either or a person could take for something else.
const TRAPS: &[&str] = &[
    "",
    "~",
    "null",
    "Null",
    "NULL",
    "true",
    "True",
    "TRUE",
    "false",
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
    "y",
    "Y",
    "n",
    "N",
    "0",
    "1",
    "-1",
    "+1",
    "007",
    "010",
    "0o7",
    "0O7",
    "0x1F",
    "0XFF",
    "0b11",
    "-0b1",
    "1_000",
    "0x1_0",
    "0b1_1",
    "1.0",
    "1.10",
    "-1.5",
    ".5",
    "5.",
    "1e3",
    "1E3",
    "1e+3",
    "1.5e-3",
    "1_0.5",
    "6.8523015e+5",
    ".inf",
    "-.inf",
    "+.INF",
    ".nan",
    ".NaN",
    "inf",
    "nan",
    "NaN",
    "22:22",
    "1:2",
    "12:30:45",
    "190:20:30",
    "190:20:30.15",
    "-1:30",
    "2024-01-01",
    "2024-1-1",
    "2024-01-01T10:00:00Z",
    "2024-01-01 10:00:00",
    "2001-12-14t21:59:43.10-05:00",
    "<<",
    "=",
    "-",
    "- a",
    "?",
    "? a",
    ":",
    "a: b",
    "a:",
    "# a",
    "a # b",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "'a'",
    "\"a\"",
    "[a]",
    "{a: b}",
    "{a}",
    ", a",
    " a",
    "a ",
    "\ta",
    "---",
    "...",
    "--- a",
    "a\tb",
    "a\\b",
    "\u{feff}a",
    "a\u{2028}b",
    "\u{85}",
    "\r",
    "\0",
];

#[test]
fn every_string_that_some_reader_takes_for_another_type_is_quoted() {
    for trap in TRAPS {
        let mut of = service("a");
        of.environment = vec![env("A", EnvValue::Text(text(trap)))];
        of.labels = vec![(text("l"), text(trap))];
        let printed = keys(of);
        for line in [printed.lines().nth(1).unwrap(), printed.lines().nth(3).unwrap()] {
            assert!(line.contains(": \"") && line.ends_with('"'), "{trap:?} is written as {line}");
        }
    }
}

#[test]
fn values_that_no_reader_misreads_are_not_quoted() {
    for fine in ["blog", "a b", "/srv/a", "a.b", "5s", "10m", "a:b", "http://a/b?c=d", "größe", "a#b", "$$a"]
    {
        let mut of = service("a");
        of.environment = vec![env("A", EnvValue::Text(text(fine)))];
        assert_eq!(keys(of), format!("environment:\n  A: {}\n", fine.replace('$', "$$")));
    }
}

#[test]
fn several_lines_are_a_literal_block() {
    let mut of = service("a");
    of.environment = vec![
        env("KEY", EnvValue::Text(text("first\n  second: $x\n\nlast\n"))),
        env("ODD", EnvValue::Text(text(" first\nsecond"))),
        env("TABS", EnvValue::Text(text("a\n\tb"))),
    ];
    of.command = Some(at(Command::Shell(text("set -e\nexec a"))));
    assert_eq!(
        keys(of),
        "command:\n  - /bin/sh\n  - \"-c\"\n  - |-\n    set -e\n    exec a\nenvironment:\n  KEY: |\n    first\n      \
         second: $$x\n\n    last\n  ODD: \" first\\nsecond\"\n  TABS: \"a\\n\\tb\"\n"
    );
}

proptest! {
    #[test]
    fn serde_writes_the_lines_that_the_tree_foresees(
        values in prop::collection::vec("[ -~\n\t\u{85}\u{2028}äß]{0,30}", 1..6),
        words in prop::collection::vec("[ -~\n]{0,30}", 1..8),
    ) {
        let mut of = service("a");
        of.environment = values.iter().map(|value| env("A", EnvValue::Text(text(value)))).collect();
        of.command = Some(at(Command::Exec(words.iter().map(|word| text(word)).collect())));
        of.tmpfs = values.iter().map(|value| text(value)).collect();
        of.health = Some(Health {
            test: Command::Shell(text(&values[0])),
            interval: None,
            timeout: None,
            start_period: None,
            start_interval: None,
            retries: None,
            extra: Vec::new(),
            origin: origin(),
        });
        emitted(&stack(vec![of]));
    }
}
