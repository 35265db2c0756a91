//! Which file answers: `root` and `alias`, `try_files`, `index`, `autoindex` and files as they are. Source: nginx's
//! `ngx_http_map_uri_to_path` in `src/http/ngx_http_core_module.c`, and `ngx_http_try_files_module.c`,
//! `ngx_http_index_module.c`, `ngx_http_autoindex_module.c` and `ngx_http_static_module.c` in its `modules`.

use super::answer::{About, Body, Entry, Lost, Undecided};
use super::config::{Alias, Fallback, Handler, TryFiles, When};
use super::response::Type;
use super::run::{From, Known, Next, Run};
use super::semantics::Fact;
use super::uri::{self, shown};

impl Run<'_> {
    /// The folder or file of `root` or `alias`, absolute.
    pub(crate) fn root(&mut self) -> Known<Vec<u8>> {
        let root = &self.settings().root;
        let path = self.script(&root.path.pieces, false, root.span)?;
        if path.first() == Some(&b'/') || (path.is_empty() && root.span.is_some()) {
            return Ok(path);
        }
        let Some(prefix) = &self.config.prefix else {
            let why = format!("what `{}` is relative to is not known", shown(&path));
            return Err(Undecided::new(why, root.span));
        };
        let mut absolute = prefix.trim_end_matches('/').as_bytes().to_vec();
        absolute.push(b'/');
        absolute.extend(path);
        Ok(absolute)
    }

    /// The path of the file that the URI names, and how much of it is the root. `None` if nginx refuses to say.
    pub(crate) fn path(&mut self) -> Known<Option<(Vec<u8>, usize)>> {
        let alias = self.settings().root.alias;
        if alias != Alias::No && !self.valid_location {
            let span = self.settings().root.span;
            self.step(About::File, "`alias` cannot be used where the path was rewritten", span);
            return Ok(None);
        }
        let mut path = self.root()?;
        let root = path.len();
        match alias {
            Alias::No => path.extend(&self.uri),
            Alias::Prefix(length) => {
                let Some(rest) = self.uri.get(length..) else {
                    let span = self.settings().root.span;
                    return Err(Undecided::new("the path is shorter than what `alias` replaces", span));
                };
                if self.has(Fact::AliasIsTextual) {
                    path.extend(rest);
                } else {
                    let folder = path.strip_suffix(b"/").unwrap_or(&path).to_vec();
                    path = [&folder[..], b"/", rest.strip_prefix(b"/").unwrap_or(rest)].concat();
                }
            }
            Alias::Whole if self.uri_after_alias || !self.has(Fact::AliasOfRegex) => path.extend(&self.uri),
            Alias::Whole => {}
        }
        Ok(Some((path, root)))
    }

    pub(crate) fn try_files(&mut self) -> Known<Option<Next>> {
        match &self.config.block(self.block).try_files {
            Some(try_files) => self.tried(try_files),
            None => Ok(None),
        }
    }

    fn tried(&mut self, try_files: &TryFiles) -> Known<Option<Next>> {
        let span = Some(try_files.span);
        let alias = self.settings().root.alias;
        if self.path()?.is_none() {
            return Ok(Some(Next::Error(500)));
        }
        self.check(When::File)?;
        let root = self.root()?;
        let mut lost = Vec::new();
        for (template, wants_folder) in &try_files.tries {
            let name = self.tried_name(template, alias)?;
            let path = [&root[..], &name].concat();
            let (entry, shown_path) = self.look(&path)?;
            let found = match entry {
                Entry::Missing | Entry::Closed | Entry::Unknown => false,
                Entry::Folder => *wants_folder,
                Entry::File | Entry::Special => !*wants_folder,
                Entry::Unreadable => {
                    let why = format!("whether {shown_path} is a file is not known");
                    return Err(Undecided::new(why, span));
                }
            };
            if !found {
                let what = if *wants_folder { format!("{shown_path}/") } else { shown_path };
                lost.push(Lost { what, span: None, why: "it is not there".to_owned() });
                continue;
            }
            self.step_over(About::File, format!("{shown_path} is there"), span, lost);
            let extension_before = self.extension.clone();
            match alias {
                Alias::No => self.uri = name,
                Alias::Whole if *wants_folder => {}
                Alias::Whole => {
                    self.uri = name;
                    self.uri_after_alias = true;
                }
                Alias::Prefix(length) => {
                    let kept = self.uri.get(..length).unwrap_or_default();
                    self.uri = [kept, &name].concat();
                }
            }
            if self.uri.is_empty() {
                return Err(Undecided::new("an empty path is tried", span));
            }
            self.extension = if self.has(Fact::TypeFollowsTarget) {
                uri::extension(&self.uri, self.config.semantics)
            } else {
                extension_before
            };
            return Ok(None);
        }
        match &try_files.last {
            Fallback::Status(status) => {
                self.step_over(
                    About::File,
                    format!("nothing is there, so that {status} answers"),
                    span,
                    lost,
                );
                Ok(Some(Next::Error(*status)))
            }
            Fallback::Uri(template) => {
                let mut target = self.tried_name(template, alias)?;
                let said = format!("nothing is there, so that {} answers", shown(&target));
                self.step_over(About::Redirect, said, span, lost);
                if target.first() == Some(&b'@') {
                    return Ok(Some(self.named(&target)));
                }
                if !self.has(Fact::FallbackAnswers) && !self.extension.is_empty() {
                    return Ok(Some(Next::Error(404)));
                }
                if let Alias::Prefix(length) = alias
                    && !self.has(Fact::FallbackIsUri)
                {
                    let kept = self.uri.get(..length).unwrap_or_default();
                    target = [kept, target.strip_prefix(b"/").unwrap_or(&target)].concat();
                }
                let (uri, args) = uri::split_args(&target);
                self.redirect(uri, args, From::Lookup).map(Some)
            }
        }
    }

    /// What `try_files` puts behind the root: with `alias`, what its location matched is taken off a variable.
    fn tried_name(&mut self, template: &super::template::Template, alias: Alias) -> Known<Vec<u8>> {
        let name = self.text(template)?;
        let Alias::Prefix(length) = alias else { return Ok(name) };
        if template.literal().is_some() {
            return Ok(name);
        }
        match self.uri.get(..length).and_then(|matched| name.strip_prefix(matched)) {
            Some(rest) => Ok(rest.to_vec()),
            None => Ok(name),
        }
    }

    /// What answers in the end.
    pub(crate) fn content(&mut self) -> Known<Next> {
        if !matches!(self.method.as_str(), "GET" | "HEAD" | "POST") {
            self.check(When::OtherMethods)?;
        }
        if let Some(handler) = self.handler {
            let config = self.config;
            match &config.block(handler).handler {
                Some(Handler::Pass { directive, to, span }) => {
                    return self.pass(handler, directive, to, *span);
                }
                Some(Handler::Pixel(span)) => return self.small("image/gif", Body::Pixel, *span),
                Some(Handler::Counters(span)) => return self.small("text/plain", Body::Counters, *span),
                None => {}
            }
        }
        self.check(When::Content)?;
        if self.uri.is_empty() {
            return Err(Undecided::new("the path is empty", None));
        }
        if self.uri.last() == Some(&b'/') {
            return self.folder();
        }
        self.file()
    }

    fn small(&mut self, mime: &str, body: Body, span: crate::source::Span) -> Known<Next> {
        self.step(About::File, "nginx makes the answer itself", Some(span));
        if !matches!(self.method.as_str(), "GET" | "HEAD") {
            return Ok(Next::Error(405));
        }
        self.respond(200, Some(Type::own(mime)), body)
    }

    fn folder(&mut self) -> Known<Next> {
        if matches!(self.method.as_str(), "GET" | "HEAD" | "POST")
            && let Some(next) = self.index()?
        {
            return Ok(next);
        }
        let (autoindex, span) = self.settings().autoindex;
        if autoindex && matches!(self.method.as_str(), "GET" | "HEAD") {
            return self.listing(span);
        }
        if !matches!(self.method.as_str(), "GET" | "HEAD" | "POST") {
            return Ok(Next::Error(405));
        }
        self.step(About::File, "the folder has no index, and its files are not listed", span);
        Ok(Next::Error(403))
    }

    fn index(&mut self) -> Known<Option<Next>> {
        let settings = self.settings();
        let (names, span) = &settings.index;
        let mut lost = Vec::new();
        for template in names {
            let name = self.script(&template.pieces, false, *span)?;
            if name.first() == Some(&b'/') {
                self.step_over(About::Redirect, format!("the index is {}", shown(&name)), *span, lost);
                return self.redirect(name, self.args.clone(), From::Lookup).map(Some);
            }
            let Some((folder, _)) = self.path()? else { return Ok(Some(Next::Error(500))) };
            self.check(When::File)?;
            let path = [&folder[..], &name].concat();
            let (entry, shown_path) = self.look(&path)?;
            match entry {
                Entry::File | Entry::Folder | Entry::Special | Entry::Unreadable => {
                    self.step_over(About::Redirect, format!("the index is {shown_path}"), *span, lost);
                    let uri = [&self.uri[..], &name].concat();
                    return self.redirect(uri, self.args.clone(), From::Lookup).map(Some);
                }
                Entry::Closed => return Ok(Some(Next::Error(403))),
                Entry::Missing | Entry::Unknown => {}
            }
            lost.push(Lost { what: shown_path, span: None, why: "it is not there".to_owned() });
            let whole = folder.last() != Some(&b'/');
            let (entry, shown_folder) =
                self.look(folder.strip_suffix(b"/").filter(|f| !f.is_empty()).unwrap_or(&folder))?;
            let status = match entry {
                Entry::Folder | Entry::Closed => continue,
                Entry::Unreadable => {
                    return Err(Undecided::new(format!("what {shown_folder} is, is not known"), *span));
                }
                // With a slash between them, the file system itself says that this is no folder.
                Entry::File | Entry::Special if whole => 500,
                Entry::File | Entry::Special | Entry::Missing | Entry::Unknown => 404,
            };
            self.step(About::File, format!("{shown_folder} is no folder"), settings.root.span);
            return Ok(Some(Next::Error(status)));
        }
        Ok(None)
    }

    fn listing(&mut self, span: Option<crate::source::Span>) -> Known<Next> {
        let Some((path, _)) = self.path()? else { return Ok(Next::Error(500)) };
        self.check(When::File)?;
        let (entry, shown_path) = self.look(&path)?;
        match entry {
            Entry::Missing | Entry::File | Entry::Special => return Ok(Next::Error(404)),
            Entry::Closed | Entry::Unreadable => return Ok(Next::Error(403)),
            Entry::Folder | Entry::Unknown => {}
        }
        let mime = match self.settings().autoindex_format.as_str() {
            "html" => "text/html",
            "json" => "application/json",
            "xml" => "text/xml",
            _ => return Err(Undecided::new("this format of a listing is not modelled", span)),
        };
        self.step(About::File, format!("the files in {shown_path} are listed"), span);
        self.respond(200, Some(Type::own(mime)), Body::Listing(shown_path))
    }

    fn file(&mut self) -> Known<Next> {
        if !matches!(self.method.as_str(), "GET" | "HEAD" | "POST") {
            return Ok(Next::Error(405));
        }
        let span = self.settings().root.span;
        let Some((path, _)) = self.path()? else { return Ok(Next::Error(500)) };
        self.check(When::File)?;
        let (entry, shown_path) = self.look(&path)?;
        match entry {
            Entry::Missing | Entry::Special | Entry::Unknown => {
                self.step(About::File, format!("{shown_path} is not there"), span);
                Ok(Next::Error(404))
            }
            Entry::Unreadable | Entry::Closed => {
                self.step(About::File, format!("{shown_path} cannot be read"), span);
                Ok(Next::Error(403))
            }
            Entry::Folder => {
                self.step(About::File, format!("{shown_path} is a folder, so that a slash is added"), span);
                let mut location = uri::escape(&self.uri);
                location.push(b'/');
                self.append_args(&mut location);
                self.location = Some(location);
                Ok(Next::Error(301))
            }
            Entry::File if self.method == "POST" => {
                self.step(About::File, format!("{shown_path} is a file, which takes no POST"), span);
                Ok(Next::Error(405))
            }
            Entry::File => {
                self.step(About::File, format!("the file is {shown_path}"), span);
                let kind = if self.has(Fact::ExtensionOfUri) {
                    self.type_of_uri()?
                } else {
                    self.type_of(&uri::extension(&path, self.config.semantics))?
                };
                self.respond(200, Some(kind), Body::File(shown_path))
            }
        }
    }
}
