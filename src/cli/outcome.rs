//! What `stackc lint` came to, file by file, and how it is told: to a person as it comes, to a program as one document.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::load::{Loaded, Stream};
use super::selection::Misread;
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::diagnostic::{AllowedBy, Severity, Sink};
use crate::driver::Error;
use crate::driver::disk::shown;
use crate::driver::looked::Looked;
use crate::driver::place::quoted;
use crate::explain;
use crate::handwritten::Checked;
use crate::render::report::{self, Format, NotAnalysed, Page, Part, Report};
use crate::render::{terminal, visible};
use crate::settings::Threshold;

/// What came of a part of the paths.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A file could not be analysed: its path, and why.
    Failed(String, Error),
    /// A stack file was.
    Stack(Box<Loaded>, String),
    /// Files were that people wrote.
    Handwritten(Box<Checked>),
    /// Nothing was looked at, because the settings cannot be understood.
    Misread(Box<Misread>),
    /// Settings below what was named hold for nothing.
    PassedOver(Vec<PathBuf>),
}

impl Outcome {
    /// The exit code that it alone would give.
    pub(super) fn code(&self, fail_on: Threshold) -> u8 {
        match self {
            Outcome::Failed(_, error) => error.exit_code(),
            Outcome::Stack(loaded, _) => match &loaded.compilation.deployment {
                None => NOT_UNDERSTOOD,
                Some(_) => gravity(&loaded.compilation.sink, fail_on),
            },
            Outcome::Handwritten(checked) if checked.is_understood => gravity(&checked.sink, fail_on),
            Outcome::Handwritten(_) | Outcome::Misread(_) => NOT_UNDERSTOOD,
            Outcome::PassedOver(_) => DONE,
        }
    }

    /// Adds what was looked at for it.
    pub(super) fn tell(&self, looked: &mut Looked) {
        match self {
            Outcome::Stack(loaded, _) => loaded.tell(looked),
            Outcome::Failed(path, _) => looked.file(Path::new(path)),
            Outcome::Handwritten(_) | Outcome::Misread(_) | Outcome::PassedOver(_) => {}
        }
    }

    pub(super) fn part(&self) -> Option<Part<'_>> {
        match self {
            Outcome::Failed(..) | Outcome::PassedOver(_) => None,
            Outcome::Stack(loaded, name) => Some(Part {
                names: std::slice::from_ref(name),
                sources: &loaded.compilation.sources,
                sink: &loaded.compilation.sink,
            }),
            Outcome::Handwritten(checked) => {
                Some(Part { names: &checked.names, sources: &checked.sources, sink: &checked.sink })
            }
            Outcome::Misread(misread) => Some(Part {
                names: std::slice::from_ref(&misread.name),
                sources: &misread.sources,
                sink: &misread.sink,
            }),
        }
    }

    /// What was found, to be changed; there is one for each of [`parts`].
    pub(super) fn sink_mut(&mut self) -> Option<&mut Sink> {
        match self {
            Outcome::Failed(..) | Outcome::PassedOver(_) => None,
            Outcome::Stack(loaded, _) => Some(&mut loaded.compilation.sink),
            Outcome::Handwritten(checked) => Some(&mut checked.sink),
            Outcome::Misread(misread) => Some(&mut misread.sink),
        }
    }

    /// The files that were analysed.
    pub(super) fn names(&self) -> &[String] {
        self.part().map_or(&[], |part| part.names)
    }

    /// How many findings there are of which nothing more is told.
    pub(super) fn only_counted(&self) -> usize {
        const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];
        self.part().map_or(0, |part| SEVERITIES.iter().map(|severity| part.sink.more(*severity)).sum())
    }

    fn not_analysed(&self) -> Option<NotAnalysed> {
        match self {
            Outcome::Failed(_, Error::Source { path, why, .. }) => {
                Some(NotAnalysed { path: path.clone(), why: why.clone() })
            }
            Outcome::Failed(path, error) => {
                Some(NotAnalysed { path: path.clone(), why: format!("was not analysed: {error}") })
            }
            Outcome::Stack(..) | Outcome::Handwritten(_) | Outcome::Misread(_) | Outcome::PassedOver(_) => {
                None
            }
        }
    }
}

/// What was analysed.
pub(super) fn parts(outcomes: &[Outcome]) -> Vec<Part<'_>> {
    outcomes.iter().filter_map(Outcome::part).collect()
}

fn gravity(sink: &Sink, fail_on: Threshold) -> u8 {
    if fail_on.is_reached(sink.worst()) { FINDINGS } else { DONE }
}

/// Tells of everything; what went wrong with the files themselves goes to standard error as well.
pub(super) fn tell(outcomes: &[Outcome], format: Format, fail_on: Threshold, console: &mut Console) -> u8 {
    for outcome in outcomes {
        match outcome {
            Outcome::Failed(_, error) => {
                console.fail(error);
            }
            Outcome::Stack(loaded, name) if format == Format::Terminal => stack(loaded, name, console),
            Outcome::Handwritten(checked) if format == Format::Terminal => handwritten(checked, console),
            Outcome::Misread(misread) if format == Format::Terminal => {
                console.out(&misread.shown(&console.out_look()));
            }
            Outcome::PassedOver(settings) => passed_over(settings, console),
            Outcome::Stack(..) | Outcome::Handwritten(_) | Outcome::Misread(_) => {}
        }
    }
    if format != Format::Terminal {
        document(outcomes, format, console);
    }
    outcomes.iter().map(|outcome| outcome.code(fail_on)).max().unwrap_or(DONE)
}

/// Says which settings hold for nothing in this run.
fn passed_over(settings: &[PathBuf], console: &mut Console) {
    let Some(first) = settings.first() else { return };
    let folder = first.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (more, were) = match settings.len() - 1 {
        0 => (String::new(), "was"),
        more => (format!(" and {more} more"), "were"),
    };
    let line = format!(
        "`{}`{more} {were} not used: one holds for a run, that of the folder with everything that was named or above; \
         `stackc lint {}` uses it",
        shown(first),
        quoted(&shown(folder))
    );
    console.err(&format!("{}\n", visible::line(&line)));
}

fn document(outcomes: &[Outcome], format: Format, console: &mut Console) {
    let pages = explain::all();
    let pages = pages.iter().map(|page| Page { code: page.code, title: &page.title, text: &page.text });
    let report = Report {
        parts: parts(outcomes),
        not_analysed: outcomes.iter().filter_map(Outcome::not_analysed).collect(),
        pages: pages.collect(),
    };
    console.out(&report::findings(format, &report, &console.out_look()));
    let more: usize = outcomes.iter().map(Outcome::only_counted).sum();
    if more > 0 {
        console.err(&format!("... and {more} more findings, which were only counted\n"));
    }
}

fn stack(loaded: &Loaded, name: &str, console: &mut Console) {
    loaded.report(console, Stream::Out, "");
    if loaded.compilation.sink.diagnostics.is_empty() {
        console.say(&format!("{name}: {}", nothing(&loaded.compilation.sink)));
    }
}

fn handwritten(checked: &Checked, console: &mut Console) {
    let Checked { sources, sink, names, .. } = checked;
    let look = console.out_look();
    console.out(&terminal::findings(sink, sources, &look));
    match (terminal::summary(sink), names.as_slice()) {
        (Some(summary), _) => {
            console.say(&summary);
            let gravest = sink.diagnostics.iter().rev().max_by_key(|diagnostic| diagnostic.severity);
            let code = gravest.map(|diagnostic| diagnostic.code).filter(|code| explain::page(code).is_some());
            if let Some(code) = code {
                console.say(&format!("`stackc explain {code}` says more"));
            }
        }
        (None, []) => {}
        (None, [only]) => console.say(&format!("{only}: {}", nothing(sink))),
        (None, names) => console.say(&format!("{} files: {}", names.len(), nothing(sink))),
    }
}

fn nothing(sink: &Sink) -> &'static str {
    let is_known = sink.allowed.iter().any(|allowed| allowed.by == AllowedBy::Baseline);
    if is_known { "nothing new found" } else { "nothing found" }
}
