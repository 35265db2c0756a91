//! # Data in a volume without a name
//!
//! A volume without a name belongs to one container. The next one gets another, empty or filled from the image; what
//! compose takes along when it makes a container anew hides what a new image brings. The old volumes stay on the disk.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     volumes:
//!       - /srv/uploads
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     volumes:
//!       - uploads:/srv/uploads
//! volumes:
//!   uploads:
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::compose::MountSource;
use crate::project::files::Brings;
use crate::project::images::Role;

pub(super) const CODE: &str = "compose-anonymous-data";

/// Folders that people hide from a mount around them, and fill again at will.
const FILLED_AGAIN: [&str; 12] = [
    "node_modules",
    ".next",
    ".nuxt",
    "vendor",
    "venv",
    ".venv",
    "__pycache__",
    "target",
    "build",
    "dist",
    "cache",
    "tmp",
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        // A database has a rule of its own, and a cache nothing to keep.
        if matches!(running.role(), Some(Role::Database | Role::Cache)) && running.pulled().is_some() {
            continue;
        }
        for mount in &running.service.mounts {
            let (MountSource::Anonymous, Some(target)) = (&mount.source, &mount.target) else { continue };
            let is_filled = target.split('/').any(|part| FILLED_AGAIN.contains(&part));
            // Over what the image brings it is a volume that goes stale, which is another fault.
            if is_filled || is_inside_of_another(&running, target) || is_over_image(whole, &running, target) {
                continue;
            }
            findings.push(
                findings
                    .at(mount.span, format!("`{target}` of `{}` is a volume without a name", running.name()))
                    .note("a new container does not find what the last one wrote, and compose hands over what hides a newer image")
                    .help(format!("name it, `- NAME:{target}`, to keep what is written there; remove it if the image brings all of it")).in_stack(format!("declare `volume NAME`, and `mount NAME at {target}`, to keep what is written there; remove it if the image brings all of it")),
            );
        }
    }
}

/// Whether the image that is built for the service has files of its own there, as far as can be seen.
fn is_over_image(whole: &Whole<'_>, running: &crate::lint::project::Running<'_>, target: &str) -> bool {
    let Some((_, stage)) = running.built(whole) else { return false };
    let is_below = |path: &str| {
        let rest = path.trim_end_matches('/').strip_prefix(target.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let folder = stage.end.working_dir.as_ref().map(|folder| folder.value.as_str());
    let layers = running.container.into_iter().flat_map(|container| container.files.layers());
    let mut copied = layers.filter(|layer| matches!(layer.brings, Brings::Host { is_copy: true, .. }));
    folder.is_some_and(is_below) || copied.any(|layer| is_below(&layer.at))
}

/// Whether it keeps a folder of the image from being hidden by a folder of the host: that is what it is for.
fn is_inside_of_another(running: &crate::lint::project::Running<'_>, target: &str) -> bool {
    running.service.mounts.iter().any(|other| {
        let around =
            other.target.as_deref().and_then(|around| target.strip_prefix(around.trim_end_matches('/')));
        matches!(other.source, MountSource::Host { .. }) && around.is_some_and(|rest| rest.starts_with('/'))
    })
}
