//! Texts that some reader on their way could take for something else, and that all must arrive as they are: in the
//! environment, in labels, in commands, at run time and in an image.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::deployment::Deployment;
use super::evidence::Canary;
use super::{Checks, PYTHON, need_images};
use crate::hostile::{inside, is_verbatim, spelled, texts};

/// Whether a Dockerfile has no way to write a text as a value.
fn is_beyond_dockerfiles(text: &str) -> bool {
    text.contains('\n')
}

/// Whether a text asks for a variable that must be set: the build ends where it is not.
fn is_demanding(text: &str) -> bool {
    text.contains("${X:?")
}

/// A text after a Dockerfile has put variables into it, none of which is set, unless it is verbatim.
fn expanded(number: usize, text: &str) -> String {
    if is_verbatim(number, text) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out += before;
        let braced = after.strip_prefix("{X").and_then(|inner| inner.split_once('}'));
        if let Some((operator, behind)) = braced {
            out += operator.strip_prefix(":-").unwrap_or_default();
            rest = behind;
            continue;
        }
        let name = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
        if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            rest = &after[name..];
        } else {
            out.push('$');
            rest = after;
        }
    }
    out + rest
}

/// Statements that give every text a name: `PREFIX0 'text'`.
fn pairs(prefix: &str, texts: &[(usize, &String)]) -> String {
    let mut out = String::new();
    for (number, text) in texts {
        writeln!(out, "    {prefix}{number} {}", spelled(text, number.is_multiple_of(2))).unwrap();
    }
    out
}

/// Every text by the name that it has.
fn named(
    prefix: &str,
    texts: &[(usize, &String)],
    read: impl Fn(usize, &str) -> String,
) -> BTreeMap<String, String> {
    texts.iter().map(|(number, text)| (format!("{prefix}{number}"), read(*number, text))).collect()
}

/// Those entries of an object whose names begin so.
fn entries(object: &Value, prefix: &str) -> BTreeMap<String, String> {
    let entries = object.as_object().unwrap().iter().filter(|(name, _)| is_named(name, prefix));
    entries.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn is_named(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The environment that a program printed, entries ending with NUL.
pub(super) fn environment(printed: &[u8], prefix: &str) -> BTreeMap<String, String> {
    let entries = printed.split(|byte| *byte == 0).map(|entry| String::from_utf8_lossy(entry).into_owned());
    let pairs = entries
        .filter_map(|entry| entry.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
    pairs.filter(|(name, _)| is_named(name, prefix)).collect()
}

/// Fails with the texts that are not as expected, and no others.
#[track_caller]
pub(super) fn assert_same(actual: &BTreeMap<String, String>, expected: &BTreeMap<String, String>) {
    let mut wrong = String::new();
    for (name, text) in expected {
        match actual.get(name) {
            Some(arrived) if arrived == text => {}
            Some(arrived) => write!(wrong, "\n  {name} {text:?} arrived as {arrived:?}").unwrap(),
            None => write!(wrong, "\n  {name} {text:?} did not arrive").unwrap(),
        }
    }
    assert!(
        wrong.is_empty() && actual.len() == expected.len(),
        "{} of {}:{wrong}",
        actual.len(),
        expected.len()
    );
}

/// Prints words as a NUL-ended list.
const PRINT_ENVIRONMENT: &str =
    "import os; [os.write(1, k + b'=' + v + b'\\0') for k, v in os.environb.items()]";
const PRINT_WORDS: &str = "import os, sys; [os.write(1, os.fsencode(w) + b'\\0') for w in sys.argv[1:]]";

/// Writes words down while an image is built, as a NUL-ended list.
const WRITE_WORDS: &str =
    "import os, sys; open('/words', 'wb').write(b''.join(os.fsencode(w) + b'\\0' for w in sys.argv[1:]))";

/// All texts in one, each below its number.
fn joined<'t>(texts: impl Iterator<Item = &'t (usize, &'t String)>) -> String {
    texts.fold(String::new(), |all, (number, text)| format!("{all}== {number}\n{text}\n"))
}

/// Those that hold no variable of a Dockerfile.
fn without_variables<'t>(texts: &'t [(usize, &'t String)]) -> impl Iterator<Item = &'t (usize, &'t String)> {
    texts
        .iter()
        .filter(|(_, text)| !is_demanding(text) && expanded(1, &format!("{text}\n")) == format!("{text}\n"))
}

/// Those that a Dockerfile can read with no variable set.
fn undemanding<'t>(texts: &'t [(usize, &'t String)]) -> impl Iterator<Item = &'t (usize, &'t String)> {
    texts.iter().filter(|(_, text)| !is_demanding(text))
}

fn stack(texts: &[(usize, &String)], built: &[(usize, &String)]) -> String {
    let words = |texts: &[(usize, &String)]| -> String {
        texts.iter().fold(String::new(), |lines, (number, text)| {
            format!("{lines}    {}\n", spelled(text, number.is_multiple_of(2)))
        })
    };
    let exported = texts.iter().fold(String::new(), |lines, (number, text)| {
        let text = inside(text);
        format!("{lines}    S{number} \"{text}.${{secret.s}}.{text}\" exported\n")
    });
    let python = |script: &str| format!("python -c {}", spelled(script, false));
    format!(
        "stack values\nsecret s {{ file ./secrets/s }}\n\
         service environment {{\n  image {PYTHON}\n  command {environment}\n  env {{\n{pairs}  }}\n  \
         labels {{\n{labels}  }}\n}}\n\
         service words {{\n  image {PYTHON}\n  command [python -c {print_words}\n{words}  ]\n}}\n\
         service exported {{\n  image {PYTHON}\n  command {environment}\n  env {{\n{exported}  }}\n}}\n\
         service built {{\n  build {{\n  base {PYTHON}\n  env {{\n{built_pairs}  }}\n  \
         labels {{\n{built_labels}  }}\n  command [python -c {print_words}\n{words}  ]\n  \
         run exec [python -c {write_words}\n{words}  ]\n  file /text {text}\n  file /literal {literal}\n  }}\n}}\n",
        environment = python(PRINT_ENVIRONMENT),
        print_words = spelled(PRINT_WORDS, false),
        write_words = spelled(WRITE_WORDS, false),
        text = spelled(&joined(undemanding(texts)), false),
        literal = spelled(&joined(without_variables(texts)), false),
        pairs = pairs("V", texts),
        labels = pairs("label.", texts),
        built_pairs = pairs("B", built),
        built_labels = pairs("built.", built),
        words = words(texts),
    )
}

#[test]
fn every_text_arrives_as_it_was_written() {
    need_images(&[PYTHON]);
    let all = texts();
    let texts: Vec<(usize, &String)> = all.iter().enumerate().collect();
    let is_built = |(number, text): &(usize, &String)| {
        !is_beyond_dockerfiles(text) && (is_verbatim(*number, text) || !is_demanding(text))
    };
    let built: Vec<(usize, &String)> = texts.iter().copied().filter(is_built).collect();
    let deployment = Deployment::new("values");
    deployment.write("values.stack", stack(&texts, &built));
    let secret = Canary::between("$X \"'\\", "\nsecond line $(id)");
    deployment.write("secrets/s", &secret.value);
    deployment.stackc(&["build"]).ok();
    deployment.compose(&["build"]).ok();
    deployment.compose(&["create"]).ok();
    let run = |service: &str| deployment.compose(&["run", "--rm", "-T", "--no-deps", service]).bytes();
    let words = |printed: Vec<u8>| -> BTreeMap<String, String> {
        let words = printed.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        let words: Vec<String> = words.collect();
        let last = words.len() - 1;
        words
            .into_iter()
            .take(last)
            .enumerate()
            .map(|(number, word)| (format!("word{number}"), word))
            .collect()
    };
    let inspected = |of: &str| -> Value {
        let said = deployment.docker(&["inspect", of]).ok();
        serde_json::from_str::<Value>(&said).unwrap()[0]["Config"].take()
    };
    let as_is = |_: usize, text: &str| text.to_owned();
    let mut checks = Checks::default();
    checks.check("env", || {
        assert_same(&environment(&run("environment"), "V"), &named("V", &texts, as_is));
    });
    checks.check("labels", || {
        let config = inspected(&deployment.container("environment"));
        assert_same(&entries(&config["Labels"], "label."), &named("label.", &texts, as_is));
    });
    checks.check("the words of a command", || {
        assert_same(&words(run("words")), &named("word", &texts, as_is));
    });
    checks.check("exported texts around a secret", || {
        let around = |_: usize, text: &str| format!("{text}.{}.{text}", secret.value);
        assert_same(&environment(&run("exported"), "S"), &named("S", &texts, around));
    });
    checks.check("env of a build", || {
        let config = inspected(&deployment.images()[0]);
        let variables =
            config["Env"].as_array().unwrap().iter().map(|entry| format!("{}\0", entry.as_str().unwrap()));
        let variables: String = variables.collect();
        assert_same(&environment(variables.as_bytes(), "B"), &named("B", &built, expanded));
    });
    checks.check("labels of a build", || {
        let config = inspected(&deployment.images()[0]);
        assert_same(&entries(&config["Labels"], "built."), &named("built.", &built, expanded));
    });
    let inside = |path: &str| {
        let image = &deployment.images()[0];
        deployment.docker(&["run", "--rm", "--entrypoint", "/bin/cat", image, path]).bytes()
    };
    checks.check("the words of a step", || {
        assert_same(&words(inside("/words")), &named("word", &texts, as_is));
    });
    checks.check("a file whose content is given", || {
        let text = String::from_utf8(inside("/text")).unwrap();
        assert_eq!(text, expanded(1, &joined(undemanding(&texts))));
        let literal = String::from_utf8(inside("/literal")).unwrap();
        assert_eq!(literal, joined(without_variables(&texts)));
    });
    checks.check("the words of an image's command", || {
        assert_same(&words(run("built")), &named("word", &texts, as_is));
    });
    checks.finish();
}
