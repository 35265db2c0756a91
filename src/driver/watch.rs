//! Waits until something changes of what a command looked at: as the system tells, or else by looking again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{EventKind, ModifyKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::error::{Error, Result};
use super::looked::{Change, Looked};

/// After so long without a change somebody has finished saving.
const QUIET: Duration = Duration::from_millis(120);
/// So long a change waits at most for others that go on.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often files are looked at where the system does not tell of changes.
const INTERVAL: Duration = Duration::from_secs(1);

/// The watches of a command.
#[derive(Debug)]
pub struct Watch {
    means: Means,
    looked: Looked,
}

/// How changes are seen.
#[derive(Debug)]
enum Means {
    Told(Told),
    Polled(Polled),
}

impl Watch {
    /// Watches nothing yet.
    pub fn start() -> Self {
        let means = match Told::new() {
            Ok(told) => Means::Told(told),
            Err(why) => Means::Polled(Polled::new(why)),
        };
        Self { means, looked: Looked::default() }
    }

    /// Why files are looked at again and again, if the system does not tell of changes.
    pub fn polls(&self) -> Option<&str> {
        match &self.means {
            Means::Told(_) => None,
            Means::Polled(polled) => Some(&polled.why),
        }
    }

    /// Watches what a run that began at `start` looked at, and nothing else from now on; tells whether something of that
    /// changed before it was watched.
    pub fn follow(&mut self, looked: Looked, start: SystemTime) -> bool {
        let folders = looked.folders();
        self.looked = looked;
        let told = match &mut self.means {
            Means::Told(told) => told.follow(&folders),
            Means::Polled(polled) => Ok(polled.follow(&folders)),
        };
        let is_new = told.unwrap_or_else(|why| {
            let mut polled = Polled::new(why);
            let is_new = polled.follow(&folders);
            self.means = Means::Polled(polled);
            is_new
        });
        is_new && self.looked.has_changed(start)
    }

    /// Waits for a change of what was looked at: what changed, in order, which is nothing where that is not known.
    pub fn wait(&mut self) -> Result<Vec<PathBuf>> {
        loop {
            let changed = match &mut self.means {
                Means::Told(told) => told.wait(&self.looked)?,
                Means::Polled(polled) => polled.wait(&self.looked),
            };
            if let Some(changed) = changed {
                return Ok(changed.into_iter().collect());
            }
        }
    }
}

/// The system tells of changes.
#[derive(Debug)]
struct Told {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    /// The folders that are watched, by which folder stood there.
    folders: BTreeMap<PathBuf, (u64, u64)>,
}

impl Told {
    fn new() -> std::result::Result<Self, String> {
        let (sender, events) = channel();
        let watcher = RecommendedWatcher::new(sender, Config::default()).map_err(|error| reason(&error))?;
        Ok(Self { watcher, events, folders: BTreeMap::new() })
    }

    /// Watches these folders; tells whether one of them was not watched, or why that cannot be.
    fn follow(&mut self, wanted: &BTreeSet<PathBuf>) -> std::result::Result<bool, String> {
        let gone: Vec<PathBuf> =
            self.folders.keys().filter(|folder| !wanted.contains(*folder)).cloned().collect();
        for folder in gone {
            self.forget(&folder);
        }
        let mut is_new = false;
        for folder in wanted {
            let Some(identity) = identity(folder) else { continue };
            if self.folders.get(folder) == Some(&identity) {
                continue;
            }
            self.forget(folder);
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.folders.insert(folder.clone(), identity);
                    is_new = true;
                }
                // It went away in the meantime, which the folder around it tells; or it may not be listed, and nothing
                // of it was seen either.
                Err(_) if folder.read_dir().is_err() => {}
                Err(error) => return Err(reason(&error)),
            }
        }
        Ok(is_new)
    }

    fn forget(&mut self, folder: &Path) {
        if self.folders.remove(folder).is_some() {
            // It may be gone already.
            let _ = self.watcher.unwatch(folder);
        }
    }

    /// Waits for some changes that belong together: those that matter, if any does.
    fn wait(&mut self, looked: &Looked) -> Result<Option<BTreeSet<PathBuf>>> {
        let stopped = || Error::system("watch files", io::Error::other("nothing tells of changes any more"));
        let mut changed = None;
        let first = self.events.recv().map_err(|_| stopped())?;
        self.take(first, looked, &mut changed);
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            match self.events.recv_timeout(QUIET) {
                Ok(event) => self.take(event, looked, &mut changed),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Err(stopped()),
            }
        }
        Ok(changed)
    }

    fn take(
        &mut self,
        event: notify::Result<Event>,
        looked: &Looked,
        changed: &mut Option<BTreeSet<PathBuf>>,
    ) {
        let Ok(event) = event else {
            // What was missed is not known.
            changed.get_or_insert_default();
            return;
        };
        if event.need_rescan() {
            changed.get_or_insert_default();
        }
        let Some(change) = change(event.kind) else { return };
        for path in event.paths {
            if change == Change::Entry {
                self.forget(&path);
            }
            if looked.is_about(&path, change) {
                changed.get_or_insert_default().insert(path);
            }
        }
    }
}

/// What an event says; nothing of files that were only read.
fn change(kind: EventKind) -> Option<Change> {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
            Some(Change::Entry)
        }
        EventKind::Modify(
            ModifyKind::Any | ModifyKind::Data(_) | ModifyKind::Metadata(_) | ModifyKind::Other,
        ) => Some(Change::Content),
        EventKind::Any | EventKind::Access(_) | EventKind::Other => None,
    }
}

fn reason(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::Io(cause) => super::error::reason(cause),
        notify::ErrorKind::MaxFilesWatch => "it lets no more folders be watched".to_owned(),
        notify::ErrorKind::Generic(_)
        | notify::ErrorKind::PathNotFound
        | notify::ErrorKind::WatchNotFound
        | notify::ErrorKind::InvalidConfig(_) => error.to_string(),
    }
}

/// Which folder stands at a path.
fn identity(folder: &Path) -> Option<(u64, u64)> {
    let metadata = folder.metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// The entries of folders are looked at again and again. notify can do so too, but counts in seconds or reads all files.
#[derive(Debug)]
struct Polled {
    why: String,
    /// What stood in each folder when it was looked at last.
    folders: BTreeMap<PathBuf, BTreeMap<PathBuf, Stamp>>,
}

/// By what an entry is known to be another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    is_folder: bool,
    file: (u64, u64),
    changed: (i64, i64),
    length: u64,
}

impl Polled {
    fn new(why: String) -> Self {
        Self { why, folders: BTreeMap::new() }
    }

    fn follow(&mut self, wanted: &BTreeSet<PathBuf>) -> bool {
        self.folders.retain(|folder, _| wanted.contains(folder));
        let mut is_new = false;
        for folder in wanted {
            self.folders.entry(folder.clone()).or_insert_with(|| {
                is_new = true;
                entries(folder)
            });
        }
        is_new
    }

    fn wait(&mut self, looked: &Looked) -> Option<BTreeSet<PathBuf>> {
        std::thread::sleep(INTERVAL);
        let mut changed = BTreeSet::new();
        for (folder, before) in &mut self.folders {
            let now = entries(folder);
            for path in before.keys().chain(now.keys()) {
                if let Some(change) = difference(before.get(path), now.get(path))
                    && looked.is_about(path, change)
                {
                    changed.insert(path.clone());
                }
            }
            *before = now;
        }
        (!changed.is_empty()).then_some(changed)
    }
}

fn difference(before: Option<&Stamp>, now: Option<&Stamp>) -> Option<Change> {
    match (before, now) {
        (Some(before), Some(now)) if before == now => None,
        // What comes and goes in a folder is seen in it.
        (Some(before), Some(now)) if before.file == now.file => (!now.is_folder).then_some(Change::Content),
        (Some(_) | None, Some(_) | None) => Some(Change::Entry),
    }
}

fn entries(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let found = folder.read_dir().into_iter().flatten().flatten();
    let stamp = |entry: std::fs::DirEntry| {
        let metadata = entry.metadata().ok()?;
        let stamp = Stamp {
            is_folder: metadata.is_dir(),
            file: (metadata.dev(), metadata.ino()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            length: metadata.len(),
        };
        Some((entry.path(), stamp))
    };
    found.filter_map(stamp).collect()
}
