//! Reads a configuration with what it includes into one tree of directives.

use std::sync::Arc;

use crate::diagnostic::Sink;
use crate::http::mime::{NginxVersion, nginx_table};
use crate::source::{FileId, Span};
use crate::syntax::nginx::read;
use crate::syntax::nginx::tree::{Body, Directive, Tree, directives};
use crate::vocabulary::nginx::{Context, Ends, directive};

use super::answer::Undecided;
use super::semantics::Semantics;

/// Includes may be nested so deep; nginx itself has no bound and runs out of file descriptors.
const MAX_DEPTH: usize = 16;

/// What an `include` comes to.
#[derive(Clone, Debug)]
pub enum Included {
    /// These files, in the order of their names, each with its text. None, if a pattern fits no file.
    Files(Vec<(FileId, Arc<str>)>),
    /// A file that is not there: nginx does not start without it.
    Missing,
    /// Nobody knows. `mime.types` then is the one that comes with the version of nginx.
    Unknown,
}

/// What is known besides the text.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The release that reads the configuration; the newest that is known, if `None`.
    pub version: Option<NginxVersion>,
    /// What relative paths are relative to, `/etc/nginx` in the official image (`nginx -V` shows it as `--prefix`).
    pub prefix: Option<String>,
    /// How nginx behaves.
    #[doc(hidden)]
    pub semantics: Semantics,
}

/// A directive with what is included in its block.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) args: Vec<String>,
    pub(crate) span: Span,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn arg(&self, index: usize) -> &str {
        self.args.get(index).map_or("", String::as_str)
    }

    /// As a person would write it on a line.
    pub(crate) fn written(&self) -> String {
        let mut text = self.name.clone();
        for arg in &self.args {
            text.push(' ');
            text.push_str(arg);
        }
        text
    }

    pub(crate) fn is_on(&self) -> bool {
        self.arg(0) == "on"
    }
}

/// The name under which an include that nobody knows stands in the tree.
pub(crate) const UNKNOWN_INCLUDE: &str = "include";
/// The name under which the rows of the stock `mime.types` stand in the tree.
pub(crate) const STOCK_TYPES: &str = "mime.types";

/// Files that distributions put beside `nginx.conf` and that hold nothing but parameters for other servers.
const PARAMETERS: &[&str] =
    &["fastcgi_params", "fastcgi.conf", "scgi_params", "uwsgi_params", "proxy_params", "koi-utf", "win-utf"];

/// The whole tree.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The directives of `http`.
    pub(crate) http: Vec<Node>,
    /// Why nginx does not start.
    pub(crate) refused: Option<Undecided>,
    /// What could not be read, outside of servers.
    pub(crate) unknown: Vec<Undecided>,
}

pub(crate) struct Loader<'a> {
    pub(crate) include: &'a mut dyn FnMut(&str) -> Included,
    pub(crate) options: &'a Options,
    pub(crate) loaded: Loaded,
    pub(crate) depth: usize,
}

impl Loader<'_> {
    /// Reads a whole configuration, or a file that is included in `http`.
    pub(crate) fn file(mut self, file: FileId, text: &str) -> Loaded {
        let tree = self.tree(file, text);
        let is_whole = directives(&tree.items).any(|directive| directive.name(text) == "http")
            || !directives(&tree.items).any(|directive| is_of_http(directive.name(text)));
        if is_whole {
            let main = self.block(directives(&tree.items), text, Context::Main);
            self.loaded.http =
                main.into_iter().filter(|node| node.name == "http").flat_map(|http| http.children).collect();
        } else {
            self.loaded.http = self.block(directives(&tree.items), text, Context::Http);
        }
        self.loaded
    }

    fn tree(&mut self, file: FileId, text: &str) -> Tree {
        let tree = read(file, text, &mut Sink::default());
        if let Some(mistake) = tree.mistakes.first() {
            self.refuse("nginx cannot read the configuration", mistake.span);
        }
        tree
    }

    fn refuse(&mut self, why: impl Into<String>, span: Span) {
        self.loaded.refused.get_or_insert_with(|| Undecided::new(why, Some(span)));
    }

    fn block<'t>(
        &mut self,
        list: impl Iterator<Item = &'t Directive>,
        text: &str,
        context: Context,
    ) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        for written in list {
            let name = written.name(text);
            let node = Node {
                name: name.to_owned(),
                args: written.args().iter().map(|arg| arg.text(text).to_owned()).collect(),
                span: written.line_span(),
                children: Vec::new(),
            };
            if name == "include" {
                self.included(node, context, &mut nodes);
                continue;
            }
            self.check(&node, written, context, &nodes);
            let children = match (&written.body, context.inside(name)) {
                (Body::Block(_), Some(inside)) => self.block(written.children(), text, inside),
                (Body::Table(_), _) => self.table(written.children(), text),
                _ => Vec::new(),
            };
            nodes.push(Node { children, ..node });
        }
        nodes
    }

    /// The rows of `types` and `map`.
    fn table<'t>(&mut self, list: impl Iterator<Item = &'t Directive>, text: &str) -> Vec<Node> {
        let mut rows = Vec::new();
        for written in list {
            let row = Node {
                name: written.name(text).to_owned(),
                args: written.args().iter().map(|arg| arg.text(text).to_owned()).collect(),
                span: written.line_span(),
                children: Vec::new(),
            };
            if !matches!(written.body, Body::None(_)) {
                self.refuse("a block cannot stand in a table", row.span);
            } else if row.name == "include" && row.args.len() == 1 {
                self.included_rows(row, &mut rows);
            } else {
                rows.push(row);
            }
        }
        rows
    }

    fn included_rows(&mut self, include: Node, rows: &mut Vec<Node>) {
        if self.depth >= MAX_DEPTH {
            return self.refuse("includes are nested too deep", include.span);
        }
        match (self.include)(include.arg(0)) {
            Included::Files(files) => {
                self.depth += 1;
                for (file, text) in files {
                    let tree = self.tree(file, &text);
                    rows.extend(self.table(directives(&tree.items), &text));
                }
                self.depth -= 1;
            }
            Included::Missing => self.refuse("the file that it includes is not there", include.span),
            Included::Unknown if is_mime_types(include.arg(0)) => self.refuse(
                "mime.types has a `types` block of its own, which cannot stand in another one",
                include.span,
            ),
            Included::Unknown => rows.push(include),
        }
    }

    fn included(&mut self, include: Node, context: Context, nodes: &mut Vec<Node>) {
        if self.depth >= MAX_DEPTH {
            return self.refuse("includes are nested too deep", include.span);
        }
        let path = include.arg(0).to_owned();
        match (self.include)(&path) {
            Included::Files(files) => {
                self.depth += 1;
                for (file, text) in files {
                    let tree = self.tree(file, &text);
                    let inside = self.block(directives(&tree.items), &text, context);
                    nodes.extend(inside);
                }
                self.depth -= 1;
            }
            Included::Missing => self.refuse("the file that it includes is not there", include.span),
            Included::Unknown if is_mime_types(&path) => nodes.push(self.stock(include.span)),
            Included::Unknown if PARAMETERS.contains(&file_name(&path)) => {}
            Included::Unknown if matches!(context, Context::Main | Context::Http) => {
                let what = format!("what `include {path}` brings is not known");
                self.loaded.unknown.push(Undecided::new(what, Some(include.span)));
            }
            Included::Unknown => nodes.push(include),
        }
    }

    /// The table that comes with this version of nginx.
    fn stock(&self, span: Span) -> Node {
        let table = nginx_table(self.options.version);
        let row = |(extension, mime): (&str, &str)| Node {
            name: mime.to_owned(),
            args: vec![extension.to_owned()],
            span,
            children: Vec::new(),
        };
        let children = table.into_iter().map(row).collect();
        Node { name: STOCK_TYPES.to_owned(), args: Vec::new(), span, children }
    }

    /// Sees whether nginx takes a directive, as far as the table of directives tells.
    fn check(&mut self, node: &Node, written: &Directive, context: Context, before: &[Node]) {
        let Some(known) = directive(&node.name, context) else { return };
        if !known.takes(node.args.len()) {
            return self.refuse(format!("`{}` does not take so many arguments", node.name), node.span);
        }
        let ends = match &written.body {
            Body::None(_) => Ends::Semicolon,
            Body::Block(_) => Ends::Block,
            Body::Table(_) => Ends::Table,
            Body::Opaque(_) => return,
        };
        if ends != known.ends {
            let lacks = if ends == Ends::Semicolon { "needs a block" } else { "has no block" };
            return self.refuse(format!("`{}` {lacks}", node.name), node.span);
        }
        if known.once && before.iter().any(|other| other.name == node.name) {
            self.refuse(format!("`{}` stands twice in one block", node.name), node.span);
        }
    }
}

fn is_of_http(name: &str) -> bool {
    directive(name, Context::Http).is_some() && directive(name, Context::Main).is_none()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_mime_types(path: &str) -> bool {
    file_name(path) == "mime.types"
}
