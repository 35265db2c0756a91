//! The JSON schema of `stackc.toml`, for editors. It is made from the rules and words that the reader knows.

use serde_json::{Value, json};

use super::Threshold;
use crate::lint::judge::{Level, named, names};
use crate::lint::rules;

/// The schema, as `docs/stackc.schema.json` holds it.
pub fn document() -> String {
    let levels: Vec<&str> = Level::ALL.iter().map(|(word, _)| *word).collect();
    let thresholds: Vec<&str> = Threshold::ALL.iter().map(|(word, _)| *word).collect();
    let rules: serde_json::Map<String, Value> =
        names().into_iter().map(|name| (name.to_owned(), rule(name))).collect();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "stackc.toml",
        "description": "What `stackc lint` tells of, and how grave it is.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "fail-on": {
                "description": "From which findings on `stackc lint` exits with 1.",
                "enum": thresholds,
                "default": "warning",
            },
            "baseline": {
                "description": "The file of findings that are known and not told again, from the folder of this file.",
                "$ref": "#/definitions/text",
            },
            "rules": {
                "description": "The level of each rule. A rule's own name counts more than that of its group.",
                "type": "object",
                "additionalProperties": false,
                "properties": rules,
            },
            "exclude": {
                "description": "What is left out, and why.",
                "type": "array",
                "items": exclusion(),
            },
        },
        "definitions": {
            "level": { "enum": levels },
            "text": { "type": "string", "pattern": "\\S" },
            "texts": { "type": "array", "minItems": 1, "items": { "type": "string" } },
            "rule": { "enum": names() },
        },
    });
    format!("{schema:#}\n")
}

fn exclusion() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["reason"],
        "anyOf": [{ "required": ["paths"] }, { "required": ["services"] }],
        "properties": {
            "paths": {
                "description": "Patterns of files, from the folder of this file: `legacy/**`.",
                "$ref": "#/definitions/texts",
            },
            "services": {
                "description": "Services whose blocks, Dockerfiles and configurations are left out.",
                "$ref": "#/definitions/texts",
            },
            "rules": {
                "description": "Rules and groups that are left out; all if none is named.",
                "type": "array",
                "minItems": 1,
                "items": { "$ref": "#/definitions/rule" },
            },
            "reason": {
                "description": "Why; reports keep it beside what was left out.",
                "$ref": "#/definitions/text",
            },
        },
    })
}

/// What a rule or a group may be told.
fn rule(name: &str) -> Value {
    let is_group = rules::ALL.iter().all(|rule| rule.code != name);
    let description = if is_group {
        format!("The {} rules whose names begin with `{name}-`.", named(name).len())
    } else {
        format!("`stackc explain {name}` says what it is about.")
    };
    json!({ "description": description, "allOf": [{ "$ref": "#/definitions/level" }] })
}
