//! # An alias without the slash that its location has
//!
//! nginx replaces the part of the path that the location matches by the alias, letter by letter. With
//! `location /static/` and `alias /srv/static`, `/static/site.css` is looked for as `/srv/staticsite.css`, and every
//! file is answered with 404.
//!
//! ```nginx bad
//! location /static/ {
//!     alias /srv/app/static;
//! }
//! ```
//!
//! ```nginx good
//! location /static/ {
//!     alias /srv/app/static/;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;
use crate::lint::nginx::location::Location;

pub(super) const CODE: &str = "nginx-alias-slash";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, alias) in configuration.named("alias") {
        let Some(parent) = alias.parent.map(|parent| configuration.get(parent)) else { continue };
        let (Some(location), [word]) = (Location::of(parent), alias.args.as_slice()) else { continue };
        let path = word.text.as_str();
        let applies = location.is_prefix()
            && location.pattern.ends_with('/')
            && location.pattern.len() > 1
            && !path.ends_with('/')
            && !ends_in_variable(path);
        if !applies {
            continue;
        }
        let pattern = location.pattern;
        let found = findings
            .at(word.span, format!("files of `{pattern}` are looked for beside `{path}`, not in it"))
            .label(location.span, "ends in a slash")
            .note(format!("nginx puts the alias in the place of the location: `{pattern}site.css` becomes `{path}site.css`"))
            .help(format!("write `alias {path}/;`"));
        findings.push(if configuration.is_handwritten {
            let end = word.span.at_end();
            let unquoted = configuration.sources.text(word.span).ends_with(path);
            if unquoted { found.safe_fix("add the slash", vec![(end, "/".to_owned())]) } else { found }
        } else {
            found
        });
    }
}

/// Whether the path ends in a variable, which may hold the slash.
fn ends_in_variable(path: &str) -> bool {
    path.rfind('$').is_some_and(|at| {
        path[at + 1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'{' | b'}'))
    })
}
