//! What stands at a path of this machine, for a person who asks: its kind and its size, and of a secret whether it can be
//! used. No content is kept.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::disk::is_missing;
use super::error::reason;

/// What stands at a path; links are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A socket, a device, a pipe.
    Other,
    /// Nothing.
    Missing,
    /// Nobody may know; why.
    Hidden(String),
}

/// What stands at a path.
pub fn thing(path: &Path) -> Thing {
    match path.metadata() {
        Ok(found) if found.is_dir() => Thing::Folder,
        Ok(found) if found.is_file() => Thing::File,
        Ok(_) => Thing::Other,
        Err(cause) if is_missing(&cause) => Thing::Missing,
        Err(cause) => Thing::Hidden(reason(&cause)),
    }
}

/// The state of a file that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Whether this user can read it; else why not.
    pub unreadable: Option<String>,
    /// Whether nothing stands in it.
    pub is_empty: bool,
    /// Whether its last byte ends a line; `false` if it cannot be read.
    pub ends_a_line: bool,
    /// The mode of the file, if every user of this machine can read it by the modes of the file and of its folder.
    pub open: Option<u32>,
}

/// Looks at a regular file that holds a secret. Only its last byte is read.
pub fn secret(path: &Path) -> Secret {
    let metadata = path.metadata();
    let mode = metadata.as_ref().map_or(0, |found| found.permissions().mode() & 0o7777);
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folders = real.ancestors().skip(1);
    let can_enter =
        |folder: &Path| folder.metadata().is_ok_and(|found| found.permissions().mode() & 0o001 != 0);
    let is_open = mode & 0o004 != 0 && folders.into_iter().all(can_enter);
    let mut secret = Secret {
        unreadable: None,
        is_empty: metadata.is_ok_and(|found| found.len() == 0),
        ends_a_line: false,
        open: is_open.then_some(mode),
    };
    match File::open(path) {
        Ok(mut file) => {
            let mut last = [0];
            let is_read = file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).is_ok();
            secret.ends_a_line = is_read && last == *b"\n";
        }
        Err(cause) => secret.unreadable = Some(reason(&cause)),
    }
    secret
}

/// So much of a file is looked through for what is in it: chains of certificates are far shorter.
const MOST_OF_PEM: u64 = 1024 * 1024;

/// What the blocks of a PEM file are: `CERTIFICATE`, `PRIVATE KEY`. Of their content nothing is kept. Source: RFC 7468.
pub fn pem_labels(path: &Path) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_OF_PEM).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let labels =
        text.lines().filter_map(|line| line.strip_prefix("-----BEGIN ")?.trim_end().strip_suffix("-----"));
    Ok(labels.map(str::to_owned).collect())
}

/// How many bytes the file system of a folder has left for programs without privileges; `None` if that is not known.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_secret_is_looked_at_and_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        fs::write(&path, "word\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let closed = Secret { unreadable: None, is_empty: false, ends_a_line: true, open: None };
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(secret(&path), closed);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(secret(&path), Secret { open: Some(0o444), ..closed });
        fs::write(folder.path().join("empty"), "").unwrap();
        assert!(secret(&folder.path().join("empty")).is_empty);
    }

    #[test]
    fn the_blocks_of_a_pem_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tls");
        let block = |label: &str| format!("-----BEGIN {label}-----\r\nAAAA\n-----END {label}-----\n");
        fs::write(&path, block("CERTIFICATE") + &block("EC PRIVATE KEY")).unwrap();
        assert_eq!(pem_labels(&path).unwrap(), ["CERTIFICATE", "EC PRIVATE KEY"]);
        fs::write(&path, [0, 159, 146]).unwrap();
        assert!(pem_labels(&path).unwrap().is_empty());
    }

    #[test]
    fn what_stands_at_a_path_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        assert_eq!(thing(folder.path()), Thing::Folder);
        assert_eq!(thing(&folder.path().join("file")), Thing::File);
        assert_eq!(thing(&folder.path().join("none")), Thing::Missing);
        assert_eq!(thing(Path::new("/dev/null")), Thing::Other);
    }
}
