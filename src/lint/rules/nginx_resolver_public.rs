//! # Names are looked up by somebody else's resolver
//!
//! What a public resolver answers, and whoever can forge its answers (they come by UDP, without a signature), decides
//! which server nginx passes requests to; and it knows none of the names of this deployment. In a container Docker's own
//! resolver is 127.0.0.11.
//!
//! ```nginx bad
//! resolver 1.1.1.1;
//! ```
//!
//! ```nginx good
//! resolver 127.0.0.11 valid=10s;
//! ```

use std::net::IpAddr;

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-resolver-public";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("resolver") {
        let Some(word) = node.args.iter().find(|word| is_public(&word.text)) else { continue };
        let others = node.args.iter().filter(|word| !is_public(&word.text));
        let args: Vec<&str> = std::iter::once("127.0.0.11")
            .chain(others.map(|word| configuration.sources.text(word.span)))
            .collect();
        let edit = configuration.with_args(node, &args.join(" "));
        findings.push(
            findings
                .at(word.span, "names are looked up by somebody else's resolver")
                .note(
                    "its answers decide where requests go, and it knows none of the names of this deployment",
                )
                .help(
                    "write `127.0.0.11` in a container, which asks the resolver of the host for other names",
                )
                .may_unsafe_fix("ask Docker's resolver", edit.map(|edit| vec![edit])),
        );
    }
}

fn is_public(word: &str) -> bool {
    let host = match word.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if word.matches(':').count() == 1 => word.split(':').next().unwrap_or_default(),
        None => word,
    };
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local())
        }
        Ok(IpAddr::V6(address)) => {
            !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local())
        }
        Err(_) => false,
    }
}
