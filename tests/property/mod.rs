//! Properties that hold for every input.

mod stack_syntax;
