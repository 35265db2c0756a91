//! Input that is meant to cost: each is read in bounded time and memory, with a diagnostic, and the rest is understood.

use std::time::{Duration, Instant};

use stackc::diagnostic::{Severity, Sink};
use stackc::project::compose::{Environment, Loaded, load};
use stackc::project::host::Memory;
use stackc::source::SourceMap;

/// So long reading may take where nothing is optimised and other tests run beside it.
const MOST: Duration = Duration::from_secs(20);

/// Reads `compose.yaml` among some files: what came of it, and the codes of what was found.
fn read<N: Into<String>>(files: impl IntoIterator<Item = (N, String)>) -> (Loaded, Vec<&'static str>) {
    let host = Memory::new(files);
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let started = Instant::now();
    let files = ["compose.yaml".to_owned()];
    let environment = Environment::of_folder(&files, &host, &mut sources, &mut sink);
    let loaded = load(&files, &environment, &host, &mut sources, &mut sink);
    sink.finish();
    assert!(started.elapsed() < MOST, "{:?}", started.elapsed());
    let mut codes: Vec<&str> = sink
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| found.code)
        .collect();
    codes.dedup();
    (loaded, codes)
}

fn alone(text: impl Into<String>) -> (Loaded, Vec<&'static str>) {
    read([("compose.yaml", text.into())])
}

fn services(loaded: &Loaded) -> usize {
    loaded.compose.as_ref().map_or(0, |compose| compose.services.len())
}

#[test]
fn aliases_of_aliases_are_not_resolved_without_end() {
    let mut text = "services:\n  web: {image: nginx}\nx-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("x-{level}: &a{level} [{aliases}]\n"));
    }
    let (loaded, codes) = alone(text);
    assert_eq!(codes, ["compose-too-large"]);
    assert!(!loaded.is_understood && services(&loaded) == 1);
}

#[test]
fn anchors_in_anchors_are_not_followed_to_any_depth() {
    let mut text = "services:\n  web: {image: nginx}\nx-0: &a0 x\n".to_owned();
    for level in 1..3000 {
        text.push_str(&format!("x-{level}: &a{level} [[[[[[*a{}]]]]]]\n", level - 1));
    }
    let (loaded, codes) = alone(text);
    assert!(codes.contains(&"compose-too-large"), "{codes:?}");
    assert_eq!(services(&loaded), 1);
}

#[test]
fn deep_nesting_is_read_to_a_depth() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!(
            "services:\n  web: {{image: nginx}}\nx: {}{}\n",
            open.repeat(20_000),
            close.repeat(20_000)
        );
        let (loaded, codes) = alone(text);
        assert!(codes.contains(&"yaml-too-deep"), "{codes:?}");
        assert!(!loaded.is_understood);
    }
    let default = format!("{}x{}", "${A:-".repeat(20_000), "}".repeat(20_000));
    let (loaded, _) = alone(format!("services:\n  web: {{image: \"{default}\"}}\n"));
    assert_eq!(services(&loaded), 1);
}

#[test]
fn services_that_extend_each_other_in_a_circle_cost_themselves() {
    let mut text = "services:\n  web: {image: nginx}\n".to_owned();
    for index in 0..3000 {
        text.push_str(&format!("  s{index}: {{extends: s{}}}\n", (index + 1) % 3000));
    }
    let (loaded, codes) = alone(text);
    assert_eq!(codes, ["compose-loop"]);
    assert_eq!(services(&loaded), 3001);
}

#[test]
fn a_long_chain_of_services_is_followed() {
    let mut text = "services:\n  s3000: {image: nginx}\n".to_owned();
    for index in 0..3000 {
        text.push_str(&format!("  s{index}: {{extends: s{}}}\n", index + 1));
    }
    let (loaded, codes) = alone(text);
    assert_eq!(codes, [""; 0]);
    let compose = loaded.compose.unwrap();
    assert!(loaded.is_understood && compose.services.iter().all(|service| service.image.is_some()));
}

/// A test of `slow::property`.
pub(crate) fn what_many_services_extend_is_not_repeated_without_end() {
    let mut text = "services:\n  base:\n    image: nginx\n    environment:\n".to_owned();
    for index in 0..2000 {
        text.push_str(&format!("      V{index}: x\n"));
    }
    for index in 0..2000 {
        text.push_str(&format!("  s{index}: {{extends: base}}\n"));
    }
    let (loaded, codes) = alone(text);
    assert_eq!(codes, ["compose-too-large"]);
    assert!(!loaded.is_understood && services(&loaded) == 2001);
}

#[test]
fn files_that_include_each_other_are_read_once() {
    let (loaded, codes) = read([
        ("compose.yaml", "include: [a.yaml]\nservices: {web: {image: nginx}}\n".to_owned()),
        ("a.yaml", "include: [b.yaml]\nservices: {a: {image: a}}\n".to_owned()),
        ("b.yaml", "include: [a.yaml, compose.yaml]\nservices: {b: {image: b}}\n".to_owned()),
    ]);
    assert_eq!(codes, ["compose-loop"]);
    assert_eq!(services(&loaded), 3);
}

#[test]
fn files_that_double_at_every_include_come_to_an_end() {
    let mut files =
        vec![("compose.yaml".to_owned(), "include: [f0.yaml]\nservices: {web: {image: x}}\n".to_owned())];
    for index in 0..40 {
        let [one, other] = [format!("f{}.yaml", index + 1), format!("g{}.yaml", index + 1)];
        for letter in ["f", "g"] {
            files.push((format!("{letter}{index}.yaml"), format!("include: [{one}, {other}]\nx: y\n")));
        }
    }
    files.push((".env".to_owned(), "A=1\n".to_owned()));
    let (loaded, codes) = read(files);
    assert!(codes.contains(&"compose-too-large"), "{codes:?}");
    assert!(!loaded.is_understood && services(&loaded) == 1);
}

#[test]
fn ranges_of_ports_are_spread_out_so_far() {
    let mut text = "services:\n".to_owned();
    for index in 0..500 {
        text.push_str(&format!("  s{index}: {{image: x, ports: [\"1-65535:1-65535\", \"80\"]}}\n"));
    }
    let (loaded, codes) = alone(text);
    assert_eq!(codes, ["compose-too-large"]);
    let ports: usize =
        loaded.compose.iter().flat_map(|compose| &compose.services).map(|service| service.ports.len()).sum();
    // What is not too much is there all the same.
    assert_eq!((ports, services(&loaded)), (500, 500));
}

#[test]
fn variables_do_not_multiply_without_end() {
    let mut variables = "A0=xxxxxxxxxxxxxxxx\n".to_owned();
    for index in 0..30 {
        variables.push_str(&format!("A{}=$A{index}$A{index}\n", index + 1));
    }
    let text =
        format!("services:\n  web: {{image: nginx}}\nx-a: [{}]\n", vec!["\"$A17$A17\""; 200].join(", "));
    let (loaded, codes) = read([("compose.yaml", text), (".env", variables)]);
    assert_eq!(codes, ["compose-too-large"]);
    assert_eq!(services(&loaded), 1);
}

#[test]
fn a_file_of_bytes_is_no_compose_file() {
    let bytes: String = (0_u32..60_000).map(|number| char::from_u32(number * 7919 % 256).unwrap()).collect();
    let (loaded, codes) = alone(bytes);
    assert!(!codes.is_empty() && !loaded.is_understood);
}

/// A test of `slow::property`.
pub(crate) fn a_large_file_of_mistakes_is_told_of_in_few_words() {
    let mut text = "services:\n  web:\n    image: nginx\n".to_owned();
    for index in 0..60_000 {
        text.push_str(&format!("    keey{index}: x\n"));
    }
    let (loaded, codes) = alone(text);
    assert_eq!(codes, ["compose-unknown-key"]);
    assert_eq!(services(&loaded), 1);
}

#[test]
fn a_file_that_cannot_be_read_costs_itself() {
    let (loaded, codes) = read([
        ("compose.yaml", "include: [none.yaml]\nservices: {web: {image: x, env_file: none.env}, b: {extends: {file: no.yaml, service: b}}}\n".to_owned()),
    ]);
    assert_eq!(codes, ["compose-missing-file"]);
    assert_eq!(services(&loaded), 2);
    let (loaded, _) = read([("other.yaml", String::new())]);
    assert!(loaded.compose.is_none() && !loaded.is_understood);
    assert_eq!(loaded.not_analysed[0].path, "compose.yaml");
}
