//! The top level: the stack's name and policy, secrets, inputs, volumes, networks.

use super::codes;
use super::context::{Context, Fitted};
use super::names::{InputInfo, SecretInfo, declare};
use super::text::Slot;
use crate::diagnostic::Diagnostic;
use crate::model::compose::{Compose, Network, Secret, SecretSource, Volume, is_writable_default};
use crate::model::names::{EnvName, InputName, NetworkName, ProjectName, SecretName, VolumeName};
use crate::model::path::HostPath;
use crate::model::stack::{InputDecl, Literal, LiteralSlot, Policy, SecretDecl};
use crate::model::values::VarOp;
use crate::schema::Kind;
use crate::source::{At, Span};
use crate::syntax::stack::tree::statements;
use std::cell::Cell;

impl<'t> Context<'_, 't> {
    /// Reads the policy, then declares every name of the file.
    pub(crate) fn declare(&mut self, fitted: &[Fitted<'t>]) -> Compose {
        let mut compose = Compose {
            name: None,
            services: Vec::new(),
            networks: Vec::new(),
            volumes: Vec::new(),
            secrets: Vec::new(),
            extra: Vec::new(),
        };
        self.raw_at_top = fitted.iter().any(|fit| fit.row.id == "raw-compose");
        for map in ["configs", "models"] {
            let names =
                fitted.iter().filter(|fit| fit.row.head() == map).flat_map(|fit| statements(fit.items()));
            let names = names.filter_map(|statement| statement.head()).map(str::to_owned).collect();
            self.keyed_names.insert(map, names);
        }
        for fit in fitted {
            match fit.row.id {
                "defaults" if fit.bound.has("plain") => self.stack.policy = Policy::Plain,
                "input" => self.declare_input(fit),
                _ => {}
            }
        }
        for fit in fitted {
            match fit.row.id {
                "secret" => self.declare_secret(fit, &mut compose),
                "volume" => self.declare_volume(fit, &mut compose),
                "network" => self.declare_network(fit, &mut compose),
                "service" | "proxy" => self.declare_service(fit),
                "allow" => self.allow(fit, None),
                "stack" | "project" | "defaults" | "input" | "word" | "raw-compose" => {}
                other => unreachable!("the row {other} of a file has no lowering"),
            }
        }
        compose.name = self.project(fitted);
        compose.extra = self.compose_words(fitted);
        compose
    }

    /// `project` if it is there, else `stack` under `secure`.
    fn project(&mut self, fitted: &[Fitted<'t>]) -> Option<At<ProjectName>> {
        let by_id = |id| fitted.iter().find(|fit| fit.row.id == id);
        let stack =
            by_id("stack").and_then(|fit| Some((self.name(fit.arg(0), ProjectName::parse)?, fit.origin)));
        let project =
            by_id("project").and_then(|fit| Some((self.name(fit.arg(0), ProjectName::parse)?, fit.origin)));
        match (project, stack) {
            (Some((name, origin)), _) => Some(At::new(name, origin)),
            (None, Some((name, origin))) if self.secure() => {
                Some(At::new(name, self.origins.by_default("project-name", Some(origin))))
            }
            (None, _) => None,
        }
    }

    fn declare_input(&mut self, fit: &Fitted<'t>) {
        let arg = fit.arg(0);
        let Some(name) = self.name(arg, InputName::parse) else { return };
        let (mut default, mut required, mut doc) = (None, None, None);
        for inner in self.block(fit.items(), Kind::Input) {
            match inner.row.id {
                "input-default" => {
                    let arg = inner.arg(0);
                    default = self.plain(arg).map(|text| (text, inner.span(), arg.span));
                    if default.as_ref().is_some_and(|(text, ..)| !is_writable_default(text)) {
                        self.unwritable_default(arg.span);
                    }
                }
                "input-required" => required = Some(inner.span()),
                "input-doc" => doc = self.plain(inner.arg(0)),
                other => unreachable!("the row {other} of an input has no lowering"),
            }
        }
        if let (Some((_, default, _)), Some(required)) = (&default, required) {
            self.sink.push(
                Diagnostic::error(
                    codes::CONFLICT,
                    format!("`{name}` has a default and is required"),
                    required,
                )
                .label(*default, "the default")
                .help("remove one of the two"),
            );
        }
        let op = match (&default, required) {
            (Some((text, ..)), _) => VarOp::Default(text.clone()),
            (None, Some(_)) => VarOp::Required("must be set".to_owned()),
            (None, None) => VarOp::None,
        };
        if let (Some((text, _, value)), Ok(variable)) = (&default, EnvName::parse(name.as_str())) {
            self.stack.literals.push(Literal {
                name: variable,
                slot: LiteralSlot::InputDefault,
                value: *value,
                empty: text.is_empty(),
            });
        }
        self.stack.inputs.push(InputDecl {
            name: At::new(name.clone(), fit.origin),
            default: default.map(|(text, ..)| text),
            doc,
        });
        let info = InputInfo { name: name.clone(), op };
        declare(self.sink, "input", &mut self.names.inputs, name.as_str(), arg.span, info);
    }

    fn declare_secret(&mut self, fit: &Fitted<'t>, compose: &mut Compose) {
        let arg = fit.arg(0);
        let Some(name) = self.name(arg, SecretName::parse) else { return };
        let mut sources: Vec<(Option<SecretSource>, Span)> = Vec::new();
        let inside = self.block(fit.items(), Kind::Secret);
        let extra = self.compose_words(&inside);
        for inner in inside.iter().filter(|inner| inner.row.id.starts_with("secret-")) {
            let source = match inner.row.id {
                "secret-file" => self.fixed::<HostPath>(inner.arg(0)).map(SecretSource::File),
                "secret-env" => self.fixed::<EnvName>(inner.arg(0)).map(SecretSource::Environment),
                other => unreachable!("the row {other} of a secret has no lowering"),
            };
            sources.push((source, inner.span()));
        }
        let external = extra.iter().any(|extra| extra.key == "external");
        let source = match sources.as_slice() {
            [] if external => Some(SecretSource::External),
            [] => {
                let help = format!("say where it is kept: `file ./secrets/{name}` or `env VARIABLE`");
                self.missing_in(
                    fit.items(),
                    &inside,
                    arg.span,
                    format!("the secret `{name}` has no source"),
                    &help,
                );
                None
            }
            [(source, _)] => source.clone(),
            [(_, first), (_, second), ..] => {
                self.sink.push(
                    Diagnostic::error(
                        codes::CONFLICT,
                        format!("the secret `{name}` has two sources"),
                        *second,
                    )
                    .label(*first, "the first")
                    .help("remove one of the two"),
                );
                None
            }
        };
        let info = SecretInfo { name: name.clone(), source: source.clone(), at_run_time: Cell::new(false) };
        declare(self.sink, "secret", &mut self.names.secrets, name.as_str(), arg.span, info);
        let Some(source) = source else { return };
        let kept = inside.iter().find(|inner| inner.row.id.starts_with("secret-"));
        let kept = kept.map_or(fit.origin, |inner| inner.origin);
        compose.secrets.push(Secret {
            name: At::new(name.clone(), fit.origin),
            source: At::new(source.clone(), kept),
            extra,
        });
        self.stack.secrets.push(SecretDecl { name: At::new(name, fit.origin), source, at_run_time: false });
    }

    fn declare_volume(&mut self, fit: &Fitted<'t>, compose: &mut Compose) {
        let arg = fit.arg(0);
        let Some(name) = self.name(arg, VolumeName::parse) else { return };
        let inner = self.block(fit.items(), Kind::Volume);
        let external = inner.iter().find(|inner| inner.row.id == "external").map(|inner| inner.origin);
        let extra = self.compose_words(&inner);
        compose.volumes.push(Volume { name: At::new(name.clone(), fit.origin), external, extra });
        declare(self.sink, "volume", &mut self.names.volumes, name.clone().as_str(), arg.span, name);
    }

    fn declare_network(&mut self, fit: &Fitted<'t>, compose: &mut Compose) {
        let arg = fit.arg(0);
        let Some(name) = self.name(arg, NetworkName::parse) else { return };
        let inner = self.block(fit.items(), Kind::Network);
        let by_id = |id| inner.iter().find(|inner| inner.row.id == id).map(|inner| inner.origin);
        let (external, internal) = (by_id("external"), by_id("internal"));
        let extra = self.compose_words(&inner);
        compose.networks.push(Network { name: At::new(name.clone(), fit.origin), internal, external, extra });
        declare(self.sink, "network", &mut self.names.networks, name.clone().as_str(), arg.span, name);
    }

    /// Reports a default that compose would read as something else.
    pub(crate) fn unwritable_default(&mut self, span: Span) {
        self.sink.push(
            Diagnostic::error(codes::INEXPRESSIBLE, "compose cannot hold this default", span)
                .note("a default ends at the first `}` that is not opened in it, and has no line breaks")
                .help("leave the default out, and put the value into `.env`"),
        );
    }

    /// An argument as a path of the project; reports one that leads out of it.
    pub(crate) fn project_path(&mut self, arg: &crate::syntax::stack::tree::Arg) -> Option<HostPath> {
        let path = self.fixed::<HostPath>(arg)?;
        if path.is_relative() {
            return Some(path);
        }
        self.sink.push(
            Diagnostic::error(codes::PATH_OUTSIDE, format!("`{path}` leads out of the project"), arg.span)
                .here(format!("expected {} that is relative to this file", HostPath::WHAT))
                .help(format!("for example `{}`", HostPath::EXAMPLE)),
        );
        None
    }
}
