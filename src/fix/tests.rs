//! Which fixes are made together, and what a text keeps.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;

/// One file, in which findings ask for edits.
struct Page {
    sources: SourceMap,
    file: FileId,
    sink: Sink,
}

impl Page {
    fn new(text: &str) -> Self {
        let mut sources = SourceMap::default();
        let file = sources.add("a", text);
        Self { sources, file, sink: Sink::default() }
    }

    fn with(mut self, safety: Safety, edits: &[(Range<usize>, &str)]) -> Self {
        let edits = edits
            .iter()
            .map(|(range, new)| (Span::new(self.file, range.start, range.end), (*new).to_owned()));
        let edits: Vec<_> = edits.collect();
        let at = edits[0].0;
        let fix = Fix { title: String::new(), edits, safety };
        self.sink.push(Diagnostic { fix: Some(fix), ..Diagnostic::warning("a", "", at) });
        self
    }

    fn safe(self, edits: &[(Range<usize>, &str)]) -> Self {
        self.with(Safety::Safe, edits)
    }

    /// The text after one round, and how many findings are mended.
    fn round(&self, with_unsafe: bool) -> (String, usize) {
        let part = Part { sources: &self.sources, sink: &self.sink };
        let round = choose(&[part], with_unsafe, &|_| true);
        let text = &self.sources.file(self.file).text;
        round.files.get("a").map_or((text.to_string(), 0), |changes| (changes.apply(text), changes.mended))
    }
}

#[test]
fn a_fix_is_made_whole_or_not_at_all() {
    let page = Page::new("abcdef").safe(&[(0..1, "A"), (3..4, "D")]).safe(&[(3..5, "x"), (5..6, "F")]);
    assert_eq!(page.round(false), ("AbcDef".to_owned(), 1));
}

#[test]
fn what_a_person_should_look_at_is_made_only_if_asked_for() {
    let page = Page::new("abc").with(Safety::Unsafe, &[(0..1, "A")]).safe(&[(2..3, "C")]);
    assert_eq!(page.round(false), ("abC".to_owned(), 1));
    assert_eq!(page.round(true), ("AbC".to_owned(), 2));
}

#[test]
fn identical_edits_count_once_and_mend_every_finding() {
    let page = Page::new("abc").safe(&[(0..0, "x")]).safe(&[(0..0, "x"), (2..3, "C")]);
    assert_eq!(page.round(false), ("xabC".to_owned(), 2));
}

#[test]
fn lines_of_one_block_are_added_at_one_place_and_others_wait() {
    let page = Page::new("a\n").safe(&[(1..1, "\n  b")]).safe(&[(1..1, "\n  c")]).safe(&[(1..1, "\n    d")]);
    assert_eq!(page.round(false), ("a\n  b\n  c\n".to_owned(), 2));
    let page = Page::new("a\n").safe(&[(1..1, "b")]).safe(&[(1..1, "c")]);
    assert_eq!(page.round(false), ("ab\n".to_owned(), 1));
    let page = Page::new("abc").safe(&[(0..1, "A")]).safe(&[(1..1, "x")]).safe(&[(1..2, "B")]);
    assert_eq!(page.round(false), ("ABc".to_owned(), 2));
}

#[test]
fn no_edit_touches_a_secret_or_writes_one() {
    let masked = |page: Page| {
        let mut page = page;
        page.sink.mask(Span::new(page.file, 2, 10));
        page.round(true)
    };
    let text = "k=hunter22 x";
    assert_eq!(masked(Page::new(text).safe(&[(9..10, "")])), (text.to_owned(), 0));
    assert_eq!(masked(Page::new(text).safe(&[(11..12, "hunter22")])), (text.to_owned(), 0));
    assert_eq!(masked(Page::new(text).safe(&[(1..2, ": ")])), ("k: hunter22 x".to_owned(), 1));
}

#[test]
fn a_text_keeps_its_mark_its_line_ends_and_its_last_line() {
    let page = Page::new("\u{feff}a\r\nb\r\nc").safe(&[(0..0, "x\n")]).safe(&[(10..10, "\nd")]);
    assert_eq!(page.round(false).0, "\u{feff}x\r\na\r\nb\r\nc\r\nd");
    let page = Page::new("a\nb").safe(&[(3..3, "\nc")]);
    assert_eq!(page.round(false).0, "a\nb\nc");
}

#[test]
fn a_file_that_may_not_be_edited_is_counted() {
    let page = Page::new("abc").safe(&[(0..1, "A")]);
    let part = Part { sources: &page.sources, sink: &page.sink };
    let round = choose(&[part], true, &|_| false);
    assert!(round.files.is_empty());
    assert_eq!(round.refused["a"], 1);
}

#[test]
fn a_text_is_broken_if_it_reads_worse_than_before() {
    let error = |code, count: usize| {
        let mut page = Page::new("abc");
        for at in 0..count {
            page.sink.push(Diagnostic::error(code, "", Span::new(page.file, at, at)));
        }
        page
    };
    let is_broken = |before: &Page, after: &Page| {
        fn part(page: &Page) -> Part<'_> {
            Part { sources: &page.sources, sink: &page.sink }
        }
        !broken(&[part(before)], &[part(after)], ["a"], &["unread"]).is_empty()
    };
    assert!(is_broken(&error("unread", 0), &error("unread", 1)));
    assert!(!is_broken(&error("unread", 2), &error("unread", 1)));
    assert!(!is_broken(&error("unread", 0), &error("a-rule", 1)));
}
