//! The reference of the language is what the schema and the compiler say, and the examples of other pages compile.

use stackc::compile::compile;
use stackc::facts::Facts;
use stackc::render::{Look, terminal};
use stackc::syntax::stack;

use crate::explain::language::document;
use crate::snapshot::{assert_file, repository};

#[test]
fn the_page_of_the_language_is_up_to_date() {
    assert_file(&repository().join("docs/language.md"), &document());
}

/// Compiles every example of a page, each of which is a whole file.
fn examples_compile(page: &str) -> usize {
    let text = std::fs::read_to_string(repository().join(page)).unwrap();
    let examples: Vec<&str> =
        text.split("```stack\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    for example in &examples {
        let compilation = compile("example.stack", example, &mut |_| Facts::default());
        let found = terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN);
        assert!(compilation.deployment.is_some(), "{page}:\n{example}\n{found}");
        assert_eq!(stack::print(&compilation.tree, example), *example, "{page} is in the format");
    }
    examples.len()
}

#[test]
fn the_examples_of_the_page_on_builds_compile() {
    assert_eq!(examples_compile("docs/builds.md"), 6);
}
