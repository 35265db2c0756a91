//! `like` and `with`: the file as if what services take over stood in their blocks, before anything of it is lowered.
//!
//! Every statement that is taken over keeps its place, so that whatever is found of it is told there.

mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::codes;
use super::fitting::{holds_words, plain_text};
use crate::diagnostic::{Diagnostic, Sink};
use crate::schema::{Kind, in_order_of_trial, rows_named};
use crate::source::Span;
use crate::syntax::stack::tree::{Arg, Item, Statement, StmtId, Tree, statements};

/// So many statements are taken over, those in their blocks included, in the whole file.
const MAX_TAKEN: usize = 50_000;

/// So many things are taken over one by another.
const MAX_DEPTH: usize = 32;

/// A file with everything in its place.
#[derive(Debug)]
pub(crate) struct Reused {
    /// The file; only the blocks of services, proxies and groups have more in them than was written there.
    pub(crate) tree: Tree,
    /// Services, proxies and groups that take over what is not known.
    doubtful: BTreeSet<StmtId>,
    /// The groups that some service or proxy takes over, itself or by another group.
    reached: BTreeSet<StmtId>,
    /// What is taken over by each service, proxy and group: where that stands, and what says so.
    taken: BTreeMap<StmtId, Vec<(Span, Span)>>,
}

impl Reused {
    /// A file of which nothing is looked at.
    pub(super) fn nothing(tree: &Tree) -> Self {
        Self {
            tree: Tree { items: Vec::new(), ..tree.clone() },
            doubtful: BTreeSet::new(),
            reached: BTreeSet::new(),
            taken: BTreeMap::new(),
        }
    }

    /// Whether not all is known of what a service takes over.
    pub(crate) fn is_doubtful(&self, service: &Statement) -> bool {
        self.doubtful.contains(&service.id)
    }

    /// Whether a service or a proxy takes a group over.
    pub(crate) fn is_reached(&self, group: &Statement) -> bool {
        self.reached.contains(&group.id)
    }

    /// Whether what stands at a place is said several times, as somebody takes it over.
    pub(crate) fn may_repeat(&self, place: Span) -> bool {
        self.taken.values().flatten().any(|(from, _)| is_in(*from, place))
    }

    /// What a place stands in, if that is not a service itself but something that it takes over.
    pub(crate) fn source_of(&self, service: &Statement, place: Span) -> Option<Span> {
        self.taken.get(&service.id)?.iter().map(|(from, _)| *from).find(|from| is_in(*from, place))
    }

    /// What makes a service say what stands at a place, if that place is not in its own block.
    pub(crate) fn taken_by(&self, service: &Statement, place: Span) -> Option<Span> {
        self.taken.get(&service.id)?.iter().find(|(from, _)| is_in(*from, place)).map(|(_, by)| *by)
    }
}

fn is_in(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Puts everything in its place. Cycles and what is too much are reported; names that nothing declares are reported when
/// the statements that hold them are lowered.
pub(super) fn reused(tree: &Tree, sink: &mut Sink) -> Reused {
    let mut reuse = Reuse {
        sink,
        sources: BTreeMap::new(),
        known: BTreeMap::new(),
        room: MAX_TAKEN,
        depth: 0,
        told: false,
    };
    statements(&tree.items).for_each(|statement| reuse.note(statement));
    let mut reused = Reused::nothing(tree);
    for item in &tree.items {
        let filled = match item {
            Item::Statement(statement) if matches!(statement.head(), Some("service" | "proxy" | "group")) => {
                Item::Statement(reuse.filled(statement, &mut reused))
            }
            Item::Statement(_) | Item::Comment(_) | Item::Blank | Item::Mistake(_) => item.clone(),
        };
        reused.tree.items.push(filled);
    }
    reused
}

/// What a service or a group says.
#[derive(Debug, Default)]
struct Whole {
    /// What it takes over and does not say otherwise itself.
    taken: Vec<Statement>,
    own: Vec<Statement>,
    /// Whether that is not everything.
    doubtful: bool,
    /// How many there are one behind another, itself included.
    depth: usize,
    /// The groups in it.
    groups: BTreeSet<StmtId>,
    /// Where it stands, and where what it takes over does.
    places: BTreeSet<Span>,
}

/// What takes over, and a name: services and groups have names of their own.
type Name = (&'static str, String);

struct Reuse<'a, 't> {
    sink: &'a mut Sink,
    /// What may be taken over; `None` for a name that several have.
    sources: BTreeMap<Name, Option<&'t Statement>>,
    /// What they say; `None` while that is being put together.
    known: BTreeMap<StmtId, Option<Rc<Whole>>>,
    /// How many statements may still be taken over.
    room: usize,
    /// How many are being put together, one for another.
    depth: usize,
    /// Whether it was told that something is too much.
    told: bool,
}

impl<'t> Reuse<'_, 't> {
    fn note(&mut self, statement: &'t Statement) {
        let by = match statement.head() {
            Some("service") => "like",
            Some("group") => "with",
            _ => return,
        };
        let Some(name) = statement.args.get(1).and_then(plain_text) else { return };
        self.sources.entry((by, name)).and_modify(|known| *known = None).or_insert(Some(statement));
    }

    /// A service, a proxy or a group with all that it takes over.
    fn filled(&mut self, statement: &'t Statement, reused: &mut Reused) -> Statement {
        let whole = self.whole(statement);
        let mut filled = statement.clone();
        if whole.doubtful {
            reused.doubtful.insert(statement.id);
        }
        if statement.head() != Some("group") {
            reused.reached.extend(&whole.groups);
        }
        let by: Vec<Use<'_>> = uses(statement).collect();
        for one in &by {
            let sources = one.names.iter().filter_map(|name| self.source(one.by, name));
            let places = sources.filter_map(|source| self.known.get(&source.id)?.clone());
            let places: Vec<Span> = places.flat_map(|whole| whole.places.clone()).collect();
            let taken = reused.taken.entry(statement.id).or_default();
            taken.extend(places.into_iter().map(|place| (place, one.at)));
        }
        if let Some(block) = &mut filled.block {
            let own = std::mem::take(&mut block.items);
            block.items = whole.taken.iter().cloned().map(Item::Statement).chain(own).collect();
        }
        filled
    }

    fn source(&self, by: &'static str, name: &Arg) -> Option<&'t Statement> {
        *self.sources.get(&(by, plain_text(name)?))?
    }

    /// What a service or a group says.
    fn whole(&mut self, statement: &'t Statement) -> Rc<Whole> {
        if let Some(Some(known)) = self.known.get(&statement.id) {
            return Rc::clone(known);
        }
        self.known.insert(statement.id, None);
        let whole = Rc::new(self.put_together(statement));
        self.known.insert(statement.id, Some(Rc::clone(&whole)));
        whole
    }

    fn put_together(&mut self, statement: &'t Statement) -> Whole {
        self.depth += 1;
        let mut whole = Whole { depth: 1, places: BTreeSet::from([statement.span]), ..Whole::default() };
        for one in uses(statement) {
            for name in &one.names {
                self.take(&mut whole, &one, name);
            }
        }
        let own = statement.children().filter(|child| !matches!(child.head(), Some("like" | "with")));
        whole.own = own.cloned().collect();
        merge::override_by(&mut whole.taken, &whole.own);
        // What is no statement may have been meant as one that says otherwise.
        whole.doubtful |= statement.block.as_ref().is_none_or(|block| block.items.iter().any(holds_words));
        self.depth -= 1;
        whole
    }

    /// Takes one thing over.
    fn take(&mut self, whole: &mut Whole, one: &Use<'t>, name: &'t Arg) {
        let source = self.source(one.by, name);
        let Some(source) = source.filter(|source| self.may_be_taken(source, name)) else {
            whole.doubtful = true;
            return;
        };
        let other = self.whole(source);
        whole.depth = whole.depth.max(other.depth + 1);
        whole.doubtful |= other.doubtful;
        whole.groups.extend(&other.groups);
        whole.places.extend(&other.places);
        if one.by == "with" {
            whole.groups.insert(source.id);
        }
        let said = other.taken.iter().chain(&other.own).filter(|said| !one.leaves_out(said));
        let said: Vec<Statement> = said.cloned().collect();
        let Some(room) = self.room.checked_sub(said.iter().map(weight).sum()) else {
            self.report_too_much(name, "more than 50,000 statements are taken over");
            whole.doubtful = true;
            return;
        };
        self.room = room;
        merge::override_by(&mut whole.taken, &said);
        merge::append(&mut whole.taken, said);
    }

    /// Whether something is neither part of itself nor too deep; what is, is reported.
    fn may_be_taken(&mut self, source: &'t Statement, name: &Arg) -> bool {
        let depth = match self.known.get(&source.id) {
            Some(None) => {
                self.report_cycle(source, name);
                return false;
            }
            Some(Some(known)) => known.depth,
            None => self.depth,
        };
        if depth >= MAX_DEPTH {
            self.report_too_much(name, "more than 32 are taken over one by another");
        }
        depth < MAX_DEPTH
    }

    fn report_cycle(&mut self, source: &Statement, name: &Arg) {
        let shown = plain_text(name).unwrap_or_default();
        self.sink.push(
            Diagnostic::error(codes::REUSE_CYCLE, format!("`{shown}` is part of itself"), name.span)
                .here("this takes it over")
                .label(source.line_span(), "while this is put together")
                .note("`like` and `with` stand for all that the other one says")
                .help("put what both have in common into a `group`, and take that over in both"),
        );
    }

    fn report_too_much(&mut self, name: &Arg, message: &str) {
        if !std::mem::replace(&mut self.told, true) {
            self.sink.push(
                Diagnostic::error(codes::TOO_LARGE, message, name.span)
                    .here("one too many")
                    .help("write some of them out"),
            );
        }
    }
}

/// A `like` or `with`.
struct Use<'t> {
    by: &'static str,
    names: Vec<&'t Arg>,
    without: Vec<String>,
    at: Span,
}

impl Use<'_> {
    /// Whether a statement is one of those that are not taken over.
    fn leaves_out(&self, statement: &Statement) -> bool {
        self.without.iter().any(|head| *head == sentence(statement))
    }
}

/// What a statement is called behind `without`: its first word, or two where they are different statements.
fn sentence(statement: &Statement) -> &str {
    match (statement.head(), statement.args.get(1).and_then(Arg::as_word)) {
        (Some("env"), Some("from")) => "env from",
        (head, _) => head.unwrap_or_default(),
    }
}

/// What a service or a group takes over: first the services that it is like, then groups, in their order.
fn uses(statement: &Statement) -> impl Iterator<Item = Use<'_>> {
    ["like", "with"].into_iter().flat_map(move |by| {
        statement.children().filter(move |child| child.head() == Some(by)).filter_map(move |child| {
            let rows = in_order_of_trial(&rows_named(Kind::Service, by));
            let fits = rows.iter().find_map(|row| row.parsed().fit(&child.args[1..]).ok());
            let bound = fits.filter(|_| !child.damaged)?;
            let without = bound.rest(1).iter().filter_map(|arg| plain_text(arg)).collect();
            Some(Use { by, names: bound.rest(0).to_vec(), without, at: child.line_span() })
        })
    })
}

/// How many statements one is, with those in its block.
fn weight(statement: &Statement) -> usize {
    1 + statement.children().map(weight).sum::<usize>()
}
