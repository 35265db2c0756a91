//! # An `env_file` that is not there
//!
//! Compose refuses to start without it. Often that is right: the file holds secrets, and is made where the project
//! runs. What stands in it is not known to the rules, which are silent on the variables of the service.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     env_file: missing.env
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     env_file:
//!       - path: missing.env
//!         required: false
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::host::Kind;

pub(super) const CODE: &str = "compose-env-file-missing";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = Vec::new();
    for running in running(whole) {
        for file in running.service.env_files.iter().filter(|file| !file.is_optional) {
            let Some(host) = &file.host else { continue };
            if whole.host.kind(host) != Kind::Missing || told.contains(host) {
                continue;
            }
            told.push(host.clone());
            let example = ["example", "sample", "dist", "template"].iter().find_map(|end| {
                let beside = format!("{host}.{end}");
                (whole.host.kind(&beside) == Kind::File).then_some(beside)
            });
            let help = match example {
                Some(example) => {
                    format!("make it from `{example}` before the first start, and say so in the readme")
                }
                None => "commit an example of it without its secrets, beside it".to_owned(),
            };
            findings.push(
                findings
                    .at(file.path.span, format!("there is no file `{}`", file.path.raw))
                    .note("compose starts nothing without it; the variables in it are not known here")
                    .help(help),
            );
        }
    }
}
