//! Any text as YAML.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| stackc_fuzz::yaml(text));
