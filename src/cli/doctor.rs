//! `stackc doctor`

mod engine;
mod files;
mod images;
mod needs;
mod overlay;
mod ports;
mod secrets;
mod ssh;
mod subject;
mod variables;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::console::Console;
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::driver::Result;
use crate::driver::engine::Docker;
use crate::render::checkup::{self, Check, State};

/// What may be typed behind `doctor`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The stack file [default: the only *.stack in the current folder]
    #[arg(value_name = "FILE", conflicts_with = "compose")]
    file: Option<PathBuf>,
    /// A compose file in place of a stack file; several are merged in their order
    #[arg(long, value_name = "FILE")]
    compose: Vec<PathBuf>,
    /// How long to wait for each answer of `docker`
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let Some(subject) = subject::load(arguments.file.as_deref(), &arguments.compose, console)? else {
        return Ok(NOT_UNDERSTOOD);
    };
    let docker = Docker { patience: Duration::from_secs(arguments.timeout) };
    let (mut checks, found) = engine::check(docker, &subject);
    checks.extend(ports::check(docker, &found, &subject));
    checks.extend(secrets::check(&subject));
    checks.extend(ssh::check(&subject));
    checks.extend(variables::check(&subject));
    checks.extend(images::check(docker, &found, &subject));
    checks.extend(files::check(&found, &subject));
    let look = console.out_look();
    console.say(&subject.headline());
    console.out("\n");
    console.out(&checkup::text(&checks, &look));
    console.out("\n");
    console.say(&checkup::summary(&checks));
    let is_wrong = |check: &Check| match check.state {
        State::Problem | State::Warning => true,
        State::Ok | State::Unknown => false,
    };
    Ok(if checks.iter().any(is_wrong) { FINDINGS } else { DONE })
}
