//! A file that is written whole under a name that nobody looks at, before it takes its place.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{
    AtFlags, Gid, Mode, OFlags, Stat, Uid, fchmod, fchown, fstat, linkat, openat, renameat, statat,
};
use rustix::io::Errno;

use super::folder::{Folder, PERMISSIONS};

/// How a name that nobody looks at ends.
const TEMPORARY: &str = ".stackc-tmp";

/// What a file keeps when it is replaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes {
    mode: Mode,
    owner: u32,
    group: u32,
}

/// Writes `bytes` beside `name`, complete on the disk, under a name that nobody looks at. Without `like`, the file gets
/// `mode` less the umask. What is left behind after a failure is nothing.
pub(super) fn stage(
    folder: &Folder,
    name: &str,
    bytes: &[u8],
    mode: Mode,
    like: Option<Attributes>,
) -> io::Result<()> {
    let temporary = temporary_name(name);
    // What a killed run left behind. The lock keeps away those that live.
    folder.remove_if_there(&temporary).map_err(|cause| match cause.kind() {
        io::ErrorKind::IsADirectory => io::Error::other(format!("the folder `{temporary}` is in the way")),
        _ => cause,
    })?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let fd = openat(&folder.fd, &temporary, flags, mode)?;
    let write = || {
        if let Some(attributes) = like {
            attributes.apply(&fd)?;
        }
        let mut file = File::from(fd);
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().inspect_err(|_| discard(folder, name))
}

/// Puts what was staged in its place, whatever stands there. The folder is left to be synced.
pub(super) fn put(folder: &Folder, name: &str) -> io::Result<()> {
    Ok(renameat(&folder.fd, temporary_name(name), &folder.fd, name)?)
}

/// Puts what was staged in its place if nothing stands there, else removes it; tells whether nothing did.
pub(super) fn put_new(folder: &Folder, name: &str) -> io::Result<bool> {
    let temporary = temporary_name(name);
    let put = match linkat(&folder.fd, &temporary, &folder.fd, name, AtFlags::empty()) {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) => Ok(false),
        // Not every file system knows hard links.
        Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::MLINK) => {
            match statat(&folder.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(_) => Ok(false),
                Err(_) => put(folder, name).map(|()| true),
            }
        }
        Err(error) => Err(error.into()),
    };
    discard(folder, name);
    folder.sync()?;
    put
}

/// Removes what was staged, if it is there and can be removed.
pub(super) fn discard(folder: &Folder, name: &str) {
    let _ = try_discard(folder, name);
}

/// Removes what was staged, if it is there.
pub(super) fn try_discard(folder: &Folder, name: &str) -> io::Result<()> {
    folder.remove_if_there(&temporary_name(name))
}

impl Attributes {
    pub(super) fn of(stat: &Stat) -> Self {
        Self { mode: Mode::from_raw_mode(stat.st_mode) & PERMISSIONS, owner: stat.st_uid, group: stat.st_gid }
    }

    /// Exactly this mode, and this process as the owner.
    pub(super) fn private(mode: Mode) -> Self {
        let (owner, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Self { mode, owner, group }
    }

    /// Whether anybody may write to it.
    pub(super) fn is_writable(self) -> bool {
        self.mode.intersects(Mode::WUSR | Mode::WGRP | Mode::WOTH)
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
fn temporary_name(name: &str) -> String {
    format!(".{name}{TEMPORARY}")
}

/// Whether a path is a name that nobody looks at.
pub(super) fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(TEMPORARY))
}
