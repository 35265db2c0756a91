//! Edits of compose files: keys that come, go and change, laid out like those beside them. There is none where a service is
//! written on one line, has an anchor that others stand on, or takes all that it has from elsewhere.

use crate::lint::Whole;
use crate::lint::edits::{self, Edit};
use crate::project::compose::{Node, Service, Value};
use crate::source::{SourceMap, Span};

/// A line of a block, without its line end.
struct Line<'a> {
    /// Where it begins in its file.
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    fn says_something(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty() && !text.starts_with('#')
    }
}

/// The lines below a key that belong to its block, if it has one: nothing but a comment follows the key itself.
fn block_of(sources: &SourceMap, key: Span) -> Option<Vec<Line<'_>>> {
    let file = sources.file(key.file);
    let line = file.line_range(file.line_index(key.start));
    let head = &file.text[line.clone()];
    let after =
        file.text[key.range().end..line.end].trim_start_matches(['"', '\'']).strip_prefix(':')?.trim();
    if !(after.is_empty() || after.starts_with('#'))
        || !file.text[line.start..key.range().start].trim().is_empty()
    {
        return None;
    }
    let outer = head.len() - head.trim_start_matches(' ').len();
    let mut start = line.start;
    let lines = file.text[line.start..].split_inclusive('\n').map(|text| {
        let at = start;
        start += text.len();
        Line { start: at, text: text.trim_end_matches(['\n', '\r']) }
    });
    let inside = lines.skip(1).take_while(|line| !line.says_something() || line.indent() > outer);
    let lines: Vec<Line<'_>> = inside.collect();
    lines.iter().any(Line::says_something).then_some(lines)
}

/// Puts an entry, of one line or several, into the block below a key.
pub(in crate::lint) fn add_below(sources: &SourceMap, key: Span, entry: &str) -> Option<Edit> {
    let lines = block_of(sources, key)?;
    let said: Vec<&Line<'_>> = lines.iter().filter(|line| line.says_something()).collect();
    let first = said.first()?;
    let indent = first.indent();
    let is_entry = |line: &Line<'_>| line.indent() == indent;
    let own = |name: &str| {
        let mut found = said.iter().enumerate().filter(|(_, line)| is_entry(line));
        found.find(|(_, line)| line.text[indent..].starts_with(name))
    };
    // Behind what says what it is, if that ends on its line; else before all others.
    let place = own("image:").or_else(|| own("build:")).filter(|(index, line)| {
        let value = line.text[indent..].split_once(':').map_or("", |(_, value)| value.trim());
        let is_done = said.get(index + 1).is_none_or(|next| next.indent() <= indent);
        is_done && !value.is_empty() && !value.starts_with(['&', '*', '|', '>'])
    });
    let spaces = " ".repeat(indent);
    match place {
        Some((_, line)) => {
            let end = line.start + line.text.len();
            let lines = entry.replace('\n', &format!("\n{spaces}"));
            Some((Span::new(key.file, end, end), format!("\n{spaces}{lines}")))
        }
        None if first.text[indent..].starts_with('-') => None,
        None => {
            let at = first.start + indent;
            edits::line_before(sources, Span::new(key.file, at, at), entry)
        }
    }
}

/// Gives a service an entry that it does not have.
pub(in crate::lint) fn add(whole: &Whole<'_>, service: &Service, entry: &str) -> Option<Edit> {
    let key = entry.split(':').next().unwrap_or(entry);
    if service.get(key).is_some() {
        return None;
    }
    add_below(whole.sources, service.name.span, entry)
}

/// Takes an entry of one line away.
pub(in crate::lint) fn remove(whole: &Whole<'_>, node: &Node) -> Option<Edit> {
    let key = node.key.filter(|key| key.file == node.span.file)?;
    let is_scalar = matches!(node.value, Value::Text(_) | Value::Number(_) | Value::Flag(_));
    let entry = key.to(node.span);
    let is_one_line = !whole.sources.text(entry).contains('\n');
    let head = whole.sources.text(Span { start: key.end, end: node.span.start.max(key.end), ..key });
    let is_plain = head.trim_start_matches(['"', '\'']).trim() == ":";
    let edit = edits::without_lines(whole.sources, entry).filter(|_| is_scalar && is_one_line && is_plain)?;
    // A blank line that parted it from what follows is not the beginning of a file.
    let (span, text) = edit;
    let rest = &whole.sources.file(span.file).text[span.range().end..];
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let more = if span.start == 0 { blank } else { 0 };
    Some((Span::new(span.file, span.range().start, span.range().end + more), text))
}

/// Takes an entry away with all that stands in it.
pub(in crate::lint) fn remove_all(whole: &Whole<'_>, node: &Node) -> Option<Edit> {
    let key = node.key.filter(|key| key.file == node.span.file && key.end <= node.span.start)?;
    let head = whole.sources.text(Span { start: key.end, end: node.span.start, ..key });
    // With an anchor it may be meant elsewhere, and a comment in it may be about something else.
    let is_plain = head.trim_start().starts_with(':') && !head.contains(['&', '*', '#', '!']);
    edits::without_lines(whole.sources, key.to(node.span)).filter(|_| is_plain)
}

/// Puts a scalar that is written without quotes into them.
pub(in crate::lint) fn quote(whole: &Whole<'_>, at: Span) -> Option<Vec<Edit>> {
    let text = whole.sources.text(at);
    let is_plain = !text.is_empty() && !text.contains(['"', '\'', '\\', '\n', '#']) && text == text.trim();
    is_plain.then(|| vec![(at.at_start(), "\"".to_owned()), (at.at_end(), "\"".to_owned())])
}
