//! What compiles and will go wrong all the same: mistakes that rules find.

use stackc::schema::Kind;

use super::index::{Good, Site};
use super::{StackEntry, entry};
use crate::mutator::edit::Edit;
use crate::mutator::run::Class;
use crate::property::mutation::Numbers;

pub(super) const ENTRIES: &[StackEntry] = &[
    entry("a port of the host taken twice", Class::Rule, port),
    entry("a password as plain text", Class::Rule, literal),
    entry("a password in a URL", Class::Rule, url),
    entry("a declaration that nobody uses", Class::Rule, unused),
    entry("an exception that is of no use", Class::Rule, allow),
    entry("an image that nothing is known of", Class::Rule, image),
    entry("files without a content type", Class::Rule, kinds),
    entry("a mount that shows secrets", Class::Rule, mount),
    entry("a step that prints a secret", Class::Rule, logged),
    entry("a text that looks like a reference", Class::Rule, reference),
];

/// Reported at the second of the two, and which that is depends on the order of the services.
fn port(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    // What another service is like publishes for that one, too: the port would be taken three times.
    for (site, arg) in good.slots("mapping") {
        let Some((host, _)) = arg.as_word().and_then(|word| word.rsplit_once(':')) else { continue };
        for (_, other) in
            good.rows("service").filter(|(_, other)| good.is_tall(other) && !good.is_copied(other))
        {
            let protocol = if arg.as_word().unwrap().ends_with("/udp") { "/udp" } else { "" };
            let edit = good.added_in(other, &["port-clash"], &format!("publish {host}:9{protocol}"));
            // A third one would be reported twice, or not where it is.
            edits.push(edit.at(site.words().start).takes(site.words()));
        }
    }
    edits
}

fn envs(good: &Good<'_>, line: &str, code: &'static str) -> Vec<Edit> {
    let tall = good.rows("env").filter(|(_, site)| site.kind == Kind::Service && good.is_tall(site));
    tall.map(|(_, site)| good.added_in(site, &[code], line)).collect()
}

fn literal(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    envs(good, "ADMIN_PASSWORD hunter2", "secret-literal")
}

fn url(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    envs(good, "BROKER_URL \"amqp://shop:hunter2@broker/\"", "secret-url")
}

fn reference(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    envs(good, "SEARCH_HOST kubernetes.host", "reference-undeclared")
}

fn unused(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let top =
        good.sites.iter().enumerate().filter(|(_, site)| site.kind == Kind::File && good.is_alone(site));
    top.map(|(at, site)| {
        let (line, code) = *numbers.pick(&[
            ("volume nobody", "unused-name"),
            ("network nobody", "unused-name"),
            ("input nobody { default x }", "unused-name"),
            ("secret nobody { file ./secrets/nobody }", "secret-unused"),
        ]);
        good.added_after(site, &[code], &line.replace("nobody", &format!("nobody{at}")))
    })
    .collect()
}

fn allow(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let tall = good.sites.iter().filter(|site| matches!(site.id(), "service" | "proxy" | "build" | "site"));
    tall.filter(|site| good.is_tall(site))
        .map(|site| good.added_in(site, &["allow-unused"], "allow secret-copied \"there is none to copy\""))
        .collect()
}

fn image(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (_, site) in good.rows("read_only").filter(|(_, site)| good.is_alone(site) && !good.plain) {
        let image = good.children(site.parent.unwrap()).find(|(_, child)| child.id() == "image");
        if let Some((_, image)) = image {
            let lines = good.line_start(site.words().start)..good.next_line(site.words().end);
            let edit = Edit::new(&["image-unknown"]).replace(lines, "").at(image.words().start);
            edits.push(edit.needs(image.words()));
        }
    }
    edits
}

fn kinds(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let rows = good.rows("kinds").filter(|_| !good.plain);
    rows.map(|(_, site)| {
        let end = site.words().end;
        good.wrong(site, &["mime-missing"], end..end, " zzq").at(end - 1)
    })
    .collect()
}

fn mount(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let file = good.rows("secret-file").next();
    // It is told of every service that shows them, also of those that are like this one.
    let is_fit = |site: &Site<'_>| good.is_tall(site) && file.is_some() && !good.is_copied(site);
    let tall = good.rows("service").filter(|(_, site)| is_fit(site));
    tall.map(|(_, site)| good.added_in(site, &["secret-mounted"], "mount ./ at /srv/project")).collect()
}

fn logged(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, site) in good.rows("run") {
        let secret =
            good.children(at).find(|(_, child)| child.id() == "run-secret" && child.block().is_none());
        if let Some((_, secret)) = secret {
            let name = format!("/run/secrets/{}", secret.args()[0].as_word().unwrap());
            let path = secret.slot("container-path").and_then(|arg| arg.as_word()).unwrap_or(&name);
            let text = format!("\"cat {path} && npm ci\"");
            let edit = good.wrong(site, &["secret-logged"], site.args()[0].span.range(), text);
            edits.push(edit.takes(site.whole()));
        }
    }
    edits
}
