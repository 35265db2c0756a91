//! One side: what was read of it, and where a person finds what it says.

use std::collections::HashMap;

use super::said::Said;
use super::{Subject, Topic, compose, dockerfile, nginx};
use crate::backend::Artifact;
use crate::compile::Compilation;
use crate::emitted::{Place, Places};
use crate::handwritten::Opened;
use crate::project::Image;
use crate::project::compose::{Compose, Declared};
use crate::source::Span;

/// One of the two sides of a comparison.
#[derive(Debug)]
pub struct Side {
    /// What a person calls it.
    pub name: String,
    /// What was read.
    pub opened: Opened,
    /// The folder that the names of its files begin in, by [`crate::project::host::Host`]'s naming.
    pub folder: String,
    /// Of a stack file what it was compiled to.
    pub made: Option<Made>,
}

/// What a stack file emits.
#[derive(Debug)]
pub struct Made {
    /// What it means.
    pub compilation: Compilation,
    /// The artefacts, by the names under which they were read.
    pub artifacts: Vec<(String, Artifact)>,
}

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file as a person would type it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// Of a stack file the line that is made of it, or of one that every stack file makes only that.
    pub emitted: Option<(String, usize)>,
}

impl Side {
    /// Where a person wrote what stands at a place.
    pub fn spot(&self, place: Span) -> Spot {
        let read = self.opened.sources();
        let (file, line) = (read.file(place.file).name.clone(), read.position(place).line_number);
        let Some(Made { compilation, artifacts }) = &self.made else {
            return Spot { file, line, emitted: None };
        };
        let by_name: HashMap<String, &Artifact> =
            artifacts.iter().map(|(name, made)| (name.clone(), made)).collect();
        let Compilation { sources, origins, .. } = compilation;
        let places = Places { artifacts: &by_name, origins, read, stack: sources };
        match places.of(place) {
            Place::Statement(span) => Spot {
                file: sources.file(span.file).name.clone(),
                line: sources.position(span).line_number,
                emitted: Some((self.below(&file), line)),
            },
            Place::Nowhere | Place::Elsewhere => Spot { file, line, emitted: None },
        }
    }

    /// A name from the folder of the side.
    fn below(&self, name: &str) -> String {
        let inner = match self.folder.as_str() {
            "" | "." => Some(name),
            folder => name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        inner.unwrap_or(name).to_owned()
    }

    /// Everything that it says.
    pub(super) fn topics(&self) -> Vec<Topic> {
        let mut topics = Vec::new();
        if let Some(compose) = &self.opened.project().compose {
            topics.extend(of_compose(compose));
        }
        let mut seen: Vec<String> = Vec::new();
        for (name, tree) in self.opened.dockerfiles() {
            let path = self.below(name);
            if seen.contains(&path) {
                continue;
            }
            let text = &self.opened.sources().file(tree.file).text;
            let said = Said::block("dockerfile", dockerfile::of(tree, text), Span::new(tree.file, 0, 0));
            let subject = Subject { kind: "dockerfile", services: self.builders(name), name: path.clone() };
            topics.push(Topic { subject, said });
            seen.push(path);
        }
        for running in self.opened.configurations() {
            let configuration = &running.configuration;
            let Some(first) = configuration.all().next().map(|(_, node)| node.line) else { continue };
            let said = Said::block("nginx", nginx::of(configuration), first);
            let services = running.services.iter().map(|&name| name.to_owned()).collect();
            let subject = Subject { kind: "nginx", name: self.below(running.first), services };
            topics.push(Topic { subject, said });
        }
        topics
    }

    /// The services whose containers are built by a Dockerfile.
    fn builders(&self, name: &str) -> Vec<String> {
        let project = self.opened.project();
        let Some(compose) = &project.compose else { return Vec::new() };
        let builds = |image: &Image| match image {
            Image::Built { dockerfile, .. } => {
                self.opened.sources().file(project.dockerfiles[*dockerfile].file).name == name
            }
            Image::Pulled(_) | Image::Unknown => false,
        };
        let containers = project.containers.iter().filter(|container| builds(&container.image));
        let services = containers.filter_map(|container| compose.services.get(container.service?));
        services.map(|service| service.name.value.clone()).collect()
    }
}

fn of_compose(compose: &Compose) -> Vec<Topic> {
    let mut topics = Vec::new();
    let topic = |kind: &'static str, name: &str, inside: Vec<Said>, place: Span| Topic {
        subject: Subject { kind, name: name.to_owned(), services: Vec::new() },
        said: Said::block(kind, inside, place),
    };
    for service in &compose.services {
        let name = &service.name;
        topics.push(topic("service", &name.value, compose::service(&service.node), name.span));
    }
    let sections: [(&'static str, &[Declared]); 4] = [
        ("network", &compose.networks),
        ("volume", &compose.volumes),
        ("secret", &compose.secrets),
        ("config", &compose.configs),
    ];
    for (kind, declared) in sections {
        for Declared { name, node, .. } in declared {
            let inside = compose::declared(kind, node);
            // The network of the project is there whether it is written or not.
            if !(kind == "network" && name.value == "default" && inside.is_empty()) {
                topics.push(topic(kind, &name.value, inside, name.span));
            }
        }
    }
    let own = compose::project(&compose.root);
    topics.push(topic("project", "", own, compose.root.span.at_start()));
    topics
}
