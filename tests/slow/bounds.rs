//! Inputs that were made to do harm: each command answers within 2 s of processor time and 200 MB, with an exit code of
//! its own.
//!
//! The bounds are those of the program as it is shipped. Here it runs as Cargo built it for the tests: with assertions
//! and hardly optimized it takes up to ten times as long, and is given that; what it needs of memory is the same.

use std::fs;
use std::os::unix::fs::symlink;

use crate::cli::{Desk, STACKC};

/// The most memory, in kB.
const MEMORY: f64 = 200_000.0;

/// The most processor time, of user and system, in seconds.
const TIME: f64 = if cfg!(debug_assertions) { 20.0 } else { 2.0 };

/// More than the largest stack file that is read has of anything.
const FULL: usize = 2 * 1024 * 1024;

/// What a command came to.
struct Cost {
    code: i32,
    said: String,
}

/// Runs a command under GNU time, which is small: a child counts the memory of the one that starts it as its own.
#[track_caller]
fn cost(desk: &Desk, what: &str, arguments: &[&str]) -> Cost {
    cost_within(MEMORY, desk, what, arguments)
}

/// The same with another bound of memory.
#[track_caller]
fn cost_within(most: f64, desk: &Desk, what: &str, arguments: &[&str]) -> Cost {
    let time = ["-q", "-f", "%U %S %M", "-o", "cost", "timeout", "100", STACKC];
    let output = desk.command("/usr/bin/time", &[&time, arguments].concat()).output();
    let output = output.expect("this test needs GNU time: ./test.sh installs it");
    let cost = desk.read("cost");
    let numbers: Vec<f64> = cost.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [user, system, memory] = numbers[..] else { panic!("{what}: {cost}") };
    let code = output.status.code().unwrap_or(-1);
    println!("{what:40} {:16} {code} {:6.2} s {:4.0} MB", arguments[0], user + system, memory / 1000.0);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let end: String = said.chars().rev().take(500).collect::<Vec<char>>().into_iter().rev().collect();
    assert!((0..=2).contains(&code), "{what}, {arguments:?}: exit code {code}: {end}");
    assert!(user + system < TIME, "{what}, {arguments:?}: {cost}");
    assert!(memory < most, "{what}, {arguments:?}: {cost}");
    Cost { code, said }
}

/// Every command on a stack file: `lint` exits with `code` and says `part`, and `build` agrees with it.
#[track_caller]
fn bounded_in(desk: &Desk, what: &str, code: i32, part: &str) {
    let lint = cost(desk, what, &["lint", "a.stack"]);
    let end: Vec<&str> = lint.said.lines().rev().take(20).collect();
    assert!(lint.code == code && lint.said.contains(part), "{what}: exit code {}: {end:#?}", lint.code);
    let refused = if code == 2 { 2 } else { 1 };
    assert_eq!(cost(desk, what, &["build", "--check", "a.stack"]).code, refused, "{what}");
    let written = if code == 2 { 2 } else { 0 };
    assert_eq!(cost(desk, what, &["build", "a.stack"]).code, written, "{what}");
    cost(desk, what, &["explain", "docker-compose.yml:1", "--file", "a.stack"]);
    cost(desk, what, &["fmt", "a.stack"]);
}

#[track_caller]
fn bounded(what: &str, text: impl AsRef<[u8]>, code: i32, part: &str) {
    let text = text.as_ref();
    bounded_in(
        &Desk::with("a.stack", &String::from_utf8_lossy(&text[..text.len().min(FULL)])),
        what,
        code,
        part,
    );
}

/// `line` for every number from 0 on.
fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// A stack with these statements.
fn stack(statements: &str) -> String {
    format!("stack demo\n{statements}")
}

fn service(statements: &str) -> String {
    stack(&format!("service web {{\n  image nginx:1.30\n{statements}\n}}\n"))
}

fn site(statements: &str) -> String {
    stack(&format!(
        "proxy web {{\n image nginx:1.30\n publish 127.0.0.1:80:80\n site _ {{\n{statements}\n}}\n}}\n"
    ))
}

#[test]
fn texts_without_sense_are_bounded() {
    bounded("a million `x [`", "x [\n".repeat(1_000_000), 2, "errors");
    bounded("a million unknown words", many(1_000_000, |i| format!("servic{i}\n")), 2, "12,000 statements");
    bounded(
        "unknown words in a service",
        service(&many(11_000, |i| format!("helthchec{i} 1\n"))),
        2,
        "at least",
    );
    bounded(
        "unknown words in a site",
        site(&many(11_000, |i| format!("proxy_read_timeou{i} 1\n"))),
        2,
        "at least",
    );
    bounded("a million `{`", "a {\n".repeat(1_000_000), 2, "words; from here on it was not read");
    bounded("nested and closed", "a {\n".repeat(90_000) + &"}\n".repeat(90_000), 2, "nested");
    bounded("a million `}`", "}\n".repeat(1_000_000), 2, "errors");
    bounded("one line of words", "x ".repeat(FULL / 2), 2, "this line is longer than 64 KiB");
    bounded("one line of one word", "x".repeat(FULL), 2, "this line is longer than 64 KiB");
    bounded("unclosed fences", "a \"\"\"\n".repeat(300_000), 2, "errors");
    bounded("unclosed quotes", "a \"b\n".repeat(300_000), 2, "errors");
    bounded("unclosed references", "a \"${\n".repeat(300_000), 2, "errors");
    bounded("lists in lists", "a [ [ [ [\n".repeat(200_000), 2, "errors");
    bounded("NUL", "\0\n".repeat(FULL / 2), 2, "errors");
    bounded("directions that nobody sees", "\u{202e}a\n".repeat(FULL / 5), 2, "errors");
    bounded("only line feeds", "\n".repeat(FULL), 0, "");
    bounded("only `;`", ";".repeat(FULL), 2, "");
    bounded("comments", "# x\n".repeat(FULL / 4), 2, "words; from here on it was not read");
    bounded("backslashes", "a \\\n".repeat(FULL / 4), 2, "errors");
}

#[test]
fn very_many_statements_are_bounded() {
    let clash = |ports: &'static str| {
        stack(&many(10_000, |i| format!("service s{i} {{ image x:1; publish {ports} }}\n")))
    };
    bounded("10,000 services on one port", clash("80:80"), 1, "9999 errors, 10001 notes");
    bounded("10,000 services on every port", clash("1-65535:1-65535"), 1, "9999 errors, 10001 notes");
    let address = |i: usize| format!("127.0.{}.{}", i / 250, i % 250);
    let apart =
        many(10_000, |i| format!("service s{i} {{ image x:1; publish {}:1-65535:1-65535 }}\n", address(i)));
    bounded("every port of 10,000 addresses", stack(&apart), 0, "10001 notes");
    bounded("10,000 publish", service(&"publish 80:80\n".repeat(10_000)), 1, "9999 errors");
    bounded("10,000 allow", service(&"allow mime-missing \"x\"\n".repeat(10_000)), 1, "10000 warnings");
    let each = many(8_000, |i| {
        format!(
            "service s{i} {{ image x; allow image-unknown \"x\"; publish 80:80; allow port-clash \"y\" }}\n"
        )
    });
    bounded("8,000 services with an allow", stack(&each), 1, "1 warning");
    bounded(
        "70,000 variables in 10 blocks",
        service(&many(10, |j| format!("env {{\n{}}}\n", many(7000, |i| format!("A{j}_{i} x\n"))))),
        0,
        "",
    );
    bounded(
        "12,000 variables",
        service(&format!("env {{\n{}}}\n", many(12_000, |i| format!("A{i} x\n")))),
        0,
        "",
    );
    bounded(
        "12,000 labels",
        service(&format!("labels {{\n{}}}\n", many(12_000, |i| format!("a{i} x\n")))),
        0,
        "",
    );
    let secrets = many(5_500, |i| format!("secret s{i} {{ file s{i} }}\n"));
    let uses = many(5_500, |i| format!("A{i}_FILE secret.s{i}.path\n"));
    bounded(
        "5,500 secrets",
        secrets + &service(&format!("env {{\n{uses}}}\n")).replace("stack demo\n", ""),
        0,
        "",
    );
    let volumes = many(5_900, |i| format!("volume volume{i}\n"));
    let mounts = many(5_900, |i| format!("service s{i} {{ image x:1; mount volme{i} at /x }}\n"));
    bounded("near names", stack(&(volumes + &mounts)), 2, "at least");
    bounded(
        "2,000 builds",
        stack(&many(2_000, |i| {
            format!("service s{i} {{ build {{ base python:3.14-slim; copy . to /app }}; command python }}\n")
        })),
        0,
        "",
    );
    bounded(
        "2,001 builds",
        stack(&many(2_001, |i| format!("service s{i} {{ build {{ base x:1 }} }}\n"))),
        2,
        "more than 2,000 builds and proxies",
    );
    bounded(
        "10,000 steps",
        stack(&format!(
            "service s {{ build {{ base python:3.14-slim\n{}}}; command python }}\n",
            many(10_000, |i| format!("run \"echo {i}\"\n"))
        )),
        0,
        "",
    );
    bounded(
        "10,000 sites",
        stack(&format!(
            "proxy web {{ image nginx:1.30; publish 127.0.0.1:80:80\n{}}}\n",
            many(10_000, |i| format!("site s{i}.example {{ static / from /srv/s{i} }}\n"))
        )),
        2,
        "",
    );
    bounded("12,000 directives", site(&many(12_000, |i| format!("add_header A{i} b\n"))), 0, "");
    bounded("huge numbers", service(&format!("publish {}:80\n", "9".repeat(500)).repeat(3000)), 2, "errors");
    bounded(
        "long names",
        many(30, |i| format!("service {} {{ image x:{i} }}\n", "a".repeat(60_000))),
        2,
        "errors",
    );
    bounded(
        "references in a text",
        stack("input A { default x }\n")
            + &many(30, |i| {
                format!("service s{i} {{ image x:1; labels {{ l \"{}\" }} }}\n", "${input.A}".repeat(6000))
            }),
        0,
        "",
    );
}

#[test]
fn chains_and_cycles_are_bounded() {
    let next = |i: usize| (i + 1) % 11_000;
    bounded(
        "inputs in a cycle",
        stack(&many(11_000, |i| format!("input A{i} {{ default input.A{} }}\n", next(i)))),
        2,
        "",
    );
    bounded(
        "inputs that double",
        stack(&many(11_000, |i| {
            format!("input A{i} {{ default \"${{input.A{0}}}${{input.A{0}}}\" }}\n", next(i))
        })),
        2,
        "",
    );
    bounded(
        "services that wait in a circle",
        stack(&many(11_000, |i| format!("service s{i} {{ image x:1; needs s{} }}\n", next(i)))),
        2,
        "",
    );
    let all = many(300, |i| format!(" s{i}"));
    let waits = |list: &str| {
        list.split_whitespace().map(|name| "needs ".to_owned() + name + "; ").collect::<String>()
    };
    bounded(
        "everybody waits for everybody",
        stack(&many(150, |i| format!("service s{i} {{ image x:1; {} }}\n", waits(&all)))),
        2,
        "",
    );
    bounded(
        "images of images",
        stack(&many(11_000, |i| format!("service s{i} {{ image of s{} }}\n", next(i)))),
        2,
        "",
    );
}

/// Raw text in a service, a site, a build.
fn raw(target: &str, text: &str) -> String {
    let indented = |text: &str| text.lines().map(|line| "    ".to_owned() + line + "\n").collect::<String>();
    let statement = format!("  raw {target} \"\"\"\n{}    \"\"\"\n", indented(text));
    match target {
        "compose" => service(&statement),
        "nginx" => site(&statement),
        _ => stack(&format!(
            "service web {{\n build {{\n base python:3.14-slim\n{statement}\n }}\n command python\n}}\n"
        )),
    }
}

#[test]
fn bombs_in_raw_text_are_bounded() {
    let laughs = "x-a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &many(15, |i| format!("x-a{0}: &a{0} [{1}]\n", i + 1, vec![format!("*a{i}"); 10].join(", ")));
    bounded("a billion laughs", raw("compose", &laughs), 2, "");
    let maps = "x-a0: &a0 {k: v}\n".to_owned()
        + &many(30, |i| format!("x-a{}: &a{} {{k: *a{i}, l: *a{i}}}\n", i + 1, i + 1));
    bounded("aliases in mappings", raw("compose", &maps), 2, "");
    let merges = "x-a0: &a0 {k: v}\n".to_owned()
        + &many(2000, |i| format!("x-a{}: &a{} {{<<: [*a{i}, *a{i}], k{i}: v}}\n", i + 1, i + 1));
    bounded("merged mappings", raw("compose", &(merges + "labels:\n  <<: *a2000\n")), 2, "");
    bounded("deep mappings", raw("compose", &many(1200, |i| format!("{}a:\n", " ".repeat(i)))), 2, "");
    bounded("deep sequences", raw("compose", &format!("a: {}", "[".repeat(60_000))), 2, "");
    bounded("one key over and over", raw("compose", &"labels: {a: b}\n".repeat(11_500)), 2, "");
    bounded("nothing but mistakes", raw("compose", &"- [ \"x\n".repeat(11_500)), 2, "");
    bounded(
        "labels in raw text",
        raw("compose", &format!("labels:\n{}", many(11_500, |i| format!("  a{i}: b\n")))),
        0,
        "",
    );
    bounded("unclosed locations", raw("nginx", &"location /a {\n".repeat(11_500)), 2, "");
    bounded(
        "nested locations",
        raw("nginx", &("location /a {\n".repeat(11_000) + &"}\n".repeat(11_000))),
        2,
        "",
    );
    bounded(
        "unknown directives",
        raw("nginx", &many(11_500, |i| format!("proxy_read_timeou{i} 1;\n"))),
        1,
        "more findings",
    );
    bounded("unclosed quotes", raw("nginx", &"a \"b\n".repeat(11_500)), 2, "");
    bounded("instructions", raw("dockerfile", &"RUN echo x\n".repeat(11_500)), 0, "");
    bounded("unknown instructions", raw("dockerfile", &"RUX echo x\n".repeat(11_500)), 2, "");
    bounded("unclosed heredocs", raw("dockerfile", &"RUN <<EOF\n".repeat(11_500)), 2, "");
    bounded("continued lines", raw("dockerfile", &"RUN \\\n".repeat(11_500)), 2, "");
    let most = "the file holds raw text of more than 12,000 lines";
    bounded("60,000 lines", raw("nginx", &"a b;\n".repeat(60_000)), 2, most);
    bounded("ONBUILD ONBUILD", raw("dockerfile", &format!("{}RUN x", "ONBUILD ".repeat(7000))), 2, "");
}

/// A proxy that serves `static`, with a secret in `secret`.
const FILES: &str = "stack demo
secret s { file secret }
service a { image x:1; env { A_FILE secret.s.path } }
proxy web { image nginx:1.30; publish 127.0.0.1:80:80; site _ { static / from ./static } }
";

#[test]
fn links_devices_and_very_many_files_are_bounded() {
    let refused = |name: &str, why: &str, make: &dyn Fn(&Desk)| {
        let desk = Desk::empty();
        make(&desk);
        for command in ["lint", "build", "fmt"] {
            let said = cost(&desk, name, &[command, "a.stack"]);
            assert_eq!((said.code, said.said.contains(why)), (2, true), "{name}: {}", said.said);
        }
    };
    refused("a pipe as stack file", "is a pipe and was not read", &|desk| {
        assert_eq!(desk.shell("mkfifo a.stack").code, 0);
    });
    refused("a link to /dev/zero as stack file", "is a device and was not read", &|desk| {
        symlink("/dev/zero", desk.path("a.stack")).unwrap();
    });
    refused("a folder as stack file", "folder", &|desk| fs::create_dir(desk.path("a.stack")).unwrap());
    refused("a link to itself", "cannot be read", &|desk| symlink("a.stack", desk.path("a.stack")).unwrap());
    refused("UTF-16", "is UTF-16, not UTF-8", &|desk| {
        let text: Vec<u8> = FILES.encode_utf16().flat_map(u16::to_le_bytes).collect();
        desk.write("a.stack", [&[0xff, 0xfe][..], &text].concat());
    });
    refused("100 MB", "is larger than 2 MiB and was not read", &|desk| {
        fs::File::create(desk.path("a.stack")).unwrap().set_len(100_000_000).unwrap();
    });
    for script in [
        "mkfifo static secret",
        "ln -s /dev/zero static; ln -s /dev/zero secret",
        "ln -s static static; ln -s secret secret",
        "mkdir static secret; ln -s .. static/up; ln -s . static/here; ln -s /dev/zero static/zero.css; mkfifo static/pipe.js",
        "mkdir static; ln -s / static/root; ln -s /etc/passwd secret",
        "mkdir static; cd static; seq 1 100000 | sed 's/$/.html/' | xargs touch",
        "mkdir static; cd static; seq 1 3000 | sed 's/^/a./' | xargs touch",
    ] {
        let desk = Desk::with("a.stack", FILES);
        assert_eq!(desk.shell(script).code, 0, "{script}");
        bounded_files(&desk, script);
    }
}

#[track_caller]
fn bounded_files(desk: &Desk, script: &str) {
    for arguments in [&["lint", "a.stack"][..], &["build", "a.stack"], &["build", "--check", "a.stack"]] {
        cost(desk, script, arguments);
    }
    cost(desk, script, &["explain", "docker-compose.yml:1"]);
}

/// The most memory of an import, in kB: it holds the originals, the statements, and what these emit.
const MEMORY_OF_IMPORT: f64 = 300_000.0;

/// Imports these files; `part` is said, or stands in the stack file, which can be built.
#[track_caller]
fn imported(what: &str, files: &[(&str, String)], code: i32, part: &str) {
    let desk = Desk::empty();
    for (name, text) in files {
        desk.write(name, text);
    }
    let said = cost_within(MEMORY_OF_IMPORT, &desk, what, &["import", "a.yml", "-o", "a.stack"]);
    let text = if code == 0 { desk.read("a.stack") } else { String::new() };
    assert_eq!(said.code, code, "{what}: {}", said.said);
    assert!(said.said.contains(part) || text.contains(part), "{what}: {}", said.said);
    assert_eq!(desk.path("a.stack").exists(), code == 0, "{what}");
    let built = stackc::compile::compile_unlinted("a.stack", &text);
    assert!(built.deployment.is_some(), "{what}: {:?}", built.sink.diagnostics.first());
}

fn compose(text: impl Into<String>) -> Vec<(&'static str, String)> {
    vec![("a.yml", text.into())]
}

/// A compose file of one service with these keys.
fn keys(keys: &str) -> Vec<(&'static str, String)> {
    compose(format!("services:\n a:\n  image: x\n{keys}"))
}

/// A compose file of so many services.
fn services(count: usize, service: impl Fn(usize) -> String) -> Vec<(&'static str, String)> {
    compose("services:\n".to_owned() + &many(count, service))
}

fn builds(dockerfile: String) -> Vec<(&'static str, String)> {
    vec![("a.yml", "services:\n a: {build: .}\n".to_owned()), ("Dockerfile", dockerfile)]
}

fn runs(nginx: &str) -> Vec<(&'static str, String)> {
    let compose = "services:\n a: {image: \"nginx:1.30\"}\n".to_owned();
    vec![("a.yml", compose), ("nginx.conf", format!("events {{}}\nhttp {{\n{nginx}}}\n"))]
}

#[test]
fn imports_of_compose_files_are_bounded() {
    let laughs = "x-a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &many(15, |i| format!("x-a{0}: &a{0} [{1}]\n", i + 1, vec![format!("*a{i}"); 10].join(", ")));
    imported("a billion laughs", &compose(laughs + "services: {}\n"), 2, "compose-too-large");
    let merges = "x-a0: &a0 {k: v}\n".to_owned()
        + &many(2000, |i| format!("x-a{}: &a{} {{<<: [*a{i}, *a{i}], k{i}: v}}\n", i + 1, i + 1));
    imported("merged mappings", &compose(merges + "services: {}\n"), 2, "compose-too-large");
    let deep = format!("services: {}", "[".repeat(60_000));
    imported("deep sequences", &compose(deep), 2, "yaml-too-deep");
    imported("deep mappings", &compose(many(1200, |i| format!("{}a:\n", " ".repeat(i)))), 2, "yaml-too-deep");
    let line = |length: usize| keys(&format!("  labels: {{a: \"{}\"}}\n", "x".repeat(length)));
    imported("a line of 10 MB", &line(10_000_000), 2, "larger than");
    imported("a line of 2 MB", &line(FULL - 100), 2, "larger than the 2 MiB");
    let plain = |i| format!(" s{i}: {{image: x}}\n");
    imported("100,000 services", &services(100_000, plain), 2, "compose-too-large");
    imported("14,000 services", &services(14_000, plain), 2, "more than 12,000 statements");
    imported("5,000 services", &services(5_000, plain), 0, "service s4999 ");
    imported("5,000 names that are none", &services(5_000, |i| format!(" S{i}: {{image: x}}\n")), 0, "S4999");
    let raw = |i| format!(" s{i}: {{image: x, command: \"a $B\"}}\n");
    imported("3,000 raw keys", &services(3_000, raw), 0, "service s2999");
    let variables =
        |count| keys(&format!("  environment:\n{}", many(count, |i| format!("   A{i}: ${{B{i}:-c}}\n"))));
    imported("50,000 variables", &variables(50_000), 2, "becomes no stack file");
    imported("5,000 variables", &variables(5_000), 0, "input B4999");
    imported("400,000 comments", &keys(&"# x\n".repeat(400_000)), 2, "becomes no stack file");
    let itself = "include: [a.yml]\nservices:\n a: {extends: {file: a.yml, service: a}}\n";
    imported("itself", &compose(itself), 0, "");
}

#[test]
fn imports_of_what_compose_files_name_are_bounded() {
    let run = |count: usize| builds("FROM x\n".to_owned() + &"RUN y\n".repeat(count));
    imported("100,000 RUN", &run(100_000), 0, "stays as it is");
    imported("5,000 RUN", &run(5_000), 0, "dockerfile Dockerfile");
    let fences = format!("FROM x\nRUN <<E\n{}E\n", "\"\"\"\n".repeat(200_000));
    imported("a heredoc of fences", &builds(fences), 0, "Dockerfile");
    let goes_on = format!("FROM x\nRUN a \\\n{} c\n", " b \\\n".repeat(200_000));
    imported("a line that goes on", &builds(goes_on), 0, "Dockerfile");
    imported("100,000 directives", &runs(&"add_header A b;\n".repeat(100_000)), 0, "stays as it is");
    imported("5,000 directives", &runs(&"add_header A b;\n".repeat(5_000)), 0, "add_header");
    let unknown = many(5_000, |i| format!("unheard{i} b;\n"));
    imported("5,000 unknown directives", &runs(&unknown), 0, "unheard4999");
    let nested = format!("server {{ {}{} }}\n", "location / { ".repeat(60_000), "}".repeat(60_000));
    imported("nested locations", &runs(&nested), 0, "stays as it is");
    let word = format!("add_header A {};\n", "x".repeat(1_000_000));
    imported("a word of 1 MB", &runs(&word), 0, "stays as it is");
}

#[test]
fn an_import_that_is_interrupted_leaves_nothing() {
    let desk = Desk::empty();
    desk.write("a.yml", "services:\n".to_owned() + &many(11_000, |i| format!(" s{i}: {{image: x}}\n")));
    let said = desk.shell("timeout -s INT 0.1 \"$1\" import a.yml -o a.stack");
    assert_eq!(said.code, 124, "{said:?}");
    assert_eq!(desk.files(), ["a.yml"]);
    assert!(!desk.path("a.stack").exists());
}
