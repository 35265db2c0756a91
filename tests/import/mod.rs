//! Hand-written files become statements that say the same.

mod article;
mod comments;
mod corpus;
mod dockerfiles;
mod forms;
mod hostile;
mod lifting;
mod nginx;
mod patterns;
pub(crate) mod project;
mod reuse;

use crate::snapshot::repository;

/// The golden files of that name, by their paths in the repository.
fn files_named(name: &str) -> Vec<String> {
    let mut folders = vec![repository().join("snapshots/cases")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|file| file == name) {
                found.push(path.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    assert!(found.len() > 3, "the golden files are there");
    found.sort();
    found
}
