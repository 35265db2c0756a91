//! An nginx configuration as a typed tree: directives in an arena. Source: nginx's `ngx_conf_file.c`.

use super::values::Text;
use crate::source::Origin;
use crate::vocabulary::nginx::Context;

/// A directive's place in its file's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirId(u32);

/// An emitted configuration.
#[derive(Clone, Debug)]
pub struct ConfFile {
    /// Relative to the output folder.
    pub path: String,
    /// The proxy that runs it.
    pub service: super::names::ServiceName,
    /// The version of nginx that will read it, if the image's tag says.
    pub version: Option<crate::http::mime::NginxVersion>,
    /// The directives.
    pub conf: Conf,
}

/// An emitted file of directives that no proxy of the stack owns: containers mount or copy it.
#[derive(Clone, Debug)]
pub struct Included {
    /// Relative to the output folder.
    pub path: String,
    /// Where nginx reads it.
    pub context: Context,
    /// The directives.
    pub conf: Conf,
}

/// The directives of one file.
#[derive(Clone, Debug, Default)]
pub struct Conf {
    arena: Vec<Directive>,
    /// The main context, in order.
    pub root: Vec<DirId>,
}

/// One directive.
#[derive(Clone, Debug)]
pub struct Directive {
    /// `proxy_pass`
    pub name: String,
    /// What follows the name.
    pub args: Vec<Text>,
    /// `;` or a block.
    pub body: Body,
    /// A line above it that says why, for the reader of the file.
    pub comment: Option<String>,
    /// The block it stands in.
    pub parent: Option<DirId>,
    /// Why it is there.
    pub origin: Origin,
}

/// What a directive ends with.
#[derive(Clone, Debug)]
pub enum Body {
    /// `;`
    None,
    /// `{ directives }`
    Block(Vec<DirId>),
    /// `{ key value...; }` whose keys are no directives: `types`, `map`, `geo`.
    Table(Vec<Entry>),
    /// `{ text }` in another language, such as Lua, as it was written.
    Foreign(String),
}

/// A line of a table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// First word.
    pub key: Text,
    /// The others.
    pub values: Vec<Text>,
    /// Why it is there.
    pub origin: Origin,
}

impl Conf {
    /// The directive behind an id of this file.
    pub fn get(&self, id: DirId) -> &Directive {
        &self.arena[id.0 as usize]
    }

    /// Appends a directive to the block `parent`, or to the main context.
    ///
    /// # Panics
    /// If `parent` is no block: only blocks are handed out as parents.
    pub fn push(
        &mut self,
        parent: Option<DirId>,
        name: &str,
        args: Vec<Text>,
        body: Body,
        origin: Origin,
    ) -> DirId {
        let id = DirId(u32::try_from(self.arena.len()).expect("fewer than 2^32 directives"));
        self.arena.push(Directive { name: name.to_owned(), args, body, comment: None, parent, origin });
        match parent {
            None => self.root.push(id),
            Some(parent) => match &mut self.arena[parent.0 as usize].body {
                Body::Block(children) => children.push(id),
                Body::None | Body::Table(_) | Body::Foreign(_) => {
                    unreachable!("directives are pushed into blocks only")
                }
            },
        }
        id
    }

    /// Gives a directive other arguments.
    pub fn replace(&mut self, id: DirId, args: Vec<Text>, origin: Origin) {
        let directive = &mut self.arena[id.0 as usize];
        directive.args = args;
        directive.origin = origin;
    }

    /// Brings the main context into the order of a key of the directives; equal keys keep their order.
    pub fn sort_root(&mut self, key: impl Fn(&Directive) -> u32) {
        let mut root = std::mem::take(&mut self.root);
        root.sort_by_key(|id| key(self.get(*id)));
        self.root = root;
    }

    /// Puts directives of plain words before everything else of the main context, in that order.
    pub fn insert_first(&mut self, directives: &[(&str, &[&str], Origin)]) {
        for (index, (name, words, origin)) in directives.iter().enumerate() {
            let args = words.iter().map(|word| Text::literal(*word, *origin)).collect();
            let id = self.push(None, name, args, Body::None, *origin);
            self.root.retain(|other| *other != id);
            self.root.insert(index, id);
        }
    }

    /// Brings the directives of a block into the order of a key of their names; equal keys keep their order.
    pub fn sort_children(&mut self, block: DirId, key: impl Fn(&str) -> u32) {
        let mut children = self.children(block).to_vec();
        children.sort_by_key(|id| key(&self.get(*id).name));
        if let Body::Block(slot) = &mut self.arena[block.0 as usize].body {
            *slot = children;
        }
    }

    /// Writes a line above a directive.
    pub fn comment(&mut self, id: DirId, text: impl Into<String>) {
        self.arena[id.0 as usize].comment = Some(text.into());
    }

    /// The table of a directive, to add to.
    pub fn table_mut(&mut self, id: DirId) -> Option<&mut Vec<Entry>> {
        match &mut self.arena[id.0 as usize].body {
            Body::Table(entries) => Some(entries),
            Body::None | Body::Block(_) | Body::Foreign(_) => None,
        }
    }

    /// The directives of a block in order; none for anything else.
    pub fn children(&self, id: DirId) -> &[DirId] {
        match &self.get(id).body {
            Body::Block(children) => children,
            Body::None | Body::Table(_) | Body::Foreign(_) => &[],
        }
    }

    /// The directives of `block`, or of the main context.
    pub fn children_of(&self, block: Option<DirId>) -> &[DirId] {
        block.map_or(self.root.as_slice(), |id| self.children(id))
    }

    /// The directives of `block` (the main context for `None`) with that name.
    pub fn named<'a>(&'a self, block: Option<DirId>, name: &'a str) -> impl Iterator<Item = DirId> + 'a {
        self.children_of(block).iter().copied().filter(move |id| self.get(*id).name == name)
    }

    /// Every directive with its id, in the order in which they were made.
    pub fn all(&self) -> impl Iterator<Item = (DirId, &Directive)> {
        (0u32..).map(DirId).zip(&self.arena)
    }

    /// The block a directive stands in, that block's block, and so on.
    pub fn ancestors(&self, id: DirId) -> impl Iterator<Item = DirId> + '_ {
        std::iter::successors(self.get(id).parent, |id| self.get(*id).parent)
    }
}
