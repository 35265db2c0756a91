//! A service: sentences where one says exactly the same as a key, else compose's own word, else raw.

use super::Writer;
use super::arguments::{Piece, pieces};
use crate::import::statement::{Language, Statement};
use crate::model::names::EnvName;
use crate::model::path::ContainerPath;
use crate::project::compose::{Node, Pair, PairValue, Value, pairs, place, says_nothing, scalar_text, split};

/// What says a key; `None` if no sentence does.
pub(super) type Said = Option<Vec<Statement>>;

impl Writer<'_> {
    /// The statements of a service's block.
    pub(super) fn service(&self, entries: &[(String, Node)]) -> Vec<Statement> {
        entries.iter().flat_map(|(name, node)| self.service_key(name, node)).collect()
    }

    fn service_key(&self, name: &str, node: &Node) -> Vec<Statement> {
        if says_nothing("service", name, node) {
            return Vec::new();
        }
        let one = |statement: Option<Statement>| statement.map(|statement| vec![statement]);
        let said: Said = match name {
            "image" => one(self.image(node)),
            "build" => one(self.build(node)),
            "command" | "entrypoint" => one(self.command(name, node)),
            "environment" => return self.environment(name, node),
            "env_file" => self.env_file(node),
            "depends_on" => self.depends_on(node),
            "networks" => self.service_networks(node),
            "healthcheck" => one(self.health(node)),
            "labels" => one(self.labels(node)),
            "restart" => one(self.restart(node)),
            "ports" => return self.listed(name, node, Self::port),
            "volumes" => return self.listed(name, node, Self::mount),
            "tmpfs" => return self.listed(name, node, Self::tmpfs),
            "expose" => one(self.list("expose", node)),
            "cap_add" => one(self.list("cap_add", node)),
            "user" => one(self.scalar(node).map(|user| Statement::of("user").spelled(user))),
            "working_dir" => {
                one(self.container_path(node).map(|path| Statement::of("workdir").spelled(path)))
            }
            "init" | "read_only" => match node.value {
                Value::Flag(on) => Some(vec![Statement::of(name).keyword(if on { "on" } else { "off" })]),
                _ => one(self.flag(node).map(|input| Statement::of(name).spelled(input))),
            },
            "extra_hosts" => self.hosts(name, node),
            "stop_grace_period" => one(self.scalar(node).map(|time| Statement::of(name).spelled(time))),
            _ => return self.word("service", name, node),
        };
        Self::or_raw(name, node, said)
    }

    /// Items of a list, a sentence each. From the first that has none on the list is raw, which keeps its order: raw text
    /// is put behind what sentences say.
    fn listed(
        &self,
        name: &str,
        node: &Node,
        sentence: fn(&Self, &Node) -> Option<Statement>,
    ) -> Vec<Statement> {
        let one;
        let items = match &node.value {
            Value::List(items) if !items.is_empty() => items.as_slice(),
            Value::Text(_) if name == "tmpfs" => {
                one = [node.clone()];
                &one
            }
            _ => return Self::or_raw(name, node, None),
        };
        let mut statements = Vec::new();
        let mut rest = items;
        while let [first, others @ ..] = rest {
            let Some(statement) = sentence(self, first) else { break };
            statements.push(statement.at(first.span));
            rest = others;
        }
        let mut said =
            if statements.is_empty() { Vec::new() } else { Self::or_raw(name, node, Some(statements)) };
        if said.is_empty() {
            return Self::or_raw(name, node, None);
        }
        if let [first, ..] = rest {
            let rest = Node { value: Value::List(rest.to_vec()), ..node.clone() };
            let otherwise = said[0].otherwise.clone();
            let mut raw = Statement::raw(Language::Compose, &super::raw::entry(name, &rest)).at(first.span);
            raw.otherwise = otherwise;
            said.push(raw);
        }
        said
    }

    fn image(&self, node: &Node) -> Option<Statement> {
        Some(Statement::of("image").spelled(self.scalar(node)?))
    }

    /// A path in the container, which this language keeps as it is.
    pub(super) fn container_path(&self, node: &Node) -> Option<String> {
        let text = scalar_text(node)?;
        (text.contains('$') || ContainerPath::parse(&text).is_some()).then(|| self.text(&text))?
    }

    /// One statement with all items of a list.
    fn list(&self, head: &str, node: &Node) -> Option<Statement> {
        let Value::List(items) = &node.value else { return None };
        let mut statement = Statement::of(head);
        for item in items {
            statement = statement.spelled(self.scalar(item)?);
        }
        (!items.is_empty()).then_some(statement)
    }

    /// Words are words; a text is split as compose does, unless a variable in it could become several words.
    fn command(&self, head: &str, node: &Node) -> Option<Statement> {
        match &node.value {
            Value::List(items) if !items.is_empty() => {
                let texts: Option<Vec<String>> = items.iter().map(scalar_text).collect();
                let texts = texts?;
                if let [shell, option, script] = texts.as_slice()
                    && (shell.as_str(), option.as_str()) == ("/bin/sh", "-c")
                {
                    return Some(Statement::of(head).keyword("shell").spelled(self.quoted_text(script)?));
                }
                let mut statement = Statement::of(head);
                for text in &texts {
                    statement = statement.spelled(self.text(text)?);
                }
                Some(statement)
            }
            Value::Text(text) => {
                let pieces = pieces(&text.raw)?;
                let literal = match pieces.as_slice() {
                    [] => "",
                    [Piece::Literal(literal)] => literal,
                    _ => {
                        return Some(
                            Statement::of(head).keyword("split").spelled(self.quoted_text(&text.raw)?),
                        );
                    }
                };
                let words = split(literal)?;
                let statement = Statement::of(head);
                if words.is_empty() {
                    return Some(statement.keyword("none"));
                }
                Some(words.iter().fold(statement, |statement, word| statement.spelled(self.literal(word))))
            }
            Value::List(_) => Some(Statement::of(head).keyword("none")),
            Value::Map(_) | Value::Null | Value::Flag(_) | Value::Number(_) => None,
        }
    }

    /// A text in quotes, so that a person sees where it ends.
    fn quoted_text(&self, raw: &str) -> Option<String> {
        let spelled = self.text(raw)?;
        Some(if spelled.starts_with(['"', '\'']) || spelled.starts_with("input.") {
            spelled
        } else {
            format!("\"{spelled}\"")
        })
    }

    fn environment(&self, name: &str, node: &Node) -> Vec<Statement> {
        let Some(pairs) = pairs(node).filter(|pairs| !pairs.is_empty()) else {
            return Self::or_raw(name, node, None);
        };
        let mut said = Vec::new();
        let mut values = Vec::new();
        let mut raw = Vec::new();
        let mut passed = Vec::new();
        for pair in &pairs {
            let fits = EnvName::parse(&pair.name).is_ok();
            let value = match &pair.value {
                PairValue::Nothing if fits => {
                    passed.push((self.literal(&pair.name), pair.place));
                    continue;
                }
                PairValue::Nothing => None,
                PairValue::Text(text) => self.text(text),
                PairValue::Node(node) => self.scalar(node),
            };
            let text = raw_pair(pair);
            match value.filter(|_| fits) {
                Some(value) => {
                    values.push(Statement::of(&self.literal(&pair.name)).spelled(value).at(pair.place));
                }
                None => {
                    raw.push(
                        Statement::raw(Language::Compose, &format!("{name}: {{{text}}}")).at(pair.place),
                    );
                }
            }
        }
        if !values.is_empty() {
            said.push(Statement::of("env").block(values).at(place(node)));
        }
        for (name, place) in passed {
            said.push(Statement::of("pass").spelled(name).at(place));
        }
        said.extend(raw);
        Self::or_raw(name, node, Some(said))
    }

    fn env_file(&self, node: &Node) -> Said {
        let file = |item: &Node| match &item.value {
            Value::Text(text) => {
                Some(Statement::of("env").keyword("from").spelled(self.path(&text.raw)?).at(item.span))
            }
            Value::Map(entries) => {
                let Value::Text(path) = &item.get("path")?.value else { return None };
                let statement = Statement::of("env").keyword("from").spelled(self.path(&path.raw)?);
                let others = others(entries, &["path"]);
                Some(statement.at(item.span).block_if_any(self.words("service.env_file[]", &others)))
            }
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => None,
        };
        match &node.value {
            Value::List(items) if !items.is_empty() => items.iter().map(file).collect(),
            Value::Text(_) => Some(vec![file(node)?]),
            _ => None,
        }
    }

    fn depends_on(&self, node: &Node) -> Said {
        match &node.value {
            Value::List(items) if !items.is_empty() => {
                let needs = |item: &Node| {
                    Some(
                        Statement::of("needs")
                            .spelled(self.declared_service(&scalar_text(item)?)?)
                            .at(item.span),
                    )
                };
                items.iter().map(needs).collect()
            }
            Value::Map(entries) if !entries.is_empty() => {
                let needs = |(name, node): &(String, Node)| {
                    let Value::Map(options) = &node.value else { return None };
                    let mut statement =
                        Statement::of("needs").spelled(self.declared_service(name)?).at(place(node));
                    match node.get("condition")?.text()?.as_str() {
                        "service_started" => {}
                        "service_healthy" => statement = statement.keyword("healthy"),
                        "service_completed_successfully" => statement = statement.keyword("completed"),
                        _ => return None,
                    }
                    let others = others(options, &["condition"]);
                    Some(statement.block_if_any(self.words("service.depends_on.*", &others)))
                };
                entries.iter().map(needs).collect()
            }
            _ => None,
        }
    }

    /// The name of a service of this file.
    fn declared_service(&self, name: &str) -> Option<String> {
        self.has_service(name).then(|| self.literal(name))
    }

    fn service_networks(&self, node: &Node) -> Said {
        match &node.value {
            Value::List(items) if !items.is_empty() => {
                let names: Option<Vec<String>> = items.iter().map(scalar_text).collect();
                let mut statement = Statement::of("network");
                for name in names? {
                    statement = statement.spelled(self.literal(&name));
                }
                Some(vec![statement])
            }
            Value::Map(entries) if !entries.is_empty() => {
                let join = |(name, node): &(String, Node)| {
                    let statement = Statement::of("network").spelled(self.literal(name)).at(place(node));
                    match &node.value {
                        Value::Null => Some(statement),
                        Value::Map(options) if !options.is_empty() => {
                            Some(statement.block(self.words("service.networks.*", options)))
                        }
                        _ => None,
                    }
                };
                entries.iter().map(join).collect()
            }
            _ => None,
        }
    }

    fn health(&self, node: &Node) -> Option<Statement> {
        let Value::Map(entries) = &node.value else { return None };
        let head = Statement::of("health");
        let Some(test) = node.get("test") else {
            return (!entries.is_empty()).then(|| head.block(self.asked(entries)));
        };
        let mut statement = match &test.value {
            Value::Text(text) => head.keyword("shell").spelled(self.quoted_text(&text.raw)?),
            Value::List(items) => {
                let texts: Option<Vec<String>> = items.iter().map(scalar_text).collect();
                match texts?.as_slice() {
                    [kind, script] if kind == "CMD-SHELL" => {
                        head.keyword("shell").spelled(self.quoted_text(script)?)
                    }
                    [kind, words @ ..] if kind == "CMD" && !words.is_empty() => {
                        let mut statement = head.keyword("exec");
                        for word in words {
                            statement = statement.spelled(self.text(word)?);
                        }
                        statement
                    }
                    [none] if none == "NONE" && entries.len() == 1 => head.keyword("none"),
                    _ => return None,
                }
            }
            _ => return None,
        };
        statement = statement.block_if_any(self.asked(entries));
        Some(statement)
    }

    /// How a health check is asked.
    fn asked(&self, entries: &[(String, Node)]) -> Vec<Statement> {
        let mut inner = Vec::new();
        for (name, node) in entries.iter().filter(|(name, _)| name != "test") {
            let sentence = match name.as_str() {
                "interval" => "every",
                "timeout" => "timeout",
                "start_period" => "start",
                "retries" => "retries",
                _ => {
                    inner.extend(self.word("service.healthcheck", name, node));
                    continue;
                }
            };
            let said = self.scalar(node).map(|value| vec![Statement::of(sentence).spelled(value)]);
            inner.extend(Self::or_raw(name, node, said));
        }
        inner
    }

    fn restart(&self, node: &Node) -> Option<Statement> {
        let Value::Text(text) = &node.value else { return None };
        let head = Statement::of("restart");
        match text.raw.as_str() {
            input if input.contains('$') => Some(head.spelled(self.text(input)?)),
            word @ ("no" | "always" | "on-failure" | "unless-stopped") => Some(head.keyword(word)),
            other => {
                let times = other.strip_prefix("on-failure:")?;
                let is_number = !times.is_empty() && times.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| head.keyword("on-failure").keyword(times))
            }
        }
    }
}

/// Entries of a map but for some.
pub(super) fn others(entries: &[(String, Node)], without: &[&str]) -> Vec<(String, Node)> {
    entries.iter().filter(|(name, _)| !without.contains(&name.as_str())).cloned().collect()
}

/// A pair as an entry of a YAML map on one line.
fn raw_pair(pair: &Pair<'_>) -> String {
    let node = match &pair.value {
        PairValue::Nothing => None,
        PairValue::Node(node) => Some((*node).clone()),
        PairValue::Text(text) => {
            return format!("{}: {}", super::raw::text(&pair.name), super::raw::text(text));
        }
    };
    let value = node.map_or_else(|| "null".to_owned(), |node| super::raw::flow(&node));
    format!("{}: {value}", super::raw::text(&pair.name))
}
