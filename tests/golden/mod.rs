//! Golden cases: one input pins its diagnostics, its formatted text and every artefact under its real name.
//!
//! A case is a folder of `tests/cases` with an `input.stack` and the files around it; the example is one too. What is
//! expected stands in `snapshots/<case>`. The engine tests run what stands there on the real consumers.

mod beside;
mod emitted;
mod origins;

use std::path::{Path, PathBuf};

use stackc::backend::{Artifact, Layout};
use stackc::compile::{Compilation, compile};
use stackc::driver::around::Surroundings;
use stackc::driver::{Disk, gather};
use stackc::emitted::Output;
use stackc::facts::Wanted;
use stackc::lint::Policy;
use stackc::render::{Look, terminal};
use stackc::syntax::stack;

use crate::snapshot::{Files, assert_folder, repository};

/// Every case: its name and its stack file.
pub(crate) fn cases() -> Vec<(String, PathBuf)> {
    let mut cases: Vec<(String, PathBuf)> = std::fs::read_dir(repository().join("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path().join("input.stack")))
        .collect();
    cases.push(("blog".to_owned(), repository().join("examples/blog/blog.stack")));
    cases.sort();
    cases
}

/// A case compiled, with its artefacts.
pub(crate) fn compiled(file: &Path) -> (Compilation, Vec<Artifact>) {
    let folder = file.parent().unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let layout =
        Layout { stack_dir: folder.to_owned(), out_dir: folder.to_owned(), stack_file: name.to_owned() };
    let around = Surroundings::of([folder]);
    let output = Output { layout: &layout, folder: folder.to_str().unwrap(), around: &around };
    let world = &mut |wanted: &Wanted| gather(&Disk, wanted, folder);
    let mut compilation = stackc::emitted::compile(&Policy::default(), name, &text, world, output);
    // Where the command is run in the folder, its name is in no sentence; nor is it in the names of files beside it.
    let here = format!("{}/", folder.display());
    let stack = compilation.tree.file;
    for found in &mut compilation.sink.diagnostics {
        found.labels.retain(|label| label.span.file == stack);
        let labels = found.labels.iter_mut().map(|label| &mut label.text);
        let remarks = found.note.iter_mut().chain(&mut found.help);
        for text in labels.chain(remarks).chain([&mut found.message, &mut found.primary.text]) {
            *text =
                text.replace(&format!("`{}`", folder.display()), "the project's folder").replace(&here, "");
        }
    }
    let artifacts = compilation.emit(&layout).unwrap_or_default();
    (compilation, artifacts)
}

/// Everything that a case makes.
pub(crate) fn run(file: &Path) -> Files {
    let (compilation, artifacts) = compiled(file);
    let text = std::fs::read_to_string(file).unwrap();
    let mut files = Files::new();
    let findings = terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN);
    files.insert("diagnostics.txt".to_owned(), findings);
    files.insert("formatted.stack".to_owned(), stack::print(&compilation.tree, &text));
    for artifact in artifacts {
        files.insert(artifact.path, artifact.text);
    }
    files
}

#[test]
fn every_case_makes_what_its_snapshot_holds() {
    for (name, file) in cases() {
        assert_folder(&repository().join("snapshots/cases").join(name), &run(&file));
    }
}

#[test]
fn there_is_no_snapshot_without_a_case() {
    let names: Vec<String> = cases().into_iter().map(|(name, _)| name).collect();
    for entry in std::fs::read_dir(repository().join("snapshots/cases")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "snapshots/cases/{name} belongs to no case");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, file) in cases() {
        assert_eq!(run(&file), run(&file), "{name}");
    }
}

#[test]
fn no_artefact_names_the_folder_that_it_was_made_in() {
    for (name, file) in cases() {
        let folder = tempfile::Builder::new().prefix("made-in-").tempdir().unwrap();
        let copy = folder.path().join(file.file_name().unwrap());
        std::fs::copy(&file, &copy).unwrap();
        let here = folder.path().to_string_lossy().into_owned();
        for (path, text) in run(&copy) {
            assert!(!text.contains(&here), "{name}: {path}");
        }
    }
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let shown = readme.split("```\n").nth(1).unwrap();
    let printed = run(&repository().join("tests/cases/shop/input.stack"));
    assert!(printed["diagnostics.txt"].contains(shown), "README.md shows another diagnostic than is printed");
}

#[test]
fn the_stack_file_of_the_readme_compiles_and_is_in_the_format() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let text = readme.split("## What a stack file looks like").nth(1).unwrap().split("```\n").nth(1).unwrap();
    let compilation = compile("readme.stack", text, &mut |_| stackc::facts::Facts::default());
    let shown = terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN);
    assert!(compilation.deployment.is_some(), "{shown}");
    assert_eq!(stack::print(&compilation.tree, text), text);
}
