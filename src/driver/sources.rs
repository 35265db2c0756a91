//! Which files below the paths of a command are sources, and which files an `include` of nginx names.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use ignore::WalkBuilder;

use super::disk::shown;
use super::error::{Error, reason};
use super::place::{normal, project_root};
use super::{Disk, Files};
use crate::project::kind::{FileKind, kind_of};

/// What was found below some paths, each list in order of path.
#[derive(Debug, Default)]
pub struct Sources {
    /// Stack files.
    pub stacks: Vec<PathBuf>,
    /// Compose files.
    pub composes: Vec<PathBuf>,
    /// Dockerfiles.
    pub dockerfiles: Vec<PathBuf>,
    /// Files that may be configurations of nginx, and whether they must be.
    pub configurations: Vec<(PathBuf, bool)>,
    /// What cannot be analysed, and why.
    pub refused: Vec<Error>,
}

/// The endings of templates, which stand for many files and are none of them. Those of the image of nginx, `.template`,
/// have variables in them and can be read.
const TEMPLATES: &[&str] =
    &["tmpl", "tpl", "j2", "jinja", "jinja2", "erb", "ctmpl", "gotmpl", "mustache", "hbs", "ejs"];

/// The folders in which every file is a configuration of nginx.
const FOLDERS: &[&str] = &["conf.d", "sites-available", "sites-enabled", "nginx"];

/// Finds the sources among files that were named, and below folders. What git ignores is left out of folders.
pub fn find(paths: &[PathBuf]) -> Sources {
    let mut sources = Sources::default();
    for path in paths {
        let path = tidy(path);
        if path.is_dir() {
            walk(&path, &mut sources);
        } else if is_template(&path) {
            sources.refused.push(template(&path));
        } else if path.extension() == Some(OsStr::new("stack")) {
            sources.stacks.push(path);
        } else if is_yaml(&path) {
            // What was named is linted as what it looks like, whatever compose would take by itself.
            sources.composes.push(path);
        } else if kind(&path) == Some(FileKind::Dockerfile) {
            sources.dockerfiles.push(path);
        } else {
            sources.configurations.push((path, true));
        }
    }
    for list in [&mut sources.stacks, &mut sources.composes, &mut sources.dockerfiles] {
        list.sort();
        list.dedup();
    }
    // A file that was both named and found is one that was named.
    sources
        .configurations
        .sort_by(|(one, one_named), (other, other_named)| one.cmp(other).then(other_named.cmp(one_named)));
    sources.configurations.dedup_by(|(later, _), (first, _)| later == first);
    sources
}

fn walk(folder: &Path, sources: &mut Sources) {
    let mut walk = WalkBuilder::new(folder);
    walk.hidden(false).ignore(false).git_global(false).require_git(false).follow_links(false);
    walk.sort_by_file_path(Ord::cmp);
    walk.filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | "node_modules")));
    for entry in walk.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let why = error.io_error().map_or_else(|| error.to_string(), reason);
                let why = format!("cannot be walked: {why}");
                sources.refused.push(Error::Source { path: shown(folder), why, help: None });
                continue;
            }
        };
        let path = tidy(entry.path());
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file())
            // Where a link leads to is checked when it is read.
            || entry.path_is_symlink() && path.is_file();
        if !is_file {
            if !path.is_dir() && kind(&path).is_some() {
                let why = if path.exists() { "is no regular file" } else { "is a link that leads nowhere" };
                let why = format!("{why} and was not analysed");
                sources.refused.push(Error::Source { path: shown(&path), why, help: None });
            }
            continue;
        }
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if path.extension() == Some(OsStr::new("stack")) {
            sources.stacks.push(path);
        } else if kind(&path) == Some(FileKind::Compose) {
            sources.composes.push(path);
        } else if kind(&path) == Some(FileKind::Dockerfile) {
            sources.dockerfiles.push(path);
        } else if is_template_of_nginx(&path) {
            if kind(&path.with_extension("")).is_some() {
                sources.refused.push(template(&path));
            } else if may_be_nginx(&below.with_extension("")) {
                sources.configurations.push((path, false));
            }
        } else if is_template(&path) {
            if may_be_nginx(&below.with_extension("")) || kind(&path.with_extension("")).is_some() {
                sources.refused.push(template(&path));
            }
        } else if may_be_nginx(below) {
            let is_named = path.file_name() == Some(OsStr::new("nginx.conf"));
            sources.configurations.push((path, is_named));
        }
    }
}

/// Whether a file may be a configuration of nginx, by its path.
fn may_be_nginx(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    let in_folder = || {
        let folders = path.parent().into_iter().flat_map(Path::components);
        folders.filter_map(|part| part.as_os_str().to_str()).any(|part| FOLDERS.contains(&part))
    };
    match extension {
        Some("conf" | "nginx" | "vhost") => true,
        None => path.file_name().is_some_and(|name| name == "conf" || name == "nginx") || in_folder(),
        Some(_) => false,
    }
}

fn is_yaml(path: &Path) -> bool {
    matches!(path.extension().and_then(OsStr::to_str), Some("yml" | "yaml"))
}

fn kind(path: &Path) -> Option<FileKind> {
    kind_of(path.file_name()?.to_str()?)
}

fn is_template(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|extension| TEMPLATES.contains(&extension))
}

/// Whether a file is one that the image of nginx puts variables of the environment into.
fn is_template_of_nginx(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("template"))
}

fn template(path: &Path) -> Error {
    Error::Source {
        path: shown(path),
        why: "is a template and was not analysed".to_owned(),
        help: Some("name the file that is made from it".to_owned()),
    }
}

/// The path without `.` and `..`, as far as that needs no look at the disk.
fn tidy(path: &Path) -> PathBuf {
    let tidied = if path.components().any(|part| part == Component::ParentDir) {
        path.to_path_buf()
    } else {
        normal(path)
    };
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

/// Where the files of nginx stand in packages and images: an `include` from there is looked for beside the
/// configuration at hand.
const PREFIXES: &[&str] = &[
    "/etc/nginx",
    "/usr/local/nginx/conf",
    "/usr/local/etc/nginx",
    "/usr/local/openresty/nginx/conf",
    "/opt/nginx/conf",
];

/// The files that `include PATTERN` stands for in the configuration that begins in `first`, in order; none that lies
/// outside of its project. Source: `ngx_conf_include` and `ngx_conf_full_name`, by which a path begins in the folder of
/// nginx.conf.
pub fn included(first: &Path, pattern: &str) -> Vec<PathBuf> {
    let base = base(first);
    let path = Path::new(pattern);
    let mut candidates = Vec::new();
    if path.is_absolute() {
        let real = base.canonicalize().unwrap_or_else(|_| base.clone());
        if let Ok(below) = path.strip_prefix(&real) {
            candidates.push(base.join(below));
        } else {
            let below = PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix).ok());
            candidates.extend(below.map(|below| base.join(below)));
        }
    } else {
        candidates.push(base.join(path));
    }
    let Some(root) = base.canonicalize().ok().map(|base| project_root(&base)) else { return Vec::new() };
    let found = candidates.iter().flat_map(|candidate| expand(&tidy(candidate)));
    found
        .filter(|file| Disk.is_file(file))
        .filter(|file| file.canonicalize().is_ok_and(|file| file.starts_with(&root)))
        .collect()
}

/// The folder that an `include` begins in: that of nginx.conf, which is the one around `conf.d`.
fn base(first: &Path) -> PathBuf {
    let folder = match first.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let is_inner = matches!(name, "conf.d" | "snippets" | "sites-available" | "sites-enabled" | "sites");
    match folder.parent().filter(|_| is_inner) {
        Some(outer) if !outer.as_os_str().is_empty() => outer.to_path_buf(),
        Some(_) => PathBuf::from("."),
        None => folder.to_path_buf(),
    }
}

/// The paths that a pattern of glob(3) matches, in order.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let text = part.as_os_str().to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            for path in &mut found {
                path.push(part);
            }
            continue;
        }
        let Ok(glob) = GlobBuilder::new(&text).literal_separator(true).build() else { return Vec::new() };
        let matcher = glob.compile_matcher();
        let mut next = Vec::new();
        for folder in &found {
            let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let Ok(entries) = listed.read_dir() else { continue };
            let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
            let hidden = |name: &OsStr| name.to_string_lossy().starts_with('.') && !text.starts_with('.');
            next.extend(
                names.filter(|name| matcher.is_match(name) && !hidden(name)).map(|name| folder.join(name)),
            );
        }
        next.sort();
        found = next;
    }
    found
}
