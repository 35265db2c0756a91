//! Finds out what rules and lowering want to know of the world, inside the project alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::disk::is_missing;
use super::error::reason;
use super::looked::Looked;
use super::{Entries, Files};
use crate::facts::{Facts, Kind, Listing, Wanted};
use crate::model::path::HostPath;
use crate::source::MAX_FILE_BYTES;

/// Why a folder elsewhere is not looked into.
const OUTSIDE: &str = "it lies outside of the project";

/// The answers to `wanted`, whose paths start from `stack_dir`. Only names are looked at, never contents, but for
/// the `.dockerignore` of a context.
pub fn gather(files: &dyn Files, wanted: &Wanted, stack_dir: &Path) -> Facts {
    let resolved = stack_dir.canonicalize();
    let stack_dir = resolved.as_deref().unwrap_or(stack_dir);
    let root = super::place::project_root(stack_dir);
    let mut facts = Facts::default();
    for path in &wanted.listings {
        if !facts.listings.contains_key(path) {
            facts.listings.insert(path.clone(), listing(files, path, stack_dir, &root));
        }
    }
    for path in &wanted.files {
        let is_there = locate(path, stack_dir).is_some_and(|path| files.is_file(&path));
        facts.files.insert(path.clone(), is_there);
    }
    for path in &wanted.contexts {
        let ignore = inside(&path.join(".dockerignore"), stack_dir, &root);
        if let Some(text) = ignore.and_then(|path| files.read_text(&path, MAX_FILE_BYTES).ok()) {
            facts.ignores.insert(path.clone(), text.lines().map(str::to_owned).collect());
        }
    }
    facts
}

/// Adds what answers to `wanted` stand on.
pub fn tell(wanted: &Wanted, stack_dir: &Path, looked: &mut Looked) {
    for folder in wanted.listings.iter().filter_map(|path| locate(path, stack_dir)) {
        looked.tree(&folder);
    }
    for file in wanted.files.iter().filter_map(|path| locate(path, stack_dir)) {
        looked.file(&file);
    }
    for context in wanted.contexts.iter().filter_map(|path| locate(path, stack_dir)) {
        looked.file(&context.join(".dockerignore"));
    }
}

fn listing(files: &dyn Files, path: &HostPath, stack_dir: &Path, root: &Path) -> Listing {
    let Some(located) = locate(path, stack_dir) else { return Listing::Unreadable(OUTSIDE.to_owned()) };
    let folder = match located.canonicalize() {
        Ok(folder) if folder.starts_with(root) => folder,
        Err(cause) if is_missing(&cause) && super::place::normal(&located).starts_with(root) => {
            return Listing::Missing;
        }
        Err(cause) if !is_missing(&cause) => return Listing::Unreadable(reason(&cause)),
        Ok(_) | Err(_) => return Listing::Unreadable(OUTSIDE.to_owned()),
    };
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    match files.list(&folder, &mut |file| count(&mut kinds, file)) {
        Entries::Listed => Listing::Files { kinds },
        Entries::File => Listing::File { extension: extension(&folder) },
        Entries::Missing => Listing::Missing,
        Entries::Unreadable(why) => Listing::Unreadable(why),
    }
}

fn extension(file: &Path) -> String {
    file.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Adds a file to its kind. What an extension is follows `ngx_http_set_exten` of nginx: what follows the last dot
/// of the name, unless that is its first character.
fn count(kinds: &mut BTreeMap<String, Kind>, file: &Path) {
    let extension = extension(file);
    let name = file.to_string_lossy();
    match kinds.get_mut(&extension) {
        Some(kind) => {
            kind.count += 1;
            if *name < *kind.example {
                kind.example = name.into_owned();
            }
        }
        None => {
            kinds.insert(extension, Kind { count: 1, example: name.into_owned() });
        }
    }
}

/// The path from `stack_dir`; `None` for the home of somebody else.
pub fn locate(path: &HostPath, stack_dir: &Path) -> Option<PathBuf> {
    let text = path.as_str();
    match text.strip_prefix('~') {
        None => Some(stack_dir.join(text)),
        Some(rest) => {
            let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
            match rest.strip_prefix('/') {
                Some(rest) => Some(Path::new(&home).join(rest)),
                None if rest.is_empty() => Some(home.into()),
                None => None,
            }
        }
    }
}

/// The path with all links resolved, if that is there and inside the project.
fn inside(path: &HostPath, stack_dir: &Path, root: &Path) -> Option<PathBuf> {
    let resolved = locate(path, stack_dir)?.canonicalize().ok()?;
    resolved.starts_with(root).then_some(resolved)
}

#[cfg(test)]
mod tests {
    use super::super::disk::Disk;
    use super::*;
    use std::fs;

    fn host(path: &str) -> HostPath {
        HostPath::parse(path).unwrap()
    }

    #[test]
    fn extensions_are_counted_with_an_example() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("static/b")).unwrap();
        for name in
            ["static/b/z.CSS", "static/b/a.css", "static/LICENSE", "static/.hidden", "static/a.tar.gz"]
        {
            fs::write(root.join(name), "").unwrap();
        }
        let wanted = Wanted { listings: vec![host("static"), host("none"), host("..")], ..Wanted::default() };
        let facts = gather(&Disk, &wanted, &root);
        let kind = |count, example: &str| Kind { count, example: example.to_owned() };
        assert_eq!(
            facts.listings[&host("static")],
            Listing::Files {
                kinds: BTreeMap::from([
                    (String::new(), kind(2, ".hidden")),
                    ("css".to_owned(), kind(2, "b/a.css")),
                    ("gz".to_owned(), kind(1, "a.tar.gz")),
                ])
            }
        );
        assert_eq!(facts.listings[&host("none")], Listing::Missing);
        assert_eq!(
            facts.listings[&host("..")],
            Listing::Unreadable("it lies outside of the project".to_owned())
        );
    }

    #[test]
    fn a_link_out_of_the_project_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::os::unix::fs::symlink("/etc", root.join("static")).unwrap();
        let wanted = Wanted { listings: vec![host("static")], ..Wanted::default() };
        assert_eq!(
            gather(&Disk, &wanted, &root).listings[&host("static")],
            Listing::Unreadable("it lies outside of the project".to_owned())
        );
    }

    #[test]
    fn the_project_begins_at_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(root.join("deploy")).unwrap();
        fs::create_dir_all(root.join("static")).unwrap();
        fs::write(root.join("static/a.js"), "").unwrap();
        fs::write(root.join(".dockerignore"), "node_modules\n.env\r\n").unwrap();
        let wanted = Wanted {
            listings: vec![host("../static")],
            files: vec![host("../static/a.js"), host("../static"), host("x")],
            contexts: vec![host("..")],
        };
        let facts = gather(&Disk, &wanted, &root.join("deploy"));
        assert!(matches!(&facts.listings[&host("../static")], Listing::Files { kinds } if kinds.len() == 1));
        assert_eq!(facts.files.values().copied().collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(facts.ignores[&host("..")], ["node_modules", ".env"]);
    }
}
