//! All fixes over other people's deployments: what they make still reads, and nothing else appears.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use stackc::handwritten::check_memory;
use stackc::project::host::Memory;

use crate::explain::fixing::Bench;

/// The texts of a repository, by their paths in it.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let texts = files.filter_map(|entry| {
        let name = entry.path().strip_prefix(folder).ok()?.to_str()?.to_owned();
        Some((name, fs::read_to_string(entry.path()).ok()?))
    });
    texts.filter(|(_, text)| text.len() < 1 << 20).collect()
}

#[test]
#[ignore = "needs the corpus"]
fn fixes_of_other_peoples_deployments_converge_and_bring_nothing_new() {
    let corpus = PathBuf::from(std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names a folder"));
    let mut wrong = Vec::new();
    let (mut repositories, mut mended, mut files) = (0, 0, 0);
    for entry in fs::read_dir(corpus.join("repos")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let texts = texts(&folder);
        let look = |texts: &BTreeMap<String, String>| {
            let checked = check_memory(&Memory::new(texts.clone()));
            (checked.sink, checked.sources)
        };
        repositories += 1;
        match (Bench { texts: texts.clone(), look: Box::new(look) }).fix() {
            Ok(fixed) => {
                mended += fixed.mended;
                files += fixed.texts.iter().filter(|(name, text)| texts.get(*name) != Some(text)).count();
                let new = fixed.new_findings();
                if !new.is_empty() {
                    wrong.push(format!("{name}: appear:\n{}", new.join("\n")));
                }
            }
            Err(why) => {
                let last: Vec<&str> = why.lines().rev().take(400).collect();
                let last: Vec<&str> = last.into_iter().rev().collect();
                wrong.push(format!(
                    "{name}: {}\n{}",
                    why.lines().next().unwrap_or_default(),
                    last.join("\n")
                ));
            }
        }
    }
    println!("{repositories} repositories: {mended} findings mended in {files} files");
    assert!(wrong.is_empty(), "{}\n{} are wrong", wrong.join("\n"), wrong.len());
}
