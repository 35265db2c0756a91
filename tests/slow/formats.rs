//! What has a JSON schema is valid by it. The validator, Python's, takes seconds.

use crate::formats::valid::validate;

#[test]
fn sarif_is_valid() {
    validate("sarif", "sarif-2.1.0.json");
}

#[test]
fn rdjson_is_valid() {
    validate("rdjson", "rdjson.json");
}
