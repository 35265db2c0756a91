//! Characters that no one sees: control and bidirectional ones, which may stand nowhere in a file.

/// Where such characters stand, adjacent ones as one place: the first `most` places.
pub(super) fn places(text: &str, most: usize) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(is_refused).map(|at| from + at) {
        let Some(character) = text[at..].chars().next() else { break };
        from = at + character.len_utf8();
        if character == '\r' && text[from..].starts_with('\n') {
            continue;
        }
        if let Some((_, end)) = places.last_mut().filter(|(_, end)| *end == at) {
            *end = from;
        } else if places.len() < most {
            places.push((at, from));
        } else {
            break;
        }
    }
    places
}

/// Whether `raw`, which lies on one line, holds such a character.
pub(super) fn holds(raw: &str) -> bool {
    raw.contains(is_refused)
}

/// Whether a character may not stand in a file; a carriage return only before a line feed.
pub(super) fn is_refused(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => true,
        _ => c.is_control(),
    }
}

/// What a person calls it.
pub(super) fn name(c: char) -> &'static str {
    match c {
        '\0' => "a null character",
        '\u{8}' => "a backspace",
        '\r' => "a carriage return alone",
        '\u{1b}' => "an escape character",
        '\u{7f}' => "a delete character",
        '\u{2028}' => "a line separator",
        '\u{2029}' => "a paragraph separator",
        '\u{feff}' => "a byte order mark inside of the text",
        '\u{61c}' | '\u{200e}' | '\u{200f}' => "a mark for the direction of writing",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a character that changes the direction of writing"
        }
        _ => "a control character",
    }
}
