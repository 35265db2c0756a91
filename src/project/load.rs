//! What runs: a container for every service, with its image, its process and its files.

use std::sync::Arc;

use super::compose::{Build, Compose, Service};
use super::dockerfile::{Dockerfile, Settings};
use super::files::{self, FileSystem, ImageFiles};
use super::host::{Host, join};
use super::images::{self, KnownImage};
use super::{Container, Image, Spanned, runs};
use crate::source::Span;

/// One container for every service in their order; without compose one for the last stage of every Dockerfile.
pub fn containers(compose: Option<&Compose>, dockerfiles: &[Dockerfile], host: &dyn Host) -> Vec<Container> {
    let built: Vec<Vec<Arc<ImageFiles>>> = dockerfiles.iter().map(|file| files::stages(file, host)).collect();
    let Some(compose) = compose else {
        let last = |(index, file): (usize, &Dockerfile)| {
            let stage = file.stages.len().checked_sub(1)?;
            let image = Image::Built { dockerfile: index, stage };
            let made = Made::of(&image, dockerfiles, &built);
            let files = FileSystem {
                image: Arc::clone(&made.files),
                mounts: made.alone(),
                is_open: false,
                starts_in: None,
            };
            Some(container(None, image, &made, files, host))
        };
        return dockerfiles.iter().enumerate().filter_map(last).collect();
    };
    let images: Vec<Image> = compose.services.iter().map(|service| image(service, dockerfiles)).collect();
    let made: Vec<Made<'_>> = images.iter().map(|image| Made::of(image, dockerfiles, &built)).collect();
    let brought = made.iter().map(|made| (Arc::clone(&made.files), made.volumes.clone())).collect();
    let services = compose.services.iter().enumerate().zip(images).zip(made);
    services
        .map(|(((index, service), image), made)| {
            let files = files::mounted(compose, index, &brought);
            container(Some((index, service)), image, &made, files, host)
        })
        .collect()
}

/// What an image brings besides its name.
struct Made<'a> {
    files: Arc<ImageFiles>,
    settings: Option<&'a Settings>,
    known: Option<&'static KnownImage>,
    volumes: Vec<(String, Option<Span>)>,
}

impl<'a> Made<'a> {
    fn of(image: &Image, dockerfiles: &'a [Dockerfile], built: &[Vec<Arc<ImageFiles>>]) -> Self {
        match image {
            Image::Built { dockerfile, stage } => {
                let file = &dockerfiles[*dockerfile];
                let settings = &*file.stages[*stage].end;
                let mut volumes: Vec<(String, Option<Span>)> = Vec::new();
                for volume in &settings.volumes {
                    volumes.push((volume.value.clone(), volume.span));
                }
                let known = below(file, *stage);
                Self {
                    files: Arc::clone(&built[*dockerfile][*stage]),
                    settings: Some(settings),
                    known,
                    volumes,
                }
            }
            Image::Pulled(name) => {
                let known = images::known(&name.value);
                let volumes = known.iter().flat_map(|known| &known.volumes);
                let volumes = volumes.map(|path| ((*path).to_owned(), None)).collect();
                Self { files: Arc::new(files::image(Some(&name.value))), settings: None, known, volumes }
            }
            Image::Unknown => {
                Self { files: Arc::new(files::image(None)), settings: None, known: None, volumes: Vec::new() }
            }
        }
    }

    /// The volumes of an image that no compose file runs.
    fn alone(&self) -> Vec<files::Layer> {
        let layer = |(path, span): &(String, Option<Span>)| files::Layer {
            at: join("/", path),
            brings: files::Brings::Volume { name: None, is_shared: false, filled: Arc::clone(&self.files) },
            span: *span,
        };
        self.volumes.iter().map(layer).collect()
    }
}

/// The image of a registry below a stage, if it is a well-known one.
fn below(file: &Dockerfile, stage: usize) -> Option<&'static KnownImage> {
    use super::dockerfile::Base;
    let mut stage = file.stages.get(stage)?;
    for _ in 0..file.stages.len() {
        match &stage.base {
            Base::Image(name) => return images::known(name),
            Base::Stage(index) => stage = file.stages.get(*index)?,
            Base::Scratch | Base::Unknown => return None,
        }
    }
    None
}

/// The image of a service: what it builds, else what it pulls.
fn image(service: &Service, dockerfiles: &[Dockerfile]) -> Image {
    if let Some(build) = &service.build {
        return built(build, dockerfiles).unwrap_or(Image::Unknown);
    }
    let Some(text) = &service.image else { return Image::Unknown };
    text.value.clone().map_or(Image::Unknown, |name| Image::Pulled(Spanned::new(name, text.span)))
}

/// The stage that a service builds: of the Dockerfile of its name and context that was read with its arguments.
fn built(build: &Build, dockerfiles: &[Dockerfile]) -> Option<Image> {
    let wanted = match (&build.inline, &build.dockerfile) {
        (Some(_), _) => None,
        (None, Some(file)) => Some(join(build.host.as_deref()?, file.value.as_deref()?)),
        (None, None) => Some(join(build.host.as_deref()?, "Dockerfile")),
    };
    let given = |file: &Dockerfile| {
        file.args.iter().all(|arg| {
            let said = build.args.iter().find(|said| said.name.value == arg.name.value);
            said.is_none_or(|said| said.value.as_ref().and_then(|text| text.value.clone()) == arg.value)
        })
    };
    let fits = |(_, file): &(usize, &Dockerfile)| match &wanted {
        Some(path) => file.host.as_ref() == Some(path) && file.context == build.host,
        None => file.host.is_none() && file.context == build.host && is_inline(file, build),
    };
    let fitting: Vec<(usize, &Dockerfile)> = dockerfiles.iter().enumerate().filter(fits).collect();
    let (index, file) = *fitting.iter().find(|(_, file)| given(file)).or(fitting.first())?;
    let target = match &build.target {
        Some(target) => Some(target.value.as_deref()?),
        None => None,
    };
    Some(Image::Built { dockerfile: index, stage: file.target(target)? })
}

/// Whether a Dockerfile was read from this place of a compose file.
fn is_inline(file: &Dockerfile, build: &Build) -> bool {
    let length = |file: &Dockerfile| file.tree.items.last().map_or(0, |item| item.lines().end);
    build
        .inline
        .as_ref()
        .and_then(|inline| inline.value.as_ref())
        .is_some_and(|text| text.len() == length(file) as usize)
}

fn container(
    service: Option<(usize, &Service)>,
    image: Image,
    made: &Made<'_>,
    mut files: FileSystem,
    host: &dyn Host,
) -> Container {
    let settings = made.settings;
    let by_image =
        |known: Option<&'static KnownImage>, value: fn(&KnownImage) -> &'static str, none: &str| {
            let value = value(known?);
            Some(if value.is_empty() { none.to_owned() } else { value.to_owned() })
        };
    let user = match service.and_then(|(_, service)| service.user.as_ref()) {
        Some(user) => user.value.clone(),
        None => match settings {
            Some(settings) => settings.user.as_ref().map(|user| user.value.clone()),
            None => by_image(made.known, |known| known.user, "root"),
        },
    };
    let working_dir = match service.and_then(|(_, service)| service.working_dir.as_ref()) {
        Some(folder) => folder.value.clone(),
        None => match settings {
            Some(settings) => settings.working_dir.as_ref().map(|folder| folder.value.clone()),
            None => by_image(made.known, |known| known.working_dir, "/"),
        },
    };
    files.starts_in = working_dir.as_ref().map(|folder| join("/", folder));
    let process = process(service.map(|(_, service)| service), made);
    let variable = |name: &str| {
        let said = service.and_then(|(_, service)| service.variable(name)?.value.as_ref()?.value.clone());
        said.or_else(|| settings?.env.get(name)?.clone())
    };
    let question = runs::Question {
        files: &files,
        known: made.known,
        process: process.as_deref(),
        variable: &variable,
        host,
    };
    let nginx = question.answer();
    Container {
        service: service.map(|(index, _)| index),
        known: made.known,
        image,
        user,
        working_dir,
        process,
        files,
        nginx,
    }
}

/// The words of the first process. An entrypoint of the service discards the command of the image.
fn process(service: Option<&Service>, made: &Made<'_>) -> Option<Vec<String>> {
    let said = |command: &super::compose::Command| command.words.clone();
    let entrypoint = service.and_then(|service| service.entrypoint.as_ref());
    let command = service.and_then(|service| service.command.as_ref());
    let (image_entrypoint, image_command) = match (made.settings, made.known) {
        (Some(settings), _) => (
            settings.entrypoint.as_ref().map(|words| words.words.clone()),
            settings.command.as_ref().map(|words| words.words.clone()),
        ),
        (None, Some(known)) => (Some(known.entrypoint.clone()), Some(known.command.clone())),
        (None, None) => (None, None),
    };
    let mut words = match entrypoint {
        Some(entrypoint) => said(entrypoint)?,
        None => image_entrypoint?,
    };
    words.extend(match (command, entrypoint) {
        (Some(command), _) => said(command)?,
        (None, Some(_)) => Vec::new(),
        (None, None) => image_command?,
    });
    Some(words)
}
