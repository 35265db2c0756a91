//! A deployment as people wrote it: compose files, Dockerfiles and configurations of nginx, understood together.
//!
//! Nothing here judges. What a file says is kept with its place; what cannot be known is `None`, and rules stay silent
//! on it.

pub mod compose;
pub mod dockerfile;
pub mod files;
pub mod host;
pub mod ignored;
pub mod images;
pub mod kind;
mod load;
mod runs;

use crate::source::{FileId, Span};

pub use load::containers;

use compose::Compose;
use dockerfile::Dockerfile;
use files::FileSystem;

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// What is said.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// What belongs together: the files of one deployment.
#[derive(Debug, Default)]
pub struct Project {
    /// What its compose files say, all of them merged. `None` for Dockerfiles that no compose file builds.
    pub compose: Option<Compose>,
    /// Every Dockerfile that was read, each once, however many services build it.
    pub dockerfiles: Vec<Dockerfile>,
    /// Whether a file that it consists of could not be read: what is not said may be said there.
    pub is_partial: bool,
    /// What runs: one for every service, in their order; without compose one for the last stage of every Dockerfile.
    pub containers: Vec<Container>,
}

/// The image that a container is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// A stage of a Dockerfile of the project.
    Built {
        /// Its place in [`Project::dockerfiles`].
        dockerfile: usize,
        /// Its place in [`Dockerfile::stages`].
        stage: usize,
    },
    /// An image of a registry, as it is named once variables are resolved.
    Pulled(Spanned<String>),
    /// Nobody knows: the name depends on a variable, the Dockerfile was not found or not understood.
    Unknown,
}

/// One container: an image as a service runs it.
#[derive(Debug)]
pub struct Container {
    /// Its service's place in [`Compose::services`]; `None` without compose.
    pub service: Option<usize>,
    /// What it is made from.
    pub image: Image,
    /// What is known of that image or, for one that is built, of the image of a registry below it.
    pub known: Option<&'static images::KnownImage>,
    /// The user that its first process runs as, by the service, else by the image; `None` if nobody knows.
    pub user: Option<String>,
    /// The folder that its first process runs in.
    pub working_dir: Option<String>,
    /// The words of its first process: entrypoint, then command, a shell form as `["/bin/sh", "-c", text]`; `None` if
    /// nobody knows.
    pub process: Option<Vec<String>>,
    /// What it sees as its file system.
    pub files: FileSystem,
    /// The configuration of nginx that it runs, if it runs one.
    pub nginx: Option<NginxRuns>,
}

/// The configuration that an nginx really runs with.
#[derive(Clone, Debug)]
pub struct NginxRuns {
    /// The files that this project supplies, each with its absolute path in the container: `nginx.conf` first if it is
    /// one of them, then what it includes, in nginx's order.
    pub files: Vec<NginxFile>,
    /// Whether nginx.conf itself is the image's own, which includes `/etc/nginx/conf.d/*.conf` in `http {}`.
    pub is_main_of_image: bool,
    /// Files that it would include and that were not analysed: why, in words for a person.
    pub not_analysed: Vec<(String, String)>,
}

/// One file of a configuration.
#[derive(Clone, Debug)]
pub struct NginxFile {
    /// Where nginx finds it: `/etc/nginx/conf.d/default.conf`.
    pub at: String,
    /// The path of the file on the host, by [`host::Host`]'s naming.
    pub host: String,
    /// How it gets there.
    pub by: Supply,
    /// Whether it is a `.template` that the entrypoint of the image puts environment variables into.
    pub is_template: bool,
}

/// How a file gets into a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// By a mount of the service; where it is said.
    Mount(Span),
    /// By a COPY or ADD; where it is said.
    Copy(Span),
    /// By a config or secret of compose.
    Grant(Span),
}

/// Files of a project that were asked for and could not be analysed.
#[derive(Clone, Debug)]
pub struct NotAnalysed {
    /// The path, as a person is shown it.
    pub path: String,
    /// Why, as the rest of a sentence that begins with the path.
    pub why: String,
    /// Which file asks for it.
    pub asked_by: Option<FileId>,
}
