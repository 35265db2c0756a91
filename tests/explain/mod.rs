//! Every page of `stackc explain` shows what it says: its bad examples are refused, its good ones are not.
//!
//! What a person sees of the bad examples of a page stands in `snapshots/explain/<code>.txt`, one example after the
//! other. `STACKC_BLESS=1 cargo test --test main explain` rewrites these files.

pub(crate) mod fixing;
pub(crate) mod language;
mod listing;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use stackc::backend::Layout;
use stackc::compile::{Compilation, compile};
use stackc::diagnostic::{Diagnostic, Severity, Sink};
use stackc::explain::{Example, Language, Page, all};
use stackc::facts::{Facts, Kind, Listing, Wanted};
use stackc::handwritten::{self, Source, check, check_memory};
use stackc::lint::{Check, rules};
use stackc::lower::codes;
use stackc::model::path::HostPath;
use stackc::project::compose;
use stackc::project::host::Memory;
use stackc::render::{Look, terminal};
use stackc::settings;
use stackc::source::SourceMap;
use stackc::syntax::{dockerfile, nginx, stack, yaml};

use crate::snapshot::{Files, assert_folder, repository};

/// What the examples are called in the snapshots.
const NAME: &str = "example.stack";

/// Stands between the examples of a page in its snapshot.
const SEPARATOR: &str = "----------------------------------------\n\n";

/// Begins the line of an example that names the files around it.
const FILES: &str = "# files: ";

/// What was found in an example, with the texts that it was found in.
struct Reading {
    sink: Sink,
    sources: SourceMap,
}

impl Reading {
    /// Lints examples of hand-written files as the files of one project, among those that a first line names.
    fn of_project(examples: &[Example]) -> Self {
        let (files, modes) = project_files(examples);
        let mut memory = Memory::new(files);
        for (name, mode) in &modes {
            memory = memory.with_mode(name, u32::from_str_radix(mode, 8).unwrap(), 0);
        }
        let checked = check_memory(&memory);
        Self { sink: checked.sink, sources: checked.sources }
    }

    /// Compiles a stack file, lints a configuration of nginx, and reads anything else.
    fn of(example: &Example) -> Self {
        let text = example.text.as_str();
        let (mut sink, mut sources) = (Sink::default(), SourceMap::default());
        match example.language {
            Language::Stack => {
                let compilation = compile_example(text);
                return Self { sink: compilation.sink, sources: compilation.sources };
            }
            Language::Yaml => {
                yaml::read(sources.add("docker-compose.yml", text), text, &mut sink);
            }
            Language::Dockerfile => {
                dockerfile::read(sources.add("Dockerfile", text), text, &mut sink);
            }
            Language::Env => panic!("an env file alone is no example: {text}"),
            Language::Toml => {
                settings::read(sources.add("stackc.toml", text), text, &mut sink);
            }
            Language::Nginx => {
                let source = Source { name: "nginx.conf".to_owned(), text: text.to_owned(), is_named: true };
                // An example is all there is.
                let checked = check(
                    handwritten::Files { configurations: vec![source], ..handwritten::Files::default() },
                    &Memory::default(),
                );
                assert_eq!(checked.unrecognised, [""; 0], "{text}");
                return Self { sink: checked.sink, sources: checked.sources };
            }
        }
        sink.finish();
        Self { sink, sources }
    }

    /// What a person sees of it.
    fn shown(&self) -> String {
        terminal::findings(&self.sink, &self.sources, &LOOK)
    }

    /// Leaves out the advice on other things that a configuration of nginx comes with.
    fn leave_out_advice(&mut self, code: &str, language: Language) {
        let is_advice = |found: &Diagnostic| found.severity == Severity::Info && found.code != code;
        self.sink.diagnostics.retain(|found| language != Language::Nginx || !is_advice(found));
    }

    fn produces(&self, code: &str) -> bool {
        self.sink.diagnostics.iter().any(|diagnostic| diagnostic.code == code)
    }

    /// Whether it shows nothing but what `code` stands for. The examples of stack files may have more to them.
    fn is_to_the_point(&self, language: Language, code: &str) -> bool {
        // What is over a limit comes with other findings: those before it, or those of what was not read. And a type is
        // wrong before `nosniff` makes it worse.
        let is_limit = matches!(code, "yaml-too-deep" | "yaml-too-many-mistakes" | "mime-nosniff");
        let is_alone = || self.sink.diagnostics.iter().all(|diagnostic| diagnostic.code == code);
        language == Language::Stack || is_limit || is_alone()
    }
}

/// Names of files, each with its text or its mode.
type Named = Vec<(String, String)>;

/// The files of a project, and the modes that are said.
fn project_files(examples: &[Example]) -> (Named, Named) {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut modes: Vec<(String, String)> = Vec::new();
    for example in examples {
        let name = match example.language {
            Language::Yaml => "docker-compose.yml",
            Language::Dockerfile => "Dockerfile",
            Language::Env => "app.env",
            Language::Nginx | Language::Stack | Language::Toml => "nginx.conf",
        };
        let names = example.text.lines().next().and_then(|line| line.strip_prefix(FILES));
        let around = names.unwrap_or_default().split_whitespace();
        for name in around {
            // `name<text` is a file of one line, `name=0644` one of that mode, `name/=0755` a folder.
            let (name, text) = name.split_once('<').unwrap_or((name, ""));
            let (name, mode) = name.split_once('=').map_or((name, None), |(name, mode)| (name, Some(mode)));
            modes.extend(mode.map(|mode| (name.trim_end_matches('/').to_owned(), mode.to_owned())));
            files.extend((!name.ends_with('/')).then(|| (name.to_owned(), text.to_owned())));
        }
        files.push((name.to_owned(), example.text.clone()));
    }
    (files, modes)
}

/// How findings are shown in snapshots.
const LOOK: Look = Look { width: 100, ..Look::PLAIN };

/// In an example, so many characters more.
const MANY: (char, usize) = ('…', 70_000);

/// Compiles an example among the files that its first line names.
fn compile_example(text: &str) -> Compilation {
    let text = &text.replace(MANY.0, &"x".repeat(MANY.1));
    let names = text.lines().next().and_then(|line| line.strip_prefix(FILES)).unwrap_or_default();
    let files: Vec<HostPath> = names.split_whitespace().map(|name| HostPath::parse(name).unwrap()).collect();
    let compilation = compile(NAME, text, &mut |wanted| world(wanted, &files));
    // What is emitted reads as it was meant, or this panics.
    let folder = PathBuf::from("/project");
    let layout = Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: NAME.to_owned() };
    compilation.emit(&layout);
    compilation
}

/// A world in which there are these files and no others.
fn world(wanted: &Wanted, files: &[HostPath]) -> Facts {
    let mut facts = Facts::default();
    for folder in &wanted.listings {
        facts.listings.insert(folder.clone(), listing(folder, files));
    }
    for file in &wanted.files {
        facts.files.insert(file.clone(), files.contains(file));
    }
    facts
}

fn listing(folder: &HostPath, files: &[HostPath]) -> Listing {
    let mut below: Vec<&str> = files.iter().filter_map(|file| file.below(folder)).collect();
    below.sort_unstable();
    if below.is_empty() {
        return Listing::Missing;
    }
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    for path in below {
        let extension = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, e)| e);
        let kind = Kind { count: 0, example: path.to_owned() };
        kinds.entry(extension.to_lowercase()).or_insert(kind).count += 1;
    }
    Listing::Files { kinds }
}

/// What a person sees of a stack file.
fn shown(compilation: &Compilation) -> String {
    terminal::findings(&compilation.sink, &compilation.sources, &LOOK)
}

/// The examples of a page that are one project: those of hand-written files that follow each other and are alike bad or
/// good, if the page is of a rule on projects, or of what compose files mean.
fn projects(page: &Page) -> Vec<Vec<Example>> {
    let rule = rules::ALL.iter().find(|rule| rule.code == page.code);
    let is_on_projects = |check: &Check| matches!(check, Check::Project(_));
    let is_of_compose = compose::CODES.contains(&page.code);
    if !is_of_compose && !rule.is_some_and(|rule| rule.checks.iter().any(is_on_projects)) {
        return Vec::new();
    }
    let mut projects: Vec<Vec<Example>> = Vec::new();
    for example in page.examples().into_iter().filter(|example| example.language != Language::Stack) {
        match projects.last_mut() {
            Some(last)
                if last[0].bad == example.bad
                    && last.iter().all(|other| other.language != example.language) =>
            {
                last.push(example);
            }
            _ => projects.push(vec![example]),
        }
    }
    projects
}

/// The examples of a page that stand alone.
fn examples(page: &Page, bad: bool) -> Vec<Example> {
    let is_alone = projects(page).is_empty();
    let stands_alone = |example: &Example| is_alone || example.language == Language::Stack;
    page.examples().into_iter().filter(|example| example.bad == bad && stands_alone(example)).collect()
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let rules = rules::ALL.iter().map(|rule| rule.code);
    let readers =
        [stack::mistakes::CODES, yaml::mistakes::CODES, dockerfile::mistakes::CODES, nginx::mistakes::CODES];
    let readers = [readers.concat(), compose::CODES.to_vec(), settings::CODES.to_vec()].concat();
    let codes: BTreeSet<&str> = codes::ALL.iter().chain(readers.iter()).copied().chain(rules).collect();
    let pages: BTreeSet<&str> = all().iter().map(|page| page.code).collect();
    assert_eq!(pages, codes);
    assert_eq!(pages.len(), all().len(), "a code has two pages");
}

#[test]
fn every_page_has_a_title_a_text_and_examples_of_both_sorts() {
    for page in all() {
        let code = page.code;
        assert!(!page.title.is_empty() && !page.title.ends_with('.'), "{code}: {}", page.title);
        let said = page.text.lines().take_while(|line| !line.starts_with("```")).any(|line| !line.is_empty());
        assert!(said, "{code} says nothing before its first example");
        assert!(page.examples().iter().any(|example| example.bad), "{code} has no bad example");
        assert!(page.examples().iter().any(|example| !example.bad), "{code} has no good example");
    }
}

#[test]
fn every_fence_of_a_page_is_an_example() {
    for page in all() {
        let fences: Vec<&str> =
            page.text.lines().filter(|line| line.trim_start().starts_with("```")).collect();
        assert_eq!(fences.len(), 2 * page.examples().len(), "{}: {fences:?}", page.code);
    }
}

#[test]
fn every_bad_example_is_refused_as_its_snapshot_shows() {
    let mut files = Files::new();
    let mut wrong = Vec::new();
    for page in all() {
        let mut shown: Vec<String> = examples(&page, true)
            .iter()
            .map(|example| {
                let mut reading = Reading::of(example);
                reading.leave_out_advice(page.code, example.language);
                let shown = reading.shown();
                let is_such =
                    reading.produces(page.code) && reading.is_to_the_point(example.language, page.code);
                if !is_such {
                    wrong.push(format!("{}\n{}\n{shown}", page.code, example.text));
                }
                shown
            })
            .collect();
        for project in projects(&page).iter().filter(|project| project[0].bad) {
            let mut reading = Reading::of_project(project);
            // Advice on other things is not to the point.
            reading.sink.diagnostics.retain(|found| found.code == page.code);
            shown.push(reading.shown());
            if !reading.produces(page.code) {
                wrong.push(format!("{}\n{project:?}\n{}", page.code, Reading::of_project(project).shown()));
            }
        }
        files.insert(format!("{}.txt", page.code), shown.join(SEPARATOR));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_folder(&repository().join("snapshots/explain"), &files);
}

#[test]
fn every_good_example_is_without_fault() {
    for page in all() {
        for example in examples(&page, false) {
            let reading = Reading::of(&example);
            let worst = reading.sink.worst();
            let fine = match example.language {
                Language::Stack | Language::Nginx => {
                    worst.unwrap_or(Severity::Info) == Severity::Info && !reading.produces(page.code)
                }
                Language::Yaml | Language::Dockerfile | Language::Env | Language::Toml => worst.is_none(),
            };
            assert!(fine, "{}\n{}\n{}", page.code, example.text, reading.shown());
        }
        for project in projects(&page).iter().filter(|project| !project[0].bad) {
            let reading = Reading::of_project(project);
            let is_fine = reading.sink.worst().unwrap_or(Severity::Info) == Severity::Info;
            let shown = || format!("{}\n{project:?}\n{}", page.code, reading.shown());
            assert!(is_fine && !reading.produces(page.code), "{}", shown());
        }
    }
}
