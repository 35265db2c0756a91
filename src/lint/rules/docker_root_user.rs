//! # An image that runs as root
//!
//! Without `USER`, the process in the container is root. Whoever takes it over can write every file of the image and of
//! what is mounted into it, bind every port, and needs one hole in the kernel fewer to leave the container. It is advice,
//! because some programs start as root and give it up by themselves: images of servers and databases that are known to
//! do so are left out.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! COPY app.py /srv/app.py
//! CMD ["python", "/srv/app.py"]
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! RUN useradd --system --uid 10001 app
//! COPY app.py /srv/app.py
//! USER 10001
//! CMD ["python", "/srv/app.py"]
//! ```

use crate::lint::dockerfile::image::ImageName;
use crate::lint::dockerfile::{Final, finals};
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::{Base, Setting};
use crate::project::images::{Role, known};

pub(super) const CODE: &str = "docker-root-user";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let Some(user) = &known.stage().end.user else { continue };
        let is_set_by_compose =
            !known.services.is_empty() && known.services.iter().all(|service| service.user.is_some());
        if !is_root(&user.value) || is_set_by_compose || gives_root_up(&known) {
            continue;
        }
        let found = match user {
            Setting { span: Some(span), .. } => {
                findings.at(*span, "the image runs as root").here("root from here on")
            }
            Setting { span: None, .. } => findings
                .at(known.stage().span, "the image runs as root: no `USER` says otherwise")
                .here("begins as root"),
        };
        findings.push(
            found
                .note(
                    "whoever takes over the process can write everything in the image and in what is mounted",
                )
                .help(help(&known))
                .in_stack("say `user 10001:10001` at the end of the build"),
        );
    }
}

/// What to do, by what the image below has.
fn help(known: &Final<'_>) -> &'static str {
    let official = match &known.layers()[0].base {
        Base::Image(name) => ImageName::of(name).official(),
        Base::Stage(_) | Base::Scratch | Base::Unknown => "",
    };
    match official {
        "node" => "end the stage with `USER node`: the image has this user",
        "alpine" => "make a user with `RUN adduser -S -u 10001 app` and end the stage with `USER 10001`",
        "" => "end the stage with `USER 10001`; a number needs no entry in a list of users",
        _ => "make a user with `RUN useradd --system --uid 10001 app` and end the stage with `USER 10001`",
    }
}

/// Whether a user is root, by name or number.
fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("" | "root" | "0"))
}

/// Whether the image below is that of a program that gives root up by itself, and a program of it is what runs.
fn gives_root_up(known_final: &Final<'_>) -> bool {
    let stage = known_final.layers()[0];
    let Base::Image(name) = &stage.base else { return false };
    known(name).is_some_and(|image| match image.role {
        Role::Database | Role::Cache | Role::Queue | Role::Proxy => true,
        Role::Base | Role::Other => false,
    })
}
