//! Durations, sizes, modes: scalars of compose and nginx that are kept as written once they are known to be right.

use std::fmt;
use std::time::Duration;

/// A length of time as compose writes it (`1m30s`, `500ms`): Go's `time.ParseDuration` without fractions and signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    text: String,
    /// The same as a number.
    pub length: Duration,
}

impl Delay {
    /// Reads numbers with units from `us` to `h`; a bare number has no unit and is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut length = Duration::ZERO;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let number: u64 = rest[..digits].parse().ok()?;
            let unit_end =
                rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| digits + end);
            length = length.checked_add(match &rest[digits..unit_end] {
                "us" => Duration::from_micros(number),
                "ms" => Duration::from_millis(number),
                "s" => Duration::from_secs(number),
                "m" => Duration::from_secs(number.checked_mul(60)?),
                "h" => Duration::from_secs(number.checked_mul(3600)?),
                _ => return None,
            })?;
            rest = &rest[unit_end..];
        }
        (!text.is_empty()).then(|| Self { text: text.to_owned(), length })
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A number of bytes as nginx and compose write it: `25m`, `512k`, `1g`, or a bare number.
/// Source: `ngx_parse_size` (k and m; g where an offset is read), compose specification 11-extension.md "Byte value".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    text: String,
    /// The same in bytes.
    pub bytes: u64,
}

impl Size {
    /// Reads a number with an optional unit.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text[..digits].parse().ok()?;
        let factor = match text[digits..].to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" => 1 << 10,
            "m" | "mb" => 1 << 20,
            "g" | "gb" => 1 << 30,
            _ => return None,
        };
        Some(Self { text: text.to_owned(), bytes: number.checked_mul(factor)? })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(Delay::parse("1m30s").unwrap().length, Duration::from_secs(90));
        assert_eq!(Delay::parse("500ms").unwrap().length, Duration::from_millis(500));
        for wrong in ["", "5", "s", "5x", "-1s", "5 s", "99999999999999999999h"] {
            assert_eq!(Delay::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_may_have_a_unit() {
        assert_eq!(Size::parse("25m").unwrap().bytes, 25 << 20);
        assert_eq!(Size::parse("0").unwrap().bytes, 0);
        for wrong in ["", "m", "5x", "-1", "1.5m"] {
            assert_eq!(Size::parse(wrong), None, "{wrong}");
        }
    }
}
