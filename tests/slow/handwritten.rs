//! Hand-written files that were made to do harm: four times as much of anything takes about four times as long, and a
//! memory that does not grow beyond its bound.

use std::fs;

use crate::cli::{Desk, STACKC};

/// The most memory, in kB.
const MEMORY: f64 = 300_000.0;

/// Four times the input takes so many times the time at most.
const GROWTH: f64 = 8.0;

/// What takes less than this, in seconds, is not compared: most of it is the start.
const START: f64 = if cfg!(debug_assertions) { 1.5 } else { 0.25 };

/// Lints the folder: seconds of processor time, and what was said.
#[track_caller]
fn lint(desk: &Desk, what: &str) -> (f64, String) {
    let time = ["-q", "-f", "%U %S %M", "-o", "../cost", "timeout", "100", STACKC, "lint", "."];
    let script = format!("/usr/bin/time {}", time.map(|word| format!("'{word}'")).join(" "));
    let output = desk.command("sh", &["-c", &format!("mkdir -p in; cd in; {script}")]).output();
    let output = output.expect("this test needs GNU time: ./test.sh installs it");
    let cost = desk.read("cost");
    let numbers: Vec<f64> = cost.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [user, system, memory] = numbers[..] else { panic!("{what}: {cost}") };
    let code = output.status.code().unwrap_or(-1);
    println!("{what:40} {code} {:6.2} s {:4.0} MB", user + system, memory / 1000.0);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!((0..=2).contains(&code), "{what}: exit code {code}");
    assert!(memory < MEMORY, "{what}: {cost}");
    (user + system, said)
}

/// A project of `count` and one of four times as much are linted; of the larger one `part` is said.
#[track_caller]
fn linear(what: &str, count: usize, part: &str, files: impl Fn(usize) -> Vec<(&'static str, String)>) {
    let desk = Desk::empty();
    let run = |count: usize| {
        fs::create_dir_all(desk.path("in")).unwrap();
        for (name, text) in files(count) {
            desk.write(&format!("in/{name}"), text);
        }
        lint(&desk, &format!("{what}: {count}"))
    };
    let (once, _) = run(count);
    let (four, said) = run(4 * count);
    assert!(four < GROWTH * once.max(START), "{what}: {once} s, and four times as much {four} s");
    let end: Vec<&str> = said.lines().rev().take(10).collect();
    assert!(said.contains(part), "{what}: {end:#?}");
}

/// `line` for every number from 0 on.
fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn dockerfile(text: String) -> Vec<(&'static str, String)> {
    vec![("a", String::new()), ("Dockerfile", text)]
}

fn services(count: usize, more: impl Fn(usize) -> String) -> Vec<(&'static str, String)> {
    let service = |i: usize| format!("  s{i}:\n    image: example/app:1\n{}", more(i));
    vec![("docker-compose.yml", format!("services:\n{}", many(count, service)))]
}

#[test]
fn stages_take_time_and_memory_by_their_number() {
    let unknown = "has a stage of more layers than an engine takes";
    linear("stages on stages", 5000, unknown, |count| {
        let stage = |i: usize| format!("FROM s{i} AS s{}\nRUN echo {i} > /b{i}\n", i + 1);
        dockerfile(format!("FROM alpine:3.22 AS s0\n{}", many(count, stage)))
    });
    linear("stages on and from stages", 2500, unknown, |count| {
        let stage = |i: usize| format!("FROM s{i} AS s{0}\nCOPY --from=s{i} /a /b{i}\n", i + 1);
        dockerfile(format!("FROM alpine:3.22 AS s0\nRUN touch /a\n{}", many(count, stage)))
    });
    linear("files through stages", 5000, "docker-root-user", |count| {
        let stage = |i: usize| format!("FROM scratch AS s{}\nCOPY --from=s{i} /a /a\n", i + 1);
        dockerfile(format!("FROM scratch AS s0\nCOPY a /a\n{}", many(count, stage)))
    });
    linear("each stage twice from the one before", 100, "", |count| {
        let stage = |i: usize| {
            format!(
                "FROM scratch AS s{0}\nCOPY --from=s{i} / /\nCOPY --from=s{i} / /\nCOPY --from=s{i} /x /x\n",
                i + 1
            )
        };
        dockerfile(format!("FROM scratch AS s0\nCOPY . /\n{}", many(count, stage)))
    });
    linear("copies", 5000, unknown, |count| {
        dockerfile(format!("FROM alpine:3.22\n{}", many(count, |i| format!("COPY a /b{i}\n"))))
    });
}

#[test]
fn long_lines_take_time_by_their_length() {
    linear("a line of URLs", 20_000, "secret-url", |count| {
        let url = |i: usize| format!("https://u{i}:pw{i}@example.org/x ");
        dockerfile(format!("FROM alpine:3.22\nRUN curl {}\n", many(count, url)))
    });
    linear("a word", 900_000, "docker-root-user", |count| {
        dockerfile(format!("FROM alpine:3.22\nRUN {}\n", "x".repeat(count)))
    });
}

#[test]
fn services_take_time_by_their_number() {
    linear("services", 2500, "compose-capabilities-kept", |count| services(count, |_| String::new()));
    linear("a chain of services", 2500, "compose-undefined", |count| {
        services(count, |i| format!("    depends_on: [s{}]\n", i + 1))
    });
    linear("a circle of services", 2500, "compose-cycle", |count| {
        services(count, |i| format!("    depends_on: [s{}]\n", (i + 1) % count))
    });
    linear("mounts of each other", 50, "", |count| {
        services(count, |i| format!("    volumes_from: [s{}, s{}, s{}]\n", i + 1, i + 2, i + 3))
    });
    linear("ports", 5000, "compose-capabilities-kept", |count| {
        let ports = many(count, |i| format!("      - \"127.0.0.1:{0}:{0}\"\n", i + 1));
        vec![("docker-compose.yml", format!("services:\n  a:\n    image: x:1\n    ports:\n{ports}"))]
    });
    linear("variables", 5000, "compose-capabilities-kept", |count| {
        let variables = many(count, |i| format!("      A{i}: b{i}\n"));
        vec![(
            "docker-compose.yml",
            format!("services:\n  a:\n    image: x:1\n    environment:\n{variables}"),
        )]
    });
}
