//! What well-known images bring, from the table in `data/images/`.

/// What is known of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownImage {
    /// The name of the official repository: `nginx`, `grafana/grafana`.
    pub name: &'static str,
    /// What it is, if rules care.
    pub role: Role,
    /// The user that it runs as: empty for root.
    pub user: &'static str,
    /// The folder that it starts in: empty for `/`.
    pub working_dir: &'static str,
    /// The container ports that it listens on.
    pub ports: &'static [u16],
    /// The paths that are volumes.
    pub volumes: &'static [&'static str],
    /// Where its data is, which a volume should keep.
    pub data: &'static [&'static str],
    /// Whether it has a HEALTHCHECK of its own.
    pub has_health: bool,
    /// Its entrypoint.
    pub entrypoint: &'static [&'static str],
    /// Its command.
    pub command: &'static [&'static str],
}

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Keeps data that only its clients should reach.
    Database,
    /// Keeps data that can be lost.
    Cache,
    /// Passes messages on.
    Queue,
    /// Answers HTTP and passes requests on.
    Proxy,
    /// A language or an operating system to build on.
    Base,
    /// Anything else.
    Other,
}
