//! `--stats`: how many lines of each artefact are there because of statements, because of defaults, and raw.

use crate::backend::Artifact;
use crate::source::{Origin, Origins, Via};

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Statements,
    Raw,
    Defaults,
}

/// How much of a file, or of several, is whose.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    lines: usize,
    bytes: usize,
    statements: usize,
    defaults: usize,
    raw: usize,
    raw_bytes: usize,
}

impl Counts {
    fn of(artifact: &Artifact, origins: &Origins) -> Self {
        let mut counts = Self::default();
        for (text, of_line) in artifact.text.split_inclusive('\n').zip(&artifact.lines) {
            let by = by(of_line, origins);
            counts.lines += 1;
            counts.bytes += text.len();
            counts.statements += usize::from(by == By::Statements);
            counts.defaults += usize::from(by == By::Defaults);
            counts.raw += usize::from(by == By::Raw);
            counts.raw_bytes += if by == By::Raw { text.len() } else { 0 };
        }
        counts
    }

    fn plus(self, other: Self) -> Self {
        Self {
            lines: self.lines + other.lines,
            bytes: self.bytes + other.bytes,
            statements: self.statements + other.statements,
            defaults: self.defaults + other.defaults,
            raw: self.raw + other.raw,
            raw_bytes: self.raw_bytes + other.raw_bytes,
        }
    }

    fn row(&self, name: &str) -> [String; COLUMNS.len()] {
        [
            name.to_owned(),
            self.lines.to_string(),
            self.statements.to_string(),
            self.defaults.to_string(),
            self.raw.to_string(),
            share(self.raw, self.lines),
            share(self.raw_bytes, self.bytes),
        ]
    }
}

/// A line that a statement and something else made, such as the key above several, would be there without the other.
fn by(of_line: &[Origin], origins: &Origins) -> By {
    let causes: Vec<By> = of_line.iter().filter_map(|origin| by_one(*origin, origins)).collect();
    [By::Statements, By::Raw].into_iter().find(|by| causes.contains(by)).unwrap_or(By::Defaults)
}

fn by_one(origin: Origin, origins: &Origins) -> Option<By> {
    origins.chain(origin).find_map(|cause| match cause.via {
        Via::Written => Some(By::Statements),
        Via::Raw => Some(By::Raw),
        Via::Default(_) => Some(By::Defaults),
        // What a statement stands for is the statement's.
        Via::Lowered(_) => None,
    })
}

fn share(part: usize, whole: usize) -> String {
    // A count of lines or bytes is far below what a double holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "no file has 2^52 bytes")]
    let percent = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
    if part > 0 && percent < 0.1 { "<0.1%".to_owned() } else { format!("{percent:.1}%") }
}

const COLUMNS: [&str; 7] = ["", "lines", "statements", "defaults", "raw", "raw lines", "raw bytes"];

/// A line an artefact and one for all of them, under a head. `shown` says how a path is shown.
pub(super) fn table(
    artifacts: &[Artifact],
    origins: &Origins,
    shown: impl Fn(&str) -> String,
) -> Vec<String> {
    let counts: Vec<Counts> = artifacts.iter().map(|artifact| Counts::of(artifact, origins)).collect();
    let total = counts.iter().fold(Counts::default(), |sum, counts| sum.plus(*counts));
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    rows.extend(artifacts.iter().zip(&counts).map(|(artifact, counts)| counts.row(&shown(&artifact.path))));
    rows.push(total.row("total"));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; COLUMNS.len()] = std::array::from_fn(width);
    let line = |row: &[String; COLUMNS.len()]| {
        let (name, numbers) = (&row[0], &row[1..]);
        let numbers = numbers.iter().zip(&widths[1..]);
        let numbers: Vec<String> = numbers.map(|(number, width)| format!("  {number:>width$}")).collect();
        format!("{name:width$}{}", numbers.concat(), width = widths[0])
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    #[test]
    fn a_line_belongs_to_the_nearest_that_somebody_wrote() {
        let file = SourceMap::default().add("a", "text");
        let mut origins = Origins::default();
        let written = origins.written(Span::new(file, 0, 1));
        let raw = origins.raw(Span::new(file, 1, 2));
        let default = origins.by_default("restart", Some(written));
        let implied = origins.lowered("upstream", written);
        let because_of_default = origins.lowered("upstream", default);
        for (of_line, expected) in [
            (vec![Origin::HEADER], By::Defaults),
            (vec![default], By::Defaults),
            (vec![because_of_default], By::Defaults),
            (vec![implied], By::Statements),
            (vec![default, written], By::Statements),
            (vec![raw, written], By::Statements),
            (vec![default, raw], By::Raw),
        ] {
            assert_eq!(by(&of_line, &origins), expected, "{of_line:?}");
        }
    }

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!(share(0, 0), "0.0%");
        assert_eq!(share(0, 7), "0.0%");
        assert_eq!(share(1, 3), "33.3%");
        assert_eq!(share(1, 10_000), "<0.1%");
        assert_eq!(share(3, 3), "100.0%");
    }
}
