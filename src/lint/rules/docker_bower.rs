//! # A package manager that is no longer maintained
//!
//! Bower, `easy_install`, typings and tsd are given up by those who wrote them: what they fetch is not checked against a lock
//! file, their registries lose packages, and holes in them are not closed.
//!
//! ```dockerfile bad
//! FROM node:24-slim
//! RUN npm install -g bower && bower install --allow-root
//! USER node
//! ```
//!
//! ```dockerfile good
//! FROM node:24-slim
//! COPY package.json package-lock.json ./
//! RUN npm ci
//! USER node
//! ```

use crate::lint::dockerfile::commands::{Command, commands};
use crate::lint::dockerfile::steps_of;
use crate::lint::{Findings, Whole};
use crate::source::Span;

pub(super) const CODE: &str = "docker-bower";

/// The program, and what takes its place.
const GIVEN_UP: &[(&str, &str)] = &[
    ("bower", "npm, which has had the packages of Bower for years"),
    ("easy_install", "pip"),
    ("typings", "the packages below `@types` in npm"),
    ("tsd", "the packages below `@types` in npm"),
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        for (program, instead) in GIVEN_UP {
            let uses: Vec<(Span, bool)> = steps_of(dockerfile)
                .flat_map(|place| commands(place.step, whole.sources))
                .filter_map(|command| used(&command, program))
                .collect();
            let Some(((first, _), others)) = uses.split_first() else { continue };
            let is_as_root = uses.iter().any(|(_, as_root)| *as_root);
            let mut found = findings
                .at(*first, format!("`{program}` is no longer maintained"))
                .note(if is_as_root {
                    "holes in it are not closed, and here it is root, with every script of every package"
                } else {
                    "holes in it are not closed, and what it fetches is not locked"
                })
                .help(format!("move to {instead}"));
            for (other, _) in others {
                found = found.label(*other, "here, too");
            }
            findings.push(found);
        }
    }
}

/// Where a command uses or installs a program, and whether it says that it is root.
fn used(command: &Command, program: &str) -> Option<(Span, bool)> {
    let is_it = command.program == program;
    let installs = matches!(command.program.as_str(), "npm" | "yarn" | "pnpm")
        && command.has(&["install", "i", "add"])
        && command.operands().any(|word| word.text.split('@').next() == Some(program));
    (is_it || installs).then(|| (command.span, command.has(&["--allow-root"])))
}
