//! Lines that stand together: their first arguments and their comments in columns.

use super::printer::indent;

/// What is wider than this does not move the column after it.
const MAX_CELL: usize = 24;

/// What is wider than this does not move the column of comments.
const MAX_COMMENTED: usize = 80;

/// A statement as it will be printed.
pub(super) enum Row {
    /// On one line.
    One {
        /// Its head.
        head: String,
        /// Its first argument.
        second: Option<String>,
        /// What comes after it.
        tail: String,
        /// A comment after it.
        comment: Option<String>,
    },
    /// On several lines, all but the first one with their indentation.
    Several {
        /// The lines.
        text: String,
        /// A comment after the last of them.
        comment: Option<String>,
    },
}

impl Row {
    /// A line that takes no part in any column.
    pub(super) fn plain(head: String, comment: Option<String>) -> Self {
        Row::One { head, second: None, tail: String::new(), comment }
    }

    /// A head with arguments, and a block on the same line.
    pub(super) fn of(cells: Vec<String>, block: Option<String>, comment: Option<String>) -> Self {
        if cells.iter().any(|cell| cell.contains('\n')) {
            let cells: Vec<String> = cells.into_iter().chain(block).collect();
            return Row::Several { text: cells.join(" "), comment };
        }
        let mut cells = cells.into_iter();
        let (head, second) = (cells.next().unwrap_or_default(), cells.next());
        let tail: Vec<String> = cells.chain(block).collect();
        Row::One { head, second, tail: tail.join(" "), comment }
    }
}

/// Prints rows that stand together, each with its line ending, and leaves none.
pub(super) fn rows(run: &mut Vec<Row>, level: usize, out: &mut String) {
    let run = std::mem::take(run);
    // At the top level heads are few and mostly the same; there a column would only be noise.
    let head_width = if level == 0 { 0 } else { head_width(&run) };
    let second_widths = second_widths(&run);
    let mut lines: Vec<(String, Option<String>)> = Vec::with_capacity(run.len());
    for (row, second_width) in run.into_iter().zip(second_widths) {
        lines.push(match row {
            Row::Several { text, comment } => (text, comment),
            Row::One { head, second: None, tail, comment } => (join(head, 0, &tail), comment),
            Row::One { head, second: Some(second), tail, comment } => {
                let rest = join(second, second_width, &tail);
                (join(head, head_width, &rest), comment)
            }
        });
    }
    let columns = comment_columns(&lines, level);
    for ((mut line, comment), column) in lines.into_iter().zip(columns) {
        if let Some(comment) = comment {
            let last = line.rsplit('\n').next().map_or(0, width);
            line.push_str(&" ".repeat(column.saturating_sub(last).max(2)));
            line.push_str(&comment);
        }
        indent(level, out);
        out.push_str(&line);
        out.push('\n');
    }
}

fn join(mut cell: String, wide: usize, rest: &str) -> String {
    if !rest.is_empty() {
        cell.push_str(&" ".repeat(wide.saturating_sub(width(&cell)) + 1));
        cell.push_str(rest);
    }
    cell
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// The widest of the heads that have an argument.
fn head_width(run: &[Row]) -> usize {
    let heads = run.iter().map(|row| match row {
        Row::One { head, second: Some(_), .. } => width(head),
        Row::One { second: None, .. } | Row::Several { .. } => 0,
    });
    heads.filter(|wide| *wide <= MAX_CELL).max().unwrap_or(0)
}

/// Words after a first argument that make lines read as a table: `static /a/ from b`, `needs db healthy`.
const CONNECTORS: &[&str] = &["at", "from", "to", "healthy", "started", "completed"];

/// For each row the width of its first argument's column, which it shares with its neighbours that go on alike.
fn second_widths(run: &[Row]) -> Vec<usize> {
    let mut widths = Vec::with_capacity(run.len());
    for group in run.chunk_by(|a, b| connected(a).is_some() && connected(b).is_some()) {
        let seconds = group.iter().filter_map(connected).map(width);
        let widest = seconds.filter(|wide| *wide <= MAX_CELL).max().unwrap_or(0);
        widths.extend(std::iter::repeat_n(widest, group.len()));
    }
    widths
}

/// The first argument, if a connector follows it.
fn connected(row: &Row) -> Option<&str> {
    match row {
        Row::One { second: Some(second), tail, .. } => {
            CONNECTORS.contains(&tail.split(' ').next().unwrap_or_default()).then_some(second.as_str())
        }
        Row::One { second: None, .. } | Row::Several { .. } => None,
    }
}

/// For each line the column of its comment, which it shares with the commented lines around it.
fn comment_columns(lines: &[(String, Option<String>)], level: usize) -> Vec<usize> {
    let mut columns = Vec::with_capacity(lines.len());
    for group in lines.chunk_by(|a, b| a.1.is_some() == b.1.is_some()) {
        let lines = group.iter().map(|(line, _)| line).filter(|line| !line.contains('\n'));
        let widths = lines.map(|line| width(line)).filter(|wide| 2 * level + wide <= MAX_COMMENTED);
        let column = widths.max().map_or(0, |wide| wide + 2);
        columns.extend(std::iter::repeat_n(column, group.len()));
    }
    columns
}
