//! How findings and artefacts are shown. One file a format; what no format may show is decided in [`redact`].

pub mod baseline;
mod checkstyle;
pub mod checkup;
mod cut;
pub mod diff;
pub mod difference;
pub mod emitted;
mod excerpt;
pub mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod listing;
pub mod origin;
pub mod page;
mod rdjson;
pub mod redact;
pub mod report;
mod sarif;
mod short;
pub mod terminal;
pub mod trace;
pub mod visible;
mod wrap;
mod xml;

#[cfg(test)]
mod tests;

/// What the place that is written to can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether escape sequences for colours may be written.
    pub colour: bool,
    /// Whether lines are drawn with box characters rather than ASCII.
    pub unicode: bool,
    /// Columns at which sentences are wrapped.
    pub width: usize,
    /// The most characters of one source line that are shown.
    pub line: usize,
}

impl Look {
    /// What a file or a pipe gets: the same on every machine.
    pub const PLAIN: Look = Look { colour: false, unicode: true, width: 100, line: 200 };
}

impl Default for Look {
    fn default() -> Self {
        Self::PLAIN
    }
}
