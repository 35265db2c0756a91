//! What must hold for every text: reading a Dockerfile never fails, its items are the whole text, printing changes nothing.

use stackc::diagnostic::Sink;
use stackc::source::{FileId, SourceMap, Span};
use stackc::syntax::dockerfile::tree::{Args, Command, Health, Instruction, Item, Tree, Word};
use stackc::syntax::dockerfile::{mistakes, print, read};

use super::mutation::{Amount, check_mutilated, check_shredded};

/// Texts without mistakes, between them with everything that the language has.
pub(crate) const TEXTS: &[&str] = &[
    "# syntax=docker/dockerfile:1\n# check=skip=all\n\nARG V=22 \\\n    X\nFROM --platform=$BUILDPLATFORM node:${V} AS build\n\
     WORKDIR /src\nCOPY --link package*.json ./\nRUN --mount=type=cache,target=/root/.npm \\\n    # once\n\n    npm ci && \\\n    \
     npm run build\n\nFROM nginx:1.29\nCOPY --from=build --chown=1:1 /src/dist /srv\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
    "FROM alpine\nRUN <<A 3<<-\"B\" cat\n# body\nA\n\t\tx\n\tB\nCOPY <<a.txt <<'b c' /x/\n1\na.txt\n2\nb c\nRUN <<-EOF\n\t#!/usr/bin/env python3\n\t\
     print()\n\tEOF\nONBUILD RUN <<E\nFROM x\nE\nuser app\n",
    "\u{feff}#escape=`\r\nFROM mcr/x:1\r\nRUN dir `\r\n  C:\\ `  \r\n  # c\r\n\r\n  b\r\nENV a=\"b c\" `\r\n d='e' f=g` h`\"\r\n  \r\n\t# end",
    "FROM a\nENV old  a value \"of\" words\nLABEL \"a b\"=c d=\"\u{e9}\\\"\"\nARG x y=z\nEXPOSE 80 443/tcp\nVOLUME [\"/a\", \"/\\u00e9\"]\nVOLUME /b /c\n\
     SHELL [ \"/bin/sh\" , \"-c\" ]\nSTOPSIGNAL SIGTERM\nHEALTHCHECK --interval=5s --retries=3 CMD curl -f http://x || exit 1\n\
     healthcheck none\nHEALTHCHECK CMD [\"a\"]\nENTRYPOINT\nUSER 1000:1000\nADD --checksum=sha256:aa http://x/y.tgz /y\nMAINTAINER x y\n",
];

/// What is put into them.
pub(crate) const SHREDS: &[&str] = &[
    "\\",
    "\\\n",
    "`\n",
    "\\ \n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    "#",
    "# x\n",
    "# escape=`\n",
    "\"",
    "'",
    "<<",
    "<<E",
    "<<-E ",
    "E\n",
    "\tE\n",
    "[",
    "]",
    "[\"a\", ",
    ",",
    "=",
    "--",
    "--a=b ",
    "$",
    "${",
    "${a:-",
    "}",
    "RUN ",
    "\nFROM ",
    "COPY ",
    "ENV ",
    "ONBUILD ",
    "HEALTHCHECK ",
    "CMD ",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "\u{0}",
    "\u{e9}",
    "\u{202e}",
    "x",
];

/// Every place of a tree.
fn spans(tree: &Tree) -> Vec<Span> {
    let mut spans: Vec<Span> = tree.mistakes.iter().map(|mistake| mistake.span).collect();
    for item in &tree.items {
        spans.push(item.lines());
        match item {
            Item::Directive(directive) => spans.extend([directive.name, directive.value.span]),
            Item::Comment(comment) => spans.push(comment.span),
            Item::Blank(_) => {}
            Item::Instruction(instruction) => of_instruction(instruction, &mut spans),
        }
    }
    spans
}

fn of_instruction(instruction: &Instruction, spans: &mut Vec<Span>) {
    let inside = |word: &Word| {
        let (outer, inner) = (instruction.span, word.span);
        assert!(outer.start <= inner.start && inner.end <= outer.end, "{word:?} in {instruction:?}");
        inner
    };
    spans.extend([instruction.span, instruction.args_span, inside(&instruction.name)]);
    spans.extend(instruction.joints.iter().map(|joint| joint.span));
    for flag in &instruction.flags {
        spans.extend([flag.span, inside(&flag.name)]);
        spans.extend(flag.value.as_ref().map(inside));
    }
    for heredoc in &instruction.heredocs {
        // An escaped space at the end of the line belongs to the delimiter and not to the arguments.
        spans.extend([heredoc.name.span, heredoc.body]);
        spans.extend(heredoc.interpreter.into_iter().chain(heredoc.close));
    }
    let command = |command: &Command, spans: &mut Vec<Span>| match command {
        Command::Exec(words) => spans.extend(words.iter().map(inside)),
        Command::Shell(word) => spans.push(inside(word)),
    };
    match &instruction.args {
        Args::None | Args::Health(Health::None) => {}
        Args::Command(run) | Args::Health(Health::Command(run)) => command(run, spans),
        Args::Words { words, .. } | Args::Ports(words) => spans.extend(words.iter().map(inside)),
        Args::Text(word) | Args::Raw(word) => spans.push(inside(word)),
        Args::Pairs { pairs, .. } => {
            spans.extend(pairs.iter().flat_map(|pair| [inside(&pair.name), inside(&pair.value)]));
        }
        Args::Declarations(declarations) => {
            let words = declarations.iter().flat_map(|one| std::iter::once(&one.name).chain(&one.default));
            spans.extend(words.map(inside));
        }
        Args::From { image, name } => spans.extend(std::iter::once(image).chain(name).map(inside)),
        Args::Trigger(inner) => of_instruction(inner, spans),
    }
}

fn tree_of(text: &str) -> (FileId, Tree, Sink) {
    let mut map = SourceMap::default();
    let file = map.add("Dockerfile", text);
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    (file, tree, sink)
}

pub(crate) fn check(text: &str) {
    let (file, tree, sink) = tree_of(text);
    assert_eq!(print(&tree, text), text);
    let diagnosed = sink
        .diagnostics
        .iter()
        .flat_map(|found| found.labels.iter().map(|label| label.span).chain([found.primary.span]));
    for span in spans(&tree).into_iter().chain(diagnosed) {
        assert!(span.file == file && span.start <= span.end, "{span:?} in {text:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    assert_eq!(sink.diagnostics.len(), tree.mistakes.len(), "one diagnostic a mistake: {text:?}");
    for found in &sink.diagnostics {
        assert!(mistakes::CODES.contains(&found.code), "{}", found.code);
        let said = [Some(&found.message), found.note.as_ref(), found.help.as_ref()];
        assert!(!said.into_iter().flatten().any(|said| said.contains(char::is_control)), "{found:?}");
    }
}

#[test]
fn texts_without_mistakes_are_read_without_any() {
    for text in TEXTS {
        let (_, _, sink) = tree_of(text);
        assert_eq!(sink.diagnostics, [], "{text}");
        check(text);
    }
}

/// Checks mutilated texts, and sequences of the special characters. `slow::property` checks all of them.
pub(crate) fn check_many(amount: Amount) {
    check_mutilated(amount, (TEXTS, SHREDS), 200, check);
    check_shredded(SHREDS, amount.of(50_000), check);
}

#[test]
fn mutilated_texts_are_read_and_printed() {
    check_many(Amount::Share);
}

#[test]
fn texts_made_to_be_slow_or_deep_are_read() {
    for shred in SHREDS.iter().copied().chain([
        "RUN <<E\n",
        "RUN <<A <<B\nA\n",
        "ONBUILD ",
        "ENV a=b ",
        "# syntax=x\n",
        "RUN [",
        "a\\\n",
        "RUN \\\n#\n",
        "--a ",
        "[[",
    ]) {
        check(&shred.repeat(3000));
        for before in ["RUN ", "RUN --a='", "ENV a=\"", "COPY ", "RUN cat << \"", "ONBUILD RUN <<E ", "CMD ["]
        {
            check(&format!("{before}{}", shred.repeat(1000)));
        }
    }
    let distinct = (0..3000).map(|number| format!("RUN <<E{number}")).collect::<Vec<_>>().join("\n") + "\n";
    check(&distinct);
}
