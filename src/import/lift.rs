//! Secrets that stand in environments as plain text become `secret` statements, with their values in files.
//!
//! One is lifted only if the program still finds the same value in the same way: by the `_FILE` variable that its image
//! documents, or exported when it starts, which takes knowing what the image runs. All others stay, and it is said why.

use std::collections::{BTreeMap, BTreeSet};

use super::statement::{Block, Line, Statement};
use super::verify::{Originals, formatted};
use crate::compile::compile;
use crate::diagnostic::Severity;
use crate::facts::Facts;
use crate::handwritten::{Around, Opened};
use crate::lint::Held;
use crate::model::image::ImageRef;
use crate::model::names::SecretName;
use crate::project::compose::{Node, Service, place};
use crate::project::{Container, Image, Project};
use crate::source::Span;
use crate::syntax::stack::spell::{quoted, spell};

/// A secret that stands in an environment as plain text.
#[derive(Clone, Debug)]
pub struct LiteralSecret {
    /// The service.
    pub service: String,
    /// The variable.
    pub variable: String,
    /// The file that it stands in.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nobody asked for more.
    Told,
    /// It is the secret of this name now.
    Lifted(String),
    /// It stays where it was; why, as the rest of a sentence.
    Stays(String),
}

/// A file to be written.
#[derive(Clone)]
pub struct SecretValue {
    /// The name of the secret.
    pub name: String,
    /// The path of the file, from the folder of the stack file.
    pub path: String,
    /// What is to stand in it. Never to be shown.
    pub value: String,
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretValue").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The folder of lifted secrets, from that of the stack file.
pub const FOLDER: &str = "./secrets";

/// Images whose entrypoint reads `NAME_FILE`, with the beginnings of the names. Source: the documentation of each on Docker Hub,
/// "Docker Secrets", and the `file_env` of their entrypoints.
const BY_FILE: &[(&str, &[&str])] = &[
    ("postgres", &["POSTGRES_PASSWORD"]),
    ("postgis/postgis", &["POSTGRES_PASSWORD"]),
    ("mysql", &["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    ("mariadb", &["MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    ("mongo", &["MONGO_INITDB_ROOT_PASSWORD"]),
    ("wordpress", &["WORDPRESS_DB_PASSWORD"]),
];

/// More are not lifted at once: each is compiled with all before it.
const MOST: usize = 200;

/// What there is to lift.
pub(super) struct Found {
    pub(super) told: Vec<LiteralSecret>,
    /// The contexts that are built, with their Dockerfiles.
    pub(super) builds: Vec<(String, Option<String>)>,
    candidates: Vec<Candidate>,
}

/// One literal with what is known of its service.
struct Candidate {
    service: String,
    variable: String,
    held: Held,
    /// How it may reach the program, or why it cannot.
    way: Result<Way, String>,
}

#[derive(Clone)]
enum Way {
    /// `NAME_FILE secret.x.path`
    File,
    /// `NAME secret.x exported`, with what has to be said for that.
    Exported { entrypoint: Option<Vec<String>>, command: Option<Vec<String>> },
}

/// Every secret that stands in an environment of a compose file.
pub(super) fn find(compose: &str, around: &dyn Around) -> Found {
    let opened = Opened::of(&[compose.to_owned()], &[], around);
    let project = opened.project();
    let builds =
        project.dockerfiles.iter().filter_map(|file| Some((file.context.clone()?, file.host.clone())));
    let mut found = Found { told: Vec::new(), builds: builds.collect(), candidates: Vec::new() };
    let Some(all) = &project.compose else { return found };
    for literal in opened.literal_secrets(around).into_iter().take(MOST) {
        let Some(service) = all.services.get(literal.service) else { continue };
        let sources = opened.sources();
        found.told.push(LiteralSecret {
            service: service.name.value.clone(),
            variable: literal.name.clone(),
            file: sources.file(literal.span.file).name.clone(),
            line: sources.position(literal.span).line_number,
            fate: Fate::Told,
        });
        found.candidates.push(Candidate {
            service: service.name.value.clone(),
            way: way(service, literal.service, &literal.name, &literal.held, project),
            variable: literal.name,
            held: literal.held,
        });
    }
    found
}

/// How a secret may reach its program.
fn way(
    service: &Service,
    index: usize,
    variable: &str,
    held: &Held,
    project: &Project,
) -> Result<Way, String> {
    let why = |text: &str| Err(text.to_owned());
    if matches!(held, Held::BesideVariables) {
        return why("stands beside variables, which a file cannot hold");
    }
    if reads(service.get("healthcheck"), variable) {
        return why("is read by the health check, which would not see it");
    }
    let container = project.containers.iter().find(|container| container.service == Some(index));
    let Some(container) = container else { return why("belongs to a service of which nothing is known") };
    let is_whole = matches!(held, Held::Whole(_));
    if is_whole && service.entrypoint.is_none() && has_file_variable(container, variable) {
        let is_read = reads(service.get("command"), variable);
        let is_there = service.variable(&format!("{variable}_FILE")).is_some();
        return match (is_read, is_there) {
            (true, _) => why("is read by the command, which would not see it"),
            (false, true) => why("stands beside its `_FILE`"),
            (false, false) => Ok(Way::File),
        };
    }
    if container.known.is_some_and(|known| known.programs.as_ref().is_some_and(|all| !all.contains(&"sh"))) {
        return why("could only be exported by a shell, which the image lacks");
    }
    let (entrypoint, command) = runs(container, project);
    let entrypoint = match (&service.entrypoint, entrypoint) {
        (Some(_), _) => None,
        (None, Some(words)) => Some(words).filter(|words| !words.is_empty()),
        (None, None) => {
            return why(
                "could only be exported if it were known what the image runs: say its `entrypoint` and `command`",
            );
        }
    };
    let command = match (&service.command, &service.entrypoint, command) {
        (Some(_), _, _) | (None, Some(_), _) => None,
        (None, None, Some(words)) => Some(words).filter(|words| !words.is_empty()),
        (None, None, None) => {
            return why("could only be exported if it were known what the image runs: say its `command`");
        }
    };
    Ok(Way::Exported { entrypoint, command })
}

/// Whether a text of a service names a variable.
fn reads(node: Option<&Node>, variable: &str) -> bool {
    use crate::project::compose::Value;
    let Some(node) = node else { return false };
    match &node.value {
        Value::Text(text) => text.raw.contains(variable),
        Value::List(items) => items.iter().any(|item| reads(Some(item), variable)),
        Value::Map(entries) => entries.iter().any(|(_, node)| reads(Some(node), variable)),
        Value::Null | Value::Flag(_) | Value::Number(_) => false,
    }
}

fn has_file_variable(container: &Container, variable: &str) -> bool {
    let Image::Pulled(image) = &container.image else { return false };
    let Some(image) = ImageRef::parse(&image.value) else { return false };
    let name = image.official().map_or(image.repository.as_str(), |name| name);
    BY_FILE.iter().any(|(known, variables)| *known == name && variables.contains(&variable))
}

/// The entrypoint and the command of the image, where they are known.
fn runs(container: &Container, project: &Project) -> (Option<Vec<String>>, Option<Vec<String>>) {
    match &container.image {
        Image::Built { dockerfile, stage } => {
            let end = &project.dockerfiles[*dockerfile].stages[*stage].end;
            let words = |words: &crate::project::dockerfile::Words| words.words.clone();
            (end.entrypoint.as_ref().map(words), end.command.as_ref().map(words))
        }
        Image::Pulled(_) | Image::Unknown => {
            let known = container.known;
            (known.map(|known| known.entrypoint.clone()), known.map(|known| known.command.clone()))
        }
    }
}

/// What came of lifting.
pub(super) struct Lifted {
    pub(super) text: String,
    pub(super) values: Vec<SecretValue>,
    pub(super) told: Vec<LiteralSecret>,
}

/// Lifts what can be, one after the other; what was made must still compile, and say all else as before.
pub(super) fn lift(made: &Block, found: Found, originals: &Originals<'_>, differing: &[Span]) -> Lifted {
    let mut names = Names::of(originals.compose.1);
    let mut block = made.clone();
    let mut told = found.told;
    for (candidate, told) in found.candidates.into_iter().zip(&mut told) {
        told.fate = match candidate.lifted(&block, &mut names, originals, differing) {
            Ok((lifted, name)) => {
                block = lifted;
                Fate::Lifted(name)
            }
            Err(why) => Fate::Stays(why),
        };
    }
    let used: BTreeSet<&String> = told
        .iter()
        .filter_map(|told| match &told.fate {
            Fate::Lifted(name) => Some(name),
            Fate::Told | Fate::Stays(_) => None,
        })
        .collect();
    let values = names.by_value.iter().filter(|(_, name)| used.contains(name)).map(|(value, name)| {
        SecretValue { name: name.clone(), path: format!("{FOLDER}/{name}"), value: value.clone() }
    });
    Lifted { text: formatted(&block), values: values.collect(), told }
}

/// The lines in which a value that was lifted stands all the same, if it can be told from ordinary words.
pub(super) fn left(lifted: &Lifted) -> Vec<usize> {
    let can_be_told =
        |value: &&SecretValue| value.value.len() >= 8 && !value.value.chars().all(char::is_alphabetic);
    let values: Vec<&str> =
        lifted.values.iter().filter(can_be_told).map(|value| value.value.as_str()).collect();
    let lines = lifted.text.lines().zip(1..);
    lines
        .filter(|(line, _)| values.iter().any(|value| line.contains(value)))
        .map(|(_, number)| number)
        .collect()
}

/// The names of secrets: one for each value, so that what must be the same stays the same.
struct Names {
    by_value: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Names {
    fn of(root: &Node) -> Self {
        let taken = root.get("secrets").map_or(&[][..], Node::entries).iter().map(|(name, _)| name.clone());
        Self { by_value: BTreeMap::new(), taken: taken.collect() }
    }

    /// The name for a value, and whether it is new.
    fn name(&self, value: &str, service: &str, variable: &str) -> (String, bool) {
        if let Some(name) = self.by_value.get(value) {
            return (name.clone(), false);
        }
        let plain = |text: &str| -> String {
            text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
        };
        let own = plain(variable);
        let of_service = format!("{}_{own}", plain(service));
        let numbered = (2..).map(|number| format!("{of_service}_{number}"));
        let mut all = [own, of_service.clone()].into_iter().chain(numbered);
        (all.find(|name| !self.taken.contains(name)).unwrap_or(of_service), true)
    }

    fn take(&mut self, value: String, name: &str) {
        self.taken.insert(name.to_owned());
        self.by_value.insert(value, name.to_owned());
    }
}

impl Candidate {
    fn lifted(
        &self,
        block: &Block,
        names: &mut Names,
        originals: &Originals<'_>,
        differing: &[Span],
    ) -> Result<(Block, String), String> {
        let way = self.way.clone()?;
        let value = match &self.held {
            Held::Whole(value) => value.clone(),
            Held::InUrl { password, .. } => {
                percent_decoded(password).ok_or("is percent-encoded in a way that no text has")?
            }
            Held::BesideVariables => {
                return Err("stands beside variables, which a file cannot hold".to_owned());
            }
        };
        if value.contains(char::is_control) {
            return Err("holds a line break or another control character".to_owned());
        }
        let (name, is_new) = names.name(&value, &self.service, &self.variable);
        if SecretName::parse(&name).is_err() {
            return Err("has a name that no secret can have".to_owned());
        }
        let mut lifted = block.clone();
        let service = lifted.statements.iter_mut().find(|statement| {
            matches!(statement.words[0].as_str(), "service" | "proxy")
                && says(&statement.words, 1, &self.service)
        });
        let inner = service.and_then(|service| service.block.as_mut());
        let inner = inner.ok_or("belongs to a service that is raw text in the stack file")?;
        let variables = inner.statements.iter_mut().filter(|of| of.words == ["env"]);
        let mut variables =
            variables.flat_map(|of| of.block.iter_mut().flat_map(|block| &mut block.statements));
        let variable = variables.find(|of| says(&of.words, 0, &self.variable) && of.words.len() == 2);
        let variable = variable.ok_or("is raw text in the stack file")?;
        variable.words = self.words(&way, &name);
        variable.otherwise = None;
        if let Way::Exported { entrypoint, command } = &way {
            for (head, words) in [("entrypoint", entrypoint), ("command", command)] {
                let is_said = inner.statements.iter().any(|of| of.words[0] == head);
                if let Some(words) = words.as_ref().filter(|_| !is_said) {
                    inner.statements.push(run(head, words));
                }
            }
        }
        if is_new {
            declare(&mut lifted, &name);
        }
        check(&lifted, originals, differing)?;
        if is_new {
            names.take(value, &name);
        }
        Ok((lifted, name))
    }

    fn words(&self, way: &Way, name: &str) -> Vec<String> {
        match (way, &self.held) {
            (Way::File, _) => vec![format!("{}_FILE", self.variable), format!("secret.{name}.path")],
            (Way::Exported { .. }, Held::InUrl { before, after, .. }) => {
                let inner = |text: &str| {
                    let quoted = quoted(text);
                    quoted[1..quoted.len() - 1].to_owned()
                };
                let value = format!("\"{}${{secret.{name}}}{}\"", inner(before), inner(after));
                vec![spell(&self.variable), value, "exported".to_owned()]
            }
            (Way::Exported { .. }, Held::Whole(_) | Held::BesideVariables) => {
                vec![spell(&self.variable), format!("secret.{name}"), "exported".to_owned()]
            }
        }
    }
}

/// Whether what was made compiles, and differs from the original in nothing but how services get their secrets.
fn check(lifted: &Block, originals: &Originals<'_>, differing: &[Span]) -> Result<(), String> {
    let text = formatted(lifted);
    let compilation = compile(originals.stack, &text, &mut |_| Facts::default());
    if compilation.deployment.is_none() {
        let errors = compilation.sink.diagnostics.into_iter();
        let first =
            errors.filter(|found| found.severity == Severity::Error).map(|found| found.message).next();
        return Err(format!("cannot be lifted: {}", first.unwrap_or_default()));
    }
    let root = originals.compose.1;
    let services = root.get("services").map_or(&[][..], Node::entries);
    let keys = ["environment", "entrypoint", "command", "secrets"];
    let about = services.iter().flat_map(|(_, node)| {
        let said = keys.iter().filter_map(|key| node.get(key)).map(place);
        said.chain([place(node), node.place()])
    });
    let mut about: Vec<Span> = about.chain([root.span]).collect();
    about.extend(root.get("secrets").map(place));
    let is_expected = |span: &Span| differing.contains(span) || about.contains(span);
    match originals.differing(&text).iter().find(|span| !is_expected(span)) {
        None => Ok(()),
        Some(_) => Err("cannot be lifted without a change of something else".to_owned()),
    }
}

/// Whether a word of a statement is this one, in quotes or not.
fn says(words: &[String], at: usize, text: &str) -> bool {
    words.get(at).is_some_and(|word| *word == spell(text) || *word == quoted(text))
}

fn run(head: &str, words: &[String]) -> Statement {
    words.iter().fold(Statement::of(head), |statement, word| {
        // Nothing in it is to be read as a keyword or as a reference.
        let is_safe = !word.contains('.') && !matches!(word.as_str(), "shell" | "exec");
        if is_safe { statement.text(word) } else { statement.quoted(word) }
    })
}

/// `secret NAME { file ./secrets/NAME }` before the first service.
fn declare(block: &mut Block, name: &str) {
    let file = Statement::of("file").text(&format!("{FOLDER}/{name}"));
    let mut secret = Statement::of("secret").text(name).block(vec![file]);
    let is_secret = |statement: &Statement| statement.words[0] == "secret";
    let at = if let Some(last) = block.statements.iter().rposition(is_secret) {
        last + 1
    } else {
        secret.above.push(Line::Blank);
        let first =
            |statement: &Statement| matches!(statement.words[0].as_str(), "service" | "proxy" | "group");
        block.statements.iter().position(first).unwrap_or(block.statements.len())
    };
    block.statements.insert(at, secret);
}

/// What percent-encoded letters stand for; `None` if that is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let encoded = (*first == b'%').then(|| after.get(..2)).flatten();
        let encoded =
            encoded.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}
