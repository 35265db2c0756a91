//! Every key of compose's table, said in the stack language, as Compose reads it.
//!
//! Most keys are said in one stack, each by a service of its own, so that Compose is asked few times. What it shows is
//! read as YAML: its JSON lacks a person's own fields and models, and fails on the keys of SSH agents.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use stackc::backend::Layout;
use stackc::compile::compile;
use stackc::facts::Facts;
use stackc::render::{Look, terminal};
use stackc::vocabulary::compose::{Form, Key, Scalar};

use super::Said as Ran;
use super::deployment::Deployment;
use super::docker;
use crate::vocabulary::compose::{with_input, words};
use crate::vocabulary::said::{Node, Said, Step, stack, yaml};

/// Files that Compose reads while it looks at a stack.
const FILES: &[(&str, &str)] = &[
    ("db/compose.yml", "services:\n  db:\n    image: postgres:18\n    labels:\n      com.example.from: db\n"),
    ("db/override.yml", "services:\n  db:\n    labels:\n      com.example.over: db\n"),
    ("db/db.env", "TAG=18\n"),
    ("web.env", "FROM_FILE=yes\n"),
    ("web.labels", "com.example.file=yes\n"),
    ("site.conf", "listen 80\n"),
    ("gmsa.json", "{}\n"),
    ("secrets/db_password", "x\n"),
    ("secrets/npm_token", "x\n"),
];

/// Keys that Compose carries out while it reads: what then stands in its output, `*` being the key's own service.
const CARRIED_OUT: &[(&str, &str, &str)] = &[
    ("file.include", "services/db/image", "postgres:18"),
    ("include", "services/db/image", "postgres:18"),
    ("service.extends", "services/*/labels/com.example.from", ""),
    ("service.env_file", "services/*/environment/FROM_FILE", "yes"),
    ("service.label_file", "services/*/labels/com.example.file", "yes"),
];

/// Keys that Compose accepts and does not show.
const NOT_SHOWN: &[&str] = &[
    "network.ipam.config[].x-*",
    "service.build.ulimits.*.x-*",
    "service.deploy.resources.reservations.devices[].x-*",
    "service.ulimits.*.x-*",
];

/// Keys that are newer than the Compose of Debian's engine, with the release that brought them.
const NEW: &[(&str, &str)] = &[
    ("network.ipam.options", "5.2.0"),
    ("service.build.no_cache_filter", "5.0.0"),
    ("service.pre_start", "5.3.0"),
    ("service.pre_start[].command", "5.3.0"),
    ("service.pre_start[].environment", "5.3.0"),
    ("service.pre_start[].image", "5.3.0"),
    ("service.pre_start[].per_replica", "5.3.0"),
    ("service.pre_start[].privileged", "5.3.0"),
    ("service.pre_start[].user", "5.3.0"),
    ("service.pre_start[].working_dir", "5.3.0"),
    ("service.pre_start[].x-*", "5.3.0"),
    ("service.pull_refresh_after", "5.6.0"),
];

/// The release that the keys of [`NEW`] are newer than.
const BEFORE_THEM: [u32; 3] = [2, 40, 0];

fn version(text: &str) -> [u32; 3] {
    let mut parts = text.trim_start_matches('v').split(|c: char| !c.is_ascii_digit());
    std::array::from_fn(|_| parts.next().and_then(|part| part.parse().ok()).unwrap_or_default())
}

/// A Compose, and a folder with the files that the examples name.
struct Reader {
    deployment: Deployment,
    release: [u32; 3],
}

impl Reader {
    fn new() -> Self {
        let mut deployment = Deployment::new("keys");
        for (name, text) in FILES {
            deployment.write(name, text);
        }
        for (name, value) in [("DB_PASSWORD", "x"), ("SITE_CONF", "x"), ("COMPOSE_PROFILES", "debug")] {
            deployment.set(name, value);
        }
        let release = version(&Ran::of(&mut docker(["compose", "version", "--short"])).ok());
        Self { deployment, release }
    }

    /// Whether Compose at hand knows a key.
    fn knows(&self, key: &Key) -> bool {
        version(key.since) <= self.release
    }

    /// Compiles a stack and shows it to Compose; what either has against it, otherwise.
    fn read(&self, stack: &str) -> Result<Node, String> {
        let compilation = compile("input.stack", stack, &mut |_| Facts::default());
        let folder = self.deployment.folder().to_owned();
        let layout =
            Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: "input.stack".to_owned() };
        let Some(artifacts) = compilation.emit(&layout) else {
            return Err(terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN));
        };
        for artifact in &artifacts {
            self.deployment.write(&artifact.path, &artifact.text);
        }
        let shown = self.deployment.compose(&["config"]);
        if shown.code == 0 { Ok(yaml(&shown.ok())) } else { Err(shown.report()) }
    }
}

/// Whether what Compose shows has the key with the value of its example; what it has instead, otherwise.
fn shown(said: &Said, read: &Node) -> Result<(), String> {
    let path = said.key.path;
    let carried_out = CARRIED_OUT.iter().find(|(key, ..)| {
        path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    let (place, value) = match carried_out {
        Some((_, place, value)) => {
            let own = format!("s{}", said.label);
            let steps = place
                .split('/')
                .map(|step| Step::Key(if step == "*" { own.clone() } else { step.to_owned() }));
            (steps.collect(), Node::Scalar((*value).to_owned(), true))
        }
        None => (said.place.clone(), said.value.clone()),
    };
    let Some(found) = read.at(&place) else { return Err("nothing".to_owned()) };
    if is_there(said.key, &value, found) { Ok(()) } else { Err(format!("{found:?}")) }
}

/// Whether each scalar of the example is among those that were found; a short form such as `a:b` may be in its parts.
fn is_there(key: &Key, wanted: &Node, found: &Node) -> bool {
    let leaves = found.leaves();
    let halves = leaves.iter().filter_map(|leaf| leaf.split_once('='));
    let known: Vec<&str> =
        leaves.iter().copied().chain(halves.flat_map(|(name, value)| [name, value])).collect();
    let has = |text: &str| {
        let ways = ways(key, text);
        known.iter().any(|known| {
            ways.iter()
                .any(|way| known == way || known.strip_suffix(way).is_some_and(|rest| rest.ends_with('/')))
        })
    };
    wanted.leaves().iter().all(|text| has(text) || (text.contains(':') && text.split(':').all(has)))
}

/// The ways in which Compose may write a scalar back.
fn ways(key: &Key, text: &str) -> Vec<String> {
    let mut ways = vec![text.to_owned(), text.trim_start_matches("./").to_owned()];
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if let Ok(number) = text[..digits].parse::<u64>() {
        match text[digits..].to_lowercase().trim_end_matches('b') {
            "k" => ways.push((number << 10).to_string()),
            "m" => ways.push((number << 20).to_string()),
            "g" => ways.push((number << 30).to_string()),
            "s" => ways.push(format!("{}m{}s", number / 60, number % 60)),
            _ => {}
        }
    }
    if key.scalars.iter().any(|scalar| matches!(scalar, Scalar::Mode { .. })) {
        ways.extend(u64::from_str_radix(text, 8).map(|mode| mode.to_string()));
    }
    match text {
        "all" => ways.push("-1".to_owned()),
        "ro" => ways.push("true".to_owned()),
        _ => {}
    }
    ways
}

/// Keys that are tried in a stack of their own: what they say is of the whole file.
fn is_of_the_file(key: &Key) -> bool {
    matches!(key.group, "file" | "include")
}

/// The opposite of a flag whose example says no: Compose may leave out what is the default.
fn opposite(key: &'static Key, label: &str) -> Option<Said> {
    let is_off = key.form == Form::Flag && key.example.ends_with("false");
    is_off.then(|| {
        let label = format!("{label}on");
        let mut said = Said::with(key, &label, &|name, _| format!("{name} on"));
        said.value = Node::Scalar("true".to_owned(), true);
        said
    })
}

/// Says keys in one stack, and each by itself if that one is refused; what is wrong with which, by number.
fn try_all(reader: &Reader, all: &[(usize, Vec<Said>)]) -> BTreeMap<usize, String> {
    let together: Vec<Said> = all.iter().flat_map(|(_, said)| said.clone()).collect();
    let together = reader.read(&stack(&together));
    let mut wrong = BTreeMap::new();
    for (index, said) in all {
        let alone = match &together {
            Ok(_) => None,
            Err(_) => Some(reader.read(&stack(said))),
        };
        let read = alone.as_ref().unwrap_or(&together);
        let found = match read {
            Ok(read) => said
                .iter()
                .map(|said| shown(said, read))
                .find(Result::is_ok)
                .unwrap_or_else(|| shown(&said[0], read)),
            Err(why) => Err(why.clone()),
        };
        if let Err(found) = found {
            let key = said[0].key;
            wrong.insert(
                *index,
                format!("--- {} {:?}\n{}found: {found}", key.path, key.form, said[0].stack()),
            );
        }
    }
    if let (Err(why), true) = (&together, wrong.is_empty()) {
        wrong.insert(usize::MAX, format!("each by itself is accepted, all together are not: {why}"));
    }
    wrong
}

fn examples(keys: impl Iterator<Item = (usize, &'static Key)>) -> Vec<(usize, Vec<Said>)> {
    keys.map(|(index, key)| {
        let label = index.to_string();
        (index, std::iter::once(Said::example(key, &label)).chain(opposite(key, &label)).collect())
    })
    .collect()
}

fn assert_nothing_wrong(wrong: &BTreeMap<usize, String>) {
    let report: Vec<&str> = wrong.values().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} keys are not read as they are said:\n{}", wrong.len(), report.join("\n"));
}

#[test]
fn compose_reads_every_key_that_it_knows() {
    let reader = Reader::new();
    let known = || words().filter(|(_, key)| reader.knows(key) && !NOT_SHOWN.contains(&key.path));
    let mut wrong = try_all(&reader, &examples(known().filter(|(_, key)| !is_of_the_file(key))));
    for said in examples(known().filter(|(_, key)| is_of_the_file(key))) {
        wrong.extend(try_all(&reader, &[said]));
    }
    assert_nothing_wrong(&wrong);
}

#[test]
fn compose_puts_an_input_into_every_slot() {
    let reader = Reader::new();
    let mut variables = String::new();
    let mut all = Vec::new();
    let known = |key: &Key| reader.knows(key) && !NOT_SHOWN.contains(&key.path);
    for (index, key) in words().filter(|(_, key)| known(key) && !is_of_the_file(key)) {
        let label = index.to_string();
        let Some((said, value)) = with_input(key, &label, &format!("input.IN_{label}")) else { continue };
        writeln!(variables, "IN_{label}='{value}'").unwrap();
        all.push((index, vec![said]));
    }
    reader.deployment.write(".env", variables);
    assert_nothing_wrong(&try_all(&reader, &all));
}

#[test]
fn compose_accepts_the_keys_that_it_does_not_show() {
    let reader = Reader::new();
    let said = examples(words().filter(|(_, key)| NOT_SHOWN.contains(&key.path)));
    assert_eq!(said.len(), NOT_SHOWN.len());
    let said: Vec<Said> = said.into_iter().flat_map(|(_, said)| said).collect();
    reader.read(&stack(&said)).map_err(|why| panic!("{why}")).ok();
}

#[test]
fn the_keys_that_are_newer_than_compose_are_known_by_name() {
    let reader = Reader::new();
    assert!(reader.release >= BEFORE_THEM, "the tests know the keys that Compose {BEFORE_THEM:?} lacks");
    let mut newer: Vec<(&str, &str)> = words()
        .map(|(_, key)| (key.path, key.since))
        .filter(|(_, since)| version(since) > BEFORE_THEM)
        .collect();
    newer.sort_unstable();
    assert_eq!(newer, NEW);
    for (index, key) in words().filter(|(_, key)| !reader.knows(key)) {
        let said = Said::example(key, &index.to_string());
        let is_read = reader.read(&said.stack()).is_ok_and(|read| shown(&said, &read).is_ok());
        assert!(
            !is_read,
            "Compose {:?} reads {}, which the table says is of {}",
            reader.release, key.path, key.since
        );
    }
}
