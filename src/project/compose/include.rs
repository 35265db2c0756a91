//! `include`: other deployments whose services, volumes and so on become part of this one.
//!
//! Source: compose-go, `loader/include.go`. What a file includes has its own folder and its own `.env`.

use std::rc::Rc;

use super::environment::Environment;
use super::extends::is_remote;
use super::load::{Context, Loader, folder_of};
use super::merge::Merger;
use super::model::{Node, Value};
use super::reset::Resets;
use super::texts::shown;
use crate::diagnostic::Diagnostic;
use crate::project::host::{Kind, Refusal, join};

/// The sections that are taken.
const SECTIONS: &[&str] = &["services", "volumes", "networks", "secrets", "configs", "models"];

impl Loader<'_> {
    /// Takes in what a document includes. `stack` are the files that are being read.
    pub(super) fn include(
        &mut self,
        root: &mut Node,
        resets: &Resets,
        context: &Context,
        stack: &mut Vec<String>,
    ) {
        let Value::Map(sections) = &mut root.value else { return };
        let Some(place) = sections.iter().position(|(name, _)| name == "include") else { return };
        let (_, said) = sections.remove(place);
        if !matches!(said.value, Value::List(_) | Value::Null) {
            self.is_understood = false;
            self.sink.push(
                Diagnostic::error("compose-wrong-type", "`include` takes a list", said.place())
                    .here("this is none")
                    .note("compose refuses anything but a list there")
                    .help("write `- path/to/compose.yaml` below it"),
            );
        }
        for item in said.items() {
            if let Some(imported) = self.included(item, context, stack) {
                self.import(imported, root, resets);
            }
        }
    }

    /// One entry of `include`.
    fn included(&mut self, item: &Node, context: &Context, stack: &mut Vec<String>) -> Option<Node> {
        let get = |key: &str| item.get(key).filter(|node| !matches!(node.value, Value::Null));
        let (paths, project, env_file) = match &item.value {
            Value::Map(_) => (get("path"), get("project_directory"), get("env_file")),
            Value::Text(_) => (Some(item), None, None),
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => (None, None, None),
        };
        let Some(paths) = paths else {
            self.is_understood = false;
            self.sink.push(
                Diagnostic::error("compose-wrong-type", "an entry of `include` has no path", item.place())
                    .here("an entry is a path, or a map with `path`")
                    .note("compose refuses an entry that names no file")
                    .help("write the path of the file to include"),
            );
            return None;
        };
        let mut files = Vec::new();
        for node in list(paths) {
            match node.text() {
                Some(path) if is_remote(&path) => {
                    self.refuse(&path, "is not a file of this machine", Some(node.span));
                    return None;
                }
                Some(path) => files.push(join(&context.folder, &path)),
                None => {
                    self.refuse(
                        "a file of `include`",
                        "depends on a variable that is not known",
                        Some(node.span),
                    );
                    return None;
                }
            }
        }
        let first = files.first()?;
        if stack.contains(first) {
            self.is_understood = false;
            self.sink.push(
                Diagnostic::error("compose-loop", format!("`{}` includes itself", shown(first)), item.span)
                    .here("this leads back to a file that is being read")
                    .note("compose starts nothing: there is no end to what is included")
                    .help("take out one `include` of the circle"),
            );
            return None;
        }
        let folder = match project.map(Node::text) {
            Some(Some(project)) => join(&context.folder, &project),
            Some(None) => {
                self.refuse(first, "has a `project_directory` that is not known", Some(item.span));
                return None;
            }
            None => folder_of(first),
        };
        // Each file that is included has an environment of its own.
        if !self.budget.take_nodes(context.environment.len() + 1, item.span, self.sink) {
            return None;
        }
        let mut environment = (*context.environment).clone();
        match env_file {
            None => {
                let path = join(&folder, ".env");
                if self.host.kind(&path) == Kind::File {
                    self.add_variables(&path, item, &mut environment).ok();
                }
            }
            Some(said) => {
                for node in list(said) {
                    let Some(path) = node.text().filter(|path| path != "/dev/null") else { continue };
                    let path = join(&context.folder, &path);
                    match self.add_variables(&path, node, &mut environment) {
                        Ok(()) => {}
                        Err(Refusal::Not(why)) => self.refuse(&path, &why, Some(node.span)),
                        Err(Refusal::Missing) => self.sink.push(
                            Diagnostic::error(
                                "compose-missing-file",
                                format!("there is no file `{}`", shown(&path)),
                                node.span,
                            )
                            .here("its variables are asked for here")
                            .note("compose starts nothing if a file that `include` names is missing")
                            .help("correct the path, or take it out"),
                        ),
                    }
                }
            }
        }
        self.environments += 1;
        let context =
            Context { folder: folder.into(), environment: Rc::new(environment), number: self.environments };
        self.model(&files, &context, Some(item.span), stack)
    }

    /// Adds the variables of a file.
    fn add_variables(
        &mut self,
        path: &str,
        asked: &Node,
        environment: &mut Environment,
    ) -> Result<(), Refusal> {
        let bytes = environment.add_file(path, self.host, self.sources, self.sink)?;
        self.budget.take_bytes(bytes, asked.span, self.sink);
        Ok(())
    }

    /// Adds what was included; what the document itself says of the same thing is laid over it.
    fn import(&mut self, imported: Node, root: &mut Node, resets: &Resets) {
        let Value::Map(imported) = imported.value else { return };
        for (section, from) in imported {
            if !SECTIONS.contains(&section.as_str()) {
                continue;
            }
            let Value::Map(sections) = &mut root.value else { return };
            let Some((_, to)) = sections.iter_mut().find(|(name, _)| *name == section) else {
                sections.push((section, from));
                continue;
            };
            let mut below = from;
            if let Some(resets) = resets.at(&section) {
                let mut kept = below.clone();
                resets.apply(&mut kept);
                // Only what both say is reset.
                let mine: std::collections::HashSet<&str> =
                    to.entries().iter().map(|(name, _)| name.as_str()).collect();
                if let (Value::Map(all), Value::Map(kept)) = (&mut below.value, kept.value) {
                    let mut kept: std::collections::HashMap<String, Node> = kept.into_iter().collect();
                    all.retain_mut(|(name, node)| {
                        if !mine.contains(name.as_str()) {
                            return true;
                        }
                        kept.remove(name).map(|reset| *node = reset).is_some()
                    });
                }
            }
            let head = Node { value: Value::Null, span: to.span, key: to.key, folder: to.folder.clone() };
            let mine = std::mem::replace(to, head);
            let mut merger = Merger { sink: self.sink, is_understood: true };
            *to = merger.merge(below, mine, &mut vec![section]);
            self.is_understood &= merger.is_understood;
        }
    }
}

/// The items of a list, or the one that stands alone.
fn list(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
            std::slice::from_ref(node)
        }
    }
}
