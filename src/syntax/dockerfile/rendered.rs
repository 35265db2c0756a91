//! What a person sees of each mistake, code by code.

#[cfg(test)]
use crate::diagnostic::Sink;
use crate::render::{Look, terminal};
use crate::source::SourceMap;
use crate::syntax::dockerfile::mistakes::CODES;
use crate::syntax::dockerfile::read;

#[track_caller]
fn check(code: &str, text: &str, expected: &str) {
    let mut map = SourceMap::default();
    let file = map.add("Dockerfile", text);
    let mut sink = Sink::default();
    let _ = read(file, text, &mut sink);
    sink.finish();
    assert!(CODES.contains(&code) && sink.diagnostics.iter().any(|found| found.code == code));
    assert_eq!(terminal::findings(&sink, &map, &Look::PLAIN).trim_end(), expected.trim());
}

#[test]
fn an_unknown_instruction_is_told_with_the_one_that_was_meant() {
    check(
        "docker-unknown-instruction",
        "FROM alpine\nWRKDIR /app\nnpm ci\n",
        r"
error[docker-unknown-instruction]: there is no instruction `WRKDIR`
   ╭─[Dockerfile:2:1]
 1 │ FROM alpine
 2 │ WRKDIR /app
   · ──────
 3 │ npm ci
   ╰────
  help: did you mean `WORKDIR`?

error[docker-unknown-instruction]: there is no instruction `npm`
   ╭─[Dockerfile:3:1]
 2 │ WRKDIR /app
 3 │ npm ci
   · ───
   ╰────
  note: every line that does not continue the one before it begins with an instruction
  help: if it belongs to the line before it, end that one with the escape character, usually `\`
",
    );
}

#[test]
fn a_heredoc_ends_with_its_name_alone() {
    check(
        "docker-unclosed-heredoc",
        "FROM alpine\nRUN <<EOF\n  echo 1\n  EOF\nCOPY <<-A <<B /x/\n\tA\nb\nUSER app\n",
        r"
error[docker-unclosed-heredoc]: the heredoc `<<EOF` has no end
   ╭─[Dockerfile:2:5]
 1 │ FROM alpine
 2 │ RUN <<EOF
   ·     ─────
 3 │   echo 1
 4 │   EOF
   · ──┬──
   ·   ╰── this line is not its end: there is white space on it
 5 │ COPY <<-A <<B /x/
   ╰────
  note: nothing may stand before it or after it
  help: remove the white space

error[docker-unclosed-heredoc]: the heredoc `<<B` has no end
   ╭─[Dockerfile:5:11]
 4 │   EOF
 5 │ COPY <<-A <<B /x/
   ·           ───
 6 │     A
   ╰────
  note: everything up to the end of the file would belong to it
  help: write `B` on a line of its own after its text
",
    );
}

#[test]
fn a_flag_is_one_that_the_instruction_has() {
    check(
        "docker-bad-flag",
        "FROM --platform alpine\nCOPY --form=a --link=maybe --chown=1 --chown=2 b c\nCMD --rm x\n",
        r"
error[docker-bad-flag]: `--platform` has no value
   ╭─[Dockerfile:1:6]
 1 │ FROM --platform alpine
   ·      ──────────
 2 │ COPY --form=a --link=maybe --chown=1 --chown=2 b c
   ╰────
  note: a value follows its flag after a `=`; what stands after a space is an argument
  help: write `--platform=value`

error[docker-bad-flag]: `COPY` has no flag `--form`
   ╭─[Dockerfile:2:6]
 1 │ FROM --platform alpine
 2 │ COPY --form=a --link=maybe --chown=1 --chown=2 b c
   ·      ────────
 3 │ CMD --rm x
   ╰────
  help: did you mean `--from`?

error[docker-bad-flag]: `--link=maybe` is neither true nor false
   ╭─[Dockerfile:2:15]
 1 │ FROM --platform alpine
 2 │ COPY --form=a --link=maybe --chown=1 --chown=2 b c
   ·               ────────────
 3 │ CMD --rm x
   ╰────
  note: `--link` is on or off
  help: write `--link`, or leave it out

error[docker-bad-flag]: `--chown` is given a second time
   ╭─[Dockerfile:2:38]
 1 │ FROM --platform alpine
 2 │ COPY --form=a --link=maybe --chown=1 --chown=2 b c
   ·                            ────┬──── ─────────
   ·                                ╰── given here already
 3 │ CMD --rm x
   ╰────
  note: the builder takes this flag once in an instruction
  help: remove one of them

error[docker-bad-flag]: `CMD` has no flag `--rm`
   ╭─[Dockerfile:3:5]
 2 │ COPY --form=a --link=maybe --chown=1 --chown=2 b c
 3 │ CMD --rm x
   ·     ────
   ╰────
  note: `CMD` has no flags at all
  help: remove it; flags of the command that is run stand after the command
",
    );
}

#[test]
fn a_text_that_is_nearly_an_array_is_told_of() {
    check(
        "docker-bad-json",
        "FROM alpine\nRUN [ -d /x ] && y\nCMD ['npm', 'start']\nENTRYPOINT [\"a\", 1]\nSHELL /bin/sh -c\n",
        r#"
warning[docker-bad-json]: `['npm', 'start']` looks like an array and is none
   ╭─[Dockerfile:3:5]
 2 │ RUN [ -d /x ] && y
 3 │ CMD ['npm', 'start']
   ·     ────────────────
 4 │ ENTRYPOINT ["a", 1]
   ╰────
  note: JSON knows no single quotes; the builder takes what is no JSON as plain words, brackets and
        all
  help: write it like `["program", "argument"]`

error[docker-bad-json]: `["a", 1]` holds something else than texts
   ╭─[Dockerfile:4:12]
 3 │ CMD ['npm', 'start']
 4 │ ENTRYPOINT ["a", 1]
   ·            ────────
 5 │ SHELL /bin/sh -c
   ╰────
  note: the builder takes arrays of texts alone: no numbers, no `true`, no arrays in arrays
  help: put each argument in double quotes: `["sleep", "1"]`

error[docker-bad-json]: `SHELL` needs a JSON array, not `/bin/sh -c`
   ╭─[Dockerfile:5:7]
 4 │ ENTRYPOINT ["a", 1]
 5 │ SHELL /bin/sh -c
   ·       ──────────
   ╰────
  note: there is no shell yet that could take a text apart
  help: write `SHELL ["/bin/sh", "-c"]`
"#,
    );
}

#[test]
fn an_instruction_has_what_it_needs() {
    check(
        "docker-missing-arguments",
        "FROM alpine\nCOPY a\nWORKDIR\nHEALTHCHECK CMD\nVOLUME [\"\"]\n",
        r#"
error[docker-missing-arguments]: `COPY` has no destination
   ╭─[Dockerfile:2:1]
 1 │ FROM alpine
 2 │ COPY a
   · ──────
 3 │ WORKDIR
   ╰────
  note: the last argument is where to, those before it what
  help: write `COPY source destination`

error[docker-missing-arguments]: `WORKDIR` lacks an argument
   ╭─[Dockerfile:3:1]
 2 │ COPY a
 3 │ WORKDIR
   · ───────
 4 │ HEALTHCHECK CMD
   ╰────
  note: the builder refuses the instruction without one
  help: write `WORKDIR /path`

error[docker-missing-arguments]: `HEALTHCHECK` lacks a command
   ╭─[Dockerfile:4:1]
 3 │ WORKDIR
 4 │ HEALTHCHECK CMD
   · ───────────────
 5 │ VOLUME [""]
   ╰────
  note: nothing would be run as the check
  help: write `HEALTHCHECK CMD command`

error[docker-missing-arguments]: `VOLUME` lacks a path
   ╭─[Dockerfile:5:1]
 4 │ HEALTHCHECK CMD
 5 │ VOLUME [""]
   · ───────────
   ╰────
  note: each path must be a text that is not empty
  help: write `VOLUME /path`
"#,
    );
}

#[test]
fn a_directive_is_given_once() {
    check(
        "docker-duplicate-directive",
        "# escape=`\n# Escape=`\nFROM alpine\n",
        r"
error[docker-duplicate-directive]: the directive `Escape` is given twice
   ╭─[Dockerfile:2:3]
 1 │ # escape=`
   ·   ───┬──
   ·      ╰── given here already
 2 │ # Escape=`
   ·   ────────
 3 │ FROM alpine
   ╰────
  note: the builder takes each directive once
  help: remove one of them; a comment that should not be one can stand after an empty line
",
    );
}

#[test]
fn the_escape_character_is_one_of_two() {
    check(
        "docker-bad-directive",
        "# escape=/\nFROM alpine\n",
        r"
error[docker-bad-directive]: `/` cannot be the escape character
   ╭─[Dockerfile:1:10]
 1 │ # escape=/
   ·          ─
 2 │ FROM alpine
   ╰────
  note: it is either the backslash, as without the directive, or the backtick
  help: write `# escape=` and one of the two, and nothing after it on that line
",
    );
}

#[test]
fn pairs_have_a_name_and_a_value() {
    check(
        "docker-env-form",
        "FROM alpine\nENV A=b c d=e\nENV A\nARG =x\n",
        r#"
error[docker-env-form]: `c` has no `=`
   ╭─[Dockerfile:2:9]
 1 │ FROM alpine
 2 │ ENV A=b c d=e
   ·         ─
 3 │ ENV A
   ╰────
  note: after a first `name=value`, every word of `ENV` is one, and white space ends a value
  help: put a value with spaces in double quotes: `NAME="two words"`

error[docker-env-form]: `A` has no value
   ╭─[Dockerfile:3:5]
 2 │ ENV A=b c d=e
 3 │ ENV A
   ·     ─
 4 │ ARG =x
   ╰────
  note: `ENV` takes `name=value`; it takes nothing over from outside
  help: write `ENV A=` and a value, or declare it with `ARG`

error[docker-env-form]: nothing stands before the `=` of `=x`
   ╭─[Dockerfile:4:5]
 3 │ ENV A
 4 │ ARG =x
   ·     ──
   ╰────
  note: the builder refuses an empty name; a space before a `=` ends the name
  help: write `ARG NAME=default`, without spaces around the `=`
"#,
    );
}

#[test]
fn a_stage_has_an_image_and_perhaps_a_name() {
    check(
        "docker-from-form",
        "FROM alpine # the base\nFROM alpine AS 1st\n",
        r"
error[docker-from-form]: `FROM alpine # the base` is not a form of `FROM`
   ╭─[Dockerfile:1:1]
 1 │ FROM alpine # the base
   · ──────────────────────
 2 │ FROM alpine AS 1st
   ╰────
  note: it takes an image, and after it nothing or `AS` and the name of the stage
  help: write `FROM image` or `FROM image AS name`; a comment stands on a line of its own

error[docker-from-form]: `1st` cannot be the name of a stage
   ╭─[Dockerfile:2:16]
 1 │ FROM alpine # the base
 2 │ FROM alpine AS 1st
   ·                ───
   ╰────
  note: a name begins with a letter and goes on with letters, digits, `-`, `_` and `.`
  help: choose such a name, here and where the stage is used
",
    );
}

#[test]
fn a_check_is_none_or_a_command() {
    check(
        "docker-healthcheck-form",
        "FROM alpine\nHEALTHCHECK NONE x\nHEALTHCHECK --interval=1s curl -f localhost\n",
        r"
error[docker-healthcheck-form]: `HEALTHCHECK NONE` takes no arguments
   ╭─[Dockerfile:2:13]
 1 │ FROM alpine
 2 │ HEALTHCHECK NONE x
   ·             ──────
 3 │ HEALTHCHECK --interval=1s curl -f localhost
   ╰────
  note: it says that there is no check
  help: write `HEALTHCHECK NONE` alone, or `HEALTHCHECK CMD` before the command

error[docker-healthcheck-form]: `curl` is not a kind of check
   ╭─[Dockerfile:3:27]
 2 │ HEALTHCHECK NONE x
 3 │ HEALTHCHECK --interval=1s curl -f localhost
   ·                           ─────────────────
   ╰────
  note: after its flags stands `CMD` with the command, or `NONE`
  help: write `HEALTHCHECK CMD curl -f localhost`
",
    );
}

#[test]
fn a_trigger_is_no_trigger_and_no_base() {
    check(
        "docker-onbuild-trigger",
        "FROM alpine\nONBUILD ONBUILD RUN x\n",
        r"
error[docker-onbuild-trigger]: `ONBUILD` cannot hold `ONBUILD`
   ╭─[Dockerfile:2:9]
 1 │ FROM alpine
 2 │ ONBUILD ONBUILD RUN x
   ·         ───────
   ╰────
  note: what it holds is run by another build after its own `FROM`
  help: remove it, or name another instruction, such as `ONBUILD COPY` or `ONBUILD RUN`
",
    );
}

#[test]
fn a_heredoc_is_copied_to_a_path() {
    check(
        "docker-heredoc-destination",
        "FROM alpine\nCOPY a <<EOF\nx\nEOF\n",
        r"
error[docker-heredoc-destination]: `<<EOF` cannot be a destination
   ╭─[Dockerfile:2:8]
 1 │ FROM alpine
 2 │ COPY a <<EOF
   ·        ─────
 3 │ x
   ╰────
  note: a heredoc is what is copied; the last argument is where to
  help: write `COPY <<EOF /path/of/the/file`
",
    );
}
