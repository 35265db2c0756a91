//! Which stack files `stackc build` is about: one, or, where they are only compared, several and those below folders.

use std::path::{Path, PathBuf};

use crate::driver::built::{self, Built};
use crate::driver::place::quoted;
use crate::driver::{Error, Result, disk};

/// A stack file and where its artefacts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The stack file [default: the only one of the current folder]
    pub(super) file: Option<PathBuf>,
    /// The folder of the artefacts [default: that of the stack file]
    pub(super) output: Option<PathBuf>,
    /// Whether it is the only one.
    pub(super) is_alone: bool,
}

impl Target {
    /// The command that builds it.
    pub(super) fn command(&self) -> String {
        let word = |path: &Path| {
            let shown = disk::shown(path);
            quoted(&if shown.starts_with('-') { format!("./{shown}") } else { shown })
        };
        let file = self.file.as_deref().map(|file| format!(" {}", word(file))).unwrap_or_default();
        let output = self.output.as_deref().map(|output| format!(" -o {}", word(output))).unwrap_or_default();
        format!("stackc build{file}{output}")
    }
}

/// What the paths of a command stand for, and why it is not known of some folders which stack file they belong to. Only
/// what is compared may be several.
pub(super) fn targets(
    paths: &[PathBuf],
    output: Option<&Path>,
    compares: bool,
) -> Result<(Vec<Target>, Vec<Error>)> {
    let one = |file: Option<&PathBuf>| {
        let target = Target { file: file.cloned(), output: output.map(Path::to_owned), is_alone: true };
        Ok((vec![target], Vec::new()))
    };
    match paths {
        [] => return one(None),
        [only] if !(compares && only.is_dir()) => return one(Some(only)),
        [_, ..] if !compares => {
            return Err(Error::Usage {
                what: format!("{} stack files cannot be built at once", paths.len()),
                help: "build one after the other; several, or a folder, can be compared with `--check` or `--diff`"
                    .to_owned(),
            });
        }
        [_, ..] => {}
    }
    if output.is_some() {
        return Err(Error::Usage {
            what: "`-o` is for one stack file".to_owned(),
            help: "leave it out: the manifests tell where the files of each stack are".to_owned(),
        });
    }
    let mut targets = Vec::new();
    let mut failed = Vec::new();
    for path in paths {
        if path.is_dir() {
            let (found, failures) = built::below(path)?;
            failed.extend(failures);
            if found.is_empty() {
                let why = "holds no stack file".to_owned();
                let help = Some("name a stack file, or a folder with one".to_owned());
                return Err(Error::Source { path: disk::shown(path), why, help });
            }
            let target = |Built { stack, output }| Target { file: Some(stack), output, is_alone: false };
            targets.extend(found.into_iter().map(target));
        } else {
            targets.push(Target { file: Some(path.clone()), output: None, is_alone: false });
        }
    }
    Ok((targets, failed))
}
