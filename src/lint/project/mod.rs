//! What several rules on hand-written projects ask: what runs, what it is called, what it listens on, where it passes
//! requests to.

pub(super) mod advice;
pub(super) mod commands;
pub(super) mod files;
pub(super) mod layout;
pub(super) mod limits;
pub(super) mod listening;
pub(super) mod names;
pub(super) mod programs;
pub(super) mod programs_of_images;
pub(in crate::lint) mod served;
pub(super) mod upstreams;

use std::collections::HashSet;

use super::Whole;
use super::nginx::Configuration;
use crate::model::image::ImageRef;
use crate::project::compose::{Compose, Service};
use crate::project::dockerfile::{Dockerfile, Stage};
use crate::project::images::Role;
use crate::project::{Container, Image, NginxRuns, Spanned};
use crate::source::Span;

/// A service with what is known of its container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running<'a> {
    /// Its place in [`Compose::services`].
    pub(super) index: usize,
    /// What compose says.
    pub(super) service: &'a Service,
    /// What it comes to.
    pub(super) container: Option<&'a Container>,
    /// The configuration of nginx that it runs.
    pub(super) nginx: Option<&'a Configuration<'a>>,
}

/// Every service of a project, in the order of its files.
pub(super) fn running<'a>(whole: &Whole<'a>) -> Vec<Running<'a>> {
    let project = whole.project;
    let services = project.compose.iter().flat_map(|compose| &compose.services).enumerate();
    services
        .map(|(index, service)| {
            // There is one for every service, in their order.
            let container = project.containers.get(index).filter(|found| found.service == Some(index));
            let nginx = container.and_then(|_| whole.nginx.get(index)?.as_ref());
            Running { index, service, container, nginx }
        })
        .collect()
}

impl<'a> Running<'a> {
    /// Its key.
    pub(super) fn name(&self) -> &'a str {
        &self.service.name.value
    }

    /// Whether there is a container of it: one with `scale: 0` is built for others alone.
    pub(super) fn is_started(&self) -> bool {
        self.service.replicas.as_ref().is_none_or(|replicas| replicas.value > 0)
    }

    /// Where its key is written.
    pub(super) fn span(&self) -> Span {
        self.service.name.span
    }

    /// Whether no one profile starts both.
    pub(super) fn is_apart_from(&self, other: &Running<'_>) -> bool {
        let (own, others) = (&self.service.profiles, &other.service.profiles);
        let is_shared = |profile: &Spanned<String>| others.iter().any(|other| other.value == profile.value);
        !own.is_empty() && !others.is_empty() && !own.iter().any(is_shared)
    }

    /// The image of a registry that it runs as it is, by the name that it has there.
    pub(super) fn pulled(&self) -> Option<&'a Spanned<String>> {
        match &self.container?.image {
            Image::Pulled(name) => Some(name),
            Image::Built { .. } | Image::Unknown => None,
        }
    }

    /// The Dockerfile and the stage that it is built from.
    pub(super) fn built(&self, whole: &Whole<'a>) -> Option<(&'a Dockerfile, &'a Stage)> {
        match &self.container?.image {
            Image::Built { dockerfile, stage } => {
                let file = whole.project.dockerfiles.get(*dockerfile)?;
                Some((file, file.stages.get(*stage)?))
            }
            Image::Pulled(_) | Image::Unknown => None,
        }
    }

    /// The reference of the image that it runs as it is.
    pub(super) fn reference(&self) -> Option<ImageRef> {
        ImageRef::parse(&self.pulled()?.value)
    }

    /// What its image is for. That of one that is built on a known image is that image's, if nothing else than
    /// configuration can be meant: people do not build applications on databases.
    pub(super) fn role(&self) -> Option<Role> {
        self.container?.known.map(|known| known.role)
    }

    /// The configuration of nginx that it runs, as files.
    pub(super) fn nginx_runs(&self) -> Option<&'a NginxRuns> {
        self.container?.nginx.as_ref()
    }

    /// Whether the variables that it gets are all known by their names.
    pub(super) fn knows_variables(&self) -> bool {
        self.service.env_files.iter().all(|file| file.variables.is_some() || file.is_optional)
    }

    /// Whether it gets a variable of such a name, from compose or from its image.
    pub(super) fn has_variable(&self, whole: &Whole<'a>, is_meant: impl Fn(&str) -> bool) -> bool {
        let service = self.service;
        let files = service.env_files.iter().filter_map(|file| file.variables.as_ref()).flatten();
        let mut names = service.environment.iter().chain(files).map(|variable| variable.name.value.as_str());
        let built = self.built(whole);
        names.any(&is_meant)
            || built.is_some_and(|(_, stage)| stage.end.env.keys().any(|name| is_meant(name)))
    }

    /// Its `network_mode`, if one is said and known.
    pub(super) fn network_mode(&self) -> Option<&'a str> {
        self.service.network_mode.as_ref()?.value.as_deref()
    }
}

/// The services that others wait for until they have ended without an error.
pub(super) fn jobs<'a>(services: &[Running<'a>]) -> HashSet<&'a str> {
    let awaited = services.iter().flat_map(|running| &running.service.depends_on);
    let awaited = awaited.filter(|depends| depends.condition.value == "service_completed_successfully");
    awaited.map(|depends| depends.name.value.as_str()).collect()
}

/// What compose says of a project, if it says something.
pub(super) fn compose<'a>(whole: &Whole<'a>) -> Option<&'a Compose> {
    whole.project.compose.as_ref()
}
