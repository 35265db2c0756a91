//! What a text is, by what stands in it: for texts whose names tell nothing.

use crate::diagnostic::Sink;
use crate::lint::nginx::guess;
use crate::source::SourceMap;
use crate::syntax::nginx::read;

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A stack file.
    Stack,
    /// A compose file.
    Compose,
    /// A Dockerfile.
    Dockerfile,
    /// A configuration of nginx, or a part of one.
    Nginx,
}

/// The keys of compose one of which every compose file has, where they begin a line.
const OF_COMPOSE: [&str; 2] = ["services:", "include:"];

/// What a text looks like; `None` if that is not known.
pub fn content_of(text: &str) -> Option<Content> {
    let text = text.trim_start_matches('\u{feff}');
    let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let first = text.lines().map(str::trim).find(said)?;
    let mut words = first.split_whitespace();
    let word = words.next()?;
    if word == "stack" && words.next().is_some_and(|name| !name.starts_with(':')) {
        return Some(Content::Stack);
    }
    // A Dockerfile begins with one of these.
    if ["from", "arg"].contains(&word.to_ascii_lowercase().as_str()) {
        return Some(Content::Dockerfile);
    }
    if text.lines().any(|line| OF_COMPOSE.iter().any(|key| line.starts_with(key))) {
        return Some(Content::Compose);
    }
    let file = SourceMap::default().add("", text.to_owned());
    guess(&read(file, text, &mut Sink::default()), text).map(|_| Content::Nginx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_how_it_begins() {
        for (text, content) in [
            ("# shop\n\nstack shop\n", Some(Content::Stack)),
            ("# syntax=docker/dockerfile:1\nARG TAG\nFROM nginx:$TAG\n", Some(Content::Dockerfile)),
            ("\u{feff}from nginx\n", Some(Content::Dockerfile)),
            ("name: shop\r\nservices:\r\n  web:\r\n", Some(Content::Compose)),
            ("include:\n  - a.yml\n", Some(Content::Compose)),
            ("server {\n  listen 80;\n}\n", Some(Content::Nginx)),
            ("stack: true\n", None),
            ("  services: 1\n", None),
            ("hello\n", None),
            ("", None),
        ] {
            assert_eq!(content_of(text), content, "{text}");
        }
    }
}
