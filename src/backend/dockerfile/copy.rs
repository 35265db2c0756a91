//! `COPY`, `ADD`, and `COPY` of a file whose content stands in the Dockerfile.

use super::{keyword, path_words};
use crate::backend::escape::Escaped;
use crate::backend::escape::docker::{flag, inline_file, plain_flag, switch, word};
use crate::backend::template::{Ending, Line};
use crate::model::dockerfile::{Add, Copy, CopyFlags, CopyFrom, InlineFile};
use crate::model::values::Text;
use crate::source::Origin;

/// The words of `COPY`.
pub(super) fn copy(copy: &Copy, origin: Origin) -> Vec<Escaped> {
    let mut words = vec![keyword("COPY", origin)];
    words.extend(copy.from.as_ref().map(|from| match from {
        CopyFrom::Stage(name) | CopyFrom::Context(name) => plain_flag("from", name.as_str(), origin),
        CopyFrom::Numbered(number) => plain_flag("from", number, origin),
        CopyFrom::Image(image) => flag("from", image),
    }));
    flags(&copy.flags, origin, &mut words);
    words.extend(copy.parents.map(|on| switch("parents", on, origin)));
    paths(&copy.sources, &copy.target, origin, &mut words);
    words
}

/// The words of `ADD`.
pub(super) fn add(add: &Add, origin: Origin) -> Vec<Escaped> {
    let mut words = vec![keyword("ADD", origin)];
    words.extend(add.checksum.as_ref().map(|sum| flag("checksum", sum)));
    words.extend(add.keep_git_dir.map(|on| switch("keep-git-dir", on, origin)));
    words.extend(add.unpack.map(|on| switch("unpack", on, origin)));
    flags(&add.flags, origin, &mut words);
    paths(&add.sources, &add.target, origin, &mut words);
    words
}

/// The lines of a file.
pub(super) fn file(file: &InlineFile, origin: Origin, lines: &mut Vec<Line>) {
    let (opening, body) = inline_file(&file.content);
    let mut words = vec![keyword("COPY", origin)];
    flags(&file.flags, origin, &mut words);
    words.extend([opening, word(&file.path)]);
    lines.push(Line { depth: 0, words, ending: Ending::Bare });
    lines.extend(body.into_iter().map(|line| Line { depth: 0, words: vec![line], ending: Ending::Bare }));
    super::after_heredoc(lines);
}

fn flags(flags: &CopyFlags, origin: Origin, words: &mut Vec<Escaped>) {
    words.extend(flags.chown.as_ref().map(|owner| flag("chown", owner)));
    words.extend(flags.chmod.as_ref().map(|mode| flag("chmod", mode)));
    words.extend(flags.link.map(|on| switch("link", on, origin)));
    words.extend(flags.exclude.iter().map(|pattern| {
        let literal = pattern.as_literal().expect("lowering puts no variable where none is read");
        plain_flag("exclude", literal, pattern.origin)
    }));
}

fn paths(sources: &[Text], target: &Text, origin: Origin, words: &mut Vec<Escaped>) {
    let paths: Vec<&Text> = sources.iter().chain([target]).collect();
    words.extend(path_words(&paths, origin));
}
