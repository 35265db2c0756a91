//! Properties that hold for every input.

mod dockerfile_syntax;
mod nginx_syntax;
mod stack_syntax;
mod yaml_syntax;
