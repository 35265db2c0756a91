//! `pip`, `uv`, `npm`, `pnpm`: what lock files and lists of packages ask for, installed from caches that are in no layer.
//!
//! What needs a compiler, headers or a tool of its own is installed in a stage of its own, of which the image that runs
//! gets the virtual environment alone.

use super::codes;
use super::context::Context;
use super::fitting::{Contents, Fitted};
use super::frontend::Before;
use super::git::free_name;
use super::steps::StageDraft;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::dockerfile::{CacheMount, Copy, CopyFrom, Op, Run, RunMount, Step};
use crate::model::names::EnvName;
use crate::model::path::HostPath;
use crate::model::values::{Part, Scope, Text, Var, VarOp};
use crate::schema::Kind;
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

/// The version of uv that installs where none is said.
const UV: &str = "0.13.9";
/// Where virtual environments are, in the stage that makes them and in the image that runs.
const ENVIRONMENT: &str = "/opt/venv";
/// The folder of a stage that makes one, into which the files of the project are mounted.
const PROJECT: &str = "/project";
const PIP_CACHE: &str = "/root/.cache/pip";
const NPM_CACHE: &str = "/root/.npm";
const PNPM_STORE: &str = "/root/.local/share/pnpm/store";

/// A tool that goes by a lock file.
struct Tool {
    name: &'static str,
    /// The names that its lock file may have.
    locks: &'static [&'static str],
    /// The list that a person writes, which is beside the lock file.
    manifest: &'static str,
    block: Kind,
}

const UV_TOOL: Tool = Tool { name: "uv", locks: &["uv.lock"], manifest: "pyproject.toml", block: Kind::Uv };
const NPM_TOOL: Tool = Tool {
    name: "npm",
    locks: &["package-lock.json", "npm-shrinkwrap.json"],
    manifest: "package.json",
    block: Kind::Npm,
};
const PNPM_TOOL: Tool =
    Tool { name: "pnpm", locks: &["pnpm-lock.yaml"], manifest: "package.json", block: Kind::Pnpm };

/// A file of the build context that a step reads: the folder that it is in, and its name.
struct Listed {
    folder: HostPath,
    name: String,
}

impl<'t> Context<'_, 't> {
    /// A step that installs packages: why it is there, and its last instruction.
    pub(crate) fn packages(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) -> (Origin, Option<Op>) {
        match fit.row.id {
            "pip" => {
                let origin = self.origins.lowered("pip-requirements", fit.origin);
                (origin, self.pip(fit, before, stage, origin))
            }
            "uv" => {
                let origin = self.origins.lowered("uv-packages", fit.origin);
                (origin, self.uv(fit, before, stage, origin))
            }
            "npm" => {
                let origin = self.origins.lowered("npm-packages", fit.origin);
                (origin, self.npm(fit, before, stage, origin))
            }
            "pnpm" => {
                let origin = self.origins.lowered("pnpm-packages", fit.origin);
                (origin, self.pnpm(fit, before, stage, origin))
            }
            other => unreachable!("the row {other} installs no packages"),
        }
    }

    /// `pip FILE`: into the image itself, or with `apt` into an environment that a stage of its own makes.
    fn pip(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
        origin: Origin,
    ) -> Option<Op> {
        let source = Some(self.text(fit.arg(0), Reader::Build, Exposure::Layer)?);
        let literal = |text| Text::literal(text, origin);
        let list =
            RunMount::Bind { source, target: literal("/tmp/requirements.txt"), from: None, read_write: None };
        let mut mounts = vec![list];
        let options = self.block_of(fit.statement, Kind::Pip);
        if let Some(listed) = self.listed(fit.arg(0), &options) {
            mounts.extend(self.other_files(&options, &listed, Some("/tmp"), origin));
        }
        mounts.push(cache(PIP_CACHE, origin));
        if !options.iter().any(|option| option.row.id == "packages-apt") {
            self.claim_environment(fit, false, stage);
            mounts.extend(self.secret_files(&options, before, stage));
            let command = stage.plain_shell(literal("pip install -r /tmp/requirements.txt"));
            return Some(Op::Run(Run { mounts, ..Run::new(command) }));
        }
        let mut builder = self.builder(fit, &options, before, stage, origin)?;
        mounts.extend(self.secret_files(&options, before, &mut builder));
        let make = format!("python3 -m venv --without-pip {ENVIRONMENT}");
        let install = format!("pip --python {ENVIRONMENT}/bin/python install -r /tmp/requirements.txt");
        builder.run(make, Vec::new(), origin);
        builder.run(install, mounts, origin);
        self.take_environment(fit, builder, stage, origin)
    }

    /// `uv FILE`
    fn uv(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
        origin: Origin,
    ) -> Option<Op> {
        let options = self.block_of(fit.statement, UV_TOOL.block);
        let version = self.version(&options, "uv-version");
        let listed = self.lock_file(fit.arg(0), &UV_TOOL)?;
        let mut mounts = locked(&listed, &UV_TOOL, origin);
        mounts.extend(self.other_files(&options, &listed, None, origin));
        mounts.push(cache("/root/.cache/uv", origin));
        let mut builder = self.builder(fit, &options, before, stage, origin)?;
        mounts.extend(self.secret_files(&options, before, &mut builder));
        let version = version.unwrap_or_else(|| UV.to_owned());
        builder.run(format!("pip install uv=={version}"), vec![cache(PIP_CACHE, origin)], origin);
        let settings = [
            ("UV_COMPILE_BYTECODE", "1"),
            ("UV_LINK_MODE", "copy"),
            ("UV_PROJECT_ENVIRONMENT", ENVIRONMENT),
            ("UV_PYTHON_DOWNLOADS", "never"),
        ];
        let settings = settings.map(|(name, value)| (variable(name), Text::literal(value, origin)));
        builder.steps.push(Step::new(Op::Env(settings.to_vec()), origin));
        builder.steps.push(Step::new(Op::Workdir(Text::literal(PROJECT, origin)), origin));
        builder.run("uv sync --locked --no-dev --no-install-project".to_owned(), mounts, origin);
        self.take_environment(fit, builder, stage, origin)
    }

    /// `npm FILE`
    fn npm(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
        origin: Origin,
    ) -> Option<Op> {
        let options = self.block_of(fit.statement, NPM_TOOL.block);
        let listed = self.lock_file(fit.arg(0), &NPM_TOOL)?;
        let mut mounts = locked(&listed, &NPM_TOOL, origin);
        mounts.extend(self.other_files(&options, &listed, None, origin));
        mounts.push(cache(NPM_CACHE, origin));
        mounts.extend(self.secret_files(&options, before, stage));
        let production = if is_production(&options) { " --omit=dev" } else { "" };
        let text = format!("npm ci --no-audit --no-fund{production}");
        let command = stage.plain_shell(Text::literal(text, origin));
        Some(Op::Run(Run { mounts, ..Run::new(command) }))
    }

    /// `pnpm FILE`
    fn pnpm(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
        origin: Origin,
    ) -> Option<Op> {
        let options = self.block_of(fit.statement, PNPM_TOOL.block);
        let version = self.version(&options, "pnpm-version");
        let listed = self.lock_file(fit.arg(0), &PNPM_TOOL)?;
        let mut mounts = locked(&listed, &PNPM_TOOL, origin);
        let mut of_tool = vec![cache(NPM_CACHE, origin)];
        let text = if let Some(version) = version {
            format!("npm install --global pnpm@{version}")
        } else {
            of_tool.insert(0, mounts[0].clone());
            // What follows a `+` is a checksum, which npm does not read.
            let says = r#"/^pnpm@[^+]+/.exec(require("./package.json").packageManager)[0]"#;
            format!("version=$(node -p '{says}') && npm install --global \"$version\"")
        };
        stage.run(text, of_tool, origin);
        mounts.extend(self.other_files(&options, &listed, None, origin));
        mounts.push(cache(PNPM_STORE, origin));
        mounts.extend(self.secret_files(&options, before, stage));
        let production = if is_production(&options) { " --prod" } else { "" };
        let text = format!("pnpm install --frozen-lockfile --store-dir {PNPM_STORE}{production}");
        let command = stage.plain_shell(Text::literal(text, origin));
        Some(Op::Run(Run { mounts, ..Run::new(command) }))
    }

    /// The lock file of a tool, by the name that it must have.
    fn lock_file(&mut self, arg: &Arg, tool: &Tool) -> Option<Listed> {
        let text = self.plain(arg)?;
        let path = HostPath::parse(&text)
            .filter(|path| path.is_relative() && !path.climbs() && !text.contains(['$', ',', '"', '\\']));
        let listed = path.map(|path| split(&path));
        if let Some(listed) = listed.filter(|listed| tool.locks.contains(&listed.name.as_str())) {
            return Some(listed);
        }
        let lock = tool.locks[0];
        let diagnostic = Diagnostic::error(
            codes::WRONG_TYPE,
            format!("`{text}` is not a lock file of {}", tool.name),
            arg.span,
        )
        .note(format!("it says the exact version of every package, and stands beside `{}`", tool.manifest))
        .help(format!("name the file in the build context, such as `{lock}` or `frontend/{lock}`"));
        self.sink.push(diagnostic);
        None
    }

    /// A requirements file of which other files are in reach; it need not be known where there are none.
    fn listed(&mut self, arg: &Arg, options: &Contents<'t>) -> Option<Listed> {
        options.iter().find(|option| option.row.id == "packages-files")?;
        HostPath::parse(&self.plain(arg)?).map(|path| split(&path))
    }

    /// Mounts for `files`, at the same places beside the list as in the build context.
    fn other_files(
        &mut self,
        options: &Contents<'t>,
        listed: &Listed,
        folder: Option<&str>,
        origin: Origin,
    ) -> Vec<RunMount> {
        let mut mounts = Vec::new();
        let args = options.iter().filter(|option| option.row.id == "packages-files");
        for arg in args.flat_map(|option| option.bound.rest(0)) {
            let Some(text) = self.plain(arg) else { continue };
            let path = HostPath::parse(&text).filter(|_| !text.contains(['$', ',', '"', '\\']));
            let below =
                path.as_ref().and_then(|path| path.below(&listed.folder)).filter(|below| !below.is_empty());
            let (Some(path), Some(below)) = (&path, below) else {
                self.wrong_type(
                    arg,
                    &format!("a path in the folder of `{}` or below", listed.name),
                    listed.folder.join("more.txt").as_str(),
                );
                continue;
            };
            let target = folder.map_or_else(|| below.to_owned(), |folder| format!("{folder}/{below}"));
            mounts.push(bound(path, &target, origin));
        }
        mounts
    }

    fn secret_files(
        &mut self,
        options: &Contents<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) -> Vec<RunMount> {
        let secrets = options.iter().filter(|option| option.row.id == "run-secret");
        secrets.filter_map(|option| self.run_secret(option, before, stage).map(RunMount::Secret)).collect()
    }

    /// A version, as an index of packages has it.
    fn version(&mut self, options: &Contents<'t>, row: &str) -> Option<String> {
        let option = options.iter().find(|option| option.row.id == row)?;
        let text = self.plain(option.arg(0))?;
        let is_whole = text.starts_with(|c: char| c.is_ascii_digit())
            && text.contains('.')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        if !is_whole {
            self.wrong_type(option.arg(0), "a whole version, without a range", "10.34.9");
        }
        Some(text)
    }

    /// The stage in which packages are built: on the same base, with what they need.
    fn builder(
        &mut self,
        fit: &Fitted<'t>,
        options: &Contents<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
        origin: Origin,
    ) -> Option<StageDraft> {
        if !self.claim_environment(fit, true, stage) {
            return None;
        }
        let name = free_name("packages", &mut self.stage_names);
        let mut builder = StageDraft::new(Some(At::new(name, origin)), fit.origin);
        builder.base.clone_from(&stage.base);
        builder.base_inputs.clone_from(&stage.base_inputs);
        builder.platform.clone_from(&stage.platform);
        builder.known = stage.known;
        if let Some(earlier) = before.base_of(stage) {
            builder.shell.clone_from(&earlier.shell);
            if earlier.user.is_some() {
                builder.steps.push(Step::new(Op::User(Text::literal("0", origin)), origin));
            }
        }
        for option in options.iter().filter(|option| option.row.id == "packages-apt") {
            let origin = self.origins.lowered("apt-packages", option.origin);
            let run = self.apt(option, &builder, origin)?;
            builder.steps.push(Step::new(Op::Run(run), origin));
        }
        Some(builder)
    }

    /// Takes note of who installs Python's packages in a stage: with an environment there is one alone.
    fn claim_environment(
        &mut self,
        fit: &Fitted<'t>,
        with_environment: bool,
        stage: &mut StageDraft,
    ) -> bool {
        if stage.is_trigger && with_environment {
            self.sink.push(
                Diagnostic::error(codes::CONFLICT, "`onbuild` has no stage of its own for this", fit.span())
                    .help("remove `apt` from the block, or describe the build where it is run"),
            );
            return false;
        }
        let earlier = stage.python.replace((fit.span(), with_environment));
        let Some((first, had_one)) = earlier.filter(|(_, had_one)| *had_one || with_environment) else {
            return true;
        };
        let which = if had_one { "the first makes" } else { "the second makes" };
        self.sink.push(
            Diagnostic::error(
                codes::CONFLICT,
                "this stage installs packages of Python in two ways",
                fit.span(),
            )
            .label(first, "the first")
            .note(format!("{which} a virtual environment, and programs see what is in it alone"))
            .help("put everything into one list; with pip, let one `-r` the other and name it with `files`"),
        );
        false
    }

    /// Copies the environment that a stage has made, and lets programs run in it.
    fn take_environment(
        &mut self,
        fit: &Fitted<'t>,
        builder: StageDraft,
        stage: &mut StageDraft,
        origin: Origin,
    ) -> Option<Op> {
        let from = builder.name.as_ref().map(|name| CopyFrom::Stage(name.value.clone()))?;
        stage.before.push(builder);
        let origin_of_copy = self.origins.lowered("packages-copied", fit.origin);
        let environment = || Text::literal(ENVIRONMENT, origin_of_copy);
        let copy = Copy::new(Some(from), vec![environment()], environment());
        stage.steps.push(Step::new(Op::Copy(copy), origin_of_copy));
        let path = Var { scope: Scope::Build, name: "PATH".to_owned(), op: VarOp::None, bare: true };
        let path = vec![Part::Lit(format!("{ENVIRONMENT}/bin:")), Part::Var(path)];
        Some(Op::Env(vec![
            (variable("VIRTUAL_ENV"), Text::literal(ENVIRONMENT, origin)),
            (variable("PATH"), Text::from_parts(path, origin)),
        ]))
    }
}

impl StageDraft {
    /// Adds a shell text of ours.
    fn run(&mut self, text: String, mounts: Vec<RunMount>, origin: Origin) {
        let command = self.plain_shell(Text::literal(text, origin));
        self.steps.push(Step::new(Op::Run(Run { mounts, ..Run::new(command) }), origin));
    }
}

fn is_production(options: &Contents<'_>) -> bool {
    options.iter().any(|option| option.row.id == "production")
}

fn variable(name: &str) -> EnvName {
    EnvName::parse(name).expect("it is the name of a variable")
}

fn cache(target: &str, origin: Origin) -> RunMount {
    RunMount::Cache(CacheMount::new(Text::literal(target, origin)))
}

fn bound(path: &HostPath, target: &str, origin: Origin) -> RunMount {
    let literal = |text: &str| Text::literal(text, origin);
    RunMount::Bind {
        source: Some(literal(path.as_str())),
        target: literal(target),
        from: None,
        read_write: None,
    }
}

/// Mounts for the manifest and the lock file, in the folder that the step is in.
fn locked(listed: &Listed, tool: &Tool, origin: Origin) -> Vec<RunMount> {
    let names = [tool.manifest, listed.name.as_str()];
    names.map(|name| bound(&listed.folder.join(name), name, origin)).to_vec()
}

/// A path by its folder and its name.
fn split(path: &HostPath) -> Listed {
    let (folder, name) = path.as_str().rsplit_once('/').unwrap_or((".", path.as_str()));
    let folder = HostPath::parse(folder).expect("the folder of a path is one");
    Listed { folder, name: name.to_owned() }
}
