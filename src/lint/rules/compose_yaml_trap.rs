//! # YAML reads it as something else
//!
//! A value without quotes may be a number or a flag to YAML. Compose passes on what it was read as: `1.10` becomes
//! `1.1`, `022` is octal and becomes `18`, `1e3` becomes `1000`. Older readers take `22:22` for a number to the base of
//! 60, 1342, and `yes` for a flag.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     environment:
//!       API_VERSION: 1.10
//!       UMASK: 022
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     environment:
//!       API_VERSION: "1.10"
//!       UMASK: "022"
//! ```

use super::secret_literal::names_a_secret;
use crate::diagnostic::Severity;
use crate::lint::project::{layout, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::{Node, Service, Value};

pub(super) const CODE: &str = "compose-yaml-trap";

/// Flags that people write in YAML 1.1's words. Compose takes them, with a warning.
const FLAGS: [&str; 5] = ["privileged", "tty", "stdin_open", "read_only", "init"];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let service = running.service;
        for (name, node) in texts(service) {
            let written = whole.sources.text(node.span);
            let is_plain = !written.starts_with(['"', '\'', '|', '>', '&', '*', '!']);
            let Some(read) = Some(written).filter(|_| is_plain).and_then(read_as) else { continue };
            if read == written {
                continue;
            }
            if names_a_secret(name) {
                findings.mask(node.span);
                findings.push(
                    findings
                        .at(node.span, format!("`{name}` becomes another text: it is a number to YAML"))
                        .note("without quotes it is a number to YAML, and compose passes on the number")
                        .help("write it as a text, in quotes")
                        .may_safe_fix("put it in quotes", layout::quote(whole, node.span)),
                );
                continue;
            }
            findings.push(
                findings
                    .at(node.span, format!("`{name}` becomes `{read}`, not `{written}`"))
                    .note("without quotes it is a number to YAML, and compose passes on the number")
                    .help(format!("write it as a text: `\"{written}\"`"))
                    .may_safe_fix("put it in quotes", layout::quote(whole, node.span)),
            );
        }
        for node in service.get("ports").map_or(&[][..], |ports| ports.items()) {
            let written = whole.sources.text(node.span);
            if let Some(number) = base_60(written) {
                let mut finding = findings
                    .at(node.span, format!("`{written}` is the number {number} to readers of YAML 1.1"))
                    .note("compose 2 reads it as it is meant; docker-compose 1 and other tools take it for a number to the base of 60")
                    .help(format!("write it as a text: `\"{written}\"`"))
                    .may_safe_fix("put it in quotes", layout::quote(whole, node.span));
                finding.severity = Severity::Info;
                findings.push(finding);
            }
        }
        for key in FLAGS {
            let Some(node) = service.get(key) else { continue };
            let written = whole.sources.text(node.span);
            let meant = match written.to_lowercase().as_str() {
                "yes" | "on" | "y" => "true",
                "no" | "off" | "n" => "false",
                _ => continue,
            };
            let mut finding = findings
                .at(node.span, format!("`{written}` is a text since YAML 1.2"))
                .note("compose takes it for a flag, and warns of it each time")
                .help(format!("write `{key}: {meant}`"))
                .safe_fix(format!("write `{meant}`"), vec![(node.span, meant.to_owned())]);
            finding.severity = Severity::Info;
            findings.push(finding);
        }
    }
}

/// The values that programs get as texts: of `environment`, `labels` and `build.args`, where they are maps.
fn texts(service: &Service) -> Vec<(&str, &Node)> {
    let maps = [service.get("environment"), service.get("labels"), service.node.at(&["build", "args"])];
    let entries = maps.into_iter().flatten().flat_map(Node::entries);
    let scalars = entries.filter(|(_, node)| match &node.value {
        Value::Number(_) | Value::Text(_) => true,
        Value::Null | Value::Flag(_) | Value::List(_) | Value::Map(_) => false,
    });
    scalars.map(|(name, node)| (name.as_str(), node)).collect()
}

/// What compose makes of a plain scalar that is a number. Source: `resolve` in go-yaml's `resolve.go`, and Go's `%v`.
fn read_as(text: &str) -> Option<String> {
    let plain = text.replace('_', "");
    let (sign, digits) = match plain.strip_prefix(['-', '+']) {
        Some(digits) => (if plain.starts_with('-') { "-" } else { "" }, digits),
        None => ("", plain.as_str()),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let whole =
        |digits: &str, radix| u64::from_str_radix(digits, radix).ok().map(|value| format!("{sign}{value}"));
    let lower = digits.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return whole(digits, radix);
        }
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // `089` is no octal number, and is read as one with a point.
        let octal = digits.strip_prefix('0').filter(|rest| !rest.is_empty()).and_then(|rest| whole(rest, 8));
        return octal.or_else(|| whole(digits, 10));
    }
    let is_number =
        lower.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'-' | b'+'));
    let value: f64 = lower.parse().ok().filter(|_| is_number)?;
    if value.is_infinite() {
        return Some(format!("{}Inf", if sign.is_empty() { "+" } else { sign }));
    }
    // Beyond these Go writes an exponent, and so would whoever wrote the number.
    (value == 0.0 || (1e-4..1e21).contains(&value)).then(|| format!("{sign}{value}"))
}

/// The number that `22:22` is to YAML 1.1. Source: yaml.org/type/int.html.
fn base_60(text: &str) -> Option<u64> {
    let (first, rest) = text.split_once(':')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(first) || first.starts_with('0') {
        return None;
    }
    rest.split(':').try_fold(first.parse().ok()?, |total: u64, part| {
        let digit: u64 = part.parse().ok().filter(|_| is_number(part) && part.len() < 3)?;
        (digit < 60).then_some(())?;
        total.checked_mul(60)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::{base_60, read_as};

    #[test]
    fn numbers_come_out_as_compose_writes_them() {
        for (text, read) in [
            ("1.10", Some("1.1")),
            ("3.0", Some("3")),
            ("022", Some("18")),
            ("0755", Some("493")),
            ("089", Some("89")),
            ("0x1F", Some("31")),
            ("0o17", Some("15")),
            ("0b11", Some("3")),
            ("1e3", Some("1000")),
            ("1_000", Some("1000")),
            ("+4912345", Some("4912345")),
            ("12345678901234567890", Some("12345678901234567890")),
            ("8080", Some("8080")),
            ("0", Some("0")),
            ("-1", Some("-1")),
            ("12e4567", Some("+Inf")),
            ("1.2.3", None),
            ("10.0.0.1", None),
            ("yes", None),
            ("1h", None),
            ("2020-01-01", None),
        ] {
            assert_eq!(read_as(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn base_60_is_for_parts_below_it() {
        for (text, number) in [
            ("22:22", Some(1342)),
            ("3000:22", Some(180_022)),
            ("80:80", None),
            ("\"22:22\"", None),
            ("8080:80", None),
        ] {
            assert_eq!(base_60(text), number, "{text}");
        }
    }
}
