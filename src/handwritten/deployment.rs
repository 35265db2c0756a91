//! One deployment: its compose files, the Dockerfiles that they build, and what runs in its containers.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::{Catalogue, Shelf};
use super::{Around, Bench, IsCovered};
use crate::diagnostic::{Diagnostic, Sink};
use crate::lint::nginx::Configuration;
use crate::lint::{self, Judge, Whole, nginx};
use crate::project::compose::{self, Build, Environment};
use crate::project::dockerfile::{self, Dockerfile};
use crate::project::host::{Kind, Refusal, join};
use crate::project::ignored::Ignored;
use crate::project::{Image, NotAnalysed, Project, Spanned, containers};
use crate::source::{FileId, Span};
use crate::syntax::dockerfile::remarks::remarks as dockerfile_remarks;
use crate::syntax::remark::Remark;
use crate::vocabulary::nginx::Context;

/// A deployment that was read.
#[derive(Debug)]
pub(super) struct Deployment {
    project: Project,
    /// What each container runs of nginx: the first file of its configuration, and all of them.
    nginx: Vec<Option<(FileId, Catalogue)>>,
    /// The comments of compose files that speak to stackc.
    remarks: Vec<Remark>,
    /// The blocks of services.
    blocks: Vec<Spanned<String>>,
    /// Whether all that belongs to it was read and understood.
    is_whole: bool,
}

/// The build arguments that compose gives a Dockerfile: names and values, where they are known.
type Arguments = Vec<(String, Option<String>)>;

impl Deployment {
    /// Reads compose files, merged in their order, and what they build.
    pub(super) fn of_compose(files: &[String], bench: &mut Bench, around: &dyn Around) -> Self {
        let environment = Environment::of_folder(files, around, &mut bench.shelf.sources, &mut bench.sink);
        Self::of_compose_with(files, &environment, bench, around)
    }

    /// The same with these variables.
    pub(super) fn of_compose_with(
        files: &[String],
        environment: &Environment,
        bench: &mut Bench,
        around: &dyn Around,
    ) -> Self {
        let loaded = compose::load(files, environment, around, &mut bench.shelf.sources, &mut bench.sink);
        let before = bench.not_analysed.len();
        let was_misunderstood = std::mem::replace(&mut bench.is_misunderstood, !loaded.is_understood);
        let is_partial = !loaded.not_analysed.is_empty();
        bench.not_analysed.extend(loaded.not_analysed);
        let mut project = Project { compose: loaded.compose, is_partial, ..Project::default() };
        if let Some(compose) = &project.compose {
            let named = compose.files.iter().map(|file| bench.shelf.sources.file(*file).name.clone());
            bench.names.extend(named.collect::<Vec<_>>());
            let mut known: BTreeMap<(String, String, Arguments), usize> = BTreeMap::new();
            for service in &compose.services {
                let Some(build) = &service.build else { continue };
                let arguments = arguments(build);
                let found = source(build, &service.name.value, &files[0], around);
                let Some((name, text)) = found else { continue };
                let context = build.host.clone().unwrap_or_default();
                let key = (name.clone(), context, arguments.clone());
                if known.contains_key(&key) {
                    continue;
                }
                match text {
                    Ok(text) => {
                        known.insert(key, project.dockerfiles.len());
                        let host = build.inline.is_none().then(|| name.clone());
                        let read = dockerfile_of(name, &text, host, build.host.clone(), &arguments, bench);
                        project.dockerfiles.push(read);
                    }
                    // A rule says so.
                    Err(Refusal::Missing) => {}
                    Err(Refusal::Not(why)) => {
                        let asked_by = Some(service.name.span.file);
                        bench.not_analysed.push(NotAnalysed { path: name, why, asked_by });
                    }
                }
            }
        }
        let mut deployment = Self::finish(project, bench, around);
        deployment.is_whole = !bench.is_misunderstood && bench.not_analysed.len() == before;
        (deployment.remarks, deployment.blocks) = (loaded.remarks, loaded.blocks);
        bench.is_misunderstood |= was_misunderstood;
        deployment
    }

    /// Reads a Dockerfile that no compose file builds; `None` if it cannot be read.
    pub(super) fn of_dockerfile(name: &str, bench: &mut Bench, around: &dyn Around) -> Option<Self> {
        let before = bench.not_analysed.len();
        let was_misunderstood = std::mem::take(&mut bench.is_misunderstood);
        match around.read(name) {
            Ok(text) => {
                // The context may be any folder; where the Dockerfile stands is the likeliest, if it has what is copied.
                let read = dockerfile_of(name.to_owned(), &text, Some(name.to_owned()), None, &[], bench);
                let project = Project { dockerfiles: vec![read], ..Project::default() };
                let mut deployment = Self::finish(project, bench, around);
                deployment.is_whole = !bench.is_misunderstood && bench.not_analysed.len() == before;
                bench.is_misunderstood |= was_misunderstood;
                Some(deployment)
            }
            Err(refusal) => {
                let why = match refusal {
                    Refusal::Missing => "does not exist".to_owned(),
                    Refusal::Not(why) => why,
                };
                bench.not_analysed.push(NotAnalysed { path: name.to_owned(), why, asked_by: None });
                bench.is_misunderstood = was_misunderstood;
                None
            }
        }
    }

    fn finish(mut project: Project, bench: &mut Bench, around: &dyn Around) -> Self {
        project.containers = containers(project.compose.as_ref(), &project.dockerfiles, around);
        let mut nginx = Vec::new();
        let mut cut: BTreeSet<usize> = BTreeSet::new();
        for container in &project.containers {
            if let Image::Built { dockerfile, .. } = container.image
                && container.files.image.is_cut()
                && cut.insert(dockerfile)
            {
                let path = bench.shelf.sources.file(project.dockerfiles[dockerfile].file).name.clone();
                let why =
                    "has a stage of more layers than an engine takes: what its image holds is not known";
                bench.not_analysed.push(NotAnalysed { path, why: why.to_owned(), asked_by: None });
            }
            let Some(runs) = &container.nginx else {
                nginx.push(None);
                continue;
            };
            let not_analysed = runs.not_analysed.iter().map(|(path, why)| NotAnalysed {
                path: path.clone(),
                why: why.clone(),
                asked_by: None,
            });
            bench.not_analysed.extend(not_analysed);
            nginx.push(bench.shelf.run(runs, around));
        }
        Self { project, nginx, remarks: Vec::new(), blocks: Vec::new(), is_whole: true }
    }

    /// What was read.
    pub(super) fn into_project(self) -> Project {
        self.project
    }

    /// The Dockerfiles that were read with it, by their names.
    pub(super) fn dockerfiles(&self) -> impl Iterator<Item = &str> {
        self.project.dockerfiles.iter().filter_map(|dockerfile| dockerfile.host.as_deref())
    }

    /// Where what its builds leave out may be said.
    pub(super) fn ignore_files(&self) -> impl Iterator<Item = String> {
        self.project.dockerfiles.iter().flat_map(|dockerfile| {
            let context = dockerfile.context.as_deref();
            context.into_iter().flat_map(|context| Ignored::places(context, dockerfile.host.as_deref()))
        })
    }

    /// The files of nginx that its containers run.
    pub(super) fn nginx_files(&self) -> impl Iterator<Item = FileId> {
        self.nginx.iter().flatten().flat_map(|(_, catalogue)| catalogue.files.iter().copied())
    }

    /// The configuration that each container runs, in their order.
    pub(super) fn configurations<'a>(&self, shelf: &'a Shelf) -> Vec<Option<Configuration<'a>>> {
        let read = |running: &Option<(FileId, Catalogue)>| {
            let (first, catalogue) = running.as_ref()?;
            Some(nginx::read(*first, Some(Context::Main), &shelf.reading(catalogue), &shelf.sources))
        };
        self.nginx.iter().map(read).collect()
    }

    /// The files of nginx that each container runs, in their order.
    pub(super) fn running(&self) -> impl Iterator<Item = Option<&BTreeSet<FileId>>> {
        self.nginx.iter().map(|running| running.as_ref().map(|(_, catalogue)| &catalogue.files))
    }

    /// Hides its secrets.
    pub(super) fn mask(&self, shelf: &Shelf, around: &dyn Around, sink: &mut Sink) {
        self.look(shelf, around, &mut |whole| lint::mask_project(whole, sink));
    }

    /// Shows what rules look at.
    pub(super) fn look(&self, shelf: &Shelf, around: &dyn Around, see: &mut dyn FnMut(&Whole<'_>)) {
        let nginx = self.configurations(shelf);
        let (project, sources) = (&self.project, &shelf.sources);
        see(&Whole { project, nginx: &nginx, host: around, sources, is_covered: &|_, _| false });
    }

    /// What was read.
    pub(super) fn project(&self) -> &Project {
        &self.project
    }

    /// Which services build or run a file, by its name.
    pub(super) fn users(&self, shelf: &Shelf, users: &mut BTreeMap<String, BTreeSet<String>>) {
        let Some(compose) = &self.project.compose else { return };
        for (container, running) in self.project.containers.iter().zip(&self.nginx) {
            let Some(service) = container.service.and_then(|place| compose.services.get(place)) else {
                continue;
            };
            let built = match container.image {
                Image::Built { dockerfile, .. } => Some(self.project.dockerfiles[dockerfile].file),
                Image::Pulled(_) | Image::Unknown => None,
            };
            let run = running.iter().flat_map(|(_, catalogue)| catalogue.files.iter().copied());
            for file in run.chain(built) {
                let of_file = users.entry(shelf.sources.file(file).name.clone()).or_default();
                of_file.insert(service.name.value.clone());
            }
        }
    }

    /// Tells the judge what its files say of findings, and which service each place belongs to. What is wrong with that is
    /// returned.
    pub(super) fn instruct(
        &self,
        shelf: &Shelf,
        users: &BTreeMap<String, BTreeSet<String>>,
        judge: &mut Judge,
    ) -> Vec<Diagnostic> {
        let mut remarks = self.remarks.clone();
        for dockerfile in &self.project.dockerfiles {
            let text = &shelf.sources.file(dockerfile.file).text;
            remarks.extend(dockerfile_remarks(&dockerfile.tree, text));
        }
        for block in &self.blocks {
            judge.belongs(block.span, block.value.clone());
        }
        let dockerfiles = self.project.dockerfiles.iter().map(|dockerfile| dockerfile.file);
        for file in dockerfiles.chain(self.nginx_files()) {
            let of_file = users.get(&shelf.sources.file(file).name);
            if let Some(only) = of_file.filter(|users| users.len() == 1).and_then(|users| users.first()) {
                judge.belongs(Span { file, start: 0, end: u32::MAX }, only);
            }
        }
        judge.comments(&remarks, &shelf.sources)
    }

    /// Tells the judge which rules looked at which files, as far as all that belongs together was read.
    fn tell_of_looks(&self, shelf: &Shelf, judge: &mut Judge) {
        let compose = self.project.compose.iter().flat_map(|compose| compose.files.iter().copied());
        let dockerfiles = self.project.dockerfiles.iter().map(|dockerfile| dockerfile.file);
        let is_whole = self.is_whole && !self.nginx_files().any(|file| shelf.has_errors(file));
        // What others would have said of a Dockerfile alone is not known.
        let is_alone = self.project.compose.is_none();
        let of_others =
            |rule: &str| ["compose-", "cross-", "port-"].iter().any(|group| rule.starts_with(group));
        for file in compose.chain(dockerfiles).chain(self.nginx_files()) {
            if is_whole {
                judge.looked_at(file, |rule| !(is_alone && of_others(rule)));
            } else {
                judge.spare(file);
            }
        }
    }

    /// Runs all rules.
    pub(super) fn lint(
        &self,
        shelf: &Shelf,
        around: &dyn Around,
        is_covered: IsCovered<'_>,
        judge: &mut Judge,
        sink: &mut Sink,
    ) {
        let mut nginx = self.configurations(shelf);
        for configuration in nginx.iter().flatten() {
            lint::run_nginx(configuration, judge, sink);
        }
        // What could not be read may say anything: nothing is concluded from the rest of it.
        for (configuration, running) in nginx.iter_mut().zip(&self.nginx) {
            let files = running.iter().flat_map(|(_, catalogue)| &catalogue.files);
            if files.into_iter().any(|file| shelf.has_errors(*file)) {
                *configuration = None;
            }
        }
        let sources = &shelf.sources;
        let is_covered = |rule: &'static str, place| is_covered(rule, sources, place);
        let whole =
            Whole { project: &self.project, nginx: &nginx, host: around, sources, is_covered: &is_covered };
        lint::run_project(&whole, judge, sink);
        self.tell_of_looks(shelf, judge);
        lint::mask_project(&whole, sink);
        sink.diagnostics.retain(|diagnostic| !shelf.is_of_image(diagnostic.primary.span.file));
    }
}

fn dockerfile_of(
    name: String,
    text: &str,
    host: Option<String>,
    context: Option<String>,
    arguments: &[(String, Option<String>)],
    bench: &mut Bench,
) -> Dockerfile {
    bench.names.push(name.clone());
    let file = bench.shelf.sources.add(name, text);
    let mut found = Sink::default();
    let read = dockerfile::read(file, text, host, context, arguments, &mut found);
    bench.is_misunderstood |= found.has_errors();
    bench.sink.append(found);
    read
}

fn arguments(build: &Build) -> Arguments {
    let value = |argument: &compose::Variables| argument.value.as_ref().and_then(|text| text.value.clone());
    build.args.iter().map(|argument| (argument.name.value.clone(), value(argument))).collect()
}

/// The name and the text of what a service builds; `None` if it is not known, or not on this machine.
fn source(
    build: &Build,
    service: &str,
    compose: &str,
    around: &dyn Around,
) -> Option<(String, Result<std::sync::Arc<str>, Refusal>)> {
    if let Some(inline) = &build.inline {
        let name = format!("{compose}, dockerfile_inline of {service}");
        return Some((name, Ok(inline.value.as_deref()?.into())));
    }
    let context = build.host.as_deref()?;
    let file = match &build.dockerfile {
        Some(file) => join(context, file.value.as_deref()?),
        None => join(context, "Dockerfile"),
    };
    match around.kind(&file) {
        Kind::Unknown => None,
        Kind::File | Kind::Folder | Kind::Other | Kind::Missing => {
            let text = around.read(&file);
            Some((file, text))
        }
    }
}
