//! `--watch`: does a command again whenever something changes of what it looked at.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;

use super::console::Console;
use super::{DONE, interrupt};
use crate::driver::looked::Looked;
use crate::driver::watch::Watch;
use crate::driver::{Error, Result, disk};
use crate::render::visible;

/// What may be typed to have a command go on.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Watching {
    /// Go on, and do it again whenever a file changes that was looked at; Ctrl-C ends it
    #[arg(long)]
    pub(super) watch: bool,
}

/// Does something at once and after each change. Ends when nobody reads what is said any more, or by a signal.
pub(super) fn again(
    console: &mut Console,
    mut once: impl FnMut(&mut Looked, &mut Console) -> Result<u8>,
) -> Result<u8> {
    interrupt::handle();
    let mut watch = Watch::start();
    let mut known = Looked::new();
    let mut is_first = true;
    loop {
        let start = SystemTime::now();
        let mut looked = Looked::new();
        match once(&mut looked, console) {
            Ok(_) => known = looked,
            // A command line that cannot be followed will not be better later.
            Err(error @ Error::Usage { .. }) if is_first => return Err(error),
            Err(error) => {
                console.fail(&error);
                // What was to be looked at is not known better than before.
                known.extend(looked);
            }
        }
        let missed = watch.follow(known.clone(), start);
        if is_first {
            if let Some(why) = watch.polls() {
                let why = visible::line(why);
                console.err(&format!("the system does not tell of changes ({why}): looking every second\n"));
            }
            console.err("watching for changes; Ctrl-C ends\n");
        }
        is_first = false;
        if !console.is_read() {
            return Ok(DONE);
        }
        let changed = if missed { Vec::new() } else { watch.wait()? };
        console.err(&format!("\n{}\n", visible::line(&what(&changed))));
    }
}

/// That a command cannot be done again and again.
pub(super) fn usage() -> Error {
    Error::Usage {
        what: "`--watch` cannot be had with these options".to_owned(),
        help: "with `lint`, it is for files on the disk and `--format terminal` or `short`, without `--fix` and `--diff`; \
               with `build`, for what is written"
            .to_owned(),
    }
}

/// What changed, in a line.
fn what(changed: &[PathBuf]) -> String {
    let here = Path::new(".").canonicalize().unwrap_or_default();
    let shown = |path: &PathBuf| disk::shown(path.strip_prefix(&here).unwrap_or(path));
    match changed {
        [] => "something changed".to_owned(),
        [only] => format!("`{}` changed", shown(only)),
        [first, rest @ ..] => format!("`{}` and {} more changed", shown(first), rest.len()),
    }
}
