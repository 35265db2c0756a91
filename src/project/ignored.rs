//! What a `.dockerignore` leaves out of a build context. Source: `MatchesOrParentMatches` of moby/patternmatcher.

use std::path::Path;

use globset::{Candidate, Glob, GlobBuilder, GlobSet};

use crate::project::host::{Host, Refusal, join};

/// The patterns of a `.dockerignore`, asked about paths below a folder of its context.
#[derive(Clone, Debug, Default)]
pub struct Ignored {
    /// The patterns in order. As a set, of which few have to become regular expressions.
    patterns: GlobSet,
    /// Whether each of them leaves out rather than takes back in.
    leave_out: Vec<bool>,
    /// Whether one of them alone leaves out everything.
    is_all: bool,
    /// The folder, from the context, without slashes around it.
    folder: String,
}

impl Ignored {
    /// The lines of the file; the paths that are asked about are below `folder`, which is given from the context. What
    /// is no pattern is passed over: Docker refuses to build with it.
    pub fn new<'a>(lines: impl Iterator<Item = &'a str>, folder: &str) -> Self {
        let folder = folder.strip_prefix("./").unwrap_or(folder).trim_matches('/');
        let folder = if folder == "." { "" } else { folder };
        let (globs, leave_out): (Vec<_>, Vec<_>) = lines.filter_map(pattern).unzip();
        let is_all = globs
            .iter()
            .zip(&leave_out)
            .any(|(glob, leaves_out)| *leaves_out && matches!(glob.glob(), "*" | "**"));
        // Each of them was built already, and what they are together is bounded by the size of a file.
        let patterns = GlobSet::new(globs).unwrap_or_default();
        Self { patterns, leave_out, is_all, folder: folder.to_owned() }
    }

    /// What is left out of a build: `NAME.dockerignore` beside the Dockerfile of that path stands for the
    /// `.dockerignore` of the context. `None` if there is one that cannot be read. Paths are by [`Host`]'s naming.
    /// Source: `DockerIgnorePatterns` in buildkit's `frontend/dockerui/config.go`.
    pub fn of(context: &str, dockerfile: Option<&str>, host: &dyn Host) -> Option<Self> {
        for path in Self::places(context, dockerfile) {
            match host.read(&path) {
                Ok(text) => return Some(Self::new(text.trim_start_matches('\u{feff}').lines(), "")),
                Err(Refusal::Missing) => {}
                Err(Refusal::Not(_)) => return None,
            }
        }
        Some(Self::default())
    }

    /// Where it is looked for: the first that is there counts.
    pub fn places(context: &str, dockerfile: Option<&str>) -> impl Iterator<Item = String> {
        let beside = dockerfile.map(|dockerfile| format!("{dockerfile}.dockerignore"));
        beside.into_iter().chain([join(context, ".dockerignore")])
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether something that is left out may have parts that are taken back in.
    pub fn has_exceptions(&self) -> bool {
        self.leave_out.contains(&false)
    }

    /// Whether a pattern leaves out every path, and nothing is taken back in.
    pub fn leaves_out_all(&self) -> bool {
        self.is_all && !self.has_exceptions()
    }

    /// Whether a path is left out, by itself or with a folder around it. The last pattern that matches decides.
    pub fn leaves_out(&self, path: &str) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let path = match (self.folder.as_str(), path) {
            ("", path) => path.to_owned(),
            (folder, "") => folder.to_owned(),
            (folder, path) => format!("{folder}/{path}"),
        };
        let around = Path::new(&path).ancestors().filter(|part| !part.as_os_str().is_empty());
        let mut matching = Vec::new();
        let last = around.filter_map(|part| {
            self.patterns.matches_candidate_into(&Candidate::new(part), &mut matching);
            matching.last().copied()
        });
        last.max().is_some_and(|last| self.leave_out[last])
    }
}

fn pattern(line: &str) -> Option<(Glob, bool)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (line, leaves_out) = line.strip_prefix('!').map_or((line, true), |line| (line.trim(), false));
    // Docker's patterns have no alternatives: braces are letters.
    let clean = join("", line).trim_start_matches('/').replace('{', "[{]").replace('}', "[}]");
    let glob = GlobBuilder::new(&clean).literal_separator(true).backslash_escape(true).build().ok()?;
    Some((glob, leaves_out))
}

#[cfg(test)]
mod tests {
    use super::Ignored;

    #[test]
    fn the_last_pattern_that_matches_a_path_or_a_folder_around_it_decides() {
        let lines = "# comment\n/node_modules/\n**/*.map\n*.log\n!keep.log\npublic/raw\n";
        let ignored = Ignored::new(lines.lines(), "");
        for path in ["node_modules", "node_modules/a/b.js", "a/b/c.map", "c.map", "x.log", "public/raw/a"] {
            assert!(ignored.leaves_out(path), "{path}");
        }
        for path in ["keep.log", "a/x.log", "a/node_modules/b.js", "public/a", ""] {
            assert!(!ignored.leaves_out(path), "{path}");
        }
        let braces = Ignored::new(["{a,b}.txt", "x/../y"].into_iter(), "");
        assert!(braces.leaves_out("{a,b}.txt") && !braces.leaves_out("a.txt") && braces.leaves_out("y"));
        let below = Ignored::new(lines.lines(), "./public/");
        assert!(below.leaves_out("raw/a") && !below.leaves_out("a") && !below.leaves_out("x.log"));
    }
}
