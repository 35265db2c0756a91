//! What stands where in a good stack file: its statements with their rows, and its names with their uses.

use std::ops::Range;

use stackc::schema::{Kind, Row, in_order_of_trial, rows_named};
use stackc::syntax::stack::tree::{Arg, ArgKind, Block, Item, Piece, PieceKind, Statement, Tree};

use crate::mutator::edit::{Edit, whole_lines};

/// A good file, taken apart.
pub(super) struct Good<'t> {
    pub(super) text: &'t str,
    pub(super) sites: Vec<Site<'t>>,
    pub(super) names: Vec<Name<'t>>,
    /// Whether `defaults plain` holds.
    pub(super) plain: bool,
}

/// A statement and what it is.
pub(super) struct Site<'t> {
    pub(super) statement: &'t Statement,
    /// The kind of block it stands in.
    pub(super) kind: Kind,
    /// Its row; none in a block of pairs.
    pub(super) row: Option<&'static Row>,
    /// The number of the statement whose block it stands in.
    pub(super) parent: Option<usize>,
    /// Arguments with the type of their slot.
    pub(super) slots: Vec<(&'static str, &'t Arg)>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Service,
    Group,
    Volume,
    Network,
    Secret,
    Input,
    /// An artefact of the service at that site.
    Artefact(usize),
    /// A stage of the build at that site.
    Stage(usize),
}

/// A declaration.
pub(super) struct Name<'t> {
    pub(super) of: Of,
    pub(super) text: &'t str,
    /// The statement that declares it, and the name there.
    pub(super) site: usize,
    pub(super) at: Range<usize>,
    pub(super) uses: Vec<Use>,
}

/// A place that refers to a name.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) site: usize,
    pub(super) at: Range<usize>,
}

/// Takes a use of a name of certain things, and where it stands.
type Add<'a> = dyn FnMut(&dyn Fn(Of) -> bool, &str, usize) + 'a;

impl<'t> Site<'t> {
    pub(super) fn head(&self) -> &'t str {
        self.statement.head().unwrap_or_default()
    }

    pub(super) fn id(&self) -> &'static str {
        self.row.map_or("", |row| row.id)
    }

    pub(super) fn block(&self) -> Option<&'t Block> {
        self.statement.block.as_ref()
    }

    /// From the head to the last argument.
    pub(super) fn words(&self) -> Range<usize> {
        self.statement.line_span().range()
    }

    /// With the block.
    pub(super) fn whole(&self) -> Range<usize> {
        self.statement.span.range()
    }

    pub(super) fn head_range(&self) -> Range<usize> {
        self.statement.args[0].span.range()
    }

    pub(super) fn args(&self) -> &'t [Arg] {
        &self.statement.args[1..]
    }

    pub(super) fn slot(&self, types: &str) -> Option<&'t Arg> {
        self.slots.iter().find(|(slot, _)| *slot == types).map(|(_, arg)| *arg)
    }
}

impl<'t> Good<'t> {
    pub(super) fn new(text: &'t str, tree: &'t Tree) -> Self {
        let mut good = Self { text, sites: Vec::new(), names: Vec::new(), plain: false };
        good.items(&tree.items, Kind::File, None);
        good.plain =
            good.sites.iter().any(|site| site.id() == "defaults" && text[site.words()].contains("plain"));
        good.declarations();
        good.uses();
        good
    }

    fn items(&mut self, items: &'t [Item], kind: Kind, parent: Option<usize>) {
        for item in items {
            let Item::Statement(statement) = item else { continue };
            let mut site = Site { statement, kind, row: None, parent, slots: Vec::new() };
            if !kind.is_pairs() {
                let rows = rows_named(kind, statement.head().unwrap());
                let fit = in_order_of_trial(&rows)
                    .into_iter()
                    .find_map(|row| Some((row, row.parsed().fit(&statement.args[1..]).ok()?)));
                let (row, bound) =
                    fit.unwrap_or_else(|| panic!("{} fits no row", &self.text[statement.span.range()]));
                site.row = Some(row);
                for (slot, types) in row.parsed().slot_types().into_iter().enumerate() {
                    site.slots.extend(bound.rest(slot).iter().map(|arg| (types, *arg)));
                }
            }
            let inner = site.row.and_then(|row| row.block.kind());
            self.sites.push(site);
            let number = self.sites.len() - 1;
            if let (Some(block), Some(kind)) = (&statement.block, inner) {
                self.items(&block.items, kind, Some(number));
            }
        }
    }

    fn declarations(&mut self) {
        for (number, site) in self.sites.iter().enumerate() {
            let of = match site.id() {
                "service" | "proxy" => Of::Service,
                "group" => Of::Group,
                "volume" => Of::Volume,
                "network" => Of::Network,
                "secret" => Of::Secret,
                "input" => Of::Input,
                "provides" => Of::Artefact(self.sites[site.parent.unwrap()].parent.unwrap()),
                "stage" => Of::Stage(site.parent.unwrap()),
                _ => continue,
            };
            // A stage may have no name.
            let Some(arg) = site.args().first() else { continue };
            let (name, at) = (arg.as_word().unwrap(), arg.span.range());
            self.names.push(Name { of, text: name, site: number, at, uses: Vec::new() });
        }
    }

    fn uses(&mut self) {
        let mut found: Vec<(usize, Use)> = Vec::new();
        for (number, site) in self.sites.iter().enumerate() {
            for arg in site.args() {
                self.uses_of(number, arg, &mut found);
            }
        }
        for (name, one) in found {
            self.names[name].uses.push(one);
        }
    }

    fn uses_of(&self, site: usize, arg: &'t Arg, found: &mut Vec<(usize, Use)>) {
        let slots = &self.sites[site].slots;
        let slot = slots.iter().find(|(_, other)| other.span == arg.span).map(|(types, _)| *types);
        let start = arg.span.start as usize;
        let mut add = |of: &dyn Fn(Of) -> bool, name: &str, at: usize| {
            let known = self.names.iter().position(|known| of(known.of) && known.text == name);
            found.extend(known.map(|known| (known, Use { site, at: at..at + name.len() })));
        };
        if let Some(word) = arg.as_word() {
            let stands_in = |above| self.is_within(site, above);
            match slot {
                Some("service") => add(&|of| of == Of::Service, word, start),
                Some("group") => add(&|of| of == Of::Group, word, start),
                Some("volume") => add(&|of| of == Of::Volume, word, start),
                Some("volume|host-path") if !word.contains(['/', '.']) => {
                    add(&|of| of == Of::Volume, word, start);
                }
                Some("network") => add(&|of| of == Of::Network, word, start),
                Some("secret") => add(&|of| of == Of::Secret, word, start),
                Some("stage" | "image|stage") => {
                    add(&|of| matches!(of, Of::Stage(build) if stands_in(build)), word, start);
                }
                Some("artifact|host-path") if word.contains('.') && !word.contains('/') => {
                    let (service, artefact) = word.split_once('.').unwrap();
                    add(&|of| of == Of::Service, service, start);
                    let owner = |at: usize| self.sites[at].args()[0].as_word() == Some(service);
                    let at = start + service.len() + 1;
                    add(&|of| matches!(of, Of::Artefact(site) if owner(site)), artefact, at);
                }
                _ => Self::reference(word, start, &mut add),
            }
        }
        match &arg.kind {
            ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => {
                for Piece { kind, span } in pieces {
                    if let PieceKind::Reference(inner) = kind {
                        Self::reference(inner, span.start as usize + 2, &mut add);
                    }
                }
            }
            ArgKind::List(list) => {
                for item in &list.items {
                    self.uses_of(site, item, found);
                }
            }
            ArgKind::Verbatim(_) | ArgKind::Fenced(_) => {}
        }
    }

    fn reference(inner: &str, at: usize, add: &mut Add<'_>) {
        let end = |text: &str| text.find(['.', ':']).unwrap_or(text.len());
        let variable = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end_of_input = |text: &str| text.find(|c| !variable(c)).unwrap_or(text.len());
        match inner.split_once('.') {
            Some(("secret", rest)) => add(&|of| of == Of::Secret, &rest[..end(rest)], at + "secret.".len()),
            Some(("input", rest)) => {
                add(&|of| of == Of::Input, &rest[..end_of_input(rest)], at + "input.".len());
            }
            Some((service, "host" | "port")) => add(&|of| of == Of::Service, service, at),
            _ => {}
        }
    }

    /// Whether a statement stands in the block of another, at any depth.
    fn is_within(&self, site: usize, above: usize) -> bool {
        let mut at = self.sites[site].parent;
        while let Some(parent) = at {
            if parent == above {
                return true;
            }
            at = self.sites[parent].parent;
        }
        false
    }

    /// The statements that stand right in a block.
    pub(super) fn children(&self, of: usize) -> impl Iterator<Item = (usize, &Site<'t>)> {
        self.sites.iter().enumerate().filter(move |(_, site)| site.parent == Some(of))
    }

    /// Every statement of rows with that id.
    pub(super) fn rows(&self, id: &str) -> impl Iterator<Item = (usize, &Site<'t>)> {
        self.sites.iter().enumerate().filter(move |(_, site)| site.id() == id)
    }

    /// Every argument of slots of that type.
    pub(super) fn slots(&self, types: &str) -> impl Iterator<Item = (&Site<'t>, &'t Arg)> {
        self.sites.iter().flat_map(move |site| {
            site.slots.iter().filter(move |(slot, _)| *slot == types).map(move |(_, arg)| (site, *arg))
        })
    }

    /// Whether another service is like this one.
    pub(super) fn is_copied(&self, service: &Site<'_>) -> bool {
        let name = service.args().first().and_then(|arg| arg.as_word());
        let mut likes = self.sites.iter().filter(|site| site.head() == "like");
        likes.any(|site| site.args().first().and_then(|arg| arg.as_word()) == name)
    }

    /// The service or proxy that a statement stands in.
    pub(super) fn container_of(&self, site: usize) -> Option<usize> {
        let mut at = Some(site);
        while let Some(number) = at {
            if matches!(self.sites[number].id(), "service" | "proxy") {
                return Some(number);
            }
            at = self.sites[number].parent;
        }
        None
    }
}

/// Who waits for whom.
impl Good<'_> {
    /// Every `needs`: the service it stands in, the one it names, and itself.
    pub(super) fn edges(&self) -> Vec<(usize, usize, usize)> {
        let named = |at: usize| {
            let used =
                |name: &&Name<'_>| name.of == Of::Service && name.uses.iter().any(|one| one.site == at);
            self.names.iter().find(used)
        };
        let of_service = |(at, site): (usize, &Site<'_>)| {
            let waiting = site.parent.filter(|parent| self.sites[*parent].id() != "group")?;
            Some((waiting, named(at)?.site, at))
        };
        self.rows("needs").filter_map(of_service).collect()
    }

    /// Whether a service waits for another, or for one that does.
    pub(super) fn waits_for(&self, service: usize, other: usize) -> bool {
        reaches(&self.edges(), service, other)
    }
}

/// Whether a way leads from one service to another.
pub(super) fn reaches(edges: &[(usize, usize, usize)], from: usize, to: usize) -> bool {
    let mut seen = vec![from];
    let mut at = 0;
    while at < seen.len() {
        for (a, b, _) in edges {
            if *a == seen[at] && !seen.contains(b) {
                seen.push(*b);
            }
        }
        at += 1;
    }
    seen.contains(&to)
}

/// Lines.
impl Good<'_> {
    /// The beginning of the line of a character.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// The beginning of the line after that of a character.
    pub(super) fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |length| at + length + 1)
    }

    /// The white space that a statement's line begins with.
    pub(super) fn indent(&self, site: &Site<'_>) -> &str {
        let line = &self.text[self.line_start(site.whole().start)..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// Whether no other statement stands on its lines.
    pub(super) fn is_alone(&self, site: &Site<'_>) -> bool {
        let whole = site.whole();
        let before = &self.text[self.line_start(whole.start)..whole.start];
        let after = self.text[whole.end..].lines().next().unwrap_or_default().trim();
        before.trim().is_empty() && (after.is_empty() || after.starts_with('#'))
    }

    /// Whether its block has lines of its own.
    pub(super) fn is_tall(&self, site: &Site<'_>) -> bool {
        let Some(Block { open, close: Some(close), .. }) = site.block() else { return false };
        let first = self.text[open.end as usize..].lines().next().unwrap_or_default().trim();
        let before = &self.text[self.line_start(close.start as usize)..close.start as usize];
        (first.is_empty() || first.starts_with('#')) && before.trim().is_empty() && self.is_alone(site)
    }

    /// How far statements of a tall block are indented.
    pub(super) fn inner_indent(&self, site: &Site<'_>) -> String {
        let outer = self.indent(site);
        let number = self.sites.iter().position(|other| other.statement.span == site.statement.span);
        match number.and_then(|number| self.children(number).next()) {
            Some((_, child)) => self.indent(child).to_owned(),
            None => format!("{outer}  "),
        }
    }
}

/// Mistakes.
impl Good<'_> {
    /// Something that is wrong in the words of a statement, and reported there.
    pub(super) fn wrong(
        &self,
        site: &Site<'_>,
        codes: &[&'static str],
        at: Range<usize>,
        text: impl Into<String>,
    ) -> Edit {
        assert!(self.text.get(at.clone()).is_some(), "a mistake begins and ends between two characters");
        Edit::new(codes).replace(at.clone(), text).at(at.start).takes(site.words())
    }

    /// A statement that is added on a line of its own after one that stands alone, and reported there.
    pub(super) fn added_after(&self, site: &Site<'_>, codes: &[&'static str], text: &str) -> Edit {
        let indent = self.indent(site);
        let at = self.next_line(site.whole().end.saturating_sub(1));
        let line = format!("{indent}{text}\n");
        Edit::new(codes).insert(at, line).at_new(indent.len())
    }

    /// A statement that is added as the first one of a tall block, and reported there.
    pub(super) fn added_in(&self, site: &Site<'_>, codes: &[&'static str], text: &str) -> Edit {
        let indent = self.inner_indent(site);
        let at = self.next_line(site.block().unwrap().open.start as usize);
        let line = format!("{indent}{text}\n");
        Edit::new(codes).insert(at, line).at_new(indent.len())
    }

    /// A statement that is left out with its lines; the place is that of the statement it stood in.
    pub(super) fn left_out(&self, site: &Site<'_>, codes: &[&'static str]) -> Edit {
        let lines = whole_lines(self.text, site.whole());
        let parent = &self.sites[site.parent.unwrap()];
        let end = (lines.end + 1).min(self.text.len());
        Edit::new(codes).replace(lines.start..end, "").at(parent.whole().start)
    }
}
