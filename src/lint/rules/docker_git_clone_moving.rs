//! # A clone that is fetched once and kept
//!
//! The builder takes a layer from its cache as long as its text is the same. `RUN git clone` of a branch has the same text
//! every day: the first build fetches it, and every later one goes on with what was fetched then, until the cache is
//! cleared somewhere and another commit comes. A tag or a commit says what is meant, and changes the text when it changes.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN git clone https://example.org/team/app.git /srv/app
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN git clone --branch v2.1.0 --depth 1 https://example.org/team/app.git /srv/app
//! USER 1000
//! ```

use crate::lint::dockerfile::commands::{Command, Word, commands};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-git-clone-moving";

/// Branches that move, by their names.
const BRANCHES: &[&str] =
    &["main", "master", "develop", "dev", "trunk", "HEAD", "next", "staging", "production"];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for stage in whole.project.dockerfiles.iter().flat_map(|dockerfile| &dockerfile.stages) {
        let steps = stage.steps.iter().filter(|step| !step.is_trigger);
        let all: Vec<Command> = steps.flat_map(|step| commands(step, whole.sources)).collect();
        // A checkout may follow in a later step.
        let last_pin = all.iter().rposition(pins);
        for (index, clone) in all.iter().enumerate() {
            let branch = branch(clone);
            let moves = branch.is_none_or(|word| BRANCHES.contains(&word.text.as_str()));
            let is_clone = clone.program == "git" && clone.has(&["clone"]);
            let is_pinned = last_pin.is_some_and(|pin| pin > index);
            if !is_clone || !moves || is_pinned || clone.has(&["--mirror", "--help"]) {
                continue;
            }
            let what = match branch {
                Some(branch) => {
                    format!("the branch `{}` is cloned once and then kept in the cache", branch.text)
                }
                None => "what is cloned depends on the day of the first build".to_owned(),
            };
            let found = findings
                .at(clone.span, what)
                .note("the text of the step stays the same when the branch moves, and its layer comes from the cache")
                .help("name a tag: `git clone --branch v1.2.3`, or check a commit out in the same `RUN`");
            findings.push(found);
        }
    }
}

/// The value of `--branch`.
fn branch(clone: &Command) -> Option<&Word> {
    let args = &clone.args;
    let at = args.iter().position(|word| {
        matches!(word.text.as_str(), "-b" | "--branch" | "--revision") || word.text.starts_with("--branch=")
    })?;
    if args[at].text.contains('=') { args.get(at) } else { args.get(at + 1) }
}

/// Whether a command takes a commit or a tag out of what was cloned.
fn pins(command: &Command) -> bool {
    let moves = |word: &Word| BRANCHES.iter().any(|branch| word.text.ends_with(branch));
    command.program == "git"
        && command.has(&["checkout", "reset", "switch", "fetch", "submodule"])
        && command.operands().last().is_some_and(|word| !moves(word))
}
