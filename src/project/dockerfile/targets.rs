//! Which stage a build makes, and which others it needs for that.

use super::{Base, Dockerfile, mounts};
use crate::syntax::dockerfile::keyword::Keyword;

/// What a name in `--from` or `target` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A stage, by its place.
    Stage(usize),
    /// A number that no stage has.
    NoSuchNumber,
    /// No stage: a named context or an image.
    Other,
}

impl Dockerfile {
    /// The stage that is built: the one of that name or, without one, the last.
    pub fn target(&self, name: Option<&str>) -> Option<usize> {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return self.stages.len().checked_sub(1);
        };
        match self.named(name) {
            Target::Stage(index) => Some(index),
            Target::NoSuchNumber | Target::Other => None,
        }
    }

    /// The stage that `--from` or `target` names: by its name in any case, the last of several, or by its number.
    ///
    /// Source: `BuildKit`, frontend/dockerfile/dockerfile2llb/convert.go, `toCommand` and `findStateByName`.
    pub fn named(&self, name: &str) -> Target {
        if let Ok(index) = name.parse::<usize>() {
            return if index < self.stages.len() { Target::Stage(index) } else { Target::NoSuchNumber };
        }
        self.names.get(&name.to_lowercase()).copied().map_or(Target::Other, Target::Stage)
    }

    /// The stages that are built for `target`, itself among them, in order: those that it builds on, copies from or
    /// mounts, and what these need.
    pub fn needed(&self, target: usize) -> Vec<usize> {
        self.needed_by([target])
    }

    /// The stages that are built for any of several targets, in order.
    pub fn needed_by(&self, targets: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut is_needed = vec![false; self.stages.len()];
        let mut open: Vec<usize> = targets.into_iter().collect();
        while let Some(index) = open.pop() {
            let Some(stage) = self.stages.get(index) else { continue };
            if std::mem::replace(&mut is_needed[index], true) {
                continue;
            }
            if let Base::Stage(base) = stage.base {
                open.push(base);
            }
            let names = stage.steps.iter().flat_map(super::Step::sources);
            open.extend(names.filter_map(|name| match self.named(name) {
                Target::Stage(other) => Some(other),
                Target::NoSuchNumber | Target::Other => None,
            }));
        }
        (0..self.stages.len()).filter(|index| is_needed[*index]).collect()
    }
}

impl super::Step {
    /// The names that it takes files from: `COPY --from`, `RUN --mount=from=`.
    pub fn sources(&self) -> Vec<&str> {
        match self.instruction.keyword {
            Keyword::Copy => {
                let from = self.instruction.flag("from").and_then(|flag| flag.value.as_ref());
                from.map(|from| from.text.as_str()).into_iter().collect()
            }
            Keyword::Run => mounts(&self.instruction).filter_map(|mount| mount.from).collect(),
            _ => Vec::new(),
        }
    }
}
