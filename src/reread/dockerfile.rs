//! A Dockerfile against the instructions that it was printed from: the same stages, instructions and flags, and the
//! same texts wherever they hold no variable.

use super::{Compared, Difference, reading, same};
use crate::backend::escape::docker::shell_source;
use crate::model::compose::{self, Health};
use crate::model::continued::joined;
use crate::model::dockerfile::{
    self, Copy, CopyFlags, CopyFrom, Dockerfile, Op, Run, RunMount, RunNetwork, Security, Stage,
};
use crate::model::values::Text;
use crate::source::{FileId, Span};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::quotes::plain;
use crate::syntax::dockerfile::tree::{self, Args, Command, Escape, Instruction, Pair, Word};
use crate::syntax::dockerfile::{print, read};

pub(super) fn compare(file: FileId, text: &str, meant: &Dockerfile) -> Compared {
    let tree = reading(file, text, read, print)?;
    let mut directives = meant.directives.iter();
    for found in tree.directives() {
        let Some(meant) = directives.next() else {
            return same(false, found.lines, "a comment has become a directive");
        };
        let kind = match meant.kind {
            dockerfile::DirectiveKind::Syntax => tree::DirectiveKind::Syntax,
            dockerfile::DirectiveKind::Check => tree::DirectiveKind::Check,
        };
        let is_same = found.kind == kind && found.value.text == meant.value && found.counts;
        same(is_same, found.lines, "a directive is not the one that was meant")?;
    }
    same(directives.next().is_none(), None, "a directive is missing")?;
    let mut found = tree.instructions();
    let mut next = || found.next().ok_or(Difference { at: None, why: "an instruction is missing" });
    for step in &meant.globals {
        instruction(text, next()?, &step.op)?;
    }
    for stage in &meant.stages {
        from(next()?, stage)?;
        for step in &stage.steps {
            instruction(text, next()?, &step.op)?;
        }
    }
    found.next().map_or(Ok(()), |found| same(false, found.span, "an instruction is too many"))
}

fn from(found: &Instruction, meant: &Stage) -> Compared {
    keyword(found, Keyword::From)?;
    let platform = meant.platform.as_ref().map(|platform| ("platform", Meant::Text(platform)));
    flags(found, platform.as_slice())?;
    let Args::From { image, name } = &found.args else { return other(found) };
    word(image, &meant.base)?;
    let meant = meant.name.as_ref().map(|name| name.value.as_str());
    same(name.as_ref().map(|name| name.text.as_str()) == meant, found.span, "a stage has another name")
}

fn keyword(found: &Instruction, meant: Keyword) -> Compared {
    same(found.keyword == meant, found.span, "there is another instruction")
}

fn other(found: &Instruction) -> Compared {
    same(false, found.span, "an instruction has arguments of another form")
}

/// A flag that was meant: its name, and what its value says or begins with.
type Flag<'a> = (&'static str, Meant<'a>);

/// What a flag's value was meant to be.
enum Meant<'a> {
    /// This, before variables are put in.
    Text(&'a Text),
    /// This, exactly.
    Exactly(&'a str),
    /// Something that begins with this.
    Begins(&'static str),
    /// `true`, which need not be written, or `false`.
    Switch(bool),
}

fn flags(found: &Instruction, meant: &[Flag<'_>]) -> Compared {
    same(found.flags.len() == meant.len(), found.span, "an instruction has more or fewer flags")?;
    found.flags.iter().zip(meant).try_for_each(|(found, (name, meant))| {
        same(found.name.text == *name, found.span, "an instruction has another flag")?;
        let Some(value) = &found.value else {
            return same(matches!(meant, Meant::Switch(true)), found.span, "a flag has no value");
        };
        match meant {
            Meant::Text(text) => word(value, text),
            Meant::Exactly(text) => same(value.text == *text, found.span, "a flag has another value"),
            Meant::Begins(text) => same(value.text.starts_with(text), found.span, "a flag has another value"),
            Meant::Switch(on) => {
                let meant = if *on { "true" } else { "false" };
                same(value.text == meant, found.span, "a flag has another value")
            }
        }
    })
}

/// Compares a word that `BuildKit` expands. What it comes to is known if it holds no variable.
fn word(found: &Word, meant: &Text) -> Compared {
    let said = meant.as_literal();
    let is_same =
        said.is_none_or(|said| plain(&found.text, Escape::Backslash).is_some_and(|found| found == said));
    same(is_same, found.span, "a text is not the one that was meant")
}

fn words(found: &[Word], meant: &[&Text], at: Span) -> Compared {
    same(found.len() == meant.len(), at, "an instruction has more or fewer arguments")?;
    found.iter().zip(meant).try_for_each(|(found, meant)| word(found, meant))
}

/// The instruction that a meaning is printed as; `None` for what is printed as it was written.
fn keyword_of(op: &Op) -> Option<Keyword> {
    Some(match op {
        Op::Arg { .. } => Keyword::Arg,
        Op::Env(_) => Keyword::Env,
        Op::Label(_) => Keyword::Label,
        Op::Workdir(_) => Keyword::Workdir,
        Op::User(_) => Keyword::User,
        Op::Expose(_) => Keyword::Expose,
        Op::Copy(_) | Op::File(_) => Keyword::Copy,
        Op::Run(_) => Keyword::Run,
        Op::Entrypoint(_) => Keyword::Entrypoint,
        Op::Cmd(_) => Keyword::Cmd,
        Op::Health(_) | Op::NoHealth => Keyword::Healthcheck,
        Op::Add(_) => Keyword::Add,
        Op::Shell(_) => Keyword::Shell,
        Op::StopSignal(_) => Keyword::Stopsignal,
        Op::Volume(_) => Keyword::Volume,
        Op::Maintainer(_) => Keyword::Maintainer,
        Op::OnBuild(_) => Keyword::Onbuild,
        Op::Raw(_) => return None,
    })
}

fn instruction(text: &str, found: &Instruction, meant: &Op) -> Compared {
    if let Op::Raw(raw) = meant {
        let said = raw.lines.iter().fold(String::new(), |said, line| said + &line.value + "\n");
        return same(text[found.lines.range()] == said, found.span, "raw text is not as it was written");
    }
    if let Some(expected) = keyword_of(meant) {
        keyword(found, expected)?;
    }
    flags(found, &meant_flags(meant))?;
    arguments(text, found, meant)
}

fn arguments(text: &str, found: &Instruction, meant: &Op) -> Compared {
    match (&found.args, meant) {
        (Args::Declarations(declared), Op::Arg { name, default }) => {
            let [declared] = declared.as_slice() else { return other(found) };
            name_of(&declared.name, name.as_str())?;
            match (&declared.default, default) {
                (Some(found), Some(meant)) => word(found, meant),
                (None, None) => Ok(()),
                (Some(_), None) | (None, Some(_)) => other(found),
            }
        }
        (Args::Pairs { pairs: found_pairs, legacy: false }, Op::Env(meant)) => {
            pairs(found, found_pairs, meant, |found, name| name_of(found, name.as_str()))
        }
        (Args::Pairs { pairs: found_pairs, legacy: false }, Op::Label(meant)) => {
            pairs(found, found_pairs, meant, word)
        }
        (Args::Text(found), Op::Workdir(meant) | Op::User(meant) | Op::StopSignal(meant)) => {
            word(found, meant)
        }
        (Args::Text(found), Op::Maintainer(meant)) => {
            same(meant.as_literal() == Some(found.text.as_str()), found.span, "another name is meant")
        }
        (Args::Ports(ports), Op::Expose(meant)) => {
            words(ports, &meant.iter().collect::<Vec<_>>(), found.args_span)
        }
        (Args::Words { words: found_words, .. }, Op::Copy(copy)) => {
            let meant: Vec<&Text> = copy.sources.iter().chain([&copy.target]).collect();
            words(found_words, &meant, found.args_span)
        }
        (Args::Words { words: found_words, .. }, Op::Add(add)) => {
            let meant: Vec<&Text> = add.sources.iter().chain([&add.target]).collect();
            words(found_words, &meant, found.args_span)
        }
        (Args::Words { words: found_words, .. }, Op::Volume(meant)) => {
            words(found_words, &meant.iter().collect::<Vec<_>>(), found.args_span)
        }
        (Args::Words { words: found_words, .. }, Op::File(file)) => {
            let ([_, path], [body]) = (found_words.as_slice(), found.heredocs.as_slice()) else {
                return other(found);
            };
            let is_same = file.content.as_literal().is_none_or(|meant| {
                let end = if meant.is_empty() || meant.ends_with('\n') { "" } else { "\n" };
                text[body.body.range()] == format!("{meant}{end}")
            });
            same(is_same, found.span, "a file has another content")?;
            word(path, &file.path)
        }
        (Args::Command(found_command), Op::Run(run)) if !run.heredocs.is_empty() => {
            of_heredocs(text, found, found_command, run)
        }
        (Args::Command(found_command), Op::Run(Run { command: meant, shell, .. })) => {
            command(text, found, found_command, meant, shell)
        }
        (Args::Command(found_command), Op::Entrypoint(meant) | Op::Cmd(meant)) => {
            command(text, found, found_command, meant, &[])
        }
        (Args::Command(Command::Exec(found_words)), Op::Shell(meant)) => {
            let found_words = found_words.iter().map(|word| Some(word.text.as_str()));
            same(
                found_words.eq(meant.iter().map(Text::as_literal)),
                found.args_span,
                "another shell is meant",
            )
        }
        (Args::Health(tree::Health::Command(found_command)), Op::Health(health)) => {
            command(text, found, found_command, &health.test, &[])
        }
        (Args::Health(tree::Health::None), Op::NoHealth) => Ok(()),
        (Args::Trigger(trigger), Op::OnBuild(meant)) => {
            // The reader keeps the bodies of heredocs with the outer instruction.
            let trigger = Instruction { heredocs: found.heredocs.clone(), ..(**trigger).clone() };
            instruction(text, &trigger, meant)
        }
        (
            _,
            Op::Arg { .. }
            | Op::Env(_)
            | Op::Label(_)
            | Op::Workdir(_)
            | Op::User(_)
            | Op::Expose(_)
            | Op::Copy(_)
            | Op::Run(_)
            | Op::Entrypoint(_)
            | Op::Cmd(_)
            | Op::Health(_)
            | Op::NoHealth
            | Op::Add(_)
            | Op::File(_)
            | Op::Shell(_)
            | Op::StopSignal(_)
            | Op::Volume(_)
            | Op::Maintainer(_)
            | Op::OnBuild(_)
            | Op::Raw(_),
        ) => other(found),
    }
}

fn name_of(found: &Word, meant: &str) -> Compared {
    let name = plain(&found.text, Escape::Backslash);
    same(name.as_deref() == Some(meant), found.span, "a variable has another name")
}

fn pairs<K>(
    instruction: &Instruction,
    found: &[Pair],
    meant: &[(K, Text)],
    name: impl Fn(&Word, &K) -> Compared,
) -> Compared {
    same(found.len() == meant.len(), instruction.span, "an instruction has more or fewer pairs")?;
    found.iter().zip(meant).try_for_each(|(found, (key, value))| {
        name(&found.name, key)?;
        word(&found.value, value)
    })
}

fn meant_flags(op: &Op) -> Vec<Flag<'_>> {
    match op {
        Op::Copy(copy) => copy_flags(copy),
        Op::Add(add) => {
            let sum = add.checksum.as_ref().map(|sum| ("checksum", Meant::Text(sum)));
            let switches = [("keep-git-dir", add.keep_git_dir), ("unpack", add.unpack)];
            let switches = switches.into_iter().filter_map(|(name, on)| Some((name, Meant::Switch(on?))));
            sum.into_iter().chain(switches).chain(file_flags(&add.flags)).collect()
        }
        Op::File(file) => file_flags(&file.flags),
        Op::Run(run) => run_flags(run),
        Op::Health(health) => health_flags(health),
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Label(_)
        | Op::Workdir(_)
        | Op::User(_)
        | Op::Expose(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::NoHealth
        | Op::Shell(_)
        | Op::StopSignal(_)
        | Op::Volume(_)
        | Op::Maintainer(_)
        | Op::OnBuild(_)
        | Op::Raw(_) => Vec::new(),
    }
}

fn copy_flags(copy: &Copy) -> Vec<Flag<'_>> {
    let from = copy.from.as_ref().map(|from| match from {
        CopyFrom::Stage(name) | CopyFrom::Context(name) => Meant::Exactly(name.as_str()),
        CopyFrom::Numbered(number) => Meant::Exactly(number),
        CopyFrom::Image(image) => Meant::Text(image),
    });
    let from = from.map(|from| ("from", from));
    let parents = copy.parents.map(|on| ("parents", Meant::Switch(on)));
    from.into_iter().chain(file_flags(&copy.flags)).chain(parents).collect()
}

fn file_flags(flags: &CopyFlags) -> Vec<Flag<'_>> {
    let owner = flags.chown.as_ref().map(|owner| ("chown", Meant::Text(owner)));
    let mode = flags.chmod.as_ref().map(|mode| ("chmod", Meant::Text(mode)));
    let link = flags.link.map(|on| ("link", Meant::Switch(on)));
    let exclude =
        flags.exclude.iter().filter_map(|pattern| Some(("exclude", Meant::Exactly(pattern.as_literal()?))));
    owner.into_iter().chain(mode).chain(link).chain(exclude).collect()
}

fn run_flags(run: &Run) -> Vec<Flag<'_>> {
    let mounts = run.mounts.iter().map(|mount| ("mount", Meant::Begins(mount_type(mount))));
    let network = run.network.map(|network| match network {
        RunNetwork::Default => "default",
        RunNetwork::None => "none",
        RunNetwork::Host => "host",
    });
    let security = run.security.map(|security| match security {
        Security::Sandbox => "sandbox",
        Security::Insecure => "insecure",
    });
    mounts
        .chain(network.map(|network| ("network", Meant::Exactly(network))))
        .chain(security.map(|security| ("security", Meant::Exactly(security))))
        .chain(run.devices.iter().map(|_| ("device", Meant::Begins(""))))
        .collect()
}

fn mount_type(mount: &RunMount) -> &'static str {
    match mount {
        RunMount::Cache(_) => "type=cache,",
        RunMount::Bind { .. } => "type=bind,",
        RunMount::Secret(_) => "type=secret,",
        RunMount::Tmpfs { .. } => "type=tmpfs,",
        RunMount::Ssh { .. } => "type=ssh",
    }
}

fn health_flags(health: &Health) -> Vec<Flag<'_>> {
    let delays = [
        ("interval", &health.interval),
        ("timeout", &health.timeout),
        ("start-period", &health.start_period),
        ("start-interval", &health.start_interval),
    ];
    let delays =
        delays.into_iter().filter_map(|(name, delay)| Some((name, Meant::Text(&delay.as_ref()?.text))));
    delays.chain(health.retries.as_ref().map(|_| ("retries", Meant::Begins("")))).collect()
}

/// Compares a text with heredocs of its own.
fn of_heredocs(text: &str, instruction: &Instruction, found: &Command, meant: &Run) -> Compared {
    let line = match (found, &meant.command) {
        (Command::Shell(found), compose::Command::Shell(meant)) => found.text == shell_source(meant),
        (Command::Shell(_) | Command::Exec(_), _) => false,
    };
    let bodies =
        instruction.heredocs.iter().map(|body| (body.name.text.clone(), text[body.body.range()].to_owned()));
    let meant = meant.heredocs.iter().map(|(name, body)| {
        let source = shell_source(body);
        (name.clone(), if source.is_empty() { source } else { source + "\n" })
    });
    same(line && bodies.eq(meant), instruction.args_span, "something else is run")
}

/// Compares what is run: exact words, or a text for a shell on its line, in a heredoc or as an argument of `sh -c`.
fn command(
    text: &str,
    instruction: &Instruction,
    found: &Command,
    meant: &compose::Command,
    shell: &[Text],
) -> Compared {
    let by_shell = |words: &[Word], source: &str| {
        let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let own: Vec<&str> = shell.iter().filter_map(Text::as_literal).collect();
        let shell = if own.is_empty() { &["/bin/sh", "-c"] } else { own.as_slice() };
        words.split_last() == Some((&source, shell))
    };
    let is_same = match (found, meant) {
        (Command::Exec(found), compose::Command::Exec(meant)) => {
            match meant.iter().map(Text::as_literal).collect::<Option<Vec<&str>>>() {
                Some(meant) => found.iter().map(|word| word.text.as_str()).eq(meant),
                // A shell puts the variables in.
                None => found.len() == 3,
            }
        }
        (Command::Exec(found), compose::Command::Shell(meant)) => {
            let source = shell_source(meant);
            by_shell(found, &joined(&source).unwrap_or(source))
        }
        (Command::Shell(found), compose::Command::Shell(meant)) => {
            let source = shell_source(meant);
            match instruction.heredocs.as_slice() {
                [] => found.text == joined(&source).unwrap_or(source),
                [only] => {
                    text[only.body.range()] == format!("{}\n", source.strip_suffix('\n').unwrap_or(&source))
                }
                _ => false,
            }
        }
        (Command::Shell(_), compose::Command::Exec(_)) => false,
    };
    same(is_same, instruction.args_span, "something else is run")
}
