//! What an instruction asks of the builder that old ones do not know.

use super::refusal::{one_line_texts, option_texts};
use super::run::has_heredoc;
use crate::model::dockerfile::{Add, CopyFlags, CopyFrom, Op, Raw, Run, RunMount};
use crate::model::engine::Feature;
use crate::model::values::{Part, Text, VarOp};

/// Every one of them, once.
pub(in crate::backend) fn features(op: &Op) -> Vec<Feature> {
    let mut used: Vec<Feature> = of_instruction(op);
    let texts = one_line_texts(op).into_iter().chain(option_texts(op));
    used.extend(texts.flat_map(features_of_text));
    used.sort_unstable();
    used.dedup();
    used
}

fn of_instruction(op: &Op) -> Vec<Feature> {
    match op {
        Op::Copy(copy) => of_flags(&copy.flags).into_iter().chain(of_source(copy.from.as_ref())).collect(),
        Op::Add(add) => of_add(add),
        Op::File(file) => of_flags(&file.flags).into_iter().chain([Feature::Heredoc]).collect(),
        Op::Run(run) => of_run(run),
        Op::Health(health) => health.start_interval.iter().map(|_| Feature::StartInterval).collect(),
        Op::OnBuild(op) => of_instruction(op),
        Op::Raw(raw) => of_raw(raw),
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Workdir(_)
        | Op::User(_)
        | Op::Expose(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::NoHealth
        | Op::Label(_)
        | Op::Shell(_)
        | Op::StopSignal(_)
        | Op::Volume(_)
        | Op::Maintainer(_) => Vec::new(),
    }
}

fn of_flags(flags: &CopyFlags) -> Vec<Feature> {
    let mut used = Vec::new();
    used.extend(flags.link.map(|_| Feature::Link));
    used.extend(flags.exclude.first().map(|_| Feature::Exclude));
    let mode = flags.chmod.as_ref().and_then(Text::as_literal);
    used.extend(mode.filter(|mode| !is_octal(mode)).map(|_| Feature::SymbolicMode));
    used
}

fn is_octal(mode: &str) -> bool {
    mode.bytes().all(|byte| byte.is_ascii_digit())
}

fn of_source(from: Option<&CopyFrom>) -> Option<Feature> {
    matches!(from, Some(CopyFrom::Context(_))).then_some(Feature::NamedContext)
}

fn of_add(add: &Add) -> Vec<Feature> {
    let mut used = of_flags(&add.flags);
    used.extend(add.unpack.map(|_| Feature::Unpack));
    let is_git = |text: &Text| text.as_literal().is_some_and(is_repository);
    if add.keep_git_dir.is_some() || add.checksum.is_some() || add.sources.iter().any(is_git) {
        used.push(Feature::AddVerified);
    }
    used
}

/// Source: buildkit, util/gitutil: what begins like this is cloned.
fn is_repository(source: &str) -> bool {
    let is_web = source.starts_with("http://") || source.starts_with("https://");
    source.starts_with("git@")
        || source.starts_with("git://")
        || source.starts_with("ssh://")
        || is_web && source.split(['#', '?']).next().is_some_and(|path| path.strip_suffix(".git").is_some())
}

fn of_run(run: &Run) -> Vec<Feature> {
    let mut used = Vec::new();
    used.extend(run.network.map(|_| Feature::RunNetwork));
    if has_heredoc(run) {
        used.push(Feature::Heredoc);
    }
    used.extend(super::run::sources(run).filter_map(|from| of_source(Some(from))));
    used.extend(run.mounts.iter().filter_map(|mount| match mount {
        RunMount::Tmpfs { size, .. } => size.as_ref().map(|_| Feature::TmpfsSize),
        RunMount::Secret(secret) => secret.variable.as_ref().map(|_| Feature::SecretVariable),
        RunMount::Cache(_) | RunMount::Bind { .. } | RunMount::Ssh { .. } => None,
    }));
    used
}

/// Of what was written by hand the options are looked at, and whether a heredoc may begin.
fn of_raw(raw: &Raw) -> Vec<Feature> {
    let lines = || raw.lines.iter().map(|line| line.value.as_str());
    let mut used = Vec::new();
    used.extend(lines().any(|line| line.contains("<<")).then_some(Feature::Heredoc));
    for word in lines().flat_map(str::split_whitespace).filter(|word| word.starts_with("--")) {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let fields = || value.split(',');
        used.extend(match name {
            "--link" => Some(Feature::Link),
            "--exclude" => Some(Feature::Exclude),
            "--network" => Some(Feature::RunNetwork),
            "--unpack" => Some(Feature::Unpack),
            "--checksum" | "--keep-git-dir" => Some(Feature::AddVerified),
            "--start-interval" => Some(Feature::StartInterval),
            "--chmod" if !is_octal(value) && !value.contains('$') => Some(Feature::SymbolicMode),
            "--mount" if fields().any(|field| field == "type=tmpfs") => {
                fields().any(|field| field.starts_with("size=")).then_some(Feature::TmpfsSize)
            }
            "--mount" if fields().any(|field| field == "type=secret") => {
                fields().any(|field| field.starts_with("env=")).then_some(Feature::SecretVariable)
            }
            _ => None,
        });
    }
    used
}

/// Those of one text, which has variables.
pub(in crate::backend) fn features_of_text(text: &Text) -> impl Iterator<Item = Feature> {
    text.parts.iter().filter_map(|part| match part {
        Part::Lit(_) => None,
        Part::Var(var) => match &var.op {
            VarOp::None | VarOp::Default(_) | VarOp::Required(_) => None,
            VarOp::Other(operator) => match operator.as_bytes().first() {
                Some(b'-' | b'+') => Some(Feature::BareOperator),
                Some(b'#' | b'%' | b'/') => Some(Feature::PatternOperator),
                _ => None,
            },
        },
    })
}
