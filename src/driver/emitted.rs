//! From an emitted file back to the stack file that made it: through the manifest that lists it.

use std::path::{Path, PathBuf};

use super::digest::{Digest, line_feeds};
use super::disk::{is_missing, shown};
use super::error::{Error, Result, reason};
use super::folder::{Folder, Found};
use super::manifest::{self, Damage, Records, Trouble};
use super::place::normal;
use crate::backend::Layout;

/// A file that a manifest lists.
#[derive(Clone, Debug)]
pub struct Emitted {
    /// The output folder: absolute, without links.
    pub folder: PathBuf,
    /// The file from there, with `/`.
    pub path: String,
    /// The stack file as it would be typed in the current folder.
    pub stack: PathBuf,
}

/// How a file compares with what its stack file makes now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnDisk {
    /// The same, but for line endings.
    Same,
    /// It is not, from this line on, counted from 1.
    Differs {
        /// The first line that is another one, or that only one of the two has.
        first: usize,
        /// What happened, as far as it is known.
        why: Difference,
    },
}

/// Why a file is not what its stack file makes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The file was edited since it was written.
    Edited,
    /// The stack file, or what it speaks of, has changed since.
    OutOfDate,
    /// No manifest says.
    Unknown,
}

/// The file itself: absolute, without links, and there.
pub fn find(file: &Path) -> Result<PathBuf> {
    let fail = |why: String| Error::Source { path: shown(file), why, help: None };
    let found = file.canonicalize().map_err(|cause| {
        fail(if is_missing(&cause) {
            "does not exist".to_owned()
        } else {
            format!("cannot be read: {}", reason(&cause))
        })
    })?;
    if found.is_dir() { Err(fail("is a folder".to_owned())) } else { Ok(found) }
}

/// The manifest that lists a file stands in a folder above it. `given` is the file as it was typed, `found` what
/// [`find`] gave for it. The search ends where the repository does.
pub fn origin(given: &Path, found: &Path) -> Result<Emitted> {
    let fail =
        |why: String, help: &str| Err(Error::Source { path: shown(given), why, help: Some(help.to_owned()) });
    if found.file_name().is_some_and(|name| name == manifest::FILE_NAME) {
        return fail("is the record of what stackc wrote".to_owned(), "name one of the files that it lists");
    }
    for folder in found.ancestors().skip(1) {
        let path = found.strip_prefix(folder).ok().and_then(Path::to_str);
        if let (Some(path), Some(records)) = (path, records_of(folder, given)?)
            && records.lists(path)
            && let Some(stack) = records.stack()
        {
            let stack = stack_file(given, folder, stack)?;
            return Ok(Emitted { folder: folder.to_owned(), path: path.to_owned(), stack });
        }
        if folder.join(".git").symlink_metadata().is_ok() {
            break;
        }
    }
    fail(
        format!("is not known as a file that stackc wrote: no `{}` above it lists it", manifest::FILE_NAME),
        "say which stack file makes it: `--file STACK`",
    )
}

/// The stack file that made a file which still is as it was written: absolute, without links. `None` for one that was
/// edited, that no manifest lists, or whose stack file is not there.
pub fn unchanged(file: &Path) -> Option<PathBuf> {
    let Emitted { folder, path, stack } = origin(file, &find(file).ok()?).ok()?;
    let Found::File(found) = Folder::open(&folder).ok()?.look(&path).ok()? else { return None };
    let records = records_of(&folder, file).ok()??;
    records.wrote(&path, Digest::of(&found.bytes)).then(|| stack.canonicalize().ok())?
}

/// What is known of the files of a folder.
fn records_of(folder: &Path, given: &Path) -> Result<Option<Records>> {
    match Folder::open(folder).map(|folder| Records::read(&folder)) {
        Ok(Ok(records)) => Ok(Some(records)),
        Ok(Err(Trouble::Unreadable(..))) | Err(_) => Ok(None),
        Ok(Err(Trouble::Damaged(name, Damage { why, help }))) => Err(Error::Source {
            path: shown(given),
            why: format!("cannot be looked up: `{}` {why}", shown(&folder.join(name))),
            help: Some(help),
        }),
    }
}

/// The stack file that a manifest names. A manifest may come from anybody, and what is wrong in a stack file is shown
/// with its lines, so that none of another kind is read, nor one outside of the repository.
fn stack_file(given: &Path, folder: &Path, stack: &str) -> Result<PathBuf> {
    let fail = |why: String| {
        let help = Some("say which stack file makes it: `--file STACK`".to_owned());
        Err(Error::Source { path: shown(given), why, help })
    };
    let named = normal(&folder.join(stack));
    let repository = folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok());
    let real = match named.canonicalize() {
        Ok(real) => real,
        Err(cause) if is_missing(&cause) => {
            return fail(format!("was made from `{stack}`, which does not exist"));
        }
        Err(cause) => {
            return fail(format!("was made from `{}`, which cannot be read: {}", stack, reason(&cause)));
        }
    };
    let is_stack = |path: &Path| path.extension().is_some_and(|extension| extension == "stack");
    if !(is_stack(&named) && is_stack(&real)) {
        return fail(format!("was made from `{stack}`, which is not named like a stack file"));
    }
    if repository.is_some_and(|root| !real.starts_with(root)) {
        return fail(format!("was made from `{stack}`, which lies outside of the repository"));
    }
    let here =
        Path::new(".").canonicalize().map_err(|cause| Error::system("find the current folder", cause))?;
    Ok(PathBuf::from(Layout::relative(&here, &named)))
}

/// The output folder of an artefact: `found` without the artefact's own path.
pub fn output_folder<'a>(found: &'a Path, artifact: &str) -> Option<&'a Path> {
    let mut folder = found;
    for part in artifact.rsplit('/') {
        if folder.file_name()? != part {
            return None;
        }
        folder = folder.parent()?;
    }
    Some(folder)
}

/// Compares a file with what its stack file makes now.
pub fn compare(folder: &Path, path: &str, text: &str) -> Result<OnDisk> {
    let failed = |cause: std::io::Error| Error::system(format!("read `{path}`"), cause);
    let root = Folder::open(folder).map_err(failed)?;
    let bytes = match root.look(path).map_err(failed)? {
        Found::File(file) => file.bytes,
        Found::Missing | Found::Link(_) | Found::Other { .. } => Vec::new(),
    };
    let old: Vec<u8> = line_feeds(&bytes).flatten().copied().collect();
    if old == text.as_bytes() {
        return Ok(OnDisk::Same);
    }
    let lines = |text: &[u8]| text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let same = lines(&old).iter().zip(&lines(text.as_bytes())).take_while(|(a, b)| a == b).count();
    let why = match records_of(folder, Path::new(path)) {
        Ok(Some(records)) if records.wrote(path, Digest::of(&bytes)) => Difference::OutOfDate,
        Ok(Some(records)) if records.lists(path) => Difference::Edited,
        Ok(_) | Err(_) => Difference::Unknown,
    };
    Ok(OnDisk::Differs { first: same + 1, why })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::driver::manifest::Manifest;

    /// A repository with a stack file and a manifest that names `stack` for `out/docker-compose.yml`.
    fn repository(stack: &str) -> TempDir {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("app/.git")).unwrap();
        fs::create_dir_all(folder.path().join("app/out")).unwrap();
        for file in ["app/a.stack", "app/notes.txt", "elsewhere.stack", "app/out/docker-compose.yml"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let mut manifest = Manifest::new(stack);
        manifest.files.insert("docker-compose.yml".to_owned(), Digest::of(b""));
        fs::write(folder.path().join("app/out").join(manifest::FILE_NAME), manifest.print()).unwrap();
        folder
    }

    fn look_up(folder: &TempDir, file: &str) -> std::result::Result<Emitted, String> {
        let found = find(&folder.path().join(file)).unwrap();
        origin(Path::new(file), &found).map_err(|error| error.to_string())
    }

    #[test]
    fn a_manifest_above_the_file_names_its_stack_file() {
        let folder = repository("../a.stack");
        let emitted = look_up(&folder, "app/out/docker-compose.yml").unwrap();
        assert_eq!(emitted.path, "docker-compose.yml");
        assert_eq!(
            emitted.stack.canonicalize().unwrap(),
            folder.path().canonicalize().unwrap().join("app/a.stack")
        );
        assert_eq!(
            look_up(&folder, "app/notes.txt").unwrap_err(),
            "`app/notes.txt` is not known as a file that stackc wrote: no `.stackc-manifest.json` above it lists it"
        );
    }

    #[test]
    fn a_manifest_leads_to_no_file_of_another_kind_and_to_none_elsewhere() {
        let why = |stack: &str| look_up(&repository(stack), "app/out/docker-compose.yml").unwrap_err();
        let file = "`app/out/docker-compose.yml` was made from";
        assert_eq!(
            why("../notes.txt"),
            format!("{file} `../notes.txt`, which is not named like a stack file")
        );
        assert_eq!(
            why("../../elsewhere.stack"),
            format!("{file} `../../elsewhere.stack`, which lies outside of the repository")
        );
        assert_eq!(why("../gone.stack"), format!("{file} `../gone.stack`, which does not exist"));
        let folder = repository("../link.stack");
        std::os::unix::fs::symlink("notes.txt", folder.path().join("app/link.stack")).unwrap();
        assert_eq!(
            look_up(&folder, "app/out/docker-compose.yml").unwrap_err(),
            format!("{file} `../link.stack`, which is not named like a stack file")
        );
    }

    #[test]
    fn the_first_line_that_differs_is_found() {
        let folder = repository("../a.stack");
        let out = folder.path().join("app/out");
        let compare = |old: &str, new: &str| {
            fs::write(out.join("docker-compose.yml"), old).unwrap();
            compare(&out, "docker-compose.yml", new).unwrap()
        };
        assert_eq!(compare("a\r\nb\r\n", "a\nb\n"), OnDisk::Same);
        let edited = |first| OnDisk::Differs { first, why: Difference::Edited };
        assert_eq!(compare("a\nb\n", "a\nc\n"), edited(2));
        assert_eq!(compare("a\nb\n", "a\nb\nc\n"), edited(3));
        assert_eq!(compare("a\nb", "a\nb\n"), edited(3));
        assert_eq!(compare("", "a\n"), OnDisk::Differs { first: 1, why: Difference::OutOfDate });
    }

    #[test]
    fn an_artefact_lies_below_its_folder() {
        let found = Path::new("/p/out/docker/web/nginx.conf");
        assert_eq!(output_folder(found, "docker/web/nginx.conf"), Some(Path::new("/p/out")));
        assert_eq!(output_folder(found, "web/nginx.conf"), Some(Path::new("/p/out/docker")));
        assert_eq!(output_folder(found, "docker/app/nginx.conf"), None);
    }
}
