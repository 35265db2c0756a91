//! `RUN`: its options, one a line when there are several, and what it runs.

use super::keyword;
use crate::backend::escape::Escaped;
use crate::backend::escape::docker::{
    device, heredoc, heredocs, json, json_shell, mount, plain_flag, shell_lines,
};
use crate::backend::template::{Ending, Line};
use crate::model::compose::Command;
use crate::model::dockerfile::{
    CacheMount, CopyFrom, Ownership, Run, RunMount, RunNetwork, SecretMount, Security, Sharing,
};
use crate::model::values::Text;
use crate::source::Origin;

/// The widest line on which one option and its command stand together.
const WIDEST_LINE: usize = 100;

/// Appends the lines of the instruction.
pub(super) fn emit(run: &Run, origin: Origin, lines: &mut Vec<Line>) {
    let (command, body) = match &run.command {
        Command::Exec(words) => (json(words, origin), Vec::new()),
        Command::Shell(text) if !run.heredocs.is_empty() => heredocs(text, &run.heredocs),
        Command::Shell(text) => shell_lines(text)
            .or_else(|| heredoc(text))
            .unwrap_or_else(|| (json_shell(&run.shell, text), Vec::new())),
    };
    let options = options(run, origin);
    let head = keyword("RUN", origin);
    let fits = options.iter().chain([&command]).map(|word| word.as_str().chars().count()).sum::<usize>();
    if options.len() > 1 || (options.len() == 1 && fits > WIDEST_LINE) {
        super::continued(&head, options.into_iter().chain([command]).collect(), lines);
    } else {
        let words = [head].into_iter().chain(options).chain([command]).collect();
        lines.push(Line { depth: 0, words, ending: Ending::Bare });
    }
    lines.extend(body.into_iter().map(|line| Line { depth: 0, words: vec![line], ending: Ending::Bare }));
    if has_heredoc(run) {
        super::after_heredoc(lines);
    }
}

/// Whether there is a heredoc in it.
pub(super) fn has_heredoc(run: &Run) -> bool {
    match &run.command {
        Command::Exec(_) => false,
        Command::Shell(text) => {
            !run.heredocs.is_empty() || shell_lines(text).is_none() && heredoc(text).is_some()
        }
    }
}

/// Where the mounts take their files from, if not from the context.
pub(super) fn sources(run: &Run) -> impl Iterator<Item = &CopyFrom> {
    run.mounts.iter().filter_map(|mount| match mount {
        RunMount::Cache(cache) => cache.from.as_ref(),
        RunMount::Bind { from, .. } => from.as_ref(),
        RunMount::Tmpfs { .. } | RunMount::Secret(_) | RunMount::Ssh { .. } => None,
    })
}

/// The texts that stand in the options.
pub(super) fn option_texts(run: &Run) -> Vec<&Text> {
    let of_mounts = run.mounts.iter().flat_map(|mount| match mount {
        RunMount::Cache(cache) => [Some(&cache.target), cache.id.as_ref(), cache.source.as_ref()],
        RunMount::Bind { source, target, .. } => [source.as_ref(), Some(target), None],
        RunMount::Tmpfs { target, size } => [Some(target), size.as_ref(), None],
        RunMount::Secret(secret) => [secret.target.as_ref(), None, None],
        RunMount::Ssh { id, target, .. } => [id.as_ref(), target.as_ref(), None],
    });
    of_mounts.flatten().chain(run.devices.iter().map(|device| &device.name)).collect()
}

fn options(run: &Run, origin: Origin) -> Vec<Escaped> {
    let mounts = run.mounts.iter().map(|wanted| mount_flag(wanted, origin));
    let network = run.network.map(|network| match network {
        RunNetwork::Default => "default",
        RunNetwork::None => "none",
        RunNetwork::Host => "host",
    });
    let security = run.security.map(|security| match security {
        Security::Sandbox => "sandbox",
        Security::Insecure => "insecure",
    });
    let devices = run.devices.iter().map(|wanted| {
        let name = wanted.name.as_literal().expect("lowering puts no variable where none is read");
        device(name, wanted.required, wanted.name.origin)
    });
    mounts
        .chain(network.map(|network| plain_flag("network", network, origin)))
        .chain(security.map(|security| plain_flag("security", security, origin)))
        .chain(devices)
        .collect()
}

/// The fields of a mount in order, those that are there.
struct Fields(Vec<(&'static str, Text)>, Origin);

impl Fields {
    fn new(kind: &str, origin: Origin) -> Self {
        Self(vec![("type", Text::literal(kind, origin))], origin)
    }

    fn text(mut self, name: &'static str, text: Option<&Text>) -> Self {
        self.0.extend(text.map(|text| (name, text.clone())));
        self
    }

    fn word(self, name: &'static str, word: Option<&str>) -> Self {
        let text = word.map(|word| Text::literal(word, self.1));
        self.text(name, text.as_ref())
    }

    fn switch(self, name: &'static str, on: Option<bool>) -> Self {
        self.word(name, on.map(|on| if on { "true" } else { "false" }))
    }

    fn from(self, from: Option<&CopyFrom>) -> Self {
        match from {
            Some(CopyFrom::Stage(name) | CopyFrom::Context(name)) => self.word("from", Some(name.as_str())),
            Some(CopyFrom::Numbered(number)) => self.word("from", Some(number)),
            Some(CopyFrom::Image(image)) => self.text("from", Some(image)),
            None => self,
        }
    }

    fn ownership(self, of: &Ownership) -> Self {
        self.text("uid", of.uid.as_ref()).text("gid", of.gid.as_ref()).text("mode", of.mode.as_ref())
    }

    fn escaped(self) -> Escaped {
        let fields: Vec<(&'static str, &Text)> = self.0.iter().map(|(name, text)| (*name, text)).collect();
        mount(&fields, self.1)
    }
}

fn mount_flag(wanted: &RunMount, origin: Origin) -> Escaped {
    let fields = |kind| Fields::new(kind, origin);
    let fields = match wanted {
        RunMount::Cache(cache) => cache_fields(fields("cache"), cache),
        RunMount::Bind { source, target, from, read_write } => fields("bind")
            .from(from.as_ref())
            .text("source", source.as_ref())
            .text("target", Some(target))
            .switch("readwrite", *read_write),
        RunMount::Tmpfs { target, size } => {
            fields("tmpfs").text("target", Some(target)).text("size", size.as_ref())
        }
        RunMount::Secret(secret) => secret_fields(fields("secret"), secret),
        RunMount::Ssh { id, target, required, ownership } => fields("ssh")
            .text("id", id.as_ref())
            .text("target", target.as_ref())
            .ownership(ownership)
            .switch("required", Some(*required)),
    };
    fields.escaped()
}

fn cache_fields(fields: Fields, cache: &CacheMount) -> Fields {
    let sharing = cache.sharing.map(|sharing| match sharing {
        Sharing::Shared => "shared",
        Sharing::Private => "private",
        Sharing::Locked => "locked",
    });
    fields
        .text("id", cache.id.as_ref())
        .from(cache.from.as_ref())
        .text("source", cache.source.as_ref())
        .text("target", Some(&cache.target))
        .word("sharing", sharing)
        .ownership(&cache.ownership)
        .switch("readonly", cache.read_only)
}

fn secret_fields(fields: Fields, secret: &SecretMount) -> Fields {
    fields
        .word("id", Some(secret.name.as_str()))
        .text("target", secret.target.as_ref())
        .word("env", secret.variable.as_ref().map(crate::model::names::EnvName::as_str))
        .ownership(&secret.ownership)
        .switch("required", Some(secret.required))
}
