//! What a build fetches with git: the addresses of repositories, refs, commits, and the keys by which hosts are known.
//!
//! Sources: git's `urls.txt` and `git-check-ref-format(1)`; `sshd(8)`, on the format of known hosts; RFC 4253, section 6.6.
//! Each holds fewer characters than git allows: those that mean nothing to a shell, and none at the beginning that a
//! program would take for an option.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why a text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, as the end of a sentence that begins with the text.
    pub what: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// The address of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    text: String,
    transport: Transport,
}

/// How a repository is reached. What gives no proof of who answers is none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `https://`
    Https,
    /// `user@host:path` and `ssh://user@host:port/path`.
    Ssh {
        /// In lower case.
        host: String,
        /// 22 unless the address says otherwise.
        port: u16,
    },
}

const SSH_PORT: u16 = 22;

const NOT_AN_ADDRESS: Refusal = Refusal {
    what: "is not the address of a repository",
    help: "for example `git@example.org:team/app.git`, `ssh://git@example.org:2222/team/app.git` or `https://example.org/team/app.git`",
};

impl Remote {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let made = |transport| Self { text: text.to_owned(), transport };
        match text.split_once("://") {
            Some(("https", rest)) => https(rest).map(|()| made(Transport::Https)),
            Some(("ssh", rest)) => ssh_url(rest).map(made),
            Some(("http" | "git" | "ftp", _)) => {
                Err(Refusal { what: "does not show who answers", help: "fetch it by `https://`, or by ssh" })
            }
            Some(("file", _)) => Err(LOCAL),
            Some(_) => Err(NOT_AN_ADDRESS),
            None if text.contains("::") && !text.contains('[') => Err(NOT_AN_ADDRESS),
            None => scp_like(text).map(made),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is reached.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }
}

const LOCAL: Refusal = Refusal { what: "is on this machine", help: "name its folder: `source ./folder`" };

fn https(rest: &str) -> Result<(), Refusal> {
    let (authority, path) = rest.split_once('/').ok_or(NOT_AN_ADDRESS)?;
    if authority.contains('@') {
        return Err(Refusal {
            what: "has a user or a password in it, which would be stored in the image's history",
            help: "fetch it by ssh with a `key`",
        });
    }
    host_and_port(authority)?;
    is_path(path).then_some(()).ok_or(NOT_AN_ADDRESS)
}

fn ssh_url(rest: &str) -> Result<Transport, Refusal> {
    let (authority, path) = rest.split_once('/').ok_or(NOT_AN_ADDRESS)?;
    let host = with_user(authority)?;
    let (host, port) = host_and_port(host)?;
    let transport = Transport::Ssh { host, port: port.unwrap_or(SSH_PORT) };
    is_path(path).then_some(transport).ok_or(NOT_AN_ADDRESS)
}

/// `user@host:path`. A port cannot be said so: what follows the colon is the path.
fn scp_like(text: &str) -> Result<Transport, Refusal> {
    let after_host = text.rfind(']').unwrap_or_default();
    let colon = text[after_host..].find(':').map(|at| after_host + at);
    let Some(colon) = colon.filter(|colon| !text[..*colon].contains('/')) else {
        let is_folder = text.starts_with(['.', '/', '~']);
        return Err(if is_folder { LOCAL } else { NOT_AN_ADDRESS });
    };
    let host = with_user(&text[..colon])?;
    match host_and_port(host)? {
        (host, None) if is_path(&text[colon + 1..]) => Ok(Transport::Ssh { host, port: SSH_PORT }),
        _ => Err(NOT_AN_ADDRESS),
    }
}

/// What follows `user@`.
fn with_user(authority: &str) -> Result<&str, Refusal> {
    let Some((user, host)) = authority.rsplit_once('@') else {
        return Err(Refusal {
            what: "does not say as whom to log in",
            help: "most hosts want `git@`, as in `git@example.org:team/app.git`",
        });
    };
    if user.contains(':') {
        return Err(Refusal { what: "has a password in it", help: "log in with a `key`" });
    }
    let is_user =
        begins_as_a_word(user) && user.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
    is_user.then_some(host).ok_or(NOT_AN_ADDRESS)
}

/// `host`, `host:port` or `[address]:port`.
fn host_and_port(authority: &str) -> Result<(String, Option<u16>), Refusal> {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = if let Some((address, rest)) = bracketed {
        address.parse::<std::net::Ipv6Addr>().map_err(|_| NOT_AN_ADDRESS)?;
        let port = (!rest.is_empty()).then(|| rest.strip_prefix(':').ok_or(NOT_AN_ADDRESS));
        (address, port.transpose()?)
    } else {
        let (host, port) =
            authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        let is_host = begins_as_a_word(host)
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        (is_host.then_some(host).ok_or(NOT_AN_ADDRESS)?, port)
    };
    let port = port.map(|port| crate::model::port::Port::parse(port).ok_or(NOT_AN_ADDRESS)).transpose()?;
    Ok((host.to_ascii_lowercase(), port.map(crate::model::port::Port::number)))
}

fn is_path(path: &str) -> bool {
    let first = path.trim_start_matches('/').chars().next();
    first.is_some_and(|c| c != '-')
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "._~/+@%=,:-".contains(c))
}

/// Whether nothing takes a text for an option.
fn begins_as_a_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

/// A branch or a tag, by its name or as `refs/heads/NAME` and `refs/tags/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitRef(String);

impl GitRef {
    /// Reads a ref.
    pub fn parse(text: &str) -> Option<Self> {
        let is_part =
            |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !is_lock(part);
        let is_ref = begins_as_a_word(text)
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+@=,#/".contains(c))
            && !text.contains("..")
            && text.split('/').all(is_part);
        is_ref.then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is made to move: a branch by its full name, or by one that only branches have.
    pub fn is_branch(&self) -> bool {
        let name = self.0.strip_prefix("refs/heads/");
        name.is_some()
            || matches!(
                self.0.as_str(),
                "HEAD"
                    | "main"
                    | "master"
                    | "develop"
                    | "development"
                    | "dev"
                    | "trunk"
                    | "staging"
                    | "production"
            )
    }
}

/// Whether git takes a part of a name for one of its locks, which it knows by small letters alone.
fn is_lock(part: &str) -> bool {
    part.rsplit_once('.').is_some_and(|(_, end)| end == "lock")
}

/// A commit by its whole name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    /// Forty hexadecimal digits: an abbreviation may stand for another commit tomorrow.
    pub fn parse(text: &str) -> Option<Self> {
        let is_commit = text.len() == 40 && text.chars().all(|c| c.is_ascii_hexdigit());
        is_commit.then(|| Self(text.to_ascii_lowercase()))
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The public key of a host: its type and itself, as in a line of `known_hosts` behind the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKey {
    kind: String,
    key: String,
}

/// The types of keys that OpenSSH still takes of a host.
const KEY_TYPES: &[&str] = &[
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

impl HostKey {
    /// Reads `TYPE KEY`; a comment behind it is left out.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const NO_KEY: Refusal = Refusal {
            what: "is not the key of a host",
            help: "it is a type and a key, as in `\"ssh-ed25519 AAAA...\"`: the host's owner publishes it, and `ssh-keyscan -t ed25519 HOST` shows it for comparison",
        };
        let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
        let (Some(kind), Some(key)) = (words.next(), words.next()) else {
            return Err(if text.starts_with("SHA256:") || text.starts_with("MD5:") {
                Refusal {
                    what: "is the fingerprint of a key, which ssh cannot compare",
                    help: "write the key that has it: `ssh-keyscan HOST | ssh-keygen -lf -` shows the fingerprints of its keys",
                }
            } else {
                NO_KEY
            });
        };
        if !KEY_TYPES.contains(&kind) {
            return Err(if KEY_TYPES.contains(&key) {
                Refusal {
                    what: "begins with the name of the host",
                    help: "leave the name out: it is that of the address, as is the port",
                }
            } else if kind == "ssh-dss" {
                Refusal {
                    what: "is of a type that ssh does not take any more",
                    help: "name another key of the host",
                }
            } else {
                NO_KEY
            });
        }
        if is_of_type(key, kind) {
            Ok(Self { kind: kind.to_owned(), key: key.to_owned() })
        } else {
            Err(Refusal { what: "is not whole, or not of its type", help: NO_KEY.help })
        }
    }

    /// The line of `known_hosts` for a host.
    pub fn known_hosts_line(&self, host: &str, port: u16) -> String {
        let name = if port == SSH_PORT { host.to_owned() } else { format!("[{host}]:{port}") };
        format!("{name} {} {}", self.kind, self.key)
    }
}

/// Whether a key is made of whole fields, the first of which is its type.
fn is_of_type(key: &str, kind: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(key) else { return false };
    let (mut rest, mut fields) = (bytes.as_slice(), Vec::new());
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some(field) = after.get(..length) else { return false };
        fields.push(field);
        rest = &after[length..];
    }
    rest.is_empty()
        && fields.len() > 1
        && fields[0] == kind.as_bytes()
        && fields[1..].iter().all(|f| !f.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Commit, GitRef, HostKey, Remote, Transport};

    fn ssh(text: &str) -> Option<(String, u16)> {
        match Remote::parse(text).ok()?.transport() {
            Transport::Ssh { host, port } => Some((host.clone(), *port)),
            Transport::Https => None,
        }
    }

    #[test]
    fn addresses_say_who_logs_in_where() {
        for (text, host, port) in [
            ("git@bitbucket.org:username/repo.git", "bitbucket.org", 22),
            ("deploy-1@Git.Example.org:~/app", "git.example.org", 22),
            ("ssh://git@example.org/team/app.git", "example.org", 22),
            ("ssh://git@example.org:2222/team/app.git", "example.org", 2222),
            ("ssh://git@[::1]:2222/app", "::1", 2222),
            ("git@[::1]:app", "::1", 22),
        ] {
            assert_eq!(ssh(text), Some((host.to_owned(), port)), "{text}");
        }
        assert_eq!(Remote::parse("https://example.org:8443/a.git").unwrap().transport(), &Transport::Https);
    }

    #[test]
    fn what_a_program_could_misread_is_no_address() {
        for text in [
            "",
            "app",
            "./app",
            "/srv/app.git",
            "--upload-pack=touch /tmp/x",
            "ext::sh -c id",
            "git@-oProxyCommand=id:app",
            "-oProxyCommand=id@example.org:app",
            "ssh://-oProxyCommand=id/app",
            "ssh://git@-oProxyCommand=id/app",
            "ssh://git@example.org:0/app",
            "ssh://git@example.org:x/app",
            "ssh://git@example.org",
            "ssh://git@example.org/-app",
            "git@example.org:-app",
            "git@example.org:a b",
            "git@example.org:a'b",
            "git@example.org:$(id)",
            "git@example.org:a\nb",
            "git@example.org:a;b",
            "example.org:app",
            "ssh://example.org/app",
            "git:pw@example.org:app",
            "https://token@example.org/a",
            "https://example.org",
            "http://example.org/a",
            "git://example.org/a",
            "file:///srv/a",
            "git@[::1:app",
            "git@ex\u{e4}mple.org:app",
        ] {
            assert!(Remote::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refs_are_names_and_nothing_that_git_reads_more_into() {
        for text in ["v1.4.0", "release/2026-11", "refs/tags/v1", "refs/heads/main", "a+b", "fix-#12"] {
            assert!(GitRef::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "-v1",
            "--upload-pack=id",
            "+main",
            "a:b",
            "a..b",
            "a//b",
            "a/",
            "/a",
            "a.lock",
            "a b",
            "a^",
            "a~1",
            "a@{1}",
            ".a",
            "a.",
            "a*",
            "$x",
        ] {
            assert!(GitRef::parse(text).is_none(), "{text}");
        }
        let is_branch = |text| GitRef::parse(text).unwrap().is_branch();
        assert!(is_branch("main") && is_branch("refs/heads/v1") && !is_branch("v1.4.0"));
    }

    #[test]
    fn commits_are_whole() {
        let whole = "8F3c".repeat(10);
        assert_eq!(Commit::parse(&whole).unwrap().as_str(), "8f3c".repeat(10));
        for text in ["8f3c", "", &"g".repeat(40), &"a".repeat(41), &"a".repeat(64)] {
            assert!(Commit::parse(text).is_none(), "{text}");
        }
    }

    /// The key of 32 equal bytes.
    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";

    #[test]
    fn a_host_key_is_a_type_and_a_whole_key_of_it() {
        let key = HostKey::parse(&format!("ssh-ed25519 {KEY} root@host")).unwrap();
        assert_eq!(key.known_hosts_line("example.org", 22), format!("example.org ssh-ed25519 {KEY}"));
        assert_eq!(
            key.known_hosts_line("example.org", 2222),
            format!("[example.org]:2222 ssh-ed25519 {KEY}")
        );
        let what = |text: &str| HostKey::parse(text).unwrap_err().what;
        assert_eq!(what(&format!("example.org ssh-ed25519 {KEY}")), "begins with the name of the host");
        assert_eq!(what("SHA256:abc"), "is the fingerprint of a key, which ssh cannot compare");
        for text in [
            format!("ssh-rsa {KEY}"),
            format!("ssh-ed25519 {}", &KEY[..60]),
            "ssh-ed25519 AAAA...".to_owned(),
            "ssh-ed25519 AAAA' && id".to_owned(),
        ] {
            assert_eq!(what(&text), "is not whole, or not of its type", "{text}");
        }
        for text in ["", "ssh-ed25519", KEY, "x y"] {
            assert_eq!(what(text), "is not the key of a host", "{text}");
        }
    }
}
