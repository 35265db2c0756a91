//! What an old Docker Engine does not know yet of what is emitted: the one table, which `docs/engines.md` shows.
//!
//! Source: the release notes of Docker Engine and of the frontend for Dockerfiles (docs.docker.com), which say with which
//! version of `BuildKit` and of the frontend an engine comes; Engine 20.10.24 was asked (`tests/engine/old_engine.rs`).

use super::version::Version;

/// Something that engines learnt after 20.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// `COPY --from` of a context that compose names.
    NamedContext,
    /// `RUN <<EOF`, `COPY <<EOF`.
    Heredoc,
    /// `COPY --link`, `ADD --link`.
    Link,
    /// `RUN --network`
    RunNetwork,
    /// `RUN --mount=type=tmpfs,size=`
    TmpfsSize,
    /// `ADD` of a Git repository, `--keep-git-dir`, `--checksum`.
    AddVerified,
    /// `HEALTHCHECK --start-interval`, `start_interval`.
    StartInterval,
    /// `${NAME-text}`, `${NAME+text}`.
    BareOperator,
    /// `${NAME#pattern}` and its like.
    PatternOperator,
    /// `subpath` of a mounted volume.
    Subpath,
    /// `RUN --mount=type=secret,env=`
    SecretVariable,
    /// `COPY --chmod=u=rwX,go=rX`
    SymbolicMode,
    /// A mount of `type: image`.
    ImageMount,
    /// `ADD --unpack`
    Unpack,
    /// `COPY --exclude`, `ADD --exclude`.
    Exclude,
}

/// What is known of a feature.
struct Known {
    /// As the subject of a sentence.
    what: &'static str,
    since: Version,
    /// The version of the frontend for Dockerfiles that reads it, where that is what reads it.
    frontend: Option<&'static str>,
}

impl Feature {
    /// Every feature, the oldest first.
    pub const ALL: &[Self] = &[
        Self::NamedContext,
        Self::Heredoc,
        Self::Link,
        Self::RunNetwork,
        Self::TmpfsSize,
        Self::AddVerified,
        Self::StartInterval,
        Self::BareOperator,
        Self::PatternOperator,
        Self::Subpath,
        Self::SecretVariable,
        Self::SymbolicMode,
        Self::ImageMount,
        Self::Unpack,
        Self::Exclude,
    ];

    const fn known(self) -> Known {
        const fn read(what: &'static str, since: Version, frontend: &'static str) -> Known {
            Known { what, since, frontend: Some(frontend) }
        }
        const fn run(what: &'static str, since: Version) -> Known {
            Known { what, since, frontend: None }
        }
        match self {
            Self::NamedContext => read("`COPY --from` of a named context", Version(23, 0, 0), "1.4"),
            Self::Heredoc => read("a heredoc in a Dockerfile", Version(23, 0, 0), "1.4"),
            Self::Link => read("`--link` of `COPY` and `ADD`", Version(23, 0, 0), "1.4"),
            Self::RunNetwork => read("`RUN --network`", Version(23, 0, 0), "1.3"),
            Self::TmpfsSize => read("`size` of `RUN --mount=type=tmpfs`", Version(23, 0, 0), "1.4"),
            Self::AddVerified => {
                read("`ADD` of a Git repository or with `--checksum`", Version(25, 0, 0), "1.6")
            }
            Self::StartInterval => run("`start_interval` of a health check", Version(25, 0, 0)),
            Self::BareOperator => {
                read("`${NAME-...}` and `${NAME+...}` in a Dockerfile", Version(25, 0, 0), "1.6")
            }
            Self::PatternOperator => read(
                "`${NAME#...}`, `${NAME%...}` and `${NAME/...}` in a Dockerfile",
                Version(26, 0, 0),
                "1.7",
            ),
            Self::Subpath => run("`subpath` of a volume", Version(26, 0, 0)),
            Self::SecretVariable => read("`env` of `RUN --mount=type=secret`", Version(27, 3, 0), "1.10"),
            Self::SymbolicMode => read("a `--chmod` that is no number", Version(28, 0, 0), "1.14"),
            Self::ImageMount => run("a mount of an image", Version(28, 0, 0)),
            Self::Unpack => read("`ADD --unpack`", Version(28, 3, 0), "1.17"),
            Self::Exclude => read("`--exclude` of `COPY` and `ADD`", Version(28, 5, 0), "1.19"),
        }
    }

    /// What it is, as the subject of a sentence.
    pub const fn what(self) -> &'static str {
        self.known().what
    }

    /// The first engine that knows it.
    pub const fn since(self) -> Version {
        self.known().since
    }

    /// The first version of the frontend for Dockerfiles that knows it; `None` if the engine itself has to.
    pub const fn frontend(self) -> Option<&'static str> {
        self.known().frontend
    }
}
