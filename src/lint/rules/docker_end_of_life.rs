//! # An image whose software gets no fixes any more
//!
//! Every release of an operating system, a language or a database has a last day. After it, holes that are found are
//! not closed, and its packages move to archives where `apt-get` no longer finds them. The days are those of
//! endoflife.date; for Debian the end of the free long-term support counts. They are compared with the day of the
//! table that stackc carries, not with today's, so that a file that passes goes on passing.
//!
//! ```dockerfile bad
//! FROM ubuntu:14.04
//! USER 1000
//! CMD ["sleep", "infinity"]
//! ```
//!
//! ```dockerfile good
//! FROM ubuntu:24.04
//! USER 1000
//! CMD ["sleep", "infinity"]
//! ```

use std::collections::BTreeSet;

use crate::lint::dockerfile::image::ImageName;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Base;
use crate::source::Span;
use crate::vocabulary::end_of_life::{Release, as_of, ended, ended_below};

pub(super) const CODE: &str = "docker-end-of-life";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let mut seen = BTreeSet::new();
        for stage in &dockerfile.stages {
            if let Base::Image(name) = &stage.base
                && seen.insert(name)
            {
                report(name, stage.from.span, findings);
            }
        }
    }
    for service in whole.project.compose.iter().flat_map(|compose| &compose.services) {
        if let Some(image) = service.image.as_ref().filter(|_| service.build.is_none())
            && let Some(name) = &image.value
        {
            report(name, image.span, findings);
        }
    }
}

fn report(name: &str, span: Span, findings: &mut Findings<'_>) {
    let image = ImageName::of(name);
    let Some(tag) = image.tag else { return };
    let official = image.official();
    let (release, is_below) = match (ended(official, tag), ended_below(tag)) {
        (Some(release), _) => (release, false),
        (None, Some(release)) => (release, true),
        (None, None) => return,
    };
    let Release { product, cycle, end, .. } = release;
    let message = if is_below {
        format!("`{name}` is built on {product} {cycle}, which gets no fixes since {end}")
    } else {
        format!("{product} {cycle} gets no fixes since {end}")
    };
    let found = findings
        .at(span, message)
        .note(format!("by endoflife.date, as of {}; holes that are found now stay open", as_of()))
        .help(if is_below {
            format!("take a variant of `{}` on a release that is still maintained", image.repository)
        } else {
            format!("move to a release of {product} that is still maintained")
        });
    findings.push(found);
}
