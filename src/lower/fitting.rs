//! Statements fitted to the schema. One with a mistake is reported once, and gone on with as what it was meant to be,
//! so that it costs neither what stands in its block nor what refers to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;

use super::context::Context;
use crate::diagnostic::{Diagnostic, nearest};
use crate::schema::foreign::instead_of;
use crate::schema::sentence::{Bound, Misfit};
use crate::schema::{BlockRule, Count, Kind, Row, Word, in_order_of_trial, rows_named, rows_of};
use crate::source::{Origin, Span};
use crate::syntax::stack::tree::{Arg, ArgKind, Item, Piece, PieceKind, Statement, statements};

/// So many lengths are tried of a statement with arguments that are too many, from its end and from its beginning.
const MOST_LENGTHS: usize = 8;

/// A statement of more arguments than these is not two.
const MOST_SPLIT: usize = 64;

/// A statement that fits a row.
#[derive(Clone, Debug)]
pub(crate) struct Fitted<'t> {
    pub(crate) row: &'static Row,
    pub(crate) statement: &'t Statement,
    pub(crate) bound: Bound<'t>,
    pub(crate) origin: Origin,
    /// Whether it is as it should be; otherwise it was reported, and this is what it was probably meant to be.
    pub(crate) certain: bool,
}

impl<'t> Fitted<'t> {
    /// The argument of a slot.
    pub(crate) fn arg(&self, slot: usize) -> &'t Arg {
        self.bound.arg(slot)
    }

    /// What a finding about the whole statement underlines.
    pub(crate) fn span(&self) -> Span {
        self.statement.line_span()
    }

    /// What stands in its block.
    pub(crate) fn items(&self) -> &'t [Item] {
        self.statement.block.as_ref().map_or(&[], |block| &block.items)
    }
}

/// What may be meant by statements that have a mistake. As long as a statement may be there, nobody is told that it is
/// missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubt {
    heads: BTreeSet<String>,
    anything: bool,
}

impl Doubt {
    /// Nothing is known for certain.
    pub(crate) fn of_everything() -> Self {
        Self { heads: BTreeSet::new(), anything: true }
    }

    /// A statement with this head was not understood.
    pub(crate) fn add(&mut self, head: &str) {
        self.heads.insert(head.to_owned());
    }

    /// What is doubtful there is doubtful here.
    pub(crate) fn add_all(&mut self, other: &Doubt) {
        self.heads.extend(other.heads.iter().cloned());
        self.anything |= other.anything;
    }

    /// What is doubtful in its build is doubtful of a service.
    pub(crate) fn add_build(&mut self, build: &Doubt) {
        self.heads.extend(build.heads.iter().cloned());
        if build.anything {
            let of_both = ["base", "provides", "health", "command", "entrypoint"];
            self.heads.extend(of_both.map(str::to_owned));
        }
    }

    /// Whether a statement with one of these heads may be there all the same.
    pub(crate) fn covers(&self, heads: &[&str]) -> bool {
        self.anything || heads.iter().any(|head| self.heads.contains(*head))
    }

    /// Whether a statement of which that holds may be there all the same.
    pub(crate) fn covers_any(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        self.anything || self.heads.iter().any(|head| is_meant(head))
    }

    fn add_statement(&mut self, statement: &Statement, kind: Kind) {
        match meant(statement, kind) {
            // What it takes over may be anything.
            Meant::Head("like" | "with") | Meant::Anything => self.anything = true,
            Meant::Head(head) => self.add(head),
            Meant::Nothing => {}
        }
    }
}

/// What stands in a block.
#[derive(Debug)]
pub(crate) struct Contents<'t> {
    fitted: Vec<Fitted<'t>>,
    pub(crate) doubt: Doubt,
}

impl<'t> Contents<'t> {
    /// Takes note of those of compose's words, and raw texts, that hold a mistake: what they were to say is not known.
    pub(crate) fn doubt_words(&mut self, is_doubtful: impl Fn(Span) -> bool) {
        for fit in self.fitted.iter().filter(|fit| is_doubtful(fit.statement.span)) {
            match fit.row.word {
                Word::Compose(_) => self.doubt.add(fit.row.head()),
                Word::Own if fit.row.id == "raw-compose" => self.doubt.add("raw compose"),
                Word::Own | Word::Nginx(..) => {}
            }
        }
    }

    /// Those of its statements; what is doubtful stays so.
    pub(crate) fn only(&self, which: impl Fn(&Fitted<'t>) -> bool) -> Self {
        let fitted = self.fitted.iter().filter(|fit| which(fit)).cloned().collect();
        Self { fitted, doubt: self.doubt.clone() }
    }
}

impl<'t> Deref for Contents<'t> {
    type Target = [Fitted<'t>];

    fn deref(&self) -> &[Fitted<'t>] {
        &self.fitted
    }
}

impl<'t> IntoIterator for Contents<'t> {
    type Item = Fitted<'t>;
    type IntoIter = std::vec::IntoIter<Fitted<'t>>;

    fn into_iter(self) -> Self::IntoIter {
        self.fitted.into_iter()
    }
}

impl<'t> Context<'_, 't> {
    /// Fits every statement in the block of another to the rows of its kind.
    pub(crate) fn block_of(&mut self, statement: &'t Statement, kind: Kind) -> Contents<'t> {
        match &statement.block {
            Some(block) => self.block(&block.items, kind),
            None => Contents { fitted: Vec::new(), doubt: Doubt::of_everything() },
        }
    }

    /// Fits every statement of a block to the rows of its kind; what has a mistake is reported.
    pub(crate) fn block(&mut self, items: &'t [Item], kind: Kind) -> Contents<'t> {
        let mut seen: HashMap<&'static str, Span> = HashMap::new();
        let mut contents = Contents { fitted: Vec::new(), doubt: Doubt::default() };
        contents.doubt.anything = items.iter().any(holds_words);
        for statement in statements(items) {
            if self.sink.give_up() {
                break;
            }
            if let Some(split) = self.split(statement, kind) {
                contents.fitted.extend(split);
                continue;
            }
            let fit = self.fit(statement, kind);
            let certain = fit.as_ref().is_some_and(|fit| fit.certain);
            if !certain {
                contents.doubt.add_statement(statement, kind);
            }
            let Some(fit) = fit else { continue };
            if certain
                && fit.row.count == Count::Once
                && let Some(first) = seen.insert(fit.row.head(), fit.span())
            {
                self.report_repeated(&fit, first);
                continue;
            }
            contents.fitted.push(fit);
        }
        contents
    }

    fn fit(&mut self, statement: &'t Statement, kind: Kind) -> Option<Fitted<'t>> {
        let mut certain = !statement.damaged;
        if statement.damaged {
            self.doubtful.push((statement.line_span(), None));
        }
        let mut rows = rows_named(kind, statement.head().unwrap_or_default());
        if rows.is_empty() {
            if certain {
                self.tell(statement, |cx| cx.report_unknown(statement, kind));
                certain = false;
            }
            let Meant::Head(head) = meant(statement, kind) else { return None };
            rows = rows_named(kind, head);
        }
        let args = &statement.args[1..];
        let mut misfit: Option<Misfit> = None;
        for row in in_order_of_trial(&rows) {
            match row.parsed().fit(args) {
                Ok(bound) => {
                    if certain {
                        certain = self.check_block(statement, row);
                    }
                    return Some(self.fitted(statement, row, bound, certain));
                }
                Err(new) => misfit = Some(misfit.map_or(new.clone(), |old| old.or(new))),
            }
        }
        if certain {
            let misfit = misfit.expect("a row that does not fit says where");
            self.tell(statement, |cx| cx.report_misfit(statement, &rows, &misfit));
        }
        // Without the arguments that are too many it may be what was meant.
        let some = (0..args.len()).rev().take(MOST_LENGTHS);
        let mut shorter = some
            .chain((0..args.len().min(MOST_LENGTHS)).rev())
            .flat_map(|count| rows.iter().map(move |row| (count, *row)));
        let fits = |(count, row): (usize, &'static Row)| Some((row, row.parsed().fit(&args[..count]).ok()?));
        let (row, bound) = shorter.find_map(fits)?;
        Some(self.fitted(statement, row, bound, false))
    }

    /// Two statements between which there is neither a `;` nor the end of a line, if they are that.
    fn split(&mut self, statement: &'t Statement, kind: Kind) -> Option<[Fitted<'t>; 2]> {
        let args = &statement.args;
        let fit = |from: usize, to: usize| {
            let rows = rows_named(kind, args[from].as_word()?);
            let flat =
                in_order_of_trial(&rows).into_iter().filter(|row| !matches!(row.block, BlockRule::Must(_)));
            flat.into_iter().find_map(|row| Some((row, row.parsed().fit(&args[from + 1..to]).ok()?)))
        };
        if statement.damaged
            || statement.block.is_some()
            || !(3..=MOST_SPLIT).contains(&args.len())
            || fit(0, args.len()).is_some()
        {
            return None;
        }
        let (at, first, second) =
            (1..args.len()).find_map(|at| Some((at, fit(0, at)?, fit(at, args.len())?)))?;
        self.tell(statement, |cx| cx.report_split(&args[at]));
        let both = [first, second].map(|(row, bound)| self.fitted(statement, row, bound, false));
        Some(both)
    }

    fn fitted(
        &mut self,
        statement: &'t Statement,
        row: &'static Row,
        bound: Bound<'t>,
        certain: bool,
    ) -> Fitted<'t> {
        Fitted { row, statement, bound, origin: self.origins.written(statement.line_span()), certain }
    }

    /// Reports a mistake in the words of a statement. What else is found there follows from it, and is left out.
    fn tell(&mut self, statement: &Statement, report: impl FnOnce(&mut Self)) {
        let words = statement.line_span();
        if self.reuse.may_repeat(words)
            && self.doubtful.iter().any(|told| told.0 == words && told.1.is_some())
        {
            return;
        }
        self.doubtful.push((words, Some(self.sink.diagnostics.len())));
        report(self);
    }

    fn check_block(&mut self, statement: &Statement, row: &Row) -> bool {
        let (has, right) = match (row.block, &statement.block) {
            (BlockRule::None, Some(block)) => (Some(block.open), false),
            (BlockRule::Must(_), None) => (None, false),
            (BlockRule::None, None) | (BlockRule::May(_), _) | (BlockRule::Must(_), Some(_)) => (None, true),
        };
        if !right {
            self.tell(statement, |cx| cx.report_block(statement, row, has));
        }
        right
    }

    /// Leaves out the findings from `first` on that follow from a mistake which was told of.
    pub(crate) fn leave_out_what_follows(&mut self, first: usize) {
        // By where they begin; the words of two statements do not overlap.
        let mut words: BTreeMap<Span, Vec<Option<usize>>> = BTreeMap::new();
        for (span, report) in std::mem::take(&mut self.doubtful) {
            words.entry(span).or_default().push(report);
        }
        let mut index = 0;
        self.sink.diagnostics.retain(|finding: &Diagnostic| {
            let (at, place) = (index, finding.primary.span);
            index += 1;
            let last = Span { end: u32::MAX, ..place };
            let around = words.range(..=last).next_back().filter(|(words, _)| {
                words.file == place.file && words.start <= place.start && place.end <= words.end
            });
            at < first || around.is_none_or(|(_, reports)| reports.iter().all(|report| *report == Some(at)))
        });
    }
}

/// What the head of a statement that is no row is probably meant to be.
pub(crate) enum Meant {
    Head(&'static str),
    /// It cannot be told.
    Anything,
    /// Nothing that could stand there.
    Nothing,
}

/// What the head of a statement is probably meant to be in a kind of block.
pub(crate) fn meant(statement: &Statement, kind: Kind) -> Meant {
    let Some(head) = plain_text(&statement.args[0]) else { return Meant::Anything };
    let word: String =
        head.chars().filter(|c| !c.is_control() && (c.is_ascii() || c.is_alphanumeric())).collect();
    let word = word.trim_end_matches([':', '=', ',']);
    if word.is_empty() {
        return Meant::Anything;
    }
    if let Some(row) = rows_of(kind).find(|row| row.head().eq_ignore_ascii_case(word)) {
        return Meant::Head(row.head());
    }
    let instead = instead_of(word).and_then(|instead| instead.split(' ').next());
    if let Some(row) = rows_of(kind).find(|row| instead == Some(row.head())) {
        return Meant::Head(row.head());
    }
    let elsewhere = Kind::ALL.into_iter().filter(|other| !other.is_pairs()).flat_map(rows_of);
    if elsewhere.into_iter().any(|row| row.head() == word) {
        return Meant::Nothing;
    }
    nearest(word, rows_of(kind).map(Row::head)).map_or(Meant::Nothing, Meant::Head)
}

/// The text of an argument without references.
pub(crate) fn plain_text(arg: &Arg) -> Option<String> {
    match &arg.kind {
        ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => pieces
            .iter()
            .map(|Piece { kind, .. }| match kind {
                PieceKind::Text(text) => Some(text.as_str()),
                PieceKind::Reference(_) => None,
            })
            .collect(),
        ArgKind::Verbatim(text) => Some(text.clone()),
        ArgKind::Fenced(_) | ArgKind::List(_) => None,
    }
}

/// Whether something that is no statement may have been meant as one: it is more than a brace.
pub(crate) fn holds_words(item: &Item) -> bool {
    match item {
        Item::Mistake(span) => span.end - span.start > 1,
        Item::Statement(_) | Item::Comment(_) | Item::Blank => false,
    }
}

/// What is doubtful in a block, without reporting anything.
pub(crate) fn doubt_of(statement: &Statement, kind: Kind) -> Doubt {
    let Some(block) = &statement.block else { return Doubt::of_everything() };
    let mut doubt = Doubt { heads: BTreeSet::new(), anything: block.items.iter().any(holds_words) };
    for statement in statements(&block.items) {
        let rows = rows_named(kind, statement.head().unwrap_or_default());
        let fits = rows.iter().any(|row| row.parsed().fit(&statement.args[1..]).is_ok());
        if statement.damaged || !fits {
            doubt.add_statement(statement, kind);
        }
    }
    doubt
}
