//! The effective file system of a container: image, COPY and ADD, volumes, bind mounts, `volumes_from`, tmpfs, configs
//! and secrets, in the order in which the engine lays them over each other.

mod build;
mod image;
mod look;
mod mounts;
mod own;
mod run;
mod sources;

use std::sync::Arc;

use super::host::{Host, Kind, join};
use super::ignored::Ignored;
use super::images::KnownImage;
use crate::source::Span;

pub(super) use build::{image, stages};
pub(super) use mounts::mounted;
pub use run::Run;

/// What a container sees as its file system.
#[derive(Clone, Debug, Default)]
pub struct FileSystem {
    /// What its image brings.
    pub image: Arc<ImageFiles>,
    /// What lies on the image: the nearest above a path decides, the last among those of one path.
    pub mounts: Vec<Layer>,
    /// Whether something is mounted of which nobody knows where: what is seen nowhere may be there nevertheless.
    pub is_open: bool,
    /// The folder that the first process starts in, which the engine makes if it is not there.
    pub starts_in: Option<String>,
}

/// The files of an image, or of a stage of one. All its layers are seen at once, the last one first.
#[derive(Clone, Debug, Default)]
pub struct ImageFiles {
    /// The stage that it begins with, whose layers lie below its own.
    below: Option<Arc<ImageFiles>>,
    /// What was laid on that, the first one first.
    own: Vec<Layer>,
    /// How many layers there are, those below among them.
    count: usize,
    /// Whether there are more, of which nothing is known.
    is_cut: bool,
}

/// Something that brings files to a path.
#[derive(Clone, Debug)]
pub struct Layer {
    /// An absolute path of the container, without a last slash.
    pub at: String,
    /// What it brings.
    pub brings: Brings,
    /// Where it is said; `None` for what the image brings.
    pub span: Option<Span>,
}

/// What a layer brings.
#[derive(Clone, Debug)]
pub enum Brings {
    /// A file or folder of the host, without what a `.dockerignore` leaves out.
    Host {
        /// Its path by [`Host`]'s naming.
        path: String,
        /// Whether it was copied when the image was built, rather than mounted.
        is_copy: bool,
        /// Whether it is a config or a secret of compose.
        is_grant: bool,
        /// What is left out of a copy.
        left_out: Option<Arc<LeftOut>>,
    },
    /// A file or folder of another stage.
    Stage {
        /// The files of that stage.
        files: Arc<ImageFiles>,
        /// The absolute path there.
        path: String,
    },
    /// An image of a registry.
    Image(Option<&'static KnownImage>),
    /// A file whose text stands in a compose file or Dockerfile, or comes from elsewhere.
    Text,
    /// An empty folder.
    Folder,
    /// A command, which may have made anything.
    Run(Run),
    /// A volume: empty, or with what the image has there.
    Volume {
        /// Its key, if it has a name.
        name: Option<String>,
        /// Whether others may have put something into it first: it has a driver of its own, belongs to another project, or
        /// another service mounts it.
        is_shared: bool,
        /// The files of the image that it was first filled from.
        filled: Arc<ImageFiles>,
    },
    /// An empty file system in memory.
    Tmpfs,
    /// Files that nobody knows: of an image, of a command, of a URL.
    Unknown,
}

/// What does not get into an image from the folder that it is built in.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The folder, by [`Host`]'s naming.
    pub context: String,
    /// What its `.dockerignore` says; `None` if that cannot be read.
    pub ignored: Option<Ignored>,
}

/// What stands at a path of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file; its path on the host, if it comes from there.
    File(Option<String>),
    /// A folder; its path on the host, if it comes from there alone.
    Folder(Option<String>),
    /// Surely nothing.
    Missing,
    /// Nobody knows.
    Unknown,
}

/// What stands in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The names in order, each with what it is. One that is [`Found::Unknown`] may not be there.
    pub names: Vec<(String, Found)>,
    /// Whether there is surely nothing else.
    pub is_complete: bool,
}

impl FileSystem {
    /// What stands at an absolute path when the container starts.
    pub fn find(&self, path: &str, host: &dyn Host) -> Found {
        let path = join("/", path);
        let found = match self.over(&path) {
            Some(layer) => layer.mounted(&path, host),
            None => self.image.find(&path, host),
        };
        let has_mounts =
            self.mounts.iter().any(|mount| below(&mount.at, &path).is_some_and(|rest| !rest.is_empty()));
        match found {
            // The engine makes the folders around a mount.
            Found::Folder(_) | Found::Missing | Found::Unknown if has_mounts => Found::Folder(None),
            Found::Missing if self.starts_in.as_ref().is_some_and(|inner| below(inner, &path).is_some()) => {
                Found::Folder(None)
            }
            Found::Missing if self.is_open => Found::Unknown,
            found => found,
        }
    }

    /// What stands in a folder when the container starts.
    pub fn list(&self, path: &str, host: &dyn Host) -> Listing {
        let path = join("/", path);
        let mut listing = match self.over(&path) {
            Some(layer) => layer.listed(&path, host),
            None => self.image.list(&path, host),
        };
        listing.is_complete &= !self.is_open;
        let mounts = self.mounts.iter().filter_map(|mount| below(&mount.at, &path)?.split('/').next());
        let inner = self.starts_in.as_ref().and_then(|inner| below(inner, &path)?.split('/').next());
        let mut names: Vec<String> =
            mounts.chain(inner).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        names.extend(listing.names.into_iter().map(|(name, _)| name));
        names.sort_unstable();
        names.dedup();
        let found = names.into_iter().map(|name| {
            let found = self.find(&format!("{path}/{name}"), host);
            (name, found)
        });
        listing.names = found.filter(|(_, found)| *found != Found::Missing).collect();
        listing
    }

    /// Everything that brings files, the image first.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.image.layers().chain(&self.mounts)
    }

    /// The mount that a path is seen through: the deepest above it, the last of those at one path.
    pub fn over(&self, path: &str) -> Option<&Layer> {
        let over = self.mounts.iter().filter(|mount| below(path, &mount.at).is_some());
        over.max_by_key(|mount| mount.at.len())
    }

    /// The mount at a path or below it, or the COPY, that brings what stands at a path; the last one.
    pub fn source(&self, path: &str, host: &dyn Host) -> Option<&Layer> {
        let path = join("/", path);
        match self.over(&path) {
            Some(layer) => Some(layer),
            None => self.image.source(&path, host),
        }
    }
}

impl Layer {
    fn mounted(&self, path: &str, host: &dyn Host) -> Found {
        let rest = below(path, &self.at).unwrap_or_default();
        match &self.brings {
            Brings::Host { path: source, .. } => match (host.kind(&join(source, rest)), rest) {
                (Kind::File, _) => Found::File(Some(join(source, rest))),
                (Kind::Folder, _) => Found::Folder(Some(join(source, rest))),
                // What lies in a folder that the host does not have yet may be put there before the start.
                (Kind::Missing, rest) if !rest.is_empty() && host.kind(source) == Kind::Folder => {
                    Found::Missing
                }
                (Kind::Missing | Kind::Other | Kind::Unknown, _) => Found::Unknown,
            },
            Brings::Volume { .. } | Brings::Tmpfs | Brings::Folder if rest.is_empty() => Found::Folder(None),
            Brings::Volume { is_shared: false, filled, .. } => match filled.find(path, host) {
                Found::Missing => Found::Unknown,
                found => found,
            },
            Brings::Text if rest.is_empty() => Found::File(None),
            Brings::Text | Brings::Tmpfs | Brings::Folder => Found::Missing,
            Brings::Volume { .. }
            | Brings::Stage { .. }
            | Brings::Image(_)
            | Brings::Run(_)
            | Brings::Unknown => Found::Unknown,
        }
    }

    fn listed(&self, path: &str, host: &dyn Host) -> Listing {
        let rest = below(path, &self.at).unwrap_or_default();
        let (names, is_complete) = match &self.brings {
            Brings::Host { path: source, .. } => match host.names(&join(source, rest)) {
                Some(names) => (names, true),
                None => (Vec::new(), false),
            },
            Brings::Volume { is_shared: false, filled, .. } => {
                let listing = filled.list(path, host);
                (listing.names.into_iter().map(|(name, _)| name).collect(), false)
            }
            Brings::Tmpfs | Brings::Folder | Brings::Text => (Vec::new(), true),
            Brings::Volume { .. }
            | Brings::Stage { .. }
            | Brings::Image(_)
            | Brings::Run(_)
            | Brings::Unknown => (Vec::new(), false),
        };
        Listing { names: names.into_iter().map(|name| (name, Found::Unknown)).collect(), is_complete }
    }
}

/// What follows a folder in a path, without the slash; `None` if the path does not lie in it.
pub fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}
