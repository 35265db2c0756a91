//! Writes a plan so that a run that fails or is killed at any moment leaves every file whole and the next run knows
//! what happened.
//!
//! A journal says which files are about to change, and which texts of ours they may have from then on. Then every
//! file is written under a name that nobody looks at, so that a full disk changes nothing; then they are put in
//! their places one by one, what is no longer made is removed, the manifest follows, and the journal goes.

use std::collections::BTreeSet;
use std::io;

use super::digest::Digest;
use super::error::{Error, Result};
use super::folder::{FILE_MODE, FOLDER_MODE, Folder, split};
use super::manifest::{self, Journal, Manifest};
use super::plan::{Output, Plan, State};
use super::staged::{discard, put, put_new, stage, try_discard};
use crate::backend::Artifact;

/// What a run did, by path from the output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were made or replaced.
    pub written: Vec<String>,
    /// Files that were as they should be.
    pub unchanged: Vec<String>,
    /// Files that stay as they are, because they say the same and are not ours.
    pub alike: Vec<String>,
    /// Files that are emitted no more and were removed.
    pub removed: Vec<String>,
    /// Files that are emitted no more and stay, because somebody edited them.
    pub kept: Vec<String>,
}

/// Writes what differs, or nothing at all if a file is in the way. The output must be locked.
pub fn write(output: &Output, plan: &Plan, artifacts: &[Artifact]) -> Result<Report> {
    let refusals = plan.refusals(output);
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let Some(root) = &output.root else {
        return Err(Error::system("write", io::Error::other("the output folder is not open")));
    };
    let mut done = Manifest::new(&output.stack_file);
    let ours = plan.entries.iter().zip(artifacts).filter(|(entry, _)| entry.state != State::Alike);
    done.files = ours.map(|(entry, a)| (entry.path.clone(), Digest::of(a.text.as_bytes()))).collect();
    let report = report(plan);
    // A folder with nothing of ours gets no record of ours, and another stack file keeps what it has there.
    let has_records = plan.records.manifest.is_some() || plan.records.journal.is_some();
    if done.files.is_empty() && (plan.is_of_another || !has_records) {
        return Ok(report);
    }
    let run = Run { output, root, plan };
    run.clear_away()?;
    let is_same = plan.records.manifest.as_ref() == Some(&done);
    let is_new = !report.written.is_empty() || !report.removed.is_empty();
    if !is_same || is_new {
        run.write(artifacts, &done, &report.removed)?;
    } else if plan.records.journal.is_some() {
        run.end()?;
    }
    Ok(report)
}

fn report(plan: &Plan) -> Report {
    let mut report = Report::default();
    for entry in &plan.entries {
        match entry.state {
            State::New | State::Changed => report.written.push(entry.path.clone()),
            State::Unchanged => report.unchanged.push(entry.path.clone()),
            State::Alike => report.alike.push(entry.path.clone()),
            State::Refused(_) => {}
        }
    }
    for orphan in &plan.orphans {
        let paths = if orphan.edited { &mut report.kept } else { &mut report.removed };
        paths.push(orphan.path.clone());
    }
    report
}

/// A plan on its way to the disk.
struct Run<'a> {
    output: &'a Output,
    root: &'a Folder,
    plan: &'a Plan,
}

/// What a run has done so far, for the case that it cannot go on.
#[derive(Default)]
struct Begun {
    /// Folders that were not there.
    made: Vec<String>,
    /// Files that wait for their names.
    staged: Vec<String>,
    /// Whether a file is in its place.
    put: bool,
}

impl Run<'_> {
    /// Removes what a killed run left behind: texts under names that nobody looks at, and folders for nothing.
    fn clear_away(&self) -> Result<()> {
        discard(self.root, manifest::JOURNAL_NAME);
        let Some(journal) = &self.plan.records.journal else { return Ok(()) };
        discard(self.root, manifest::FILE_NAME);
        let emitted: BTreeSet<&str> = self.plan.entries.iter().map(|entry| entry.path.as_str()).collect();
        for path in journal.files.keys() {
            self.discard(path).map_err(self.failed("clear away what a killed run left of", path))?;
            if !emitted.contains(path.as_str()) {
                let _ = remove_empty_folders(self.root, split(path).0);
            }
        }
        Ok(())
    }

    fn write(&self, artifacts: &[Artifact], done: &Manifest, removed: &[String]) -> Result<()> {
        let mut begun = Begun::default();
        let written = self.write_files(artifacts, done, &mut begun);
        written.inspect_err(|_| self.undo(&begun))?;
        let name = manifest::FILE_NAME;
        let ended =
            self.remove(removed).and_then(|()| put(self.root, name).map_err(self.failed("write", name)));
        ended.inspect_err(|_| discard(self.root, name))?;
        self.end()
    }

    /// Everything up to the point from which on the files are the new ones.
    fn write_files(&self, artifacts: &[Artifact], done: &Manifest, begun: &mut Begun) -> Result<()> {
        self.begin(artifacts)?;
        self.stage(artifacts, begun)?;
        self.stage_record(manifest::FILE_NAME, &done.print())?;
        begun.staged.push(manifest::FILE_NAME.to_owned());
        self.put(begun)
    }

    /// Writes the journal.
    fn begin(&self, artifacts: &[Artifact]) -> Result<()> {
        let mut journal = Journal::new(&self.output.stack_file);
        let known = self.plan.records.manifest.as_ref();
        for (entry, artifact) in self.plan.entries.iter().zip(artifacts) {
            if entry.state == State::Alike {
                continue;
            }
            let digest = Digest::of(artifact.text.as_bytes());
            // An earlier run that was killed may have written what no manifest knows; its journal goes now.
            let is_known = known.is_some_and(|known| known.files.get(&entry.path) == Some(&digest));
            if entry.state == State::Unchanged && is_known {
                continue;
            }
            journal.expect(&entry.path, digest);
            if let Some(ours) = entry.ours {
                journal.expect(&entry.path, ours);
            }
        }
        for orphan in self.plan.orphans.iter().filter(|orphan| !orphan.edited) {
            journal.expect(&orphan.path, Digest::of(orphan.old.as_bytes()));
        }
        let name = manifest::JOURNAL_NAME;
        self.stage_record(name, &journal.print())?;
        let put = put(self.root, name).inspect_err(|_| discard(self.root, name));
        put.and_then(|()| self.root.sync()).map_err(self.failed("write", name))
    }

    /// Puts every file that changes on the disk.
    fn stage(&self, artifacts: &[Artifact], begun: &mut Begun) -> Result<()> {
        for (entry, artifact) in self.plan.entries.iter().zip(artifacts) {
            if matches!(entry.state, State::Unchanged | State::Alike) {
                continue;
            }
            let (folder, name) = split(&entry.path);
            let folder = self.root.descend(folder, FOLDER_MODE, &mut begun.made);
            folder
                .and_then(|folder| stage(&folder, name, artifact.text.as_bytes(), FILE_MODE, entry.like))
                .map_err(self.failed("write", &entry.path))?;
            begun.staged.push(entry.path.clone());
        }
        Ok(())
    }

    fn stage_record(&self, name: &str, text: &str) -> Result<()> {
        let like = self.root.attributes(name);
        stage(self.root, name, text.as_bytes(), FILE_MODE, like).map_err(self.failed("write", name))
    }

    /// Gives every file but the manifest its name.
    fn put(&self, begun: &mut Begun) -> Result<()> {
        let mut changed: BTreeSet<&str> = begun.made.iter().map(|folder| split(folder).0).collect();
        for path in begun.staged.iter().filter(|path| *path != manifest::FILE_NAME) {
            let (folder, name) = split(path);
            let put = self.root.existing(folder).and_then(|folder| put(&folder, name));
            put.map_err(self.failed("write", path))?;
            begun.put = true;
            changed.insert(folder);
        }
        for folder in changed {
            let synced = self.root.existing(folder).and_then(|folder| folder.sync());
            synced.map_err(self.failed("write", folder))?;
        }
        Ok(())
    }

    /// Removes what is made no longer.
    fn remove(&self, paths: &[String]) -> Result<()> {
        for path in paths {
            let (folder, name) = split(path);
            let removed = self.root.existing(folder).and_then(|folder| folder.remove_if_there(name));
            removed.map_err(self.failed("remove", path))?;
            remove_empty_folders(self.root, folder).map_err(self.failed("remove", folder))?;
        }
        Ok(())
    }

    /// Removes the journal: everything is as it should be.
    fn end(&self) -> Result<()> {
        let ended = self.root.remove_if_there(manifest::JOURNAL_NAME).and_then(|()| self.root.sync());
        ended.map_err(self.failed("remove", manifest::JOURNAL_NAME))
    }

    /// Leaves the folder as it was found, unless a file is in its place already, or what was staged cannot be
    /// reached: then the journal stays, and the next run goes on. So does that of an earlier run, which this one took
    /// the place of.
    fn undo(&self, begun: &Begun) {
        let mut is_undone = true;
        for path in &begun.staged {
            is_undone &= self.discard(path).is_ok();
        }
        for folder in begun.made.iter().rev() {
            let _ = self.root.remove_if_empty(folder);
        }
        if is_undone && !begun.put && self.plan.records.journal.is_none() {
            let _ = self.root.remove(manifest::JOURNAL_NAME);
        }
        self.output.unmake();
    }

    /// Removes what waits for a name, if it is there.
    fn discard(&self, path: &str) -> io::Result<()> {
        let (folder, name) = split(path);
        match self.root.existing(folder) {
            Ok(folder) => try_discard(&folder, name),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(cause),
        }
    }

    fn failed(&self, doing: &str, path: &str) -> impl Fn(io::Error) -> Error + use<> {
        let doing = format!("{doing} `{}`", self.output.shown(path));
        move |cause| Error::system(doing.clone(), cause)
    }
}

/// Removes a folder and those above it, as long as they are empty.
fn remove_empty_folders(root: &Folder, folder: &str) -> io::Result<()> {
    let mut folder = folder;
    while !folder.is_empty() && split(folder).1 != ".." && root.remove_if_empty(folder)? {
        folder = split(folder).0;
    }
    Ok(())
}

/// Replaces the text of one file that is there already, such as a stack file that is formatted. A link stays a
/// link: the file that it leads to is replaced.
pub fn replace_text(path: &std::path::Path, text: &str) -> Result<()> {
    let failed = |cause: io::Error| Error::system(format!("write `{}`", super::disk::shown(path)), cause);
    let target = path.canonicalize().map_err(failed)?;
    let name = target.file_name().and_then(|name| name.to_str());
    let (Some(parent), Some(name)) = (target.parent(), name) else {
        return Err(failed(io::Error::other("its name is not UTF-8")));
    };
    Folder::open_absolute(parent).and_then(|folder| folder.replace(name, text.as_bytes())).map_err(failed)
}

/// Makes one file, unless something stands there by now.
pub fn make_text(path: &std::path::Path, text: &str) -> Result<()> {
    let failed = |cause: io::Error| Error::system(format!("write `{}`", super::disk::shown(path)), cause);
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Err(failed(io::Error::other("its name is not UTF-8")));
    };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let make = || {
        let folder = parent.unwrap_or(std::path::Path::new(".")).canonicalize()?;
        let folder = Folder::open_absolute(&folder)?;
        folder.lock()?;
        stage(&folder, name, text.as_bytes(), FILE_MODE, None)?;
        if put_new(&folder, name)? { Ok(()) } else { Err(io::Error::other("something stands there by now")) }
    };
    make().map_err(failed)
}
