//! Words of a Dockerfile. Source: `BuildKit`'s `frontend/dockerfile/parser` (how a line is cut) and
//! `frontend/dockerfile/shell/lex.go` (how a word is expanded).
//!
//! | place | cut by | expanded | spelled by |
//! | --- | --- | --- | --- |
//! | ENV, LABEL, ARG, WORKDIR, USER, STOPSIGNAL | words with quotes | yes | [`value`], [`assignment`] |
//! | FROM, EXPOSE, COPY, ADD, VOLUME | white space, before quotes are seen | yes | [`word`] |
//! | COPY, ADD, VOLUME `[...]` | JSON | yes, each string | [`json_expanded`] |
//! | RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD, SHELL `[...]` | JSON | no | [`json`] |
//! | RUN, HEALTHCHECK CMD text | not at all; a shell reads it | no | [`shell_text`] |
//! | RUN, COPY `<<EOF` | lines, up to one that is the delimiter | COPY, unless the delimiter is quoted | [`heredoc`], [`inline_file`] |
//! | MAINTAINER | not at all | no | [`rest_of_line`] |
//! | `--chown=`, `--mount=` | words whose quotes and backslashes go; for a mount then CSV | yes, each value | [`flag`], [`mount`] |
//! | `--exclude=`, `--device=` | the same | no | [`plain_flag`], [`device`] |
//! | `# syntax=`, `# check=` | not at all | no | [`directive`] |
//!
//! A line break can stand in JSON and in a heredoc and nowhere else.

use super::{Context, Escaped};
use crate::model::continued::joined;
use crate::model::values::{Part, Quotes, Scope, Text, Var, VarOp};
use crate::source::Origin;

/// Characters that mean nothing to the parser, the lexer or a reader's eye.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "_-./:@%+,=~".contains(c)
}

fn escaped(text: String, origin: Origin) -> Escaped {
    Escaped::new(text, Context::Dockerfile, origin)
}

/// A value that follows its instruction, in double quotes if it needs them.
pub(crate) fn value(text: &Text) -> Escaped {
    escaped(first_text(text), text.origin)
}

/// A value where `BuildKit` looks for options first.
fn first_text(text: &Text) -> String {
    let value = value_text(text);
    if value.starts_with("--") { format!("\"{value}\"") } else { value }
}

/// A line of an instruction that a person wrote and our reader understood as a whole.
pub(crate) fn as_written(line: &str, origin: Origin) -> Escaped {
    escaped(line.to_owned(), origin)
}

/// `NAME=value`
pub(crate) fn assignment(name: &str, value: &Text) -> Escaped {
    escaped(format!("{}={}", key(name), value_text(value)), value.origin)
}

/// `"key"="value"` of a label.
pub(crate) fn label(key: &Text, value: &Text) -> Escaped {
    escaped(format!("{}={}", first_text(key), value_text(value)), value.origin)
}

/// A variable without a value.
pub(crate) fn variable_name(name: &str, origin: Origin) -> Escaped {
    escaped(key(name), origin)
}

/// The name of a variable: the lexer reads it as it reads its value, a line may begin with it, and options may stand
/// before it.
fn key(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        let begins = out.is_empty() && (c == '#' || name.starts_with("--"));
        if matches!(c, '\\' | '$' | '<') || begins {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn value_text(text: &Text) -> String {
    if let (Quotes::Single, Some(literal)) = (text.quotes, text.as_literal())
        && !literal.contains(|c: char| c == '\'' || c.is_control())
    {
        return format!("'{literal}'");
    }
    let bare = !text.parts.is_empty()
        && text.parts.iter().all(|part| match part {
            Part::Lit(literal) => literal.chars().all(is_plain),
            Part::Var(var) => has_plain_operator(var),
        });
    let inner: String = expanded(text, &['\\', '$', '"']);
    if bare && !inner.is_empty() && text.quotes != Quotes::Double { inner } else { format!("\"{inner}\"") }
}

/// Whether nothing in what follows the name of a variable asks for quotes.
fn has_plain_operator(var: &Var) -> bool {
    match &var.op {
        VarOp::None => true,
        VarOp::Default(text) | VarOp::Required(text) => text.chars().all(is_plain),
        VarOp::Other(operator) => operator.chars().all(|c| is_plain(c) || "${}?".contains(c)),
    }
}

/// A word that is cut at white space before anything else; it holds none.
pub(crate) fn word(text: &Text) -> Escaped {
    escaped(word_text(text), text.origin)
}

fn word_text(text: &Text) -> String {
    expanded(text, &['\\', '$', '"', '\'', '<'])
}

/// A text as the lexer shall read it: `special` characters lose their meaning by a backslash. A variable that was
/// written as `$NAME` is, unless what follows would be taken for a part of its name.
fn expanded(text: &Text, special: &[char]) -> String {
    let mut out = String::new();
    for (index, part) in text.parts.iter().enumerate() {
        let continues = matches!(text.parts.get(index + 1), Some(Part::Lit(next))
            if next.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
        match part {
            Part::Lit(literal) => out.push_str(&backslashed(literal, special)),
            Part::Var(var) if var.bare && !continues && var.op == VarOp::None => {
                out.push('$');
                out.push_str(&var.name);
            }
            Part::Var(var) => out.push_str(&variable(var)),
        }
    }
    out
}

/// `${NAME}` with its operator; what follows that is read by the lexer, outside any quotes.
fn variable(var: &Var) -> String {
    assert!(
        var.scope == Scope::Build,
        "lowering puts no variable of another language into a Dockerfile: an input becomes an ARG"
    );
    let operand = |text: &str| backslashed(text, &['\\', '$', '"', '\'', '}', '<']);
    match &var.op {
        VarOp::None => format!("${{{}}}", var.name),
        VarOp::Default(default) => format!("${{{}:-{}}}", var.name, operand(default)),
        VarOp::Required(message) => format!("${{{}:?{}}}", var.name, operand(message)),
        VarOp::Other(operator) => format!("${{{}{operator}}}", var.name),
    }
}

fn backslashed(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if special.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A word that is cut at white space, in quotes if a person put it there.
pub(crate) fn quoted_word(text: &Text) -> Escaped {
    let inner = expanded(text, &['\\', '$', '"']);
    let has_quotes = text.quotes == Quotes::Double && !inner.contains(char::is_whitespace);
    if has_quotes { escaped(format!("\"{inner}\""), text.origin) } else { word(text) }
}

/// Whether a list of paths is written as JSON: every one was in quotes, white space would cut them, or a first word that begins
/// with `[` or `--` would be taken for JSON or an option.
pub(crate) fn needs_json(words: &[&Text]) -> bool {
    if words.iter().all(|text| text.quotes == Quotes::Double) {
        return true;
    }
    let first = words.first().map(|text| word_text(text)).unwrap_or_default();
    first.starts_with('[')
        || first.starts_with("--")
        || words.iter().any(|text| {
            let word = word_text(text);
            word.is_empty() || word.contains(|c: char| c.is_whitespace() || c.is_control())
        })
}

/// A JSON list whose strings are expanded afterwards.
pub(crate) fn json_expanded(words: &[&Text], origin: Origin) -> Escaped {
    let words: Vec<String> = words.iter().map(|text| word_text(text)).collect();
    escaped(json_list(&words), origin)
}

/// A JSON list of exactly these words. A variable among them is not expanded by `BuildKit`, so that a shell has to
/// do it.
pub(crate) fn json(words: &[Text], origin: Origin) -> Escaped {
    let literals: Option<Vec<&str>> = words.iter().map(Text::as_literal).collect();
    let list = if let Some(words) = literals {
        json_list(&words)
    } else {
        let words: Vec<String> = words.iter().map(shell_word).collect();
        json_list(&["/bin/sh", "-c", &format!("exec {}", words.join(" "))])
    };
    escaped(list, origin)
}

/// A JSON list that has a shell run a text, for places and texts that the shell form does not hold. The shell is the
/// words before the text; `/bin/sh -c` if there are none.
pub(crate) fn json_shell(shell: &[Text], text: &Text) -> Escaped {
    let shell: Vec<&str> = if shell.is_empty() {
        vec!["/bin/sh", "-c"]
    } else {
        shell.iter().map(|word| word.as_literal().expect("lowering puts no variable into a shell")).collect()
    };
    let source = shell_source(text);
    let source = joined(&source).unwrap_or(source);
    let words: Vec<&str> = shell.into_iter().chain([source.as_str()]).collect();
    escaped(json_list(&words), text.origin)
}

fn json_list<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<String> = words.iter().map(|word| json_string(word.as_ref())).collect();
    format!("[{}]", words.join(", "))
}

fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is representable in JSON")
}

/// A word for a shell: literals in single quotes, variables in double quotes.
fn shell_word(text: &Text) -> String {
    let quoted = |part: &Part| match part {
        Part::Lit(literal) if literal.chars().all(is_plain) => literal.clone(),
        Part::Lit(literal) => format!("'{}'", literal.replace('\'', r"'\''")),
        Part::Var(var) => format!("\"{}\"", shell_variable(var)),
    };
    if text.as_literal() == Some("") { "''".to_owned() } else { text.parts.iter().map(quoted).collect() }
}

/// The text that a shell reads: literals are its own language.
pub(crate) fn shell_source(text: &Text) -> String {
    let source = |part: &Part| match part {
        Part::Lit(literal) => literal.clone(),
        Part::Var(var) => shell_variable(var),
    };
    text.parts.iter().map(source).collect()
}

/// In a shell an ARG is a variable of the environment; its default is said where it is declared.
fn shell_variable(var: &Var) -> String {
    assert!(
        var.scope == Scope::Build,
        "lowering puts no variable of another language into a Dockerfile: an input becomes an ARG"
    );
    match &var.op {
        VarOp::None => format!("${{{}}}", var.name),
        VarOp::Default(default) => {
            format!("${{{}:-{}}}", var.name, backslashed(default, &['\\', '$', '"', '`', '}']))
        }
        VarOp::Required(message) => {
            format!("${{{}:?{}}}", var.name, backslashed(message, &['\\', '$', '"', '`', '}']))
        }
        VarOp::Other(operator) => format!("${{{}{operator}}}", var.name),
    }
}

/// A shell text of one line with the lines that it is written over, the first apart; `None` as for [`shell_text`].
pub(crate) fn shell_lines(text: &Text) -> Option<(Escaped, Vec<Escaped>)> {
    let source = shell_source(text);
    let Some(line) = joined(&source) else { return Some((shell_text(text)?, Vec::new())) };
    shell_text(&Text::literal(line, text.origin))?;
    let mut lines = source.trim_end().split('\n').map(|line| escaped(line.to_owned(), text.origin));
    Some((lines.next()?, lines.collect()))
}

/// A shell text of one line as it is, or `None` if `BuildKit` would read something else into the line: JSON, an
/// option, a heredoc, a comment on a continued line, a continuation, or less white space.
pub(crate) fn shell_text(text: &Text) -> Option<Escaped> {
    let source = shell_source(text);
    let misread = source.is_empty()
        || source.trim() != source
        || source.starts_with('#')
        || source.starts_with('[') && !is_test(&source)
        || source.starts_with("--")
        || source.ends_with('\\')
        || source.split_whitespace().any(may_open_heredoc)
        || source.contains(|c: char| c.is_control() && c != '\t');
    (!misread).then(|| escaped(source, text.origin))
}

/// Whether a text that begins with `[` is a test of the shell to `BuildKit`: what it reads as JSON first (`parseJSON` in
/// `frontend/dockerfile/parser/line_parsers.go`) is none.
fn is_test(source: &str) -> bool {
    let inner = source[1..].trim_start_matches('[');
    let begins = inner.starts_with(' ') && !inner.trim_start().starts_with(['"', '\'', ']']);
    let json = serde_json::Deserializer::from_str(source).into_iter::<serde_json::Value>().next();
    begins && json.is_some_and(|first| first.is_err())
}

/// Whether a word could be `<<NAME`, with a number before it. Three `<` are none, nor is what stands in an expression.
fn may_open_heredoc(word: &str) -> bool {
    word.split_once("<<")
        .is_some_and(|(number, name)| !name.contains('<') && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The lines of a heredoc with its delimiter, which none of them is; `None` if the text has but one line or holds
/// what a heredoc would change. `BuildKit` hands the body to the shell without expanding it (`dispatchRun`).
pub(crate) fn heredoc(text: &Text) -> Option<(Escaped, Vec<Escaped>)> {
    let source = shell_source(text);
    let body = source.strip_suffix('\n').unwrap_or(&source);
    if !source.contains('\n') || source.contains(|c: char| c.is_control() && c != '\t' && c != '\n') {
        return None;
    }
    let delimiter = delimiter(body);
    let lines = body.split('\n').map(|line| escaped(line.to_owned(), text.origin));
    let lines = lines.chain([escaped(delimiter.clone(), text.origin)]).collect();
    Some((escaped(format!("<<{delimiter}"), text.origin), lines))
}

/// A line with heredocs of its own, and their lines, each with its name at its end.
pub(crate) fn heredocs(text: &Text, bodies: &[(String, Text)]) -> (Escaped, Vec<Escaped>) {
    let mut lines = Vec::new();
    for (name, body) in bodies {
        let source = shell_source(body);
        let body_lines = source.split('\n').take(if source.is_empty() { 0 } else { usize::MAX });
        lines.extend(body_lines.map(|line| escaped(line.to_owned(), body.origin)));
        lines.push(escaped(name.clone(), body.origin));
    }
    (escaped(shell_source(text), text.origin), lines)
}

/// A word that is no line of a text.
fn delimiter(body: &str) -> String {
    // One more than there are lines, so that one of them is no line.
    (0..=body.lines().count())
        .map(|number| if number == 0 { "EOF".to_owned() } else { format!("EOF{number}") })
        .find(|delimiter| body.lines().all(|line| line != delimiter))
        .expect("a text has no more lines than it has")
}

/// A file whose content stands in the Dockerfile: what names it among the sources of COPY, and the lines with their
/// delimiter. A quoted delimiter keeps `BuildKit` from putting variables into the lines; otherwise it takes backslashes
/// away and leaves quotes (`SkipProcessQuotes` in dockerfile2llb/convert.go).
pub(crate) fn inline_file(content: &Text) -> (Escaped, Vec<Escaped>) {
    let source: String = match content.as_literal() {
        Some(literal) => literal.to_owned(),
        None => expanded(content, &['\\', '$', '<']),
    };
    let body = source.strip_suffix('\n').unwrap_or(&source);
    let delimiter = delimiter(body);
    let opening =
        if content.as_literal().is_some() { format!("<<'{delimiter}'") } else { format!("<<{delimiter}") };
    // Without a line between the two the file is empty.
    let lines = if source.is_empty() { Vec::new() } else { body.split('\n').collect() };
    let lines = lines.into_iter().map(|line| escaped(line.to_owned(), content.origin));
    let lines = lines.chain([escaped(delimiter.clone(), content.origin)]).collect();
    (escaped(opening, content.origin), lines)
}

/// A text that stands for itself up to the end of its line.
pub(crate) fn rest_of_line(text: &Text) -> Escaped {
    let literal = text.as_literal().expect("lowering puts no variable where none is read");
    assert!(!is_cut(literal), "lowering refuses what the end of a line cannot hold");
    escaped(literal.to_owned(), text.origin)
}

/// Whether a text at the end of a line would be read as something else: flags, a line that goes on, less white space.
pub(crate) fn is_cut(text: &str) -> bool {
    text.is_empty()
        || text.trim() != text
        || text.starts_with("--")
        || text.ends_with('\\')
        || text.contains(char::is_control)
}

/// `name=value` of a parser directive; the template writes the `#`.
pub(crate) fn directive(name: &'static str, value: &str, origin: Origin) -> Escaped {
    assert!(
        !value.is_empty() && value.chars().all(|c| c.is_ascii_graphic()),
        "what a directive holds is an image or names of checks"
    );
    escaped(format!("{name}={value}"), origin)
}

/// `--name=value`
pub(crate) fn flag(name: &'static str, value: &Text) -> Escaped {
    escaped(format!("--{name}={}", flag_text(&word_text(value))), value.origin)
}

/// `--name=value` of an option that is not expanded: a name or a number.
pub(crate) fn plain_flag(name: &'static str, value: &str, origin: Origin) -> Escaped {
    escaped(format!("--{name}={}", flag_text(value)), origin)
}

/// `--mount=type=...`; each field is `key=value`, or a value alone for a word such as `required`.
pub(crate) fn mount(fields: &[(&'static str, &Text)], origin: Origin) -> Escaped {
    let fields: Vec<String> =
        fields.iter().map(|(key, value)| csv(&format!("{key}={}", word_text(value)))).collect();
    escaped(format!("--mount={}", flag_text(&fields.join(","))), origin)
}

/// `--device=name[,required]`
pub(crate) fn device(name: &str, required: bool, origin: Origin) -> Escaped {
    let required = if required { ",required" } else { "" };
    escaped(format!("--device={}{required}", flag_text(&csv(name))), origin)
}

/// `--name` or `--name=false`
pub(crate) fn switch(name: &'static str, on: bool, origin: Origin) -> Escaped {
    escaped(if on { format!("--{name}") } else { format!("--{name}=false") }, origin)
}

fn csv(field: &str) -> String {
    let quoted = field.contains(['"', ',', ' ', '\t']);
    if quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

/// The lexer of options drops quotes and takes a backslash away from the character after it.
fn flag_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '"' | '\'') || c.is_whitespace() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Origins;

    fn origin() -> Origin {
        Origins::default().by_default("test", None)
    }

    fn text(literal: &str) -> Text {
        Text::literal(literal, origin())
    }

    fn variable(name: &str, op: VarOp) -> Part {
        Part::Var(Var { scope: Scope::Build, name: name.to_owned(), op, bare: false })
    }

    fn parts(parts: Vec<Part>) -> Text {
        Text::from_parts(parts, origin())
    }

    #[test]
    fn a_value_is_quoted_only_if_it_must_be() {
        for (literal, spelling) in [
            ("1", "1"),
            ("/app/.venv/bin:/usr/bin", "/app/.venv/bin:/usr/bin"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("it's", "\"it's\""),
            (r#"say "hi" for 5$ \o/"#, r#""say \"hi\" for 5\$ \\o/""#),
            ("größe", "größe"),
            ("#a", "\"#a\""),
        ] {
            assert_eq!(assignment("A", &text(literal)).as_str(), format!("A={spelling}"));
        }
        let path = parts(vec![Part::Lit("/venv/bin:".to_owned()), variable("PATH", VarOp::None)]);
        assert_eq!(value(&path).as_str(), "/venv/bin:${PATH}");
        let with_default = parts(vec![variable("TAG", VarOp::Default("a } 'b' $c".to_owned()))]);
        assert_eq!(value(&with_default).as_str(), r#""${TAG:-a \} \'b\' \$c}""#);
        assert_eq!(assignment("#a$b", &text("x")).as_str(), r"\#a\$b=x");
    }

    #[test]
    fn what_begins_with_two_dashes_is_no_option() {
        assert_eq!(value(&text("--a=b")).as_str(), "\"--a=b\"");
        assert_eq!(label(&text("--"), &text("--a")).as_str(), "\"--\"=--a");
        assert_eq!(assignment("--a", &text("--b")).as_str(), r"\--a=--b");
        assert_eq!(variable_name("--a", origin()).as_str(), r"\--a");
    }

    #[test]
    fn a_shell_text_that_would_be_misread_is_not_written_as_it_is() {
        let as_it_is = |source: &str| shell_text(&text(source)).map(|safe| safe.as_str().to_owned());
        assert_eq!(as_it_is("a \"$B\" && c \\d").as_deref(), Some("a \"$B\" && c \\d"));
        for test in ["[ -f a ] || b", "[ ! -f a ]", "[[ -n $A ]]", "cat <<< $A", "echo $((1<<2))"] {
            assert_eq!(as_it_is(test).as_deref(), Some(test));
        }
        for misread in [
            "",
            " a",
            "a ",
            "[a]",
            "[ 1 ]",
            "[ \"a\" ]",
            "[]",
            "--a",
            "# a",
            "a \\",
            "cat <<X",
            "cat 2<<-X",
            "a\nb",
        ] {
            assert_eq!(as_it_is(misread), None, "{misread}");
        }
        assert_eq!(
            json_shell(&[], &text("[ -f \"a\" ]\n")).as_str(),
            r#"["/bin/sh", "-c", "[ -f \"a\" ]\n"]"#
        );
    }

    #[test]
    fn a_heredoc_ends_where_no_line_of_the_text_does() {
        let (opening, lines) = heredoc(&text("a\nEOF\n  EOF1\nb\n")).unwrap();
        let lines: Vec<&str> = lines.iter().map(Escaped::as_str).collect();
        assert_eq!((opening.as_str(), lines), ("<<EOF1", vec!["a", "EOF", "  EOF1", "b", "EOF1"]));
        assert!(heredoc(&text("a")).is_none());
        assert!(heredoc(&text("a\r\nb")).is_none());
    }

    #[test]
    fn a_file_is_quoted_as_a_whole_or_piece_by_piece() {
        let printed = |content: &Text| {
            let (opening, lines) = inline_file(content);
            format!(
                "{} {}",
                opening.as_str(),
                lines.iter().map(Escaped::as_str).collect::<Vec<_>>().join("|")
            )
        };
        assert_eq!(printed(&text("a $B \\c\nEOF\n")), "<<'EOF1' a $B \\c|EOF|EOF1");
        assert_eq!(printed(&text("")), "<<'EOF' EOF");
        assert_eq!(printed(&text("\n")), "<<'EOF' |EOF");
        let with_variable = parts(vec![
            Part::Lit("5$ \\ \"'\nv=".to_owned()),
            variable("V", VarOp::None),
            Part::Lit("\n".to_owned()),
        ]);
        assert_eq!(printed(&with_variable), "<<EOF 5\\$ \\\\ \"'|v=${V}|EOF");
    }

    #[test]
    fn the_end_of_a_line_does_not_hold_everything() {
        assert!(!is_cut("web \"<<EOF\" # $A -- \\ x"));
        for cut in ["", " a", "a ", "--a", "a\\", "a\nb"] {
            assert!(is_cut(cut), "{cut}");
        }
    }

    #[test]
    fn exact_words_are_json_unless_a_variable_needs_a_shell() {
        assert_eq!(json(&[text("a\"$b"), text("c\n")], origin()).as_str(), r#"["a\"$b", "c\n"]"#);
        let version = parts(vec![Part::Lit("it's=".to_owned()), variable("V", VarOp::None)]);
        assert_eq!(
            json(&[text("pip"), version], origin()).as_str(),
            r#"["/bin/sh", "-c", "exec pip 'it'\\''s='\"${V}\""]"#
        );
    }

    #[test]
    fn paths_are_json_if_white_space_or_their_beginning_would_mislead() {
        assert!(!needs_json(&[&text("a$b"), &text("/c/")]));
        for words in [["a b", "/c"], ["[a]", "/c"], ["--a", "/c"], ["a", "/c d"], ["", "/c"]] {
            assert!(needs_json(&[&text(words[0]), &text(words[1])]), "{words:?}");
        }
        assert_eq!(
            json_expanded(&[&text("a \"$b"), &text("/c")], origin()).as_str(),
            r#"["a \\\"\\$b", "/c"]"#
        );
        assert_eq!(word(&text("<<a'$b")).as_str(), r"\<\<a\'\$b");
    }

    #[test]
    fn options_survive_the_lexer_the_csv_reader_and_the_expansion() {
        assert_eq!(flag("chown", &text("10001:10001")).as_str(), "--chown=10001:10001");
        assert_eq!(flag("chown", &text("a$b c")).as_str(), r"--chown=a\\$b\ c");
        assert_eq!(
            mount(&[("type", &text("bind")), ("source", &text("a,b \"c"))], origin()).as_str(),
            r#"--mount=type=bind,\"source=a,b\ \\\"\"c\""#
        );
    }
}
