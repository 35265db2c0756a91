//! Lists that run over several lines.

use super::{Lines, MAX_LINE, Next, Physical};
use crate::source::Span;
use crate::syntax::stack::cursor::{Entry, Leaf, leaves};
use crate::syntax::stack::found::{Found, Hint};
use crate::syntax::stack::tree::{Arg, ArgKind, Comment, List, MistakeKind};

/// A list whose `]` has not been seen.
pub(super) struct OpenList {
    pub(super) open: Span,
    pub(super) items: Vec<Arg>,
    pub(super) comments: Vec<(usize, Comment)>,
    pub(super) damaged: bool,
    /// A mistake that explains why there may be no `]`.
    pub(super) explained: bool,
    /// Whether a `]` comes before anything that does not belong into a list.
    pub(super) closes: bool,
    /// Where what was read of it ends.
    pub(super) end: usize,
}

impl Lines<'_, '_> {
    pub(super) fn open_list(&mut self, open: Span, leaves: Vec<Leaf>, line: Physical) -> Next {
        let closes = self.list_closes(line.next);
        self.pending(open);
        self.list = Some(OpenList {
            open,
            items: Vec::new(),
            comments: Vec::new(),
            damaged: false,
            explained: false,
            closes,
            end: open.end as usize,
        });
        let mut next = None;
        for leaf in leaves {
            next = self.leaf(leaf, line);
        }
        next
    }

    /// Reads ahead: whether nothing but items comes before the `]`.
    fn list_closes(&mut self, start: usize) -> bool {
        let mut line = Physical::at(self.text, start);
        let mut from = line.start;
        while from < self.text.len() {
            let Some(budget) = self.budget.checked_sub(line.next - from) else { return false };
            self.budget = budget;
            if line.end - from > MAX_LINE {
                return false;
            }
            let mut next = line.next;
            for leaf in leaves(self.file, self.text, Entry::List, from, line.end) {
                match leaf {
                    Leaf::ListEnd(_) => return true,
                    Leaf::Arg(_) | Leaf::Comment(_) => {}
                    Leaf::OpenFence { quotes, .. } => match self.fences.after(quotes, line.next) {
                        Some(close) => next = close,
                        None => return false,
                    },
                    Leaf::OpenText { .. } | Leaf::OpenList { .. } | Leaf::ListBreak | Leaf::Stuck(_) => {
                        return false;
                    }
                    Leaf::Open { .. } | Leaf::Close(_) | Leaf::End => return false,
                }
            }
            let in_fence = next != line.next;
            line = Physical::at(self.text, next);
            from = line.start;
            if in_fence {
                let raw = &self.text[line.start..line.end];
                from = line.end - raw.trim_start_matches([' ', '\t']).trim_start_matches('"').len();
            }
        }
        false
    }

    /// The line on which the list goes on. One of which it is not known whether it ends takes the lines that are
    /// indented more than its statement.
    pub(super) fn next_line_of_list(&mut self, line: Physical) -> Next {
        let list = self.list.as_ref()?;
        let mut at = line.next;
        while at < self.text.len() {
            let line = Physical::at(self.text, at);
            at = line.next;
            let Some(indent) = line.indent(self.text) else { continue };
            let content = line.content(self.text);
            if list.closes || indent > self.indent || self.text[content..].starts_with(']') {
                return Some((Entry::List, content, line));
            }
            break;
        }
        self.finish_list(None);
        None
    }

    pub(super) fn finish_list(&mut self, close: Option<Span>) {
        let Some(list) = self.list.take() else { return };
        let end = close.map_or(list.end, |close| close.end as usize);
        let span = Span::new(self.file, list.open.start as usize, end);
        if close.is_none() && !list.explained {
            self.mistakes.push(Found::new(MistakeKind::OpenList, list.open).hint(Hint::EndsAfter(span)));
        }
        let multiline = self.text[span.range()].contains('\n');
        let kind = ArgKind::List(List { items: list.items, comments: list.comments, multiline });
        let pending = self.pending(span);
        pending.words.damaged |= list.damaged || close.is_none();
        pending.words.args.push(Arg { kind, span });
    }
}
