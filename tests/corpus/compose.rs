//! What other people's compose files come to, compared with what docker compose itself says.
//!
//! `STACKC_CORPUS=FOLDER STACKC_DOCKER_COMPOSE=docker-compose cargo test --test main corpus::compose -- --ignored`
//! reads `stacks.tsv` of the folder: the folder of a stack, its commit, its compose file, and the file with its variables.

use std::fs;
use std::path::{Path, PathBuf};

use stackc::diagnostic::Sink;
use stackc::project::compose::{Environment, load};
use stackc::source::SourceMap;

use crate::compose::{Disk, differences, given, printed};

/// A copy of a stack in which the files of variables that it asks for exist.
fn copy(repo: &Path, into: &Path) {
    for entry in walkdir::WalkDir::new(repo) {
        let entry = entry.unwrap();
        let target = into.join(entry.path().strip_prefix(repo).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The file of variables that compose misses.
fn wanted(why: &str) -> Option<&str> {
    why.split("env file ").nth(1)?.split(" not found").next()
}

#[test]
#[ignore = "needs a folder of other people's files and docker-compose: STACKC_CORPUS, STACKC_DOCKER_COMPOSE"]
fn every_file_that_compose_takes_comes_to_the_same() {
    let corpus = PathBuf::from(std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names the folder"));
    let tool = std::env::var("STACKC_DOCKER_COMPOSE").expect("STACKC_DOCKER_COMPOSE names docker-compose");
    let stacks = fs::read_to_string(corpus.join("stacks.tsv")).unwrap();
    let (mut taken, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for stack in stacks.lines().skip(1) {
        let columns: Vec<&str> = stack.split('\t').collect();
        let (stack, file, variables) = (columns[0], columns[2], columns[3]);
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap().join("stack");
        copy(&corpus.join("repos").join(stack), &root);
        let path = root.join(file);
        let name = format!("{stack}/{file}");
        let folder = path.parent().unwrap();
        let given_file = fs::read_to_string(corpus.join(variables)).unwrap_or_default();
        let variables = root.with_file_name("variables.env").to_string_lossy().into_owned();
        fs::write(&variables, &given_file).unwrap();
        let path = path.to_string_lossy().into_owned();
        let arguments = ["--env-file", &variables, "-f", &path, "--profile", "*"];
        let mut expected = printed(&tool, folder, &arguments);
        while let Some(missing) = expected.as_ref().err().and_then(|why| wanted(why)).map(PathBuf::from) {
            assert!(missing.starts_with(root.parent().unwrap()), "{}", missing.display());
            fs::create_dir_all(missing.parent().unwrap()).unwrap();
            fs::write(&missing, &given_file).unwrap();
            expected = printed(&tool, folder, &arguments);
        }
        let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
        let environment =
            Environment::of_file(&variables, &Disk, &mut sources, &mut sink).completed(given(folder, "case"));
        let loaded = load(std::slice::from_ref(&path), &environment, &Disk, &mut sources, &mut sink);
        let found = sink.diagnostics.iter().map(|found| (found.code, found.message.as_str()));
        let found: Vec<_> = found.collect();
        let mut is_all = true;
        let expected = match expected {
            Ok(expected) => expected,
            Err(why) => {
                println!("{name} is refused: {}", why.lines().last().unwrap_or_default());
                println!("  we say {found:?}");
                // Services of different profiles need not go together.
                let Ok(expected) = printed(&tool, folder, &arguments[..4]) else {
                    refused += 1;
                    continue;
                };
                println!("  but taken without its profiles");
                is_all = false;
                expected
            }
        };
        taken += 1;
        if !loaded.is_understood || !found.is_empty() {
            wrong.push(format!("{name}: compose takes it, and we say {found:?}"));
        }
        match loaded.compose {
            Some(mut compose) => {
                compose.services.retain(|service| is_all || service.profiles.is_empty());
                let root = folder.to_string_lossy();
                wrong.extend(differences(&name, &compose, &environment, &expected, &root));
            }
            None => wrong.push(format!("{name} is not read")),
        }
    }
    println!("{taken} are taken, {refused} refused");
    assert!(taken > 0 && wrong.is_empty(), "{} of {taken}:\n{}", wrong.len(), wrong.join("\n"));
}
