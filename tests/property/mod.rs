//! Properties that hold for every input.

mod dockerfile_syntax;
mod mutation;
mod nginx_syntax;
mod stack_syntax;
mod yaml_syntax;
