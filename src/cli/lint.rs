//! `stackc lint`

use std::path::Path;

use super::console::Console;
use super::load::{Stream, load};
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::diagnostic::Severity;
use crate::driver::Result;

pub(super) fn run(file: Option<&Path>, console: &mut Console) -> Result<u8> {
    let loaded = load(file, "lint")?;
    loaded.report(console, Stream::Out, "");
    let sink = &loaded.compilation.sink;
    if sink.diagnostics.is_empty() {
        console.say(&format!("{}: nothing found", loaded.stack.name()));
    }
    Ok(match (&loaded.compilation.deployment, sink.worst()) {
        (None, _) => NOT_UNDERSTOOD,
        (Some(_), Some(Severity::Error | Severity::Warning)) => FINDINGS,
        (Some(_), Some(Severity::Info) | None) => DONE,
    })
}
