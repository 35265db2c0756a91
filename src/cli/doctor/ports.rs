//! Whether the ports of the host that are to be published are free, or else who has them.

use std::collections::HashMap;
use std::net::IpAddr;

use super::engine::Found;
use super::subject::Subject;
use crate::driver::engine::{Docker, Running};
use crate::driver::listeners::{self, Listener};
use crate::driver::place::quoted;
use crate::project::compose::Port;
use crate::render::checkup::{Check, State};

const GROUP: &str = "ports";

/// What is known of who has which port.
struct Taken<'a> {
    subject: &'a Subject,
    project: String,
    running: Vec<(Running, Vec<Held>)>,
    listeners: Vec<Listener>,
    users: HashMap<u32, String>,
    /// The first port that the engine may take, if it is not root.
    first_allowed: u16,
}

/// A range of ports that a container has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    address: Option<IpAddr>,
    first: u16,
    last: u16,
    protocol: String,
}

pub(super) fn check(docker: Docker, found: &Found, subject: &Subject) -> Vec<Check> {
    let running = found.engine.as_ref().map(|_| docker.running());
    let mut checks = Vec::new();
    let running = match running {
        None => Vec::new(),
        Some(Ok(running)) => running,
        Some(Err(_)) => {
            checks.push(Check::new(GROUP, State::Unknown, "`docker ps` does not say which containers run"));
            Vec::new()
        }
    };
    let is_rootless = found.engine.as_ref().is_some_and(|engine| engine.is_rootless);
    let taken = Taken {
        project: subject.project_name(),
        running: running
            .into_iter()
            .map(|one| {
                let held = held(&one.ports);
                (one, held)
            })
            .collect(),
        listeners: if found.is_local { listeners::listeners().unwrap_or_default() } else { Vec::new() },
        users: listeners::user_names(),
        first_allowed: if is_rootless { listeners::first_unprivileged_port() } else { 1 },
        subject,
    };
    checks.extend(taken.namesake());
    let mut free: Vec<(String, Port)> = Vec::new();
    for (_, service) in subject.services() {
        for port in &service.ports {
            let (Some(published), true) = (port.published, port.is_known) else { continue };
            let found = taken.check(port, published, &service.name.value);
            if found.state == State::Ok && found.note.is_none() && published.0 == published.1 {
                free.push((service.name.value.clone(), port.clone()));
            } else {
                checks.push(found);
            }
        }
        if service.has_unknown_ports || service.ports.iter().any(|port| !port.is_known) {
            let text = format!(
                "which ports `{}` publishes depends on a variable without a value",
                service.name.value
            );
            checks.push(Check::new(GROUP, State::Unknown, text));
        }
    }
    checks.extend(runs(&free));
    checks
}

/// A line for each run of ports that are free.
fn runs(free: &[(String, Port)]) -> Vec<Check> {
    let number = |port: &Port| port.published.map_or(0, |(first, _)| first);
    let mut checks = Vec::new();
    let mut rest = free;
    while let Some(((name, first), more)) = rest.split_first() {
        let follows = |(index, (other, port)): (usize, &(String, Port))| {
            *other == *name
                && (&port.host_ip, &port.protocol) == (&first.host_ip, &first.protocol)
                && usize::from(number(port)) == usize::from(number(first)) + index + 1
        };
        let length = more.iter().enumerate().take_while(|one| follows(*one)).count();
        let last = length.checked_sub(1).map_or(number(first), |index| number(&more[index].1));
        let verb = if length == 0 { "is" } else { "are" };
        let text = format!("{} for `{name}` {verb} free", shown(first, number(first), last));
        checks.push(Check::new(GROUP, State::Ok, text));
        rest = &more[length..];
    }
    checks
}

/// `127.0.0.1:53/udp`
fn shown(port: &Port, first: u16, last: u16) -> String {
    let address = match &port.host_ip {
        Some(address) if address.contains(':') && !address.starts_with('[') => format!("[{address}]:"),
        Some(address) => format!("{address}:"),
        None => String::new(),
    };
    let ports = if first == last { first.to_string() } else { format!("{first}-{last}") };
    let protocol = if port.protocol == "tcp" { String::new() } else { format!("/{}", port.protocol) };
    format!("{address}{ports}{protocol}")
}

/// The ports in a line of `docker ps`: `0.0.0.0:80-81->80-81/tcp, [::]:80->80/tcp, :::53->53/udp, 9000/tcp`
fn held(ports: &str) -> Vec<Held> {
    let one = |text: &str| {
        let (host, container) = text.trim().split_once("->")?;
        let (address, range) = host.rsplit_once(':')?;
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(Held {
            address: address.trim_start_matches('[').trim_end_matches(']').parse().ok(),
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            protocol: container.rsplit_once('/').map_or("tcp", |(_, protocol)| protocol).to_owned(),
        })
    };
    ports.split(',').filter_map(one).collect()
}

/// Whether two addresses want the same sockets; `None` is all of them. The engine keeps IPv4 and IPv6 apart.
fn meet(held: Option<IpAddr>, wanted: Option<IpAddr>) -> bool {
    crate::model::port::addresses_meet(held, wanted)
}

impl Taken<'_> {
    /// A project of the same name that somebody started in another folder.
    fn namesake(&self) -> Option<Check> {
        let here = self.subject.folder();
        let is_other = |one: &&Running| {
            let folder = std::path::Path::new(&one.folder);
            one.project == self.project
                && !one.folder.is_empty()
                && folder.canonicalize().is_ok_and(|folder| folder != here)
        };
        let other = self.running.iter().map(|(one, _)| one).find(is_other)?;
        let text = format!("a project `{}` of the folder {} is running", self.project, other.folder);
        Some(
            Check::new(GROUP, State::Warning, text)
                .note("`docker compose up` here would replace its containers")
                .help("give this one another name: `docker compose -p NAME up`"),
        )
    }

    fn check(&self, port: &Port, (first, last): (u16, u16), service: &str) -> Check {
        let name = format!("{} for `{service}`", shown(port, first, last));
        let found = self.one(port, first, &name);
        if first == last || found.state != State::Problem {
            return found;
        }
        // The engine takes one of them.
        let others = (first..=last).find(|number| self.one(port, *number, &name).state == State::Ok);
        match others {
            Some(number) => Check::new(GROUP, State::Ok, format!("{name}: {number} is free")),
            None => Check::new(GROUP, State::Problem, format!("{name}: none of them is free"))
                .help("publish another range"),
        }
    }

    fn one(&self, port: &Port, number: u16, name: &str) -> Check {
        let wanted: Option<IpAddr> = port
            .host_ip
            .as_deref()
            .and_then(|address| address.trim_start_matches('[').trim_end_matches(']').parse().ok());
        let has = |held: &Held| {
            held.protocol == port.protocol
                && (held.first..=held.last).contains(&number)
                && meet(held.address, wanted)
        };
        if let Some((one, _)) = self.running.iter().find(|(_, held)| held.iter().any(has)) {
            return self.container(one, name);
        }
        let is_in_the_way = |listener: &&Listener| {
            listener.port == number
                && listener.is_udp == (port.protocol == "udp")
                && matches!(port.protocol.as_str(), "tcp" | "udp")
                && listener.is_in_the_way_of(wanted)
        };
        // Of several that this user may know one of is named.
        let mut in_the_way = self.listeners.iter().filter(is_in_the_way).peekable();
        if let Some(first) = in_the_way.peek() {
            let user = first.user;
            let holder = in_the_way.find_map(Listener::holder);
            return self.process(holder, user, number, &port.protocol, name);
        }
        if number < self.first_allowed {
            return Check::new(
                GROUP,
                State::Problem,
                format!("{name}: a rootless engine may not take ports below {}", self.first_allowed),
            )
            .help(format!(
                "`sudo sysctl net.ipv4.ip_unprivileged_port_start={number}`, or publish a port from {} up",
                self.first_allowed
            ));
        }
        Check::new(GROUP, State::Ok, format!("{name} is free"))
    }

    fn container(&self, one: &Running, name: &str) -> Check {
        if one.project == self.project {
            let text = format!("{name} is held by `{}` of this project", one.name);
            return Check::new(GROUP, State::Ok, text)
                .note("`docker compose up` replaces it where something has changed");
        }
        let of =
            if one.project.is_empty() { String::new() } else { format!(" of the project `{}`", one.project) };
        let text = format!("{name} is taken by the container `{}`{of}", one.name);
        let help = format!("`docker stop {}` frees it, or publish another port", quoted(&one.name));
        Check::new(GROUP, State::Problem, text).help(help)
    }

    fn process(
        &self,
        holder: Option<listeners::Holder>,
        user: u32,
        number: u16,
        protocol: &str,
        name: &str,
    ) -> Check {
        if let Some(holder) = holder {
            let text = format!("{name} is taken by the process {} (`{}`)", holder.process, holder.command);
            let help =
                format!("`ps -fp {}` says what it is: stop it, or publish another port", holder.process);
            return Check::new(GROUP, State::Problem, text).help(help);
        }
        let user = self.users.get(&user).cloned().unwrap_or_else(|| user.to_string());
        let text = format!("{name} is taken by a process of the user `{user}`");
        let kind = if protocol == "udp" { 'u' } else { 't' };
        let help =
            format!("`sudo ss -{kind}lnp 'sport = :{number}'` names it: stop it, or publish another port");
        Check::new(GROUP, State::Problem, text).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, held};

    #[test]
    fn the_ports_of_containers_are_read_as_docker_writes_them() {
        let one = |address: &str, first, last, protocol: &str| Held {
            address: Some(address.parse().unwrap()),
            first,
            last,
            protocol: protocol.to_owned(),
        };
        assert_eq!(
            held("0.0.0.0:80-81->80-81/tcp, [::]:80->80/tcp, :::53->53/udp, 9000/tcp"),
            [one("0.0.0.0", 80, 81, "tcp"), one("::", 80, 80, "tcp"), one("::", 53, 53, "udp")]
        );
        assert_eq!(held(""), []);
    }
}
