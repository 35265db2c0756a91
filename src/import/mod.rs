//! Hand-written files become one stack file: a compose file, the Dockerfiles that it builds and the configurations of
//! nginx that its containers run.
//!
//! Nothing is given up: what has no statement that says exactly the same is written as it stands, as `raw`. What was made
//! is compiled in memory and compared with the original before anybody sees it (`verify`).

mod alone;
mod compose;
mod dockerfile;
mod files;
mod lift;
mod nearby;
mod nginx;
mod parts;
mod patterns;
mod reuse;
mod spelling;
mod statement;
mod verify;

pub use alone::{Alone, dockerfile as dockerfile_alone, nginx as nginx_alone};
pub use lift::{FOLDER as SECRETS, Fate, LiteralSecret, SecretValue};
pub use parts::{Counted, Parts, parts};

use crate::backend::escape;
use crate::diagnostic::Sink;
use crate::handwritten::Around;
use crate::project::NotAnalysed;
use crate::project::compose::{alone, default_files};
use crate::project::host::{Refusal, join};
use crate::source::{SourceMap, Span};
use crate::syntax::yaml;

use statement::{Block, Statement};

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The compose file, by [`Host`](crate::project::host::Host)'s naming.
    pub compose: String,
    /// Where the stack file will stand, by the same naming.
    pub stack: String,
}

/// What came of it.
#[derive(Debug)]
pub struct Imported {
    /// The stack file, formatted; `None` if the compose file cannot be understood at all, or says more than a stack file may.
    pub text: Option<String>,
    /// The texts that spans point into.
    pub sources: SourceMap,
    /// What there is to say of the originals.
    pub sink: Sink,
    /// What was asked for and not read.
    pub not_analysed: Vec<NotAnalysed>,
    /// The places of the originals that the stack file could not be made to say.
    pub differing: Vec<Span>,
    /// How many bytes of the stack file are raw.
    pub raw: usize,
    /// The secrets that stand in the originals as plain text.
    pub secrets: Vec<LiteralSecret>,
    /// What is to stand in files, of those that were lifted.
    pub values: Vec<SecretValue>,
    /// The lines of the stack file in which such a value stands all the same, from 1.
    pub left: Vec<usize>,
    /// What is built: contexts and Dockerfiles, by [`Host`](crate::project::host::Host)'s naming.
    pub builds: Vec<(String, Option<String>)>,
}

/// Where compose's file is written unless a stack file says another place.
const DEFAULT_PATH: &str = "docker-compose.yml";

/// Makes a stack file of a compose file and what belongs to it.
pub fn import(wanted: &Wanted, around: &dyn Around) -> Imported {
    import_with(wanted, around, false)
}

/// The same, with the secrets that stand in environments as statements, as far as the programs still find them.
pub fn import_lifting(wanted: &Wanted, around: &dyn Around) -> Imported {
    import_with(wanted, around, true)
}

fn import_with(wanted: &Wanted, around: &dyn Around, lifts: bool) -> Imported {
    let mut imported = Imported {
        text: None,
        sources: SourceMap::default(),
        sink: Sink::default(),
        not_analysed: Vec::new(),
        differing: Vec::new(),
        raw: 0,
        secrets: Vec::new(),
        values: Vec::new(),
        left: Vec::new(),
        builds: Vec::new(),
    };
    let text = match around.read(&wanted.compose) {
        Ok(text) => text,
        Err(refusal) => {
            let why = match refusal {
                Refusal::Missing => "does not exist".to_owned(),
                Refusal::Not(why) => why,
            };
            imported.not_analysed.push(NotAnalysed { path: wanted.compose.clone(), why, asked_by: None });
            return imported;
        }
    };
    imported.not_analysed.extend(merged_too(&wanted.compose, around));
    let file = imported.sources.add(wanted.compose.as_str(), text.clone());
    let tree = yaml::read(file, &text, &mut imported.sink);
    if imported.sink.has_errors() {
        return imported;
    }
    let Some(root) = alone(&tree, &mut imported.sink) else {
        if !imported.sink.has_errors() {
            let why = "says nothing".to_owned();
            imported.not_analysed.push(NotAnalysed { path: wanted.compose.clone(), why, asked_by: None });
        }
        return imported;
    };
    let folder = relative_folder(&wanted.stack, &wanted.compose);
    let writer = compose::Writer::new(&root, &folder);
    let mut head = vec![Statement::of("defaults").keyword("plain")];
    let path = files::path_from(&wanted.stack, &wanted.compose);
    if path != DEFAULT_PATH {
        head.push(Statement::of("output").keyword("compose").text(&path));
    }
    let (said_of_file, said): (Vec<_>, Vec<_>) = writer.file().into_iter().partition(is_of_the_file);
    head.extend(said_of_file);
    let mut made = Block::of(head);
    made.append_apart(writer.inputs(&said));
    made.append_apart(said);
    compose::remark(&mut made, &tree, &text);
    let Imported { sources, not_analysed, .. } = &mut imported;
    let artefacts = files::artefacts(&wanted.compose, &wanted.stack, around, sources, not_analysed);
    for artefact in &artefacts {
        made.append_apart(vec![artefact.statement.clone()]);
    }
    // What is built from the stack file gets a header of its own.
    made.drop_comments(&escape::is_of_header);
    let originals = verify::Originals {
        stack: &wanted.stack,
        compose: (path, &root),
        artefacts: &artefacts,
        sources: &imported.sources,
    };
    let (verified, differing) = verify::verify(made, &originals);
    // A secret is lifted in each service by itself.
    let anchors = if lifts { Vec::new() } else { compose::anchors(&tree) };
    let verified = reuse::reused(verified, &anchors, &originals);
    for place in verified.left {
        let name = imported.sources.file(place.file).name.clone();
        imported.not_analysed.push(files::left_alone(&name, "no statements say what it says"));
    }
    let secrets = lift::find(&wanted.compose, around);
    imported.builds.clone_from(&secrets.builds);
    if lifts {
        let lifted = lift::lift(&verified.made, secrets, &originals, &differing);
        imported.left = lift::left(&lifted);
        (imported.secrets, imported.values) = (lifted.told, lifted.values);
        imported.text = Some(lifted.text);
    } else {
        imported.secrets = secrets.told;
        imported.text = Some(verified.text);
    }
    imported.differing = differing;
    imported.raw = verified.raw;
    if let Some(why) = imported.text.as_deref().and_then(|text| verify::refusal(text, &wanted.stack)) {
        imported.text = None;
        let why = format!("becomes no stack file that could be built: {why}");
        imported.not_analysed.push(NotAnalysed { path: wanted.compose.clone(), why, asked_by: None });
    }
    imported
}

/// Whether a statement says something of the whole file, and so stands at its head.
fn is_of_the_file(statement: &Statement) -> bool {
    matches!(statement.words[0].as_str(), "version" | "project")
}

/// The files that compose goes on to merge into what is built, where it takes the compose file by itself.
fn merged_too(compose: &str, around: &dyn Around) -> Vec<NotAnalysed> {
    let folder = compose.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let mut files = default_files(folder, around).into_iter();
    if files.next().as_deref() != Some(join(".", compose).as_str()) {
        return Vec::new();
    }
    let why = "is not imported: compose goes on to merge it with what is built";
    files.map(|path| NotAnalysed { path, why: why.to_owned(), asked_by: None }).collect()
}

/// The folder of a file from that of another one, by their letters.
fn relative_folder(from: &str, to: &str) -> String {
    let folder = |path: &str| path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
    let (from, to) = (folder(from), folder(to));
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (from, to) = (parts(&from), parts(&to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    let path: Vec<String> = up.chain(to[shared..].iter().cloned()).collect();
    if path.is_empty() { ".".to_owned() } else { path.join("/") }
}
