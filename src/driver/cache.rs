//! What a command said, kept until something changes of what it looked at: the same command then says it again at once.
//!
//! An entry is for one command line in one folder and holds a digest of everything that could make the answer another
//! one: the program itself, what the streams can show, and the state of each file and folder that was looked at. Files
//! are told apart as git tells them apart in its index, by their inode, size, times and mode, and not by their content.
//! A file that changed less than [`SETTLED`] before the command began may change once more without its times being
//! others; nothing is kept then.
//!
//! Entries lie in `$XDG_CACHE_HOME/stackc`, or `~/.cache/stackc`, or the folder that `STACKC_CACHE` names; an empty
//! `STACKC_CACHE` turns this off. Source: XDG Base Directory Specification 0.8. Whatever goes wrong, nothing was kept.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fs::{self, Metadata, OpenOptions};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use super::looked::Looked;

/// Longer than any file system takes to give a file another time: FAT counts in two seconds. Source: stat(2), inode(7).
const SETTLED: Duration = Duration::from_secs(2);

/// So many entries are kept.
const MOST_ENTRIES: usize = 200;

/// A text on one of the streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// On standard output.
    Out(String),
    /// On standard error.
    Err(String),
}

/// Where the answer of this command line is kept.
#[derive(Debug)]
pub struct Slot {
    path: PathBuf,
    /// Of what is neither a file nor in the name of the entry.
    around: [u8; 32],
    start: SystemTime,
}

/// An answer and what it stands on.
#[derive(Serialize, Deserialize)]
struct Entry {
    around: [u8; 32],
    looked: BTreeMap<PathBuf, What>,
    state: [u8; 32],
    said: Vec<Said>,
}

/// What of a path counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum What {
    /// Whether something is there, and which.
    Presence,
    /// The content of a file, or the names in a folder.
    Content,
}

impl Slot {
    /// The place for a command line, which was typed where streams can show `looks`.
    pub fn of(arguments: &[OsString], looks: &str) -> Option<Self> {
        let start = SystemTime::now();
        let folder = folder()?;
        let program = env::current_exe().ok()?.metadata().ok()?;
        let mut name = Sha256::new();
        part(&mut name, env::current_dir().ok()?.as_os_str().as_bytes());
        for argument in arguments {
            part(&mut name, argument.as_bytes());
        }
        let mut around = Sha256::new();
        part(&mut around, env!("CARGO_PKG_VERSION").as_bytes());
        stamp(&mut around, &program);
        part(&mut around, looks.as_bytes());
        part(&mut around, env::var_os("HOME").unwrap_or_default().as_bytes());
        let name: [u8; 32] = name.finalize().into();
        let (name, _) = name.split_first_chunk::<16>()?;
        let name = format!("{:032x}.json", u128::from_be_bytes(*name));
        Some(Self { path: folder.join(name), around: around.finalize().into(), start })
    }

    /// What was said to the same command, if nothing has changed since.
    pub fn recall(&self) -> Option<Vec<Said>> {
        let entry: Entry = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        let is_same = entry.around == self.around && State::of(&entry.looked).digest == entry.state;
        is_same.then_some(entry.said)
    }

    /// Keeps what was said, unless something may have changed since the command began.
    pub fn keep(&self, looked: &Looked, said: Vec<Said>) {
        if looked.is_empty() {
            return;
        }
        let looked = all_of(looked);
        let state = State::of(&looked);
        let is_settled = |changed| self.start.duration_since(changed).is_ok_and(|age| age > SETTLED);
        if !state.newest.is_some_and(is_settled) {
            return;
        }
        let entry = Entry { around: self.around, looked, state: state.digest, said };
        let Ok(text) = serde_json::to_vec(&entry) else { return };
        // Nobody is told of a cache that cannot be written: the next run does the work again.
        let _ = self.put(&text);
    }

    fn put(&self, text: &[u8]) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let unfinished = self.path.with_extension(process::id().to_string());
        // What was said may name what only this user may read.
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(text)?;
        fs::rename(&unfinished, &self.path)?;
        prune(folder)
    }
}

/// The folder of the cache; `None` if there is to be none.
fn folder() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    match env::var_os("STACKC_CACHE") {
        Some(_) => absolute("STACKC_CACHE"),
        None => absolute("XDG_CACHE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
            .map(|folder| folder.join("stackc")),
    }
}

/// Removes the oldest entries as soon as there are too many, and nothing that is not an entry by its name.
fn prune(folder: &Path) -> std::io::Result<()> {
    let entries = folder.read_dir()?.flatten().filter(|entry| is_entry(&entry.path()));
    let dated = entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())));
    let mut dated: Vec<_> = dated.collect();
    if dated.len() > MOST_ENTRIES {
        dated.sort_unstable();
        dated.iter().take(dated.len() - MOST_ENTRIES / 2).try_for_each(|(_, path)| fs::remove_file(path))?;
    }
    Ok(())
}

/// Whether a file has a name that [`Slot::of`] gives.
fn is_entry(path: &Path) -> bool {
    let is_digest = |stem: &str| stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.extension().is_some_and(|extension| extension == "json")
        && path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_digest)
}

/// Each path that an answer stands on, and what of it.
fn all_of(looked: &Looked) -> BTreeMap<PathBuf, What> {
    let mut all = BTreeMap::new();
    let folders = looked.searched_folders().map(Path::to_owned).chain(looked.trees().flat_map(folders_in));
    all.extend(folders.map(|folder| (folder, What::Content)));
    for path in looked.files().chain(looked.trees()) {
        let what = if path.is_dir() { What::Presence } else { What::Content };
        all.entry(path.to_owned()).or_insert(what);
    }
    // Where a repository begins, and what its git leaves out, decides for what lies below.
    let around: BTreeSet<PathBuf> =
        all.keys().flat_map(|path| path.ancestors().skip(1)).map(Path::to_owned).collect();
    for folder in around {
        all.entry(folder.join(".git")).or_insert(What::Presence);
        let ignore = folder.join(".gitignore");
        // Folders far above change all the time: that there is none there is all that counts.
        let what = if ignore.exists() { What::Content } else { What::Presence };
        all.entry(ignore).or_insert(what);
    }
    // What comes into a folder or goes from it changes the folder.
    let lists = |all: &BTreeMap<_, _>, path: &Path| all.get(path) == Some(&What::Content) && path.is_dir();
    let listed: BTreeSet<PathBuf> = all.keys().filter(|path| lists(&all, path)).cloned().collect();
    let is_seen = |path: &Path| path.parent().is_some_and(|folder| listed.contains(folder));
    all.retain(|path, _| path.symlink_metadata().is_ok() || !is_seen(path));
    all
}

/// A folder and all that are in it, but for what is git's.
fn folders_in(tree: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(tree).into_iter().filter_entry(|entry| entry.file_name() != ".git").flatten();
    entries.filter(|entry| entry.file_type().is_dir()).map(walkdir::DirEntry::into_path)
}

/// How everything stands that was looked at.
struct State {
    digest: [u8; 32],
    /// When the newest of it changed, as far as that matters; `None` if that is not known.
    newest: Option<SystemTime>,
}

impl State {
    fn of(looked: &BTreeMap<PathBuf, What>) -> Self {
        let mut sha = Sha256::new();
        let mut newest = Some(SystemTime::UNIX_EPOCH);
        for (path, what) in looked {
            part(&mut sha, path.as_os_str().as_bytes());
            let counts = match (path.metadata(), what) {
                (Ok(metadata), What::Content) => {
                    stamp(&mut sha, &metadata);
                    Some(metadata)
                }
                (Ok(metadata), What::Presence) => {
                    kind(&mut sha, &metadata);
                    None
                }
                // It may have been there when it was looked for.
                (Err(_), What::Content) => path.parent().and_then(|folder| folder.metadata().ok()),
                (Err(_), What::Presence) => None,
            };
            if let Some(metadata) = counts {
                newest = newest.zip(changed(&metadata)).map(|(newest, changed)| newest.max(changed));
            }
        }
        Self { digest: sha.finalize().into(), newest }
    }
}

fn changed(metadata: &Metadata) -> Option<SystemTime> {
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds))
}

/// A part that ends where the next one begins.
fn part(sha: &mut Sha256, bytes: &[u8]) {
    sha.update(bytes.len().to_le_bytes());
    sha.update(bytes);
}

/// By what a file is known to be the same one with the same content.
fn stamp(sha: &mut Sha256, metadata: &Metadata) {
    kind(sha, metadata);
    sha.update(metadata.size().to_le_bytes());
    for time in [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()] {
        sha.update(time.to_le_bytes());
    }
}

/// Which file or folder it is, and who may do what with it.
fn kind(sha: &mut Sha256, metadata: &Metadata) {
    for number in [metadata.dev(), metadata.ino(), metadata.mode().into(), metadata.uid().into()] {
        sha.update(number.to_le_bytes());
    }
}
