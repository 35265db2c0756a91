//! # `volumes_from` takes all that another service has
//!
//! It mounts every volume and folder of another service at the same places: sources, keys and data with what was
//! meant, and at paths that the image may need for itself. A named volume says which one is shared, and where.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes_from:
//!       - app
//!   app:
//!     image: example/app:1.0
//!     volumes:
//!       - ./:/srv
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./static:/srv/static:ro
//!   app:
//!     image: example/app:1.0
//!     volumes:
//!       - ./:/srv
//! ```

use crate::lint::nginx::words::list;
use crate::lint::project::{compose, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::MountSource;

pub(super) const CODE: &str = "compose-volumes-from";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = compose(whole) else { return };
    for running in running(whole) {
        for from in &running.service.volumes_from {
            let name = &from.name.value;
            let message = format!("`{}` gets everything that `{name}` mounts", running.name());
            let mut finding = findings.at(from.name.span, message);
            let other = compose.service(name).filter(|_| !from.is_container);
            let mounts = other.map_or(&[][..], |other| &other.mounts);
            let folders: Vec<String> = mounts.iter().filter_map(|mount| source(&mount.source)).collect();
            if let Some(first) = mounts.first() {
                finding = finding.label(first.span, format!("among it {}", list(&folders)));
            }
            findings.push(
                finding
                    .note("`volumes_from` is legacy: it says neither what is shared nor where, and follows every change of the other service")
                    .help("mount what is needed by name: a named volume in both services, or the files with `:ro`").in_stack("mount what is needed by name: a volume in both services, or the files with `read-only`"),
            );
        }
    }
}

/// What a person would call a mounted thing.
fn source(source: &MountSource) -> Option<String> {
    match source {
        MountSource::Host { written, .. } => Some(written.clone()),
        MountSource::Volume(name) | MountSource::Image(name) => Some(name.clone()),
        MountSource::Anonymous => Some("a volume without a name".to_owned()),
        MountSource::Tmpfs | MountSource::Unknown => None,
    }
}
