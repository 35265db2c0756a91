//! What is said in compose's own words comes before what a default would have said, and is not said twice.

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::model::compose::extra::{Extra, Value, find};
use crate::model::compose::{Build, Compose, DockerfileRef, Entrypoint, Service};
use crate::model::values::Typed;
use crate::source::{At, Origin, Via};
use crate::syntax::stack::tree::Statement;

/// What a service says of a key in a field of the model, and how to leave it out.
struct Field {
    key: &'static str,
    origin: fn(&Service) -> Option<Origin>,
    /// Leaves it out. What no default says needs no clearing.
    clear: fn(&mut Service),
    joins: Joins,
}

/// Whether a word may add to what the field says.
enum Joins {
    /// There is one value.
    No,
    /// A list may become longer.
    Lists,
    /// A map may get other keys.
    Maps(fn(&Service) -> Vec<(String, Origin)>),
}

const fn one(key: &'static str, origin: fn(&Service) -> Option<Origin>, clear: fn(&mut Service)) -> Field {
    Field { key, origin, clear, joins: Joins::No }
}

const fn list(key: &'static str, origin: fn(&Service) -> Option<Origin>, clear: fn(&mut Service)) -> Field {
    Field { key, origin, clear, joins: Joins::Lists }
}

const fn map(
    key: &'static str,
    origin: fn(&Service) -> Option<Origin>,
    names: fn(&Service) -> Vec<(String, Origin)>,
) -> Field {
    Field { key, origin, clear: |_| {}, joins: Joins::Maps(names) }
}

fn first<T>(list: &[At<T>]) -> Option<Origin> {
    list.first().map(|item| item.origin)
}

/// The fields that `raw`, or a word beside a sentence, can say too.
const FIELDS: &[Field] = &[
    one("image", |s| s.image.as_ref().map(Typed::origin), |_| {}),
    one("build", |s| s.build.as_ref().map(|build| build.origin), |_| {}),
    one("entrypoint", |s| s.entrypoint.as_ref().and_then(entrypoint), |_| {}),
    one("command", |s| s.command.as_ref().map(|command| command.origin), |s| s.command = None),
    one("user", |s| s.user.as_ref().map(|user| user.origin), |s| s.user = None),
    one("working_dir", |s| s.working_dir.as_ref().map(Typed::origin), |_| {}),
    one("init", |s| s.init.map(|init| init.origin), |s| s.init = None),
    one("restart", |s| s.restart.as_ref().map(|restart| restart.origin), |s| s.restart = None),
    one("healthcheck", |s| s.health.as_ref().map(|health| health.origin), |s| s.health = None),
    one("read_only", |s| s.read_only.map(|on| on.origin), |s| s.read_only = None),
    one("logging", |s| s.log_rotation.as_ref().map(|log| log.origin), |s| s.log_rotation = None),
    one("stop_grace_period", |s| s.stop_grace_period.as_ref().map(Typed::origin), |_| {}),
    one("labels", |s| s.labels.first().map(|(name, _)| name.origin), |_| {}),
    one("depends_on", |s| s.depends_on.first().map(|needs| needs.service.origin), |_| {}),
    one("networks", |s| first(&s.networks), |s| s.networks.clear()),
    map(
        "environment",
        |s| s.environment.first().map(|env| env.name.origin),
        |s| s.environment.iter().map(|env| (env.name.value.to_string(), env.name.origin)).collect(),
    ),
    list("cap_drop", |s| first(&s.cap_drop), |s| s.cap_drop.clear()),
    list("cap_add", |s| first(&s.cap_add), |_| {}),
    list("security_opt", |s| first(&s.security_opt), |s| s.security_opt.clear()),
    list("tmpfs", |s| s.tmpfs.first().map(|path| path.origin), |s| s.tmpfs.clear()),
    list("env_file", |s| s.env_files.first().map(|file| file.path.origin()), |_| {}),
    list("secrets", |s| s.secrets.first().map(|grant| grant.name.origin), |_| {}),
    list("ports", |s| s.ports.first().map(|port| port.mapping.origin()), |_| {}),
    list("expose", |s| s.expose.first().map(Typed::origin), |_| {}),
    list("volumes", |s| s.mounts.first().map(|mount| mount.origin), |_| {}),
];

fn entrypoint(entrypoint: &Entrypoint) -> Option<Origin> {
    match entrypoint {
        Entrypoint::Plain(command) => Some(command.origin),
        Entrypoint::Exporting { origins, .. } => origins.first().copied(),
    }
}

fn field(key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.key == key)
}

/// A key that rules another one out: with another container's network a container joins none of its own.
struct RulesOut {
    key: &'static str,
    /// The entry of its map that does, if it is not the whole key.
    entry: Option<&'static str>,
    other: &'static str,
    /// Whether Compose refuses both, rather than taking the first.
    refused: bool,
}

const RULES_OUT: &[RulesOut] = &[
    RulesOut { key: "network_mode", entry: None, other: "networks", refused: true },
    RulesOut { key: "deploy", entry: Some("restart_policy"), other: "restart", refused: false },
];

impl RulesOut {
    /// What a service says of the key that rules.
    fn said<'s>(&self, service: &'s Service) -> Option<&'s Extra> {
        let extra = service.extra.iter().find(|extra| extra.key == self.key)?;
        match self.entry {
            Some(entry) => find(extra.value.entries(), entry).map(|_| extra),
            None => Some(extra),
        }
    }
}

impl Context<'_, '_> {
    /// Leaves out the defaults of a service that its own words replace.
    pub(crate) fn yield_to_words(&self, service: &mut Service) {
        let said = service.extra.iter().map(|extra| extra.key.as_str());
        let ruled = RULES_OUT.iter().filter(|rule| rule.said(service).is_some()).map(|rule| rule.other);
        let fields: Vec<&Field> = said.chain(ruled).filter_map(field).collect();
        for field in fields {
            if (field.origin)(service).is_some_and(|known| self.is_default(known)) {
                (field.clear)(service);
            }
        }
    }

    /// Reports what a service says in a sentence and in compose's own words.
    pub(crate) fn check_words(&mut self, service: &Service, statement: &Statement) {
        for extra in &service.extra {
            let Some(field) = field(&extra.key) else { continue };
            let Some(known) = (field.origin)(service).filter(|known| !self.is_default(*known)) else {
                continue;
            };
            match (&field.joins, &extra.value) {
                (Joins::Lists, Value::List(_)) => {}
                (Joins::Maps(names), Value::Map(entries)) => {
                    for (name, first) in names(service) {
                        if let Some(second) = entries.iter().find(|entry| entry.key == name) {
                            self.report_key_twice(&name, second.origin, first);
                        }
                    }
                }
                (Joins::No | Joins::Lists | Joins::Maps(_), _) => {
                    self.report_key_twice(&extra.key, extra.origin, known);
                }
            }
        }
        self.check_agreement(service, statement);
        for rule in RULES_OUT.iter().filter(|rule| rule.refused) {
            let Some(extra) = rule.said(service) else { continue };
            let other = field(rule.other).and_then(|field| (field.origin)(service));
            let other = other.or_else(|| {
                service.extra.iter().find(|extra| extra.key == rule.other).map(|extra| extra.origin)
            });
            if let Some(other) = other {
                self.report_ruled_out(rule, extra.origin, other);
            }
        }
    }

    fn report_ruled_out(&mut self, rule: &RulesOut, key: Origin, other: Origin) {
        let (Some(key), Some(other)) = (self.origins.span(key), self.origins.span(other)) else { return };
        self.sink.push(
            Diagnostic::error(
                codes::CONFLICT,
                format!("compose refuses `{}` and `{}` in one service", rule.key, rule.other),
                key,
            )
            .label(other, format!("`{}` is said here", rule.other))
            .help("remove one of the two"),
        );
    }

    /// Reports what a build says in a sentence and in compose's own words.
    pub(crate) fn check_build_words(&mut self, build: &Build) {
        self.report_overlap(&build.extra, &["context"], build.context.origin);
        if !matches!(build.dockerfile.value, DockerfileRef::Inline | DockerfileRef::Elsewhere(None)) {
            self.report_overlap(&build.extra, &["dockerfile"], build.dockerfile.origin);
        }
        if let Some(first) = build.secrets.first() {
            self.report_overlap(&build.extra, &["secrets"], first.name.origin);
        }
        let Some(said) = find(&build.extra, "args") else { return };
        for (name, value) in &build.args {
            match said {
                Value::Map(entries) => {
                    if let Some(second) = entries.iter().find(|entry| entry.key == name.as_str()) {
                        self.report_key_twice(name.as_str(), second.origin, value.origin);
                    }
                }
                _ => self.report_overlap(&build.extra, &["args"], value.origin),
            }
        }
    }

    /// Reports what raw text at the top says of things that a statement declares.
    pub(crate) fn check_file_words(&mut self, compose: &Compose) {
        let declared: Vec<(&str, String, Origin)> = (compose.services.iter())
            .map(|it| ("services", it.name.value.to_string(), it.name.origin))
            .chain(compose.networks.iter().map(|it| ("networks", it.name.value.to_string(), it.name.origin)))
            .chain(compose.volumes.iter().map(|it| ("volumes", it.name.value.to_string(), it.name.origin)))
            .chain(compose.secrets.iter().map(|it| ("secrets", it.name.value.to_string(), it.name.origin)))
            .collect();
        for extra in &compose.extra {
            if let (Some(name), "name") = (&compose.name, extra.key.as_str()) {
                self.report_key_twice("name", extra.origin, name.origin);
            }
            for (key, name, first) in &declared {
                if *key != extra.key {
                    continue;
                }
                match &extra.value {
                    Value::Map(entries) => {
                        if let Some(second) = entries.iter().find(|entry| entry.key == *name) {
                            self.report_key_twice(name, second.origin, *first);
                        }
                    }
                    _ => self.report_key_twice(&extra.key, extra.origin, *first),
                }
            }
        }
    }

    /// Whether nobody wrote a value.
    pub(crate) fn is_default(&self, origin: Origin) -> bool {
        self.origins.chain(origin).next().is_some_and(|cause| matches!(cause.via, Via::Default(_)))
    }
}
