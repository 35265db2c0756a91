//! `RUN --mount=type=...`: what a command sees besides its own files.
//!
//! Source: `BuildKit`, `frontend/dockerfile/instructions/commands_runmount.go`, `parseMount`.

use crate::source::Span;
use crate::syntax::dockerfile::tree::Instruction;

/// One `--mount`, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount<'a> {
    /// `bind`, `cache`, `tmpfs`, `secret`, `ssh`: in lower case, `bind` if nothing is said.
    pub kind: String,
    /// A stage, a named context or an image.
    pub from: Option<&'a str>,
    /// `source`, `src`
    pub source: Option<&'a str>,
    /// `target`, `dst`, `destination`
    pub target: Option<&'a str>,
    /// The flag.
    pub span: Span,
}

/// The mounts of an instruction.
pub fn mounts(instruction: &Instruction) -> impl Iterator<Item = Mount<'_>> {
    let flags = instruction.flags.iter().filter(|flag| flag.name.text == "mount");
    flags.filter_map(|flag| Some(mount(&flag.value.as_ref()?.text, flag.span)))
}

fn mount(text: &str, span: Span) -> Mount<'_> {
    let mut mount = Mount { kind: "bind".to_owned(), from: None, source: None, target: None, span };
    for field in text.split(',') {
        let (key, value) = field.trim().split_once('=').unwrap_or((field.trim(), ""));
        let value = value.trim_matches('"');
        match key.trim_start_matches('"').to_ascii_lowercase().as_str() {
            "type" => mount.kind = value.to_ascii_lowercase(),
            "from" => mount.from = Some(value),
            "source" | "src" => mount.source = Some(value),
            "target" | "dst" | "destination" => mount.target = Some(value),
            _ => {}
        }
    }
    mount
}
