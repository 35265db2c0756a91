//! Names: declared twice, renamed in one place, unknown, or with a part that they do not have.

use stackc::schema::Kind;

use super::index::{Good, Name, Of};
use super::syntax::is_strict;
use super::{StackEntry, entry};
use crate::mutator::edit::{Edit, misspelt};
use crate::mutator::run::Class;
use crate::property::mutation::Numbers;

pub(super) const ENTRIES: &[StackEntry] = &[
    entry("a declaration renamed", Class::Ordinary, declaration),
    entry("a use misspelt", Class::Ordinary, uses),
    entry("a name that nothing declares", Class::Ordinary, unknown),
    entry("a part that the thing does not have", Class::Ordinary, part),
    entry("a name declared twice", Class::Ordinary, twice),
    entry("a variable or label twice", Class::Ordinary, pair_twice),
];

const UNKNOWN: &[&str] = &["unknown-name", "unknown-part"];

/// Another name that nothing of the kind has.
fn another(good: &Good<'_>, name: &Name<'_>, numbers: &mut Numbers) -> Option<String> {
    let wrong = misspelt(name.text, numbers);
    let taken = good.names.iter().any(|other| other.text == wrong);
    let plain = wrong.starts_with(|c: char| c.is_ascii_alphabetic());
    (!taken && plain && wrong != name.text).then_some(wrong)
}

/// Reported wherever the old name is used: which of the two is meant, nobody can tell.
fn declaration(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for name in good.names.iter().filter(|name| !name.uses.is_empty()) {
        let site = &good.sites[name.site];
        let new =
            if numbers.once_in(3) { Some(format!("{}2", name.text)) } else { another(good, name, numbers) };
        let Some(new) = new else { continue };
        let mut edit = Edit::new(UNKNOWN).replace(name.at.clone(), new).takes(site.words()).many();
        for one in &name.uses {
            edit = edit.at(one.at.start).needs(good.sites[one.site].words());
        }
        // Of a service that could not be read, or whose build could not, nobody knows what it provides.
        if let Of::Artefact(owner) = name.of {
            let build = site.parent.map(|parent| good.sites[parent].words());
            edit = edit.takes(good.sites[owner].words()).needs(build.unwrap());
        }
        edits.push(edit);
    }
    edits
}

fn uses(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for name in &good.names {
        for one in &name.uses {
            if let Some(wrong) = another(good, name, numbers) {
                let site = &good.sites[one.site];
                let edit = good.wrong(site, UNKNOWN, one.at.clone(), wrong);
                // Of an artefact of a service that could not be read nothing is known.
                let owner = match name.of {
                    Of::Artefact(owner) => good.sites[owner].words(),
                    _ => good.sites[name.site].words(),
                };
                edits.push(edit.takes(owner).needs(good.sites[name.site].words()));
            }
        }
    }
    edits
}

fn unknown(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in good.sites.iter().filter(|site| good.is_tall(site)) {
        let line = match (site.id(), site.row.and_then(|row| row.block.kind())) {
            ("service", _) => {
                *numbers.pick(&["needs kubernetes started", "mount nowhere at /nowhere", "network nowhere"])
            }
            ("site", _) => {
                *numbers.pick(&["proxy /nowhere/ to kubernetes", "static /nowhere/ from kubernetes.files"])
            }
            ("build", _) if good.text[site.whole()].contains("dockerfile docker/") => continue,
            ("build", _) => "copy /a to /b from kubernetes",
            (_, Some(Kind::Env)) if good.sites[site.parent.unwrap()].id() == "service" => *numbers.pick(&[
                "EXTRA_KEY_FILE secret.kubernetes.path",
                "EXTRA ${input.KUBERNETES}",
                "EXTRA http://${kubernetes.host}/",
            ]),
            _ => continue,
        };
        // A declaration whose name could not be read may be the one that is missing.
        let edit = good.added_in(site, UNKNOWN, line);
        edits.push(good.names.iter().fold(edit, |edit, name| edit.needs(good.sites[name.site].words())));
    }
    edits
}

fn part(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for name in good.names.iter().filter(|name| matches!(name.of, Of::Service | Of::Secret)) {
        for one in &name.uses {
            let rest = &good.text[one.at.end..];
            for (part, wrong) in
                [(".host", ".hots"), (".port", ".prt"), (".path", ".pth"), (".path", ".file")]
            {
                if rest.starts_with(part) && numbers.once_in(2) {
                    let at = one.at.end..one.at.end + part.len();
                    let edit = good.wrong(&good.sites[one.site], UNKNOWN, at, wrong);
                    edits.push(edit.needs(good.sites[name.site].words()));
                }
            }
        }
    }
    edits
}

/// The second of the two is reported, whichever was there first.
fn twice(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for name in &good.names {
        let site = &good.sites[name.site];
        let copy = match name.of {
            Of::Service => format!("service {} {{ image nginx:1.30 }}", name.text),
            Of::Stage(_) => format!("stage {} {{ base python:3.14-slim }}", name.text),
            Of::Artefact(_) => format!("provides {} at /app/other", name.text),
            _ => format!("{} {} {}", site.head(), name.text, block_of(site.head())),
        };
        if !good.is_alone(site) {
            continue;
        }
        if numbers.once_in(2) {
            edits.push(good.added_after(site, &["duplicate-name"], copy.trim_end()).needs(site.words()));
        } else {
            let at = good.line_start(site.whole().start);
            let line = format!("{}{}\n", good.indent(site), copy.trim_end());
            let edit = Edit::new(&["duplicate-name"]).insert(at, line).at(site.words().start);
            edits.push(edit.takes(site.words()));
        }
    }
    edits
}

fn block_of(head: &str) -> &'static str {
    match head {
        "secret" => "{ file ./secrets/other }",
        "input" => "{ default other }",
        "group" => "{ restart no }",
        _ => "",
    }
}

fn pair_twice(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    // What stands twice in a table is for nginx to say.
    let pairs = good.sites.iter().filter(|site| {
        site.kind.is_pairs() && site.kind != Kind::Table && good.is_alone(site) && !good.is_tall(site)
    });
    pairs
        .map(|site| {
            let line = if is_strict(site.kind) {
                format!("{} other", site.head())
            } else {
                good.text[site.whole()].to_owned()
            };
            good.added_after(site, &["duplicate-name"], &line).needs(site.whole())
        })
        .collect()
}
