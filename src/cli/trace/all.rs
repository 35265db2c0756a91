//! `--all`: what nginx answers for every file of every static root.

use std::cell::RefCell;

use super::subject::{Asked, Subject};
use super::walk::Walk;
use super::{Format, Template};
use crate::cli::DONE;
use crate::cli::console::Console;
use crate::driver::container::Container;
use crate::http::wrong::should_be;
use crate::render::trace::{ServedFile, note};
use crate::render::visible;
use crate::request::{self, About, Alike, Answer, Entry, Files, Outcome, Remembered, Response};
use crate::source::Span;

/// Shows a row for every file, and then the lines that give wrong types.
pub(super) fn run(subject: &Subject, template: &Template, format: Format, console: &mut Console) -> u8 {
    let mut notes = Vec::new();
    let mut wrong: Vec<Wrong<'_>> = Vec::new();
    let mut any = false;
    for asked in &subject.asked {
        let alike = Alike::new(&asked.config);
        for root in asked.config.static_roots() {
            any = true;
            let mut request = template.to(&root);
            let files = WithFile { container: &asked.container, path: RefCell::default() };
            let mut remembered = alike.as_ref().map(Remembered::<Known>::new);
            let mut visit = |path: &str, uri: &str| {
                let class = remembered.as_mut().and_then(|remembered| remembered.class(uri));
                let known = remembered.as_ref().zip(class).and_then(|(known, class)| known.get(class));
                if let Some(known) = known {
                    if let Some(found) = known.wrong {
                        wrong[found].count += 1;
                    }
                    return console.out_parts(&[&known.before, uri, &known.behind]);
                }
                uri.clone_into(&mut request.target);
                path.clone_into(&mut files.path.borrow_mut());
                let answer = request::answer(&asked.config, &request, &files);
                let because = wrong_type(path, &answer);
                let found = because.map(|because| because.count(asked, uri, &mut wrong));
                let row = Row { uri, path, answer: &answer, because };
                match format {
                    Format::Text => {
                        let (before, behind) = row.text(subject, asked);
                        console.out_parts(&[&before, uri, &behind]);
                        let is_sent = response(&answer).is_some_and(|response| response.file() == Some(path));
                        if let (Some(remembered), Some(class), true) = (&mut remembered, class, is_sent) {
                            remembered.insert(class, Known { before, behind, wrong: found });
                        }
                    }
                    Format::Json => console.out(&row.json(subject, asked)),
                }
            };
            Walk::new(&asked.container, &mut visit, &mut notes).root(&root);
            let folder = root.folder.trim_end_matches('/');
            for kind in asked.said.iter().filter(|kind| kind.folder == folder) {
                let name = format!("*.{}", kind.extension);
                visit(&format!("{folder}/{name}"), &format!("{}{name}", root.prefix));
            }
        }
    }
    if format == Format::Text {
        wrong.sort_by_key(|found| found.span);
        console.out(&summary(subject, &wrong));
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
    DONE
}

/// What was said of a file that others of its folder are like.
#[derive(Debug, Default)]
struct Known {
    before: String,
    behind: String,
    /// Its place among the wrong types.
    wrong: Option<usize>,
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

/// What is said of a file.
struct Row<'a> {
    uri: &'a str,
    path: &'a str,
    answer: &'a Answer,
    because: Option<Because<'a>>,
}

impl Row<'_> {
    /// For a person: status and type, which stand before the path, and behind it what is not as it should be.
    fn text(&self, subject: &Subject, asked: &Asked) -> (String, String) {
        let place = |span: Option<Span>| {
            let spot = span.and_then(|span| subject.spot(asked, span));
            spot.map(|spot| format!(", {}", spot.place())).unwrap_or_default()
        };
        let row = |status: &str, what: &str, rest: &str| {
            let gap = if rest.is_empty() { "" } else { "  " };
            let visible = |text: String| visible::line(&text).into_owned();
            (visible(format!("{status:<4} {what:<38} ")), visible(format!("{gap}{rest}")) + "\n")
        };
        match &self.answer.outcome {
            Outcome::Decided(response) => {
                let rest = match (response.file(), self.because) {
                    (_, Some(because)) => format!("should be {}{}", because.expected, place(because.span)),
                    (Some(file), None) if file == self.path => String::new(),
                    (Some(file), None) => format!("{file} answers"),
                    (None, None) => {
                        let is_cause = |about: About| !matches!(about, About::Type | About::Error);
                        let step = self.answer.chain.iter().rfind(|step| is_cause(step.about));
                        step.map(|step| format!("{}{}", step.said, place(step.span))).unwrap_or_default()
                    }
                };
                let mime = response.content_type.as_deref().unwrap_or("-");
                row(&response.status.to_string(), mime, &rest)
            }
            Outcome::Closed => row("-", "-", "the connection is closed"),
            Outcome::Passed(passed) => {
                let to = passed.to.as_deref().unwrap_or("another server");
                row("-", &passed.by, &format!("{to} answers{}", place(Some(passed.span))))
            }
            Outcome::Undecided(undecided) => {
                row("?", "?", &format!("undecided: {}{}", undecided.reason, place(undecided.span)))
            }
        }
    }

    /// For a program.
    fn json(&self, subject: &Subject, asked: &Asked) -> String {
        let answer = self.answer;
        let response = response(answer);
        let reason = match &answer.outcome {
            Outcome::Decided(_) => None,
            Outcome::Closed => Some("nginx closes the connection without an answer"),
            Outcome::Passed(_) => Some("another server answers"),
            Outcome::Undecided(undecided) => Some(undecided.reason.as_str()),
        };
        let row = ServedFile {
            of: self.path,
            url: self.uri,
            decided: matches!(answer.outcome, Outcome::Decided(_) | Outcome::Closed),
            reason,
            status: response.map(|response| response.status),
            content_type: response.and_then(|response| response.content_type.as_deref()),
            location: response.and_then(|response| response.location.as_deref()),
            file: response.and_then(Response::file),
            server: answer.server.as_ref().map(|server| server.name.as_str()),
            route: answer.route.as_ref().map(|route| route.name.as_str()),
            should_be: self.because.map(|because| because.expected),
            because_of: self.because.and_then(|because| subject.spot(asked, because.span?)),
        };
        row.json()
    }
}

fn response(answer: &Answer) -> Option<&Response> {
    match &answer.outcome {
        Outcome::Decided(response) => Some(response),
        Outcome::Closed | Outcome::Passed(_) | Outcome::Undecided(_) => None,
    }
}

/// A wrong type: the one that a file has and the one that it should have, and the line that the first comes from.
#[derive(Clone, Copy, Debug)]
struct Because<'a> {
    served: &'a str,
    expected: &'static str,
    span: Option<Span>,
}

/// Whether a file is served, and with a type of which a browser makes something else.
fn wrong_type<'a>(path: &str, answer: &'a Answer) -> Option<Because<'a>> {
    let response = response(answer).filter(|response| response.file() == Some(path))?;
    let (stem, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    let served = response.content_type.as_deref().filter(|_| !stem.is_empty())?;
    let expected = should_be(extension, served)?;
    let around = answer.route.as_ref().or(answer.server.as_ref()).map(|place| place.span);
    Some(Because { served, expected, span: response.type_span.or(around) })
}

/// Files to which one line gives one wrong type.
struct Wrong<'a> {
    asked: &'a Asked,
    span: Option<Span>,
    served: String,
    expected: &'static str,
    /// The first of them, as it is asked for.
    first: String,
    count: usize,
}

impl Because<'_> {
    /// Adds a file to the wrong ones; their place.
    fn count<'a>(self, asked: &'a Asked, uri: &str, found: &mut Vec<Wrong<'a>>) -> usize {
        let Self { served, expected, span } = self;
        let same = |other: &Wrong<'a>| {
            std::ptr::eq(other.asked, asked)
                && other.span == span
                && other.expected == expected
                && other.served == served
        };
        if let Some(at) = found.iter().position(same) {
            found[at].count += 1;
            return at;
        }
        let (served, first) = (served.to_owned(), uri.to_owned());
        found.push(Wrong { asked, span, served, expected, first, count: 1 });
        found.len() - 1
    }
}

/// The lines that give wrong types, with the files concerned.
fn summary(subject: &Subject, wrong: &[Wrong<'_>]) -> String {
    let mut out = String::new();
    let mut before: Option<Span> = None;
    for found in wrong {
        if out.is_empty() || before != found.span {
            let spot = found.span.and_then(|span| subject.spot(found.asked, span));
            let line = spot.map(|spot| format!("{}: {}", spot.place(), spot.text)).unwrap_or_default();
            out.push_str(&format!("\n{}\n", visible::line(&line)));
            before = found.span;
        }
        let more = match found.count {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let line = format!("  {}{more}: {} should be {}", found.first, found.served, found.expected);
        out.push_str(&format!("{}\n", visible::line(&line)));
    }
    out
}
