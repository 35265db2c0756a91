//! What services take over by `like` and `with`, where no golden case shows it.

use stackc::backend::Layout;
use stackc::compile::{Compilation, compile};
use stackc::facts::Facts;

fn compiled(text: &str) -> Compilation {
    compile("app.stack", &format!("defaults plain\n{text}"), &mut |_| Facts::default())
}

/// What is found, each by its line as counted in `text`, without notes.
pub(crate) fn found(text: &str) -> Vec<String> {
    let compilation = compiled(text);
    let found = compilation
        .sink
        .diagnostics
        .iter()
        .filter(|found| found.severity != stackc::diagnostic::Severity::Info);
    let line = |found: &stackc::diagnostic::Diagnostic| {
        compilation.sources.position(found.primary.span).line_number - 1
    };
    found.map(|found| format!("{} {}", line(found), found.code)).collect()
}

/// The lines of a service in docker-compose.yml, without indentation.
fn emitted(text: &str, service: &str) -> Vec<String> {
    let folder = || std::path::PathBuf::from("/p");
    let layout = Layout { stack_dir: folder(), out_dir: folder(), stack_file: "app.stack".to_owned() };
    let artifacts = compiled(text).emit(&layout).expect("it compiles");
    let compose = &artifacts.iter().find(|made| made.path == "docker-compose.yml").unwrap().text;
    let lines = compose.lines().skip_while(|line| *line != format!("  {service}:")).skip(1);
    lines.take_while(|line| line.starts_with("   ")).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_proxy_takes_over_groups() {
    let text = "group small { mem_limit 64m }\nproxy web { with small; image nginx:1.30; site _ { respond / 204 } }\n";
    assert!(emitted(text, "web").contains(&"mem_limit: 64m".to_owned()));
    assert_eq!(
        found(
            "group run { command serve }\nproxy web { with run; image nginx:1.30; site _ { respond / 204 } }\n"
        ),
        ["1 misplaced-statement"]
    );
}

#[test]
fn where_the_words_stand_does_not_matter() {
    for text in [
        "group a { user \"1\"; env { A 1; B 1 } }\nservice base { image x:1; env { A 0; B 0; C 0 } }\nservice web { env { B 2 }; with a; like base }\n",
        "service web { like base; with a; env { B 2 } }\nservice base { image x:1; env { A 0; B 0; C 0 } }\ngroup a { env { A 1; B 1 }; user \"1\" }\n",
    ] {
        let lines = emitted(text, "web");
        assert_eq!(lines, ["image: x:1", "user: \"1\"", "environment:", "C: \"0\"", "A: \"1\"", "B: \"2\""]);
    }
}

#[test]
fn of_two_groups_the_later_counts() {
    let text = "group a { restart always; publish 1:80 2:81 }\ngroup b { restart no; publish 3:80 }\nservice web { with a b; image x:1 }\n";
    assert_eq!(emitted(text, "web"), ["image: x:1", "restart: \"no\"", "ports:", "- \"2:81\"", "- \"3:80\""]);
}

#[test]
fn what_a_group_refers_to_is_used() {
    let text = "volume data\ngroup a { mount data at /data }\nservice web { with a; image x:1 }\n";
    assert_eq!(found(text), [""; 0]);
    assert_eq!(found("group a { restart always }\nservice web { image x:1 }\n"), ["1 unused-name"]);
}

#[test]
fn a_rule_is_allowed_where_the_group_stands() {
    let privileged = |group: &str, service: &str| {
        format!(
            "group a {{\nprivileged on\n{group}\n}}\nservice web {{ with a; image x:1\n{service}\n}}\nservice api {{ like web }}\n"
        )
    };
    let allow = "allow secret-literal \"it is none\"";
    let literal = |group: &str| privileged(&format!("env {{ API_TOKEN q7Rt2Lx9Vb4Nc8Zk1Wm5 }}\n{group}"), "");
    assert_eq!(found(&literal("")), ["3 secret-literal"]);
    assert_eq!(found(&literal(allow)), [""; 0]);
}

#[test]
fn nothing_is_missing_where_it_is_not_known_what_is_taken_over() {
    assert_eq!(found("service web { like wbe }\n"), ["1 unknown-name"]);
    assert_eq!(found("group a { imag x:1 }\nservice web { with a }\n"), ["1 unknown-statement"]);
    assert_eq!(found("grup a { image x:1 }\nservice web { with a }\n"), ["1 unknown-statement"]);
    assert_eq!(found("group a { image x:1 }\nservice web { wiht a }\n"), ["2 unknown-statement"]);
    assert_eq!(found("group a { restart always }\nservice web { with a }\n"), ["2 missing-statement"]);
}
