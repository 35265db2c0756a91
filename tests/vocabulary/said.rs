//! A stack that says one key of compose: the key's example as a statement, in the blocks that its path asks for, with
//! what `data/compose/siblings.tsv` says must stand beside it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use stackc::diagnostic::Sink;
use stackc::schema;
use stackc::source::SourceMap;
use stackc::syntax::stack::spell::spell;
use stackc::syntax::yaml::tree::{NodeId, NodeKind, Style, Tree};
use stackc::vocabulary::compose::{Form, Key, all};

/// The image of every service that has no build.
const IMAGE: &str = "nginx:1.30";

/// The maps of the file that hold things with keys of their own.
const ROOTS: &[(&str, &str)] = &[
    ("service", "services"),
    ("network", "networks"),
    ("volume", "volumes"),
    ("secret", "secrets"),
    ("config", "configs"),
    ("model", "models"),
    ("include", "include"),
];

/// What YAML says, or a statement that stands for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A text, and whether it is written without quotes.
    Scalar(String, bool),
    List(Vec<Node>),
    Map(Map),
    /// The statement of the key that is tried.
    Said(String),
}

type Map = Vec<(String, Node)>;

/// A step into a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// A document with one key of the table in it.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) key: &'static Key,
    /// What is unique to it: the number in the names of its service, network and so on.
    pub(crate) label: String,
    /// Where the key stands in what compose reads.
    pub(crate) place: Vec<Step>,
    /// What the example says.
    pub(crate) value: Node,
    /// The inputs that it uses.
    pub(crate) inputs: Vec<String>,
    document: Map,
}

/// What to say of a key instead of its example.
pub(crate) type Saying<'a> = &'a dyn Fn(&str, &Node) -> String;

impl Said {
    /// The key as its example has it.
    pub(crate) fn example(key: &'static Key, label: &str) -> Self {
        Self::with(key, label, &|_, _| schema::statement_of(key))
    }

    /// The key as `saying` has it, which is given its name and the value of the example.
    pub(crate) fn with(key: &'static Key, label: &str, saying: Saying<'_>) -> Self {
        let Node::Map(example) = yaml(key.example) else { panic!("{}: {}", key.path, key.example) };
        let [(name, value)] = <[_; 1]>::try_from(example).unwrap();
        let names = Names::of(key, label);
        let mut place = names.steps(key.group);
        place.push(Step::Key(name.clone()));
        let mut document = Map::new();
        merge(&mut document, &place, Node::Said(saying(&name, &value)));
        for sibling in SIBLINGS.iter().filter(|sibling| sibling.is_for(key)) {
            merge(&mut document, &names.steps(sibling.at), names.renamed(&sibling.value));
        }
        let service = [Step::Key("services".to_owned()), Step::Key(names.service.clone())];
        let image = vec![("image".to_owned(), Node::Scalar(IMAGE.to_owned(), true))];
        merge(&mut document, &service, Node::Map(image));
        Self { key, label: label.to_owned(), place, value, inputs: Vec::new(), document }
    }

    /// The stack file.
    pub(crate) fn stack(&self) -> String {
        stack(std::slice::from_ref(self))
    }
}

/// One stack file that says them all.
pub(crate) fn stack(all: &[Said]) -> String {
    let mut document = Map::new();
    for said in all {
        merge(&mut document, &[], Node::Map(said.document.clone()));
    }
    let mut lines = vec!["defaults plain".to_owned()];
    lines.extend(all.iter().flat_map(|said| &said.inputs).map(|name| format!("input {name}")));
    for (key, node) in &document {
        match (key.as_str(), node) {
            ("services", Node::Map(services)) => {
                lines.extend(
                    services.iter().map(|(name, body)| braces(&format!("service {name}"), &service(body))),
                );
            }
            ("networks" | "volumes" | "secrets", Node::Map(things)) => {
                let what = key.trim_end_matches('s');
                lines.extend(things.iter().map(|(name, body)| {
                    let inside = statements(body);
                    if inside.is_empty() {
                        format!("{what} {name}")
                    } else {
                        braces(&format!("{what} {name}"), &inside)
                    }
                }));
            }
            (key, node) => lines.extend(statement(key, node)),
        }
    }
    lines.join("\n") + "\n"
}

/// The names of what a document holds.
struct Names {
    service: String,
    /// The kind of thing that the key belongs to, its name in the example, and the one that no other document has.
    own: Option<(&'static str, &'static str, String)>,
}

/// The names that examples use for what a `*` stands for, by the path of the map.
static EXAMPLES: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let named = all().iter().filter(|key| key.form == Form::Named);
    named
        .filter_map(|key| {
            let Node::Map(example) = yaml(key.example) else { return None };
            let Some((_, Node::Map(names))) = example.into_iter().next() else { return None };
            Some((key.path.trim_start_matches("file."), names.first()?.0.clone()))
        })
        .collect()
});

impl Names {
    fn of(key: &Key, label: &str) -> Self {
        let own = ROOTS.iter().find(|(kind, map)| {
            *kind != "service" && *map != "include" && key.group.split(['.', '[']).next() == Some(kind)
        });
        let own = own.map(|(_, map)| (*map, EXAMPLES[map].as_str(), format!("{}{label}", EXAMPLES[map])));
        Self { service: format!("s{label}"), own }
    }

    /// The steps to what a path of the table means.
    fn steps(&self, path: &str) -> Vec<Step> {
        let mut parts = path.split('.');
        let root = parts.next().unwrap();
        let key = |text: &str| Step::Key(text.to_owned());
        let mut steps = Vec::new();
        if let Some((_, map)) = ROOTS.iter().find(|(kind, _)| *kind == root) {
            steps.push(key(map));
            steps.push(match (*map, &self.own) {
                ("include", _) => Step::Index(0),
                ("services", _) => key(&self.service),
                (map, Some((own, _, name))) if *own == map => key(name),
                (map, _) => key(&EXAMPLES[map]),
            });
        }
        let mut walked = root.to_owned();
        for part in parts {
            if part == "*" {
                steps.push(key(&EXAMPLES[walked.as_str()]));
            } else if let Some(name) = part.strip_suffix("[]") {
                steps.extend([key(name), Step::Index(0)]);
            } else {
                steps.push(key(part));
            }
            walked = format!("{walked}.{part}");
        }
        steps
    }

    /// The same with the name of this document where the example has its own.
    fn renamed(&self, node: &Node) -> Node {
        match (node, &self.own) {
            (Node::Scalar(text, plain), Some((_, old, new))) => {
                let (name, rest) =
                    text.split_once(':').map_or((text.as_str(), ""), |(name, _)| (name, &text[name.len()..]));
                let name = if name == *old { new } else { name };
                Node::Scalar(format!("{name}{rest}"), *plain)
            }
            (Node::List(items), _) => Node::List(items.iter().map(|item| self.renamed(item)).collect()),
            (Node::Map(map), _) => {
                Node::Map(map.iter().map(|(key, value)| (key.clone(), self.renamed(value))).collect())
            }
            (node, _) => node.clone(),
        }
    }
}

/// A line of `siblings.tsv`.
struct Sibling {
    path: &'static str,
    at: &'static str,
    value: Node,
}

static SIBLINGS: LazyLock<Vec<Sibling>> = LazyLock::new(|| {
    let lines = include_str!("../../data/compose/siblings.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let [path, at, value] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            Sibling { path, at, value: yaml(value) }
        })
        .collect()
});

impl Sibling {
    fn is_for(&self, key: &Key) -> bool {
        let rest = key.path.strip_prefix(self.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// Puts a value there unless something is; of two maps the keys that are missing.
fn merge(document: &mut Map, place: &[Step], value: Node) {
    let mut root = Node::Map(std::mem::take(document));
    merge_at(&mut root, place, value);
    let Node::Map(merged) = root else { unreachable!("a map stays a map") };
    *document = merged;
}

fn merge_at(node: &mut Node, place: &[Step], value: Node) {
    match (node, place) {
        (Node::Map(map), [Step::Key(key), rest @ ..]) => {
            let at = map.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
                let empty = match rest {
                    [] => value.clone(),
                    [Step::Index(_), ..] => Node::List(Vec::new()),
                    [Step::Key(_), ..] => Node::Map(Map::new()),
                };
                map.push((key.clone(), empty));
                map.len() - 1
            });
            merge_at(&mut map[at].1, rest, value);
        }
        (Node::List(items), [Step::Index(_), rest @ ..]) => {
            if items.is_empty() {
                items.push(Node::Map(Map::new()));
            }
            merge_at(&mut items[0], rest, value);
        }
        (Node::Map(map), []) => {
            let Node::Map(new) = value else { return };
            for (key, value) in new {
                match map.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => merge_at(known, &[], value),
                    None => map.push((key, value)),
                }
            }
        }
        (Node::Said(_) | Node::Scalar(..) | Node::List(_), _) => {}
        (Node::Map(_), [Step::Index(_), ..]) => panic!("{place:?} is no place in a map"),
    }
}

/// What stands in a service.
fn service(body: &Node) -> Vec<String> {
    let Node::Map(body) = body else { panic!("{body:?}") };
    let is_built = body.iter().any(|(key, _)| key == "build");
    let mut out = Vec::new();
    for (key, node) in body {
        match (key.as_str(), node) {
            ("image", Node::Scalar(..)) if is_built => {}
            ("build", Node::Map(build)) => out.push(self::build(build)),
            ("healthcheck", Node::Map(health)) => {
                out.push(sentence("health exec redis-cli ping", health, &[]));
            }
            ("networks", Node::Map(networks)) => {
                out.extend(
                    entries(networks).map(|(name, map)| sentence(&format!("network {name}"), map, &[])),
                );
            }
            ("networks", Node::List(_)) => out.extend(statement("network", node)),
            ("depends_on", Node::Map(needs)) => out.extend(
                entries(needs)
                    .map(|(name, map)| sentence(&format!("needs {name} started"), map, &["condition"])),
            ),
            ("ports", Node::List(ports)) => out.extend(maps(ports).map(|map| {
                let head = format!("publish {}:{}", text(map, "published"), text(map, "target"));
                sentence(&head, map, &["published", "target"])
            })),
            ("env_file", Node::List(files)) => out.extend(
                maps(files).map(|map| sentence(&format!("env from {}", text(map, "path")), map, &["path"])),
            ),
            ("volumes", Node::List(mounts)) => out.extend(mounts.iter().map(mount)),
            (key, node) => out.extend(statement(key, node)),
        }
    }
    out
}

/// `mount media at /srv/media { volume { nocopy on } }`
fn mount(node: &Node) -> String {
    match node {
        Node::Scalar(text, _) => {
            let (source, target) = text.split_once(':').unwrap();
            format!("mount {source} at {target}")
        }
        Node::Map(map) if text(map, "type") == "tmpfs" => {
            let options = map.iter().find_map(|(key, node)| match (key.as_str(), node) {
                ("tmpfs", Node::Map(options)) => Some(options),
                _ => None,
            });
            sentence(&format!("tmpfs {}", text(map, "target")), options.unwrap(), &[])
        }
        Node::Map(map) => {
            let image = if text(map, "type") == "image" { "image " } else { "" };
            let head = format!("mount {image}{} at {}", text(map, "source"), text(map, "target"));
            sentence(&head, map, &["type", "source", "target"])
        }
        Node::List(_) | Node::Said(_) => panic!("{node:?}"),
    }
}

/// `build ./app { dockerfile Dockerfile; target prod }`
fn build(map: &Map) -> String {
    let mut inside = statements(&Node::Map(without(map, &["context"])));
    if !inside.iter().any(|statement| statement.starts_with("dockerfile")) {
        inside.insert(0, "dockerfile Dockerfile".to_owned());
    }
    braces(&format!("build {}", text(map, "context")), &inside)
}

/// A sentence with the other keys in its block.
fn sentence(head: &str, map: &Map, left_out: &[&str]) -> String {
    let inside = statements(&Node::Map(without(map, left_out)));
    if inside.is_empty() { head.to_owned() } else { braces(head, &inside) }
}

/// The statements in a map's block.
fn statements(node: &Node) -> Vec<String> {
    match node {
        Node::Map(map) => map.iter().flat_map(|(key, node)| statement(key, node)).collect(),
        Node::Scalar(..) | Node::List(_) | Node::Said(_) => panic!("{node:?} has no block"),
    }
}

/// `name value`, `name a b`, or `name { ... }`, as often as the list is long.
pub(crate) fn statement(name: &str, node: &Node) -> Vec<String> {
    match node {
        Node::Said(statement) => vec![statement.clone()],
        Node::Scalar(..) => vec![format!("{} {}", spell(name), scalar(node))],
        Node::Map(_) => vec![braces(&spell(name), &statements(node))],
        Node::List(items) if items.iter().all(|item| matches!(item, Node::Scalar(..))) => {
            let words: Vec<String> = items.iter().map(scalar).collect();
            vec![format!("{} {}", spell(name), words.join(" "))]
        }
        Node::List(items) => items.iter().flat_map(|item| statement(name, item)).collect(),
    }
}

fn scalar(node: &Node) -> String {
    match node {
        Node::Scalar(text, true) if text == "true" => "on".to_owned(),
        Node::Scalar(text, true) if text == "false" => "off".to_owned(),
        Node::Scalar(text, _) => spell(text),
        Node::List(_) | Node::Map(_) | Node::Said(_) => panic!("{node:?} is no scalar"),
    }
}

fn braces(head: &str, inside: &[String]) -> String {
    format!("{head} {{ {} }}", inside.join("; "))
}

fn without(map: &Map, keys: &[&str]) -> Map {
    map.iter().filter(|(key, _)| !keys.contains(&key.as_str())).cloned().collect()
}

fn text<'a>(map: &'a Map, key: &str) -> &'a str {
    map.iter()
        .find_map(|(known, node)| match node {
            Node::Scalar(text, _) if known == key => Some(text.as_str()),
            Node::Scalar(..) | Node::List(_) | Node::Map(_) | Node::Said(_) => None,
        })
        .unwrap_or_default()
}

fn entries(map: &Map) -> impl Iterator<Item = (&str, &Map)> {
    map.iter().map(|(key, node)| match node {
        Node::Map(map) => (key.as_str(), map),
        Node::Scalar(..) | Node::List(_) | Node::Said(_) => panic!("{key} holds no map"),
    })
}

fn maps(items: &[Node]) -> impl Iterator<Item = &Map> {
    items.iter().map(|node| match node {
        Node::Map(map) => map,
        Node::Scalar(..) | Node::List(_) | Node::Said(_) => panic!("{node:?} is no map"),
    })
}

/// What a YAML text says.
pub(crate) fn yaml(text: &str) -> Node {
    let mut found = Sink::default();
    let tree = stackc::syntax::yaml::read(SourceMap::default().add("", text), text, &mut found);
    assert!(found.diagnostics.is_empty(), "{text}: {:?}", found.diagnostics);
    node(&tree, tree.documents[0].root)
}

fn node(tree: &Tree, id: NodeId) -> Node {
    match &tree.node(id).kind {
        NodeKind::Scalar(scalar) => Node::Scalar(scalar.text.to_string(), scalar.style == Style::Plain),
        NodeKind::Sequence(items) => Node::List(items.iter().map(|item| node(tree, *item)).collect()),
        NodeKind::Mapping(entries) => {
            let key = |id| tree.scalar(id).map(|scalar| scalar.text.to_string()).unwrap();
            Node::Map(entries.iter().map(|entry| (key(entry.key), node(tree, entry.value))).collect())
        }
        NodeKind::Alias(_) | NodeKind::Error => panic!("{id:?}"),
    }
}

impl Node {
    /// What stands at a place.
    pub(crate) fn at(&self, place: &[Step]) -> Option<&Node> {
        match (self, place) {
            (_, []) => Some(self),
            (Node::Map(map), [Step::Key(key), rest @ ..]) => {
                map.iter().find(|(known, _)| known == key)?.1.at(rest)
            }
            (Node::List(items), [Step::Index(index), rest @ ..]) => items.get(*index)?.at(rest),
            _ => None,
        }
    }

    /// Every scalar, and every name of a map.
    pub(crate) fn leaves(&self) -> Vec<&str> {
        match self {
            Node::Scalar(text, true) if text.is_empty() || text == "null" => Vec::new(),
            Node::Scalar(text, _) | Node::Said(text) => vec![text],
            Node::List(items) => items.iter().flat_map(Node::leaves).collect(),
            Node::Map(map) => map
                .iter()
                .flat_map(|(key, node)| std::iter::once(key.as_str()).chain(node.leaves()))
                .collect(),
        }
    }
}
