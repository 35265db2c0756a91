//! The keys of docker-compose.yml: their forms and types. Source: `data/compose/keys.tsv`, which is generated from the
//! compose specification's schema.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::records;

/// How a key's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `true` or `false`.
    Flag,
    /// One scalar.
    Value,
    /// A list of scalars.
    Words,
    /// A map from names to scalars.
    Pairs,
    /// A map with known keys.
    Block,
    /// A list of maps with known keys.
    Blocks,
    /// A map from names that the user chooses to maps with known keys, or to scalars.
    Named,
    /// Anything.
    Any,
}

/// What a scalar is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A port.
    Port,
    /// A number.
    Number,
    /// `1m30s`
    Duration,
    /// `64m`
    Size,
    /// A path of the host, relative to the file.
    HostPath,
    /// Something elsewhere: `https://...`, `git@...`, `docker-image://...`, `service:NAME`.
    Url,
    /// An absolute path in a container.
    ContainerPath,
    /// `nginx:1.30`
    Image,
    /// The name of a variable.
    EnvName,
    /// `10.0.0.5`, `fd00::5`
    Ip,
    /// `10.0.0.0/24`
    Subnet,
    /// `02:42:ac:11:65:43`
    Mac,
    /// The mode of a file, in octal digits.
    Mode {
        /// Whether compose wants a number there, rather than the digits.
        as_number: bool,
    },
    /// The name of a service, network, volume, secret, config or model of the stack.
    Name(Declared),
    /// One of these words; one that ends in `*` stands for all that begin so.
    Enum(Vec<&'static str>),
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// A service.
    Service,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A secret.
    Secret,
    /// A config.
    Config,
    /// A model.
    Model,
}

/// One key in one form.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of the table, and none depends on another"
)]
pub struct Key {
    /// From the kind of thing it belongs to: `service.logging.driver`, `service.develop.watch[].path`.
    pub path: &'static str,
    /// The path without the last name.
    pub group: &'static str,
    /// The last name.
    pub name: &'static str,
    /// How its value is written.
    pub form: Form,
    /// What its scalars may be: one of these.
    pub scalars: Vec<Scalar>,
    /// Whether a name may stand alone in its block: a variable that is passed through, or an entry without options.
    pub alone: bool,
    /// Whether Compose takes no variable there, so that its value must be known beforehand.
    pub fixed: bool,
    /// Whether it may be said several times in one block.
    pub many: bool,
    /// Whether the block that it stands in is nothing without it.
    pub must: bool,
    /// The version of Compose that brought it; empty if that is long ago.
    pub since: &'static str,
    /// The sentence of the stack language that says it; empty if there is none.
    pub by: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// The key with a value, as YAML on one line.
    pub example: &'static str,
}

impl Key {
    /// The group that its own keys are in, if it has any.
    pub fn opens(&self) -> Option<&'static str> {
        if let Some((_, group)) = OF_THE_FILE.iter().find(|(path, _)| *path == self.path) {
            return Some(group);
        }
        match self.form {
            Form::Block => group_named(self.path, ""),
            Form::Blocks => group_named(self.path, "[]"),
            Form::Named => group_named(self.path, ".*"),
            Form::Flag | Form::Value | Form::Words | Form::Pairs | Form::Any => None,
        }
    }
}

/// Keys of the file whose values are described under a name of their own.
const OF_THE_FILE: &[(&str, &str)] =
    &[("file.configs", "config"), ("file.models", "model"), ("file.include", "include")];

/// Every key in every form.
pub fn all() -> &'static [Key] {
    &KEYS
}

/// Every group, in order.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&'static str> = BY_GROUP.keys().copied().collect();
    groups.sort_unstable();
    groups
}

/// The keys of a group, in the order of the table.
pub fn keys_of(group: &str) -> &'static [&'static Key] {
    BY_GROUP.get(group).map_or(&[], Vec::as_slice)
}

/// The forms of one key; `x-` begins the names of keys that are the user's own.
pub fn forms<'a>(group: &str, name: &'a str) -> impl Iterator<Item = &'static Key> + 'a {
    let name = if name.starts_with("x-") { "x-*" } else { name };
    keys_of(group).iter().copied().filter(move |key| key.name == name)
}

static KEYS: LazyLock<Vec<Key>> =
    LazyLock::new(|| records::<8>(include_str!("../../data/compose/keys.tsv")).map(read).collect());

static BY_GROUP: LazyLock<HashMap<&'static str, Vec<&'static Key>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<&'static Key>> = HashMap::new();
    for key in all() {
        map.entry(key.group).or_default().push(key);
    }
    map
});

/// What the table says of a name that may stand alone.
const ALONE: &str = "alone";

/// What it says of a slot that takes no variable.
const FIXED: &str = "fixed";

fn group_named(path: &str, suffix: &str) -> Option<&'static str> {
    let wanted = format!("{path}{suffix}");
    BY_GROUP.get_key_value(wanted.as_str()).map(|(group, _)| *group)
}

fn read(record: [&'static str; 8]) -> Key {
    let [path, form, scalar, repeat, since, by, doc, example] = record;
    let (group, name) = path.rsplit_once('.').expect("a key's path begins with what it belongs to");
    Key {
        path,
        group,
        name,
        form: match form {
            "flag" => Form::Flag,
            "value" => Form::Value,
            "words" => Form::Words,
            "pairs" => Form::Pairs,
            "block" => Form::Block,
            "blocks" => Form::Blocks,
            "named" => Form::Named,
            "any" => Form::Any,
            other => unreachable!("the table of keys knows no form `{other}`"),
        },
        scalars: scalars(scalar, path),
        alone: scalar.split('|').any(|name| name == ALONE),
        fixed: scalar.split('|').any(|name| name == FIXED),
        many: repeat.starts_with("many"),
        must: repeat.ends_with("must"),
        since,
        by,
        doc,
        example,
    }
}

/// `integer|enum:all`: the enumeration comes last.
fn scalars(types: &'static str, path: &str) -> Vec<Scalar> {
    let (types, words) =
        types.split_once("enum:").map_or((types, None), |(types, words)| (types, Some(words)));
    let types = types.split('|').filter(|name| !matches!(*name, "" | "-" | ALONE | FIXED));
    let mut scalars: Vec<Scalar> = types.map(|name| scalar(name, path)).collect();
    scalars.extend(words.map(|words| Scalar::Enum(words.split('|').collect())));
    scalars
}

fn scalar(name: &str, path: &str) -> Scalar {
    match name {
        "integer" => Scalar::Integer,
        "port" => Scalar::Port,
        "number" => Scalar::Number,
        // Compose reads the digits of every mode but this one.
        "mode" => Scalar::Mode { as_number: path.ends_with(".tmpfs.mode") },
        "duration" => Scalar::Duration,
        "size" => Scalar::Size,
        "host-path" => Scalar::HostPath,
        "url" => Scalar::Url,
        "container-path" => Scalar::ContainerPath,
        "image" => Scalar::Image,
        "env-name" => Scalar::EnvName,
        "ip" => Scalar::Ip,
        "subnet" => Scalar::Subnet,
        "mac" => Scalar::Mac,
        "service" => Scalar::Name(Declared::Service),
        "network" => Scalar::Name(Declared::Network),
        "volume" => Scalar::Name(Declared::Volume),
        "secret" => Scalar::Name(Declared::Secret),
        "config" => Scalar::Name(Declared::Config),
        "model" => Scalar::Name(Declared::Model),
        _ => Scalar::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_its_form_its_type_and_what_it_opens() {
        let key = |group, name| forms(group, name).next().unwrap();
        assert_eq!(key("service", "cap_drop").form, Form::Words);
        assert_eq!(key("service", "logging").opens(), Some("service.logging"));
        assert_eq!(key("service", "ulimits").form, Form::Pairs);
        assert_eq!(key("service.develop", "watch").opens(), Some("service.develop.watch[]"));
        assert_eq!(key("service", "shm_size").scalars, [Scalar::Size]);
        assert_eq!(key("service.deploy", "mode").form, Form::Value);
    }

    #[test]
    fn every_block_has_keys() {
        for key in all().iter().filter(|key| matches!(key.form, Form::Block | Form::Blocks)) {
            assert!(
                key.opens().is_some() || !key.by.is_empty() || key.path.starts_with("file."),
                "{}",
                key.path
            );
        }
    }
}
