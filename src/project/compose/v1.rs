//! The form of version 1: services at the top, and nothing else.

use super::model::{Node, Value};
use super::texts::shown;
use crate::diagnostic::{Diagnostic, Sink};

/// Names that a file of today has at its top.
const SECTIONS: &[&str] =
    &["version", "name", "include", "services", "networks", "volumes", "secrets", "configs", "models"];

/// Whether what stands at the top of a file of version 1 may be a service, by its name.
pub(super) fn may_be_service(name: &str) -> bool {
    !name.starts_with("x-") && !SECTIONS.contains(&name)
}

/// Whether the top of a file has the form of version 1.
pub(super) fn is_v1(root: &Node) -> bool {
    let is_service = |(name, node): &(String, Node)| {
        may_be_service(name) && ["image", "build", "extends"].iter().any(|key| node.get(key).is_some())
    };
    root.get("services").is_none() && root.get("version").is_none() && root.entries().iter().any(is_service)
}

/// The same with the services where they are today.
pub(super) fn services(root: Node) -> Node {
    let services = Node { key: None, ..root.clone() };
    Node { value: Value::Map(vec![("services".to_owned(), services)]), ..root }
}

/// Says that compose does not take it any more.
pub(super) fn tell(root: &Node, sink: &mut Sink) {
    let Some((name, node)) = root.entries().iter().find(|(name, _)| !name.starts_with("x-")) else { return };
    sink.push(
        Diagnostic::warning("compose-v1-form", "this file has the form of Compose version 1", node.place())
            .here(format!("`{}` is a service at the top of the file", shown(name)))
            .note("docker compose refuses it; docker-compose 1, which read it, is no longer maintained")
            .help("write `services:` above, and indent the services"),
    );
}
