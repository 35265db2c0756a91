//! Any text as a stack file: it is read, and formatted without another meaning.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| stackc_fuzz::stack(text));
