//! Every key of compose's table can be said, takes inputs and refuses secrets.

use stackc::backend::Layout;
use stackc::compile::{Compilation, compile};
use stackc::diagnostic::Severity;
use stackc::facts::Facts;
use stackc::lower::codes;
use stackc::render::{Look, terminal};
use stackc::schema::rows::ROWS;
use stackc::syntax::stack::spell::spell;
use stackc::vocabulary::compose::{Form, Key, Scalar, all};

use super::said::{Node, Said, statement, yaml};

/// The keys that are said in compose's own words, in the order of the table.
pub(crate) fn words() -> impl Iterator<Item = (usize, &'static Key)> {
    all().iter().enumerate().filter(|(_, key)| key.by.is_empty())
}

pub(super) fn compiled(stack: &str) -> Compilation {
    compile("input.stack", stack, &mut |_| Facts::default())
}

/// The docker-compose.yml of a stack in `/p`, written to another folder.
pub(super) fn emitted(stack: &str, out_dir: &str) -> String {
    let layout =
        Layout { stack_dir: "/p".into(), out_dir: out_dir.into(), stack_file: "input.stack".to_owned() };
    let artifacts = compiled(stack).emit(&layout).unwrap_or_else(|| panic!("{}", errors(stack)));
    artifacts.into_iter().find(|artifact| artifact.path == "docker-compose.yml").unwrap().text
}

/// Everything that keeps a stack from being compiled, as a person sees it.
pub(super) fn errors(stack: &str) -> String {
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
        let Node::Map(map) = yaml(text) else { panic!("{text}") };
        map.iter().flat_map(|(key, node)| statement(key, node)).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said("a: {b: true, c: [d, e f], g: {h: \"true\"}}"), "a { b on; c d \"e f\"; g { h true } }");
    assert_eq!(said("a: [{b: 1}, {b: 2}]"), "a { b 1 }; a { b 2 }");
}

#[test]
fn paths_are_written_from_the_output_folder() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for (index, key) in words().filter(|(_, key)| key.scalars.contains(&Scalar::HostPath)) {
        let said = replaced(key, &index.to_string(), "./here/it").unwrap();
        let text = emitted(&said.stack(), "/p/out");
        tried += 1;
        let is_there = |path: &str| yaml(&text).at(&said.place).is_some_and(|at| at.leaves().contains(&path));
        if !is_there("../here/it") {
            wrong.push(format!("--- {}\n{text}", key.path));
        }
    }
    assert_none(&wrong);
    assert!(tried >= 15, "{tried}");
}

#[test]
fn what_is_no_path_is_written_as_it_stands() {
    let text = emitted(
        "defaults plain\n\
         include https://example.org/db.git oci://example.org/db\n\
         volume v { driver local; driver_opts { type none; o bind; device ./v } }\n\
         volume w { driver local; driver_opts { type nfs; o addr=10.0.0.1; device ./w } }\n\
         service a {\n\
           build { dockerfile Dockerfile; additional_contexts { a docker-image://b; c service:a; d git@example.org:e; f ./f } }\n\
           mount v at /v; mount w at /w; mount ./x at /x\n\
         }\n",
        "/p/out",
    );
    for line in [
        "  - https://example.org/db.git\n",
        "  - oci://example.org/db\n",
        "        a: docker-image://b\n",
        "        c: service:a\n",
        "        d: \"git@example.org:e\"\n",
        "        f: ../f\n",
        "      device: ../v\n",
        "      device: ./w\n",
        "      - ../x:/x\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}

#[test]
fn compose_s_word_for_secrets_gives_them_to_the_container() {
    let stack = "defaults plain\nsecret used { file ./used }\nsecret built { file ./built }\nsecret idle { file ./idle }\n\
                 service a {\n  image nginx:1.30\n  secrets used\n  env { A secret.used.path }\n}\n\
                 service b { build { dockerfile Dockerfile; secrets built } }\n";
    let compilation = compiled(stack);
    let secrets = &compilation.deployment.as_ref().unwrap().stack.secrets;
    let at_run_time: Vec<(&str, bool)> =
        secrets.iter().map(|secret| (secret.name.value.as_str(), secret.at_run_time)).collect();
    assert_eq!(at_run_time, [("used", true), ("built", false), ("idle", false)]);
    let unused: Vec<&str> = (compilation.sink.diagnostics.iter())
        .filter(|found| found.code == "secret-unused")
        .map(|found| compilation.sources.text(found.primary.span))
        .collect();
    assert_eq!(unused.len(), 1, "{unused:?}");
    assert_eq!(emitted(stack, "/p").matches("      - used\n").count(), 1);
}
