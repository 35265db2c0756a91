//! `stackc secret init`

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Desk;

const SECRETS: &str = "stack demo\n\nsecret db { file ./secrets/db }\nsecret key { env API_KEY }\n\nservice web {\n  image \
                       nginx:1.30\n  publish 127.0.0.1:8080:80\n  env {\n    DB_FILE secret.db.path\n  }\n}\n";

fn mode(desk: &Desk, name: &str) -> u32 {
    fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o7777
}

#[test]
fn missing_secrets_are_made_and_ignored_and_never_shown() {
    let desk = Desk::with("a.stack", SECRETS);
    assert!(desk.run(&["build"]).out.ends_with("\nnext: stackc secret init\n"));
    // Whatever the umask is, a container must be able to read the file.
    let said = desk.shell("umask 077; exec \"$1\" secret init a.stack");
    said.says("made     secrets/db\nignored  /secrets/db in .gitignore\nto set   export API_KEY=...\n");
    let value = desk.read("secrets/db");
    assert_eq!(value.len(), 43);
    assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    assert!(!said.out.contains(&value) && !said.err.contains(&value));
    assert_eq!((mode(&desk, "secrets"), mode(&desk, "secrets/db")), (0o700, 0o444));
    assert_eq!(desk.read(".gitignore"), "/secrets/db\n");
    desk.run(&["secret", "init"]).says("present  secrets/db\nto set   export API_KEY=...\n");
    assert_eq!(desk.read("secrets/db"), value);
    assert!(desk.run(&["build"]).out.ends_with("\nnext: docker compose up --build -d\n"));
}

#[test]
fn an_existing_file_is_never_touched() {
    let desk = Desk::with("a.stack", SECRETS);
    fs::create_dir(desk.path("secrets")).unwrap();
    fs::set_permissions(desk.path("secrets"), fs::Permissions::from_mode(0o755)).unwrap();
    desk.write("secrets/db", "");
    desk.write(".gitignore", "secrets/\r\n");
    let said = desk.run(&["secret", "init"]);
    said.says("present  secrets/db\nto set   export API_KEY=...\n");
    assert_eq!(
        said.err,
        "warning: others on this machine can look into `secrets` (mode 755), which holds secrets\n  help: `chmod 700 \
         secrets`\n"
    );
    assert_eq!(desk.read("secrets/db"), "");
    assert_eq!(desk.read(".gitignore"), "secrets/\r\n");
}

#[test]
fn the_gitignore_of_the_repository_keeps_its_line_endings() {
    let desk = Desk::empty();
    fs::create_dir_all(desk.path(".git")).unwrap();
    fs::create_dir_all(desk.path("deploy")).unwrap();
    desk.write("deploy/a.stack", SECRETS);
    desk.write(".gitignore", "target\r\n*.pyc");
    desk.run(&["secret", "init", "deploy/a.stack"]).says(
        "made     secrets/db\nignored  /deploy/secrets/db in .gitignore\nto set   export API_KEY=...\n",
    );
    assert_eq!(desk.read(".gitignore"), "target\r\n*.pyc\r\n/deploy/secrets/db\r\n");
}

#[test]
fn what_lies_outside_of_the_project_is_left_to_a_person() {
    let desk = Desk::empty();
    fs::create_dir(desk.path("deploy")).unwrap();
    desk.write("deploy/a.stack", SECRETS.replace("./secrets/db", "../secrets/db"));
    let said = desk.run(&["secret", "init", "deploy/a.stack"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (
            1,
            "left     ../secrets/db: it lies outside of the project: make it yourself\nto set   export API_KEY=...\n"
        )
    );
    assert!(!desk.path("secrets").exists());
}

#[test]
fn a_certificate_is_not_made_up() {
    let desk = Desk::with(
        "a.stack",
        "secret pem { file ./secrets/tls.pem }\nsecret key { file ./secrets/tls.key }\nproxy web {\n  image nginx:1.30\n  \
         publish 443:443\n  tls { certificate secret.pem; key secret.key }\n  site example.org { respond / 204 }\n}\n",
    );
    let said = desk.run(&["secret", "init"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.starts_with(
            "left     secrets/tls.pem: it is a certificate, which an authority makes: put it there\n\
             left     secrets/tls.key: it is the key of a certificate: put it there with that\n"
        ),
        "{}",
        said.out
    );
    assert!(!desk.path("secrets").exists());
}

#[test]
fn no_secret_is_made_through_a_link() {
    let desk = Desk::with("a.stack", SECRETS);
    fs::create_dir(desk.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", desk.path("secrets")).unwrap();
    let said = desk.run(&["secret", "init"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.starts_with("left     secrets/db: it lies behind the link `secrets`: make it yourself\n"),
        "{}",
        said.out
    );
    assert!(fs::read_dir(desk.path("elsewhere")).unwrap().next().is_none());
}

#[test]
fn without_secrets_there_is_nothing_to_do() {
    let desk = Desk::with("a.stack", super::DEMO);
    desk.run(&["secret", "init"]).says("a.stack declares no secrets\n");
    assert!(desk.files().is_empty());
}
