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
use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-git-clone-moving";

/// Branches that move, by their names.
const BRANCHES: &[&str] =
    &["main", "master", "develop", "dev", "trunk", "HEAD", "next", "staging", "production"];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole) {
        let all = commands(place.step, whole.sources);
        // A checkout may follow in a later step.
        let later =
            place.stage.steps.iter().skip_while(|step| step.instruction.span != place.step.instruction.span);
        let is_pinned = later.flat_map(|step| commands(step, whole.sources)).any(|command| pins(&command));
        for clone in all.iter().filter(|command| command.program == "git" && command.has(&["clone"])) {
            let branch = branch(clone);
            let moves = branch.is_none_or(|word| BRANCHES.contains(&word.text.as_str()));
            if is_pinned || !moves || clone.has(&["--mirror", "--help"]) {
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
                .note("the text of the step does not change when the branch does, so that its layer is taken from the cache")
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
