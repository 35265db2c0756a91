//! Published ports, in the short form or in the long one.

use super::interpolate;
use super::keys::Keys;
use super::paths::Folder;
use super::yaml::{Item, Node};
use crate::model::compose::Published;
use crate::model::port::{ANY, pieces};
use crate::model::values::{Part, Text};

/// The short form, or a map if the port has options.
pub(super) fn published(port: &Published, folder: &Folder<'_>) -> Item {
    let pieces = pieces(&port.mapping.text);
    let origin = port.mapping.origin();
    if port.extra.is_empty() {
        return Item::new(Node::Quoted(short(&pieces)), origin);
    }
    let (container, outer) = pieces.split_last().expect("a text has at least one piece");
    let (host, outer) = outer.split_last().map_or((None, outer), |(host, outer)| (Some(host), outer));
    let (target, protocol) = without_protocol(container);
    let mut keys = Keys::default();
    let text = |text: &Text| Item::new(Node::Text(interpolate::text(text)), origin);
    keys.put("host_ip", outer.first().map(|address| text(&without_brackets(address))));
    let number = target.as_literal().and_then(|target| target.parse().ok());
    keys.put("target", Some(number.map_or_else(|| text(&target), |of| Item::new(Node::Number(of), origin))));
    let host = host.filter(|host| host.as_literal() != Some(ANY));
    keys.put("published", host.map(|host| Item::new(Node::Quoted(interpolate::text(host)), origin)));
    keys.put("protocol", Some(Item::new(Node::Text(protocol), origin)));
    keys.extend(&port.extra, folder);
    Item::new(Node::Map(keys.0), origin)
}

/// Without a port of the host nothing stands for it, but for the colon behind an address.
fn short(pieces: &[Text]) -> String {
    let is_any = |piece: &Text| piece.as_literal() == Some(ANY);
    let shown = |piece: &Text| if is_any(piece) { String::new() } else { interpolate::text(piece) };
    let pieces = if is_any(&pieces[0]) { &pieces[1..] } else { pieces };
    pieces.iter().map(shown).collect::<Vec<_>>().join(":")
}

/// A port of the container, and its transport.
fn without_protocol(container: &Text) -> (Text, String) {
    let mut target = container.clone();
    let protocol = match target.parts.last_mut() {
        Some(Part::Lit(last)) => last.find('/').map(|at| last.split_off(at)[1..].to_owned()),
        Some(Part::Var(_)) | None => None,
    };
    (target, protocol.unwrap_or_else(|| "tcp".to_owned()))
}

/// `[::1]` as `::1`
fn without_brackets(address: &Text) -> Text {
    match address.as_literal() {
        Some(literal) => Text::literal(literal.trim_matches(['[', ']']), address.origin),
        None => address.clone(),
    }
}
