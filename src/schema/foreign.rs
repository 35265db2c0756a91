//! Words of compose, Dockerfiles and nginx for which the language has a sentence of its own.

/// The word, and what is written instead.
static WORDS: &[(&str, &str)] = &[
    ("ports", "publish <host:container>"),
    ("volumes", "mount <volume|host-path> at <container-path>"),
    ("volume", "mount <volume|host-path> at <container-path>"),
    ("environment", "env { NAME value }"),
    ("env_file", "env from <host-path>"),
    ("depends_on", "needs <service> [healthy|started|completed]"),
    ("links", "needs <service>"),
    ("healthcheck", "health exec|shell|http ..."),
    ("working_dir", "workdir <container-path>"),
    ("networks", "network <network>"),
    ("cmd", "command <word>..."),
    ("services", "service <name> { ... }"),
    ("secrets", "env { NAME_FILE secret.<name>.path }"),
    ("secret", "env { NAME_FILE secret.<name>.path }"),
    ("from", "base <image>"),
    ("stop_signal", "stopsignal <signal>"),
    ("mount", "bind [<path>] at <container-path>"),
    ("platform", "base <image|stage> { platform <platform> }"),
    ("label", "labels { name value }"),
    ("env", "environment { NAME value }"),
    ("workdir", "working_dir <container-path>"),
    ("server", "site <domain>... { ... }"),
    ("server_name", "site <domain>... { ... }"),
    ("location", "route [=|~|~*|^~] <uri> { ... }"),
    ("proxy_pass", "proxy <uri> to <service>"),
    ("alias", "static <uri> from <artifact|host-path>"),
    ("root", "static <uri> from <artifact|host-path>"),
];

/// What is written here instead of a word of another language.
pub fn instead_of(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    WORDS.iter().find(|(foreign, _)| *foreign == word).map(|(_, here)| *here)
}
