//! Reads and compiles the stack file of a command, and shows what was found.

use std::path::Path;

use super::console::Console;
use crate::backend::Layout;
use crate::compile::{Compilation, compile};
use crate::driver::around::Surroundings;
use crate::driver::disk::shown;
use crate::driver::looked::Looked;
use crate::driver::place::Stack;
use crate::driver::texts::Texts;
use crate::driver::{Disk, Files, Result, facts, gather};
use crate::emitted::{self, Output};
use crate::explain;
use crate::facts::Wanted;
use crate::lint::Policy;
use crate::render::{Look, terminal};
use crate::source::MAX_STACK_BYTES;

/// A stack file and what became of it.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Which file, and where.
    pub(super) stack: Stack,
    /// What it means.
    pub(super) compilation: Compilation,
    /// What had to be known of the world.
    wanted: Vec<Wanted>,
    /// The files around what it emits.
    around: Surroundings,
}

/// Compiles the file that was named, or the one of the current folder.
pub(super) fn load(file: Option<&Path>, command: &str) -> Result<Loaded> {
    let stack = Stack::choose(file, command)?;
    let text = Disk.read_text(&stack.path, MAX_STACK_BYTES)?;
    let compilation = compile(&stack.name(), &text, &mut |wanted| gather(&Disk, wanted, &stack.folder));
    Ok(Loaded { stack, compilation, wanted: Vec::new(), around: Surroundings::default() })
}

/// The same with all that is found in what it emits, where something was decided about rules, and some files have other
/// texts.
pub(super) fn load_linted(
    file: Option<&Path>,
    command: &str,
    policy: &Policy,
    texts: &Texts,
) -> Result<Loaded> {
    let stack = Stack::choose(file, command)?;
    let text = texts.read_text(&stack.path, MAX_STACK_BYTES)?;
    let layout = Layout {
        stack_dir: stack.folder.clone(),
        out_dir: stack.folder.clone(),
        stack_file: stack.file_name.clone(),
    };
    let around = Surroundings::of([stack.path.as_path()]).with(texts);
    let folder = stack.path.parent().map(shown).unwrap_or_default();
    let output = Output { layout: &layout, folder: &folder, around: &around };
    let mut all_wanted = Vec::new();
    let world = &mut |wanted: &Wanted| {
        all_wanted.push(wanted.clone());
        gather(&Disk, wanted, &stack.folder)
    };
    let compilation = emitted::compile(policy, &stack.name(), &text, world, output);
    Ok(Loaded { stack, compilation, wanted: all_wanted, around })
}

/// Where findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// Where they are what was asked for.
    Out,
    /// Where something else was.
    Err,
}

impl Loaded {
    /// Adds what was looked at.
    pub(super) fn tell(&self, looked: &mut Looked) {
        looked.file(&self.stack.path);
        for wanted in &self.wanted {
            facts::tell(wanted, &self.stack.folder, looked);
        }
        self.around.tell(looked);
    }

    /// Whether the stack file still says what was read.
    pub(super) fn is_current(&self) -> bool {
        let read = self.compilation.sources.file(self.compilation.tree.file);
        Disk.read_text(&self.stack.path, MAX_STACK_BYTES).is_ok_and(|text| *text == *read.text)
    }

    /// Shows every finding and how many there are, with `outcome` behind that.
    pub(super) fn report(&self, console: &mut Console, stream: Stream, outcome: &str) {
        let look = match stream {
            Stream::Out => console.out_look(),
            Stream::Err => console.err_look(),
        };
        let text = self.findings(&look, outcome);
        match stream {
            Stream::Out => console.out(&text),
            Stream::Err => console.err(&text),
        }
    }

    fn findings(&self, look: &Look, outcome: &str) -> String {
        let sink = &self.compilation.sink;
        let Some(summary) = terminal::summary(sink) else { return String::new() };
        let findings = terminal::findings(sink, &self.compilation.sources, look);
        let gravest = sink.diagnostics.iter().rev().max_by_key(|diagnostic| diagnostic.severity);
        let code = gravest.map(|diagnostic| diagnostic.code).filter(|code| explain::page(code).is_some());
        let more = code.map(|code| format!("`stackc explain {code}` says more\n")).unwrap_or_default();
        format!("{findings}{summary}{outcome}\n{more}")
    }
}
