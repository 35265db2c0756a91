//! The names of what lowering reports. Each has a page in `docs/explain`.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $text;)*
        /// Every code of this module.
        pub const ALL: &[&str] = &[$($text),*];
    };
}

codes! {
    /// No row of the block has that head.
    UNKNOWN_STATEMENT = "unknown-statement";
    /// A row of another kind of block has that head.
    MISPLACED_STATEMENT = "misplaced-statement";
    /// The arguments fit none of the head's sentences.
    WRONG_ARGUMENTS = "wrong-arguments";
    /// A value is not of the type that its slot asks for.
    WRONG_TYPE = "wrong-type";
    /// A block where none may stand, or none where one must.
    WRONG_BLOCK = "wrong-block";
    /// A statement that may stand once stands twice.
    DUPLICATE_STATEMENT = "duplicate-statement";
    /// Two declarations, variables or labels of one name.
    DUPLICATE_NAME = "duplicate-name";
    /// A block lacks what it cannot do without.
    MISSING_STATEMENT = "missing-statement";
    /// Two statements that exclude each other.
    CONFLICT = "conflict";
    /// A name that nothing declares.
    UNKNOWN_NAME = "unknown-name";
    /// A reference to a part that the thing does not have.
    UNKNOWN_PART = "unknown-part";
    /// Services that wait for each other.
    NEEDS_CYCLE = "needs-cycle";
    /// Waiting for the health of something that has no health check.
    NEEDS_NO_HEALTH = "needs-no-health";
    /// A proxy hands requests to a port that its target does not listen on.
    PROXY_TARGET = "proxy-target";
    /// Files are served from a volume that no service mounts there.
    STATIC_UNMOUNTED = "static-unmounted";
    /// Two routes of one site that match the same.
    DUPLICATE_ROUTE = "duplicate-route";
    /// Two mounts at one path.
    DUPLICATE_MOUNT = "duplicate-mount";
    /// A secret where text is wanted.
    SECRET_IN_TEXT = "secret-in-text";
    /// A secret in a command line.
    SECRET_IN_ARGUMENT = "secret-in-argument";
    /// A secret in something that is stored in an image.
    SECRET_IN_LAYER = "secret-in-layer";
    /// A secret in the plain environment without leave.
    SECRET_IN_ENVIRONMENT = "secret-in-environment";
    /// A key that only builds can use, where something else wants it.
    SECRET_BUILD_ONLY = "secret-build-only";
    /// `exported` where it cannot work.
    SECRET_EXPORT = "secret-export";
    /// An input where nothing can expand it.
    INPUT_UNSUPPORTED = "input-unsupported";
    /// Something that the language of an artefact has no way to write.
    INEXPRESSIBLE = "inexpressible";
    /// A word that the version at hand does not know yet.
    TOO_NEW = "too-new";
    /// More than is compiled.
    TOO_LARGE = "too-large";
    /// A service or a group that takes itself over.
    REUSE_CYCLE = "reuse-cycle";
    /// A path that leads out of where it must stay.
    PATH_OUTSIDE = "path-outside";
}
