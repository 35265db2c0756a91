//! Properties that hold for every input.

pub(crate) mod compose_meaning;
pub(crate) mod dockerfile_syntax;
pub(crate) mod importing;
pub(crate) mod mutation;
pub(crate) mod nginx_syntax;
pub(crate) mod requests;
pub(crate) mod stack_syntax;
pub(crate) mod yaml_syntax;
