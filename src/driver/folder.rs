//! A folder held open. Everything below it is reached step by step without following links, so that nothing
//! outside of it can be read or written through one, not even by swapping a folder for a link meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Mode, OFlags, Stat, flock, fstat, fsync, mkdirat, openat, statat,
    unlinkat,
};
use rustix::io::Errno;

use super::staged::{Attributes, discard, put, stage};

/// The mode of a new file; the umask is taken off.
pub(super) const FILE_MODE: Mode = Mode::from_raw_mode(0o644);
/// The mode of a new folder; the umask is taken off.
pub(super) const FOLDER_MODE: Mode = Mode::from_raw_mode(0o755);
/// Who may read, write and execute.
pub(super) const PERMISSIONS: Mode = Mode::RWXU.union(Mode::RWXG).union(Mode::RWXO);
/// How long another run in the same folder is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest file that is compared, in bytes.
const LARGEST: i64 = 16 * 1024 * 1024;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// For a folder that is only passed through: it need not be readable.
#[cfg(target_os = "linux")]
const PASSED: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const PASSED: OFlags = FOLDER;

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) fd: OwnedFd,
}

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing.
    Missing,
    /// A regular file.
    File(Existing),
    /// The path is a link, or passes through one, here.
    Link(String),
    /// Something else.
    Other {
        /// Where: the path, or a part of it.
        at: String,
        /// What.
        what: &'static str,
    },
}

/// A regular file.
#[derive(Debug)]
pub(super) struct Existing {
    pub(super) bytes: Vec<u8>,
    pub(super) attributes: Attributes,
}

/// Opening.
impl Folder {
    /// Opens a folder by a path that may hold links.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { fd: rustix::fs::open(path, FOLDER, Mode::empty())? })
    }

    /// Opens a folder by an absolute path in which no link may stand.
    pub(super) fn open_absolute(path: &Path) -> io::Result<Self> {
        Self::walk_down(path, |folder, name, _| {
            Ok(openat(folder, name, PASSED | OFlags::NOFOLLOW, Mode::empty())?)
        })
    }

    /// The same, where what is missing is made, and its path added to `new`.
    pub(super) fn make_absolute(path: &Path, new: &mut Vec<PathBuf>) -> io::Result<Self> {
        Self::walk_down(path, |folder, name, walked| {
            let (fd, made) = open_or_make(folder, name, PASSED, FOLDER_MODE)?;
            if made {
                new.push(walked.to_path_buf());
            }
            Ok(fd)
        })
    }

    fn walk_down(
        path: &Path,
        mut step: impl FnMut(&OwnedFd, &std::ffi::OsStr, &Path) -> io::Result<OwnedFd>,
    ) -> io::Result<Self> {
        let mut walked = PathBuf::from("/");
        let mut fd = rustix::fs::open("/", PASSED, Mode::empty())?;
        for part in path.components() {
            match part {
                Component::RootDir => {}
                Component::Normal(name) => {
                    walked.push(name);
                    fd = step(&fd, name, &walked)?;
                }
                Component::CurDir | Component::ParentDir | Component::Prefix(_) => {
                    return Err(io::ErrorKind::InvalidInput.into());
                }
            }
        }
        Ok(Self { fd: openat(&fd, ".", FOLDER, Mode::empty())? })
    }

    /// The folder of that name in this one.
    fn child(&self, name: &str) -> rustix::io::Result<Self> {
        Ok(Self { fd: openat(&self.fd, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())? })
    }

    /// The folder at a path below this one. What is missing is made with `mode`, and its path is added to `new`.
    pub(super) fn descend(&self, path: &str, mode: Mode, new: &mut Vec<String>) -> io::Result<Self> {
        let mut folder = self.again()?;
        let mut walked = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if !walked.is_empty() {
                walked.push('/');
            }
            walked.push_str(name);
            let (fd, made) = open_or_make(&folder.fd, name, FOLDER, mode)?;
            if made {
                new.push(walked.clone());
            }
            folder = Self { fd };
        }
        Ok(folder)
    }

    /// The folder at a path below this one, if it is there.
    pub(super) fn existing(&self, path: &str) -> io::Result<Self> {
        let mut folder = self.again()?;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            folder = folder.child(name)?;
        }
        Ok(folder)
    }

    fn again(&self) -> io::Result<Self> {
        Ok(Self { fd: self.fd.try_clone()? })
    }
}

/// Opens a folder, which is made if nothing is there; tells whether it was.
fn open_or_make(
    folder: &OwnedFd,
    name: impl rustix::path::Arg + Copy,
    flags: OFlags,
    mode: Mode,
) -> io::Result<(OwnedFd, bool)> {
    let open = || openat(folder, name, flags | OFlags::NOFOLLOW, Mode::empty());
    match open() {
        Err(Errno::NOENT) => {}
        opened => return Ok((opened?, false)),
    }
    let made = match mkdirat(folder, name, mode) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(error) => return Err(error.into()),
    };
    Ok((open()?, made))
}

/// Looking.
impl Folder {
    /// What stands at a path below this folder, with its text.
    pub(super) fn look(&self, path: &str) -> io::Result<Found> {
        self.walk_to(path, Self::read)
    }

    /// What stands at a path below this folder, without opening it: `None` for a regular file.
    pub(super) fn look_without_opening(&self, path: &str) -> io::Result<Option<Found>> {
        self.walk_to(path, |folder, name, walked| {
            let Some(stat) = folder.stat(name)? else { return Ok(Some(Found::Missing)) };
            Ok(obstacle(&stat, walked))
        })
    }

    fn walk_to<T: From<Found>>(
        &self,
        path: &str,
        look: impl Fn(&Self, &str, &str) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut folder = self.again()?;
        let mut parts = path.split('/').peekable();
        let mut walked = String::new();
        while let Some(name) = parts.next() {
            walked.push_str(name);
            if parts.peek().is_none() {
                return look(&folder, name, &walked);
            }
            folder = match folder.child(name) {
                Ok(child) => child,
                Err(Errno::NOENT) => return Ok(Found::Missing.into()),
                Err(error @ (Errno::NOTDIR | Errno::LOOP | Errno::MLINK)) => {
                    let Some(stat) = folder.stat(name)? else { return Err(error.into()) };
                    let file = || Found::Other { at: walked.clone(), what: "a file" };
                    return Ok(obstacle(&stat, &walked).unwrap_or_else(file).into());
                }
                Err(error) => return Err(error.into()),
            };
            walked.push('/');
        }
        Ok(Found::Missing.into())
    }

    /// Nothing but a regular file is opened: with some devices that alone does something.
    fn read(&self, name: &str, walked: &str) -> io::Result<Found> {
        let Some(stat) = self.stat(name)? else { return Ok(Found::Missing) };
        if let Some(found) = obstacle(&stat, walked) {
            return Ok(found);
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(Found::Missing),
            Err(Errno::LOOP | Errno::MLINK) => return Ok(Found::Link(walked.to_owned())),
            Err(error) => return Err(error.into()),
        };
        // It may be another one by now.
        let stat = fstat(&fd)?;
        if let Some(found) = obstacle(&stat, walked) {
            return Ok(found);
        }
        if stat.st_size > LARGEST {
            return Ok(Found::Other { at: walked.to_owned(), what: "a file of more than 16 MiB" });
        }
        let mut bytes = Vec::new();
        File::from(fd).take(LARGEST.unsigned_abs()).read_to_end(&mut bytes)?;
        Ok(Found::File(Existing { bytes, attributes: Attributes::of(&stat) }))
    }

    fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        match statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The permission bits of this folder.
    pub(super) fn mode(&self) -> io::Result<Mode> {
        Ok(Mode::from_raw_mode(fstat(&self.fd)?.st_mode) & PERMISSIONS)
    }

    /// What a file at a name in this folder would keep when it is replaced.
    pub(super) fn attributes(&self, name: &str) -> Option<Attributes> {
        let stat = self.stat(name).ok()??;
        (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| Attributes::of(&stat))
    }

    /// Whether both are the same folder.
    pub(super) fn is(&self, other: &Self) -> io::Result<bool> {
        let (a, b) = (fstat(&self.fd)?, fstat(&other.fd)?);
        Ok((a.st_dev, a.st_ino) == (b.st_dev, b.st_ino))
    }
}

/// Writing.
impl Folder {
    /// Keeps other runs out for as long as the handle lives. A lock on the folder itself leaves no file behind, and
    /// a file system without locks keeps nobody from building.
    pub(super) fn lock(&self) -> io::Result<()> {
        let start = Instant::now();
        loop {
            match flock(&self.fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) | Err(Errno::NOTSUP | Errno::NOSYS | Errno::NOLCK | Errno::INVAL) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(Errno::WOULDBLOCK) if start.elapsed() > PATIENCE => {
                    return Err(io::Error::other("another stackc has been writing there for 10 seconds"));
                }
                Err(Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(20)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Replaces or makes the file at a name in this folder.
    pub(super) fn replace(self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.lock()?;
        stage(&self, name, bytes, FILE_MODE, self.attributes(name))?;
        put(&self, name).inspect_err(|_| discard(&self, name))?;
        self.sync()
    }

    /// Removes the file at a name in this folder.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.fd, name, AtFlags::empty())?)
    }

    /// Removes the file at a name in this folder, if it is there.
    pub(super) fn remove_if_there(&self, name: &str) -> io::Result<()> {
        match unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a folder below this one if it is empty; whether there is none then.
    pub(super) fn remove_if_empty(&self, path: &str) -> io::Result<bool> {
        let (parent, name) = split(path);
        let folder = match self.existing(parent) {
            Ok(folder) => folder,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(cause) => return Err(cause),
        };
        match unlinkat(&folder.fd, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::BUSY) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes what was renamed and removed here survive a loss of power, if the file system can.
    pub(super) fn sync(&self) -> io::Result<()> {
        match fsync(&self.fd) {
            Ok(()) | Err(Errno::INVAL | Errno::NOTSUP | Errno::NOSYS | Errno::ROFS) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The folder and the name of a path with `/`.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// What is no regular file.
fn obstacle(stat: &Stat, walked: &str) -> Option<Found> {
    let what = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => return None,
        FileType::Symlink => return Some(Found::Link(walked.to_owned())),
        FileType::Directory => "a folder",
        FileType::Fifo => "a pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => "a device",
    };
    Some(Found::Other { at: walked.to_owned(), what })
}
