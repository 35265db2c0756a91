//! Whether secrets can be used: files that are there and closed to others, variables that are set. Values are not shown.

use std::path::Path;

use super::subject::Subject;
use crate::driver::look::{self, Thing};
use crate::driver::place::quoted;
use crate::model::stack::TlsFile;
use crate::project::compose::Declared;
use crate::project::host::join;
use crate::render::checkup::{Check, State};

pub(super) const GROUP: &str = "secrets";

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    subject.compose().secrets.iter().filter_map(|secret| one(secret, subject)).collect()
}

fn one(secret: &Declared, subject: &Subject) -> Option<Check> {
    let name = &secret.name.value;
    if secret.is_external {
        let text = format!("`{name}` is made by whoever runs the stack");
        return Some(
            Check::new(GROUP, State::Unknown, text).note("compose itself has no external secrets; Swarm has"),
        );
    }
    if let Some(variable) = secret.node.get("environment").and_then(crate::project::compose::Node::text) {
        return Some(from_variable(name, &variable, subject));
    }
    let node = secret.node.get("file")?;
    let Some(path) = node.text() else {
        let text = format!("where `{name}` is depends on a variable without a value");
        return Some(Check::new(GROUP, State::Unknown, text));
    };
    let path = match path.strip_prefix("~/").zip(subject.variable("HOME")) {
        Some((rest, home)) => join(home, rest),
        None => join(&node.folder, &path),
    };
    let make = match (&subject.make_secrets, subject.tls(name)) {
        (_, Some(file)) => Make::Tls(file),
        (Some(command), None) => Make::Command(command),
        (None, None) => Make::ByHand,
    };
    Some(file(name, &path, make))
}

/// How a secret that is not there comes to be.
#[derive(Clone, Copy)]
pub(super) enum Make<'a> {
    /// By a command of ours.
    Command(&'a str),
    /// Somebody writes it down.
    ByHand,
    /// As a key for ssh.
    Key,
    /// An authority makes it.
    Tls(TlsFile),
}

impl Make<'_> {
    fn help(self, path: &str) -> String {
        let path = quoted(path);
        match self {
            Self::Tls(TlsFile::Key) => "put the private key of the certificate there".to_owned(),
            Self::Tls(TlsFile::Certificate) => format!(
                "put there what an authority made for the names of the sites; to try things out, one that browsers warn of: \
                 `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
                 -addext subjectAltName=DNS:localhost -out {path} -keyout KEY`, then `chmod 444 KEY`"
            ),
            Self::Command(command) => {
                format!("`{command}` makes it with a random value; or write the value into it")
            }
            Self::ByHand => {
                format!("write the value into it, readable by nobody else: `(umask 077; cat > {path})`")
            }
            Self::Key => format!("put the key there, or make one: `ssh-keygen -t ed25519 -N '' -f {path}`"),
        }
    }
}

fn from_variable(name: &str, variable: &str, subject: &Subject) -> Check {
    let help = format!("`export {variable}=...` before `docker compose up`, or a line in `.env`");
    match subject.variable(variable) {
        Some("") => Check::new(GROUP, State::Problem, format!("`{name}`: the variable {variable} is empty"))
            .help(help),
        Some(_) => Check::new(GROUP, State::Ok, format!("`{name}`: the variable {variable} is set")),
        None => Check::new(GROUP, State::Problem, format!("`{name}`: the variable {variable} is not set"))
            .help(help),
    }
}

pub(super) fn file(name: &str, path: &str, how: Make<'_>) -> Check {
    let text = |what: &str| format!("`{name}`: {path} {what}");
    let problem = |what: &str| Check::new(GROUP, State::Problem, text(what));
    let make = how.help(path);
    match look::thing(Path::new(path)) {
        Thing::Missing => return problem("does not exist").help(make),
        Thing::Folder => {
            return problem("is a folder")
                .note("Docker makes one where a mount finds no file")
                .help(format!("`rmdir {}`, then {make}", quoted(path)));
        }
        Thing::Other => return problem("is no regular file").help("put the value into a file of its own"),
        Thing::Hidden(why) => {
            return Check::new(GROUP, State::Unknown, text(&format!("cannot be looked at: {why}")));
        }
        Thing::File => {}
    }
    let found = look::secret(Path::new(path));
    if found.is_empty {
        return problem("is empty").help(match how {
            Make::Command(command) => {
                format!("write the value into it; or remove it, and `{command}` makes a random one")
            }
            Make::ByHand => "write the value into it".to_owned(),
            Make::Key | Make::Tls(_) => make,
        });
    }
    if let Some(why) = found.unreadable {
        return Check::new(GROUP, State::Warning, text(&format!("cannot be read by this user: {why}")))
            .note("Compose reads it for a build, and mounts it into containers with the mode that it has")
            .help(format!("check who owns it: `ls -l {}`", quoted(path)));
    }
    if let Some(mode) = found.open {
        let folder =
            path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
        let check = Check::new(
            GROUP,
            State::Warning,
            text(&format!("can be read by every user of this machine (mode {mode:03o})")),
        );
        return check.help(if folder == "." || folder == "/" {
            format!(
                "`chmod o-rwx {}`, or keep secrets in a folder of their own that is closed to others",
                quoted(path)
            )
        } else {
            format!(
                "`chmod 700 {}`: a container may need the mode of the file, and the folder keeps others away",
                quoted(folder)
            )
        });
    }
    if let Make::Tls(file) = how
        && let Some(wrong) = not_of_tls(path, file)
    {
        return problem(&wrong).note("nginx does not start with it");
    }
    let check = Check::new(GROUP, State::Ok, text("is there"));
    if found.ends_a_line && !matches!(how, Make::Key | Make::Tls(_)) {
        check.note(
            "it ends in a line break, which most programs take off, and some take for a part of the value",
        )
    } else {
        check
    }
}

/// What is wrong with a file of TLS, as far as its outside shows.
fn not_of_tls(path: &str, file: TlsFile) -> Option<String> {
    let labels = look::pem_labels(Path::new(path)).ok()?;
    let has = |what: &str| labels.iter().any(|label| label.ends_with(what));
    match file {
        TlsFile::Certificate if !has("CERTIFICATE") => Some("holds no certificate in PEM".to_owned()),
        TlsFile::Key if labels.iter().any(|label| label == "ENCRYPTED PRIVATE KEY") => {
            Some("is locked with a password, which nobody is there to type".to_owned())
        }
        TlsFile::Key if !has("PRIVATE KEY") => Some("holds no private key in PEM".to_owned()),
        TlsFile::Certificate | TlsFile::Key => None,
    }
}
