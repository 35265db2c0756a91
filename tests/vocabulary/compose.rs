//! Every key of compose's table can be said, takes inputs and refuses secrets.

use stackc::compile::{Compilation, compile};
use stackc::diagnostic::Severity;
use stackc::facts::Facts;
use stackc::lower::codes;
use stackc::render::{Look, terminal};
use stackc::schema::rows::ROWS;
use stackc::syntax::stack::spell::spell;
use stackc::vocabulary::compose::{Form, Key, Scalar, all};

use super::said::{Node, Said, statement};

/// The keys that are said in compose's own words, in the order of the table.
pub(crate) fn words() -> impl Iterator<Item = (usize, &'static Key)> {
    all().iter().enumerate().filter(|(_, key)| key.by.is_empty())
}

fn compiled(stack: &str) -> Compilation {
    compile("input.stack", stack, &mut |_| Facts::default())
}

/// Everything that keeps a stack from being compiled, as a person sees it.
fn errors(stack: &str) -> String {
    let mut compilation = compiled(stack);
    compilation.sink.diagnostics.retain(|found| found.severity == Severity::Error);
    terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN)
}

/// Fails with what is wrong of each key that something is wrong of.
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} keys:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_key_is_said_by_a_word_or_by_a_sentence() {
    let mut wrong = Vec::new();
    for (index, key) in words() {
        let stack = Said::example(key, &index.to_string()).stack();
        let found = errors(&stack);
        if !found.is_empty() {
            wrong.push(format!("--- {} {:?}\n{stack}\n{found}", key.path, key.form));
        }
    }
    for key in all().iter().filter(|key| !key.by.is_empty() && key.by != "nothing") {
        let is_there = ROWS.iter().any(|row| {
            let rest = row.sentence.strip_prefix(key.by);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        if !is_there {
            wrong.push(format!("--- {}: there is no sentence `{}`", key.path, key.by));
        }
    }
    assert_none(&wrong);
}

/// A scalar key with every scalar of its example replaced, if it has a scalar that is no declared name.
fn replaced(key: &'static Key, label: &str, value: &str) -> Option<Said> {
    let has_slots = matches!(key.form, Form::Flag | Form::Value | Form::Words | Form::Pairs | Form::Any);
    has_slots.then(|| {
        Said::with(key, label, &|name, example| {
            let name = spell(name);
            match example {
                Node::Map(pairs) => {
                    let (first, _) = &pairs[0];
                    format!("{name} {{ {} {value} }}", spell(first))
                }
                Node::Scalar(..) | Node::List(_) | Node::Said(_) => format!("{name} {value}"),
            }
        })
    })
}

/// A key with an input in place of the first scalar of its example, which is what the input is to be.
pub(crate) fn with_input(key: &'static Key, label: &str, input: &str) -> Option<(Said, String)> {
    let mut said = replaced(key, label, input).filter(|_| !is_name(key) && !key.fixed)?;
    said.inputs.push(input.trim_start_matches("input.").to_owned());
    let value = match &mut said.value {
        Node::Map(pairs) => {
            pairs.truncate(1);
            pairs[0].1.leaves().first()?.to_string()
        }
        value => {
            let leaves = value.leaves();
            let first = if key.form == Form::Flag { "true" } else { leaves.first()? }.to_owned();
            *value = Node::Scalar(first.clone(), true);
            first
        }
    };
    Some((said, value))
}

fn is_name(key: &Key) -> bool {
    key.scalars.iter().any(|scalar| matches!(scalar, Scalar::Name(_)))
}

#[test]
fn no_slot_takes_a_secret() {
    let mut wrong = Vec::new();
    for (index, key) in words() {
        for value in ["secret.s", "\"x${secret.s}\""] {
            let Some(said) = replaced(key, &index.to_string(), value) else { continue };
            let stack = format!("{}secret s {{ file ./s }}\n", said.stack());
            let compilation = compiled(&stack);
            let found: Vec<&str> = compilation.sink.diagnostics.iter().map(|found| found.code).collect();
            if found != [codes::SECRET_IN_TEXT] && found != [codes::SECRET_IN_ARGUMENT] {
                wrong.push(format!("--- {}: {found:?}\n{stack}", key.path));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_slot_takes_an_input_but_a_name_and_what_compose_wants_to_know() {
    let mut wrong = Vec::new();
    for (index, key) in words() {
        let Some(said) = replaced(key, &index.to_string(), "input.GIVEN") else { continue };
        let stack = format!("{}input GIVEN\n", said.stack());
        let compilation = compiled(&stack);
        let codes: Vec<&str> = compilation.sink.diagnostics.iter().map(|found| found.code).collect();
        let is_right = if is_name(key) || key.fixed {
            codes.contains(&codes::INPUT_UNSUPPORTED)
        } else {
            compilation.deployment.is_some()
        };
        if !is_right {
            wrong.push(format!("--- {}\n{stack}\n{}", key.path, errors(&stack)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_default_of_an_input_is_of_the_type_of_the_slot() {
    let typed = |key: &Key| {
        let may_be_any = all().iter().any(|other| other.path == key.path && other.scalars == [Scalar::Text]);
        !may_be_any && !is_name(key) && !key.fixed && (key.form == Form::Flag || !key.scalars.is_empty())
    };
    let mut wrong = Vec::new();
    for (index, key) in words().filter(|(_, key)| typed(key)) {
        let Some(said) = replaced(key, &index.to_string(), "input.GIVEN") else { continue };
        let stack = format!("{}input GIVEN {{ default \"\" }}\n", said.stack());
        let compilation = compiled(&stack);
        if !compilation.sink.diagnostics.iter().any(|found| found.code == codes::WRONG_TYPE) {
            wrong.push(format!("--- {} {:?}\n{stack}", key.path, key.scalars));
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_name_is_one_that_is_declared() {
    let mut wrong = Vec::new();
    for (index, key) in words().filter(|(_, key)| is_name(key)) {
        let stack = replaced(key, &index.to_string(), "nobody").unwrap().stack();
        let compilation = compiled(&stack);
        let found: Vec<&str> = compilation.sink.diagnostics.iter().map(|found| found.code).collect();
        if found != [codes::UNKNOWN_NAME] {
            wrong.push(format!("--- {}\n{stack}\n{}", key.path, errors(&stack)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn statements_are_written_from_what_yaml_says() {
    let said = |text| {
        let Node::Map(map) = super::said::yaml(text) else { panic!("{text}") };
        map.iter().flat_map(|(key, node)| statement(key, node)).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said("a: {b: true, c: [d, e f], g: {h: \"true\"}}"), "a { b on; c d \"e f\"; g { h true } }");
    assert_eq!(said("a: [{b: 1}, {b: 2}]"), "a { b 1 }; a { b 2 }");
}
