//! Makes the files of declared secrets. Existing ones are never opened, and values are never shown.

use std::path::{Path, PathBuf};

use rustix::fs::Mode;

use super::disk::{Disk, shown};
use super::error::{Error, Result};
use super::folder::{Folder, Found, split};
use super::ignore::{self, IgnoreFile};
use super::staged::{Attributes, discard, put_new, stage};
use super::{Files, facts, place};
use crate::model::path::HostPath;
use crate::model::stack::TlsFile;
use crate::source::MAX_FILE_BYTES;

/// How many random bytes a new secret holds.
const RANDOM_BYTES: usize = 32;
/// Compose mounts files with the mode that they have: any user of a container must be able to read it, and the
/// folder around it keeps everybody else on the host away.
const MOUNTED_MODE: Mode = Mode::from_raw_mode(0o444);
/// A file that only a build reads.
const PRIVATE_MODE: Mode = Mode::from_raw_mode(0o600);
/// The folder around secrets.
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o700);

/// A declared secret that is kept in a file.
#[derive(Clone, Copy)]
pub struct SecretFile<'a> {
    /// Where, from the stack file.
    pub path: &'a HostPath,
    /// Whether a container reads it at run time.
    pub at_run_time: bool,
    /// What is to stand in it; something random if that is nobody's concern. Never shown.
    pub value: Option<&'a str>,
    /// Whether it is a key for ssh, in whose place random bytes are of no use.
    pub is_key: bool,
    /// What it is for TLS, if it is: then it is not made.
    pub tls: Option<TlsFile>,
}

impl SecretFile<'_> {
    fn mode(&self) -> Mode {
        if self.at_run_time { MOUNTED_MODE } else { PRIVATE_MODE }
    }
}

/// What became of one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A file with a new random value was made.
    Made,
    /// A file was there.
    Present,
    /// It is not ours to make; why.
    Left(String),
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order asked for.
    pub outcomes: Vec<Outcome>,
    /// The lines that were added, and the `.gitignore` they were added to, from the project's root.
    pub ignored: Option<(String, Vec<String>)>,
    /// Folders around secrets that others can look into, from the stack file, with their mode in octal.
    pub open_folders: Vec<(String, String)>,
}

/// Makes every file that is missing, and has git ignore all of them.
pub fn init(secrets: &[SecretFile<'_>], stack_dir: &Path) -> Result<Report> {
    let resolved = stack_dir.canonicalize();
    let stack_dir = resolved.as_deref().unwrap_or(stack_dir);
    let root = place::project_root(stack_dir);
    let places: Vec<std::result::Result<String, String>> =
        secrets.iter().map(|secret| below_root(secret.path, stack_dir, &root)).collect();
    let mut report = Report {
        // First, so that no secret is ever there without being ignored.
        ignored: ignore_all(places.iter().flatten(), stack_dir, &root)?,
        ..Report::default()
    };
    let folder = Folder::open(&root)
        .and_then(|folder| folder.lock().map(|()| folder))
        .map_err(|cause| Error::system("open the project's folder", cause))?;
    for (secret, place) in secrets.iter().zip(&places) {
        let outcome = match place {
            Ok(path) => make(&folder, path, secret)?,
            Err(_) if is_there(secret.path, stack_dir) => Outcome::Present,
            Err(why) => Outcome::Left(why.clone()),
        };
        report.outcomes.push(outcome);
        if let Ok(path) = place {
            note_open_folder(&folder, path, secret.path, &mut report.open_folders);
        }
    }
    Ok(report)
}

/// The files that are there and hold something else than they are to hold, or are no files, or are not ours to make. Only
/// secrets whose value is at hand are looked at: to tell, their files are opened.
pub fn taken(secrets: &[SecretFile<'_>], stack_dir: &Path) -> Result<Vec<String>> {
    let resolved = stack_dir.canonicalize();
    let stack_dir = resolved.as_deref().unwrap_or(stack_dir);
    let root = place::project_root(stack_dir);
    let folder = Folder::open(&root).map_err(|cause| Error::system("open the project's folder", cause))?;
    let mut taken = Vec::new();
    for secret in secrets {
        let Some(value) = secret.value else { continue };
        let is_free = match below_root(secret.path, stack_dir, &root) {
            Err(_) => false,
            Ok(path) => {
                let failed = |cause| Error::system(format!("look at `{}`", secret.path), cause);
                match folder.look(&path).map_err(failed)? {
                    Found::Missing => true,
                    Found::File(file) => file.bytes.trim_ascii_end() == value.trim_ascii_end().as_bytes(),
                    Found::Link(_) | Found::Other { .. } => false,
                }
            }
        };
        if !is_free {
            taken.push(secret.path.to_string());
        }
    }
    Ok(taken)
}

/// Whether a secret's file is there. It is not opened.
pub fn is_there(path: &HostPath, stack_dir: &Path) -> bool {
    facts::locate(path, stack_dir).is_some_and(|path| Disk.is_file(&path))
}

/// The path from the project's root, or why the file is not ours to make.
fn below_root(path: &HostPath, stack_dir: &Path, root: &Path) -> std::result::Result<String, String> {
    let located = facts::locate(path, stack_dir).map(|path| place::normal(&path));
    let below = located.as_deref().and_then(|path| path.strip_prefix(root).ok());
    match below {
        Some(below) if below.file_name().is_some() => Ok(shown(below)),
        _ => Err("it lies outside of the project: make it yourself".to_owned()),
    }
}

fn make(root: &Folder, path: &str, secret: &SecretFile<'_>) -> Result<Outcome> {
    let failed = |cause: std::io::Error| Error::system(format!("make `{}`", secret.path), cause);
    let (folder, name) = split(path);
    if let Ok(folder) = root.existing(folder) {
        // What a killed run left behind; mostly there is nothing.
        discard(&folder, name);
    }
    match root.look_without_opening(path).map_err(failed)? {
        Some(Found::Missing) if secret.is_key => {
            let path = place::quoted(secret.path.as_str());
            return Ok(Outcome::Left(format!(
                "it is a key: `ssh-keygen -t ed25519 -N '' -f {path}` makes one"
            )));
        }
        Some(Found::Missing) => match secret.tls {
            None => {}
            Some(TlsFile::Certificate) => {
                return Ok(Outcome::Left(
                    "it is a certificate, which an authority makes: put it there".to_owned(),
                ));
            }
            Some(TlsFile::Key) => {
                return Ok(Outcome::Left(
                    "it is the key of a certificate: put it there with that".to_owned(),
                ));
            }
        },
        None | Some(Found::File(_)) => return Ok(Outcome::Present),
        Some(Found::Other { at, .. }) if at == path => return Ok(Outcome::Present),
        Some(Found::Other { at, what }) => return Ok(Outcome::Left(format!("`{at}` is {what}"))),
        // A link to a file is how some people keep their secrets elsewhere; a dangling one needs a person.
        Some(Found::Link(link)) if link == path => return Ok(Outcome::Present),
        Some(Found::Link(link)) => {
            return Ok(Outcome::Left(format!("it lies behind the link `{link}`: make it yourself")));
        }
    }
    let mut new = Vec::new();
    let value = secret.value.map_or_else(random_text, |value| Ok(value.to_owned()))?;
    let placed = root.descend(folder, FOLDER_MODE, &mut new).and_then(|folder| {
        // With its final mode from the first byte on.
        let private = Attributes::private(secret.mode());
        stage(&folder, name, value.as_bytes(), secret.mode(), Some(private))?;
        put_new(&folder, name)
    });
    match placed {
        Ok(true) => Ok(Outcome::Made),
        Ok(false) => Ok(Outcome::Present),
        Err(cause) => {
            for folder in new.iter().rev() {
                let _ = root.remove_if_empty(folder);
            }
            Err(failed(cause))
        }
    }
}

/// Random bytes in the alphabet of RFC 4648, section 5: safe in URLs, files and shells.
fn random_text() -> Result<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::system("get random bytes", std::io::Error::other(error.to_string())))?;
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * index) & 0x3f) as usize]));
        }
    }
    Ok(text)
}

fn note_open_folder(root: &Folder, path: &str, secret: &HostPath, open: &mut Vec<(String, String)>) {
    let Ok(mode) = root.existing(split(path).0).and_then(|folder| folder.mode()) else { return };
    let folder = match split(secret.as_str()).0 {
        "" => ".".to_owned(),
        folder => folder.to_owned(),
    };
    if mode.intersects(Mode::RWXG | Mode::RWXO) && open.iter().all(|(name, _)| *name != folder) {
        open.push((folder, format!("{:03o}", mode.as_raw_mode())));
    }
}

/// Adds what git does not ignore yet to a `.gitignore`: that of the stack's folder if there is one, else that of
/// the project's root.
fn ignore_all<'a>(
    paths: impl Iterator<Item = &'a String>,
    stack_dir: &Path,
    root: &Path,
) -> Result<Option<(String, Vec<String>)>> {
    let home = if stack_dir.join(".gitignore").symlink_metadata().is_ok() { stack_dir } else { root };
    let home_below = home.strip_prefix(root).map(shown).unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for path in paths {
        let below_home = match home_below.as_str() {
            "" => Some(path.as_str()),
            home => path.strip_prefix(home).and_then(|rest| rest.strip_prefix('/')),
        };
        let files = ignore_files(path, root)?;
        // Outside of the stack's folder, its `.gitignore` says nothing; the root's then has to be edited by hand.
        let Some(below_home) = below_home else { continue };
        let line = ignore::line_for(below_home);
        if !ignore::is_ignored(path, &files) && !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let path = home.join(".gitignore");
    let failed = |cause: std::io::Error| Error::system("write `.gitignore`", cause);
    let folder = Folder::open(home).map_err(failed)?;
    let old = match folder.look(".gitignore").map_err(failed)? {
        Found::Missing => String::new(),
        Found::File(_) => Disk.read_text(&path, MAX_FILE_BYTES)?,
        Found::Link(_) | Found::Other { .. } => {
            return Err(failed(std::io::Error::other("it is not a file")));
        }
    };
    folder.replace(".gitignore", ignore::with_lines(&old, &lines).as_bytes()).map_err(failed)?;
    let name =
        if home_below.is_empty() { ".gitignore".to_owned() } else { format!("{home_below}/.gitignore") };
    Ok(Some((name, lines)))
}

/// The `.gitignore` files that speak of a path, from the root inwards.
fn ignore_files(path: &str, root: &Path) -> Result<Vec<IgnoreFile>> {
    let mut files = Vec::new();
    let folders = [""].into_iter().chain(path.match_indices('/').map(|(at, _)| &path[..at]));
    for folder in folders {
        let file: PathBuf = root.join(folder).join(".gitignore");
        if file.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            files
                .push(IgnoreFile { folder: folder.to_owned(), text: Disk.read_text(&file, MAX_FILE_BYTES)? });
        }
    }
    Ok(files)
}
