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
        assert_eq!(plain("~"), Some(Value::Null));
        assert_eq!(plain("yes"), None);
    }
}
