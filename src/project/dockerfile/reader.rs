//! From a Dockerfile's text to its stages, each with its base, its steps and what holds before each of them.
//!
//! Source: `BuildKit`, frontend/dockerfile/dockerfile2llb/convert.go.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::scope::Scope;
use super::settings::apply;
use super::{Arg, Base, Dockerfile, Expanded, Settings, Stage, Step};
use crate::diagnostic::Sink;
use crate::project::Spanned;
use crate::project::images::known;
use crate::source::FileId;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Command, Escape, Health, Instruction, Pair, Word};
use crate::vocabulary::dockerfile::PLATFORM_VARIABLES;

/// Copies of settings that take more bytes than this, all together, are not made: the steps after them are left out.
/// Every step of a Dockerfile of a thousand lines takes a tenth of it.
const MAX_WEIGHT: usize = 64 * 1024 * 1024;

/// What one step weighs besides its settings.
const STEP_WEIGHT: usize = 512;

/// Reads a Dockerfile. `args` are the build arguments that compose gives, `None` for one whose value is not known.
/// Mistakes of its form go to `sink`; what it means is understood as far as it can be.
pub fn read(
    file: FileId,
    text: &str,
    host: Option<String>,
    context: Option<String>,
    args: &[(String, Option<String>)],
    sink: &mut Sink,
) -> Dockerfile {
    let tree = crate::syntax::dockerfile::read(file, text, sink);
    let given = args.iter().cloned().collect();
    let mut reader = Reader {
        escape: tree.escape,
        given,
        globals: PLATFORM_VARIABLES.iter().map(|name| ((*name).to_owned(), None)).collect(),
        args: Vec::new(),
        stages: Vec::new(),
        names: BTreeMap::new(),
        has_command: false,
        weight: 0,
    };
    for instruction in tree.instructions() {
        reader.instruction(instruction);
    }
    let Reader { args, stages, names, .. } = reader;
    Dockerfile { file, host, context, tree, args, stages, names }
}

struct Reader {
    escape: Escape,
    /// The build arguments that compose gives.
    given: BTreeMap<String, Option<String>>,
    /// What `$NAME` comes to in `FROM`.
    globals: BTreeMap<String, Option<String>>,
    args: Vec<Arg>,
    stages: Vec<Stage>,
    /// The last stage of each name so far.
    names: BTreeMap<String, usize>,
    /// Whether the stage at hand has set a CMD.
    has_command: bool,
    weight: usize,
}

impl Reader {
    fn instruction(&mut self, instruction: &Instruction) {
        if instruction.keyword == Keyword::From {
            self.stage(instruction);
        } else if self.stages.is_empty() {
            self.global(instruction);
        } else {
            self.step(instruction, false);
        }
    }

    /// `ARG` before the first `FROM`; the builder takes nothing else there.
    fn global(&mut self, instruction: &Instruction) {
        let Args::Declarations(declarations) = &instruction.args else { return };
        for declaration in declarations {
            let name = unquoted(&declaration.name);
            let scope = Scope { variables: &self.globals, is_closed: true, escape: self.escape };
            let default = declaration.default.as_ref().map(|default| scope.expand(default));
            let value = match self.given.get(&name) {
                Some(given) => given.clone(),
                None => default.as_ref().and_then(|default| default.value.clone()),
            };
            self.globals.insert(name.clone(), value.clone());
            self.args.push(Arg { name: Spanned::new(name, declaration.name.span), default, value });
        }
    }

    fn stage(&mut self, instruction: &Instruction) {
        let (image, name) = match &instruction.args {
            Args::From { image, name } => (image.clone(), name.clone()),
            _ => (Word { text: String::new(), span: instruction.args_span }, None),
        };
        let scope = Scope { variables: &self.globals, is_closed: false, escape: self.escape };
        let from = scope.expand(&image);
        let platform = instruction.flag("platform").and_then(|flag| flag.value.as_ref());
        let platform = platform.map(|platform| scope.expand(platform));
        let base = self.base(from.value.as_deref());
        let (settings, triggers) = match &base {
            Base::Stage(index) => {
                let below = &self.stages[*index];
                let triggers = if self.weight > MAX_WEIGHT { Vec::new() } else { triggers(below) };
                (Arc::clone(&below.end), triggers)
            }
            Base::Scratch => (Arc::new(Settings::of_scratch()), Vec::new()),
            Base::Image(name) => (Arc::new(Settings::of_image(known(name))), Vec::new()),
            Base::Unknown => (Arc::default(), Vec::new()),
        };
        self.has_command = false;
        let name = name.map(|name| Spanned::new(name.text.to_lowercase(), name.span));
        if let Some(name) = &name {
            self.names.insert(name.value.clone(), self.stages.len());
        }
        self.stages.push(Stage {
            name,
            base,
            from,
            platform,
            span: instruction.span,
            steps: Vec::new(),
            end: settings,
        });
        for trigger in triggers {
            self.step(&trigger, true);
        }
    }

    /// The builder compares the name with those of the stages above as it is written.
    fn base(&self, name: Option<&str>) -> Base {
        match name {
            None | Some("") => Base::Unknown,
            Some("scratch") => Base::Scratch,
            Some(name) => {
                let stage = self.names.get(name).copied();
                stage.map_or_else(|| Base::Image(name.to_owned()), Base::Stage)
            }
        }
    }

    fn step(&mut self, instruction: &Instruction, is_trigger: bool) {
        let Some(stage) = self.stages.last_mut() else { return };
        if self.weight > MAX_WEIGHT {
            return;
        }
        let before = Arc::clone(&stage.end);
        let scope = Scope::of(&before, self.escape);
        let words = if instruction.keyword == Keyword::Arg {
            declare(&mut stage.end, instruction, &self.given, &self.globals, self.escape)
        } else {
            let words: Vec<Expanded> = words(instruction).map(|word| scope.expand(word)).collect();
            apply(&mut stage.end, instruction, &words, self.has_command);
            words
        };
        self.has_command |= instruction.keyword == Keyword::Cmd;
        let flags = flags(instruction, scope);
        self.weight += STEP_WEIGHT;
        if !Arc::ptr_eq(&before, &stage.end) {
            self.weight += stage.end.weight();
        }
        stage.steps.push(Step { instruction: instruction.clone(), words, flags, before, is_trigger });
    }
}

/// What ONBUILD holds in a stage, in order.
fn triggers(stage: &Stage) -> Vec<Instruction> {
    let trigger = |step: &Step| match &step.instruction.args {
        Args::Trigger(trigger) if !step.instruction.damaged => Some((**trigger).clone()),
        _ => None,
    };
    stage.steps.iter().filter_map(trigger).collect()
}

/// The words of an instruction in which variables are put.
fn words(instruction: &Instruction) -> impl Iterator<Item = &Word> {
    let (words, pairs): (&[Word], &[Pair]) = match &instruction.args {
        Args::Words { words, .. } | Args::Ports(words) => (words, &[]),
        Args::Text(word) if instruction.keyword != Keyword::Maintainer => (std::slice::from_ref(word), &[]),
        Args::Pairs { pairs, .. } => (&[], pairs),
        Args::None
        | Args::Command(Command::Exec(_) | Command::Shell(_))
        | Args::Text(_)
        | Args::Declarations(_)
        | Args::From { .. }
        | Args::Health(Health::None | Health::Command(_))
        | Args::Trigger(_)
        | Args::Raw(_) => (&[], &[]),
    };
    words.iter().chain(pairs.iter().map(|pair| &pair.value))
}

fn flags(instruction: &Instruction, scope: Scope<'_>) -> Vec<(String, Expanded)> {
    let mut flags = Vec::new();
    for flag in &instruction.flags {
        let name = flag.name.text.as_str();
        if let Some(value) = &flag.value
            && matches!(name, "chown" | "chmod" | "checksum" | "mount")
        {
            flags.push((name.to_owned(), scope.expand(value)));
        }
    }
    flags
}

/// Carries out `ARG`: what compose gives counts first, then the default, then what is said before the first `FROM`.
fn declare(
    settings: &mut Arc<Settings>,
    instruction: &Instruction,
    given: &BTreeMap<String, Option<String>>,
    globals: &BTreeMap<String, Option<String>>,
    escape: Escape,
) -> Vec<Expanded> {
    let mut words = Vec::new();
    let Args::Declarations(declarations) = &instruction.args else { return words };
    let settings = Arc::make_mut(settings);
    for declaration in declarations {
        let name = unquoted(&declaration.name);
        let default = declaration.default.as_ref().map(|word| Scope::of(settings, escape).expand(word));
        let (value, has_value) = match (given.get(&name), &default, globals.get(&name)) {
            (Some(given), _, _) => (given.clone(), true),
            (None, Some(default), _) => (default.value.clone(), true),
            (None, None, Some(global)) => (global.clone(), true),
            (None, None, None) => (None, false),
        };
        settings.declare(name, value, has_value);
        words.extend(default);
    }
    words
}

/// The name that is declared, without quotes around it.
fn unquoted(name: &Word) -> String {
    name.text.trim_matches(['"', '\'']).to_owned()
}
