//! Any text from the stack file to the artefacts, which are read again.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| stackc_fuzz::compile(text));
