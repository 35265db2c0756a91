//! The record of what was written, kept beside it, by which edited and foreign files are told from ours; and the
//! journal, which says for as long as a run writes what it is about to do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::folder::{Folder, Found};

/// The manifest's name in the output folder.
pub const FILE_NAME: &str = ".stackc-manifest.json";

/// The journal's name in the output folder. One that is there was left by a run that did not come to its end.
pub const JOURNAL_NAME: &str = ".stackc-journal.json";

/// The format that this program writes.
const VERSION: u32 = 1;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// The stack file, from the output folder.
    pub stack: String,
    /// The digest of every file, by its path from the output folder.
    pub files: BTreeMap<String, Digest>,
}

/// What a run is about to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    version: u32,
    /// The stack file, from the output folder.
    pub stack: String,
    /// For each file that changes, the digests that it may have once the run has begun: of what is ours there now,
    /// and of what is to come.
    pub files: BTreeMap<String, BTreeSet<Digest>>,
}

/// Why a manifest or a journal is of no use: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// To follow the path.
    pub why: String,
    /// What to do.
    pub help: String,
}

/// What an output folder says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) manifest: Option<Manifest>,
    pub(super) journal: Option<Journal>,
}

impl Manifest {
    /// One that lists nothing.
    pub fn new(stack: &str) -> Self {
        Self { version: VERSION, stack: stack.to_owned(), files: BTreeMap::new() }
    }

    /// Reads a manifest. How far its paths may climb is for who knows where the project begins ([`climb`]).
    pub fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        let manifest: Self = parse(bytes)?;
        all_plain(manifest.files.keys())?;
        Ok(manifest)
    }

    /// The text of the file.
    pub fn print(&self) -> String {
        print(self)
    }
}

impl Journal {
    /// One that lists nothing.
    pub fn new(stack: &str) -> Self {
        Self { version: VERSION, stack: stack.to_owned(), files: BTreeMap::new() }
    }

    /// Reads a journal. How far its paths may climb is for who knows where the project begins ([`climb`]).
    pub fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        let journal: Self = parse(bytes)?;
        all_plain(journal.files.keys())?;
        Ok(journal)
    }

    /// The text of the file.
    pub fn print(&self) -> String {
        print(self)
    }

    /// Adds a text that a file may come to have.
    pub(super) fn expect(&mut self, path: &str, digest: Digest) {
        self.files.entry(path.to_owned()).or_default().insert(digest);
    }
}

/// Why the records of a folder are of no use: the file, and what is wrong.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The system does not let it be read.
    Unreadable(&'static str, io::Error),
    /// It cannot be trusted.
    Damaged(&'static str, Damage),
}

impl Records {
    /// Those of a folder.
    pub(super) fn read(folder: &Folder) -> Result<Self, Trouble> {
        let manifest = read(folder, FILE_NAME, Manifest::parse)?;
        let journal = read(folder, JOURNAL_NAME, Journal::parse)?;
        Ok(Self { manifest, journal })
    }

    /// The stack file that wrote here last.
    pub(super) fn stack(&self) -> Option<&str> {
        let journal = self.journal.as_ref().map(|journal| journal.stack.as_str());
        journal.or(self.manifest.as_ref().map(|manifest| manifest.stack.as_str()))
    }

    /// Whether a file is as a run of this program left it.
    pub(super) fn wrote(&self, path: &str, digest: Digest) -> bool {
        let manifest = self.manifest.as_ref().and_then(|manifest| manifest.files.get(path));
        let journal = self.journal.as_ref().and_then(|journal| journal.files.get(path));
        manifest.is_some_and(|known| *known == digest) || journal.is_some_and(|known| known.contains(&digest))
    }

    /// Whether a run of this program wrote, or was about to write, a file there.
    pub(super) fn lists(&self, path: &str) -> bool {
        self.manifest.as_ref().is_some_and(|manifest| manifest.files.contains_key(path))
            || self.journal.as_ref().is_some_and(|journal| journal.files.contains_key(path))
    }

    /// The record that lists a path which climbs further than `reach` folders, as somebody must have made it who
    /// wants files elsewhere to be read or removed.
    pub(super) fn check_reach(&self, reach: usize) -> Result<(), Trouble> {
        let manifest = self.manifest.iter().flat_map(|manifest| manifest.files.keys());
        let journal = self.journal.iter().flat_map(|journal| journal.files.keys());
        let named = manifest.map(|path| (FILE_NAME, path)).chain(journal.map(|path| (JOURNAL_NAME, path)));
        match named.into_iter().find(|(_, path)| climb(path) > reach) {
            Some((name, path)) => Err(Trouble::Damaged(name, lists(path))),
            None => Ok(()),
        }
    }

    /// Every path that was written, in order.
    pub(super) fn paths(&self) -> BTreeSet<&str> {
        let manifest = self.manifest.iter().flat_map(|manifest| manifest.files.keys());
        let journal = self.journal.iter().flat_map(|journal| journal.files.keys());
        manifest.chain(journal).map(String::as_str).collect()
    }
}

fn read<T>(
    folder: &Folder,
    name: &'static str,
    parse: impl Fn(&[u8]) -> Result<T, Damage>,
) -> Result<Option<T>, Trouble> {
    let is_no_file = |what| Damage { why: format!("is {what}"), help: "remove it".to_owned() };
    match folder.look(name).map_err(|cause| Trouble::Unreadable(name, cause))? {
        Found::Missing => Ok(None),
        Found::File(file) => parse(&file.bytes).map(Some),
        Found::Link(_) => Err(is_no_file("a link")),
        Found::Other { what, .. } => Err(is_no_file(what)),
    }
    .map_err(|damage| Trouble::Damaged(name, damage))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Damage> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let not_read = |error: serde_json::Error| {
        damaged(format!("is damaged at line {}, column {}", error.line(), error.column()))
    };
    let Version { version } = serde_json::from_slice(bytes).map_err(not_read)?;
    if version > VERSION {
        return Err(Damage {
            why: "was written by a newer stackc".to_owned(),
            help: format!("update stackc, this is {}", env!("CARGO_PKG_VERSION")),
        });
    }
    serde_json::from_slice(bytes).map_err(not_read)
}

fn damaged(why: String) -> Damage {
    Damage {
        why,
        help: "restore it from version control, or delete it; without it every file counts as not ours and \
               needs `--force`"
            .to_owned(),
    }
}

fn all_plain<'a>(mut paths: impl Iterator<Item = &'a String>) -> Result<(), Damage> {
    match paths.find(|path| !may_be_written(path)) {
        Some(path) => Err(lists(path)),
        None => Ok(()),
    }
}

/// What is wrong with a record that lists a path which nobody could have written.
fn lists(path: &str) -> Damage {
    damaged(format!("is damaged: it lists `{path}`"))
}

fn print(record: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(record).expect("a record is made of texts and numbers");
    format!("{json}\n")
}

/// How many folders a path climbs before it descends: 2 for `../../a`.
pub(super) fn climb(path: &str) -> usize {
    path.split('/').take_while(|part| *part == "..").count()
}

/// Whether a path with `/` climbs at its beginning only, and is none that only git, or this program for itself,
/// writes.
pub(super) fn may_be_written(path: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git");
    path.split('/').skip(climb(path)).all(is_plain)
        && path.split('/').nth(climb(path)).is_some()
        && !path.contains(|c: char| c.is_control() || c == '\\')
        && path != FILE_NAME
        && path != JOURNAL_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_a_small_sorted_text() {
        let mut manifest = Manifest::new("app.stack");
        manifest.files.insert("docker-compose.yml".to_owned(), Digest::of(b""));
        manifest.files.insert(".dockerignore".to_owned(), Digest::of(b"abc"));
        let text = manifest.print();
        assert_eq!(
            text,
            "{\n  \"version\": 1,\n  \"stack\": \"app.stack\",\n  \"files\": {\n    \".dockerignore\": \
             \"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\n    \
             \"docker-compose.yml\": \
             \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"\n  }\n}\n"
        );
        assert_eq!(Manifest::parse(text.as_bytes()), Ok(manifest));
    }

    #[test]
    fn a_journal_knows_what_was_there_and_what_is_to_come() {
        let mut journal = Journal::new("app.stack");
        journal.expect("a", Digest::of(b"old"));
        journal.expect("a", Digest::of(b"new"));
        let records =
            Records { manifest: None, journal: Some(Journal::parse(journal.print().as_bytes()).unwrap()) };
        let wrote = |path, text: &[u8]| records.wrote(path, Digest::of(text));
        assert!(wrote("a", b"old") && wrote("a", b"new") && !wrote("a", b"mine") && !wrote("b", b"old"));
        assert_eq!((records.stack(), records.paths()), (Some("app.stack"), BTreeSet::from(["a"])));
    }

    #[test]
    fn what_cannot_be_trusted_is_not_read() {
        let why = |text: &str| Manifest::parse(text.as_bytes()).unwrap_err().why;
        assert_eq!(why("{\"version\": 1,\n"), "is damaged at line 2, column 0");
        assert_eq!(why("{\"version\": 2, \"new\": true}"), "was written by a newer stackc");
        assert_eq!(
            why(r#"{"version": 1, "stack": "a", "files": {"a": "sha256:00"}}"#),
            "is damaged at line 1, column 55"
        );
        let digest = Digest::of(b"");
        for path in
            ["..", "a/../x", "/x", "a//b", "a/./b", "", ".git/HEAD", "a/.GIT/config", FILE_NAME, JOURNAL_NAME]
        {
            assert_eq!(
                why(&format!(r#"{{"version": 1, "stack": "a", "files": {{"{path}": "{digest}"}}}}"#)),
                format!("is damaged: it lists `{path}`")
            );
            let journal = format!(r#"{{"version": 1, "stack": "a", "files": {{"{path}": ["{digest}"]}}}}"#);
            assert_eq!(
                Journal::parse(journal.as_bytes()).unwrap_err().why,
                format!("is damaged: it lists `{path}`")
            );
        }
    }
}
