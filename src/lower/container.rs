//! What a `service` and a `proxy` have in common: image, environment, mounts, ports and the like.

use super::codes;
use super::context::Context;
use super::draft::{Draft, Need};
use super::fitting::{Contents, Fitted};
use super::images;
use super::names::{NETWORK, VOLUME, find};
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::compose::extra::{Extra, Value};
use crate::model::compose::{
    Command, Condition, Entrypoint, EnvFile, Mount, MountSource, Published, Restart,
};
use crate::model::image::ImageRef;
use crate::model::path::{ContainerPath, HostPath};
use crate::model::port::{MappingError, Port, PortMapping, PortRange, pieces};
use crate::model::scalar::Delay;
use crate::model::values::Typed;
use crate::schema::{Kind, Word};
use crate::source::At;
use crate::syntax::stack::tree::{Arg, ArgKind};

impl<'t> Context<'_, 't> {
    /// Lowers a `service`.
    pub(crate) fn service(&mut self, key: &str) -> Draft<'t> {
        let mut draft = self.open(key);
        let statement = draft.statement;
        let fitted = self.service_block(&mut draft);
        let has_image = fitted.iter().any(|fit| matches!(fit.row.id, "image" | "image-of" | "build"))
            || draft
                .service
                .extra
                .iter()
                .any(|extra| matches!(extra.key.as_str(), "image" | "build" | "extends" | "provider"));
        if !has_image {
            let message = format!("`{}` has neither an image nor a build", draft.name());
            let help = "add `image NAME:TAG`, or `build { base NAME:TAG ... }`";
            self.missing_in(
                &fitted,
                &["image", "build", "raw compose", "extends", "provider"],
                statement.line_span(),
                message,
                help,
            );
            draft.doubt.add("image");
        }
        self.grant_named(&mut draft);
        draft
    }

    /// Lowers the statements of a service or a group.
    pub(crate) fn service_block(&mut self, draft: &mut Draft<'t>) -> Contents<'t> {
        let statement = draft.statement;
        let mut fitted = self.block_of(statement, Kind::Service);
        self.allows_first(&fitted, statement);
        let found = self.finding_count();
        draft.service.extra = self.compose_words(&fitted);
        if self.finding_count() > found {
            fitted.doubt_words(|stretch| self.is_doubtful(stretch));
        }
        self.word_grants(draft);
        self.doubt_taken_over(&mut fitted, statement);
        draft.doubt.add_all(&fitted.doubt);
        for fit in fitted.iter() {
            let before = self.finding_count();
            if !self.container_row(fit, draft) {
                self.service_row(fit, draft, &fitted);
            }
            // A build says by itself what is doubtful in it.
            if self.finding_count() > before && fit.row.id != "build" {
                draft.doubt.add(fit.row.head());
            }
        }
        fitted
    }

    /// Grants the service every secret whose file it names.
    pub(crate) fn grant_named(&mut self, draft: &mut Draft<'t>) {
        for (name, origin) in std::mem::take(&mut self.granted) {
            if let Some(declared) = self.names.secrets.get(name.as_str()) {
                declared.it.at_run_time.set(true);
            }
            draft.grant(&name, origin);
        }
    }

    /// Begins a draft.
    pub(crate) fn open(&mut self, key: &str) -> Draft<'t> {
        let declared = &self.names.services[key];
        let origin = self.origins.written(declared.it.statement.line_span());
        Draft::new(&declared.it, origin)
    }

    fn service_row(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>, all: &[Fitted<'t>]) {
        match fit.row.id {
            "image-of" => {}
            "build" => {
                if let Some(image) = all.iter().find(|other| other.row.id == "image-of" && other.certain) {
                    self.sink.push(
                        Diagnostic::error(
                            codes::CONFLICT,
                            "a service builds its image or takes that of another service, not both",
                            fit.span(),
                        )
                        .label(image.span(), "the other service's")
                        .help("remove one of the two"),
                    );
                }
                self.build(fit, draft);
            }
            // A command with a mistake is one all the same: what the image runs does not count.
            "command" | "command-shell" => {
                let command = self.command(fit, Reader::Compose);
                draft.service.command =
                    Some(command.unwrap_or(At::new(Command::Exec(Vec::new()), fit.origin)));
            }
            "entrypoint" | "entrypoint-shell" => {
                let command = self.command(fit, Reader::Compose);
                let command = command.unwrap_or(At::new(Command::Exec(Vec::new()), fit.origin));
                draft.service.entrypoint = Some(Entrypoint::Plain(command));
            }
            "listen" => {
                for arg in fit.bound.rest(0) {
                    let Some(port) = self.fixed::<Port>(arg) else { continue };
                    let origin = self.origins.written(arg.span);
                    draft.program.listens.push(At::new(port, origin));
                }
            }
            other => unreachable!("the row {other} of a service has no lowering"),
        }
    }

    /// Lowers a row that every container has; false if it is none of those.
    pub(crate) fn container_row(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) -> bool {
        if matches!(fit.row.word, Word::Compose(_)) {
            return true;
        }
        match fit.row.id {
            "allow" | "raw-compose" => {}
            "like" | "like-without" | "with" | "with-without" => self.taken_over(fit),
            "image" => {
                let image = self.typed::<ImageRef>(fit.arg(0), Reader::Compose);
                // Beside a build it is the name that the built image gets.
                if draft.service.build.is_none() {
                    draft.known = image.as_ref().and_then(Typed::known).and_then(images::known);
                    draft.image_runs = self.known_runs(draft.known, fit.origin);
                }
                draft.service.image = image;
            }
            "env" => self.container_env(fit, draft),
            "env-from" => {
                let extra = self.compose_options(fit, "service.env_file[]", &["path"]);
                let path = self.typed::<HostPath>(fit.arg(0), Reader::Compose);
                draft.service.env_files.extend(path.map(|path| EnvFile { path, extra }));
            }
            "pass" => self.container_pass(fit, draft),
            "mount" => self.mount(fit, draft),
            "volume-at" => self.volume_at(fit, draft),
            "mount-image" => {
                let image = self.typed::<ImageRef>(fit.arg(0), Reader::Compose);
                self.mount_at(fit, image.map(MountSource::Image), draft);
            }
            "mount-tmpfs" => self.mount_target(fit, fit.arg(0), Some(MountSource::Memory), draft),
            "tmpfs" => self.memory(fit, draft),
            "needs" => self.needs(fit, draft),
            "health-exec" | "health-shell" | "health-http" => self.container_health(fit, draft),
            "command-none" => draft.service.command = Some(At::new(Command::Exec(Vec::new()), fit.origin)),
            "entrypoint-none" => {
                let none = At::new(Command::Exec(Vec::new()), fit.origin);
                draft.service.entrypoint = Some(Entrypoint::Plain(none));
            }
            "publish" => {
                let said = ["host_ip", "target", "published", "protocol"];
                let extra = self.compose_options(fit, "service.ports[]", &said);
                for arg in fit.bound.rest(0) {
                    let mapping = self.port_mapping(arg);
                    self.check_long_port(arg, mapping.as_ref(), &extra);
                    draft
                        .service
                        .ports
                        .extend(mapping.map(|mapping| Published { mapping, extra: extra.clone() }));
                }
            }
            "expose" => {
                for arg in fit.bound.rest(0) {
                    draft.service.expose.extend(self.typed::<PortRange>(arg, Reader::Compose));
                }
            }
            "labels" => self.label_pairs(fit, Reader::Compose, &mut draft.service.labels),
            "attach" => self.attach(fit, draft),
            "restart" => {
                let restart = match fit.bound.words() {
                    ["always"] => Restart::Always,
                    ["on-failure"] => Restart::OnFailure,
                    ["unless-stopped"] => Restart::UnlessStopped,
                    _ => Restart::No,
                };
                draft.service.restart = Some(At::new(restart, fit.origin));
            }
            "restart-times" => {
                if let Some(times) = self.fixed::<u32>(fit.arg(0)) {
                    draft.service.restart = Some(At::new(Restart::OnFailureTimes(times), fit.origin));
                }
            }
            "user" => {
                draft.service.user = self.text(fit.arg(0), Reader::Compose, Exposure::Text);
                draft.user_set = true;
            }
            "working_dir" => {
                draft.service.working_dir = self.typed::<ContainerPath>(fit.arg(0), Reader::Compose);
            }
            "init" => draft.service.init = Some(At::new(fit.bound.has("on"), fit.origin)),
            "read_only" => draft.service.read_only = Some(At::new(fit.bound.has("on"), fit.origin)),
            "cap_add" => {
                for arg in fit.bound.rest(0) {
                    let Some(name) = self.plain(arg) else { continue };
                    let capital = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
                    if name.is_empty() || name.starts_with("CAP_") || !capital {
                        self.wrong_type(arg, "a capability in capitals, without `CAP_`", "NET_ADMIN");
                        continue;
                    }
                    let origin = self.origins.written(arg.span);
                    draft.service.cap_add.push(At::new(name, origin));
                }
            }
            "stop_grace_period" => {
                draft.service.stop_grace_period = self.typed::<Delay>(fit.arg(0), Reader::Compose);
            }
            _ => return self.worded_row(fit, draft),
        }
        true
    }

    /// `command` and `entrypoint`, exact or for a shell.
    pub(crate) fn command(&mut self, fit: &Fitted<'t>, reader: Reader) -> Option<At<Command>> {
        let command = if fit.bound.has("shell") {
            Command::Shell(self.text(fit.arg(0), reader, Exposure::Argument)?)
        } else {
            // Each is looked at, whatever is wrong with those before it.
            let words: Vec<Option<_>> =
                fit.bound.rest(0).iter().map(|arg| self.text(arg, reader, Exposure::Argument)).collect();
            let words: Option<Vec<_>> = words.into_iter().collect();
            Command::Exec(words?)
        };
        Some(At::new(command, fit.origin))
    }

    fn mount(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        let source = self.mount_source(fit.arg(0));
        self.mount_at(fit, source, draft);
    }

    fn mount_at(&mut self, fit: &Fitted<'t>, source: Option<MountSource>, draft: &mut Draft<'t>) {
        self.mount_target(fit, fit.arg(1), source, draft);
    }

    fn mount_target(
        &mut self,
        fit: &Fitted<'t>,
        target: &Arg,
        source: Option<MountSource>,
        draft: &mut Draft<'t>,
    ) {
        let path = self.typed::<ContainerPath>(target, Reader::Compose);
        let said = ["type", "source", "target", "read_only"];
        let extra = self.compose_options(fit, "service.volumes[]", &said);
        let Some(path) = path else { return };
        if !fit.certain {
            return;
        }
        self.claim_target(target, &path, draft);
        let Some(source) = source else { return };
        let read_only = fit.bound.has("read-only");
        let existing = fit.bound.has("existing");
        if existing && !matches!(source, MountSource::Host(_)) {
            self.sink.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    "only what the host has can be `existing`",
                    fit.span(),
                )
                .help("leave the word out"),
            );
        }
        let long = fit.statement.block.is_some() && extra.is_empty();
        let origin = fit.origin;
        draft.service.mounts.push(Mount { source, target: path, read_only, existing, long, extra, origin });
    }

    /// A volume without a name.
    fn volume_at(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        self.mount_target(fit, fit.arg(0), Some(MountSource::Anonymous), draft);
    }

    /// A path among the `tmpfs`, or a mount if it has options.
    fn memory(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        let path = self.typed::<ContainerPath>(fit.arg(0), Reader::Compose);
        let options = self.compose_options(fit, "service.volumes[].tmpfs", &[]);
        let Some(target) = path else { return };
        self.claim_target(fit.arg(0), &target, draft);
        if options.is_empty() {
            draft.service.tmpfs.push(target.text);
            return;
        }
        let origin = fit.origin;
        let extra = vec![Extra { key: "tmpfs".to_owned(), value: Value::Map(options), origin }];
        draft.service.mounts.push(Mount {
            source: MountSource::Memory,
            target,
            read_only: false,
            existing: false,
            long: false,
            extra,
            origin,
        });
    }

    /// A bare word without `/`, `.` and `~` is a volume, anything else a path of the host.
    fn mount_source(&mut self, arg: &Arg) -> Option<MountSource> {
        if let Some(word) = arg.as_word()
            && !word.contains(['/', '\\'])
            && !word.starts_with(['.', '~'])
        {
            return self.volume(arg).map(MountSource::Volume);
        }
        if let ArgKind::List(_) = arg.kind {
            self.wrong_type(arg, "a volume or a path of the host", "./conf");
            return None;
        }
        self.typed::<HostPath>(arg, Reader::Compose).map(MountSource::Host)
    }

    /// The volume that an argument names.
    pub(crate) fn volume(&mut self, arg: &Arg) -> Option<crate::model::names::VolumeName> {
        let text = self.plain(arg)?;
        find(self.sink, &self.names, &VOLUME, &self.names.volumes, &text, arg.span).cloned()
    }

    /// Reports a second mount at a path.
    pub(crate) fn claim_target(&mut self, arg: &Arg, path: &Typed<ContainerPath>, draft: &mut Draft<'t>) {
        let Some(path) = path.known() else { return };
        if let Some(first) = draft.targets.insert(path.trimmed().to_owned(), arg.span) {
            self.sink.push(
                Diagnostic::error(
                    codes::DUPLICATE_MOUNT,
                    format!("two things are mounted at `{}`", path.trimmed()),
                    arg.span,
                )
                .here("the second")
                .label(first, "the first")
                .note("compose refuses two mounts at one path")
                .help("give one of them another path"),
            );
        }
    }

    fn needs(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        let Some(service) = self.service_name(fit.arg(0)).filter(|_| fit.certain) else { return };
        let condition = match fit.bound.words() {
            ["healthy"] => Some(Condition::Healthy),
            ["started"] => Some(Condition::Started),
            ["completed"] => Some(Condition::Completed),
            _ => None,
        };
        if let Some(first) = draft.needs.iter().find(|need| need.service == service) {
            let first = first.span;
            self.report_twice(format!("`{}` needs `{service}` twice", draft.name()), fit.span(), first);
            return;
        }
        let extra = self.compose_options(fit, "service.depends_on.*", &["condition"]);
        draft.needs.push(Need { service, condition, extra, span: fit.span(), origin: fit.origin });
    }

    fn attach(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        let first = draft.service.networks.len();
        let options = self.compose_options(fit, "service.networks.*", &[]);
        for arg in fit.bound.rest(0) {
            let Some(text) = self.plain(arg) else { continue };
            let origin = self.origins.written(arg.span);
            if text == "default" {
                let name = crate::model::names::NetworkName::parse("default").expect("`default` is a name");
                draft.service.networks.push(At::new(name, origin));
            } else {
                let found = find(self.sink, &self.names, &NETWORK, &self.names.networks, &text, arg.span);
                draft.service.networks.extend(found.map(|name| At::new(name.clone(), origin)));
            }
        }
        if !options.is_empty() {
            let joined =
                draft.service.networks[first..].iter().map(|name| (name.value.clone(), options.clone()));
            draft.service.network_options.extend(joined.collect::<Vec<_>>());
        }
    }

    /// A published port with options is written in compose's long form, which is of one port that is known.
    fn check_long_port(&mut self, arg: &Arg, mapping: Option<&Typed<PortMapping>>, extra: &[Extra]) {
        let Some(mapping) = mapping.filter(|_| !extra.is_empty()) else { return };
        let fits = mapping.known().is_none_or(|known| known.container.first == known.container.last)
            && pieces(&mapping.text).len() > 1;
        if !fits {
            self.sink.push(
                Diagnostic::error(codes::INEXPRESSIBLE, "a port with options is one that is known", arg.span)
                    .here("a range, or an input that is all of it")
                    .note("compose's long form names one port of the container")
                    .help("publish each port by itself, as `host:container`"),
            );
        }
    }

    fn port_mapping(&mut self, arg: &Arg) -> Option<Typed<PortMapping>> {
        let text = self.text(arg, Reader::Compose, Exposure::Text)?;
        let plain = match text.with_defaults() {
            Ok(plain) => plain,
            Err(unknown) => return Some(Typed { text, value: Err(unknown) }),
        };
        match PortMapping::parse(&plain) {
            Ok(mapping) => Some(Typed { text, value: Ok(mapping) }),
            Err(error) => {
                self.report_mapping(arg, &plain, error);
                None
            }
        }
    }

    fn report_mapping(&mut self, arg: &Arg, text: &str, error: MappingError) {
        let (here, help) = match error {
            MappingError::OneNumber(ports) => (
                "which port of the host is not said".to_owned(),
                format!("write `{ports}:{ports}`, or `127.0.0.1:{ports}:{ports}` for this machine alone"),
            ),
            MappingError::NotPorts => (
                "expected `host:container`, ports from 1 to 65535".to_owned(),
                "for example `8080:80`".to_owned(),
            ),
            MappingError::Lengths => {
                ("the two ranges differ in length".to_owned(), "for example `8000-8010:8000-8010`".to_owned())
            }
            MappingError::Address => (
                "the address is no IP address".to_owned(),
                "for example `127.0.0.1:8080:80`, or `\"[::1]:8080:80\"`".to_owned(),
            ),
            MappingError::Protocol => {
                ("expected `/tcp` or `/udp`".to_owned(), "for example `53:53/udp`".to_owned())
            }
        };
        let mut diagnostic =
            Diagnostic::error(codes::WRONG_TYPE, format!("`{text}` is not a port mapping"), arg.span)
                .here(here)
                .help(help);
        if let (MappingError::OneNumber(ports), Some(_)) = (error, arg.as_word()) {
            diagnostic = diagnostic
                .safe_fix("map the same port of the host", vec![(arg.span, format!("{ports}:{ports}"))]);
        }
        self.sink.push(diagnostic);
    }
}
