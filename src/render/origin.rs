//! Why a line of an artefact is there: the statements and defaults behind it, with their source lines.

use super::redact::Masks;
use super::{Look, terminal};
use crate::diagnostic::Diagnostic;
use crate::reasons::{Giver, reason};
use crate::source::{Cause, Origin, Origins, SourceMap, Span, Via};

/// The most places that are shown for one reason; a heading can have hundreds.
const MOST_PLACES: usize = 12;

/// Origins that came about in the same way.
struct Group {
    /// What happened, nearest cause first.
    steps: Vec<Via>,
    /// For each step the places of it.
    places: Vec<Vec<Span>>,
}

/// Every reason for a line, with an empty line between two of them.
pub fn reasons(
    of_line: &[Origin],
    origins: &Origins,
    sources: &SourceMap,
    masks: &Masks,
    look: &Look,
) -> String {
    let shown: Vec<String> =
        groups(of_line, origins).iter().map(|group| group.show(sources, masks, look)).collect();
    shown.join("\n")
}

fn groups(of_line: &[Origin], origins: &Origins) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for origin in of_line {
        let chain: Vec<Cause> = origins.chain(*origin).collect();
        let steps: Vec<Via> = chain.iter().map(|cause| cause.via).collect();
        let index = groups.iter().position(|group| group.steps == steps).unwrap_or_else(|| {
            groups.push(Group { places: vec![Vec::new(); steps.len()], steps });
            groups.len() - 1
        });
        for (places, cause) in groups[index].places.iter_mut().zip(&chain) {
            places.extend(cause.at);
        }
    }
    for places in groups.iter_mut().flat_map(|group| &mut group.places) {
        *places = outermost(places);
    }
    groups
}

/// Without places that lie in others: an argument is shown by its statement.
fn outermost(places: &[Span]) -> Vec<Span> {
    let mut kept: Vec<Span> = Vec::new();
    for place in places {
        if !kept.iter().any(|other| holds(*other, *place)) {
            kept.retain(|other| !holds(*place, *other));
            kept.push(*place);
        }
    }
    kept
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

impl Group {
    fn show(&self, sources: &SourceMap, masks: &Masks, look: &Look) -> String {
        let mut out = String::new();
        let mut before: Option<Via> = None;
        for (via, places) in self.steps.iter().zip(&self.places) {
            let label = match (via, before) {
                (Via::Written | Via::Raw, None) => {
                    out.push_str(&said(*via, places.len(), look));
                    "here"
                }
                (Via::Written | Via::Raw, Some(Via::Written | Via::Raw)) => "made from this",
                (Via::Written | Via::Raw, Some(Via::Default(_) | Via::Lowered(_))) => "because of this",
                (Via::Default(name) | Via::Lowered(name), _) => {
                    out.push_str(&named(name, look));
                    ""
                }
            };
            out.push_str(&excerpt(places, label, sources, masks, look));
            before = Some(*via);
        }
        out
    }
}

/// That somebody wrote it, in this language or in that of the artefact.
fn said(via: Via, places: usize, look: &Look) -> String {
    let statements = if places == 1 { "a statement says" } else { "statements say" };
    match via {
        Via::Raw => heading("raw", None, &format!("{statements} it in the artefact's own language"), look),
        Via::Written | Via::Default(_) | Via::Lowered(_) => {
            heading("written", None, &format!("{statements} so"), look)
        }
    }
}

/// A default or a part of a statement, and why it exists.
fn named(name: &str, look: &Look) -> String {
    let reason = reason(name).expect("every name has its sentence; a test reads the names off the source");
    let (word, message) = match reason.giver {
        Giver::Secure => ("default", "`defaults secure` supplies it; `defaults plain` does not"),
        Giver::Always => ("default", "every policy supplies it"),
        Giver::Statement => ("implied", "a statement stands for it"),
    };
    heading(word, Some(name), message, look) + &terminal::remark("why", reason.why, look)
}

fn heading(word: &str, name: Option<&str>, message: &str, look: &Look) -> String {
    let name = name.map(|name| format!("[{name}]")).unwrap_or_default();
    terminal::head(&format!("{word}{name}:"), "\u{1b}[1;36m", message, look)
}

/// The source lines of the places.
fn excerpt(places: &[Span], label: &str, sources: &SourceMap, masks: &Masks, look: &Look) -> String {
    let Some((first, rest)) = places.split_first() else { return String::new() };
    let shown = &rest[..rest.len().min(MOST_PLACES - 1)];
    let primary = Diagnostic::info("", "", *first).here(label);
    let labelled = shown.iter().fold(primary, |all, place| all.label(*place, ""));
    let mut out = terminal::snippet(&labelled, sources, masks, look);
    let hidden = rest.len() - shown.len();
    if hidden > 0 {
        let places = if hidden == 1 { "place" } else { "places" };
        out.push_str(&format!("  ... and {hidden} more {places}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows what `make` gives for a text.
    fn show(text: &str, make: impl Fn(&mut Origins, &dyn Fn(&str) -> Span) -> Vec<Origin>) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("app.stack", text);
        let mut origins = Origins::default();
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            Span::new(file, start, start + word.len())
        };
        let of_line = make(&mut origins, &at);
        reasons(&of_line, &origins, &sources, &Masks::default(), &Look::PLAIN)
    }

    #[test]
    fn a_default_names_its_policy_its_reason_and_its_statement() {
        assert_eq!(
            show("service web {\n  image nginx\n}\n", |origins, at| {
                let service = origins.written(at("service web"));
                vec![origins.by_default("restart", Some(service))]
            }),
            "\
default[restart]: `defaults secure` supplies it; `defaults plain` does not
  why: A program that crashed, or whose host was restarted, comes back unless somebody stopped it.
   ╭─[app.stack:1:1]
 1 │ service web {
   · ─────┬─────
   ·      ╰── because of this
 2 │   image nginx
   ╰────
"
        );
    }

    #[test]
    fn an_argument_is_shown_by_its_statement_and_equal_reasons_together() {
        assert_eq!(
            show("env {\n  A one\n  B two\n}\n", |origins, at| {
                ["A one", "one", "B two", "two"].map(|word| origins.written(at(word))).to_vec()
            }),
            "\
written: statements say so
   ╭─[app.stack:2:3]
 1 │ env {
 2 │   A one
   ·   ──┬──
   ·     ╰── here
 3 │   B two
   ·   ─────
 4 │ }
   ╰────
"
        );
    }

    #[test]
    fn a_chain_is_followed_to_its_end() {
        let shown = show("service a {\n  image of b\n}\nservice b {\n  build { }\n}\n", |origins, at| {
            let build = origins.written(at("build"));
            vec![origins.repeated(at("image of b"), build)]
        });
        assert_eq!(
            shown,
            "\
written: a statement says so
   ╭─[app.stack:2:3]
 1 │ service a {
 2 │   image of b
   ·   ─────┬────
   ·        ╰── here
 3 │ }
   ╰────
   ╭─[app.stack:5:3]
 4 │ service b {
 5 │   build { }
   ·   ──┬──
   ·     ╰── made from this
 6 │ }
   ╰────
"
        );
    }
}
