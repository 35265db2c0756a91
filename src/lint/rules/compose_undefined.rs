//! # A name that nothing declares
//!
//! A service uses a network, a volume, a secret, a config or another service that no file of the project declares.
//! Compose refuses the whole project.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: postgres:18
//!     volumes:
//!       - data:/var/lib/postgresql
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
//!     volumes:
//!       - data:/var/lib/postgresql
//! volumes:
//!   data:
//! ```

use crate::diagnostic::nearest;
use crate::lint::edits::Edit;
use crate::lint::project::{compose, layout, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::{Compose, Declared, MountSource, Service};
use crate::source::Span;

pub(super) const CODE: &str = "compose-undefined";

/// A use of a name that must be declared.
struct Use<'a> {
    what: &'static str,
    name: &'a str,
    span: Span,
    /// The top-level key; `services` for services.
    under: &'static str,
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = compose(whole) else { return };
    for running in running(whole) {
        for used in uses(compose, running.service) {
            let declared = names(compose, used.under);
            if declared.contains(&used.name) || used.name.contains(['$', '{']) {
                continue;
            }
            report(whole, running.name(), &used, &declared, findings);
        }
    }
}

fn report(whole: &Whole<'_>, service: &str, used: &Use<'_>, declared: &[&str], findings: &mut Findings<'_>) {
    let Use { what, name, span, under } = used;
    let meant = nearest(name, declared.iter().copied());
    let here = meant.map_or("declared nowhere".to_owned(), |meant| format!("did you mean `{meant}`?"));
    let (title, edit) = match meant {
        Some(meant) => (format!("write `{meant}`"), renamed(whole, *span, name, meant)),
        None => (format!("declare `{name}`"), declaration(whole, name, under)),
    };
    let help = match *under {
        "services" => "name a service of the project, or remove it".to_owned(),
        under => format!("declare it at the top level, below `{under}:`"),
    };
    findings.push(
        findings
            .at(*span, format!("`{service}` uses {what} `{name}`, which is not declared"))
            .here(here)
            .note("compose refuses the whole project")
            .help(help)
            .may_unsafe_fix(title, edit.map(|edit| vec![edit])),
    );
}

/// Another name at the beginning of an entry.
fn renamed(whole: &Whole<'_>, span: Span, name: &str, meant: &str) -> Option<Edit> {
    let text = whole.sources.text(span);
    let rest = text.trim_start_matches(['"', '\'']).strip_prefix(name)?;
    let is_whole = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let start = span.range().end - rest.len() - name.len();
    is_whole.then(|| (Span::new(span.file, start, start + name.len()), meant.to_owned()))
}

/// A volume or a network of that name; a secret and a config need to be said where they come from.
fn declaration(whole: &Whole<'_>, name: &str, under: &str) -> Option<Edit> {
    let root = &compose(whole)?.root;
    if !matches!(under, "volumes" | "networks") {
        return None;
    }
    if let Some(declared) = root.get(under) {
        return layout::add_below(whole.sources, declared.key?, &format!("{name}:"));
    }
    let services = root.get("services")?.key?;
    let file = whole.sources.file(services.file);
    let is_outermost = services.start == 0 || file.text[..services.range().start].ends_with('\n');
    // In the place of the last sign, so that of two that would begin the same block one waits for the other.
    let text = file.text.trim_end();
    let (at, last) = text.char_indices().next_back()?;
    let end = Span::new(services.file, at, text.len());
    is_outermost.then(|| (end, format!("{last}\n{under}:\n  {name}:")))
}

fn names<'c>(compose: &'c Compose, under: &str) -> Vec<&'c str> {
    let declared: &[Declared] = match under {
        "services" => return compose.services.iter().map(|service| service.name.value.as_str()).collect(),
        "networks" => &compose.networks,
        "volumes" => &compose.volumes,
        "secrets" => &compose.secrets,
        _ => &compose.configs,
    };
    declared.iter().map(|declared| declared.name.value.as_str()).collect()
}

fn uses<'a>(compose: &Compose, service: &'a Service) -> Vec<Use<'a>> {
    let mut uses = Vec::new();
    let mut used = |what, name: &'a str, span, under| uses.push(Use { what, name, span, under });
    for network in service.networks.iter().filter(|network| network.name.value != "default") {
        used("the network", &network.name.value, network.name.span, "networks");
    }
    for mount in &service.mounts {
        // In version 1 a volume needs no declaration.
        if let MountSource::Volume(name) = &mount.source
            && !compose.is_v1
        {
            used("the volume", name, mount.span, "volumes");
        }
    }
    for grant in &service.grants {
        let (what, under) =
            if grant.is_secret { ("the secret", "secrets") } else { ("the config", "configs") };
        used(what, &grant.name.value, grant.name.span, under);
    }
    for depends in service.depends_on.iter().filter(|depends| !depends.is_optional) {
        used("the service", &depends.name.value, depends.name.span, "services");
    }
    for (link, _) in &service.links {
        used("the service", &link.value, link.span, "services");
    }
    for from in service.volumes_from.iter().filter(|from| !from.is_container) {
        used("the service", &from.name.value, from.name.span, "services");
    }
    if let Some(mode) = &service.network_mode
        && let Some(name) = mode.raw.strip_prefix("service:")
    {
        used("the service", name, mode.span, "services");
    }
    uses
}
