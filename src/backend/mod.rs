//! Printers of artefacts. They run only on a deployment without errors and cannot fail for a user's reason.

pub mod compose;
pub mod dockerfile;
pub mod dockerignore;
pub mod env_example;
pub mod escape;
mod features;
pub mod nginx;
pub mod template;

pub use features::features;

use std::path::{Path, PathBuf};

use crate::model::Deployment;
use crate::source::Origin;

/// What reads an emitted file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Compose.
    Compose,
    /// The builder of images.
    Dockerfile,
    /// The builder, for what of a folder it does not see.
    Dockerignore,
    /// People.
    EnvExample,
    /// nginx.
    Nginx,
}

/// One emitted file.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// What reads it.
    pub kind: Kind,
    /// Relative to the output folder, with `/`.
    pub path: String,
    /// The content, ending in a newline.
    pub text: String,
    /// For each line the origins that made it, in order. A blank line belongs to the line that it precedes.
    pub lines: Vec<Vec<Origin>>,
}

impl Artifact {
    /// A file whose lines know why they are there, but for those that only part or close something.
    pub(crate) fn new(
        kind: Kind,
        path: impl Into<String>,
        text: String,
        mut lines: Vec<Vec<Origin>>,
    ) -> Self {
        let mut following = lines.iter().rfind(|of_line| !of_line.is_empty()).cloned().unwrap_or_default();
        for of_line in lines.iter_mut().rev() {
            if of_line.is_empty() {
                of_line.clone_from(&following);
            } else {
                following.clone_from(of_line);
            }
        }
        Self { kind, path: path.into(), text, lines }
    }
}

/// Where the files will stand; both absolute. Used to write relative paths, never printed.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The folder of the stack file.
    pub stack_dir: PathBuf,
    /// The folder that artefacts are written to.
    pub out_dir: PathBuf,
    /// The stack file's path from the output folder, for the headers.
    pub stack_file: String,
}

impl Layout {
    /// The relative path from `from` to `to`, both absolute and normal, with `/`; `.` if they are the same.
    pub fn relative(from: &Path, to: &Path) -> String {
        let from: Vec<_> = from.components().collect();
        let to: Vec<_> = to.components().collect();
        let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
        let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let parts: Vec<String> = up.chain(down).collect();
        if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
    }
}

/// Something that an artefact has no way to say.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What it is about.
    pub origin: Origin,
    /// Why it cannot be written.
    pub why: &'static str,
}

/// What the languages of the artefacts cannot express. Without these, [`emit`] cannot fail.
pub fn refusals(deployment: &Deployment) -> Vec<Refusal> {
    let steps = deployment.builds.iter().flat_map(|build| {
        let stages = build.dockerfile.stages.iter().flat_map(|stage| &stage.steps);
        build.dockerfile.globals.iter().chain(stages)
    });
    let steps = steps.flat_map(dockerfile::refusals);
    steps.chain(deployment.directives().flat_map(|(_, conf)| nginx::refusals(conf))).collect()
}

/// Every artefact of a deployment, in order of path.
pub fn emit(deployment: &Deployment, layout: &Layout) -> Vec<Artifact> {
    let mut artifacts = vec![compose::emit(&deployment.compose, layout)];
    for build in &deployment.builds {
        artifacts.push(dockerfile::emit(build, layout));
        if !build.ignore.is_empty() {
            artifacts.push(dockerignore::emit(build, layout));
        }
    }
    artifacts.extend(deployment.directives().map(|(path, conf)| nginx::emit(path, conf, layout)));
    artifacts.extend(env_example::emit(deployment, layout));
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    artifacts
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use std::path::Path;

    #[test]
    fn relative_paths_climb_and_descend() {
        let relative = |a: &str, b: &str| Layout::relative(Path::new(a), Path::new(b));
        assert_eq!(relative("/p/out", "/p"), "..");
        assert_eq!(relative("/p", "/p"), ".");
        assert_eq!(relative("/p/app", "/p/out/docker/web/Dockerfile"), "../out/docker/web/Dockerfile");
    }
}
