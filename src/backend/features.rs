//! What of an engine that is emitted needs, for those that are told of an old one.

use super::dockerfile;
use crate::model::Deployment;
use crate::model::compose::extra::{self, Value};
use crate::model::compose::{Health, Mount, MountSource, Service};
use crate::model::dockerfile::{BuildFile, DirectiveKind};
use crate::model::engine::Feature;
use crate::source::Origin;

/// Every use of something that an engine may be too old for, with why it is there.
pub fn features(deployment: &Deployment) -> Vec<(Feature, Origin)> {
    let mut used: Vec<(Feature, Origin)> = deployment.builds.iter().flat_map(of_file).collect();
    for service in &deployment.compose.services {
        of_service(service, &mut used);
    }
    used
}

/// A file that names its frontend is read by that one, whatever the engine has built in.
fn of_file(build: &BuildFile) -> Vec<(Feature, Origin)> {
    let file = &build.dockerfile;
    let has_frontend = file.directives.iter().any(|directive| directive.kind == DirectiveKind::Syntax);
    let steps = file.globals.iter().chain(file.stages.iter().flat_map(|stage| &stage.steps));
    let of_steps = steps.flat_map(|step| {
        dockerfile::features(step.op.effective()).into_iter().map(|feature| (feature, step.origin))
    });
    let bases = file.stages.iter().flat_map(|stage| [Some(&stage.base), stage.platform.as_ref()]).flatten();
    let of_bases =
        bases.flat_map(|text| dockerfile::features_of_text(text).map(|feature| (feature, text.origin)));
    let used = of_steps.chain(of_bases);
    used.filter(|(feature, _)| !has_frontend || feature.frontend().is_none()).collect()
}

fn of_service(service: &Service, used: &mut Vec<(Feature, Origin)>) {
    used.extend(service.health.as_ref().and_then(of_health));
    used.extend(service.mounts.iter().filter_map(of_mount));
}

fn of_health(health: &Health) -> Option<(Feature, Origin)> {
    let interval = health.start_interval.as_ref()?;
    Some((Feature::StartInterval, interval.text.origin))
}

fn of_mount(mount: &Mount) -> Option<(Feature, Origin)> {
    if matches!(mount.source, MountSource::Image(_)) {
        return Some((Feature::ImageMount, mount.origin));
    }
    let Some(Value::Map(options)) = extra::find(&mount.extra, "volume") else { return None };
    extra::find(options, "subpath").map(|_| (Feature::Subpath, mount.origin))
}
