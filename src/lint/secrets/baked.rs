//! Keys and environments that reach a layer of an image by COPY and ADD: where they are copied from and where they then
//! lie.

use std::collections::BTreeSet;

use super::{keys, shapes, values};
use crate::lint::Whole;
use crate::lint::rules::secret_literal::names_a_secret;
use crate::lint::rules::secret_url::holds_credentials;
use crate::project::Image;
use crate::project::dockerfile::{Base, Dockerfile, Step};
use crate::project::host::{Host, Kind, join};
use crate::project::ignored::Ignored;
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::Args;

/// Something secret that a COPY or ADD puts into a layer.
#[derive(Clone, Debug)]
pub(crate) struct Baked {
    /// Its Dockerfile's place in the project.
    pub(crate) dockerfile: usize,
    /// Its stage.
    pub(crate) stage: usize,
    /// Its step in the stage.
    pub(crate) step: usize,
    /// The source as it is written.
    pub(crate) span: Span,
    /// The source from the context: `.` for the whole.
    pub(crate) source: String,
    /// What it is.
    pub(crate) what: &'static str,
    /// The files that are known to be taken along, from the context; empty where only the name of the source tells.
    pub(crate) files: Vec<String>,
    /// Where a service of compose says that the first of them is, if that is how it is known.
    pub(crate) said: Option<Span>,
    /// Whether the context has something that leaves files out of it.
    pub(crate) has_ignore: bool,
    /// Where the key, or the folder of keys, lies in the image, if that is known.
    pub(crate) at: Option<String>,
}

/// Every one that is in an image of the project, rather than in a stage that only builds.
pub(crate) fn of_project(whole: &Whole<'_>) -> Vec<Baked> {
    let mut all = Vec::new();
    for (index, dockerfile) in whole.project.dockerfiles.iter().enumerate() {
        let folder = || {
            Some(dockerfile.host.as_deref()?.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned())
        };
        let Some(context) = dockerfile.context.clone().or_else(folder) else { continue };
        let Some(ignored) = Ignored::of(&context, dockerfile.host.as_deref(), whole.host) else { continue };
        let context = Context { path: context, ignored, whole };
        for stage in shipped(whole, index, dockerfile) {
            for (number, step) in dockerfile.stages[stage].steps.iter().enumerate() {
                context.copied(step, &mut |baked| {
                    all.push(Baked { dockerfile: index, stage, step: number, ..baked });
                });
            }
        }
    }
    all
}

/// The stages whose layers are in an image: those that are built, and those below them.
pub(crate) fn shipped(whole: &Whole<'_>, index: usize, dockerfile: &Dockerfile) -> BTreeSet<usize> {
    let built = whole.project.containers.iter().filter_map(|container| match container.image {
        Image::Built { dockerfile, stage } if dockerfile == index => Some(stage),
        Image::Built { .. } | Image::Pulled(_) | Image::Unknown => None,
    });
    let mut open: Vec<usize> = built.collect();
    if open.is_empty() {
        open.extend(dockerfile.stages.len().checked_sub(1));
    }
    let mut shipped = BTreeSet::new();
    while let Some(stage) = open.pop() {
        let Some(found) = dockerfile.stages.get(stage) else { continue };
        if shipped.insert(stage) {
            match found.base {
                Base::Stage(base) => open.push(base),
                Base::Image(_) | Base::Scratch | Base::Unknown => {}
            }
        }
    }
    shipped
}

/// A build context.
struct Context<'a> {
    path: String,
    ignored: Ignored,
    whole: &'a Whole<'a>,
}

impl Context<'_> {
    /// What a step copies that is secret.
    fn copied(&self, step: &Step, add: &mut dyn FnMut(Baked)) {
        let is_copy = matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add) && !step.is_trigger;
        if !is_copy || step.instruction.flag("from").is_some() {
            return;
        }
        let (Args::Words { .. }, Some((to, sources))) = (&step.instruction.args, step.words.split_last())
        else {
            return;
        };
        for source in sources {
            let Some(value) = source.value.as_deref() else { continue };
            if value.contains("://") || value.starts_with("<<") || value.starts_with("git@") {
                continue;
            }
            let path = join(".", value.trim_start_matches('/'));
            let Some(found) = self.found(&path) else { continue };
            add(Baked {
                span: source.span,
                at: to.value.as_deref().and_then(|to| place(step, to, &path, &found)),
                source: path,
                what: found.what,
                files: found.files,
                said: found.said,
                has_ignore: !self.ignored.is_empty(),
                dockerfile: 0,
                stage: 0,
                step: 0,
            });
        }
    }

    fn found(&self, path: &str) -> Option<Found> {
        let host = self.whole.host;
        let full = join(&self.path, path);
        let is_taken = |inside: &str| !self.ignored.leaves_out(join(path, inside).trim_start_matches("./"));
        if let Some(by_compose) = self.env_file(path) {
            return Some(by_compose);
        }
        if host.kind(&full) == Kind::Folder {
            let is_secret = |inside: &str| is_taken(inside) && holds_secrets(&join(&full, inside), host);
            let found = keys::below(&full, host, 20, &is_secret).unwrap_or_default();
            let what = found.first()?.1;
            let files = found.into_iter().map(|(inside, _)| join(path, &inside)).collect();
            return Some(Found { what, files, said: None, is_folder: true });
        }
        // `ssh/*` is what is in `ssh`.
        let name = path.trim_end_matches('*').trim_end_matches('/');
        let what = keys::by_name(name).filter(|_| path != "." && !self.ignored.leaves_out(name))?;
        let is_folder = what == "a folder of keys";
        holds_secrets(&full, host).then_some(Found { what, files: Vec::new(), said: None, is_folder })
    }

    /// The env file of a service that lies where the source takes it along, though it may not be on this machine.
    fn env_file(&self, path: &str) -> Option<Found> {
        let services = self.whole.project.compose.iter().flat_map(|compose| &compose.services);
        for file in services.flat_map(|service| &service.env_files) {
            let Some(host) = &file.host else { continue };
            let inside = match self.path.as_str() {
                "." => Some(host.as_str())
                    .filter(|host| !host.starts_with(['/', '.']) || host.starts_with(".env")),
                folder => host.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            let Some(inside) = inside else { continue };
            let is_below = path == "." || inside.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
            let Some(what) = keys::by_name(inside).filter(|_| is_below && !self.ignored.leaves_out(inside))
            else {
                continue;
            };
            if holds_secrets(host, self.whole.host) {
                return Some(Found {
                    what,
                    files: vec![inside.to_owned()],
                    said: Some(file.path.span),
                    is_folder: true,
                });
            }
        }
        None
    }
}

/// What a source holds.
struct Found {
    what: &'static str,
    files: Vec<String>,
    said: Option<Span>,
    is_folder: bool,
}

/// Whether a file that is an environment holds a secret; everything else is not opened, and what cannot be read may.
pub(crate) fn holds_secrets(path: &str, host: &dyn Host) -> bool {
    if keys::by_name(path) != Some("an environment with its secrets") {
        return true;
    }
    let Ok(text) = host.read(path) else { return true };
    let mut pairs = text.lines().filter_map(|line| line.trim_start().split_once('='));
    pairs.any(|(name, value)| {
        let name = name.trim_start_matches("export ").trim();
        let value = value.trim().trim_matches(['"', '\'']);
        !name.starts_with('#')
            && (names_a_secret(name) && values::is_secret(value) || holds_credentials(value))
    }) || !shapes::find(&text).is_empty()
}

/// Where in the image the key is, or the folder that has it.
fn place(step: &Step, to: &str, source: &str, found: &Found) -> Option<String> {
    let folder = match &step.before.working_dir {
        Some(folder) => folder.value.clone(),
        None if to.starts_with('/') => "/".to_owned(),
        None => return None,
    };
    let at = join(&folder, to);
    Some(match found.files.first() {
        // The folder itself is one of keys, and what is in it goes into the destination.
        _ if keys::by_name(source) == Some("a folder of keys") => at,
        Some(file) if found.is_folder => {
            let inside = file.strip_prefix(source).map_or(file.as_str(), |rest| rest.trim_start_matches('/'));
            join(&at, inside)
        }
        Some(_) | None if to.ends_with('/') || matches!(to, "." | "..") => {
            join(&at, source.rsplit('/').next().unwrap_or(source))
        }
        Some(_) | None => at,
    })
}
