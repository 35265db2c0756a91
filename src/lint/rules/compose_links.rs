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
use crate::lint::{Findings, Whole};

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
        findings.push(
            findings
                .at(links.place(), format!("`{}` uses `links`, which are legacy", running.name()))
                .note(note)
                .help(help),
        );
    }
}
