//! Makes characters visible that would change what a terminal shows: controls, escapes, bidirectional marks.

use std::borrow::Cow;

/// The most characters of a message; what is longer quotes something that nobody wrote by hand.
const LONGEST: usize = 1_000;

/// Whether a character is harmless where text of a single line is expected.
pub fn is_harmless(c: char) -> bool {
    !c.is_control() && !is_invisible(c)
}

/// Characters that have no shape of their own and reorder, hide or break the text around them. The joiners U+200C
/// and U+200D stay: words of several languages and many emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The name that stands for a character that is not shown: `<U+202E>`.
pub fn name(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// One line: everything that is not harmless is named, and what is longer than anybody reads is cut.
pub fn line(text: &str) -> Cow<'_, str> {
    clean(text, false)
}

/// Several lines: as [`line`], but line feeds stay.
pub fn paragraph(text: &str) -> Cow<'_, str> {
    clean(text, true)
}

fn clean(text: &str, keep_lines: bool) -> Cow<'_, str> {
    let kept = |c: char| is_harmless(c) || (keep_lines && c == '\n');
    let end = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    if end.is_none() && text.chars().all(kept) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text[..end.unwrap_or(text.len())].chars() {
        match c {
            c if kept(c) => shown.push(c),
            '\t' => shown.push(' '),
            c => shown.push_str(&name(c)),
        }
    }
    if end.is_some() {
        shown.push_str("...");
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_fool_a_terminal_is_named() {
        assert_eq!(line("a\u{1b}[31mb"), "a<U+001B>[31mb");
        assert_eq!(line("user\u{202e}gnp.exe"), "user<U+202E>gnp.exe");
        assert_eq!(line("a\nb\tc"), "a<U+000A>b c");
        assert_eq!(paragraph("a\nb\r"), "a\nb<U+000D>");
        assert_eq!(line("\u{9b}31m"), "<U+009B>31m");
    }

    #[test]
    fn ordinary_text_of_any_language_stays() {
        for text in ["größe", "日本語", "نص", "👩\u{200d}🚀", "mi\u{200c}xwam"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn a_message_that_quotes_a_huge_word_is_cut() {
        assert_eq!(line(&"x".repeat(10_000)).len(), 1_003);
    }
}
