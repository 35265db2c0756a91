//! A stack file means what it emits.

use std::collections::BTreeMap;
use std::path::Path;

use stackc::difference::{Made, Side, differences};
use stackc::handwritten::{Opened, Overlay};
use stackc::project::host::Memory;

use crate::golden;
use crate::snapshot::Files;

/// Every case that compiles, as what it emits over the files around it and as the same files on a disk.
#[test]
fn no_golden_stack_file_differs_from_what_it_emits() {
    let mut count = 0;
    for (name, file) in golden::cases() {
        let (compilation, artifacts) = golden::compiled(&file);
        let Some(deployment) = &compilation.deployment else { continue };
        let compose = deployment.compose.path().to_owned();
        let around = texts_below(file.parent().unwrap());
        let mut emitted: Files = around.clone();
        emitted.extend(artifacts.iter().map(|made| (made.path.clone(), made.text.clone())));
        let memory =
            |files: &Files| Memory::new(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let beside: Vec<String> = artifacts.iter().map(|made| made.path.clone()).collect();
        let texts: BTreeMap<String, std::sync::Arc<str>> =
            artifacts.iter().map(|made| (made.path.clone(), made.text.as_str().into())).collect();
        let overlay = Overlay { emitted: texts, around: &memory(&around) };
        let open = |opened: Opened, made: Option<Made>| Side {
            name: name.clone(),
            opened,
            folder: ".".to_owned(),
            made,
        };
        let composes = [compose];
        let made = artifacts.iter().map(|made| (made.path.clone(), made.clone())).collect();
        let one = Opened::of(&composes, &beside, &overlay);
        let other = Opened::of(&composes, &beside, &memory(&emitted));
        let one = open(one, Some(Made { compilation, artifacts: made }));
        let other = open(other, None);
        let found = differences(&one, &other);
        assert!(found.is_empty(), "{name}: {found:?}");
        count += 1;
    }
    assert!(count > 8, "the cases are there");
}

/// Every text below a folder.
fn texts_below(folder: &Path) -> Files {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    files
        .filter_map(|entry| Some((name(entry.path()), std::fs::read_to_string(entry.path()).ok()?)))
        .collect()
}
