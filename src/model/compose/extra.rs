//! Keys of docker-compose.yml for which the model has no field: what the target's own words and `raw` say.

use crate::model::path::HostPath;
use crate::model::values::{Text, Typed};
use crate::source::Origin;

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Extra {
    /// As compose spells it.
    pub key: String,
    /// What it holds.
    pub value: Value,
    /// Why it is there.
    pub origin: Origin,
}

/// What YAML can say, without styles.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string, interpolated by compose.
    Text(Text),
    /// A string as raw YAML has it: its `$` are compose's already.
    Raw(String),
    /// A path of the host, relative to the stack file.
    Path(Typed<HostPath>),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// Nothing.
    Null,
    /// In order.
    List(Vec<Item>),
    /// In order.
    Map(Vec<Extra>),
}

impl Value {
    /// The string, if it is one without variables of stackc; `raw` may have its own.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_literal(),
            Self::Raw(text) => Some(text),
            Self::Path(_)
            | Self::Flag(_)
            | Self::Integer(_)
            | Self::Real(_)
            | Self::Null
            | Self::List(_)
            | Self::Map(_) => None,
        }
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[Extra] {
        match self {
            Self::Map(entries) => entries,
            Self::Text(_)
            | Self::Raw(_)
            | Self::Path(_)
            | Self::Flag(_)
            | Self::Integer(_)
            | Self::Real(_)
            | Self::Null
            | Self::List(_) => &[],
        }
    }
}

/// An item of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub value: Value,
    /// Why it is there.
    pub origin: Origin,
}

/// Two values for one key.
#[derive(Clone, Debug)]
pub struct Twice {
    /// The key.
    pub key: String,
    /// What has it already.
    pub first: Origin,
    /// What would have it, too.
    pub second: Origin,
}

/// The value of a key among others.
pub fn find<'a>(extras: &'a [Extra], key: &str) -> Option<&'a Value> {
    extras.iter().find(|extra| extra.key == key).map(|extra| &extra.value)
}

/// Adds a key to others. Lists of the same key are joined, and so are maps; of anything else there is one.
///
/// # Errors
/// The first key that would have two values.
pub fn add(extras: &mut Vec<Extra>, new: Extra) -> Result<(), Twice> {
    let Some(known) = extras.iter_mut().find(|extra| extra.key == new.key) else {
        extras.push(new);
        return Ok(());
    };
    match (&mut known.value, new.value) {
        (Value::List(items), Value::List(more)) => {
            items.extend(more);
            Ok(())
        }
        (Value::Map(entries), Value::Map(more)) => more.into_iter().try_for_each(|entry| add(entries, entry)),
        _ => Err(Twice { key: new.key, first: known.origin, second: new.origin }),
    }
}
