//! Paths of the host. The model gives them from the stack file's folder, compose reads them from its file's folder.

use std::path::{Component, Path, PathBuf};

use super::interpolate::{self, literal};
use crate::backend::Layout;
use crate::model::compose::{Build, Compose, Context, DockerfileRef};
use crate::model::path::HostPath;
use crate::model::values::{Part, Text, Var, VarOp};

/// The folder that compose reads paths from.
pub(super) struct Folder<'a> {
    layout: &'a Layout,
    /// Absolute.
    path: PathBuf,
}

impl<'a> Folder<'a> {
    /// That of the file of `compose`.
    pub(super) fn of(layout: &'a Layout, compose: &Compose) -> Self {
        Self { layout, path: normal(&layout.out_dir.join(compose.folder())) }
    }
}

impl Folder<'_> {
    /// A path of the host as compose reads it: `./a`, `../a`, or unchanged if it is absolute or begins with `~`.
    pub(super) fn rebased(&self, path: &HostPath) -> String {
        if !path.is_relative() {
            return path.as_str().to_owned();
        }
        dotted(&Layout::relative(&self.path, &normal(&self.layout.stack_dir.join(path.as_str()))))
    }

    /// The same for a path with variables, interpolated. A variable at its beginning decides whether it is
    /// absolute; its default is rebased, and what a person sets is read from the output folder.
    pub(super) fn rebased_text(&self, text: &Text) -> String {
        let mut parts = text.parts.clone();
        match parts.first_mut() {
            Some(Part::Lit(start)) => {
                // Only the folder that the literal names in full may be normalised: `./a${X}` names `./`.
                let end =
                    if text.parts.len() == 1 { start.len() } else { start.rfind('/').map_or(0, |at| at + 1) };
                let (folder, rest) = start.split_at(end);
                let slash = if text.parts.len() > 1 { "/" } else { "" };
                *start = match self.rebased_literal(if folder.is_empty() { "." } else { folder }) {
                    Some(folder) => format!("{folder}{slash}{rest}"),
                    None => start.clone(),
                };
            }
            Some(Part::Var(Var { op: VarOp::Default(default), .. })) if !self.is_that_of_the_stack() => {
                if let Some(rebased) = self.rebased_literal(default) {
                    *default = rebased;
                }
            }
            Some(Part::Var(_)) | None => {}
        }
        interpolate::text(&Text::from_parts(parts, text.origin))
    }

    /// Whether paths are read here from where the stack file reads them.
    fn is_that_of_the_stack(&self) -> bool {
        normal(&self.layout.stack_dir) == normal(&self.path)
    }

    /// Where something emitted stands.
    fn emitted(&self, path: &str) -> PathBuf {
        normal(&self.layout.out_dir.join(path))
    }

    /// `None` for what is left as it is.
    fn rebased_literal(&self, path: &str) -> Option<String> {
        HostPath::parse(path).filter(HostPath::is_relative).map(|path| self.rebased(&path))
    }

    /// The folder that a build copies from, and the Dockerfile as compose reads it, from that folder; both interpolated.
    pub(super) fn build_paths(&self, build: &Build) -> (String, Option<String>) {
        let (context, folder) = match &build.context.value {
            Context::Host(path) => {
                (literal(&self.rebased(path)), normal(&self.layout.stack_dir.join(path.as_str())))
            }
            Context::Emitted(path) => {
                let folder = self.emitted(path);
                (literal(&dotted(&Layout::relative(&self.path, &folder))), folder)
            }
            Context::Elsewhere(text) if is_repository(text) => (interpolate::text(text), PathBuf::new()),
            Context::Elsewhere(text) => (self.rebased_text(text), PathBuf::new()),
        };
        // A dot alone is a number to some readers of YAML 1.1 and would have to be quoted.
        let context = if matches!(context.rsplit('/').next(), Some("." | "..")) {
            format!("{context}/")
        } else {
            context
        };
        let spelled = |path: &Path| {
            build.spelled.clone().filter(|spelled| normal(&folder.join(spelled)) == normal(path))
        };
        let dockerfile = match &build.dockerfile.value {
            DockerfileRef::Emitted(path) => {
                let path = self.emitted(path);
                Some(literal(&spelled(&path).unwrap_or_else(|| Layout::relative(&folder, &path))))
            }
            DockerfileRef::Kept(path) => {
                let spelled = spelled(&folder.join(path.as_str()));
                Some(literal(&spelled.unwrap_or_else(|| path.as_str().to_owned())))
            }
            DockerfileRef::Elsewhere(path) => path.as_ref().map(interpolate::text),
            DockerfileRef::Inline => None,
        };
        (context, dockerfile)
    }
}

/// Whether a build context is no path. Source: compose-go, `paths/context.go`.
pub(super) fn is_repository(context: &Text) -> bool {
    let Some(Part::Lit(start)) = context.parts.first() else { return false };
    start.contains("://") || ["github.com/", "git@"].iter().any(|known| start.starts_with(known))
}

/// `./` before a path that does not climb, so that compose takes it for a path and not for a name.
fn dotted(path: &str) -> String {
    HostPath::parse(path).map_or_else(|| path.to_owned(), |path| path.dotted())
}

/// Without `.` and `..`, by the letter: links are not followed.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::Scope;
    use crate::source::{At, Origins};

    fn layout(out_dir: &str) -> Layout {
        Layout {
            stack_dir: PathBuf::from("/p/app"),
            out_dir: PathBuf::from(out_dir),
            stack_file: "x.stack".to_owned(),
        }
    }

    /// The folder of a docker-compose.yml in the output folder.
    fn beside(layout: &Layout) -> Folder<'_> {
        Folder { layout, path: layout.out_dir.clone() }
    }

    #[test]
    fn paths_are_written_from_the_output_folder() {
        let rebased = |out_dir, path| beside(&layout(out_dir)).rebased(&HostPath::parse(path).unwrap());
        assert_eq!(rebased("/p/app", "secrets/a"), "./secrets/a");
        assert_eq!(rebased("/p/app", "."), ".");
        assert_eq!(rebased("/p/app/out", "secrets/a"), "../secrets/a");
        assert_eq!(rebased("/p", "secrets/a"), "./app/secrets/a");
        assert_eq!(rebased("/p/app/out", "../b"), "../../b");
        assert_eq!(rebased("/p/app/out", "/srv/a"), "/srv/a");
        assert_eq!(rebased("/p/app/out", "~/a"), "~/a");
    }

    #[test]
    fn paths_with_variables_keep_them() {
        let var = |op| Part::Var(Var { scope: Scope::Compose, name: "DATA".to_owned(), op, bare: false });
        let origin = Origins::default().by_default("test", None);
        let text = |parts| beside(&layout("/p/app/out")).rebased_text(&Text::from_parts(parts, origin));
        let lit = |text: &str| Part::Lit(text.to_owned());
        assert_eq!(text(vec![lit("./a$b")]), "../a$$b");
        assert_eq!(text(vec![lit("./data/x-"), var(VarOp::None), lit("/y")]), "../data/x-${DATA}/y");
        assert_eq!(text(vec![lit("x-"), var(VarOp::None)]), "../x-${DATA}");
        assert_eq!(text(vec![lit("/srv/x-"), var(VarOp::None)]), "/srv/x-${DATA}");
        assert_eq!(text(vec![var(VarOp::Default("./data".to_owned())), lit("/y")]), "${DATA:-../data}/y");
        assert_eq!(text(vec![var(VarOp::Default("/srv".to_owned())), lit("/y")]), "${DATA:-/srv}/y");
    }

    /// A build with nothing but its paths.
    fn build(context: Context, dockerfile: DockerfileRef) -> Build {
        let origin = Origins::default().by_default("test", None);
        Build {
            context: At::new(context, origin),
            dockerfile: At::new(dockerfile, origin),
            spelled: None,
            named_contexts: Vec::new(),
            args: Vec::new(),
            secrets: Vec::new(),
            extra: Vec::new(),
            origin,
        }
    }

    #[test]
    fn a_dockerfile_is_found_from_the_build_context() {
        let paths =
            |out_dir, context, dockerfile| beside(&layout(out_dir)).build_paths(&build(context, dockerfile));
        let host = |path| Context::Host(HostPath::parse(path).unwrap());
        let emitted = || DockerfileRef::Emitted("docker/web/Dockerfile".to_owned());
        let pair = |a: &str, b: &str| (a.to_owned(), Some(b.to_owned()));
        assert_eq!(paths("/p/app", host("."), emitted()), pair("./", "docker/web/Dockerfile"));
        assert_eq!(
            paths("/p/app/out", host("web"), emitted()),
            pair("../web", "../out/docker/web/Dockerfile")
        );
        let folder = Context::Emitted("docker/web".to_owned());
        assert_eq!(paths("/p/app/out", folder, emitted()), pair("./docker/web", "Dockerfile"));
        let kept = DockerfileRef::Kept(HostPath::parse("Dockerfile.prod").unwrap());
        assert_eq!(paths("/p/app/out", host("web"), kept), pair("../web", "Dockerfile.prod"));
    }

    #[test]
    fn paths_are_written_from_the_folder_of_the_file() {
        let layout = layout("/p/app");
        let folder = Folder { layout: &layout, path: PathBuf::from("/p/app/deploy") };
        assert_eq!(folder.rebased(&HostPath::parse("conf").unwrap()), "../conf");
        let build = build(
            Context::Emitted("docker/web".to_owned()),
            DockerfileRef::Emitted("docker/web/Dockerfile".to_owned()),
        );
        assert_eq!(folder.build_paths(&build), ("../docker/web".to_owned(), Some("Dockerfile".to_owned())));
    }
}
