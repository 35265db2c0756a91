//! `copy`, `add` and `file`: the steps that put files into the image.

use super::codes;
use super::context::Context;
use super::fitting::Fitted;
use super::frontend::Before;
use super::names::{STAGE, report_unknown};
use super::steps::StageDraft;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::build_scalar::{Checksum, Mode, Owner};
use crate::model::dockerfile::{Add, Copy, CopyFlags, CopyFrom, InlineFile};
use crate::model::image::ImageRef;
use crate::model::names::StageName;
use crate::model::values::{Part, Text};
use crate::schema::Kind;
use crate::syntax::stack::tree::Arg;

impl<'t> Context<'_, 't> {
    pub(crate) fn copy(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<Copy> {
        let options = self.step_options(fit, Kind::Copy, before, stage);
        let flags = self.copy_flags(&options);
        let from = match fit.row.id {
            "copy-stage" => Some(self.stage_source(fit.arg(2), before, stage)?),
            "copy-image" => Some(CopyFrom::Image(self.typed::<ImageRef>(fit.arg(2), Reader::Build)?.text)),
            _ => None,
        };
        let sources = self.sources(fit, from.is_none())?;
        let target = self.target(fit.arg(1), sources.len())?;
        let mut copy = Copy::new(from, sources, target);
        copy.flags = flags;
        copy.parents = options.iter().find(|option| option.row.head() == "parents").map(is_on);
        Some(copy)
    }

    pub(crate) fn add(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<Add> {
        let options = self.step_options(fit, Kind::Add, before, stage);
        let flags = self.copy_flags(&options);
        let sum = options.iter().find(|option| option.row.head() == "checksum");
        let checksum = sum.and_then(|option| self.typed::<Checksum>(option.arg(0), Reader::Build));
        let sources = self.sources(fit, true)?;
        let target = self.target(fit.arg(1), sources.len())?;
        let local = |text: &Text| text.as_literal().is_some_and(|text| !is_remote(text));
        if let Some(option) = sum.filter(|_| sources.len() > 1 || sources.iter().any(local)) {
            self.sink.push(
                Diagnostic::error(
                    codes::CONFLICT,
                    "a checksum is that of one URL or repository",
                    option.span(),
                )
                .label(fit.span(), "adds something else")
                .help("write an `add` of its own for what is fetched"),
            );
        }
        let switch = |head| options.iter().find(|option| option.row.head() == head).map(is_on);
        Some(Add {
            flags,
            checksum: checksum.map(|sum| sum.text),
            keep_git_dir: switch("keep-git-dir"),
            unpack: switch("unpack"),
            sources,
            target,
        })
    }

    pub(crate) fn inline_file(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &StageDraft,
    ) -> Option<InlineFile> {
        let options = self.step_options(fit, Kind::InlineFile, before, stage);
        let flags = self.copy_flags(&options);
        let content = self.text(fit.arg(1), Reader::Build, Exposure::Layer);
        let path = self.text(fit.arg(0), Reader::Build, Exposure::Layer)?;
        let folder = |text: &str| text.is_empty() || text.ends_with('/') || matches!(text, "." | "..");
        if path.as_literal().is_some_and(folder) {
            self.wrong_type(fit.arg(0), "the path of a file in the image", "/etc/motd");
            return None;
        }
        Some(InlineFile { flags, path, content: content? })
    }

    /// What `copy`, `add` and `file` have in common; what is wrong is left out.
    fn copy_flags(&mut self, options: &[Fitted<'t>]) -> CopyFlags {
        let mut flags = CopyFlags::default();
        for option in options {
            match option.row.head() {
                "chown" => {
                    flags.chown = self.typed::<Owner>(option.arg(0), Reader::Build).map(|owner| owner.text);
                }
                "chmod" => {
                    flags.chmod = self.typed::<Mode>(option.arg(0), Reader::Build).map(|mode| mode.text);
                }
                "link" => flags.link = Some(is_on(option)),
                "exclude" => {
                    for arg in option.bound.rest(0) {
                        let Some(pattern) = self.layer_literal(arg) else { continue };
                        if pattern.as_literal() == Some("") {
                            self.wrong_type(arg, "a pattern", "*.md");
                        }
                        flags.exclude.push(pattern);
                    }
                }
                _ => {}
            }
        }
        flags
    }

    /// The sources; those of the context must be in it.
    fn sources(&mut self, fit: &Fitted<'t>, of_context: bool) -> Option<Vec<Text>> {
        let mut sources = Some(Vec::new());
        for arg in fit.bound.rest(0) {
            let Some(text) = self.text(arg, Reader::Build, Exposure::Layer) else {
                sources = None;
                continue;
            };
            let outside = |text: &str| {
                !(fit.row.id == "ADD" && is_remote(text))
                    && (text.starts_with('/') || text.split('/').any(|part| part == ".."))
            };
            if of_context && text.as_literal().is_some_and(outside) {
                let head = fit.row.head();
                self.sink.push(
                    Diagnostic::error(
                        codes::PATH_OUTSIDE,
                        format!("`{head}` reaches only into the build context"),
                        arg.span,
                    )
                    .here("leads out of it")
                    .help("widen the context with `source`, or name the path from its folder"),
                );
                sources = None;
            }
            if let Some(sources) = &mut sources {
                sources.push(text);
            }
        }
        sources
    }

    /// Where they go; several need a folder.
    fn target(&mut self, arg: &Arg, sources: usize) -> Option<Text> {
        let mut target = self.text(arg, Reader::Build, Exposure::Layer)?;
        if sources > 1 && !target.as_literal().is_some_and(|t| t.ends_with('/')) {
            target.parts.push(Part::Lit("/".to_owned()));
            target = Text::from_parts(target.parts, target.origin);
        }
        Some(target)
    }

    /// An earlier stage. In `onbuild` it is one of the build that runs the step, which nobody knows here.
    fn stage_source(&mut self, arg: &Arg, before: Before<'_>, stage: &StageDraft) -> Option<CopyFrom> {
        if stage.is_trigger {
            return self.name(arg, StageName::parse).map(CopyFrom::Stage);
        }
        let text = self.plain(arg)?;
        if let Some(name) = before.stage(&text) {
            return Some(CopyFrom::Stage(name.clone()));
        }
        if (0..before.stages.len()).any(|number| number.to_string() == text) {
            return Some(CopyFrom::Numbered(text));
        }
        let names = before.stages.iter().filter_map(|stage| Some(stage.name.as_ref()?.value.as_str()));
        report_unknown(self.sink, &self.names, &STAGE, names, &text, arg.span);
        None
    }

    /// Where a mount takes its files from: an earlier stage, or an image.
    pub(crate) fn mount_from(&mut self, arg: &Arg, before: Before<'_>) -> Option<CopyFrom> {
        if let Some(name) = arg.as_word().and_then(|word| before.stage(word)) {
            return Some(CopyFrom::Stage(name.clone()));
        }
        Some(CopyFrom::Image(self.typed::<ImageRef>(arg, Reader::Build)?.text))
    }
}

impl<'s> Before<'s> {
    /// The earlier stage that a stage starts from, if it is none from an image.
    pub(crate) fn base_of(self, stage: &StageDraft) -> Option<&'s StageDraft> {
        let base = stage.base.as_ref().and_then(Text::as_literal)?;
        let is_named =
            |other: &&StageDraft| other.name.as_ref().is_some_and(|name| name.value.as_str() == base);
        self.stages.iter().find(is_named)
    }

    /// The name of an earlier stage, if it is one.
    fn stage(self, name: &str) -> Option<&'s StageName> {
        let names = self.stages.iter().filter_map(|stage| Some(&stage.name.as_ref()?.value));
        names.into_iter().find(|other| other.as_str() == name)
    }
}

/// Whether an option that may say `on` or `off` is on.
pub(crate) fn is_on(option: &Fitted<'_>) -> bool {
    !option.bound.has("off")
}

/// Whether `ADD` fetches what a source names. Source: `BuildKit`, `dockerfile2llb/convert_copy.go` and
/// `util/gitutil/git_url.go`.
pub(crate) fn is_remote(source: &str) -> bool {
    let scheme = source.split_once("://").map(|(scheme, _)| scheme);
    let host = source.split(':').next().unwrap_or_default();
    matches!(scheme, Some("http" | "https" | "ssh" | "git"))
        || (source.contains(':') && host.contains('@') && !host.contains('/'))
        || source.starts_with("github.com/")
}

#[cfg(test)]
mod tests {
    use super::is_remote;

    #[test]
    fn what_is_fetched_is_told_from_paths() {
        for source in
            ["https://example.org/a.tar", "git@example.org:a/b.git#v1", "ssh://git@example.org/a.git"]
        {
            assert!(is_remote(source), "{source}");
        }
        for source in ["a", "./a:b", "a@b", "../x@y:z", "c/d@e:f"] {
            assert!(!is_remote(source), "{source}");
        }
    }
}
