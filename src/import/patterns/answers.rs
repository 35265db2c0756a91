//! `redirect URI to URL` and `respond URI STATUS [TEXT]`: locations that answer by themselves.

use super::{At, Short, with};
use crate::import::statement::Statement;

/// `redirect URI to URL [permanent]`
pub(super) fn redirect<'t>(at: &At<'t>) -> Option<Short<'t>> {
    let said = at.only("return").filter(|_| at.is_exact())?;
    let [status, url] = said.args() else { return None };
    let url = url.text(at.text);
    let is_url = ["/", "http://", "https://", "$"].iter().any(|start| url.starts_with(start));
    let head = with(with(Statement::of("redirect"), at.uri).keyword("to"), url);
    let head = match status.text(at.text) {
        "301" => head.keyword("permanent"),
        "302" => head,
        _ => return None,
    };
    is_url.then_some(Short { head, said })
}

/// `respond URI STATUS [TEXT]`
pub(super) fn respond<'t>(at: &At<'t>) -> Option<Short<'t>> {
    let said = at.only("return").filter(|_| at.is_exact())?;
    let (status, text) = match said.args() {
        [status] => (status.text(at.text), None),
        [status, text] => (status.text(at.text), Some(text.text(at.text))),
        _ => return None,
    };
    let number: u16 = status.parse().ok().filter(|number: &u16| number.to_string() == status)?;
    // Of these the text is an address, which a redirect says.
    let is_moved = (300..400).contains(&number) && text.is_some();
    let head = with(Statement::of("respond"), at.uri).keyword(status);
    let head = text.into_iter().fold(head, with);
    ((200..600).contains(&number) && !is_moved).then_some(Short { head, said })
}
