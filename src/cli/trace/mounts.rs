//! Which folders of this machine a proxy's nginx sees, by what its stack file says.

use super::subject::SaidKind;
use crate::cli::load::Loaded;
use crate::driver::container::{Mount, Root};
use crate::driver::facts::locate;
use crate::driver::{Disk, Files, place};
use crate::model::Deployment;
use crate::model::compose::{Context, MountSource};
use crate::model::nginx::ConfFile;
use crate::model::path::HostPath;
use crate::model::stack::StaticRoot;
use crate::project::ignored::Ignored;
use crate::resolve::served_kinds;
use crate::source::MAX_FILE_BYTES;

/// What is known of the files of a proxy.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) mounts: Vec<Mount>,
    pub(super) said: Vec<SaidKind>,
    /// What is not known or not there yet.
    pub(super) notes: Vec<String>,
}

pub(super) fn of(deployment: &Deployment, conf: &ConfFile, loaded: &Loaded) -> Seen {
    let mut seen = Seen::default();
    for root in deployment.stack.static_roots.iter().filter(|root| root.service == conf.service) {
        let Some(at) = container_folder(conf, root) else { continue };
        let mut any = false;
        for host in &root.host_roots {
            let Some(found) = located(&host.path, loaded) else { continue };
            any |= found.exists();
            if !found.exists() && host.stated {
                let help = "if a build makes it, say so there with `provides`, and serve `SERVICE.ARTEFACT`";
                seen.notes.push(format!("`{}` does not exist yet: {help}", host.path));
            }
            seen.mounts.push(Mount {
                at: at.clone(),
                root: Root::new(found),
                is_all: !root.from_artifact,
                ignored: ignored(deployment, root, &host.path, loaded),
            });
        }
        if !any && root.from_artifact && root.kinds.is_empty() {
            let help = "`files ./FOLDER` or `kinds css js` in its `provides` say it";
            seen.notes.push(format!("what is served under {} is not known: {help}", root.prefix));
        }
        let served = served_kinds(root, &loaded.compilation.facts).into_iter();
        let said = served.filter(|kind| kind.example.is_none());
        seen.said.extend(said.map(|kind| SaidKind { folder: at.clone(), extension: kind.extension }));
    }
    let service = deployment.compose.service(&conf.service);
    for mount in service.into_iter().flat_map(|service| &service.mounts) {
        let (MountSource::Host(source), Some(target)) = (&mount.source, mount.target.known()) else {
            continue;
        };
        let Some(found) = source.known().and_then(|path| located(path, loaded)) else { continue };
        let at = target.trimmed().to_owned();
        seen.mounts.push(Mount { at, root: Root::new(found), is_all: true, ignored: Ignored::default() });
    }
    seen
}

/// Where nginx looks for the files of a static root.
fn container_folder(conf: &ConfFile, root: &StaticRoot) -> Option<String> {
    let word = |name: &str| {
        let directive = conf.conf.named(Some(root.location), name).last()?;
        Some(conf.conf.get(directive).args.first()?.as_literal()?.trim_end_matches('/').to_owned())
    };
    let folder = word("alias").or_else(|| Some(format!("{}{}", word("root")?, root.prefix)))?;
    Some(folder.trim_end_matches('/').to_owned())
}

/// A folder of the project; nothing else of this machine is looked at.
fn located(path: &HostPath, loaded: &Loaded) -> Option<std::path::PathBuf> {
    let folder = &loaded.stack.folder;
    let found = place::normal(&locate(path, folder)?);
    let real = found.canonicalize().unwrap_or_else(|_| found.clone());
    real.starts_with(place::project_root(folder)).then_some(real)
}

/// What is left out on the way into an image: by the patterns of the build that provides an artefact, and by the
/// `.dockerignore` of a folder that is a context of its own. Source: buildkit's `frontend/dockerui/namedcontext.go`.
fn ignored(deployment: &Deployment, root: &StaticRoot, path: &HostPath, loaded: &Loaded) -> Ignored {
    if !root.from_artifact {
        let file = located(&path.join(".dockerignore"), loaded);
        let text = file.and_then(|file| Disk.read_text(&file, MAX_FILE_BYTES).ok()).unwrap_or_default();
        return Ignored::new(text.lines(), "");
    }
    let contexts = deployment.builds.iter().filter_map(|build| match &build.context {
        Context::Host(context) => Some((context, &build.ignore, path.below(context)?)),
        Context::Emitted(_) | Context::Elsewhere(_) => None,
    });
    match contexts.max_by_key(|(context, ..)| context.as_str().len()) {
        Some((_, patterns, below)) => Ignored::new(patterns.iter().map(|line| line.value.as_str()), below),
        None => Ignored::default(),
    }
}
