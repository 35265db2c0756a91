//! A file that is put together line by line, because its format has nothing to lay out.

use crate::backend::escape::header;
use crate::backend::{Artifact, Kind};
use crate::source::Origin;

/// The lines so far.
pub(crate) struct Plain {
    text: String,
    lines: Vec<Vec<Origin>>,
}

impl Plain {
    /// The header.
    pub(crate) fn headed(stack_file: &str) -> Self {
        let mut plain = Self { text: String::new(), lines: Vec::new() };
        for line in header(stack_file) {
            plain.push(&format!("# {line}"), vec![Origin::HEADER]);
        }
        plain
    }

    /// Appends one line.
    pub(crate) fn push(&mut self, line: &str, origins: Vec<Origin>) {
        assert!(!line.contains('\n'), "a line holds no line break");
        self.text.push_str(line);
        self.text.push('\n');
        self.lines.push(origins);
    }

    /// Ends the file.
    pub(crate) fn into_artifact(self, kind: Kind, path: String) -> Artifact {
        Artifact::new(kind, path, self.text, self.lines)
    }
}
