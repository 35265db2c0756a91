//! Whether the files and folders that a deployment speaks of are there: what is built, served, mounted and read.

use std::collections::BTreeSet;

use super::engine::Found;
use super::subject::Subject;
use crate::driver::look::Thing;
use crate::driver::place::quoted;
use crate::project::Image;
use crate::project::compose::{Build, MountSource, Service};
use crate::project::dockerfile::{Dockerfile, context, mounts};
use crate::project::host::join;
use crate::project::ignored::Ignored;
use crate::render::checkup::{Check, State};

const GROUP: &str = "files";

/// Collects checks, of each path one.
struct Files<'a> {
    subject: &'a Subject,
    seen: BTreeSet<(String, &'static str)>,
    checks: Vec<Check>,
}

pub(super) fn check(found: &Found, subject: &Subject) -> Vec<Check> {
    let mut files = Files { subject, seen: BTreeSet::new(), checks: Vec::new() };
    for root in &subject.static_roots {
        files.folder(root, "static files");
    }
    for (index, service) in subject.services() {
        if let Some(build) = &service.build {
            files.build(build, service);
        }
        let image = subject.read_project().containers.get(index).map(|container| &container.image);
        if let (Some(Image::Built { dockerfile, stage }), Some(_)) = (image, &service.build) {
            files.copied(&subject.read_project().dockerfiles[*dockerfile], *stage);
        }
        files.environment(service);
        // What is mounted lies on the machine of the engine.
        if found.is_local {
            files.mounts(service);
        }
    }
    files.checks
}

impl Files<'_> {
    /// What stands at a path that was not looked at before.
    fn look(&mut self, path: &str, what: &'static str) -> Option<Thing> {
        self.seen.insert((path.to_owned(), what)).then(|| self.subject.files.thing(path))
    }

    fn problem(&mut self, text: String, help: String) {
        self.checks.push(Check::new(GROUP, State::Problem, text).help(help));
    }

    fn ok(&mut self, text: String) {
        self.checks.push(Check::new(GROUP, State::Ok, text));
    }

    /// A folder that must be there.
    fn folder(&mut self, path: &str, what: &'static str) {
        if path != self.subject.compose().folder && self.subject.files.is_emitted(path) {
            return;
        }
        let named = format!("{} ({what})", shown(path));
        match self.look(path, what) {
            None => {}
            Some(Thing::Folder) => self.ok(format!("{named} is there")),
            Some(Thing::File | Thing::Other) if what == "static files" => {
                self.ok(format!("{named} is there"));
            }
            Some(Thing::File | Thing::Other) => {
                self.problem(format!("{named} is no folder"), "name the folder".to_owned());
            }
            Some(Thing::Missing) => self.problem(
                format!("{named} does not exist"),
                format!("make it, `mkdir -p {}`, or correct the path", quoted(path)),
            ),
            Some(Thing::Hidden(why)) => self.hidden(&named, &why),
        }
    }

    fn hidden(&mut self, named: &str, why: &str) {
        self.checks.push(Check::new(GROUP, State::Unknown, format!("{named} cannot be looked at: {why}")));
    }

    fn build(&mut self, build: &Build, service: &Service) {
        if let Some(context) = &build.host {
            self.folder(context, "build context");
            self.dockerfile(build, context);
        }
        for named in &build.contexts {
            let Some(value) = named.value.as_ref().and_then(|text| text.value.clone()) else { continue };
            let is_elsewhere =
                value.starts_with("service:") || value.starts_with("target:") || value.contains("://");
            if !is_elsewhere {
                let folder = service.node.get("build").map_or(".", |node| &*node.folder);
                self.folder(&join(folder, &value), "build context");
            }
        }
    }

    fn dockerfile(&mut self, build: &Build, context: &str) {
        let name = match (&build.inline, &build.dockerfile) {
            (Some(_), _) => return,
            (None, Some(name)) => match &name.value {
                Some(name) => name.clone(),
                None => return,
            },
            (None, None) => "Dockerfile".to_owned(),
        };
        let path = join(context, &name);
        match self.look(&path, "Dockerfile") {
            None | Some(Thing::File) => {}
            Some(Thing::Missing) => {
                self.problem(
                    format!("{path} (Dockerfile) does not exist"),
                    "write it, or correct the path".to_owned(),
                );
            }
            Some(Thing::Folder | Thing::Other) => {
                self.problem(format!("{path} (Dockerfile) is no file"), "name the file".to_owned());
            }
            Some(Thing::Hidden(why)) => self.hidden(&path, &why),
        }
    }

    /// The files that a build copies out of its context.
    fn copied(&mut self, dockerfile: &Dockerfile, stage: usize) {
        let (Some(context), Some(name)) = (&dockerfile.context, &dockerfile.host) else { return };
        if !self.seen.insert((name.clone(), "copied")) || self.subject.files.thing(context) != Thing::Folder {
            return;
        }
        let Some(ignored) = Ignored::of(context, Some(name), &self.subject.files) else { return };
        let mut paths = BTreeSet::new();
        let stages = dockerfile.needed(stage).into_iter().filter_map(|index| dockerfile.stages.get(index));
        for step in stages.flat_map(|stage| &stage.steps).filter(|step| !step.instruction.damaged) {
            let copied =
                context::sources(step).into_iter().filter(|source| !source.is_pattern() && !source.is_all());
            paths.extend(copied.filter_map(|source| source.path));
            // What a command sees of the context. A variable in it is not known here.
            let mounted =
                mounts(&step.instruction).filter(|mount| mount.kind == "bind" && mount.from.is_none());
            let named = mounted.filter_map(|mount| mount.source).filter(|source| !source.contains('$'));
            paths.extend(named.map(|source| join("/", source).trim_start_matches('/').to_owned()));
        }
        paths.remove("");
        // What is left out of the context is a matter for `stackc lint`.
        paths.retain(|path| !ignored.leaves_out(path));
        let is_missing = |path: &&String| self.subject.files.thing(&join(context, path)) == Thing::Missing;
        let missing: Vec<String> = paths.iter().filter(is_missing).map(|path| join(context, path)).collect();
        if missing.is_empty() && !paths.is_empty() {
            self.ok(format!("{name}: what it copies is there"));
        }
        for path in missing {
            let text = format!("{name}: {path}, which it copies, does not exist");
            self.problem(text, "make it, or correct the path".to_owned());
        }
    }

    /// The files of `env_file`.
    fn environment(&mut self, service: &Service) {
        for file in service.env_files.iter().filter(|file| !file.is_optional) {
            let Some(path) = &file.host else { continue };
            match self.look(path, "variables") {
                None => {}
                Some(Thing::Missing) => self.problem(
                    format!("{path} (variables of `{}`) does not exist", service.name.value),
                    "write it; many projects have an example beside it: `ls -a`".to_owned(),
                ),
                Some(Thing::File | Thing::Other) => {
                    self.ok(format!("{path} (variables of `{}`) is there", service.name.value));
                }
                Some(Thing::Folder) => {
                    self.problem(
                        format!("{path} (variables of `{}`) is a folder", service.name.value),
                        "name the file".to_owned(),
                    );
                }
                Some(Thing::Hidden(why)) => self.hidden(path, &why),
            }
        }
    }

    /// The paths of this machine that containers mount.
    fn mounts(&mut self, service: &Service) {
        for mount in &service.mounts {
            let MountSource::Host { host: Some(path), .. } = &mount.source else { continue };
            let named = format!("{} (mounted into `{}`)", shown(path), service.name.value);
            match self.look(path, "mount") {
                None => {}
                Some(Thing::Missing) => self.checks.push(
                    Check::new(GROUP, State::Warning, format!("{named} does not exist"))
                        .note("Docker makes an empty folder of root in its place, also where a file is meant")
                        .help("make it, or correct the path"),
                ),
                Some(Thing::File | Thing::Folder | Thing::Other) => self.ok(format!("{named} is there")),
                Some(Thing::Hidden(why)) => self.hidden(&named, &why),
            }
        }
    }
}

/// A path as a person says it.
fn shown(path: &str) -> &str {
    if path == "." { "this folder" } else { path }
}
