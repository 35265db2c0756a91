//! What the slots of our own sentences take: `<container-path>` is an absolute path in the container.

use super::Row;
use super::sentence::Sentence;

/// What may stand for a slot.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// As sentences name it, without `<` and `>`.
    pub name: &'static str,
    /// What it takes, as it goes on from "takes".
    pub takes: &'static str,
    /// One that fits.
    pub example: &'static str,
}

const fn slot(name: &'static str, takes: &'static str, example: &'static str) -> Slot {
    Slot { name, takes, example }
}

/// Every slot of the rows, by name.
#[rustfmt::skip]
pub static SLOTS: &[Slot] = &[
    slot("address", "the address of a bucket, with its scheme and without a query", "https://media.s3.eu-central-1.amazonaws.com/"),
    slot("artifact", "what a service provides: its name, a dot, and the name of the `provides`", "django.assets"),
    slot("check", "one of the builder's own checks, by its name", "StageNameCasing"),
    slot("container-path", "an absolute path in the container", "/srv/media"),
    slot("context-path", "a path in the build context", "requirements.txt"),
    slot("device", "the name of a device", "vendor1.com/device=foo"),
    slot("digest", "`sha256:` with 64 digits, or a commit", "be1f38e"),
    slot("domain", "a host name, `*.host`, or `_` for every host", "example.org"),
    slot("duration", "numbers with their units, `ms`, `s`, `m` or `h`: `1m30s`", "30s"),
    slot("engine", "a version of Docker Engine, of two or three numbers", "20.10"),
    slot("env-name", "the name of an environment variable", "TZ"),
    slot("extension", "an extension without its dot, in lower case", "css"),
    slot("git-commit", "the whole name of a commit, 40 hexadecimal digits", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    slot("git-ref", "a tag or a branch, by its name or as `refs/tags/NAME`", "v1.4.0"),
    slot("git-url", "the address of a repository by ssh or https", "git@example.org:team/app.git"),
    slot("group", "a group that is declared, by its name", "common"),
    slot("host-key", "a public key of a host: its type and the key, as in `known_hosts` behind the names", "\"ssh-ed25519 AAAA...\""),
    slot("host-path", "a path of the host, from the folder of the stack file", "./static"),
    slot("id", "a name by which several steps, or compose and a step, mean one thing", "pip"),
    slot("image", "an image, with its tag or digest", "postgres:18"),
    slot("input", "an input, or a text with inputs in it", "${input.TAG}"),
    slot("lock-file", "the lock file of the tool, by its path in the build context", "uv.lock"),
    slot("mapping", "`host:container`, each a port or a range, with an address before and `/udp` behind if need be", "127.0.0.1:8080:80"),
    slot("mime-type", "a media type", "text/css"),
    slot("mode", "a mode, in octal or as of chmod", "0644"),
    slot("name", "a name of your own: letters, digits, `-` and `_`", "web"),
    slot("network", "a network that is declared", "back"),
    slot("number", "a whole number", "5"),
    slot("owner", "a user, or a user and a group, by name or number", "10001:10001"),
    slot("package", "a package of Debian", "libpq5"),
    slot("path", "a path in the image; one that is not absolute is from the folder of the step", "./dist"),
    slot("pattern", "a pattern of paths, as in `.dockerignore`", "*.log"),
    slot("platform", "an operating system and an architecture", "linux/arm64"),
    slot("port", "a port from 1 to 65535", "8000"),
    slot("port-range", "a port or a range of ports, with `/udp` if need be", "8000-8010"),
    slot("rule", "a rule, by its name", "mime-missing"),
    slot("secret", "a secret that is declared, by its name", "npm_token"),
    slot("secret-file", "a secret that is declared, which is mounted: `secret.` and its name", "secret.tls_key"),
    slot("service", "a service that is declared, by its name", "django"),
    slot("signal", "a signal, by its name or number", "SIGTERM"),
    slot("size", "a number with its unit: `k`, `m`, `g`", "25m"),
    slot("source", "a URL, a Git repository, or a path in the build context", "https://example.org/tool.tar.gz"),
    slot("stage", "an earlier stage, by its name or its number from 0", "assets"),
    slot("statement", "the first word of statements, or `\"env from\"`", "publish"),
    slot("status", "a status of HTTP", "404"),
    slot("text", "any text", "\"it works\""),
    slot("time", "a time as of nginx", "30d"),
    slot("uri", "the path of a URL, as a location of nginx matches it", "/static/"),
    slot("url", "where to, with variables of nginx or without", "https://example.org$request_uri"),
    slot("user", "a user, or a user and a group, by name or number", "10001:10001"),
    slot("version", "a whole version of a program", "10.34.9"),
    slot("volume", "a volume that is declared", "media"),
    slot("word", "one argument", "--workers=2"),
];

/// What the slots of a sentence of our own take, each once, in their order.
pub fn slots_of(row: &Row) -> Vec<&'static Slot> {
    let mut found: Vec<&'static Slot> = Vec::new();
    for name in Sentence::parse(row.sentence).slot_types().into_iter().flat_map(|types| types.split('|')) {
        if let Some(slot) = SLOTS.iter().find(|slot| slot.name == name)
            && !found.iter().any(|known| known.name == name)
        {
            found.push(slot);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SLOTS;
    use crate::schema::all_own_rows;
    use crate::schema::sentence::Sentence;

    #[test]
    fn every_slot_of_a_sentence_says_what_it_takes_and_there_are_no_others() {
        let said: BTreeSet<&str> = all_own_rows()
            .flat_map(|row| Sentence::parse(row.sentence).slot_types())
            .flat_map(|types| types.split('|'))
            .filter(|name| !matches!(*name, "on" | "off"))
            .collect();
        let known: Vec<&str> = SLOTS.iter().map(|slot| slot.name).collect();
        assert_eq!(known, said.into_iter().collect::<Vec<_>>());
    }
}
