//! Files that are nginx's by where they stand, in the project or in a container.

use crate::diagnostic::Sink;
use crate::handwritten::Around;
use crate::project::host::{Kind, join};
use crate::source::SourceMap;
use crate::syntax::nginx::read;

/// So many names of files are looked at.
const MOST_NAMES: usize = 20_000;

/// So many folders a file may be below the first one.
const DEEPEST: usize = 8;

/// Folders of what others have written.
const OF_OTHERS: &[&str] = &["node_modules", "vendor"];

/// Files that are no configuration of nginx, by their extensions.
const OTHERS: &[&str] = &[
    "md", "yml", "yaml", "sh", "pem", "crt", "key", "html", "css", "js", "json", "txt", "py", "lua", "svg",
    "png", "jpg", "ico", "j2", "stack",
];

/// What of a file or folder of the host is brought to where nginx is.
pub(super) fn brought(path: &str, at: &str, around: &dyn Around) -> Vec<String> {
    if !at.contains("nginx") {
        return Vec::new();
    }
    match around.kind(path) {
        Kind::File if !is_of_another_kind(path) => vec![path.to_owned()],
        Kind::Folder => below(path, true, around),
        Kind::File | Kind::Other | Kind::Missing | Kind::Unknown => Vec::new(),
    }
}

/// The files beside a configuration that it includes by their names.
pub(super) fn included(name: &str, around: &dyn Around) -> Vec<String> {
    let Ok(text) = around.read(name) else { return Vec::new() };
    let tree = read(SourceMap::default().add("", text.clone()), &text, &mut Sink::default());
    let folder = name.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let patterns = tree.includes(&text);
    let names = patterns.iter().filter_map(|pattern| pattern.rsplit('/').next());
    names.map(|name| join(folder, name)).filter(|path| around.kind(path) == Kind::File).collect()
}

/// Files below a folder that are nginx's by their names, or by those of their folders. The table of types that nginx
/// brings is none that anybody has written.
pub(super) fn beside(folder: &str, around: &dyn Around) -> Vec<String> {
    let mut found = below(folder, false, around);
    found.retain(|path| !path.ends_with("mime.types"));
    found
}

/// The same, where all of them may be.
fn below(folder: &str, is_nginx: bool, around: &dyn Around) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![(folder.to_owned(), is_nginx, 0)];
    let mut budget = MOST_NAMES;
    while let Some((folder, is_nginx, depth)) = waiting.pop() {
        for name in around.names(&folder).unwrap_or_default() {
            let Some(rest) = budget.checked_sub(1) else { break };
            budget = rest;
            if name.starts_with('.') || OF_OTHERS.contains(&name.as_str()) {
                continue;
            }
            let path = join(&folder, &name);
            let is_nginx = is_nginx || name.starts_with("nginx");
            match around.kind(&path) {
                Kind::Folder if depth < DEEPEST => waiting.push((path, is_nginx, depth + 1)),
                Kind::File if is_nginx && !is_of_another_kind(&name) => found.push(path),
                Kind::File | Kind::Folder | Kind::Other | Kind::Missing | Kind::Unknown => {}
            }
        }
    }
    found.sort();
    found
}

fn is_of_another_kind(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| OTHERS.contains(&extension)) || name.contains("Dockerfile")
}
