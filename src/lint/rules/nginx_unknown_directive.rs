//! # A directive that nginx does not have
//!
//! nginx refuses to start with a directive that none of its modules has. Most often it is misspelt. stackc knows the
//! directives of nginx's own modules, and the names that widespread other modules use (Lua, headers-more, Brotli and
//! their like), about which this rule is silent; so it is where `load_module` brings modules that it does not know.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     server_nmae example.org;
//!     return 204;
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     server_name example.org;
//!     return 204;
//! }
//! ```

use super::nginx_removed_directive::removed;
use crate::diagnostic::nearest;
use crate::lint::Findings;
use crate::lint::nginx::{Configuration, is_third_party};
use crate::vocabulary::nginx::{self as table, Context};

pub(super) const CODE: &str = "nginx-unknown-directive";

/// For so many words what was meant is searched for: a file with more of them is written for something else.
const MOST_SEARCHED: usize = 200;

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let loads_modules = configuration.named("load_module").next().is_some();
    let mut searched = 0;
    for (_, node) in configuration.all().filter(|(_, node)| node.is_own && !node.is_damaged) {
        let Some(context) = node.context else { continue };
        let name = node.name.as_str();
        if table::is_directive(name) || removed(name).is_some() || is_third_party(name) || !is_name(name) {
            continue;
        }
        searched += 1;
        let near = if searched <= MOST_SEARCHED { nearest(name, known_in(context)) } else { None };
        if near.is_none() && loads_modules {
            continue;
        }
        let span = node.head;
        let found = findings
            .at(span, format!("nginx has no directive `{name}`"))
            .note("nginx refuses to start with a directive that none of its modules has");
        findings.push(match near {
            Some(near) => {
                let found = found.help(format!("did you mean `{near}`?"));
                if configuration.is_handwritten {
                    found.safe_fix(format!("write `{near}`"), vec![(span, near.to_owned())])
                } else {
                    found
                }
            }
            None => found.help("if a module brings it, `load_module` has to load that"),
        });
    }
}

/// The directives that may stand in a context.
fn known_in(context: Context) -> impl Iterator<Item = &'static str> {
    table::all().iter().filter(move |known| known.contexts.contains(&context)).map(|known| known.name)
}

/// Whether it could be the name of a directive at all; anything else is the rest of something else.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
