//! What settings leave out: findings in some files, or of some services.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};

use crate::diagnostic::Diagnostic;
use crate::project::host::join;
use crate::source::{FileId, SourceMap, Span};

/// Paths that are left out, by a pattern: `legacy/**`, `deploy/*.yml`; one without wildcards is a file or a folder.
#[derive(Clone, Debug)]
pub struct Paths {
    itself: GlobMatcher,
    /// What stands below a folder belongs to it.
    below: GlobMatcher,
}

impl Paths {
    /// The paths of a pattern, which begins in the folder of the settings; otherwise why it is none.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let tidy = pattern.trim_start_matches("./").trim_end_matches('/');
        if tidy.is_empty() {
            return Err("names no file".to_owned());
        }
        if tidy.starts_with('/') || tidy.split('/').any(|part| part == "..") {
            return Err("leads out of the folder".to_owned());
        }
        let build = |glob: &str| GlobBuilder::new(glob).literal_separator(true).build();
        let both = build(tidy).and_then(|itself| Ok((itself, build(&format!("{tidy}/**"))?)));
        let (itself, below) = both.map_err(|error| format!("is no pattern: {}", error.kind()))?;
        Ok(Self { itself: itself.compile_matcher(), below: below.compile_matcher() })
    }

    fn hold(&self, path: &str) -> bool {
        self.itself.is_match(path) || self.below.is_match(path)
    }
}

/// What is left out together, and why.
#[derive(Clone, Debug, Default)]
pub struct Exclusion {
    /// In which files; anywhere if there is no pattern.
    pub paths: Vec<Paths>,
    /// Of which services; of any if none is named.
    pub services: BTreeSet<String>,
    /// Findings of which rules; of all if none is named.
    pub rules: BTreeSet<&'static str>,
    /// Why.
    pub reason: String,
}

/// Everything that is left out.
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    /// In order; the first that fits says why.
    pub list: Vec<Exclusion>,
    /// The folder that patterns begin in, absolute.
    pub folder: String,
    /// The folder that names of files begin in, absolute.
    pub here: String,
}

impl Exclusions {
    /// The name of a file as patterns see it; `None` for one that lies elsewhere.
    fn seen(&self, name: &str) -> Option<String> {
        let name = name.split(", dockerfile_inline of ").next()?;
        let path = join(&self.here, name);
        let below = path.strip_prefix(self.folder.as_str())?;
        let below = if self.folder.ends_with('/') { below } else { below.strip_prefix('/')? };
        Some(below.to_owned())
    }
}

/// Which service a place belongs to.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// By where they begin; they do not overlap.
    blocks: BTreeMap<(FileId, u32), (u32, String)>,
}

impl Blocks {
    pub(super) fn add(&mut self, block: Span, service: String) {
        self.blocks.insert((block.file, block.start), (block.end, service));
    }

    fn service_at(&self, place: Span) -> Option<&str> {
        let before = self.blocks.range((place.file, 0)..=(place.file, place.start)).next_back()?;
        let (end, service) = before.1;
        (place.start < *end).then_some(service)
    }
}

/// Looks findings up among what is left out.
#[derive(Debug, Default)]
pub(super) struct Excluder {
    all: Exclusions,
    /// Which exclusions a file fits by its path.
    of_files: BTreeMap<FileId, Vec<usize>>,
    pub(super) blocks: Blocks,
}

impl Excluder {
    pub(super) fn new(all: Exclusions) -> Self {
        Self { all, ..Self::default() }
    }

    /// Why a finding is left out, if it is.
    pub(super) fn reason(&mut self, finding: &Diagnostic, sources: &SourceMap) -> Option<&str> {
        if self.all.list.is_empty() {
            return None;
        }
        let place = finding.primary.span;
        let all = &self.all;
        let of_file = self.of_files.entry(place.file).or_insert_with(|| {
            let path = all.seen(&sources.file(place.file).name);
            let fits = |one: &Exclusion| {
                let is_held = |path: &String| one.paths.iter().any(|paths| paths.hold(path));
                one.paths.is_empty() || path.as_ref().is_some_and(is_held)
            };
            (0..all.list.len()).filter(|index| fits(&all.list[*index])).collect()
        });
        let blocks = &self.blocks;
        let fits = |one: &&Exclusion| {
            let is_of = |service: &str| one.services.contains(service);
            (one.rules.is_empty() || one.rules.contains(finding.code))
                && (one.services.is_empty() || blocks.service_at(place).is_some_and(is_of))
        };
        let found = of_file.iter().map(|index| &all.list[*index]).find(fits);
        found.map(|one| one.reason.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_files_and_what_is_below_folders() {
        for (pattern, path, holds) in [
            ("legacy/**", "legacy/a/b.yml", true),
            ("legacy", "legacy/a/b.yml", true),
            ("./legacy/", "legacy/b.yml", true),
            ("legacy", "legacy.yml", false),
            ("*.yml", "a.yml", true),
            ("*.yml", "a/b.yml", false),
            ("**/test.yml", "a/b/test.yml", true),
            ("a b/{x,y}.conf", "a b/y.conf", true),
            ("a,b", "a,b/c", true),
            ("a,b", "a", false),
        ] {
            assert_eq!(Paths::parse(pattern).unwrap().hold(path), holds, "{pattern} {path}");
        }
        assert_eq!(Paths::parse("../a").unwrap_err(), "leads out of the folder");
        assert_eq!(Paths::parse("/a").unwrap_err(), "leads out of the folder");
        assert_eq!(Paths::parse("./").unwrap_err(), "names no file");
        assert!(Paths::parse("a[").unwrap_err().starts_with("is no pattern: "));
    }

    #[test]
    fn names_are_seen_from_the_folder_of_the_settings() {
        let all = Exclusions { folder: "/project".into(), here: "/project/deploy".into(), list: Vec::new() };
        assert_eq!(all.seen("a.yml").as_deref(), Some("deploy/a.yml"));
        assert_eq!(all.seen("../a.yml").as_deref(), Some("a.yml"));
        assert_eq!(all.seen("/project/b/a.yml").as_deref(), Some("b/a.yml"));
        assert_eq!(all.seen("../../project2/a.yml"), None);
        assert_eq!(all.seen("a.yml, dockerfile_inline of web").as_deref(), Some("deploy/a.yml"));
        let root = Exclusions { folder: "/".into(), here: "/".into(), list: Vec::new() };
        assert_eq!(root.seen("a.yml").as_deref(), Some("a.yml"));
    }

    #[test]
    fn a_place_belongs_to_the_service_whose_block_it_is_in() {
        let file = SourceMap::default().add("a", "");
        let mut blocks = Blocks::default();
        blocks.add(Span::new(file, 10, 20), "a".to_owned());
        blocks.add(Span::new(file, 20, 30), "b".to_owned());
        let at = |start| blocks.service_at(Span::new(file, start, start));
        assert_eq!((at(9), at(10), at(19), at(20), at(30)), (None, Some("a"), Some("a"), Some("b"), None));
    }
}
