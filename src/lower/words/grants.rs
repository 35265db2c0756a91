//! The secrets that compose's own word `secrets` gives to a container, or to its build.

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::draft::Draft;
use crate::lower::names::{SECRET, report_unknown};
use crate::model::compose::extra::{Extra, Value, find};
use crate::model::compose::{Build, Grant};
use crate::model::names::SecretName;
use crate::source::{At, Origin};
use crate::vocabulary::compose::Declared;

/// Compose's word.
const WORD: &str = "secrets";

impl<'t> Context<'_, 't> {
    /// Gives a service what its words `secrets db` and `secrets { source db; target password }` say.
    pub(crate) fn word_grants(&mut self, draft: &mut Draft<'t>) {
        for grant in self.take_grants(&mut draft.service.extra) {
            if let Some(declared) = self.names.secrets.get(grant.name.value.as_str()) {
                declared.it.at_run_time.set(true);
            }
            let target = grant.target();
            let first = draft.service.secrets.iter().find(|known| {
                known.target() == target && (known.name.value == grant.name.value || target.is_some())
            });
            match first.map(|first| first.name.origin) {
                Some(first) => {
                    let name = target.unwrap_or(grant.name.value.as_str()).to_owned();
                    self.report_grant_twice(&name, grant.name.origin, first);
                }
                None => draft.service.secrets.push(grant),
            }
        }
    }

    /// Gives a build what its words say; a step that mounts a secret gives it already.
    pub(crate) fn word_build_grants(&mut self, build: &mut Build) {
        for grant in self.take_grants(&mut build.extra) {
            let first = build.secrets.iter().position(|known| known.name.value == grant.name.value);
            match (first, grant.extra.is_empty()) {
                (Some(_), true) => {}
                (Some(first), false) if grant.target().is_none() => build.secrets[first] = grant,
                (None, _) | (Some(_), false) => build.secrets.push(grant),
            }
        }
    }

    /// The secrets in a `secrets` among extras, which is taken out if all of it is understood.
    fn take_grants(&mut self, extras: &mut Vec<Extra>) -> Vec<Grant> {
        let Some(Value::List(items)) = find(extras, WORD) else { return Vec::new() };
        let read: Option<Vec<(String, Vec<Extra>, Origin)>> = items
            .iter()
            .map(|item| match &item.value {
                Value::Map(entries) => {
                    let source = find(entries, "source").and_then(Value::as_str)?;
                    let rest = entries.iter().filter(|entry| entry.key != "source").cloned().collect();
                    Some((source.to_owned(), rest, item.origin))
                }
                value => Some((value.as_str()?.to_owned(), Vec::new(), item.origin)),
            })
            .collect();
        let Some(read) = read else { return Vec::new() };
        extras.retain(|extra| extra.key != WORD);
        read.into_iter()
            .filter_map(|(name, extra, origin)| {
                if !self.names.refer(Declared::Secret, &name) && !self.names.elsewhere {
                    let span = self.origins.span(origin).expect("a grant is written");
                    let known = self.names.listed(Declared::Secret);
                    report_unknown(self.sink, &self.names, &SECRET, known.into_iter(), &name, span);
                    return None;
                }
                let name = SecretName::parse(&name).ok()?;
                let span = self.origins.span(origin);
                if span.is_some_and(|span| !self.is_readable(&name, span)) {
                    return None;
                }
                Some(Grant { name: At::new(name, origin), extra })
            })
            .collect()
    }

    fn report_grant_twice(&mut self, name: &str, second: Origin, first: Origin) {
        if let (Some(second), Some(first)) = (self.origins.span(second), self.origins.span(first)) {
            // What is wrong on the line may have said where it is mounted.
            if self.is_line_doubtful(second) {
                return;
            }
            self.report_twice(format!("two secrets are mounted at `{name}`"), second, first);
        }
    }

    /// Reports paths of secrets that were named since the list was `named` long, where there is no container.
    pub(crate) fn refuse_secret_paths(&mut self, named: usize, what: &str) {
        for (name, origin) in self.granted.split_off(named) {
            let span = self.origins.span(origin).expect("a path is written");
            self.sink.push(
                Diagnostic::error(
                    codes::UNKNOWN_PART,
                    format!("the file of the secret `{name}` is not {what}"),
                    span,
                )
                .here("its path is one in a container")
                .help(format!(
                    "write the path itself, `/run/secrets/{name}`, if a container reads it from here"
                )),
            );
        }
    }
}
