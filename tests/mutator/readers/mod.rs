//! Mistakes in hand-written files: what the readers of nginx, of Dockerfiles and of YAML say of each.

mod dockerfile;
mod good;
mod nginx;
mod yaml;

use stackc::diagnostic::Sink;
use stackc::render::{Look, terminal};
use stackc::source::{FileId, SourceMap};

use super::edit::Edit;
use super::run::{Base, Class, Entry, Finding, Plan, Subject, check};
use crate::property::mutation::Numbers;

/// An entry for the files of one reader, whose tree is a `T`.
struct ReaderEntry<T> {
    name: &'static str,
    class: Class,
    make: fn(&Good<'_, T>, &mut Numbers) -> Vec<Edit>,
}

const fn entry<T>(
    name: &'static str,
    class: Class,
    make: fn(&Good<'_, T>, &mut Numbers) -> Vec<Edit>,
) -> ReaderEntry<T> {
    ReaderEntry { name, class, make }
}

/// A good file.
struct Good<'t, T> {
    text: &'t str,
    tree: T,
}

impl<T> Good<'_, T> {
    /// The beginning of the line of a character.
    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// The beginning of the line after that of a character.
    fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |length| at + length + 1)
    }

    /// The white space that the line of a character begins with.
    fn indent(&self, at: usize) -> &str {
        let line = &self.text[self.line_start(at)..];
        &line[..line.len() - line.trim_start_matches(' ').len()]
    }

    /// A line that is put in after that of a character, as far indented, and reported.
    fn added_after(&self, at: usize, codes: &[&'static str], line: &str) -> Edit {
        let indent = self.indent(at);
        let edit = Edit::new(codes).insert(self.next_line(at), format!("{indent}{line}\n"));
        edit.at_new(indent.len())
    }
}

/// A reader.
struct Reader<T> {
    file: &'static str,
    read: fn(FileId, &str, &mut Sink) -> T,
}

impl<T> Reader<T> {
    fn read(&self, text: &str) -> (T, Sink, SourceMap) {
        let mut map = SourceMap::default();
        let file = map.add(self.file, text);
        let mut sink = Sink::default();
        let tree = (self.read)(file, text, &mut sink);
        sink.finish();
        (tree, sink, map)
    }

    /// Breaks so many files of the good ones.
    fn check(self, plan: &Plan, good: &[(String, String)], catalogue: &[ReaderEntry<T>]) {
        let entries: Vec<Entry> =
            catalogue.iter().map(|entry| Entry { name: entry.name, class: entry.class }).collect();
        let mut numbers = Numbers(0x4ead_0001 + plan.seed);
        let bases: Vec<Base> = good
            .iter()
            .map(|(name, text)| {
                let (tree, sink, _) = self.read(text);
                assert!(sink.diagnostics.is_empty(), "{name} is not good:\n{}", self.shown(text));
                let good = Good { text, tree };
                Base::new(name, text, catalogue.iter().map(|entry| (entry.make)(&good, &mut numbers)))
            })
            .collect();
        check(plan, &entries, &bases, &self);
    }
}

impl<T> Subject for Reader<T> {
    fn findings(&self, text: &str) -> Vec<Finding> {
        let (_, sink, map) = self.read(text);
        let found = sink.diagnostics.iter();
        found
            .map(|found| Finding {
                line_number: map.position(found.primary.span).line_number,
                code: found.code,
                message: found.message.clone(),
            })
            .collect()
    }

    fn shown(&self, text: &str) -> String {
        let (_, sink, map) = self.read(text);
        terminal::findings(&sink, &map, &Look::PLAIN)
    }
}
