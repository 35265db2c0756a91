//! Makes servers, locations and their settings out of the tree of directives.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{FileId, Span};
use crate::vocabulary::nginx::Context;

use super::answer::Undecided;
use super::codes;
use super::config::{
    Block, BlockId, Config, Defined, Fallback, Handler, Kind, Map, Name, Server, Settings, TryFiles,
};
use super::listen;
use super::load::{Included, Loaded, Loader, Node, Options};
use super::pattern::Pattern;
use super::semantics::Fact;
use super::settings::{Around, Within, defaults, derive};
use super::template::Template;

/// Loads the configuration `text`: a whole one, or a file that nginx includes in its `http` block, such as those in
/// `conf.d`. `include` is asked what each `include` comes to, with the path as it is written.
pub fn load(
    file: FileId,
    text: &str,
    options: &Options,
    include: &mut dyn FnMut(&str) -> Included,
) -> Config {
    let loader = Loader { include, options, loaded: Loaded::default(), depth: 0 };
    let Loaded { http, refused, unknown } = loader.file(file, text);
    let config = Config {
        prefix: options.prefix.clone(),
        semantics: options.semantics,
        servers: Vec::new(),
        blocks: Vec::new(),
        variables: BTreeMap::new(),
        settable: Vec::new(),
        refused,
        unknown,
    };
    let mut builder = Builder { config };
    if let Err(refused) = builder.http(&http, options) {
        builder.config.refused.get_or_insert(refused);
    }
    builder.config
}

pub(crate) type Built<T> = Result<T, Undecided>;

pub(crate) fn refuse<T>(why: impl Into<String>, span: Span) -> Built<T> {
    Err(Undecided::new(why, Some(span)))
}

pub(crate) struct Builder {
    pub(crate) config: Config,
}

impl Builder {
    fn http(&mut self, nodes: &[Node], options: &Options) -> Built<()> {
        let defaults = defaults(options);
        let semantics = options.semantics;
        let none = Within::Prefix(0);
        let http = derive(&defaults, nodes, Context::Http, none, semantics)?;
        let rejects = |nodes: &[Node]| {
            let last = nodes.iter().rfind(|node| node.name == "ssl_reject_handshake");
            last.map(|node| node.is_on().then_some(node.span))
        };
        let rejects_all = rejects(nodes).flatten();
        let merges = |nodes: &[Node]| nodes.iter().find(|node| node.name == "merge_slashes").map(Node::is_on);
        let merge_slashes = merges(nodes).unwrap_or(true);
        for (at, node) in nodes.iter().enumerate() {
            match node.name.as_str() {
                "map" => self.map(node)?,
                "geo" | "split_clients" => self.opaque_table(node),
                "server" => {
                    let before = if semantics.has(Fact::OrderIsNothing) {
                        http.clone()
                    } else {
                        derive(&defaults, &nodes[..at], Context::Http, none, semantics)?
                    };
                    let merge_slashes = merges(&node.children).unwrap_or(merge_slashes);
                    let rejects = rejects(&node.children).unwrap_or(rejects_all);
                    self.server(node, &before, merge_slashes, rejects)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn map(&mut self, node: &Node) -> Built<()> {
        let name = variable_name(node.arg(1));
        let Some(source) = Template::read(node.arg(0)) else {
            return refuse("nginx refuses this variable", node.span);
        };
        let mut map =
            Map { span: node.span, source, exact: BTreeMap::new(), patterns: Vec::new(), default: None };
        for row in &node.children {
            let simple = !matches!(row.name.as_str(), "hostnames" | "volatile" | "include");
            let value = Template::read(row.arg(0)).filter(|_| simple && row.args.len() == 1);
            let Some(value) = value else {
                let opaque = Defined::Opaque(node.written(), node.span);
                self.config.variables.insert(name, opaque);
                return Ok(());
            };
            match row.name.as_str() {
                "default" => map.default = Some(value),
                key if key.starts_with('~') => {
                    let key = &key[1..];
                    let (key, caseless) = key.strip_prefix('*').map_or((key, false), |key| (key, true));
                    let pattern = Pattern::new(key, caseless);
                    self.settable(&pattern);
                    map.patterns.push((pattern, value));
                }
                key => {
                    let key = key.strip_prefix('\\').unwrap_or(key).to_ascii_lowercase();
                    map.exact.insert(key, value);
                }
            }
        }
        self.config.variables.insert(name, Defined::Map(Arc::new(map)));
        Ok(())
    }

    fn opaque_table(&mut self, node: &Node) {
        let name = variable_name(node.args.last().map_or("", String::as_str));
        let defined = match node.children.as_slice() {
            [only] if node.name == "geo" && only.name == "default" => {
                Defined::Constant(only.arg(0).to_owned())
            }
            _ => Defined::Opaque(node.written(), node.span),
        };
        self.config.variables.insert(name, defined);
    }

    /// Remembers the variables that a regular expression fills.
    pub(crate) fn settable(&mut self, pattern: &Pattern) {
        self.config.settable.extend(pattern.names.iter().map(|(name, _)| name.clone()));
    }

    fn server(
        &mut self,
        node: &Node,
        http: &Settings,
        merge_slashes: bool,
        rejects: Option<Span>,
    ) -> Built<()> {
        let mut names = Vec::new();
        for (name, span) in (node.children.iter())
            .filter(|child| child.name == "server_name")
            .flat_map(|child| child.args.iter().map(|name| (name.as_str(), child.span)))
        {
            names.push(self.name(name, span));
        }
        if names.is_empty() {
            names.push(Name { text: String::new(), span: node.span, pattern: None });
        }
        let listens = listen::of(&node.children)?;
        let context = Context::Server;
        let around = Around { outer: http, context, within: Within::Prefix(0), internal: None };
        let block = self.block(node, Kind::Server, String::new(), around)?;
        let named = std::mem::take(&mut self.config.blocks[block.0].statics);
        let (named, statics) =
            named.into_iter().partition(|id| matches!(self.config.block(*id).kind, Kind::Named));
        self.config.blocks[block.0].statics = statics;
        let server = Server { span: node.span, names, listens, block, merge_slashes, rejects, named };
        self.config.servers.push(server);
        Ok(())
    }

    fn name(&mut self, name: &str, span: Span) -> Name {
        let Some(source) = name.strip_prefix('~') else {
            return Name { text: name.to_ascii_lowercase(), span, pattern: None };
        };
        let pattern = Pattern::new(source, source.bytes().any(|byte| byte.is_ascii_uppercase()));
        self.settable(&pattern);
        Name { text: source.to_owned(), span, pattern: Some(Arc::new(pattern)) }
    }

    /// A server, a location, an `if` or a `limit_except`, with everything inside.
    pub(crate) fn block(
        &mut self,
        node: &Node,
        kind: Kind,
        name: String,
        around: Around<'_>,
    ) -> Built<BlockId> {
        let Around { outer, context, within, internal } = around;
        let semantics = self.config.semantics;
        let nodes = node.children.as_slice();
        let settings = derive(outer, nodes, context, within, semantics)?;
        let is_location = context == Context::Location;
        let handler = handler(nodes)?;
        let passes = matches!(handler, Some(Handler::Pass { .. }));
        let block = Block {
            auto_redirect: is_location && passes && name.ends_with('/'),
            kind,
            name,
            written: node.written(),
            span: node.span,
            settings: Arc::new(settings.clone()),
            statics: Vec::new(),
            regexes: Vec::new(),
            codes: Vec::new(),
            limit_except: None,
            handler,
            try_files: nodes.iter().find(|node| node.name == "try_files").map(try_files).transpose()?,
            internal: nodes.iter().find(|node| node.name == "internal").map(|node| node.span).or(internal),
        };
        let id = BlockId(self.config.blocks.len());
        self.config.blocks.push(block);
        for (at, child) in nodes.iter().enumerate() {
            if !matches!(child.name.as_str(), "location" | "limit_except") {
                continue;
            }
            let before = if semantics.has(Fact::OrderIsNothing) {
                settings.clone()
            } else {
                derive(outer, &nodes[..at], context, within, semantics)?
            };
            if child.name == "location" {
                self.location(id, child, &before)?;
            } else {
                let name = self.config.block(id).name.clone();
                let context = Context::LimitExcept;
                let around = Around { outer: &before, context, within, internal: None };
                let inner = self.block(child, Kind::LimitExcept, name, around)?;
                self.config.blocks[id.0].limit_except = Some((child.args.clone(), inner));
            }
        }
        if !matches!(context, Context::ServerIf | Context::LocationIf | Context::LimitExcept) {
            let codes =
                codes::of(self, nodes, id, Around { outer: &settings, context, within, internal: None })?;
            self.config.blocks[id.0].codes = codes;
        }
        Ok(id)
    }

    fn location(&mut self, parent: BlockId, node: &Node, outer: &Settings) -> Built<()> {
        let (kind, name) = self.location_kind(node)?;
        let around = self.config.block(parent);
        match (&around.kind, &kind) {
            (Kind::Exact | Kind::Named, _) => {
                return refuse("no location can stand in an exact or named one", node.span);
            }
            (Kind::Server, _) | (_, Kind::Regex(_)) => {}
            (_, Kind::Named) => return refuse("a named location can stand in a server only", node.span),
            _ if !matches!(around.kind, Kind::Regex(_)) && !name.starts_with(&around.name) => {
                return refuse("the location is outside the one that it stands in", node.span);
            }
            _ => {}
        }
        let is_exact = matches!(kind, Kind::Exact);
        let is_regex = matches!(kind, Kind::Regex(_));
        let twin =
            around.statics.iter().map(|id| self.config.block(*id)).any(|other| {
                !is_regex && other.name == name && matches!(other.kind, Kind::Exact) == is_exact
            });
        if twin {
            return refuse("the location stands there twice", node.span);
        }
        let within = if is_regex { Within::Regex } else { Within::Prefix(name.len()) };
        let inherited = around.internal;
        let context = Context::Location;
        let id = self.block(node, kind, name, Around { outer, context, within, internal: inherited })?;
        let parent = &mut self.config.blocks[parent.0];
        if is_regex {
            parent.regexes.push(id);
        } else {
            parent.statics.push(id);
        }
        Ok(())
    }

    fn location_kind(&mut self, node: &Node) -> Built<(Kind, String)> {
        let (modifier, name) = match node.args.as_slice() {
            [modifier, name] => (modifier.as_str(), name.as_str()),
            [name] => {
                let modifier = ["=", "^~", "~*", "~"].into_iter().find(|modifier| name.starts_with(modifier));
                modifier.map_or(("", name.as_str()), |modifier| (modifier, &name[modifier.len()..]))
            }
            _ => return refuse("nginx refuses this location", node.span),
        };
        let kind = match modifier {
            "" if name.starts_with('@') => Kind::Named,
            "" => Kind::Prefix,
            "=" => Kind::Exact,
            "^~" => Kind::PrefixAlone,
            "~" | "~*" => {
                let pattern = Pattern::new(name, modifier == "~*");
                self.settable(&pattern);
                Kind::Regex(Arc::new(pattern))
            }
            _ => return refuse("nginx knows no such modifier of a location", node.span),
        };
        Ok((kind, name.to_owned()))
    }
}

/// `$name` without its dollar.
pub(crate) fn variable_name(text: &str) -> String {
    text.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}').to_ascii_lowercase()
}

fn handler(nodes: &[Node]) -> Built<Option<Handler>> {
    const PASSES: &[&str] =
        &["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];
    let mut handler = None;
    for node in nodes {
        match node.name.as_str() {
            "empty_gif" => handler = Some(Handler::Pixel(node.span)),
            "stub_status" => handler = Some(Handler::Counters(node.span)),
            pass if PASSES.contains(&pass) => {
                let Some(to) = Template::read(node.arg(0)) else {
                    return refuse("nginx refuses this address", node.span);
                };
                handler = Some(Handler::Pass { directive: pass.to_owned(), to, span: node.span });
            }
            _ => {}
        }
    }
    Ok(handler)
}

fn try_files(node: &Node) -> Built<TryFiles> {
    let refuse = || Undecided::new("nginx refuses this `try_files`", Some(node.span));
    let [tries @ .., last] = node.args.as_slice() else { return Err(refuse()) };
    let tries = tries.iter().map(|text| {
        let (text, folder) = text.strip_suffix('/').map_or((text.as_str(), false), |text| (text, true));
        Ok((Template::read(text).ok_or_else(refuse)?, folder))
    });
    let tries = tries.collect::<Built<_>>()?;
    let last = match last.strip_prefix('=') {
        Some(status) => {
            Fallback::Status(status.parse().ok().filter(|status| *status <= 999).ok_or_else(refuse)?)
        }
        None => Fallback::Uri(Template::read(last).ok_or_else(refuse)?),
    };
    Ok(TryFiles { span: node.span, tries, last })
}
