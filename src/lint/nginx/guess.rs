//! Whether a text is a configuration of nginx, and which context its outermost directives stand in.

use crate::syntax::nginx::tree::{Directive, Tree, directives};
use crate::vocabulary::nginx::{self as table, Context};

use super::is_third_party;

/// What the outermost directives of a file may stand in; of equally likely ones the first is taken.
const PLACES: [Context; 9] = [
    Context::Http,
    Context::Server,
    Context::Location,
    Context::Main,
    Context::Upstream,
    Context::Stream,
    Context::StreamServer,
    Context::Mail,
    Context::Events,
];

/// What the outermost directives of a file stand in; `None` if it does not look like a configuration of nginx: fewer
/// than two thirds of its directives are known where they stand.
pub(crate) fn guess(tree: &Tree, text: &str) -> Option<Context> {
    let total = directives(&tree.items).count();
    let places = PLACES.into_iter().map(|place| (fitting(tree, text, place), place));
    // The last of equal maxima is taken by `max_by_key`.
    let (fitting, place) = places.rev().max_by_key(|((all, _), _)| *all)?;
    let (_, outermost) = fitting;
    let is_one = total > 0 && 3 * outermost >= 2 * total;
    is_one.then_some(place)
}

/// How many directives are known where they stand if the outermost are in `place`: at all levels, and outermost.
fn fitting(tree: &Tree, text: &str, place: Context) -> (usize, usize) {
    let mut all = 0;
    let mut outermost = 0;
    for directive in directives(&tree.items) {
        let found = fitting_in(directive, text, place);
        all += found;
        outermost += usize::from(found > 0);
    }
    (all, outermost)
}

fn fitting_in(directive: &Directive, text: &str, place: Context) -> usize {
    let name = directive.name(text);
    let known = table::directive(name, place);
    // A word or two that happen to be the names of directives are none with other arguments.
    if !known.is_some_and(|known| known.takes(directive.args().len())) {
        return usize::from(is_third_party(name));
    }
    let Some(inside) = place.inside(name) else { return 1 };
    1 + directive.children().map(|child| fitting_in(child, text, inside)).sum::<usize>()
}
