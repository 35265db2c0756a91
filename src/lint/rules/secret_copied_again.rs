//! # A key copied into a second layer
//!
//! Layers hold whole files: `chmod`, `chown` and `mv` of a file that an earlier step copied write it again, with its content.
//! The key is now in two layers, and hiding one of them hides nothing. `COPY --chmod` and `--chown` need no second step.
//!
//! ```dockerfile bad
//! FROM debian:13
//! COPY ssh/ /root/.ssh/
//! RUN chmod 600 /root/.ssh/*
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN --mount=type=secret,id=deploy_key fetch --key /run/secrets/deploy_key
//! ```

use crate::lint::secrets::baked;
use crate::lint::secrets::touched::{Does, touches};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-copied-again";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for baked in baked::of_project(whole) {
        for touch in touches(whole, &baked).into_iter().filter(|touch| touch.does == Does::Copies) {
            findings.push(
                findings
                    .at(touch.span, format!("`{}` copies the key in {} into a second layer", touch.program, touch.path))
                    .here("the layer of this step has it as a whole")
                    .label(baked.span, "copied into the image here")
                    .help("keep the key out of the image: `RUN --mount=type=ssh` or `--mount=type=secret` in the step that needs it; the mode of other files is set by `COPY --chmod=`").in_stack("keep the key out of the image: `ssh` or `secret NAME` in the block of the step that needs it; the mode of other files is set by `chmod` in the block of `copy`"),
            );
        }
    }
}
