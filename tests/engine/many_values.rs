//! Thousands of generated values of every slot that takes any text: what the image and the container have in the end is
//! what the stack file says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::deployment::Deployment;
use super::values::{assert_same, environment};
use super::{Checks, PYTHON, need_images};
use crate::hostile::{Chance, inside, spelled};

/// How a run is repeated, or another one made.
const SEED: &str = "STACKC_VALUES_SEED";

/// What the numbers of a run start from; it is seen with `--nocapture`, and after a failure.
#[expect(clippy::print_stderr, reason = "the harness captures it")]
pub(super) fn seed() -> u64 {
    let seed = std::env::var(SEED).map_or(1, |seed| seed.parse().expect("a seed is a number"));
    eprintln!("{SEED}={seed}");
    seed
}

/// A value: how the stack file says it, and what shall arrive.
#[derive(Debug)]
pub(super) struct Meant {
    pub(super) said: String,
    pub(super) text: String,
}

/// A text that stands for itself, in one of the ways in which that can be said.
pub(super) fn verbatim(text: &str, chance: &mut Chance) -> Meant {
    let is_one_line = !text.contains('\n');
    let fenced = is_one_line && !text.is_empty() && !text.contains("\"\"\"");
    let fenced = fenced && !text.starts_with('"') && !text.ends_with('"');
    let said = match chance.below(3) {
        0 if fenced => format!("\"\"\"{text}\"\"\""),
        _ if is_one_line && !text.contains('\'') => format!("'{text}'"),
        _ if fenced => format!("\"\"\"{text}\"\"\""),
        _ => spelled(text, false),
    };
    Meant { said, text: text.to_owned() }
}

/// The language that puts variables into a text, and those that it knows: how each is written and what comes of it.
pub(super) struct Variables<'v>(pub(super) &'v [(&'v str, &'v str)]);

impl Variables<'_> {
    /// A text with variables between others, which stand for themselves.
    pub(super) fn mixed(&self, chance: &mut Chance) -> Meant {
        let (mut said, mut text) = (String::new(), String::new());
        for _ in 0..=chance.below(4) {
            let literal = chance.text().replace('$', "").replace('\n', " ");
            // What follows a name must not continue it.
            write!(said, ".{}.", inside(&literal)).unwrap();
            write!(text, ".{literal}.").unwrap();
            let (written, becomes) = chance.one_of(self.0);
            said += &inside(written);
            text += becomes;
        }
        Meant { said: format!("\"{said}\""), text }
    }
}

/// What a variable of the build holds.
const SET: &str = "it's ${X} \"\\ é;#";

/// Variables of a Dockerfile, in every form; those that have no value are declared, as `BuildKit` warns of others and sends the
/// whole file along with each warning.
const OF_A_BUILD: Variables<'_> = Variables(&[
    ("$SET", SET),
    ("${SET}", SET),
    ("${SET:-y}", SET),
    ("${SET-y}", SET),
    ("${SET:?needed}", SET),
    ("${SET:+y}", "y"),
    ("${UNSET:+y}", ""),
    ("${UNSET:-}", ""),
    ("${UNSET:-a b;#é%!~/}", "a b;#é%!~/"),
    ("${x:-y}", "y"),
    ("${x}", ""),
    ("$UNSET", ""),
    ("$", "$"),
    ("$$", "$$"),
    ("$(id)", "$(id)"),
]);

/// So many values that a Dockerfile can hold.
fn of_a_build(count: usize, chance: &mut Chance) -> Vec<Meant> {
    let mut texts = chance.texts(count);
    texts[0] = "long é".repeat(6000);
    let of = |(number, text): (usize, String)| {
        let one_line = text.replace('\n', "\\");
        let meant = verbatim(&one_line, chance);
        // Between double quotes its `$` are the Dockerfile's.
        let is_whole = !meant.said.starts_with('"') || !one_line.contains('$') || number == 0;
        if is_whole && !number.is_multiple_of(3) { meant } else { OF_A_BUILD.mixed(chance) }
    };
    texts.into_iter().enumerate().map(of).collect()
}

/// So many values that may hold anything.
pub(super) fn of_anything(count: usize, chance: &mut Chance) -> Vec<Meant> {
    chance.texts(count).iter().map(|text| verbatim(text, chance)).collect()
}

/// Statements that give every value a name: `PREFIX0 'text'`.
fn pairs(prefix: &str, values: &[Meant]) -> String {
    values
        .iter()
        .enumerate()
        .fold(String::new(), |lines, (number, value)| format!("{lines}    {prefix}{number} {}\n", value.said))
}

fn named(prefix: &str, values: &[Meant]) -> BTreeMap<String, String> {
    values
        .iter()
        .enumerate()
        .map(|(number, value)| (format!("{prefix}{number}"), value.text.clone()))
        .collect()
}

fn words(values: &[Meant]) -> String {
    values.iter().fold(String::new(), |lines, value| format!("{lines}    {}\n", value.said))
}

fn texts(values: &[Meant]) -> Vec<String> {
    values.iter().map(|value| value.text.clone()).collect()
}

/// The words that are not as expected.
#[track_caller]
fn assert_same_words(actual: &Value, expected: &[String]) {
    let actual: Vec<String> = serde_json::from_value(actual.clone()).unwrap();
    for (number, (arrived, text)) in actual.iter().zip(expected).enumerate() {
        assert_eq!(arrived, text, "word {number}");
    }
    assert_eq!(actual.len(), expected.len());
}

/// Writes the environment of a step down, as a NUL-ended list.
const WRITE_ENVIRONMENT: &str =
    "import os; open('/args', 'wb').write(b''.join(k + b'=' + v + b'\\0' for k, v in os.environb.items()))";
/// Prints it.
const PRINT_ENVIRONMENT: &str =
    "import os; [os.write(1, k + b'=' + v + b'\\0') for k, v in os.environb.items()]";

#[test]
fn an_image_has_the_values_that_were_said() {
    need_images(&[PYTHON]);
    let mut chance = Chance::new(seed());
    let [env, labels] = [2200, 2200].map(|count| of_a_build(count, &mut chance));
    let arguments = of_a_build(550, &mut chance);
    let [entrypoint, command] = [300, 550].map(|count| of_anything(count, &mut chance));
    let keys: Vec<Meant> = of_anything(200, &mut chance)
        .into_iter()
        .enumerate()
        .map(|(number, key)| key.text.replace(['\n', '='], ".") + &format!(" {number}"))
        .map(|key| Meant { said: verbatim(&key, &mut Chance::new(0)).said, text: key })
        .filter(|key| !key.said.starts_with('"') || !key.text.contains('$'))
        .collect();
    let keyed =
        keys.iter().fold(String::new(), |lines, key| format!("{lines}    {} {}\n", key.said, key.said));
    let taken = (0..arguments.len()).fold(String::new(), |lines, number| {
        format!("{lines}    TAKEN{number} \"$${{ARGUMENT{number}}}\"\n")
    });
    let declared = arguments.iter().enumerate().fold(String::new(), |lines, (number, value)| {
        format!("{lines}  arg ARGUMENT{number} {}\n", value.said)
    });
    let deployment = Deployment::new("many-values");
    deployment.write(
        "values.stack",
        format!(
            "stack values\nservice built {{\n  build {{\n  base {PYTHON}\n  arg x\n  arg UNSET\n  env {{ SET {set} }}\n  env {{\n{env}  }}\n  \
             labels {{\n{labels}  }}\n  labels {{\n{keyed}  }}\n{declared}  env {{\n{taken}  }}\n  \
             run exec [python -c {write}]\n  entrypoint [\n{entrypoint}  ]\n  command [\n{command}  ]\n  }}\n}}\n",
            set = format_args!("\"\"\"{SET}\"\"\""),
            env = pairs("ENV", &env),
            labels = pairs("label.", &labels),
            write = spelled(WRITE_ENVIRONMENT, false),
            entrypoint = words(&entrypoint),
            command = words(&command),
        ),
    );
    deployment.stackc(&["build"]).ok();
    deployment.compose(&["build"]).ok();
    let image = deployment.images()[0].clone();
    let said = deployment.docker(&["inspect", &image]).ok();
    let config = serde_json::from_str::<Value>(&said).unwrap()[0]["Config"].take();
    let entries: Vec<&str> =
        config["Env"].as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect();
    let set = entries.join("\0");
    let labelled = |is_wanted: &dyn Fn(&str) -> bool| -> BTreeMap<String, String> {
        let entries = config["Labels"].as_object().unwrap().iter().filter(|(key, _)| is_wanted(key));
        entries.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    let mut checks = Checks::default();
    checks.check("env", || {
        assert_same(&environment(set.as_bytes(), "ENV"), &named("ENV", &env));
    });
    checks.check("labels", || {
        assert_same(&labelled(&|key| key.starts_with("label.")), &named("label.", &labels));
    });
    checks.check("names of labels", || {
        let expected = keys.iter().map(|key| (key.text.clone(), key.text.clone())).collect();
        assert_same(&labelled(&|key| keys.iter().any(|known| known.text == key)), &expected);
    });
    checks.check("arguments, as a step has them", || {
        let read = ["run", "--rm", "--entrypoint", "/bin/cat", &image, "/args"];
        let seen = deployment.docker(&read).bytes();
        assert_same(&environment(&seen, "ARGUMENT"), &named("ARGUMENT", &arguments));
    });
    checks.check("arguments, as env takes them", || {
        assert_same(&environment(set.as_bytes(), "TAKEN"), &named("TAKEN", &arguments));
    });
    checks.check("entrypoint", || assert_same_words(&config["Entrypoint"], &texts(&entrypoint)));
    checks.check("command", || assert_same_words(&config["Cmd"], &texts(&command)));
    checks.finish();
}

#[test]
fn a_container_has_the_environment_that_was_said() {
    need_images(&[PYTHON]);
    let mut chance = Chance::new(seed());
    let mut values = of_anything(2400, &mut chance);
    values.push(verbatim(&"long $é".repeat(7000), &mut chance));
    let labels = of_anything(500, &mut chance);
    let deployment = Deployment::new("many-variables");
    deployment.write(
        "values.stack",
        format!(
            "stack values\nservice printing {{\n  image {PYTHON}\n  command [python -c {}]\n  env {{\n{}  }}\n  \
             labels {{\n{}  }}\n}}\n",
            spelled(PRINT_ENVIRONMENT, false),
            pairs("VALUE", &values),
            pairs("label.", &labels),
        ),
    );
    deployment.stackc(&["build"]).ok();
    deployment.compose(&["create"]).ok();
    let container = deployment.container("printing");
    let mut checks = Checks::default();
    checks.check("what the program prints", || {
        let printed = deployment.docker(&["start", "-a", &container]).bytes();
        assert_same(&environment(&printed, "VALUE"), &named("VALUE", &values));
    });
    checks.check("labels", || {
        let said = deployment.docker(&["inspect", &container]).ok();
        let labelled = serde_json::from_str::<Value>(&said).unwrap()[0]["Config"]["Labels"].take();
        let labelled: BTreeMap<String, String> = serde_json::from_value(labelled).unwrap();
        let ours = labelled.into_iter().filter(|(key, _)| key.starts_with("label.")).collect();
        assert_same(&ours, &named("label.", &labels));
    });
    checks.finish();
}
