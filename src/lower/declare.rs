//! The top level: the stack's name and policy, secrets, inputs, volumes, networks.

use super::codes;
use super::context::Context;
use super::fitting::{Contents, Fitted};
use super::names::{Declared, InputInfo, SecretInfo, declare};
use super::text::Slot;
use crate::diagnostic::Diagnostic;
use crate::model::compose::extra::{Extra, Value, find};
use crate::model::compose::{Compose, Network, Secret, SecretSource, Volume, is_writable_default};
use crate::model::names::{EnvName, InputName, NetworkName, ProjectName, SecretName, VolumeName};
use crate::model::path::HostPath;
use crate::model::stack::{InputDecl, Literal, LiteralSlot, Policy, SecretDecl};
use crate::model::values::{Typed, VarOp};
use crate::model::version::Version;
use crate::schema::Kind;
use crate::source::{At, Span};
use std::cell::Cell;

impl<'t> Context<'_, 't> {
    /// `requires engine VERSION`
    fn requires_engine(&mut self, fit: &Fitted<'t>) {
        let arg = fit.arg(0);
        let is_version = |text: &&str| {
            let numbers: Vec<&str> = text.split('.').collect();
            (2..=3).contains(&numbers.len()) && numbers.iter().all(|number| number.parse::<u16>().is_ok())
        };
        match arg.as_word().filter(is_version).and_then(Version::parse) {
            Some(version) => self.stack.engine = Some(At::new(version, fit.origin)),
            None => self.wrong_type(arg, "a version of Docker Engine", "20.10"),
        }
    }

    /// Reads the policy, then declares every name of the file.
    pub(crate) fn declare(&mut self, fitted: &Contents<'t>) -> Compose {
        let everywhere = |span: Span| Span { start: 0, end: u32::MAX, ..span };
        let mut compose = Compose {
            path: None,
            name: None,
            services: Vec::new(),
            networks: Vec::new(),
            volumes: Vec::new(),
            secrets: Vec::new(),
            fields: Vec::new(),
            extra: Vec::new(),
        };
        for fit in fitted.iter() {
            match fit.row.id {
                "defaults" if fit.bound.has("plain") => self.stack.policy = Policy::Plain,
                "input" => self.declare_input(fit),
                _ => {}
            }
        }
        let (mut secrets, mut volumes, mut networks) = (Vec::new(), Vec::new(), Vec::new());
        for fit in fitted.iter() {
            match fit.row.id {
                "secret" => secrets.push(self.declare_secret(fit)),
                "volume" => volumes.push(self.declare_volume(fit)),
                "network" => networks.push(self.declare_network(fit)),
                "service" | "proxy" => self.declare_service(fit),
                "group" => self.declare_group(fit),
                "allow" => self.allow(fit, everywhere(fit.span())),
                "requires-engine" => self.requires_engine(fit),
                "stack" | "project" | "project-input" | "defaults" | "input" | "word" | "raw-compose"
                | "output-compose" | "dockerfile-file" => {}
                _ if fit.row.head() == "nginx" => {}
                other => unreachable!("the row {other} of a file has no lowering"),
            }
        }
        if let Some(fit) = fitted.first().filter(|_| fitted.doubt.covers(&["allow"])) {
            self.unread_allows.push(everywhere(fit.span()));
        }
        compose.name = self.project(fitted);
        let named = self.granted.len();
        compose.extra = self.compose_words(fitted);
        if let Some(name) = self.project_of_input(fitted) {
            self.add_extra(&mut compose.extra, name);
        }
        self.declare_words(&compose.extra);
        for (head, what) in [("configs", "config"), ("models", "model")] {
            let mut said = fitted.iter().filter(|fit| fit.row.head() == head);
            if fitted.doubt.covers(&[head]) || said.any(|fit| self.is_doubtful(fit.statement.span)) {
                self.names.nameless.insert(what);
            }
        }
        for (fit, name) in secrets {
            self.secret(fit, name, &mut compose);
        }
        for (fit, name) in volumes {
            let volume = self.declared_volume(fit, name);
            compose.volumes.extend(volume);
        }
        for (fit, name) in networks {
            let network = self.declared_network(fit, name);
            compose.networks.extend(network);
        }
        self.refuse_secret_paths(named, "there outside of a container");
        compose
    }

    /// Declares what the words of the file and raw text at the top declare.
    fn declare_words(&mut self, extras: &[Extra]) {
        let names = |key: &str| -> Vec<(String, Span)> {
            let entries = find(extras, key).map_or(&[][..], Value::entries).iter();
            entries.filter_map(|entry| Some((entry.key.clone(), self.origins.span(entry.origin)?))).collect()
        };
        let (networks, volumes, secrets) = (names("networks"), names("volumes"), names("secrets"));
        self.names.configs.extend(names("configs").into_iter().map(|(name, _)| name));
        self.names.models.extend(names("models").into_iter().map(|(name, _)| name));
        self.names.elsewhere = ["include", "services"].iter().any(|key| find(extras, key).is_some());
        let known = |span| (span, Cell::new(true));
        for (text, span) in networks {
            let Ok(it) = NetworkName::parse(&text) else { continue };
            let (span, used) = known(span);
            self.names.networks.entry(text).or_insert(Declared { it, span, used, twice: false });
        }
        for (text, span) in volumes {
            let Ok(it) = VolumeName::parse(&text) else { continue };
            let (span, used) = known(span);
            self.names.volumes.entry(text).or_insert(Declared { it, span, used, twice: false });
        }
        for (text, span) in secrets {
            let Ok(name) = SecretName::parse(&text) else { continue };
            let (span, used) = known(span);
            let source = Some(SecretSource::External);
            let it = SecretInfo {
                name,
                source,
                at_run_time: Cell::new(false),
                plainly: Cell::new(false),
                is_key: Cell::new(false),
                tls: Cell::new(None),
            };
            self.names.secrets.entry(text).or_insert(Declared { it, span, used, twice: false });
        }
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
        let name = self.declared_name("input", arg, InputName::parse);
        let (mut default, mut required, mut doc) = (None, None, None);
        let inside = self.block_of(fit.statement, Kind::Input);
        for inner in inside.iter() {
            match inner.row.id {
                "input-default" => {
                    let arg = inner.arg(0);
                    default = self.plain(arg).map(|text| (text, inner.span(), arg.span));
                    if !inner.certain {
                        continue;
                    }
                    if default.as_ref().is_some_and(|(text, ..)| !is_writable_default(text)) {
                        self.unwritable_default(arg.span);
                    }
                }
                "input-required" => required = Some(inner.span()),
                "input-doc" => doc = self.plain(inner.arg(0)),
                other => unreachable!("the row {other} of an input has no lowering"),
            }
        }
        let Some(name) = name else { return };
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
        let default = default.filter(|_| !inside.doubt.covers(&["default"]));
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

    /// With its name, and the key under which it is declared.
    fn declare_secret<'f>(&mut self, fit: &'f Fitted<'t>) -> (&'f Fitted<'t>, Option<(SecretName, String)>) {
        let arg = fit.arg(0);
        let Some(name) = self.declared_name("secret", arg, SecretName::parse) else { return (fit, None) };
        let info = SecretInfo {
            name: name.clone(),
            source: None,
            tls: Cell::new(None),
            at_run_time: Cell::new(false),
            plainly: Cell::new(false),
            is_key: Cell::new(false),
        };
        let key = declare(self.sink, "secret", &mut self.names.secrets, name.as_str(), arg.span, info);
        (fit, Some((name, key)))
    }

    fn secret(&mut self, fit: &Fitted<'t>, name: Option<(SecretName, String)>, compose: &mut Compose) {
        let arg = fit.arg(0);
        let mut sources: Vec<(Option<SecretSource>, Span)> = Vec::new();
        let inside = self.block_of(fit.statement, Kind::Secret);
        let extra = self.compose_words(&inside);
        for inner in inside.iter().filter(|inner| inner.row.id.starts_with("secret-")) {
            let source = match inner.row.id {
                "secret-file" => self.fixed::<HostPath>(inner.arg(0)).map(SecretSource::File),
                "secret-env" => self.fixed::<EnvName>(inner.arg(0)).map(SecretSource::Environment),
                "secret-ssh-agent" => match inner.bound.get(0) {
                    Some(arg) => self.socket_variable(arg).map(|name| SecretSource::SshAgent(Some(name))),
                    None => Some(SecretSource::SshAgent(None)),
                },
                "secret-ssh-key" => self.fixed::<HostPath>(inner.arg(0)).map(SecretSource::SshKey),
                other => unreachable!("the row {other} of a secret has no lowering"),
            };
            sources.push((source, inner.span()));
        }
        let external = inside.iter().any(|inner| inner.row.head() == "external")
            || extra.iter().any(|extra| extra.key == "external");
        let Some((name, key)) = name else { return };
        let source = match sources.as_slice() {
            [] if external => Some(SecretSource::External),
            [] => {
                let help = format!("say where it is kept: `file ./secrets/{name}` or `env VARIABLE`");
                self.missing_in(
                    &inside,
                    &["file", "env", "ssh-agent", "ssh-key"],
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
        if let Some(declared) = self.names.secrets.get_mut(&key) {
            declared.it.source.clone_from(&source);
        }
        let Some(source) = source else { return };
        let kept = inside.iter().find(|inner| inner.row.id.starts_with("secret-"));
        let kept = kept.map_or(fit.origin, |inner| inner.origin);
        match source {
            SecretSource::File(_) => self.report_overlap(&extra, &["file"], kept),
            SecretSource::Environment(_) => self.report_overlap(&extra, &["environment"], kept),
            SecretSource::SshAgent(_) | SecretSource::SshKey(_) => self.refuse_key_words(&inside),
            SecretSource::External => {}
        }
        if !source.is_ssh() {
            compose.secrets.push(Secret {
                name: At::new(name.clone(), fit.origin),
                source: At::new(source.clone(), kept),
                extra,
            });
        }
        let is_key = source.is_ssh();
        let name = At::new(name, fit.origin);
        self.stack.secrets.push(SecretDecl { name, source, at_run_time: false, is_key, tls: None });
    }

    fn declare_volume<'f>(&mut self, fit: &'f Fitted<'t>) -> (&'f Fitted<'t>, Option<VolumeName>) {
        let arg = fit.arg(0);
        let name = self.declared_name("volume", arg, VolumeName::parse);
        if let Some(name) = &name {
            declare(self.sink, "volume", &mut self.names.volumes, name.as_str(), arg.span, name.clone());
        }
        (fit, name)
    }

    fn declared_volume(&mut self, fit: &Fitted<'t>, name: Option<VolumeName>) -> Option<Volume> {
        let inner = self.block_of(fit.statement, Kind::Volume);
        let external = inner.iter().find(|inner| inner.row.id == "external").map(|inner| inner.origin);
        let mut extra = self.compose_words(&inner);
        bind_device(&mut extra);
        if let Some(first) = external {
            self.report_overlap(&extra, &["external"], first);
        }
        self.check_external(&extra, external);
        Some(Volume { name: At::new(name?, fit.origin), external, extra })
    }

    fn declare_network<'f>(&mut self, fit: &'f Fitted<'t>) -> (&'f Fitted<'t>, Option<NetworkName>) {
        let arg = fit.arg(0);
        let name = self.declared_name("network", arg, NetworkName::parse);
        if let Some(name) = &name {
            declare(self.sink, "network", &mut self.names.networks, name.as_str(), arg.span, name.clone());
        }
        (fit, name)
    }

    fn declared_network(&mut self, fit: &Fitted<'t>, name: Option<NetworkName>) -> Option<Network> {
        let inner = self.block_of(fit.statement, Kind::Network);
        let by_id = |id| inner.iter().find(|inner| inner.row.id == id).map(|inner| inner.origin);
        let (external, internal) = (by_id("external"), by_id("internal"));
        let extra = self.compose_words(&inner);
        for (key, first) in [("external", external), ("internal", internal)] {
            if let Some(first) = first {
                self.report_overlap(&extra, &[key], first);
            }
        }
        Some(Network { name: At::new(name?, fit.origin), internal, external, extra })
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

/// Makes a path of the device of a local volume that shows a folder of the host: compose reads it from its own folder.
/// Source: compose-go, `paths/resolve.go`.
fn bind_device(extras: &mut [Extra]) {
    let says = |extras: &[Extra], key, value| find(extras, key).and_then(Value::as_str) == Some(value);
    if !says(extras, "driver", "local") {
        return;
    }
    let options = extras.iter_mut().find(|extra| extra.key == "driver_opts");
    let Some(Value::Map(options)) = options.map(|extra| &mut extra.value) else { return };
    if !says(options, "o", "bind") {
        return;
    }
    for device in options.iter_mut().filter(|option| option.key == "device") {
        if let Value::Text(text) = &device.value
            && let Some(path) = text.as_literal().and_then(HostPath::parse)
        {
            device.value = Value::Path(Typed { text: text.clone(), value: Ok(path) });
        }
    }
}
