//! # A base image that changes under its name
//!
//! Without a tag, `FROM nginx` takes `latest`: whatever was released last when the image was pulled. The same Dockerfile
//! then makes another image next month, on another machine, or after the cache was cleared, and a new major version
//! comes without anybody asking for it. The same holds for `stable`, `edge`, `nightly` and their like. A tag with a number
//! says which version is meant; a digest says which image.
//!
//! ```dockerfile bad
//! FROM python:latest
//! COPY app.py /app.py
//! USER 1000
//! CMD ["python", "/app.py"]
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! COPY app.py /app.py
//! USER 1000
//! CMD ["python", "/app.py"]
//! ```

use std::collections::BTreeSet;

use crate::lint::dockerfile::image::ImageName;
use crate::lint::dockerfile::{finals, steps_of};
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::{Base, Dockerfile, Target};
use crate::source::Span;

pub(super) const CODE: &str = "docker-unpinned-base";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let local = made_here(whole);
    for dockerfile in &whole.project.dockerfiles {
        let needed = needed(whole, dockerfile);
        for (name, span) in images(dockerfile, &needed) {
            let image = ImageName::of(&name);
            if !image.is_floating() || local.contains(image.repository) || name.contains('$') {
                continue;
            }
            let what = image.tag.map_or("has no tag".to_owned(), |tag| format!("follows `{tag}`"));
            let found = findings
                .at(span, format!("the image `{name}` {what}"))
                .here("any version, from one build to the next")
                .note("the same Dockerfile makes another image whenever a new version is released")
                .help(format!("name the version that it was tried with: `{}:VERSION`", image.repository));
            findings.push(found);
        }
    }
}

/// The stages that anything which is built of a file needs: what is there for an editor alone is not looked at.
fn needed(whole: &Whole<'_>, dockerfile: &Dockerfile) -> BTreeSet<usize> {
    let finals = finals(whole).into_iter().filter(|known| known.dockerfile.file == dockerfile.file);
    finals.flat_map(|known| dockerfile.needed(known.stage_index)).collect()
}

/// The images that a file takes from registries, each once, with the place of the first.
fn images(dockerfile: &Dockerfile, needed: &BTreeSet<usize>) -> Vec<(String, Span)> {
    let stages = needed.iter().filter_map(|index| dockerfile.stages.get(*index));
    let bases = stages.filter_map(|stage| match &stage.base {
        Base::Image(name) => Some((name.clone(), stage.from.span)),
        Base::Stage(_) | Base::Scratch | Base::Unknown => None,
    });
    let steps = steps_of(dockerfile).filter(|place| needed.contains(&place.stage_index));
    let copied = steps.flat_map(|place| {
        let names = place.step.sources().into_iter();
        let others = names.filter(|name| dockerfile.named(name) == Target::Other && *name != "scratch");
        // A single word may be a context that somebody names when building.
        let images = others.filter(|name| name.contains([':', '/', '.']));
        images.map(|name| (name.to_owned(), place.step.instruction.span)).collect::<Vec<_>>()
    });
    let mut seen = BTreeSet::new();
    bases.chain(copied).filter(|(name, _)| seen.insert(name.clone())).collect()
}

/// The repositories of images that services build, and the named contexts that stand for images.
fn made_here(whole: &Whole<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for service in whole.project.compose.iter().flat_map(|compose| &compose.services) {
        let Some(build) = &service.build else { continue };
        let image = service.image.as_ref().and_then(|image| image.value.as_deref());
        names.extend(image.map(|image| ImageName::of(image).repository.to_owned()));
        names.extend(build.contexts.iter().map(|context| context.name.value.clone()));
    }
    names
}
