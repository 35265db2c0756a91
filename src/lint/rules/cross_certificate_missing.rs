//! # nginx is given a certificate that is not in its container
//!
//! nginx reads certificates and keys when it starts, and does not start without them. No mount of the service and no COPY
//! of its image puts anything to this path.
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
//!     listen 443 ssl;
//!     server_name example.com;
//!     ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
//!     ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
//!     location / {
//!         return 204;
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
//!       - certificates:/etc/letsencrypt:ro
//! volumes:
//!   certificates:
//! ```
//!
//! ```nginx good
//! server {
//!     listen 443 ssl;
//!     server_name example.com;
//!     ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
//!     ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
//!     location / {
//!         return 204;
//!     }
//! }
//! ```

use std::collections::BTreeSet;

use crate::lint::project::files::is_surely_missing;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::host::join;

pub(super) const CODE: &str = "cross-certificate-missing";

/// Directives that name a file which nginx reads when it starts.
const DIRECTIVES: &[&str] = &[
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_client_certificate",
    "ssl_trusted_certificate",
    "ssl_dhparam",
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for proxy in running(whole) {
        let (Some(container), Some(configuration)) = (proxy.container, proxy.nginx) else { continue };
        // A pair is one defect.
        let mut pairs = BTreeSet::new();
        for name in DIRECTIVES {
            for (_, node) in configuration.named(name) {
                let Some(path) = node.arg(0) else { continue };
                if path.contains('$') || path.contains(':') || told.contains(&node.line) {
                    continue;
                }
                let path = join("/etc/nginx", path);
                if !is_surely_missing(&container.files, &path, whole.host) {
                    continue;
                }
                if *name == "ssl_certificate_key" && pairs.contains(&node.parent) {
                    continue;
                }
                pairs.insert(node.parent);
                told.insert(node.line);
                let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
                findings.push(
                    findings
                        .at(
                            node.line,
                            format!("nothing puts `{path}` into the container of `{}`", proxy.name()),
                        )
                        .here("nginx reads it when it starts")
                        .label(proxy.span(), "no mount of the service and no COPY of its image has that path")
                        .note("nginx does not start without the file")
                        .help(format!(
                            "mount what holds it, read-only, to `{folder}` of `{}`, or correct the path",
                            proxy.name()
                        )),
                );
            }
        }
    }
}
