//! # An image that cannot say whether it works
//!
//! Without a health check a container counts as well as soon as its process has begun, also when it answers nothing.
//! What waits for it starts too early, and nobody sees that it hangs. It is looked at where the image runs a server, and
//! can be said in compose as well.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! EXPOSE 8000
//! USER 1000
//! CMD ["gunicorn", "app.wsgi", "-b", "0.0.0.0:8000"]
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! EXPOSE 8000
//! HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/')"]
//! USER 1000
//! CMD ["gunicorn", "app.wsgi", "-b", "0.0.0.0:8000"]
//! ```

use crate::lint::dockerfile::finals;
use crate::lint::project::commands::Commands;
use crate::lint::project::programs::said;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-no-healthcheck";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let end = &known.stage().end;
        let is_said =
            !known.services.is_empty() && known.services.iter().all(|service| service.health.is_some());
        let has_own =
            known.steps().iter().any(|step| step.instruction.name.text.eq_ignore_ascii_case("HEALTHCHECK"));
        if end.has_health != Some(false) || has_own || is_said {
            continue;
        }
        let words = [&end.entrypoint, &end.command]
            .map(|words| words.as_ref().map_or(Vec::new(), |words| words.words.clone()));
        let listens = Commands::of(&words.concat()).list.iter().any(|words| said(words).is_some());
        let own = end.command.iter().chain(&end.entrypoint).find_map(|words| words.span);
        let Some(span) = own.filter(|_| listens || !end.ports.is_empty()) else { continue };
        let found = findings
            .at(span, "nothing tells whether the server that this runs works")
            .note("the container counts as well as soon as the process has begun, and as long as it does not end")
            .help("write a `HEALTHCHECK` with a program that the image has, or a `healthcheck` in compose").in_stack("say `health` in the build, with a program that the image has, or in the service");
        findings.push(found);
    }
}
