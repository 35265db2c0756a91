//! What is said of statements that do not fit the schema.

use super::codes;
use super::context::Context;
use super::fitting::{Contents, Fitted, Meant, meant};
use crate::diagnostic::{Diagnostic, nearest};
use crate::schema::foreign::instead_of;
use crate::schema::sentence::Misfit;
use crate::schema::{Kind, Row, Word, own_rows, rows_named, rows_of};
use crate::source::Span;
use crate::syntax::stack::tree::{Arg, Statement};
use crate::vocabulary::nginx::Context as Place;

impl<'t> Context<'_, 't> {
    pub(crate) fn report_unknown(&mut self, statement: &Statement, kind: Kind) {
        let span = statement.args[0].span;
        let Some(head) = statement.head() else {
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_STATEMENT, "a statement begins with a plain word", span)
                    .here("this is quoted, a list or a reference");
            self.sink.push(match meant(statement, kind) {
                Meant::Head(head) => diagnostic
                    .help(format!("write `{head}` without quotes"))
                    .safe_fix(format!("write `{head}`"), vec![(span, head.to_owned())]),
                Meant::Anything | Meant::Nothing => {
                    diagnostic.help(format!("{} stand {}", list_of_heads(kind), kind.describe()))
                }
            });
            return;
        };
        if let (Some(word), Meant::Head(meant)) = (head.strip_suffix([':', '=']), meant(statement, kind))
            && word.eq_ignore_ascii_case(meant)
        {
            let sign = &head[word.len()..];
            self.sink.push(
                Diagnostic::error(codes::UNKNOWN_STATEMENT, format!("there is no statement `{head}`"), span)
                    .here(format!("no `{sign}` stands after a statement's first word"))
                    .help(format!("write `{meant}`, a space, and what follows"))
                    .safe_fix(format!("write `{meant}`"), vec![(span, meant.to_owned())]),
            );
            return;
        }
        let elsewhere: Vec<&'static str> = Kind::ALL
            .into_iter()
            .filter(|other| *other != kind && !other.is_pairs() && holds(*other, head))
            .map(Kind::describe)
            .chain(contexts_of(head, kind))
            .collect();
        let heads: Vec<&str> = rows_of(kind).map(Row::head).collect();
        let near = nearest(head, heads.iter().copied());
        if let Some(instead) = written_instead(head, kind) {
            let code =
                if elsewhere.is_empty() { codes::UNKNOWN_STATEMENT } else { codes::MISPLACED_STATEMENT };
            self.sink.push(
                Diagnostic::error(code, format!("there is no statement `{head}` {}", kind.describe()), span)
                    .here("not known here")
                    .help(format!("write `{instead}`")),
            );
            return;
        }
        let diagnostic = match (elsewhere.as_slice(), near) {
            ([_, ..], _) => Diagnostic::error(
                codes::MISPLACED_STATEMENT,
                format!("`{head}` cannot stand {}", kind.describe()),
                span,
            )
            .here(format!("it stands {}", either(&elsewhere)))
            .help(format!("{} stand {}", list_of_heads(kind), kind.describe())),
            ([], Some(near)) => {
                Diagnostic::error(codes::UNKNOWN_STATEMENT, format!("there is no statement `{head}`"), span)
                    .did_you_mean(Some(near))
                    .help(format!("`{}`", rows_named(kind, near)[0].shown()))
            }
            ([], None) => {
                Diagnostic::error(codes::UNKNOWN_STATEMENT, format!("there is no statement `{head}`"), span)
                    .here("not known")
                    .help(format!("{} stand {}", list_of_heads(kind), kind.describe()))
            }
        };
        self.sink.push(diagnostic);
    }

    pub(crate) fn report_misfit(&mut self, statement: &Statement, rows: &[&'static Row], misfit: &Misfit) {
        let head = rows[0].head();
        let span = misfit.at.unwrap_or_else(|| statement.line_span());
        let (message, here) = match misfit.at {
            Some(_) => (format!("`{head}` does not take this"), format!("expected {}", misfit.expected)),
            None => (format!("`{head}` is not complete"), format!("{} is missing", misfit.expected)),
        };
        if let Some((message, mended)) = short_form(statement) {
            self.sink.push(
                Diagnostic::error(codes::WRONG_ARGUMENTS, message, span)
                    .help(format!("write `{mended}`"))
                    .safe_fix(format!("write `{mended}`"), vec![(statement.line_span(), mended)]),
            );
            return;
        }
        let sentences: Vec<String> = rows.iter().map(|row| format!("`{}`", row.shown())).collect();
        self.sink.push(Diagnostic::error(codes::WRONG_ARGUMENTS, message, span).here(here).help(format!(
            "write {}; for example `{}`",
            sentences.join(" or "),
            rows[0].example()
        )));
    }

    /// Reports that another statement begins in the arguments of one.
    pub(crate) fn report_split(&mut self, head: &Arg) {
        let word = head.as_word().unwrap_or_default();
        let message = format!("`{word}` begins another statement");
        self.sink.push(
            Diagnostic::error(codes::WRONG_ARGUMENTS, message, head.span)
                .here("the statement before it has not ended")
                .note("a statement ends with its line, at a `;` that a space follows, or before a `}`")
                .help("write `; ` before it, or put it on a line of its own")
                .safe_fix("write `; ` before it", vec![(head.span.at_start(), "; ".to_owned())]),
        );
    }

    pub(crate) fn report_repeated(&mut self, fit: &Fitted<'t>, first: Span) {
        let head = fit.row.head();
        self.sink.push(
            Diagnostic::error(
                codes::DUPLICATE_STATEMENT,
                format!("`{head}` may stand here once"),
                fit.span(),
            )
            .here("the second time")
            .label(first, "the first time")
            .help("remove one of the two"),
        );
    }

    /// Reports a block where none may stand (its `{`), or none where one must.
    pub(crate) fn report_block(&mut self, statement: &Statement, row: &Row, block: Option<Span>) {
        let head = row.head();
        let diagnostic = match block {
            Some(open) => Diagnostic::error(codes::WRONG_BLOCK, format!("`{head}` takes no block"), open)
                .here("this block")
                .help(format!("write `{}`", row.sentence)),
            None => Diagnostic::error(codes::WRONG_BLOCK, format!("`{head}` needs a block"), statement.span)
                .here("`{ ... }` is missing here")
                .help(format!("for example `{}`", row.example())),
        };
        self.sink.push(diagnostic);
    }

    /// Reports that a block lacks a statement with one of `heads`, unless one that has a mistake may be it.
    pub(crate) fn missing_in(
        &mut self,
        contents: &Contents<'t>,
        heads: &[&str],
        span: Span,
        message: String,
        help: &str,
    ) {
        if !contents.doubt.covers(heads) {
            self.missing(span, message, help);
        }
    }

    /// Reports that something is lacking.
    pub(crate) fn missing(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.sink.push(Diagnostic::error(codes::MISSING_STATEMENT, message, span).help(help));
    }
}

/// Whether a statement of that head may stand in a kind of block, directives of nginx left out.
fn holds(kind: Kind, head: &str) -> bool {
    rows_named(kind, head).iter().any(|row| !matches!(row.word, Word::Nginx(..)))
}

/// Where nginx has a directive, for a block in which nginx's directives may stand.
fn contexts_of(head: &str, kind: Kind) -> Vec<&'static str> {
    if kind.nginx_contexts().is_empty() {
        return Vec::new();
    }
    let known = Place::ALL.into_iter().filter(|place| !rows_named(Kind::Nginx(*place), head).is_empty());
    known.map(Place::describe).collect()
}

/// "a, b or c"
fn either(places: &[&str]) -> String {
    match places {
        [rest @ .., before, last] if !rest.is_empty() => {
            format!("{}, {before} or {last}", rest.join(", "))
        }
        places => places.join(" or "),
    }
}

/// What a word of another language is in a kind of block.
fn written_instead(word: &str, kind: Kind) -> Option<&'static str> {
    let instead = instead_of(word)?;
    let first = instead.split(' ').next().unwrap_or(instead);
    (!rows_named(kind, first).is_empty()).then_some(instead)
}

/// A form of compose with colons, and the statement that says it: `mount a:/b`, `restart on-failure:3`.
fn short_form(statement: &Statement) -> Option<(&'static str, String)> {
    const MOUNT: &str = "`mount` says `at` between what and where";
    const RESTART: &str = "`restart` says how often without a colon";
    let [head, arg] = statement.args.as_slice() else { return None };
    let parts: Vec<&str> = arg.as_word()?.split(':').collect();
    match (head.as_word()?, parts.as_slice()) {
        ("mount", [source, target]) if target.starts_with('/') => {
            Some((MOUNT, format!("mount {source} at {target}")))
        }
        ("mount", [source, target, "ro"]) if target.starts_with('/') => {
            Some((MOUNT, format!("mount {source} at {target} read-only")))
        }
        ("restart", ["on-failure", times]) => Some((RESTART, format!("restart on-failure {times}"))),
        _ => None,
    }
}

/// "`stack`, `project` and `defaults`"; of the words of other languages there are too many.
fn list_of_heads(kind: Kind) -> String {
    let mut heads: Vec<String> = Vec::new();
    let own = own_rows(kind).count();
    let shown = if own > 2 { own } else { usize::MAX };
    for row in rows_of(kind).take(shown) {
        let head = format!("`{}`", row.head());
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    if own > 2 {
        heads.extend(kind.compose_group().map(|_| "compose's own keys".to_owned()));
        heads.extend(kind.nginx_contexts().first().map(|_| "nginx's own directives".to_owned()));
    }
    match heads.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
