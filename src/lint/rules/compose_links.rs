//! # `links` do what networks do
//!
//! Services reach each other by their names on every network that they share. A link adds nothing but another name, an
//! order of starting that `depends_on` says better, and a service that cannot be started without the other.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     links:
//!       - app
//!   app:
//!     image: example/app:1.0
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     depends_on:
//!       - app
//!   app:
//!     image: example/app:1.0
//! ```

use crate::lint::project::{compose, running};
use crate::lint::{Findings, Whole, edits};

pub(super) const CODE: &str = "compose-links";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let is_v1 = compose(whole).is_some_and(|compose| compose.is_v1);
    for running in running(whole) {
        let Some(links) = running.service.get("links").filter(|links| !links.items().is_empty()) else {
            continue;
        };
        let renamed = running.service.links.iter().find(|(service, alias)| *alias != service.value);
        let help = match renamed {
            Some((service, alias)) => format!(
                "give `{}` the alias `{alias}` on a network that both share, and say `depends_on` for the order",
                service.value
            ),
            None => "remove it: the name of a service is enough; say `depends_on` for the order".to_owned(),
        };
        let note = if is_v1 {
            "in a file of version 1 links are all that gives names; compose no longer reads such files"
        } else {
            "services that share a network reach each other by name without it"
        };
        // The names are there without it; what is left of it is the order.
        let are_names = links.items().iter().all(|link| link.text().is_some_and(|name| !name.contains(':')));
        let is_plain = are_names && !is_v1 && running.service.get("depends_on").is_none();
        let key = links.key.filter(|_| is_plain);
        let edit = key.and_then(|key| edits::word(whole.sources, key, "links", "depends_on"));
        findings.push(
            findings
                .at(links.place(), format!("`{}` uses `links`, which are legacy", running.name()))
                .note(note)
                .help(help)
                .may_unsafe_fix("say `depends_on`", edit.map(|edit| vec![edit])),
        );
    }
}
