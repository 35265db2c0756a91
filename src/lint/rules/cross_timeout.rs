//! # nginx and the application server give up at different times
//!
//! nginx waits 60 seconds for an answer unless `proxy_read_timeout` says otherwise, and a worker of gunicorn is ended
//! after 30 seconds, one of uwsgi after `--harakiri`. If the server is ended first, a slow request fails with 502 long
//! before the time that nginx would wait. If nginx gives up first, the client has its 504, and the worker goes on with
//! what nobody waits for.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: python:3.14-slim
//!     command: gunicorn -b 0.0.0.0:8000 app:app
//! ```
//!
//! ```nginx bad
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         location / {
//!             proxy_pass http://app:8000;
//!             proxy_read_timeout 300s;
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
//!     command: gunicorn -b 0.0.0.0:8000 --timeout 300 app:app
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         location / {
//!             proxy_pass http://app:8000;
//!             proxy_read_timeout 300s;
//!         }
//!     }
//! }
//! ```

use crate::lint::nginx::{Configuration, Node, NodeId};
use crate::lint::project::commands::Commands;
use crate::lint::project::limits::{Limit, option, seconds};
use crate::lint::project::names::{Reached, reach};
use crate::lint::project::upstreams::passes;
use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "cross-timeout";

/// What nginx waits for an answer (`proxy_read_timeout`), in seconds.
const OF_NGINX: u64 = 60;
/// After what time gunicorn ends a worker (`timeout` of its settings), in seconds.
const OF_GUNICORN: u64 = 30;

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for proxy in &services {
        let Some(configuration) = proxy.nginx else { continue };
        let mut passes: Vec<_> = passes(configuration)
            .into_iter()
            .filter_map(|(id, pass, targets)| {
                let directive = directive(pass)?;
                Some((said(configuration, id, directive), directive, pass, targets))
            })
            .collect();
        // Of several places one is told of, and that is where a person wrote a time.
        passes.sort_by_key(|(said, ..)| said.is_none());
        let mut told = Vec::new();
        for (said, directive, pass, targets) in passes {
            for passed in targets {
                let Reached::Service(index) = reach(whole, proxy, &passed.host) else { continue };
                let Some(target) = services.get(index) else { continue };
                let Some((limit, is_said)) = limit(whole, target) else { continue };
                let at = said.map_or(pass.line, |(_, node)| node.line);
                // Two defaults that differ are nobody's mistake.
                if told.contains(&index) || (said.is_none() && !is_said) {
                    continue;
                }
                let waits = said.map_or(OF_NGINX, |(value, _)| value);
                if report(at, (directive, waits), target, &limit, findings) {
                    told.push(index);
                }
            }
        }
    }
}

fn report(
    at: crate::source::Span,
    (directive, waits): (&str, u64),
    target: &Running<'_>,
    limit: &Limit,
    findings: &mut Findings<'_>,
) -> bool {
    let name = target.name();
    let limit_of = |seconds: u64| format!("{seconds} seconds");
    // That nginx waits a little longer is as it should be: the answer then says what went wrong.
    let (message, note) = if limit.value + limit.value / 2 < waits {
        (
            format!(
                "nginx waits {} for `{name}`, which ends a request after {}",
                limit_of(waits),
                limit.said
            ),
            "the worker is ended first: nginx answers 502, whatever it would wait",
        )
    } else if limit.value > waits {
        (
            format!("nginx gives up on `{name}` after {}, which works for {}", limit_of(waits), limit.said),
            "nginx answers 504, and the worker goes on with what nobody waits for",
        )
    } else {
        return false;
    };
    let mut finding = findings.at(at, message).note(note);
    if let Some(span) = limit.span {
        finding = finding.label(span, "the other limit");
    }
    findings.push(finding.help(format!("set `{directive}` and {} to the same time", limit.help)));
    true
}

/// The directive that says how long nginx waits for an answer.
fn directive(pass: &Node) -> Option<&'static str> {
    match pass.name.as_str() {
        "proxy_pass" => Some("proxy_read_timeout"),
        "uwsgi_pass" => Some("uwsgi_read_timeout"),
        _ => None,
    }
}

fn said<'c>(configuration: &'c Configuration<'_>, id: NodeId, directive: &str) -> Option<(u64, &'c Node)> {
    let node = configuration.inherited(configuration.get(id).parent, directive)?;
    (node.is_own && !node.is_damaged).then_some(())?;
    Some((seconds(node.arg(0)?)?, node))
}

/// After what time a worker of the service is ended, and whether somebody said so.
fn limit(whole: &Whole<'_>, target: &Running<'_>) -> Option<(Limit, bool)> {
    let words = target.container?.process.as_ref()?;
    let span = target
        .service
        .command
        .as_ref()
        .map(|command| command.span)
        .or_else(|| target.built(whole).and_then(|(_, stage)| stage.end.command.as_ref()?.span));
    let commands = Commands::of(words);
    let runs = |name: &str| {
        let mut of = commands.list.iter();
        of.find(|command| command.iter().any(|word| word.rsplit('/').next() == Some(name)))
    };
    if let Some(command) = runs("gunicorn") {
        // With these a worker answers several requests at once, and the time is that of its own sign of life.
        let other = ["-k", "--worker-class", "--threads", "-c", "--config"];
        let is_other = command
            .iter()
            .any(|word| other.iter().any(|name| word == name || word.starts_with(&format!("{name}="))));
        if is_other || target.has_variable(whole, |name| name == "GUNICORN_CMD_ARGS") {
            return None;
        }
        let said = option(command, &["-t", "--timeout"]);
        let value = match said {
            Some(text) => text.parse().ok()?,
            None => OF_GUNICORN,
        };
        let text = if said.is_some() {
            format!("{value} seconds")
        } else {
            "30 seconds, gunicorn's default".to_owned()
        };
        let limit = Limit { value, said: text, span, help: "gunicorn's `--timeout`".to_owned() };
        // 0 is no limit.
        return (value > 0).then_some((limit, said.is_some()));
    }
    let value = option(runs("uwsgi")?, &["--harakiri", "-t"])?.parse().ok().filter(|value| *value > 0)?;
    let limit =
        Limit { value, said: format!("{value} seconds"), span, help: "uwsgi's `--harakiri`".to_owned() };
    Some((limit, true))
}
