//! What is said in compose's own words comes before what a default would have said, and is not said twice.

use crate::lower::context::Context;
use crate::model::compose::extra::Value;
use crate::model::compose::{Entrypoint, Service};
use crate::model::values::Typed;
use crate::source::{At, Origin, Via};

/// What a service says of a key in a field of the model, and how to leave it out.
struct Field {
    key: &'static str,
    origin: fn(&Service) -> Option<Origin>,
    /// Leaves it out. What no default says needs no clearing.
    clear: fn(&mut Service),
    /// Whether it is a list, which a word may add to.
    joins: bool,
}

const fn one(key: &'static str, origin: fn(&Service) -> Option<Origin>, clear: fn(&mut Service)) -> Field {
    Field { key, origin, clear, joins: false }
}

const fn list(key: &'static str, origin: fn(&Service) -> Option<Origin>, clear: fn(&mut Service)) -> Field {
    Field { key, origin, clear, joins: true }
}

fn first<T>(list: &[At<T>]) -> Option<Origin> {
    list.first().map(|item| item.origin)
}

/// The fields that `raw`, or a word beside a sentence, can say too.
const FIELDS: &[Field] = &[
    one("image", |s| s.image.as_ref().map(Typed::origin), |_| {}),
    one("build", |s| s.build.as_ref().map(|build| build.origin), |_| {}),
    one("entrypoint", |s| s.entrypoint.as_ref().and_then(entrypoint), |_| {}),
    one("command", |s| s.command.as_ref().map(|command| command.origin), |_| {}),
    one("user", |s| s.user.as_ref().map(|user| user.origin), |s| s.user = None),
    one("working_dir", |s| s.working_dir.as_ref().map(Typed::origin), |_| {}),
    one("init", |s| s.init.map(|init| init.origin), |s| s.init = None),
    one("restart", |s| s.restart.as_ref().map(|restart| restart.origin), |s| s.restart = None),
    one("healthcheck", |s| s.health.as_ref().map(|health| health.origin), |s| s.health = None),
    one("read_only", |s| s.read_only.map(|on| on.origin), |s| s.read_only = None),
    one("logging", |s| s.log_rotation.as_ref().map(|log| log.origin), |s| s.log_rotation = None),
    one("stop_grace_period", |s| s.stop_grace_period.as_ref().map(Typed::origin), |_| {}),
    one("environment", |s| s.environment.first().map(|env| env.name.origin), |_| {}),
    one("labels", |s| s.labels.first().map(|(name, _)| name.origin), |_| {}),
    one("depends_on", |s| s.depends_on.first().map(|needs| needs.service.origin), |s| s.depends_on.clear()),
    one("networks", |s| first(&s.networks), |s| s.networks.clear()),
    list("cap_drop", |s| first(&s.cap_drop), |s| s.cap_drop.clear()),
    list("cap_add", |s| first(&s.cap_add), |_| {}),
    list("security_opt", |s| first(&s.security_opt), |s| s.security_opt.clear()),
    list("tmpfs", |s| s.tmpfs.first().map(|path| path.origin), |s| s.tmpfs.clear()),
];

fn entrypoint(entrypoint: &Entrypoint) -> Option<Origin> {
    match entrypoint {
        Entrypoint::Plain(command) => Some(command.origin),
        Entrypoint::Exporting { origins, .. } => origins.first().copied(),
    }
}

/// Keys that rule others out: with another container's network a container joins none of its own.
const RULES_OUT: &[(&str, &str)] = &[("network_mode", "networks")];

impl Context<'_, '_> {
    /// Leaves out the defaults of a service that its own words replace.
    pub(crate) fn settle(&mut self, service: &mut Service) {
        let field = |key: &str| FIELDS.iter().find(|field| field.key == key);
        let said: Vec<(String, Origin, bool)> = service
            .extra
            .iter()
            .map(|extra| (extra.key.clone(), extra.origin, matches!(extra.value, Value::List(_))))
            .collect();
        for (key, origin, is_list) in said {
            for (_, other) in RULES_OUT.iter().filter(|(ruling, _)| *ruling == key) {
                let Some(field) = field(other) else { continue };
                if (field.origin)(service).is_some_and(|known| self.is_default(known)) {
                    (field.clear)(service);
                }
            }
            let Some(field) = field(&key) else { continue };
            let Some(known) = (field.origin)(service) else { continue };
            if self.is_default(known) {
                (field.clear)(service);
            } else if !(field.joins && is_list) {
                self.report_key_twice(&key, origin, known);
            }
        }
    }

    /// Whether nobody wrote a value.
    pub(crate) fn is_default(&self, origin: Origin) -> bool {
        self.origins.chain(origin).next().is_some_and(|cause| matches!(cause.via, Via::Default(_)))
    }
}
