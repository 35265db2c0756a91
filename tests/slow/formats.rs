//! What has a JSON schema is valid by it. The validator, Python's, takes seconds.

use crate::formats::settings::the_schema_agrees_with_the_reader;
use crate::formats::valid::validate;

#[test]
fn sarif_is_valid() {
    validate("sarif", "sarif-2.1.0.json");
}

#[test]
fn rdjson_is_valid() {
    validate("rdjson", "rdjson.json");
}

#[test]
fn the_schema_of_the_settings_says_what_their_reader_says() {
    the_schema_agrees_with_the_reader();
}
