//! # nginx serves files from a folder that nothing supplies
//!
//! No mount of the service and no COPY of its image puts anything to where `root` or `alias` points: every request is
//! answered with 404. The files are often in the container of the application and were never given to that of nginx.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/conf.d/default.conf:ro
//! ```
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     location /static/ {
//!         alias /srv/static/;
//!     }
//! }
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/conf.d/default.conf:ro
//!       - ./static:/srv/static:ro
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     location /static/ {
//!         alias /srv/static/;
//!     }
//! }
//! ```

use std::collections::BTreeSet;

use crate::lint::nginx::serving::static_blocks;
use crate::lint::nginx::{Configuration, NodeId};
use crate::lint::project::files::is_surely_missing;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "cross-static-missing";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for proxy in running(whole) {
        let (Some(container), Some(configuration)) = (proxy.container, proxy.nginx) else { continue };
        for (block, source) in static_blocks(configuration) {
            let Some(path) = source.arg(0).filter(|path| path.starts_with('/')) else { continue };
            let is_last = path == "/" || path.contains('$') || !source.is_own;
            if is_last || falls_back(configuration, block) || told.contains(&source.line) {
                continue;
            }
            if is_surely_missing(&container.files, path, whole.host) {
                told.insert(source.line);
                let folder = path.trim_end_matches('/');
                findings.push(
                    findings
                        .at(source.line, format!("nothing puts files to `{folder}` in the container of `{}`", proxy.name()))
                        .here("served from here")
                        .label(proxy.span(), "no mount of the service and no COPY of its image has that path")
                        .note("every request that gets here is answered with 404")
                        .help(format!(
                            "mount the folder (`- ./static:{folder}:ro`) or copy it into the image of `{}`, or correct the path",
                            proxy.name()
                        )).in_stack(format!("`mount ./static at {folder} read-only`, or copy it into the image of `{}`, or correct the path", proxy.name())),
                );
            }
        }
    }
}

/// Whether what is not found is asked of something else.
fn falls_back(configuration: &Configuration<'_>, block: NodeId) -> bool {
    let is_named =
        |node: &crate::lint::nginx::Node| node.args.last().is_some_and(|last| last.text.starts_with('@'));
    configuration.inherited(Some(block), "try_files").is_some_and(is_named)
        || configuration.inherited(Some(block), "error_page").is_some_and(is_named)
}
