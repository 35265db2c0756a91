//! Words of a Dockerfile as words of a stack file. How a word is quoted is kept: a Dockerfile that is printed from the
//! statement has it so as well.

use crate::import::spelling::{bare_or_quoted, is_reference};
use crate::syntax::dockerfile::quotes::plain;
use crate::syntax::dockerfile::tree::Escape;
use crate::syntax::stack::spell::{quoted, spell};

/// Lines without white space at their ends and without the last line ending.
pub(super) fn lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// A word that is an argument exactly: no sign of it means anything.
pub(super) fn exact(text: &str) -> String {
    if is_reference(text) { quoted(text) } else { spell(text) }
}

/// A word whose quotes are still there, of a place where `BuildKit` resolves them; `None` if only a part of it is in quotes
/// and has variables.
pub(super) fn written(text: &str) -> Option<String> {
    let inner = |quote: char| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote).filter(|_| text.len() > 1)?;
        (!inner.contains('\n')).then_some(inner)
    };
    if let Some(inner) = inner('\'').filter(|inner| !inner.contains('\'')) {
        return Some(format!("'{inner}'"));
    }
    if let Some(inner) = inner('"').and_then(unescaped) {
        return Some(quoted(&inner));
    }
    if text.contains(['\'', '"', '\\']) {
        return plain(text, Escape::Backslash).filter(|text| !text.contains('$')).map(|text| quoted(&text));
    }
    Some(bare_or_quoted(text))
}

/// What stands between double quotes; `None` if it ends before its end, or says `$` for itself, which a text in quotes cannot.
fn unescaped(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('"', _) | ('\\', Some('$')) => return None,
            ('\\', Some('"' | '\\')) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    Some(out)
}

/// A text for a shell: as readable as it can be, with nothing in it that is read before the shell reads it.
pub(super) fn script(text: &str) -> String {
    let special = text.contains(['"', '\\']) || text.contains("${");
    if text.contains('\n') {
        crate::import::statement::verbatim(text)
    } else if !special {
        quoted(text)
    } else if !text.contains('\'') {
        format!("'{text}'")
    } else if text.contains("\"\"\"") || text.ends_with('"') || text.starts_with('"') {
        quoted(text)
    } else {
        format!("\"\"\"{text}\"\"\"")
    }
}
