//! Rules: pure checks over a deployment, its facts and its origins. One rule is one file; its page is that file's
//! documentation.

pub(crate) mod dockerfile;
mod edits;
pub mod judge;
pub mod nginx;
mod project;
pub mod rules;
mod secrets;

use dockerfile::checks::TurnedOff;
pub use judge::{Judge, Policy};
pub use secrets::literals::{Held, Literal};

use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::facts::Facts;
use crate::model::Deployment;
use crate::project::Project;
use crate::project::host::Host;
use crate::source::{FileId, Origin, Origins, SourceMap, Span};
use crate::syntax::stack::tree::{Item, Statement, Tree, statements};
use crate::vocabulary::nginx as directives;

use nginx::Configuration;

/// A rule: its name, its gravity, its page and its check.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The kebab-case name.
    pub code: &'static str,
    /// The gravity of its findings.
    pub severity: Severity,
    /// The text of its source file, whose documentation is its page.
    pub source: &'static str,
    /// Look at everything and report what they find.
    pub checks: &'static [Check],
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// A deployment that a stack file describes.
    Stack(fn(&Subject<'_>, &mut Findings<'_>)),
    /// A configuration of nginx, be it written by a person or compiled from a stack file.
    Nginx(fn(&Configuration<'_>, &mut Findings<'_>)),
    /// Compose files, Dockerfiles and configurations of nginx that people wrote, all that belong together.
    Project(fn(&Whole<'_>, &mut Findings<'_>)),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule")
            .field("code", &self.code)
            .field("severity", &self.severity)
            .finish_non_exhaustive()
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The trees, and what the stack file says beyond them.
    pub deployment: &'a Deployment,
    /// The stack file.
    pub file: FileId,
    /// What was found out about the world.
    pub facts: &'a Facts,
    /// Where values came from.
    pub origins: &'a Origins,
    /// The text that was read.
    pub sources: &'a SourceMap,
}

impl Subject<'_> {
    /// Where a finding about a value is reported; `None` if nobody wrote it.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        self.origins.span(origin)
    }
}

/// What the rules on hand-written projects look at.
#[derive(Clone, Copy)]
pub struct Whole<'a> {
    /// What the files say.
    pub project: &'a Project,
    /// The configuration of nginx that each container runs, as in [`Project::containers`]; `None` for one that runs no
    /// nginx, or nothing of whose configuration is known.
    pub nginx: &'a [Option<Configuration<'a>>],
    /// The files around them.
    pub host: &'a dyn Host,
    /// The texts that were read.
    pub sources: &'a SourceMap,
    /// Whether a finding of a rule at a place may be there, by what stands in none of these files.
    pub is_covered: &'a dyn Fn(&'static str, Span) -> bool,
}

impl std::fmt::Debug for Whole<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Whole").field("project", &self.project).finish_non_exhaustive()
    }
}

/// Where a rule puts what it finds.
#[derive(Debug)]
pub struct Findings<'a> {
    rule: Rule,
    judge: &'a mut Judge,
    sources: &'a SourceMap,
    sink: &'a mut Sink,
}

impl Findings<'_> {
    /// The rule at hand.
    pub(crate) fn code(&self) -> &'static str {
        self.rule.code
    }

    /// Begins a finding of the rule at hand; it is put in with [`Findings::push`].
    pub fn at(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.rule.severity, self.rule.code, message, span)
    }

    /// Adds a finding, if the judge lets it pass.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.judge.decide(diagnostic, self.sources, self.sink);
    }

    /// Whether a finding at a place would be left out; what says so counts as used then.
    pub(crate) fn is_covered(&mut self, place: Span) -> bool {
        self.judge.covers(self.rule.code, place, self.sources)
    }

    /// Whether a Dockerfile turns off a check of the builder at a place.
    pub(crate) fn is_turned_off(&self, check: &str, place: Span) -> bool {
        self.judge.is_turned_off(check, place)
    }

    /// Hides the text of a span in every output.
    pub fn mask(&mut self, span: Span) {
        self.sink.mask(span);
    }
}

/// The names that an `allow` may use: every rule, and what the compiler itself lets be allowed.
pub fn allowable() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = rules::ALL.iter().map(|rule| rule.code).collect();
    names.push(crate::lower::codes::SECRET_IN_ENVIRONMENT);
    names
}

/// Whether a rule looks at files that people write for others than stackc, so that it can look at emitted ones.
pub fn looks_at_emitted(code: &str) -> bool {
    let is_one = |check: &Check| match check {
        Check::Stack(_) => false,
        Check::Nginx(_) | Check::Project(_) => true,
    };
    rules::ALL.iter().any(|rule| rule.code == code && rule.checks.iter().any(is_one))
}

/// Whether a rule looks at nothing but hand-written projects and what stands for one.
fn is_on_projects_alone(code: &str) -> bool {
    let is_one = |check: &Check| matches!(check, Check::Project(_));
    rules::ALL.iter().any(|rule| rule.code == code && rule.checks.iter().all(is_one))
}

/// Calls every check of every rule. One that is turned off is called, too: it may know of a secret that is to be hidden.
fn run_all(
    judge: &mut Judge,
    sources: &SourceMap,
    sink: &mut Sink,
    mut call: impl FnMut(&Check, &mut Findings<'_>),
) {
    for rule in rules::ALL {
        let mut findings = Findings { rule: *rule, judge: &mut *judge, sources, sink: &mut *sink };
        for check in rule.checks {
            call(check, &mut findings);
        }
    }
}

/// Runs every rule over what a stack file describes.
pub fn run(subject: &Subject<'_>, judge: &mut Judge, sink: &mut Sink) {
    let nowhere = Span::new(subject.file, 0, 0);
    let confs =
        subject.deployment.confs.iter().map(|file| (&file.conf, directives::Context::Main, file.version));
    let included = subject.deployment.included.iter().map(|file| (&file.conf, file.context, None));
    let configurations: Vec<Configuration<'_>> = confs
        .chain(included)
        .map(|(conf, place, version)| {
            nginx::emitted(conf, place, version, subject.origins, subject.sources, nowhere)
        })
        .collect();
    run_all(judge, subject.sources, sink, |check, findings| match check {
        Check::Stack(check) => check(subject, findings),
        Check::Nginx(check) => {
            for configuration in &configurations {
                check(configuration, findings);
            }
        }
        Check::Project(_) => {}
    });
    judge.looked_at(subject.file, |rule| !is_on_projects_alone(rule));
}

/// Runs the rules on nginx over a configuration that a person wrote.
pub fn run_nginx(configuration: &Configuration<'_>, judge: &mut Judge, sink: &mut Sink) {
    run_all(judge, configuration.sources, sink, |check, findings| match check {
        Check::Stack(_) | Check::Project(_) => {}
        Check::Nginx(check) => check(configuration, findings),
    });
}

/// Whether [`run_nginx`] runs a rule.
pub fn is_on_nginx(code: &str) -> bool {
    let rule = rules::ALL.iter().find(|rule| rule.code == code);
    rule.is_some_and(|rule| rule.checks.iter().any(|check| matches!(check, Check::Nginx(_))))
}

/// Runs the rules on hand-written projects; those on nginx alone are left to [`run_nginx`].
pub fn run_project(whole: &Whole<'_>, judge: &mut Judge, sink: &mut Sink) {
    judge.turn_off(TurnedOff::of(&whole.project.dockerfiles, whole.sources));
    run_all(judge, whole.sources, sink, |check, findings| match check {
        Check::Stack(_) | Check::Nginx(_) => {}
        Check::Project(check) => check(whole, findings),
    });
}

/// Hides every secret of a hand-written project, whichever rule points near it.
pub fn mask_project(whole: &Whole<'_>, sink: &mut Sink) {
    secrets::mask::project(whole, sink);
}

/// The secrets that stand in the environments of services as plain text, as the rules find them.
pub fn literal_secrets(whole: &Whole<'_>) -> Vec<Literal> {
    secrets::literals::of_environments(whole)
}

/// Hides the values of every pair whose name or form gives a secret away, also in statements that have a mistake.
pub fn mask_secrets(tree: &Tree, sources: &SourceMap, sink: &mut Sink) {
    mask_items(&tree.items, None, sources, sink);
}

fn mask_items(items: &[Item], parent: Option<&Statement>, sources: &SourceMap, sink: &mut Sink) {
    for statement in statements(items) {
        if let Some((name, at)) = statement.head().and_then(|head| Some((head, head.find('=')?))) {
            let head = statement.args[0].span;
            let value = Span { start: head.start + u32::try_from(at).unwrap_or(0) + 1, ..head };
            let secret = rules::secret_literal::names_a_secret(&name[..at])
                || rules::secret_url::holds_credentials(sources.text(value));
            if secret {
                sink.mask(Span { end: statement.span.end.max(value.end), ..value });
            }
        }
        if statement.head() == Some("raw") {
            mask_raw(statement, sources, sink);
        } else if let Some((name, value)) = named_value(statement, parent) {
            let rest = Span { end: statement.span.end.max(value.end), ..value };
            // Words behind the value are the rest of one that should have been quoted.
            let words = statement.args.last().map_or(value, |last| value.to(last.span));
            let shown = if statement.damaged { rest } else { words };
            let text = sources.text(shown);
            let secret =
                rules::secret_literal::names_a_secret(name) || rules::secret_url::holds_credentials(text);
            if secret && !is_reference(text) {
                sink.mask(shown);
            }
        }
        if let Some(block) = &statement.block {
            mask_items(&block.items, Some(statement), sources, sink);
        }
    }
}

/// The name under which a statement holds a value, and where the value stands: `NAME value` in `env` and `labels`,
/// `arg NAME value`, `default value` of an input.
fn named_value<'t>(statement: &'t Statement, parent: Option<&'t Statement>) -> Option<(&'t str, Span)> {
    let (head, arg) = (statement.head()?, |index: usize| statement.args.get(index));
    let parent_head = parent.and_then(Statement::head);
    match (parent_head, head) {
        (Some("env" | "labels"), name) => Some((name, arg(1)?.span)),
        (_, "arg") => Some((arg(1)?.as_word()?, arg(2)?.span)),
        (Some("input"), "default") => Some((parent?.args.get(1)?.as_word()?, arg(1)?.span)),
        (_, "secret" | "secrets" | "pass") => None,
        // `proxy_pass` and `ssl_password_file` name no secret.
        (_, name) if name != "secure_link_secret" && directives::is_directive(name) => None,
        // A statement that is none may be a variable outside of its block.
        (_, name) => Some((name, arg(1)?.span)),
    }
}

/// Hides what stands behind the name of a secret in raw text, to the end of its line (`DB_PASSWORD: ...`,
/// `- A_TOKEN=...`), and the lines below that are indented further, which belong to its value.
fn mask_raw(statement: &Statement, sources: &SourceMap, sink: &mut Sink) {
    let Some(text) = statement.args.get(2) else { return };
    let mut start = text.span.range().start;
    let mut value_of: Option<usize> = None;
    for line in sources.text(text.span).split_inclusive('\n') {
        let end = start + line.trim_end().len();
        let indent = line.len() - line.trim_start().len();
        let is_value = value_of.is_some_and(|outer| indent > outer);
        let hidden = if is_value { Some(indent) } else { secret_value(line) };
        if let Some(from) = hidden.filter(|from| start + from < end) {
            sink.mask(Span::new(text.span.file, start + from, end));
            value_of = value_of.filter(|_| is_value).or(Some(indent));
        } else if !line.trim().is_empty() {
            value_of = None;
        }
        start += line.len();
    }
}

/// Where in a line the value behind the name of a secret begins.
fn secret_value(line: &str) -> Option<usize> {
    if rules::secret_url::holds_credentials(line) {
        return Some(0);
    }
    let name = line.trim_start_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))?;
    let value = name[end..].chars().next().map_or("", |sign| &name[end + sign.len_utf8()..]);
    rules::secret_literal::names_a_secret(&name[..end]).then(|| line.len() - value.trim_start().len())
}

fn is_reference(text: &str) -> bool {
    text.starts_with("secret.") || text.starts_with("input.") || text.starts_with("\"${")
}
