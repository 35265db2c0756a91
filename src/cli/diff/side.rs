//! What is compared: a stack file, compiled in memory, a compose file, or a folder.

use std::path::{Path, PathBuf};

use crate::backend::Layout;
use crate::cli::console::Console;
use crate::cli::load::{self, Loaded, Stream};
use crate::difference::{Made, Side};
use crate::driver::around::Surroundings;
use crate::driver::disk::shown;
use crate::driver::sources::{self, Sources};
use crate::driver::{Error, Result, built};
use crate::handwritten::{Opened, Overlay};
use crate::project::compose::default_files;
use crate::project::host::join;

/// Both sides; `None`, with the reason shown, if one is a stack file that cannot be compiled.
pub(super) fn both(
    before: &Path,
    after: Option<&Path>,
    console: &mut Console,
) -> Result<Option<(Side, Side)>> {
    let after = match after {
        Some(after) => after.to_path_buf(),
        None => emitted_by(before)?,
    };
    let Some(one) = Given::of(before, &after, console)? else { return Ok(None) };
    let Some(other) = Given::of(&after, before, console)? else { return Ok(None) };
    let mut beside = one.beside();
    beside.extend(other.beside());
    beside.sort();
    beside.dedup();
    Ok(Some((one.open(&beside), other.open(&beside))))
}

/// Where a stack file that is given alone was built to: beside it, unless a manifest says another folder.
fn emitted_by(stack: &Path) -> Result<PathBuf> {
    if !is_stack(stack) {
        return Err(Error::Usage {
            what: format!("there is nothing to compare `{}` with", shown(stack)),
            help: "name two: `stackc diff A B`; a stack file alone is compared with what lies in its folder"
                .to_owned(),
        });
    }
    let folder = stack.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.to_path_buf())
}

fn is_stack(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "stack") && !path.is_dir()
}

/// What was named, before it is opened.
enum Given {
    Stack {
        loaded: Box<Loaded>,
        made: Vec<(String, crate::backend::Artifact)>,
        folder: String,
        around: Surroundings,
    },
    Files {
        name: String,
        composes: Vec<String>,
        folder: String,
        beside: Vec<String>,
        around: Surroundings,
    },
}

impl Given {
    fn of(path: &Path, other: &Path, console: &mut Console) -> Result<Option<Self>> {
        if is_stack(path) { Self::stack(path, other, console) } else { Self::files(path).map(Some) }
    }

    /// A stack file. Against a folder that it was built to, its paths are as seen from there.
    fn stack(path: &Path, other: &Path, console: &mut Console) -> Result<Option<Self>> {
        let loaded = load::load(Some(path), "diff")?;
        let beside = loaded.stack.path.parent().unwrap_or(Path::new("")).to_path_buf();
        let is_output = other.is_dir() && built::is_output_of(other, path);
        let folder = if is_output { other.to_path_buf() } else { beside };
        let out_dir = folder_of(&folder);
        let out_dir = out_dir
            .canonicalize()
            .map_err(|cause| Error::system(format!("open `{}`", shown(&folder)), cause))?;
        let layout = Layout {
            stack_dir: loaded.stack.folder.clone(),
            stack_file: loaded.stack.seen_from(&out_dir),
            out_dir,
        };
        let Some(artifacts) = loaded.compilation.emit(&layout) else {
            loaded.report(console, Stream::Err, "; nothing was compared");
            return Ok(None);
        };
        let name = join(".", &shown(&folder));
        let made = artifacts.into_iter().map(|made| (join(&name, &made.path), made)).collect();
        let around = Surroundings::of([path, folder_of(&folder)]);
        Ok(Some(Self::Stack { loaded: Box::new(loaded), made, folder: name, around }))
    }

    /// A compose file, or a folder with one.
    fn files(path: &Path) -> Result<Self> {
        let around = Surroundings::of([path]);
        let name = join(".", &shown(path));
        if !path.is_dir() {
            let folder = name.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
            return Ok(Self::Files {
                composes: vec![name],
                name: shown(path),
                folder,
                beside: Vec::new(),
                around,
            });
        }
        let sources = sources::find(&[path.to_path_buf()]);
        let composes = composes(path, &name, &sources, &around)?;
        let Sources { dockerfiles, configurations, .. } = sources;
        let files = dockerfiles.into_iter().chain(configurations.into_iter().map(|(path, _)| path));
        let beside = files.map(|file| join(".", &shown(&file))).collect();
        Ok(Self::Files { composes, name: shown(path), folder: name, beside, around })
    }

    fn folder(&self) -> &str {
        match self {
            Self::Stack { folder, .. } | Self::Files { folder, .. } => folder,
        }
    }

    /// Its files from its folder, those of other kinds and those that belong to services among them.
    fn beside(&self) -> Vec<String> {
        let names: Vec<&String> = match self {
            Self::Stack { made, .. } => made.iter().map(|(name, _)| name).collect(),
            Self::Files { beside, .. } => beside.iter().collect(),
        };
        let folder = self.folder();
        let below = |name: &&String| match folder {
            "." => Some((*name).clone()),
            folder => name.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned),
        };
        names.iter().filter_map(below).collect()
    }

    /// Reads it, with those files of either side that it has.
    fn open(self, beside: &[String]) -> Side {
        let beside: Vec<String> = beside.iter().map(|name| join(self.folder(), name)).collect();
        match self {
            Self::Files { name, composes, folder, around, .. } => {
                Side { name, opened: Opened::of(&composes, &beside, &around), folder, made: None }
            }
            Self::Stack { loaded, made, folder, around } => {
                let Loaded { stack, compilation, .. } = *loaded;
                let path =
                    compilation.deployment.as_ref().map(|deployment| deployment.compose.path().to_owned());
                let composes: Vec<String> = path.iter().map(|path| join(&folder, path)).collect();
                let texts = made.iter().map(|(name, made)| (name.clone(), made.text.as_str().into()));
                let overlay = Overlay { emitted: texts.collect(), around: &around };
                let opened = Opened::of(&composes, &beside, &overlay);
                Side { name: stack.name(), opened, folder, made: Some(Made { compilation, artifacts: made }) }
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// The compose files of a folder: what compose takes there, else the only one below it.
fn composes(path: &Path, name: &str, sources: &Sources, around: &Surroundings) -> Result<Vec<String>> {
    let found = default_files(name, around);
    if !found.is_empty() {
        return Ok(found);
    }
    let fail =
        |why: &str, help: String| Error::Source { path: shown(path), why: why.to_owned(), help: Some(help) };
    match sources.composes.as_slice() {
        [only] => Ok(vec![join(".", &shown(only))]),
        [] => Err(fail(
            "holds no compose file",
            "name a stack file, a compose file, or a folder with one".to_owned(),
        )),
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", shown(path))).collect();
            Err(fail("holds several compose files", format!("name one of {}", names.join(", "))))
        }
    }
}
