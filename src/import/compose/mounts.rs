//! Mounts, in their short and their long forms.

use super::Writer;
use super::arguments::{Operator, Piece, pieces};
use crate::import::statement::Statement;
use crate::model::path::ContainerPath;
use crate::project::compose::{Node, Value, parts, scalar_text};

impl Writer<'_> {
    /// `mount SOURCE at TARGET`
    pub(super) fn mount(&self, node: &Node) -> Option<Statement> {
        match &node.value {
            Value::Text(text) => self.short_mount(&text.raw),
            Value::Map(entries) => self.long_mount(node, entries),
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => None,
        }
    }

    fn short_mount(&self, raw: &str) -> Option<Statement> {
        let parts = parts(raw)?;
        let (source, target, options) = match parts.as_slice() {
            [target] if !target.contains('$') => {
                ContainerPath::parse(target)?;
                return Some(Statement::of("volume").keyword("at").spelled(self.text(target)?));
            }
            [source, target] => (source, target, ""),
            [source, target, options] => (source, target, *options),
            _ => return None,
        };
        if target.contains('$') {
            pieces(target)?;
        } else {
            ContainerPath::parse(target)?;
        }
        let mut statement = Statement::of("mount").spelled(self.source(source)?).keyword("at");
        statement = statement.spelled(self.text(target)?);
        let is_path = is_path(source);
        let mut inner: Vec<Statement> = Vec::new();
        let mut read_only = false;
        for option in options.split(',').filter(|option| !option.is_empty()) {
            let bind = |word: &str| Statement::of(word).spelled(self.literal(option));
            match option {
                "ro" => read_only = true,
                // Compose reads nothing from these.
                "rw" | "cached" | "delegated" | "consistent" => {}
                "z" | "Z" => inner.push(Statement::of("bind").block(vec![bind("selinux")])),
                "shared" | "slave" | "private" | "rshared" | "rslave" | "rprivate" if is_path => {
                    inner.push(Statement::of("bind").block(vec![bind("propagation")]));
                }
                "nocopy" if !is_path => {
                    inner.push(Statement::of("volume").block(vec![Statement::of("nocopy").keyword("on")]));
                }
                _ => return None,
            }
        }
        if read_only {
            statement = statement.keyword("read-only");
        }
        Some(statement.block_if_any(inner))
    }

    /// A named volume of this file, or a path.
    fn source(&self, raw: &str) -> Option<String> {
        if is_path(raw) {
            return self.path(raw);
        }
        if let [Piece::Variable { operator, .. }, ..] = pieces(raw)?.as_slice() {
            // What it comes to decides whether it is a path.
            let is_path = match operator {
                Operator::Default(default) => is_path(default),
                Operator::None | Operator::Other(_) => true,
            };
            // A bare `input.NAME` would be the name of a volume.
            let spelled = is_path.then(|| self.path(raw))??;
            return Some(match spelled.strip_prefix("input.") {
                Some(name) => format!("${{input.{name}}}"),
                None => spelled,
            });
        }
        self.has_volume(raw).then(|| self.literal(raw))
    }

    fn long_mount(&self, node: &Node, entries: &[(String, Node)]) -> Option<Statement> {
        let text = |name| node.get(name).map(scalar_text);
        let target = text("target")??;
        if !target.contains('$') {
            ContainerPath::parse(&target)?;
        }
        let target = self.text(&target)?;
        let kind = text("type")??;
        let head = Statement::of("mount");
        let Some(source) = text("source") else {
            return self.long_without_source(&kind, &target, entries);
        };
        let source = source?;
        let mut statement = match kind.as_str() {
            "bind" if is_path(&source) => head.spelled(self.path(&source)?),
            "bind" if source.starts_with('$') => head.spelled(self.source(&source)?),
            // Without a `./` compose takes it for a path in this form.
            "bind" if !self.has_volume(&source) => head.spelled(self.path(&format!("./{source}"))?),
            "volume" if !is_path(&source) && self.has_volume(&source) => head.spelled(self.literal(&source)),
            "image" => head.keyword("image").spelled(self.text(&source)?),
            _ => return None,
        };
        statement = statement.keyword("at").spelled(target);
        if kind == "bind" && node.get("bind").is_none() {
            statement = statement.keyword("existing");
        }
        match node.get("read_only").map(|node| &node.value) {
            None | Some(Value::Flag(false)) => {}
            Some(Value::Flag(true)) => statement = statement.keyword("read-only"),
            Some(_) => return None,
        }
        Some(self.with_options(statement, &kind, entries))
    }

    /// A folder in memory, or a volume without a name.
    fn long_without_source(&self, kind: &str, target: &str, entries: &[(String, Node)]) -> Option<Statement> {
        let head = match kind {
            "volume" => Statement::of("volume").keyword("at"),
            "tmpfs" => Statement::of("mount").keyword("tmpfs").keyword("at"),
            _ => return None,
        };
        Some(self.with_options(head.spelled(target.to_owned()), kind, entries))
    }

    /// The options of a mount. An empty block keeps the form of many lines, which differs in what compose makes of it.
    fn with_options(&self, statement: Statement, kind: &str, entries: &[(String, Node)]) -> Statement {
        let is_default = |(name, node): &&(String, Node)| match name.as_str() {
            "type" | "source" | "target" | "read_only" => true,
            "bind" | "volume" => node
                .entries()
                .iter()
                .all(|(option, node)| option == "create_host_path" && node.value == Value::Flag(true)),
            _ => false,
        };
        let options: Vec<(String, Node)> =
            entries.iter().filter(|entry| !is_default(entry)).cloned().collect();
        let inner = self.words("service.volumes[]", &options);
        let is_long = kind == "volume" && !entries.iter().any(|(name, _)| name == "volume");
        if inner.is_empty() && is_long { statement.block(inner) } else { statement.block_if_any(inner) }
    }

    /// `tmpfs PATH`
    pub(super) fn tmpfs(&self, node: &Node) -> Option<Statement> {
        let Value::Text(text) = &node.value else { return None };
        ContainerPath::parse(&text.raw).filter(|_| !text.raw.contains('$'))?;
        Some(Statement::of("tmpfs").spelled(self.literal(&text.raw)))
    }
}

/// Whether compose takes a source for a path rather than for a volume's name.
fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~'])
}
