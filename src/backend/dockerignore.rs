//! Prints the `.dockerignore` that belongs to a Dockerfile.

use super::escape::comment;
use super::template::plain::Plain;
use super::{Artifact, Kind, Layout};
use crate::model::dockerfile::BuildFile;

/// `PATH.dockerignore`, which `BuildKit` reads beside the Dockerfile at `PATH`. The patterns are written as they
/// are: they are patterns already, of Go's `filepath.Match` with `**` and `!` (moby/patternmatcher, `ignorefile`).
pub fn emit(build: &BuildFile, layout: &Layout) -> Artifact {
    let mut plain = Plain::headed(&layout.stack_file);
    plain.push("", Vec::new());
    for pattern in &build.ignore {
        plain.push(&comment(&pattern.value), vec![pattern.origin]);
    }
    plain.into_artifact(Kind::Dockerignore, format!("{}.dockerignore", build.path))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::compose::Context;
    use crate::model::dockerfile::Dockerfile;
    use crate::model::names::ServiceName;
    use crate::model::path::HostPath;
    use crate::source::{At, Origins};

    #[test]
    fn patterns_are_written_as_they_are() {
        let origin = Origins::default().by_default("test", None);
        let build = BuildFile {
            path: "docker/web/Dockerfile".to_owned(),
            service: ServiceName::parse("web").ok(),
            context: Context::Host(HostPath::parse(".").unwrap()),
            dockerfile: Dockerfile { directives: Vec::new(), globals: Vec::new(), stages: Vec::new() },
            ignore: ["*", "!static/**", ".env\n!.env"]
                .map(|pattern| At::new(pattern.to_owned(), origin))
                .into(),
        };
        let layout = Layout {
            stack_dir: PathBuf::from("/p"),
            out_dir: PathBuf::from("/p"),
            stack_file: "x.stack".to_owned(),
        };
        let artifact = emit(&build, &layout);
        assert_eq!(artifact.path, "docker/web/Dockerfile.dockerignore");
        assert!(artifact.text.ends_with("here.\n\n*\n!static/**\n.env !.env\n"), "{}", artifact.text);
        assert_eq!(artifact.lines.last(), Some(&vec![origin]));
    }
}
