//! # A directive that the image's nginx does not have yet
//!
//! The version of nginx is known from the tag of the image, and this directive came later. nginx refuses to start with
//! a directive that it does not know.
//!
//! ```stack bad
//! service app {
//!   image python:3.14-slim
//!   listen 8000
//! }
//! proxy web {
//!   image nginx:1.22
//!   publish 80:80
//!   site example.org {
//!     proxy / to app
//!     raw nginx "add_header_inherit merge;"
//!   }
//! }
//! ```
//!
//! ```stack good
//! service app {
//!   image python:3.14-slim
//!   listen 8000
//! }
//! proxy web {
//!   image nginx:1.31
//!   publish 80:80
//!   site example.org {
//!     proxy / to app
//!     raw nginx "add_header_inherit merge;"
//!   }
//! }
//! ```

use crate::http::mime::NginxVersion;
use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-too-new";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let Some(version) = configuration.version else { return };
    for (_, node) in configuration.all().filter(|(_, node)| node.is_own && !node.is_damaged) {
        let Some(known) = node.directive() else { continue };
        let Some((major, minor, patch)) = known.since else { continue };
        if version >= (NginxVersion { major, minor, patch }) {
            continue;
        }
        findings.push(
            findings
                .at(node.line, format!("nginx {version} has no directive `{}`", known.name))
                .here(format!("there since nginx {major}.{minor}.{patch}"))
                .note("nginx refuses to start with a directive that it does not know")
                .help("take a newer image, or leave the directive out"),
        );
    }
}
