//! Keys that a block of compose's own words cannot do without.

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::fitting::Contents;
use crate::model::compose::extra::{Extra, Value, find};
use crate::schema::{Kind, statement_of};
use crate::source::Span;
use crate::vocabulary::compose::keys_of;

/// A block and what came of it.
pub(super) struct Block<'b, 't> {
    pub(super) fitted: &'b Contents<'t>,
    pub(super) extras: &'b [Extra],
    /// What opens it.
    pub(super) opened: Span,
}

impl Block<'_, '_> {
    /// Whether a key is there, be its value right or wrong.
    fn says(&self, key: &str) -> bool {
        self.fitted.iter().any(|fit| fit.row.head() == key) || find(self.extras, key).is_some()
    }
}

/// Groups that say one of some keys, unless another is there.
const ONE_OF: &[(&str, &[&str], &str)] = &[("config", &["content", "environment", "file"], "external")];

/// Actions of `watch` that copy nothing, and so need no target.
const WITHOUT_TARGET: &[&str] = &["rebuild", "restart"];

impl<'t> Context<'_, 't> {
    /// Reports what a block lacks.
    pub(super) fn check_block_keys(&mut self, group: &'static str, block: &Block<'_, 't>) {
        for key in keys_of(group).iter().filter(|key| key.must && key.by.is_empty() && !block.says(key.name))
        {
            let message = format!("`{}` is missing {}", key.name, Kind::Compose(group).describe());
            self.report_lacking(block, &[key.name], message, &format!("for example `{}`", statement_of(key)));
        }
        for (_, keys, unless) in ONE_OF.iter().filter(|(of, ..)| *of == group) {
            self.check_choice(block, keys, unless);
        }
        let action = find(block.extras, "action").and_then(Value::as_str);
        if let Some(action) = action.filter(|_| group == "service.develop.watch[]")
            && !WITHOUT_TARGET.contains(&action)
            && !block.says("target")
            && !self.origins.span(block.extras[0].origin).is_some_and(|first| self.is_line_doubtful(first))
        {
            let message = format!("`target` is missing in `watch`: `{action}` copies files");
            self.report_lacking(block, &["target"], message, "for example `target /app/src`");
        }
    }

    /// Reports a block that says none, or several, of keys of which it must say one.
    fn check_choice(&mut self, block: &Block<'_, 't>, keys: &[&str], unless: &str) {
        let said: Vec<&Extra> =
            block.extras.iter().filter(|extra| keys.contains(&extra.key.as_str())).collect();
        match said.as_slice() {
            [first, second, ..] => {
                let places = (self.origins.span(second.origin), self.origins.span(first.origin));
                let (Some(at), Some(other)) = places else { return };
                self.sink.push(
                    Diagnostic::error(
                        codes::CONFLICT,
                        format!("compose refuses `{}` and `{}` together", first.key, second.key),
                        at,
                    )
                    .label(other, "the first")
                    .help("remove one of the two"),
                );
            }
            [_] => {}
            [] if block.says(unless) || keys.iter().any(|key| block.says(key)) => {}
            [] => {
                let choices: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                let message = format!("one of {} is missing here", choices.join(", "));
                let heads: Vec<&str> = keys.iter().copied().chain([unless]).collect();
                self.report_lacking(block, &heads, message, "for example `file ./site.conf`");
            }
        }
    }

    /// Reports that all of these keys are lacking.
    fn report_lacking(&mut self, block: &Block<'_, 't>, keys: &[&str], message: String, help: &str) {
        let heads: Vec<&str> = keys.iter().copied().chain(["raw"]).collect();
        self.missing_in(block.fitted, &heads, block.opened, message, help);
    }
}
