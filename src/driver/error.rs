//! What can go wrong between this program and the system, said once and with the exit code that follows.

use std::fmt;
use std::io;

use rustix::io::Errno;

use super::plan::Refusal;

/// A failure of the environment, or a refusal to harm it. What is wrong in a stack file is a diagnostic instead.
#[derive(Debug)]
pub enum Error {
    /// The command line cannot be followed.
    Usage {
        /// What is wrong.
        what: String,
        /// How it should be.
        help: String,
    },
    /// A source cannot be read, or is nothing that can be understood.
    Source {
        /// The path as it was given.
        path: String,
        /// Why, to follow the path.
        why: String,
        /// What to do.
        help: Option<String>,
    },
    /// Files would be overwritten that are not ours to overwrite; nothing was written.
    Refused(Vec<Refusal>),
    /// The manifest cannot be trusted; nothing was written.
    Manifest {
        /// Its path.
        path: String,
        /// What is wrong with it.
        why: String,
        /// What to do.
        help: String,
    },
    /// The system would not do something.
    System {
        /// What was tried, to follow "cannot".
        doing: String,
        /// What the system said.
        cause: io::Error,
    },
}

/// The result of the driver.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of the system.
    pub fn system(doing: impl Into<String>, cause: impl Into<io::Error>) -> Self {
        Self::System { doing: doing.into(), cause: cause.into() }
    }

    /// The exit code that follows from it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Refused(_) | Error::Manifest { .. } => 1,
            Error::Source { .. } => 2,
            Error::Usage { .. } => 3,
            Error::System { .. } => 4,
        }
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Error::Usage { help, .. } | Error::Manifest { help, .. } => Some(help.clone()),
            Error::Source { help, .. } => help.clone(),
            Error::Refused(refusals) => Some(refusals_help(refusals)),
            Error::System { cause, .. } => system_help(cause).map(str::to_owned),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Usage { what, .. } => f.write_str(what),
            Error::Source { path, why, .. } => write!(f, "`{path}` {why}"),
            Error::Refused(refusals) if refusals.len() == 1 => {
                f.write_str("nothing was written: a file is in the way")
            }
            Error::Refused(refusals) => {
                write!(f, "nothing was written: {} files are in the way", refusals.len())
            }
            Error::Manifest { path, why, .. } => write!(f, "nothing was written: `{path}` {why}"),
            Error::System { doing, cause } => write!(f, "cannot {doing}: {}", reason(cause)),
        }
    }
}

impl std::error::Error for Error {}

fn refusals_help(refusals: &[Refusal]) -> String {
    if refusals.iter().all(Refusal::can_be_forced) {
        "`--diff` shows what would change, `--force` overwrites".to_owned()
    } else {
        "move what is in the way, or write to another folder with `-o DIR`".to_owned()
    }
}

fn system_help(cause: &io::Error) -> Option<&'static str> {
    let help = match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room and run the command again; every file is either as before or complete"
        }
        io::ErrorKind::ReadOnlyFilesystem => "`stackc build -o DIR` writes to another folder",
        io::ErrorKind::PermissionDenied => "check who owns the file and its folder, and who may write there",
        _ if cause.raw_os_error() == Some(Errno::IO.raw_os_error()) => {
            "the disk is failing, or the connection to it: the system's log says more; once it works, run the \
             command again; every file is either as before or complete"
        }
        _ if cause.raw_os_error().is_some() => {
            "run the command again once that is put right; every file is either as before or complete"
        }
        _ => return None,
    };
    Some(help)
}

/// What the system said, in a few words and without its number.
pub fn reason(cause: &io::Error) -> String {
    let text = match cause.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::StorageFull => "the disk is full",
        io::ErrorKind::QuotaExceeded => "the disk quota is used up",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        io::ErrorKind::NotADirectory => "a part of the path is not a folder",
        _ if cause.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => "a part of the path is a link",
        _ => return without_number(&cause.to_string()),
    };
    text.to_owned()
}

/// `Input/output error (os error 5)` without its last part.
fn without_number(text: &str) -> String {
    match text.rfind(" (os error ") {
        Some(at) => text[..at].to_lowercase(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_quoted_without_numbers() {
        assert_eq!(reason(&io::Error::from_raw_os_error(5)), "input/output error");
        assert_eq!(reason(&io::Error::from_raw_os_error(28)), "the disk is full");
        let error = Error::system("write `a`", io::Error::from_raw_os_error(30));
        assert_eq!(error.to_string(), "cannot write `a`: the file system is read-only");
        assert_eq!(error.exit_code(), 4);
    }
}
