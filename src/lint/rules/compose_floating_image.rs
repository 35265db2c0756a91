//! # An image that changes by itself
//!
//! `latest`, or no tag, is whatever is newest when the image is pulled: another version on each host and after each
//! pull, with its incompatible changes. A database does not even start on the data of an older version. `stable`, `edge`,
//! `nightly`, `main` and their like are no versions either.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: postgres:latest
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18.1
//!     environment:
//!       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
//!     volumes: ["data:/var/lib/postgresql"]
//! volumes:
//!   data:
//! ```

use crate::lint::dockerfile::image::is_floating_tag;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::model::image::ImageRef;
use crate::project::images::Role;

pub(super) const CODE: &str = "compose-floating-image";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let service = running.service;
        // With `build`, `image` is the name that the result gets.
        let Some(image) = service.image.as_ref().filter(|_| service.build.is_none()) else { continue };
        let Some(reference) = image.value.as_deref().and_then(ImageRef::parse) else { continue };
        let is_made_here = running_builds(whole, &reference);
        if reference.digest.is_some() || is_made_here {
            continue;
        }
        let message = match reference.tag.as_deref() {
            None => format!("`{}` has no tag: it is whatever is newest", reference.text),
            Some(tag) if is_floating_tag(tag) => format!("`{}` is whatever is newest", reference.text),
            Some(_) => continue,
        };
        let is_database = running.role() == Some(Role::Database);
        let note = if is_database {
            "a database of another version does not start on the data that it finds"
        } else {
            "each host and each pull may get another version"
        };
        findings.push(
            findings
                .at(image.span, message)
                .note(note)
                .help(format!("name the version that you tested, such as `{}:1.2`", reference.repository)),
        );
    }
}

/// Whether another service builds the image of that name.
fn running_builds(whole: &Whole<'_>, reference: &ImageRef) -> bool {
    running(whole).iter().filter(|other| other.service.build.is_some()).any(|other| {
        let image = other.service.image.as_ref().and_then(|image| image.value.as_deref());
        image.and_then(ImageRef::parse).is_some_and(|other| other.repository == reference.repository)
    })
}
