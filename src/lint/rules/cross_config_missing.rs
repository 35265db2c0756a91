//! # A file that is mounted does not exist
//!
//! Docker makes a folder of what a bind mount names and the host does not have. The program in the container then finds a
//! folder where it looks for its configuration, and the folder stays on the host and is in the way of the file.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./conf/nginx.conf:/etc/nginx/nginx.conf:ro
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         return 204;
//!     }
//! }
//! ```

use std::collections::BTreeSet;

use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::compose::MountSource;
use crate::project::host::{Host, Kind, join};

pub(super) const CODE: &str = "cross-config-missing";

/// Extensions of files that people write, which are made by no program at the first start.
const WRITTEN: &[&str] = &[
    "cfg",
    "cnf",
    "conf",
    "hcl",
    "html",
    "ini",
    "js",
    "json",
    "lua",
    "php",
    "properties",
    "py",
    "rb",
    "sh",
    "sql",
    "template",
    "toml",
    "ts",
    "vcl",
    "xml",
    "yaml",
    "yml",
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for running in running(whole) {
        for mount in &running.service.mounts {
            let (MountSource::Host { written, host: Some(path) }, Some(target)) =
                (&mount.source, &mount.target)
            else {
                continue;
            };
            let extension = |path: &str| {
                let name = path.rsplit('/').next().unwrap_or(path);
                name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
            };
            let is_file = WRITTEN.contains(&extension(path).as_str()) && extension(path) == extension(target);
            if !is_file
                || whole.host.kind(path) != Kind::Missing
                || is_made(path, whole.host)
                || !told.insert(mount.span)
            {
                continue;
            }
            findings.push(
                findings
                    .at(mount.span, format!("`{written}` is mounted and does not exist"))
                    .here(format!("meant to become `{target}`"))
                    .note("Docker makes a folder of that name on the host and mounts it")
                    .help(format!("correct the path, which is looked for from the folder of the first compose file, or add `{path}`")),
            );
        }
    }
}

/// Whether a file may well be there elsewhere: there is one beside it that it is made from, or git is told to leave it out.
fn is_made(path: &str, host: &dyn Host) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let names = host.names(folder).unwrap_or_default();
    let words = ["example", "sample", "dist", "template", "tmpl", "j2", "default", "tpl"];
    let is_model = |other: &String| other.contains(stem) && words.iter().any(|word| other.contains(word));
    if names.iter().any(is_model) {
        return true;
    }
    let mut around = Some(folder);
    for _ in 0..20 {
        let Some(folder) = around else { break };
        let ignored = host.read(&join(folder, ".gitignore"));
        let names = |line: &str| {
            line.contains(name)
                || path.split('/').any(|part| line.trim().trim_matches('/') == part)
                || line.trim().strip_prefix('*').is_some_and(|end| name.ends_with(end))
        };
        if ignored.is_ok_and(|text| text.lines().filter(|line| !line.starts_with('#')).any(names)) {
            return true;
        }
        around =
            if folder == "." { None } else { folder.rsplit_once('/').map(|(outer, _)| outer).or(Some(".")) };
    }
    false
}
