//! What the rules find in compose files, Dockerfiles and configurations of nginx that belong together.

use stackc::handwritten::check_memory;
use stackc::project::host::Memory;

/// What is found in a project, given as file names and texts: `file:line code` each, those of `codes` alone, in order.
#[track_caller]
pub(crate) fn found(files: &[(&str, &str)], codes: &[&str]) -> Vec<String> {
    let checked = check_memory(&Memory::new(files.iter().copied()));
    let mut found = Vec::new();
    for diagnostic in &checked.sink.diagnostics {
        if codes.is_empty() || codes.contains(&diagnostic.code) {
            let file = &checked.sources.file(diagnostic.primary.span.file).name;
            let line = checked.sources.position(diagnostic.primary.span).line_number;
            found.push(format!("{file}:{line} {}", diagnostic.code));
        }
    }
    found
}

#[test]
fn a_project_of_no_files_has_nothing_to_find() {
    assert_eq!(found(&[], &[]), [""; 0]);
}
