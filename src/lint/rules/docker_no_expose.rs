//! # A port that the image does not tell of
//!
//! `EXPOSE` opens nothing: it tells which port the program in the image listens on. Proxies that find services by
//! themselves, `docker run -P` and people read it there. It is looked at where the command itself says the port.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! USER 1000
//! CMD ["gunicorn", "app.wsgi", "-b", "0.0.0.0:8000"]
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! EXPOSE 8000
//! USER 1000
//! CMD ["gunicorn", "app.wsgi", "-b", "0.0.0.0:8000"]
//! ```

use crate::lint::dockerfile::{Final, finals};
use crate::lint::project::commands::Commands;
use crate::lint::project::programs::said;
use crate::lint::{Findings, Whole, edits};
use crate::source::Span;

pub(super) const CODE: &str = "docker-no-expose";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let Some((port, program, span)) = port(&known) else { continue };
        let end = &known.stage().end;
        let is_told = end.ports.iter().any(|setting| setting.value == port.to_string());
        // A word of EXPOSE that is not known may be the port.
        let is_unknown = known.steps().iter().any(|step| {
            step.instruction.name.text.eq_ignore_ascii_case("EXPOSE")
                && step.words.iter().any(|word| word.value.is_none())
        });
        let mut services = known.services.iter().filter(|service| service.command.is_none());
        let is_published =
            services.any(|service| service.ports.iter().any(|published| published.target == port));
        if is_told || is_unknown || is_published {
            continue;
        }
        let found = findings
            .at(span, format!("`{program}` listens on port {port}, which no `EXPOSE` tells of"))
            .note("people, `docker run -P` and proxies that look for services read the port there")
            .help(format!("write `EXPOSE {port}`"))
            .in_stack(format!("say `expose {port}` in the build"));
        let edit = edits::line_before(whole.sources, span, &format!("EXPOSE {port}"));
        findings.push(found.may_unsafe_fix("tell of it", edit.map(|edit| vec![edit])));
    }
}

/// The port that the image's own command says, the program, and where.
fn port(known: &Final<'_>) -> Option<(u16, String, Span)> {
    let end = &known.stage().end;
    let (entrypoint, command) = (end.entrypoint.as_ref()?, end.command.as_ref()?);
    let span = command.span.or(entrypoint.span)?;
    let words = [entrypoint.words.clone(), command.words.clone()].concat();
    let commands = Commands::of(&words);
    let said = commands.list.iter().find_map(|words| said(words)).filter(|said| said.is_explicit)?;
    let (port, _) = said.ports.first()?;
    Some((*port, said.program.to_string(), span))
}
