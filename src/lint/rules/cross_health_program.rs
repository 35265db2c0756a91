//! # A health check that its image cannot run
//!
//! The program of the health check is not in the image: every check fails, the container counts as unhealthy for ever,
//! and what waits for it never starts. Small images have neither `curl` nor `wget`; newer ones of `mariadb` and `mongo`
//! have renamed their clients.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: python:3.14-slim
//!     command: python -m http.server 8000
//!     healthcheck:
//!       test: ["CMD", "curl", "-f", "http://127.0.0.1:8000/"]
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: python:3.14-slim
//!     command: python -m http.server 8000
//!     healthcheck:
//!       test: ["CMD", "python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/')"]
//! ```

use crate::lint::project::commands::Commands;
use crate::lint::project::programs_of_images::{Lack, lacks};
use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::{Base, Dockerfile, Stage};
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Command, Health};

pub(super) const CODE: &str = "cross-health-program";

/// Where the image that lacks a program is named.
struct Lacking {
    image: String,
    span: Span,
    lack: Lack,
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let Some(health) = running.service.health.as_ref().filter(|health| !health.is_disabled) else {
            continue;
        };
        let (Some(words), Some(span)) = (&health.words, health.test) else { continue };
        if let Some(program) = only_program(words)
            && let Some(lacking) = of_service(whole, &running, &program)
        {
            let who = format!("the health check of `{}`", running.name());
            // `-pPASSWORD` is how clients of `mariadb` are told one.
            if words.iter().any(|word| word.starts_with("-p") && word.len() > 2 || word.contains("assword")) {
                findings.mask(span);
            }
            report(&who, &program, &lacking, span, findings);
        }
    }
    for dockerfile in &whole.project.dockerfiles {
        for (index, stage) in dockerfile.stages.iter().enumerate() {
            for step in &stage.steps {
                let Args::Health(Health::Command(command)) = &step.instruction.args else { continue };
                let words = words(command);
                if let Some(program) = only_program(&words)
                    && let Some(lacking) = of_stage(whole, dockerfile, index, &program)
                {
                    report("`HEALTHCHECK`", &program, &lacking, step.instruction.span, findings);
                }
            }
        }
    }
}

fn report(who: &str, program: &str, lacking: &Lacking, span: Span, findings: &mut Findings<'_>) {
    let Lacking { image, span: at, lack } = lacking;
    let help = if lack.instead.is_empty() {
        format!("install `{program}` in the image, or ask with a program that it has")
    } else {
        format!("install `{program}` in the image, or use what it has: `{}`", lack.instead)
    };
    findings.push(
        findings
            .at(span, format!("{who} runs `{program}`, which `{image}` does not have"))
            .label(*at, format!("without `{program}`"))
            .note("every check fails: the container counts as unhealthy, and what waits for its health never starts")
            .help(help),
    );
}

/// What a shell has of its own.
const OF_SHELL: [&str; 8] = ["exit", "true", "false", "test", "[", "echo", "kill", "set"];

/// The program that a check stands and falls with: the only one, those of the shell aside.
fn only_program(words: &[String]) -> Option<String> {
    let commands = Commands::of(words);
    let programs = commands.list.iter().filter_map(|command| command.first());
    let mut programs = programs.filter(|program| !OF_SHELL.contains(&program.as_str()));
    let program = programs.next()?;
    // Of `curl ... || wget ...` one may do.
    (!commands.list.iter().flatten().any(|word| word.contains('$') && word == program)
        && programs.all(|other| matches!(other.as_str(), "grep" | "head" | "awk")))
    .then(|| program.clone())
}

fn words(command: &Command) -> Vec<String> {
    match command {
        Command::Exec(words) => words.iter().map(|word| word.text.clone()).collect(),
        Command::Shell(word) => vec!["/bin/sh".to_owned(), "-c".to_owned(), word.text.clone()],
    }
}

fn of_service(whole: &Whole<'_>, running: &Running<'_>, program: &str) -> Option<Lacking> {
    if let Some(image) = running.pulled() {
        let lack = lacks(&image.value, program)?;
        return Some(Lacking { image: image.value.clone(), span: image.span, lack });
    }
    let (dockerfile, stage) = running.built(whole)?;
    let index = dockerfile.stages.iter().position(|other| std::ptr::eq(other, stage))?;
    of_stage(whole, dockerfile, index, program)
}

/// The image below a stage, if it lacks the program and no step on the way could bring it.
fn of_stage(whole: &Whole<'_>, dockerfile: &Dockerfile, index: usize, program: &str) -> Option<Lacking> {
    let stage = dockerfile.stages.get(index)?;
    if may_bring(whole, stage, program) {
        return None;
    }
    match &stage.base {
        Base::Image(name) => {
            let lack = lacks(name, program)?;
            Some(Lacking { image: name.clone(), span: stage.from.span, lack })
        }
        Base::Stage(below) if *below < index => of_stage(whole, dockerfile, *below, program),
        Base::Stage(_) | Base::Scratch | Base::Unknown => None,
    }
}

/// Whether a step mentions the program, or does something of which that cannot be seen: a script, a list of packages
/// in a file or a variable.
fn may_bring(whole: &Whole<'_>, stage: &Stage, program: &str) -> bool {
    stage.steps.iter().any(|step| {
        let text = whole.sources.text(step.instruction.lines);
        let keyword = step.instruction.keyword;
        if keyword == Keyword::Run {
            let is_hidden = [".sh", "xargs", "$(", "playwright", "ansible", "busybox"]
                .iter()
                .any(|part| text.contains(part));
            let installs_variable = text.contains("install") && text.contains('$');
            // Netcat goes by several names.
            return text.contains(if program == "nc" { "netcat" } else { program })
                || is_hidden
                || installs_variable;
        }
        matches!(keyword, Keyword::Copy | Keyword::Add) && (text.contains(program) || text.contains("/bin"))
    })
}
