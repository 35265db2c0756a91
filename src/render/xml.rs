//! What may stand in XML 1.0, for the formats that are written in it.

use std::fmt::Write as _;

use super::visible;

/// The first line of every document.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A text for an attribute in double quotes, or between tags. Characters that XML 1.0 cannot hold are named, and those
/// that nobody sees are written as references.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if !is_char(c) => out.push_str(&escaped(&visible::name(c))),
            // Attributes are normalised: only as references do the ends of lines and tabs stay what they are.
            c if !visible::is_harmless(c) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "&#x{:X};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// `Char` of XML 1.0, fifth edition, section 2.2.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_an_attribute_or_an_element() {
        assert_eq!(escaped("a\"b'<&>]]>"), "a&quot;b'&lt;&amp;&gt;]]&gt;");
        assert_eq!(escaped("a\nb\tc\u{202e}"), "a&#xA;b&#x9;c&#x202E;");
        assert_eq!(escaped("a\0\u{1b}\u{ffff}é"), "a&lt;U+0000&gt;&lt;U+001B&gt;&lt;U+FFFF&gt;é");
    }
}
