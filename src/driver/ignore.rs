//! Whether git ignores a file, by the `.gitignore` files of a project (gitignore(5)); for files alone, and without
//! the lists outside of the project.

/// The lines of one `.gitignore` and the folder that it stands in, from the project's root with `/`; empty for the
/// root itself.
#[derive(Clone, Debug)]
pub struct IgnoreFile {
    /// The folder.
    pub folder: String,
    /// The text.
    pub text: String,
}

/// Whether `path`, from the project's root, is ignored. The files go from the root inwards.
pub fn is_ignored(path: &str, files: &[IgnoreFile]) -> bool {
    // A file in an ignored folder cannot be included again.
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.into_iter().any(|end| {
        let (name, is_folder) = (&path[..end], end < path.len());
        let verdicts = files.iter().flat_map(|file| {
            let below = match file.folder.as_str() {
                "" => Some(name),
                folder => name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            file.text.lines().filter_map(move |line| verdict(line, below?, is_folder))
        });
        verdicts.last().unwrap_or(false)
    })
}

/// What a line says of a path: ignored, included again, or nothing.
fn verdict(line: &str, path: &str, is_folder: bool) -> Option<bool> {
    let line = line.trim_end_matches('\r');
    let line = if line.ends_with("\\ ") { line } else { line.trim_end_matches(' ') };
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (ignores, pattern) = match line.strip_prefix('!') {
        Some(pattern) => (false, pattern),
        None => (true, line),
    };
    let (folders_only, pattern) = match pattern.strip_suffix('/') {
        Some(pattern) => (true, pattern),
        None => (false, pattern),
    };
    if folders_only && !is_folder {
        return None;
    }
    let is_anchored = pattern.contains('/');
    let pattern: Vec<&str> = pattern.trim_start_matches('/').split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    let parts = if is_anchored { &parts[..] } else { &parts[parts.len() - 1..] };
    matches_path(&pattern, parts).then_some(ignores)
}

fn matches_path(pattern: &[&str], parts: &[&str]) -> bool {
    match (pattern, parts) {
        (["**"], parts) => !parts.is_empty(),
        (["**", rest @ ..], parts) => (0..=parts.len()).any(|skipped| matches_path(rest, &parts[skipped..])),
        ([first, rest @ ..], [part, parts @ ..]) => {
            let (first, part): (Vec<char>, Vec<char>) = (first.chars().collect(), part.chars().collect());
            matches_name(&first, &part) && matches_path(rest, parts)
        }
        ([], []) => true,
        ([], _) | (_, []) => false,
    }
}

fn matches_name(pattern: &[char], name: &[char]) -> bool {
    match (pattern, name) {
        (['*', rest @ ..], name) => (0..=name.len()).any(|skipped| matches_name(rest, &name[skipped..])),
        (['?', rest @ ..], [_, name @ ..]) => matches_name(rest, name),
        (['[', rest @ ..], [n, name @ ..]) => match rest.iter().skip(1).position(|c| *c == ']') {
            Some(end) => in_class(&rest[..=end], *n) && matches_name(&rest[end + 2..], name),
            None => false,
        },
        (['\\', c, rest @ ..] | [c, rest @ ..], [n, name @ ..]) => c == n && matches_name(rest, name),
        ([], []) => true,
        ([], _) | (_, []) => false,
    }
}

/// `a-z0_`, perhaps after `!` or `^`.
fn in_class(class: &[char], c: char) -> bool {
    let (negated, class) = match class {
        ['!' | '^', rest @ ..] => (true, rest),
        class => (false, class),
    };
    let mut rest = class;
    let mut found = false;
    while let [first, after @ ..] = rest {
        rest = match after {
            ['-', last, after @ ..] => {
                found |= (*first..=*last).contains(&c);
                after
            }
            after => {
                found |= *first == c;
                after
            }
        };
    }
    found != negated
}

/// The line that ignores one file, given from the folder of the `.gitignore`.
pub fn line_for(path: &str) -> String {
    let mut line = String::from("/");
    for c in path.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\') {
            line.push('\\');
        }
        line.push(c);
    }
    if line.ends_with(' ') {
        line.insert(line.len() - 1, '\\');
    }
    line
}

/// `text` with `lines` added at its end, with the line endings that it has.
pub fn with_lines(text: &str, lines: &[String]) -> String {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = text.to_owned();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push_str(ending);
    }
    for line in lines {
        out.push_str(line);
        out.push_str(ending);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(path: &str, text: &str) -> bool {
        is_ignored(path, &[IgnoreFile { folder: String::new(), text: text.to_owned() }])
    }

    #[test]
    fn patterns_are_read_as_git_reads_them() {
        for pattern in [
            "/secrets/db",
            "secrets/",
            "secrets",
            "secrets/*",
            "/secrets/",
            "db",
            "**/db",
            "secrets/**",
            "d?",
            "[a-d]b",
            "*\r",
            "s*/d\\b",
            "db  ",
        ] {
            assert!(ignored("secrets/db", pattern), "{pattern}");
        }
        for pattern in
            ["", "# secrets", "/db", "db/", "secret", "secrets/x", "!secrets/db", "*.key", "[!d]b", "x/**"]
        {
            assert!(!ignored("secrets/db", pattern), "{pattern}");
        }
    }

    #[test]
    fn the_last_line_wins_but_not_inside_an_ignored_folder() {
        assert!(!ignored("a.key", "*.key\n!a.key\n"));
        assert!(ignored("secrets/a", "secrets/\n!secrets/a\n"));
        assert!(!ignored("secrets/a", "secrets/*\n!secrets/a\n"));
    }

    #[test]
    fn a_file_further_in_speaks_of_its_own_folder() {
        let file = IgnoreFile { folder: "deploy".to_owned(), text: "/secrets/\n".to_owned() };
        assert!(is_ignored("deploy/secrets/a", std::slice::from_ref(&file)));
        assert!(!is_ignored("secrets/a", &[file]));
    }

    #[test]
    fn a_line_ignores_its_file_alone() {
        for path in ["secrets/db", "a*b", "[x]", "x ", "#x", "!x"] {
            assert!(ignored(path, &line_for(path)), "{path}");
        }
        assert!(!ignored("axb", &line_for("a*b")));
    }

    #[test]
    fn line_endings_are_kept() {
        let lines = ["/a".to_owned()];
        assert_eq!(with_lines("", &lines), "/a\n");
        assert_eq!(with_lines("x", &lines), "x\n/a\n");
        assert_eq!(with_lines("x\r\ny", &lines), "x\r\ny\r\n/a\r\n");
    }
}
