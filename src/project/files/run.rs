//! What a command may have done to the files of an image, as far as its text tells.

use super::below;
use crate::project::host::join;

/// A RUN, by its text.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The commands, each as its words.
    commands: Vec<Vec<String>>,
    /// Whether one of them may make files anywhere.
    makes: bool,
    /// The folder that it runs in.
    folder: Option<String>,
}

/// Programs that make no files of their own, whatever they are given.
const MAKE_NOTHING: &[&str] = &[
    "rm", "rmdir", "chmod", "chown", "chgrp", "true", ":", "set", "test", "[", "echo", "unlink", "nginx",
    "ls", "cat", "sed",
];

/// Programs that put files into the folders of the system alone.
const OF_SYSTEM: &[&str] =
    &["apk", "apt-get", "apt", "dpkg", "addgroup", "groupadd", "update-ca-certificates", "usermod"];

/// Where they put them.
const SYSTEM: &[&str] =
    &["/bin", "/etc", "/lib", "/lib64", "/sbin", "/usr", "/var", "/run", "/tmp", "/root", "/opt"];

impl Run {
    /// A command as it is written, in the folder that it runs in.
    pub(super) fn new(text: &str, folder: Option<&str>) -> Self {
        let spaced =
            text.replace("&&", "\n").replace("||", "\n").replace([';', '|', '(', ')', '{', '}'], "\n");
        let mut commands = Vec::new();
        for line in spaced.lines() {
            let words: Vec<String> =
                line.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned()).collect();
            if !words.is_empty() {
                commands.push(words);
            }
        }
        let makes = commands.iter().any(|words| {
            let name = words[0].rsplit('/').next().unwrap_or_default();
            let is_harmless =
                MAKE_NOTHING.contains(&name) || OF_SYSTEM.contains(&name) || name == "mkdir" || name == "cd";
            !is_harmless
                || words.iter().any(|word| word.contains('>') || word.contains('`') || word.contains("$("))
        });
        Self { commands, makes, folder: folder.map(str::to_owned) }
    }

    /// Whether it may have made something at a path.
    pub fn may_make(&self, path: &str) -> bool {
        self.makes
            || self.commands.iter().any(|words| {
                (words[0] == "mkdir" && self.paths(words).any(|made| below(&made, path).is_some()))
                    || (OF_SYSTEM.contains(&words[0].as_str())
                        && SYSTEM.iter().any(|folder| below(path, folder).is_some()))
            })
    }

    /// Whether it may have made something in a folder.
    pub(super) fn may_make_in(&self, path: &str) -> bool {
        self.commands.iter().any(|words| {
            words[0] == "mkdir"
                && self.paths(words).any(|made| below(&made, path).is_some() || below(path, &made).is_some())
        })
    }

    /// Whether it may have taken away what stood at a path.
    pub fn may_remove(&self, path: &str) -> bool {
        let removes = |word: &String| {
            matches!(word.rsplit('/').next(), Some("rm" | "mv" | "unlink" | "rmdir")) || word == "-delete"
        };
        let commands = self.commands.iter().filter(|words| words.iter().any(removes));
        commands.into_iter().any(|words| self.paths(words).any(|gone| below(path, &gone).is_some()))
    }

    /// Whether it may have changed the text of a file.
    pub(super) fn may_change(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let keeps = |words: &[String]| {
            matches!(words[0].as_str(), "rm" | "chmod" | "chown" | "chgrp" | "mkdir" | "cat")
        };
        let commands =
            self.commands.iter().filter(|words| !keeps(words) || words.iter().any(|word| word.contains('>')));
        commands.into_iter().any(|words| words.iter().any(|word| word.contains(name)))
    }

    /// The paths among the words of a command, each up to where a pattern or a variable begins.
    fn paths<'r>(&'r self, words: &'r [String]) -> impl Iterator<Item = String> + 'r {
        let words = words.iter().skip(1).filter(|word| !word.starts_with('-'));
        words.map(|word| {
            let end = word.find(['*', '?', '[', '$', '{']).unwrap_or(word.len());
            let fixed = &word[..end];
            let fixed =
                if end < word.len() { fixed.rfind('/').map_or("", |slash| &fixed[..=slash]) } else { fixed };
            let is_elsewhere = self.commands.iter().any(|words| words[0] == "cd");
            match (&self.folder, fixed.starts_with('/') || (fixed.is_empty() && word.starts_with('/'))) {
                (_, true) => join("/", fixed),
                (Some(folder), false) if !is_elsewhere => join(folder, fixed),
                (_, false) => "/".to_owned(),
            }
        })
    }
}
