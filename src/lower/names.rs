//! The names that a file declares, found before anything refers to them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::codes;
use super::context::Context;
use super::fitting::{Doubt, Fitted, Meant, doubt_of, meant};
use super::images;
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::model::compose::SecretSource;
use crate::model::image::ImageRef;
use crate::model::names::{
    ArtifactName, InputName, NameError, NetworkName, SecretName, ServiceName, VolumeName,
};
use crate::model::path::ContainerPath;
use crate::model::port::Port;
use crate::model::stack::{TlsFile, Unused};
use crate::model::values::VarOp;
use crate::schema::{Kind, rows_named};
use crate::source::Span;
use crate::syntax::stack::tree::{Arg, Item, Statement, statements};
use crate::vocabulary::compose as vocabulary;

/// What a file declares, by kind.
#[derive(Debug, Default)]
pub(crate) struct Names<'t> {
    pub(crate) services: BTreeMap<String, Declared<ServiceDecl<'t>>>,
    pub(crate) groups: BTreeMap<String, Declared<ServiceDecl<'t>>>,
    pub(crate) volumes: BTreeMap<String, Declared<VolumeName>>,
    pub(crate) networks: BTreeMap<String, Declared<NetworkName>>,
    pub(crate) secrets: BTreeMap<String, Declared<SecretInfo>>,
    pub(crate) inputs: BTreeMap<String, Declared<InputInfo>>,
    /// The names in `configs { }`.
    pub(crate) configs: BTreeSet<String>,
    /// The names in `models { }`.
    pub(crate) models: BTreeSet<String>,
    /// Whether files that are not read may declare further names: those that the stack includes.
    pub(crate) elsewhere: bool,
    /// What stands for a name in declarations that could not be read, each with what it declares; empty for anything.
    pub(crate) lost: BTreeSet<(&'static str, String)>,
    /// What declarations declare of which not even the name could be read; empty for anything.
    pub(crate) nameless: BTreeSet<&'static str>,
    /// The rules that an `allow` may name.
    pub(crate) rules: Vec<&'static str>,
}

/// One declaration.
#[derive(Debug)]
pub(crate) struct Declared<T> {
    pub(crate) it: T,
    pub(crate) span: Span,
    pub(crate) used: Cell<bool>,
    /// Whether another declaration has the name too: which of them is meant is not known.
    pub(crate) twice: bool,
}

impl<T> Declared<T> {
    /// The thing, now referred to.
    pub(crate) fn refer(&self) -> &T {
        self.used.set(true);
        &self.it
    }
}

/// A service or proxy, and what others may refer to in it.
#[derive(Debug)]
pub(crate) struct ServiceDecl<'t> {
    pub(crate) name: ServiceName,
    pub(crate) statement: &'t Statement,
    pub(crate) is_proxy: bool,
    pub(crate) ports: Vec<Port>,
    pub(crate) artifacts: BTreeMap<String, (ArtifactName, ContainerPath)>,
    /// What may be meant by statements in its block, and in that of its build, that have a mistake.
    pub(crate) doubt: Doubt,
}

/// A secret, where it is kept, and whether a container or only a build reads it.
#[derive(Debug)]
pub(crate) struct SecretInfo {
    pub(crate) name: SecretName,
    pub(crate) source: Option<SecretSource>,
    pub(crate) at_run_time: Cell<bool>,
    /// What it is for TLS, if it is.
    pub(crate) tls: Cell<Option<TlsFile>>,
    /// Whether a container gets it in its plain environment.
    pub(crate) plainly: Cell<bool>,
    /// Whether ssh logs in with it.
    pub(crate) is_key: Cell<bool>,
}

/// An input and what happens when it is not given.
#[derive(Debug)]
pub(crate) struct InputInfo {
    pub(crate) name: InputName,
    pub(crate) op: VarOp,
}

/// Names that begin a reference to something else.
const RESERVED: &[&str] = &["secret", "input"];

impl<'t> Names<'t> {
    pub(crate) fn is_rule(&self, name: &str) -> bool {
        self.rules.contains(&name)
    }

    pub(crate) fn nearest_rule(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.rules.iter().copied())
    }

    /// Whether a name is declared, which is now referred to.
    pub(crate) fn refer(&self, kind: vocabulary::Declared, name: &str) -> bool {
        use vocabulary::Declared as Kind;
        fn in_map<T>(map: &BTreeMap<String, Declared<T>>, name: &str) -> bool {
            map.get(name).map(Declared::refer).is_some()
        }
        match kind {
            Kind::Service => in_map(&self.services, name),
            Kind::Network => in_map(&self.networks, name) || name == "default",
            Kind::Volume => in_map(&self.volumes, name),
            Kind::Secret => in_map(&self.secrets, name),
            Kind::Config => self.configs.contains(name),
            Kind::Model => self.models.contains(name),
        }
    }

    /// The declared names of a kind, in order.
    pub(crate) fn listed(&self, kind: vocabulary::Declared) -> Vec<&str> {
        use vocabulary::Declared as Kind;
        match kind {
            Kind::Service => self.services.keys().map(String::as_str).collect(),
            Kind::Network => self.networks.keys().map(String::as_str).collect(),
            Kind::Volume => self.volumes.keys().map(String::as_str).collect(),
            Kind::Secret => self.secrets.keys().map(String::as_str).collect(),
            Kind::Config => self.configs.iter().map(String::as_str).collect(),
            Kind::Model => self.models.iter().map(String::as_str).collect(),
        }
    }

    /// Declarations that nothing refers to, in order of place.
    pub(crate) fn unused(&self) -> Vec<Unused> {
        fn of<T>(kind: &'static str, map: &BTreeMap<String, Declared<T>>) -> Vec<Unused> {
            map.iter()
                .filter(|(_, declared)| !declared.used.get())
                .map(|(name, declared)| Unused { kind, name: name.clone(), at: declared.span })
                .collect()
        }
        let mut unused = of("volume", &self.volumes);
        unused.extend(of("network", &self.networks));
        unused.extend(of("secret", &self.secrets));
        unused.extend(of("input", &self.inputs));
        unused.extend(of("group", &self.groups));
        unused.sort_by_key(|unused| unused.at);
        unused
    }

    /// The keys of the proxies and of the services, in the order in which they are declared.
    pub(crate) fn service_keys(&self) -> (Vec<String>, Vec<String>) {
        let mut services: Vec<_> = self.services.iter().collect();
        services.sort_by_key(|(_, declared)| declared.span);
        let (proxies, services): (Vec<_>, Vec<_>) =
            services.into_iter().partition(|(_, declared)| declared.it.is_proxy);
        let keys = |of: Vec<(&String, &Declared<ServiceDecl<'t>>)>| {
            of.into_iter().map(|(key, _)| key.clone()).collect()
        };
        (keys(proxies), keys(services))
    }

    /// The stages whose names could not be read so far, and whether there is one without any.
    pub(crate) fn lost_stages(&self) -> (Vec<String>, bool) {
        let lost = self.lost.iter().filter(|(what, _)| *what == "stage");
        (lost.map(|(_, name)| name.clone()).collect(), self.nameless.contains("stage"))
    }

    /// Forgets of the stages that could not be read all but these.
    pub(crate) fn restore_stages(&mut self, (lost, nameless): (Vec<String>, bool)) {
        self.lost.retain(|(what, _)| *what != "stage");
        self.lost.extend(lost.into_iter().map(|name| ("stage", name)));
        if !nameless {
            self.nameless.remove("stage");
        }
    }

    /// Whether a declaration that could not be read may be that of `name`; `known` are those that could.
    pub(crate) fn may_declare(&self, kind: &NameKind, name: &str, known: &[&str]) -> bool {
        if self.lost.len() > MOST_LOST {
            return true;
        }
        let of_kind = self.lost.iter().filter(|(what, _)| what.is_empty() || *what == kind.what);
        let lost = of_kind.map(|(_, lost)| lost).any(|lost| {
            let mut runs = lost.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
            runs.any(|run| run == name) || nearest(name, [lost.as_str()]).is_some()
        });
        let nameless = self.nameless.contains("") || self.nameless.contains(kind.what);
        lost || nameless && nearest(name, known.iter().copied()).is_none()
    }
}

/// With more names that could not be read than these, any name may be one of them.
const MOST_LOST: usize = 50;

/// What keeps apart the declarations of one name. No name holds it.
const TWIN: char = '#';

/// Adds a declaration. One whose name is taken is reported, and kept apart so that its block is looked at too. Gives the
/// key under which it is kept.
pub(crate) fn declare<T>(
    sink: &mut Sink,
    kind: &str,
    map: &mut BTreeMap<String, Declared<T>>,
    name: &str,
    span: Span,
    it: T,
) -> String {
    let mut key = name.to_owned();
    if let Some(first) = map.get_mut(name) {
        first.twice = true;
        sink.push(
            Diagnostic::error(codes::DUPLICATE_NAME, format!("there are two {kind}s named `{name}`"), span)
                .here("the second")
                .label(first.span, "the first")
                .help("give one of them another name"),
        );
        key = format!("{name}{TWIN}{}", map.len());
    }
    let twice = key != name;
    map.insert(key.clone(), Declared { it, span, used: Cell::new(false), twice });
    key
}

/// A kind of name, for what is said of an unknown one.
pub(crate) struct NameKind {
    what: &'static str,
    /// How a name of the kind is declared.
    declare: fn(&str) -> String,
}

pub(crate) const SERVICE: NameKind =
    NameKind { what: "service", declare: |name| format!("service {name} {{ ... }}") };
pub(crate) const GROUP: NameKind =
    NameKind { what: "group", declare: |name| format!("group {name} {{ ... }}") };
pub(crate) const VOLUME: NameKind = NameKind { what: "volume", declare: |name| format!("volume {name}") };
pub(crate) const NETWORK: NameKind = NameKind { what: "network", declare: |name| format!("network {name}") };
pub(crate) const INPUT: NameKind = NameKind { what: "input", declare: |name| format!("input {name}") };
pub(crate) const SECRET: NameKind =
    NameKind { what: "secret", declare: |name| format!("secret {name} {{ file ./secrets/{name} }}") };
pub(crate) const CONFIG: NameKind =
    NameKind { what: "config", declare: |name| format!("configs {{ {name} {{ file ./{name} }} }}") };
pub(crate) const MODEL: NameKind =
    NameKind { what: "model", declare: |name| format!("models {{ {name} {{ model ai/{name} }} }}") };
pub(crate) const STAGE: NameKind =
    NameKind { what: "stage", declare: |name| format!("stage {name} {{ base IMAGE:TAG }}") };

/// What a name stands for, now referred to; an unknown one is reported with the nearest that exists.
pub(crate) fn find<'n, T>(
    sink: &mut Sink,
    names: &Names<'_>,
    kind: &NameKind,
    map: &'n BTreeMap<String, Declared<T>>,
    name: &str,
    span: Span,
) -> Option<&'n T> {
    if let Some(declared) = map.get(name) {
        return Some(declared.refer());
    }
    report_unknown(sink, names, kind, map.keys().map(String::as_str), name, span);
    None
}

/// So many declared names are listed.
const MOST_LISTED: usize = 50;

/// Reports a name that nothing declares, unless a statement that could not be read may have been to declare it.
pub(crate) fn report_unknown<'n>(
    sink: &mut Sink,
    names: &Names<'_>,
    kind: &NameKind,
    known: impl Iterator<Item = &'n str>,
    name: &str,
    span: Span,
) {
    let known: Vec<&str> = known.filter(|known| !known.contains(TWIN)).collect();
    if let Some(meant) = name.strip_suffix(',').filter(|meant| known.contains(meant)) {
        let message = format!("there is no {} `{name}`", kind.what);
        sink.push(
            Diagnostic::error(codes::UNKNOWN_NAME, message, span)
                .here("the comma belongs to it")
                .help("write only a space between names, without a comma")
                .safe_fix(format!("write `{meant}`"), vec![(span, meant.to_owned())]),
        );
        return;
    }
    if names.may_declare(kind, name, &known) {
        return;
    }
    let message = format!("there is no {} `{name}`", kind.what);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message, span)
        .here("not declared")
        .did_you_mean(nearest(name, known.iter().copied()));
    let declare = (kind.declare)(name);
    let help = match known.as_slice() {
        [] => format!("declare it: `{declare}`"),
        known => {
            let listed = known[..known.len().min(MOST_LISTED)].join(", ");
            let more = match known.len().saturating_sub(MOST_LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("declare it: `{declare}`; declared so far: {listed}{more}")
        }
    };
    sink.push(diagnostic.help(help));
}

impl<'t> Context<'_, 't> {
    /// Reads a declared name of some type; reports what is none.
    pub(crate) fn name<T>(&mut self, arg: &Arg, parse: fn(&str) -> Result<T, NameError>) -> Option<T> {
        let text = self.plain(arg)?;
        match parse(&text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.wrong_type(arg, error.expected, "web");
                None
            }
        }
    }

    /// The name that a statement declares. One that is none is reported, and what it was probably meant to be is gone
    /// on with.
    pub(crate) fn declared_name<T>(
        &mut self,
        what: &'static str,
        arg: &Arg,
        parse: fn(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        let Some(text) = self.plain(arg) else {
            self.names.nameless.insert(what);
            return None;
        };
        match parse(&text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.wrong_type(arg, error.expected, "web");
                let seen: String = text.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
                self.names.lost.insert((what, seen.clone()));
                let run = seen
                    .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
                    .map(|run| run.trim_start_matches(['-', '_']))
                    .find(|run| !run.is_empty())?;
                parse(run).or_else(|_| parse(&run.to_lowercase())).ok()
            }
        }
    }

    /// Declares a `service` or `proxy` with what can be said of it before it is lowered.
    pub(crate) fn declare_service(&mut self, fit: &Fitted<'t>) {
        let Some(mut decl) = self.service_decl("service", fit) else { return };
        if RESERVED.contains(&decl.name.as_str()) {
            self.wrong_type(
                fit.arg(0),
                "a name that a service may have: `secret.` and `input.` begin references",
                "web",
            );
            return;
        }
        if self.reuse.is_doubtful(fit.statement) {
            decl.doubt = Doubt::of_everything();
        }
        let name = decl.name.clone();
        declare(self.sink, "service", &mut self.names.services, name.as_str(), fit.arg(0).span, decl);
    }

    /// Declares a `group`, which is named as services are.
    pub(crate) fn declare_group(&mut self, fit: &Fitted<'t>) {
        let Some(decl) = self.service_decl("group", fit) else { return };
        let name = decl.name.clone();
        declare(self.sink, "group", &mut self.names.groups, name.as_str(), fit.arg(0).span, decl);
    }

    fn service_decl(&mut self, what: &'static str, fit: &Fitted<'t>) -> Option<ServiceDecl<'t>> {
        Some(ServiceDecl {
            name: self.declared_name(what, fit.arg(0), ServiceName::parse)?,
            statement: fit.statement,
            is_proxy: fit.row.id == "proxy",
            ports: ports_of(fit.items()),
            artifacts: artifacts_of(fit.items()),
            doubt: doubt_of_service(fit),
        })
    }

    /// The service that an argument names.
    pub(crate) fn service_name(&mut self, arg: &Arg) -> Option<ServiceName> {
        let text = self.plain(arg)?;
        let found = find(self.sink, &self.names, &SERVICE, &self.names.services, &text, arg.span)?;
        Some(found.name.clone())
    }
}

/// What is doubtful in a service, and in its build.
fn doubt_of_service(fit: &Fitted<'_>) -> Doubt {
    let kind = if fit.row.id == "proxy" { Kind::Proxy } else { Kind::Service };
    let mut doubt = doubt_of(fit.statement, kind);
    let of_an_image = |child: &Statement| matches!(meant(child, kind), Meant::Head("image" | "build"));
    if !fit.statement.children().any(of_an_image) {
        doubt.add("image");
        doubt.add("build");
    }
    for statement in fit.statement.children() {
        match statement.head() {
            Some("build") => doubt.add_build(&doubt_of(statement, Kind::Build)),
            Some("image") if !statement.args[1..].iter().filter_map(Arg::as_word).all(is_image) => {
                doubt.add("image");
            }
            Some("listen") if !statement.args[1..].iter().filter_map(Arg::as_word).all(is_port) => {
                doubt.add("listen");
            }
            _ => {}
        }
    }
    doubt
}

fn is_port(word: &str) -> bool {
    Port::parse(word).is_some()
}

fn is_image(word: &str) -> bool {
    ImageRef::parse(word).is_some()
}

/// The ports of `listen` statements, else those of a known image, without looking at anything else.
fn ports_of(items: &[Item]) -> Vec<Port> {
    let words = |head: &'static str| {
        statements(items)
            .filter(move |statement| statement.head() == Some(head))
            .flat_map(|statement| &statement.args[1..])
            .filter_map(Arg::as_word)
    };
    let listens: Vec<Port> = words("listen").filter_map(Port::parse).collect();
    if !listens.is_empty() {
        return listens;
    }
    let known = words("image").filter_map(ImageRef::parse).find_map(|image| images::known(&image));
    known
        .map_or(&[][..], |known| known.ports)
        .iter()
        .filter_map(|port| Port::parse(&port.to_string()))
        .collect()
}

/// The artefacts of a service's `build`, without looking at anything else.
fn artifacts_of(items: &[Item]) -> BTreeMap<String, (ArtifactName, ContainerPath)> {
    statements(items)
        .filter(|statement| statement.head() == Some("build"))
        .flat_map(Statement::children)
        .filter(|statement| statement.head() == Some("provides"))
        .filter_map(|statement| {
            let row = rows_named(Kind::Build, "provides");
            let bound = row[0].parsed().fit(&statement.args[1..]).ok()?;
            let name = ArtifactName::parse(bound.arg(0).as_word()?).ok()?;
            let path = ContainerPath::parse(bound.arg(1).as_word()?)?;
            Some((name.to_string(), (name, path)))
        })
        .collect()
}
