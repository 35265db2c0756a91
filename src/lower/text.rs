//! Arguments as values: references resolved, variables put into the scope that reads them, types checked.

use super::codes;
use super::context::Context;
use super::names::{INPUT, SECRET, SERVICE, find};
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::build_scalar::{Checksum, DeviceName, Mode, OctalMode, Owner, Platform, Signal};
use crate::model::compose::is_writable_default;
use crate::model::image::ImageRef;
use crate::model::names::{Domain, EnvName, Extension, InputName, MimeType, SecretName};
use crate::model::path::{ContainerPath, HostPath, StepPath};
use crate::model::port::{ExposedPorts, Port, PortRange};
use crate::model::scalar::{Delay, Size};
use crate::model::values::{Part, Quotes, Scope, Text, Typed, Var, VarOp};
use crate::source::Span;
use crate::syntax::stack::tree::{Arg, ArgKind, PieceKind};

/// The language that reads a slot, which decides what a `$` and an input mean there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A value of compose: inputs are its variables, any other `$` is text.
    Compose,
    /// A word of a Dockerfile that `BuildKit` expands: `$NAME` and inputs are ARGs.
    Build,
    /// A command of a Dockerfile, which a shell reads: `$` is the shell's, inputs are ARGs.
    BuildShell,
    /// A word of nginx that takes variables: `$name` is one, inputs cannot be.
    Nginx,
    /// A word of nginx, or of stackc alone, that takes none.
    Fixed,
}

/// What a secret would become in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    Text,
    Argument,
    Layer,
}

/// A piece of a value before it is known where it goes.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    Lit(String),
    Input(InputName, VarOp),
    Secret(SecretName, Span),
    SecretPath(SecretName),
}

/// A type of slot: how it reads and how a message names it.
pub(crate) trait Slot: Sized {
    /// "expected ..."
    const WHAT: &'static str;
    /// One that is right.
    const EXAMPLE: &'static str;
    /// Reads the text.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! slots {
    ($($type:ty: $what:literal, $example:literal, $read:expr;)*) => {$(
        impl Slot for $type {
            const WHAT: &'static str = $what;
            const EXAMPLE: &'static str = $example;
            fn read(text: &str) -> Option<Self> {
                let read: fn(&str) -> Option<Self> = $read;
                read(text)
            }
        }
    )*};
}

slots! {
    Port: "a port from 1 to 65535", "8000", Port::parse;
    ExposedPorts: "a port or a range of ports, with `/udp` or without", "8000-8010", ExposedPorts::parse;
    PortRange: "a port or a range of ports", "8000-8010", PortRange::parse;
    ImageRef: "an image", "postgres:18", ImageRef::parse;
    ContainerPath: "an absolute path in the container", "/srv/media", ContainerPath::parse;
    StepPath: "a path in the container", "/srv/media", StepPath::parse;
    HostPath: "a path of the host", "./static", HostPath::parse;
    Delay: "a duration with its unit", "30s", Delay::parse;
    Size: "a size", "25m", Size::parse;
    Domain: "a host name, `*.host`, or `_` for every host", "example.org", |text| Domain::parse(text).ok();
    EnvName: "the name of an environment variable", "TZ", |text| EnvName::parse(text).ok();
    Extension: "an extension without its dot, in lower case", "css", |text| Extension::parse(text).ok();
    MimeType: "a media type", "text/css", |text| MimeType::parse(text).ok();
    Mode: "a mode, in octal or as of chmod", "0644", Mode::parse;
    OctalMode: "a mode in octal", "0750", OctalMode::parse;
    Owner: "a user, or user and group", "10001:10001", Owner::parse;
    Checksum: "`sha256:` with 64 digits, or a commit", "be1f38e", Checksum::parse;
    Platform: "a platform", "linux/arm64", Platform::parse;
    Signal: "a signal", "SIGTERM", Signal::parse;
    DeviceName: "the name of a device", "vendor1.com/device=foo", DeviceName::parse;
    u32: "a number", "5", |text| text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?;
}

impl Context<'_, '_> {
    /// An argument as text for a reader; what cannot be there is reported.
    pub(crate) fn text(&mut self, arg: &Arg, reader: Reader, exposure: Exposure) -> Option<Text> {
        let text = self.text_with_ops(arg, reader, exposure)?;
        Some(self.without_declared_ops(text))
    }

    fn text_with_ops(&mut self, arg: &Arg, reader: Reader, exposure: Exposure) -> Option<Text> {
        let raw = self.raw(arg)?;
        let origin = self.origins.written(arg.span);
        let mut parts = Vec::new();
        for piece in raw {
            match piece {
                Raw::Lit(text) if is_verbatim(arg) => parts.push(Part::Lit(text)),
                Raw::Lit(text) => push_literal(&mut parts, text, reader),
                Raw::SecretPath(name) => {
                    parts.push(Part::Lit(format!("/run/secrets/{name}")));
                    self.granted.push((name, origin));
                }
                Raw::Input(name, op) => parts.push(self.input_part(&name, op, reader, arg.span)?),
                Raw::Secret(name, span) => {
                    self.report_secret(&name, span, exposure);
                    return None;
                }
            }
        }
        let quotes = match arg.kind {
            ArgKind::Quoted(_) => Quotes::Double,
            ArgKind::Verbatim(_) => Quotes::Single,
            ArgKind::Word(_) | ArgKind::Fenced(_) | ArgKind::List(_) => Quotes::None,
        };
        Some(Text { quotes, ..Text::from_parts(parts, origin) })
    }

    /// An argument as a typed value for a reader.
    pub(crate) fn typed<T: Slot>(&mut self, arg: &Arg, reader: Reader) -> Option<Typed<T>> {
        let text = self.text_with_ops(arg, reader, Exposure::Text)?;
        let value = match text.with_defaults() {
            Ok(plain) => {
                if let Some(value) = T::read(&plain) {
                    Ok(value)
                } else {
                    self.wrong_type(arg, T::WHAT, T::EXAMPLE);
                    return None;
                }
            }
            Err(unknown) => Err(unknown),
        };
        Some(Typed { text: self.without_declared_ops(text), value })
    }

    /// In a Dockerfile the ARG of an input holds its default; only a use that says otherwise repeats one.
    fn without_declared_ops(&self, mut text: Text) -> Text {
        for part in &mut text.parts {
            let Part::Var(var) = part else { continue };
            let declared = self.names.inputs.get(&var.name).map(|declared| &declared.it.op);
            if var.scope == Scope::Build && declared == Some(&var.op) {
                var.op = VarOp::None;
            }
        }
        text
    }

    /// An argument that must be known while compiling.
    pub(crate) fn fixed<T: Slot>(&mut self, arg: &Arg) -> Option<T> {
        self.typed::<T>(arg, Reader::Fixed)?.value.ok()
    }

    /// An argument that is text and nothing else.
    pub(crate) fn plain(&mut self, arg: &Arg) -> Option<String> {
        let text = self.text(arg, Reader::Fixed, Exposure::Text)?;
        text.with_defaults().ok()
    }

    /// Reports that an argument is not what its slot asks for.
    pub(crate) fn wrong_type(&mut self, arg: &Arg, expected: &str, example: &str) {
        let shown = match plain_text(arg) {
            Some(text) if text.is_empty() => format!("an empty text is not {expected}"),
            Some(text) if text.chars().count() <= 60 => format!("`{text}` is not {expected}"),
            _ => format!("this is not {expected}"),
        };
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, shown, arg.span);
        self.sink.push(match plain_text(arg).filter(|text| text.len() > 1 && text.ends_with(',')) {
            Some(_) => diagnostic
                .here("the comma belongs to it")
                .help("write only a space between values, without a comma"),
            None => diagnostic.help(format!("for example `{example}`")),
        });
    }

    /// An argument in pieces, references resolved.
    pub(crate) fn raw(&mut self, arg: &Arg) -> Option<Vec<Raw>> {
        match &arg.kind {
            ArgKind::Word(pieces) => {
                if let Some(word) = arg.as_word()
                    && self.is_reference(word)
                {
                    return Some(vec![self.reference(word, arg.span)?]);
                }
                self.raw_pieces(pieces)
            }
            ArgKind::Quoted(pieces) => self.raw_pieces(pieces),
            ArgKind::Verbatim(text) | ArgKind::Fenced(text) => Some(vec![Raw::Lit(text.clone())]),
            ArgKind::List(_) => {
                self.sink.push(
                    Diagnostic::error(codes::WRONG_ARGUMENTS, "a list cannot stand here", arg.span)
                        .here("expected a single value"),
                );
                None
            }
        }
    }

    fn raw_pieces(&mut self, pieces: &[crate::syntax::stack::tree::Piece]) -> Option<Vec<Raw>> {
        pieces
            .iter()
            .map(|piece| match &piece.kind {
                PieceKind::Text(text) => Some(Raw::Lit(text.clone())),
                PieceKind::Reference(inner) => self.reference(inner, piece.span),
            })
            .collect()
    }

    /// Whether a bare word is a reference: `secret.` and `input.` always, `a.b` if `a` is a service with a part `b`,
    /// or if one of them is so near to that that it must be a slip.
    fn is_reference(&self, word: &str) -> bool {
        let services = &self.names.services;
        match word.split_once('.') {
            Some(("secret" | "input", rest)) => !rest.is_empty() && !rest.contains('/'),
            Some((name, part)) if services.contains_key(name) => {
                PARTS.contains(&part) || is_slip_of(part, PARTS.iter().copied())
            }
            Some((name, part)) => {
                PARTS.contains(&part) && is_slip_of(name, services.keys().map(String::as_str))
            }
            None => false,
        }
    }

    /// Resolves the inside of `${...}`, or a bare word that is a reference.
    fn reference(&mut self, inner: &str, span: Span) -> Option<Raw> {
        match inner.split_once('.') {
            Some(("secret", rest)) => self.secret_reference(rest, span),
            Some(("input", rest)) => self.input_reference(rest, span),
            Some((service, part)) => self.service_reference(service, part, span),
            None => {
                self.sink.push(
                    Diagnostic::error(codes::UNKNOWN_NAME, format!("`{inner}` refers to nothing"), span)
                        .here("a reference is `service.host`, `service.port`, `input.NAME` or `secret.NAME`")
                        .help(format!("for the text itself write `$${{{inner}}}`")),
                );
                None
            }
        }
    }

    fn service_reference(&mut self, service: &str, part: &str, span: Span) -> Option<Raw> {
        let decl = find(self.sink, &self.names, &SERVICE, &self.names.services, service, span)?;
        match part {
            "host" => Some(Raw::Lit(decl.name.to_string())),
            "port" => match decl.ports.as_slice() {
                [port] => Some(Raw::Lit(port.to_string())),
                _ if self.names.services[service].twice => None,
                ports
                    if decl.doubt.covers(&["listen"])
                        || ports.is_empty() && decl.doubt.covers(&["image"]) =>
                {
                    None
                }
                ports => {
                    let message = if ports.is_empty() {
                        format!("`{service}` does not say on which port it listens")
                    } else {
                        format!("`{service}` listens on several ports")
                    };
                    let at = decl.statement.line_span();
                    self.sink.push(
                        Diagnostic::error(codes::UNKNOWN_PART, message, span)
                            .here("which port is meant is not known")
                            .label(at, "declared here")
                            .help("give the service one `listen PORT`, or write the number here"),
                    );
                    None
                }
            },
            other => {
                let at = decl.statement.line_span();
                let message = format!("`{service}` has no part `{other}`");
                let diagnostic =
                    Diagnostic::error(codes::UNKNOWN_PART, message, span).label(at, "declared here");
                self.sink.push(match nearest(other, PARTS.iter().copied()) {
                    Some(near) => diagnostic.here(format!("did you mean `{service}.{near}`?")).help(
                        "a service has `host` and `port`; a text that looks like this belongs in quotes",
                    ),
                    None => diagnostic
                        .here("a service has `host` and `port`")
                        .help(format!("for the text itself write `$${{{service}.{other}}}`")),
                });
                None
            }
        }
    }

    fn input_reference(&mut self, rest: &str, span: Span) -> Option<Raw> {
        let (name, over) = rest.split_at(rest.find(|c| !is_of_name(c)).unwrap_or(rest.len()));
        let is_input = |name: &str| self.names.inputs.contains_key(name);
        let over = (!over.is_empty()).then(|| input_operator(over, is_input));
        if let Some(VarOp::Other(text)) = &over
            && text.contains(|c: char| c.is_control())
        {
            self.unwritable_default(span);
            return None;
        }
        if let Some(VarOp::Default(text)) = &over
            && !is_writable_default(text)
        {
            self.unwritable_default(span);
            return None;
        }
        let info = find(self.sink, &self.names, &INPUT, &self.names.inputs, name, span)?;
        Some(Raw::Input(info.name.clone(), over.unwrap_or_else(|| info.op.clone())))
    }

    fn secret_reference(&mut self, rest: &str, span: Span) -> Option<Raw> {
        let (name, part) = rest.split_once('.').map_or((rest, None), |(name, part)| (name, Some(part)));
        let name = find(self.sink, &self.names, &SECRET, &self.names.secrets, name, span)?.name.clone();
        match part {
            None | Some("path") if !self.is_readable(&name, span) => None,
            None => Some(Raw::Secret(name, span)),
            Some("path") => Some(Raw::SecretPath(name)),
            Some(other) => {
                self.sink.push(
                    Diagnostic::error(codes::UNKNOWN_PART, format!("a secret has no part `{other}`"), span)
                        .here("a secret has `path`"),
                );
                None
            }
        }
    }

    fn input_part(&mut self, name: &InputName, op: VarOp, reader: Reader, span: Span) -> Option<Part> {
        let scope = match reader {
            Reader::Compose => Scope::Compose,
            Reader::Build | Reader::BuildShell => {
                self.build_inputs.push((name.clone(), op.clone()));
                Scope::Build
            }
            Reader::Nginx | Reader::Fixed => {
                let note = match reader {
                    Reader::Nginx => {
                        "nginx reads its configuration as it is and expands no variable of the environment"
                    }
                    _ => "this must be known when the stack is compiled",
                };
                self.sink.push(
                    Diagnostic::error(
                        codes::INPUT_UNSUPPORTED,
                        format!("the input `{name}` cannot be used here"),
                        span,
                    )
                    .note(note)
                    .help("write the value itself"),
                );
                return None;
            }
        };
        Some(Part::Var(Var { scope, name: name.to_string(), op, bare: false }))
    }

    /// Reports a secret in a slot that would give it away.
    pub(crate) fn report_secret(&mut self, name: &SecretName, span: Span, exposure: Exposure) {
        let (code, message, note) = match exposure {
            Exposure::Text => (
                codes::SECRET_IN_TEXT,
                format!("the secret `{name}` would be written into a file"),
                "this value becomes plain text in what stackc emits",
            ),
            Exposure::Argument => (
                codes::SECRET_IN_ARGUMENT,
                format!("the secret `{name}` would stand in a command line"),
                "arguments are seen by every process, by `docker inspect` and in logs",
            ),
            Exposure::Layer => (
                codes::SECRET_IN_LAYER,
                format!("the secret `{name}` would be stored in the image"),
                "whoever can pull the image can read it, also when a later step removes it",
            ),
        };
        let help = match exposure {
            Exposure::Layer => {
                format!("give it to one step: `run \"...\" {{ secret {name} }}` reads /run/secrets/{name}")
            }
            Exposure::Text | Exposure::Argument => {
                format!("name its file, `secret.{name}.path`, or set it in `env` with `exported`")
            }
        };
        self.sink.push(Diagnostic::error(code, message, span).here("a secret").note(note).help(help));
    }
}

/// What others may refer to in a service.
const PARTS: &[&str] = &["host", "port"];

/// Whether a word is one of `meant` but for a letter or two.
fn is_slip_of<'a>(word: &str, meant: impl Iterator<Item = &'a str>) -> bool {
    word.len() > 2
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && nearest(word, meant).is_some()
}

/// The text of an argument if it is nothing but text.
fn plain_text(arg: &Arg) -> Option<String> {
    match &arg.kind {
        ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => match pieces.as_slice() {
            [] => Some(String::new()),
            [piece] => match &piece.kind {
                PieceKind::Text(text) => Some(text.clone()),
                PieceKind::Reference(_) => None,
            },
            _ => None,
        },
        ArgKind::Verbatim(text) | ArgKind::Fenced(text) => Some(text.clone()),
        ArgKind::List(_) => None,
    }
}

/// Whether everything in an argument stands for itself, a `$` as well.
fn is_verbatim(arg: &Arg) -> bool {
    match arg.kind {
        ArgKind::Verbatim(_) | ArgKind::Fenced(_) => true,
        ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::List(_) => false,
    }
}

/// Splits `$name` and `${name}` off where the reader would expand them.
pub(crate) fn push_literal(parts: &mut Vec<Part>, text: String, reader: Reader) {
    let scope = match reader {
        Reader::Compose | Reader::BuildShell | Reader::Fixed => {
            parts.push(Part::Lit(text));
            return;
        }
        Reader::Build => Scope::Build,
        Reader::Nginx => Scope::Nginx,
    };
    let mut rest = text.as_str();
    while let Some(dollar) = rest.find('$') {
        let (before, from) = rest.split_at(dollar);
        if let Some((name, op, after)) = braced(from, scope) {
            parts.push(Part::Lit(before.to_owned()));
            parts.push(Part::Var(Var { scope, name: name.to_owned(), op, bare: false }));
            rest = after;
            continue;
        }
        let name_end = from[1..].find(|c| !is_of_name(c)).map_or(from.len(), |end| end + 1);
        let (name, after) = (&from[1..name_end], &from[name_end..]);
        let is_variable = match scope {
            Scope::Nginx => !name.is_empty(),
            Scope::Build | Scope::Compose => name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'),
        };
        if is_variable {
            parts.push(Part::Lit(before.to_owned()));
            parts.push(Part::Var(Var { scope, name: name.to_owned(), op: VarOp::None, bare: true }));
        } else {
            parts.push(Part::Lit(rest[..dollar + name_end].to_owned()));
        }
        rest = after;
    }
    parts.push(Part::Lit(rest.to_owned()));
    parts.retain(|part| !matches!(part, Part::Lit(text) if text.is_empty()));
}

/// What follows the name of an input: one of compose's operators, whose text may hold `${NAME}` of its own, and `$NAME` of
/// an input.
fn input_operator(text: &str, is_input: impl Fn(&str) -> bool) -> VarOp {
    let is_compose = |text: &str| {
        let name = |rest: &str| rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        text.contains("${") || text.split('$').skip(1).any(|rest| is_input(&rest[..name(rest)]))
    };
    match (text.strip_prefix(":-"), text.strip_prefix(":?")) {
        (Some(default), _) if !is_compose(default) => VarOp::Default(default.to_owned()),
        (_, Some(message)) if !is_compose(message) => VarOp::Required(message.to_owned()),
        (_, _) => VarOp::Other(text.to_owned()),
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The name in `${name}` at the beginning of a text, what a Dockerfile says behind it, and what follows.
fn braced(text: &str, scope: Scope) -> Option<(&str, VarOp, &str)> {
    let inner = text.strip_prefix("${")?;
    let name_end = inner.find(|c| !is_of_name(c)).filter(|end| *end > 0)?;
    let (name, rest) = inner.split_at(name_end);
    if let Some(after) = rest.strip_prefix('}') {
        return Some((name, VarOp::None, after));
    }
    if scope == Scope::Nginx {
        return None;
    }
    let end = closing(rest)?;
    Some((name, operator(&rest[..end]), &rest[end + 1..]))
}

/// Where the brace closes that stands open before a text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What follows the name of a variable, in the language that reads it.
fn operator(text: &str) -> VarOp {
    let plain = |text: &str| !text.contains(['$', '\\', '"', '\'', '{']);
    match (text.strip_prefix(":-"), text.strip_prefix(":?")) {
        (Some(default), _) if plain(default) => VarOp::Default(default.to_owned()),
        (_, Some(message)) if plain(message) => VarOp::Required(message.to_owned()),
        (_, _) if text.is_empty() => VarOp::None,
        (_, _) => VarOp::Other(text.to_owned()),
    }
}
