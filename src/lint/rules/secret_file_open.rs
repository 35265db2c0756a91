//! # A secret that everybody on the host can read
//!
//! The file of the secret, and every folder above it, lets other users of the host in. Containers get the file with the mode
//! that it has on the host, so that it may have to be readable; a folder of mode 0700 around it keeps everybody else out all the
//! same.
//!
//! ```yaml bad
//! # files: secrets/=0755 secrets/db_password=0644
//! services:
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_PASSWORD_FILE: /run/secrets/db_password
//!     secrets: [db_password]
//! secrets:
//!   db_password:
//!     file: ./secrets/db_password
//! ```
//!
//! ```yaml good
//! # files: secrets/=0700 secrets/db_password=0644
//! services:
//!   db:
//!     image: postgres:18
//!     volumes: ["data:/var/lib/postgresql"]
//!     environment:
//!       POSTGRES_PASSWORD_FILE: /run/secrets/db_password
//!     secrets: [db_password]
//! secrets:
//!   db_password:
//!     file: ./secrets/db_password
//! volumes:
//!   data:
//! ```

use crate::lint::secrets::granted;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-file-open";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for file in granted::files(whole) {
        if granted::is_open(&file.path, whole.host) != Some(true) {
            continue;
        }
        let folder = file.path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let help = if folder == "." {
            format!(
                "move it into a folder of its own, `install -d -m 700 secrets`, or `chmod o-r {}`",
                file.path
            )
        } else {
            format!("`chmod 700 {folder}`: containers get the file all the same")
        };
        let what = if file.is_declared {
            format!("the file of the secret `{}`", file.name)
        } else {
            format!("the key {}", file.name)
        };
        findings.push(
            findings
                .at(file.span, format!("every user of this host can read {what}"))
                .here("neither it nor a folder above it keeps them out")
                .help(help),
        );
    }
}
