//! What the sources of COPY and ADD stand for, and where each of them lands.
//!
//! Source: the Dockerfile reference on COPY; `copy.go` of tonistiigi/fsutil.

use std::sync::Arc;

use globset::GlobBuilder;

use super::{Brings, ImageFiles, Layer, LeftOut};
use crate::project::host::{Host, Kind, join};
use crate::source::Span;

/// One file or folder that is copied.
pub(super) enum Source {
    /// A file of the host.
    File(String, Arc<LeftOut>),
    /// What is in a folder of the host.
    Folder(String, Arc<LeftOut>),
    /// A file of another stage.
    StageFile(Arc<ImageFiles>, String),
    /// What is in a folder of another stage.
    StageFolder(Arc<ImageFiles>, String),
    /// A file whose text stands in the Dockerfile, by its name.
    Text(String),
    /// Nobody knows.
    Unknown,
}

/// Where something is copied to.
#[derive(Clone, Copy)]
pub(super) struct Into<'a> {
    /// The absolute path.
    pub(super) to: &'a str,
    /// Whether it is a folder, so that a file keeps its name in it.
    pub(super) is_folder: bool,
    /// Whether that is sure.
    pub(super) is_known: bool,
}

impl Source {
    /// The layer that a copy makes.
    pub(super) fn layer(self, into: Into<'_>, span: Span) -> Layer {
        let inside = |name: &str| {
            let name = name.rsplit('/').next().unwrap_or(name);
            if into.is_folder { join(into.to, name) } else { into.to.to_owned() }
        };
        let is_file = matches!(self, Self::File(..) | Self::StageFile(..) | Self::Text(_));
        let (at, brings) = match self {
            _ if is_file && !into.is_known => (into.to.to_owned(), Brings::Unknown),
            Self::File(path, left_out) => {
                let at = inside(&path);
                (at, Brings::Host { path, is_copy: true, is_grant: false, left_out: Some(left_out) })
            }
            Self::Folder(path, left_out) => (
                into.to.to_owned(),
                Brings::Host { path, is_copy: true, is_grant: false, left_out: Some(left_out) },
            ),
            Self::StageFile(files, path) => (inside(&path), Brings::Stage { files, path }),
            Self::StageFolder(files, path) => (into.to.to_owned(), Brings::Stage { files, path }),
            Self::Text(name) => (inside(&name), Brings::Text),
            Self::Unknown => (into.to.to_owned(), Brings::Unknown),
        };
        Layer { at, brings, span: Some(span) }
    }
}

/// What a source of the context stands for: a path, or a pattern in whose parts `*`, `?` and `[...]` are.
pub(super) fn sources(value: &str, left_out: &Arc<LeftOut>, host: &dyn Host) -> Vec<Source> {
    let mut found = vec![left_out.context.clone()];
    let inside = join("/", value);
    for part in inside.split('/').filter(|part| !part.is_empty()) {
        if !part.contains(['*', '?', '[']) {
            found = found.into_iter().map(|folder| join(&folder, part)).collect();
            continue;
        }
        let glob = part.replace('{', "[{]").replace('}', "[}]");
        let Ok(glob) = GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build() else {
            return vec![Source::Unknown];
        };
        let glob = glob.compile_matcher();
        let mut next = Vec::new();
        for folder in found {
            let names = host.names(&folder).unwrap_or_default();
            next.extend(names.iter().filter(|name| glob.is_match(name)).map(|name| join(&folder, name)));
        }
        found = next;
    }
    let has_pattern = inside.contains(['*', '?', '[']);
    let mut sources = Vec::new();
    for path in found {
        let kind = host.kind(&path);
        match (left_out.hides(&path, kind, host), kind) {
            (Some(true), _) if has_pattern => {}
            (Some(false), Kind::File) => sources.push(Source::File(path, Arc::clone(left_out))),
            (Some(false), Kind::Folder) => sources.push(Source::Folder(path, Arc::clone(left_out))),
            // The build fails, or the file is made before it.
            (None | Some(true), _) | (_, Kind::Missing | Kind::Other | Kind::Unknown) => {
                sources.push(Source::Unknown);
            }
        }
    }
    if sources.is_empty() {
        sources.push(Source::Unknown);
    }
    sources
}
