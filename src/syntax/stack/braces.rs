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
    /// Whether it stands right after a word with more after it: it may be meant as a part of the word.
    doubtful: bool,
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
        }
    }

    fn run(mut self) -> Repairs {
        let mut indent = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Line { indent: this } => {
                    indent = *this;
                    self.line(index, indent);
                }
                Token::Open { glued, .. } => {
                    self.depth += 1;
                    let doubtful = *glued && !self.ends_line(index);
                    self.open.push(Open { indent, doubtful });
                }
                Token::Close(_) => self.close(index),
                Token::Blank | Token::Words(_) | Token::End | Token::Comment(_) | Token::Junk(_) => {}
            }
        }
        self.repairs
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
        let deeper = self.open.last().is_some_and(|top| indent > top.indent);
        if is_close && deeper && self.plain.indents && self.later_strays > self.pending_strays {
            self.pending_strays += 1;
            self.repairs.stray.insert(index + 1);
        }
    }

    /// Whether a block can be taken as closed here without a later `}` losing its partner.
    fn may_close(&self, index: usize) -> bool {
        self.plain.least_depth[index] as usize > self.closed
    }

    fn close(&mut self, index: usize) {
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
