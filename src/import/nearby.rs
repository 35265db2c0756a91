//! Files that are nginx's by where they stand, in the project or in a container.

use crate::diagnostic::Sink;
use crate::handwritten::Around;
use crate::project::dockerfile::Dockerfile;
use crate::project::host::{Kind, join};
use crate::source::SourceMap;
use crate::syntax::dockerfile::keyword::Keyword;
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

/// What a Dockerfile copies to where nginx is. Where a file lands is not always known, as its name there may be that of a folder.
pub(super) fn copied(dockerfile: &Dockerfile, around: &dyn Around) -> Vec<String> {
    let context = match (&dockerfile.context, &dockerfile.host) {
        (Some(context), _) => context.clone(),
        (None, Some(file)) => join(file, ".."),
        (None, None) => return Vec::new(),
    };
    let copies = dockerfile.stages.iter().flat_map(|stage| &stage.steps).filter(|step| {
        matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add)
            && step.instruction.flag("from").is_none()
    });
    let mut found = Vec::new();
    for copy in copies {
        let Some((to, from)) = copy.words.split_last() else { continue };
        let Some(to) = &to.value else { continue };
        for path in from.iter().filter_map(|word| word.value.as_deref()) {
            let inside = join("/", path);
            found.extend(brought(&join(&context, &inside[1..]), to, around));
        }
    }
    found
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
