//! Which of what is taken over is said otherwise: what has a name is one thing with whatever has that name, of everything
//! else there is one of a kind.

use std::collections::BTreeSet;

use crate::schema::{Kind, rows_named};
use crate::syntax::stack::tree::{Arg, ArgKind, Block, Item, List, Piece, PieceKind, Statement, statements};

/// What a statement says of: its kind, and the name of the thing if it is one of several.
type Key = (String, String);

/// How a statement says what it says.
enum Form<'t> {
    /// Beside others of its kind, which it does not concern.
    Beside,
    /// Instead of all others of its kind.
    Instead(&'t str),
    /// Of one thing.
    Of(&'static str, String),
    /// Of a thing in each statement of its block.
    Each(&'t str),
    /// Of a thing in each argument.
    EachArg(&'static str, fn(&Arg) -> String),
}

/// Leaves out of statements what others say otherwise.
pub(super) fn override_by(statements: &mut Vec<Statement>, others: &[Statement]) {
    let keys: BTreeSet<Key> = others.iter().flat_map(keys).collect();
    if !keys.is_empty() {
        let all = std::mem::take(statements);
        statements.extend(all.into_iter().filter_map(|statement| without(statement, &keys)));
    }
}

/// Adds statements; one that is there already, by another way, counts once.
pub(super) fn append(statements: &mut Vec<Statement>, others: Vec<Statement>) {
    let is_beside = |statement: &Statement| matches!(form(statement), Form::Beside);
    let there: BTreeSet<_> = statements.iter().filter(|of| is_beside(of)).map(|of| of.id).collect();
    statements.extend(others.into_iter().filter(|of| !there.contains(&of.id)));
}

fn form(statement: &Statement) -> Form<'_> {
    let head = statement.head().unwrap_or_default();
    match (head, &statement.block) {
        ("" | "allow" | "raw", _) => Form::Beside,
        ("env", None) => Form::Instead("env from"),
        ("env" | "labels", Some(_)) => match statement.args.len() {
            1 => Form::Each(head),
            _ => Form::Instead("env from"),
        },
        ("pass", _) => Form::EachArg("env", text),
        ("mount" | "volume" | "tmpfs", _) => Form::Of("mount", target(statement)),
        ("publish", _) => Form::EachArg("publish", container_port),
        ("network", _) => Form::EachArg("network", text),
        ("needs", _) => Form::Of("needs", statement.args.get(1).map(text).unwrap_or_default()),
        (_, Some(_)) if holds_names(head) => Form::Each(head),
        _ => Form::Instead(head),
    }
}

/// Whether the block of one of compose's words is a map from names that the user chooses.
fn holds_names(head: &str) -> bool {
    let rows = rows_named(Kind::Service, head);
    rows.iter().any(|row| matches!(row.block.kind(), Some(Kind::Named(_) | Kind::Pairs)))
}

fn keys(statement: &Statement) -> Vec<Key> {
    let key = |kind: &str, name: String| (kind.to_owned(), name);
    match form(statement) {
        Form::Beside => Vec::new(),
        Form::Instead(kind) => vec![key(kind, String::new())],
        Form::Of(kind, name) => vec![key(kind, name)],
        Form::Each(kind) => statement.children().map(|child| key(kind, text(&child.args[0]))).collect(),
        Form::EachArg(kind, name) => {
            statement.args[1..].iter().flat_map(items).map(|arg| key(kind, name(arg))).collect()
        }
    }
}

/// A statement without what `keys` name; `None` if nothing is left of it.
fn without(mut statement: Statement, keys: &BTreeSet<Key>) -> Option<Statement> {
    let is_said = |kind: &str, name: String| keys.contains(&(kind.to_owned(), name));
    match form(&statement) {
        Form::Beside => Some(statement),
        Form::Instead(kind) => (!is_said(kind, String::new())).then_some(statement),
        Form::Of(kind, name) => (!is_said(kind, name)).then_some(statement),
        Form::Each(kind) => {
            let kind = kind.to_owned();
            let block = statement.block.as_mut()?;
            block.items.retain(|item| match item {
                Item::Statement(child) => !is_said(&kind, text(&child.args[0])),
                Item::Comment(_) | Item::Blank | Item::Mistake(_) => true,
            });
            (!is_empty(block)).then_some(statement)
        }
        Form::EachArg(kind, name) => {
            let head = statement.args.remove(0);
            let args = std::mem::take(&mut statement.args).into_iter();
            let args = args.filter_map(|arg| without_items(arg, &|item| is_said(kind, name(item))));
            statement.args = std::iter::once(head).chain(args).collect();
            (statement.args.len() > 1).then_some(statement)
        }
    }
}

fn is_empty(block: &Block) -> bool {
    statements(&block.items).next().is_none()
}

/// An argument, or a list without some of its items; `None` if nothing is left.
fn without_items(mut arg: Arg, leave_out: &dyn Fn(&Arg) -> bool) -> Option<Arg> {
    match &mut arg.kind {
        ArgKind::List(List { items, .. }) => {
            items.retain(|item| !leave_out(item));
            (!items.is_empty()).then_some(arg)
        }
        ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => {
            (!leave_out(&arg)).then_some(arg)
        }
    }
}

/// The items of a list, or the argument itself.
fn items(arg: &Arg) -> &[Arg] {
    match &arg.kind {
        ArgKind::List(list) => &list.items,
        ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => {
            std::slice::from_ref(arg)
        }
    }
}

/// What an argument says, its references by their letters.
fn text(arg: &Arg) -> String {
    let piece = |piece: &Piece| match &piece.kind {
        PieceKind::Text(text) => text.clone(),
        PieceKind::Reference(inner) => format!("${{{inner}}}"),
    };
    match &arg.kind {
        ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => pieces.iter().map(piece).collect(),
        ArgKind::Verbatim(text) | ArgKind::Fenced(text) => text.clone(),
        ArgKind::List(list) => list.items.iter().map(text).collect(),
    }
}

/// Where something is mounted: what follows the last `at`, or the only argument.
fn target(statement: &Statement) -> String {
    let at = statement.args.iter().rposition(|arg| arg.as_word() == Some("at")).unwrap_or_default();
    let path = statement.args.get(at + 1).map(text).unwrap_or_default();
    if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path }
}

/// The port of the container in `address:host:container/protocol`.
fn container_port(arg: &Arg) -> String {
    let mapping = text(arg);
    let mut depth = 0_usize;
    let last = mapping.char_indices().filter(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *c == ':' && depth == 0
    });
    let port = last.last().map_or(mapping.as_str(), |(at, _)| &mapping[at + 1..]);
    port.strip_suffix("/tcp").unwrap_or(port).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::stack;

    fn read(text: &str) -> Vec<Statement> {
        let tree = stack::read(SourceMap::default().add("", text), text, &mut Sink::default());
        statements(&tree.items).cloned().collect()
    }

    /// What is left of `taken` beside `own`, in words.
    fn left(taken: &str, own: &str) -> String {
        let mut said = read(taken);
        override_by(&mut said, &read(own));
        let words = |statement: &Statement| -> String {
            let args: Vec<String> = statement.args.iter().map(text).collect();
            let inner: Vec<String> = statement.children().map(|child| text(&child.args[0])).collect();
            format!("{} {}", args.join(" "), inner.join(",")).trim().to_owned()
        };
        said.iter().map(words).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_has_a_name_gives_way_to_what_has_the_same_name() {
        assert_eq!(left("env { A 1; B 2 }", "env { B 3 }"), "env A");
        assert_eq!(left("env { A 1 }; pass B C", "env { C 1 }; pass A"), "pass B");
        assert_eq!(left("labels { a 1 }", "env { a 1 }"), "labels a");
        assert_eq!(left("mount a at /x; mount b at /y", "tmpfs /x/"), "mount b at /y");
        assert_eq!(left("publish 1:80 [2:81 3:82]", "publish 9:80/tcp 127.0.0.1:9:82"), "publish 2:81");
        assert_eq!(left("publish \"1:${input.P:-80}\"", "publish \"2:${input.P:-80}\""), "");
        assert_eq!(left("network a b", "network b { aliases c }"), "network a");
        assert_eq!(left("needs a healthy; needs b", "needs a"), "needs b");
        assert_eq!(left("sysctls { a 1; b 2 }", "sysctls { b 3 }"), "sysctls a");
    }

    #[test]
    fn of_everything_else_there_is_one() {
        assert_eq!(left("command a b; image x", "command shell \"c\""), "image x");
        assert_eq!(left("env from a; env from b; env { A 1 }", "env from c { required off }"), "env A");
        assert_eq!(left("expose 1 2", "expose 3"), "");
        assert_eq!(left("logging { driver a }", "logging { options { b c } }"), "");
    }

    #[test]
    fn what_stands_beside_others_stays() {
        assert_eq!(
            left("allow a \"b\"; raw compose \"c: d\"", "raw compose \"c: e\""),
            "allow a b; raw compose c: d"
        );
    }
}
