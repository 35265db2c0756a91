//! Keys for ssh that only builds can use: a step may ask for signatures, and nothing ever reads the key.

use super::codes;
use super::context::Context;
use super::dockerfile::Assembled;
use super::fitting::Fitted;
use super::text::Slot as _;
use crate::diagnostic::Diagnostic;
use crate::model::compose::extra::{Extra, Item, Value};
use crate::model::compose::{Build, SecretSource};
use crate::model::dockerfile::{Ownership, RunMount};
use crate::model::names::{EnvName, SecretName};
use crate::model::path::HostPath;
use crate::model::values::{Scope, Text, Typed, Var, VarOp};
use crate::source::{Origin, Span};
use crate::syntax::stack::tree::Arg;

/// The agent of whoever builds, as `BuildKit` and compose call it.
const DEFAULT: &str = "default";

/// What compose hands on to a build for steps that use ssh: an entry of its `ssh`.
#[derive(Clone, Debug)]
pub(crate) struct HandedOn {
    id: String,
    /// The socket or the key; nothing for the agent of whoever builds.
    from: Value,
    origin: Origin,
}

impl HandedOn {
    /// The agent of whoever builds.
    pub(crate) fn agent(origin: Origin) -> Self {
        Self { id: DEFAULT.to_owned(), from: Value::Null, origin }
    }

    /// What a declared key is asked through; `None` for a secret that is something else.
    pub(crate) fn key(name: &SecretName, source: &SecretSource, origin: Origin) -> Option<Self> {
        let from = match source {
            SecretSource::SshAgent(None) => return Some(Self::agent(origin)),
            SecretSource::SshAgent(Some(variable)) => Value::Text(socket(variable, origin)),
            SecretSource::SshKey(path) => Value::Path(key_file(path, origin)),
            SecretSource::File(_) | SecretSource::Environment(_) | SecretSource::External => return None,
        };
        Some(Self { id: name.to_string(), from, origin })
    }

    /// The mount by which a step asks it.
    pub(crate) fn mount(&self) -> RunMount {
        RunMount::Ssh { id: self.id(), target: None, required: true, ownership: Ownership::default() }
    }

    fn id(&self) -> Option<Text> {
        (self.id != DEFAULT).then(|| Text::literal(self.id.clone(), self.origin))
    }
}

fn socket(variable: &EnvName, origin: Origin) -> Text {
    let op = VarOp::Required("must be the socket of an agent of ssh".to_owned());
    Text::variable(Var { scope: Scope::Compose, name: variable.to_string(), op, bare: false }, origin)
}

fn key_file(path: &HostPath, origin: Origin) -> Typed<HostPath> {
    Typed { text: Text::literal(path.as_str(), origin), value: Ok(path.clone()) }
}

/// Has compose hand on to a build what its steps ask, unless the build says `ssh` itself.
pub(crate) fn hand_on(made: &Assembled, build: &mut Build) {
    if build.extra.iter().any(|extra| extra.key == "ssh") {
        return;
    }
    let mut wanted: Vec<&HandedOn> = made.stages.iter().flat_map(|stage| &stage.ssh).collect();
    wanted.sort_by(|a, b| (a.id != DEFAULT, &a.id).cmp(&(b.id != DEFAULT, &b.id)));
    wanted.dedup_by(|a, b| a.id == b.id);
    let Some(first) = wanted.first() else { return };
    let origin = first.origin;
    let value = if wanted.iter().all(|one| one.id == DEFAULT) {
        Value::List(vec![Item { value: Value::Text(Text::literal(DEFAULT, origin)), origin }])
    } else {
        // As a map, in which compose reads a path by itself.
        let entry =
            |one: &&HandedOn| Extra { key: one.id.clone(), value: one.from.clone(), origin: one.origin };
        Value::Map(wanted.iter().map(entry).collect())
    };
    build.extra.push(Extra { key: "ssh".to_owned(), value, origin });
}

impl<'t> Context<'_, 't> {
    /// Where a declared secret is kept, if that is known.
    pub(crate) fn kept(&self, name: &SecretName) -> Option<&SecretSource> {
        self.names.secrets.get(name.as_str())?.it.source.as_ref()
    }

    /// What a step asks that names an id, and the id as the builder knows it. The path of one that is not declared is
    /// said by the build's own `ssh`.
    pub(crate) fn handed_on(&self, id: Option<Text>, origin: Origin) -> (Option<Text>, Option<HandedOn>) {
        let name = match &id {
            None => Some(DEFAULT),
            Some(text) => text.as_literal(),
        };
        let declared = name.and_then(|name| self.names.secrets.get(name));
        let key = declared.and_then(|key| {
            let handed_on = HandedOn::key(&key.it.name, key.it.source.as_ref()?, origin)?;
            key.refer();
            Some(handed_on)
        });
        match key {
            Some(key) => (key.id(), Some(key)),
            None if name == Some(DEFAULT) => (id, Some(HandedOn::agent(origin))),
            None => (id, None),
        }
    }

    /// Whether something may read a secret. A key that only builds can use is reported.
    pub(crate) fn is_readable(&mut self, name: &SecretName, span: Span) -> bool {
        if !self.kept(name).is_some_and(SecretSource::is_ssh) {
            return true;
        }
        let declared = self.names.secrets.get(name.as_str()).map(|declared| declared.span);
        let mut diagnostic = Diagnostic::error(
            codes::SECRET_BUILD_ONLY,
            format!("`{name}` is a key that only builds can use"),
            span,
        )
        .here("nothing can read it")
        .note("a build asks its agent for signatures, and is not given the key")
        .help(format!(
            "let a build use it, by `key secret.{name}` in a `source git` or `run \"...\" {{ ssh {name} }}`; what a program must read is kept in a `file`"
        ));
        if let Some(declared) = declared {
            diagnostic = diagnostic.label(declared, "declared here");
        }
        self.sink.push(diagnostic);
        false
    }

    /// The variable that holds the path of an agent's socket.
    pub(crate) fn socket_variable(&mut self, arg: &Arg) -> Option<EnvName> {
        let name = self.fixed::<EnvName>(arg)?;
        if name.is_identifier() {
            return Some(name);
        }
        self.wrong_type(arg, EnvName::WHAT, "DEPLOY_AUTH_SOCK");
        None
    }

    /// Reports what is said of a secret of compose beside a key, which compose knows in builds alone.
    pub(crate) fn refuse_key_words(&mut self, inside: &[Fitted<'t>]) {
        for other in inside.iter().filter(|inner| !inner.row.id.starts_with("secret-")) {
            let message = format!("`{}` cannot be said of a key for ssh", other.row.head());
            self.sink.push(
                Diagnostic::error(codes::CONFLICT, message, other.span())
                    .note("it is none of compose's secrets: compose hands it to builds alone")
                    .help("remove it"),
            );
        }
    }
}
