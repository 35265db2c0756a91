//! `health exec`, `health shell`, `health http`.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::images::HttpProbe;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::compose::{Command, Health};
use crate::model::port::Port;
use crate::model::scalar::Delay;
use crate::model::values::{Text, Typed};
use crate::schema::{Kind, Word};
use crate::source::{At, Origin};

impl<'t> Context<'_, 't> {
    /// A health check of compose.
    pub(crate) fn container_health(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        let test = if fit.row.id == "health-http" {
            self.http_test(fit, draft)
        } else {
            self.health_test(fit, Reader::Compose)
        };
        let known = test.is_some();
        let health = self.health(fit, test.unwrap_or(Command::Exec(Vec::new())));
        if known {
            draft.service.health = Some(health);
        }
    }

    /// `health exec` and `health shell` of anything.
    pub(crate) fn health_test(&mut self, fit: &Fitted<'t>, reader: Reader) -> Option<Command> {
        if fit.row.id == "health-shell" {
            return self.text(fit.arg(0), reader, Exposure::Argument).map(Command::Shell);
        }
        // Each is looked at, whatever is wrong with those before it.
        let words: Vec<Option<_>> =
            fit.bound.rest(0).iter().map(|arg| self.text(arg, reader, Exposure::Argument)).collect();
        let words: Option<Vec<_>> = words.into_iter().collect();
        words.map(Command::Exec)
    }

    /// The options of a health check.
    pub(crate) fn health(&mut self, fit: &Fitted<'t>, test: Command) -> Health {
        let mut health = Health {
            test,
            interval: None,
            timeout: None,
            start_period: None,
            start_interval: None,
            retries: None,
            extra: Vec::new(),
            origin: fit.origin,
        };
        let fitted = self.block_of(fit.statement, Kind::Health);
        health.extra = self.compose_words(&fitted);
        self.report_overlap(&health.extra, &["test"], fit.origin);
        for option in fitted.iter().filter(|option| is_own(option)) {
            let arg = option.arg(0);
            let key = match option.row.id {
                "every" => "interval",
                "start" => "start_period",
                other => other,
            };
            self.report_overlap(&health.extra, &[key], option.origin);
            match option.row.id {
                "every" => health.interval = self.typed::<Delay>(arg, Reader::Compose),
                "timeout" => health.timeout = self.typed::<Delay>(arg, Reader::Compose),
                "start" => health.start_period = self.typed::<Delay>(arg, Reader::Compose),
                "HEALTHCHECK --start-interval" => {
                    health.start_interval = self.typed::<Delay>(arg, Reader::Compose);
                }
                "retries-input" => health.extra.extend(self.input_number(arg, "retries", option.origin)),
                "retries" => health.retries = self.fixed::<u32>(arg).map(|n| At::new(n, option.origin)),
                other => unreachable!("the row {other} of a health check has no lowering"),
            }
        }
        health
    }

    /// The options of the health check of an image.
    pub(crate) fn image_health(&mut self, fit: &Fitted<'t>, test: Command) -> Health {
        let health = self.health(fit, test);
        for extra in &health.extra {
            let Some(span) = self.origins.span(extra.origin) else { continue };
            self.sink.push(
                Diagnostic::error(
                    codes::MISPLACED_STATEMENT,
                    format!("`{}` cannot stand in the health check of an image", extra.key),
                    span,
                )
                .here("it is compose's")
                .help("say it in the `health` of the service, outside of its build"),
            );
        }
        health
    }

    fn http_test(&mut self, fit: &Fitted<'t>, draft: &Draft<'t>) -> Option<Command> {
        let uri = self.text(fit.arg(0), Reader::Fixed, Exposure::Argument)?;
        let path = uri.as_literal().unwrap_or_default().to_owned();
        if !path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c == '\'') {
            self.wrong_type(fit.arg(0), "a path that begins with `/`", "/healthz");
            return None;
        }
        let port = match fit.bound.get(1) {
            Some(arg) => self.fixed::<Port>(arg)?,
            None => self.only_port(fit, draft)?,
        };
        let Some(probe) = draft.known.and_then(|known| known.http_probe) else {
            if draft.image_in_doubt() {
                return None;
            }
            self.missing(
                fit.span(),
                format!("stackc does not know how `{}` can ask itself over HTTP", draft.name()),
                "name a program of the image: `health exec curl -fsS http://127.0.0.1:8000/healthz`",
            );
            return None;
        };
        Some(http_command(probe, port.number(), &path, fit.origin))
    }

    fn only_port(&mut self, fit: &Fitted<'t>, draft: &Draft<'t>) -> Option<Port> {
        let declared = self.names.services.get(draft.name().as_str())?;
        if let [port] = declared.it.ports.as_slice() {
            return Some(*port);
        }
        let image = declared.it.ports.is_empty() && draft.image_in_doubt();
        if image || draft.doubt.covers(&["listen"]) {
            return None;
        }
        let message = format!("which port of `{}` is to be asked is not said", draft.name());
        self.missing(fit.span(), message, "add `port 8000`, or give the service one `listen`");
        None
    }
}

/// Whether an option is one of the language's own.
fn is_own(option: &Fitted<'_>) -> bool {
    matches!(option.row.word, Word::Own) && option.row.id != "raw-compose"
}

/// Asks an address on the loopback interface with what the image has.
pub(crate) fn http_command(probe: HttpProbe, port: u16, path: &str, origin: Origin) -> Command {
    let url = format!("http://127.0.0.1:{port}{path}");
    let words = match probe {
        HttpProbe::Curl => {
            vec!["curl".to_owned(), "-fsS".to_owned(), "-o".to_owned(), "/dev/null".to_owned(), url]
        }
        HttpProbe::Wget => ["wget", "-q", "-O", "/dev/null", &url].map(str::to_owned).to_vec(),
        HttpProbe::Python => vec![
            "python".to_owned(),
            "-c".to_owned(),
            format!("import urllib.request as r; r.urlopen('{url}', timeout=5)"),
        ],
    };
    Command::Exec(words.into_iter().map(|word| Text::literal(word, origin)).collect())
}

/// A health check that a default supplies.
pub(crate) fn default_health(test: Command, every: &str, origin: Origin) -> Health {
    let delay = |text: &str| Delay::parse(text).map(|delay| Typed::of(delay, origin));
    Health {
        extra: Vec::new(),
        test,
        interval: delay(every),
        timeout: delay("5s"),
        start_period: delay("30s"),
        start_interval: None,
        retries: Some(At::new(5, origin)),
        origin,
    }
}
