//! What two deployments mean differently: their services, images, builds, ports, routes, mounts, variables and the rest, told
//! by what each side says rather than by its text.
//!
//! Both sides are read into trees of [`Said`], in which every form that means the same is the same; [`pairing`] then finds
//! what one of them says and the other does not.

mod compose;
mod dockerfile;
mod nginx;
mod pairing;
mod said;
mod side;

pub use pairing::{Change, Kind, Step, Word};
pub use said::{Order, Said};
pub use side::{Made, Side, Spot};

/// What a change is about: a service, a file that is built or run by, or what a project declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `service`, `dockerfile`, `nginx`, `network`, `volume`, `secret`, `config` or `project`.
    pub kind: &'static str,
    /// Its name; empty for the project.
    pub name: String,
    /// Of a file the services that build or run it.
    pub services: Vec<String>,
}

/// One thing that both sides may speak of.
#[derive(Clone, Debug)]
struct Topic {
    subject: Subject,
    said: Said,
}

/// What is told of one subject.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What it is about.
    pub subject: Subject,
    /// What changed, in order.
    pub changes: Vec<Change>,
}

/// What `after` means otherwise than `before`, subject by subject; nothing if they mean the same.
pub fn differences(before: &Side, after: &Side) -> Vec<Difference> {
    let (mut one, mut other) = (before.topics(), after.topics());
    let mut found = Vec::new();
    let mut place = 0;
    while place < one.len() {
        let topic = &one[place];
        let counterpart = other.iter().position(|other| is_same(&topic.subject, &other.subject));
        let counterpart = counterpart.or_else(|| other.iter().position(|other| is_used_alike(topic, other)));
        if let Some(at) = counterpart {
            let (before, after) = (one.remove(place), other.remove(at));
            let changes = pairing::inside(&before.said, &after.said);
            found.push(Difference { subject: after.subject, changes });
        } else {
            place += 1;
        }
    }
    for (topics, kind) in [(one, Kind::Removed), (other, Kind::Added)] {
        let services = topics.iter().filter(|topic| topic.subject.kind == "service");
        let whole: Vec<String> = services.map(|topic| topic.subject.name.clone()).collect();
        for Topic { subject, said } in topics {
            // What only a service builds or runs that is told of already comes and goes with it; a file that nobody runs has no
            // meaning where the other side does not know it.
            let is_file = matches!(subject.kind, "dockerfile" | "nginx");
            if is_file && subject.services.iter().all(|service| whole.contains(service)) {
                continue;
            }
            let change = Change::whole(kind, &said);
            found.push(Difference { subject, changes: vec![change] });
        }
    }
    found.retain(|difference| !difference.changes.is_empty());
    found.sort_by_key(|difference| order(&difference.subject));
    found
}

fn is_same(one: &Subject, other: &Subject) -> bool {
    one.kind == other.kind && one.name == other.name
}

/// Whether two files are built or run by a service of one name: a file that moved is still its file.
fn is_used_alike(one: &Topic, other: &Topic) -> bool {
    let shared = || one.subject.services.iter().any(|service| other.subject.services.contains(service));
    one.subject.kind == other.subject.kind && one.subject.kind != "service" && shared()
}

/// Services first, each with its files behind it, then what they share.
fn order(subject: &Subject) -> (usize, String, usize, String) {
    const KINDS: &[&str] =
        &["service", "dockerfile", "nginx", "network", "volume", "secret", "config", "project"];
    let kind = KINDS.iter().position(|kind| *kind == subject.kind).unwrap_or(KINDS.len());
    let service = if subject.kind == "service" { Some(&subject.name) } else { subject.services.first() };
    let group = if kind < 3 { 0 } else { kind };
    let unused = usize::from(kind < 3 && service.is_none());
    (group + unused, service.cloned().unwrap_or_default(), kind, subject.name.clone())
}
