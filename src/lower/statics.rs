//! `static` and `spa`: files that nginx serves itself, where they come from and how they reach its image.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::names::{SERVICE, VOLUME};
use super::nginx::variables;
use super::proxy::{ProxyDraft, SiteDraft};
use super::text::Reader;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::compose::{Mount, MountSource, NamedContext};
use crate::model::nginx::DirId;
use crate::model::path::ContainerPath;
use crate::model::stack::{HostRoot, StaticRoot};
use crate::model::values::{Text, Typed};
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

/// Where the files of a location come from.
struct Files {
    /// What is copied into the proxy's image, and the folder in it.
    copy: (NamedContext, String),
    kinds: Vec<At<crate::model::names::Extension>>,
    host_roots: Vec<HostRoot>,
}

impl<'t> Context<'_, 't> {
    pub(crate) fn static_files(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let uri = self.folder_uri(fit.arg(0));
        let files = self.files(fit.arg(1), drafts);
        let location = self.location(fit, uri.as_deref().map(prefix), site, proxy);
        let origin = self.origins.lowered("static-copy", fit.origin);
        proxy.conf.put(location, "root", &[&site.root], origin);
        self.secure_static(location, site, fit, proxy);
        self.options(fit, location, site, proxy, drafts, false);
        let (Some(uri), Some(files)) = (uri, files) else { return };
        copied(&uri, &files, origin, site, proxy);
        self.static_root(location, uri, Some(files), fit.origin, proxy);
    }

    pub(crate) fn static_volume(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) {
        let uri = self.folder_uri(fit.arg(0));
        let volume = self.volume(fit.arg(1));
        let path = self.typed::<ContainerPath>(fit.arg(2), Reader::Fixed);
        let location = self.location(fit, uri.as_deref().map(prefix), site, proxy);
        let folder = path.as_ref().and_then(Typed::known).map_or("/", ContainerPath::trimmed).to_owned();
        let below = format!("{}/", folder.trim_end_matches('/'));
        proxy.conf.put(location, "alias", &[&below], fit.origin);
        self.secure_static(location, site, fit, proxy);
        self.options(fit, location, site, proxy, &[], false);
        let (Some(uri), Some(volume), Some(path)) = (uri, volume, path) else { return };
        let mounted = proxy.draft.service.mounts.iter().any(|mount| {
            matches!(&mount.source, MountSource::Volume(name) if *name == volume)
                && mount.target.known().map(ContainerPath::trimmed) == Some(&folder)
        });
        if !mounted {
            self.claim_target(fit.arg(2), &path, &mut proxy.draft);
            let target = Typed::of(
                ContainerPath::parse(&folder).expect("a path without its last slash is one"),
                fit.origin,
            );
            let source = MountSource::Volume(volume);
            proxy.draft.service.mounts.push(Mount {
                source,
                target,
                read_only: true,
                existing: false,
                long: false,
                extra: Vec::new(),
                origin: fit.origin,
            });
        }
        self.static_root(location, uri, None, fit.origin, proxy);
    }

    /// A single-page application: its routes are paths without an extension.
    pub(crate) fn spa(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let uri = self.folder_uri(fit.arg(0));
        let files = self.files(fit.arg(1), drafts);
        let location = self.location(fit, uri.as_deref().map(prefix), site, proxy);
        let (Some(uri), Some(files)) = (uri, files) else {
            self.options(fit, location, site, proxy, drafts, false);
            return;
        };
        let copy = self.origins.lowered("static-copy", fit.origin);
        copied(&uri, &files, copy, site, proxy);
        let (conf, origin) = (&mut proxy.conf, self.origins.lowered("spa", fit.origin));
        conf.put(location, "root", &[&site.root], copy);
        let index = format!("{uri}index.html");
        conf.put_texts(
            location,
            "try_files",
            vec![variables("$uri", origin), Text::literal(index.clone(), origin)],
            origin,
        );
        self.secure_static(location, site, fit, proxy);
        let conf = &mut proxy.conf;
        let assets = [Text::literal("~", origin), Text::literal(r"\.[^/.]+$", origin)];
        let assets = conf.open(location, "location", assets.to_vec(), origin);
        conf.tree_mut()
            .comment(assets, "a path with an extension is a file, or missing; it is never the page");
        conf.put_texts(
            assets,
            "try_files",
            vec![variables("$uri", origin), Text::literal("=404", origin)],
            origin,
        );
        self.options(fit, location, site, proxy, drafts, false);
        self.cache_page(location, &index, origin, site, proxy);
        self.static_root(location, uri, Some(files), fit.origin, proxy);
    }

    /// A prefix with its closing slash: a folder of files is served below it.
    pub(crate) fn folder_uri(&mut self, arg: &Arg) -> Option<String> {
        let uri = self.uri(arg)?;
        Some(if uri.ends_with('/') { uri } else { format!("{uri}/") })
    }

    /// `service.artefact`, or a folder of the host.
    fn files(&mut self, arg: &Arg, drafts: &[Draft<'t>]) -> Option<Files> {
        let word = arg.as_word().unwrap_or_default();
        if let Some((service, name)) = word.split_once('.')
            && let Some(declared) = self.names.services.get(service)
        {
            let decl = declared.refer();
            let meant = || drafts.iter().filter(|draft| *draft.name() == decl.name);
            let mut artifacts = meant().flat_map(|draft| &draft.program.artifacts);
            let Some(artifact) = artifacts.find(|artifact| artifact.name.value.as_str() == name) else {
                let is_doubtful = |draft: &Draft<'t>| {
                    draft.doubt.covers(&["build", "provides"])
                        || draft.unplaced.iter().any(|unplaced| unplaced.as_str() == name)
                };
                if meant().any(is_doubtful) {
                    return None;
                }
                let known: Vec<&str> = decl.artifacts.keys().map(String::as_str).collect();
                let at = decl.statement.line_span();
                let message = format!("`{service}` provides no `{name}`");
                let mut diagnostic =
                    Diagnostic::error(codes::UNKNOWN_PART, message, arg.span).label(at, "declared here");
                if let Some(near) = nearest(name, known.iter().copied()) {
                    diagnostic = diagnostic.here(format!("did you mean `{service}.{near}`?"));
                }
                self.sink.push(
                    diagnostic.help(format!("add `provides {name} at /path/in/the/image` to its build")),
                );
                return None;
            };
            let path = format!("{}/", artifact.path.trimmed().trim_end_matches('/'));
            return Some(Files {
                copy: (NamedContext::Service(decl.name.clone()), path),
                kinds: artifact.kinds.clone(),
                host_roots: artifact.host_roots.clone(),
            });
        }
        if arg.as_word().is_some() && !word.contains('/') && word != "." {
            return self.unknown_files(arg, word);
        }
        let path = self.project_path(arg)?;
        let origin = self.origins.written(arg.span);
        let root = HostRoot { path: path.clone(), stated: true, origin };
        Some(Files {
            copy: (NamedContext::Host(path), "/".to_owned()),
            kinds: Vec::new(),
            host_roots: vec![root],
        })
    }

    fn unknown_files(&mut self, arg: &Arg, word: &str) -> Option<Files> {
        if let Some(declared) = self.names.volumes.get(word) {
            declared.refer();
            self.sink.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("where the volume `{word}` is mounted is not said"),
                    arg.span,
                )
                .here("a volume")
                .help(format!("write `from {word} at /srv/{word}`")),
            );
            return None;
        }
        let known: Vec<String> = self
            .names
            .services
            .values()
            .flat_map(|d| d.it.artifacts.keys().map(|name| format!("{}.{name}", d.it.name)))
            .chain(self.names.volumes.keys().cloned())
            .collect();
        let service = word.split_once('.').map(|(service, _)| service);
        let services: Vec<&str> = self.names.services.keys().map(String::as_str).collect();
        let volumes: Vec<&str> = self.names.volumes.keys().map(String::as_str).collect();
        if service.is_some_and(|service| self.names.may_declare(&SERVICE, service, &services))
            || service.is_none() && self.names.may_declare(&VOLUME, word, &volumes)
        {
            return None;
        }
        let near = nearest(word, known.iter().map(String::as_str));
        let message = format!("there is no artefact or volume `{word}`");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message, arg.span).did_you_mean(near);
        let help = format!(
            "files come from `SERVICE.ARTEFACT`, from a volume, or from a folder, which is written `./{word}`"
        );
        self.sink.push(diagnostic.help(help));
        None
    }

    fn static_root(
        &mut self,
        location: DirId,
        prefix: String,
        files: Option<Files>,
        origin: Origin,
        proxy: &ProxyDraft<'t>,
    ) {
        let from_artifact =
            files.as_ref().is_some_and(|files| matches!(files.copy.0, NamedContext::Service(_)));
        let (kinds, host_roots) =
            files.map_or((Vec::new(), Vec::new()), |files| (files.kinds, files.host_roots));
        let service = proxy.draft.name().clone();
        let typed = proxy.typed.clone();
        self.stack.static_roots.push(StaticRoot {
            service,
            location,
            prefix,
            kinds,
            host_roots,
            from_artifact,
            typed,
            origin,
        });
    }
}

/// Copies files into the proxy's image so that `root` finds them under their URI.
fn copied(uri: &str, files: &Files, origin: Origin, site: &SiteDraft, proxy: &mut ProxyDraft<'_>) {
    let target = format!("{}{uri}", site.root);
    proxy.copies.push((files.copy.0.clone(), files.copy.1.clone(), target, origin));
}

/// A prefix that no regular expression takes away; `/` must leave them their chance.
fn prefix(uri: &str) -> Vec<&str> {
    if uri == "/" { vec![uri] } else { vec!["^~", uri] }
}
