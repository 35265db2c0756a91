//! What a text keeps when it is edited: its line ends.

use std::borrow::Cow;

/// A new text with the line ends of the one that it is put into.
pub(super) fn with_line_ends_of(new: &str, text: &str) -> String {
    if !new.contains('\n') || !has_carriage_returns(text) {
        return new.to_owned();
    }
    let plain: Cow<'_, str> = if new.contains('\r') { new.replace("\r\n", "\n").into() } else { new.into() };
    plain.replace('\n', "\r\n")
}

/// Whether most lines of a text end in CRLF.
fn has_carriage_returns(text: &str) -> bool {
    let all = text.bytes().filter(|byte| *byte == b'\n').count();
    all > 0 && text.matches("\r\n").count() * 2 > all
}
