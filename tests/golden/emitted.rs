//! The same defect is the same rule in a stack file and in what it emits.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use stackc::backend::Artifact;
use stackc::compile::Compilation;
use stackc::diagnostic::{Diagnostic, Sink};
use stackc::driver::around::Surroundings;
use stackc::explain::{self, Language};
use stackc::handwritten::{Files, check};
use stackc::lint::{Check, rules};
use stackc::source::SourceMap;

use super::{cases, compiled};

/// A rule, and the line of the stack file that it speaks of.
type Told = (&'static str, usize);

/// What a rule by its nature tells of a stack file alone: where, and why.
const OF_STACK_FILES: &[(&str, &str, &str)] = &[
    (
        "shop",
        "mime-missing",
        "a stack file can say the type of files whose type nobody knows, and is asked to; nginx.conf is not",
    ),
    ("mime-missing 1", "mime-missing", "the same"),
    (
        "mime-gzip-types 1",
        "mime-gzip-types",
        "what an additional context brings into the image of a proxy is not followed, where a stack file says it",
    ),
    (
        "nginx-too-new 1",
        "nginx-too-new",
        "the image of a proxy says the version of nginx; what a configuration runs in is not looked up",
    ),
];

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
        let (compilation, artifacts) = compiled(&folder.path().join(name));
        compilation.deployment.as_ref()?;
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

/// Whether a rule looks at stack files and at what people write in the other languages, and not at how findings of
/// others are left out, which is written in the one or in the other.
fn looks_at_both(code: &str) -> bool {
    let rule = rules::ALL.iter().find(|rule| rule.code == code && code != "allow-unused");
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
    let is_of_stack_files =
        |code: &str| OF_STACK_FILES.iter().any(|(case, rule, _)| (*case, *rule) == (name, code));
    for (code, line) in stack.iter().filter(|(code, _)| !is_of_stack_files(code)) {
        if !emitted.iter().any(|(other, _, behind)| code == other && behind.contains(line)) {
            differences.push(format!("{name}: {code} only of the stack file, line {line}"));
        }
    }
    differences
}

#[test]
fn a_stack_file_and_what_it_emits_have_the_same_findings() {
    let mut wrong = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (name, file) in cases() {
        let Some(built) = Built::of(&file) else { continue };
        told.extend(built.told_of_stack().into_iter().map(|(code, _)| code));
        wrong.extend(differences(&name, &built));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told.len() > 20, "{told:?} are too few rules to show it");
}

#[test]
fn so_have_the_examples_of_the_rules() {
    let mut wrong = Vec::new();
    for page in explain::all().into_iter().filter(|page| looks_at_both(page.code)) {
        for (number, example) in page.examples().into_iter().enumerate() {
            if example.language != Language::Stack {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let names = example.text.lines().next().and_then(|line| line.strip_prefix("# files: "));
            for name in names.unwrap_or_default().split_whitespace() {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
            fs::write(folder.path().join("example.stack"), &example.text).unwrap();
            let Some(built) = Built::in_folder(folder, "example.stack") else { continue };
            wrong.extend(differences(&format!("{} {}", page.code, number + 1), &built));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_told_of_an_emitted_line_stands_at_the_statement_that_caused_it() {
    let (_, file) = cases().into_iter().find(|(name, _)| name == "plain").unwrap();
    let compilation = compiled(&file).0;
    let at = |code: &str| -> Vec<&str> {
        let found = all(&compilation.sink).filter(|found| found.code == code);
        let spans = found.flat_map(|found| {
            [found.primary.span].into_iter().chain(found.labels.iter().map(|label| label.span))
        });
        spans.map(|span| compilation.sources.text(span)).collect()
    };
    assert_eq!(at("compose-floating-image"), ["example.org/shop:${input.TAG}"]);
    assert_eq!(at("compose-no-restart"), ["service db", "service app", "proxy web"]);
    assert_eq!(at("compose-database-not-ready"), ["needs db", "service db"]);
    assert_eq!(at("nginx-server-tokens"), ["site _"]);
}
