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

/// An item of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub value: Value,
    /// Why it is there.
    pub origin: Origin,
}

/// Adds a key to others. Lists of the same key are joined, and so are maps; of anything else there is one.
///
/// # Errors
/// The origin of what has the key already.
pub fn add(extras: &mut Vec<Extra>, new: Extra) -> Result<(), Origin> {
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
        _ => Err(known.origin),
    }
}
