//! Which files a configuration treats alike, so that one of them speaks for all in its folder.

use std::collections::BTreeMap;

use super::config::{Code, Config, Defined, Kind};
use super::pattern::Pattern;
use super::template::{Piece, Template};

/// What a configuration looks at in the name of a file.
#[derive(Debug)]
pub struct Alike<'c> {
    /// Names of prefix and exact locations.
    names: Vec<&'c [u8]>,
    regexes: Vec<&'c Pattern>,
}

/// So many regular expressions are told apart.
const MOST_REGEXES: usize = 32;

impl<'c> Alike<'c> {
    /// `None` if names may decide in other ways than by the choice of a location and by their extension: then no file
    /// speaks for another.
    pub fn new(config: &'c Config) -> Option<Self> {
        let mut alike = Self { names: Vec::new(), regexes: Vec::new() };
        let tables = config.variables.values();
        if tables.into_iter().any(|defined| match defined {
            Defined::Map(map) => looks_at_path(&map.source),
            Defined::Constant(_) => false,
            Defined::Opaque(..) => true,
        }) {
            return None;
        }
        for block in &config.blocks {
            let returns = |code: &Code| matches!(code, Code::Return { .. } | Code::Break(_));
            let is_first = |tries: &[(Template, bool)]| match tries.first() {
                Some((template, false)) => template.pieces == [Piece::Variable("uri".to_owned())],
                Some((_, true)) | None => false,
            };
            if !block.codes.iter().all(returns)
                || block.settings.root.path.literal().is_none()
                || block.try_files.as_ref().is_some_and(|tried| !is_first(&tried.tries))
            {
                return None;
            }
            match &block.kind {
                Kind::Exact | Kind::Prefix | Kind::PrefixAlone => alike.names.push(block.name.as_bytes()),
                Kind::Regex(pattern) => alike.regexes.push(pattern),
                Kind::Server | Kind::Named | Kind::If | Kind::LimitExcept => {}
            }
        }
        (alike.regexes.len() <= MOST_REGEXES).then_some(alike)
    }

    /// What sets a file apart from others of its folder: two that have the same extension and the same class, and are both
    /// sent when they are asked for, differ in nothing but their names. `folder` ends in a slash and begins `uri`, both as
    /// they are asked for. `None` if the file must be asked for by itself.
    pub fn class<'u>(&self, folder: &str, uri: &'u str) -> Option<(u32, &'u str)> {
        let name = uri.strip_prefix(folder)?;
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'?' | b'#' | b'+');
        if name.starts_with('.') || !uri.bytes().all(is_plain) || uri.contains("//") || uri.contains("/.") {
            return None;
        }
        let apart = |own: &&[u8]| {
            own.len() > folder.len()
                && (uri.as_bytes().starts_with(own) || own.strip_suffix(b"/") == Some(uri.as_bytes()))
        };
        if self.names.iter().any(apart) {
            return None;
        }
        let mut class = 0;
        for (index, regex) in self.regexes.iter().enumerate() {
            if regex.is_match(uri.as_bytes())? {
                class |= 1 << index;
            }
        }
        Some((class, name.rsplit_once('.').map_or("", |(_, extension)| extension)))
    }
}

fn looks_at_path(template: &Template) -> bool {
    let apart = ["uri", "document_uri", "request_uri", "request_filename", "request", "request_id"];
    template.pieces.iter().any(|piece| match piece {
        Piece::Text(_) => false,
        Piece::Variable(name) => apart.contains(&name.as_str()) || !name.starts_with("http_"),
        Piece::Capture(_) => true,
    })
}

/// Remembers one answer for each class of a folder.
#[derive(Debug, Default)]
pub struct Remembered<T> {
    folder: String,
    known: BTreeMap<u32, Vec<(String, T)>>,
}

impl<T> Remembered<T> {
    /// Forgets what was known of another folder.
    pub fn enter(&mut self, folder: &str) {
        if self.folder != folder {
            folder.clone_into(&mut self.folder);
            self.known.clear();
        }
    }

    /// What is known of a class.
    pub fn get(&self, (class, extension): (u32, &str)) -> Option<&T> {
        let known = self.known.get(&class)?;
        known.iter().find(|(own, _)| own == extension).map(|(_, known)| known)
    }

    /// Remembers what one file of a class got.
    pub fn insert(&mut self, (class, extension): (u32, &str), what: T) {
        self.known.entry(class).or_default().push((extension.to_owned(), what));
    }
}
