//! Where text comes from: files, spans, the line index, and origins with their causes.

use std::collections::HashMap;
use std::sync::Arc;

/// A file known to a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A half-open range of bytes, `start..end`, in one file. Both ends lie on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file the range is in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: offset(start), end: offset(end) }
    }

    /// The smallest range that covers both; `self` when they lie in different files.
    #[must_use]
    pub fn to(self, other: Span) -> Self {
        if self.file != other.file {
            return self;
        }
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty range at this one's start.
    #[must_use]
    pub fn at_start(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty range at this one's end.
    #[must_use]
    pub fn at_end(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// The bytes as indices into the file's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Narrows a byte offset. Readers refuse files above [`MAX_FILE_BYTES`] long before this can overflow.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a source file is smaller than 4 GiB")
}

/// The largest stack file that is read, in bytes. One has a few thousand, and ten thousand services have two hundred
/// each; the bound keeps what a hostile one can cost within two seconds and 200 MB.
pub const MAX_STACK_BYTES: u64 = 2 * 1024 * 1024;

/// The largest file of another kind that is read, in bytes: one that a program wrote may be long.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// A place a person can go to: both numbers count from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line number, from 1.
    pub line_number: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One file's text with its line index.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name shown to a person: the path as given, with `/` separators.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Indexes the lines of `text`.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| offset(i + 1)));
        Self { name: name.into(), text, line_starts }
    }

    /// The zero-based index of the line that holds byte `at`.
    pub fn line_index(&self, at: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The byte range of a zero-based line, without its line ending.
    pub fn line_range(&self, line_index: usize) -> std::ops::Range<usize> {
        let start = self.line_starts.get(line_index).map_or(self.text.len(), |s| *s as usize);
        let end = self.line_starts.get(line_index + 1).map_or(self.text.len(), |s| *s as usize);
        let line = &self.text[start..end];
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }

    /// How many lines there are; a text that ends in a newline counts the empty line after it.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// Line and column of byte `at`.
    pub fn position(&self, at: u32) -> Position {
        let line_index = self.line_index(at);
        let start = self.line_starts[line_index] as usize;
        let column = self.text[start..(at as usize).min(self.text.len())].chars().count() + 1;
        Position { line_number: line_index + 1, column }
    }
}

/// Every file of one run.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and gives it its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(SourceFile::new(name, text));
        id
    }

    /// Adds every file of another map, and says where what pointed into that one points now.
    pub fn append(&mut self, other: SourceMap) -> Shift {
        let shift = Shift(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.extend(other.files);
        shift
    }

    /// The file behind an id of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The ids of all files, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).expect("fewer than 2^32 files")).map(FileId)
    }

    /// Every file, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.range()]
    }

    /// Line and column of a span's start.
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start)
    }
}

/// How the ids of files have changed that came from another [`SourceMap`].
#[derive(Clone, Copy, Debug)]
pub struct Shift(u32);

impl Shift {
    /// The same range in the map that the file is in now.
    #[must_use]
    pub fn span(self, span: Span) -> Span {
        Span { file: FileId(span.file.0 + self.0), ..span }
    }
}

/// An interned chain of causes; equal chains have equal origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(u32);

impl Origin {
    /// Why every artefact begins with a comment: the same in every run.
    pub const HEADER: Origin = Origin(0);
    /// Why `.env.example` says what to do with it: the same in every run.
    pub const ENV_EXAMPLE: Origin = Origin(1);
}

/// One link of a chain: what made a value, where, and from what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// The text concerned, if there is any.
    pub at: Option<Span>,
    /// What kind of step this was.
    pub via: Via,
    /// The value that this one was made from.
    pub parent: Option<Origin>,
}

/// How a value came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// A person wrote it in the text at hand.
    Written,
    /// A person wrote it in the text at hand, in the language of the artefact.
    Raw,
    /// A named default supplied it; [`crate::reasons`] says why there is one.
    Default(&'static str),
    /// A statement stands for several things and this is one of them; [`crate::reasons`] says why.
    Lowered(&'static str),
}

/// The arena of origins of one run.
#[derive(Clone, Debug)]
pub struct Origins {
    causes: Vec<Cause>,
    interned: HashMap<Cause, Origin>,
}

impl Default for Origins {
    fn default() -> Self {
        let mut origins = Self { causes: Vec::new(), interned: HashMap::new() };
        let constants = [origins.by_default("header", None), origins.by_default("env-example", None)];
        debug_assert_eq!(constants, [Origin::HEADER, Origin::ENV_EXAMPLE]);
        origins
    }
}

/// Whose a line of an artefact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A statement's.
    Statements,
    /// Raw text's.
    Raw,
    /// Nobody's who wrote it.
    Defaults,
}

impl Origins {
    /// A value written at `at`.
    pub fn written(&mut self, at: Span) -> Origin {
        self.intern(Cause { at: Some(at), via: Via::Written, parent: None })
    }

    /// A value written at `at` in the language of the artefact.
    pub fn raw(&mut self, at: Span) -> Origin {
        self.intern(Cause { at: Some(at), via: Via::Raw, parent: None })
    }

    /// A statement at `at` that stands for what `parent` made elsewhere.
    pub fn repeated(&mut self, at: Span, parent: Origin) -> Origin {
        self.intern(Cause { at: Some(at), via: Via::Written, parent: Some(parent) })
    }

    /// A value that the named default supplied because of `parent`.
    pub fn by_default(&mut self, name: &'static str, parent: Option<Origin>) -> Origin {
        self.intern(Cause { at: None, via: Via::Default(name), parent })
    }

    /// A value that the lowering of a statement made.
    pub fn lowered(&mut self, what: &'static str, parent: Origin) -> Origin {
        self.intern(Cause { at: None, via: Via::Lowered(what), parent: Some(parent) })
    }

    fn intern(&mut self, cause: Cause) -> Origin {
        let causes = &mut self.causes;
        *self.interned.entry(cause).or_insert_with(|| {
            causes.push(cause);
            Origin(u32::try_from(causes.len() - 1).expect("fewer than 2^32 origins"))
        })
    }

    /// The chain from `origin` to its root, nearest cause first.
    pub fn chain(&self, origin: Origin) -> impl Iterator<Item = Cause> + '_ {
        let mut next = Some(origin);
        std::iter::from_fn(move || {
            let cause = self.causes[next?.0 as usize];
            next = cause.parent;
            Some(cause)
        })
    }

    /// Whose a line of an artefact is. One that a statement and something else made, such as the key above several, would
    /// be there without the other.
    pub fn whose(&self, of_line: &[Origin]) -> Whose {
        let whose: Vec<Whose> = of_line.iter().filter_map(|origin| self.whose_one(*origin)).collect();
        [Whose::Statements, Whose::Raw].into_iter().find(|one| whose.contains(one)).unwrap_or(Whose::Defaults)
    }

    fn whose_one(&self, origin: Origin) -> Option<Whose> {
        self.chain(origin).find_map(|cause| match cause.via {
            Via::Written => Some(Whose::Statements),
            Via::Raw => Some(Whose::Raw),
            Via::Default(_) => Some(Whose::Defaults),
            // What a statement stands for is the statement's.
            Via::Lowered(_) => None,
        })
    }

    /// Where a finding about this value is reported: its nearest written cause.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        self.chain(origin)
            .find(|cause| matches!(cause.via, Via::Written | Via::Raw))
            .and_then(|cause| cause.at)
    }
}

/// A value with where it came from. Equality looks at the value alone.
#[derive(Clone, Copy, Debug)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Why it is there.
    pub origin: Origin,
}

impl<T> At<T> {
    /// A value and its origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for At<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut map = SourceMap::default();
        let file = map.add("a", "ä b\r\nc");
        assert_eq!(map.position(Span::new(file, 3, 4)), Position { line_number: 1, column: 3 });
        assert_eq!(map.position(Span::new(file, 6, 7)), Position { line_number: 2, column: 1 });
        assert_eq!(map.file(file).line_range(0), 0..4);
    }

    #[test]
    fn a_chain_is_found_back_to_what_was_written() {
        let mut map = SourceMap::default();
        let file = map.add("a", "service web {}");
        let span = Span::new(file, 0, 7);
        let mut origins = Origins::default();
        let written = origins.written(span);
        let restart = origins.by_default("secure", Some(written));
        assert_eq!(origins.span(restart), Some(span));
        assert_eq!(origins.by_default("secure", Some(written)), restart);
        assert_eq!(origins.chain(restart).count(), 2);
    }

    #[test]
    fn a_line_belongs_to_the_nearest_that_somebody_wrote() {
        let file = SourceMap::default().add("a", "text");
        let mut origins = Origins::default();
        let written = origins.written(Span::new(file, 0, 1));
        let raw = origins.raw(Span::new(file, 1, 2));
        let default = origins.by_default("restart", Some(written));
        let implied = origins.lowered("upstream", written);
        let because_of_default = origins.lowered("upstream", default);
        for (of_line, expected) in [
            (vec![Origin::HEADER], Whose::Defaults),
            (vec![default], Whose::Defaults),
            (vec![because_of_default], Whose::Defaults),
            (vec![implied], Whose::Statements),
            (vec![default, written], Whose::Statements),
            (vec![raw, written], Whose::Statements),
            (vec![default, raw], Whose::Raw),
        ] {
            assert_eq!(origins.whose(&of_line), expected, "{of_line:?}");
        }
    }
}
