//! Files that hold keys or environments, by their names: in a path, and in the folders of a project.

use crate::project::host::{Host, Kind, join};

/// What a file or folder of that name holds, as a person says it; `None` if its name tells of nothing secret.
pub(crate) fn by_name(path: &str) -> Option<&'static str> {
    let path = path.trim_end_matches('/');
    let name = path.rsplit('/').next()?;
    let above = path.rsplit('/').nth(1).unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let is_public = extension == "pub"
        || stem.split(['-', '_']).any(|word| PUBLIC.contains(&word))
        || name.contains(".crt") && extension == "pem";
    if is_public {
        return None;
    }
    match (above, name) {
        (_, ".ssh" | "ssh") => Some("a folder of keys"),
        (_, "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519") => Some("a private key by its name"),
        (".aws", "credentials") | (_, ".netrc" | ".pgpass" | ".git-credentials") => {
            Some("a file of credentials by its name")
        }
        _ if matches!(extension, "pem" | "key" | "rsa" | "p12" | "pfx" | "ppk") => {
            Some("a private key by its name")
        }
        _ if is_env(name) => Some("an environment with its secrets"),
        _ => None,
    }
}

/// `.env`, `.env.production`, `prod.env`, but no example of one.
fn is_env(name: &str) -> bool {
    let mut words = name.split(['.', '-', '_']);
    let is_example = words.any(|word| EXAMPLES.contains(&word.to_ascii_lowercase().as_str()));
    (name == ".env" || name.starts_with(".env.")) && !is_example
}

/// Words in the names of certificates, which everybody may read.
const PUBLIC: &[&str] = &[
    "ca",
    "cert",
    "certs",
    "certificate",
    "chain",
    "fullchain",
    "bundle",
    "cacert",
    "cacerts",
    "rootca",
    "public",
    "pub",
    "dhparam",
    "dhparams",
    "dh",
    "csr",
];

/// Words in the names of files that only show what belongs into another.
const EXAMPLES: &[&str] =
    &["example", "sample", "template", "dist", "defaults", "tmpl", "tpl", "test", "ci", "schema"];

/// So many files and folders of a project are looked at.
const MOST_ENTRIES: usize = 4000;

/// So many folders deep keys are looked for.
const MOST_DEPTH: usize = 4;

/// The files below a folder of the host that are keys by their names and that `is_taken` takes, at most `most`: their
/// paths from there. `None` if nobody knows what is in the folder.
pub(crate) fn below(
    folder: &str,
    host: &dyn Host,
    most: usize,
    is_taken: &dyn Fn(&str) -> bool,
) -> Option<Vec<(String, &'static str)>> {
    if host.kind(folder) != Kind::Folder {
        return None;
    }
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), 0)];
    let mut left = MOST_ENTRIES;
    while let Some((inside, depth)) = waiting.pop() {
        let names = host.names(&join(folder, &inside))?;
        for name in names {
            if left == 0 || found.len() >= most {
                return Some(found);
            }
            left -= 1;
            let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
            match host.kind(&join(folder, &path)) {
                Kind::File if is_taken(&path) => found.extend(by_name(&path).map(|what| (path, what))),
                Kind::Folder if depth < MOST_DEPTH && !PASSED_BY.contains(&name.as_str()) => {
                    waiting.push((path, depth + 1));
                }
                Kind::File | Kind::Folder | Kind::Other | Kind::Missing | Kind::Unknown => {}
            }
        }
    }
    found.sort();
    Some(found)
}

/// Folders of what others wrote, whose keys are those of their tests.
const PASSED_BY: &[&str] = &[
    "node_modules",
    ".git",
    "vendor",
    "venv",
    ".venv",
    "site-packages",
    "test",
    "tests",
    "testdata",
    "fixtures",
    "__tests__",
];

#[cfg(test)]
mod tests {
    use super::{below, by_name};
    use crate::project::host::Memory;

    #[test]
    fn keys_are_known_by_their_names_and_certificates_are_none() {
        for name in [
            "ssh/",
            "a/.ssh",
            "id_rsa",
            "keys/deploy.key",
            "server.pem",
            "bb_deploy.rsa",
            ".env",
            "x/.env.production",
            ".aws/credentials",
        ] {
            assert!(by_name(name).is_some(), "{name}");
        }
        for name in [
            "id_rsa.pub",
            "cert.pem",
            "ca.pem",
            "fullchain.pem",
            "rds-ca-bundle.pem",
            ".env.example",
            "keys.py",
            "src",
            ".",
            "credentials",
            "known_hosts",
        ] {
            assert_eq!(by_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_folder_is_searched_without_what_others_wrote() {
        let host = Memory::new(
            ["a/.env", "a/node_modules/x/key.pem", "a/b/id_rsa", "a/b/id_rsa.pub"].map(|name| (name, "")),
        );
        let found = |is_taken: &dyn Fn(&str) -> bool| {
            let found = below("a", &host, 10, is_taken).unwrap_or_default();
            found.into_iter().map(|(path, _)| path).collect::<Vec<_>>()
        };
        assert_eq!(found(&|_| true), [".env", "b/id_rsa"]);
        assert_eq!(found(&|path| path != ".env"), ["b/id_rsa"]);
        assert_eq!(below("c", &host, 10, &|_| true), None);
    }
}
