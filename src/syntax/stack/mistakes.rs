//! What a person is told about each kind of mistake in a stack file.

use super::found::{Found, Hint};
use super::lines::{MAX_LINE, MAX_PARTS};
use super::tree::MistakeKind;
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::source::Span;
use crate::syntax::control;
use crate::syntax::quote::quote;

/// The code of every diagnostic of the reader.
pub const CODES: &[&str] = &[
    "after-block",
    "bad-escape",
    "bad-list-item",
    "bad-reference",
    "block-without-head",
    "control-character",
    "glued-block",
    "glued-separator",
    "glued-text",
    "line-continuation",
    "missing-brace",
    "stray-brace",
    "too-deep",
    "too-large",
    "unclosed-block",
    "unclosed-list",
    "unclosed-text",
];

/// What is said about a mistake at `span` of `text`.
pub fn diagnose(kind: MistakeKind, span: Span, text: &str) -> Diagnostic {
    explain(&Found::new(kind, span), text)
}

/// The same, with what else the reader saw.
pub(super) fn explain(found: &Found, text: &str) -> Diagnostic {
    let site = Site { span: found.span, text, raw: &text[found.span.range()] };
    match found.kind {
        MistakeKind::Glued => glued(&site, found.hint),
        MistakeKind::GluedSeparator => glued_separator(&site),
        MistakeKind::AfterBlock => after_block(&site),
        MistakeKind::StrayClose => stray_close(&site, found.hint),
        MistakeKind::MissingBrace => missing_brace(&site, found.hint),
        MistakeKind::OpenBlock => open_block(&site, found.hint),
        MistakeKind::OpenList => open_list(&site, found.hint),
        MistakeKind::OpenText => open_text(&site),
        MistakeKind::BadEscape => bad_escape(&site),
        MistakeKind::Continuation => continuation(&site, found.hint),
        MistakeKind::BadItem => bad_item(&site),
        MistakeKind::Control => control_character(&site),
        MistakeKind::BadReference => bad_reference(&site),
        MistakeKind::GluedBlock => glued_block(&site),
        MistakeKind::TooDeep => too_deep(&site),
        MistakeKind::LongLine => long_line(&site),
        MistakeKind::TooMuch => too_much(&site),
        MistakeKind::NoHead => no_head(&site, found.hint),
    }
}

/// A mistake's place in its file.
struct Site<'a> {
    span: Span,
    text: &'a str,
    raw: &'a str,
}

impl<'a> Site<'a> {
    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message, self.span)
    }

    /// What stands before the place, back to one of `until` on its line, and not far.
    fn before(&self, until: &[char]) -> &'a str {
        let end = self.span.start as usize;
        let mut start = end.saturating_sub(NEAR);
        while !self.text.is_char_boundary(start) {
            start += 1;
        }
        self.text[start..end].rsplit(|c| c == '\n' || until.contains(&c)).next().unwrap_or_default()
    }

    /// What stands after the place up to the end of its line, and not far.
    fn after(&self) -> &'a str {
        let start = self.span.end as usize;
        let mut end = self.text.len().min(start + NEAR);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text[start..end].lines().next().unwrap_or_default()
    }
}

/// So many bytes around a mistake are looked at.
const NEAR: usize = 200;

fn unsafe_fix(diagnostic: Diagnostic, title: &str, edits: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic { fix: Some(Fix { title: title.to_owned(), edits, safety: Safety::Unsafe }), ..diagnostic }
}

fn glued(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let word = match hint {
        Hint::Head(arg) => &site.text[arg.range()],
        Hint::None | Hint::EndsAfter(_) | Hint::Gap(_) => site.before(&[' ', '\t', ';', '{', '}']),
    };
    let whole = format!("{word}{}", site.raw);
    let help = match word.strip_suffix('=') {
        Some(name) if !name.is_empty() => {
            format!(
                "for a name and its value, write a space instead of the `=`: {}",
                quote(&format!("{name} {}", site.raw))
            )
        }
        _ if whole.contains(['"', '\\']) => {
            "put the whole argument in single quotes, or a space between its parts".to_owned()
        }
        _ => format!(
            "put the whole argument in quotes, {}, or a space between its parts",
            quote(&format!("\"{whole}\""))
        ),
    };
    site.error("glued-text", format!("{} is stuck to the argument before it", quote(site.raw)))
        .here("no space before this")
        .note(format!(
            "a quote begins or ends a whole argument, so {} is neither one argument nor two",
            quote(&whole)
        ))
        .help(help)
}

fn glued_separator(site: &Site<'_>) -> Diagnostic {
    let rest = &site.raw[1..];
    let diagnostic = site
        .error("glued-separator", format!("{} has no space after its `;`", quote(site.raw)))
        .note("`;` ends a statement only before a space, a `}` or the end of the line")
        .help("to begin another statement, put a space after the `;`; if it belongs to the argument, put that in quotes");
    if rest.is_empty() || rest.starts_with(';') {
        return diagnostic;
    }
    let at = Span::new(site.span.file, site.span.start as usize + 1, site.span.start as usize + 1);
    diagnostic.safe_fix("put a space after the `;`", vec![(at, " ".to_owned())])
}

fn after_block(site: &Site<'_>) -> Diagnostic {
    if site.raw.starts_with('{') {
        return site
            .error("after-block", "a statement cannot have a second block")
            .here("the block before this ends the statement")
            .help(
                "put everything into one block, or write a head before the second `{` on a line of its own",
            );
    }
    site.error("after-block", format!("{} stands after a block on the same line", quote(site.raw)))
        .here("the `}` before this ends the statement")
        .note("arguments stand before the block; another statement begins on a new line or after `; `")
        .help("move it to a line of its own, or write `; ` before it")
        .safe_fix("write `; ` before it", vec![(site.span.at_start(), "; ".to_owned())])
}

fn stray_close(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let diagnostic = site.error("stray-brace", "this `}` closes nothing");
    let diagnostic = match hint {
        Hint::Head(head) => diagnostic.label(head.at_end(), "no block begins here"),
        Hint::EndsAfter(_) => diagnostic,
        Hint::None | Hint::Gap(_) => {
            return diagnostic
                .note("every `{` before it has its `}` already")
                .help("remove it, or write the `{` of the block that it should end");
        }
    };
    diagnostic
        .note("a `}` after other text ends a block that begins on the same line; any other stands on a line of its own")
        .help("remove it, or write the `{` of its block on this line")
}

fn missing_brace(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let words = quote(site.raw);
    let diagnostic = site.error("missing-brace", format!("the block of {words} has no `{{`"));
    let diagnostic = match hint {
        Hint::EndsAfter(close) => diagnostic.label(close, "it ends here"),
        Hint::None | Hint::Head(_) | Hint::Gap(_) => diagnostic,
    };
    let diagnostic = diagnostic
        .note("the lines after it are indented like a block and end with a `}`")
        .help(format!("write ` {{` after {words}"));
    unsafe_fix(diagnostic, "add the `{`", vec![(site.span.at_end(), " {".to_owned())])
}

fn open_block(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let head = site.before(&['{', '}', ';']).trim();
    let message = match head {
        "" => "this block has no `}`".to_owned(),
        head => format!("the block of {} has no `}}`", quote(head)),
    };
    let diagnostic = site.error("unclosed-block", message).here("opened here");
    let Hint::EndsAfter(last) = hint else {
        return diagnostic.help("write its `}` on a line of its own, below its last statement");
    };
    let indent = site.before(&[]);
    let indent = &indent[..indent.len() - indent.trim_start_matches([' ', '\t']).len()];
    let diagnostic =
        if last == site.span { diagnostic } else { diagnostic.label(last, "it seems to end after this") };
    let diagnostic = diagnostic
        .note("what follows is not indented more than the block itself, or is the end of the file")
        .help("write its `}` on a line of its own, below its last statement");
    unsafe_fix(diagnostic, "add the `}`", vec![(last.at_end(), format!("\n{indent}}}"))])
}

fn open_list(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let Hint::EndsAfter(list) = hint else {
        return site.error("unclosed-list", "this `[` has no `]`").help("write `]` after the last item");
    };
    let message = format!("the list {} has no `]`", quote(&site.text[list.range()]));
    let diagnostic = site
        .error("unclosed-list", message)
        .note("a list may run over several lines, so only its `]` ends it")
        .help("write `]` after the last item; a `[` that is not meant as a list belongs in quotes");
    unsafe_fix(diagnostic, "add the `]`", vec![(list.at_end(), "]".to_owned())])
}

fn open_text(site: &Site<'_>) -> Diagnostic {
    let shown = quote(&format!("{}{}", site.raw, site.after()));
    if site.raw.len() < 3 {
        return site
            .error("unclosed-text", format!("{shown} has no closing {}", quote(site.raw)))
            .here("the quote that is not closed")
            .note("a quoted text ends on the line on which it begins")
            .help("close it on this line; for a text of several lines, use `\"\"\"` and lines between");
    }
    let diagnostic =
        site.error("unclosed-text", format!("the text that begins with {} has no end", quote(site.raw)));
    let diagnostic = diagnostic.here("opened here");
    if site.after().trim().is_empty() {
        return diagnostic
            .note("only a line that begins with the same number of quotes ends it")
            .help(format!("write {} on a line of its own after the text", quote(site.raw)));
    }
    diagnostic
        .note("a text of several lines begins on the line after its quotes, and ends with a line that begins with as many")
        .help(format!("begin the text on the next line, and write {} on a line of its own after it", quote(site.raw)))
}

fn bad_escape(site: &Site<'_>) -> Diagnostic {
    site.error("bad-escape", format!("{} is not an escape", quote(site.raw)))
        .note("in double quotes a `\\` begins `\\\"`, `\\\\`, `\\n` or `\\t`")
        .help("write `\\\\` for a backslash, or use single quotes, in which nothing is special")
        .safe_fix("double the backslash", vec![(site.span.at_start(), "\\".to_owned())])
}

fn continuation(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let diagnostic = site
        .error("line-continuation", "a `\\` does not continue a line")
        .note("a statement ends with its line; only a list, a block or a fenced text runs over several lines")
        .help(
            "write the arguments on one line or in a list, `[` to `]`; for the character itself write `'\\'`",
        );
    let Hint::Gap(gap) = hint else { return diagnostic };
    diagnostic.safe_fix("join the lines", vec![(site.span.to(gap), String::new())])
}

fn bad_item(site: &Site<'_>) -> Diagnostic {
    let why = match site.raw.chars().next() {
        Some('[') => "a list cannot stand in a list",
        Some('{') => "a block cannot stand in a list",
        Some(';') => "a `;` cannot stand in a list; items are separated by spaces, commas or new lines",
        _ => "a quote begins or ends a whole item",
    };
    site.error("bad-list-item", format!("{} is not an item of a list", quote(site.raw)))
        .note(why)
        .help("an item is a word or a quoted text; put it in quotes if it is meant as text")
}

fn control_character(site: &Site<'_>) -> Diagnostic {
    let character = site.raw.chars().next().unwrap_or_default();
    let name = control::name(character);
    let diagnostic = site
        .error(
            "control-character",
            format!("{name} (U+{:04X}) may not stand in a stack file", u32::from(character)),
        )
        .here("here, though it cannot be seen");
    if character == '\r' {
        return diagnostic
            .note("a carriage return ends a line only together with a line feed")
            .help("save the file with line feeds, alone or after a carriage return, as line endings");
    }
    diagnostic
        .note("characters that are not seen can make a text look different from what it says")
        .help("remove it")
        .safe_fix("remove it", vec![(site.span, String::new())])
}

fn bad_reference(site: &Site<'_>) -> Diagnostic {
    let inner = site.raw.trim_start_matches("${").trim_end_matches('}');
    let diagnostic = match site.raw {
        raw if !raw.ends_with('}') => site.error("bad-reference", format!("{} has no `}}`", quote(raw))),
        raw => site.error("bad-reference", format!("{} is not a reference", quote(raw))),
    };
    let diagnostic = diagnostic
        .note("between `${` and `}` stands a name, or names separated by dots: `${postgres.host}`, `${input.TAG:-latest}`");
    let trimmed = inner.trim();
    if trimmed.len() < inner.len() && is_path(trimmed) && site.raw.ends_with('}') {
        let edits = vec![(site.span, format!("${{{trimmed}}}"))];
        return diagnostic.help("remove the spaces").safe_fix("remove the spaces", edits);
    }
    if inner.starts_with("input.") && inner.contains([' ', '\t']) {
        return diagnostic.help("a word ends at a space: put the whole argument in double quotes");
    }
    diagnostic.help("write `$${` for the characters `${`, or use single quotes, in which nothing is special")
}

/// Whether `inner` could stand in a reference.
fn is_path(inner: &str) -> bool {
    let mut parts = inner.split('.');
    let word = |part: &str, dash: bool| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || (dash && b == b'-'))
    };
    parts.next().is_some_and(|name| word(name, false) && !name.starts_with(|c: char| c.is_ascii_digit()))
        && parts.all(|part| word(part, true))
}

fn glued_block(site: &Site<'_>) -> Diagnostic {
    if let Some(brace) = site.raw.find('{').filter(|at| *at > 0) {
        let at = Span { end: site.span.start, ..site.span };
        let at = Span::new(at.file, at.start as usize + brace, at.start as usize + brace);
        let diagnostic = site
            .error("glued-block", format!("{} has no space before its `{{`", quote(site.raw)))
            .note(
                "braces that close inside of a word belong to the word, as in `\\d{4}`, so this is no block",
            )
            .help("for a block, put a space before the `{`; for the text as it stands, put it in quotes");
        return unsafe_fix(diagnostic, "put a space before the `{`", vec![(at, " ".to_owned())]);
    }
    let word = site.before(&[' ', '\t', ';', '}']);
    site.error("glued-block", format!("{} has no space before its `{{`", quote(&format!("{word}{{"))))
        .note("a block begins with a `{` that stands by itself")
        .help("for a block, put a space before the `{`; if it belongs to the word, put that in quotes")
        .safe_fix("put a space before the `{`", vec![(site.span.at_start(), " ".to_owned())])
}

fn too_deep(site: &Site<'_>) -> Diagnostic {
    let most = super::build::MAX_DEPTH;
    site.error("too-deep", format!("blocks are nested more than {most} deep"))
        .here("one too many")
        .note("no statement needs as many; what is deeper is not read")
        .help("check whether the blocks before this one are closed")
}

fn long_line(site: &Site<'_>) -> Diagnostic {
    let most = MAX_LINE / 1024;
    site.error("too-large", format!("this line is longer than {most} KiB and was not read"))
        .help("break it, or put a long text between two lines of `\"\"\"`")
}

fn too_much(site: &Site<'_>) -> Diagnostic {
    let most = MAX_PARTS / 1000;
    site.error(
        "too-large",
        format!("the file holds more than {most},000 words; from here on it was not read"),
    )
    .help("split it into several stacks")
}

fn no_head(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let Hint::Head(head) = hint else {
        return site
            .error("block-without-head", "this `{` has no statement before it")
            .note("a block belongs to the statement on whose line it begins")
            .help("write a statement before it, for example `service web {`");
    };
    let words = quote(&site.text[head.range()]);
    let diagnostic = site
        .error("block-without-head", format!("the `{{` of {words} stands on another line"))
        .label(head, "the statement ends with its line")
        .help(format!("write the `{{` on the line of {words}"));
    let gap = Span { start: head.end, end: site.span.start, ..head };
    if !site.text[gap.range()].trim().is_empty() {
        return diagnostic;
    }
    diagnostic.safe_fix("move the `{` up", vec![(gap, " ".to_owned())])
}

#[cfg(test)]
mod tests {
    use super::CODES;
    use crate::diagnostic::{Diagnostic, Sink};
    use crate::source::SourceMap;
    use crate::syntax::stack::read;

    fn diagnostics(text: &str) -> Vec<Diagnostic> {
        let file = SourceMap::default().add("test.stack", text);
        let mut sink = Sink::default();
        read(file, text, &mut sink);
        sink.diagnostics
    }

    /// Applies the fix of the only mistake.
    fn fixed(text: &str) -> String {
        let found = diagnostics(text);
        let [Diagnostic { fix: Some(fix), .. }] = found.as_slice() else { panic!("{found:?}") };
        let mut fixed = text.to_owned();
        for (span, replacement) in fix.edits.iter().rev() {
            fixed.replace_range(span.range(), replacement);
        }
        assert_eq!(diagnostics(&fixed), [], "{fixed}");
        fixed
    }

    #[test]
    fn every_mistake_with_one_way_out_has_a_fix_that_removes_it() {
        assert_eq!(fixed("a \"C:\\dir\"\n"), "a \"C:\\\\dir\"\n");
        assert_eq!(fixed("a { b 1;c 2 }\n"), "a { b 1; c 2 }\n");
        assert_eq!(fixed("service web{\n}\n"), "service web {\n}\n");
        assert_eq!(fixed("service web{listen}\n"), "service web {listen}\n");
        assert_eq!(fixed("a b \\\n  c\n"), "a b c\n");
        assert_eq!(fixed("a ${ b.c }\n"), "a ${b.c}\n");
        assert_eq!(fixed("a \u{202e}b\n"), "a b\n");
        assert_eq!(fixed("a { b } c\n"), "a { b } ; c\n");
        assert_eq!(fixed("a # b\n{\n}\nc\n{\n}\n".trim_start_matches("a # b\n{\n}\n")), "c {\n}\n");
        assert_eq!(fixed("a {\n  b {\n    c\n  d\n}\n"), "a {\n  b {\n    c\n  }\n  d\n}\n");
        assert_eq!(fixed("a {\n  b\n"), "a {\n  b\n}\n");
        assert_eq!(fixed("a\n  b\n}\n"), "a {\n  b\n}\n");
        assert_eq!(fixed("a [b, c\n"), "a [b, c]\n");
    }

    #[test]
    fn a_diagnostic_says_what_and_why_and_what_to_do() {
        let found = diagnostics("env {\n  A=\"x y\"\n}\n");
        let [Diagnostic { message, note: Some(note), help: Some(help), .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(message, "`\"x y\"` is stuck to the argument before it");
        assert_eq!(
            note,
            "a quote begins or ends a whole argument, so `A=\"x y\"` is neither one argument nor two"
        );
        assert_eq!(help, "for a name and its value, write a space instead of the `=`: `A \"x y\"`");
    }

    #[test]
    fn codes_are_sorted_and_their_own() {
        assert!(CODES.is_sorted_by(|a, b| a < b));
    }
}
