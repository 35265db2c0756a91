//! Any text as an nginx configuration.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| stackc_fuzz::nginx(text));
