//! Every shape of every instruction of a Dockerfile: the step that it becomes, and the instruction that the step is printed as.

use stackc::import::{Alone, dockerfile_alone};

use crate::snapshot::repository;

/// What a Dockerfile with this text becomes.
fn described(text: &str) -> Alone {
    let made = dockerfile_alone("Dockerfile", text).unwrap_or_else(|| panic!("{text}: stays as it is"));
    assert_eq!(made.differing, [], "{text}: what comes back differs\n{}", made.text);
    made
}

/// The steps behind `base` that instructions become, without the indentation of their block.
fn steps(instructions: &str) -> String {
    let made = described(&format!("FROM alpine:3.22\n{instructions}\n"));
    let emitted = made.emitted.unwrap_or_else(|| panic!("{instructions}: cannot be compiled\n{}", made.text));
    assert!(emitted.contains("\nFROM alpine:3.22\n"), "{emitted}");
    let block = made.text.strip_prefix("defaults plain\ndockerfile Dockerfile {").unwrap();
    let inner = block.trim_end().strip_suffix('}').unwrap();
    let lines: Vec<&str> = match inner.strip_prefix('\n') {
        Some(lines) => lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect(),
        None => inner.trim().split("; ").collect(),
    };
    let base = lines[0].split_whitespace().collect::<Vec<_>>();
    assert_eq!(base, ["base", "alpine:3.22"]);
    lines[1..].join("\n").trim_end().to_owned()
}

/// The words of a text, one space apart: columns, and what stands on one line, are the formatter's.
fn words(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.trim_end_matches(';'));
    words.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(instructions: &str, expected: &str) {
    assert_eq!(words(&steps(instructions)), words(expected), "{instructions}");
}

/// What is printed for instructions, without the header.
fn printed(text: &str) -> String {
    let emitted = described(text).emitted.unwrap();
    let lines = emitted.lines().skip_while(|line| line.starts_with('#') || line.is_empty());
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn a_text_for_a_shell_is_a_run() {
    check("RUN npm ci", "run \"npm ci\"");
    check("RUN echo \"a\" $B \\$c", "run 'echo \"a\" $B \\$c'");
    check("RUN echo \"it's ${A}\"", "run \"echo \\\"it's $${A}\\\"\"");
    check("RUN [ -f a ] || echo b", "run \"[ -f a ] || echo b\"");
    check("RUN cat <<< $A", "run \"cat <<< $A\"");
    check("RUN [\"npm\", \"ci\"]", "run exec npm ci");
}

#[test]
fn lines_that_go_on_stay_lines() {
    let text = "FROM alpine:3.22\nRUN set -eux; \\\n    # why\n    apk add curl && \\\n\n\tcurl \"$A\"\n";
    assert_eq!(
        steps(text.strip_prefix("FROM alpine:3.22\n").unwrap().trim_end()),
        "run \"\"\"\n  set -eux; \\\n      # why\n      apk add curl && \\\n\n  \tcurl \"$A\"\n  \"\"\""
    );
    assert_eq!(printed(text), text);
    let command = "FROM alpine:3.22\nCMD a --one && \\\n    b --two\n";
    assert_eq!(printed(command), command);
}

#[test]
fn what_a_run_is_given_stands_in_its_block() {
    check(
        "RUN --mount=type=cache,target=/root/.npm,sharing=locked npm ci",
        "run \"npm ci\" { cache /root/.npm { sharing locked } }",
    );
    check(
        "RUN --mount=type=bind,source=uv.lock,target=uv.lock --network=none --security=sandbox uv sync",
        "run \"uv sync\" { bind uv.lock at uv.lock network none security sandbox }",
    );
    check("RUN --mount=type=tmpfs,target=/tmp,size=64m make", "run \"make\" { tmpfs /tmp { size 64m } }");
}

#[test]
fn heredocs_keep_their_names() {
    check("RUN <<EOF\na\nb\nEOF", "run \"\"\" a b \"\"\"");
    check("RUN <<-END\n\ta\nEND", "run \"<<-END\" { heredoc END \"\\ta\" }");
    check("RUN python3 <<'PY'\nprint(1)\nPY", "run \"python3 <<'PY'\" { heredoc PY \"print(1)\" }");
    check(
        "RUN cat <<A > /a && cat <<B > /b\n1\nA\nB",
        "run \"cat <<A > /a && cat <<B > /b\" { heredoc A \"1\" heredoc B \"\" }",
    );
    let text = "FROM alpine:3.22\nRUN <<-EOF bash\n\tif true; then\n\t\ta\n\tfi\nEOF\n";
    assert_eq!(printed(text), text);
}

#[test]
fn files_are_copied_and_added() {
    check("COPY a b /srv/", "copy a b to /srv/");
    check("COPY [\"a b\", \"/srv/c d\"]", "copy \"a b\" to \"/srv/c d\"");
    check("COPY [\"a\", \"/srv/\"]", "copy \"a\" to \"/srv/\"");
    check("COPY $A/b ${C:-d}/ ./", "copy $A/b $${C:-d}/ to ./");
    check("COPY --link --chown=1:1 --chmod=755 . /app", "copy . to /app { link chown 1:1 chmod 755 }");
    check("COPY --exclude=*.md --parents=false . /app", "copy . to /app { exclude *.md parents off }");
    check("COPY --from=busybox:1.37 /bin/a /bin/a", "copy /bin/a to /bin/a from image busybox:1.37");
    check("ADD a.tar.gz /opt/", "add a.tar.gz to /opt/");
    check(
        "ADD --keep-git-dir https://example.org/a.git /a",
        "add https://example.org/a.git to /a { keep-git-dir }",
    );
}

#[test]
fn variables_and_labels_keep_their_quotes() {
    check("ENV A=1 B=\"x $A\" C='$A'", "env { A 1 B \"x $A\" C '$A' }");
    check("ENV A one two", "env { A \"one two\" }");
    check("ENV A=", "env { A \"\" }");
    check("ARG A", "arg A");
    check("ARG A=1", "arg A 1");
    check("ARG A=\"1\"", "arg A \"1\"");
    check("ARG A='1'", "arg A '1'");
    check("ARG A=${B:-c}", "arg A $${B:-c}");
    check("LABEL a=\"b c\" \"d\"=e", "labels { a \"b c\" \"d\" e }");
    check("WORKDIR '/app'", "workdir '/app'");
}

#[test]
fn what_the_image_runs_is_said_as_it_was() {
    check("CMD [\"node\", \"a b\", \"$X\"]", "command node \"a b\" $X");
    check("CMD [\"shell\"]", "command \"shell\"");
    check("CMD node a.js ${X:-1}", "command shell 'node a.js ${X:-1}'");
    check("ENTRYPOINT [\"/entry.sh\"]", "entrypoint /entry.sh");
    check("ENTRYPOINT exec server", "entrypoint shell \"exec server\"");
    check(
        "HEALTHCHECK --interval=5s --timeout=3s --start-period=1m --start-interval=1s --retries=3 CMD a || exit 1",
        "health shell \"a || exit 1\" { every 5s timeout 3s start 1m start_interval 1s retries 3 }",
    );
    check("HEALTHCHECK CMD [\"true\"]", "health exec true");
    check("HEALTHCHECK NONE", "health none");
}

#[test]
fn settings_of_the_image_have_a_step_each() {
    check("EXPOSE 80 443/tcp 8000-8010/udp $PORT", "expose 80 443/tcp 8000-8010/udp $PORT");
    check("VOLUME /a /b", "volume /a /b");
    check("VOLUME [\"/a\"]", "volume \"/a\"");
    check("USER ${UID:-1000}:node", "user $${UID:-1000}:node");
    check("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]", "shell /bin/bash -o pipefail -c");
    check("STOPSIGNAL SIGINT", "stopsignal SIGINT");
    check("MAINTAINER Web <web@example.org>", "maintainer \"Web <web@example.org>\"");
    check("ONBUILD COPY . /app", "onbuild { copy . to /app }");
}

#[test]
fn what_no_step_says_is_raw_for_that_instruction_alone() {
    check("ARG A=1 B=2\nUSER a", "raw dockerfile 'ARG A=1 B=2' user a");
    check("LABEL a b", "raw dockerfile 'LABEL a b'");
    check("CMD [\"a\"]\nCMD [\"b\"]", "command a raw dockerfile 'CMD [\"b\"]'");
    check("COPY <<EOF /a\nb $C\nEOF", "raw dockerfile \"\"\" COPY <<EOF /a b $C EOF \"\"\"");
    check("RUN --mount=type=secret,id=a b", "raw dockerfile 'RUN --mount=type=secret,id=a b'");
    check("CMD ['a']", "raw dockerfile \"\"\" CMD ['a'] \"\"\"");
}

#[test]
fn stages_are_blocks_but_for_a_last_one_without_a_name() {
    let text = "\
# syntax=docker/dockerfile:1.20
# check=skip=StageNameCasing,UndefinedVar;error=true

# which node
ARG TAG=24

# builds
FROM --platform=$BUILDPLATFORM node:${TAG} AS build
WORKDIR /src
COPY . .

# the steps
RUN npm ci
FROM alpine:3.22
RUN apk add tini
FROM \"nginx:1.28\"
COPY --from=build /src/dist /srv
COPY --from=1 /sbin/tini /sbin/tini
# the end
";
    let made = described(text);
    assert_eq!(
        made.text,
        "\
defaults plain
dockerfile Dockerfile {
  syntax docker/dockerfile:1.20
  check  skip StageNameCasing UndefinedVar
  check  error

  # which node
  arg TAG 24

  # builds
  stage build {
    base    node:$${TAG} { platform $BUILDPLATFORM }
    workdir /src
    copy    . to .

    # the steps
    run \"npm ci\"
  }
  stage { base alpine:3.22; run \"apk add tini\" }
  base \"nginx:1.28\"
  copy /src/dist  to /srv from build
  copy /sbin/tini to /sbin/tini from 1
  # the end
}
"
    );
    assert_eq!(made.raw, 0);
}

#[test]
fn a_file_that_cannot_be_said_stays_as_it_is() {
    for text in ["", "RUN a\n", "# escape=`\nFROM a\n", "FROM\n", "USER a\nFROM b\n"] {
        assert!(dockerfile_alone("Dockerfile", text).is_none(), "{text}");
    }
}

#[test]
fn line_endings_of_windows_are_no_difference() {
    let made = described("FROM alpine:3.22\r\nRUN a && \\\r\n    b\r\n");
    assert!(!made.text.contains('\r'));
    assert_eq!(made.raw, 0);
}

#[test]
fn what_stackc_prints_comes_back_without_raw_text() {
    let mut report = String::new();
    for path in super::files_named("Dockerfile") {
        let text = std::fs::read_to_string(repository().join(&path)).unwrap();
        match dockerfile_alone("Dockerfile", &text) {
            Some(made) if made.differing.is_empty() && made.emitted.is_some() => {}
            Some(made) => report += &format!("{path}: {:?}\n{}\n", made.differing, made.text),
            None => report += &format!("{path} stays as it is\n"),
        }
    }
    assert!(report.is_empty(), "{report}");
}
