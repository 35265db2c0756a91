//! `exported`: the entrypoint that sets a secret when the program starts, which needs to know what would have run.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::images::KnownImage;
use crate::diagnostic::Diagnostic;
use crate::model::compose::{Command, Entrypoint, EnvValue};
use crate::model::names::EnvName;
use crate::model::values::Text;
use crate::source::{At, Origin};

impl<'t> Context<'_, 't> {
    /// Puts the exporting entrypoint in front of what the service would run.
    pub(crate) fn export(&mut self, draft: &mut Draft<'t>) {
        let exported: Vec<&At<EnvName>> = draft
            .service
            .environment
            .iter()
            .filter(|env| matches!(env.value, EnvValue::Exported(_)))
            .map(|env| &env.name)
            .collect();
        let Some(first) = exported.first() else { return };
        let (variable, cause) = (first.value.clone(), first.origin);
        let origins: Vec<Origin> =
            exported.iter().map(|name| self.origins.lowered("exporting-entrypoint", name.origin)).collect();
        let entrypoint = match &draft.service.entrypoint {
            Some(Entrypoint::Plain(command)) => Some(command.clone()),
            Some(Entrypoint::Exporting { .. }) => return,
            None => draft.image_runs.entrypoint.clone(),
        };
        let replaced = matches!(draft.service.entrypoint, Some(Entrypoint::Plain(_)));
        let command = draft
            .service
            .command
            .clone()
            .or_else(|| if replaced { None } else { draft.image_runs.command.clone() });
        let in_doubt = draft.image_in_doubt() || draft.doubt.covers(&["command", "entrypoint"]);
        if command.is_none() && entrypoint.is_none() && !in_doubt {
            let span = self.origins.span(cause).unwrap_or_else(|| draft.statement.line_span());
            self.sink.push(
                Diagnostic::error(codes::SECRET_EXPORT, format!("`{variable}` cannot be exported"), span)
                    .here(format!("what the image of `{}` runs is not known", draft.name()))
                    .note("`exported` works by an entrypoint that reads the secret and then runs the command")
                    .help("add the `command` (and the `entrypoint`, if the image has one) to the service"),
            );
            return;
        }
        let then = entrypoint.map_or_else(Vec::new, |command| words(command, origins[0]));
        draft.service.entrypoint = Some(Entrypoint::Exporting { then, origins });
        draft.service.command = command;
    }

    /// What an image of the knowledge table runs by itself.
    pub(crate) fn known_runs(
        &mut self,
        known: Option<&'static KnownImage>,
        parent: Origin,
    ) -> super::draft::ImageRuns {
        let Some(known) = known else { return super::draft::ImageRuns::default() };
        let origin = self.origins.by_default("image-runs", Some(parent));
        let exec = |words: &[&str]| {
            let words: Vec<Text> = words.iter().map(|word| Text::literal(*word, origin)).collect();
            (!words.is_empty()).then(|| At::new(Command::Exec(words), origin))
        };
        super::draft::ImageRuns { entrypoint: exec(known.entrypoint), command: exec(known.command) }
    }
}

fn words(command: At<Command>, origin: Origin) -> Vec<Text> {
    match command.value {
        Command::Exec(words) => words,
        Command::Shell(text) => vec![Text::literal("/bin/sh", origin), Text::literal("-c", origin), text],
    }
}
