//! What the rules on Dockerfiles look at: their steps, the stages that run, the commands of `RUN`, the names of images.

pub(crate) mod apt;
pub(super) mod checks;
pub(crate) mod commands;
pub(crate) mod image;
pub(crate) mod process;
mod shell;

use std::collections::BTreeSet;

pub(crate) use crate::project::dockerfile::context;

use super::Whole;
use crate::project::Image;
use crate::project::compose::Service;
use crate::project::dockerfile::{Base, Dockerfile, Stage, Step};
use crate::source::FileId;

/// A step at its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The file.
    pub(crate) dockerfile: &'a Dockerfile,
    /// The stage's place in it.
    pub(crate) stage_index: usize,
    /// The stage.
    pub(crate) stage: &'a Stage,
    /// The step.
    pub(crate) step: &'a Step,
}

/// Every step as it is written: what ONBUILD brings into other stages is left out.
pub(crate) fn steps<'a>(whole: &Whole<'a>) -> impl Iterator<Item = Place<'a>> {
    whole.project.dockerfiles.iter().flat_map(steps_of)
}

/// The steps of one file.
pub(crate) fn steps_of(dockerfile: &Dockerfile) -> impl Iterator<Item = Place<'_>> {
    dockerfile.stages.iter().enumerate().flat_map(move |(stage_index, stage)| {
        let written = stage.steps.iter().filter(|step| !step.is_trigger && !step.instruction.damaged);
        written.map(move |step| Place { dockerfile, stage_index, stage, step })
    })
}

/// A stage that becomes an image of its own.
#[derive(Clone, Debug)]
pub(crate) struct Final<'a> {
    /// The file.
    pub(crate) dockerfile: &'a Dockerfile,
    /// The stage's place in it.
    pub(crate) stage_index: usize,
    /// The services that run it; none without compose.
    pub(crate) services: Vec<&'a Service>,
}

impl<'a> Final<'a> {
    /// The stage.
    pub(crate) fn stage(&self) -> &'a Stage {
        &self.dockerfile.stages[self.stage_index]
    }

    /// The stage and those that it builds on, the lowest first: their layers are in the image.
    pub(crate) fn layers(&self) -> Vec<&'a Stage> {
        let mut layers = vec![self.stage()];
        while let Base::Stage(below) = layers[layers.len() - 1].base {
            layers.push(&self.dockerfile.stages[below]);
        }
        layers.reverse();
        layers
    }

    /// The steps of these stages, in the order in which they are carried out.
    pub(crate) fn steps(&self) -> Vec<&'a Step> {
        let layers = self.layers().into_iter();
        layers.flat_map(|stage| &stage.steps).filter(|step| !step.instruction.damaged).collect()
    }
}

/// The stages that services run and, of a file that none runs, the last one.
pub(crate) fn finals<'a>(whole: &Whole<'a>) -> Vec<Final<'a>> {
    let project = whole.project;
    let mut finals: Vec<Final<'a>> = Vec::new();
    for container in &project.containers {
        let Image::Built { dockerfile, stage } = container.image else { continue };
        let services = project.compose.as_ref().zip(container.service);
        let service = services.and_then(|(compose, index)| compose.services.get(index));
        let Some(file) = project.dockerfiles.get(dockerfile) else { continue };
        let is_same =
            |other: &&mut Final<'_>| other.dockerfile.file == file.file && other.stage_index == stage;
        match finals.iter_mut().find(is_same) {
            Some(known) => known.services.extend(service),
            None if stage < file.stages.len() => {
                let services = service.into_iter().collect();
                finals.push(Final { dockerfile: file, stage_index: stage, services });
            }
            None => {}
        }
    }
    for dockerfile in &project.dockerfiles {
        let is_run = finals.iter().any(|known| known.dockerfile.file == dockerfile.file);
        if let Some(stage_index) = dockerfile.target(None).filter(|_| !is_run) {
            finals.push(Final { dockerfile, stage_index, services: Vec::new() });
        }
    }
    finals
}

/// The stages whose layers are in an image that runs: the file and the place in it.
pub(crate) fn shipped(whole: &Whole<'_>) -> BTreeSet<(FileId, usize)> {
    let mut shipped = BTreeSet::new();
    for known in finals(whole) {
        let mut next = Some(known.stage_index);
        while let Some(index) = next {
            // What is below a stage that was seen was seen, too.
            let is_new = shipped.insert((known.dockerfile.file, index));
            next = match known.dockerfile.stages[index].base {
                Base::Stage(below) if is_new => Some(below),
                Base::Stage(_) | Base::Image(_) | Base::Scratch | Base::Unknown => None,
            };
        }
    }
    shipped
}

/// The steps of stages whose layers are in an image that runs.
pub(crate) fn shipped_steps<'a>(whole: &Whole<'a>) -> impl Iterator<Item = Place<'a>> {
    let shipped = shipped(whole);
    steps(whole).filter(move |place| shipped.contains(&(place.dockerfile.file, place.stage_index)))
}

/// The stages in whose text one of some words stands: the file and the place in it.
pub(crate) fn stages_that_say(whole: &Whole<'_>, words: &[&str]) -> BTreeSet<(FileId, usize)> {
    let says = |place: &Place<'_>| {
        let text = whole.sources.text(place.step.instruction.lines);
        words.iter().any(|word| text.contains(word))
    };
    steps(whole).filter(says).map(|place| (place.dockerfile.file, place.stage_index)).collect()
}

/// What each stage of a file stands on in the end: never another stage.
pub(crate) fn roots(dockerfile: &Dockerfile) -> Vec<&Base> {
    let mut roots: Vec<&Base> = Vec::with_capacity(dockerfile.stages.len());
    for stage in &dockerfile.stages {
        let root = match stage.base {
            Base::Stage(below) => roots[below],
            Base::Image(_) | Base::Scratch | Base::Unknown => &stage.base,
        };
        roots.push(root);
    }
    roots
}

/// Whether names say that something is for development or tests: a stage, a Dockerfile, a compose file.
pub(crate) fn is_for_development(name: &str) -> bool {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.map(str::to_ascii_lowercase).any(|word| {
        matches!(
            word.as_str(),
            "dev"
                | "devel"
                | "develop"
                | "development"
                | "local"
                | "debug"
                | "test"
                | "tests"
                | "testing"
                | "ci"
        )
    })
}
