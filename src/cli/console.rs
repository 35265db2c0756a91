//! The one place that writes to standard output and standard error.

use std::io::{self, Write};
use std::os::fd::AsFd;

use anstream::{AutoStream, ColorChoice, stream::RawStream};

use crate::diagnostic::Severity;
use crate::driver::Error;
use crate::driver::cache::Said;
use crate::render::report::Format;
use crate::render::{Look, terminal, visible};

/// The narrowest and the widest that sentences are wrapped at.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=120;

/// Both streams, with what each can show. A reader that stops reading (`| head`) ends the output, not the run.
#[derive(Debug)]
pub(super) struct Console {
    out: io::BufWriter<io::Stdout>,
    out_look: Look,
    err_look: Look,
    failure: Option<io::Error>,
    /// All that was said, if it is to be said again some day.
    said: Option<Vec<Said>>,
}

impl Console {
    /// The streams of this process.
    pub(super) fn new() -> Self {
        Self {
            out: io::BufWriter::new(io::stdout()),
            out_look: look(&io::stdout()),
            err_look: look(&io::stderr()),
            failure: None,
            said: None,
        }
    }

    /// What standard output can show.
    pub(super) fn out_look(&self) -> Look {
        self.out_look
    }

    /// What standard error can show.
    pub(super) fn err_look(&self) -> Look {
        self.err_look
    }

    /// Writes to standard output.
    pub(super) fn out(&mut self, text: &str) {
        if let Some(said) = &mut self.said {
            said.push(Said::Out(text.to_owned()));
        }
        if self.failure.is_none() {
            self.failure = self.out.write_all(text.as_bytes()).err();
        }
    }

    /// Says again what was said.
    pub(super) fn repeat(&mut self, said: &[Said]) {
        for said in said {
            match said {
                Said::Out(text) => self.out(text),
                Said::Err(text) => self.err(text),
            }
        }
    }

    /// Remembers from now on what is said.
    pub(super) fn remember(&mut self) {
        self.said = Some(Vec::new());
    }

    /// All that was said since [`Self::remember`].
    pub(super) fn said(&mut self) -> Vec<Said> {
        self.said.take().unwrap_or_default()
    }

    /// Writes texts to standard output, one behind the other; they are made fit for a terminal already.
    pub(super) fn out_parts(&mut self, parts: &[&str]) {
        for part in parts {
            self.out(part);
        }
    }

    /// Writes a line to standard output; what a terminal would take for more than text is made visible.
    pub(super) fn say(&mut self, line: &str) {
        self.out(&format!("{}\n", visible::line(line)));
    }

    /// Writes a line beside findings: behind them for a person, on standard error beside a document.
    pub(super) fn beside(&mut self, format: Format, line: &str) {
        match format {
            Format::Terminal => self.say(line),
            Format::Short
            | Format::Json
            | Format::Sarif
            | Format::Github
            | Format::Gitlab
            | Format::Junit
            | Format::Checkstyle
            | Format::Rdjson => self.err(&format!("{}\n", visible::line(line))),
        }
    }

    /// Writes to standard error, behind all that was written to standard output so far.
    pub(super) fn err(&mut self, text: &str) {
        self.flush();
        if let Some(said) = &mut self.said {
            said.push(Said::Err(text.to_owned()));
        }
        // There is nowhere left to tell of a failure.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Tells of a failure and gives the exit code for it.
    pub(super) fn fail(&mut self, error: &Error) -> u8 {
        let look = self.err_look;
        let mut text = terminal::headline(Severity::Error, None, &error.to_string(), &look);
        if let Error::Refused(refusals) = error {
            text.extend(
                refusals.iter().map(|refusal| format!("  {}\n", visible::line(&refusal.to_string()))),
            );
        }
        if let Some(help) = error.help() {
            text.push_str(&terminal::remark("help", &help, &look));
        }
        self.err(&text);
        error.exit_code()
    }

    /// Whether somebody still reads standard output, behind all that was written to it so far.
    pub(super) fn is_read(&mut self) -> bool {
        self.flush();
        self.failure.is_none()
    }

    /// Ends the output; the exit code that it alone would give.
    pub(super) fn finish(mut self) -> u8 {
        self.flush();
        match self.failure.take() {
            Some(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
                self.fail(&Error::system("write to standard output", cause))
            }
            _ => super::DONE,
        }
    }

    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.out.flush().err();
        }
    }
}

/// Colours follow `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM`; what is no terminal gets the same everywhere.
fn look<S: RawStream + AsFd>(stream: &S) -> Look {
    let colour = AutoStream::choice(stream) != ColorChoice::Never;
    if !stream.is_terminal() {
        return Look { colour, ..Look::PLAIN };
    }
    let columns = rustix::termios::tcgetwinsize(stream).map_or(0, |size| usize::from(size.ws_col));
    let columns = if columns == 0 { Look::PLAIN.width } else { columns };
    Look {
        colour,
        unicode: speaks_utf8(),
        width: columns.clamp(*WIDTHS.start(), *WIDTHS.end()),
        line: columns.saturating_sub(12).clamp(40, Look::PLAIN.line),
    }
}

/// Whether the locale is one of UTF-8; where none is set, terminals have long been.
fn speaks_utf8() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")) {
        Some(locale) => locale.to_lowercase().replace('-', "").contains("utf8"),
        None => true,
    }
}
