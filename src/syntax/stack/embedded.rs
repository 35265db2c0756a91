//! A text of another language inside an argument: what it says, and where in the file each byte of it stands.

use super::tree::{Arg, ArgKind, PieceKind};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A text of another language inside a stack file.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// What the other language reads.
    pub text: String,
    /// For each byte of it, and for its end, the place in the file.
    places: Vec<u32>,
}

impl Embedded {
    /// The text of an argument of `source`; `None` if it holds references, or is a list.
    pub fn of(arg: &Arg, source: &str) -> Option<Self> {
        let (start, raw) = (arg.span.start as usize, &source[arg.span.range()]);
        let mut embedded = Self { text: String::new(), places: Vec::new() };
        match &arg.kind {
            ArgKind::List(_) => return None,
            ArgKind::Verbatim(text) => embedded.copy(text, start + 1),
            ArgKind::Fenced(text) => embedded.fenced(text, raw, start),
            ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => {
                for piece in pieces {
                    let PieceKind::Text(_) = piece.kind else { return None };
                    embedded.unescaped(&source[piece.span.range()], piece.span.start as usize);
                }
            }
        }
        embedded.places.push(arg.span.end - u32::from(!matches!(arg.kind, ArgKind::Word(_))));
        Some(embedded)
    }

    /// A span of the inner text in the file.
    #[must_use]
    pub fn outer(&self, inner: Span) -> Span {
        let last = self.places.len() - 1;
        let place = |at: u32| self.places[(at as usize).min(last)];
        let start = place(inner.start);
        // What ends within the text ends after its last byte, whatever stands between that and the next one.
        let end = if inner.end > inner.start { place(inner.end - 1) + 1 } else { start };
        Span { start, end: end.max(start), ..inner }
    }

    /// What was found in the inner text, with its places in the file.
    #[must_use]
    pub fn outward(&self, mut found: Diagnostic) -> Diagnostic {
        found.primary.span = self.outer(found.primary.span);
        for label in &mut found.labels {
            label.span = self.outer(label.span);
        }
        if let Some(fix) = &mut found.fix {
            for (span, _) in &mut fix.edits {
                *span = self.outer(*span);
            }
        }
        found
    }

    fn copy(&mut self, text: &str, from: usize) {
        self.text.push_str(text);
        self.places.extend((from..from + text.len()).map(place));
    }

    /// Whole lines without their indentation: each line of the text is the end of a line of the file.
    fn fenced(&mut self, text: &str, raw: &str, start: usize) {
        let quotes = raw.len() - raw.trim_start_matches('"').len();
        let Some(first) = raw.find('\n').filter(|_| raw[quotes..].contains('\n')) else {
            self.copy(text, start + quotes);
            return;
        };
        let mut at = first + 1;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.text.push('\n');
                self.places.push(place(start + at - 1));
            }
            let end = raw[at..].find('\n').map_or(raw.len(), |length| at + length);
            let outer = raw[at..end].strip_suffix('\r').unwrap_or(&raw[at..end]);
            self.copy(line, start + at + outer.len().saturating_sub(line.len()));
            at = (end + 1).min(raw.len());
        }
    }

    /// The inside of quotes, or a bare word (which has no escape but `$${`).
    fn unescaped(&mut self, raw: &str, start: usize) {
        let mut at = 0;
        while let Some(c) = raw[at..].chars().next() {
            let rest = &raw[at..];
            let (said, length) = match rest.as_bytes() {
                [b'\\', b'n', ..] => ("\n", 2),
                [b'\\', b't', ..] => ("\t", 2),
                [b'\\', b'"', ..] => ("\"", 2),
                [b'\\', b'\\', ..] => ("\\", 2),
                [b'$', b'$', b'{', ..] => ("${", 3),
                _ => (&rest[..c.len_utf8()], c.len_utf8()),
            };
            self.text.push_str(said);
            self.places.extend((0..said.len()).map(|byte| place(start + at + byte.min(length - 1))));
            at += length;
        }
    }
}

/// Narrows an offset; files are far smaller ([`crate::source::MAX_FILE_BYTES`]).
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a source file is smaller than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::stack::read;
    use crate::syntax::stack::tree::Item;

    /// What the file says at the place of `needle` in the embedded text.
    fn found(file: &str, needle: &str) -> Option<String> {
        let mut sources = SourceMap::default();
        let id = sources.add("t", file);
        let tree = read(id, file, &mut Sink::default());
        let Item::Statement(statement) = &tree.items[0] else { return None };
        let embedded = Embedded::of(statement.args.last()?, file)?;
        let at = embedded.text.find(needle)?;
        Some(sources.text(embedded.outer(Span::new(id, at, at + needle.len()))).to_owned())
    }

    #[test]
    fn every_place_is_that_of_the_file() {
        let fenced = "raw nginx \"\"\"\n    # ä\n    gzip on;\n\n      tcp_nodelay on;\n    \"\"\"\n";
        assert_eq!(found(fenced, "gzip on;").as_deref(), Some("gzip on;"));
        assert_eq!(found(fenced, "  tcp").as_deref(), Some("  tcp"));
        assert_eq!(found(&fenced.replace('\n', "\r\n"), "tcp").as_deref(), Some("tcp"));
        assert_eq!(found("raw nginx 'gzip on;'", "on;").as_deref(), Some("on;"));
        assert_eq!(found(r#"raw nginx "a \"b\" on;""#, "on;").as_deref(), Some("on;"));
        assert_eq!(found(r#"raw nginx "a \"b\" on;""#, "\"b\"").as_deref(), Some(r#"\"b\"#));
        assert_eq!(found("raw nginx \"\"\"gzip on;\"\"\"", "on;").as_deref(), Some("on;"));
        assert_eq!(found("raw nginx [gzip on]", "on"), None);
        assert_eq!(found("raw nginx \"${input.A}\"", "A"), None);
    }

    #[test]
    fn the_text_is_what_the_argument_says() {
        for file in ["x \"a\\tb\\n$${c}\"", "x a$${b}c", "x \"\"\"\n  a\n   b\n\n  \"\"\"", "x ''", "x \"\""]
        {
            let tree = read(SourceMap::default().add("t", file), file, &mut Sink::default());
            let Item::Statement(statement) = &tree.items[0] else { panic!("{file}") };
            let arg = statement.args.last().unwrap();
            let embedded = Embedded::of(arg, file).unwrap();
            let said: String = match &arg.kind {
                ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => pieces
                    .iter()
                    .map(|piece| match &piece.kind {
                        PieceKind::Text(text) => text.as_str(),
                        PieceKind::Reference(_) => "?",
                    })
                    .collect(),
                ArgKind::Verbatim(text) | ArgKind::Fenced(text) => text.clone(),
                ArgKind::List(_) => unreachable!(),
            };
            assert_eq!(embedded.text, said, "{file}");
            assert_eq!(embedded.places.len(), said.len() + 1, "{file}");
        }
    }
}
