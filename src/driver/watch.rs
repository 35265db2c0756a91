//! Waits until something changes of what a command looked at: as the system tells, or else by looking again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{EventKind, ModifyKind};
use notify::{Config, Event, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::error::{Error, Result};
use super::looked::{Change, Looked};

/// After so long without a change somebody has finished saving.
const QUIET: Duration = Duration::from_millis(120);
/// So long a change waits at most for others that go on.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often files are looked at where the system does not tell of changes.
const INTERVAL: Duration = Duration::from_secs(1);

/// What is told of changes.
type Told = notify::Result<Event>;

/// The watches of a command.
pub struct Watch {
    watcher: Box<dyn notify::Watcher>,
    /// Why it looks again and again.
    polls: Option<String>,
    sender: Sender<Told>,
    receiver: Receiver<Told>,
    /// The folders that are watched, by which folder stood there.
    folders: BTreeMap<PathBuf, (u64, u64)>,
    looked: Looked,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("folders", &self.folders).finish_non_exhaustive()
    }
}

impl Watch {
    /// Watches nothing yet.
    pub fn new() -> Result<Self> {
        let (sender, receiver) = channel();
        let (watcher, polls): (Box<dyn notify::Watcher>, _) =
            match RecommendedWatcher::new(sender.clone(), Config::default()) {
                Ok(watcher) => (Box::new(watcher), None),
                Err(error) => (polling(sender.clone())?, Some(reason(&error))),
            };
        let (folders, looked) = (BTreeMap::new(), Looked::default());
        Ok(Self { watcher, polls, sender, receiver, folders, looked })
    }

    /// Why files are looked at again and again, if the system does not tell of changes.
    pub fn polls(&self) -> Option<&str> {
        self.polls.as_deref()
    }

    /// Watches what a run that began at `start` looked at, and nothing else from now on; tells whether something of that
    /// changed before it was watched.
    pub fn follow(&mut self, looked: Looked, start: SystemTime) -> Result<bool> {
        let wanted = looked.folders();
        let gone: Vec<PathBuf> =
            self.folders.keys().filter(|folder| !wanted.contains(*folder)).cloned().collect();
        for folder in gone {
            self.folders.remove(&folder);
            // It may be gone already.
            let _ = self.watcher.unwatch(&folder);
        }
        let is_new = self.add(&wanted)?;
        let missed = is_new && looked.has_changed(start);
        self.looked = looked;
        Ok(missed)
    }

    fn add(&mut self, wanted: &BTreeSet<PathBuf>) -> Result<bool> {
        let mut is_new = false;
        for folder in wanted {
            let Some(identity) = identity(folder) else { continue };
            if self.folders.get(folder) == Some(&identity) {
                continue;
            }
            let _ = self.folders.remove(folder).map(|_| self.watcher.unwatch(folder));
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.folders.insert(folder.clone(), identity);
                    is_new = true;
                }
                // It went away in the meantime; that is told by the folder around it.
                Err(_) if !folder.is_dir() => {}
                Err(error) if self.polls.is_none() => {
                    self.watcher = polling(self.sender.clone())?;
                    self.polls = Some(reason(&error));
                    self.folders.clear();
                    self.add(wanted)?;
                    return Ok(true);
                }
                // One that may not be listed: nothing of it was seen either.
                Err(_) => {}
            }
        }
        Ok(is_new)
    }

    /// Waits for a change of what was looked at: what changed, in order, which is nothing where that is not known.
    pub fn wait(&mut self) -> Result<Vec<PathBuf>> {
        loop {
            let first = self.receiver.recv().map_err(|_| stopped())?;
            let begin = Instant::now();
            let mut changed = Changed::default();
            self.take(first, &mut changed);
            while begin.elapsed() < PATIENCE {
                match self.receiver.recv_timeout(QUIET) {
                    Ok(told) => self.take(told, &mut changed),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return Err(stopped()),
                }
            }
            if changed.is_any {
                return Ok(changed.paths.into_iter().collect());
            }
        }
    }

    fn take(&mut self, told: Told, changed: &mut Changed) {
        let Ok(event) = told else {
            // What was missed is not known.
            changed.is_any = true;
            return;
        };
        changed.is_any |= event.need_rescan();
        let Some(change) = change(event.kind) else { return };
        for path in event.paths {
            if change == Change::Entry && self.folders.remove(&path).is_some() {
                let _ = self.watcher.unwatch(&path);
            }
            if self.looked.is_about(&path, change) {
                changed.is_any = true;
                changed.paths.insert(path);
            }
        }
    }
}

#[derive(Default)]
struct Changed {
    is_any: bool,
    paths: BTreeSet<PathBuf>,
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

fn polling(sender: Sender<Told>) -> Result<Box<dyn notify::Watcher>> {
    let config = Config::default().with_poll_interval(INTERVAL);
    match PollWatcher::new(sender, config) {
        Ok(watcher) => Ok(Box::new(watcher)),
        Err(error) => Err(Error::system("watch files", std::io::Error::other(reason(&error)))),
    }
}

fn stopped() -> Error {
    Error::system("watch files", std::io::Error::other("nothing tells of changes any more"))
}

fn reason(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::Io(cause) => super::error::reason(cause),
        notify::ErrorKind::MaxFilesWatch => "the system lets no more folders be watched".to_owned(),
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
