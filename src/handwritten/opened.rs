//! One deployment that is looked into rather than judged: what its files say, with the configurations of nginx that its
//! containers run, and what no output may show of it.

use std::collections::BTreeSet;

use super::deployment::Deployment;
use super::shelf::{Catalogue, Shelf};
use super::{Around, Bench, Source};
use crate::diagnostic::Sink;
use crate::lint::nginx::{self, Configuration};
use crate::lint::{self, Literal};
use crate::project::kind::{FileKind, kind_of};
use crate::project::{NotAnalysed, Project};
use crate::source::{FileId, SourceMap};
use crate::syntax::dockerfile::tree::Tree;
use crate::vocabulary::nginx::Context;

/// A deployment that was read.
#[derive(Debug)]
pub struct Opened {
    deployment: Deployment,
    shelf: Shelf,
    /// Dockerfiles that no compose file builds.
    alone: Vec<Deployment>,
    configurations_alone: Vec<(FileId, Option<Context>, Catalogue)>,
    /// What the readers found, and the places that no output may show.
    pub sink: Sink,
    /// Whether every file was read to its end.
    pub is_understood: bool,
    /// What was asked for and not read.
    pub not_analysed: Vec<NotAnalysed>,
}

/// What an nginx runs with.
#[derive(Debug)]
pub struct Running<'a> {
    /// The services whose containers run it; none of files that no container runs.
    pub services: Vec<&'a str>,
    /// The name of its first file.
    pub first: &'a str,
    /// What it says.
    pub configuration: Configuration<'a>,
}

impl Opened {
    /// Reads compose files, merged in their order, and what belongs to them; of `beside` those that belong to no service, each
    /// alone.
    pub fn of(composes: &[String], beside: &[String], around: &dyn Around) -> Self {
        let mut bench = Bench::default();
        let deployment = Deployment::of_compose(composes, &mut bench, around);
        let built: BTreeSet<String> = deployment.dockerfiles().map(str::to_owned).collect();
        let run: BTreeSet<String> =
            deployment.nginx_files().map(|file| bench.shelf.sources.file(file).name.clone()).collect();
        let mut alone = Vec::new();
        let mut configurations_alone = Vec::new();
        for name in beside.iter().filter(|name| !built.contains(*name) && !run.contains(*name)) {
            match kind_of(name) {
                Some(FileKind::Dockerfile) => {
                    alone.extend(Deployment::of_dockerfile(name, &mut bench, around));
                }
                Some(FileKind::Compose) => {}
                None => {
                    let Ok(text) = around.read(name) else { continue };
                    let source =
                        Source { name: name.clone(), text: text.as_ref().to_owned(), is_named: false };
                    let (file, _) = bench.shelf.put(source);
                    let place = bench.shelf.guess(file);
                    if place.is_some() {
                        let catalogue = bench.shelf.follow(file, around);
                        configurations_alone.push((file, place, catalogue));
                    }
                }
            }
        }
        let Bench { shelf, mut sink, is_misunderstood, mut not_analysed, .. } = bench;
        let mut is_understood = !is_misunderstood;
        let read = configurations_alone.iter().flat_map(|(_, _, catalogue)| catalogue.files.iter().copied());
        let nginx: BTreeSet<FileId> = deployment.nginx_files().chain(read).collect();
        for file in nginx {
            is_understood &= shelf.finish(file, &mut sink);
        }
        for deployment in alone.iter().chain([&deployment]) {
            deployment.mask(&shelf, around, &mut sink);
        }
        not_analysed.extend(shelf.refused());
        sink.finish();
        Self { deployment, shelf, alone, configurations_alone, sink, is_understood, not_analysed }
    }

    /// What its compose files say, what they build and what runs.
    pub fn project(&self) -> &Project {
        self.deployment.project()
    }

    /// The secrets that stand in the environments of its services as plain text.
    pub fn literal_secrets(&self, around: &dyn Around) -> Vec<Literal> {
        let mut found = Vec::new();
        self.deployment.look(&self.shelf, around, &mut |whole| found = lint::literal_secrets(whole));
        found
    }

    /// The texts that spans point into.
    pub fn sources(&self) -> &SourceMap {
        &self.shelf.sources
    }

    /// Every Dockerfile with its name, those that no service builds behind the others.
    pub fn dockerfiles(&self) -> impl Iterator<Item = (&str, &Tree)> {
        let all = self.alone.iter().map(Deployment::project);
        let read = std::iter::once(self.project()).chain(all).flat_map(|project| &project.dockerfiles);
        read.map(|dockerfile| (self.sources().file(dockerfile.file).name.as_str(), &dockerfile.tree))
    }

    /// Every configuration of nginx once, those that no container runs behind the others.
    pub fn configurations(&self) -> Vec<Running<'_>> {
        let compose = self.project().compose.as_ref();
        let mut found: Vec<(&BTreeSet<FileId>, Running<'_>)> = Vec::new();
        let read = self.deployment.configurations(&self.shelf);
        let containers = &self.project().containers;
        for ((container, files), read) in containers.iter().zip(self.deployment.running()).zip(read) {
            let (Some(files), Some(configuration)) = (files, read) else { continue };
            let service = container.service.zip(compose).and_then(|(at, compose)| compose.services.get(at));
            let service = service.map(|service| service.name.value.as_str());
            if let Some((_, known)) = found.iter_mut().find(|(known, _)| *known == files) {
                known.services.extend(service);
                continue;
            }
            let own = files.iter().find(|file| !self.shelf.is_of_image(**file));
            let first = own.map_or("", |file| self.sources().file(*file).name.as_str());
            let services = service.into_iter().collect();
            found.push((files, Running { services, first, configuration }));
        }
        let mut all: Vec<Running<'_>> = found.into_iter().map(|(_, running)| running).collect();
        all.extend(self.configurations_alone.iter().map(|(file, place, catalogue)| Running {
            services: Vec::new(),
            first: &self.sources().file(*file).name,
            configuration: nginx::read(*file, *place, &self.shelf.reading(catalogue), self.sources()),
        }));
        all
    }
}
