//! The reference of the language is what the schema and the compiler say.

use crate::explain::language::document;
use crate::snapshot::{assert_file, repository};

#[test]
fn the_page_of_the_language_is_up_to_date() {
    assert_file(&repository().join("docs/language.md"), &document());
}
