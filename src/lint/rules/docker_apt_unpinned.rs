//! # Packages of any version
//!
//! `apt-get install git` takes the version that is newest when the image is built. Two builds of one Dockerfile can so
//! hold different versions. It is advice: a version that is named in full disappears from the mirrors with the next fix,
//! so that pinning needs a snapshot archive or somebody who follows the updates.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN apt-get update && apt-get install -y --no-install-recommends git=1:2.47.* && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```

use crate::lint::dockerfile::apt::Apt;
use crate::lint::dockerfile::commands::commands;
use crate::lint::dockerfile::shipped_steps;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-apt-unpinned";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in shipped_steps(whole) {
        let commands = commands(place.step, whole.sources);
        let installs = commands.iter().filter_map(Apt::of).filter(|apt| apt.action == "install");
        let packages: Vec<_> = installs.flat_map(|apt| apt.packages).collect();
        // The file of a package has a slash in its path.
        let is_unpinned = |text: &str| !text.contains(['=', '/', '$', '*']);
        let unpinned: Vec<_> = packages.into_iter().filter(|word| is_unpinned(&word.text)).collect();
        let (Some(first), Some(last)) = (unpinned.first(), unpinned.last()) else { continue };
        let what = match unpinned.len() {
            1 => format!("`{}` is installed in whatever version is newest", first.text),
            count => format!("{count} packages are installed in whatever version is newest"),
        };
        let found = findings
            .at(first.span.to(last.span), what)
            .note("two builds of the same Dockerfile can hold different versions")
            .help(format!("where that matters, name the version: `{}=VERSION`", first.text));
        findings.push(found);
    }
}
