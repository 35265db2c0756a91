//! Builds, and labels, which services and builds have.

use super::Writer;
use super::arguments::pieces;
use crate::import::statement::Statement;
use crate::project::compose::{Node, Value, labels, place, scalar_text};

impl Writer<'_> {
    /// `labels { name value }`
    pub(super) fn labels(&self, node: &Node) -> Option<Statement> {
        let labels: Option<Vec<Statement>> = labels(node)?
            .into_iter()
            .map(|(name, value, place)| {
                Some(Statement::of(&self.text(&name)?).spelled(self.text(&value)?).at(place))
            })
            .collect();
        Some(Statement::of("labels").block(labels.filter(|labels| !labels.is_empty())?))
    }

    pub(super) fn build(&self, node: &Node) -> Option<Statement> {
        let head = Statement::of("build");
        let (context, entries): (String, &[(String, Node)]) = match &node.value {
            Value::Text(text) => (text.raw.clone(), &[]),
            Value::Map(entries) if !entries.is_empty() => {
                let context = match node.get("context") {
                    Some(context) => scalar_text(context)?,
                    None => ".".to_owned(),
                };
                (context, entries)
            }
            _ => return None,
        };
        let elsewhere = is_elsewhere(&context);
        let mut inner = Vec::new();
        let inline = entries.iter().any(|(name, _)| name == "dockerfile_inline");
        if !inline {
            match entries.iter().find(|(name, _)| name == "dockerfile") {
                Some((_, node)) => {
                    let Value::Text(text) = &node.value else { return None };
                    inner.push(Statement::of("dockerfile").spelled(self.text(&text.raw)?).at(place(node)));
                }
                None if elsewhere => {}
                None => inner.push(Statement::of("dockerfile").spelled("Dockerfile".to_owned())),
            }
        }
        for (name, node) in entries {
            match name.as_str() {
                "context" | "dockerfile" => {}
                "labels" => {
                    inner.extend(Self::or_raw(name, node, self.labels(node).map(|labels| vec![labels])));
                }
                "extra_hosts" => inner.extend(Self::or_raw(name, node, self.hosts(name, node))),
                _ => inner.extend(self.word("service.build", name, node)),
            }
        }
        let context = if is_repository(&context) { self.text(&context)? } else { self.path(&context)? };
        Some(if context == "." { head } else { head.spelled(context) }.block(inner))
    }
}

/// Whether a build context is no folder that is known here.
fn is_elsewhere(context: &str) -> bool {
    is_repository(context)
        || pieces(context).is_none_or(|pieces| pieces.len() > 1)
        || context.starts_with('$')
}

fn is_repository(context: &str) -> bool {
    context.contains("://") || ["git@", "github.com/"].iter().any(|start| context.starts_with(start))
}
