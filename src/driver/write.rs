//! Writes a plan: everything is staged first, so that a full disk changes nothing, and then put in place file by
//! file, so that a run that is killed leaves every file whole and the next run knows what happened.

use super::error::{Error, Result};
use super::folder::{FILE_MODE, FOLDER_MODE, Folder, Staged, split, temporary_name};
use super::manifest::{self, Manifest, digest};
use super::plan::{Output, Plan, State};
use crate::backend::Artifact;

/// Where the manifest that says what is about to happen waits.
const JOURNAL: &str = ".stackc-manifest.json.stackc-journal";

/// What a run did, by path from the output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were made or replaced.
    pub written: Vec<String>,
    /// Files that were as they should be.
    pub unchanged: Vec<String>,
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
        return Err(Error::system("write", std::io::Error::other("the output folder is not open")));
    };
    let mut done = Manifest::new(&output.stack_file);
    done.files = artifacts.iter().map(|a| (a.path.clone(), digest(a.text.as_bytes()))).collect();
    let report = report(plan);
    clear_away(root, plan);
    let is_same = plan.manifest.as_ref() == Some(&done);
    if is_same && report.written.is_empty() && report.removed.is_empty() {
        return Ok(report);
    }
    let mut made = Vec::new();
    let result = stage(output, root, plan, artifacts, &done, &mut made);
    let staged = result.inspect_err(|_| {
        for folder in made.iter().rev() {
            root.remove_if_empty(folder);
        }
    })?;
    staged.put(output, root, &report.removed)?;
    Ok(report)
}

fn report(plan: &Plan) -> Report {
    let mut report = Report::default();
    for entry in &plan.entries {
        match entry.state {
            State::New | State::Changed => report.written.push(entry.path.clone()),
            State::Unchanged => report.unchanged.push(entry.path.clone()),
            State::Refused(_) => {}
        }
    }
    for orphan in &plan.orphans {
        let paths = if orphan.edited { &mut report.kept } else { &mut report.removed };
        paths.push(orphan.path.clone());
    }
    report
}

/// Removes what a killed run left behind beside the files of the plan.
fn clear_away(root: &Folder, plan: &Plan) {
    let paths = plan.entries.iter().map(|entry| entry.path.as_str());
    for path in paths.chain(plan.orphans.iter().map(|orphan| orphan.path.as_str())) {
        let (folder, name) = split(path);
        if let Ok(folder) = root.existing(folder) {
            // Mostly there is nothing.
            let _ = folder.remove(&temporary_name(name));
        }
    }
    for temporary in [temporary_name(manifest::FILE_NAME), JOURNAL.to_owned()] {
        let _ = root.remove(&temporary);
    }
}

/// Files on the disk that wait for their names.
struct StagedSet {
    /// Says what is about to happen; absent if nothing but the manifest changes.
    journal: Option<Staged>,
    files: Vec<(String, Staged)>,
    manifest: Staged,
}

fn stage(
    output: &Output,
    root: &Folder,
    plan: &Plan,
    artifacts: &[Artifact],
    done: &Manifest,
    made: &mut Vec<String>,
) -> Result<StagedSet> {
    let failed = |path: &str| {
        let doing = format!("write `{}`", output.shown(path));
        move |cause: std::io::Error| Error::system(doing, cause)
    };
    let mut files = Vec::new();
    let mut journal = plan.manifest.clone().unwrap_or_else(|| Manifest::new(&output.stack_file));
    journal.stack.clone_from(&output.stack_file);
    for (entry, artifact) in plan.entries.iter().zip(artifacts) {
        if entry.state == State::Unchanged {
            continue;
        }
        let (folder, name) = split(&entry.path);
        let bytes = artifact.text.as_bytes();
        let staged = root
            .descend(folder, FOLDER_MODE, made)
            .and_then(|folder| Staged::write(folder, name, bytes, FILE_MODE, entry.like))
            .map_err(failed(&entry.path))?;
        journal.pending.insert(entry.path.clone(), digest(bytes));
        files.push((entry.path.clone(), staged));
    }
    // Both manifests are staged under different names: the last one waits until every file is in its place.
    let stage = |text: &str, temporary: String| {
        let like = root.attributes(manifest::FILE_NAME);
        root.existing("")
            .and_then(|folder| {
                Staged::write_as(folder, manifest::FILE_NAME, temporary, text.as_bytes(), FILE_MODE, like)
            })
            .map_err(failed(manifest::FILE_NAME))
    };
    let journal = if files.is_empty() { None } else { Some(stage(&journal.print(), JOURNAL.to_owned())?) };
    Ok(StagedSet { journal, files, manifest: stage(&done.print(), temporary_name(manifest::FILE_NAME))? })
}

impl StagedSet {
    fn put(self, output: &Output, root: &Folder, removed: &[String]) -> Result<()> {
        let failed = |doing: &str, path: &str| {
            let doing = format!("{doing} `{}`", output.shown(path));
            move |cause: std::io::Error| Error::system(doing, cause)
        };
        if let Some(journal) = self.journal {
            journal.replace().map_err(failed("write", manifest::FILE_NAME))?;
        }
        for (path, staged) in self.files {
            staged.replace().map_err(failed("write", &path))?;
        }
        for path in removed {
            let (folder, name) = split(path);
            root.existing(folder).and_then(|folder| folder.remove(name)).map_err(failed("remove", path))?;
            remove_empty_folders(root, folder);
        }
        self.manifest.replace().map_err(failed("write", manifest::FILE_NAME))
    }
}

/// Removes a folder and those above it, as long as they are empty.
fn remove_empty_folders(root: &Folder, folder: &str) {
    let mut folder = folder;
    while !folder.is_empty() && root.remove_if_empty(folder) {
        folder = split(folder).0;
    }
}

/// Replaces the text of one file that is there already, such as a stack file that is formatted. A link stays a
/// link: the file that it leads to is replaced.
pub fn replace_text(path: &std::path::Path, text: &str) -> Result<()> {
    let failed =
        |cause: std::io::Error| Error::system(format!("write `{}`", super::disk::shown(path)), cause);
    let target = path.canonicalize().map_err(failed)?;
    let name = target.file_name().and_then(|name| name.to_str());
    let (Some(parent), Some(name)) = (target.parent(), name) else {
        return Err(failed(std::io::Error::other("its name is not UTF-8")));
    };
    Folder::open(parent).and_then(|folder| folder.replace(name, text.as_bytes())).map_err(failed)
}
