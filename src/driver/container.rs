//! The file system that an nginx sees, as far as this machine knows it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::disk::{is_missing, shown};
use super::error::{Error, Result, reason};
use crate::project::ignored::Ignored;
use crate::request::{Entry, Files};

/// So many links may follow each other; the kernel's own bound.
const MOST_LINKS: usize = 40;

/// What is known of the files.
#[derive(Debug)]
pub enum Container {
    /// A folder of this machine is the root.
    Root(Root),
    /// Folders of this machine are known to be at places in it, and nothing else is known.
    Mounts(Vec<Mount>),
    /// Nothing is known. Every file that is asked for is taken to be there, and these folders with those around them.
    Assumed(Vec<String>),
}

/// A folder of this machine that something else has as its `/`. Links are followed as they are there: an absolute one
/// begins at the root, and `..` does not lead out of it.
#[derive(Clone, Debug)]
pub struct Root {
    folder: PathBuf,
    /// As it was named.
    given: PathBuf,
}

/// A folder of this machine that is seen at a path.
#[derive(Debug)]
pub struct Mount {
    /// Absolute, without a last slash.
    pub at: String,
    /// What is seen there. It need not exist.
    pub root: Root,
    /// Whether there is nothing else at that path.
    pub is_all: bool,
    /// What a `.dockerignore` leaves out.
    pub ignored: Ignored,
}

impl Root {
    /// The root of `--fs`.
    pub fn open(folder: &Path) -> Result<Self> {
        let fail = |why: String, help: Option<&str>| Error::Source {
            path: shown(folder),
            why,
            help: help.map(str::to_owned),
        };
        let found = folder.canonicalize().map_err(|cause| {
            let why = match cause {
                cause if is_missing(&cause) => "does not exist".to_owned(),
                cause => format!("cannot be read: {}", reason(&cause)),
            };
            fail(why, None)
        })?;
        if !found.is_dir() {
            return Err(fail(
                "is not a folder".to_owned(),
                Some("name the folder that the container has as its `/`"),
            ));
        }
        Ok(Self { folder: found, given: folder.to_owned() })
    }

    /// A folder that may not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { given: folder.clone(), folder }
    }

    /// A file in it as a person is shown it: from the folder that was named.
    pub fn shown(&self, file: &Path) -> String {
        shown(&file.strip_prefix(&self.folder).map_or(file.to_owned(), |below| self.given.join(below)))
    }

    /// Where a path of the container is on this machine, all links followed.
    pub fn find(&self, path: &str) -> io::Result<PathBuf> {
        let mut waiting: VecDeque<OsString> = parts(Path::new(path));
        let mut found: Vec<OsString> = Vec::new();
        let mut links = 0;
        let at = |found: &[OsString]| found.iter().fold(self.folder.clone(), |path, part| path.join(part));
        while let Some(part) = waiting.pop_front() {
            if part == ".." {
                found.pop();
                continue;
            }
            found.push(part);
            let here = at(&found);
            let metadata = here.symlink_metadata()?;
            if !metadata.is_symlink() {
                if !waiting.is_empty() && !metadata.is_dir() {
                    return Err(Errno::NOTDIR.into());
                }
                continue;
            }
            links += 1;
            if links > MOST_LINKS {
                return Err(Errno::LOOP.into());
            }
            let target = here.read_link()?;
            found.pop();
            if target.is_absolute() {
                found.clear();
            }
            for part in parts(&target).into_iter().rev() {
                waiting.push_front(part);
            }
        }
        let found = at(&found);
        found.symlink_metadata()?;
        Ok(found)
    }

    /// The files on this machine that an absolute pattern of glob(3) names, in order.
    pub fn glob(&self, pattern: &str) -> Vec<PathBuf> {
        let mut found = vec![String::new()];
        for part in pattern.split('/').filter(|part| !part.is_empty()) {
            if !part.contains(['*', '?', '[']) {
                for path in &mut found {
                    path.extend(["/", part]);
                }
                continue;
            }
            let Ok(glob) = GlobBuilder::new(part).literal_separator(true).build() else { return Vec::new() };
            let matcher = glob.compile_matcher();
            let fits =
                |name: &String| matcher.is_match(name) && (part.starts_with('.') || !name.starts_with('.'));
            let inside = |folder: &String| {
                let entries = self.find(folder).and_then(|folder| folder.read_dir()).into_iter().flatten();
                let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
                names.filter(fits).map(|name| format!("{folder}/{name}")).collect::<Vec<_>>()
            };
            found = found.iter().flat_map(inside).collect();
            found.sort();
        }
        found.iter().filter_map(|path| self.find(path).ok()).filter(|path| path.is_file()).collect()
    }

    fn entry(&self, path: &str) -> Entry {
        match self.find(path) {
            Ok(found) => kind(&found),
            Err(cause) => failure(&cause),
        }
    }

    fn is_link(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.find(folder);
        folder.is_ok_and(|folder| folder.join(name).symlink_metadata().is_ok_and(|found| found.is_symlink()))
    }
}

/// The names of a path, with `..`.
fn parts(path: &Path) -> VecDeque<OsString> {
    let part = |part: Component<'_>| match part {
        Component::Normal(_) | Component::ParentDir => Some(part.as_os_str().to_owned()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    };
    path.components().filter_map(part).collect()
}

fn kind(found: &Path) -> Entry {
    let Ok(metadata) = found.symlink_metadata() else { return Entry::Missing };
    let may = |access_mode: Access| access(found, access_mode).is_ok();
    if metadata.is_dir() {
        if may(Access::READ_OK | Access::EXEC_OK) { Entry::Folder } else { Entry::Unreadable }
    } else if !metadata.is_file() {
        Entry::Special
    } else if may(Access::READ_OK) {
        Entry::File
    } else {
        Entry::Unreadable
    }
}

/// nginx tells a file that is not there from one that it may not look for; a link that leads to itself is among these.
fn failure(cause: &io::Error) -> Entry {
    let code = cause.raw_os_error();
    if cause.kind() == io::ErrorKind::PermissionDenied || code == Some(Errno::LOOP.raw_os_error()) {
        Entry::Closed
    } else if is_missing(cause)
        || cause.kind() == io::ErrorKind::InvalidInput
        || code == Some(Errno::NAMETOOLONG.raw_os_error())
    {
        Entry::Missing
    } else {
        Entry::Unknown
    }
}

/// What stands in a folder: names, each with whether it is a file, a folder or a link.
#[derive(Debug, Default)]
pub struct Listed {
    /// In order of name.
    pub names: Vec<(String, Named)>,
    /// Names that are not UTF-8, which no path of a request is taken to mean.
    pub unnamed: usize,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link, a device, a pipe.
    Other,
}

impl Root {
    /// The names in a folder.
    pub fn list(&self, path: &str) -> io::Result<Listed> {
        let mut listed = Listed::default();
        for entry in self.find(path)?.read_dir()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = match (kind.is_file(), kind.is_dir()) {
                (true, _) => Named::File,
                (_, true) => Named::Folder,
                _ => Named::Other,
            };
            match entry.file_name().into_string() {
                Ok(name) => listed.names.push((name, kind)),
                Err(_) => listed.unnamed += 1,
            }
        }
        listed.names.sort_unstable();
        Ok(listed)
    }
}

impl Container {
    /// The names in a folder; `None` if nothing is known of it.
    pub fn list(&self, path: &str) -> Option<io::Result<Listed>> {
        let mounts = match self {
            Self::Root(root) => return Some(root.list(path)),
            Self::Mounts(mounts) => mounts,
            Self::Assumed(_) => return None,
        };
        let mut found: Option<io::Result<Listed>> = None;
        for (mount, rest) in covering(mounts, path) {
            match (mount.root.list(rest), &mut found) {
                (Ok(mut listed), found) => {
                    let inside =
                        |name: &str| if rest.is_empty() { name.to_owned() } else { format!("{rest}/{name}") };
                    listed.names.retain(|(name, _)| !mount.ignored.leaves_out(&inside(name)));
                    match found {
                        Some(Ok(other)) => {
                            other.unnamed += listed.unnamed;
                            other.names.extend(listed.names);
                        }
                        Some(Err(_)) | None => *found = Some(Ok(listed)),
                    }
                }
                (Err(_), Some(_)) => {}
                (Err(cause), found @ None) => *found = Some(Err(cause)),
            }
        }
        let above = mounts.iter().filter_map(|mount| below(&mount.at, path)?.split('/').next());
        let above: Vec<String> = above.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if !above.is_empty() {
            let listed = match found.take() {
                Some(Ok(listed)) => listed,
                Some(Err(_)) | None => Listed::default(),
            };
            let names = listed.names.into_iter().chain(above.into_iter().map(|name| (name, Named::Folder)));
            found = Some(Ok(Listed { names: names.collect(), unnamed: listed.unnamed }));
        }
        if let Some(Ok(listed)) = &mut found {
            listed.names.sort_unstable();
            listed.names.dedup_by(|later, first| later.0 == first.0);
        }
        found
    }

    /// Where a file of the container is on this machine, if it is known and there.
    pub fn host_path(&self, path: &str) -> Option<PathBuf> {
        match self {
            Self::Root(root) => root.find(path).ok(),
            Self::Mounts(mounts) => covering(mounts, path).find_map(|(mount, rest)| {
                (!mount.ignored.leaves_out(rest)).then(|| mount.root.find(rest).ok()).flatten()
            }),
            Self::Assumed(_) => None,
        }
    }
}

/// The mounts that show a path, with the path in them: those that are the nearest above it.
fn covering<'a>(mounts: &'a [Mount], path: &'a str) -> impl Iterator<Item = (&'a Mount, &'a str)> {
    let within = move |mount: &'a Mount| Some((mount, below(path, &mount.at)?));
    let nearest = mounts.iter().filter_map(within).map(|(mount, _)| mount.at.len()).max();
    mounts.iter().filter_map(within).filter(move |(mount, _)| Some(mount.at.len()) == nearest)
}

/// What follows a folder in a path, without the slash between them.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

impl Files for Container {
    fn entry(&self, path: &str) -> Entry {
        match self {
            Self::Root(root) => root.entry(path),
            Self::Mounts(mounts) => {
                let mut is_all = false;
                for (mount, rest) in covering(mounts, path) {
                    is_all |= mount.is_all;
                    if mount.ignored.leaves_out(rest) {
                        continue;
                    }
                    match mount.root.entry(rest) {
                        Entry::Missing => {}
                        found => return found,
                    }
                }
                if mounts.iter().any(|mount| below(&mount.at, path).is_some()) {
                    return Entry::Folder;
                }
                if is_all { Entry::Missing } else { Entry::Unknown }
            }
            Self::Assumed(folders) => {
                let is_folder = path == "/" || folders.iter().any(|folder| below(folder, path).is_some());
                if is_folder { Entry::Folder } else { Entry::File }
            }
        }
    }

    fn is_link(&self, path: &str) -> bool {
        match self {
            Self::Root(root) => root.is_link(path),
            Self::Mounts(mounts) => covering(mounts, path).any(|(mount, rest)| mount.root.is_link(rest)),
            Self::Assumed(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_within_the_root_and_never_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("root/srv/a")).unwrap();
        fs::write(at("outside"), "").unwrap();
        fs::write(at("root/srv/a/x.css"), "").unwrap();
        symlink("/srv/a", at("root/absolute")).unwrap();
        symlink("../../../../srv/a/x.css", at("root/srv/climbing")).unwrap();
        symlink("../../outside", at("root/srv/out")).unwrap();
        symlink("loop", at("root/srv/loop")).unwrap();
        symlink("/gone", at("root/srv/dangling")).unwrap();
        let container = Container::Root(Root::open(&at("root")).unwrap());
        for (path, entry) in [
            ("/", Entry::Folder),
            ("/srv/a/x.css", Entry::File),
            ("/srv/a/x.css/y", Entry::Missing),
            ("/absolute/x.css", Entry::File),
            ("/srv/climbing", Entry::File),
            ("/srv/out", Entry::Missing),
            ("/srv/loop", Entry::Closed),
            ("/srv/loop/x", Entry::Closed),
            ("/srv/dangling", Entry::Missing),
            ("/nul\0", Entry::Missing),
        ] {
            assert_eq!(container.entry(path), entry, "{path}");
        }
        assert!(container.is_link("/absolute") && !container.is_link("/srv/a"));
    }

    #[test]
    fn beside_what_is_mounted_nothing_is_known() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.css"), "").unwrap();
        let mount = |at: &str, is_all| Mount {
            at: at.to_owned(),
            root: Root::new(folder.path().to_owned()),
            is_all,
            ignored: Ignored::default(),
        };
        let container = Container::Mounts(vec![mount("/srv/all", true), mount("/srv/some", false)]);
        for (path, entry) in [
            ("/srv", Entry::Folder),
            ("/srv/all", Entry::Folder),
            ("/srv/all/x.css", Entry::File),
            ("/srv/all/y.css", Entry::Missing),
            ("/srv/some/x.css", Entry::File),
            ("/srv/some/y.css", Entry::Unknown),
            ("/srv/something", Entry::Unknown),
            ("/usr/share", Entry::Unknown),
        ] {
            assert_eq!(container.entry(path), entry, "{path}");
        }
    }

    #[test]
    fn where_nothing_is_known_every_file_is_there() {
        let container = Container::Assumed(vec!["/srv/www".to_owned()]);
        assert_eq!(container.entry("/srv"), Entry::Folder);
        assert_eq!(container.entry("/srv/www"), Entry::Folder);
        assert_eq!(container.entry("/srv/www/a"), Entry::File);
    }
}
