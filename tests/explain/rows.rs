//! The example of every statement compiles wherever the statement may stand.

use stackc::schema::{Kind, Row, all_own_rows};
use stackc::vocabulary::nginx::Context;

use super::{compile_example, shown};

/// What the examples refer to.
pub(super) const DECLARED: &str = "\
secret db_password { file ./secrets/db_password }
secret npm_token { env NPM_TOKEN }
secret deploy_key { ssh-agent }
secret tls_certificate { file ./secrets/tls.pem }
secret tls_key { file ./secrets/tls.key }
input INIT
input OPTIONS
input READ_ONLY
input RESTART
input RETRIES
volume media
network back
service postgres { image postgres:18 }
service django { build { base python:3.14-slim; copy . to /app }; listen 8000 }
group common { restart always; mem_limit 64m }
";

/// Blocks of nginx's own words in which sentences of the language's own stand.
const SHORT_FORMS: [Context; 3] = [Context::Server, Context::Location, Context::LocationIf];

/// The key of a host that nobody has.
const HOST_KEY: &str =
    "host_key \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\"";

/// A small file that holds nothing but the example and what it cannot do without.
pub(super) fn around(kind: Kind, row: &Row) -> String {
    let example = row.example();
    let unless = |ids: &[&str], statement: &'static str| if ids.contains(&row.id) { "" } else { statement };
    let body = match kind {
        Kind::File if row.id == "project-input" => return format!("input STAGE\n{example}\n"),
        Kind::File => return format!("{example}\n"),
        Kind::Secret => {
            let source = unless(
                &["secret-file", "secret-env", "secret-ssh-agent", "secret-ssh-key"],
                "file ./secrets/it",
            );
            format!("secret it {{\n{source}\n{example}\n}}")
        }
        Kind::Input => format!("input IT {{\n{example}\n}}"),
        Kind::Volume => format!("volume it {{\n{example}\n}}"),
        Kind::Network => format!("network it {{\n{example}\n}}"),
        Kind::Service => {
            let image = unless(&["image", "image-of", "build", "like"], "image python:3.14-slim");
            format!("service it {{\n{image}\n{example}\n}}")
        }
        Kind::Health => format!("service it {{\nimage postgres:18\nhealth exec true {{\n{example}\n}}\n}}"),
        Kind::Env => format!("service it {{\nimage postgres:18\nenv {{\n{example}\n}}\n}}"),
        Kind::Labels => format!("service it {{\nimage postgres:18\nlabels {{\n{example}\n}}\n}}"),
        Kind::Build => {
            let stage = unless(&["stage", "dockerfile"], "stage assets { base node:24-slim }");
            let base = unless(&["base", "dockerfile"], "base python:3.14-slim");
            build(&format!("{stage}\n{base}\n{example}"))
        }
        Kind::Dockerfile => {
            let base = unless(&["base"], "base python:3.14-slim");
            let stage = unless(&["stage"], "stage assets { base node:24-slim }");
            format!("dockerfile docker/it {{\n{stage}\n{base}\n{example}\n}}")
        }
        Kind::Stage => {
            let base = unless(&["base"], "base python:3.14-slim");
            build(&format!(
                "stage assets {{ base node:24-slim }}\nstage it {{\n{base}\n{example}\n}}\nbase it"
            ))
        }
        Kind::Onbuild => build(&format!("base python:3.14-slim\nonbuild {{\n{example}\n}}")),
        Kind::Base => build(&format!("base python:3.14-slim {{\n{example}\n}}")),
        Kind::Copy => build(&format!("base python:3.14-slim\ncopy . to /app {{\n{example}\n}}")),
        Kind::Add => {
            let source = if row.head() == "keep-git-dir" {
                "https://example.org/app.git"
            } else {
                "https://example.org/a.tar"
            };
            build(&format!("base python:3.14-slim\nadd {source} to /app {{\n{example}\n}}"))
        }
        Kind::InlineFile => build(&format!("base python:3.14-slim\nfile /a \"b\" {{\n{example}\n}}")),
        // A word of the labs channel needs a frontend that has it.
        Kind::Run => {
            let syntax = "syntax docker/dockerfile:1-labs";
            let command = if row.id == "run-heredoc" { "\"python3 <<EOF\"" } else { "true" };
            build(&format!("{syntax}\nbase python:3.14-slim\nrun {command} {{\n{example}\n}}"))
        }
        Kind::BindMount => run(&format!("bind at /srv {{\n{example}\n}}")),
        Kind::CacheMount => {
            let from = unless(&["RUN --mount=type=bind,from"], "from busybox:1.37");
            run(&format!("cache /srv {{\n{from}\n{example}\n}}"))
        }
        Kind::TmpfsMount => run(&format!("tmpfs /srv {{\n{example}\n}}")),
        Kind::SecretMount => run(&format!("secret npm_token {{\n{example}\n}}")),
        Kind::SshMount => run(&format!("ssh {{\n{example}\n}}")),
        Kind::GitSource => git_source(row),
        Kind::Pip => build(&format!("base python:3.14-slim\npip requirements/app.txt {{\n{example}\n}}")),
        Kind::Uv => build(&format!("base python:3.14-slim\nuv uv.lock {{\n{example}\n}}")),
        Kind::Npm => build(&format!("base node:24-slim\nnpm package-lock.json {{\n{example}\n}}")),
        Kind::Pnpm => build(&format!("base node:24-slim\npnpm pnpm-lock.yaml {{\n{example}\n}}")),
        Kind::Provides => build(&format!("base python:3.14-slim\nprovides it at /srv {{\n{example}\n}}")),
        Kind::Proxy => {
            let image = unless(&["image"], "image nginx:1.30");
            format!("proxy it {{\n{image}\nsite _ {{ respond / 204 }}\n{example}\n}}")
        }
        Kind::Site => site(&example),
        Kind::Tls | Kind::Hsts => of_tls(kind, row.id, &example),
        Kind::Location => {
            let target = unless(
                &["location-proxy", "location-fastcgi", "location-uwsgi", "return"],
                "proxy to django",
            );
            // Some are of routes that serve files alone.
            match row.id {
                "immutable" => site(&format!("spa / from ./dist {{\n{example}\n}}")),
                _ => site(&format!("route / {{\n{target}\n{example}\n}}")),
            }
        }
        Kind::Nginx(Context::Server) => nginx(&example),
        Kind::Nginx(Context::Location) => nginx(&format!("location / {{\n{example}\n}}")),
        Kind::Nginx(Context::LocationIf) => {
            nginx(&format!("location / {{\nif ($arg_a) {{\n{example}\n}}\n}}"))
        }
        Kind::Nginx(_) | Kind::Table | Kind::Compose(_) | Kind::Named(_) | Kind::Pairs | Kind::Any => {
            unreachable!("blocks of other languages hold words of theirs")
        }
    };
    format!("{DECLARED}{body}\n")
}

/// A repository that is fetched by ssh.
fn git_source(row: &Row) -> String {
    let unless = |ids: &[&str], statement: &'static str| if ids.contains(&row.id) { "" } else { statement };
    let reference = unless(&["git-ref", "git-commit"], "ref v1");
    let key = unless(&["git-key"], "key secret.deploy_key");
    let host_key = unless(&["git-host-key"], HOST_KEY);
    let source = "source git git@example.org:team/app.git";
    let example = row.example();
    build(&format!("{source} {{\n{reference}\n{key}\n{host_key}\n{example}\n}}\nbase python:3.14-slim"))
}

fn build(steps: &str) -> String {
    format!("service it {{\nbuild {{\n{steps}\n}}\n}}")
}

fn run(mount: &str) -> String {
    build(&format!("base python:3.14-slim\nrun true {{\n{mount}\n}}"))
}

fn site(routes: &str) -> String {
    format!("proxy it {{\nimage nginx:1.30\nsite example.org {{\n{routes}\n}}\n}}")
}

fn nginx(directives: &str) -> String {
    let mounts = "service nginx { image nginx:1.30; mount media at /srv/media }";
    format!("{mounts}\nnginx it.conf in http {{\nserver {{\n{directives}\n}}\n}}")
}

/// An example of `tls`, or of `hsts` in it.
fn of_tls(kind: Kind, id: &str, example: &str) -> String {
    let unless = |own: &str, statement: &'static str| if id == own { "" } else { statement };
    let certificate = unless("tls-certificate", "certificate secret.tls_certificate");
    let key = unless("tls-key", "key secret.tls_key");
    if kind == Kind::Tls {
        return tls(&format!("{certificate}\n{key}\n{example}"));
    }
    let wide = unless("hsts-subdomains", "include_subdomains");
    tls(&format!("{certificate}\n{key}\nhsts 1y {{\n{wide}\n{example}\n}}"))
}

fn tls(inside: &str) -> String {
    site(&format!("tls {{\n{inside}\n}}\nrespond / 204"))
}

#[test]
fn the_example_of_every_statement_compiles_wherever_it_may_stand() {
    let mut report = String::new();
    for row in all_own_rows() {
        for kind in
            Kind::ALL.into_iter().chain(SHORT_FORMS.map(Kind::Nginx)).filter(|kind| row.stands_in(*kind))
        {
            let text = around(kind, row);
            let compilation = compile_example(&text);
            if compilation.sink.has_errors() {
                report +=
                    &format!("`{}` {}\n{text}\n{}", row.example(), kind.describe(), shown(&compilation));
            }
        }
    }
    assert!(report.is_empty(), "examples that do not compile:\n{report}");
}
