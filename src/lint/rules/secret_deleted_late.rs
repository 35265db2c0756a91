//! # A key deleted in a later layer
//!
//! What a step deletes is hidden from the container, and stays in the layer of the step that copied it. `docker save`, or any
//! pull of the image, brings it out again; a later stage that builds on this one has it, too.
//!
//! ```dockerfile bad
//! FROM debian:13
//! COPY id_rsa /root/.ssh/id_rsa
//! RUN git clone git@example.org:us/app.git && rm /root/.ssh/id_rsa
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN --mount=type=secret,id=deploy_key fetch --key /run/secrets/deploy_key
//! ```

use crate::lint::secrets::baked;
use crate::lint::secrets::touched::{Does, touches};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-deleted-late";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for baked in baked::of_project(whole) {
        for touch in touches(whole, &baked).into_iter().filter(|touch| touch.does == Does::Deletes) {
            let place = if touch.is_later_stage { "a later stage" } else { "a later step" };
            findings.push(
                findings
                    .at(touch.span, format!("{} stays in the image: it is deleted in {place}", touch.path))
                    .here("hides it, and no more")
                    .label(baked.span, "the layer of this step keeps it")
                    .help("let only the step that needs it see it: `RUN --mount=type=ssh` or `RUN --mount=type=secret,id=NAME`; then replace the key, if the image was ever pushed").in_stack("let only the step that needs it see it: `run \"...\" { secret NAME }` or `{ ssh }`; then replace the key, if the image was ever pushed"),
            );
        }
    }
}
