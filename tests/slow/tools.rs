//! Programs of Python that check what is for other programs. `./test.sh` installs them in a folder of their own.

/// The path of a program.
pub(super) fn program(name: &str) -> String {
    let folder = std::env::var("STACKC_TOOLS").unwrap_or_else(|error| {
        panic!("STACKC_TOOLS names no folder with `{name}` ({error}): ./test.sh installs it and says so")
    });
    format!("{folder}/{name}")
}
