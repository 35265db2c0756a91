//! A folder held open. Everything below it is reached step by step without following links, so that nothing
//! outside of it can be read or written through one, not even by swapping a folder for a link meanwhile.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Gid, Mode, OFlags, Stat, Uid, fchmod, fchown, flock, fstat, fsync,
    linkat, mkdirat, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;

/// The mode of a new file; the umask is taken off.
pub(super) const FILE_MODE: Mode = Mode::from_raw_mode(0o644);
/// The mode of a new folder; the umask is taken off.
pub(super) const FOLDER_MODE: Mode = Mode::from_raw_mode(0o755);
/// Who may read, write and execute.
const PERMISSIONS: Mode = Mode::RWXU.union(Mode::RWXG).union(Mode::RWXO);
/// How long another run in the same folder is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest file that is compared, in bytes.
const LARGEST: i64 = 64 * 1024 * 1024;

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
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

/// What a file keeps when it is replaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes {
    mode: Mode,
    owner: u32,
    group: u32,
}

impl Folder {
    /// Opens a folder by a path that may hold links.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { fd: rustix::fs::open(path, flags, Mode::empty())? })
    }

    /// The folder of that name in this one.
    fn child(&self, name: &str) -> rustix::io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self { fd: openat(&self.fd, name, flags, Mode::empty())? })
    }

    /// The folder at a path below this one. What is missing is made with `mode`, and its path is added to `new`.
    pub(super) fn descend(&self, path: &str, mode: Mode, new: &mut Vec<String>) -> io::Result<Self> {
        let mut folder = Self { fd: self.fd.try_clone()? };
        let mut walked = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if !walked.is_empty() {
                walked.push('/');
            }
            walked.push_str(name);
            folder = match folder.child(name) {
                Err(Errno::NOENT) => {
                    match mkdirat(&folder.fd, name, mode) {
                        Ok(()) => new.push(walked.clone()),
                        Err(Errno::EXIST) => {}
                        Err(error) => return Err(error.into()),
                    }
                    folder.child(name)?
                }
                child => child?,
            };
        }
        Ok(folder)
    }

    /// What stands at a path below this folder, with its text.
    pub(super) fn look(&self, path: &str) -> io::Result<Found> {
        self.walk_to(path, Self::look_at)
    }

    /// What stands at a path below this folder, without opening it: files show no text.
    pub(super) fn look_without_opening(&self, path: &str) -> io::Result<Found> {
        self.walk_to(path, |folder, name, walked| match folder.obstacle(name, walked) {
            Ok(found) => Ok(found),
            Err(Errno::NOENT) => Ok(Found::Missing),
            Err(error) => Err(error.into()),
        })
    }

    fn walk_to(
        &self,
        path: &str,
        look: impl Fn(&Self, &str, &str) -> io::Result<Found>,
    ) -> io::Result<Found> {
        let mut folder = Self { fd: self.fd.try_clone()? };
        let mut parts = path.split('/').peekable();
        let mut walked = String::new();
        while let Some(name) = parts.next() {
            walked.push_str(name);
            if parts.peek().is_none() {
                return look(&folder, name, &walked);
            }
            folder = match folder.child(name) {
                Ok(child) => child,
                Err(Errno::NOENT) => return Ok(Found::Missing),
                Err(Errno::NOTDIR | Errno::LOOP | Errno::MLINK) => return Ok(folder.obstacle(name, &walked)?),
                Err(error) => return Err(error.into()),
            };
            walked.push('/');
        }
        Ok(Found::Missing)
    }

    fn look_at(&self, name: &str, walked: &str) -> io::Result<Found> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(Found::Missing),
            Err(Errno::LOOP | Errno::MLINK | Errno::NXIO) => return Ok(self.obstacle(name, walked)?),
            Err(error) => return Err(error.into()),
        };
        let stat = fstat(&fd)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(Found::Other { at: walked.to_owned(), what: kind(&stat) });
        }
        if stat.st_size > LARGEST {
            return Ok(Found::Other { at: walked.to_owned(), what: "a file of more than 64 MiB" });
        }
        let mut bytes = Vec::new();
        File::from(fd).read_to_end(&mut bytes)?;
        Ok(Found::File(Existing { bytes, attributes: Attributes::of(&stat) }))
    }

    /// What a name is that cannot be opened as it should.
    fn obstacle(&self, name: &str, walked: &str) -> rustix::io::Result<Found> {
        let stat = statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => Found::Link(walked.to_owned()),
            _ => Found::Other { at: walked.to_owned(), what: kind(&stat) },
        })
    }

    /// The permission bits of this folder.
    pub(super) fn mode(&self) -> io::Result<Mode> {
        Ok(Mode::from_raw_mode(fstat(&self.fd)?.st_mode) & PERMISSIONS)
    }

    /// Keeps other runs out for as long as the handle lives. A lock on the folder itself leaves no file behind, and
    /// a file system without locks keeps nobody from building.
    pub(super) fn lock(&self) -> io::Result<()> {
        let start = Instant::now();
        while let Err(Errno::WOULDBLOCK) = flock(&self.fd, FlockOperation::NonBlockingLockExclusive) {
            if start.elapsed() > PATIENCE {
                return Err(io::Error::other("another stackc has been writing there for 10 seconds"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// What a file at a name in this folder would keep when it is replaced.
    pub(super) fn attributes(&self, name: &str) -> Option<Attributes> {
        let stat = statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| Attributes::of(&stat))
    }

    /// Replaces or makes the file at a name in this folder.
    pub(super) fn replace(self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.lock()?;
        let like = self.attributes(name);
        Staged::write(self, name, bytes, FILE_MODE, like)?.replace()
    }

    /// Removes the file at a name in this folder.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.fd, name, AtFlags::empty())?)
    }

    /// Removes a folder below this one if it is empty.
    pub(super) fn remove_if_empty(&self, path: &str) -> bool {
        let (parent, name) = split(path);
        let Ok(folder) = self.existing(parent) else { return false };
        unlinkat(&folder.fd, name, AtFlags::REMOVEDIR).is_ok()
    }

    /// The folder at a path below this one, if it is there.
    pub(super) fn existing(&self, path: &str) -> io::Result<Self> {
        let mut folder = Self { fd: self.fd.try_clone()? };
        for name in path.split('/').filter(|name| !name.is_empty()) {
            folder = folder.child(name)?;
        }
        Ok(folder)
    }

    /// Makes what was renamed here survive a loss of power; not every file system can.
    pub(super) fn sync(&self) {
        let _ = fsync(&self.fd);
    }
}

/// A file that is complete on the disk under a name that nobody looks at, until it is put in its place. Dropped
/// before that, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Staged {
    folder: Folder,
    temporary: String,
    name: String,
}

impl Staged {
    /// Writes `bytes` beside `name`. Without `like`, the file gets `mode` less the umask.
    pub(super) fn write(
        folder: Folder,
        name: &str,
        bytes: &[u8],
        mode: Mode,
        like: Option<Attributes>,
    ) -> io::Result<Self> {
        Self::write_as(folder, name, temporary_name(name), bytes, mode, like)
    }

    /// As [`Staged::write`], waiting under a name of its own.
    pub(super) fn write_as(
        folder: Folder,
        name: &str,
        temporary: String,
        bytes: &[u8],
        mode: Mode,
        like: Option<Attributes>,
    ) -> io::Result<Self> {
        // What a killed run left behind. The lock keeps away those that live.
        match unlinkat(&folder.fd, &temporary, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(&folder.fd, &temporary, flags, mode)?;
        let staged = Self { folder, temporary, name: name.to_owned() };
        if let Some(attributes) = like {
            attributes.apply(&fd)?;
        }
        let mut file = File::from(fd);
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(staged)
    }

    /// As [`Staged::write`], with exactly `mode` from the first byte on.
    pub(super) fn write_secret(folder: Folder, name: &str, bytes: &[u8], mode: Mode) -> io::Result<Self> {
        let (owner, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Self::write(folder, name, bytes, mode, Some(Attributes { mode, owner, group }))
    }

    /// Puts the file in its place, whatever stands there.
    pub(super) fn replace(self) -> io::Result<()> {
        renameat(&self.folder.fd, &self.temporary, &self.folder.fd, &self.name)?;
        self.folder.sync();
        Ok(())
    }

    /// Puts the file in its place if nothing stands there; tells whether nothing did.
    pub(super) fn place(self) -> io::Result<bool> {
        let fd = &self.folder.fd;
        match linkat(fd, &self.temporary, fd, &self.name, AtFlags::empty()) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Ok(false),
            // Not every file system knows hard links.
            Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::MLINK) => {
                if statat(fd, &self.name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
                    return Ok(false);
                }
                renameat(fd, &self.temporary, fd, &self.name)?;
            }
            Err(error) => return Err(error.into()),
        }
        self.folder.sync();
        Ok(true)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = unlinkat(&self.folder.fd, &self.temporary, AtFlags::empty());
    }
}

impl Attributes {
    fn of(stat: &Stat) -> Self {
        Self { mode: Mode::from_raw_mode(stat.st_mode) & PERMISSIONS, owner: stat.st_uid, group: stat.st_gid }
    }

    fn apply(self, fd: impl AsFd) -> io::Result<()> {
        let stat = fstat(&fd)?;
        if (stat.st_uid, stat.st_gid) != (self.owner, self.group) {
            // Only root may give files away; for everybody else the file is then theirs.
            let _ = fchown(&fd, Some(Uid::from_raw(self.owner)), Some(Gid::from_raw(self.group)));
        }
        Ok(fchmod(fd, self.mode)?)
    }
}

/// Where the text of a file waits: always in the same place, so that the next run can clear it away.
pub(super) fn temporary_name(name: &str) -> String {
    format!(".{name}.stackc-tmp")
}

/// The folder and the name of a path with `/`.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn kind(stat: &Stat) -> &'static str {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => "a folder",
        FileType::Fifo => "a pipe",
        FileType::Socket => "a socket",
        FileType::Symlink => "a link",
        FileType::RegularFile => "a file",
        FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => "a device",
    }
}
