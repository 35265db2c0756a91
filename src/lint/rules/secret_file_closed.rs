//! # A secret that the container cannot read
//!
//! Compose mounts the file of a secret as it is on the host, and ignores the `uid`, `gid` and `mode` of a grant: it is the mode of
//! the host's file that counts. A file of mode 0600 can be read by its owner's number and by root, and by root without
//! capabilities only if it is root's own.
//!
//! ```yaml bad
//! # files: secrets/=0700 secrets/api_key=0600
//! services:
//!   app:
//!     image: example.org/app:1
//!     user: "10001"
//!     secrets: [api_key]
//! secrets:
//!   api_key:
//!     file: ./secrets/api_key
//! ```
//!
//! ```yaml good
//! # files: secrets/=0700 secrets/api_key=0444
//! services:
//!   app:
//!     image: example.org/app:1
//!     user: "10001"
//!     secrets: [api_key]
//! secrets:
//!   api_key:
//!     file: ./secrets/api_key
//! ```

use crate::lint::secrets::granted;
use crate::lint::{Findings, Whole};
use crate::project::compose::{Node, Service};

pub(super) const CODE: &str = "secret-file-closed";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = &whole.project.compose else { return };
    let files = granted::files(whole);
    for (index, service) in compose.services.iter().enumerate() {
        let said = service.user.as_ref().and_then(|user| user.value.clone());
        let of_image =
            || whole.project.containers.iter().find(|one| one.service == Some(index))?.user.clone();
        let Some(user) = said.or_else(of_image) else { continue };
        for grant in service.grants.iter().filter(|grant| grant.is_secret) {
            let file = files.iter().find(|file| file.is_declared && file.name == grant.name.value);
            let Some(file) = file else { continue };
            let (Some(mode), Some(owner)) = (whole.host.mode(&file.path), whole.host.owner(&file.path))
            else {
                continue;
            };
            let Some(why) = refusal(&user, mode, owner, service) else { continue };
            findings.push(
                findings
                    .at(
                        grant.name.span,
                        format!("`{}` cannot read the secret `{}`", service.name.value, grant.name.value),
                    )
                    .here(why)
                    .label(file.span, format!("has mode {mode:04o}"))
                    .note("compose ignores the uid, gid and mode of a secret that is a file")
                    .help(format!(
                        "`chmod 444 {}` in a folder of mode 0700, which keeps others of the host out",
                        file.path
                    )),
            );
        }
    }
}

/// Why a user of a container cannot read a file of the host; `None` if it can, or nobody knows.
fn refusal(user: &str, mode: u32, owner: u32, service: &Service) -> Option<String> {
    // The group may let it in.
    if mode & 0o044 != 0 {
        return None;
    }
    let name = user.split(':').next().unwrap_or(user);
    let number = match name {
        "" | "root" => 0,
        name => name.parse::<u32>().ok()?,
    };
    if number == 0 {
        let list = |key: &str| -> Vec<String> {
            let items = service.get(key).map(Node::items).unwrap_or_default();
            items.iter().filter_map(Node::text).map(|one| one.to_uppercase()).collect()
        };
        let drops = list("cap_drop").iter().any(|one| matches!(one.as_str(), "ALL" | "CAP_ALL"));
        let keeps = list("cap_add").iter().any(|one| one.contains("DAC_") || one == "ALL");
        return (drops && !keeps && owner != 0)
            .then(|| "runs as root without the capability to read what is not its own".to_owned());
    }
    (number != owner || mode & 0o400 == 0)
        .then(|| format!("runs as user {number}, and the file is for its owner {owner} alone"))
}
