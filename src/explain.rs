//! The page of every diagnostic code: what it is, why it matters, a bad and a good example.

use std::sync::LazyLock;

use crate::diagnostic::Severity;
use crate::lint::rules;

/// What `stackc explain CODE` shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// The gravity of its findings.
    pub severity: Severity,
    /// Whether it is a rule, which never stops a build and can be allowed.
    pub is_rule: bool,
    /// The heading.
    pub title: String,
    /// The text below the heading, in Markdown; examples are fences marked `stack bad` and `stack good`.
    pub text: String,
}

/// An example of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether it shows the mistake, or how it is done right.
    pub bad: bool,
    /// The stack file.
    pub text: String,
}

impl Page {
    /// The examples in order.
    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            let bad = match line.trim() {
                "```stack bad" => true,
                "```stack good" => false,
                _ => continue,
            };
            let body: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
            examples.push(Example { bad, text: body.join("\n") + "\n" });
        }
        examples
    }
}

/// The page of a code.
pub fn page(code: &str) -> Option<Page> {
    PAGES.iter().find(|page| page.code == code).cloned()
}

/// Every page, in order of code.
pub fn all() -> Vec<Page> {
    PAGES.clone()
}

static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let errors = ERRORS.iter().map(|(code, text)| read(code, Severity::Error, false, text));
    let rules =
        rules::ALL.iter().map(|rule| read(rule.code, rule.severity, true, &documentation(rule.source)));
    let mut pages: Vec<Page> = errors.chain(rules).collect();
    pages.sort_by_key(|page| page.code);
    pages
});

fn read(code: &'static str, severity: Severity, is_rule: bool, text: &str) -> Page {
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title = title.trim_start_matches("# ").trim().to_owned();
    Page { code, severity, is_rule, title, text: rest.trim().to_owned() + "\n" }
}

/// The `//!` lines of a source file.
fn documentation(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

macro_rules! pages {
    ($($code:literal)*) => {
        /// The pages of what keeps a file from being compiled.
        static ERRORS: &[(&str, &str)] = &[$(($code, include_str!(concat!("../docs/explain/", $code, ".md")))),*];
    };
}

pages! {
    "after-block"
    "bad-escape"
    "bad-list-item"
    "bad-reference"
    "block-without-head"
    "conflict"
    "control-character"
    "duplicate-mount"
    "duplicate-name"
    "duplicate-route"
    "duplicate-statement"
    "glued-block"
    "glued-separator"
    "glued-text"
    "inexpressible"
    "input-unsupported"
    "line-continuation"
    "misplaced-statement"
    "missing-statement"
    "needs-cycle"
    "needs-no-health"
    "path-outside"
    "proxy-target"
    "secret-export"
    "secret-in-argument"
    "secret-in-environment"
    "secret-in-layer"
    "secret-in-text"
    "stray-brace"
    "too-deep"
    "too-new"
    "unclosed-block"
    "unclosed-list"
    "unclosed-text"
    "unknown-name"
    "unknown-part"
    "unknown-statement"
    "wrong-arguments"
    "wrong-block"
    "wrong-type"
}
