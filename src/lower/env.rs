//! `env`, `pass`, `labels`: pairs of a name and a value, and how a secret gets into one.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::text::{Exposure, Raw, Reader};
use crate::diagnostic::{AllowedBy, Diagnostic};
use crate::model::compose::{Env, EnvValue, ExecPart, SecretSource};
use crate::model::names::{EnvName, SecretName};
use crate::model::stack::{Literal, LiteralSlot};
use crate::model::values::Text;
use crate::source::{At, Span};
use crate::syntax::stack::tree::{Arg, ArgKind, Item, PieceKind, Statement, statements};

/// `NAME value [exported]`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'t> {
    pub(crate) name: &'t Arg,
    pub(crate) value: &'t Arg,
    pub(crate) exported: Option<Span>,
}

impl Pair<'_> {
    /// The name and the value.
    pub(crate) fn span(&self) -> Span {
        self.name.span.to(self.value.span)
    }
}

impl<'t> Context<'_, 't> {
    /// The pairs of a block; what is none is reported and left out.
    pub(crate) fn pairs(&mut self, items: &'t [Item], what: &str) -> Vec<Pair<'t>> {
        statements(items).filter(|s| !s.damaged).filter_map(|statement| self.pair(statement, what)).collect()
    }

    /// The pair that a statement is; what is none is reported.
    pub(crate) fn pair(&mut self, statement: &'t Statement, what: &str) -> Option<Pair<'t>> {
        if let Some(block) = &statement.block {
            self.sink.push(
                Diagnostic::error(codes::WRONG_BLOCK, format!("{what} takes no block"), block.open)
                    .help("write `NAME value`; a value with a brace is quoted"),
            );
            return None;
        }
        if self.report_foreign_pair(statement, what) {
            return None;
        }
        match statement.args.as_slice() {
            [name, value] => Some(Pair { name, value, exported: None }),
            [name, value, word] if word.as_word() == Some("exported") => {
                Some(Pair { name, value, exported: Some(word.span) })
            }
            [name] => {
                self.sink.push(
                    Diagnostic::error(codes::WRONG_ARGUMENTS, format!("{what} needs a value"), name.span)
                        .here("a value is missing")
                        .help("write `NAME value`, or `NAME \"\"` for an empty one"),
                );
                None
            }
            [_, value, .., last] => {
                let span = value.span.to(last.span);
                self.sink.push(
                    Diagnostic::error(codes::WRONG_ARGUMENTS, format!("{what} has one value"), span)
                        .here("these are several words")
                        .help("a value with spaces is quoted: `NAME \"two words\"`"),
                );
                None
            }
            [] => None,
        }
    }

    /// Reports `NAME=value` and `NAME: value`, which other languages write.
    fn report_foreign_pair(&mut self, statement: &Statement, what: &str) -> bool {
        let Some(word) = statement.head() else { return false };
        let (name, mended, sign) = match (word.split_once('='), statement.args.as_slice()) {
            (Some((name, value)), [_] | [_, _])
                if !name.is_empty()
                    && statement.args.get(1).is_none_or(|arg| arg.as_word() == Some("exported")) =>
            {
                let value = if value.is_empty() { "\"\"" } else { value };
                (name, format!("{name} {value}"), '=')
            }
            (_, [_, _, ..]) if word.len() > 1 && word.ends_with([':', '=']) => {
                let name = &word[..word.len() - 1];
                (name, name.to_owned(), if word.ends_with(':') { ':' } else { '=' })
            }
            _ => return false,
        };
        let span = statement.args[0].span;
        self.sink.push(
            Diagnostic::error(codes::WRONG_ARGUMENTS, format!("{what} is written without `{sign}`"), span)
                .here(format!("only a space stands between `{name}` and its value"))
                .help(format!("write `{name}`, a space, and the value"))
                .safe_fix("write a space", vec![(span, mended)]),
        );
        true
    }

    /// `env { }` of a container.
    pub(crate) fn container_env(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        // Whether a block with a mistake belongs there is not certain: it counts for itself alone.
        let others = (!fit.certain)
            .then(|| (std::mem::take(&mut draft.service.environment), std::mem::take(&mut draft.variables)));
        for pair in self.pairs(fit.items(), "a variable") {
            let Some(name) = self.fixed::<EnvName>(pair.name) else { continue };
            // A name is taken also by a value with a mistake.
            let value = self.env_value(&name, &pair, draft).unwrap_or(EnvValue::Pass);
            let origin = self.origins.written(pair.span());
            self.add_env(draft, Env { name: At::new(name, origin), value }, pair.name.span);
        }
        if let Some(others) = others {
            (draft.service.environment, draft.variables) = others;
        }
    }

    /// `pass NAME...`
    pub(crate) fn container_pass(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        for arg in fit.bound.rest(0) {
            let Some(name) = self.fixed::<EnvName>(arg) else { continue };
            let origin = self.origins.written(arg.span);
            self.add_env(draft, Env { name: At::new(name, origin), value: EnvValue::Pass }, arg.span);
        }
    }

    fn add_env(&mut self, draft: &mut Draft<'t>, env: Env, span: Span) {
        if let Some(first) = draft.variables.get(&env.name.value) {
            self.report_twice(format!("the variable `{}` is set twice", env.name.value), span, *first);
            return;
        }
        draft.variables.insert(env.name.value.clone(), span);
        draft.service.environment.push(env);
    }

    /// Reports the second of two things of one name; `message` says so.
    pub(crate) fn report_twice(&mut self, message: String, span: Span, first: Span) {
        self.sink.push(
            Diagnostic::error(codes::DUPLICATE_NAME, message, span)
                .here("the second time")
                .label(first, "the first time")
                .help("remove one of the two"),
        );
    }

    fn env_value(&mut self, name: &EnvName, pair: &Pair<'t>, draft: &mut Draft<'t>) -> Option<EnvValue> {
        let Some(raw) = self.raw(pair.value) else {
            if let Some(span) = pair.exported.filter(|_| !names_a_secret(pair.value)) {
                self.report_nothing_exported(name, &[], span);
            }
            return None;
        };
        let origin = self.origins.written(pair.value.span);
        for piece in &raw {
            let (Raw::Secret(secret, _) | Raw::SecretPath(secret)) = piece else { continue };
            if let Some(declared) = self.names.secrets.get(secret.as_str()) {
                declared.it.at_run_time.set(true);
            }
        }
        match (raw.as_slice(), pair.exported) {
            ([Raw::SecretPath(secret)], None) => {
                draft.grant(secret, origin);
                Some(EnvValue::SecretPath(secret.clone()))
            }
            (pieces, exported) if pieces.iter().any(|piece| matches!(piece, Raw::Secret(..))) => {
                match exported {
                    Some(span) if !name.is_identifier() => {
                        self.sink.push(
                        Diagnostic::error(codes::SECRET_EXPORT, format!("no shell can export `{name}`"), span)
                            .note("the names that a shell can set are of letters, digits and `_`, and begin with no digit"),
                    );
                        None
                    }
                    Some(_) => Some(self.exported(pieces, pair, draft)),
                    None => self.plain_secret(pieces, name, pair),
                }
            }
            (pieces, Some(span)) => {
                self.report_nothing_exported(name, pieces, span);
                None
            }
            (pieces, None) => {
                self.note_literal(name, pieces, pair.value, LiteralSlot::Environment);
                self.text(pair.value, Reader::Compose, Exposure::Text).map(EnvValue::Text)
            }
        }
    }

    fn report_nothing_exported(&mut self, name: &EnvName, pieces: &[Raw], span: Span) {
        let message = format!("`{name}` holds no secret to export");
        let mut diagnostic = Diagnostic::error(codes::SECRET_EXPORT, message, span)
            .here("`exported` is for values with a secret")
            .help("remove `exported`: any other value is set as it is");
        if pieces.iter().any(|piece| matches!(piece, Raw::Lit(text) if text.contains("${secret."))) {
            diagnostic = diagnostic.note("`$${` is the text `${`, and no reference");
        }
        self.sink.push(diagnostic);
    }

    /// Takes note of a value that is nothing but text.
    pub(crate) fn note_literal(&mut self, name: &EnvName, pieces: &[Raw], value: &Arg, slot: LiteralSlot) {
        let text: Option<String> = pieces
            .iter()
            .map(|piece| match piece {
                Raw::Lit(text) => Some(text.as_str()),
                Raw::Input(..) | Raw::Secret(..) | Raw::SecretPath(_) => None,
            })
            .collect();
        if let Some(text) = text {
            self.stack.literals.push(Literal {
                name: name.clone(),
                slot,
                value: value.span,
                empty: text.is_empty(),
            });
        }
    }

    fn exported(&mut self, pieces: &[Raw], pair: &Pair<'t>, draft: &mut Draft<'t>) -> EnvValue {
        let origin = self.origins.written(pair.value.span);
        let is_url = matches!(pieces.first(), Some(Raw::Lit(text)) if is_url_start(text));
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(match piece {
                Raw::Lit(text) => ExecPart::Text(Text::literal(text.clone(), origin)),
                Raw::SecretPath(name) => {
                    draft.grant(name, origin);
                    ExecPart::Text(Text::literal(format!("/run/secrets/{name}"), origin))
                }
                Raw::Input(name, op) => {
                    let var = crate::model::values::Var {
                        scope: crate::model::values::Scope::Compose,
                        name: name.to_string(),
                        op: op.clone(),
                        bare: false,
                    };
                    ExecPart::Text(Text::variable(var, origin))
                }
                Raw::Secret(name, _) => {
                    draft.grant(name, origin);
                    ExecPart::Secret { name: name.clone(), encoded: is_url }
                }
            });
        }
        EnvValue::Exported(parts)
    }

    /// A secret in the plain environment: only with leave, and only from a variable of the host.
    fn plain_secret(&mut self, pieces: &[Raw], name: &EnvName, pair: &Pair<'t>) -> Option<EnvValue> {
        let (secret, span) = pieces.iter().find_map(|piece| match piece {
            Raw::Secret(secret, span) => Some((secret.clone(), *span)),
            Raw::Lit(_) | Raw::Input(..) | Raw::SecretPath(_) => None,
        })?;
        let source = self.names.secrets.get(secret.as_str()).and_then(|declared| declared.it.source.clone());
        let finding = plain_secret(&secret, name, span, pieces.len() == 1);
        let Some(reason) = self.allowed(codes::SECRET_IN_ENVIRONMENT, pair.name.span) else {
            if !self.may_be_allowed(pair.name.span) {
                self.sink.push(finding);
            }
            return None;
        };
        self.sink.allow(finding, reason, AllowedBy::File);
        // Of two of that name nobody knows which is meant.
        let source =
            source.filter(|_| !self.names.secrets.get(secret.as_str()).is_some_and(|known| known.twice));
        match (pieces, source?) {
            ([_], SecretSource::Environment(variable)) => {
                if let Some(declared) = self.names.secrets.get(secret.as_str()) {
                    declared.it.plainly.set(true);
                }
                Some(EnvValue::Plain { variable })
            }
            (_, source) => {
                let why = match source {
                    SecretSource::File(_) => {
                        "its value is in a file, which compose cannot put into the environment"
                    }
                    SecretSource::External => "its value is kept by whoever runs the stack",
                    SecretSource::SshAgent(_) | SecretSource::SshKey(_) => "only a build can use it",
                    SecretSource::Environment(_) => "compose would need the secret alone, not within a text",
                };
                self.sink.push(
                    Diagnostic::error(
                        codes::SECRET_EXPORT,
                        format!("the secret `{secret}` cannot be set in the plain environment"),
                        span,
                    )
                    .here("a secret")
                    .note(why)
                    .help(format!("add `exported` after the value of `{name}`")),
                );
                None
            }
        }
    }

    /// `labels { }`
    pub(crate) fn label_pairs(&mut self, fit: &Fitted<'t>, reader: Reader, all: &mut Vec<(Text, Text)>) {
        let mut own = Vec::new();
        let into = if fit.certain { all } else { &mut own };
        for pair in self.pairs(fit.items(), "a label") {
            let exposure = if reader == Reader::Build { Exposure::Layer } else { Exposure::Text };
            // `traefik.port` is the name of a label, whatever services there are.
            let name = match pair.name.as_word() {
                Some(word) => Some(Text::literal(word, self.origins.written(pair.name.span))),
                None => self.text(pair.name, reader, exposure),
            };
            let value = self.text(pair.value, reader, exposure);
            let mut value = value.unwrap_or_else(|| Text::literal("", self.origins.written(pair.value.span)));
            let Some(name) = name else { continue };
            value.origin = self.origins.written(pair.span());
            match into
                .iter()
                .find(|(other, _)| *other == name)
                .and_then(|(other, _)| self.origins.span(other.origin))
            {
                Some(first) => {
                    let shown = name.as_literal().unwrap_or("this").to_owned();
                    self.report_twice(format!("the label `{shown}` is set twice"), pair.name.span, first);
                }
                None => into.push((name, value)),
            }
        }
    }
}

/// Whether a value refers to a secret, be it one that does not exist.
fn names_a_secret(arg: &Arg) -> bool {
    match &arg.kind {
        ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => pieces.iter().any(|piece| match &piece.kind {
            PieceKind::Text(text) => text.starts_with("secret."),
            PieceKind::Reference(inner) => inner.starts_with("secret."),
        }),
        ArgKind::Verbatim(_) | ArgKind::Fenced(_) | ArgKind::List(_) => false,
    }
}

/// Whether a text begins as `scheme://` does.
fn is_url_start(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

fn plain_secret(secret: &SecretName, name: &EnvName, span: Span, whole: bool) -> Diagnostic {
    let file = format!(", or name its file: `{name}_FILE secret.{secret}.path`");
    let file = if whole { file } else { String::new() };
    let message = format!("the secret `{secret}` would stand in the plain environment as `{name}`");
    Diagnostic::error(codes::SECRET_IN_ENVIRONMENT, message, span)
        .here("a secret")
        .note("`docker inspect`, every child process and most crash reports show the environment")
        .help(format!("add `exported` to set it when the program starts{file}"))
}
