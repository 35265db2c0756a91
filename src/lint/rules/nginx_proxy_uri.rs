//! # `proxy_pass` passes on another path than was asked for
//!
//! Without a path, `proxy_pass` passes on what was asked for. With one, nginx puts it in the place of the part that the
//! location matches, letter by letter: `location /api` and `proxy_pass http://app/;` pass `/api/users` on as `//users`.
//! With a variable in it, the path is all that is passed on: every request of the location becomes the same one. And in
//! a location with a regular expression or a name, in an `if` and in `limit_except`, nginx refuses a path.
//!
//! ```nginx bad
//! location /api {
//!     proxy_pass http://app:8000/;
//! }
//! ```
//!
//! ```nginx bad
//! location /api/ {
//!     resolver 127.0.0.11;
//!     set $upstream app:8000;
//!     proxy_pass http://$upstream/v1/;
//! }
//! ```
//!
//! ```nginx bad
//! location ~ ^/(users|groups)/ {
//!     proxy_pass http://app:8000/api/;
//! }
//! ```
//!
//! ```nginx good
//! location /api/ {
//!     proxy_pass http://app:8000/;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::{Configuration, Node, NodeId};
use crate::vocabulary::nginx::Context;

pub(super) const CODE: &str = "nginx-proxy-uri";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (id, node) in configuration.named("proxy_pass") {
        if let [word] = node.args.as_slice()
            && let Some(path) = path(&word.text)
        {
            check_path(configuration, id, node, path, findings);
        }
    }
}

fn check_path(
    configuration: &Configuration<'_>,
    id: NodeId,
    node: &Node,
    path: &str,
    findings: &mut Findings<'_>,
) {
    let url = &node.args[0];
    let Some(block) = node.parent else { return };
    let Some(around) =
        configuration.levels(Some(block)).flatten().find_map(|level| Location::of(configuration.get(level)))
    else {
        return;
    };
    let is_inside = matches!(node.context, Some(Context::LocationIf | Context::LimitExcept));
    if !url.text.contains('$') && (is_inside || matches!(around.by, Match::Regex | Match::Named)) {
        let whole = url.text.strip_suffix('/').filter(|_| path == "/");
        let edit = whole.and_then(|whole| configuration.word(url.span, &url.text, whole));
        findings.push(
            findings
                .at(url.span, format!("`proxy_pass` takes no path here, and has `{path}`"))
                .label(around.span, "does not say which part of the path it would stand for")
                .note("nginx refuses to start: a location with a regular expression or a name, an `if` and `limit_except` match no part of the path that could be replaced")
                .help("leave the path out, and change it with `rewrite ... break` if it must change")
                .may_safe_fix("leave the slash out", edit.map(|edit| vec![edit])),
        );
        return;
    }
    // A `rewrite` with `break` changes what is passed on, and the path is not used.
    if configuration.has(Some(block), &["rewrite"]) || !around.is_prefix() {
        return;
    }
    if url.text.contains('$') {
        collapse(configuration, id, node, path, findings);
        return;
    }
    let pattern = around.pattern;
    let passed = match (pattern.ends_with('/'), path.ends_with('/')) {
        (false, true) => format!("`{pattern}/x` is passed on as `{path}/x`"),
        (true, false) if !path.contains('?') => format!("`{pattern}x` is passed on as `{path}x`"),
        _ => return,
    };
    let help = if pattern.ends_with('/') {
        format!("end the path in a slash: `proxy_pass {}/;`", url.text)
    } else {
        format!("write `location {pattern}/`, or leave the path out if the application knows it")
    };
    let ended = pattern.ends_with('/').then(|| format!("{}/", url.text));
    let edit = ended.and_then(|ended| configuration.word(url.span, &url.text, ended));
    findings.push(
        findings
            .at(url.span, format!("`{path}` stands for `{pattern}`, and one of them ends in a slash"))
            .label(around.span, "the part of the path that is replaced")
            .note(format!("nginx replaces it letter by letter: {passed}"))
            .help(help)
            .may_unsafe_fix("end the path in a slash", edit.map(|edit| vec![edit])),
    );
}

/// Reports a path that stands for every path.
fn collapse(
    configuration: &Configuration<'_>,
    id: NodeId,
    node: &Node,
    path: &str,
    findings: &mut Findings<'_>,
) {
    let internal = configuration.has(configuration.get(id).parent, &["internal"]);
    if path.contains('$') || internal {
        return;
    }
    findings.push(
        findings
            .at(node.args[0].span, format!("every request of this location is passed on as `{path}`"))
            .note("nginx does not replace a part of the path where `proxy_pass` has a variable: what it says is all that is passed on")
            .help(format!("write `{path}$...` with what shall follow, or take the variable out")),
    );
}

/// The path of a URL, if it has one; of `http://unix:/socket:/path` too.
fn path(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map(|(_, rest)| rest)?;
    if let Some(socket) = rest.strip_prefix("unix:") {
        return socket.split_once(':').map(|(_, path)| path);
    }
    rest.find(['/', '?']).map(|at| &rest[at..])
}
