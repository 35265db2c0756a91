//! Values with variables: `/data/$host/${name}`. Source: nginx's `src/http/ngx_http_script.c`,
//! `ngx_http_script_compile`.

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as it stands.
    Text(String),
    /// `$name`, in lower case: nginx does not tell the cases apart.
    Variable(String),
    /// `$1`
    Capture(usize),
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

impl Template {
    /// Parts a value; `None` if nginx refuses it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find('$').unwrap_or(rest.len());
            if end > 0 {
                pieces.push(Piece::Text(rest[..end].to_owned()));
                rest = &rest[end..];
                continue;
            }
            let after = &rest[1..];
            if let Some(digit @ b'1'..=b'9') = after.bytes().next() {
                pieces.push(Piece::Capture(usize::from(digit - b'0')));
                rest = &after[1..];
                continue;
            }
            let (inner, braced) = match after.strip_prefix('{') {
                Some(inner) => (inner, true),
                None => (after, false),
            };
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let length = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
            let (name, behind) = inner.split_at(length);
            rest = if braced { behind.strip_prefix('}')? } else { behind };
            if name.is_empty() {
                return None;
            }
            pieces.push(Piece::Variable(name.to_ascii_lowercase()));
        }
        Some(Self { pieces })
    }

    /// The text, if it has no variable.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Template};

    #[test]
    fn variables_are_found_where_nginx_finds_them() {
        let pieces = Template::read("/a$Host-${b}c$1x").unwrap().pieces;
        let text = |text: &str| Piece::Text(text.to_owned());
        let variable = |name: &str| Piece::Variable(name.to_owned());
        assert_eq!(
            pieces,
            [text("/a"), variable("host"), text("-"), variable("b"), text("c"), Piece::Capture(1), text("x")]
        );
        for refused in ["a$", "${a", "$ 5", "${}"] {
            assert_eq!(Template::read(refused), None, "{refused}");
        }
    }
}
