//! Reading from the disk: regular files of a bounded size, and folders without following links.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use walkdir::WalkDir;

use super::error::{Error, Result, reason};
use super::{Entries, Files, place};

/// The most files of one folder that are looked at.
pub const MAX_FILES: usize = 1_000_000;

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read_text(&self, path: &Path, most: u64) -> Result<String> {
        let shown = shown(path);
        let unreadable = |cause: &io::Error| Error::Source {
            path: shown.clone(),
            why: match cause.kind() {
                io::ErrorKind::NotFound => "does not exist".to_owned(),
                _ => format!("cannot be read: {}", reason(cause)),
            },
            help: None,
        };
        let must_be_file = |metadata: io::Result<fs::Metadata>| match not_a_file(
            metadata.map_err(|cause| unreadable(&cause))?.file_type(),
        ) {
            Some((why, help)) => {
                let (path, why, help) = (shown.clone(), why.to_owned(), help.map(str::to_owned));
                Err(Error::Source { path, why, help })
            }
            None => Ok(()),
        };
        // Before it is opened, which alone does something with some devices, and after: it may be another by then.
        must_be_file(fs::metadata(path))?;
        if leads_to_another_kind(path).map_err(|cause| unreadable(&cause))? {
            return Err(Error::Source {
                path: shown,
                why: "is a link to a file outside of the project that is of another kind, and was not read"
                    .to_owned(),
                help: Some("name the file itself if it is meant".to_owned()),
            });
        }
        let file = open(path).map_err(|cause| unreadable(&cause))?;
        must_be_file(file.metadata())?;
        text_of(file, &shown, most)
    }

    fn is_file(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir())
    }

    fn list(&self, folder: &Path, visit: &mut dyn FnMut(&Path)) -> Entries {
        match fs::metadata(folder) {
            Err(cause) if is_missing(&cause) => return Entries::Missing,
            Err(cause) => return Entries::Unreadable(reason(&cause)),
            Ok(metadata) if !metadata.is_dir() => {
                return Entries::File;
            }
            Ok(_) => {}
        }
        let mut count = 0;
        let entries = WalkDir::new(folder).min_depth(1).follow_links(false).into_iter();
        for entry in entries.filter_entry(|entry| entry.file_name() != ".git") {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Entries::Unreadable(walk_reason(folder, error)),
            };
            if entry.file_type().is_dir() {
                continue;
            }
            count += 1;
            if count > MAX_FILES {
                return Entries::Unreadable(format!("it holds more than {MAX_FILES} files"));
            }
            visit(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
        }
        Entries::Listed
    }
}

/// What is read to its end, if that is text of at most `most` bytes.
pub(super) fn text_of(from: impl Read, shown: &str, most: u64) -> Result<String> {
    let fail = |why: String, help| Err(Error::Source { path: shown.to_owned(), why, help });
    let mut bytes = Vec::new();
    if let Err(cause) = from.take(most + 1).read_to_end(&mut bytes) {
        return fail(format!("cannot be read: {}", reason(&cause)), None);
    }
    if bytes.len() as u64 > most {
        return fail(format!("is larger than {} MiB and was not read", most / 1024 / 1024), None);
    }
    String::from_utf8(bytes).or_else(|error| {
        let (why, help) = not_text(error.as_bytes(), error.utf8_error().valid_up_to());
        fail(why, Some(help))
    })
}

/// A path as a person is shown it.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Whether a path is a link by which a project would have a file of the machine read and shown: one that leads out of
/// the project, and to no file of the same kind.
fn leads_to_another_kind(path: &Path) -> io::Result<bool> {
    if !path.symlink_metadata()?.is_symlink() {
        return Ok(false);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let target = path.canonicalize()?;
    let is_inside = target.starts_with(place::project_root(&folder.canonicalize()?));
    Ok(!is_inside && target.extension() != path.extension())
}

/// Opens without waiting for the other end of a pipe.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Why what was opened is nothing to read, and what would be.
fn not_a_file(kind: fs::FileType) -> Option<(&'static str, Option<&'static str>)> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some(("is a folder", Some("name the stack file in it")))
    } else if kind.is_fifo() {
        Some(("is a pipe and was not read", Some("write the text to a file first")))
    } else if kind.is_socket() {
        Some(("is a socket and was not read", None))
    } else {
        Some(("is a device and was not read", None))
    }
}

/// Says where a file stops being UTF-8.
fn not_text(bytes: &[u8], valid: usize) -> (String, String) {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        return ("is UTF-16, not UTF-8".to_owned(), "save it as UTF-8".to_owned());
    }
    let before = &bytes[..valid];
    let line_number = before.split(|byte| *byte == b'\n').count();
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
    let byte = bytes.get(valid).copied().unwrap_or_default();
    (
        format!(
            "is not UTF-8: line {line_number}, column {column} holds the byte 0x{byte:02x} (offset {valid})"
        ),
        "save it as UTF-8; if it is text at all, it is probably Latin-1".to_owned(),
    )
}

/// Whether the system says that there is nothing at a path.
pub(super) fn is_missing(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The reason with the place below `folder`, so that no path of the machine is named.
fn walk_reason(folder: &Path, error: walkdir::Error) -> String {
    let below = error.path().and_then(|path| path.strip_prefix(folder).ok()).map(shown);
    let cause = error.into_io_error().map_or_else(|| "it goes in circles".to_owned(), |cause| reason(&cause));
    match below {
        Some(path) if !path.is_empty() => format!("{cause}: `{path}`"),
        _ => cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MAX_STACK_BYTES;

    fn message(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.stack");
        fs::write(&path, bytes).unwrap();
        let error = Disk.read_text(&path, MAX_STACK_BYTES).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string().replace(&shown(folder.path()), "DIR")
    }

    #[test]
    fn a_file_that_is_not_text_is_refused_at_its_place() {
        assert_eq!(
            message(b"stack a\n# caf\xe9\n"),
            "`DIR/a.stack` is not UTF-8: line 2, column 6 holds the byte 0xe9 (offset 13)"
        );
        assert_eq!(message(b"\xff\xfea\0"), "`DIR/a.stack` is UTF-16, not UTF-8");
    }

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| Disk.read_text(path, MAX_STACK_BYTES).unwrap_err();
        assert!(error(folder.path()).to_string().ends_with("is a folder"));
        assert_eq!(error(folder.path()).help().as_deref(), Some("name the stack file in it"));
        assert!(error(&folder.path().join("none")).to_string().ends_with("does not exist"));
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &fifo,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        assert!(error(&fifo).to_string().ends_with("is a pipe and was not read"));
        assert_eq!(error(Path::new("/dev/zero")).to_string(), "`/dev/zero` is a device and was not read");
    }

    #[test]
    fn a_link_shows_no_file_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("project/.git")).unwrap();
        fs::create_dir(path("project/deploy")).unwrap();
        for name in ["credentials", "shared.stack", "project/notes"] {
            fs::write(path(name), "text").unwrap();
        }
        let read = |target: &str| {
            let link = path("project/deploy/a.stack");
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(target, &link).unwrap();
            Disk.read_text(&link, MAX_STACK_BYTES)
                .map_err(|error| error.to_string().replace(&shown(folder.path()), "DIR"))
        };
        assert_eq!(
            read("../../credentials").unwrap_err(),
            "`DIR/project/deploy/a.stack` is a link to a file outside of the project that is of another kind, and was \
             not read"
        );
        assert_eq!(read("../../shared.stack").unwrap(), "text");
        assert_eq!(read("../notes").unwrap(), "text");
        assert_eq!(read("none").unwrap_err(), "`DIR/project/deploy/a.stack` does not exist");
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        File::create(&path).unwrap().set_len(MAX_STACK_BYTES + 1).unwrap();
        let error = Disk.read_text(&path, MAX_STACK_BYTES).unwrap_err();
        assert!(error.to_string().ends_with("is larger than 2 MiB and was not read"), "{error}");
    }

    #[test]
    fn folders_are_walked_without_following_links() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/x.css"), "").unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("a/root")).unwrap();
        let mut found = Vec::new();
        assert!(matches!(Disk.list(folder.path(), &mut |path| found.push(shown(path))), Entries::Listed));
        found.sort();
        assert_eq!(found, ["a/b/x.css", "a/root"]);
    }
}
