//! Whether the agents and keys that builds are handed by their `ssh` can be used. No key is read.

use std::collections::BTreeMap;
use std::path::Path;

use super::secrets::{GROUP, Make, file};
use super::subject::Subject;
use crate::driver::look::{self, Thing};
use crate::driver::ssh_agent;
use crate::project::compose::Node;
use crate::project::host::join;
use crate::render::checkup::{Check, State};

/// The agent of whoever builds.
const VARIABLE: &str = "SSH_AUTH_SOCK";

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    // Each thing once, with the first build that is handed it.
    let mut wanted: BTreeMap<(String, Option<String>), String> = BTreeMap::new();
    for (_, service) in subject.services() {
        let Some(ssh) = service.node.at(&["build", "ssh"]) else { continue };
        for handed in handed(ssh, subject) {
            wanted.entry(handed).or_insert_with(|| service.name.value.clone());
        }
    }
    let one = |((id, path), service): ((String, Option<String>), String)| match path {
        Some(path) => at_path(&id, &path, &service),
        None => default_agent(subject, &service),
    };
    wanted.into_iter().map(one).collect()
}

/// The names in `ssh`, each with the path of a socket or a key; those whose path depends on a variable without a value
/// are told of elsewhere.
fn handed(ssh: &Node, subject: &Subject) -> Vec<(String, Option<String>)> {
    let located = |node: &Node, path: &str| match path.strip_prefix("~/").zip(subject.variable("HOME")) {
        Some((rest, home)) => join(home, rest),
        None => join(&node.folder, path),
    };
    let of_items = ssh.items().iter().filter_map(|item| {
        let text = item.text()?;
        let (id, path) = text.split_once('=').map_or((text.as_str(), None), |(id, path)| (id, Some(path)));
        Some((id.to_owned(), path.filter(|path| !path.is_empty()).map(|path| located(item, path))))
    });
    let of_entries = ssh.entries().iter().map(|(id, node)| {
        let path = node.text().filter(|path| !path.is_empty());
        (id.clone(), path.map(|path| located(node, &path)))
    });
    let known = |(id, path): &(String, Option<String>)| path.is_some() || id == "default";
    of_items.chain(of_entries).filter(known).collect()
}

fn default_agent(subject: &Subject, service: &str) -> Check {
    match subject.variable(VARIABLE).filter(|socket| !socket.is_empty()) {
        Some(socket) => agent(&format!("the agent of ssh for the build of `{service}`"), socket),
        None => Check::new(
            GROUP,
            State::Problem,
            format!("the build of `{service}` asks an agent of ssh, and {VARIABLE} is not set"),
        )
        .help("`eval \"$(ssh-agent)\"`, then `ssh-add KEY` with the key that it logs in with"),
    }
}

fn at_path(id: &str, path: &str, service: &str) -> Check {
    match look::thing(Path::new(path)) {
        Thing::Other => agent(&format!("the agent `{id}` for the build of `{service}`"), path),
        Thing::Missing | Thing::File | Thing::Folder | Thing::Hidden(_) => file(id, path, Make::Key),
    }
}

fn agent(what: &str, socket: &str) -> Check {
    match ssh_agent::key_count(Path::new(socket)) {
        Ok(0) => Check::new(GROUP, State::Problem, format!("{what} holds no key"))
            .help("`ssh-add KEY` with the key that it logs in with"),
        Ok(1) => Check::new(GROUP, State::Ok, format!("{what} holds a key")),
        Ok(count) => Check::new(GROUP, State::Ok, format!("{what} holds {count} keys"))
            .note("a host takes the first one that it knows, which may be for another repository"),
        Err(why) => Check::new(GROUP, State::Problem, format!("{what} cannot be asked at {socket}: {why}"))
            .help("`eval \"$(ssh-agent)\"`, then `ssh-add KEY` with the key that it logs in with"),
    }
}
