//! `docs/rules.md`: every rule with its level, what it looks at, and which other linters have it. It is made from the rules,
//! `docs/fixable.tsv` and `data/peers/`; `STACKC_BLESS=1 cargo test --test main explain::listing` rewrites it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::sync::LazyLock;

use stackc::explain::{GROUPS, all, group_of};
use stackc::lint::{Check, Rule, rules};
use stackc::render::terminal;

use crate::snapshot::{assert_file, repository};

/// So many names of a linter are written out in a cell.
const MOST_NAMES: usize = 6;

/// A linter that others use.
struct Peer {
    key: String,
    name: String,
    version: String,
    url: String,
}

/// What a linter has.
struct Theirs {
    peer: String,
    rule: String,
    ours: Vec<String>,
    /// What it looks for, where nothing here stands for it.
    looks_for: String,
}

/// The rows of a table, each with so many fields.
fn rows(name: &str, fields: usize) -> Vec<Vec<String>> {
    let text = fs::read_to_string(repository().join("data/peers").join(name)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Vec<String>> = lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    for row in &rows {
        assert_eq!(row.len(), fields, "{name}: {row:?}");
    }
    rows
}

fn peers() -> Vec<Peer> {
    let rows = rows("peers.tsv", 4).into_iter().map(|row| <[String; 4]>::try_from(row).unwrap());
    rows.map(|[key, name, version, url]| Peer { key, name, version, url }).collect()
}

fn theirs() -> Vec<Theirs> {
    let rows = rows("rules.tsv", 4).into_iter().map(|row| <[String; 4]>::try_from(row).unwrap());
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    rows.map(|[peer, rule, ours, looks_for]| Theirs { peer, rule, ours: words(&ours), looks_for }).collect()
}

/// What a rule looks at.
fn subjects(rule: &Rule) -> String {
    let names: BTreeSet<&str> = rule
        .checks
        .iter()
        .map(|check| match check {
            Check::Stack(_) => "stack",
            Check::Nginx(_) => "nginx",
            Check::Project(_) => "project",
        })
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// Which codes come with a fix, and whether that is safe: `fixing.rs` makes the list.
fn fixable() -> BTreeMap<String, String> {
    let text = fs::read_to_string(repository().join("docs/fixable.tsv")).unwrap();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(code, safety)| (code.to_owned(), safety.replace('\t', ", "))).collect()
}

/// Who else has a rule.
fn others(code: &str, peers: &[Peer], theirs: &[Theirs]) -> String {
    let mut cell: Vec<String> = Vec::new();
    for peer in peers {
        let has = |theirs: &&Theirs| theirs.peer == peer.key && theirs.ours.iter().any(|ours| ours == code);
        let names: Vec<String> =
            theirs.iter().filter(has).map(|theirs| format!("`{}`", theirs.rule)).collect();
        match names.len() {
            0 => {}
            many if many > MOST_NAMES => cell.push(format!("{}: {many} of its rules", peer.key)),
            _ => cell.push(format!("{} {}", peer.key, names.join(" "))),
        }
    }
    cell.join(", ")
}

/// A cell of a table in Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

static DOCUMENT: LazyLock<String> = LazyLock::new(document);

fn document() -> String {
    let (peers, theirs, pages, fixable) = (peers(), theirs(), all(), fixable());
    let count = rules::ALL.len();
    let mut out = format!(
        "# Rules\n\n<!-- Made from the rules and from data/peers by `STACKC_BLESS=1 cargo test --test main explain::listing`. -->\n\n\
         {count} rules in {} groups, and the codes of what cannot be read. `stackc explain RULE` says more of each, with examples.\n\n\
         - **Level** is what a rule says of itself: an `error` surely breaks or leaks, a `warning` very likely, a `note` is advice.\n  \
         stackc.toml, `--deny`, `--warn` and `--allow` change it for a rule or for its group, which is its first word.\n\
         - **Looks at**: `stack` files; configurations of `nginx`, be they written by hand or emitted; hand-written files of a\n  \
         `project`, all that belong together.\n\
         - **Fix**: whether `--fix` has a way out for some of its findings, and whether that needs `--unsafe`.\n\
         - **Others**: rules of other linters that look for the same, or for a part of it. They are listed [below](#other-linters).\n",
        GROUPS.len()
    );
    for (group, sentence) in GROUPS {
        let _ = write!(
            out,
            "\n## {group}\n\n{sentence}\n\n| rule | level | looks at | fix | finds | others |\n| --- | --- | --- | --- | --- | --- |\n"
        );
        for rule in rules::ALL.iter().filter(|rule| group_of(rule.code) == *group) {
            let page = pages.iter().find(|page| page.code == rule.code).unwrap();
            let _ = writeln!(
                out,
                "| [`{}`](../src/lint/rules/{}.rs) | {} | {} | {} | {} | {} |",
                rule.code,
                rule.code.replace('-', "_"),
                terminal::word(rule.severity),
                subjects(rule),
                fixable.get(rule.code).map_or("", String::as_str),
                cell(&page.title),
                others(rule.code, &peers, &theirs)
            );
        }
    }
    out.push_str(
        "\n## What cannot be read\n\nThese codes are no rules: they come from readers and from the compiler. Levels do not hold for them, and an \
         error\namong them ends with exit code 2. `allow` may name `secret-in-environment` alone.\n\n| code | level | fix | what it is | others |\n| --- | --- | --- | --- | --- |\n",
    );
    for page in pages.iter().filter(|page| !page.is_rule) {
        let (level, others) = (terminal::word(page.severity), others(page.code, &peers, &theirs));
        let _ = writeln!(
            out,
            "| [`{0}`](explain/{0}.md) | {level} | {1} | {2} | {others} |",
            page.code,
            fixable.get(page.code).map_or("", String::as_str),
            cell(&page.title)
        );
    }
    out.push_str(&comparison(&peers, &theirs));
    out
}

/// What others have, and which of it stackc has not.
fn comparison(peers: &[Peer], theirs: &[Theirs]) -> String {
    let mut out = "\n## Other linters\n\nTheir rules by name, from the versions here; data/peers/README.md says how to look them up. \"Here\" counts those for \
                   which a rule or\na code of stackc looks for the same or for a part of it. It does not say who finds more in a file.\n\n\
                   | linter | version | rules | here |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for Peer { key, name, version, url } in peers {
        let of_peer = || theirs.iter().filter(|theirs| theirs.peer == *key);
        let here = of_peer().filter(|theirs| !theirs.ours.is_empty()).count();
        let name =
            if name == key { format!("[{name}]({url})") } else { format!("[{name}]({url}) (`{key}`)") };
        let _ = writeln!(out, "| {name} | {version} | {} | {here} |", of_peer().count());
    }
    out.push_str("\n## What they have and stackc does not\n");
    for Peer { key, .. } in peers {
        let mut by_phrase: Vec<(&str, Vec<String>)> = Vec::new();
        for missing in theirs.iter().filter(|theirs| theirs.peer == *key && theirs.ours.is_empty()) {
            let name = format!("`{}`", missing.rule);
            match by_phrase.iter_mut().find(|(phrase, _)| *phrase == missing.looks_for) {
                Some((_, names)) => names.push(name),
                None => by_phrase.push((&missing.looks_for, vec![name])),
            }
        }
        let _ = write!(out, "\n### {key}\n\n");
        for (phrase, names) in by_phrase {
            let _ = writeln!(out, "- {}: {phrase}", names.join(", "));
        }
    }
    out
}

#[test]
fn the_page_of_all_rules_is_up_to_date() {
    assert_file(&repository().join("docs/rules.md"), &DOCUMENT);
}

#[test]
fn every_group_of_rules_has_a_sentence() {
    let groups: BTreeSet<&str> = rules::ALL.iter().map(|rule| group_of(rule.code)).collect();
    assert_eq!(groups, GROUPS.iter().map(|(group, _)| *group).collect());
    assert!(GROUPS.is_sorted() && GROUPS.iter().all(|(_, sentence)| sentence.ends_with('.')));
}

#[test]
fn what_others_have_is_here_or_is_said_to_be_missing() {
    let pages = all();
    let (peers, theirs) = (peers(), theirs());
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for Theirs { peer, rule, ours, looks_for } in &theirs {
        assert!(peers.iter().any(|known| known.key == *peer), "{peer} is in no list");
        *seen.entry((peer, rule)).or_default() += 1;
        for code in ours {
            assert!(pages.iter().any(|page| page.code == code), "{peer} {rule}: there is no rule {code}");
        }
        assert_eq!(
            ours.is_empty(),
            !looks_for.is_empty(),
            "{peer} {rule}: either here, or what it looks for"
        );
    }
    assert!(seen.values().all(|count| *count == 1), "a rule stands twice: {seen:?}");
    let document = &*DOCUMENT;
    for Theirs { peer, rule, ours, .. } in theirs.iter().filter(|theirs| theirs.peer != "gitleaks") {
        let is_missing =
            document.contains(&format!("- `{rule}`")) || document.contains(&format!(", `{rule}`"));
        assert!(is_missing || !ours.is_empty(), "{peer} {rule} is nowhere");
    }
    for rule in rules::ALL {
        let row = format!("\n| [`{}`](", rule.code);
        assert_eq!(document.matches(&row).count(), 1, "{} has no row of its own", rule.code);
    }
}
