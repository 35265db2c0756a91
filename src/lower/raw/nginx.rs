//! `raw nginx`: directives of nginx become directives of the tree.

use crate::diagnostic::Sink;
use crate::lower::context::Context;
use crate::lower::fitting::Fitted;
use crate::lower::nginx::ConfDraft;
use crate::lower::text::{Reader, push_literal};
use crate::model::nginx::{Body, DirId, Entry};
use crate::model::values::{Part, Text};
use crate::source::Origin;
use crate::syntax::nginx::tree::{Arg, Body as Written, Directive, directives};
use crate::syntax::stack::embedded::Embedded;
use crate::vocabulary::nginx::{self as table, Context as Place};

impl<'t> Context<'_, 't> {
    /// Puts the directives of a `raw nginx` into `parent`. In a proxy, which has none, that is `http` for all but what
    /// nginx has at the top of its file alone.
    pub(crate) fn raw_nginx(&mut self, fit: &Fitted<'t>, parent: Option<DirId>, conf: &mut ConfDraft) {
        let Some(embedded) = self.embedded(fit) else { return };
        let mut found = Sink::default();
        let tree = crate::syntax::nginx::read(fit.statement.span.file, &embedded.text, &mut found);
        if !self.report_raw(found, &embedded) {
            return;
        }
        for directive in directives(&tree.items) {
            let name = directive.name(&embedded.text);
            let known = |place| table::directive(name, place).is_some();
            let parent = match parent {
                Some(parent) => Some(parent),
                None if !conf.is_of_proxy() => None,
                None if known(Place::Main) && !known(Place::Http) => None,
                None => Some(conf.http()),
            };
            let standing = Place::Main.inside(name).filter(|_| parent.is_none());
            match standing.and_then(|place| conf.standing_block(place)) {
                Some(block) => {
                    for child in directive.children() {
                        self.raw_directive(child, &embedded, Some(block), conf);
                    }
                }
                None => self.raw_directive(directive, &embedded, parent, conf),
            }
        }
    }

    fn raw_directive(
        &mut self,
        directive: &Directive,
        embedded: &Embedded,
        parent: Option<DirId>,
        conf: &mut ConfDraft,
    ) {
        let origin = self.raw_origin(directive.line_span(), embedded);
        let name = directive.name(&embedded.text);
        let args = self.raw_words(directive.args(), embedded);
        match &directive.body {
            Written::None(_) => {
                self.say(name, args, Body::None, parent, conf, origin);
            }
            Written::Table(_) => {
                let entries =
                    directive.children().filter_map(|entry| self.raw_entry(entry, embedded)).collect();
                self.say(name, args, Body::Table(entries), parent, conf, origin);
            }
            Written::Block(_) => {
                let block = self.say(name, args, Body::Block(Vec::new()), parent, conf, origin);
                for child in directive.children() {
                    self.raw_directive(child, embedded, Some(block), conf);
                }
            }
            Written::Opaque(opaque) => {
                let text = embedded.text[opaque.text.span.range()].to_owned();
                self.say(name, args, Body::Foreign(text), parent, conf, origin);
            }
        }
    }

    fn raw_entry(&mut self, entry: &Directive, embedded: &Embedded) -> Option<Entry> {
        let origin = self.raw_origin(entry.line_span(), embedded);
        let mut texts = self.raw_words(&entry.words, embedded);
        if texts.is_empty() {
            return None;
        }
        let key = texts.remove(0);
        Some(Entry { key, values: texts, origin })
    }

    fn raw_words(&mut self, words: &[Arg], embedded: &Embedded) -> Vec<Text> {
        words
            .iter()
            .map(|word| {
                let origin = self.raw_origin(word.leaf.span, embedded);
                nginx_text(word.text(&embedded.text), origin)
            })
            .collect()
    }
}

/// A word as nginx has read it: its variables are nginx's.
fn nginx_text(word: &str, origin: Origin) -> Text {
    let mut parts = Vec::new();
    push_literal(&mut parts, word.to_owned(), Reader::Nginx);
    if parts.is_empty() {
        parts.push(Part::Lit(String::new()));
    }
    Text::from_parts(parts, origin)
}
