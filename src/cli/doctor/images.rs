//! Whether the images that are pulled can be had: those of services, and those that Dockerfiles build on.

use std::collections::BTreeMap;

use super::engine::Found;
use super::subject::Subject;
use crate::driver::engine::{Docker, Resolved};
use crate::project::Image;
use crate::project::compose::{Build, Compose};
use crate::project::dockerfile::{Base, Dockerfile, Target, mounts};
use crate::render::checkup::{Check, State};
use crate::syntax::dockerfile::keyword::Keyword;

const GROUP: &str = "images";
/// So many registries are asked at the same time.
const AT_ONCE: usize = 8;

/// Images, each with the first that wants it.
type Wanted = BTreeMap<String, String>;

pub(super) fn check(docker: Docker, found: &Found, subject: &Subject) -> Vec<Check> {
    let wanted: Vec<(String, String)> = wanted(subject).into_iter().collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    if found.engine.is_none() {
        let names: Vec<&str> = wanted.iter().map(|(image, _)| image.as_str()).collect();
        let text = format!("without an engine nobody knows whether these are there: {}", names.join(", "));
        return vec![Check::new(GROUP, State::Unknown, text)];
    }
    let mut checks = Vec::new();
    for some in wanted.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            let asked: Vec<_> =
                some.iter().map(|(image, _)| scope.spawn(move || docker.resolve(image))).collect();
            for ((image, who), answer) in some.iter().zip(asked) {
                let answer =
                    answer.join().unwrap_or_else(|_| Resolved::Unknown("nobody could be asked".to_owned()));
                checks.push(one(image, who, answer));
            }
        });
    }
    checks
}

fn one(image: &str, who: &str, answer: Resolved) -> Check {
    let name = format!("{image} for {who}");
    match answer {
        Resolved::Here => Check::new(GROUP, State::Ok, format!("{name} is here")),
        Resolved::InRegistry => {
            Check::new(GROUP, State::Ok, format!("{name} is not here, and its registry has it"))
        }
        Resolved::Missing => Check::new(
            GROUP,
            State::Problem,
            format!("{name} is not here, and its registry has no such image"),
        )
        .help("correct the name or the tag"),
        Resolved::Denied => {
            let host = image.split_once('/').map(|(host, _)| host).filter(|host| host.contains(['.', ':']));
            let login = host.map_or_else(|| "docker login".to_owned(), |host| format!("docker login {host}"));
            Check::new(
                GROUP,
                State::Problem,
                format!("{name} is not here, and its registry does not hand it out"),
            )
            .note("there is no such image, or only who is known may have it")
            .help(format!("correct the name, or `{login}`"))
        }
        Resolved::Unknown(why) => Check::new(
            GROUP,
            State::Unknown,
            format!("{name} is not here, and its registry cannot be asked: {why}"),
        )
        .help(format!("`docker pull {image}` once the registry can be reached")),
    }
}

/// The images that a deployment needs and does not build.
fn wanted(subject: &Subject) -> Wanted {
    let project = subject.read_project();
    let compose = subject.compose();
    let built = built(compose, &subject.project_name());
    let mut wanted = Wanted::new();
    for (index, service) in subject.services() {
        let who = format!("`{}`", service.name.value);
        match (project.containers.get(index).map(|container| &container.image), &service.build) {
            (Some(Image::Pulled(image)), None) if !built.contains(&image.value) => {
                wanted.entry(image.value.clone()).or_insert(who);
            }
            (Some(Image::Built { dockerfile, stage }), Some(build)) => {
                let dockerfile = &project.dockerfiles[*dockerfile];
                for image in below(dockerfile, *stage, build) {
                    wanted.entry(image).or_insert_with(|| format!("the build of {who}"));
                }
            }
            (Some(Image::Pulled(_) | Image::Built { .. } | Image::Unknown) | None, _) => {}
        }
    }
    wanted
}

/// The names that builds of this deployment give to images.
fn built(compose: &Compose, project: &str) -> Vec<String> {
    let services = compose.services.iter().filter(|service| service.build.is_some());
    let names = |service: &crate::project::compose::Service| {
        let said = service.image.as_ref().and_then(|image| image.value.clone());
        [said, Some(format!("{project}-{}", service.name.value))].into_iter().flatten()
    };
    services.flat_map(names).collect()
}

/// The images of registries that a stage is made from.
fn below(dockerfile: &Dockerfile, stage: usize, build: &Build) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for stage in dockerfile.needed(stage).into_iter().filter_map(|index| dockerfile.stages.get(index)) {
        if let Base::Image(name) = &stage.base {
            names.push(name.clone());
        }
        for step in &stage.steps {
            let is_copy = matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add);
            let from = step.instruction.flag("from").filter(|_| is_copy);
            let copied = from.and_then(|flag| flag.value.as_ref()).map(|value| value.text.clone());
            let mounted = mounts(&step.instruction).filter_map(|mount| mount.from.map(str::to_owned));
            names.extend(
                copied.into_iter().chain(mounted).filter(|name| dockerfile.named(name) == Target::Other),
            );
        }
    }
    let context = |name: &String| {
        let of_name = build.contexts.iter().find(|context| context.name.value.eq_ignore_ascii_case(name));
        of_name.map(|context| context.value.as_ref().and_then(|text| text.value.clone()).unwrap_or_default())
    };
    let image = |name: String| match context(&name) {
        None => Some(name),
        // A further context stands in for the image of that name.
        Some(value) => value.strip_prefix("docker-image://").map(str::to_owned),
    };
    // What depends on a variable of the build is not known.
    names.into_iter().filter_map(image).filter(|name| !name.contains('$') && !name.is_empty()).collect()
}
