//! # A secret as a build argument
//!
//! What a build argument holds stands in the history of the image beside every step that could read it, for everybody who
//! pulls the image; `ENV NAME=$NAME` puts it into every container as well. A secret mount is there for one step, and leaves
//! nothing behind.
//!
//! Arguments of stages that only build are passed over, though a record of provenance may hold them.
//!
//! ```dockerfile bad
//! FROM node:24-slim
//! ARG NPM_TOKEN
//! RUN NPM_TOKEN=$NPM_TOKEN npm ci
//! ```
//!
//! ```dockerfile good
//! FROM node:24-slim
//! RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
//! ```

use super::secret_literal::names_a_secret;
use crate::lint::secrets::baked;
use crate::lint::{Findings, Whole};
use crate::syntax::dockerfile::tree::Args;

pub(super) const CODE: &str = "secret-in-build-argument";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for (index, dockerfile) in whole.project.dockerfiles.iter().enumerate() {
        for stage in baked::shipped(whole, index, dockerfile) {
            for step in dockerfile.stages[stage].steps.iter().filter(|step| !step.is_trigger) {
                let Args::Declarations(declared) = &step.instruction.args else { continue };
                // One with a default is a literal, which another rule tells of.
                for one in
                    declared.iter().filter(|one| one.default.is_none() && names_a_secret(&one.name.text))
                {
                    let name = &one.name.text;
                    findings.push(
                        findings
                            .at(one.name.span, format!("the build argument `{name}` holds a secret"))
                            .here("its value stays in the history of the image")
                            .help(format!(
                                "`RUN --mount=type=secret,id={},env={name} ...` in the step that needs it, and `secrets` in the `build` of compose, or `docker build --secret id={}`",
                                name.to_lowercase(),
                                name.to_lowercase()
                            )).in_stack("declare a `secret`, and give it to the step that needs it: `run \"...\" { secret NAME }`"),
                    );
                }
            }
        }
    }
}
