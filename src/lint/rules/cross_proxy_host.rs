//! # nginx passes requests to a host that does not exist
//!
//! The host of `proxy_pass`, or of a `server` in an `upstream`, is the name of no service, container or alias that the
//! container of nginx could reach. nginx looks names up when it starts: it ends with `host not found in upstream`. With
//! a variable in the address it answers each request with 502.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: example/app:1.0
//! ```
//!
//! ```nginx bad
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         location / {
//!             proxy_pass http://backend:8000;
//!         }
//!     }
//! }
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: example/app:1.0
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         location / {
//!             proxy_pass http://app:8000;
//!         }
//!     }
//! }
//! ```

use crate::diagnostic::nearest;
use crate::lint::nginx::words::list;
use crate::lint::nginx::{Configuration, End};
use crate::lint::project::names::{Reached, all, reach};
use crate::lint::project::upstreams::{Passed, passed};
use crate::lint::project::{Running, compose, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "cross-proxy-host";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    // A file with nothing in it but the proxy is one of several, which are given to compose together.
    if services.len() < 2 {
        return;
    }
    for running in services {
        let Some(configuration) = running.nginx else { continue };
        // The upstreams that a name may stand for could be in a file that was not seen.
        let is_partly_known = running.nginx_runs().is_none_or(|runs| !runs.not_analysed.is_empty())
            || has_unread(configuration);
        let mut told: Vec<String> = Vec::new();
        let all = passed(configuration);
        for passed in &all {
            let is_server = configuration.get(passed.node).end == End::Semicolon
                && configuration.get(passed.node).name == "server";
            if (is_partly_known && !is_server) || told.contains(&passed.host) {
                continue;
            }
            if reach(whole, &running, &passed.host) == Reached::Nothing {
                report(whole, &running, passed, &all, findings);
                told.push(passed.host.clone());
            }
        }
    }
}

/// Whether it includes files that were not read, those with tables and parameters aside.
fn has_unread(configuration: &Configuration<'_>) -> bool {
    configuration.all().any(|(_, node)| {
        node.name == "include"
            && !node.is_resolved
            && !node.arg(0).is_some_and(|path| path.contains("mime.types") || path.contains("_params"))
    })
}

fn report(
    whole: &Whole<'_>,
    running: &Running<'_>,
    passed: &Passed,
    all_passed: &[Passed],
    findings: &mut Findings<'_>,
) {
    let Some(compose) = compose(whole) else { return };
    let host = &passed.host;
    let others = || all(compose).filter(|name| *name != running.name());
    let mut finding = findings
        .at(passed.span, format!("nginx in `{}` finds no host `{host}`", running.name()))
        .label(running.span(), "nginx runs here")
        .note(if passed.is_at_start {
            "nginx does not start: `host not found in upstream`"
        } else {
            "nginx looks it up for each request, and answers 502"
        });
    finding = if let Some(meant) = nearest(host, others()) {
        // It is told of once, wherever it is written.
        let same = all_passed.iter().filter(|other| other.host == *host);
        let edits = same.map(|other| other.with_host(whole.sources, meant)).collect::<Option<Vec<_>>>();
        let edits = edits.map(|edits| edits.concat());
        finding
            .here(format!("did you mean `{meant}`?"))
            .help(format!("name the service: `{meant}`"))
            .may_unsafe_fix(format!("write `{meant}`"), edits)
    } else {
        let names: Vec<String> = others().map(str::to_owned).collect();
        finding.here("no service, container or alias of this name").help(format!(
            "name one of the services ({}), or give the one that is meant this name as an alias",
            list(&names)
        ))
    };
    findings.push(finding);
}
