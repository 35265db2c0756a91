//! Whether two files mean the same to what reads them: compose, the builder of images, nginx. How something is laid out and what
//! comments say makes no difference; whatever may make one does.

pub(crate) mod compose;
pub(crate) mod dockerfile;
pub(crate) mod nginx;

#[cfg(test)]
mod tests;

use crate::backend::Kind;
use crate::diagnostic::Sink;
use crate::project::compose::{Node, exactly};
use crate::source::SourceMap;
use crate::syntax::{self, yaml};

/// Files that are larger are not compared.
const MOST_BYTES: usize = 1 << 20;

/// Whether a file says exactly what another one of its kind says. Both must be understood to their last word: of a file with a
/// mistake nothing is known.
pub fn says_the_same(kind: Kind, one: &str, other: &str) -> bool {
    if one.len().max(other.len()) > MOST_BYTES {
        return false;
    }
    match kind {
        Kind::Compose => both(one, other, compose_file, |a, b| compose::differing(a, b).is_empty()),
        Kind::Dockerfile => both(one, other, dockerfile_tree, |(a, b), (c, d)| {
            dockerfile::differing((a, b), (c, d)).is_empty()
        }),
        Kind::Nginx => {
            both(one, other, nginx_tree, |(a, b), (c, d)| nginx::differing((a, b), (c, d)).is_empty())
        }
        // What people read, and what is compared letter by letter.
        Kind::Dockerignore | Kind::EnvExample => false,
    }
}

/// Whether both are understood and neither says what the other one does not.
fn both<'t, T>(
    one: &'t str,
    other: &'t str,
    read: impl Fn(&'t str) -> Option<T>,
    covers: impl Fn(&T, &T) -> bool,
) -> bool {
    let (Some(one), Some(other)) = (read(one), read(other)) else { return false };
    covers(&one, &other) && covers(&other, &one)
}

fn compose_file(text: &str) -> Option<Node> {
    let mut sink = Sink::default();
    let tree = yaml::read(SourceMap::default().add("", text), text, &mut sink);
    if sink.has_errors() { None } else { exactly(&tree) }
}

fn dockerfile_tree(text: &str) -> Option<(syntax::dockerfile::tree::Tree, &str)> {
    let mut sink = Sink::default();
    let tree = syntax::dockerfile::read(SourceMap::default().add("", text), text, &mut sink);
    (!sink.has_errors() && tree.mistakes.is_empty()).then_some((tree, text))
}

fn nginx_tree(text: &str) -> Option<(syntax::nginx::tree::Tree, &str)> {
    let tree = syntax::nginx::read(SourceMap::default().add("", text), text, &mut Sink::default());
    tree.is_sound().then_some((tree, text))
}
