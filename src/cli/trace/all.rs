//! `--all`: what nginx answers for every file of every static root.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use super::subject::{Asked, Subject};
use super::{Format, Template};
use crate::cli::DONE;
use crate::cli::console::Console;
use crate::driver::Result;
use crate::driver::container::{Container, Named};
use crate::driver::error::reason;
use crate::http::wrong::should_be;
use crate::render::trace::{Spot, note};
use crate::request::{self, About, Answer, Entry, Files, Outcome, Request, Response, StaticRoot};
use crate::source::Span;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 256;

/// So many files are looked at; a tree of links has no end.
const MOST_FILES: usize = 2_000_000;

/// Shows a row for every file.
pub(super) fn run(
    subject: &Subject,
    template: &Template,
    format: Format,
    console: &mut Console,
) -> Result<u8> {
    let mut notes = Vec::new();
    let mut any = false;
    for asked in &subject.asked {
        for root in asked.config.static_roots() {
            any = true;
            let files = WithFile { container: &asked.container, path: RefCell::default() };
            let mut walk = Walk {
                subject,
                asked,
                root: &root,
                request: template.to(&root),
                files,
                format,
                console,
                notes: &mut notes,
                links: BTreeSet::new(),
                count: 0,
            };
            walk.run();
        }
    }
    if !any {
        notes.push("no location serves files".to_owned());
    }
    notes.extend(subject.notes.iter().cloned());
    notes.dedup();
    for text in notes {
        let look = console.err_look();
        console.err(&note(&text, &look));
    }
    Ok(DONE)
}

/// One static root, walked.
struct Walk<'a> {
    subject: &'a Subject,
    asked: &'a Asked,
    root: &'a StaticRoot,
    request: Request,
    files: WithFile<'a>,
    format: Format,
    console: &'a mut Console,
    notes: &'a mut Vec<String>,
    /// The folders that links led to.
    links: BTreeSet<PathBuf>,
    count: usize,
}

impl Walk<'_> {
    fn run(&mut self) {
        let folder = match self.root.folder.trim_end_matches('/') {
            "" => String::new(),
            folder => folder.to_owned(),
        };
        // With `alias`, what follows the prefix is put behind the folder as it is.
        let prefix = self.root.prefix.trim_end_matches('/').to_owned();
        self.folder(&folder, &prefix, 0);
    }

    fn folder(&mut self, folder: &str, uri: &str, depth: usize) {
        let shown = if folder.is_empty() { "/" } else { folder };
        if depth > DEEPEST {
            self.notes.push(format!("`{shown}` is too deep to be looked into"));
            return;
        }
        let listed = match self.asked.container.list(shown) {
            Some(Ok(listed)) => listed,
            None => {
                self.notes.push(format!("which files there are in `{shown}` is not known"));
                return;
            }
            Some(Err(cause)) if cause.kind() == io::ErrorKind::NotFound => {
                self.notes.push(format!("`{shown}` does not exist"));
                return;
            }
            Some(Err(cause)) => {
                self.notes.push(format!("`{shown}` cannot be read: {}", reason(&cause)));
                return;
            }
        };
        if listed.unnamed > 0 {
            self.notes.push(format!("{} names in `{shown}` are not UTF-8 and left out", listed.unnamed));
        }
        for (name, kind) in &listed.names {
            if self.count >= MOST_FILES {
                return;
            }
            let path = format!("{folder}/{name}");
            let uri = format!("{uri}/{}", escaped(name));
            match kind {
                Named::File => self.file(path, &uri),
                Named::Folder => self.folder(&path, &uri, depth + 1),
                Named::Other => match self.asked.container.entry(&path) {
                    Entry::File | Entry::Unreadable => self.file(path, &uri),
                    Entry::Folder => {
                        let target = self.asked.container.host_path(&path);
                        if target.is_some_and(|target| self.links.insert(target)) {
                            self.folder(&path, &uri, depth + 1);
                        }
                    }
                    Entry::Missing | Entry::Closed | Entry::Special | Entry::Unknown => {}
                },
            }
        }
    }

    fn file(&mut self, path: String, uri: &str) {
        self.count += 1;
        if self.count == MOST_FILES {
            self.notes.push(format!("only the first {MOST_FILES} files are shown"));
        }
        uri.clone_into(&mut self.request.target);
        self.files.path.replace(path);
        let answer = request::answer(&self.asked.config, &self.request, &self.files);
        let path = self.files.path.borrow();
        match self.format {
            Format::Text => {
                self.console.say(&text(uri, &path, &answer, &|span| self.subject.spot(self.asked, span)))
            }
            Format::Json => {}
        }
    }
}

/// A row for a person: status, type, path, and what is not as it should be.
fn text(uri: &str, path: &str, answer: &Answer, spot: &dyn Fn(Span) -> Option<Spot>) -> String {
    let place = |span: Option<Span>| {
        span.and_then(spot).map(|spot| format!(", {}", spot.place())).unwrap_or_default()
    };
    match &answer.outcome {
        Outcome::Decided(response) => {
            let mime = response.content_type.as_deref().unwrap_or("-");
            let row = format!("{:<4} {mime:<36} {uri}", response.status);
            match response.file() {
                Some(file) if file == path => match wrong(path, response) {
                    Some(expected) => {
                        let because = response.type_span.or(answer.route.as_ref().map(|route| route.span));
                        format!("{row}  should be {expected}{}", place(because))
                    }
                    None => row,
                },
                Some(file) => format!("{row}  {file} answers"),
                None => {
                    let why = answer.chain.iter().rev().find(|step| {
                        matches!(step.about, About::File | About::Rewrite | About::Access | About::Location)
                    });
                    let why = why.map(|step| format!("  {}{}", step.said, place(step.span)));
                    format!("{row}{}", why.unwrap_or_default())
                }
            }
        }
        Outcome::Closed => format!("{:<4} {:<36} {uri}  the connection is closed", "-", "-"),
        Outcome::Passed(passed) => {
            let to = passed.to.as_deref().unwrap_or("another server");
            format!("{:<4} {:<36} {uri}  {to} answers{}", "-", passed.by, place(Some(passed.span)))
        }
        Outcome::Undecided(undecided) => {
            format!("{:<4} {:<36} {uri}  undecided: {}{}", "?", "?", undecided.reason, place(undecided.span))
        }
    }
}

/// The type that a file should have, if a browser makes something else of the one that it has.
pub(super) fn wrong(path: &str, response: &Response) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let served = response.content_type.as_deref()?;
    if stem.is_empty() { None } else { should_be(extension, served) }
}

/// A name as a part of a path.
fn escaped(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    if name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let each = name.bytes().map(|byte| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    Cow::Owned(each.collect())
}

/// A file that is known to be there, before everything else.
struct WithFile<'a> {
    container: &'a Container,
    path: RefCell<String>,
}

impl Files for WithFile<'_> {
    fn entry(&self, path: &str) -> Entry {
        if *self.path.borrow() == path { Entry::File } else { self.container.entry(path) }
    }

    fn is_link(&self, path: &str) -> bool {
        self.container.is_link(path)
    }
}
