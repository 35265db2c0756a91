//! Properties that hold for every input.

mod nginx_syntax;
mod stack_syntax;
