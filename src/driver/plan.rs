//! What writing a set of artefacts would do to an output folder.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::digest::{Digest, same_text};
use super::disk::shown;
use super::error::{Error, Result};
use super::folder::{Folder, Found};
use super::manifest::{Damage, Records, Trouble, climb, may_be_written};
use super::place::{normal, project_root};
use super::staged::Attributes;
use crate::backend::Artifact;
use crate::same::says_the_same;

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
    /// The folders that had to be made for it.
    made: Vec<PathBuf>,
}

/// So often a folder that goes away while it is waited for is made again.
const MOST_TRIES: usize = 100;

/// What would happen to each file.
#[derive(Debug)]
pub struct Plan {
    /// In the order of the artefacts.
    pub entries: Vec<Entry>,
    /// Files that an earlier run wrote and that are emitted no more.
    pub orphans: Vec<Orphan>,
    /// Whether the records are those of another stack file that is there.
    pub(super) is_of_another: bool,
    pub(super) records: Records,
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
    /// The digest of what is there, if it is ours.
    pub(super) ours: Option<Digest>,
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
    /// A text that is not ours is there, and says the same: it stays, and stays somebody else's.
    Alike,
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
    /// It holds another secret.
    OtherSecret,
    /// It would lie outside of the project, or where git keeps its own files.
    Outside,
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
            Why::Link(_) | Why::NotAFile { .. } | Why::Source | Why::OtherSecret | Why::Outside => false,
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
            Why::OtherSecret => f.write_str("is there already and is no file of this secret"),
            Why::Outside => f.write_str("would lie outside of the project"),
        }
    }
}

impl Output {
    /// The folder as it is, for looking only; it need not be there. Its path is absolute and holds no links.
    pub fn look(path: PathBuf, prefix: String, stack_file: String) -> Result<Self> {
        let root = match Folder::open_absolute(&path) {
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
        Ok(Self { path, prefix, stack_file, root, made: Vec::new() })
    }

    /// Makes the folder if it is not there, and keeps other runs out of it until this value is dropped.
    pub fn lock(&mut self) -> Result<()> {
        let shown = name(&self.path, &self.prefix);
        for _ in 0..MOST_TRIES {
            let root = match self.root.take() {
                Some(root) => root,
                None => Folder::make_absolute(&self.path, &mut self.made)
                    .map_err(|cause| Error::system(format!("make the folder `{shown}`"), cause))?,
            };
            let is_there = root.lock().and_then(|()| match Folder::open_absolute(&self.path) {
                Ok(there) => there.is(&root),
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(false),
                Err(cause) => Err(cause),
            });
            if is_there.map_err(|cause| Error::system(format!("write to `{shown}`"), cause))? {
                self.root = Some(root);
                return Ok(());
            }
            // A run that failed took its empty folder away while this one waited for it.
        }
        let cause = std::io::Error::other("the folder is replaced again and again");
        Err(Error::system(format!("write to `{shown}`"), cause))
    }

    /// Removes the folders that [`Output::lock`] made, as far as they are empty.
    pub(super) fn unmake(&self) {
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }

    /// A file of the folder as it is shown.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// How many folders an artefact may lie above this one: none that is not of the project.
    fn reach(&self) -> usize {
        let below = self.path.strip_prefix(project_root(&self.path));
        below.map_or(0, |path| path.components().count())
    }

    /// Compares artefacts with the folder. `source` is the stack file, absolute.
    pub fn plan(&self, artifacts: &[Artifact], source: &Path, force: bool) -> Result<Plan> {
        let records = self.records()?;
        let owner = records.stack().filter(|stack| *stack != self.stack_file);
        let owner = owner.filter(|stack| self.path.join(stack).is_file());
        let compare = |artifact| self.compare(artifact, &records, owner, source, force);
        let entries = artifacts.iter().map(compare).collect::<Result<Vec<Entry>>>()?;
        let orphans = match owner {
            Some(_) => Vec::new(),
            None => self.orphans(artifacts, &records, source)?,
        };
        Ok(Plan { entries, orphans, is_of_another: owner.is_some(), records })
    }

    /// What an earlier run wrote, or was about to write, and what is emitted no more.
    fn orphans(&self, artifacts: &[Artifact], records: &Records, source: &Path) -> Result<Vec<Orphan>> {
        let Some(root) = &self.root else { return Ok(Vec::new()) };
        let emitted: BTreeSet<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
        let mut orphans = Vec::new();
        for path in records.paths().difference(&emitted) {
            // A stack file is nobody's artefact, whatever a manifest says.
            if normal(&self.path.join(path)) == source {
                continue;
            }
            let (edited, old) = match root.look(path).map_err(|cause| self.unreadable(path, cause))? {
                Found::File(file) => (!records.wrote(path, Digest::of(&file.bytes)), text(file.bytes)),
                Found::Link(at) | Found::Other { at, .. } if at == *path => (true, String::new()),
                Found::Missing | Found::Link(_) | Found::Other { .. } => continue,
            };
            orphans.push(Orphan { path: (*path).to_owned(), edited, old });
        }
        Ok(orphans)
    }

    /// The manifest, and the journal of a run that did not come to its end.
    fn records(&self) -> Result<Records> {
        let Some(root) = &self.root else { return Ok(Records::default()) };
        let read =
            Records::read(root).and_then(|records| records.check_reach(self.reach()).map(|()| records));
        read.map_err(|trouble| match trouble {
            Trouble::Unreadable(name, cause) => self.unreadable(name, cause),
            Trouble::Damaged(name, Damage { why, help }) => {
                Error::Manifest { path: self.shown(name), why, help }
            }
        })
    }

    fn unreadable(&self, path: &str, cause: std::io::Error) -> Error {
        Error::system(format!("read `{}`", self.shown(path)), cause)
    }

    fn compare(
        &self,
        artifact: &Artifact,
        records: &Records,
        owner: Option<&str>,
        source: &Path,
        force: bool,
    ) -> Result<Entry> {
        let path = artifact.path.clone();
        let entry = |state| Entry { path: path.clone(), state, old: None, like: None, ours: None };
        if !may_be_written(&path) || climb(&path) > self.reach() {
            return Ok(entry(State::Refused(Why::Outside)));
        }
        if normal(&self.path.join(&path)) == source {
            return Ok(entry(State::Refused(Why::Source)));
        }
        let found = self.root.as_ref().map_or(Ok(Found::Missing), |root| root.look(&path));
        let file = match found.map_err(|cause| self.unreadable(&path, cause))? {
            Found::Missing => return Ok(entry(State::New)),
            Found::File(file) => file,
            Found::Link(link) => return Ok(entry(State::Refused(Why::Link(link)))),
            Found::Other { at, what } => return Ok(entry(State::Refused(Why::NotAFile { at, what }))),
        };
        let like = Some(file.attributes);
        if same_text(&file.bytes, artifact.text.as_bytes()) {
            return Ok(Entry { old: Some(text(file.bytes)), like, ..entry(State::Unchanged) });
        }
        let digest = Digest::of(&file.bytes);
        let is_ours = records.wrote(&path, digest);
        let is_listed = records.lists(&path);
        let unless_alike = |why| {
            let there = std::str::from_utf8(&file.bytes);
            let is_alike = there.is_ok_and(|there| says_the_same(artifact.kind, there, &artifact.text));
            if is_alike { State::Alike } else { State::Refused(why) }
        };
        let state = match owner {
            _ if force => State::Changed,
            Some(owner) if is_listed => unless_alike(Why::OtherStack(self.shown(owner))),
            _ if is_ours => State::Changed,
            // Whoever edited it means it to be another text.
            _ if is_listed => State::Refused(Why::Edited),
            _ => unless_alike(Why::Foreign),
        };
        Ok(Entry { old: Some(text(file.bytes)), like, ours: is_ours.then_some(digest), ..entry(state) })
    }
}

impl Plan {
    /// Every file that is in the way, as it is shown.
    pub fn refusals(&self, output: &Output) -> Vec<Refusal> {
        self.entries
            .iter()
            .filter_map(|entry| match &entry.state {
                State::Refused(why) => Some(Refusal { path: output.shown(&entry.path), why: why.clone() }),
                State::New | State::Unchanged | State::Changed | State::Alike => None,
            })
            .collect()
    }

    /// The files that say the same as what would be written, and that are somebody else's.
    pub fn alike(&self) -> impl Iterator<Item = &str> {
        let alike = self.entries.iter().filter(|entry| entry.state == State::Alike);
        alike.map(|entry| entry.path.as_str())
    }

    /// The files that would be written or removed, or are in the way, in order of path.
    pub fn differing(&self) -> Vec<&str> {
        let stays = |entry: &&Entry| matches!(entry.state, State::Unchanged | State::Alike);
        let entries = self.entries.iter().filter(|entry| !stays(entry));
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

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
