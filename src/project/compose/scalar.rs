//! What a plain scalar is to compose: the rules of the YAML library that it reads with.
//!
//! Source: go.yaml.in/yaml, `resolve.go`: `true` and `false` alone are flags, `0755`, `0o755`, `0x1f`, `0b1` and `1_000`
//! are whole numbers.

use super::model::Value;

/// What a plain scalar is; `None` for a text.
pub(super) fn plain(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" => return Some(Value::Flag(true)),
        "false" | "False" | "FALSE" => return Some(Value::Flag(false)),
        _ => {}
    }
    canonical(text).map(|_| Value::Number(text.to_owned()))
}

/// How compose writes a number where a text is wanted; `None` if it is none.
pub(super) fn canonical(text: &str) -> Option<String> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    if let Some(number) = integer(&plain) {
        return Some(number.to_string());
    }
    match plain.trim_start_matches(['+', '-']) {
        ".inf" | ".Inf" | ".INF" => {
            return Some(if plain.starts_with('-') { "-Inf" } else { "+Inf" }.to_owned());
        }
        ".nan" | ".NaN" | ".NAN" => return Some("NaN".to_owned()),
        _ => {}
    }
    is_float(&plain).then(|| plain.parse().ok().map(float)).flatten()
}

/// What a plain scalar that is a date comes to: compose writes it with a time. Source: go.yaml.in/yaml, `resolve.go`,
/// `allowedTimestampFormats`; of those with an offset only `Z` is known here.
pub(super) fn date(text: &str) -> Option<String> {
    if !text.is_char_boundary(4) || text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let (day, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let number = |digits: &str, most: u32| {
        let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|number| is_number && *number <= most)
    };
    let mut parts = day.splitn(3, '-');
    let year: u32 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = number(parts.next()?, 12).filter(|month| *month > 0)?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day = number(parts.next()?, days).filter(|day| *day > 0)?;
    let date = format!("{year:04}-{month:02}-{day:02}");
    let Some(time) = time else { return Some(format!("{date} 00:00:00 +0000 UTC")) };
    let is_spaced = text.contains(' ');
    let time = if is_spaced { time } else { time.strip_suffix('Z')? };
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = whole.splitn(3, ':');
    let hour = number(parts.next()?, 23)?;
    let [minute, second] = [number(parts.next()?, 59)?, number(parts.next()?, 59)?];
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    Some(format!("{date} {hour:02}:{minute:02}:{second:02}{fraction} +0000 UTC"))
}

fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let parse = |digits: &str, radix| {
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        is_number.then(|| i128::from_str_radix(digits, radix).ok()).flatten()
    };
    let lower = digits.to_ascii_lowercase();
    let number = if let Some(digits) = lower.strip_prefix("0x") {
        parse(digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        parse(digits, 8)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        parse(digits, 2)
    } else if lower.len() > 1 && lower.starts_with('0') {
        parse(&lower[1..], 8)
    } else {
        parse(&lower, 10)
    }?;
    (number <= i128::from(u64::MAX)).then_some(sign * number)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits(rest);
    let mut rest = &rest[whole..];
    if let Some(after) = rest.strip_prefix('.') {
        let fraction = digits(after);
        if whole == 0 && fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    } else if whole == 0 {
        return false;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

/// A float as `%v` of Go writes it: the shortest digits that mean it, with an exponent below -4 and from 21 on.
fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..21).contains(&exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_compose_does() {
        for (text, expected) in [
            ("80", Some("80")),
            ("0755", Some("493")),
            ("0o17", Some("15")),
            ("0x1F", Some("31")),
            ("1_000", Some("1000")),
            ("1.10", Some("1.1")),
            ("2.0", Some("2")),
            ("1e3", Some("1000")),
            ("1e30", Some("1e+30")),
            ("-.5", Some("-0.5")),
            ("0888", Some("888")),
            ("22:22", None),
            ("1.2.3", None),
            ("-", None),
            ("yes", None),
        ] {
            assert_eq!(canonical(text).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("2020-01-01", Some("2020-01-01 00:00:00 +0000 UTC")),
            ("2001-12-14 21:59:43.10", Some("2001-12-14 21:59:43.1 +0000 UTC")),
            ("2001-12-14T21:59:43Z", Some("2001-12-14 21:59:43 +0000 UTC")),
            ("2001-02-30", None),
            ("2001-x", None),
            ("äää-1-1", None),
        ] {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
        assert_eq!(plain("~"), Some(Value::Null));
        assert_eq!(plain("yes"), None);
    }
}
