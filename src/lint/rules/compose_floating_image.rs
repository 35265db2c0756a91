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

use std::collections::HashSet;

use crate::lint::dockerfile::image::is_floating_tag;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::model::image::ImageRef;
use crate::project::images::Role;

pub(super) const CODE: &str = "compose-floating-image";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let built = built(whole);
    for running in running(whole) {
        let service = running.service;
        // With `build`, `image` is the name that the result gets.
        let Some(image) = service.image.as_ref().filter(|_| service.build.is_none()) else { continue };
        let Some(reference) = image.value.as_deref().and_then(ImageRef::parse) else { continue };
        let is_made_here = built.contains(&reference.repository);
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

/// The repositories of the images that services build.
fn built(whole: &Whole<'_>) -> HashSet<String> {
    let services = running(whole).into_iter().filter(|running| running.service.build.is_some());
    let names = services.filter_map(|running| running.service.image.as_ref()?.value.as_deref());
    names.filter_map(ImageRef::parse).map(|reference| reference.repository).collect()
}
