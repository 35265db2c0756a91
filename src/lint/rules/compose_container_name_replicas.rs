//! # Several containers of one name
//!
//! `container_name` is the name of one container. Compose refuses to start a second one of the service.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     container_name: app
//!     deploy:
//!       replicas: 3
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     deploy:
//!       replicas: 3
//! ```

use crate::lint::project::{layout, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-container-name-replicas";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let service = running.service;
        let (Some(name), Some(replicas)) = (&service.container_name, &service.replicas) else { continue };
        if replicas.value < 2 {
            continue;
        }
        let edit = service.get("container_name").and_then(|node| layout::remove(whole, node));
        findings.push(
            findings
                .at(
                    name.span,
                    format!("{} containers of `{}` cannot have one name", replicas.value, running.name()),
                )
                .label(replicas.span, "so many are started")
                .note("compose refuses to scale a service with `container_name`")
                .help("remove `container_name`: the name of the service reaches all of them")
                .may_unsafe_fix("remove `container_name`", edit.map(|edit| vec![edit])),
        );
    }
}
