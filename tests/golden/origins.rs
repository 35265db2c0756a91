//! Every line of every artefact knows which statements and defaults made it, and names the right ones.

use std::path::PathBuf;

use stackc::reasons::{Giver, reason};
use stackc::source::{Origin, Via};

use super::{cases, compiled};
use crate::snapshot::repository;

/// Every case, and every stack file of the examples.
fn stack_files() -> Vec<PathBuf> {
    let examples = walkdir::WalkDir::new(repository().join("examples")).into_iter().filter_map(Result::ok);
    let examples = examples.map(walkdir::DirEntry::into_path);
    let mut files: Vec<PathBuf> =
        examples.filter(|path| path.extension() == Some("stack".as_ref())).collect();
    files.extend(cases().into_iter().map(|(_, file)| file));
    files
}

#[test]
fn every_line_of_every_artefact_is_explained() {
    let mut count = 0;
    for file in stack_files() {
        let (compilation, artifacts) = compiled(&file);
        for artifact in artifacts {
            assert_eq!(artifact.lines.len(), artifact.text.lines().count(), "{}", artifact.path);
            for (number, (text, of_line)) in (1..).zip(artifact.text.lines().zip(&artifact.lines)) {
                let line = format!("{}, {}:{number}: {text}", file.display(), artifact.path);
                assert!(!of_line.is_empty(), "nothing made {line}");
                for origin in of_line {
                    let causes: Vec<_> = compilation.origins.chain(*origin).collect();
                    for cause in &causes {
                        let named = match cause.via {
                            Via::Written | Via::Raw => cause.at.is_some(),
                            Via::Default(name) => {
                                reason(name).is_some_and(|reason| reason.giver != Giver::Statement)
                            }
                            Via::Lowered(name) => {
                                reason(name).is_some_and(|reason| reason.giver == Giver::Statement)
                            }
                        };
                        assert!(named, "{:?} of {line}", cause.via);
                    }
                    // What every artefact has needs no statement.
                    let from_text = compilation.origins.span(*origin).is_some();
                    assert!(from_text || matches!(*origin, Origin::HEADER | Origin::ENV_EXAMPLE), "{line}");
                }
                count += 1;
            }
        }
    }
    assert!(count > 1_000, "{count} lines are not all of them");
}

/// What made the first line of an artefact that holds `needle`: `default[name] < statement`, one an origin, without
/// those whose text lies in that of another.
fn causes(case: &str, path: &str, needle: &str) -> Vec<String> {
    let (_, file) = cases().into_iter().find(|(name, _)| name == case).unwrap();
    let (compilation, artifacts) = compiled(&file);
    let artifact = artifacts.iter().find(|artifact| artifact.path == path).unwrap();
    let index = artifact.text.lines().position(|line| line.contains(needle));
    let index = index.unwrap_or_else(|| panic!("no line of {path} holds {needle}"));
    let mut causes: Vec<String> = Vec::new();
    for origin in &artifact.lines[index] {
        let links = compilation.origins.chain(*origin).map(|cause| match (cause.via, cause.at) {
            (Via::Written, Some(at)) => compilation.sources.text(at).to_owned(),
            (Via::Raw, Some(at)) => format!("raw {}", compilation.sources.text(at)),
            (Via::Written | Via::Raw, None) => String::new(),
            (Via::Default(name), _) => format!("default[{name}]"),
            (Via::Lowered(name), _) => format!("implied[{name}]"),
        });
        let chain = links.collect::<Vec<_>>().join(" < ");
        if !causes.iter().any(|known| known.contains(&chain)) {
            causes.push(chain);
        }
    }
    causes
}

macro_rules! made_by {
    ($($test:ident: $case:literal, $path:literal { $($needle:literal => [$($cause:literal),*];)* })*) => {$(
        #[test]
        fn $test() {
            $(assert_eq!(causes($case, $path, $needle), [$($cause),*], "{}", $needle);)*
        }
    )*};
}

made_by! {
    the_compose_file_names_statements_and_defaults: "blog", "docker-compose.yml" {
        "# Made by stackc" => ["default[header]"];
        "name: blog" => ["default[project-name] < stack blog"];
        "  postgres:" => ["service postgres"];
        "image: postgres:18" => ["postgres:18"];
        "user: \"999:999\"" => ["default[image-user] < postgres:18"];
        "cap_drop:" => ["default[cap-drop] < service postgres"];
        "- ALL" => ["default[cap-drop] < service postgres"];
        "POSTGRES_DB: blog" => ["POSTGRES_DB            blog"];
        "DB_PASSWORD_FILE: " => ["DB_PASSWORD_FILE       secret.db_password.path"];
        "pg_isready" => ["default[known-health] < postgres:18"];
        "- pgdata:/var/lib/postgresql" => ["mount pgdata at /var/lib/postgresql"];
        "export MAIL_API_KEY" => ["MAIL_API_KEY           secret.mail_key"];
        "for secret in mail_key" => ["implied[exporting-entrypoint] < MAIL_API_KEY           secret.mail_key"];
        "dockerfile: docker/django/Dockerfile" => ["image   of django < implied[emitted-dockerfile] < build"];
        "condition: service_healthy" => ["needs   postgres healthy"];
        "timeout: 3s" => ["3s"];
        "retries: 5" => ["default[known-health] < postgres:18"];
        "context: ./docker/web" => ["implied[proxy-image] < proxy web"];
        "django: service:django" => ["implied[static-copy] < static               /static/ from django.assets"];
        "127.0.0.1:8080:80" => ["127.0.0.1:8080:80"];
        "- media:/srv/media:ro" => ["static               /media/  from media at /srv/media"];
        "internal: true" => ["default[data-network] < service postgres"];
        "file: ./secrets/mail_key" => ["file ./secrets/mail_key"];
    }
    the_dockerfile_names_its_steps: "blog", "docker/django/Dockerfile" {
        "FROM" => ["python:3.14-slim"];
        "ENV PYTHON" => ["default[image-environment] < python:3.14-slim"];
        "PYTHONUNBUFFERED" => ["default[image-environment] < python:3.14-slim"];
        "RUN --mount=type=bind" => ["implied[pip-requirements] < pip     requirements.txt"];
        "pip install" => ["implied[pip-requirements] < pip     requirements.txt"];
        "COPY . /app" => ["copy    . to /app"];
        "chown" => ["default[mount-owner] < mount   media    at /app/media"];
        "USER" => ["default[build-user] < service django"];
    }
    the_dockerignore_names_its_patterns: "blog", "docker/django/Dockerfile.dockerignore" {
        "**/.git" => ["default[ignored-files] < build"];
        "secrets/django_key" => ["implied[ignored-secret] < secret django_key"];
        "media/" => ["media/"];
    }
    the_nginx_configuration_names_its_routes: "blog", "docker/web/nginx.conf" {
        "worker_processes" => ["default[nginx-workers] < proxy web"];
        "http {" => ["implied[nginx-http] < proxy web"];
        "gzip_vary" => ["default[nginx-gzip] < proxy web"];
        "text/javascript           mjs" =>
            ["default[missing-types] < static               /static/ from django.assets"];
        "server django:8000 resolve" => ["implied[upstream] < proxy                /        to django", "8000"];
        "listen 80;" => ["implied[site-port] < site localhost blog.example"];
        "server_name localhost" => ["site localhost blog.example"];
        "client_max_body_size" => ["client_max_body_size 6m"];
        "location ^~ /static/" => ["static               /static/ from django.assets"];
        "root /srv/localhost" => ["implied[static-copy] < static               /static/ from django.assets"];
        "nosniff" => ["default[nosniff] < static               /static/ from django.assets"];
        "resolver 127" => ["default[nginx-resolver] < proxy web"];
        "resolver_timeout" => ["default[nginx-resolver-timeout] < proxy web"];
        "return 404" => ["return 404"];
        "421" => ["default[unknown-hosts] < site localhost blog.example"];
    }
    what_is_said_elsewhere_is_named_too: "build-steps", "docker/web/nginx.conf" {
        "server app:8000 resolve" => ["implied[upstream] < proxy /api/ to app", "8000"];
        "add_header X-Frame-Options" => ["add_header X-Frame-Options DENY"];
        "proxy_set_header Upgrade" => ["implied[websocket] < websocket"];
        "geo $stackc_dollar" =>
            ["implied[nginx-dollar] < \"pong; {it costs} 5 $ \\\"or\\\" more\""];
    }
    inputs_are_named_where_they_are_used_and_declared: "build-steps", "docker/app/Dockerfile" {
        "ARG PY=" => ["implied[build-argument] < python:${input.PY} < PY"];
        "GREETING" => ["GREETING \"it's \\\"5$\\\"\""];
        "apt-get" => ["implied[apt-packages] < apt     libpq5 curl"];
        "--mount=type=cache,target=/root/.npm" => ["run     \"npm ci\""];
        "LABEL" => ["labels", "org.opencontainers.image.title \"Steps\""];
    }
    the_environment_of_compose_names_inputs_and_secrets: "build-steps", ".env.example" {
        "# Copy this file" => ["default[env-example]"];
        "PY=" => ["input PY"];
    }
}

#[test]
fn a_header_that_is_repeated_says_why() {
    let (_, file) = cases().into_iter().find(|(name, _)| name == "build-steps").unwrap();
    let (compilation, artifacts) = compiled(&file);
    let conf = artifacts.iter().find(|made| made.path == "docker/web/nginx.conf").unwrap();
    let lines = conf.text.lines().zip(&conf.lines).filter(|(line, _)| line.contains("X-Frame-Options DENY"));
    let vias: Vec<Via> = lines.map(|(_, of)| compilation.origins.chain(of[0]).next().unwrap().via).collect();
    let again = Via::Lowered("repeated-header");
    assert_eq!(vias, [Via::Written, again, again]);
}

#[test]
fn a_blank_line_belongs_to_what_it_precedes_and_a_brace_to_what_it_closes() {
    let (_, file) = cases().into_iter().find(|(name, _)| name == "blog").unwrap();
    for artifact in compiled(&file).1 {
        let lines: Vec<&str> = artifact.text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            if line.is_empty() {
                assert_eq!(
                    artifact.lines[index],
                    artifact.lines[index + 1],
                    "{}:{}",
                    artifact.path,
                    index + 1
                );
            } else if line.trim() == "}" {
                let indent = line.len() - 1;
                let opens = |of: &&str| of.ends_with('{') && of.len() - of.trim_start().len() == indent;
                let opening = lines[..index].iter().rposition(opens).unwrap();
                assert!(artifact.lines[opening].starts_with(&artifact.lines[index]), "{}", artifact.path);
            }
        }
    }
}
