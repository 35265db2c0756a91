//! # Compilers in the image that runs
//!
//! Compilers and headers are needed to build, not to run. Left in the image they make it several times as large, have
//! holes of their own that scanners report, and are tools for whoever breaks in. A stage of its own builds, and the last
//! one copies what was built.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*
//! COPY requirements.txt /
//! RUN pip install --no-cache-dir -r /requirements.txt
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim AS build
//! RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*
//! COPY requirements.txt /
//! RUN pip install --no-cache-dir --prefix /install -r /requirements.txt
//! FROM python:3.14-slim
//! COPY --from=build /install /usr/local
//! USER 1000
//! ```

use crate::lint::dockerfile::apt::Apt;
use crate::lint::dockerfile::commands::{Command, Word, commands};
use crate::lint::dockerfile::{is_for_development, shipped_steps};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-single-stage";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in shipped_steps(whole) {
        let name = place.stage.name.as_ref().map_or("", |name| name.value.as_str());
        if is_for_development(name) || is_for_development(place.dockerfile.host.as_deref().unwrap_or("")) {
            continue;
        }
        let commands = commands(place.step, whole.sources);
        if commands.iter().any(takes_out) {
            continue;
        }
        let tools: Vec<&Word> =
            commands.iter().flat_map(put_in).filter(|word| is_for_building(&word.text)).collect();
        let Some(first) = tools.first() else { continue };
        let names: Vec<&str> = tools.iter().map(|word| word.text.as_str()).collect();
        let found = findings
            .at(first.span, format!("the image that runs keeps what only a build needs: {}", listed(&names)))
            .note("it makes the image larger, and every one of them has holes of its own")
            .help("build in a stage of its own, and copy from it what was built");
        findings.push(found);
    }
}

fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = names.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// The packages that a command puts in.
fn put_in(command: &Command) -> Vec<&Word> {
    if let Some(apt) = Apt::of(command) {
        return if apt.action == "install" { apt.packages } else { Vec::new() };
    }
    let is_of = |program: &str, action: &str| command.program == program && command.has(&[action]);
    // `--virtual` names a group that is taken out later.
    let is_group = command.has(&["--virtual", "-t"]);
    if (is_of("apk", "add") && !is_group) || is_of("yum", "install") || is_of("dnf", "install") {
        return command.operands().skip(1).collect();
    }
    Vec::new()
}

fn takes_out(command: &Command) -> bool {
    let by_apt = Apt::of(command).is_some_and(|apt| matches!(apt.action, "purge" | "remove" | "autoremove"));
    by_apt
        || (matches!(command.program.as_str(), "apk" | "yum" | "dnf")
            && command.has(&["del", "remove", "erase"]))
}

fn is_for_building(package: &str) -> bool {
    let name = package.split(['=', ':']).next().unwrap_or(package);
    matches!(
        name,
        "build-essential"
            | "build-base"
            | "gcc"
            | "g++"
            | "gcc-c++"
            | "clang"
            | "make"
            | "cmake"
            | "autoconf"
            | "automake"
            | "musl-dev"
    ) || name.ends_with("-dev")
        || name.ends_with("-devel")
        || name.ends_with("-headers")
}
