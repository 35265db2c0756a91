//! # A static root whose files are not known
//!
//! stackc gives every kind of file its content type by looking at the files that are served. This folder is not there
//! (yet), could not be read, or is made while the image is built, so there was nothing to look at.
//!
//! ```stack bad
//! service app {
//!   build {
//!     base python:3.14-slim
//!     run "make-assets /app/assets"
//!     provides assets at /app/assets
//!   }
//! }
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     static /static/ from app.assets
//!   }
//! }
//! ```
//!
//! ```stack good
//! service app {
//!   build {
//!     base python:3.14-slim
//!     run "make-assets /app/assets"
//!     provides assets at /app/assets { kinds css js woff2 }
//!   }
//! }
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     static /static/ from app.assets
//!   }
//! }
//! ```

use crate::facts::Listing;
use crate::lint::{Findings, Subject};

pub(super) const CODE: &str = "mime-no-files";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for root in &subject.deployment.stack.static_roots {
        for folder in root.host_roots.iter().filter(|folder| folder.stated) {
            let Some(span) = subject.span(folder.origin) else { continue };
            match subject.facts.listings.get(&folder.path) {
                Some(Listing::Missing) => findings.push(
                    findings
                        .at(span, format!("there is no folder `{}`", folder.path))
                        .here("its content types cannot be checked")
                        .help("make it before you build, or correct the path"),
                ),
                Some(Listing::Unreadable(why)) => findings.push(
                    findings
                        .at(span, format!("the folder `{}` could not be read: {why}", folder.path))
                        .here("its content types cannot be checked")
                        .help("make it readable for whoever runs stackc"),
                ),
                Some(Listing::File { .. }) => findings.push(
                    findings
                        .at(span, format!("`{}` is a file, not a folder", folder.path))
                        .here("its folder is what can be served")
                        .help("name the folder that holds it"),
                ),
                Some(Listing::Files { .. }) | None => {}
            }
        }
        let walked = root
            .host_roots
            .iter()
            .any(|folder| matches!(subject.facts.listings.get(&folder.path), Some(Listing::Files { .. })));
        if root.from_artifact && !walked && root.kinds.is_empty() {
            let Some(span) = subject.span(root.origin) else { continue };
            findings.push(
                findings
                    .at(span, "which kinds of files are served here is not known")
                    .here("made while the image is built")
                    .help("say so where it is provided: `provides NAME at PATH { kinds css js woff2 }`"),
            );
        }
    }
}
