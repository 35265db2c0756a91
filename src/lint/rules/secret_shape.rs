//! # A token of a known kind
//!
//! Keys and tokens of many services are known by their letters. One that stands in a file of the deployment is a real one,
//! whatever the name beside it: it is in version control, and whoever reads it can use it. The shapes are those of
//! gitleaks; placeholders and examples do not count.
//!
//! They are looked for in compose files, Dockerfiles with their heredocs, configurations of nginx, and env files that git
//! does not ignore.
//!
//! ```dockerfile bad
//! FROM alpine:3.22
//! RUN curl -u deploy:words-of-a-manual https://example.org/app.tar.gz
//! ```
//!
//! ```dockerfile good
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=deploy curl -u "deploy:$(cat /run/secrets/deploy)" https://example.org/app.tar.gz
//! ```

use std::collections::BTreeSet;

use crate::lint::nginx::Configuration;
use crate::lint::secrets::pairs::{self, Slot};
use crate::lint::secrets::places::Places;
use crate::lint::secrets::{shapes, values};
use crate::lint::{Findings, Whole};
use crate::source::{FileId, Span};

pub(super) const CODE: &str = "secret-shape";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let files: BTreeSet<FileId> = configuration.files().collect();
    for file in files {
        look(file, &configuration.sources.file(file).text, &Places::default(), findings);
    }
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let project = whole.project;
    let all = pairs::of_project(whole);
    // What another rule says of the same value.
    let told = all.iter().filter(|pair| values::is_literal_secret(pair)).map(|pair| pair.span);
    let told = Places::new(told.collect());
    let committed = all.iter().filter_map(|pair| match &pair.slot {
        Slot::EnvFile(_, Some(path)) => {
            (whole.host.is_committed(path) == Some(true)).then_some(pair.span.file)
        }
        Slot::EnvFile(_, None)
        | Slot::Environment(_)
        | Slot::Label(_)
        | Slot::BuildArg(_)
        | Slot::ImageEnv(_)
        | Slot::ImageArg(_)
        | Slot::ImageLabel(_) => None,
    });
    let files: BTreeSet<FileId> = committed
        .chain(project.compose.iter().flat_map(|compose| compose.files.iter().copied()))
        .chain(project.dockerfiles.iter().map(|dockerfile| dockerfile.file))
        .collect();
    for file in files {
        look(file, &whole.sources.file(file).text, &told, findings);
    }
}

fn look(file: FileId, text: &str, told: &Places, findings: &mut Findings<'_>) {
    for found in shapes::find(text) {
        let span = Span::new(file, found.range.start, found.range.end);
        findings.mask(span);
        if told.touch(span) {
            continue;
        }
        findings.push(
            findings
                .at(span, "a secret stands here as plain text")
                .here(format!("has the shape of {}", said(found.shape)))
                .note("it is in version control, and in what is built or started from this file")
                .help("have it replaced where it was issued, and give the new one by `secrets:`, by `RUN --mount=type=secret`, or in an env file that git ignores").in_stack("have it replaced where it was issued, and declare a `secret` for the new one"),
        );
    }
}

/// `aws-access-token` as words.
fn said(shape: &str) -> String {
    let words = shape.replace('-', " ");
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {words}")
}
