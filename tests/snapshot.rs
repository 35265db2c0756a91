//! Folders of expected files. With `STACKC_BLESS=1` they are rewritten instead of compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Files by their path below the folder, with `/`.
pub(crate) type Files = BTreeMap<String, String>;

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares files with what a folder holds: a difference, a missing file and a stale one all fail.
pub(crate) fn assert_folder(folder: &Path, actual: &Files) {
    let expected = read_folder(folder);
    if std::env::var_os("STACKC_BLESS").is_some() {
        for stale in expected.keys().filter(|path| !actual.contains_key(*path)) {
            fs::remove_file(folder.join(stale)).unwrap();
        }
        for (path, text) in actual {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    let mut report = String::new();
    for (path, text) in actual {
        match expected.get(path) {
            None => report += &format!("+++ {path} is new:\n{text}\n"),
            Some(old) if old != text => {
                let diff = similar::TextDiff::from_lines(old, text);
                report += &format!("{}\n", diff.unified_diff().header(path, path));
            }
            Some(_) => {}
        }
    }
    for stale in expected.keys().filter(|path| !actual.contains_key(*path)) {
        report += &format!("--- {stale} is no longer made\n");
    }
    assert!(report.is_empty(), "{} differs; STACKC_BLESS=1 rewrites it\n{report}", folder.display());
}

/// Compares a text with what a file holds.
pub(crate) fn assert_file(path: &Path, actual: &str) {
    if std::env::var_os("STACKC_BLESS").is_some() {
        fs::write(path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
    assert!(expected == actual, "{}; STACKC_BLESS=1 rewrites it\n{}", path.display(), diff.unified_diff());
}

/// Every file below a folder; none if it is not there.
pub(crate) fn read_folder(folder: &Path) -> Files {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}
