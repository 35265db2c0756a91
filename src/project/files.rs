//! The effective file system of a container: image, COPY and ADD, volumes, bind mounts, `volumes_from`, tmpfs, configs
//! and secrets, in the order in which the engine lays them over each other.

use crate::source::Span;

/// What a container sees as its file system.
#[derive(Clone, Debug, Default)]
pub struct FileSystem {
    /// What lies on what: the nearest above a path decides, the last among those of one path.
    pub layers: Vec<Layer>,
}

/// Something that brings files to a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// An absolute path of the container, without a last slash.
    pub at: String,
    /// What it brings.
    pub brings: Brings,
    /// Where it is said; `None` for what the image brings.
    pub span: Option<Span>,
}

/// What a layer brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brings {
    /// A file or folder of the host, without what a `.dockerignore` leaves out.
    Host {
        /// Its path by [`crate::project::host::Host`]'s naming.
        path: String,
        /// Whether it was copied when the image was built, rather than mounted.
        is_copy: bool,
    },
    /// A volume: empty, or with what the image has there.
    Volume {
        /// Its key, if it has a name.
        name: Option<String>,
    },
    /// An empty file system in memory.
    Tmpfs,
    /// Files that nobody knows: of an image, of a command, of a URL.
    Unknown,
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
