//! One request on its way through nginx's phases. Source: nginx's `src/http/ngx_http_core_module.c`.

use std::collections::BTreeMap;

use super::answer::{
    About, Answer, Entry, Files, Lost, Outcome, Passed, Place, Request, Response, Step, Undecided,
};
use super::config::{BlockId, Config, Kind, Server, Settings, When};
use super::pattern::{Captures, Pattern};
use super::semantics::Fact;
use super::uri::{self, shown};
use crate::source::Span;

/// `NGX_HTTP_MAX_URI_CHANGES` and one.
const URI_CHANGES: u32 = 11;

pub(crate) type Known<T> = Result<T, Undecided>;

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    ServerRewrite,
    FindLocation,
    LocationRewrite,
    Access,
    /// nginx's own answer to this status.
    Error(u16),
    Done(Outcome),
}

/// Where a path that nginx itself goes to next comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Lookup,
    ErrorPage,
}

#[expect(clippy::struct_excessive_bools, reason = "nginx keeps as many flags of a request")]
pub(crate) struct Run<'a> {
    pub(crate) config: &'a Config,
    pub(crate) request: &'a Request,
    pub(crate) files: &'a dyn Files,
    pub(crate) server: &'a Server,
    /// The block whose settings hold.
    pub(crate) block: BlockId,
    /// The location that was chosen last.
    pub(crate) route: Option<BlockId>,
    /// The block whose handler answers in place of files.
    pub(crate) handler: Option<BlockId>,
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) uri: Vec<u8>,
    pub(crate) args: Vec<u8>,
    pub(crate) extension: Vec<u8>,
    pub(crate) quoted: bool,
    pub(crate) plus: bool,
    pub(crate) internal: bool,
    /// Whether `alias` may still be used.
    pub(crate) valid_location: bool,
    /// Whether the path as it was sent still is the path.
    pub(crate) unparsed: bool,
    pub(crate) uri_changed: bool,
    uri_changes: u32,
    /// Whether `alias` of a regular expression is followed by the URI, after `try_files`.
    pub(crate) uri_after_alias: bool,
    pub(crate) captures: Captures,
    pub(crate) variables: BTreeMap<String, Vec<u8>>,
    pub(crate) evaluating: Vec<String>,
    /// What the status will be, whatever answers.
    pub(crate) err_status: Option<u16>,
    pub(crate) in_error_page: bool,
    pub(crate) location: Option<Vec<u8>>,
    pub(crate) chain: Vec<Step>,
}

impl<'a> Run<'a> {
    /// A request at a server, before the first phase.
    pub(crate) fn new(
        config: &'a Config,
        request: &'a Request,
        files: &'a dyn Files,
        server: &'a Server,
    ) -> Self {
        Self {
            config,
            request,
            files,
            server,
            block: server.block,
            route: None,
            handler: None,
            method: request.method.clone(),
            host: String::new(),
            uri: Vec::new(),
            args: Vec::new(),
            extension: Vec::new(),
            quoted: false,
            plus: false,
            internal: false,
            valid_location: true,
            unparsed: true,
            uri_changed: false,
            uri_changes: URI_CHANGES,
            uri_after_alias: false,
            captures: Captures::default(),
            variables: BTreeMap::new(),
            evaluating: Vec::new(),
            err_status: None,
            in_error_page: false,
            location: None,
            chain: Vec::new(),
        }
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        &self.config.block(self.block).settings
    }

    pub(crate) fn has(&self, fact: Fact) -> bool {
        self.config.semantics.has(fact)
    }

    pub(crate) fn step(&mut self, about: About, said: impl Into<String>, span: Option<Span>) {
        self.chain.push(Step { about, said: said.into(), span, lost: Vec::new() });
    }

    pub(crate) fn step_over(&mut self, about: About, said: String, span: Option<Span>, lost: Vec<Lost>) {
        self.chain.push(Step { about, said, span, lost });
    }

    /// Goes through the phases until something answers.
    pub(crate) fn phases(&mut self, first: Next) -> Outcome {
        let mut next = first;
        loop {
            let result = match next {
                Next::Done(outcome) => return outcome,
                Next::Error(status) => self.error(status),
                Next::ServerRewrite => self.server_rewrite(),
                Next::FindLocation => self.find_location(),
                Next::LocationRewrite => self.location_rewrite(),
                Next::Access => self.access_and_content(),
            };
            next = match result {
                Ok(next) => next,
                Err(undecided) => return Outcome::Undecided(undecided),
            };
        }
    }

    fn server_rewrite(&mut self) -> Known<Next> {
        self.valid_location = true;
        self.block = self.server.block;
        self.uri_changed = false;
        self.check(When::Ever)?;
        let codes = &self.config.block(self.block).codes;
        if let Some(next) = self.codes(codes)? {
            return Ok(next);
        }
        Ok(Next::FindLocation)
    }

    fn find_location(&mut self) -> Known<Next> {
        self.handler = None;
        self.uri_changed = false;
        self.block = self.server.block;
        let redirects = self.locate()?;
        self.check(When::Ever)?;
        let block = self.config.block(self.block);
        if let Some(span) = block.internal.filter(|_| !self.internal) {
            self.step(
                About::Location,
                "an internal location is not there for requests from outside",
                Some(span),
            );
            return Ok(Next::Error(404));
        }
        self.enter();
        if let Some(length) = self.request.header("content-length") {
            let length: u64 = length
                .parse()
                .map_err(|_| Undecided::new("the header Content-Length is not a number", None))?;
            let most = self.settings().max_body;
            if most > 0 && length > most {
                self.step(About::Access, "the body is longer than `client_max_body_size`", None);
                return Ok(Next::Error(413));
            }
        }
        if redirects {
            let mut location = uri::escape(block.name.as_bytes());
            self.append_args(&mut location);
            self.location = Some(location);
            self.step(About::Redirect, "a request without the last slash is redirected", Some(block.span));
            return Ok(Next::Error(301));
        }
        Ok(Next::LocationRewrite)
    }

    fn location_rewrite(&mut self) -> Known<Next> {
        self.check(When::Ever)?;
        if self.block != self.server.block {
            let codes = &self.config.block(self.block).codes;
            if let Some(next) = self.codes(codes)? {
                return Ok(next);
            }
        }
        if self.uri_changed {
            self.uri_changes -= 1;
            if self.uri_changes == 0 {
                self.step(About::Redirect, "the path is rewritten again and again", None);
                return Ok(Next::Error(500));
            }
            return Ok(Next::FindLocation);
        }
        Ok(Next::Access)
    }

    fn access_and_content(&mut self) -> Known<Next> {
        self.check(When::Ever)?;
        self.check(When::Access)?;
        if let Some(status) = self.access()? {
            return Ok(Next::Error(status));
        }
        if let Some(next) = self.try_files()? {
            return Ok(next);
        }
        self.content()
    }

    /// Takes the settings of the block that was just chosen: `ngx_http_update_location_config`.
    pub(crate) fn enter(&mut self) {
        if let Some((methods, inner)) = &self.config.block(self.block).limit_except {
            let is_free = methods.iter().any(|method| {
                method.eq_ignore_ascii_case(&self.method)
                    || method.eq_ignore_ascii_case("GET") && self.method == "HEAD"
            });
            if !is_free {
                self.block = *inner;
            }
        }
        if self.config.block(self.block).handler.is_some() {
            self.handler = Some(self.block);
        }
    }

    /// Whether a directive that the model does not follow comes to act here.
    pub(crate) fn check(&self, when: When) -> Known<()> {
        match self.settings().unmodelled.iter().find(|directive| directive.when == when) {
            None => Ok(()),
            Some(directive) => {
                let why = format!("what `{}` does is not modelled", directive.name);
                Err(Undecided::new(why, Some(directive.span)))
            }
        }
    }

    /// Another round with another path: `ngx_http_internal_redirect`.
    pub(crate) fn redirect(&mut self, uri: Vec<u8>, args: Vec<u8>, from: From) -> Known<Next> {
        self.uri_changes -= 1;
        if self.uri_changes == 0 {
            self.step(About::Redirect, "the path is changed again and again", None);
            return Ok(Next::Error(500));
        }
        if uri.is_empty() {
            return Err(Undecided::new("an empty path is gone to", None));
        }
        let keeps = match from {
            From::Lookup => !self.has(Fact::TypeFollowsTarget),
            From::ErrorPage => !self.has(Fact::PagesHaveTheirType),
        };
        if !keeps {
            self.extension = uri::extension(&uri, self.config.semantics);
        }
        self.uri = uri;
        self.args = args;
        self.internal = true;
        self.unparsed = false;
        self.uri_after_alias = false;
        Ok(Next::ServerRewrite)
    }

    /// Goes on in a location with `@`: `ngx_http_named_location`.
    pub(crate) fn named(&mut self, name: &[u8]) -> Next {
        self.uri_changes -= 1;
        if self.uri_changes == 0 {
            self.step(About::Redirect, "the location is changed again and again", None);
            return Next::Error(500);
        }
        let found = self.server.named.iter().find(|id| self.config.block(**id).name.as_bytes() == name);
        let Some(found) = found else {
            self.step(About::Redirect, format!("there is no location `{}`", shown(name)), None);
            return Next::Error(500);
        };
        self.internal = true;
        self.handler = None;
        self.uri_changed = false;
        self.block = *found;
        self.route = Some(*found);
        let block = self.config.block(*found);
        self.step(About::Location, format!("`{}`, by its name", block.written), Some(block.span));
        self.enter();
        Next::LocationRewrite
    }

    pub(crate) fn may_change_path(&self) -> bool {
        self.uri_changes != 0
    }

    /// Adds `?` and the query, if there is one.
    pub(crate) fn append_args(&self, text: &mut Vec<u8>) {
        if !self.args.is_empty() {
            text.push(b'?');
            text.extend(&self.args);
        }
    }

    /// Runs a regular expression and keeps what it captures: `ngx_http_regex_exec`.
    pub(crate) fn matches(&mut self, pattern: &Pattern, subject: &[u8], span: Span) -> Known<bool> {
        let found = pattern.find(subject).map_err(|why| Undecided::new(why, Some(span)))?;
        let Some(found) = found else { return Ok(false) };
        for (name, number) in &pattern.names {
            let value = found.groups.get(*number).cloned().unwrap_or_default();
            self.variables.insert(name.clone(), value);
        }
        self.captures = found;
        Ok(true)
    }

    /// What stands at a path, and the path without detours.
    pub(crate) fn look(&self, path: &[u8]) -> Known<(Entry, String)> {
        let shown_path = shown(path);
        let unknown = |why: &str| Undecided::new(format!("{why}: {shown_path}"), self.settings().root.span);
        let text = std::str::from_utf8(path).map_err(|_| unknown("the name of the file is not UTF-8"))?;
        if !text.starts_with('/') {
            return Err(unknown("the folder that nginx is run in is not known"));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    let folder = format!("/{}", parts.join("/"));
                    match self.files.entry(&folder) {
                        _ if parts.is_empty() => {}
                        Entry::Folder if !self.files.is_link(&folder) => drop(parts.pop()),
                        Entry::Missing | Entry::File | Entry::Special => {
                            return Ok((Entry::Missing, text.to_owned()));
                        }
                        Entry::Closed => return Ok((Entry::Closed, text.to_owned())),
                        Entry::Folder | Entry::Unreadable | Entry::Unknown => {
                            return Err(unknown("where `..` leads is not known"));
                        }
                    }
                }
                part if part.len() > 255 => return Ok((Entry::Missing, text.to_owned())),
                part => parts.push(part),
            }
        }
        let path = format!("/{}", parts.join("/"));
        let wants_folder = text.ends_with('/') || text.ends_with("/.");
        match self.files.entry(&path) {
            Entry::Unknown => Err(unknown("what stands there is not known")),
            Entry::File | Entry::Special if wants_folder => Ok((Entry::Missing, path)),
            entry => Ok((entry, path)),
        }
    }

    /// Puts together what is known.
    pub(crate) fn finish(self, outcome: Outcome) -> Answer {
        let place = |id: BlockId| {
            let block = self.config.block(id);
            Place { name: block.written.clone(), span: block.span }
        };
        let server = Place { name: self.server.name(), span: self.server.span };
        let route = self.route.filter(|id| !matches!(self.config.block(*id).kind, Kind::Server)).map(place);
        Answer { outcome, server: Some(server), route, chain: self.chain }
    }
}

/// For outcomes.
impl std::convert::From<Response> for Next {
    fn from(response: Response) -> Self {
        Self::Done(Outcome::Decided(response))
    }
}

impl std::convert::From<Passed> for Next {
    fn from(passed: Passed) -> Self {
        Self::Done(Outcome::Passed(passed))
    }
}
