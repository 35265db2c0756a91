//! Text that was made safe for one place of one language: the only thing that a template prints.

pub(crate) mod docker;
pub(crate) mod nginx;

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};

use crate::source::Origin;

/// The language that a text was made safe for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A Dockerfile.
    Dockerfile,
    /// A configuration of nginx.
    Nginx,
}

/// Opens the number of an origin in what a template renders. No text may hold it.
pub(crate) const ORIGIN_OPENS: char = '\u{1}';
/// Closes the number of an origin. No text may hold it.
pub(crate) const ORIGIN_CLOSES: char = '\u{2}';

/// A text that is safe where it is going to stand. Made by the functions of this module's children, one for each
/// kind of place; nothing else can be printed by a template.
#[derive(Clone, Debug)]
pub struct Escaped {
    text: String,
    context: Context,
    origin: Origin,
}

impl Escaped {
    fn new(text: String, context: Context, origin: Origin) -> Self {
        assert!(
            !text.contains([ORIGIN_OPENS, ORIGIN_CLOSES, '\n']),
            "readers refuse control characters, and a line break is escaped or begins another line"
        );
        Self { text, context, origin }
    }

    /// A keyword or sign of the language itself.
    pub(crate) fn keyword(text: &'static str, context: Context, origin: Origin) -> Self {
        Self::new(text.to_owned(), context, origin)
    }

    /// The text of a comment; the template writes the `#`.
    pub(crate) fn comment(text: &str, context: Context, origin: Origin) -> Self {
        Self::new(comment(text), context, origin)
    }

    /// As it is printed.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is safe for.
    pub(crate) fn context(&self) -> Context {
        self.context
    }

    /// Why it is there.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Followed by spaces up to `width` characters, for a column of a table.
    #[must_use]
    pub(crate) fn padded(mut self, width: usize) -> Self {
        let spaces = width.saturating_sub(self.text.chars().count());
        self.text.extend(std::iter::repeat_n(' ', spaces));
        self
    }
}

impl Object for Escaped {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[escaped]")
    }
}

/// What a comment of any artefact may hold: one line without control, bidirectional and other invisible characters.
pub fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The longest path that a header shows, in bytes; of a longer one only the name is left.
const LONGEST_PATH: usize = 1000;

/// How the head of an artefact begins.
const MADE_FROM: &str = "Made by stackc from ";

/// How it ends.
const KEPT: &str = "a build stops rather than overwrite edits made here.";

/// The comment at the head of every artefact, a line an item. Never readable as a directive (`# syntax=...`): those
/// are one word followed by `=` (`BuildKit`, `frontend/dockerfile/parser/directives.go`).
pub fn header(stack_file: &str) -> [String; 2] {
    // nginx reads no comment of more than 4,096 bytes; a path of folders can be as long.
    let name = stack_file.rsplit('/').next().unwrap_or(stack_file);
    let stack_file = if stack_file.len() > LONGEST_PATH { name } else { stack_file };
    [
        comment(&format!(
            "{MADE_FROM}{stack_file}. To change something, edit that file and run `stackc build`;"
        )),
        KEPT.to_owned(),
    ]
}

/// Whether a comment, with its `#`, is a line that [`header`] wrote.
pub fn is_of_header(comment: &str) -> bool {
    let said = comment.strip_prefix("# ").unwrap_or_default();
    said == KEPT || said.starts_with(MADE_FROM) && maker(comment).is_some()
}

/// The stack file that the head of a text names, if it is one that [`header`] wrote.
pub fn maker(text: &str) -> Option<&str> {
    let mut lines =
        text.lines().take(5).filter_map(|line| line.trim_start_matches('\u{feff}').strip_prefix("# "));
    lines.find_map(|line| Some(line.strip_prefix(MADE_FROM)?.rsplit_once(". To change something,")?.0))
}

#[cfg(test)]
mod tests {
    use super::{comment, header, is_of_header, maker};

    #[test]
    fn the_head_of_an_artefact_names_its_stack_file() {
        let text = format!("# {}\n# x\nservices: {{}}\n", header("../a. b.stack")[0]);
        assert_eq!(maker(&text), Some("../a. b.stack"));
        assert_eq!(maker("# Made by stackc from hand\nservices: {}\n"), None);
    }

    #[test]
    fn a_header_is_never_too_long_for_nginx() {
        let deep = format!("{}x.stack", "../".repeat(1300));
        assert!(header(&deep)[0].starts_with("Made by stackc from x.stack. "));
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("a\nRUN evil\r\u{2028}b\u{202e}c"), "a RUN evil  b c");
        assert_eq!(
            header("x\n# syntax=evil"),
            [
                "Made by stackc from x # syntax=evil. To change something, edit that file and run `stackc build`;",
                "a build stops rather than overwrite edits made here.",
            ]
        );
    }

    #[test]
    fn a_header_is_known_by_its_lines() {
        for line in header("deploy/x.stack") {
            assert!(is_of_header(&format!("# {line}")), "{line}");
        }
        for other in ["# Made by stackc from hand", "# a build stops", "#", "# the shop"] {
            assert!(!is_of_header(other), "{other}");
        }
    }
}
