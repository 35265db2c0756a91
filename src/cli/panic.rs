//! What a person sees when this program has a bug.

use std::io::Write;
use std::panic::PanicHookInfo;

/// Replaces the hook of the standard library, which would print a backtrace.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        // There is nowhere left to tell of a failure.
        let _ = std::io::stderr().lock().write_all(message(info).as_bytes());
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let place =
        info.location().map_or_else(String::new, |at| format!(" at {}:{}", source(at.file()), at.line()));
    let payload = info.payload();
    let text =
        payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    let what = text.map(invariant).filter(|what| !what.is_empty());
    let what = what.map_or_else(String::new, |what| format!(": {what}"));
    format!(
        "error: this is a bug in stackc, not in your files\n  \
         stackc {}{place}{what}\n  \
         help: report these lines with the command that you ran and, if you can, a stack file that shows it;\n        \
         leave out what is secret. Every file that was there is either as before or complete\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The place in our own sources, without the folder that they were built in.
fn source(file: &str) -> &str {
    file.rfind("/src/").map_or(file, |at| &file[at + 1..])
}

/// The part of a message that cannot hold text of the user: the standard library quotes values behind one of these.
fn invariant(message: &str) -> &str {
    message.split(['`', '"', '\'', ':', '\n']).next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_quoted() {
        assert_eq!(invariant("a statement has a head"), "a statement has a head");
        assert_eq!(
            invariant("end byte index 9 is out of bounds of `hunter2`"),
            "end byte index 9 is out of bounds of"
        );
        assert_eq!(invariant("a port: Err(\"hunter2\")"), "a port");
        assert_eq!(source("/home/x/stackc/src/lower/mod.rs"), "src/lower/mod.rs");
    }
}
