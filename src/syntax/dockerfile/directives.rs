//! `# syntax=`, `# escape=` and `# check=`, and when they stop counting.
//!
//! Source: `BuildKit`, frontend/dockerfile/parser/directives.go. Two readers look for them: the parser, which takes
//! white space before a line away and knows nothing of `#!`, and what chooses the front end and the checks, which sees
//! lines as they are and passes over a first line that begins with `#!`.

use super::lines::Physical;
use super::tree::DirectiveKind;

/// A directive, with its places in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) kind: DirectiveKind,
    pub(super) name: (usize, usize),
    pub(super) value: (usize, usize),
    pub(super) counts: bool,
    /// Where the one is that it repeats.
    pub(super) repeats: Option<(usize, usize)>,
}

/// One of those who look for directives.
#[derive(Debug, Default)]
struct Reader {
    done: bool,
    /// What it has seen, and where.
    seen: Vec<(DirectiveKind, (usize, usize))>,
}

/// What a reader makes of a line.
enum Verdict {
    None,
    First,
    Repeats((usize, usize)),
}

impl Reader {
    fn look(&mut self, found: Option<Match>) -> Verdict {
        let Some(found) = found.filter(|_| !self.done) else {
            self.done = true;
            return Verdict::None;
        };
        if let Some((_, first)) = self.seen.iter().find(|(kind, _)| *kind == found.kind) {
            return Verdict::Repeats(*first);
        }
        self.seen.push((found.kind, found.name));
        Verdict::First
    }
}

/// Looks at one line after the other.
#[derive(Debug, Default)]
pub(super) struct Directives {
    parser: Reader,
    chooser: Reader,
    /// Whether a line was looked at.
    begun: bool,
}

impl Directives {
    /// What stands on the next line.
    pub(super) fn line(&mut self, text: &str, line: Physical) -> Option<Seen> {
        if self.parser.done && self.chooser.done {
            return None;
        }
        let raw = line.text(text);
        let content = line.content(text);
        let found = directive(content, line.end - content.len());
        let shebang = !std::mem::replace(&mut self.begun, true) && raw.starts_with("#!");
        let parsed = self.parser.look(found);
        let chosen =
            if shebang { Verdict::None } else { self.chooser.look(found.filter(|_| raw.starts_with('#'))) };
        self.chooser.done |= matches!(chosen, Verdict::Repeats(_));
        let Match { kind, name, value } = found?;
        let by_parser = matches!(parsed, Verdict::First);
        let by_chooser = matches!(chosen, Verdict::First) && kind != DirectiveKind::Escape;
        let repeats = match parsed {
            Verdict::Repeats(first) => Some(first),
            Verdict::None | Verdict::First => None,
        };
        let counts = if kind == DirectiveKind::Escape { by_parser } else { by_chooser };
        (by_parser || by_chooser || repeats.is_some()).then_some(Seen { kind, name, value, counts, repeats })
    }
}

/// `# name=value` with its places.
#[derive(Clone, Copy)]
struct Match {
    kind: DirectiveKind,
    name: (usize, usize),
    value: (usize, usize),
}

/// Reads a line that begins at `start` with anything but white space.
fn directive(content: &str, start: usize) -> Option<Match> {
    let end = start + content.len();
    let rest = content.strip_prefix('#')?.trim_start();
    let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric())?];
    let kind = [DirectiveKind::Syntax, DirectiveKind::Escape, DirectiveKind::Check]
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(name))?;
    let after = rest[name.len()..].trim_start_matches(SPACE).strip_prefix('=')?;
    let value = after.trim_matches(SPACE);
    if after.is_empty() {
        return None;
    }
    // White space alone is a value: its last character.
    let value = if value.is_empty() { &after[after.len() - 1..] } else { value };
    let name_start = end - rest.len();
    let value_start = match after.trim_start_matches(SPACE) {
        "" => end - 1,
        inner => end - inner.len(),
    };
    Some(Match {
        kind,
        name: (name_start, name_start + name.len()),
        value: (value_start, value_start + value.len()),
    })
}

/// White space of the regular expression that the builder uses.
const SPACE: [char; 5] = ['\t', '\n', '\u{c}', '\r', ' '];
