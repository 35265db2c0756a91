//! The words of the languages that stackc emits: generated tables in `data/`, read once.

pub mod compose;
pub mod compose_schema;
pub mod dockerfile;
pub mod end_of_life;
pub mod nginx;
pub mod secrets;

/// The records of a table: tab-separated columns, a line each, lines with `#` left out.
///
/// # Panics
/// If a line has another number of columns: the tables are our own data.
fn records<const COLUMNS: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; COLUMNS]> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut columns = line.split('\t');
        let record = std::array::from_fn(|_| columns.next().expect("a line of a table has all its columns"));
        assert!(columns.next().is_none(), "a line of a table has no further columns: {line}");
        record
    })
}
