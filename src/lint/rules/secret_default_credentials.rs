//! # A password that everybody tries first
//!
//! The password is the one of the image's manual, or the name of its user. Whoever reaches the port, from another container
//! or from outside, is in with the first guess.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_USER: blog
//!       POSTGRES_PASSWORD: blog
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18
//!     volumes: ["data:/var/lib/postgresql"]
//!     environment:
//!       POSTGRES_USER: blog
//!       POSTGRES_PASSWORD_FILE: /run/secrets/db_password
//!     secrets: [db_password]
//! secrets:
//!   db_password:
//!     file: ./secrets/db_password
//! volumes:
//!   data:
//! ```

use crate::lint::secrets::pairs::{self, Slot};
use crate::lint::secrets::values;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-default-credentials";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let all = pairs::of_project(whole);
    let beside = values::Beside::of(&all);
    for pair in &all {
        let Some(why) = beside.default_of(pair) else { continue };
        findings.mask(pair.span);
        let place = match pair.slot {
            Slot::Environment(_) | Slot::EnvFile(..) | Slot::Label(_) => "the container has it as plain text",
            Slot::BuildArg(_) | Slot::ImageEnv(_) | Slot::ImageArg(_) | Slot::ImageLabel(_) => {
                "it is in the image, too"
            }
        };
        findings.push(
            findings
                .at(pair.span, format!("`{}` is {why}", pair.name))
                .here(place)
                .help("make up a long random one (`openssl rand -hex 32`), and keep it out of this file: under `secrets:`, or in an env file that git ignores").in_stack("declare a `secret`, and let the program read its file: `NAME_FILE secret.NAME.path`"),
        );
    }
}
