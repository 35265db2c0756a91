//! Sentences whose values the model has no field for: what an input decides, and what compose itself takes apart. They
//! become compose's keys as they are.

use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::text::{Exposure, Reader};
use crate::model::compose::Command;
use crate::model::compose::extra::{Extra, Item, Value};
use crate::model::values::{Text, Typed};
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

impl<'t> Context<'_, 't> {
    /// Lowers a sentence of a container that is nothing but a key of compose; false if it is none of those.
    pub(crate) fn worded_row(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) -> bool {
        let key = match fit.row.id {
            "restart-input" => "restart",
            "init-input" => "init",
            "read_only-input" => "read_only",
            "command-split" => "command",
            "entrypoint-split" => "entrypoint",
            "health-none" => {
                let none = Value::Text(Text::literal("NONE", fit.origin));
                let test = Value::List(vec![Item { value: none, origin: fit.origin }]);
                let test = Extra { key: "test".to_owned(), value: test, origin: fit.origin };
                self.add_worded("healthcheck", Value::Map(vec![test]), fit.origin, draft);
                return true;
            }
            "health-of-image" => {
                let asked = self.asked(fit);
                self.add_worded("healthcheck", Value::Map(asked), fit.origin, draft);
                return true;
            }
            _ => return false,
        };
        let exposure = match key {
            "command" | "entrypoint" => Exposure::Argument,
            _ => Exposure::Text,
        };
        if let Some(text) = self.text(fit.arg(0), Reader::Compose, exposure) {
            self.add_worded(key, Value::Text(text), fit.origin, draft);
        }
        true
    }

    fn add_worded(&mut self, key: &str, value: Value, origin: Origin, draft: &mut Draft<'t>) {
        self.add_extra(&mut draft.service.extra, Extra { key: key.to_owned(), value, origin });
    }

    /// How the health check of an image is asked, in compose's keys.
    fn asked(&mut self, fit: &Fitted<'t>) -> Vec<Extra> {
        let health = self.health(fit, Command::Exec(Vec::new()));
        let delays = [
            ("interval", health.interval),
            ("timeout", health.timeout),
            ("start_period", health.start_period),
            ("start_interval", health.start_interval),
        ];
        let delays = delays.into_iter().filter_map(|(key, delay)| Some((key, delay?)));
        let delay = |(key, Typed { text, .. }): (&str, _)| {
            let Text { origin, .. } = text;
            Extra { key: key.to_owned(), value: Value::Text(text), origin }
        };
        let mut asked: Vec<Extra> = delays.map(delay).collect();
        asked.extend(health.retries.map(|At { value, origin, .. }| Extra {
            key: "retries".to_owned(),
            value: Value::Integer(value.into()),
            origin,
        }));
        asked.extend(health.extra);
        asked
    }

    /// A number that an input holds.
    pub(crate) fn input_number(&mut self, arg: &Arg, key: &str, origin: Origin) -> Option<Extra> {
        let value = Value::Text(self.text(arg, Reader::Compose, Exposure::Text)?);
        Some(Extra { key: key.to_owned(), value, origin })
    }

    /// `project` with an input in it.
    pub(crate) fn project_of_input(&mut self, fitted: &[Fitted<'t>]) -> Option<Extra> {
        let fit = fitted.iter().find(|fit| fit.row.id == "project-input")?;
        let value = Value::Text(self.text(fit.arg(0), Reader::Compose, Exposure::Text)?);
        Some(Extra { key: "name".to_owned(), value, origin: fit.origin })
    }
}
