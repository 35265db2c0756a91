//! Whether what was written can still be read.

use std::collections::{BTreeMap, BTreeSet};

use super::Part;
use crate::diagnostic::Severity;

/// The changed files in which a reader finds an error that it did not find before: their new text is not to be kept.
///
/// `codes` are those of the readers. A rule or the compiler may well find more in a text that it could not understand
/// before.
pub fn broken<'a>(
    before: &[Part<'_>],
    after: &[Part<'_>],
    changed: impl IntoIterator<Item = &'a str>,
    codes: &[&str],
) -> BTreeSet<String> {
    let (before, after) = (errors(before, codes), errors(after, codes));
    let is_broken = |name: &&str| {
        let of_file = after.iter().filter(|((file, _), _)| file == name);
        of_file.into_iter().any(|(key, count)| before.get(key).is_none_or(|old| old < count))
    };
    changed.into_iter().filter(is_broken).map(str::to_owned).collect()
}

/// How many errors of each code there are in each file.
fn errors<'a>(parts: &[Part<'a>], codes: &[&str]) -> BTreeMap<(&'a str, &'static str), usize> {
    let mut errors = BTreeMap::new();
    for part in parts {
        let found = part.sink.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        for found in found.filter(|found| codes.contains(&found.code)) {
            let name = part.sources.file(found.primary.span.file).name.as_str();
            *errors.entry((name, found.code)).or_default() += 1;
        }
    }
    errors
}
