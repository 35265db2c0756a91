//! Which files a configuration treats alike, so that one of them speaks for the others.

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

    /// The locations that a folder lies in, which is given by its path with the last slash.
    fn around(&self, folder: &str) -> Vec<usize> {
        let around = self.names.iter().enumerate().filter(|(_, own)| folder.as_bytes().starts_with(own));
        around.map(|(index, _)| index).collect()
    }

    /// What sets a file apart from others: two that have the same class, lie in the same locations, and are both sent when
    /// they are asked for, differ in nothing but their names. `folder` ends in a slash and begins `uri`, both as they are
    /// asked for. `None` if the file must be asked for by itself.
    fn class<'u>(&self, folder: &str, uri: &'u str) -> Option<Class<'u>> {
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
        Some(Class {
            regexes: class,
            extension: name.rsplit_once('.').map_or("", |(_, extension)| extension),
        })
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

/// Files that nothing but their names sets apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class<'u> {
    /// A bit for each regular expression that matches.
    regexes: u32,
    extension: &'u str,
}

/// Remembers one answer for each class of files, of those in one static root.
#[derive(Debug)]
pub struct Remembered<'c, T> {
    alike: &'c Alike<'c>,
    folder: String,
    /// What is known of the files that lie in the same locations, by these.
    known: Vec<(Vec<usize>, Vec<Answered<T>>)>,
    /// The locations of the folder.
    at: usize,
}

#[derive(Debug)]
struct Answered<T> {
    regexes: u32,
    extension: String,
    answer: T,
}

impl<'c, T> Remembered<'c, T> {
    /// Nothing is known yet.
    pub fn new(alike: &'c Alike<'c>) -> Self {
        Self { alike, folder: String::new(), known: Vec::new(), at: 0 }
    }

    /// The class of a file that is asked for as `uri`; `None` if it must be asked for by itself.
    pub fn class<'u>(&mut self, uri: &'u str) -> Option<Class<'u>> {
        let folder = &uri[..=uri.rfind('/')?];
        if self.folder != folder {
            folder.clone_into(&mut self.folder);
            let around = self.alike.around(folder);
            self.at = self.known.iter().position(|(own, _)| *own == around).unwrap_or_else(|| {
                self.known.push((around, Vec::new()));
                self.known.len() - 1
            });
        }
        self.alike.class(folder, uri)
    }

    /// What is known of the class of the last file.
    pub fn get(&self, class: Class<'_>) -> Option<&T> {
        let (_, known) = self.known.get(self.at)?;
        let found =
            known.iter().find(|known| known.regexes == class.regexes && known.extension == class.extension);
        found.map(|known| &known.answer)
    }

    /// Remembers what the last file got.
    pub fn insert(&mut self, class: Class<'_>, answer: T) {
        if let Some((_, known)) = self.known.get_mut(self.at) {
            known.push(Answered { regexes: class.regexes, extension: class.extension.to_owned(), answer });
        }
    }
}
