//! What COPY and ADD take from the build context.

use crate::project::dockerfile::{Expanded, Step};
use crate::project::host::join;
use crate::syntax::dockerfile::keyword::Keyword;

/// A source of COPY or ADD that lies in the build context.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    /// As it is written.
    pub(crate) word: &'a Expanded,
    /// Its path from the context, tidied: `.` for all of it; `None` if a variable in it is not known.
    pub(crate) path: Option<String>,
}

impl Source<'_> {
    /// Whether it is the whole context.
    pub(crate) fn is_all(&self) -> bool {
        self.path.as_deref() == Some(".")
    }

    /// Whether it is a pattern.
    pub(crate) fn is_pattern(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.contains(['*', '?', '[']))
    }
}

/// The sources of a step that lie in the build context: what comes from other stages and images, from the network and
/// from heredocs is left out.
pub(crate) fn sources(step: &Step) -> Vec<Source<'_>> {
    let instruction = &step.instruction;
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) || instruction.flag("from").is_some() {
        return Vec::new();
    }
    let Some((_, sources)) = step.words.split_last() else { return Vec::new() };
    let is_local = |word: &&Expanded| !word.raw.starts_with("<<") && !is_remote(word);
    let source = |word| Source { word, path: word.value.as_deref().map(tidied) };
    sources.iter().filter(is_local).map(source).collect()
}

/// Whether ADD fetches it.
pub(crate) fn is_remote(word: &Expanded) -> bool {
    let text = word.value.as_deref().unwrap_or(&word.raw);
    text.contains("://") || text.starts_with("git@") || text.starts_with("github.com/")
}

/// A path as the builder looks for it: from the context, whatever it begins with. Source: `BuildKit`,
/// `frontend/dockerfile/dockerfile2llb/convert_copy.go`.
pub(crate) fn tidied(path: &str) -> String {
    match join("/", path).trim_start_matches('/') {
        "" => ".".to_owned(),
        path => path.to_owned(),
    }
}
