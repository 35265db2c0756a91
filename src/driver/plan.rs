//! What writing a set of artefacts would do to an output folder.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::disk::shown;
use super::error::{Error, Result, reason};
use super::folder::{Attributes, Folder, Found};
use super::manifest::{self, Manifest, digest, line_feeds, stays_below};
use crate::backend::Artifact;

/// A folder that artefacts are written to.
#[derive(Debug)]
pub struct Output {
    /// Absolute, without links.
    pub path: PathBuf,
    /// As it is shown before the path of a file: empty, or ending in `/`.
    pub prefix: String,
    /// The stack file, from there.
    pub stack_file: String,
    pub(super) root: Option<Folder>,
}

/// What would happen to each file.
#[derive(Debug)]
pub struct Plan {
    /// In the order of the artefacts.
    pub entries: Vec<Entry>,
    /// Files that an earlier run wrote and that are emitted no more.
    pub orphans: Vec<Orphan>,
    pub(super) manifest: Option<Manifest>,
}

/// One artefact and what stands in its place.
#[derive(Debug)]
pub struct Entry {
    /// From the output folder.
    pub path: String,
    /// How the two compare.
    pub state: State,
    /// What is there now.
    pub old: Option<String>,
    pub(super) like: Option<Attributes>,
}

/// How an artefact compares with the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is there.
    New,
    /// The same text is there.
    Unchanged,
    /// An older text of ours is there.
    Changed,
    /// It is not ours to overwrite.
    Refused(Why),
}

/// A file that is not emitted any more.
#[derive(Debug)]
pub struct Orphan {
    /// From the output folder.
    pub path: String,
    /// Whether it was edited, and is therefore kept.
    pub edited: bool,
    /// What is there now.
    pub old: String,
}

/// A file that is not overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// As it is shown.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why a file is not overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was edited since it was written.
    Edited,
    /// It was not written by stackc.
    Foreign,
    /// It was made from another stack file.
    OtherStack(String),
    /// It is a link, or lies behind one.
    Link(String),
    /// Something else stands there, or on the way there.
    NotAFile {
        /// Where.
        at: String,
        /// What.
        what: &'static str,
    },
    /// It is the stack file.
    Source,
    /// It would lie outside of the output folder.
    Outside,
    /// It cannot be read.
    Unreadable(String),
}

impl Refusal {
    /// Whether `--force` overwrites it.
    pub fn can_be_forced(&self) -> bool {
        self.why.can_be_forced()
    }
}

impl Why {
    fn can_be_forced(&self) -> bool {
        match self {
            Why::Edited | Why::Foreign | Why::OtherStack(_) => true,
            Why::Link(_) | Why::NotAFile { .. } | Why::Source | Why::Outside | Why::Unreadable(_) => false,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.path)?;
        match &self.why {
            Why::Edited => f.write_str("was edited since stackc wrote it"),
            Why::Foreign => f.write_str("was not written by stackc"),
            Why::OtherStack(stack) => write!(f, "was made from `{stack}`"),
            Why::Link(link) if self.path.ends_with(link.as_str()) => f.write_str("is a link"),
            Why::Link(link) => write!(f, "lies behind the link `{link}`"),
            Why::NotAFile { at, what } if self.path.ends_with(at.as_str()) => {
                write!(f, "cannot be written: {what} is in its place")
            }
            Why::NotAFile { at, what } => write!(f, "cannot be written: `{at}` is {what}"),
            Why::Source => f.write_str("is the stack file itself"),
            Why::Outside => f.write_str("would lie outside of the output folder"),
            Why::Unreadable(why) => write!(f, "cannot be compared: {why}"),
        }
    }
}

impl Output {
    /// The folder as it is, for looking only; it need not be there.
    pub fn look(path: PathBuf, prefix: String, stack_file: String) -> Result<Self> {
        let root = match Folder::open(&path) {
            Ok(root) => Some(root),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => None,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(Error::Usage {
                    what: format!("`{}` is not a folder", prefix.trim_end_matches('/')),
                    help: "name a folder with `-o DIR`; it is made if it is not there".to_owned(),
                });
            }
            Err(cause) => return Err(Error::system(format!("open `{}`", name(&path, &prefix)), cause)),
        };
        Ok(Self { path, prefix, stack_file, root })
    }

    /// Makes the folder if it is not there, and keeps other runs out of it until this value is dropped.
    pub fn lock(&mut self) -> Result<()> {
        let shown = name(&self.path, &self.prefix);
        if self.root.is_none() {
            let made = std::fs::create_dir_all(&self.path).and_then(|()| Folder::open(&self.path));
            self.root =
                Some(made.map_err(|cause| Error::system(format!("make the folder `{shown}`"), cause))?);
        }
        let Some(root) = &self.root else { return Ok(()) };
        root.lock().map_err(|cause| Error::system(format!("write to `{shown}`"), cause))
    }

    /// A file of the folder as it is shown.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Compares artefacts with the folder. `source` is the stack file, absolute.
    pub fn plan(&self, artifacts: &[Artifact], source: &Path, force: bool) -> Result<Plan> {
        let manifest = self.manifest()?;
        let owner = manifest.as_ref().filter(|manifest| {
            manifest.stack != self.stack_file && self.path.join(&manifest.stack).is_file()
        });
        let compare = |artifact: &Artifact| self.compare(artifact, manifest.as_ref(), owner, source, force);
        let entries: Vec<Entry> = artifacts.iter().map(compare).collect();
        let emitted: BTreeSet<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
        let mut orphans = Vec::new();
        if let (Some(manifest), None, Some(root)) = (&manifest, owner, &self.root) {
            for path in manifest.paths().difference(&emitted) {
                if let Ok(Found::File(file)) = root.look(path) {
                    orphans.push(Orphan {
                        path: (*path).to_owned(),
                        edited: !manifest.wrote(path, &digest(&file.bytes)),
                        old: lossy(&file.bytes),
                    });
                }
            }
        }
        Ok(Plan { entries, orphans, manifest })
    }

    fn manifest(&self) -> Result<Option<Manifest>> {
        let path = self.shown(manifest::FILE_NAME);
        let distrust = |why: String, help: String| Err(Error::Manifest { path: path.clone(), why, help });
        let Some(root) = &self.root else { return Ok(None) };
        match root.look(manifest::FILE_NAME) {
            Ok(Found::Missing) => Ok(None),
            Ok(Found::File(file)) => match Manifest::parse(&file.bytes) {
                Ok(manifest) => Ok(Some(manifest)),
                Err(damage) => distrust(damage.why, damage.help),
            },
            Ok(Found::Link(_)) => distrust("is a link".to_owned(), "remove it".to_owned()),
            Ok(Found::Other { what, .. }) => distrust(format!("is {what}"), "remove it".to_owned()),
            Err(cause) => Err(Error::system(format!("read `{path}`"), cause)),
        }
    }

    fn compare(
        &self,
        artifact: &Artifact,
        manifest: Option<&Manifest>,
        owner: Option<&Manifest>,
        source: &Path,
        force: bool,
    ) -> Entry {
        let path = artifact.path.clone();
        let refused = |why| Entry { path: path.clone(), state: State::Refused(why), old: None, like: None };
        if !stays_below(&path) || path == manifest::FILE_NAME {
            return refused(Why::Outside);
        }
        if self.path.join(&path) == source {
            return refused(Why::Source);
        }
        let found = self.root.as_ref().map_or(Ok(Found::Missing), |root| root.look(&path));
        let file = match found {
            Ok(Found::Missing) => return Entry { path, state: State::New, old: None, like: None },
            Ok(Found::File(file)) => file,
            Ok(Found::Link(link)) => return refused(Why::Link(link)),
            Ok(Found::Other { at, what }) => return refused(Why::NotAFile { at, what }),
            Err(cause) => return refused(Why::Unreadable(reason(&cause))),
        };
        let state = if line_feeds(&file.bytes) == artifact.text.as_bytes() {
            State::Unchanged
        } else {
            let is_ours = manifest.is_some_and(|manifest| manifest.wrote(&path, &digest(&file.bytes)));
            let is_listed = manifest.is_some_and(|manifest| manifest.paths().contains(path.as_str()));
            match owner {
                _ if force => State::Changed,
                Some(owner) if is_listed => State::Refused(Why::OtherStack(self.shown(&owner.stack))),
                _ if is_ours => State::Changed,
                _ if is_listed => State::Refused(Why::Edited),
                _ => State::Refused(Why::Foreign),
            }
        };
        Entry { path, state, old: Some(lossy(&file.bytes)), like: Some(file.attributes) }
    }
}

impl Plan {
    /// Every file that is in the way, as it is shown.
    pub fn refusals(&self, output: &Output) -> Vec<Refusal> {
        self.entries
            .iter()
            .filter_map(|entry| match &entry.state {
                State::Refused(why) => Some(Refusal { path: output.shown(&entry.path), why: why.clone() }),
                State::New | State::Unchanged | State::Changed => None,
            })
            .collect()
    }

    /// The files that are not as they would be written, in order of path.
    pub fn differing(&self) -> Vec<&str> {
        let entries = self.entries.iter().filter(|entry| entry.state != State::Unchanged);
        let orphans = self.orphans.iter().filter(|orphan| !orphan.edited);
        let mut paths: Vec<&str> = entries.map(|entry| entry.path.as_str()).collect();
        paths.extend(orphans.map(|orphan| orphan.path.as_str()));
        paths.sort_unstable();
        paths
    }
}

/// The folder as it is shown by itself.
fn name(path: &Path, prefix: &str) -> String {
    match prefix.trim_end_matches('/') {
        "" if prefix.is_empty() => ".".to_owned(),
        "" => shown(path),
        folder => folder.to_owned(),
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
