//! What is looked at: the deployment that a stack file compiles to, or that somebody wrote as compose files. From here on
//! both are the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::overlay::Overlay;
use crate::backend::Layout;
use crate::cli::console::Console;
use crate::cli::load::{self, Loaded, Stream};
use crate::diagnostic::Severity;
use crate::driver::around::Surroundings;
use crate::driver::disk::shown;
use crate::driver::{Error, Result, place};
use crate::handwritten::{Read, read_deployment};
use crate::model::compose::PATH;
use crate::model::stack::TlsFile;
use crate::project::NotAnalysed;
use crate::project::compose::{Compose, Environment, Service};
use crate::project::host::join;
use crate::render::terminal;

/// A deployment, before it is started on this machine.
pub(super) struct Subject {
    /// The files that were named.
    name: String,
    read: Read,
    pub(super) files: Overlay,
    /// What the stack file serves from this machine: folders, by [`crate::project::host::Host`]'s naming.
    pub(super) static_roots: Vec<String>,
    /// The command that makes missing secrets, for a stack file.
    pub(super) make_secrets: Option<String>,
    /// Which secrets of a stack file are of TLS.
    tls: Vec<(String, TlsFile)>,
}

/// What people wrote.
fn load_compose(paths: &[PathBuf], console: &mut Console) -> Result<Option<Subject>> {
    let names: Vec<String> = paths.iter().map(|path| join(".", &shown(path))).collect();
    if let Some(path) = paths.iter().find(|path| path.is_dir()) {
        let help = Some("name the compose file in it".to_owned());
        return Err(Error::Source { path: shown(path), why: "is a folder".to_owned(), help });
    }
    let files =
        Overlay { around: Surroundings::of(paths.iter().map(PathBuf::as_path)), ..Overlay::default() };
    let shown: Vec<String> = paths.iter().map(|path| shown(path)).collect();
    Ok(Subject::read(shown.join(", "), &names, files, console))
}

/// What a stack file compiles to, as if it had been built beside it.
fn load_stack(file: Option<&Path>, console: &mut Console) -> Result<Option<Subject>> {
    let loaded = load::load(file, "doctor")?;
    let layout = Layout {
        stack_dir: loaded.stack.folder.clone(),
        out_dir: loaded.stack.folder.clone(),
        stack_file: loaded.stack.file_name.clone(),
    };
    let Some(artifacts) = loaded.compilation.emit(&layout) else {
        loaded.report(console, Stream::Err, "; nothing was looked at");
        return Ok(None);
    };
    let folder = loaded.stack.path.parent().map(shown).unwrap_or_default();
    let mut files = Overlay { around: Surroundings::of([loaded.stack.path.as_path()]), ..Overlay::default() };
    for artifact in artifacts {
        files.emitted.insert(join(&folder, &artifact.path), Arc::from(artifact.text));
    }
    let compose = loaded.compilation.deployment.as_ref().map_or(PATH, |deployment| deployment.compose.path());
    let compose = join(&folder, compose);
    let Some(mut subject) = Subject::read(loaded.stack.name(), &[compose], files, console) else {
        return Ok(None);
    };
    subject.static_roots = static_roots(&loaded, &folder);
    let named = file.map(|file| format!(" {}", place::quoted(&shown(file)))).unwrap_or_default();
    subject.make_secrets = Some(format!("stackc secret init{named}"));
    let secrets = loaded.compilation.deployment.iter().flat_map(|deployment| &deployment.stack.secrets);
    subject.tls = secrets.filter_map(|secret| Some((secret.name.value.to_string(), secret.tls?))).collect();
    Ok(Some(subject))
}

/// Reads a stack file or compose files; `None` if they cannot be understood, which was said.
pub(super) fn load(
    file: Option<&Path>,
    compose: &[PathBuf],
    console: &mut Console,
) -> Result<Option<Subject>> {
    if compose.is_empty() { load_stack(file, console) } else { load_compose(compose, console) }
}

/// The folders whose files a stack says that it serves, or that end up in what is served.
fn static_roots(loaded: &Loaded, folder: &str) -> Vec<String> {
    let Some(deployment) = &loaded.compilation.deployment else { return Vec::new() };
    let served = deployment.stack.static_roots.iter().flat_map(|root| &root.host_roots);
    let artifacts = deployment.stack.programs.iter().flat_map(|program| &program.artifacts);
    let provided = artifacts.flat_map(|artifact| &artifact.host_roots);
    let stated = served.chain(provided).filter(|root| root.stated);
    let mut paths: Vec<String> = stated.map(|root| join(folder, root.path.as_str())).collect();
    paths.sort();
    paths.dedup();
    paths
}

impl Subject {
    fn read(name: String, composes: &[String], files: Overlay, console: &mut Console) -> Option<Self> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut read = read_deployment(composes, variables, &files);
        let mut is_refused = !read.is_understood;
        for NotAnalysed { path, why, .. } in &read.not_analysed {
            console.fail(&Error::Source { path: path.clone(), why: why.clone(), help: None });
            is_refused = true;
        }
        if !is_refused && read.project.compose.is_some() {
            return Some(Self {
                name,
                read,
                files,
                static_roots: Vec::new(),
                make_secrets: None,
                tls: Vec::new(),
            });
        }
        read.sink.diagnostics.retain(|found| found.severity == Severity::Error);
        let look = console.err_look();
        let mut text = terminal::findings(&read.sink, &read.sources, &look);
        if let Some(summary) = terminal::summary(&read.sink) {
            text.push_str(&format!("{summary}; nothing was looked at\n"));
        }
        console.err(&text);
        None
    }

    /// What a secret is for TLS, if it is.
    pub(super) fn tls(&self, secret: &str) -> Option<TlsFile> {
        self.tls.iter().find(|(name, _)| name == secret).map(|(_, file)| *file)
    }

    /// Which deployment this is.
    pub(super) fn headline(&self) -> String {
        let count = self.services().count();
        let services = if count == 1 { "1 service".to_owned() } else { format!("{count} services") };
        format!("{}: project `{}`, {services}", self.name, self.project_name())
    }

    /// What its compose files say.
    pub(super) fn compose(&self) -> &Compose {
        // `read` makes no subject without one.
        self.read.project.compose.as_ref().expect("a subject has a compose file")
    }

    /// All that was read.
    pub(super) fn read_project(&self) -> &crate::project::Project {
        &self.read.project
    }

    /// The variables of this process and of `.env`.
    pub(super) fn environment(&self) -> &Environment {
        &self.read.environment
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment().value(name).map(|known| &*known.value)
    }

    /// The services that `docker compose up` starts, with their places: those of no profile and of active ones.
    pub(super) fn services(&self) -> impl Iterator<Item = (usize, &Service)> {
        let active: Vec<&str> = self.variable("COMPOSE_PROFILES").unwrap_or_default().split(',').collect();
        self.compose().services.iter().enumerate().filter(move |(_, service)| {
            let is_active = |profile: &str| active.contains(&"*") || active.contains(&profile);
            service.profiles.is_empty() || service.profiles.iter().any(|profile| is_active(&profile.value))
        })
    }

    /// The name of the project. Source: compose-go, `cli/options.go` and `loader/loader.go`: the variable, then `name`,
    /// then the folder without what may not stand in a name.
    pub(super) fn project_name(&self) -> String {
        let said = self.variable("COMPOSE_PROJECT_NAME").filter(|name| !name.is_empty()).map(str::to_owned);
        said.or_else(|| self.compose().root.get("name")?.text()).unwrap_or_else(|| {
            let folder = self.folder();
            let name =
                folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
            let kept = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
            let name: String = name.chars().filter(kept).collect();
            name.trim_start_matches(['-', '_']).to_owned()
        })
    }

    /// The folder of the project, absolute and without links.
    pub(super) fn folder(&self) -> PathBuf {
        let folder = Path::new(&self.compose().folder);
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
    }
}
