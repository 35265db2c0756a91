//! What a configuration of nginx says, with what it includes in the place of each `include`.

use super::said::Said;
use crate::lint::nginx::{Configuration, End, Node, NodeId};

/// Directives whose order among themselves, or to any of these, changes what nginx does.
const ORDERED: &[&str] = &[
    "if",
    "set",
    "return",
    "rewrite",
    "break",
    "allow",
    "deny",
    "server",
    "include",
    "try_files",
    "error_page",
    "add_header",
    "proxy_set_header",
    "fastcgi_param",
    "sub_filter",
    "auth_request_set",
];

/// Directives whose first argument is what they are about.
const ABOUT_FIRST: &[&str] = &[
    "add_header",
    "add_trailer",
    "env",
    "error_page",
    "fastcgi_param",
    "grpc_set_header",
    "location",
    "log_format",
    "map",
    "proxy_set_header",
    "scgi_param",
    "set",
    "upstream",
    "uwsgi_param",
];

/// Everything in it.
pub(super) fn of(configuration: &Configuration<'_>) -> Vec<Said> {
    level(configuration, None, false)
}

fn level(configuration: &Configuration<'_>, block: Option<NodeId>, is_table: bool) -> Vec<Said> {
    let children: Vec<(NodeId, &Node)> =
        configuration.children(block).filter(|(_, node)| !node.is_resolved).collect();
    // Of keys that are patterns the first that fits counts.
    let has_patterns = is_table && children.iter().any(|(_, node)| node.name.starts_with('~'));
    let said = children.into_iter().map(|(id, node)| {
        if is_table { entry(node, has_patterns) } else { directive(configuration, id, node) }
    });
    said.collect()
}

fn entry(node: &Node, is_fixed: bool) -> Said {
    Said::of("entry", Some(words(node, 0)), node.line).named_by_text(node.name.clone()).fixed(is_fixed)
}

fn directive(configuration: &Configuration<'_>, id: NodeId, node: &Node) -> Said {
    let is_pattern = node.name == "location" && node.arg(0).is_some_and(|arg| arg.starts_with('~'));
    let is_fixed = is_pattern || ORDERED.contains(&node.name.as_str());
    let said = match node.end {
        End::Semicolon if ABOUT_FIRST.contains(&node.name.as_str()) && !node.args.is_empty() => {
            let first = node.args[0].text.clone();
            Said::of(node.name.clone(), Some(words(node, 1)), node.line).named_by_text(first)
        }
        End::Semicolon => Said::of(node.name.clone(), Some(words(node, 0)), node.line),
        End::Opaque => {
            let text = configuration.sources.text(node.whole);
            let inner = text.find('{').map_or(text, |at| &text[at..]);
            Said::of(node.name.clone(), Some(inner.to_owned()), node.whole).named_by_text(words(node, 0))
        }
        End::Block | End::Table => {
            let inside = level(configuration, Some(id), node.end == End::Table);
            let block = Said::block(node.name.clone(), inside, node.line);
            match node.name.as_str() {
                "server" => block.named(server(configuration, id)),
                "if" => block.named_by_text(condition(node)),
                _ => block.named_by_text(words(node, 0)),
            }
        }
    };
    said.fixed(is_fixed)
}

/// What a person calls a server: its first name, else where it listens.
fn server(configuration: &Configuration<'_>, id: NodeId) -> String {
    let said = |name: &str| {
        let node = configuration.in_block(Some(id), name).next()?;
        node.arg(0).filter(|word| !word.is_empty()).map(str::to_owned)
    };
    said("server_name").filter(|name| name != "_").or_else(|| said("listen")).unwrap_or_default()
}

/// Parentheses may stand by themselves or at a word.
fn condition(node: &Node) -> String {
    let all = words(node, 0);
    let all = all.trim();
    let inner = all.strip_prefix('(').and_then(|all| all.strip_suffix(')')).unwrap_or(all);
    format!("({})", inner.trim())
}

/// The arguments from one on; those with white space in quotes, so that no two look the same.
fn words(node: &Node, from: usize) -> String {
    let word = |text: &str| {
        let is_plain =
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\\'));
        if is_plain {
            text.to_owned()
        } else {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
    };
    let words = node.args.iter().skip(from).map(|arg| word(&arg.text));
    words.collect::<Vec<_>>().join(" ")
}
