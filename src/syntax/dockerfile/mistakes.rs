//! What a person is told about each kind of mistake in a Dockerfile.

use super::keyword::Keyword;
use super::tree::{Mistake, MistakeKind};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::found::{self, Kind};
use crate::syntax::quote::quote;

/// The code of every diagnostic of the reader.
pub const CODES: &[&str] = &[
    "docker-bad-directive",
    "docker-bad-flag",
    "docker-bad-json",
    "docker-duplicate-directive",
    "docker-env-form",
    "docker-from-form",
    "docker-healthcheck-form",
    "docker-heredoc-destination",
    "docker-missing-arguments",
    "docker-onbuild-trigger",
    "docker-unclosed-heredoc",
    "docker-unknown-instruction",
];

/// A mistake with what else was seen.
pub(super) type Found = found::Found<MistakeKind, Hint>;

/// The mistakes of a file.
pub(super) type Mistakes = found::Mistakes<MistakeKind, Hint>;

impl Kind for MistakeKind {}

/// What helps to explain a mistake.
#[derive(Clone, Debug, Default)]
pub(super) enum Hint {
    /// Nothing.
    #[default]
    None,
    /// The instruction that it is about.
    Keyword(Keyword),
    /// The instruction whose flag it is, and where the flag's name stands.
    Flag(Keyword, Span),
    /// What is repeated.
    First(Span),
    /// The delimiter of a heredoc, whether tabs may stand before it, and the line that is nearly that.
    Heredoc(String, bool, Option<Span>),
}

impl Found {
    pub(super) fn mistake(&self) -> Mistake {
        Mistake { kind: self.kind, span: self.span }
    }

    /// What is said about it; `text` is the whole file.
    pub(super) fn explain(&self, text: &str) -> Diagnostic {
        let site = Site { found: self, raw: &text[self.span.range()], text };
        match self.kind {
            MistakeKind::UnknownInstruction => unknown_instruction(&site),
            MistakeKind::MissingArguments => missing_arguments(&site),
            MistakeKind::UnknownFlag => unknown_flag(&site),
            MistakeKind::RepeatedFlag => repeated_flag(&site),
            MistakeKind::FlagWithoutValue => flag_without_value(&site),
            MistakeKind::FlagNotBoolean => flag_not_boolean(&site),
            MistakeKind::ArrayForShell => array_for_shell(&site),
            MistakeKind::ArrayOfOthers => array_of_others(&site),
            MistakeKind::NotArray => not_array(&site),
            MistakeKind::PairWithoutEquals => pair_without_equals(&site),
            MistakeKind::PairWithoutValue => pair_without_value(&site),
            MistakeKind::PairWithoutName => pair_without_name(&site),
            MistakeKind::FromForm => from_form(&site),
            MistakeKind::StageName => stage_name(&site),
            MistakeKind::HealthForm => health_form(&site),
            MistakeKind::Trigger => trigger(&site),
            MistakeKind::HeredocDestination => heredoc_destination(&site),
            MistakeKind::UnclosedHeredoc => unclosed_heredoc(&site),
            MistakeKind::DuplicateDirective => duplicate_directive(&site),
            MistakeKind::BadEscape => bad_escape(&site),
        }
    }
}

/// A mistake's place in its file.
struct Site<'a> {
    found: &'a Found,
    raw: &'a str,
    text: &'a str,
}

impl Site<'_> {
    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message, self.found.span)
    }

    /// The name of the instruction that the mistake is about.
    fn keyword(&self) -> Keyword {
        match self.found.hint {
            Hint::Keyword(keyword) | Hint::Flag(keyword, _) => keyword,
            Hint::None | Hint::First(_) | Hint::Heredoc(..) => Keyword::Unknown,
        }
    }

    /// A flag without its value, as it stands.
    fn flag_name(&self) -> &str {
        self.raw.split('=').next().unwrap_or(self.raw)
    }
}

fn unknown_instruction(site: &Site<'_>) -> Diagnostic {
    if site.raw.is_empty() {
        return site
            .error("docker-unknown-instruction", "this line continuation continues nothing")
            .note("the lines that it joins hold no instruction")
            .help("remove it");
    }
    let diagnostic =
        site.error("docker-unknown-instruction", format!("there is no instruction {}", quote(site.raw)));
    match nearest(site.raw, Keyword::ALL.iter().map(|(name, _)| *name)) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => diagnostic
            .note("every line that does not continue the one before it begins with an instruction")
            .help(
                "if it belongs to the line before it, end that one with the escape character, usually `\\`",
            ),
    }
}

/// An instruction as it could be.
fn example(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Add => "ADD source destination",
        Keyword::Arg => "ARG NAME=default",
        Keyword::Cmd => r#"CMD ["program", "argument"]"#,
        Keyword::Copy => "COPY source destination",
        Keyword::Entrypoint => r#"ENTRYPOINT ["program", "argument"]"#,
        Keyword::Env => "ENV NAME=value",
        Keyword::Expose => "EXPOSE 8080",
        Keyword::From => "FROM image AS name",
        Keyword::Healthcheck => "HEALTHCHECK CMD command",
        Keyword::Label => "LABEL name=value",
        Keyword::Maintainer => "MAINTAINER name",
        Keyword::Onbuild => "ONBUILD RUN command",
        Keyword::Run | Keyword::Unknown => "RUN command",
        Keyword::Shell => r#"SHELL ["/bin/sh", "-c"]"#,
        Keyword::Stopsignal => "STOPSIGNAL SIGTERM",
        Keyword::User => "USER name",
        Keyword::Volume => "VOLUME /path",
        Keyword::Workdir => "WORKDIR /path",
    }
}

fn missing_arguments(site: &Site<'_>) -> Diagnostic {
    let keyword = site.keyword();
    let name = keyword.name();
    let (message, note) = match keyword {
        Keyword::Add | Keyword::Copy => {
            (format!("`{name}` has no destination"), "the last argument is where to, those before it what")
        }
        Keyword::Volume => (format!("`{name}` lacks a path"), "each path must be a text that is not empty"),
        Keyword::Healthcheck => (format!("`{name}` lacks a command"), "nothing would be run as the check"),
        _ => (format!("`{name}` lacks an argument"), "the builder refuses the instruction without one"),
    };
    site.error("docker-missing-arguments", message)
        .note(note)
        .help(format!("write {}", quote(example(keyword))))
}

fn unknown_flag(site: &Site<'_>) -> Diagnostic {
    let keyword = site.keyword();
    let name = keyword.name();
    let flags = keyword.flags().map(|(name, _)| name);
    let written = match site.found.hint {
        Hint::Flag(_, span) => &site.text[span.range()],
        _ => site.flag_name(),
    };
    let diagnostic =
        site.error("docker-bad-flag", format!("`{name}` has no flag {}", quote(site.flag_name())));
    if let Some(near) = nearest(written, flags) {
        return diagnostic.help(format!("did you mean `--{near}`?"));
    }
    let known: Vec<String> = keyword.flags().map(|(name, _)| format!("`--{name}`")).collect();
    let diagnostic = diagnostic.note(match known.as_slice() {
        [] => format!("`{name}` has no flags at all"),
        known => format!("it has {}", known.join(", ")),
    });
    if keyword == Keyword::From || known.is_empty() {
        return diagnostic.help("remove it; flags of the command that is run stand after the command");
    }
    diagnostic.help("remove it; after `--` alone, nothing is read as a flag")
}

fn repeated_flag(site: &Site<'_>) -> Diagnostic {
    let diagnostic =
        site.error("docker-bad-flag", format!("{} is given a second time", quote(site.flag_name())));
    let diagnostic = match site.found.hint {
        Hint::First(first) => diagnostic.label(first, "given here already"),
        _ => diagnostic,
    };
    diagnostic.note("the builder takes this flag once in an instruction").help("remove one of them")
}

fn flag_without_value(site: &Site<'_>) -> Diagnostic {
    site.error("docker-bad-flag", format!("{} has no value", quote(site.raw)))
        .note("a value follows its flag after a `=`; what stands after a space is an argument")
        .help(format!("write {}", quote(&format!("{}=value", site.raw))))
}

fn flag_not_boolean(site: &Site<'_>) -> Diagnostic {
    let name = site.flag_name();
    site.error("docker-bad-flag", format!("{} is neither true nor false", quote(site.raw)))
        .note(format!("{} is on or off", quote(name)))
        .help(format!("write {}, or leave it out", quote(name)))
}

fn array_for_shell(site: &Site<'_>) -> Diagnostic {
    let reason = if site.raw.contains('\'') {
        "JSON knows no single quotes"
    } else if !site.raw.ends_with(']') {
        "nothing may follow the `]`, and it must be there"
    } else if !site.raw.contains('"') {
        "in JSON every text stands in double quotes"
    } else if site.raw.trim_end_matches(']').trim_end().ends_with(',') {
        "in JSON no comma follows the last text"
    } else if site.raw.contains('\\') {
        "in JSON a backslash is written twice"
    } else {
        "in JSON every text stands in double quotes, with a comma between two"
    };
    Diagnostic::warning(
        "docker-bad-json",
        format!("{} looks like an array and is none", quote(site.raw)),
        site.found.span,
    )
    .note(format!("{reason}; the builder takes what is no JSON as plain words, brackets and all"))
    .help(r#"write it like `["program", "argument"]`"#)
}

fn array_of_others(site: &Site<'_>) -> Diagnostic {
    site.error("docker-bad-json", format!("{} holds something else than texts", quote(site.raw)))
        .note("the builder takes arrays of texts alone: no numbers, no `true`, no arrays in arrays")
        .help(r#"put each argument in double quotes: `["sleep", "1"]`"#)
}

fn not_array(site: &Site<'_>) -> Diagnostic {
    site.error("docker-bad-json", format!("`SHELL` needs a JSON array, not {}", quote(site.raw)))
        .note("there is no shell yet that could take a text apart")
        .help(format!("write {}", quote(example(Keyword::Shell))))
}

fn pair_without_equals(site: &Site<'_>) -> Diagnostic {
    let name = site.keyword().name();
    site.error("docker-env-form", format!("{} has no `=`", quote(site.raw)))
        .note(format!(
            "after a first `name=value`, every word of `{name}` is one, and white space ends a value"
        ))
        .help("put a value with spaces in double quotes: `NAME=\"two words\"`")
}

fn pair_without_value(site: &Site<'_>) -> Diagnostic {
    let name = site.keyword().name();
    let whole = format!("{name} {}=", site.raw);
    let diagnostic = site.error("docker-env-form", format!("{} has no value", quote(site.raw)));
    let diagnostic =
        diagnostic.note(format!("`{name}` takes `name=value`; it takes nothing over from outside"));
    if site.keyword() == Keyword::Env {
        let help = format!("write {} and a value, or declare it with `ARG`", quote(&whole));
        return diagnostic.help(help);
    }
    diagnostic.help(format!("write {} and a value", quote(&whole)))
}

fn pair_without_name(site: &Site<'_>) -> Diagnostic {
    site.error("docker-env-form", format!("nothing stands before the `=` of {}", quote(site.raw)))
        .note("the builder refuses an empty name; a space before a `=` ends the name")
        .help(format!("write {}, without spaces around the `=`", quote(example(site.keyword()))))
}

fn from_form(site: &Site<'_>) -> Diagnostic {
    site.error("docker-from-form", format!("{} is not a form of `FROM`", quote(site.raw)))
        .note("it takes an image, and after it nothing or `AS` and the name of the stage")
        .help("write `FROM image` or `FROM image AS name`; a comment stands on a line of its own")
}

fn stage_name(site: &Site<'_>) -> Diagnostic {
    site.error("docker-from-form", format!("{} cannot be the name of a stage", quote(site.raw)))
        .note("a name begins with a letter and goes on with letters, digits, `-`, `_` and `.`")
        .help("choose such a name, here and where the stage is used")
}

fn health_form(site: &Site<'_>) -> Diagnostic {
    let kind = site.raw.split_whitespace().next().unwrap_or_default();
    if kind.eq_ignore_ascii_case("NONE") {
        return site
            .error("docker-healthcheck-form", "`HEALTHCHECK NONE` takes no arguments")
            .note("it says that there is no check")
            .help("write `HEALTHCHECK NONE` alone, or `HEALTHCHECK CMD` before the command");
    }
    site.error("docker-healthcheck-form", format!("{} is not a kind of check", quote(kind)))
        .note("after its flags stands `CMD` with the command, or `NONE`")
        .help(format!("write {}", quote(&format!("HEALTHCHECK CMD {}", site.raw))))
}

fn trigger(site: &Site<'_>) -> Diagnostic {
    let name = site.keyword().name();
    site.error("docker-onbuild-trigger", format!("`ONBUILD` cannot hold `{name}`"))
        .note("what it holds is run by another build after its own `FROM`")
        .help("remove it, or name another instruction, such as `ONBUILD COPY` or `ONBUILD RUN`")
}

fn heredoc_destination(site: &Site<'_>) -> Diagnostic {
    let name = site.keyword().name();
    site.error("docker-heredoc-destination", format!("{} cannot be a destination", quote(site.raw)))
        .note("a heredoc is what is copied; the last argument is where to")
        .help(format!("write {}", quote(&format!("{name} {} /path/of/the/file", site.raw))))
}

fn unclosed_heredoc(site: &Site<'_>) -> Diagnostic {
    let (name, chomp, near) = match &site.found.hint {
        Hint::Heredoc(name, chomp, near) => (name.as_str(), *chomp, *near),
        Hint::None | Hint::Keyword(_) | Hint::Flag(..) | Hint::First(_) => (site.raw, false, None),
    };
    let diagnostic =
        site.error("docker-unclosed-heredoc", format!("the heredoc {} has no end", quote(site.raw)));
    let Some(near) = near else {
        return diagnostic
            .note("everything up to the end of the file would belong to it")
            .help(format!("write {} on a line of its own after its text", quote(name)));
    };
    let diagnostic = diagnostic.label(near, "this line is not its end: there is white space on it");
    let line = &site.text[near.range()];
    if !chomp && line.trim_start_matches('\t') == name {
        return diagnostic
            .note("tabs may stand before the end only after `<<-`")
            .help(format!("remove the tabs, or write {}", quote(&site.raw.replacen("<<", "<<-", 1))));
    }
    diagnostic
        .note(if chomp {
            "only tabs may stand before it, and nothing after it"
        } else {
            "nothing may stand before it or after it"
        })
        .help("remove the white space")
}

fn duplicate_directive(site: &Site<'_>) -> Diagnostic {
    let name = site.raw.split(['=', ' ', '\t']).next().unwrap_or_default();
    let diagnostic =
        site.error("docker-duplicate-directive", format!("the directive {} is given twice", quote(name)));
    let diagnostic = match site.found.hint {
        Hint::First(first) => diagnostic.label(first, "given here already"),
        _ => diagnostic,
    };
    diagnostic
        .note("the builder takes each directive once")
        .help("remove one of them; a comment that should not be one can stand after an empty line")
}

fn bad_escape(site: &Site<'_>) -> Diagnostic {
    site.error("docker-bad-directive", format!("{} cannot be the escape character", quote(site.raw)))
        .note("it is either the backslash, as without the directive, or the backtick")
        .help("write `# escape=` and one of the two, and nothing after it on that line")
}
