//! Words of an nginx configuration. Source: `ngx_conf_read_token` in nginx's `src/core/ngx_conf_file.c`.
//!
//! What the tokenizer does, which this module undoes:
//! - a word ends at white space, `;` or `{`, unless it is quoted; `{` right after `$` does not end it;
//! - `"` and `'` quote only at the start of a word, and white space, `;`, `{` or `)` must follow the closing one;
//! - a backslash keeps the next character from ending anything, quoted or not;
//! - afterwards, quoted or not, `\"`, `\'` and `\\` lose the backslash and `\t`, `\r`, `\n` become control characters;
//!   before any other character the backslash stays, so that `\.` in a regular expression needs no doubling;
//! - `$` is never escaped. Where variables are expanded, a literal one is `${stackc_dollar}`, for which the
//!   configuration holds `geo $stackc_dollar { default "$"; }`.

use super::{Context, Escaped};
use crate::model::values::{Part, Scope, Text, Var};
use crate::source::Origin;

/// The variable that holds a dollar sign.
pub(crate) const DOLLAR: &str = "stackc_dollar";

/// One word. `expands` says whether nginx expands variables in this place.
pub(crate) fn word(text: &Text, expands: bool) -> Escaped {
    Escaped::new(encode(&value(text, expands)), Context::Nginx, text.origin)
}

/// The name of a directive, which is a word like any other.
pub(crate) fn name(text: &str, origin: Origin) -> Escaped {
    Escaped::new(encode(text), Context::Nginx, origin)
}

/// A line of another language that a person wrote, in a block whose end our reader found.
pub(crate) fn foreign(line: &str, origin: Origin) -> Escaped {
    Escaped::new(line.to_owned(), Context::Nginx, origin)
}

/// Two words without a space between them, as in `if ($a ~ b)`.
pub(crate) fn glued(before: &Escaped, after: &Escaped) -> Escaped {
    Escaped::new(format!("{}{}", before.text, after.text), Context::Nginx, before.origin)
}

/// The value that nginx shall read: what is left after its tokenizer, with variables written out.
pub(crate) fn value(text: &Text, expands: bool) -> String {
    let mut out = String::new();
    for (index, part) in text.parts.iter().enumerate() {
        match part {
            Part::Lit(literal) if expands => out.push_str(&literal.replace('$', &format!("${{{DOLLAR}}}"))),
            Part::Lit(literal) => out.push_str(literal),
            Part::Var(var) => out.push_str(&variable(var, text.parts.get(index + 1))),
        }
    }
    out
}

/// `$name`, or `${name}` where it was written so or the next character would be taken for a part of the name. `$1` to `$9` end by
/// themselves (`ngx_http_script_compile`).
fn variable(var: &Var, next: Option<&Part>) -> String {
    assert!(
        var.scope == Scope::Nginx,
        "lowering puts no variable of another language into nginx's configuration"
    );
    let name = &var.name;
    let continues = matches!(next, Some(Part::Lit(text))
        if text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
    let is_capture = name.len() == 1 && name.starts_with(|c: char| c.is_ascii_digit());
    if !var.bare || continues && !is_capture { format!("${{{name}}}") } else { format!("${name}") }
}

/// The shortest spelling of a word that nginx reads as `value`.
fn encode(value: &str) -> String {
    let bare = spelled(value, None);
    // A tab or a line break could be written without quotes, but is easier to see in them; and whoever reads `<%` outside of
    // them takes the file for a template.
    if is_one_word(&bare) && !value.contains(['\t', '\r', '\n']) && !value.contains("<%") {
        return bare;
    }
    let quote = if value.contains('"') && !value.contains('\'') { '\'' } else { '"' };
    format!("{quote}{}{quote}", spelled(value, Some(quote)))
}

fn spelled(value: &str, quote: Option<char>) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            '\\' => {
                let doubled = match chars.peek() {
                    Some(next) => matches!(next, '"' | '\'' | '\\' | 't' | 'r' | 'n' | '\t' | '\r' | '\n'),
                    None => true,
                };
                out.push_str(if doubled { "\\\\" } else { "\\" });
            }
            c if Some(c) == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether nginx takes an unquoted spelling for one word, all of it.
fn is_one_word(spelling: &str) -> bool {
    if spelling.is_empty() || spelling.starts_with(['"', '\'', '{', '}', ';', '#']) {
        return false;
    }
    let mut after_dollar = false;
    let mut chars = spelling.chars();
    while let Some(c) = chars.next() {
        match c {
            '{' if after_dollar => continue,
            ' ' | ';' | '{' => return false,
            '\\' => {
                chars.next();
            }
            _ => {}
        }
        after_dollar = c == '$';
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::VarOp;
    use crate::source::Origins;
    use proptest::prelude::*;

    fn text(parts: Vec<Part>) -> Text {
        Text::from_parts(parts, Origins::default().by_default("test", None))
    }

    fn lit(text: &str) -> Part {
        Part::Lit(text.to_owned())
    }

    fn var(name: &str) -> Part {
        Part::Var(Var { scope: Scope::Nginx, name: name.to_owned(), op: VarOp::None, bare: true })
    }

    /// What `ngx_conf_read_token` makes of a configuration that is one word and `;`.
    fn read(config: &str) -> Option<String> {
        let chars: Vec<char> = config.chars().collect();
        let (quote, start) = match chars[0] {
            quote @ ('"' | '\'') => (Some(quote), 1),
            ';' | '{' | '}' | '#' | ' ' => return None,
            _ => (None, 0),
        };
        let (mut at, mut variable) = (start, false);
        loop {
            let c = *chars.get(at)?;
            if c == '{' && variable {
                at += 1;
                continue;
            }
            variable = false;
            match c {
                '\\' => at += 1,
                '$' => variable = true,
                _ if quote == Some(c) => break,
                ' ' | '\t' | '\r' | '\n' | ';' | '{' if quote.is_none() => break,
                _ => {}
            }
            at += 1;
        }
        let rest: String = chars[at + usize::from(quote.is_some())..].iter().collect();
        if rest != ";" {
            return None;
        }
        let mut word = String::new();
        let mut inner = chars[start..at].iter().peekable();
        while let Some(&c) = inner.next() {
            match (c, inner.peek()) {
                ('\\', Some(&&next @ ('"' | '\'' | '\\'))) => word.push(next),
                ('\\', Some('t')) => word.push('\t'),
                ('\\', Some('r')) => word.push('\r'),
                ('\\', Some('n')) => word.push('\n'),
                _ => {
                    word.push(c);
                    continue;
                }
            }
            inner.next();
        }
        Some(word)
    }

    #[test]
    fn a_word_is_quoted_only_if_it_must_be() {
        for (value, spelling) in [
            ("/static/", "/static/"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("a;b", "\"a;b\""),
            ("a\"b", "a\"b"),
            ("\"a", "'\"a'"),
            ("\"it's\"", "\"\\\"it's\\\"\""),
            ("#a", "\"#a\""),
            ("a#b}", "a#b}"),
            ("}", "\"}\""),
            (r"\.(php|html)$", r"\.(php|html)$"),
            (r"^/\d{4}/$", r#""^/\d{4}/$""#),
            (r"a\", r"a\\"),
            (r"a\nb", r"a\\nb"),
            ("a\nb", r#""a\nb""#),
            (r"\\a", r"\\\a"),
            (r"^\${", r#""^\${""#),
            ("größe", "größe"),
            ("/a<%b", "\"/a<%b\""),
        ] {
            assert_eq!(encode(value), spelling, "{value}");
            assert_eq!(read(&format!("{spelling};")).as_deref(), Some(value), "{spelling}");
        }
    }

    #[test]
    fn a_literal_dollar_is_a_variable_where_variables_are_read() {
        let price =
            text(vec![lit("5 $ for "), var("host"), lit("name "), var("uri"), lit("/"), var("1"), lit("0")]);
        assert_eq!(word(&price, true).as_str(), r#""5 ${stackc_dollar} for ${host}name $uri/$10""#);
        assert_eq!(word(&text(vec![lit("^/a$")]), false).as_str(), "^/a$");
        assert_eq!(word(&text(vec![lit("a$")]), true).as_str(), "a${stackc_dollar}");
    }

    proptest! {
        #[test]
        fn nginx_reads_back_what_was_meant(value in r#"[ \t\r\na-cnrt"'\\$;{}#)ä]{0,12}"#) {
            prop_assert_eq!(read(&format!("{};", encode(&value))), Some(value));
        }
    }
}
