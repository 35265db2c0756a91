//! # A server for development
//!
//! `manage.py runserver`, `flask run`, `ng serve`, `vite`, `php -S` and their like are made for one programmer at a time: they
//! answer one request after the other or watch every file, show the program's insides when it fails, and say in their own
//! manuals that they are not to be put before users.
//!
//! Files and stages that are named for development or tests are passed over, and so is a service that mounts its sources
//! over the image, as people do while they write a program.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! WORKDIR /srv
//! COPY . .
//! USER 1000
//! CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]
//! ```
//!
//! ```dockerfile good
//! # files: .dockerignore
//! FROM python:3.14-slim
//! WORKDIR /srv
//! COPY . .
//! USER 1000
//! CMD ["gunicorn", "shop.wsgi", "-b", "0.0.0.0:8000"]
//! ```

use crate::lint::dockerfile::commands::{Command, of_text};
use crate::lint::dockerfile::process::process;
use crate::lint::dockerfile::{Final, finals, is_for_development};
use crate::lint::{Findings, Whole};
use crate::project::compose::{MountSource, Service};
use crate::project::host::join;
use crate::source::Span;

pub(super) const CODE: &str = "docker-dev-server";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        if is_meant_for_development(&known, whole) {
            continue;
        }
        let services: Vec<Option<&Service>> = match known.services.as_slice() {
            [] => vec![None],
            services => services.iter().map(|service| Some(*service)).collect(),
        };
        let mut told: Vec<Span> = Vec::new();
        for service in services {
            let Some(process) = process(&known, service) else { continue };
            let found = process.commands.iter().find_map(|command| server(command, &known, whole));
            let Some((server, instead)) = found else { continue };
            if told.contains(&process.span) || service.is_some_and(|service| mounts_sources(service, &known))
            {
                continue;
            }
            told.push(process.span);
            let found = findings
                .at(process.span, format!("`{server}` is a server for development"))
                .note("it is made for one programmer, and shows the insides of the program to whoever makes it fail")
                .help(instead);
            findings.push(found);
        }
    }
}

/// Whether names or settings say that nothing else is meant.
fn is_meant_for_development(known: &Final<'_>, whole: &Whole<'_>) -> bool {
    let stage = known.stage();
    let file = known.dockerfile.host.as_deref().unwrap_or_default();
    let composes =
        known.services.iter().map(|service| whole.sources.file(service.name.span.file).name.as_str());
    let stages = stage.name.iter().map(|name| name.value.as_str());
    let settings = ["NODE_ENV", "FLASK_ENV", "RAILS_ENV", "APP_ENV", "ENVIRONMENT"];
    let is_set = |name: &&str| {
        let of_image = stage.end.env.get(*name).and_then(Option::as_deref);
        let mut of_services = known
            .services
            .iter()
            .filter_map(|service| service.variable(name)?.value.as_ref()?.value.as_deref());
        of_image.into_iter().chain(of_services.by_ref()).any(is_for_development)
    };
    composes.chain(stages).chain([file]).any(is_for_development) || settings.iter().any(is_set)
}

/// Whether a service mounts a folder of the host where the program is.
fn mounts_sources(service: &Service, known: &Final<'_>) -> bool {
    let folder = known.stage().end.working_dir.as_ref().map(|folder| folder.value.trim_end_matches('/'));
    service.mounts.iter().any(|mount| {
        let is_host = matches!(mount.source, MountSource::Host { .. } | MountSource::Unknown);
        let target = mount.target.as_deref().unwrap_or("/").trim_end_matches('/');
        is_host
            && (folder.is_none_or(|folder| {
                folder == target
                    || target.starts_with(&format!("{folder}/"))
                    || folder.starts_with(&format!("{target}/"))
            }))
    })
}

/// The server for development that a command starts, and what to run in its place.
fn server(command: &Command, known: &Final<'_>, whole: &Whole<'_>) -> Option<(String, &'static str)> {
    if let Some(found) = by_words(command) {
        return Some(found);
    }
    let script = script(command)?;
    let folder = known.dockerfile.context.as_deref()?;
    let text = whole.host.read(&join(folder, "package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    let line = package.get("scripts")?.get(&script)?.as_str()?;
    let (server, instead) = of_text(line, command.span).iter().find_map(by_words)?;
    Some((format!("{} {script}` runs `{server}", command.program), instead))
}

/// The script of package.json that a command runs.
fn script(command: &Command) -> Option<String> {
    let mut words = command.operands().map(|word| word.text.as_str());
    match (command.program.as_str(), words.next()?) {
        ("npm" | "yarn" | "pnpm" | "bun", "run" | "run-script") => words.next().map(str::to_owned),
        ("npm" | "yarn" | "pnpm" | "bun", "start") => Some("start".to_owned()),
        ("yarn" | "pnpm", script) => Some(script.to_owned()),
        (_, _) => None,
    }
}

fn by_words(command: &Command) -> Option<(String, &'static str)> {
    const STATIC: &str = "build the files in a stage, and let nginx serve them";
    const WSGI: &str = "run it under gunicorn or uvicorn";
    let program = command.program.as_str();
    let words: Vec<&str> = command.operands().map(|word| word.text.as_str()).collect();
    let first = words.first().copied().unwrap_or_default();
    let has = |word: &str| command.args.iter().any(|arg| arg.text == word);
    let is_script = |name: &str| words.iter().any(|word| word.rsplit('/').next() == Some(name));
    let found = match program {
        "npx" | "bunx" => return by_words(&inner(command)?),
        "manage.py" | "django-admin" if first == "runserver" => ("manage.py runserver", WSGI),
        _ if is_python(program) && is_script("manage.py") && words.contains(&"runserver") => {
            ("manage.py runserver", WSGI)
        }
        _ if is_python(program) && has("flask") && words.contains(&"run") => ("flask run", WSGI),
        _ if is_python(program) && has("http.server") => {
            ("python -m http.server", "let nginx serve the files")
        }
        "flask" if words.contains(&"run") => ("flask run", WSGI),
        "uvicorn" | "gunicorn" | "hypercorn" if has("--reload") => {
            let text = format!("{program} --reload");
            return Some((text, "remove `--reload`"));
        }
        "fastapi" if first == "dev" => ("fastapi dev", "write `fastapi run`"),
        "ng" if first == "serve" => ("ng serve", STATIC),
        "vite" if matches!(first, "" | "dev" | "serve") => ("vite", STATIC),
        "vue-cli-service" if first == "serve" => ("vue-cli-service serve", STATIC),
        "react-scripts" if first == "start" => ("react-scripts start", STATIC),
        "webpack-dev-server" => ("webpack-dev-server", STATIC),
        "webpack" if first == "serve" => ("webpack serve", STATIC),
        "next" if first == "dev" => ("next dev", "run `next build` in the build, and `next start` here"),
        "nuxt" | "nuxi" if first == "dev" => {
            ("nuxt dev", "run `nuxt build` in the build, and what it makes here")
        }
        "nodemon" => ("nodemon", "run the program with `node`"),
        "ts-node-dev" => ("ts-node-dev", "compile it in the build, and run it with `node`"),
        "php" if has("-S") => ("php -S", "run it under php-fpm, with nginx before it"),
        "php" if is_script("artisan") && words.contains(&"serve") => {
            ("artisan serve", "run it under php-fpm, with nginx before it")
        }
        _ => return None,
    };
    Some((found.0.to_owned(), found.1))
}

fn is_python(program: &str) -> bool {
    program.starts_with("python") || matches!(program, "uv" | "poetry" | "pipenv" | "pdm")
}

/// What `npx` runs.
fn inner(command: &Command) -> Option<Command> {
    let at = command.args.iter().position(|word| !word.text.starts_with('-'))?;
    let mut inner = command.clone();
    inner.program.clone_from(&command.args[at].text);
    inner.args = command.args[at + 1..].to_vec();
    Some(inner)
}
