//! # pip's cache left in the image
//!
//! pip keeps every package that it fetches, so that it need not fetch it again. In an image there is no again: the cache
//! in `/root/.cache` only makes it larger, often by as much as the packages themselves.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! COPY requirements.txt /
//! RUN pip install -r /requirements.txt
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! COPY requirements.txt /
//! RUN pip install --no-cache-dir -r /requirements.txt
//! USER 1000
//! ```

use crate::lint::dockerfile::commands::{Command, commands};
use crate::lint::dockerfile::{Place, shipped_steps};
use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::mounts;

pub(super) const CODE: &str = "docker-pip-cache";

/// What switches the cache off.
const SWITCH: &str = "PIP_NO_CACHE_DIR";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in shipped_steps(whole) {
        let commands = commands(place.step, whole.sources);
        let Some(install) = commands.iter().find(|command| keeps(command)) else { continue };
        if is_switched_off(&place) || commands.iter().any(removes) {
            continue;
        }
        let found = findings
            .at(install.span, "pip's cache stays in the image")
            .note("nothing uses it there, and it is often as large as the packages")
            .help("write `pip install --no-cache-dir`, or mount a cache: `RUN --mount=type=cache,target=/root/.cache/pip`").in_stack("write `pip FILE`, which leaves no cache in a layer, or give the step one: `run \"...\" { cache /root/.cache/pip }`");
        let edits = commands.iter().filter(|command| keeps(command)).map(|command| {
            let verb = command.args.iter().find(|word| matches!(word.text.as_str(), "install" | "wheel"))?;
            (whole.sources.text(verb.span) == verb.text)
                .then(|| (verb.span.at_end(), " --no-cache-dir".to_owned()))
        });
        findings.push(found.may_unsafe_fix("keep no cache", edits::all(edits)));
    }
}

fn keeps(command: &Command) -> bool {
    let name = command.program.as_str();
    let is_pip = name == "pip" || name.strip_prefix("pip").is_some_and(|rest| rest.starts_with(['2', '3']));
    let is_module = name.starts_with("python")
        && command.args.windows(2).any(|pair| pair[0].text == "-m" && pair[1].text == "pip");
    let is_off = command.has(&["--no-cache-dir", "--no-cache", "--dry-run"])
        || command.env.iter().any(|(name, _)| name == SWITCH)
        || command.is_open();
    (is_pip || is_module) && command.has(&["install", "wheel"]) && !is_off
}

/// Whether the cache is switched off before the step, or not a part of the image.
fn is_switched_off(place: &Place<'_>) -> bool {
    let before = &place.step.before;
    let is_cache = |target: &str| {
        target.contains("pip") || target.rsplit('/').next() == Some(".cache") || target == "/root"
    };
    before.variables.contains_key(SWITCH)
        || before.variables.contains_key("PIP_CACHE_DIR")
        || mounts(&place.step.instruction).any(|mount| mount.target.is_some_and(is_cache))
}

/// Whether a command of the same layer takes the cache away.
fn removes(command: &Command) -> bool {
    let is_purge = command.program.starts_with("pip") && command.has(&["purge"]);
    let is_export =
        command.program == "export" && command.args.iter().any(|word| word.text.starts_with(SWITCH));
    let is_removal = command.program == "rm"
        && command.args.iter().any(|word| word.text.trim_end_matches('*').contains(".cache"));
    is_purge || is_export || is_removal
}
