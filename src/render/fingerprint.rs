//! By what a finding is known again after lines above it came or went: its rule, its file and what its line says.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The rules by which fingerprints are made; one that is made differently has another number.
pub const VERSION: &str = "1";

/// So many bytes of the digest are kept.
const LENGTH: usize = 16;

/// Gives out fingerprints in order of place, so that equal findings are told apart by their number.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// The fingerprint of the next finding: 32 hexadecimal digits, and the how many-th it is of its rule, file and line.
    ///
    /// `line` is the line as it is shown, with every secret masked: neither a value nor its length is in the digest.
    /// How it is indented or spaced does not matter.
    pub fn next(&mut self, rule: &str, path: &str, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut digest = Sha256::new();
        for part in [VERSION, rule, path, &words.join(" ")] {
            // With its length before it, no part can be taken for the end of another.
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        let mut fingerprint = String::with_capacity(2 * LENGTH + 2);
        for byte in &digest.finalize()[..LENGTH] {
            // Writing to a string cannot fail.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        let count = self.seen.entry(fingerprint.clone()).or_default();
        *count += 1;
        let _ = write!(fingerprint, ":{count}");
        fingerprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_findings_are_numbered_and_different_ones_are_told_apart() {
        let mut all = Fingerprints::default();
        let first = all.next("a-rule", "a.yml", "  restart: always");
        assert!(first.len() == 34 && first.ends_with(":1"), "{first}");
        let second = all.next("a-rule", "a.yml", "restart:\talways ");
        assert_eq!(second, first.replace(":1", ":2"));
        let others = [
            ("b-rule", "a.yml", "x"),
            ("a-rule", "b.yml", "x"),
            ("a-rule", "a.yml", "y"),
            ("a-rulea", ".yml", "x"),
        ];
        for (rule, path, line) in others {
            assert!(all.next(rule, path, line).ends_with(":1"));
        }
        assert_eq!(Fingerprints::default().next("a-rule", "a.yml", "restart: always"), first);
    }
}
