//! Which parts of two trees belong together, and what one of them says that the other does not.

use std::collections::{BTreeMap, HashMap};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::said::{Order, Said};
use crate::source::Span;

/// So many neighbours of a fixed order are compared as a whole, so that a hostile file costs bounded time.
const MOST_IN_ORDER: usize = 5_000;

/// So much of a block that came or went is kept to be shown.
const MOST_SHOWN: usize = 20;

/// What happened to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only the second side says it.
    Added,
    /// Only the first side says it.
    Removed,
    /// Both say it, and not the same of it.
    Changed,
    /// Both say the same, in another order.
    Moved,
}

/// The name of something that is said.
#[derive(Clone, Debug)]
pub struct Step {
    /// The sort of thing.
    pub kind: String,
    /// Its name, if it has one.
    pub name: String,
    /// Whether the name is a text that somebody wrote for the program, and so may be a secret.
    pub is_text: bool,
    /// Where it is said.
    pub place: Span,
}

/// What one side says of it.
#[derive(Clone, Debug)]
pub struct Word {
    /// What it is.
    pub step: Step,
    /// What is said; `None` for a mere mention, and for a block.
    pub value: Option<String>,
    /// What stands in it.
    pub inside: Vec<Word>,
}

/// One difference.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// The way to it below its subject; empty if that itself came or went.
    pub path: Vec<Step>,
    /// What the first side says.
    pub before: Option<Word>,
    /// What the second side says.
    pub after: Option<Word>,
}

impl Change {
    /// One whole subject that came or went.
    pub(super) fn whole(kind: Kind, said: &Said) -> Self {
        let mut change = Self { kind, path: Vec::new(), before: None, after: None };
        match kind {
            Kind::Removed => change.before = Some(word(said)),
            Kind::Added | Kind::Changed | Kind::Moved => change.after = Some(word(said)),
        }
        change
    }
}

/// What `after` has inside of it otherwise than `before`.
pub(super) fn inside(before: &Said, after: &Said) -> Vec<Change> {
    let mut pairing = Pairing { path: Vec::new(), found: Vec::new() };
    pairing.level(&before.inside, &after.inside);
    pairing.found
}

struct Pairing {
    path: Vec<Step>,
    found: Vec<Change>,
}

type Side<'a> = Vec<&'a Said>;

impl Pairing {
    fn level(&mut self, before: &[Said], after: &[Said]) {
        let (one, other) = without_same(of_order(before, Order::Free), of_order(after, Order::Free));
        self.match_up(one, other);
        self.in_order(&of_order(before, Order::Fixed), &of_order(after, Order::Fixed));
    }

    /// Pairs what has one name, then what is of one kind, and tells of the rest.
    fn match_up(&mut self, one: Side<'_>, other: Side<'_>) {
        let (one, other) = self.pair(one, other, |said| Some((said.kind.clone(), said.name.clone())));
        let (one, other) = self.pair_renamed(one, other);
        let (one, other) =
            self.pair(one, other, |said| is_paired_by_kind(said).then(|| (said.kind.clone(), String::new())));
        for said in one {
            self.tell(Kind::Removed, Some(said), None);
        }
        for said in other {
            self.tell(Kind::Added, None, Some(said));
        }
    }

    /// Compares those that have one key, in their order; what is left over is returned.
    fn pair<'a>(
        &mut self,
        one: Side<'a>,
        other: Side<'a>,
        key: impl Fn(&Said) -> Option<(String, String)>,
    ) -> (Side<'a>, Side<'a>) {
        let mut waiting: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (at, said) in other.iter().enumerate().rev() {
            if let Some(key) = key(said) {
                waiting.entry(key).or_default().push(at);
            }
        }
        let mut is_taken = vec![false; other.len()];
        let mut left = Vec::new();
        for said in one {
            let at = key(said).and_then(|key| waiting.get_mut(&key)?.pop());
            match at {
                Some(at) => {
                    is_taken[at] = true;
                    self.compare(said, other[at]);
                }
                None => left.push(said),
            }
        }
        let rest = other.into_iter().zip(is_taken).filter(|(_, taken)| !taken).map(|(said, _)| said);
        (left, rest.collect())
    }

    /// Blocks of another name with the same in them.
    fn pair_renamed<'a>(&mut self, one: Side<'a>, mut other: Side<'a>) -> (Side<'a>, Side<'a>) {
        let mut left = Vec::new();
        for said in one {
            let fits = |other: &&Said| !said.inside.is_empty() && said.is_renamed(other);
            match other.iter().position(fits) {
                Some(at) => {
                    let renamed = other.remove(at);
                    self.tell(Kind::Changed, Some(said), Some(renamed));
                }
                None => left.push(said),
            }
        }
        (left, other)
    }

    fn in_order(&mut self, one: &Side<'_>, other: &Side<'_>) {
        let mut gone: Side<'_> = Vec::new();
        let mut new: Side<'_> = Vec::new();
        let mut gaps = Vec::new();
        for (before, after) in gaps_between(one, other) {
            gaps.push((one[before].to_vec(), other[after].to_vec()));
        }
        for (before, after) in &gaps {
            gone.extend(before);
            new.extend(after);
        }
        let moved = moved(&gone, &new);
        for (before, after) in gaps {
            let stays = |said: &&Said| !moved.contains_key(&said.digest());
            self.match_up(
                before.into_iter().filter(stays).collect(),
                after.into_iter().filter(stays).collect(),
            );
        }
        for said in gone {
            if let Some(other) = moved.get(&said.digest()) {
                self.tell(Kind::Moved, Some(said), Some(other));
            }
        }
    }

    fn compare(&mut self, before: &Said, after: &Said) {
        // The name of a server is but what its `server_name` says.
        let is_renamed = before.name != after.name && before.kind != "server";
        if before.value != after.value || is_renamed {
            self.tell(Kind::Changed, Some(before), Some(after));
        }
        self.path.push(step(after));
        self.level(&before.inside, &after.inside);
        self.path.pop();
    }

    fn tell(&mut self, kind: Kind, before: Option<&Said>, after: Option<&Said>) {
        let Some(said) = after.or(before) else { return };
        let mut path = self.path.clone();
        path.push(step(said));
        self.found.push(Change { kind, path, before: before.map(word), after: after.map(word) });
    }
}

fn of_order(all: &[Said], order: Order) -> Side<'_> {
    all.iter().filter(|said| said.order == order).collect()
}

/// Without what both sides say, each as often as both say it.
fn without_same<'a>(one: Side<'a>, other: Side<'a>) -> (Side<'a>, Side<'a>) {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for said in &other {
        *counts.entry(said.digest()).or_default() += 1;
    }
    let mut shared: HashMap<u64, usize> = HashMap::new();
    let mut left = Vec::new();
    for said in one {
        match counts.get_mut(&said.digest()).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                *shared.entry(said.digest()).or_default() += 1;
            }
            None => left.push(said),
        }
    }
    let mut rest = Vec::new();
    for said in other {
        match shared.get_mut(&said.digest()).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => rest.push(said),
        }
    }
    (left, rest)
}

type Gap = (std::ops::Range<usize>, std::ops::Range<usize>);

/// The stretches of two sequences that are not the same.
fn gaps_between(one: &[&Said], other: &[&Said]) -> Vec<Gap> {
    let same = |(a, b): &(&&Said, &&Said)| a.is_same(b);
    let start = one.iter().zip(other).take_while(same).count();
    let (one_rest, other_rest) = (&one[start..], &other[start..]);
    let end = one_rest.iter().rev().zip(other_rest.iter().rev()).take_while(same).count();
    let (one_rest, other_rest) = (&one_rest[..one_rest.len() - end], &other_rest[..other_rest.len() - end]);
    if one_rest.len().max(other_rest.len()) > MOST_IN_ORDER {
        return vec![(start..start + one_rest.len(), start..start + other_rest.len())];
    }
    let digests = |all: &[&Said]| -> Vec<u64> { all.iter().map(|said| said.digest()).collect() };
    let ops = capture_diff_slices(Algorithm::Myers, &digests(one_rest), &digests(other_rest));
    let gaps = ops.iter().filter_map(|op| match op {
        DiffOp::Equal { .. } => None,
        DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
            let (before, after) = (op.old_range(), op.new_range());
            Some((before.start + start..before.end + start, after.start + start..after.end + start))
        }
    });
    gaps.collect()
}

/// What is the same in two places, by its digest: once on each side.
fn moved<'a>(gone: &[&'a Said], new: &[&'a Said]) -> HashMap<u64, &'a Said> {
    let count = |all: &[&Said]| {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for said in all {
            *counts.entry(said.digest()).or_default() += 1;
        }
        counts
    };
    let (before, after) = (count(gone), count(new));
    let is_moved =
        |said: &&&Said| before.get(&said.digest()) == Some(&1) && after.get(&said.digest()) == Some(&1);
    new.iter().filter(is_moved).map(|said| (said.digest(), *said)).collect()
}

/// Whether the kind alone says which of the other side is meant, as long as there is one.
fn is_paired_by_kind(said: &Said) -> bool {
    said.name.is_empty() || matches!(said.kind.as_str(), "server" | "stage")
}

fn step(said: &Said) -> Step {
    let Said { kind, name, is_named_by_text, place, .. } = said;
    Step { kind: kind.clone(), name: name.clone(), is_text: *is_named_by_text, place: *place }
}

fn word(said: &Said) -> Word {
    let inside = said.inside.iter().take(MOST_SHOWN).map(word).collect();
    Word { step: step(said), value: said.value.clone(), inside }
}
