//! Which versions a deployment needs, by what it uses.
//!
//! Source: the releases in which docker/compose began to read a key (`additional_contexts` in v2.17.0, `service:` there in
//! v2.33.0), `data/summary.yaml` of docker/docs, and the refusals in docker/compose's `pkg/compose/create.go` and
//! `pkg/compose/build_bake.go`.

use super::subject::Subject;
use crate::model::engine::Feature;
use crate::model::version::Version;
use crate::project::compose::{MountSource, Service};

/// What somebody needs, and why.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub(super) version: Version,
    /// What needs it, as the subject of a sentence.
    pub(super) what: String,
}

/// What a deployment needs.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) engine: Vec<Need>,
    pub(super) compose: Vec<Need>,
    /// Whether something is built.
    pub(super) builds: bool,
}

/// The first release of Compose that reads a key of a service.
const KEYS: &[(&[&str], Version)] = &[
    (&["attach"], Version(2, 20, 0)),
    (&["develop"], Version(2, 22, 0)),
    (&["gpus"], Version(2, 30, 0)),
    (&["label_file"], Version(2, 32, 2)),
    (&["post_start"], Version(2, 30, 0)),
    (&["pre_stop"], Version(2, 30, 0)),
    (&["build", "additional_contexts"], Version(2, 17, 0)),
    (&["build", "dockerfile_inline"], Version(2, 17, 0)),
    (&["build", "entitlements"], Version(2, 27, 1)),
    (&["build", "privileged"], Version(2, 15, 0)),
    (&["build", "ulimits"], Version(2, 23, 1)),
];

impl Needs {
    pub(super) fn of(subject: &Subject) -> Self {
        let mut needs = Self::default();
        for (_, service) in subject.services() {
            needs.add(service);
        }
        needs
    }

    fn add(&mut self, service: &Service) {
        let name = &service.name.value;
        let need = |version, what: String| Need { version, what: format!("{what} of `{name}`") };
        for (path, version) in KEYS {
            if service.node.at(path).is_some() {
                self.compose.push(need(*version, format!("`{}`", path.join("."))));
            }
        }
        if let Some(build) = &service.build {
            self.builds = true;
            let is_service = |text: &str| text.trim_start().starts_with("service:");
            let mut contexts = build.contexts.iter().filter_map(|context| context.value.as_ref());
            if contexts.any(|context| is_service(&context.raw)) {
                let what = "`service:` in `build.additional_contexts`".to_owned();
                self.compose.push(need(Version(2, 33, 0), what));
            }
        }
        for entry in service.get("env_file").map_or(&[][..], |node| node.items()) {
            for (key, version) in [("required", Version(2, 24, 0)), ("format", Version(2, 30, 0))] {
                if entry.get(key).is_some() {
                    self.compose.push(need(version, format!("`env_file.{key}`")));
                }
            }
        }
        if service.node.at(&["healthcheck", "start_interval"]).is_some() {
            self.engine.push(need(Feature::StartInterval.since(), "`healthcheck.start_interval`".to_owned()));
        }
        if service.mounts.iter().any(|mount| matches!(mount.source, MountSource::Image(_))) {
            self.engine.push(need(Feature::ImageMount.since(), "a mount of an image".to_owned()));
        }
    }
}

/// The first of the greatest needs that a version does not meet.
pub(super) fn unmet(needs: &[Need], version: Version) -> Option<&Need> {
    let unmet = needs.iter().filter(|need| need.version > version);
    unmet.rev().max_by_key(|need| need.version)
}
