//! Artefacts that have a path of their own: where compose's file goes, and files of nginx. Each path has one file.

use std::collections::BTreeMap;

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::nginx::ConfDraft;
use crate::diagnostic::Diagnostic;
use crate::model::compose::Compose;
use crate::model::nginx::Included;
use crate::model::path::HostPath;
use crate::schema::{BlockRule, Kind};
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

impl<'t> Context<'_, 't> {
    /// An argument as the path of an artefact: a file, from the stack file's folder.
    pub(crate) fn artefact_path(&mut self, arg: &Arg) -> Option<HostPath> {
        let path = self.project_path(arg)?;
        let text = path.as_str();
        let is_file = !matches!(text.rsplit('/').next(), None | Some("." | ".."))
            && !text.contains('\\')
            && !arg.as_word().is_some_and(|word| word.ends_with('/'));
        if is_file {
            return Some(path);
        }
        self.wrong_type(arg, "the path of a file", "deploy/compose.yml");
        None
    }

    /// `output compose PATH`
    pub(crate) fn output(&mut self, fitted: &[Fitted<'t>], compose: &mut Compose) {
        for fit in fitted.iter().filter(|fit| fit.row.id == "output-compose") {
            compose.path = self.artefact_path(fit.arg(0)).map(|path| At::new(path, fit.origin));
        }
    }

    /// Every `nginx PATH in CONTEXT { }` of the file.
    pub(crate) fn describe_nginx(
        &mut self,
        fitted: &[Fitted<'t>],
        drafts: &[Draft<'t>],
    ) -> Vec<(Included, Origin)> {
        let mut files = Vec::new();
        for fit in fitted {
            let (BlockRule::Must(kind @ Kind::Nginx(context)), true) =
                (fit.row.block, fit.row.head() == "nginx")
            else {
                continue;
            };
            let mut conf = ConfDraft::file();
            let inner = self.block_of(fit.statement, kind);
            self.nginx_words(&inner, None, &mut conf, drafts);
            self.settle_passes(&mut conf);
            let (conf, unsaid) = conf.finish_file(context, self.origins);
            if let Some(span) = unsaid.and_then(|origin| self.origins.span(origin)) {
                self.sink.push(
                    Diagnostic::error(codes::INEXPRESSIBLE, "nginx cannot say this `$` in this file", span)
                        .note("nginx has no escape for `$`; a variable that holds one is made in `http`")
                        .help("leave it out, or write it where `http` is"),
                );
            }
            if let Some(path) = self.artefact_path(fit.arg(0)) {
                files.push((Included { path: path.as_str().to_owned(), context, conf }, fit.origin));
            }
        }
        files
    }

    /// Reports what is to be written where something else is; what nobody wrote a path for comes first.
    pub(crate) fn check_artefact_paths(&mut self, paths: &[(&str, Option<Origin>)]) {
        let mut taken: BTreeMap<&str, Option<Origin>> = BTreeMap::new();
        for (path, origin) in paths {
            let (Some(first), Some(span)) =
                (taken.insert(path, *origin), origin.and_then(|origin| self.origins.span(origin)))
            else {
                continue;
            };
            let mut diagnostic =
                Diagnostic::error(codes::CONFLICT, format!("`{path}` would be written twice"), span)
                    .help("give one of the two another path");
            if let Some(first) = first.and_then(|first| self.origins.span(first)) {
                diagnostic = diagnostic.label(first, "the other one");
            }
            self.sink.push(diagnostic);
        }
    }
}
