//! The same defect is the same rule in a stack file and in what it emits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use stackc::backend::{Artifact, Layout};
use stackc::compile::Compilation;
use stackc::diagnostic::{Diagnostic, Sink};
use stackc::driver::around::Surroundings;
use stackc::driver::{Disk, gather};
use stackc::emitted::{self, Output};
use stackc::facts::Wanted;
use stackc::handwritten::{Files, check};
use stackc::lint::{Check, Policy, rules};
use stackc::source::SourceMap;

use super::cases;

/// A rule, and the line of the stack file that it speaks of.
type Told = (&'static str, usize);

/// What a rule by its nature tells of one of the two alone: the case, the rule, the line, and why.
const EXCEPTIONS: &[(&str, &str, usize, &str)] = &[];

/// A case in a folder of its own, compiled and built.
struct Built {
    folder: tempfile::TempDir,
    compilation: Compilation,
    artifacts: Vec<Artifact>,
}

impl Built {
    /// `None` for what does not compile.
    fn of(file: &Path) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        copy(file.parent().unwrap(), folder.path());
        Self::in_folder(folder, file.file_name().unwrap().to_str().unwrap())
    }

    fn in_folder(folder: tempfile::TempDir, name: &str) -> Option<Self> {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        let layout = Layout {
            stack_dir: folder.path().to_owned(),
            out_dir: folder.path().to_owned(),
            stack_file: name.to_owned(),
        };
        let output = Output {
            layout: &layout,
            folder: folder.path().to_str().unwrap(),
            around: &Surroundings::of([folder.path()]),
        };
        let world = &mut |wanted: &Wanted| gather(&Disk, wanted, folder.path());
        let compilation = emitted::compile(&Policy::default(), name, &text, world, output);
        let artifacts = compilation.emit(&layout)?;
        for artifact in &artifacts {
            let path = folder.path().join(&artifact.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &artifact.text).unwrap();
        }
        Some(Self { folder, compilation, artifacts })
    }

    /// What the lint of the stack file tells.
    fn told_of_stack(&self) -> BTreeSet<Told> {
        let Compilation { sink, sources, .. } = &self.compilation;
        all(sink)
            .map(|found| (found.code, line(found, sources)))
            .filter(|(code, _)| looks_at_both(code))
            .collect()
    }

    /// What the lint of the emitted files tells, each with the lines of the stack file behind it.
    fn told_of_emitted(&self) -> Vec<(&'static str, String, BTreeSet<usize>)> {
        let compose = self.compilation.deployment.as_ref().unwrap().compose.path();
        let compose = self.folder.path().join(compose).to_str().unwrap().to_owned();
        let around = Surroundings::of([self.folder.path()]);
        let checked = check(Files { composes: vec![compose], ..Files::default() }, &around);
        let told = all(&checked.sink).filter(|found| looks_at_both(found.code));
        told.filter_map(|found| {
            let (path, behind) = self.behind(found, &checked.sources)?;
            Some((found.code, format!("{path}:{} {}", line(found, &checked.sources), found.message), behind))
        })
        .collect()
    }

    /// The artefact that a finding is in, and the lines of the stack file that made its line.
    fn behind(&self, found: &Diagnostic, sources: &SourceMap) -> Option<(String, BTreeSet<usize>)> {
        let name = &sources.file(found.primary.span.file).name;
        let path = Path::new(name).strip_prefix(self.folder.path()).ok()?.to_str()?;
        let artifact = self.artifacts.iter().find(|artifact| artifact.path == path)?;
        let Compilation { sources: stack, origins, .. } = &self.compilation;
        let of_line = &artifact.lines[line(found, sources) - 1];
        let causes = of_line.iter().flat_map(|origin| origins.chain(*origin));
        let lines = causes.filter_map(|cause| {
            let span = cause.at?;
            let file = stack.file(span.file);
            Some(file.line_index(span.start) + 1..=file.line_index(span.end) + 1)
        });
        Some((path.to_owned(), lines.flatten().collect()))
    }
}

fn all(sink: &Sink) -> impl Iterator<Item = &Diagnostic> {
    sink.diagnostics.iter().chain(sink.allowed.iter().map(|allowed| &allowed.finding))
}

fn line(found: &Diagnostic, sources: &SourceMap) -> usize {
    sources.position(found.primary.span).line_number
}

/// Whether a rule looks at stack files and at what people write in the other languages.
fn looks_at_both(code: &str) -> bool {
    let rule = rules::ALL.iter().find(|rule| rule.code == code);
    rule.is_some_and(|rule| rule.checks.iter().any(|check| !matches!(check, Check::Stack(_))))
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.unwrap();
        let path = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

/// What one side tells and the other does not.
fn differences(name: &str, built: &Built) -> Vec<String> {
    let stack = built.told_of_stack();
    let emitted = built.told_of_emitted();
    let mut differences = Vec::new();
    for (code, what, behind) in &emitted {
        if !behind.iter().any(|line| stack.contains(&(*code, *line))) {
            differences.push(format!("{name}: {code} only of the emitted {what}, by {behind:?}"));
        }
    }
    for (code, line) in &stack {
        if !emitted.iter().any(|(other, _, behind)| code == other && behind.contains(line)) {
            differences.push(format!("{name}: {code} only of the stack file, line {line}"));
        }
    }
    differences
}

#[test]
fn a_stack_file_and_what_it_emits_have_the_same_findings() {
    let mut wrong = Vec::new();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, file) in cases() {
        let Some(built) = Built::of(&file) else { continue };
        for (code, _) in built.told_of_stack() {
            *rules.entry(code).or_default() += 1;
        }
        wrong.extend(differences(&name, &built));
    }
    println!("{rules:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
