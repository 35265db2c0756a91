//! `--stats`: how many lines of each artefact are there because of statements, because of defaults, and raw.

use crate::backend::Artifact;
use crate::import::{Counted, Parts};
use crate::source::{Origins, Whose};

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
            let whose = origins.whose(of_line);
            counts.lines += 1;
            counts.bytes += text.len();
            counts.statements += usize::from(whose == Whose::Statements);
            counts.defaults += usize::from(whose == Whose::Defaults);
            counts.raw += usize::from(whose == Whose::Raw);
            counts.raw_bytes += if whose == Whose::Raw { text.len() } else { 0 };
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
    laid_out(&rows)
}

const OF_IMPORT: [&str; 5] = ["", "parts", "statements", "raw", "native"];

/// A line for every file that was imported, and one for each kind of part.
pub(super) fn of_import(parts: &[Parts]) -> Vec<String> {
    let row = |name: String, all: usize, raw: usize| {
        let native = if all == 0 { "100.0%".to_owned() } else { share(all - raw, all) };
        [name, all.to_string(), (all - raw).to_string(), raw.to_string(), native]
    };
    let files = parts.iter().map(|part| row(part.path.clone(), part.all, part.raw));
    let sums = [
        (Counted::Keys, "keys of compose"),
        (Counted::Instructions, "instructions of Dockerfiles"),
        (Counted::Directives, "directives of nginx"),
    ];
    let sums = sums.into_iter().map(|(counted, name)| {
        let those = || parts.iter().filter(|part| part.counted == counted);
        row(name.to_owned(), those().map(|part| part.all).sum(), those().map(|part| part.raw).sum())
    });
    let rows: Vec<_> = std::iter::once(OF_IMPORT.map(str::to_owned)).chain(files).chain(sums).collect();
    laid_out(&rows)
}

/// Names to the left, numbers to the right.
fn laid_out<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
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

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!(share(0, 0), "0.0%");
        assert_eq!(share(0, 7), "0.0%");
        assert_eq!(share(1, 3), "33.3%");
        assert_eq!(share(1, 10_000), "<0.1%");
        assert_eq!(share(3, 3), "100.0%");
    }
}
