//! Durations, sizes, modes: scalars of compose and nginx that are kept as written once they are known to be right.

use std::fmt;
use std::time::Duration;

/// A length of time as Go writes it (`1m30s`, `500ms`, `1.5h`): `time.ParseDuration` without signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    text: String,
    /// The same as a number.
    pub length: Duration,
}

impl Delay {
    /// Reads numbers with units from `ns` to `h`; a bare number has no unit and is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_units(text, GO_UNITS)
    }

    /// The same with days and weeks, which compose knows and Go does not: `7d`. Source: compose-go,
    /// `types/duration.go`.
    pub fn parse_long(text: &str) -> Option<Self> {
        let units: Vec<(&str, f64)> = GO_UNITS.iter().chain(LONG_UNITS).copied().collect();
        Self::of_units(text, &units)
    }

    fn of_units(text: &str, units: &[(&str, f64)]) -> Option<Self> {
        let mut seconds = 0.0;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
            let unit_end =
                rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| digits + end);
            let (_, unit) = units.iter().find(|(name, _)| *name == &rest[digits..unit_end])?;
            seconds += decimal(&rest[..digits])? * unit;
            rest = &rest[unit_end..];
        }
        let length = Duration::try_from_secs_f64(seconds).ok()?;
        (!text.is_empty()).then(|| Self { text: text.to_owned(), length })
    }
}

/// The units of Go, in seconds.
const GO_UNITS: &[(&str, f64)] =
    &[("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

/// Those that compose knows besides.
const LONG_UNITS: &[(&str, f64)] = &[("d", 86_400.0), ("w", 604_800.0)];

/// Digits with at most one point among them.
fn decimal(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == '.')
        && text.matches('.').count() <= 1;
    if is_number { text.parse().ok() } else { None }
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

/// What compose reads as a number of bytes: `512m`, `1.5gb`, `64MiB`. Source: docker/go-units, `RAMInBytes`.
pub fn byte_value(text: &str) -> Option<f64> {
    const UNITS: &str = "kmgtp";
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number = decimal(&text[..digits])?;
    let suffix = text[digits..].trim_start_matches(' ').to_ascii_lowercase();
    let exponent = suffix.chars().next().and_then(|unit| UNITS.find(unit)).map(|at| at + 1);
    let rest = if exponent.is_some() { &suffix[1..] } else { &suffix[..] };
    let is_right = matches!(rest, "" | "b") || (exponent.is_some() && rest == "ib");
    let factor = (0..exponent.unwrap_or(0)).fold(1.0, |factor, _| factor * 1024.0);
    is_right.then_some(number * factor)
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
        assert_eq!(Delay::parse("1.5h").unwrap().length, Duration::from_secs(5400));
        assert_eq!(Delay::parse_long("1d12h").unwrap().length, Duration::from_secs(129_600));
        for wrong in ["", "5", "s", "5x", "-1s", "5 s", "1.2.3s", ".5s", "1d", "99999999999999999999h"] {
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

    #[test]
    fn compose_knows_more_sizes_than_nginx() {
        assert_eq!(byte_value("1.5k"), Some(1536.0));
        assert_eq!(byte_value("1g"), byte_value("1024MiB"));
        for right in ["0", "1024", "512m", "512M", "1.5gb", "64MiB", "1 g", "2t", "10b"] {
            assert!(byte_value(right).is_some(), "{right}");
        }
        for wrong in ["", "m", "-1", "5x", "1ib", "1 m g", "1.2.3m", ".5m"] {
            assert_eq!(byte_value(wrong), None, "{wrong}");
        }
    }
}
