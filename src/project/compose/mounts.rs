//! `volumes` of a service: the short and the long form.
//!
//! Source: compose-go, `format/volume.go` and `paths/resolve.go`.

use super::model::{Mount, MountSource, Node, Value};
use super::texts::{UNKNOWN, known, marked, text};
use crate::diagnostic::{Diagnostic, Sink};
use crate::project::host::join;

/// Reads `volumes`.
pub(super) fn mounts(node: Option<&Node>, sink: &mut Sink) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for item in node.map_or(&[][..], Node::items) {
        match &item.value {
            Value::Map(_) => mounts.push(long(item)),
            Value::Text(written) => match short(&marked(written)) {
                Ok(parts) => mounts.push(of_short(&parts, item)),
                Err(why) => sink.push(
                    Diagnostic::error("compose-bad-volume", "compose cannot read this volume", item.span)
                        .here(why)
                        .note("an entry is `[SOURCE:]TARGET[:OPTIONS]`")
                        .help("write for example `data:/var/lib/data`, or `./conf:/etc/conf:ro`"),
                ),
            },
            // The schema has told of it.
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => {}
        }
    }
    mounts
}

/// The short form, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Short {
    pub(super) source: String,
    pub(super) target: String,
    options: Vec<String>,
}

/// Takes `[SOURCE:]TARGET[:OPTIONS]` apart.
pub(super) fn short(spec: &str) -> Result<Short, &'static str> {
    if spec.is_empty() {
        return Err("nothing is said here");
    }
    if spec.len() <= 2 {
        return Ok(Short { target: spec.to_owned(), ..Short::default() });
    }
    let mut sections = Vec::new();
    let mut section = String::new();
    for c in spec.chars() {
        let is_drive = section.chars().count() == 1 && section.starts_with(char::is_alphabetic);
        if c == ':' && !is_drive {
            sections.push(std::mem::take(&mut section));
        } else {
            section.push(c);
        }
    }
    sections.push(section);
    if sections.iter().any(String::is_empty) {
        return Err("there is nothing beside a colon");
    }
    let mut sections = sections.into_iter();
    let first = sections.next().unwrap_or_default();
    let Some(target) = sections.next() else { return Ok(Short { target: first, ..Short::default() }) };
    let options = sections.next().map(|options| options.split(',').map(str::to_owned).collect());
    if sections.next().is_some() {
        return Err("there are too many colons");
    }
    Ok(Short { source: first, target, options: options.unwrap_or_default() })
}

/// Whether a source is a path of the host, rather than the name of a volume.
fn is_path(source: &str) -> bool {
    let mut chars = source.chars();
    source.starts_with(['.', '/', '~'])
        || source.starts_with("\\\\")
        || (chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some(':'))
}

fn of_short(parts: &Short, item: &Node) -> Mount {
    let source = match parts.source.as_str() {
        "" => MountSource::Anonymous,
        source if source.starts_with(UNKNOWN) => MountSource::Unknown,
        source if is_path(source) => host(source, item),
        source => known(source).map_or(MountSource::Unknown, MountSource::Volume),
    };
    let says = |option: &str| parts.options.iter().any(|other| other == option);
    let last = parts.options.iter().rev().find(|option| matches!(option.as_str(), "ro" | "rw"));
    Mount {
        source,
        target: known(&parts.target).map(|target| clean(&target)),
        is_read_only: last.is_some_and(|option| option == "ro"),
        subpath: None,
        is_nocopy: says("nocopy"),
        span: item.span,
    }
}

fn host(source: &str, item: &Node) -> MountSource {
    let is_elsewhere = source.starts_with(['~', '\\']) || source.chars().nth(1) == Some(':');
    let host = known(source).filter(|_| !is_elsewhere).map(|source| join(&item.folder, &source));
    MountSource::Host { written: source.replace(UNKNOWN, "?"), host }
}

/// A path of a container, tidied.
pub(super) fn clean(path: &str) -> String {
    join(if path.starts_with('/') { "/" } else { "." }, path)
}

fn long(item: &Node) -> Mount {
    let value = |path: &[&str]| item.at(path).and_then(text).map(|text| marked(&text));
    let kind = value(&["type"]);
    let written = value(&["source"]).filter(|source| !source.is_empty());
    let source = match (kind.as_deref(), written) {
        (Some("bind"), Some(source)) if !source.starts_with(UNKNOWN) => host(&source, item),
        (Some("volume"), None) => MountSource::Anonymous,
        (Some("volume"), Some(source)) => known(&source).map_or(MountSource::Unknown, MountSource::Volume),
        (Some("tmpfs"), _) => MountSource::Tmpfs,
        (Some("image"), Some(source)) => known(&source).map_or(MountSource::Unknown, MountSource::Image),
        (Some(_) | None, _) => MountSource::Unknown,
    };
    let subpath = value(&["volume", "subpath"]).or_else(|| value(&["image", "subpath"]));
    Mount {
        source,
        target: value(&["target"]).and_then(|target| known(&target)).map(|target| clean(&target)),
        is_read_only: item.get("read_only").is_some_and(is_true),
        subpath: subpath.and_then(|subpath| known(&subpath)),
        is_nocopy: item.at(&["volume", "nocopy"]).is_some_and(is_true),
        span: item.span,
    }
}

/// Whether compose takes a scalar for `true`.
pub(super) fn is_true(node: &Node) -> bool {
    let value = node.text().unwrap_or_default().to_lowercase();
    matches!(value.as_str(), "true" | "y" | "yes" | "on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_has_up_to_three_parts() {
        let parts = |spec| short(spec).map(|parts| (parts.source, parts.target, parts.options.join(",")));
        let said = |a: &str, b: &str, c: &str| Ok((a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(parts("/data"), said("", "/data", ""));
        assert_eq!(parts("data:/data:ro,z"), said("data", "/data", "ro,z"));
        assert_eq!(parts("C:\\x:/data"), said("C:\\x", "/data", ""));
        assert!(parts("aa::b").is_err() && parts("aa:/b:ro:x").is_err() && parts("").is_err());
        assert!(is_path("./a") && is_path("~/a") && is_path("C:\\x") && !is_path("data"));
    }
}
