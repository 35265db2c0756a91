//! How messages name what they speak of.

use crate::vocabulary::nginx::Context;

/// The most that a list in a message names.
const MOST: usize = 4;

/// `a`, `b` and `c`; what is over the fourth is counted.
pub(in crate::lint) fn list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().take(MOST).map(|item| format!("`{item}`")).collect();
    let more = items.len().saturating_sub(MOST);
    match (quoted.split_last(), more) {
        (None, _) => String::new(),
        (Some((only, [])), 0) => only.clone(),
        (Some((last, others)), 0) => format!("{} and {last}", others.join(", ")),
        (Some(_), more) => format!("{} and {more} more", quoted.join(", ")),
    }
}

/// Where a directive may stand, for a person.
pub(in crate::lint) fn places(contexts: &[Context]) -> String {
    let mut names: Vec<&str> = contexts.iter().map(|context| context.describe()).collect();
    names.dedup();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}
