//! Prints `.env.example`: what a person may or must set from outside.

use super::escape::comment;
use super::template::plain::Plain;
use super::{Artifact, Kind, Layout};
use crate::model::Deployment;
use crate::model::compose::SecretSource;
use crate::model::stack::{InputDecl, Policy, SecretDecl, Stack};
use crate::source::Origin;

/// `.env.example` with a block for every input and every secret of the environment; `None` if there is neither,
/// and under `defaults plain`, which adds nothing.
pub fn emit(deployment: &Deployment, layout: &Layout) -> Option<Artifact> {
    let blocks = blocks(&deployment.stack);
    if blocks.is_empty() || deployment.stack.policy == Policy::Plain {
        return None;
    }
    let mut plain = Plain::headed(&layout.stack_file);
    let compose = deployment.compose.path();
    let name = compose.rsplit('/').next().unwrap_or(compose);
    let how = format!("# Copy this file to `.env`, beside {}, and change what you need.", comment(name));
    for line in ["#", &how] {
        plain.push(line, vec![Origin::ENV_EXAMPLE]);
    }
    for (origin, block) in blocks {
        plain.push("", Vec::new());
        for line in block {
            plain.push(&line, vec![origin]);
        }
    }
    let folder = deployment.compose.folder();
    let slash = if folder.is_empty() { "" } else { "/" };
    Some(plain.into_artifact(Kind::EnvExample, format!("{folder}{slash}.env.example")))
}

fn blocks(stack: &Stack) -> Vec<(Origin, Vec<String>)> {
    let inputs = stack.inputs.iter().map(|input| (input.name.origin, input_lines(input)));
    let secrets = stack.secrets.iter().filter_map(|secret| Some((secret.name.origin, secret_lines(secret)?)));
    inputs.chain(secrets).collect()
}

fn input_lines(input: &InputDecl) -> Vec<String> {
    let mut lines: Vec<String> = input.doc.iter().map(|doc| format!("# {}", comment(doc))).collect();
    if let Some(default) = &input.default {
        lines.push(format!("{}={}", input.name.value, quoted(default)));
    } else {
        lines.extend(["# Required.".to_owned(), format!("{}=", input.name.value)]);
    }
    lines
}

fn secret_lines(secret: &SecretDecl) -> Option<Vec<String>> {
    match &secret.source {
        SecretSource::File(_)
        | SecretSource::External
        | SecretSource::SshAgent(None)
        | SecretSource::SshKey(_) => None,
        SecretSource::Environment(variable) => Some(vec![
            format!(
                "# The secret {}. Export it where compose is started rather than store it here.",
                secret.name.value
            ),
            format!("# {}=", comment(variable.as_str())),
        ]),
        SecretSource::SshAgent(Some(variable)) => Some(vec![
            format!("# The socket of the agent of ssh that has the key {}.", secret.name.value),
            format!("{}=", comment(variable.as_str())),
        ]),
    }
}

/// A value as compose reads it from `.env` (compose-go, `dotenv/parser.go`): in double quotes, where `\`, `"` and `$`
/// are escaped, unless nothing in it could mean anything.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+,=".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' | '"' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::compose::Compose;
    use crate::model::names::{EnvName, InputName, SecretName};
    use crate::model::path::HostPath;
    use crate::source::{At, Origins};

    fn emitted(stack: Stack) -> Option<String> {
        let compose = Compose {
            path: None,
            name: None,
            services: Vec::new(),
            networks: Vec::new(),
            volumes: Vec::new(),
            secrets: Vec::new(),
            fields: Vec::new(),
            extra: Vec::new(),
        };
        let deployment =
            Deployment { compose, builds: Vec::new(), confs: Vec::new(), included: Vec::new(), stack };
        let layout = Layout {
            stack_dir: PathBuf::from("/p"),
            out_dir: PathBuf::from("/p"),
            stack_file: "x.stack".to_owned(),
        };
        let artifact = emit(&deployment, &layout)?;
        assert_eq!(artifact.lines.len(), artifact.text.lines().count());
        Some(artifact.text)
    }

    #[test]
    fn every_input_and_every_secret_of_the_environment_is_listed() {
        let origin = Origins::default().by_default("test", None);
        let input = |name, default: Option<&str>, doc: Option<&str>| InputDecl {
            name: At::new(InputName::parse(name).unwrap(), origin),
            default: default.map(str::to_owned),
            doc: doc.map(str::to_owned),
        };
        let secret = |name, source| SecretDecl {
            name: At::new(SecretName::parse(name).unwrap(), origin),
            source,
            tls: None,
            at_run_time: true,
            is_key: false,
        };
        let stack = Stack {
            inputs: vec![
                input("TAG", Some("latest"), Some("Which release.\nTAG=evil")),
                input("MOTTO", Some("it's \"5 $\" \\o/"), None),
                input("DOMAIN", None, Some("The host name.")),
            ],
            secrets: vec![
                secret("a", SecretSource::File(HostPath::parse("a").unwrap())),
                secret("s3_key", SecretSource::Environment(EnvName::parse("S3_KEY").unwrap())),
            ],
            ..Stack::default()
        };
        assert_eq!(
            emitted(stack).unwrap(),
            r#"# Made by stackc from x.stack. To change something, edit that file and run `stackc build`;
# a build stops rather than overwrite edits made here.
#
# Copy this file to `.env`, beside docker-compose.yml, and change what you need.

# Which release. TAG=evil
TAG=latest

MOTTO="it's \"5 \$\" \\o/"

# The host name.
# Required.
DOMAIN=

# The secret s3_key. Export it where compose is started rather than store it here.
# S3_KEY=
"#
        );
        assert_eq!(emitted(Stack::default()), None);
    }
}
