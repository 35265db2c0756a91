//! What may stand where in a compose file. Source: the compose specification's own schema, `data/compose/compose-spec.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// A map.
    Map,
    /// A list.
    List,
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Nothing.
    Null,
}

/// The names that a pattern stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// `x-` and anything.
    Extensions,
    /// Letters, digits, `.`, `_` and `-`.
    Simple,
    /// Small letters.
    Small,
    /// Anything that is not empty.
    All,
}

impl Names {
    /// Whether a name is one of them.
    pub fn has(self, name: &str) -> bool {
        match self {
            Self::Extensions => name.starts_with("x-"),
            Self::Simple => {
                !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
            }
            Self::Small => !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()),
            Self::All => !name.is_empty(),
        }
    }

    fn read(pattern: &str) -> Option<Self> {
        match pattern {
            "^x-" => Some(Self::Extensions),
            "^[a-zA-Z0-9._-]+$" => Some(Self::Simple),
            "^[a-z]+$" => Some(Self::Small),
            ".+" | "^.+$" => Some(Self::All),
            _ => None,
        }
    }
}

/// A place of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(usize);

/// What may stand at a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// The kinds of value; anything if there are none.
    pub types: Vec<Type>,
    /// Keys of a map.
    pub properties: BTreeMap<String, Id>,
    /// Further names.
    pub patterns: Vec<(Names, Id)>,
    /// Whether there are no other keys.
    pub is_closed: bool,
    /// The keys that must be there.
    pub required: Vec<String>,
    /// The items of a list.
    pub items: Option<Id>,
    /// Whether no item may stand there twice.
    pub is_unique: bool,
    /// One of these.
    pub one_of: Vec<Id>,
    /// The texts that there are.
    pub words: Vec<String>,
    /// The least number.
    pub minimum: Option<f64>,
    /// The greatest number.
    pub maximum: Option<f64>,
}

/// The place of a whole file.
pub fn root() -> Id {
    Id(0)
}

/// What may stand at a place.
pub fn schema(id: Id) -> &'static Schema {
    &SCHEMAS[id.0]
}

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let text = include_str!("../../data/compose/compose-spec.json");
    let whole: Value = serde_json::from_str(text).expect("the generated table is JSON");
    let mut reader = Reader { whole: &whole, schemas: Vec::new(), definitions: BTreeMap::new() };
    reader.read(&whole);
    reader.schemas
});

struct Reader<'a> {
    whole: &'a Value,
    schemas: Vec<Schema>,
    /// Those that were read, by reference.
    definitions: BTreeMap<String, Id>,
}

impl Reader<'_> {
    fn read(&mut self, value: &Value) -> Id {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            return self.refer(reference);
        }
        let id = Id(self.schemas.len());
        self.schemas.push(Schema::default());
        self.schemas[id.0] = self.fill(value);
        id
    }

    fn refer(&mut self, reference: &str) -> Id {
        if let Some(id) = self.definitions.get(reference) {
            return *id;
        }
        let id = Id(self.schemas.len());
        self.schemas.push(Schema::default());
        self.definitions.insert(reference.to_owned(), id);
        let target = self.whole.pointer(reference.trim_start_matches('#'));
        self.schemas[id.0] = self.fill(target.expect("a reference of the schema leads somewhere"));
        id
    }

    fn fill(&mut self, value: &Value) -> Schema {
        let strings = |value: &Value| -> Vec<String> {
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let get_strings = |key: &str| value.get(key).map(strings).unwrap_or_default();
        let types = get_strings("type").iter().map(|name| type_named(name)).collect();
        let mut schema = Schema {
            types,
            is_closed: value.get("additionalProperties") == Some(&Value::Bool(false)),
            required: get_strings("required"),
            is_unique: value.get("uniqueItems") == Some(&Value::Bool(true)),
            words: get_strings("enum"),
            minimum: value.get("minimum").and_then(Value::as_f64),
            maximum: value.get("maximum").and_then(Value::as_f64),
            ..Schema::default()
        };
        for (name, below) in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
            schema.properties.insert(name.clone(), self.read(below));
        }
        for (pattern, below) in
            value.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            let names = Names::read(pattern).expect("every pattern of the schema is known");
            schema.patterns.push((names, self.read(below)));
        }
        schema.items = value.get("items").map(|items| self.read(items));
        for branch in value.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            schema.one_of.push(self.read(branch));
        }
        schema
    }
}

fn type_named(name: &str) -> Type {
    match name {
        "object" => Type::Map,
        "array" => Type::List,
        "string" => Type::Text,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "boolean" => Type::Flag,
        "null" => Type::Null,
        other => panic!("the schema has no type {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_read_whole() {
        let services = schema(schema(root()).properties["services"]);
        let (names, service) = services.patterns[0];
        assert!(names.has("web-1") && !names.has("a b"));
        let service = schema(service);
        assert!(service.is_closed && service.properties.len() > 80);
        let build = schema(service.properties["build"]);
        assert_eq!(schema(build.one_of[0]).types, [Type::Text]);
        assert!(schema(build.one_of[1]).properties.contains_key("context"));
    }
}
