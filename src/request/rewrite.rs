//! Runs `rewrite`, `return`, `if`, `set` and `break`. Source: nginx's `src/http/ngx_http_script.c`.

use super::answer::{About, Body, Entry, Undecided};
use super::config::{Code, Condition, Rewrite};
use super::response::Type;
use super::run::{Known, Next, Run};
use super::semantics::Fact;
use super::template::{Piece, Template};
use super::uri::{self, shown};

/// What a directive of the module does to those behind it.
enum Flow {
    On,
    End,
    Answer(Next),
}

impl Run<'_> {
    /// Runs a block's; `None` if none of them answers.
    pub(crate) fn codes(&mut self, codes: &[Code]) -> Known<Option<Next>> {
        let mut quotes = true;
        match self.codes_in(codes, &mut quotes)? {
            Flow::On | Flow::End => Ok(None),
            Flow::Answer(next) => Ok(Some(next)),
        }
    }

    fn codes_in(&mut self, codes: &[Code], quotes: &mut bool) -> Known<Flow> {
        for code in codes {
            let flow = match code {
                Code::Rewrite(rewrite) => self.rewrite(rewrite, quotes)?,
                Code::Return { status, text, span } => {
                    self.step(About::Rewrite, format!("`return {status}` answers"), Some(*span));
                    Flow::Answer(self.return_code(*status, text.as_ref())?)
                }
                Code::Break(span) => {
                    self.step(About::Rewrite, "`break` ends the rewriting", Some(*span));
                    if self.uri_changed {
                        self.valid_location = false;
                        self.uri_changed = false;
                    }
                    Flow::End
                }
                Code::Set { name, value, span } => {
                    let value = self.script(&value.pieces, *quotes, Some(*span))?;
                    if name == "args" {
                        self.args.clone_from(&value);
                    } else {
                        self.variables.insert(name.clone(), value);
                    }
                    Flow::On
                }
                Code::If { condition, codes, block, span } => {
                    if self.holds(condition, *quotes, *span)? {
                        self.step(About::Rewrite, "the condition holds", Some(*span));
                        if let Some(block) = block {
                            self.block = *block;
                            self.enter();
                        }
                        self.codes_in(codes, quotes)?
                    } else {
                        self.step(About::Rewrite, "the condition does not hold", Some(*span));
                        Flow::On
                    }
                }
            };
            match flow {
                Flow::On => {}
                flow @ (Flow::End | Flow::Answer(_)) => return Ok(flow),
            }
        }
        Ok(Flow::On)
    }

    fn rewrite(&mut self, rewrite: &Rewrite, quotes: &mut bool) -> Known<Flow> {
        let span = rewrite.span;
        let uri = self.uri.clone();
        if !self.matches(&rewrite.pattern, &uri, span)? {
            self.captures.groups.clear();
            return Ok(Flow::On);
        }
        self.internal = true;
        self.unparsed = false;
        self.uri_changed = !rewrite.breaks;
        if rewrite.breaks {
            self.valid_location = false;
        }
        let pieces = &rewrite.replacement.pieces;
        *quotes = false;
        if let Some(status) = rewrite.redirect {
            let has_query =
                pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('?')));
            let target = self.script(pieces, true, Some(span))?;
            let mut target = uri::unescape_redirect(&target);
            if rewrite.add_args && !self.args.is_empty() {
                target.push(if has_query { b'&' } else { b'?' });
                target.extend(&self.args);
            }
            self.step(
                About::Rewrite,
                format!("{} is redirected to {}", shown(&uri), shown(&target)),
                Some(span),
            );
            self.location = Some(target);
            return Ok(Flow::Answer(Next::Error(status)));
        }
        let (path, query) = split(pieces);
        let path = self.script(&path, false, Some(span))?;
        if let Some(query) = query {
            let mut args = self.script(&query, true, Some(span))?;
            if rewrite.add_args && !self.args.is_empty() {
                args.push(b'&');
                args.extend(&self.args);
            }
            self.args = args;
        } else if !rewrite.add_args {
            self.args.clear();
        }
        if path.is_empty() {
            self.step(About::Rewrite, "the path that it is rewritten to is empty", Some(span));
            return Ok(Flow::Answer(Next::Error(500)));
        }
        self.step(About::Rewrite, format!("{} is rewritten to {}", shown(&uri), shown(&path)), Some(span));
        self.extension = uri::extension(&path, self.config.semantics);
        self.uri = path;
        Ok(if rewrite.ends { Flow::End } else { Flow::On })
    }

    fn return_code(&mut self, status: u16, text: Option<&Template>) -> Known<Next> {
        let text = text.filter(|text| !text.pieces.is_empty());
        if status >= 400 && text.is_none() {
            return Ok(Next::Error(status));
        }
        let value = match text {
            Some(text) => self.text(text)?,
            None => Vec::new(),
        };
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            self.location = Some(value);
            return Ok(Next::Error(status));
        }
        let kind = if self.has(Fact::ReturnIsTyped) { self.type_of_uri()? } else { Type::own("text/plain") };
        self.respond(status, Some(kind), if value.is_empty() { Body::Empty } else { Body::Text(value) })
    }

    fn holds(&mut self, condition: &Condition, quotes: bool, span: crate::source::Span) -> Known<bool> {
        match condition {
            Condition::Variable(name) => {
                let value = self.variable(name, Some(span))?;
                Ok(!value.is_empty() && value != b"0")
            }
            Condition::Equal { variable, value, negated } => {
                let left = self.variable(variable, Some(span))?;
                let right = self.script(&value.pieces, quotes, Some(span))?;
                Ok((left == right) != *negated)
            }
            Condition::Match { variable, pattern, negated } => {
                let subject = self.variable(variable, Some(span))?;
                let found = self.matches(pattern, &subject, span)?;
                if !found {
                    self.captures.groups.clear();
                }
                Ok(found != *negated)
            }
            Condition::File { what, path, negated } => {
                let path = self.script(&path.pieces, quotes, Some(span))?;
                let (entry, path) = self.look(&path)?;
                let found = match (what, entry) {
                    (_, Entry::Missing | Entry::Closed) => false,
                    ('f' | 'd', Entry::Unreadable) | ('x', _) | (_, Entry::Unknown) => {
                        let why = format!("what kind of file {path} is, is not known");
                        return Err(Undecided::new(why, Some(span)));
                    }
                    ('f', entry) => entry == Entry::File,
                    ('d', entry) => entry == Entry::Folder,
                    (_, Entry::File | Entry::Folder | Entry::Unreadable) => true,
                    (_, Entry::Special) => false,
                };
                Ok(found != *negated)
            }
        }
    }
}

/// Parts a replacement at the first `?` that is written in it.
fn split(pieces: &[Piece]) -> (Vec<Piece>, Option<Vec<Piece>>) {
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Text(text) = piece else { continue };
        let Some((path, query)) = text.split_once('?') else { continue };
        let before = pieces[..at].iter().cloned().chain([Piece::Text(path.to_owned())]).collect();
        let after =
            [Piece::Text(query.to_owned())].into_iter().chain(pieces[at + 1..].iter().cloned()).collect();
        return (before, Some(after));
    }
    (pieces.to_vec(), None)
}
