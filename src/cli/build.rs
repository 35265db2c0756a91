//! `stackc build`

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::drift::{Target, targets};
use super::load::{Loaded, Stream, load_linted};
use super::secret::secret_files;
use super::selection::{ConfigFile, Settled};
use super::watch::{self, Watching};
use super::{DONE, FINDINGS, NOT_UNDERSTOOD, interrupt, stats};
use crate::backend::{Artifact, Layout};
use crate::driver::cache::Slot;
use crate::driver::looked::Looked;
use crate::driver::manifest;
use crate::driver::plan::{Entry, Plan, Refusal, State};
use crate::driver::texts::Texts;
use crate::driver::write::{Report, write};
use crate::driver::{Output, Result, disk, place, secrets};
use crate::model::compose::PATH;
use crate::render::diff::{Change, unified};
use crate::render::emitted::secret_lines;
use crate::render::redact::Masks;
use crate::render::{Look, visible};

/// What may be typed behind `build`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that may be typed")]
pub(super) struct Arguments {
    /// The stack file [default: the only *.stack in the current folder]
    ///
    /// With --check and --diff there may be several, and folders: every stack file below one is compared with what it was
    /// built to, wherever that is.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder to write to [default: that of the stack file]
    #[arg(short, long = "output", value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write nothing; exit with 1 if a file is not as it would be written
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    diff: bool,
    /// Write nothing; print the files
    #[arg(long, conflicts_with_all = ["check", "diff", "force"])]
    stdout: bool,
    /// Overwrite files that were edited or that stackc did not write
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    watching: Watching,
    /// Count the lines of each file that statements, defaults and raw text made
    ///
    /// With --diff and --stdout the table goes to standard error.
    #[arg(long)]
    stats: bool,
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(arguments: &Arguments, slot: Option<&Slot>, console: &mut Console) -> Result<u8> {
    let compares = arguments.check || arguments.diff;
    let (targets, failed) = targets(&arguments.files, arguments.output.as_deref(), compares)?;
    if arguments.watching.watch && (compares || arguments.stdout) {
        return Err(watch::usage());
    }
    if arguments.watching.watch {
        return watch::again(console, |looked, console| all(arguments, &targets, looked, console));
    }
    let code = failed.iter().map(|error| console.fail(error)).max().unwrap_or(DONE);
    let mut looked = Looked::new();
    let code = all(arguments, &targets, &mut looked, console)?.max(code);
    if let Some(slot) = slot
        && code == DONE
    {
        slot.keep(&looked, console.said());
    }
    Ok(code)
}

fn all(arguments: &Arguments, targets: &[Target], looked: &mut Looked, console: &mut Console) -> Result<u8> {
    if let [only] = targets {
        return run_one(arguments, only, looked, console);
    }
    let mut code = DONE;
    for target in targets {
        let done = run_one(arguments, target, looked, console);
        code = code.max(done.unwrap_or_else(|error| console.fail(&error)));
    }
    if code == DONE {
        console.err(&format!("{} stack files: nothing would change\n", targets.len()));
    }
    Ok(code)
}

fn run_one(arguments: &Arguments, target: &Target, looked: &mut Looked, console: &mut Console) -> Result<u8> {
    match &target.file {
        Some(file) => looked.file(file),
        None => looked.searched(Path::new(".")),
    }
    let settled = match arguments.config.settle(target.file.as_slice(), looked)? {
        Ok(settled) => settled,
        Err(misread) => {
            console.err(&misread.shown(&console.err_look()));
            return Ok(NOT_UNDERSTOOD);
        }
    };
    let mut ready = prepare(target, &settled)?;
    let writes = !(arguments.stdout || arguments.check || arguments.diff);
    // Somebody may have saved the stack file while this run waited for another one: what is older must not win.
    while writes && ready.artifacts.is_some() {
        ready.output.lock()?;
        if ready.loaded.is_current() {
            break;
        }
        ready = prepare(target, &settled)?;
    }
    let Ready { loaded, output, artifacts } = ready;
    loaded.tell(looked);
    let Some(artifacts) = artifacts else {
        loaded.report(console, Stream::Err, "; nothing was written");
        return Ok(NOT_UNDERSTOOD);
    };
    loaded.report(console, Stream::Err, "");
    if arguments.stdout {
        console.out(&printed(&artifacts));
        count(arguments, &loaded, &output, &artifacts, console);
        return Ok(DONE);
    }
    let source = loaded.stack.folder.join(&loaded.stack.file_name);
    let plan = output.plan(&artifacts, &source, arguments.force)?;
    tell_of_written(&plan, &output, looked);
    if !writes {
        let code = compare(arguments, target, &loaded, &output, &plan, &artifacts, console);
        count(arguments, &loaded, &output, &artifacts, console);
        return Ok(code);
    }
    let report = {
        let _whole = interrupt::hold();
        write(&output, &plan, &artifacts)?
    };
    for line in written(&report, &output) {
        console.say(&line);
    }
    count(arguments, &loaded, &output, &artifacts, console);
    console.say(&format!("next: {}", next_command(target, &loaded, &output)));
    Ok(DONE)
}

/// Tells apart what this command writes from what it only compares: that one of the latter changes is news.
fn tell_of_written(plan: &Plan, output: &Output, looked: &mut Looked) {
    for path in [manifest::FILE_NAME, manifest::JOURNAL_NAME] {
        looked.written(&output.path.join(path));
    }
    for entry in &plan.entries {
        let path = output.path.join(&entry.path);
        match entry.state {
            State::Alike | State::Refused(_) => looked.file(&path),
            State::New | State::Unchanged | State::Changed => looked.written(&path),
        }
    }
}

/// `--stats`, beside what standard output holds already.
fn count(
    arguments: &Arguments,
    loaded: &Loaded,
    output: &Output,
    artifacts: &[Artifact],
    console: &mut Console,
) {
    if !arguments.stats {
        return;
    }
    for line in stats::table(artifacts, &loaded.compilation.origins, |path| output.shown(path)) {
        if arguments.diff || arguments.stdout {
            console.err(&format!("{}\n", visible::line(&line)));
        } else {
            console.say(&line);
        }
    }
}

/// What is to be written, and where; `None` if the stack file does not compile.
struct Ready {
    loaded: Loaded,
    output: Output,
    artifacts: Option<Vec<Artifact>>,
}

fn prepare(target: &Target, settled: &Settled) -> Result<Ready> {
    let loaded = load_linted(target.file.as_deref(), "build", &settled.policy, &Texts::default())?;
    let output = open_output(target, &loaded)?;
    let layout = Layout {
        stack_dir: loaded.stack.folder.clone(),
        out_dir: output.path.clone(),
        stack_file: output.stack_file.clone(),
    };
    let artifacts = loaded.compilation.emit(&layout);
    Ok(Ready { loaded, output, artifacts })
}

fn open_output(target: &Target, loaded: &Loaded) -> Result<Output> {
    let beside = || loaded.stack.path.parent().unwrap_or(Path::new(""));
    let folder = match &target.output {
        Some(given) => place::output_folder(given, &place::project_root(&loaded.stack.folder))?,
        None => loaded.stack.folder.clone(),
    };
    let prefix = match disk::shown(target.output.as_deref().unwrap_or_else(beside)) {
        given if given.is_empty() || given == "." || given == "./" => String::new(),
        given => format!("{}/", given.trim_end_matches('/')),
    };
    let stack_file = loaded.stack.seen_from(&folder);
    Output::look(folder, prefix, stack_file)
}

/// Every artefact, under its name if there are several.
fn printed(artifacts: &[Artifact]) -> String {
    match artifacts {
        [only] => only.text.clone(),
        several => {
            let part = |artifact: &Artifact| format!("==> {} <==\n{}", artifact.path, artifact.text);
            several.iter().map(part).collect::<Vec<_>>().join("\n")
        }
    }
}

/// `--check` and `--diff`
fn compare(
    arguments: &Arguments,
    target: &Target,
    loaded: &Loaded,
    output: &Output,
    plan: &Plan,
    artifacts: &[Artifact],
    console: &mut Console,
) -> u8 {
    for path in plan.alike() {
        console.err(&format!("{}\n", visible::line(&alike(&output.shown(path)))));
    }
    if arguments.diff {
        let text = diff(loaded, output, plan, artifacts, &console.out_look());
        console.out(&text);
    }
    if plan.differing().is_empty() {
        if target.is_alone {
            console.err("nothing would change\n");
        }
        return DONE;
    }
    if arguments.check {
        let left_over = plan.orphans.iter().filter(|orphan| !orphan.edited);
        let lines: Vec<String> = (plan.entries.iter().filter_map(|entry| difference(entry, output)))
            .chain(left_over.map(|orphan| format!("`{}` is no longer made", output.shown(&orphan.path))))
            .collect();
        for line in lines {
            console.say(&line);
        }
        console.say(&format!("run `{}`", target.command()));
    } else {
        for refusal in plan.refusals(output) {
            console.err(&format!("{}\n", visible::line(&refusal.to_string())));
        }
    }
    FINDINGS
}

fn difference(entry: &Entry, output: &Output) -> Option<String> {
    let path = output.shown(&entry.path);
    match &entry.state {
        State::Unchanged | State::Alike => None,
        State::New => Some(format!("`{path}` is missing")),
        State::Changed => Some(format!("`{path}` is out of date")),
        State::Refused(why) => Some(Refusal { path, why: why.clone() }.to_string()),
    }
}

fn diff(loaded: &Loaded, output: &Output, plan: &Plan, artifacts: &[Artifact], look: &Look) -> String {
    let compilation = &loaded.compilation;
    let masks = Masks::new(&compilation.sink.masked, &compilation.sources);
    let hidden = masks.values(&compilation.sources);
    let mut text = String::new();
    let changing = plan.entries.iter().zip(artifacts).filter(|(entry, _)| entry.state != State::Alike);
    for (entry, artifact) in changing {
        let secret_lines = secret_lines(&artifact.lines, &compilation.origins, &masks, &compilation.sources);
        text += &unified(
            &Change {
                path: &output.shown(&entry.path),
                old: entry.old.as_deref(),
                new: Some(&artifact.text),
                secret_lines: &secret_lines,
                hidden: &hidden,
            },
            look,
        );
    }
    for orphan in plan.orphans.iter().filter(|orphan| !orphan.edited) {
        let path = output.shown(&orphan.path);
        let change =
            Change { path: &path, old: Some(&orphan.old), new: None, secret_lines: &[], hidden: &hidden };
        text += &unified(&change, look);
    }
    text
}

/// What was done, a file a line; files that were right already in one line.
fn written(report: &Report, output: &Output) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(report.written.iter().map(|path| format!("wrote {}", output.shown(path))));
    lines.extend(report.removed.iter().map(|path| format!("removed {}", output.shown(path))));
    let kept = |path| format!("kept {}: it is no longer made, but was edited", output.shown(path));
    lines.extend(report.kept.iter().map(|path| kept(path)));
    lines.extend(report.alike.iter().map(|path| alike(&output.shown(path))));
    match report.unchanged.as_slice() {
        [] => {}
        [only] => lines.push(format!("unchanged {}", output.shown(only))),
        several => lines.push(format!("unchanged {} files", several.len())),
    }
    lines
}

/// That a file stays, and how it would not.
fn alike(path: &str) -> String {
    format!("left {path} as it is: stackc did not write it, and it says the same (`--force` writes it)")
}

/// What a person would type now.
fn next_command(target: &Target, loaded: &Loaded, output: &Output) -> String {
    let declared = loaded.compilation.deployment.as_ref().map(|deployment| &deployment.stack.secrets);
    let files = declared.map(|declared| secret_files(declared)).unwrap_or_default();
    if files.iter().any(|file| !secrets::is_there(file.path, &loaded.stack.folder)) {
        return match &target.file {
            Some(file) => format!("stackc secret init {}", place::quoted(&disk::shown(file))),
            None => "stackc secret init".to_owned(),
        };
    }
    let deployment = loaded.compilation.deployment.as_ref();
    match deployment.map_or(PATH, |deployment| deployment.compose.path()) {
        PATH if output.prefix.is_empty() => "docker compose up --build -d".to_owned(),
        path => format!("docker compose -f {} up --build -d", place::quoted(&output.shown(path))),
    }
}
