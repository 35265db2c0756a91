//! What a person is told about each kind of mistake in an nginx configuration.

use super::found::{Found, Hint};
use super::tree::MistakeKind;
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::source::Span;
use crate::syntax::quote::quote;

/// The code of every diagnostic of the reader.
pub const CODES: &[&str] = &[
    "nginx-after-quote",
    "nginx-block-in-table",
    "nginx-block-without-name",
    "nginx-brace-in-word",
    "nginx-byte-order-mark",
    "nginx-missing-brace",
    "nginx-missing-semicolon",
    "nginx-stray-brace",
    "nginx-stray-semicolon",
    "nginx-template",
    "nginx-too-deep",
    "nginx-too-long",
    "nginx-unclosed-block",
    "nginx-unclosed-quote",
];

/// What is said about a mistake in `text`.
pub(super) fn explain(found: &Found, text: &str) -> Diagnostic {
    let site = Site { span: found.span, raw: &text[found.span.range()], text };
    match found.kind {
        MistakeKind::ByteOrderMark => byte_order_mark(&site),
        MistakeKind::MissingSemicolon => missing_semicolon(&site, found.hint),
        MistakeKind::MissingBrace => missing_brace(&site, found.hint),
        MistakeKind::OpenBlock => unclosed_block(&site, found.hint),
        MistakeKind::StrayClose => stray_brace(&site),
        MistakeKind::StraySemicolon => stray_semicolon(&site),
        MistakeKind::NoName => block_without_name(&site),
        MistakeKind::BlockInTable => block_in_table(&site),
        MistakeKind::TooDeep => too_deep(&site),
        MistakeKind::OpenQuote => unclosed_quote(&site),
        MistakeKind::AfterQuote => after_quote(&site),
        MistakeKind::BraceInWord => brace_in_word(&site),
        MistakeKind::TooLong => too_long(&site),
        MistakeKind::Template => template(&site),
    }
}

/// A mistake's place in its file.
struct Site<'a> {
    span: Span,
    raw: &'a str,
    text: &'a str,
}

impl Site<'_> {
    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message, self.span)
    }

    /// The white space at the beginning of the line, if it is not far.
    fn indent(&self) -> &str {
        let mut near = (self.span.start as usize).saturating_sub(200);
        while !self.text.is_char_boundary(near) {
            near += 1;
        }
        let before = &self.text[near..self.span.start as usize];
        let line = before.rsplit('\n').next().unwrap_or_default();
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }
}

fn unsafe_fix(diagnostic: Diagnostic, title: &str, edits: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic { fix: Some(Fix { title: title.to_owned(), edits, safety: Safety::Unsafe }), ..diagnostic }
}

fn byte_order_mark(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-byte-order-mark", "the file begins with a byte order mark")
        .here("here, though it cannot be seen")
        .note("nginx takes it for the beginning of the first directive's name, which it then does not know")
        .help("save the file as UTF-8 without a byte order mark")
        .safe_fix("remove it", vec![(site.span, String::new())])
}

fn missing_semicolon(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let diagnostic = site.error("nginx-missing-semicolon", format!("no `;` after {}", quote(site.raw)));
    let diagnostic = match hint {
        Hint::Next(next) => match &site.text[next.range()] {
            "}" => diagnostic.note("a directive ends with `;`, also before the `}` of its block"),
            word => diagnostic.label(next, "this begins another directive").note(format!(
                "a directive goes on over line ends up to its `;`, so nginx takes {} for one more argument",
                quote(word)
            )),
        },
        Hint::None | Hint::EndsAfter(_) => diagnostic.note("the file ends before the directive does"),
    };
    let edits = vec![(site.span.at_end(), ";".to_owned())];
    unsafe_fix(diagnostic.help("write `;` at the end of the directive"), "add the `;`", edits)
}

fn missing_brace(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let words = quote(site.raw);
    let diagnostic = site.error("nginx-missing-brace", format!("no `{{` after {words}"));
    let diagnostic = match hint {
        Hint::Next(next) => diagnostic.label(next, "this begins another directive"),
        Hint::None | Hint::EndsAfter(_) => diagnostic,
    };
    let diagnostic = diagnostic
        .note("this directive always has a block")
        .help(format!("write `{{` after {words}, and `}}` at the end of its block if that is missing too"));
    unsafe_fix(diagnostic, "add the `{`", vec![(site.span.at_end(), " {".to_owned())])
}

fn unclosed_block(site: &Site<'_>, hint: Hint) -> Diagnostic {
    let head = site.raw.strip_suffix('{').unwrap_or(site.raw);
    let diagnostic = site
        .error("nginx-unclosed-block", format!("the block of {} has no `}}`", quote(head)))
        .here("opened here")
        .help("write its `}` on a line of its own, below its last directive");
    let Hint::EndsAfter(last) = hint else { return diagnostic };
    let edits = vec![(last.at_end(), format!("\n{}}}", site.indent()))];
    let diagnostic = if last.end <= site.span.end {
        diagnostic
    } else {
        diagnostic
            .label(last, "it seems to end after this")
            .note("what follows is not indented more than the block itself, or is the end of the file")
    };
    unsafe_fix(diagnostic, "add the `}`", edits)
}

fn stray_brace(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-stray-brace", "this `}` closes nothing")
        .note("every `{` before it has its `}` already, or is indented less")
        .help("remove it, or write the `{` of the block that it should end")
}

fn stray_semicolon(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-stray-semicolon", "this `;` ends nothing")
        .note("a `;` ends a directive without a block; nginx refuses one after a `}` or after another `;`")
        .help("remove it")
        .safe_fix("remove it", vec![(site.span, String::new())])
}

fn block_without_name(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-block-without-name", "this `{` has no directive before it")
        .note("a block belongs to the directive before it; a `;` or a `}` ends that directive")
        .help("remove the `;` before it, or write the name of the block, for example `server {`")
}

fn block_in_table(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-block-in-table", format!("{} cannot have a block here", quote(site.raw)))
        .note("in `types`, `map`, `geo` and `split_clients` stand only keys and values, each ended by `;`")
        .help("close the table before it; a `{` that belongs to a regular expression needs quotes around the key")
}

fn too_deep(site: &Site<'_>) -> Diagnostic {
    let most = super::build::MAX_DEPTH;
    site.error("nginx-too-deep", format!("blocks are nested more than {most} deep"))
        .here("one too many")
        .note("no server needs as many; what is deeper is not read")
        .help("check whether the blocks before this one are closed")
}

fn unclosed_quote(site: &Site<'_>) -> Diagnostic {
    let mark = &site.raw[..1];
    let diagnostic = site
        .error("nginx-unclosed-quote", format!("{} has no closing `{mark}`", quote(site.raw)))
        .note("a quoted text may run over several lines, so that nginx looks for its end in the directives below")
        .help(format!("close it with `{mark}`; a quote that belongs to the text is written `\\{mark}`"));
    unsafe_fix(diagnostic, "close the quote", vec![(site.span.at_end(), mark.to_owned())])
}

fn after_quote(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-after-quote", format!("{} follows a closing quote without a space", quote(site.raw)))
        .here("the quoted text ends before this")
        .note("after a closing quote nginx accepts only white space, `;`, `{` or `)`")
        .help("put the whole argument in quotes; a quote that belongs to the text needs a `\\` before it")
}

fn brace_in_word(site: &Site<'_>) -> Diagnostic {
    let diagnostic = site
        .error("nginx-brace-in-word", format!("{} holds a brace outside of quotes", quote(site.raw)))
        .note("to nginx a `{` in a word without quotes ends the word and begins a block")
        .help("put the regular expression in double quotes");
    if site.raw.contains(['"', '\\']) {
        return diagnostic;
    }
    let edits = vec![(site.span.at_start(), "\"".to_owned()), (site.span.at_end(), "\"".to_owned())];
    diagnostic.safe_fix("put it in quotes", edits)
}

fn too_long(site: &Site<'_>) -> Diagnostic {
    let what = if site.raw.starts_with('#') { "comment" } else { "argument" };
    site.error("nginx-too-long", format!("this {what} is longer than nginx's buffer"))
        .note(
            "nginx reads its configuration in pieces of 4096 bytes; no argument and no comment may be longer",
        )
        .help(match what {
            "comment" => "break the comment into several lines, each with its own `#`",
            _ => "shorten it, or keep the text in a file that is served or included",
        })
}

fn template(site: &Site<'_>) -> Diagnostic {
    site.error("nginx-template", format!("{} is a template's tag, not a directive", quote(site.raw)))
        .note("nginx cannot read this file as it stands: something has to fill in the template first; only the first tag is told of")
        .help("check the file that the template makes; `${NAME}` alone can stand in a configuration")
}

#[cfg(test)]
mod tests {
    use super::CODES;
    use crate::diagnostic::Sink;
    use crate::render::{Look, terminal};
    use crate::source::SourceMap;
    use crate::syntax::nginx::read;

    /// What a person sees of the mistakes in `text`.
    fn shown(text: &str) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("nginx.conf", text);
        let mut sink = Sink::default();
        read(file, text, &mut sink);
        sink.finish();
        assert!(sink.diagnostics.iter().all(|found| CODES.contains(&found.code)));
        let shown = terminal::findings(&sink, &sources, &Look { unicode: false, ..Look::PLAIN });
        shown.trim_end().to_owned()
    }

    #[test]
    fn codes_are_sorted_and_their_own() {
        assert!(CODES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_directive_without_its_semicolon_is_explained() {
        let expected = r"
error[nginx-missing-semicolon]: no `;` after `80`
   ,-[nginx.conf:2:12]
 1 | server {
 2 |     listen 80
   :            ^^
 3 |     root /srv;
   :     ^^|^
   :       `-- this begins another directive
 4 | }
   `----
  note: a directive goes on over line ends up to its `;`, so nginx takes `root` for one more
        argument
  help: write `;` at the end of the directive";
        assert_eq!(shown("server {\n    listen 80\n    root /srv;\n}\n"), expected[1..]);
    }

    #[test]
    fn the_last_directive_of_a_block_without_its_semicolon_is_explained() {
        let expected = r"
error[nginx-missing-semicolon]: no `;` after `80`
   ,-[nginx.conf:1:17]
 1 | server { listen 80 }
   :                 ^^
   `----
  note: a directive ends with `;`, also before the `}` of its block
  help: write `;` at the end of the directive";
        assert_eq!(shown("server { listen 80 }\n"), expected[1..]);
    }

    #[test]
    fn an_entry_of_a_table_without_its_semicolon_is_explained() {
        let expected = r"
error[nginx-missing-semicolon]: no `;` after `css`
   ,-[nginx.conf:2:13]
 1 | types {
 2 |   text/css  css
   :             ^^^
 3 |   text/html html htm;
   :   ^^^^|^^^^
   :       `-- this begins another directive
 4 | }
   `----
  note: a directive goes on over line ends up to its `;`, so nginx takes `text/html` for one more
        argument
  help: write `;` at the end of the directive";
        assert_eq!(shown("types {\n  text/css  css\n  text/html html htm;\n}\n"), expected[1..]);
    }

    #[test]
    fn a_directive_that_needs_a_block_is_explained() {
        let expected = r"
error[nginx-missing-brace]: no `{` after `location /api`
   ,-[nginx.conf:1:1]
 1 | location /api
   : ^^^^^^^^^^^^^
 2 |     proxy_pass http://api;
   :     ^^^^^|^^^^
   :          `-- this begins another directive
 3 | }
   `----
  note: this directive always has a block
  help: write `{` after `location /api`, and `}` at the end of its block if that is missing too";
        assert_eq!(shown("location /api\n    proxy_pass http://api;\n}\n"), expected[1..]);
    }

    #[test]
    fn a_block_without_its_brace_is_explained() {
        let expected = r"
error[nginx-unclosed-block]: the block of `location /` has no `}`
   ,-[nginx.conf:4:5]
 3 |     listen 80;
 4 |     location / {
   :     ^^^^^^|^^^^^
   :           `-- opened here
 5 |       root /srv;
   :                |
   :                `-- it seems to end after this
 6 |   }
   `----
  note: what follows is not indented more than the block itself, or is the end of the file
  help: write its `}` on a line of its own, below its last directive";
        assert_eq!(
            shown("http {\n  server {\n    listen 80;\n    location / {\n      root /srv;\n  }\n}\n"),
            expected[1..]
        );
    }

    #[test]
    fn a_brace_that_closes_nothing_is_explained() {
        let expected = r"
error[nginx-stray-brace]: this `}` closes nothing
   ,-[nginx.conf:5:3]
 4 |   }
 5 |   }
   :   ^
 6 |   index a;
   `----
  note: every `{` before it has its `}` already, or is indented less
  help: remove it, or write the `{` of the block that it should end";
        assert_eq!(
            shown("server {\n  location / {\n    root /srv;\n  }\n  }\n  index a;\n}\n"),
            expected[1..]
        );
    }

    #[test]
    fn a_semicolon_that_ends_nothing_is_explained() {
        let expected = r"
error[nginx-stray-semicolon]: this `;` ends nothing
   ,-[nginx.conf:2:2]
 1 | events {
 2 | };
   :  ^
   `----
  note: a `;` ends a directive without a block; nginx refuses one after a `}` or after another `;`
  help: remove it";
        assert_eq!(shown("events {\n};\n"), expected[1..]);
    }

    #[test]
    fn a_block_without_a_name_is_explained() {
        let expected = r"
error[nginx-block-without-name]: this `{` has no directive before it
   ,-[nginx.conf:1:12]
 1 | listen 80; {
   :            ^
 2 | }
   `----
  note: a block belongs to the directive before it; a `;` or a `}` ends that directive
  help: remove the `;` before it, or write the name of the block, for example `server {`";
        assert_eq!(shown("listen 80; {\n}\n"), expected[1..]);
    }

    #[test]
    fn a_block_in_a_table_is_explained() {
        let expected = r"
error[nginx-block-in-table]: `~^x` cannot have a block here
   ,-[nginx.conf:2:3]
 1 | map $a $b {
 2 |   ~^x {
   :   ^^^
 3 |   }
   `----
  note: in `types`, `map`, `geo` and `split_clients` stand only keys and values, each ended by `;`
  help: close the table before it; a `{` that belongs to a regular expression needs quotes around
        the key";
        assert_eq!(shown("map $a $b {\n  ~^x {\n  }\n}\n"), expected[1..]);
    }

    #[test]
    fn a_quote_without_its_end_is_explained() {
        let expected = r#"
error[nginx-unclosed-quote]: `"x` has no closing `"`
   ,-[nginx.conf:1:14]
 1 | add_header A "x;
   :              ^^
 2 | add_header B "y";
   `----
  note: a quoted text may run over several lines, so that nginx looks for its end in the directives
        below
  help: close it with `"`; a quote that belongs to the text is written `\"`"#;
        assert_eq!(shown("add_header A \"x;\nadd_header B \"y\";\n"), expected[1..]);
    }

    #[test]
    fn what_follows_a_closing_quote_is_explained() {
        let expected = r"
error[nginx-after-quote]: `s'` follows a closing quote without a space
   ,-[nginx.conf:1:16]
 1 | return 200 'it's';
   :                ^|
   :                 `-- the quoted text ends before this
   `----
  note: after a closing quote nginx accepts only white space, `;`, `{` or `)`
  help: put the whole argument in quotes; a quote that belongs to the text needs a `\` before it";
        assert_eq!(shown("return 200 'it's';\n"), expected[1..]);
    }

    #[test]
    fn a_brace_in_a_word_is_explained() {
        let expected = r"
error[nginx-brace-in-word]: `^/[0-9]{4}/` holds a brace outside of quotes
   ,-[nginx.conf:1:12]
 1 | location ~ ^/[0-9]{4}/ {
   :            ^^^^^^^^^^^
 2 | }
   `----
  note: to nginx a `{` in a word without quotes ends the word and begins a block
  help: put the regular expression in double quotes";
        assert_eq!(shown("location ~ ^/[0-9]{4}/ {\n}\n"), expected[1..]);
    }

    #[test]
    fn the_tag_of_a_template_is_explained() {
        let expected = r"
error[nginx-template]: `{% if tls %}` is a template's tag, not a directive
   ,-[nginx.conf:1:1]
 1 | {% if tls %}
   : ^^^^^^^^^^^^
 2 | listen {{ port }};
   `----
  note: nginx cannot read this file as it stands: something has to fill in the template first; only
        the first tag is told of
  help: check the file that the template makes; `${NAME}` alone can stand in a configuration";
        assert_eq!(shown("{% if tls %}\nlisten {{ port }};\n{% endif %}\n"), expected[1..]);
    }

    #[test]
    fn a_byte_order_mark_is_explained() {
        let expected = r"
error[nginx-byte-order-mark]: the file begins with a byte order mark
   ,-[nginx.conf:1:1]
 1 | events {
   : ^
   : `-- here, though it cannot be seen
 2 | }
   `----
  note: nginx takes it for the beginning of the first directive's name, which it then does not know
  help: save the file as UTF-8 without a byte order mark";
        assert_eq!(shown("\u{feff}events {\n}\n"), expected[1..]);
    }

    #[test]
    fn blocks_too_deep_and_words_too_long_are_explained() {
        let said = shown(&format!("{}{}", "a {\n".repeat(65), "}\n".repeat(65)));
        assert!(said.starts_with("error[nginx-too-deep]: blocks are nested more than 64 deep\n"), "{said}");
        assert_eq!(said.matches("error[").count(), 1, "{said}");
        let word = "x".repeat(4095);
        assert_eq!(shown(&format!("a {word};\n#{}\na '{}';", &word[1..], &word[1..])), "");
        for (text, what) in [
            (format!("a {word}x;"), "argument"),
            (format!("a '{word}';"), "argument"),
            (format!("#{word}\n"), "comment"),
        ] {
            let said = shown(&text);
            let expected = format!("error[nginx-too-long]: this {what} is longer than nginx's buffer\n");
            assert!(said.starts_with(&expected), "{said}");
        }
    }
}
