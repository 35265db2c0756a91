//! The scalars of compose's own words: what an argument is as a value of the key's type.

use std::net::IpAddr;

use crate::diagnostic::{Diagnostic, nearest};
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::names::{CONFIG, MODEL, NETWORK, NameKind, SECRET, SERVICE, VOLUME, report_unknown};
use crate::lower::text::{Exposure, Reader, Slot};
use crate::model::compose::extra::{Item, Value};
use crate::model::image::ImageRef;
use crate::model::names::EnvName;
use crate::model::path::{ContainerPath, HostPath};
use crate::model::port::Port;
use crate::model::scalar::{Delay, byte_value};
use crate::model::values::{Text, Typed};
use crate::schema::statement_of;
use crate::source::Span;
use crate::syntax::stack::tree::Arg;
use crate::vocabulary::compose::{Declared, Form, Key, Scalar, forms};

impl Context<'_, '_> {
    /// `on` or `off`, an input that holds compose's words for them, or what else the key may be.
    pub(super) fn flag(&mut self, arg: &Arg, key: &'static Key) -> Option<Value> {
        match arg.as_word() {
            Some("on" | "true") => return Some(Value::Flag(true)),
            Some("off" | "false") => return Some(Value::Flag(false)),
            Some(_) | None => {}
        }
        if let Some(other) = forms(key.group, key.name).find(|other| other.form == Form::Value) {
            return self.scalar(arg, other);
        }
        let text = self.text(arg, reader(key), Exposure::Text)?;
        match text.with_defaults() {
            Ok(plain) if text.as_literal().is_some() || !matches!(plain.as_str(), "true" | "false") => {
                let expected = match text.as_literal() {
                    Some(_) => "`on` or `off`",
                    None => "`true` or `false`, which compose would read",
                };
                self.wrong_type(arg, expected, &statement_of(key));
                None
            }
            Ok(_) | Err(_) => Some(Value::Text(text)),
        }
    }

    /// The values of a list.
    pub(super) fn scalars(&mut self, args: &[&Arg], key: &'static Key) -> Option<Vec<Item>> {
        args.iter()
            .map(|arg| {
                let origin = self.origins.written(arg.span);
                self.scalar(arg, key).map(|value| Item { value, origin })
            })
            .collect()
    }

    /// A value of one of the key's types. What an input without a default makes of it is not known.
    pub(super) fn scalar(&mut self, arg: &Arg, key: &'static Key) -> Option<Value> {
        let types = &key.scalars;
        let declared = types.iter().find_map(|scalar| match scalar {
            Scalar::Name(declared) => Some(*declared),
            _ => None,
        });
        if let Some(declared) = declared {
            let origin = self.origins.written(arg.span);
            let name = self.plain(arg)?;
            return self.declared(&name, declared, arg).then(|| Value::Text(Text::literal(name, origin)));
        }
        let text = self.text(arg, reader(key), Exposure::Text)?;
        let plain = match text.with_defaults() {
            Ok(plain) => plain,
            Err(unknown) if types.contains(&Scalar::HostPath) => {
                return Some(Value::Path(Typed { text, value: Err(unknown) }));
            }
            Err(_) => return Some(Value::Text(text)),
        };
        if let Some(service) = service_in(key.path, &plain).filter(|_| text.as_literal().is_some()) {
            self.check_service(service, arg);
        }
        if types.is_empty() {
            return Some(Value::Text(text));
        }
        if types.contains(&Scalar::Url) && is_elsewhere(&plain) {
            return Some(Value::Text(text));
        }
        let fitting = types.iter().filter(|scalar| **scalar != Scalar::Url);
        let value = fitting.into_iter().find_map(|scalar| read(scalar, &plain, &text));
        if value.is_none() {
            self.report_type(arg, key, &plain, text.as_literal().is_none());
        }
        value
    }

    /// Reports a service in a text that is none.
    fn check_service(&mut self, name: &str, arg: &Arg) {
        let (sink, names) = (&mut *self.sink, &self.names);
        if names.refer(Declared::Service, name) || names.elsewhere {
            return;
        }
        let raw = &self.source[arg.span.range()];
        let span = match raw.find(name) {
            Some(at) => {
                let start = arg.span.start as usize + at;
                Span::new(arg.span.file, start, start + name.len())
            }
            None => arg.span,
        };
        report_unknown(sink, names, &SERVICE, names.listed(Declared::Service).into_iter(), name, span);
    }

    fn report_type(&mut self, arg: &Arg, key: &'static Key, plain: &str, is_input: bool) {
        let expected: Vec<String> = key.scalars.iter().map(describe).collect();
        let words = key.scalars.iter().flat_map(|scalar| match scalar {
            Scalar::Enum(words) => words.as_slice(),
            _ => &[],
        });
        let near = nearest(plain, words.copied().filter(|word| !word.ends_with('*')));
        if is_input {
            let message =
                format!("with its default this is `{plain}`, which is not {}", expected.join(" or "));
            self.sink.push(
                Diagnostic::error(codes::WRONG_TYPE, message, arg.span)
                    .help(format!("for example `{}`", statement_of(key))),
            );
            return;
        }
        let Some(near) = near.filter(|_| arg.as_word() == Some(plain)) else {
            self.wrong_type(arg, &expected.join(" or "), &statement_of(key));
            return;
        };
        self.sink.push(
            Diagnostic::error(
                codes::WRONG_TYPE,
                format!("`{plain}` is not {}", expected.join(" or ")),
                arg.span,
            )
            .did_you_mean(Some(near)),
        );
    }

    /// Whether a name is declared; reports one that is not, unless it may be in a file that is not read.
    fn declared(&mut self, name: &str, declared: Declared, arg: &Arg) -> bool {
        let (sink, names) = (&mut *self.sink, &self.names);
        if names.refer(declared, name) || names.elsewhere {
            return true;
        }
        let known = names.listed(declared);
        report_unknown(sink, names, kind(declared), known.into_iter(), name, arg.span);
        false
    }
}

/// Who reads the value of a key.
fn reader(key: &Key) -> Reader {
    if key.fixed { Reader::Fixed } else { Reader::Compose }
}

/// What a message calls a kind of name.
fn kind(declared: Declared) -> &'static NameKind {
    match declared {
        Declared::Service => &SERVICE,
        Declared::Network => &NETWORK,
        Declared::Volume => &VOLUME,
        Declared::Secret => &SECRET,
        Declared::Config => &CONFIG,
        Declared::Model => &MODEL,
    }
}

/// The service that a text of a key names: `db:alias`, `service:db`.
fn service_in<'a>(path: &str, text: &'a str) -> Option<&'a str> {
    match path {
        "service.links" | "service.volumes_from" if !text.starts_with("container:") => text.split(':').next(),
        "service.network_mode" | "service.ipc" | "service.pid" | "service.build.additional_contexts" => {
            text.strip_prefix("service:")
        }
        _ => None,
    }
}

/// Whether compose takes a text for something that is no path. Source: compose-go, `paths/context.go`.
fn is_elsewhere(text: &str) -> bool {
    text.contains("://") || ["service:", "github.com/", "git@"].iter().any(|start| text.starts_with(start))
}

/// The value that a text is as a scalar of the type; `None` if it is none. With an input it stays a text, which compose
/// reads.
fn read(scalar: &Scalar, plain: &str, text: &Text) -> Option<Value> {
    let as_text = || Value::Text(text.clone());
    let or_text = |value: Value| if text.as_literal().is_some() { value } else { Value::Text(text.clone()) };
    match scalar {
        Scalar::Text | Scalar::Url | Scalar::Name(_) => Some(as_text()),
        Scalar::Integer => plain.parse().ok().map(|number| or_text(Value::Integer(number))),
        Scalar::Port => Port::parse(plain).map(|port| or_text(Value::Integer(i64::from(port.number())))),
        Scalar::Number => match plain.parse::<i64>() {
            Ok(number) => Some(or_text(Value::Integer(number))),
            Err(_) => plain
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .map(|number| or_text(Value::Real(number))),
        },
        Scalar::Mode { as_number } => {
            let mode = i64::from_str_radix(plain, 8).ok().filter(|mode| (0..=0o7777).contains(mode))?;
            Some(if *as_number { or_text(Value::Integer(mode)) } else { as_text() })
        }
        Scalar::Duration => Delay::parse_long(plain).map(|_| as_text()),
        Scalar::Size => byte_value(plain).map(|_| as_text()),
        Scalar::HostPath => {
            HostPath::parse(plain).map(|path| Value::Path(Typed { text: text.clone(), value: Ok(path) }))
        }
        Scalar::ContainerPath => ContainerPath::parse(plain).map(|_| as_text()),
        Scalar::Image => ImageRef::parse(plain).map(|_| as_text()),
        Scalar::EnvName => EnvName::parse(plain).ok().map(|_| as_text()),
        Scalar::Ip => {
            let bare = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(plain);
            bare.parse::<IpAddr>().ok().map(|_| as_text())
        }
        Scalar::Subnet => is_subnet(plain).then(as_text),
        Scalar::Mac => is_mac(plain).then(as_text),
        Scalar::Enum(words) => words.iter().any(|word| is_word(plain, word)).then(as_text),
    }
}

/// `10.0.0.0/24`
fn is_subnet(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let longest = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= longest)
}

/// `02:42:ac:11:65:43`
fn is_mac(text: &str) -> bool {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    parts.len() == 6
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether a text is a word of an enumeration.
fn is_word(text: &str, word: &str) -> bool {
    word.strip_suffix('*').map_or(text == word, |start| text.starts_with(start))
}

fn describe(scalar: &Scalar) -> String {
    let known = match scalar {
        Scalar::Text | Scalar::Name(_) => "a text",
        Scalar::Url => "a URL",
        Scalar::Mode { .. } => "a mode in octal digits",
        Scalar::Integer => "a whole number",
        Scalar::Port => Port::WHAT,
        Scalar::Number => "a number",
        Scalar::Duration => Delay::WHAT,
        Scalar::Size => "a size, such as `512m`",
        Scalar::HostPath => HostPath::WHAT,
        Scalar::ContainerPath => ContainerPath::WHAT,
        Scalar::Image => ImageRef::WHAT,
        Scalar::EnvName => EnvName::WHAT,
        Scalar::Ip => "an IP address",
        Scalar::Subnet => "a range of addresses, such as `10.0.0.0/24`",
        Scalar::Mac => "a MAC address",
        Scalar::Enum(words) => {
            let words: Vec<String> =
                words.iter().map(|word| format!("`{}`", word.replace('*', "..."))).collect();
            return match words.as_slice() {
                [word] => word.clone(),
                words => format!("one of {}", words.join(", ")),
            };
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_the_right_length() {
        for right in ["10.0.0.0/24", "fd00:28::/64", "0.0.0.0/0"] {
            assert!(is_subnet(right), "{right}");
        }
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0/24", "a/1", "/"] {
            assert!(!is_subnet(wrong), "{wrong}");
        }
        assert!(is_mac("02:42:ac:11:65:43"));
        assert!(!is_mac("02:42:ac:11:65") && !is_mac("02:42:ac:11:65:4g") && !is_mac("+2:42:ac:11:65:43"));
    }

    #[test]
    fn a_path_is_told_from_what_is_elsewhere() {
        for elsewhere in
            ["https://example.org/a.git", "docker-image://alpine:3.22", "service:web", "git@example.org:a/b"]
        {
            assert!(is_elsewhere(elsewhere), "{elsewhere}");
        }
        for path in ["./a", "a", "../services:a", "/srv"] {
            assert!(!is_elsewhere(path), "{path}");
        }
    }
}
