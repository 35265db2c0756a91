//! Where a `}` is missing or one too many: found by the indentation, and only in a file whose braces do not match.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::Token;

/// What must be done to the tokens for every brace to have its partner, or as many as possible.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Repairs {
    /// Before this token, so many of the innermost blocks are to be taken as closed.
    pub(super) close_before: BTreeMap<usize, usize>,
    /// These `}` close nothing.
    pub(super) stray: BTreeSet<usize>,
    /// The words of these tokens begin a block whose `{` is missing.
    pub(super) open_after: BTreeSet<usize>,
}

/// Finds out what is wrong with the braces of `tokens`.
pub(super) fn repairs(tokens: &[Token]) -> Repairs {
    let plain = Plain::of(tokens);
    if plain.strays == 0 && plain.unclosed == 0 {
        return Repairs::default();
    }
    Guided::new(tokens, &plain).run()
}

/// What simple counting says.
struct Plain {
    /// `}` without a `{`.
    strays: usize,
    /// `{` without a `}`.
    unclosed: usize,
    /// For every token, the smallest depth from right after it on.
    least_depth: Vec<u32>,
    /// Whether the file indents what is inside of blocks.
    indents: bool,
}

impl Plain {
    fn of(tokens: &[Token]) -> Self {
        let (mut depth, mut strays, mut indent) = (0_u32, 0, 0);
        let mut indents = false;
        let mut least_depth = Vec::with_capacity(tokens.len());
        for (index, token) in tokens.iter().enumerate() {
            match token {
                Token::Open { .. } => depth += 1,
                Token::Close(_) if depth == 0 => strays += 1,
                Token::Close(_) => depth -= 1,
                Token::Line { indent: this } => {
                    indents |= *this > indent && index > 0 && matches!(tokens[index - 1], Token::Open { .. });
                    indent = *this;
                }
                Token::Blank | Token::Words(_) | Token::End | Token::Comment(_) | Token::Junk(_) => {}
            }
            least_depth.push(depth);
        }
        for index in (1..least_depth.len()).rev() {
            least_depth[index - 1] = least_depth[index - 1].min(least_depth[index]);
        }
        Self { strays, unclosed: depth as usize, least_depth, indents }
    }
}

/// A `{` whose `}` has not come.
struct Open {
    /// How far the line on which it stands is indented.
    indent: usize,
    /// The line on which it stands.
    line: usize,
    /// Whether it stands right after a word with more after it: it may be meant as a part of the word.
    doubtful: bool,
}

/// The last words of a line that may lack a `{` after them.
#[derive(Clone, Copy)]
struct Head {
    index: usize,
    indent: usize,
}

/// Pairs braces again, and believes the indentation where that explains a brace that is missing.
struct Guided<'a> {
    tokens: &'a [Token],
    plain: &'a Plain,
    open: Vec<Open>,
    repairs: Repairs,
    /// How many blocks were taken as closed.
    closed: usize,
    /// How many `}` were left out that simple counting has not missed yet.
    pending_strays: usize,
    /// How many `}` without a partner simple counting finds from here on.
    later_strays: usize,
    /// The depth by simple counting.
    depth: usize,
    /// The number of the line.
    line: usize,
    /// The words of the statement before, if it has no block and is alone on its line.
    head: Option<Head>,
    /// How many tokens may yet be looked at ahead.
    budget: usize,
}

impl<'a> Guided<'a> {
    fn new(tokens: &'a [Token], plain: &'a Plain) -> Self {
        let open = Vec::new();
        let repairs = Repairs::default();
        Self {
            tokens,
            plain,
            open,
            repairs,
            closed: 0,
            pending_strays: 0,
            later_strays: plain.strays,
            depth: 0,
            line: 0,
            head: None,
            budget: tokens.len().saturating_mul(4),
        }
    }

    fn run(mut self) -> Repairs {
        let mut indent = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Line { indent: this } => {
                    indent = *this;
                    self.line += 1;
                    self.line(index, indent);
                }
                Token::Open { glued, .. } => {
                    self.head = None;
                    self.depth += 1;
                    let doubtful = *glued && !self.ends_line(index);
                    self.open.push(Open { indent, line: self.line, doubtful });
                }
                Token::Close(_) => {
                    self.head = None;
                    self.close(index);
                }
                Token::Words(_) => {
                    let first = index > 0 && matches!(self.tokens[index - 1], Token::Line { .. });
                    self.head = first.then_some(Head { index, indent });
                }
                Token::End | Token::Junk(_) => self.head = None,
                Token::Blank | Token::Comment(_) => {}
            }
        }
        self.repairs
    }

    /// Whether there is a `}` further on that would close nothing.
    fn has_strays(&self) -> bool {
        self.later_strays > self.pending_strays
    }

    /// Opens the block of the statement before if its `{` is missing: the line at hand is indented more, and the next
    /// one that is not begins with a `}` right below the statement.
    fn open_missing(&mut self, index: usize, indent: usize) {
        let Some(head) = self.head.filter(|head| head.indent < indent && self.has_strays()) else { return };
        let mut end = None;
        for (at, token) in self.tokens.iter().enumerate().skip(index) {
            let Some(budget) = self.budget.checked_sub(1) else { return };
            self.budget = budget;
            if let Token::Line { indent } = token
                && *indent <= head.indent
                && !matches!(self.tokens.get(at + 1), Some(Token::Comment(_)))
            {
                end = Some((at, *indent));
                break;
            }
        }
        let closes = |at: usize| matches!(self.tokens.get(at + 1), Some(Token::Close(_)));
        if end.is_some_and(|(at, indent)| indent == head.indent && closes(at)) {
            self.head = None;
            self.pending_strays += 1;
            self.repairs.open_after.insert(head.index);
            self.open.push(Open { indent: head.indent, line: self.line, doubtful: false });
        }
    }

    fn ends_line(&self, index: usize) -> bool {
        matches!(
            self.tokens.get(index + 1),
            None | Some(Token::Line { .. } | Token::Blank | Token::Comment(_))
        )
    }

    /// What the indentation of a line says about the blocks that it would lie in.
    fn line(&mut self, index: usize, indent: usize) {
        let is_close = matches!(self.tokens.get(index + 1), Some(Token::Close(_)));
        let is_comment = matches!(self.tokens.get(index + 1), Some(Token::Comment(_)));
        while let Some(top) = self.open.last() {
            let dedented = if is_close { top.indent > indent } else { top.indent >= indent };
            let ended = top.doubtful || (self.plain.indents && dedented && !is_comment);
            if !ended || !self.may_close(index) {
                break;
            }
            self.open.pop();
            self.closed += 1;
            *self.repairs.close_before.entry(index).or_default() += 1;
        }
        if !is_comment {
            self.open_missing(index, indent);
        }
        let deeper = self.open.last().is_some_and(|top| indent > top.indent);
        if is_close && deeper && self.plain.indents && self.has_strays() {
            self.pending_strays += 1;
            self.repairs.stray.insert(index + 1);
        }
    }

    /// Whether a block can be taken as closed here without a later `}` losing its partner.
    fn may_close(&self, index: usize) -> bool {
        self.plain.least_depth[index] as usize > self.closed
    }

    fn close(&mut self, index: usize) {
        // What was opened on another line is closed at the beginning of one.
        let within_line = !matches!(self.tokens.get(index.wrapping_sub(1)), Some(Token::Line { .. }));
        let elsewhere = self.open.last().is_none_or(|top| top.line != self.line);
        if within_line && elsewhere && self.plain.indents && self.has_strays() {
            self.pending_strays += 1;
            self.repairs.stray.insert(index);
        }
        if self.depth == 0 {
            self.later_strays -= 1;
            self.pending_strays = self.pending_strays.saturating_sub(1);
        } else {
            self.depth -= 1;
        }
        if self.repairs.stray.contains(&index) {
            return;
        }
        if self.open.pop().is_none() {
            self.repairs.stray.insert(index);
        }
    }
}
