//! What a person sees, whole and exactly.

use super::Look;
use super::terminal::{findings, summary};
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{FileId, SourceMap, Span};

const BLOG: &str = "stack blog\n\nservice web {\n  image nginx:1.30\n  needs postgers healthy\n}\n\nservice postgres {\n  \
                    image postgres:17\n}\n";

const ASCII: Look = Look { unicode: false, ..Look::PLAIN };

/// A file and the findings about it.
struct Case {
    sources: SourceMap,
    file: FileId,
    sink: Sink,
}

impl Case {
    fn new(text: &str) -> Self {
        let mut sources = SourceMap::default();
        let file = sources.add("app.stack", text);
        Self { sources, file, sink: Sink::default() }
    }

    /// The place of a text that occurs in the file.
    fn at(&self, text: &str) -> Span {
        let start = self.sources.file(self.file).text.find(text).unwrap();
        Span::new(self.file, start, start + text.len())
    }

    fn show(mut self, look: &Look) -> String {
        self.sink.finish();
        findings(&self.sink, &self.sources, look)
    }
}

fn show_one(text: &str, look: &Look, diagnostic: impl Fn(&Case) -> Diagnostic) -> String {
    let mut case = Case::new(text);
    let found = diagnostic(&case);
    case.sink.push(found);
    case.show(look)
}

#[test]
fn a_finding_shows_its_places_its_reason_and_the_way_out() {
    let mut case = Case::new(BLOG);
    let other = case.sources.add("infra/db.stack", "# the database\nservice db {\n}\n");
    let found = Diagnostic::error("service-unknown", "`postgers` is no service of this stack", case.at("postgers"))
        .here("no service has this name")
        .label(case.at("postgres"), "this one is near")
        .label(Span::new(other, 23, 25), "and this one is there")
        .note("`docker compose up` would stop at it as well, but it would name neither the line nor the name that was meant")
        .help("did you mean `postgres`?");
    case.sink.push(found);
    assert_eq!(
        case.show(&Look::PLAIN),
        "\
error[service-unknown]: `postgers` is no service of this stack
   ╭─[app.stack:5:9]
 4 │   image nginx:1.30
 5 │   needs postgers healthy
   ·         ────┬───
   ·             ╰── no service has this name
 6 │ }
 7 │
 8 │ service postgres {
   ·         ────┬───
   ·             ╰── this one is near
 9 │   image postgres:17
   ╰────
   ╭─[infra/db.stack:2:9]
 1 │ # the database
 2 │ service db {
   ·         ─┬
   ·          ╰── and this one is there
 3 │ }
   ╰────
  note: `docker compose up` would stop at it as well, but it would name neither the line nor the
        name that was meant
  help: did you mean `postgres`?

"
    );
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    assert_eq!(
        show_one(BLOG, &ASCII, |case| {
            Diagnostic::warning("image-old", "`nginx:1.30` is old", case.at("nginx:1.30"))
                .here("from last year")
        }),
        "\
warning[image-old]: `nginx:1.30` is old
   ,-[app.stack:4:9]
 3 | service web {
 4 |   image nginx:1.30
   :         ^^^^^|^^^^
   :              `-- from last year
 5 |   needs postgers healthy
   `----

"
    );
}

#[test]
fn colours_are_the_same_text_painted() {
    let diagnostic = |case: &Case| {
        Diagnostic::info("a", "a message", case.at("web"))
            .here("here")
            .label(case.at("image"), "there")
            .help("do it")
    };
    let painted = show_one(BLOG, &Look { colour: true, ..Look::PLAIN }, diagnostic);
    assert!(
        painted.starts_with("\u{1b}[1;36mnote[a]:\u{1b}[0m\u{1b}[1m a message\u{1b}[0m\n"),
        "{painted:?}"
    );
    let mut plain = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let plain: Vec<&str> = plain.lines().map(str::trim_end).collect();
    assert_eq!(plain, show_one(BLOG, &Look::PLAIN, diagnostic).lines().collect::<Vec<_>>());
}

#[test]
fn a_secret_is_not_shown_nor_how_long_it_is() {
    let show = |secret: &str| {
        let mut case = Case::new(&format!("env {{ PASSWORD {secret}; USER {secret} }}\n"));
        case.sink.mask(case.at(secret));
        let user = case.at("USER");
        let value = Span::new(case.file, user.end as usize + 1, user.end as usize + 1 + secret.len());
        case.sink.mask(value);
        let found = Diagnostic::warning("secret-literal", "`PASSWORD` holds a literal", case.at(secret))
            .here("anybody who reads this file knows it")
            .label(user, "so does this");
        case.sink.push(found);
        case.show(&Look::PLAIN)
    };
    assert_eq!(
        show("hunter2"),
        "\
warning[secret-literal]: `PASSWORD` holds a literal
   ╭─[app.stack:1:16]
 1 │ env { PASSWORD [secret]; USER [secret] }
   ·                ────┬───  ──┬─
   ·                    │       ╰── so does this
   ·                    ╰── anybody who reads this file knows it
   ╰────

"
    );
    assert_eq!(show("hunter2"), show("a-much-longer-value-of-many-words"));
}

#[test]
fn a_secret_of_several_lines_is_one_placeholder() {
    let text = "key \"\"\"\n  first\n  second\n  third\n  \"\"\"\nnext\n";
    let mut case = Case::new(text);
    case.sink.mask(Span::new(case.file, 4, text.find("next").unwrap() - 1));
    let found = Diagnostic::error("secret-key", "a key", Span::new(case.file, 0, 30)).here("here");
    case.sink.push(found);
    assert_eq!(
        case.show(&Look::PLAIN),
        "\
error[secret-key]: a key
   ╭─[app.stack:1:1]
 1 │ key [secret]
   · ──────┬─────
   ·       ╰── here
 2 │ [secret]
   ╰────

"
    );
}

#[test]
fn what_would_fool_a_terminal_is_shown_for_what_it_is() {
    assert_eq!(
        show_one("image a\u{1b}[31m \u{202e}b\tc\r\nnext\r\n", &Look::PLAIN, |case| {
            Diagnostic::error("control", "`a\u{1b}[31m` holds a control character", case.at("\u{1b}"))
                .here("\u{202e}x")
        }),
        "\
error[control]: `a<U+001B>[31m` holds a control character
   ╭─[app.stack:1:8]
 1 │ image a<U+001B>[31m <U+202E>b   c
   ·        ────┬───
   ·            ╰── <U+202E>x
 2 │ next
   ╰────

"
    );
}

#[test]
fn wide_characters_are_underlined_where_they_stand() {
    assert_eq!(
        show_one("# größe\nlabel 日本 x\n", &Look::PLAIN, |case| Diagnostic::error(
            "a",
            "b",
            case.at("x")
        )
        .here("here")),
        "\
error[a]: b
   ╭─[app.stack:2:10]
 1 │ # größe
 2 │ label 日本 x
   ·            ┬
   ·            ╰── here
   ╰────

"
    );
}

#[test]
fn the_end_of_a_file_and_an_empty_file_can_be_pointed_at() {
    let at_end = |case: &Case| {
        let end = case.sources.file(case.file).text.len();
        Diagnostic::error("open-block", "a `}` is missing", Span::new(case.file, end, end)).here("here")
    };
    assert_eq!(
        show_one("service web {\n", &Look::PLAIN, at_end),
        "\
error[open-block]: a `}` is missing
   ╭─[app.stack:2:1]
 1 │ service web {
 2 │
   · ▲
   · ╰── here
   ╰────

"
    );
    assert!(show_one("", &Look::PLAIN, at_end).contains("   ╭─[app.stack:1:1]\n 1 │\n   · ▲\n"));
    assert!(show_one("service web {", &Look::PLAIN, at_end).contains("   ·              ▲\n"));
    let newline = |case: &Case| Diagnostic::error("a", "b", case.at("\n"));
    assert!(show_one("web\nx\n", &Look::PLAIN, newline).contains(" 1 │ web\n   ·    ▲\n 2 │ x\n"));
}

#[test]
fn a_block_shows_its_head() {
    let text = "service web {\n  a\n  b\n  c\n  d\n}\nnext\n";
    assert_eq!(
        show_one(text, &Look::PLAIN, |case| {
            Diagnostic::info("a", "b", Span::new(case.file, 0, text.find("\nnext").unwrap()))
                .here("all of it")
        }),
        "\
note[a]: b
   ╭─[app.stack:1:1]
 1 │ service web {
   · ──────┬──────
   ·       ╰── all of it
 2 │   a
   ╰────

"
    );
}

#[test]
fn a_label_inside_another_is_told_from_it() {
    assert_eq!(
        show_one("mount data at /srv/data\n", &Look::PLAIN, |case| {
            Diagnostic::error("a", "b", case.at("/srv/data"))
                .here("the path")
                .label(case.at("mount data at /srv/data"), "the statement")
                .label(case.at("/srv/data"), "again")
        }),
        "\
error[a]: b
   ╭─[app.stack:1:15]
 1 │ mount data at /srv/data
   · ──────┬────── ────┬────
   ·       │           ╰── the path; again
   ·       ╰── the statement
   ╰────

"
    );
}

#[test]
fn a_line_of_ten_megabytes_is_cut_and_quick() {
    let text = format!("{} needle {}\n", "x".repeat(5_000_000), "y".repeat(5_000_000));
    let mut case = Case::new(&text);
    let needle = case.at("needle");
    for number in 0..100 {
        case.sink.push(Diagnostic::error("a", format!("number {number:03}"), needle).here("here"));
    }
    let start = std::time::Instant::now();
    let shown = case.show(&Look { line: 40, ..Look::PLAIN });
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert!(
        shown.starts_with(
            "\
error[a]: number 000
   ╭─[app.stack:1:5000002]
 1 │ …xxxxxxxxx needle yyyyyyyyyyyyyyyyyyyyyyy…
   ·            ───┬──
   ·               ╰── here
   ╰────

"
        ),
        "{}",
        &shown[..400]
    );
}

#[test]
fn of_very_many_findings_the_gravest_are_shown() {
    let mut case = Case::new(&"x\n".repeat(1_000));
    for line in 0..1_000 {
        let at = Span::new(case.file, line * 2, line * 2 + 1);
        case.sink.push(Diagnostic::new(
            if line == 999 { crate::diagnostic::Severity::Error } else { crate::diagnostic::Severity::Info },
            "a",
            "b",
            at,
        ));
    }
    assert_eq!(summary(&case.sink).as_deref(), Some("1 error, 999 notes"));
    let shown = case.show(&Look::PLAIN);
    assert_eq!(shown.matches("note[a]").count(), 199);
    assert_eq!(shown.matches("error[a]").count(), 1);
    assert!(shown.ends_with("... and 800 more findings\n\n"), "{shown}");
}

#[test]
fn the_summary_counts_by_gravity() {
    let mut case = Case::new("x\n");
    assert_eq!(summary(&case.sink), None);
    let at = case.at("x");
    case.sink.push(Diagnostic::warning("a", "b", at));
    case.sink.push(Diagnostic::error("a", "b", at));
    case.sink.push(Diagnostic::error("b", "b", at));
    assert_eq!(summary(&case.sink).as_deref(), Some("2 errors, 1 warning"));
}

/// A text with secrets (runs of `§`), and spans anywhere in it.
fn any_text_and_spans() -> impl proptest::strategy::Strategy<Value = (String, Vec<(usize, usize)>)> {
    use proptest::prelude::*;
    let piece = prop::sample::select(vec![
        "a",
        "word ",
        "\n",
        "\r\n",
        "\t",
        "§",
        "§§§\n§",
        "ä",
        "日",
        "\u{1b}[2J",
        "\u{202e}",
        "\u{feff}",
        "e\u{301}",
        "\r",
        "                    long                    line                    ",
    ]);
    let text = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    (text, prop::collection::vec((0..1_000_usize, 0..1_000_usize), 1..6)).prop_map(|(text, picks)| {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let pick = |number: usize| ends[number % ends.len()];
        let spans = picks.into_iter().map(|(a, b)| (pick(a).min(pick(b)), pick(a).max(pick(b)))).collect();
        (text, spans)
    })
}

proptest::proptest! {
    #[test]
    fn any_finding_can_be_shown_and_no_secret_with_it(
        (text, spans) in any_text_and_spans(),
        line in 8..60_usize,
    ) {
        let mut case = Case::new(&text);
        let file = case.file;
        for (at, mark) in text.match_indices('§') {
            case.sink.mask(Span::new(file, at, at + mark.len()));
        }
        let mut found = Diagnostic::error("a", "b", Span::new(file, spans[0].0, spans[0].1)).here("here");
        for (start, end) in &spans[1..] {
            found = found.label(Span::new(file, *start, *end), "there");
        }
        case.sink.push(found);
        let shown = case.show(&Look { line, ..Look::PLAIN });
        assert!(!shown.contains('§'), "{shown}");
        assert!(shown.chars().all(|c| c == '\n' || super::visible::is_harmless(c)), "{shown:?}");
    }
}
