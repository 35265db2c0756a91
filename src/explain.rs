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
    /// The text below the heading, in Markdown; examples are fences marked with their language and `bad` or `good`:
    /// `stack bad`, `nginx good`.
    pub text: String,
}

/// An example of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The language that it is written in.
    pub language: Language,
    /// Whether it shows the mistake, or how it is done right.
    pub bad: bool,
    /// The file.
    pub text: String,
}

/// The languages that stackc reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A stack file.
    Stack,
    /// YAML, as compose writes it.
    Yaml,
    /// A Dockerfile.
    Dockerfile,
    /// A configuration of nginx.
    Nginx,
    /// `NAME=value` lines.
    Env,
    /// TOML, as `stackc.toml` is written in.
    Toml,
}

impl Language {
    /// Every language by its word behind a fence.
    pub const ALL: &[(&str, Self)] = &[
        ("stack", Self::Stack),
        ("yaml", Self::Yaml),
        ("dockerfile", Self::Dockerfile),
        ("nginx", Self::Nginx),
        ("env", Self::Env),
        ("toml", Self::Toml),
    ];
}

/// The groups of rules, each with what its rules are about. A group is the first word of a name.
pub const GROUPS: &[(&str, &str)] = &[
    ("allow", "What a file says that may be there, where it is not, or where nobody can tell what is meant."),
    ("compose", "Services, images, volumes and networks of compose files, and how much a container may do."),
    ("cross", "What compose files, Dockerfiles and nginx say of each other, and do not agree on."),
    (
        "docker",
        "Dockerfiles: what the builder refuses or reads otherwise, and images that are larger, older or more open than they need to be.",
    ),
    ("image", "Images of which stackc would have to know more."),
    ("mime", "The content types of what nginx serves."),
    (
        "nginx",
        "Configurations of nginx: what it refuses, what it does otherwise than it seems, and what it lets through.",
    ),
    ("port", "Ports that clash, that nothing listens on, or that are open to the world."),
    ("reference", "References of stack files that refer to nothing."),
    ("secret", "Secrets that are written down, copied, shown, open, or missing."),
    ("unused", "Names that nothing uses."),
];

pub use crate::lint::judge::group_of;

/// What stands behind the fence of an example: its language, and whether it is a bad one.
fn fence(line: &str) -> Option<(Language, bool)> {
    let (language, kind) = line.trim().strip_prefix("```")?.split_once(' ')?;
    let (_, language) = Language::ALL.iter().find(|(name, _)| *name == language)?;
    match kind {
        "bad" => Some((*language, true)),
        "good" => Some((*language, false)),
        _ => None,
    }
}

impl Page {
    /// The examples in order.
    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            let Some((language, bad)) = fence(line) else { continue };
            let body: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
            examples.push(Example { language, bad, text: body.join("\n") + "\n" });
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
    let errors = ERRORS.iter().map(|(code, text)| {
        let severity = if WARNINGS.contains(code) { Severity::Warning } else { Severity::Error };
        read(code, severity, false, text)
    });
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

/// What a reader tells of and understands all the same.
const WARNINGS: &[&str] = &["compose-v1-form"];

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
    "compose-bad-env-file"
    "compose-bad-port"
    "compose-bad-variable"
    "compose-bad-volume"
    "compose-loop"
    "compose-missing-file"
    "compose-too-large"
    "compose-unknown-key"
    "compose-unknown-service"
    "compose-v1-form"
    "compose-wrong-type"
    "conflict"
    "control-character"
    "docker-bad-directive"
    "docker-bad-flag"
    "docker-bad-json"
    "docker-duplicate-directive"
    "docker-env-form"
    "docker-from-form"
    "docker-healthcheck-form"
    "docker-heredoc-destination"
    "docker-missing-arguments"
    "docker-onbuild-trigger"
    "docker-unclosed-heredoc"
    "docker-unknown-instruction"
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
    "missing-brace"
    "misplaced-statement"
    "missing-statement"
    "needs-cycle"
    "needs-no-health"
    "nginx-after-quote"
    "nginx-block-in-table"
    "nginx-block-without-name"
    "nginx-brace-in-word"
    "nginx-byte-order-mark"
    "nginx-missing-brace"
    "nginx-missing-semicolon"
    "nginx-stray-brace"
    "nginx-stray-semicolon"
    "nginx-template"
    "nginx-too-deep"
    "nginx-too-long"
    "nginx-unclosed-block"
    "nginx-unclosed-quote"
    "path-outside"
    "proxy-target"
    "reuse-cycle"
    "secret-build-only"
    "secret-export"
    "secret-in-argument"
    "secret-in-environment"
    "secret-in-layer"
    "secret-in-text"
    "settings-missing"
    "settings-syntax"
    "settings-unknown-key"
    "settings-unknown-rule"
    "settings-value"
    "static-unmounted"
    "stray-brace"
    "too-deep"
    "too-large"
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
    "yaml-after-quote"
    "yaml-alias-cycle"
    "yaml-bad-block-text"
    "yaml-bad-character"
    "yaml-bad-escape"
    "yaml-bad-flow"
    "yaml-bad-indentation"
    "yaml-duplicate-key"
    "yaml-inline-item"
    "yaml-item-among-keys"
    "yaml-key-among-items"
    "yaml-no-colon"
    "yaml-second-colon"
    "yaml-stray-bracket"
    "yaml-syntax"
    "yaml-tab"
    "yaml-too-deep"
    "yaml-too-many-mistakes"
    "yaml-unclosed-bracket"
    "yaml-unclosed-quote"
    "yaml-unknown-alias"
}
