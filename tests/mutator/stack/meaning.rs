//! Statements that are right one by one and wrong together, or lacking.

use stackc::schema::{Kind, Word};

use super::index::{Good, Of, Site, reaches};
use super::{StackEntry, entry};
use crate::mutator::edit::Edit;
use crate::mutator::run::Class;
use crate::property::mutation::Numbers;

pub(super) const ENTRIES: &[StackEntry] = &[
    entry("services that wait for each other", Class::Ordinary, cycle),
    entry("two mounts at one path", Class::Ordinary, mounts),
    entry("two routes that match the same", Class::Ordinary, routes),
    entry("a secret in a text", Class::Ordinary, secret_in_text),
    entry("a secret in an argument", Class::Ordinary, secret_in_argument),
    entry("a secret in the environment", Class::Ordinary, secret_in_environment),
    entry("a secret in an image", Class::Ordinary, secret_in_layer),
    entry("statements that exclude each other", Class::Ordinary, conflict),
    entry("a statement that cannot be done without", Class::Ordinary, missing),
    entry("waiting for a health that nobody tells", Class::Ordinary, no_health),
    entry("requests to where nobody listens", Class::Ordinary, target),
    entry("an export of what is no secret", Class::Ordinary, export),
    entry("an input where nothing expands it", Class::Ordinary, input),
    entry("waiting twice, or answering twice for a host", Class::Ordinary, twice),
    entry("an exception that is none", Class::Ordinary, allow),
];

/// Reported at one of the two: each of them is right without the other.
fn cycle(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let edges = good.edges();
    let mut edits = Vec::new();
    for (from, to, needs) in &edges {
        let (waiting, other) = (&good.sites[*from], &good.sites[*to]);
        let needs = &good.sites[*needs];
        let others: Vec<_> = edges.iter().filter(|edge| (edge.0, edge.1) != (*from, *to)).copied().collect();
        if reaches(&others, *from, *to) || !good.is_tall(other) {
            continue;
        }
        let name = waiting.args()[0].as_word().unwrap();
        let edit = good.added_in(other, &["needs-cycle"], &format!("needs {name} started"));
        let edit = edit.at(needs.words().start).needs(needs.words()).many();
        edits.push(edit.needs(waiting.words()).needs(other.words()).alone("adding a `needs`"));
    }
    edits
}

fn mounts(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in good.sites.iter().filter(|site| matches!(site.id(), "mount" | "tmpfs") && good.is_alone(site))
    {
        let Some(path) = site.slot("container-path").and_then(|arg| arg.as_word()) else { continue };
        let line = numbers.pick(&[format!("tmpfs {path}"), format!("mount ./other at {path}/")]).clone();
        edits.push(good.added_after(site, &["duplicate-mount"], &line).needs(site.whole()));
    }
    edits
}

fn routes(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let is_route =
        |site: &&Site<'_>| site.slot("uri").is_some() && site.kind == Kind::Site && good.is_alone(site);
    let flat = good.sites.iter().filter(is_route).filter(|site| !good.text[site.whole()].contains('\n'));
    flat.map(|site| {
        good.added_after(site, &["duplicate-route"], &good.text[site.whole()]).needs(site.whole())
    })
    .collect()
}

/// The secrets with their declarations. What only builds can use is refused whatever it is written into.
fn secrets<'g>(good: &'g Good<'_>) -> Vec<(&'g str, std::ops::Range<usize>)> {
    let secrets = good.names.iter().filter(|name| name.of == Of::Secret);
    let declared = secrets.map(|name| (name.text, good.sites[name.site].whole()));
    declared.filter(|(_, declared)| !good.text[declared.clone()].contains("{ ssh-")).collect()
}

fn secret_in_text(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let secrets = secrets(good);
    let mut edits = Vec::new();
    for (at, site) in good.rows("labels") {
        let of_service = good.container_of(at) == site.parent;
        if of_service && good.is_tall(site) && !secrets.is_empty() {
            let (name, declared) = numbers.pick(&secrets);
            let line = format!("com.example.key secret.{name}");
            edits.push(good.added_in(site, &["secret-in-text"], &line).needs(declared.clone()));
        }
    }
    for (_, site) in good.rows("service").filter(|(_, site)| good.is_tall(site)) {
        if let Some((name, declared)) = secrets.first() {
            let line = format!("labels {{ com.example.leak \"key ${{secret.{name}}}\" }}");
            edits.push(good.added_in(site, &["secret-in-text"], &line).needs(declared.clone()));
        }
    }
    edits
}

fn secret_in_argument(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let secrets = secrets(good);
    let mut edits = Vec::new();
    for site in &good.sites {
        let words =
            matches!(site.id(), "command" | "health-exec" | "entrypoint") && site.kind == Kind::Service;
        if words && !secrets.is_empty() && !good.text[site.words()].contains('[') {
            let (name, declared) = numbers.pick(&secrets);
            let end = site.words().end;
            let more = format!(" --key=${{secret.{name}}}");
            let edit = good.wrong(site, &["secret-in-argument"], end..end, more).at(end - 1);
            edits.push(edit.needs(declared.clone()));
        }
    }
    edits
}

/// Tall blocks of variables, those of containers or those of builds.
fn envs<'g>(good: &'g Good<'_>, of: Kind) -> impl Iterator<Item = &'g Site<'g>> {
    good.rows("env").map(|(_, site)| site).filter(move |site| site.kind == of && good.is_tall(site))
}

fn secret_in_environment(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let secrets = secrets(good);
    let mut edits = Vec::new();
    for site in envs(good, Kind::Service) {
        if let Some((name, declared)) = secrets.get(numbers.below(secrets.len())) {
            let line = *numbers.pick(&["LEAK secret.NAME", "LEAK \"key: ${secret.NAME}\""]);
            let line = line.replace("NAME", name);
            edits.push(good.added_in(site, &["secret-in-environment"], &line).needs(declared.clone()));
        }
    }
    edits
}

fn secret_in_layer(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let secrets = secrets(good);
    let mut edits = Vec::new();
    for (at, site) in good.sites.iter().enumerate() {
        // Steps are refused beside a Dockerfile that is kept.
        let kept = good.children(at).any(|(_, child)| child.id() == "dockerfile");
        if !matches!(site.id(), "build" | "stage") || !good.is_tall(site) || kept {
            continue;
        }
        if let Some((name, declared)) = secrets.get(numbers.below(secrets.len())) {
            let line = *numbers.pick(&[
                "run \"curl -H 'Key: ${secret.NAME}' example.org\"",
                "arg LEAK ${secret.NAME}",
                "env { LEAK secret.NAME }",
                "labels { leak secret.NAME }",
            ]);
            let line = line.replace("NAME", name);
            edits.push(good.added_in(site, &["secret-in-layer"], &line).needs(declared.clone()));
        }
    }
    edits
}

/// Reported at one of the two.
fn conflict(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut both = |site: &Site<'_>, added: &str, other: &Site<'_>| {
        if good.is_tall(site) {
            let edit = good.added_in(site, &["conflict"], added).at(other.words().start);
            edits.push(edit.needs(site.words()));
        } else if let Some(block) = site.block() {
            let at = block.open.end as usize;
            let edit = good.wrong(site, &["conflict"], at..at, format!(" {added};"));
            edits.push(edit.takes(site.whole()));
        }
    };
    for site in &good.sites {
        let Some(parent) = site.parent.map(|parent| &good.sites[parent]) else { continue };
        match site.id() {
            "secret-file" => both(parent, "env OTHER", site),
            "secret-env" => both(parent, "file ./secrets/other", site),
            "input-default" => both(parent, "required", site),
            "return" => both(parent, "websocket", site),
            _ => {}
        }
    }
    for site in good.sites.iter().filter(|site| matches!(site.id(), "proxy-to" | "static-artifact" | "spa")) {
        both(site, "return 204", site);
    }
    edits
}

/// Rows without which the block they stand in is reported.
const INDISPENSABLE: &[&str] =
    &["image", "image-of", "build", "base", "return", "secret-file", "secret-env", "location-proxy"];

/// Reported where what lacks it begins.
fn missing(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let lacking = match site.id() {
            // nginx's own words may say what it serves.
            "site" => {
                let others = |id: &str| {
                    good.children(site.parent.unwrap()).filter(|(_, other)| other.id() == id).count()
                };
                let words = good
                    .children(site.parent.unwrap())
                    .filter(|(_, other)| matches!(other.head(), "http" | "stream" | "mail" | "include"));
                others("site") == 1 && others("raw-nginx") == 0 && words.count() == 0
            }
            id => INDISPENSABLE.contains(&id),
        };
        let Some(parent) = site.parent.map(|parent| &good.sites[parent]) else { continue };
        let is_beside = |id: &str| good.children(site.parent.unwrap()).any(|(_, other)| other.id() == id);
        // What is built may have a name.
        let is_other =
            site.id() == "image" && is_beside("build") || site.id() == "build" && is_beside("image");
        // An `if` of nginx may be empty, and what is taken over may bring an image.
        let is_free = site.id() == "location-proxy" && parent.id() != "route";
        let takes_over =
            good.children(site.parent.unwrap()).any(|(_, other)| matches!(other.head(), "like" | "with"));
        if !lacking || is_other || is_free || takes_over {
            continue;
        }
        // What its name stands for, or what is in it, is used elsewhere.
        let codes = ["missing-statement"];
        // Other directives of nginx may answer.
        let is_word = |other: &Site<'_>| matches!(other.row.map(|row| row.word), Some(Word::Nginx(..)));
        if parent.id() == "route" && good.children(site.parent.unwrap()).any(|(_, other)| is_word(other)) {
            continue;
        }
        if good.is_alone(site) && good.is_tall(parent) {
            // Nor may anything be added, which could be meant as it.
            let first = good.next_line(parent.block().unwrap().open.start as usize);
            let raw = good.children(site.parent.unwrap()).filter(|(_, other)| other.id().starts_with("raw"));
            let edit = good.left_out(site, &codes).takes(first..first);
            edits.push(raw.fold(edit, |edit, (_, raw)| edit.needs(raw.whole())));
        } else if good.children(site.parent.unwrap()).count() == 1 {
            let edit = Edit::new(&codes).replace(site.whole(), "").at(parent.words().start);
            edits.push(edit.takes(parent.whole()));
        }
    }
    edits
}

/// Where it is left out of a service, every one that waits for it says so.
fn no_health(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for name in good.names.iter().filter(|name| name.of == Of::Service) {
        let service = &good.sites[name.site];
        let health = good.children(name.site).find(|(_, site)| site.head() == "health");
        let waiting: Vec<&Site<'_>> = name
            .uses
            .iter()
            .map(|one| &good.sites[one.site])
            .filter(|site| site.id() == "needs" && good.text[site.words()].contains("healthy"))
            .collect();
        let image = good.children(name.site).find(|(_, child)| child.id() == "image");
        let known =
            image.is_some_and(|(_, image)| good.text[image.words()].contains("postgres")) && !good.plain;
        // What it takes over may have a health check, and under `plain` one of an image that nobody knows is believed in.
        let is_known_whole =
            !good.children(name.site).any(|(_, child)| matches!(child.head(), "like" | "with"));
        let known = known || !is_known_whole || (good.plain && image.is_some());
        if let (Some((_, health)), false, false) = (health, waiting.is_empty(), known)
            && good.is_alone(health)
        {
            let lines = good.line_start(health.whole().start)..good.next_line(health.whole().end - 1);
            let mut edit = Edit::new(&["needs-no-health"]).replace(lines, "").many().takes(service.words());
            for (_, child) in good
                .children(name.site)
                .filter(|(_, child)| matches!(child.head(), "image" | "build" | "command"))
            {
                edit = edit.needs(child.whole());
            }
            // It may be built by one of these.
            for described in good.sites.iter().filter(|site| site.id() == "dockerfile-file") {
                edit = edit.needs(described.whole());
            }
            for site in waiting {
                edit = edit.at(site.words().start).needs(site.words());
            }
            edits.push(edit);
        }
        // What it shares, and raw text, may tell of one.
        let may_tell = ["image-of", "raw-compose"];
        let runs = good.children(name.site).any(|(_, site)| matches!(site.id(), "image" | "build"));
        let told = known || !runs || good.children(name.site).any(|(_, site)| may_tell.contains(&site.id()));
        if health.is_none() && !told && name.uses.is_empty() && service.id() == "service" {
            for (number, other) in good.rows("service").filter(|(_, other)| good.is_tall(other)) {
                if other.whole() != service.whole() && !good.waits_for(name.site, number) {
                    let edit =
                        good.added_in(other, &["needs-no-health"], &format!("needs {} healthy", name.text));
                    let known = good
                        .children(name.site)
                        .filter(|(_, child)| matches!(child.head(), "image" | "build" | "command"));
                    let described = good.sites.iter().filter(|site| site.id() == "dockerfile-file");
                    let parts = known.map(|(_, child)| child).chain(described);
                    let edit = parts.fold(edit, |edit, part| edit.needs(part.whole()));
                    let first = good.next_line(service.block().unwrap().open.start as usize);
                    // Nor may anything be added in it, which could be meant as the command.
                    edits.push(edit.takes(service.words()).takes(first..first).alone("adding a `needs`"));
                }
            }
        }
    }
    edits
}

fn target(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for name in good.names.iter().filter(|name| name.of == Of::Service) {
        let Some((_, listen)) = good.children(name.site).find(|(_, site)| site.id() == "listen") else {
            continue;
        };
        for one in &name.uses {
            let site = &good.sites[one.site];
            let is_short = !good.text[site.words()].contains(" as ");
            if matches!(site.id(), "proxy-to" | "location-proxy") && site.slot("port").is_none() && is_short {
                let end = site.words().end;
                let edit = good.wrong(site, &["proxy-target"], end..end, " port 9").at(end - 1);
                edits.push(edit.needs(listen.words()).takes(good.sites[name.site].words()));
            }
        }
    }
    edits
}

fn export(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in good.sites.iter().filter(|site| site.kind == Kind::Env) {
        let plain = !good.text[site.words()].contains("secret.") && site.args().len() == 1;
        if plain {
            let end = site.words().end;
            edits.push(good.wrong(site, &["secret-export"], end..end, " exported").at(end - 1));
        }
        // `$${` is no reference: nothing is left to export.
        if good.text[site.words()].contains("exported") && good.text[site.words()].contains("${") {
            let at = site.words().start + good.text[site.words()].find("${secret").unwrap();
            if good.text[site.words()].matches("${secret").count() == 1 {
                edits.push(good.wrong(site, &["secret-export"], at..at, "$"));
            }
        }
    }
    edits
}

fn input(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let inputs: Vec<_> = good.names.iter().filter(|name| name.of == Of::Input).collect();
    let mut edits = Vec::new();
    for (_, site) in good.rows("site").filter(|(_, site)| good.is_tall(site)) {
        if let Some(name) = inputs.get(numbers.below(inputs.len())) {
            let line =
                numbers.pick(&["add_header X-Input ${input.NAME}", "respond /input 200 \"${input.NAME}\""]);
            let line = line.replace("NAME", name.text);
            let edit = good.added_in(site, &["input-unsupported"], &line);
            edits.push(edit.needs(good.sites[name.site].whole()));
        }
    }
    edits
}

fn twice(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (_, site) in good.rows("needs").filter(|(_, site)| good.is_alone(site)) {
        let line = format!("needs {} started", site.args()[0].as_word().unwrap());
        let named = good
            .names
            .iter()
            .find(|name| name.of == Of::Service && Some(name.text) == site.args()[0].as_word());
        let declared = good.sites[named.unwrap().site].words();
        edits.push(good.added_after(site, &["duplicate-name"], &line).needs(site.words()).needs(declared));
    }
    for (at, site) in good.rows("site").filter(|(_, site)| good.is_tall(site)) {
        let listen =
            good.children(at).find(|(_, child)| child.id() == "site-listen").map(|(_, child)| child.whole());
        let listens = listen.clone().map_or(String::new(), |listen| format!("{}; ", &good.text[listen]));
        let line = format!("site {} {{ {listens}respond / 204 }}", site.args()[0].as_word().unwrap());
        let edit = good.added_after(site, &["duplicate-name"], &line).needs(site.words());
        edits.push(listen.into_iter().fold(edit, Edit::needs));
    }
    edits
}

fn allow(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (_, site) in good.rows("service").filter(|(_, site)| good.is_tall(site)) {
        let (line, code) = *numbers.pick(&[
            ("allow port-clsh \"the other stack is stopped first\"", "unknown-name"),
            ("allow image-unknwon \"it is so\"", "unknown-name"),
            ("allow port-clash \"\"", "wrong-type"),
            ("allow port-clash", "wrong-arguments"),
        ]);
        edits.push(good.added_in(site, &[code], line));
    }
    edits
}
