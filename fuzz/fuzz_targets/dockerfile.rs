//! Any text as a Dockerfile.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| stackc_fuzz::dockerfile(text));
