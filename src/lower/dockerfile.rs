//! The steps of a Dockerfile put together, and `dockerfile PATH`: one that has a path of its own, and whom it serves.

use std::collections::BTreeMap;

use super::context::Context;
use super::draft::Draft;
use super::fitting::{Contents, Fitted};
use super::frontend::{Before, Globals};
use super::ssh_keys;
use super::steps::StageDraft;
use crate::model::compose::extra::{Value, find};
use crate::model::compose::{Build, Context as BuildContext, Grant};
use crate::model::dockerfile::{BuildFile, Copy, CopyFrom, Directive, Dockerfile, Op};
use crate::model::names::{EnvName, InputName, StageName};
use crate::model::path::HostPath;
use crate::model::values::{Scope, Text, Var, VarOp};
use crate::schema::Kind;
use crate::source::{At, Origin};

use super::build::declare_arg;

/// A Dockerfile while it is put together.
#[derive(Debug)]
pub(crate) struct Assembled {
    directives: Vec<Directive>,
    globals: Globals,
    pub(crate) stages: Vec<StageDraft>,
}

/// A Dockerfile with a path of its own.
#[derive(Debug)]
pub(crate) struct Described {
    made: Assembled,
    ignore: Vec<At<String>>,
    /// The build context of the first service that is built by it.
    context: Option<HostPath>,
    origin: Origin,
}

/// The Dockerfiles that have a path of their own, by that path.
pub(crate) type AllDescribed = BTreeMap<HostPath, Described>;

impl Assembled {
    /// The Dockerfile, its inputs declared.
    pub(crate) fn finish(self) -> Dockerfile {
        let Self { directives, globals, stages } = self;
        let mut inputs: Vec<_> =
            globals.inputs.iter().chain(stages.iter().flat_map(|stage| &stage.base_inputs)).collect();
        inputs.sort_by(|a, b| a.0.cmp(&b.0));
        inputs.dedup_by(|a, b| a.0 == b.0);
        let globals = inputs.into_iter().map(declare_arg).chain(globals.steps.clone()).collect();
        Dockerfile { directives, globals, stages: stages.into_iter().map(StageDraft::finish).collect() }
    }
}

impl<'t> Context<'_, 't> {
    /// Puts the steps of a block together. A `build` has a last stage of its own; a file may end in a `stage`.
    pub(crate) fn assemble(&mut self, fit: &Fitted<'t>, fitted: &Contents<'t>, is_build: bool) -> Assembled {
        let (directives, frontend) = self.directives(fit, fitted);
        let (globals, fitted) = self.globals(fitted);
        let nothing = Before { stages: &[], globals: &globals, frontend: &frontend };
        let named = fitted.iter().filter(|inner| inner.row.id == "stage");
        let named = named.filter_map(|inner| inner.bound.get(0)?.as_word());
        self.stage_names = named.map(str::to_lowercase).collect();
        let (sources, whole) = self.git_sources(&fitted, nothing);
        let mut stages: Vec<StageDraft> = Vec::new();
        for inner in fitted.iter().filter(|inner| inner.row.id == "stage") {
            let name =
                inner.bound.get(0).map(|arg| (arg, self.declared_name("stage", arg, StageName::parse)));
            let (arg, name) = name.map_or((None, None), |(arg, name)| (Some(arg), name));
            let same = |stage: &&StageDraft| {
                name.is_some() && stage.name.as_ref().map(|n| &n.value) == name.as_ref()
            };
            let first = stages.iter().find(same).and_then(|stage| self.origins.span(stage.origin));
            if let (Some(first), Some(name), Some(arg)) = (first, &name, arg) {
                self.report_twice(format!("there are two stages named `{name}`"), arg.span, first);
            }
            let steps = self.block_of(inner.statement, Kind::Stage);
            let mut stage = StageDraft::new(name.map(|name| At::new(name, inner.origin)), inner.origin);
            let before = Before { stages: &stages, globals: &globals, frontend: &frontend };
            self.stage(inner, &steps, before, &mut stage);
            stages.push(stage);
        }
        let is_step = |inner: &Fitted<'t>| {
            !matches!(
                inner.row.id,
                "stage"
                    | "source-git"
                    | "allow"
                    | "ignore"
                    | "syntax="
                    | "check=error"
                    | "check=experimental"
                    | "check=skip"
            )
        };
        if is_build || stages.is_empty() || fitted.iter().any(is_step) {
            let mut last = StageDraft::new(None, fit.origin);
            let before = Before { stages: &stages, globals: &globals, frontend: &frontend };
            self.stage(fit, &fitted, before, &mut last);
            if is_build && self.secure() {
                last.add_env(self.origins.by_default("image-environment", Some(last.base_origin())));
            }
            stages.push(last);
        }
        let mut stages = with_those_before(stages);
        if !sources.is_empty() {
            self.refuse_adds(&stages);
        }
        sources.put_before(&mut stages, &whole);
        Assembled { directives, globals, stages }
    }

    /// What is known of a container whose image is made by this stage.
    pub(crate) fn use_stage(&mut self, stage: &StageDraft, build: Origin, draft: &mut Draft<'t>) {
        draft.doubt.add_build(&stage.doubt);
        draft.known = stage.known;
        draft.image_health = stage.has_health;
        draft.user_set |= stage.user.is_some();
        let base_runs = self.known_runs(stage.known, build);
        let replaced = stage.entrypoint.is_some();
        draft.image_runs.entrypoint = stage.entrypoint.clone().or(base_runs.entrypoint);
        draft.image_runs.command = stage.command.clone().or(if replaced { None } else { base_runs.command });
    }

    /// What compose hands to a build by this Dockerfile: its secrets, its inputs, and the agent of whoever builds.
    pub(crate) fn hand_over(made: &Assembled, build: &mut Build) {
        let stages = &made.stages;
        let mut secrets: Vec<_> = stages.iter().flat_map(|stage| stage.secrets.clone()).collect();
        secrets.sort_by(|a, b| a.value.cmp(&b.value));
        secrets.dedup();
        build.secrets = secrets.into_iter().map(|name| Grant { name, extra: Vec::new() }).collect();
        let mut inputs: Vec<(InputName, VarOp, Origin)> = stages
            .iter()
            .flat_map(StageDraft::all_inputs)
            .chain(made.globals.inputs.iter().cloned())
            .collect();
        inputs.sort_by(|a, b| a.0.cmp(&b.0));
        inputs.dedup_by(|a, b| a.0 == b.0);
        build.args = inputs.into_iter().filter_map(build_arg).collect();
        ssh_keys::hand_on(made, build);
    }

    /// Lowers every `dockerfile PATH { }` of the file.
    pub(crate) fn describe_dockerfiles(&mut self, fitted: &[Fitted<'t>]) {
        for fit in fitted.iter().filter(|fit| fit.row.id == "dockerfile-file") {
            let inner = self.block_of(fit.statement, Kind::Dockerfile);
            self.allows_first(&inner, fit.statement);
            if let Some(block) = &fit.statement.block {
                self.note_lost_names(&block.items, Kind::Dockerfile, &inner);
            }
            let made = self.assemble(fit, &inner, false);
            let Some(path) = self.artefact_path(fit.arg(0)) else { continue };
            let folder = parent(&path);
            let ignore = self.ignores(&inner, &folder, fit.origin);
            if let Some(first) = self.described.get(&path).and_then(|first| self.origins.span(first.origin)) {
                let twice = format!("the Dockerfile `{path}` is described twice");
                self.report_twice(twice, fit.arg(0).span, first);
            }
            let described = Described { made, ignore, context: None, origin: fit.origin };
            self.described.insert(path, described);
        }
    }

    /// The path of the described Dockerfile that `path` names from a build context, if it is one.
    pub(crate) fn described(&self, context: &HostPath, path: &HostPath) -> Option<HostPath> {
        let path = context.join(path.as_str());
        self.described.contains_key(&path).then_some(path)
    }

    /// Builds by a described Dockerfile.
    pub(crate) fn build_by(
        &mut self,
        path: &HostPath,
        context: &HostPath,
        origin: Origin,
        draft: &mut Draft<'t>,
        build: &mut Build,
    ) {
        let Some(mut described) = self.described.remove(path) else { return };
        let target = find(&build.extra, "target").and_then(Value::as_str);
        let named = |stage: &&StageDraft| {
            let name = stage.name.as_ref().map(|name| name.value.as_str());
            name.is_some_and(|name| target.is_some_and(|target| target.eq_ignore_ascii_case(name)))
        };
        let stages = &described.made.stages;
        if let Some(stage) = stages.iter().find(named).or(stages.last()) {
            self.use_stage(stage, origin, draft);
        }
        Self::hand_over(&described.made, build);
        described.context.get_or_insert_with(|| context.clone());
        self.described.insert(path.clone(), described);
    }

    /// The described Dockerfiles, with what belongs to them.
    pub(crate) fn finish_described(&mut self) -> Vec<(BuildFile, Origin)> {
        let described = std::mem::take(&mut self.described);
        let finished = described.into_iter().map(|(path, described)| {
            let Described { made, ignore, context, origin } = described;
            let context = BuildContext::Host(context.unwrap_or_else(|| parent(&path)));
            let path = path.as_str().to_owned();
            (BuildFile { path, service: None, context, dockerfile: made.finish(), ignore }, origin)
        });
        finished.collect()
    }
}

/// The stages with those that nobody wrote right before them; who takes from a stage by its number has the new one.
fn with_those_before(stages: Vec<StageDraft>) -> Vec<StageDraft> {
    let (mut all, mut places) = (Vec::new(), Vec::new());
    for mut stage in stages {
        all.append(&mut stage.before);
        places.push(all.len());
        all.push(stage);
    }
    for step in all.iter_mut().flat_map(|stage| &mut stage.steps) {
        if let Op::Copy(Copy { from: Some(CopyFrom::Numbered(number)), .. }) = &mut step.op {
            let own: usize = number.parse().expect("lowering knows the stage of that number");
            *number = places[own].to_string();
        }
    }
    all
}

/// The folder of a file.
fn parent(path: &HostPath) -> HostPath {
    let folder = path.as_str().rsplit_once('/').map_or(".", |(folder, _)| folder);
    HostPath::parse(folder).expect("the folder of a path is one")
}

fn build_arg((name, op, origin): (InputName, VarOp, Origin)) -> Option<(EnvName, Text)> {
    let variable = EnvName::parse(name.as_str()).ok()?;
    Some((
        variable,
        Text::variable(Var { scope: Scope::Compose, name: name.to_string(), op, bare: false }, origin),
    ))
}
