//! Which folders of this machine a proxy's nginx sees, by what its stack file says.

use crate::cli::load::Loaded;
use crate::driver::container::{Mount, Root};
use crate::driver::facts::locate;
use crate::driver::ignored::Ignored;
use crate::driver::{Disk, Files, place};
use crate::model::Deployment;
use crate::model::compose::{Context, MountSource};
use crate::model::nginx::ConfFile;
use crate::model::path::HostPath;
use crate::model::stack::StaticRoot;

/// The mounts, and what is not there yet.
pub(super) fn of(deployment: &Deployment, conf: &ConfFile, loaded: &Loaded) -> (Vec<Mount>, Vec<String>) {
    let mut mounts = Vec::new();
    let mut notes = Vec::new();
    for root in deployment.stack.static_roots.iter().filter(|root| root.service == conf.service) {
        let Some(at) = container_folder(conf, root) else { continue };
        for host in &root.host_roots {
            let Some(found) = located(&host.path, loaded) else { continue };
            if !found.exists() {
                let provides = if root.from_artifact {
                    "if a step of the build makes it, `provides` need not name its files"
                } else {
                    "if a build makes it, say so with `provides` and serve `SERVICE.ARTEFACT`"
                };
                notes.push(format!("`{}` does not exist yet: {provides}", host.path));
            }
            mounts.push(Mount {
                at: at.clone(),
                root: Root::new(found),
                is_all: !root.from_artifact,
                ignored: ignored(deployment, root, &host.path, loaded),
            });
        }
    }
    let service = deployment.compose.service(&conf.service);
    for mount in service.into_iter().flat_map(|service| &service.mounts) {
        let (MountSource::Host(source), Some(target)) = (&mount.source, mount.target.known()) else {
            continue;
        };
        let Some(found) = source.known().and_then(|path| located(path, loaded)) else { continue };
        let at = target.trimmed().to_owned();
        mounts.push(Mount { at, root: Root::new(found), is_all: true, ignored: Ignored::default() });
    }
    (mounts, notes)
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
        let text = file.and_then(|file| Disk.read_text(&file).ok()).unwrap_or_default();
        return Ignored::new(text.lines(), "");
    }
    let contexts = deployment.builds.iter().filter_map(|build| match &build.context {
        Context::Host(context) => Some((context, &build.ignore, path.below(context)?)),
        Context::Emitted(_) => None,
    });
    match contexts.max_by_key(|(context, ..)| context.as_str().len()) {
        Some((_, patterns, below)) => Ignored::new(patterns.iter().map(|line| line.value.as_str()), below),
        None => Ignored::default(),
    }
}
