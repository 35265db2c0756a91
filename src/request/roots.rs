//! Which folders a configuration serves files from, and under which paths.

use super::config::{Alias, Block, BlockId, Config, Kind, Server};
use crate::source::Span;

/// A folder whose files a server serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticRoot {
    /// A name that the server answers to; `localhost` where it answers to any.
    pub host: String,
    /// A port that it listens on.
    pub port: u16,
    /// Whether that port speaks TLS.
    pub tls: bool,
    /// The path of the folder's files, `/static/`.
    pub prefix: String,
    /// The folder, absolute; with or without a last slash.
    pub folder: String,
    /// Where `root` or `alias` says so.
    pub span: Option<Span>,
}

impl Config {
    /// The folders of every server, in the order of its locations; those of which a part is a variable are left out.
    pub fn static_roots(&self) -> Vec<StaticRoot> {
        self.servers.iter().flat_map(|server| self.roots_of(server)).collect()
    }

    fn roots_of(&self, server: &Server) -> Vec<StaticRoot> {
        let mut roots: Vec<StaticRoot> = Vec::new();
        let mut waiting: Vec<BlockId> = vec![server.block];
        while let Some(id) = waiting.pop() {
            let block = self.block(id);
            waiting.extend(block.regexes.iter().rev().chain(block.statics.iter().rev()));
            if let Some((prefix, folder)) = self.served(block) {
                roots.extend(root(server, prefix, folder, block.settings.root.span));
            }
        }
        let all = roots.clone();
        let is_within = |inner: &StaticRoot, outer: &StaticRoot| {
            inner.prefix.strip_prefix(&outer.prefix).is_some_and(|rest| {
                outer.folder.ends_with('/') && inner.folder.strip_prefix(&outer.folder) == Some(rest)
            })
        };
        let mut at = 0;
        roots.retain(|root| {
            at += 1;
            let same = |other: &StaticRoot| other.prefix == root.prefix && other.folder == root.folder;
            !all[..at - 1].iter().any(same) && !all.iter().any(|other| !same(other) && is_within(root, other))
        });
        roots
    }

    /// The path and the folder of a block's files.
    fn served(&self, block: &Block) -> Option<(String, String)> {
        if block.handler.is_some() {
            return None;
        }
        let settings = &block.settings.root;
        // nginx's own default is no choice of anybody's.
        settings.span?;
        let path = settings.path.literal()?;
        let path = match (path.starts_with('/'), &self.prefix) {
            (true, _) => path.to_owned(),
            (false, Some(prefix)) => format!("{}/{path}", prefix.trim_end_matches('/')),
            (false, None) => return None,
        };
        let prefix = match block.kind {
            Kind::Prefix | Kind::PrefixAlone => block.name.as_str(),
            // With a location `/` no file is served by the server's own settings.
            Kind::Server if block.statics.iter().any(|id| self.block(*id).name == "/") => return None,
            Kind::Server | Kind::Regex(_) => "/",
            Kind::Exact | Kind::Named | Kind::If | Kind::LimitExcept => return None,
        };
        match settings.alias {
            // A file by itself.
            Alias::Whole => None,
            Alias::Prefix(_) => Some((prefix.to_owned(), path)),
            // What stands in the folder of the last slash belongs to it.
            Alias::No => {
                let below = &prefix[..=prefix.rfind('/')?];
                Some((below.to_owned(), format!("{}{below}", path.trim_end_matches('/'))))
            }
        }
    }
}

fn root(server: &Server, prefix: String, folder: String, span: Option<Span>) -> Option<StaticRoot> {
    let name = server.names.iter().find(|name| name.pattern.is_none() && !name.text.is_empty());
    let host = name.map_or_else(|| "localhost".to_owned(), |name| one_of(&name.text));
    let listen = server.listens.first()?;
    Some(StaticRoot { host, port: listen.port, tls: listen.tls, prefix, folder, span })
}

/// A name that `*.example.org`, `.example.org` or `www.*` takes.
fn one_of(name: &str) -> String {
    match (name.strip_prefix('.'), name) {
        (Some(rest), _) => rest.to_owned(),
        (None, name) => name.replace('*', "www"),
    }
}
