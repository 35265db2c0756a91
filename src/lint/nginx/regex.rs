//! What can be told of a regular expression without running it: the kinds of files that it is for, and whether it
//! matches every path.

/// The extensions of an expression that takes every path which ends in one of them, in lower case: `\.(css|js)$`,
/// `^.+\.png$`. `None` for any other, one for a part of the paths among them.
pub(in crate::lint) fn extensions(pattern: &str) -> Option<Vec<String>> {
    let start = pattern.strip_prefix('^').unwrap_or(pattern);
    let anchored = start.len() < pattern.len();
    let any = ["/.*", "/.+", "/(.*)", "/(.+)", "/(.*?)", "/(.+?)", "(.*)", "(.+)", ".*", ".+", ".*?"];
    let rest = any.into_iter().find_map(|any| start.strip_prefix(any));
    let rest = match rest {
        Some(rest) => rest,
        None if anchored => return None,
        None => start,
    };
    kinds(rest)
}

/// The extensions that an expression ends in, whatever stands before them: `^/static/.*\.(css|js)$`.
pub(in crate::lint) fn ending(pattern: &str) -> Option<Vec<String>> {
    kinds(&pattern[pattern.rfind("\\.")?..])
}

/// Whether an expression is for every path that ends in an extension, whichever: `\.[^/.]+$`.
pub(in crate::lint) fn any_extension(pattern: &str) -> bool {
    const ANY: &[&str] =
        &["[^/.]+", "[^./]+", "[^/]+", "\\w+", ".+", ".*", "[a-z0-9]+", "[a-zA-Z0-9]+", "[A-Za-z0-9]+"];
    let end = pattern.rfind("\\.").map(|at| &pattern[at + 2..]).and_then(|end| end.strip_suffix('$'));
    end.is_some_and(|end| {
        ANY.contains(&end.trim_start_matches('(').trim_start_matches("?:").trim_end_matches(')'))
    })
}

fn kinds(rest: &str) -> Option<Vec<String>> {
    let kinds = rest.strip_prefix("\\.")?.strip_suffix('$')?;
    let kinds = kinds.strip_suffix("(\\?.*)?").unwrap_or(kinds);
    let kinds = match kinds.strip_prefix('(') {
        Some(group) => group.strip_suffix(')')?.trim_start_matches("?:"),
        None => kinds,
    };
    let mut extensions = Vec::new();
    for kind in kinds.split('|') {
        let kind = kind.to_ascii_lowercase();
        // `jpe?g`, `woff2?`
        match kind.split_once('?') {
            Some((before, after))
                if before.len() > 1 && is_plain(before) && (after.is_empty() || is_plain(after)) =>
            {
                extensions.push(format!("{before}{after}"));
                extensions.push(format!("{}{after}", &before[..before.len() - 1]));
            }
            None if is_plain(&kind) => extensions.push(kind),
            _ => return None,
        }
    }
    Some(extensions)
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether it matches every path.
pub(in crate::lint) fn matches_all(pattern: &str) -> bool {
    matches!(
        pattern,
        "" | "^"
            | "/"
            | "^/"
            | ".*"
            | "^.*"
            | "^/.*"
            | "/.*"
            | ".*$"
            | "^.*$"
            | "^/.*$"
            | ".+"
            | "^/(.*)"
            | "^/(.*)$"
            | "^(.*)$"
            | "(.*)"
    )
}

#[cfg(test)]
mod tests {
    use super::{ending, extensions};

    #[test]
    fn the_kinds_of_files_of_an_expression_are_read() {
        let read = |pattern| extensions(pattern).map(|list| list.join(" "));
        assert_eq!(read(r"\.(css|js)$").as_deref(), Some("css js"));
        assert_eq!(read(r"\.(?:jpe?g|PNG|woff2?)$").as_deref(), Some("jpeg jpg png woff2 woff"));
        assert_eq!(read(r"^.+\.php$").as_deref(), Some("php"));
        assert_eq!(read(r"^/static/.*\.css$"), None);
        assert_eq!(ending(r"^/static/.*\.css$").unwrap(), ["css"]);
        assert_eq!(read(r"\.php(/|$)"), None);
        assert_eq!(read(r"/\."), None);
    }
}
