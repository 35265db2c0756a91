//! What two deployments mean differently.

mod kinds;
mod secrets;

use stackc::difference::{Side, differences};
use stackc::handwritten::Opened;
use stackc::project::host::Memory;
use stackc::render::Look;
use stackc::render::difference::Document;

use crate::snapshot::Files;

/// The side of some files, the compose file of which has the usual name.
fn side(name: &str, files: &Files) -> Side {
    let memory = Memory::new(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let beside: Vec<String> = files.keys().cloned().collect();
    let opened = Opened::of(&["docker-compose.yml".to_owned()], &beside, &memory);
    assert!(opened.is_understood, "{:?}", opened.sink.diagnostics);
    Side { name: name.to_owned(), opened, folder: ".".to_owned(), made: None }
}

/// What is told of two sides.
fn document(before: &Side, after: &Side) -> Document {
    Document::new(before, after, &differences(before, after))
}

/// The same for a person, without the count.
fn told(before: &Side, after: &Side) -> String {
    let text = document(before, after).text(&Look::PLAIN);
    let lines: Vec<&str> = text.lines().collect();
    lines[..lines.len() - 1].join("\n")
}
