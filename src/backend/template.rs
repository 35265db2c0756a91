//! Renders templates that hold layout only and that refuse whatever was not made safe for their language.

pub(crate) mod plain;

use std::sync::{Arc, Mutex};

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::escape::{Context, Escaped, ORIGIN_CLOSES, ORIGIN_OPENS, header};
use super::{Artifact, Kind};
use crate::source::Origin;

/// What follows the last word of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing.
    Bare,
    /// The line is a comment.
    Comment,
    /// ` \`: the instruction goes on.
    Continued,
    /// `;`
    Semicolon,
    /// ` {`
    Opening,
    /// ` {}`
    Empty,
}

/// A line of an artefact: words that stand one space apart.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// How many levels it is indented.
    pub(crate) depth: usize,
    /// Safe for the template's language.
    pub(crate) words: Vec<Escaped>,
    /// What follows them.
    pub(crate) ending: Ending,
}

impl Line {
    /// An empty line.
    pub(crate) fn blank() -> Self {
        Self { depth: 0, words: Vec::new(), ending: Ending::Bare }
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.words.is_empty()
    }

    /// How many bytes it has in a Dockerfile.
    pub(crate) fn width(&self) -> usize {
        let words: usize = self.words.iter().map(|word| word.as_str().len()).sum();
        let spaces = 4 * self.depth + self.words.len().saturating_sub(1);
        words + spaces + if self.ending == Ending::Continued { " \\".len() } else { 0 }
    }
}

impl Context {
    fn template(self) -> (&'static str, &'static str) {
        match self {
            Self::Dockerfile => ("dockerfile.j2", include_str!("../../templates/dockerfile.j2")),
            Self::Nginx => ("nginx.j2", include_str!("../../templates/nginx.j2")),
        }
    }
}

/// Renders the lines of one file below the header; `directives` are comments above it, for the language itself.
pub(crate) fn render(
    path: &str,
    context: Context,
    stack_file: &str,
    directives: Vec<Line>,
    lines: Vec<Line>,
) -> Artifact {
    let header =
        header(stack_file).map(|text| Value::from_object(Escaped::comment(&text, context, Origin::HEADER)));
    let data = Value::from_pairs([
        ("header", header.into_iter().collect::<Value>()),
        ("directives", directives.into_iter().map(line_value).collect()),
        ("lines", lines.into_iter().map(line_value).collect()),
    ]);
    let (name, source) = context.template();
    let (text, lines) = render_source(name, source, context, data)
        .expect("a template prints nothing but text that was made safe for its language");
    let kind = match context {
        Context::Dockerfile => Kind::Dockerfile,
        Context::Nginx => Kind::Nginx,
    };
    Artifact::new(kind, path, text, lines)
}

fn line_value(line: Line) -> Value {
    let is = |ending| Value::from(line.ending == ending);
    Value::from_pairs([
        ("indent", std::iter::repeat_n(Value::from(()), line.depth).collect::<Value>()),
        ("comment", is(Ending::Comment)),
        ("continued", is(Ending::Continued)),
        ("semicolon", is(Ending::Semicolon)),
        ("opening", is(Ending::Opening)),
        ("empty", is(Ending::Empty)),
        ("words", line.words.into_iter().map(Value::from_object).collect()),
    ])
}

/// Renders any source as a template of that language: the text, and for each line the origins that made it.
fn render_source(
    name: &str,
    source: &str,
    context: Context,
    data: Value,
) -> Result<(String, Vec<Vec<Origin>>), Error> {
    let origins = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&origins);
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Custom("stackc".into()));
    env.set_syntax(
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?,
    );
    env.set_formatter(move |out, _, value| {
        let refuse = |why| Error::new(ErrorKind::BadEscape, why);
        let safe = value.downcast_object_ref::<Escaped>().ok_or_else(|| refuse("not an escaped text"))?;
        if safe.context() != context {
            return Err(refuse("escaped for another language"));
        }
        let mut noted = noted.lock().map_err(|_| refuse("the list of origins is gone"))?;
        write!(out, "{ORIGIN_OPENS}{}{ORIGIN_CLOSES}", noted.len())?;
        noted.push(safe.origin());
        out.write_str(safe.as_str()).map_err(Error::from)
    });
    env.add_template(name, source)?;
    let marked = env.get_template(name)?.render(data)?;
    let origins =
        origins.lock().map_err(|_| Error::new(ErrorKind::BadEscape, "the list of origins is gone"))?;
    Ok(without_marks(&marked, &origins))
}

/// Takes the numbers of origins out of a rendered text and sorts them by line.
fn without_marks(marked: &str, origins: &[Origin]) -> (String, Vec<Vec<Origin>>) {
    let mut text = String::with_capacity(marked.len());
    let mut lines = Vec::new();
    for line in marked.lines() {
        let mut of_line: Vec<Origin> = Vec::new();
        let mut pieces = line.split(ORIGIN_OPENS);
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (number, rest) = piece.split_once(ORIGIN_CLOSES).expect("the formatter closes what it opens");
            let index: usize = number.parse().expect("the formatter writes a number");
            if !of_line.contains(&origins[index]) {
                of_line.push(origins[index]);
            }
            text.push_str(rest);
        }
        text.push('\n');
        lines.push(of_line);
    }
    (text, lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::Text;
    use crate::source::Origins;

    fn origin() -> Origin {
        Origins::default().by_default("test", None)
    }

    fn render_with(source: &str, context: Context) -> Result<String, String> {
        let text = Text::literal("a b", origin());
        let data = Value::from_pairs([
            ("safe", Value::from_object(super::super::escape::nginx::word(&text, false))),
            (
                "words",
                [Value::from_object(super::super::escape::nginx::word(&text, false))].into_iter().collect(),
            ),
            ("plain", Value::from("a")),
            ("marked", Value::from_safe_string("a".to_owned())),
            ("number", Value::from(1)),
            ("yes", Value::from(true)),
            ("none", Value::from(())),
        ]);
        render_source("t", source, context, data).map(|(text, _)| text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_escaped_text_of_the_same_language_is_printed() {
        assert_eq!(render_with("x {{ safe }}", Context::Nginx).unwrap(), "x \"a b\"\n");
        assert_eq!(
            render_with("{% for w in words %}{{ w }}{% endfor %}", Context::Nginx).unwrap(),
            "\"a b\"\n"
        );
    }

    #[test]
    fn everything_else_is_refused() {
        assert!(render_with("{{ safe }}", Context::Dockerfile).is_err());
        for source in [
            "{{ plain }}",
            "{{ marked }}",
            "{{ number }}",
            "{{ yes }}",
            "{{ none }}",
            "{{ missing }}",
            "{{ words }}",
            "{{ 'text' }}",
            "{{ 1 }}",
            "{{ safe ~ safe }}",
            "{{ safe ~ '' }}",
            "{{ safe|safe }}",
            "{{ plain|safe }}",
            "{{ safe|e }}",
            "{{ words|join(' ') }}",
            "{{ safe|string }}",
            "{{ safe.text }}",
            "{{ safe[0] }}",
            "{{ safe() }}",
            "{{ safe if missing }}",
            "{% set x = 'a' %}{{ x }}",
            "{% set x %}a{% endset %}{{ x }}",
            "{% set x %}{{ safe }}{% endset %}{{ x }}",
            "{% macro m() %}a{% endmacro %}{{ m() }}",
            "{% filter safe %}a{% endfilter %}",
            "{% autoescape false %}{{ plain }}{% endautoescape %}",
            "{% autoescape 'html' %}{{ plain }}{% endautoescape %}",
            "{% autoescape 'none' %}{{ marked }}{% endautoescape %}",
            "{% include 'other' %}",
            "{% for w in words %}{{ loop.index }}{% endfor %}",
        ] {
            assert!(render_with(source, Context::Nginx).is_err(), "{source} was printed");
        }
    }

    #[test]
    fn lines_know_what_made_them() {
        let mut origins = Origins::default();
        let (a, b) = (origins.by_default("a", None), origins.by_default("b", None));
        let word = |text, origin| super::super::escape::nginx::word(&Text::literal(text, origin), false);
        let line = |words, ending| Line { depth: 1, words, ending };
        let artifact = render(
            "nginx.conf",
            Context::Nginx,
            "x.stack",
            Vec::new(),
            vec![
                line(vec![word("x", a), word("y", b), word("z", a)], Ending::Semicolon),
                Line::blank(),
                line(vec![word("w", b)], Ending::Opening),
            ],
        );
        assert_eq!(artifact.text.lines().skip(2).collect::<Vec<_>>(), ["", "    x y z;", "", "    w {"]);
        let header = vec![Origin::HEADER];
        assert_eq!(artifact.lines, [header.clone(), header, vec![a, b], vec![a, b], vec![b], vec![b]]);
    }
}
