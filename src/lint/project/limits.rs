//! Sizes and times as nginx and the command lines of application servers write them.

use crate::source::Span;

/// A limit of a service, with the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Limit {
    /// Bytes or seconds; 0 is none.
    pub(in crate::lint) value: u64,
    /// The same, for a person.
    pub(in crate::lint) said: String,
    /// Where it is said; `None` for a default.
    pub(in crate::lint) span: Option<Span>,
    /// What changes it.
    pub(in crate::lint) help: String,
}

/// `512`, `8k`, `20m`, `1g`, in bytes. Source: `ngx_parse_offset` in `ngx_parse.c`.
pub(in crate::lint) fn bytes(text: &str) -> Option<u64> {
    let (number, factor) = match text.strip_suffix(|c: char| c.is_ascii_alphabetic()) {
        None => (text, 1),
        Some(number) => match text.as_bytes().last()? {
            b'k' | b'K' => (number, 1 << 10),
            b'm' | b'M' => (number, 1 << 20),
            b'g' | b'G' => (number, 1 << 30),
            _ => return None,
        },
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// `90`, `90s`, `5m`, `1h30m`, in seconds. Source: `ngx_parse_time` in `ngx_parse.c`.
pub(in crate::lint) fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let length = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let factor = match &unit[..length] {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = &unit[length..];
    }
    (!text.is_empty()).then_some(total)
}

/// The value of an option: `--name value`, `--name=value`.
pub(in crate::lint) fn option<'w>(words: &'w [String], names: &[&str]) -> Option<&'w str> {
    words.iter().enumerate().find_map(|(index, word)| {
        names.iter().find_map(|name| match word.strip_prefix(name)? {
            "" => words.get(index + 1).map(String::as_str),
            rest => rest.strip_prefix('='),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{bytes, option, seconds};

    #[test]
    fn sizes_and_times_are_read_as_nginx_reads_them() {
        for (text, value) in [("0", Some(0)), ("8k", Some(8192)), ("20M", Some(20 << 20)), ("x", None)] {
            assert_eq!(bytes(text), value, "{text}");
        }
        for (text, value) in [("90", Some(90)), ("5m", Some(300)), ("1h30m", Some(5400)), ("1x", None)] {
            assert_eq!(seconds(text), value, "{text}");
        }
        let words: Vec<String> = "gunicorn --timeout=120 -w 4".split(' ').map(str::to_owned).collect();
        assert_eq!(option(&words, &["-t", "--timeout"]), Some("120"));
        assert_eq!(option(&words, &["-w"]), Some("4"));
    }
}
