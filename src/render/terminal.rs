//! Findings for a person at a terminal. The only user of miette, which draws the source lines.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeStyles};

use super::excerpt::Excerpt;
use super::redact::{Masks, Quotes};
use super::wrap::hanging;
use super::{Look, visible};
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::source::SourceMap;

/// The most findings that are shown in full; the gravest go first.
const MOST_SHOWN: usize = 200;

/// The gravest first.
const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

/// Every finding of a sink, each followed by an empty line.
pub fn findings(sink: &Sink, sources: &SourceMap, look: &Look) -> String {
    let masks = Masks::new(&sink.masked, sources);
    let quotes = Quotes::of(&masks.values(sources));
    let shown = gravest(&sink.diagnostics);
    let mut out = String::new();
    for diagnostic in &shown {
        out.push_str(&finding(&quotes.redacted(diagnostic), sources, &masks, look));
        out.push('\n');
    }
    let more: usize = SEVERITIES.iter().map(|severity| sink.more(*severity)).sum();
    let hidden = sink.diagnostics.len() - shown.len() + more;
    if hidden > 0 {
        out.extend(["... and ", &counted(hidden, "more finding"), "\n\n"]);
    }
    out
}

/// `2 errors, 1 warning, 1 note`, or nothing if there is nothing.
pub fn summary(sink: &Sink) -> Option<String> {
    let count = |severity: Severity| {
        sink.diagnostics.iter().filter(|d| d.severity == severity).count() + sink.more(severity)
    };
    let parts: Vec<String> = SEVERITIES
        .into_iter()
        .map(|severity| (severity, count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| match severity {
            Severity::Error if sink.gave_up() => format!("at least {}", counted(count, word(severity))),
            Severity::Error | Severity::Warning | Severity::Info => counted(count, word(severity)),
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What a severity is called.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// `error: ...` in the colour of its severity, on one line so that it can be searched for.
pub fn headline(severity: Severity, code: Option<&str>, message: &str, look: &Look) -> String {
    let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
    let colour = match severity {
        Severity::Error => "\u{1b}[1;31m",
        Severity::Warning => "\u{1b}[1;33m",
        Severity::Info => "\u{1b}[1;36m",
    };
    head(&format!("{}{code}:", word(severity)), colour, message, look)
}

/// A word in its colour and a message behind it.
pub(super) fn head(word: &str, colour: &str, message: &str, look: &Look) -> String {
    let message = visible::line(message);
    if !look.colour {
        return format!("{word} {message}\n");
    }
    format!("{colour}{word}\u{1b}[0m\u{1b}[1m {message}\u{1b}[0m\n")
}

/// `  help: ...`
pub fn remark(word: &str, text: &str, look: &Look) -> String {
    let head = format!("  {word}: ");
    let rest = " ".repeat(head.len());
    let lines = hanging(&head, &rest, &visible::paragraph(text), look.width);
    if !look.colour {
        return lines;
    }
    format!("\u{1b}[36m{}\u{1b}[0m{}", &head[..head.len() - 1], &lines[head.len() - 1..])
}

fn finding(diagnostic: &Diagnostic, sources: &SourceMap, masks: &Masks, look: &Look) -> String {
    let mut out = headline(diagnostic.severity, Some(diagnostic.code), &diagnostic.message, look);
    out.push_str(&snippet(diagnostic, sources, masks, look));
    if let Some(note) = &diagnostic.note {
        out.push_str(&remark("note", note, look));
    }
    let fix = diagnostic.fix.as_ref().map(|fix| &fix.title);
    if let Some(help) = diagnostic.help.as_ref().or(fix) {
        out.push_str(&remark("help", help, look));
    }
    out
}

/// The source lines of a finding, with its labels.
pub(super) fn snippet(diagnostic: &Diagnostic, sources: &SourceMap, masks: &Masks, look: &Look) -> String {
    let mut out = String::new();
    let excerpt = Excerpt::new(diagnostic, sources, masks, look);
    let mut lines = String::new();
    let snippets = Snippets(&excerpt);
    // Writing to a string cannot fail, and the excerpt answers every span that it gave out.
    if handler(diagnostic.severity, &excerpt, look).render_report(&mut lines, &snippets).is_ok() {
        // The report has no message of its own, so miette leaves the first line empty.
        for line in lines.strip_prefix('\n').unwrap_or(&lines).lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

fn handler(severity: Severity, excerpt: &Excerpt, look: &Look) -> GraphicalReportHandler {
    let mut theme = match (look.unicode, look.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    theme.characters.error = String::new();
    theme.characters.warning = String::new();
    theme.characters.advice = String::new();
    let primary = match severity {
        Severity::Error => theme.styles.error,
        Severity::Warning => theme.styles.warning,
        Severity::Info => theme.styles.advice,
    };
    theme.styles.link = ThemeStyles::none().link;
    let other = theme.styles.help;
    theme.styles.highlights =
        excerpt.primaries().map(|is_primary| if is_primary { primary } else { other }).collect();
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_wrap_lines(false)
        .with_width(look.width)
        .without_syntax_highlighting()
        .tab_width(4)
}

/// The findings in order of place; if there are too many, the gravest of them.
fn gravest(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut order: Vec<usize> = (0..diagnostics.len()).collect();
    if order.len() > MOST_SHOWN {
        order.sort_by_key(|index| (std::cmp::Reverse(diagnostics[*index].severity), *index));
        order.truncate(MOST_SHOWN);
        order.sort_unstable();
    }
    order.into_iter().map(|index| &diagnostics[index]).collect()
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The source lines of a finding as a report that says nothing else.
#[derive(Debug)]
struct Snippets<'a>(&'a Excerpt);

impl fmt::Display for Snippets<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippets<'_> {}

impl miette::Diagnostic for Snippets<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.0)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.0.labels()))
    }
}
