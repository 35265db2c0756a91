//! Values that are not of the type that their slot asks for.

use stackc::schema::Word;
use stackc::vocabulary::compose::{Form, Scalar, forms};
use stackc::vocabulary::nginx::Slot;

use super::index::{Good, Site};
use super::{StackEntry, entry};
use crate::mutator::edit::Edit;
use crate::mutator::run::Class;
use crate::property::mutation::Numbers;

pub(super) const ENTRIES: &[StackEntry] = &[
    entry("a port that is none", Class::Ordinary, |g, n| of(g, n, "port", PORTS)),
    entry("a mapping that is none", Class::Ordinary, |g, n| of(g, n, "mapping", MAPPINGS)),
    entry("a duration that is none", Class::Ordinary, |g, n| of_rows(g, n, "duration", DURATIONS, is_own)),
    entry("a size that is none", Class::Ordinary, |g, n| of_rows(g, n, "size", SIZES, is_own)),
    entry("a path in a container that is not absolute", Class::Ordinary, |g, n| {
        // In another image a path that is not absolute begins at its root, and a step may mount relative to its folder.
        of_rows(g, n, "container-path", PATHS, |site| {
            !site.id().starts_with("copy") && !site.id().contains("bind")
        })
    }),
    entry("an image that is none", Class::Ordinary, images),
    entry("a domain that is none", Class::Ordinary, |g, n| of(g, n, "domain", DOMAINS)),
    entry("a name of a variable that is none", Class::Ordinary, variables),
    entry("a status or a path of a URL that is none", Class::Ordinary, answers),
    entry("a number, an extension or a package that is none", Class::Ordinary, scalars),
    entry("a name that may not be one", Class::Ordinary, names),
    entry("a path that leads out", Class::Ordinary, outside),
    entry("values separated by commas", Class::Ordinary, commas),
    entry("a value that a key of compose does not take", Class::Ordinary, of_compose),
    entry("a value that a directive of nginx does not take", Class::Ordinary, of_nginx),
    entry("raw text that its reader refuses", Class::Ordinary, raw),
];

const PORTS: &[&str] = &["70000", "0", "http", "8000/tcp", "-1", "80.5"];
const MAPPINGS: &[&str] =
    &["8080", "80:99999", "web:80", "53:53/sctp", "8000-8010:80", "80:80:80", "300.0.0.1:80:80"];
const DURATIONS: &[&str] = &["7q", "5", "-1s", "soon", "1..5m", "5sec"];
const SIZES: &[&str] = &["25x", "m", "1.5g", "-1m", "big"];
const PATHS: &[&str] = &["app/media", "./media", "media/", "../up", "~/media"];
const IMAGES: &[&str] =
    &["Nginx:1.30", "nginx:", ":1.30", "nginx@1.30", "https://example.org/nginx", "my_Image/x:1"];
const DOMAINS: &[&str] =
    &["http://example.org", "example..org", "example.org/", "example.org:80", "exa_mple.org."];

/// The slots of one type, each with one of the wrong values.
fn of(good: &Good<'_>, numbers: &mut Numbers, types: &str, wrong: &[&str]) -> Vec<Edit> {
    of_rows(good, numbers, types, wrong, |_| true)
}

/// Whether it is a sentence of the language's own: in other words a type may have other values.
fn is_own(site: &Site<'_>) -> bool {
    matches!(site.row.map(|row| row.word), Some(Word::Own))
}

/// The same, in some rows.
fn of_rows(
    good: &Good<'_>,
    numbers: &mut Numbers,
    types: &str,
    wrong: &[&str],
    rows: fn(&Site<'_>) -> bool,
) -> Vec<Edit> {
    let found = good.slots(types).filter(|(site, arg)| arg.as_word().is_some() && rows(site));
    found
        .map(|(site, arg)| good.wrong(site, &["wrong-type"], arg.span.range(), *numbers.pick(wrong)))
        .collect()
}

fn images(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = of(good, numbers, "image", IMAGES);
    edits.extend(of(good, numbers, "image|stage", IMAGES));
    edits
}

/// In `pass`, `arg` and secrets, and before the values of `env`.
fn variables(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = of(good, numbers, "env-name", &["A=B", "\"MY KEY\"", "''"]);
    for site in &good.sites {
        let is_variable = site.kind == stackc::schema::Kind::Env;
        if is_variable {
            let wrong = *numbers.pick(&["\"MY KEY\"", "A=B", "'it''s'", "\"\""]);
            let codes: &[&'static str] =
                if wrong.contains("''s") { &["glued-text"] } else { &["wrong-type"] };
            edits.push(good.wrong(site, codes, site.head_range(), wrong));
        }
    }
    edits
}

fn answers(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = of(good, numbers, "status", &["99", "600", "ok", "4O4", "-1"]);
    for (site, arg) in good.slots("uri") {
        let regular = site.id() == "route" && good.text[site.words()].contains('~');
        if !regular && arg.as_word().is_some() {
            let wrong = *numbers.pick(&["static/", "\"\"", "http://example.org/", "a"]);
            edits.push(good.wrong(site, &["wrong-type"], arg.span.range(), wrong));
        }
    }
    edits.extend(of(good, numbers, "url", &["example.org/new", "new", "ftp://example.org/"]));
    edits.extend(of(good, numbers, "time", &["7q", "soon", "d", "1.5h"]));
    edits
}

fn scalars(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = of_rows(good, numbers, "number", &["five", "-1", "1.5", "5x"], is_own);
    edits.extend(of(good, numbers, "whole-number", &["five", "1.5", "5x"]));
    edits.extend(of(good, numbers, "extension", &[".css", "CSS", "*.css", "a/b"]));
    edits.extend(of(good, numbers, "mime-type", &["text", "css", "text/"]));
    edits.extend(of(good, numbers, "package", &["-y", "Lib!", "\"a b\""]));
    edits.extend(of(good, numbers, "port-range", &["9000-8000", "x", "70000", "80-"]));
    edits
}

/// What refers to the name is not reported as well.
fn names(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let declared = good.names.iter();
    declared
        .map(|name| {
            let site = &good.sites[name.site];
            let bad = match numbers.below(3) {
                0 => format!("{}!", name.text),
                1 => format!("-{}", name.text),
                _ => format!("{}/{}", name.text, name.text),
            };
            good.wrong(site, &["wrong-type"], name.at.clone(), bad)
        })
        .collect()
}

fn outside(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let slot = match site.id() {
            "copy" => "context-path",
            "source" | "dockerfile" | "files" => "host-path",
            _ => continue,
        };
        if let Some(arg) = site.slot(slot) {
            let wrong = *numbers.pick(&["/etc", "/srv/files"]);
            edits.push(good.wrong(site, &["path-outside"], arg.span.range(), wrong));
        }
    }
    edits
}

/// `publish 80:80, 81:81`: the comma belongs to the word before it.
fn commas(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let Some(row) = site.row else { continue };
        let types = row.parsed().slot_types();
        let typed = ["mapping", "port", "domain", "extension", "port-range", "network", "package"];
        for pair in site.slots.windows(2) {
            let [(slot, arg), (next, _)] = pair else { continue };
            let in_list = good.text[site.words()].contains('[');
            if slot == next && types.len() == 1 && typed.contains(slot) && !in_list {
                let end = arg.span.end as usize;
                edits.push(good.wrong(site, &["wrong-type", "unknown-name"], end..end, ","));
            }
        }
    }
    edits
}

/// Words that no key with a closed type takes.
fn of_compose(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let Some(Word::Compose(key)) = site.row.map(|row| row.word) else { continue };
        let closed = |scalar: &Scalar| {
            matches!(
                scalar,
                Scalar::Integer
                    | Scalar::Number
                    | Scalar::Duration
                    | Scalar::Size
                    | Scalar::Ip
                    | Scalar::Subnet
                    | Scalar::Mac
                    | Scalar::Enum(_)
            )
        };
        let is_closed = !key.scalars.is_empty() && key.scalars.iter().all(closed);
        if matches!(key.form, Form::Value | Form::Words) && is_closed {
            for arg in site.args() {
                let wrong = *numbers.pick(&["maybe", "x1", "\"\"", "'5 apples'"]);
                edits.push(good.wrong(site, &["wrong-type"], arg.span.range(), wrong));
            }
        }
        let takes_text = forms(key.group, key.name).any(|form| form.form == Form::Value);
        if key.form == Form::Flag && !takes_text {
            let wrong = *numbers.pick(&["maybe", "1", "yes"]);
            edits.push(good.wrong(site, &["wrong-type"], site.args()[0].span.range(), wrong));
        }
    }
    edits
}

/// Words that no directive with such a slot takes.
fn of_nginx(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let Some(Word::Nginx(directive, _)) = site.row.map(|row| row.word) else { continue };
        for (index, arg) in site.args().iter().enumerate() {
            let closed = !matches!(directive.slot(index), Slot::Bitmask(_) | Slot::Word);
            if closed && arg.as_word().is_some() {
                let wrong = *numbers.pick(&["maybe", "5x5", "-", "'on off'"]);
                edits.push(good.wrong(site, &["wrong-type", "wrong-arguments"], arg.span.range(), wrong));
            }
        }
    }
    edits
}

/// A `raw` statement more, whose text its own reader refuses.
fn raw(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (number, site) in good.sites.iter().enumerate().filter(|(_, site)| good.is_tall(site)) {
        // Beside a Dockerfile that is kept there are no steps.
        if site.id() == "build" && good.children(number).any(|(_, child)| child.head() == "dockerfile") {
            continue;
        }
        let (line, code) = match site.id() {
            "proxy" | "site" | "route" => *numbers.pick(&[
                ("raw nginx 'gzip on'", "nginx-missing-semicolon"),
                ("raw nginx 'types { text/css css;'", "nginx-unclosed-block"),
                ("raw nginx 'gzip on; }'", "nginx-stray-brace"),
                ("raw nginx 'set $a \"b;'", "nginx-unclosed-quote"),
            ]),
            "service" | "volume" | "network" => *numbers.pick(&[
                ("raw compose 'x-a: [b, c'", "yaml-unclosed-bracket"),
                ("raw compose 'x-a: \"b'", "yaml-unclosed-quote"),
                ("raw compose 'x-a: {b: 1, b: 2}'", "yaml-duplicate-key"),
            ]),
            "build" | "stage" => *numbers.pick(&[
                ("raw dockerfile 'RUNN make'", "docker-unknown-instruction"),
                ("raw dockerfile 'COPY --form=a b c'", "docker-bad-flag"),
                ("raw dockerfile 'EXPOSE'", "docker-missing-arguments"),
            ]),
            _ => continue,
        };
        edits.push(good.added_in(site, &[code], line));
    }
    edits
}
