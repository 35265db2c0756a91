//! Programs of Python that check what is for other programs. `./test.sh` installs them in a folder of their own.

/// The path of a program.
pub(super) fn program(name: &str) -> String {
    match std::env::var("STACKC_TOOLS") {
        Ok(folder) => format!("{folder}/{name}"),
        Err(_) => panic!("STACKC_TOOLS names no folder with `{name}`: ./test.sh installs it and says so"),
    }
}
