//! # A variable that nothing sets
//!
//! The builder replaces a variable that it does not know by nothing: `COPY $SORCE /app` copies the whole context. What
//! counts is what `ARG` and `ENV` said above in the same stage, or in the stages below it; an `ARG` before the first
//! `FROM` holds for the `FROM` lines alone, until a stage repeats its name.
//!
//! ```dockerfile bad
//! ARG VERSION=2.1
//! FROM debian:13
//! ENV APP_VERSION=$VERSION
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! ARG VERSION=2.1
//! FROM debian:13
//! ARG VERSION
//! ENV APP_VERSION=$VERSION
//! USER 1000
//! ```

use crate::diagnostic::{Diagnostic, nearest};
use crate::lint::dockerfile::image::ImageName;
use crate::lint::dockerfile::{roots, steps_of};
use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::{Base, Dockerfile, Expanded, Stage};
use crate::source::{SourceMap, Span};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::Args;

pub(super) const CODE: &str = "docker-undefined-variable";

/// Images that set no variables but `PATH`, and those whose variables begin so. Source: their Dockerfiles in
/// docker-library.
const IMAGES: &[(&str, &[&str])] = &[
    ("alpine", &[]),
    ("busybox", &[]),
    ("debian", &[]),
    ("ubuntu", &[]),
    ("node", &["NODE_", "YARN_"]),
    ("python", &["PYTHON", "LANG", "GPG_KEY", "PIP_"]),
    ("golang", &["GO", "PATH"]),
    ("nginx", &["NGINX_", "NJS_", "PKG_", "DYNPKG_", "ACME_"]),
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        for stage in &dockerfile.stages {
            from(dockerfile, stage, findings);
        }
        let roots = roots(dockerfile);
        for place in steps_of(dockerfile) {
            let step = place.step;
            let flags = step.flags.iter().map(|(_, word)| word);
            for (index, word) in step.words.iter().chain(flags).enumerate() {
                for name in &word.undeclared {
                    let own = own_name(&step.instruction.args, index);
                    // `PATH=$PATH:/x` adds to what may be there.
                    if own == Some(name.as_str()) || !is_surely_unset(roots[place.stage_index], name) {
                        continue;
                    }
                    let known = step.before.variables.keys().map(String::as_str);
                    let mut found = unset(word, name, step.instruction.keyword, findings);
                    let global = dockerfile.args.iter().find(|arg| arg.name.value == *name);
                    found = match (global, nearest(name, known)) {
                        (Some(global), _) => {
                            let arg = format!("ARG {name}");
                            let edit = edits::line_behind(whole.sources, place.stage.span, &arg);
                            found
                                .label(global.name.span, "holds for the `FROM` lines alone")
                                .help(format!("write `ARG {name}` in the stage, below its `FROM`"))
                                .in_stack(format!("write `arg {name}` in the stage, below its `base`"))
                                .may_unsafe_fix(
                                    format!("declare `{name}` in the stage"),
                                    edit.map(|edit| vec![edit]),
                                )
                        }
                        (None, Some(near)) => found.help(format!("did you mean `${near}`?")).may_unsafe_fix(
                            format!("write `${near}`"),
                            renamed(whole.sources, word, name, near),
                        ),
                        (None, None) => found
                            .help(format!("declare it above with `ARG {name}` or `ENV {name}=...`"))
                            .in_stack(format!("declare it above with `arg {name}` or in `env`")),
                    };
                    findings.push(found);
                }
            }
        }
    }
}

/// A finding about a variable that nothing sets.
fn unset(word: &Expanded, name: &str, keyword: Keyword, findings: &Findings<'_>) -> Diagnostic {
    findings
        .at(word.span, format!("nothing sets `${name}` here"))
        .note(format!("`{}` gets nothing in its place", keyword.name()))
}

/// Another name wherever a word has the first.
fn renamed(sources: &SourceMap, word: &Expanded, name: &str, near: &str) -> Option<Vec<(Span, String)>> {
    let text = sources.text(word.span);
    let braced = text.replace(&format!("${{{name}}}"), &format!("${{{near}}}"));
    let is_bare = text.ends_with(&format!("${name}"));
    let bare = || text.replace(&format!("${name}"), &format!("${near}"));
    let new = if braced != text {
        braced
    } else if is_bare {
        bare()
    } else {
        return None;
    };
    Some(vec![(word.span, new)])
}

/// `FROM` with a variable that no `ARG` above the first `FROM` declares.
fn from(dockerfile: &Dockerfile, stage: &Stage, findings: &mut Findings<'_>) {
    for word in stage.platform.iter().chain([&stage.from]) {
        for name in &word.undeclared {
            let args = dockerfile.args.iter().map(|arg| arg.name.value.as_str());
            let found = findings
                .at(word.span, format!("no `ARG` before the first `FROM` declares `${name}`"))
                .note("`FROM` knows these alone and those of the platform, and gets nothing in its place");
            let help = match nearest(name, args.chain(PLATFORMS.iter().copied())) {
                Some(near) => format!("did you mean `${near}`?"),
                None => format!("write `ARG {name}=...` above the first `FROM`"),
            };
            findings.push(found.help(help));
        }
    }
}

/// The arguments that `FROM` knows without a declaration and that a platform is made of.
const PLATFORMS: &[&str] = &["BUILDPLATFORM", "TARGETPLATFORM"];

/// The name that the word of that number is the value of.
fn own_name(args: &Args, index: usize) -> Option<&str> {
    match args {
        Args::Pairs { pairs, .. } => Some(pairs.get(index)?.name.text.as_str()),
        Args::Declarations(declarations) => {
            let mut with_default = declarations.iter().filter(|declaration| declaration.default.is_some());
            Some(with_default.nth(index)?.name.text.as_str())
        }
        _ => None,
    }
}

/// Whether neither the image below a stage nor the builder gives the variable a value.
fn is_surely_unset(root: &Base, name: &str) -> bool {
    if name == "PATH" {
        return false;
    }
    match root {
        Base::Scratch => true,
        Base::Stage(_) | Base::Unknown => false,
        Base::Image(image) => {
            let official = ImageName::of(image).official();
            let known = IMAGES.iter().find(|(image, _)| *image == official);
            known.is_some_and(|(_, prefixes)| !prefixes.iter().any(|prefix| name.starts_with(prefix)))
        }
    }
}
