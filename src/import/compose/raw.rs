//! Values of a compose file as YAML again, for `raw compose`: aliases and merge keys are written out.

use crate::project::compose::{Node, Value, is_plain_value};

/// A key with its value.
pub(super) fn entry(key: &str, node: &Node) -> String {
    let mut out = String::new();
    write_entry(key, node, 0, &mut out);
    out.trim_end().to_owned()
}

/// A key within others: `services`, then `web`, then what is in it.
pub(super) fn nested(keys: &[&str], node: &Node) -> String {
    let mut out = String::new();
    let Some((last, outer)) = keys.split_last() else { return out };
    for (depth, key) in outer.iter().enumerate() {
        indent(depth, &mut out);
        out.push_str(&format!("{}:\n", text(key)));
    }
    write_entry(last, node, outer.len(), &mut out);
    out.trim_end().to_owned()
}

fn write_entry(key: &str, node: &Node, depth: usize, out: &mut String) {
    indent(depth, out);
    out.push_str(&text(key));
    out.push(':');
    write_value(node, depth, out);
}

/// What follows a `:`.
fn write_value(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            for (key, node) in entries {
                write_entry(key, node, depth + 1, out);
            }
        }
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                indent(depth + 1, out);
                out.push('-');
                write_item(item, depth + 1, out);
            }
        }
        Value::Null => out.push('\n'),
        Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            out.push(' ');
            out.push_str(&flow(node));
            out.push('\n');
        }
    }
}

/// What follows a `-`.
fn write_item(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            for (index, (key, node)) in entries.iter().enumerate() {
                if index == 0 {
                    out.push(' ');
                    out.push_str(&text(key));
                    out.push(':');
                    write_value(node, depth + 1, out);
                } else {
                    write_entry(key, node, depth + 1, out);
                }
            }
        }
        // A list in a list is on one line.
        Value::List(_) | Value::Map(_) | Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => {
            out.push(' ');
            out.push_str(&flow(node));
            out.push('\n');
        }
    }
}

/// A value on one line.
pub(super) fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.clone(),
        Value::Text(of) if of.raw != of.value.as_deref().unwrap_or(&of.raw) && !of.raw.contains('$') => {
            // A date, which is none in quotes.
            of.raw.clone()
        }
        Value::Text(of) => text(&of.raw),
        Value::List(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| format!("{}: {}", text(key), flow(node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text that is read back as that text.
pub(super) fn text(of: &str) -> String {
    let is_plain = of.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '.' | '_' | '$'))
        && of.chars().all(|c| c.is_ascii_alphanumeric() || "/._-$=+@:~".contains(c))
        && !of.ends_with(':')
        && !is_plain_value(of);
    if is_plain {
        return of.to_owned();
    }
    let mut out = String::from("\"");
    for c in of.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || is_invisible(c) => {
                let code = u32::from(c);
                out.push_str(&if code > 0xffff {
                    format!("\\U{code:08X}")
                } else {
                    format!("\\u{code:04X}")
                });
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that a stack file refuses, because they make a text look like another one.
pub(in crate::import) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

fn indent(depth: usize, out: &mut String) {
    out.push_str(&"  ".repeat(depth));
}
