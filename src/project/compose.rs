//! What compose files mean: all of them merged by compose's own rules, with the place of every value.

mod model;

pub use model::*;

// STUB
/// x
#[derive(Debug, Default)]
pub struct Environment;
impl Environment {
    /// x
    pub fn of_folder(_: &[String], _: &dyn crate::project::host::Host) -> Self {
        Self
    }
}
/// x
#[derive(Debug, Default)]
pub struct Loaded {
    /// x
    pub compose: Option<Compose>,
    /// x
    pub not_analysed: Vec<crate::project::NotAnalysed>,
    /// x
    pub is_understood: bool,
}
/// x
pub fn load(
    _: &[String],
    _: &Environment,
    _: &dyn crate::project::host::Host,
    _: &mut crate::source::SourceMap,
    _: &mut crate::diagnostic::Sink,
) -> Loaded {
    Loaded::default()
}
/// x
pub fn default_files(_: &str, _: &dyn crate::project::host::Host) -> Vec<String> {
    Vec::new()
}
