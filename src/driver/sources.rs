//! Which files below the paths of a command are sources, and which files an `include` of nginx names.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use ignore::WalkBuilder;

use super::disk::shown;
use super::error::{Error, reason};
use super::looked::Looked;
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
    /// The folders that were searched.
    pub folders: Vec<PathBuf>,
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
        } else {
            let said = said_by_name(&path).unwrap_or(Said::Nginx);
            sources.add_named(path, said);
        }
    }
    sources.sort();
    sources
}

/// The sources among files that changed, as a search would find them. One that is gone needs no look.
pub fn changed(paths: &[PathBuf]) -> Sources {
    let mut sources = Sources::default();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut sources);
        } else if path.exists() {
            sources.add_found(path.clone(), path);
        }
    }
    sources.sort();
    sources
}

/// What a file says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A stack file.
    Stack,
    /// A compose file.
    Compose,
    /// A Dockerfile.
    Dockerfile,
    /// A configuration of nginx.
    Nginx,
    /// What another program makes files from.
    Template,
}

/// What a file that is named is by its name; `None` if that tells nothing.
pub fn said_by_name(path: &Path) -> Option<Said> {
    if is_template(path) {
        Some(Said::Template)
    } else if path.extension() == Some(OsStr::new("stack")) {
        Some(Said::Stack)
    } else if is_yaml(path) {
        // What was named is linted as what it looks like, whatever compose would take by itself.
        Some(Said::Compose)
    } else if kind(path) == Some(FileKind::Dockerfile) {
        Some(Said::Dockerfile)
    } else {
        (may_be_nginx(path) || is_template_of_nginx(path)).then_some(Said::Nginx)
    }
}

impl Sources {
    /// A file that was named, alone.
    pub fn of_one(path: PathBuf, said: Said) -> Self {
        let mut sources = Self::default();
        sources.add_named(path, said);
        sources
    }

    /// Each once, in order.
    fn sort(&mut self) {
        for list in [&mut self.stacks, &mut self.composes, &mut self.dockerfiles] {
            list.sort();
            list.dedup();
        }
        // A file that was both named and found is one that was named.
        self.configurations.sort_by(|(one, one_named), (other, other_named)| {
            one.cmp(other).then(other_named.cmp(one_named))
        });
        self.configurations.dedup_by(|(later, _), (first, _)| later == first);
    }

    /// Adds what was looked at to find them.
    pub fn tell(&self, looked: &mut Looked) {
        for folder in &self.folders {
            looked.searched(folder);
        }
        let configurations = self.configurations.iter().map(|(path, _)| path);
        for path in
            [&self.stacks, &self.composes, &self.dockerfiles].into_iter().flatten().chain(configurations)
        {
            looked.file(path);
        }
    }

    /// A file that a search came by, at a path below where it began.
    fn add_found(&mut self, path: PathBuf, below: &Path) {
        if path.extension() == Some(OsStr::new("stack")) {
            self.stacks.push(path);
        } else if kind(&path) == Some(FileKind::Compose) {
            self.composes.push(path);
        } else if kind(&path) == Some(FileKind::Dockerfile) {
            self.dockerfiles.push(path);
        } else if is_template_of_nginx(&path) {
            if kind(&path.with_extension("")).is_some() {
                self.refused.push(template(&path));
            } else if may_be_nginx(&below.with_extension("")) {
                self.configurations.push((path, false));
            }
        } else if is_template(&path) {
            if may_be_nginx(&below.with_extension("")) || kind(&path.with_extension("")).is_some() {
                self.refused.push(template(&path));
            }
        } else if may_be_nginx(below) {
            let is_named = path.file_name() == Some(OsStr::new("nginx.conf"));
            self.configurations.push((path, is_named));
        }
    }

    fn add_named(&mut self, path: PathBuf, said: Said) {
        match said {
            Said::Stack => self.stacks.push(path),
            Said::Compose => self.composes.push(path),
            Said::Dockerfile => self.dockerfiles.push(path),
            Said::Nginx => self.configurations.push((path, true)),
            Said::Template => self.refused.push(template(&path)),
        }
    }
}

/// Walks what git takes of a folder, in order of path.
pub(super) fn walker(folder: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(folder);
    walk.hidden(false).ignore(false).git_global(false).require_git(false).follow_links(false);
    walk.sort_by_file_path(Ord::cmp);
    walk.filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | "node_modules")));
    walk
}

fn walk(folder: &Path, sources: &mut Sources) {
    for entry in walker(folder).build() {
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
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            sources.folders.push(path);
            continue;
        }
        if !is_file {
            if !path.is_dir() && kind(&path).is_some() {
                let why = if path.exists() { "is no regular file" } else { "is a link that leads nowhere" };
                let why = format!("{why} and was not analysed");
                sources.refused.push(Error::Source { path: shown(&path), why, help: None });
            }
            continue;
        }
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        sources.add_found(path, below);
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

/// Whether a search would look at a file of this name, or be led by it.
pub(super) fn may_be_source(path: &Path) -> bool {
    let is_setting = path.file_name().is_some_and(|name| name == ".gitignore" || name == ".env");
    is_setting
        || path.extension() == Some(OsStr::new("stack"))
        || kind(path).is_some()
        || may_be_nginx(path)
        || is_template(path)
        || is_template_of_nginx(path)
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
pub fn tidy(path: &Path) -> PathBuf {
    let tidied = if path.components().any(|part| part == Component::ParentDir) {
        path.to_path_buf()
    } else {
        normal(path)
    };
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

/// The path as a search of the current folder would name it, where it lies in that: tools hand over absolute paths, too.
/// A link stays one.
pub fn seen_from_here(path: &Path) -> PathBuf {
    let tidied = tidy(path);
    let is_seen = tidied.is_relative() && !tidied.starts_with("..") && tidied == normal(&tidied);
    let (false, Some(name)) = (is_seen, tidied.file_name()) else { return tidied };
    let folder = tidied.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Ok(folder), Ok(here)) = (folder.canonicalize(), Path::new(".").canonicalize()) else {
        return tidied;
    };
    folder.strip_prefix(here).map_or(tidied.clone(), |folder| folder.join(name))
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
/// outside of its project. `given` is there, be it on the disk or not. Source: `ngx_conf_include` and `ngx_conf_full_name`, by which a path begins in the folder of
/// nginx.conf.
pub fn included(first: &Path, pattern: &str, given: Option<&Path>) -> Vec<PathBuf> {
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
    let found = candidates.iter().flat_map(|candidate| expand(&tidy(candidate), given));
    let is_inside = |file: &Path| file.canonicalize().is_ok_and(|file| file.starts_with(&root));
    found.filter(|file| given == Some(file) || (Disk.is_file(file) && is_inside(file))).collect()
}

/// The folder in which the files lie that a pattern may stand for, as far as its words tell.
pub fn folder_of_pattern(first: &Path, pattern: &str) -> PathBuf {
    let below = Path::new(pattern);
    let below = PREFIXES.iter().find_map(|prefix| below.strip_prefix(prefix).ok()).unwrap_or(below);
    let mut folder = base(first);
    for part in below.parent().into_iter().flat_map(Path::components) {
        if part.as_os_str().to_string_lossy().contains(['*', '?', '[']) {
            break;
        }
        folder.push(part);
    }
    folder
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
fn expand(pattern: &Path, given: Option<&Path>) -> Vec<PathBuf> {
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
            let given = given.filter(|given| given.parent() == Some(folder)).and_then(Path::file_name);
            let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
            let names = names.chain(given.map(OsStr::to_os_string));
            let hidden = |name: &OsStr| name.to_string_lossy().starts_with('.') && !text.starts_with('.');
            next.extend(
                names.filter(|name| matcher.is_match(name) && !hidden(name)).map(|name| folder.join(name)),
            );
        }
        next.sort();
        next.dedup();
        found = next;
    }
    found
}
