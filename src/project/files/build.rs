//! The files of every stage of a Dockerfile, instruction by instruction.

use std::sync::Arc;

use super::run::Run;
use super::sources::{Into, Source, sources};
use super::{Brings, Found, ImageFiles, Layer, LeftOut};
use crate::project::dockerfile::{Base, Dockerfile, Step, Target};
use crate::project::host::{Host, join};
use crate::project::ignored::Ignored;
use crate::project::images;
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Command};

/// The files that each stage leaves, in their order.
pub(in crate::project) fn stages(dockerfile: &Dockerfile, host: &dyn Host) -> Vec<Arc<ImageFiles>> {
    let context = Context::of(dockerfile, host);
    let mut stages: Vec<Arc<ImageFiles>> = Vec::new();
    for stage in &dockerfile.stages {
        let mut files = match &stage.base {
            Base::Stage(index) => stages.get(*index).map(ImageFiles::on).unwrap_or_default(),
            Base::Scratch => ImageFiles::default(),
            Base::Image(name) => image(Some(name)),
            Base::Unknown => image(None),
        };
        for step in &stage.steps {
            let mut at = Stage { files: &mut files, earlier: &stages, dockerfile, context: &context, host };
            at.step(step);
        }
        stages.push(Arc::new(files));
    }
    stages
}

/// The files of an image of a registry; `None` for one whose name is not known.
pub(crate) fn image(name: Option<&str>) -> ImageFiles {
    let known = name.and_then(images::known);
    let mut files = ImageFiles::default();
    files.add(Layer { at: "/".to_owned(), brings: Brings::Image(known), span: None });
    for volume in known.iter().flat_map(|known| &known.volumes) {
        files.add(Layer { at: (*volume).to_owned(), brings: Brings::Folder, span: None });
    }
    files
}

/// The folder that an image is built in.
struct Context {
    left_out: Arc<LeftOut>,
}

impl Context {
    /// Where no context is known, it is the folder of the Dockerfile: what it copies is there, or not known.
    fn of(dockerfile: &Dockerfile, host: &dyn Host) -> Option<Self> {
        let folder = match (&dockerfile.context, &dockerfile.host) {
            (Some(context), _) => context.clone(),
            (None, Some(file)) => join(file, ".."),
            (None, None) => return None,
        };
        let ignored = Ignored::of(&folder, dockerfile.host.as_deref(), host);
        Some(Self { left_out: Arc::new(LeftOut { context: folder, ignored }) })
    }
}

struct Stage<'a> {
    files: &'a mut ImageFiles,
    earlier: &'a [Arc<ImageFiles>],
    dockerfile: &'a Dockerfile,
    context: &'a Option<Context>,
    host: &'a dyn Host,
}

impl Stage<'_> {
    fn step(&mut self, step: &Step) {
        let span = step.instruction.span;
        if step.instruction.damaged {
            return self.add("/", Brings::Unknown, span);
        }
        match step.instruction.keyword {
            Keyword::Copy | Keyword::Add => self.copy(step),
            Keyword::Run => self.run(step),
            Keyword::Workdir => match path(step, 0) {
                Some(path) => self.add(&path, Brings::Folder, span),
                None => self.add("/", Brings::Unknown, span),
            },
            Keyword::Volume => {
                for index in 0..step.words.len() {
                    if let Some(path) = path(step, index) {
                        self.add(&path, Brings::Folder, span);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, at: &str, brings: Brings, span: Span) {
        self.files.add(Layer { at: at.to_owned(), brings, span: Some(span) });
    }

    fn run(&mut self, step: &Step) {
        let folder = step.before.working_dir.as_ref().map(|folder| folder.value.as_str());
        let text = match &step.instruction.args {
            Args::Command(Command::Shell(word)) => word.text.clone(),
            Args::Command(Command::Exec(words)) => {
                words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        };
        // A script in a heredoc may do anything; so may one whose text is not known.
        let text = if text.is_empty() || !step.instruction.heredocs.is_empty() {
            "sh rm /".to_owned()
        } else {
            text
        };
        self.add("/", Brings::Run(Run::new(&text, folder)), step.instruction.span);
    }

    fn copy(&mut self, step: &Step) {
        let span = step.instruction.span;
        let Some((to, from)) = step.words.split_last() else { return };
        let Some(to) = path(step, step.words.len() - 1).filter(|_| to.value.is_some()) else {
            return self.add("/", Brings::Unknown, span);
        };
        let is_folder = step.words.last().and_then(|word| word.value.as_deref()).is_some_and(ends_in_folder)
            || from.len() > 1
            || matches!(self.files.find(&to, self.host), Found::Folder(_));
        let is_known = is_folder || self.files.find(&to, self.host) != Found::Unknown;
        let has = |flag: &str| step.instruction.flag(flag).is_some();
        if has("parents") || has("exclude") {
            return self.add(&to, Brings::Unknown, span);
        }
        let is_add = step.instruction.keyword == Keyword::Add;
        let heredocs = &step.instruction.heredocs;
        for word in from {
            let heredoc = heredocs.iter().find(|heredoc| is_heredoc(&word.raw, &heredoc.name.text));
            let found = match (heredoc, &word.value) {
                (Some(heredoc), _) => vec![Source::Text(heredoc.name.text.clone())],
                (None, None) => vec![Source::Unknown],
                (None, Some(value)) if is_add && is_unpacked(value) => vec![Source::Unknown],
                (None, Some(value)) => match step.instruction.flag("from") {
                    Some(flag) => self.of_stage(flag.value.as_ref().map(|word| word.text.as_str()), value),
                    None => self.of_context(value),
                },
            };
            for source in found {
                let into = Into { to: &to, is_folder, is_known };
                self.files.add(source.layer(into, span));
            }
        }
    }

    fn of_context(&self, value: &str) -> Vec<Source> {
        match self.context {
            Some(context) => sources(value, &context.left_out, self.host),
            None => vec![Source::Unknown],
        }
    }

    fn of_stage(&self, name: Option<&str>, value: &str) -> Vec<Source> {
        let has_pattern = value.contains(['*', '?', '[']);
        let files = match name.map(|name| self.dockerfile.named(name)) {
            Some(Target::Stage(index)) => self.earlier.get(index),
            Some(Target::NoSuchNumber | Target::Other) | None => None,
        };
        let path = join("/", value);
        match files {
            Some(files) if !has_pattern => match files.find(&path, self.host) {
                Found::File(_) => vec![Source::StageFile(Arc::clone(files), path)],
                Found::Folder(_) => vec![Source::StageFolder(Arc::clone(files), path)],
                Found::Missing | Found::Unknown => vec![Source::Unknown],
            },
            Some(_) | None => vec![Source::Unknown],
        }
    }
}

/// The absolute path of an argument; `None` if it is not known.
fn path(step: &Step, index: usize) -> Option<String> {
    let value = step.words.get(index)?.value.as_deref()?;
    let value = value.trim_matches('"');
    if value.starts_with('/') {
        return Some(join("/", value));
    }
    Some(join(&step.before.working_dir.as_ref()?.value, value))
}

fn ends_in_folder(value: &str) -> bool {
    value.ends_with('/') || matches!(value, "." | "..") || value.ends_with("/.")
}

fn is_heredoc(word: &str, name: &str) -> bool {
    word.trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix("<<")
        .is_some_and(|rest| rest.trim_start_matches('-').trim_matches(['"', '\'']) == name)
}

/// Whether ADD fetches or unpacks a source. Source: the Dockerfile reference on ADD.
fn is_unpacked(value: &str) -> bool {
    let archives = [".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst"];
    let is_archive =
        archives.iter().any(|end| value.to_ascii_lowercase().ends_with(end)) || value.contains(['*', '?']);
    is_archive
        || value.contains("://")
        || value.starts_with("git@")
        || value.contains(".git#")
        || value.rsplit_once('.').is_some_and(|(_, end)| end == "git")
}
