//! What the rules on nginx call an error, nginx refuses; the good examples of all of them it takes.

use std::collections::BTreeSet;
use std::fmt::Write;

use stackc::diagnostic::Severity;
use stackc::explain::{Example, Language, all};

use super::{NGINX, Said, docker, need_images};

/// Rules that warn and whose bad examples nginx refuses as well.
const REFUSED: &[&str] =
    &["nginx-proxy-uri (3)", "nginx-removed-directive (1)", "nginx-unreachable-location (1)"];

/// Rules whose good examples name files that are not there.
const UNTRIED: &[&str] = &["nginx-removed-directive"];

/// Rules all of whose examples do, so that nginx says nothing of them.
const WITH_FILES: &[&str] = &["nginx-no-hsts"];

/// An example as a whole configuration.
fn whole(example: &Example) -> String {
    let text = &example.text;
    let first = text.split_whitespace().next().unwrap_or_default();
    match first {
        "events" => text.clone(),
        "http" => format!("events {{ }}\n{text}"),
        "server" => format!("events {{ }}\nhttp {{\n{text}}}\n"),
        "location" => format!("events {{ }}\nhttp {{ server {{\n{text}}} }}\n"),
        "error_log" => format!("{text}events {{ }}\nhttp {{ }}\n"),
        "worker_rlimit_nofile" => format!("{text}http {{ }}\n"),
        "add_header" | "resolver" | "ssl_protocols" | "upstream" => {
            format!("events {{ }}\nhttp {{\n{text}}}\n")
        }
        other => panic!("an example that begins with `{other}`"),
    }
}

/// The names of hosts that an example passes requests to: nginx wants to know them when it starts.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(['/', ' ', ';', ':']);
    words.filter(|word| ["api", "app", "one", "php", "reports", "two", "users"].contains(word))
}

#[test]
fn an_error_is_what_nginx_refuses() {
    need_images(&[NGINX]);
    let mut script = "cd /etc/nginx\n".to_owned();
    let mut expected = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let is_on_nginx = |code: &str| code.starts_with("nginx-") || code.starts_with("mime-");
    let is_tried = |code: &str| is_on_nginx(code) && !WITH_FILES.contains(&code);
    for page in all().into_iter().filter(|page| page.is_rule && is_tried(page.code)) {
        let (mut bad, mut good) = (0, 0);
        for example in page.examples().into_iter().filter(|example| example.language == Language::Nginx) {
            if !example.bad && UNTRIED.contains(&page.code) {
                continue;
            }
            let count = if example.bad { &mut bad } else { &mut good };
            *count += 1;
            let name = format!("{} ({count})", page.code);
            let refused =
                example.bad && (page.severity == Severity::Error || REFUSED.contains(&name.as_str()));
            let kind = if example.bad { "bad" } else { "good" };
            expected.push(format!("{kind} {name}: {}", if refused { "refused" } else { "taken" }));
            let text = whole(&example);
            known.extend(hosts(&text).map(str::to_owned));
            write!(
                script,
                "cat >try.conf <<'END_OF_EXAMPLE'\n{text}END_OF_EXAMPLE\nif nginx -t -c /etc/nginx/try.conf >said 2>&1; \
                 then echo '{kind} {name}: taken'; else echo '{kind} {name}: refused'; grep emerg said >&2; fi\n"
            )
            .unwrap();
        }
    }
    let hosts = known.iter().flat_map(|host| ["--add-host".to_owned(), format!("{host}:127.0.0.1")]);
    let fixed = ["run", "--rm", "-i", "--network", "none"].map(str::to_owned);
    let program = [NGINX, "sh"].map(str::to_owned);
    let mut command = docker(fixed.into_iter().chain(hosts).chain(program));
    let said = Said::with_input(&mut command, script.as_bytes());
    let why = said.err.clone();
    let found = said.ok();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "{why}");
    assert!(expected.iter().filter(|line| line.ends_with("refused")).count() >= 8, "{expected:#?}");
}
