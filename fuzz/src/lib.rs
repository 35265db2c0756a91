//! What must hold for any text. What the readers promise is checked by the very functions that check mutilated texts
//! in the inner loop.

#[allow(unused, reason = "the tests themselves are left out")]
#[path = "../../tests/property/mod.rs"]
mod property;

use std::path::PathBuf;

use stackc::backend::Layout;
use stackc::compile::compile as compile_stack;
use stackc::facts::Facts;
use stackc::render::{Look, terminal};
use stackc::syntax::stack::print;

/// Reads and formats a stack file.
pub fn stack(text: &str) {
    property::stack_syntax::check(text);
}

/// Reads YAML.
pub fn yaml(text: &str) {
    property::yaml_syntax::check(text);
}

/// Reads a Dockerfile.
pub fn dockerfile(text: &str) {
    property::dockerfile_syntax::check(text);
}

/// Reads an nginx configuration.
pub fn nginx(text: &str) {
    property::nginx_syntax::check(text);
}

/// Texts that hold everything that a language has, and what is worth putting into them, by the name of the target.
pub const SEEDS: &[(&str, &[&str], &[&str])] = &[
    ("stack", property::stack_syntax::TEXTS, property::stack_syntax::SHREDS),
    ("yaml", property::yaml_syntax::TEXTS, property::yaml_syntax::SHREDS),
    ("dockerfile", property::dockerfile_syntax::TEXTS, property::dockerfile_syntax::SHREDS),
    ("nginx", property::nginx_syntax::TEXTS, property::nginx_syntax::SHREDS),
];

/// Compiles a text: findings can be shown, artefacts say what was meant, and the formatted text makes the same ones.
pub fn compile(text: &str) {
    let artifacts = artifacts(text);
    let Some((artifacts, formatted)) = artifacts else { return };
    let again = self::artifacts(&formatted).map(|(artifacts, _)| artifacts);
    assert_eq!(Some(artifacts), again, "{text:?} formatted as {formatted:?}");
}

/// The artefacts of a text by their paths, and the text as it is formatted; nothing if it cannot be compiled.
fn artifacts(text: &str) -> Option<(Vec<(String, String)>, String)> {
    let folder = PathBuf::from("/project");
    let layout = Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: "x.stack".to_owned() };
    let compilation = compile_stack("x.stack", text, &mut |_| Facts::default());
    terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN);
    // An artefact that does not say what was meant is a panic.
    let artifacts = compilation.emit(&layout)?;
    let artifacts = artifacts.into_iter().map(|artifact| (artifact.path, artifact.text)).collect();
    Some((artifacts, print(&compilation.tree, text)))
}
