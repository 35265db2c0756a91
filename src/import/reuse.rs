//! What compose files say once, by anchors, becomes `like SERVICE` and `with GROUP`.
//!
//! Statements know where the original says them: two services that say something at one place take it over from there.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::{Anchor, Stands};
use super::statement::{Block, Line, Statement};
use super::verify::{Originals, Settled};
use crate::model::names::ServiceName;
use crate::schema::{Kind, rows_named};
use crate::source::Span;
use crate::syntax::stack::spell::spell;

/// Of so many anchors at most something is made: each is compiled to see what it comes to.
const MOST: usize = 30;

/// The same statements, with what several services take over said once wherever that means the same.
pub(super) fn reused(mut settled: Settled, anchors: &[Anchor], originals: &Originals<'_>) -> Settled {
    if anchors.is_empty() {
        return settled;
    }
    let known = originals.differing(&settled.text).len();
    for anchor in anchors.iter().take(MOST) {
        let mut ways = ways(&settled.made, anchor).into_iter();
        if let Some(shorter) = ways.find_map(|made| originals.meaning_the_same(made, known)) {
            settled.made = shorter.made;
            settled.text = shorter.text;
            settled.raw = shorter.raw;
        }
    }
    settled
}

/// The ways to say once what stands at an anchor, the best first.
fn ways(made: &Block, anchor: &Anchor) -> Vec<Block> {
    match &anchor.stands {
        Stands::Service(name) => alike(made, name).into_iter().collect(),
        Stands::Field(name) => {
            let field = as_field(made, name, anchor.span);
            field.into_iter().chain(as_group(made, anchor)).collect()
        }
        Stands::Elsewhere => as_group(made, anchor).into_iter().collect(),
    }
}

/// With services that are like another one.
fn alike(made: &Block, name: &str) -> Option<Block> {
    let spelled = spell(name);
    let base = services(made).find(|service| service.words[1] == spelled)?;
    let said = units(base.block.as_ref()?);
    // An alias stands behind its anchor: what comes before has taken nothing from there.
    let behind: BTreeSet<&str> =
        services(made).map(|of| of.words[1].as_str()).skip_while(|of| *of != spelled).skip(1).collect();
    let of = |service: &Statement| {
        if !behind.contains(service.words[1].as_str()) {
            return None;
        }
        // With a single statement in common nothing is won.
        taking_over(service, "like", &spelled, &said, 2)
    };
    changed(made, &of)
}

/// With a group in the place of a field that has its name.
fn as_field(made: &Block, name: &str, place: Span) -> Option<Block> {
    let name = ServiceName::parse(name).ok()?.to_string();
    let mut group = group(made, &name, place, 1)?;
    let mut used = with_group(made, &name, &group)?;
    let is_field = |of: &Statement| of.place.is_some_and(|outer| is_in(outer, place));
    let at = used.statements.iter().position(|of| is_field(of) && of.words[0] != "service")?;
    keep_comments(&mut group, &used.statements[at]);
    apart(&mut group);
    used.statements[at] = group;
    used.statements.get_mut(at + 1).into_iter().for_each(apart);
    Some(used)
}

/// With a group of its own, before all services.
fn as_group(made: &Block, anchor: &Anchor) -> Option<Block> {
    let letters = anchor.name.to_lowercase();
    let name: String =
        letters.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let name = name.strip_prefix("x-").unwrap_or(&name);
    let name = ServiceName::parse(name).ok()?.to_string();
    if made.statements.iter().any(|of| of.words[0] == "group" && of.words[1] == name) {
        return None;
    }
    let mut group = group(made, &name, anchor.span, 2)?;
    let mut used = with_group(made, &name, &group)?;
    let at = used.statements.iter().position(|of| of.words[0] == "service")?;
    apart(&mut group);
    used.statements.insert(at, group);
    Some(used)
}

/// What services say at a place, if so many do.
fn group(made: &Block, name: &str, place: Span, services_at_least: usize) -> Option<Statement> {
    let mut said: BTreeMap<(u32, String), Unit<'_>> = BTreeMap::new();
    let mut count = 0;
    for service in services(made) {
        let units = service.block.as_ref().map(units).unwrap_or_default();
        let here: Vec<Unit<'_>> = units.into_iter().filter(|unit| unit.stands_in(place)).collect();
        count += usize::from(!here.is_empty());
        said.extend(here.into_iter().map(|unit| ((unit.begins(), unit.mark.clone()), unit)));
    }
    let mut statements: Vec<Statement> = Vec::new();
    let mut variables: Option<usize> = None;
    for unit in said.into_values() {
        let mut statement = unit.statement.clone();
        without_comments(&mut statement);
        if !unit.is_variable {
            statements.push(statement);
            continue;
        }
        let at = *variables.get_or_insert_with(|| {
            statements.push(Statement::of("env").block(Vec::new()));
            statements.len() - 1
        });
        statements[at].block.iter_mut().for_each(|block| block.statements.push(statement.clone()));
    }
    (count >= services_at_least).then(|| Statement::of("group").spelled(spell(name)).block(statements))
}

/// The services with a group that they take over.
fn with_group(made: &Block, name: &str, group: &Statement) -> Option<Block> {
    let said = units(group.block.as_ref()?);
    changed(made, &|service| taking_over(service, "with", &spell(name), &said, 1))
}

/// The same with other services; `None` if there are none.
fn changed(made: &Block, of: &dyn Fn(&Statement) -> Option<Statement>) -> Option<Block> {
    let mut changed = made.clone();
    let mut any = false;
    for statement in changed.statements.iter_mut().filter(|of| is_service(of)) {
        if let Some(shorter) = of(statement) {
            *statement = shorter;
            any = true;
        }
    }
    any.then_some(changed)
}

/// A service that takes over what it says as well; `None` if that is less than `at_least`.
fn taking_over(
    service: &Statement,
    by: &str,
    name: &str,
    said: &[Unit<'_>],
    at_least: usize,
) -> Option<Statement> {
    let block = service.block.as_ref()?;
    let all = units(block);
    let known: BTreeSet<&str> =
        said.iter().filter(|unit| unit.is_placed()).map(|unit| unit.mark.as_str()).collect();
    let (shared, own): (Vec<&Unit<'_>>, Vec<&Unit<'_>>) =
        all.iter().partition(|unit| known.contains(unit.mark.as_str()));
    if shared.len() < at_least {
        return None;
    }
    let here: BTreeSet<&str> = all.iter().map(|unit| unit.mark.as_str()).collect();
    let lost = said.iter().filter(|unit| !here.contains(unit.mark.as_str()));
    let left_out: BTreeSet<&str> =
        lost.filter(|unit| !own.iter().any(|own| own.replaces(unit))).map(Unit::head).collect();
    let taken: BTreeSet<&str> =
        shared.iter().filter(|unit| !left_out.contains(unit.head())).map(|unit| unit.mark.as_str()).collect();
    if taken.len() < at_least {
        return None;
    }
    let mut comments = Vec::new();
    let mut kept = Block { statements: Vec::new(), below: block.below.clone() };
    for statement in &block.statements {
        kept.statements.extend(without_units(statement, &taken, &mut comments));
    }
    add_use(&mut kept, by, name, &left_out, comments);
    let mut shorter = service.clone();
    shorter.block = Some(kept);
    Some(shorter)
}

/// A statement without what is taken over; `None` if nothing is left. Its comments go into `comments`.
fn without_units(
    statement: &Statement,
    taken: &BTreeSet<&str>,
    comments: &mut Vec<Line>,
) -> Option<Statement> {
    let is_taken = |of: &Statement| taken.contains(mark(of).as_str());
    let mut left = statement.clone();
    let is_gone = match &mut left.block {
        Some(block) if is_variables(statement) => {
            let (gone, kept): (Vec<Statement>, Vec<Statement>) =
                std::mem::take(&mut block.statements).into_iter().partition(is_taken);
            for of in &gone {
                comments_of(of, comments);
            }
            block.statements = kept;
            block.statements.is_empty()
        }
        _ => is_taken(statement),
    };
    if is_gone {
        comments_of(&left, comments);
    }
    (!is_gone).then_some(left)
}

/// Puts a `like` or `with` at the head of a block.
fn add_use(block: &mut Block, by: &str, name: &str, left_out: &BTreeSet<&str>, comments: Vec<Line>) {
    let is_use = |of: &&mut Statement| matches!(of.words[0].as_str(), "like" | "with");
    let last = block.statements.iter_mut().take_while(is_use).last();
    if let Some(last) = last
        && last.words[0] == by
        && by == "with"
        && left_out.is_empty()
        && !last.words.iter().any(|word| word == "without")
    {
        last.words.push(name.to_owned());
        last.above.extend(comments);
        return;
    }
    let at = block.statements.iter().take_while(|of| matches!(of.words[0].as_str(), "like" | "with")).count();
    let mut statement = Statement::of(by).spelled(name.to_owned());
    if !left_out.is_empty() {
        statement = statement.keyword("without");
    }
    for head in left_out {
        statement = statement.text(head);
    }
    statement.above = comments;
    block.statements.insert(at, statement);
}

/// What is said of one thing: a statement, or a variable of an `env`.
struct Unit<'a> {
    statement: &'a Statement,
    is_variable: bool,
    mark: String,
}

impl Unit<'_> {
    fn head(&self) -> &str {
        match (self.is_variable, self.statement.words.as_slice()) {
            (false, [head, from, ..]) if head == "env" && from == "from" => "env from",
            (false, words) => &words[0],
            (true, _) => "env",
        }
    }

    /// Whether beside it the other one counts for nothing.
    fn replaces(&self, other: &Unit<'_>) -> bool {
        match self.head() {
            "raw" | "mount" | "volume" | "tmpfs" | "publish" | "network" | "needs" | "labels" => false,
            "env" | "pass" => matches!(other.head(), "env" | "pass") && self.variable() == other.variable(),
            head => head == other.head() && !holds_names(head),
        }
    }

    fn variable(&self) -> Option<&String> {
        self.statement.words.get(usize::from(!self.is_variable))
    }

    fn is_placed(&self) -> bool {
        !places(self.statement).is_empty()
    }

    /// Whether it is said at a place, whatever key stands before it.
    fn stands_in(&self, place: Span) -> bool {
        self.is_placed() && places(self.statement).into_iter().all(|inner| is_in(place, inner))
    }

    fn begins(&self) -> u32 {
        places(self.statement).into_iter().map(|place| place.start).min().unwrap_or_default()
    }
}

fn units(block: &Block) -> Vec<Unit<'_>> {
    let unit = |statement, is_variable| Unit { statement, is_variable, mark: mark(statement) };
    let mut units = Vec::new();
    for statement in &block.statements {
        match &statement.block {
            Some(inner) if is_variables(statement) => {
                units.extend(inner.statements.iter().map(|pair| unit(pair, true)));
            }
            _ => units.push(unit(statement, false)),
        }
    }
    units
}

/// Where a statement is said: where the statements in its block are, else where it is itself.
fn places(statement: &Statement) -> Vec<Span> {
    let inner: Vec<Span> =
        statement.block.iter().flat_map(|block| &block.statements).flat_map(places).collect();
    if inner.is_empty() { statement.place.into_iter().collect() } else { inner }
}

/// By what a statement is known again: its words and where they are said.
fn mark(statement: &Statement) -> String {
    fn words(statement: &Statement, out: &mut String) {
        out.push_str(&statement.words.join("\n"));
        if let Some(block) = &statement.block {
            out.push_str("\n{\n");
            block.statements.iter().for_each(|inner| words(inner, out));
            out.push_str("\n}");
        }
    }
    let mut mark = String::new();
    words(statement, &mut mark);
    for place in places(statement) {
        mark.push_str(&format!("\n@{}-{}", place.start, place.end));
    }
    mark
}

fn is_variables(statement: &Statement) -> bool {
    statement.block.is_some() && statement.words == ["env"]
}

fn is_service(statement: &Statement) -> bool {
    statement.words[0] == "service" && statement.block.is_some()
}

fn services(made: &Block) -> impl Iterator<Item = &Statement> {
    made.statements.iter().filter(|statement| is_service(statement))
}

fn is_in(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Whether the block of a word is a map from names, of which only equal ones replace each other.
fn holds_names(head: &str) -> bool {
    let rows = rows_named(Kind::Service, head);
    rows.iter().any(|row| matches!(row.block.kind(), Some(Kind::Named(_) | Kind::Pairs)))
}

/// Puts a blank line above a statement and its comments.
fn apart(statement: &mut Statement) {
    if statement.above.first() != Some(&Line::Blank) {
        statement.above.insert(0, Line::Blank);
    }
}

fn comments_of(statement: &Statement, comments: &mut Vec<Line>) {
    comments.extend(statement.above.iter().filter(|line| matches!(line, Line::Comment(_))).cloned());
    comments.extend(statement.beside.iter().cloned().map(Line::Comment));
    if let Some(block) = &statement.block {
        block.statements.iter().for_each(|inner| comments_of(inner, comments));
        comments.extend(block.below.iter().filter(|line| matches!(line, Line::Comment(_))).cloned());
    }
}

fn without_comments(statement: &mut Statement) {
    statement.above.clear();
    statement.beside = None;
    if let Some(block) = &mut statement.block {
        block.below.clear();
        block.statements.iter_mut().for_each(without_comments);
    }
}

/// Puts the comments of a field beside the same things in a group, and what finds no place above it.
fn keep_comments(group: &mut Statement, field: &Statement) {
    let mut all = Vec::new();
    field.all(&mut all);
    group.above.clone_from(&field.above);
    for of in all.into_iter().skip(1) {
        let counterpart = of.place.and_then(|place| at_place(group, place));
        match counterpart {
            Some(same) if of.block.is_none() => {
                same.above.clone_from(&of.above);
                same.beside.clone_from(&of.beside);
            }
            _ => {
                let mut shallow = of.clone();
                shallow.block = None;
                comments_of(&shallow, &mut group.above);
            }
        }
    }
    group.above.extend(field.beside.iter().cloned().map(Line::Comment));
    let below = field.block.iter().flat_map(|block| &block.below).cloned();
    group.block.iter_mut().for_each(|block| block.below.extend(below.clone()));
}

/// The first statement in another that is said at a place.
fn at_place(group: &mut Statement, place: Span) -> Option<&mut Statement> {
    let inner = group.block.as_mut()?.statements.iter_mut();
    inner.into_iter().find_map(|statement| {
        if statement.block.is_none() && statement.place.is_some_and(|own| own.start == place.start) {
            return Some(statement);
        }
        at_place(statement, place)
    })
}
