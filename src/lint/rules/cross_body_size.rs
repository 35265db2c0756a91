//! # nginx takes larger requests than what it passes them to
//!
//! An upload passes the first limit and is refused by the second, after it was sent: by another nginx, whose limit is
//! 1 MB unless it says otherwise, by PHP, which takes 2 MB a file and 8 MB in all, or by the application server.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: python:3.14-slim
//!     command: waitress-serve --listen=0.0.0.0:8000 --max-request-body-size=1048576 app:app
//! ```
//!
//! ```nginx bad
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         client_max_body_size 20m;
//!         location / {
//!             proxy_pass http://app:8000;
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
//!     image: python:3.14-slim
//!     command: waitress-serve --listen=0.0.0.0:8000 --max-request-body-size=20971520 app:app
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         client_max_body_size 20m;
//!         location / {
//!             proxy_pass http://app:8000;
//!         }
//!     }
//! }
//! ```

use crate::lint::nginx::{Configuration, Node, NodeId};
use crate::lint::project::commands::Commands;
use crate::lint::project::limits::{Limit, bytes, option};
use crate::lint::project::names::{Reached, reach};
use crate::lint::project::upstreams::{is_server, passes};
use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "cross-body-size";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for proxy in &services {
        let Some(configuration) = proxy.nginx else { continue };
        let mut told = Vec::new();
        for (id, pass, targets) in passes(configuration) {
            let Some((size, node)) = said(configuration, id) else { continue };
            for passed in targets {
                let Reached::Service(index) = reach(whole, proxy, &passed.host) else { continue };
                let target = services.get(index).filter(|_| index != proxy.index);
                let Some(target) = target else { continue };
                let Some(limit) = limit(whole, target, passed.port) else { continue };
                if told.contains(&(node.line, index))
                    || limit.value == 0
                    || (size != 0 && limit.value >= size)
                {
                    continue;
                }
                told.push((node.line, index));
                report(node, pass, target, &limit, findings);
            }
        }
    }
}

fn report(node: &Node, pass: &Node, target: &Running<'_>, limit: &Limit, findings: &mut Findings<'_>) {
    let size = node.arg(0).unwrap_or_default();
    let mut finding = findings
        .at(
            node.line,
            format!("nginx takes requests of `{size}`, and `{}` takes {}", target.name(), limit.said),
        )
        .label(pass.line, "they are passed on here")
        .note("what is between the limits is sent in full, and then refused by the second")
        .help(limit.help.clone());
    if let Some(span) = limit.span {
        finding = finding.label(span, "the smaller limit");
    }
    findings.push(finding);
}

/// The limit that somebody wrote and that holds where a directive stands, in bytes; 0 is none.
fn said<'c>(configuration: &'c Configuration<'_>, id: NodeId) -> Option<(u64, &'c Node)> {
    let node = configuration.inherited(configuration.get(id).parent, "client_max_body_size")?;
    (node.is_own && !node.is_damaged).then_some(())?;
    Some((bytes(node.arg(0)?)?, node))
}

/// What a service takes at most, if that is certain.
fn limit(whole: &Whole<'_>, target: &Running<'_>, port: Option<u16>) -> Option<Limit> {
    if let Some(configuration) = target.nginx {
        return of_nginx(target, configuration, port?);
    }
    let words = target.container?.process.as_ref()?;
    let span = target.service.command.as_ref().map(|command| command.span);
    for command in &Commands::of(words).list {
        for (program, name) in [("waitress-serve", "--max-request-body-size"), ("uwsgi", "--limit-post")] {
            let runs = command.iter().any(|word| word.rsplit('/').next() == Some(program));
            let value = option(command, &[name]).filter(|_| runs).and_then(bytes);
            if let Some(value) = value {
                let help = format!("raise `{name}`, or lower `client_max_body_size`");
                return Some(Limit { value, said: format!("{value} bytes"), span, help });
            }
        }
    }
    of_php(whole, target)
}

/// The limit of another nginx: that of the only server which listens on the port, if no location has its own.
fn of_nginx(target: &Running<'_>, configuration: &Configuration<'_>, port: u16) -> Option<Limit> {
    let runs = target.nginx_runs()?;
    let is_known = runs.not_analysed.is_empty() && runs.files.iter().all(|file| !file.is_template);
    let passes = configuration.named("proxy_pass").count() + configuration.named("fastcgi_pass").count();
    // Files take no uploads, and are not the reason for a limit.
    if !is_known || passes == 0 {
        return None;
    }
    let listens = |id: NodeId| {
        let said = configuration.in_block(Some(id), "listen").filter_map(|listen| listen.arg(0));
        let mut ports = said.map(|text| text.rsplit(':').next().unwrap_or(text).to_owned()).peekable();
        if ports.peek().is_none() { port == 80 } else { ports.any(|said| said == port.to_string()) }
    };
    let mut servers = configuration.all().filter(|(id, node)| is_server(node) && listens(*id));
    let (server, _) = servers.next().filter(|_| servers.next().is_none())?;
    let is_in_location = configuration
        .named("client_max_body_size")
        .any(|(id, _)| configuration.enclosing(id, "location").is_some());
    if is_in_location {
        return None;
    }
    let said = configuration.inherited(Some(server), "client_max_body_size");
    let help = "write the same `client_max_body_size` in both".to_owned();
    Some(match said {
        Some(node) => Limit {
            value: bytes(node.arg(0)?)?,
            said: format!("`{}`", node.arg(0)?),
            span: Some(node.line),
            help,
        },
        None => Limit { value: 1 << 20, said: "1 MB, the default".to_owned(), span: None, help },
    })
}

/// What PHP takes if nobody changes it. Source: PHP's manual, `post_max_size`, `upload_max_filesize`.
fn of_php(whole: &Whole<'_>, target: &Running<'_>) -> Option<Limit> {
    let container = target.container?;
    let known = container.known.filter(|known| known.name == "php")?;
    let is_changed = |path: &str| path.contains("/php") || path.contains(".ini");
    if container.files.layers().any(|layer| is_changed(&layer.at)) {
        return None;
    }
    if let Some((dockerfile, _)) = target.built(whole) {
        let text = &whole.sources.file(dockerfile.file).text;
        if ["php.ini", "conf.d", "post_max_size", "upload_max", ".ini"].iter().any(|word| text.contains(word))
        {
            return None;
        }
    }
    Some(Limit {
        value: 8 << 20,
        said: "8 MB in all and 2 MB a file, PHP's defaults".to_owned(),
        span: None,
        help: format!(
            "set `upload_max_filesize` and `post_max_size` in a file below `/usr/local/etc/{}/conf.d`",
            known.name
        ),
    })
}
