//! The entrypoint that puts secrets into the environment when a container starts: a script for any POSIX shell.
//!
//! What the script may rely on: `sh`, `cat`; `od`, `tr` and `sed` if a secret is percent-encoded. Literal text stands
//! in single quotes. A text with variables of compose does not: compose would paste their values into the script,
//! where a quote could end the quotes. Such text goes through a variable of the container's environment, which is
//! unset before the program starts.

use super::interpolate;
use crate::model::compose::{Env, EnvValue, ExecPart};
use crate::model::names::{EnvName, SecretName};
use crate::model::values::Text;
use crate::source::{At, Origin};

/// The script and what it needs of the environment.
pub(super) struct Exporting<'a> {
    /// For `sh -c`; interpolated by compose.
    pub(super) script: String,
    /// For each line of the script the variable that it is there for; `None` for all of them.
    pub(super) lines: Vec<Option<Origin>>,
    /// Variables that compose must set, with their texts.
    pub(super) helpers: Vec<(String, &'a Text)>,
}

/// Writes the script for every variable that is exported.
pub(super) fn exporting(environment: &[Env]) -> Exporting<'_> {
    let exported: Vec<(&At<EnvName>, &[ExecPart])> = environment
        .iter()
        .filter_map(|env| match &env.value {
            EnvValue::Exported(parts) => Some((&env.name, parts.as_slice())),
            EnvValue::Text(_) | EnvValue::SecretPath(_) | EnvValue::Plain { .. } | EnvValue::Pass => None,
        })
        .collect();
    let mut helpers = Vec::new();
    let exports: Vec<(String, Origin)> = exported
        .iter()
        .map(|(name, parts)| (export(&name.value, parts, &mut helpers), name.origin))
        .collect();
    let mut lines = Vec::new();
    let secrets = secrets(&exported);
    if !secrets.is_empty() {
        lines.extend(check(&secrets));
    }
    if exported
        .iter()
        .flat_map(|(_, parts)| *parts)
        .any(|part| matches!(part, ExecPart::Secret { encoded: true, .. }))
    {
        lines.extend(ENCODER.map(str::to_owned));
    }
    // A value may hold line breaks.
    let mut causes = vec![None; lines.len()];
    for (text, origin) in exports {
        causes.extend(text.split('\n').map(|_| Some(origin)));
        lines.push(text);
    }
    if !helpers.is_empty() {
        let names: Vec<&str> = helpers.iter().map(|(name, _): &(String, _)| name.as_str()).collect();
        lines.push(format!("unset {}", names.join(" ")));
    }
    lines.push("exec \"$@\"".to_owned());
    lines.push(String::new());
    let script = interpolate::literal(&lines.join("\n"));
    causes.resize(script.lines().count(), None);
    Exporting { script, lines: causes, helpers }
}

/// The secrets that are read, each once, in order.
fn secrets<'a>(exported: &[(&At<EnvName>, &'a [ExecPart])]) -> Vec<&'a SecretName> {
    let mut names = Vec::new();
    for part in exported.iter().flat_map(|(_, parts)| *parts) {
        match part {
            ExecPart::Secret { name, .. } if !names.contains(&name) => names.push(name),
            ExecPart::Secret { .. } | ExecPart::Text(_) => {}
        }
    }
    names
}

/// Stops the container, naming the secret, if there is nothing to read.
fn check(secrets: &[&SecretName]) -> [String; 7] {
    let names: Vec<&str> = secrets.iter().map(|name| name.as_str()).collect();
    [
        "# Secrets are read from their files at every start; they are not in this file or in `docker inspect`.".to_owned(),
        format!("for secret in {}; do", names.join(" ")),
        "  if [ -z \"$(cat \"/run/secrets/$secret\" 2>/dev/null)\" ]; then".to_owned(),
        "    echo \"The secret $secret cannot be used: /run/secrets/$secret is missing, empty or not readable.\" >&2"
            .to_owned(),
        "    exit 1".to_owned(),
        "  fi".to_owned(),
        "done".to_owned(),
    ]
}

/// A filter that writes every byte as `%xx`, tried once: without its tools a secret would vanish from the value.
const ENCODER: [&str; 5] = [
    "url_encoded() { od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g'; }",
    "if [ \"$(printf A | url_encoded)\" != %41 ]; then",
    "  echo 'A secret cannot be put into a URL: the image lacks od, tr or sed.' >&2",
    "  exit 1",
    "fi",
];

fn export<'a>(name: &EnvName, parts: &'a [ExecPart], helpers: &mut Vec<(String, &'a Text)>) -> String {
    assert!(
        name.is_identifier(),
        "lowering refuses to export a name that no shell can (EnvName::is_identifier)"
    );
    let mut value = String::new();
    let mut literal = String::new();
    for part in parts {
        let expansion = match part {
            ExecPart::Text(text) => {
                if let Some(text) = text.as_literal() {
                    literal.push_str(text);
                    continue;
                }
                let helper = format!("STACKC_TEXT_{}", helpers.len() + 1);
                let expansion = format!("\"${helper}\"");
                helpers.push((helper, text));
                expansion
            }
            ExecPart::Secret { name, encoded: false } => format!("\"$(cat /run/secrets/{name})\""),
            // The inner substitution takes the line break at the end of the file away before it is encoded.
            ExecPart::Secret { name, encoded: true } => {
                format!("\"$(printf %s \"$(cat /run/secrets/{name})\" | url_encoded)\"")
            }
        };
        value.extend([single_quoted(&std::mem::take(&mut literal)), expansion]);
    }
    value.push_str(&single_quoted(&literal));
    format!("export {name}={}", if value.is_empty() { "''" } else { &value })
}

/// A literal for the shell; nothing for the empty one.
fn single_quoted(literal: &str) -> String {
    if literal.is_empty() { String::new() } else { format!("'{}'", literal.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;
