//! The values of a configuration that no output may show.

use crate::diagnostic::Sink;
use crate::lint::rules::{secret_literal, secret_url};
use crate::syntax::nginx::tree::{Directive, Tree, directives};

/// Directives whose first argument names what the second holds.
const NAMED: &[&str] = &[
    "add_header",
    "fastcgi_param",
    "grpc_set_header",
    "proxy_set_header",
    "scgi_param",
    "set",
    "uwsgi_param",
];

/// Hides credentials in URLs, and what is written under a name that gives a secret away.
pub(crate) fn mask(tree: &Tree, text: &str, sink: &mut Sink) {
    mask_all(directives(&tree.items), text, sink);
}

fn mask_all<'t>(list: impl Iterator<Item = &'t Directive>, text: &str, sink: &mut Sink) {
    for directive in list {
        let name = directive.name(text);
        let first = directive.args().first().map(|arg| arg.text(text)).unwrap_or_default();
        let is_secret = name == "secure_link_secret"
            || NAMED.contains(&name) && is_secret_name(first.trim_start_matches('$'));
        for (index, arg) in directive.args().iter().enumerate() {
            let value = arg.text(text);
            let is_value = index > 0 || name == "secure_link_secret";
            // A variable alone shows nothing.
            let hidden = is_secret && is_value && !is_variable(value) && value != "always";
            if hidden || secret_url::holds_credentials(value) {
                sink.mask(arg.leaf.span);
            }
        }
        mask_all(directive.children(), text, sink);
    }
}

fn is_secret_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
        || name.eq_ignore_ascii_case("cookie")
        || secret_literal::names_a_secret(&name.replace('-', "_"))
}

fn is_variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| !name.is_empty() && !name.contains(['$', ' ', ':']))
}
