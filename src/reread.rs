//! Reads what was printed, before anything is written: an emitted file that our own readers take for something else
//! than the back end meant is a bug of ours, and costs the build rather than the deployment.

mod compose;
mod dockerfile;
mod nginx;

use std::fmt;

use crate::backend::{self, Artifact, Layout};
use crate::diagnostic::{Severity, Sink};
use crate::model::Deployment;
use crate::source::{FileId, SourceMap, Span};

/// A printed file that does not say what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misprint {
    /// The file, relative to the output folder.
    pub path: String,
    /// Where it begins to differ, from 1; 0 if there is no such file.
    pub line_number: usize,
    /// What is wrong there; no text of the user.
    pub why: &'static str,
}

impl fmt::Display for Misprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line_number, why } = self;
        write!(f, "what is emitted reads back as it was meant; line {line_number} of {path} does not ({why})")
    }
}

impl std::error::Error for Misprint {}

/// Where a text differs from what was meant, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Difference {
    at: Option<Span>,
    why: &'static str,
}

/// The end of a comparison, or how far it came.
type Compared = Result<(), Difference>;

/// Fails unless something holds.
fn same(holds: bool, at: impl Into<Option<Span>>, why: &'static str) -> Compared {
    if holds { Ok(()) } else { Err(Difference { at: at.into(), why }) }
}

/// Reads the artefacts of a deployment and compares them with it: the first of them that says something else.
pub fn misprint(deployment: &Deployment, layout: &Layout, artifacts: &[Artifact]) -> Option<Misprint> {
    // No finding is shown, so that no file needs a name.
    let file = SourceMap::default().add("", "");
    let printed = |path: &str, read: &dyn Fn(&str) -> Compared| {
        let Some(artifact) = artifacts.iter().find(|artifact| artifact.path == path) else {
            return Some(Misprint { path: path.to_owned(), line_number: 0, why: "there is no such file" });
        };
        let text = artifact.text.as_str();
        let Difference { at, why } = read(text).err()?;
        let before = at.map_or(text.len(), |span| span.start as usize);
        let line_number = text[..before].matches('\n').count() + 1;
        Some(Misprint { path: path.to_owned(), line_number, why })
    };
    let compose = || {
        let meant = backend::compose::meant(&deployment.compose, layout);
        printed(deployment.compose.path(), &|text| compose::compare(file, text, &meant))
    };
    let mut builds = deployment
        .builds
        .iter()
        .filter_map(|build| printed(&build.path, &|text| dockerfile::compare(file, text, &build.dockerfile)));
    let mut confs = deployment
        .directives()
        .filter_map(|(path, conf)| printed(path, &|text| nginx::compare(file, text, conf)));
    compose().or_else(|| builds.next()).or_else(|| confs.next())
}

/// What `read` makes of a text without a complaint of its own, if `print` gives the text back.
fn reading<T>(
    file: FileId,
    text: &str,
    read: fn(FileId, &str, &mut Sink) -> T,
    print: fn(&T, &str) -> String,
) -> Result<T, Difference> {
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    // Raw text may be what its reader warns of; what it refuses cannot come so far.
    if let Some(found) = sink.diagnostics.iter().find(|found| found.severity == Severity::Error) {
        return Err(Difference { at: Some(found.primary.span), why: found.code });
    }
    let again = print(&tree, text);
    let shared = text.bytes().zip(again.bytes()).take_while(|(a, b)| a == b).count();
    let shared = (0..=shared).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    same(again == text, Span::new(file, shared, shared), "our own reader prints something else")?;
    Ok(tree)
}
