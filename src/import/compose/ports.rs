//! Published ports, in their short and their long form.

use super::Writer;
use super::arguments::{Operator, Piece, pieces};
use super::service::others;
use crate::import::statement::Statement;
use crate::model::port::{MappingError, PortMapping};
use crate::project::compose::{Node, Value, scalar_text};

impl Writer<'_> {
    /// `publish HOST:CONTAINER`
    pub(super) fn port(&self, node: &Node) -> Option<Statement> {
        let head = Statement::of("publish");
        let Value::Map(entries) = &node.value else {
            return Some(head.spelled(self.mapping(&scalar_text(node)?)?));
        };
        let get = |name| node.get(name).map(scalar_text);
        let target = get("target")??;
        let published = get("published").unwrap_or_else(|| Some("any".to_owned()))?;
        let protocol = match get("protocol") {
            None => String::new(),
            Some(protocol) => match protocol?.as_str() {
                "tcp" => String::new(),
                protocol => format!("/{protocol}"),
            },
        };
        let address = match get("host_ip") {
            None => String::new(),
            Some(address) => match address? {
                address if address.contains(':') => format!("[{address}]:"),
                address => format!("{address}:"),
            },
        };
        let mapping = self.mapping(&format!("{address}{published}:{target}{protocol}"))?;
        let others = others(entries, &["target", "published", "protocol", "host_ip"]);
        // The short form says the mode that compose means where none is said.
        Some(head.spelled(mapping).block_if_any(self.words("service.ports[]", &others)))
    }

    /// A mapping in the short form as that of the language, in which the host's port is always said.
    fn mapping(&self, raw: &str) -> Option<String> {
        let mut pieces = pieces(raw)?;
        if let Some(Piece::Literal(text)) = pieces.iter_mut().find(|piece| has_no_host(piece)) {
            *text = text.replacen("::", ":any:", 1);
        }
        match known(&pieces).map(|known| PortMapping::parse(&known)) {
            Some(Err(MappingError::OneNumber(_))) => pieces.insert(0, Piece::Literal("any:".to_owned())),
            Some(Err(_)) => return None,
            Some(Ok(_)) | None => {}
        }
        self.spelled(&joined(pieces))
    }
}

/// `127.0.0.1::80`
fn has_no_host(piece: &Piece) -> bool {
    matches!(piece, Piece::Literal(text) if text.contains("::") && !text.contains('['))
}

/// What a text comes to where no variable is set; `None` if one must be.
fn known(pieces: &[Piece]) -> Option<String> {
    let known = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::Variable { operator: Operator::Default(default), .. } => Some(default.clone()),
        Piece::Variable { .. } => None,
    };
    pieces.iter().map(known).collect()
}

/// Pieces of which no two that follow each other are letters.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}
