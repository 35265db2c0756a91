//! # Two services with one container name
//!
//! A name belongs to one container of the host. Compose refuses a project in which two services that run together ask for
//! the same `container_name`. Services that no profile starts together may share one.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     container_name: shop
//!   worker:
//!     image: example/worker:1.0
//!     container_name: shop
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     container_name: shop-web
//!   worker:
//!     image: example/worker:1.0
//!     container_name: shop-worker
//! ```

use std::collections::BTreeMap;

use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole};
use crate::source::Span;

pub(super) const CODE: &str = "compose-container-name-twice";

/// Source: compose-go, types/project.go, `CheckContainerNameUnicity`, which is asked once profiles are chosen.
pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    let mut owners: BTreeMap<&str, Vec<(&Running<'_>, Span)>> = BTreeMap::new();
    for running in &services {
        let Some(name) = &running.service.container_name else { continue };
        let Some(value) = name.value.as_deref() else { continue };
        let before = owners.entry(value).or_default();
        // What several services take over from one place is told of at the services.
        let here = if before.iter().any(|(_, span)| *span == name.span) { running.span() } else { name.span };
        if let Some((other, first)) = before.iter().find(|(other, _)| !running.is_apart_from(other)) {
            let label = if *first == name.span { other.span() } else { *first };
            findings.push(
                findings
                    .at(here, format!("`{}` and `{}` both ask for the name `{value}`", other.name(), running.name()))
                    .here("asked for again here")
                    .label(label, "asked for here")
                    .note("a name belongs to one container: compose refuses the project")
                    .help("give each a name of its own, or remove `container_name`: the name of a service reaches it"),
            );
        }
        before.push((running, name.span));
    }
}
