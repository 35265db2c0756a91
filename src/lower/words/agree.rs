//! Keys of compose that do not go together: what Compose refuses although each is right by itself. Source: compose-go,
//! `loader/validate.go` and `validation/`.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::model::compose::Service;
use crate::model::compose::extra::{Extra, Value, find};
use crate::model::scalar::byte_value;
use crate::source::Origin;
use crate::syntax::stack::tree::Statement;

/// A limit that can be said in two places, which must then say the same.
struct Limit {
    key: &'static str,
    /// The block of `deploy` that has it, too.
    block: &'static [&'static str],
    entry: &'static str,
    /// Whether the block must have it as soon as it is there.
    always: bool,
}

const LIMITS: &[Limit] = &[
    Limit { key: "cpus", block: &["resources", "limits"], entry: "cpus", always: true },
    Limit { key: "mem_limit", block: &["resources", "limits"], entry: "memory", always: true },
    Limit { key: "mem_reservation", block: &["resources", "reservations"], entry: "memory", always: true },
    Limit { key: "pids_limit", block: &["resources", "limits"], entry: "pids", always: true },
    Limit { key: "scale", block: &[], entry: "replicas", always: false },
];

/// Lists of which Compose refuses two equal items; of others it takes one.
const WITHOUT_REPETITION: &[&str] = &["external_links", "group_add", "security_opt", "volumes_from"];

impl Context<'_, '_> {
    /// Reports keys of a service that Compose refuses together.
    pub(super) fn check_agreement(&mut self, service: &Service, statement: &Statement) {
        // What a block with a mistake says is not known; the mistake may as well be in how the block is called.
        let may_be_it = |head: Option<&str>| head.is_none_or(|head| head.eq_ignore_ascii_case("deploy"));
        let mut written = statement.children().filter(|child| may_be_it(child.head()));
        let in_doubt = written.any(|child| self.is_doubtful(child.span));
        let deploy = service.extra.iter().find(|extra| extra.key == "deploy" && !in_doubt);
        for limit in LIMITS {
            let said = service.extra.iter().find(|extra| extra.key == limit.key);
            if let (Some(said), Some(deploy)) = (said, deploy) {
                self.check_limit(limit, said, deploy);
            }
        }
        self.check_container_name(service, deploy);
        for key in WITHOUT_REPETITION {
            self.check_repetition(key, &service.extra);
        }
    }

    fn check_limit(&mut self, limit: &Limit, said: &Extra, deploy: &Extra) {
        let mut block = deploy;
        for name in limit.block {
            let Some(inner) = block.value.entries().iter().find(|entry| entry.key == *name) else { return };
            block = inner;
        }
        let other = block.value.entries().iter().find(|entry| entry.key == limit.entry);
        let agrees = match other {
            Some(other) => same(&said.value, &other.value),
            None => !limit.always,
        };
        if agrees {
            return;
        }
        let place: Vec<&str> = ["deploy"].iter().chain(limit.block).copied().collect();
        let label = match other {
            Some(_) => "this says otherwise",
            None => "this is another limit, without it",
        };
        self.report_conflict(
            format!(
                "compose refuses `{}` beside another `{}` in `{}`",
                limit.key,
                limit.entry,
                place.join(".")
            ),
            said.origin,
            (other.map_or(block.origin, |other| other.origin), label),
            &format!("say it in one place: `{}` in `{}`", limit.entry, place.join(".")),
        );
    }

    /// A name of its own can be that of one container only.
    fn check_container_name(&mut self, service: &Service, deploy: Option<&Extra>) {
        let Some(name) = service.extra.iter().find(|extra| extra.key == "container_name") else { return };
        let scale = service.extra.iter().find(|extra| extra.key == "scale");
        let replicas = deploy.into_iter().flat_map(|deploy| deploy.value.entries());
        let replicas = replicas.into_iter().find(|entry| entry.key == "replicas");
        let mut counts = scale.into_iter().chain(replicas);
        if let Some(many) = counts.find(|count| matches!(count.value, Value::Integer(2..))) {
            self.report_conflict(
                "several containers cannot have one `container_name`".to_owned(),
                name.origin,
                (many.origin, "several containers"),
                "remove the name: compose gives each container its own",
            );
        }
    }

    fn check_repetition(&mut self, key: &str, extras: &[Extra]) {
        let Some(Value::List(items)) = find(extras, key) else { return };
        let mut seen: HashMap<&str, Origin> = HashMap::new();
        for item in items {
            let Some(text) = item.value.as_str() else { continue };
            if let Some(first) = seen.insert(text, item.origin)
                && let (Some(second), Some(first)) =
                    (self.origins.span(item.origin), self.origins.span(first))
            {
                self.report_twice(format!("`{text}` stands twice in `{key}`"), second, first);
            }
        }
    }

    /// Reports what is said of a volume that somebody else makes.
    pub(crate) fn check_external(&mut self, extras: &[Extra], external: Option<Origin>) {
        let raw =
            extras.iter().find(|extra| extra.key == "external" && matches!(extra.value, Value::Flag(true)));
        let Some(external) = external.or(raw.map(|raw| raw.origin)) else { return };
        for extra in extras {
            if matches!(extra.key.as_str(), "name" | "external") || extra.key.starts_with("x-") {
                continue;
            }
            self.report_conflict(
                format!("compose refuses `{}` for a volume that it does not make", extra.key),
                extra.origin,
                (external, "somebody else makes it"),
                "remove one of the two",
            );
        }
    }

    fn report_conflict(&mut self, message: String, at: Origin, other: (Origin, &str), help: &str) {
        let (Some(at), Some(label)) = (self.origins.span(at), self.origins.span(other.0)) else { return };
        self.sink.push(Diagnostic::error(codes::CONFLICT, message, at).label(label, other.1).help(help));
    }
}

/// Whether two values are the same to Compose; what cannot be known is taken to be.
fn same(a: &Value, b: &Value) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => (a - b).abs() < f64::EPSILON * a.abs().max(1.0),
        _ => true,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no limit has 53 bits")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Real(number) => Some(*number),
        Value::Text(_) | Value::Raw(_) => byte_value(value.as_str()?),
        Value::Path(_) | Value::Flag(_) | Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}
