//! What nginx answers to a request, as a person and as a program is shown it. docs/trace.md describes the JSON.

use serde::Serialize;

use super::redact::{Masks, PLACEHOLDER};
use super::wrap::hanging;
use super::{Look, terminal, visible};
use crate::diagnostic::Severity;
use crate::request::{About, Answer, Body, Lost, Outcome, Request, Response, Step, Undecided};
use crate::source::{SourceMap, Span};

/// The most characters of a line of a configuration that are shown.
const LONGEST_LINE: usize = 100;

/// A line that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// The file as a person would type it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What stands on the line, without white space around it and without secrets.
    pub text: String,
    /// The line of an emitted file that was made from it, `docker/web/nginx.conf:31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emitted: Option<String>,
}

impl Spot {
    /// The line in which a span begins.
    pub fn new(sources: &SourceMap, span: Span, masks: &Masks, emitted: Option<String>) -> Self {
        let file = sources.file(span.file);
        let position = file.position(span.start);
        let range = file.line_range(position.line_number - 1);
        let mut text = String::new();
        let mut at = range.start;
        for mask in masks.overlapping(span.file, &range) {
            text.push_str(&file.text[at..mask.start.max(at)]);
            text.push_str(PLACEHOLDER);
            at = mask.end.clamp(at, range.end);
        }
        text.push_str(&file.text[at..range.end]);
        let mut cut: String = text.trim().chars().take(LONGEST_LINE).collect();
        if text.trim().chars().nth(LONGEST_LINE).is_some() {
            cut.push('…');
        }
        Self {
            file: file.name.clone(),
            line: position.line_number,
            column: position.column,
            text: cut,
            emitted,
        }
    }

    /// `nginx.conf:12`
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// A header of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// As it is written.
    pub name: String,
    /// With variables replaced.
    pub value: String,
}

/// Another server that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnsweredBy {
    /// `proxy_pass`
    pub by: String,
    /// `http://app:8000`, if it is known.
    pub to: Option<String>,
    /// The path and query that it is asked for, if that is known.
    pub target: Option<String>,
}

/// A decision on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// `server`, `location`, `type` and so on.
    pub about: &'static str,
    /// What was decided and why.
    pub said: String,
    /// The line that decides.
    pub at: Option<Spot>,
    /// The candidates that lost.
    pub lost: Vec<Loser>,
}

/// A candidate that lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loser {
    /// A line of the configuration, or a path.
    pub what: String,
    /// Why.
    pub why: String,
    /// Where it stands.
    pub at: Option<Spot>,
}

/// An answer with everything that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Of the request.
    pub method: String,
    /// As it was asked for.
    pub url: String,
    /// Whether nginx itself answers, and how is known.
    pub decided: bool,
    /// Why not; and of an answer without a status, what happens.
    pub reason: Option<String>,
    /// `200`
    pub status: Option<u16>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `Location`.
    pub location: Option<String>,
    /// The file that is sent, by its path in nginx's file system.
    pub file: Option<String>,
    /// The name of the server that answers.
    pub server: Option<String>,
    /// The location that answers, as it is written.
    pub route: Option<String>,
    /// What `add_header` adds.
    pub headers: Vec<Header>,
    /// `file`, `text`, `page`, `listing`, `pixel`, `counters` or `empty`.
    pub body: Option<&'static str>,
    /// The text of a `return`.
    pub text: Option<String>,
    /// Who answers in nginx's place.
    pub answered_by: Option<AnsweredBy>,
    /// Directives that change the body on its way.
    pub altered_by: Vec<String>,
    /// The file on this machine, from the stack file's folder.
    pub host_file: Option<String>,
    /// Where the server begins.
    pub server_at: Option<Spot>,
    /// Where the location begins.
    pub route_at: Option<Spot>,
    /// The line that the content type comes from.
    pub type_at: Option<Spot>,
    /// The line that is the reason.
    pub reason_at: Option<Spot>,
    /// The decisions, in order.
    pub chain: Vec<Decision>,
    /// What is to be known besides.
    pub notes: Vec<String>,
}

impl Document {
    /// Puts an answer together. `spot` says where a span was written, `host_file` where a file of nginx's is on this
    /// machine.
    pub fn new(
        request: &Request,
        url: &str,
        answer: &Answer,
        spot: &dyn Fn(Span) -> Option<Spot>,
        host_file: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let at = |span: Option<Span>| span.and_then(spot);
        let mut document = Self {
            method: request.method.clone(),
            url: url.to_owned(),
            decided: false,
            reason: None,
            status: None,
            content_type: None,
            location: None,
            file: None,
            server: answer.server.as_ref().map(|server| server.name.clone()),
            route: answer.route.as_ref().map(|route| route.name.clone()),
            headers: Vec::new(),
            body: None,
            text: None,
            answered_by: None,
            altered_by: Vec::new(),
            host_file: None,
            server_at: at(answer.server.as_ref().map(|server| server.span)),
            route_at: at(answer.route.as_ref().map(|route| route.span)),
            type_at: None,
            reason_at: None,
            chain: answer.chain.iter().map(|step| decision(step, spot)).collect(),
            notes: Vec::new(),
        };
        match &answer.outcome {
            Outcome::Decided(response) => document.answered(response, spot, host_file),
            Outcome::Closed => {
                document.decided = true;
                document.reason = Some("nginx closes the connection without an answer".to_owned());
            }
            Outcome::Passed(passed) => {
                let to = passed.to.as_deref().unwrap_or("another server");
                document.reason = Some(format!("`{}` has {to} answer", passed.by));
                document.reason_at = spot(passed.span);
                document.content_type.clone_from(&passed.content_type);
                document.answered_by = Some(AnsweredBy {
                    by: passed.by.clone(),
                    to: passed.to.clone(),
                    target: passed.target.clone(),
                });
            }
            Outcome::Undecided(Undecided { reason, span }) => {
                document.reason = Some(reason.clone());
                document.reason_at = at(*span);
            }
        }
        document
    }

    fn answered(
        &mut self,
        response: &Response,
        spot: &dyn Fn(Span) -> Option<Spot>,
        host_file: &dyn Fn(&str) -> Option<String>,
    ) {
        self.decided = true;
        self.status = Some(response.status);
        self.content_type.clone_from(&response.content_type);
        self.location.clone_from(&response.location);
        self.type_at = response.type_span.and_then(spot);
        let header = |(name, value): &(String, String)| Header { name: name.clone(), value: value.clone() };
        self.headers = response.headers.iter().map(header).collect();
        self.file = response.file().map(str::to_owned);
        self.host_file = self.file.as_deref().and_then(host_file);
        self.altered_by = response.altered_by.iter().map(|place| place.name.clone()).collect();
        self.body = Some(match &response.body {
            Body::File(_) => "file",
            Body::Text(text) => {
                self.text = Some(String::from_utf8_lossy(text).into_owned());
                "text"
            }
            Body::Page(_) => "page",
            Body::Listing(_) => "listing",
            Body::Pixel => "pixel",
            Body::Counters => "counters",
            Body::Empty => "empty",
        });
    }

    /// Takes texts that must not be shown out of what may hold them.
    pub fn hide(&mut self, values: &[&str]) {
        let texts = self.chain.iter_mut().flat_map(|decision| {
            let lost = decision.lost.iter_mut().flat_map(|lost| [&mut lost.what, &mut lost.why]);
            std::iter::once(&mut decision.said).chain(lost)
        });
        let headers = self.headers.iter_mut().map(|header| &mut header.value);
        let single = [&mut self.reason, &mut self.text, &mut self.location];
        for text in texts.chain(headers).chain(single.into_iter().flatten()) {
            for value in values {
                if text.contains(value) {
                    *text = text.replace(value, PLACEHOLDER);
                }
            }
        }
    }

    /// One object on a line of its own.
    pub fn json(&self) -> String {
        json_line(self)
    }

    /// The answer on a line, and the decisions below it.
    pub fn text(&self, look: &Look) -> String {
        let mut out = self.headline(look);
        for decision in &self.chain {
            out.push_str(&decision.show(look));
        }
        let is_said = |at: &&Spot| self.chain.iter().any(|decision| decision.at.as_ref() == Some(*at));
        if let Some(at) = self.reason_at.as_ref().filter(|at| !is_said(at)) {
            out.push_str(&row("reason", self.reason.as_deref().unwrap_or_default(), Some(at), look));
        }
        let headers = self.headers.iter().map(|header| format!("{}: {}", header.name, header.value));
        for (index, header) in headers.enumerate() {
            out.push_str(&row(if index == 0 { "headers" } else { "" }, &header, None, look));
        }
        if let Some(text) = &self.text {
            out.push_str(&row("body", &format!("{text:?}"), None, look));
        }
        if !self.altered_by.is_empty() {
            let by = format!("its body is changed on the way by `{}`", self.altered_by.join("`, `"));
            out.push_str(&row("body", &by, None, look));
        }
        if let Some(host_file) = &self.host_file {
            out.push_str(&row("here", host_file, None, look));
        }
        for note in &self.notes {
            out.push_str(&terminal::remark("note", note, look));
        }
        out
    }

    /// `200 text/css  /srv/static/site.css`
    fn headline(&self, look: &Look) -> String {
        let reason = self.reason.as_deref().unwrap_or_default();
        let line = match (self.status, &self.answered_by) {
            (Some(status), _) => {
                let mut line = status.to_string();
                line.extend(self.content_type.iter().flat_map(|mime| [" ", mime]));
                line.extend(self.location.iter().flat_map(|location| ["  to ", location]));
                line.extend(self.file.iter().flat_map(|file| ["  ", file]));
                line
            }
            (None, Some(by)) => {
                let target =
                    by.target.as_ref().map(|target| format!("  asked for {target}")).unwrap_or_default();
                format!("{reason}{target}")
            }
            (None, None) if self.decided => reason.to_owned(),
            (None, None) => format!("undecided: {reason}"),
        };
        let line = visible::line(&line);
        if look.colour { format!("\u{1b}[1m{line}\u{1b}[0m\n") } else { format!("{line}\n") }
    }
}

fn decision(step: &Step, spot: &dyn Fn(Span) -> Option<Spot>) -> Decision {
    let lost =
        |lost: &Lost| Loser { what: lost.what.clone(), why: lost.why.clone(), at: lost.span.and_then(spot) };
    Decision {
        about: about(step.about),
        said: step.said.clone(),
        at: step.span.and_then(spot),
        lost: step.lost.iter().map(lost).collect(),
    }
}

fn about(about: About) -> &'static str {
    match about {
        About::Path => "path",
        About::Server => "server",
        About::Location => "location",
        About::Rewrite => "rewrite",
        About::Access => "access",
        About::File => "file",
        About::Redirect => "redirect",
        About::Error => "error",
        About::Type => "type",
        About::Upstream => "upstream",
    }
}

impl Decision {
    fn show(&self, look: &Look) -> String {
        let mut out = row(self.about, &self.said, self.at.as_ref(), look);
        for lost in &self.lost {
            let at = lost.at.as_ref().map(|at| format!("  {}", at.place())).unwrap_or_default();
            let line = format!("not {}: {}{at}", lost.what, lost.why);
            out.push_str(&hanging(LOSER, &" ".repeat(LOSER.len() + 2), &visible::line(&line), look.width));
        }
        out
    }
}

/// The width of the words at the beginning of a line.
const INDENT: &str = "            ";
/// Where a candidate that lost begins.
const LOSER: &str = "              ";

/// What a line is about, what is said, and below it where that is written.
fn row(word: &str, said: &str, at: Option<&Spot>, look: &Look) -> String {
    let head = format!("  {word:<10}");
    let mut out = String::new();
    out.push_str(&hanging(&head, INDENT, &visible::line(said), look.width));
    if let Some(at) = at {
        let bar = if look.unicode { '│' } else { '|' };
        let line = format!("{} {bar} {}", at.place(), at.text);
        let line = visible::line(&line);
        let line = if look.colour { format!("\u{1b}[36m{line}\u{1b}[0m") } else { line.into_owned() };
        out.push_str(&format!("{INDENT}{line}\n"));
    }
    out
}

/// What a program is told of a line that is no request.
#[derive(Debug, Serialize)]
struct Failed<'a> {
    /// From 1.
    line: usize,
    error: &'a str,
}

/// The object in the place of an answer where a line of a file is no request.
pub fn failed_line(line: usize, error: &str) -> String {
    json_line(&Failed { line, error })
}

fn json_line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("texts and numbers are JSON");
    line.push('\n');
    line
}

/// A file that is served, as a program is told of it.
#[derive(Debug, Serialize)]
pub struct ServedFile<'a> {
    /// The file, by its path in nginx's file system.
    pub of: &'a str,
    /// The path that it is asked for under.
    pub url: &'a str,
    /// As in a [`Document`].
    pub decided: bool,
    /// As in a [`Document`].
    pub reason: Option<&'a str>,
    /// As in a [`Document`].
    pub status: Option<u16>,
    /// As in a [`Document`].
    pub content_type: Option<&'a str>,
    /// As in a [`Document`].
    pub location: Option<&'a str>,
    /// The file that answers; another one, if not `of`.
    pub file: Option<&'a str>,
    /// As in a [`Document`].
    pub server: Option<&'a str>,
    /// As in a [`Document`].
    pub route: Option<&'a str>,
    /// The type that the file should have, if a browser makes something else of the one that it has.
    pub should_be: Option<&'a str>,
    /// The line that the wrong type comes from.
    pub because_of: Option<Spot>,
}

impl ServedFile<'_> {
    /// One object on a line of its own.
    pub fn json(&self) -> String {
        json_line(self)
    }
}

/// Says that a note is one, for what stands beside a table.
pub fn note(text: &str, look: &Look) -> String {
    terminal::headline(Severity::Info, None, text, look)
}
