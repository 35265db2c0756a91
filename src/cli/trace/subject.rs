//! What is asked: the configurations of a stack file or one of nginx, with what is known around them.

use std::path::Path;

use super::include::Includes;
use super::mounts;
use super::{Configuration, version};
use crate::backend::{Artifact, Layout};
use crate::cli::console::Console;
use crate::cli::load::{self, Loaded, Stream};
use crate::diagnostic::Sink;
use crate::driver::container::{Container, Root};
use crate::driver::{Disk, Error, Files, Result, disk};
use crate::handwritten::secrets;
use crate::model::port::PortRange;
use crate::render::redact::Masks;
use crate::render::terminal;
use crate::render::trace::{Document, Spot};
use crate::request::{self, Answer, Config, Included, Options, Request};
use crate::source::{MAX_FILE_BYTES, SourceMap, Span};
use crate::syntax::nginx::read;

/// Everything that requests are asked of.
pub(super) struct Subject {
    /// The texts of nginx's language.
    sources: SourceMap,
    /// What of them no output may show. In what a stack file makes there is nothing: it names secrets.
    masks: Masks,
    /// One for each nginx.
    pub(super) asked: Vec<Asked>,
    /// The stack file, if it is one.
    loaded: Option<Loaded>,
    /// What a person should know of every answer.
    pub(super) notes: Vec<String>,
}

/// A configuration with the files that its nginx sees.
pub(super) struct Asked {
    pub(super) config: Config,
    pub(super) container: Container,
    /// Files that are only said to be there.
    pub(super) said: Vec<SaidKind>,
    /// Of a stack: what it is made from.
    emitted: Option<Emitted>,
}

/// A kind of file that a build is said to provide, and of which none is on this machine.
pub(super) struct SaidKind {
    /// The folder in the container, without its last slash.
    pub(super) folder: String,
    /// Without its dot.
    pub(super) extension: String,
}

/// The configuration of a proxy.
struct Emitted {
    service: String,
    artifact: Artifact,
    /// Ports of the host with those of the container behind them.
    published: Vec<(PortRange, PortRange)>,
}

/// Reads what is asked; `None`, with the reason shown, if that is a stack file that cannot be compiled.
pub(super) fn load(given: &Configuration, console: &mut Console) -> Result<Option<Subject>> {
    let root = given.fs.as_deref().map(Root::open).transpose()?;
    let version = given.nginx.as_deref().map(version).transpose()?;
    let options = Options { version, prefix: given.prefix.clone(), ..Options::default() };
    match given.file.as_deref() {
        Some(file) if file.extension().is_none_or(|extension| extension != "stack") => {
            configuration(file, root, &options, console)
        }
        file => stack(file, root.as_ref(), &options, console),
    }
}

/// A configuration that somebody wrote.
fn configuration(
    file: &Path,
    root: Option<Root>,
    options: &Options,
    console: &mut Console,
) -> Result<Option<Subject>> {
    let text = Disk.read_text(file, MAX_FILE_BYTES)?;
    let mut sources = SourceMap::default();
    let id = sources.add(disk::shown(file), text);
    let text = sources.file(id).text.clone();
    let mut mistakes = Sink::default();
    mistakes.masked = secrets(id, &text);
    read(id, &text, &mut mistakes);
    if mistakes.has_errors() {
        let look = console.err_look();
        console.err(&terminal::findings(&mistakes, &sources, &look));
        return Ok(None);
    }
    let secrets = mistakes.masked;
    let mut includes =
        Includes { first: file, root: root.as_ref(), sources: &mut sources, count: 0, secrets };
    let config = request::load(id, &text, options, &mut |pattern| includes.find(pattern));
    let secrets = includes.secrets;
    let masks = Masks::new(&secrets, &sources);
    let mut notes = unknown(&config);
    let container = if let Some(root) = root {
        Container::Root(root)
    } else {
        let note = "every file that is asked for is taken to be there: `--fs DIR` says where to look";
        notes.push(note.to_owned());
        Container::Assumed(config.static_roots().into_iter().map(|root| root.folder).collect())
    };
    let asked = vec![Asked { config, container, said: Vec::new(), emitted: None }];
    Ok(Some(Subject { sources, masks, asked, loaded: None, notes }))
}

fn unknown(config: &Config) -> Vec<String> {
    config
        .unknown()
        .iter()
        .map(|unknown| format!("{}: it is taken to hold nothing of concern", unknown.reason))
        .collect()
}

/// The configurations that a stack file makes.
fn stack(
    file: Option<&Path>,
    root: Option<&Root>,
    options: &Options,
    console: &mut Console,
) -> Result<Option<Subject>> {
    let loaded = load::load(file, "trace")?;
    let folder = &loaded.stack.folder;
    let layout = Layout {
        stack_dir: folder.clone(),
        out_dir: folder.clone(),
        stack_file: loaded.stack.seen_from(folder),
    };
    let (Some(artifacts), Some(deployment)) =
        (loaded.compilation.emit(&layout), &loaded.compilation.deployment)
    else {
        loaded.report(console, Stream::Err, "; nothing was asked");
        return Ok(None);
    };
    let mut sources = SourceMap::default();
    let mut asked = Vec::new();
    let mut notes = Vec::new();
    for conf in &deployment.confs {
        let Some(artifact) = artifacts.iter().find(|artifact| artifact.path == conf.path) else { continue };
        let id = sources.add(artifact.path.as_str(), artifact.text.as_str());
        let options = Options {
            version: options.version.or(conf.version),
            prefix: Some(options.prefix.clone().unwrap_or_else(|| "/etc/nginx".to_owned())),
            ..options.clone()
        };
        let config = request::load(id, &artifact.text, &options, &mut |_| Included::Unknown);
        let ports = deployment.compose.service(&conf.service).map(|service| &service.ports);
        let published = ports.into_iter().flatten().filter_map(|port| port.mapping.known());
        let published = published.filter_map(|mapping| Some((mapping.host?, mapping.container))).collect();
        let (container, said) = if let Some(root) = root {
            (Container::Root(root.clone()), Vec::new())
        } else {
            let seen = mounts::of(deployment, conf, &loaded);
            notes.extend(seen.notes);
            (Container::Mounts(seen.mounts), seen.said)
        };
        notes.extend(unknown(&config));
        let emitted = Emitted { service: conf.service.to_string(), artifact: artifact.clone(), published };
        asked.push(Asked { config, container, said, emitted: Some(emitted) });
    }
    if asked.is_empty() {
        return Err(Error::Source {
            path: loaded.stack.name(),
            why: "has no proxy, so that no nginx answers".to_owned(),
            help: Some("`stackc explain proxy` says what one is".to_owned()),
        });
    }
    Ok(Some(Subject { sources, masks: Masks::default(), asked, loaded: Some(loaded), notes }))
}

impl Subject {
    /// The answer to a request as it is shown.
    pub(super) fn document(&self, request: &Request, url: &str) -> Document {
        let (asked, request, note) = self.choose(request);
        let answer = request::answer(&asked.config, &request, &asked.container);
        self.show(asked, &request, url, &answer, note)
    }

    fn show(
        &self,
        asked: &Asked,
        request: &Request,
        url: &str,
        answer: &Answer,
        note: Option<String>,
    ) -> Document {
        let host_file = |path: &str| match &self.loaded {
            Some(loaded) => {
                let found = asked.container.host_path(path)?;
                Some(Layout::relative(&loaded.stack.folder, &found))
            }
            None => None,
        };
        let mut document = Document::new(request, url, answer, &|span| self.spot(asked, span), &host_file);
        document.notes.extend(note.into_iter().chain(self.notes.iter().cloned()));
        document.hide(&self.masks.values(&self.sources));
        if let Some(loaded) = &self.loaded {
            let masks = Masks::new(&loaded.compilation.sink.masked, &loaded.compilation.sources);
            document.hide(&masks.values(&loaded.compilation.sources));
        }
        document
    }

    /// The nginx that a request reaches, and the request as it sees it.
    fn choose(&self, request: &Request) -> (&Asked, Request, Option<String>) {
        let mut inner = request.clone();
        for asked in &self.asked {
            let Some(emitted) = &asked.emitted else { continue };
            let behind = |(host, container): &(PortRange, PortRange)| {
                let offset = request.port.checked_sub(host.first.number())?;
                let port = container.first.number().checked_add(offset)?;
                (request.port <= host.last.number()).then_some(port)
            };
            if let Some(port) = emitted.published.iter().find_map(behind) {
                inner.port = port;
                let note = (port != request.port).then(|| {
                    format!("port {} of the host is port {port} of `{}`", request.port, emitted.service)
                });
                return (asked, inner, note);
            }
        }
        let is_stack = self.loaded.is_some();
        let note = format!("no proxy publishes port {}: it is taken as the container's own", request.port);
        (&self.asked[0], inner, is_stack.then_some(note))
    }

    /// Where a person wrote what stands at a span of a configuration.
    pub(super) fn spot(&self, asked: &Asked, span: Span) -> Option<Spot> {
        let Some((loaded, emitted)) = self.loaded.as_ref().zip(asked.emitted.as_ref()) else {
            return Some(Spot::new(&self.sources, span, &self.masks, None));
        };
        let compilation = &loaded.compilation;
        let file = self.sources.file(span.file);
        let line = file.line_index(span.start);
        let through = format!("{}:{}", emitted.artifact.path, line + 1);
        let of_line = emitted.artifact.lines.get(line)?;
        let written = of_line.iter().find_map(|origin| compilation.origins.span(*origin));
        let masks = Masks::new(&compilation.sink.masked, &compilation.sources);
        match written {
            Some(written) => Some(Spot::new(&compilation.sources, written, &masks, Some(through))),
            // Nobody wrote it: a default supplies it.
            None => Some(Spot::new(&self.sources, span, &self.masks, None)),
        }
    }
}
