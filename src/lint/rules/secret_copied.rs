//! # A key or a secret's file copied into an image
//!
//! Whoever can pull the image can read what is in it, also when a later step removes it or changes its mode: every
//! layer stays. This concerns the files of declared secrets, and files that are keys or environments by their name.
//! A build gets a secret by `run "..." { secret NAME }`, which leaves nothing behind.
//!
//! ```stack bad
//! service app {
//!   build {
//!     base python:3.14-slim
//!     copy ssh/id_rsa to /root/.ssh/
//!   }
//! }
//! ```
//!
//! ```stack good
//! secret deploy_key { file ./ssh/id_rsa }
//! service app {
//!   build {
//!     base python:3.14-slim
//!     run "fetch --key /run/secrets/deploy_key" { secret deploy_key }
//!   }
//! }
//! ```

use crate::lint::secrets::keys;
use crate::lint::{Findings, Subject};
use crate::model::compose::Context;
use crate::model::dockerfile::BuildFile;
use crate::model::path::HostPath;

pub(super) const CODE: &str = "secret-copied";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for build in &subject.deployment.builds {
        for step in build.dockerfile.stages.iter().flat_map(|stage| &stage.steps) {
            for source in step.op.effective().context_sources() {
                let (Some(text), Some(span)) = (source.as_literal(), subject.span(source.origin)) else {
                    continue;
                };
                let Some(what) = what_it_is(subject, build, text) else { continue };
                let left_out = build.ignore.iter().any(|pattern| leaves_out(&pattern.value, text));
                findings.push(
                    findings
                        .at(span, format!("`{text}` is {what}: it must not be in an image"))
                        .here("copied into the image")
                        .note(if left_out {
                            "stackc leaves it out of the build context, so this step would fail; a layer would keep it for good"
                        } else {
                            "removing it in a later step, or changing its mode, leaves the layer as it is"
                        })
                        .help("declare it as a `secret`, and give it to the step that needs it: `run \"...\" { secret NAME }`"),
                );
            }
        }
    }
}

fn what_it_is(subject: &Subject<'_>, build: &BuildFile, source: &str) -> Option<String> {
    if let Context::Host(context) = &build.context {
        let path = context.join(source);
        for secret in &subject.deployment.stack.secrets {
            let Some(file) = secret.source.file() else { continue };
            let below = file
                .below(&path)
                .is_some_and(|rest| path.as_str() != "." && (rest.is_empty() || path != *context));
            if below {
                return Some(format!("where the secret `{}` is kept", secret.name.value));
            }
        }
    }
    keys::by_name(HostPath::parse(source)?.as_str()).map(str::to_owned)
}

/// Whether a pattern of the build's `.dockerignore` plainly matches a path of the context.
fn leaves_out(pattern: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    match pattern.strip_prefix("**/") {
        None => path == pattern || path.starts_with(&format!("{pattern}/")),
        Some(pattern) => match pattern.split_once('*') {
            None => name == pattern,
            Some((start, end)) => {
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::leaves_out;

    #[test]
    fn patterns_match_names_at_any_depth_and_paths_from_the_context() {
        for (pattern, path) in [
            ("**/*.pem", "a/b.pem"),
            ("**/.ssh", ".ssh/"),
            ("**/id_rsa*", "./id_rsa.pub"),
            ("secrets/a", "secrets/a"),
        ] {
            assert!(leaves_out(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("**/*.pem", "pem"), ("**/.ssh", "ssh"), ("secrets/a", "secrets"), ("**/.env.*", ".env")]
        {
            assert!(!leaves_out(pattern, path), "{pattern} {path}");
        }
    }
}
