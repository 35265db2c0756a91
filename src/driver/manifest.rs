//! The record of what was written, kept beside it, by which edited and foreign files are told from ours.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Its name in the output folder.
pub const FILE_NAME: &str = ".stackc-manifest.json";

/// The format that this program writes.
const VERSION: u32 = 1;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// The stack file, from the output folder.
    pub stack: String,
    /// The digest of every file, by its path from the output folder.
    pub files: BTreeMap<String, String>,
    /// What a run was about to write when it was interrupted: each of these files may be as before or as here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, String>,
}

/// Why a manifest is of no use: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// To follow the path.
    pub why: String,
    /// What to do.
    pub help: String,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl Manifest {
    /// One that lists nothing.
    pub fn new(stack: &str) -> Self {
        Self { version: VERSION, stack: stack.to_owned(), files: BTreeMap::new(), pending: BTreeMap::new() }
    }

    /// Reads a manifest. Its paths lead nowhere but below its folder.
    pub fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        let damaged = |why: String| Damage {
            why,
            help:
                "restore it from version control, or delete it; without it every file counts as not ours and \
                   needs `--force`"
                    .to_owned(),
        };
        let not_read = |error: serde_json::Error| {
            damaged(format!("is damaged at line {}, column {}", error.line(), error.column()))
        };
        let Version { version } = serde_json::from_slice(bytes).map_err(not_read)?;
        if version > VERSION {
            return Err(Damage {
                why: "was written by a newer stackc".to_owned(),
                help: format!("update stackc, this is {}", env!("CARGO_PKG_VERSION")),
            });
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(not_read)?;
        match manifest.files.keys().chain(manifest.pending.keys()).find(|path| !stays_below(path)) {
            Some(path) => Err(damaged(format!("is damaged: it lists `{path}`"))),
            None => Ok(manifest),
        }
    }

    /// The text of the file.
    ///
    /// # Panics
    ///
    /// Never: texts and numbers are always JSON.
    pub fn print(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("a manifest is made of texts and numbers");
        format!("{json}\n")
    }

    /// Whether a file is as a run of this program left it.
    pub fn wrote(&self, path: &str, digest: &str) -> bool {
        [&self.files, &self.pending].iter().any(|files| files.get(path).is_some_and(|d| d == digest))
    }

    /// Every path that was written, in order.
    pub fn paths(&self) -> std::collections::BTreeSet<&str> {
        self.files.keys().chain(self.pending.keys()).map(String::as_str).collect()
    }
}

/// Whether a path with `/` stays below the folder that it starts from.
pub fn stays_below(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(|c: char| c.is_control() || c == '\\')
}

/// The digest of a text; line endings do not count.
pub fn digest(bytes: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(line_feeds(bytes)) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes with every CRLF as LF.
pub fn line_feeds(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_a_small_sorted_text() {
        let mut manifest = Manifest::new("app.stack");
        manifest.files.insert("docker-compose.yml".to_owned(), "sha256:00".to_owned());
        manifest.files.insert(".dockerignore".to_owned(), "sha256:01".to_owned());
        let text = manifest.print();
        assert_eq!(
            text,
            "{\n  \"version\": 1,\n  \"stack\": \"app.stack\",\n  \"files\": {\n    \".dockerignore\": \
             \"sha256:01\",\n    \"docker-compose.yml\": \"sha256:00\"\n  }\n}\n"
        );
        assert_eq!(Manifest::parse(text.as_bytes()), Ok(manifest));
    }

    #[test]
    fn what_cannot_be_trusted_is_not_read() {
        let why = |text: &str| Manifest::parse(text.as_bytes()).unwrap_err().why;
        assert_eq!(why("{\"version\": 1,\n"), "is damaged at line 2, column 0");
        assert_eq!(why("{\"version\": 2, \"new\": true}"), "was written by a newer stackc");
        assert_eq!(
            why(r#"{"version": 1, "stack": "a", "files": {"../x": "sha256:00"}}"#),
            "is damaged: it lists `../x`"
        );
    }

    #[test]
    fn line_endings_do_not_count() {
        assert_eq!(digest(b"a\r\nb\n"), digest(b"a\nb\r\n"));
        assert_ne!(digest(b"a\rb"), digest(b"a\nb"));
        assert_eq!(digest(b"abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
