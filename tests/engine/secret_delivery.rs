//! Every row of the tables in docs/secret-delivery.md, booted or built.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};

use super::deployment::Deployment;
use super::git_server::{Agent, KeyPair};
use super::{PYTHON, Said, docker, need_images, random};
use crate::snapshot::repository;

/// A row by the heads of its columns.
#[derive(Debug)]
struct Row(Vec<(String, String)>);

impl Row {
    fn get(&self, head: &str) -> &str {
        &self.0.iter().find(|(name, _)| name == head).unwrap().1
    }

    fn arrives(&self) -> bool {
        match self.get("arrives") {
            "yes" => true,
            "no" => false,
            other => panic!("a secret arrives or not, and not `{other}`"),
        }
    }
}

/// The tables of the page, in order.
fn tables() -> Vec<Vec<Row>> {
    let page = fs::read_to_string(repository().join("docs/secret-delivery.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let lines: Vec<&str> = page.lines().collect();
    let tables = lines.split(|line| !line.starts_with('|')).filter(|table| !table.is_empty());
    let rows = tables.map(|table| {
        let heads = cells(table[0]);
        table[2..].iter().map(|line| Row(heads.iter().cloned().zip(cells(line)).collect())).collect()
    });
    rows.collect()
}

/// Makes a file with the mode and the owner that a row names.
fn make(deployment: &Deployment, name: &str, value: &str, mode: &str) {
    deployment.write(name, value);
    let path = deployment.path(name);
    let (mode, owner) = mode.split_once(", ").unwrap_or((mode, ""));
    let mode = u32::from_str_radix(mode, 8).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    if owner == "another's" {
        chown(&path, Some(4711), Some(4711)).expect("only root can make files of others, and runs this test");
    }
}

#[test]
fn every_way_into_a_container_is_as_the_page_says() {
    need_images(&[PYTHON]);
    let [containers, _] = &tables()[..] else { panic!("the page has two tables") };
    let value = random(20);
    let mut deployment = Deployment::new("delivery");
    deployment.set("DELIVERED", &value);
    let mut stack = "defaults plain\n".to_owned();
    for (number, row) in containers.iter().enumerate() {
        let source = if row.get("kept in") == "env" {
            "env DELIVERED".to_owned()
        } else {
            make(&deployment, &format!("secrets/s{number}"), &value, row.get("mode on the host"));
            format!("file ./secrets/s{number}")
        };
        let user = if row.get("user") == "root" { "0" } else { row.get("user") };
        let less = if row.get("capabilities") == "none" { "cap_drop ALL" } else { "" };
        let root = if row.get("root") == "read-only" { "read_only on" } else { "" };
        write!(
            stack,
            "secret s{number} {{ {source} }}\nservice c{number} {{\n  image {PYTHON}\n  user {user}\n  {less}\n  \
             {root}\n  command shell 'test \"$VALUE\" = \"$(cat \"$FILE\")\" && echo \"has $VALUE\"'\n  env {{ VALUE \
             secret.s{number} exported; FILE secret.s{number}.path }}\n}}\n"
        )
        .unwrap();
    }
    deployment.write("a.stack", stack);
    deployment.stackc(&["build"]).ok();
    let expected = format!("has {value}");
    let mut wrong = Vec::new();
    for (number, row) in containers.iter().enumerate() {
        let (service, container) = (format!("c{number}"), format!("{}-c{number}", deployment.project));
        let said = deployment.compose(&["run", "--rm", "-T", "--name", &container, &service]);
        // One that could not be started is left behind.
        drop(deployment.docker(&["rm", "--force", &container]));
        let has = said.code == 0 && String::from_utf8_lossy(&said.out).contains(&expected);
        if has != row.arrives() {
            wrong.push(format!("{row:?}\n{}", said.report()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Asks the agent at its socket how many keys it holds.
const ASK: &str = "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['SSH_AUTH_SOCK']); \
                   s.sendall(bytes([0, 0, 0, 1, 11])); a = s.makefile('rb').read(9); print('it holds', a[8])";

#[test]
fn every_way_into_a_step_of_a_build_is_as_the_page_says() {
    need_images(&[PYTHON]);
    let [_, steps] = &tables()[..] else { panic!("the page has two tables") };
    let value = random(20);
    let mut deployment = Deployment::new("steps");
    let key = KeyPair::make(&deployment.path("ssh"), "key");
    let agent = Agent::with(&[&key]);
    deployment.set("DELIVERED", &value);
    deployment.set("SSH_AUTH_SOCK", &agent.socket());
    let mut stack = String::new();
    for (number, row) in steps.iter().enumerate() {
        let mode = row.get("mode on the host");
        let (source, step) = match row.get("kept in") {
            "file" => {
                make(&deployment, &format!("secrets/s{number}"), &value, mode);
                (format!("file ./secrets/s{number}"), "secret")
            }
            "env" => ("env DELIVERED".to_owned(), "secret"),
            "ssh-agent" => ("ssh-agent".to_owned(), "ssh"),
            "ssh-key" => ("ssh-key ./ssh/key".to_owned(), "ssh"),
            other => panic!("nothing is kept in `{other}`"),
        };
        let seen = match step {
            "ssh" => format!("python3 -c \"{ASK}\" | grep -qx 'it holds 1'"),
            _ => format!(
                "test \"$(sha256sum </run/secrets/s{number})\" = \"$(printf %s {value} | sha256sum)\""
            ),
        };
        let user = if row.get("user of the step") == "root" { "0" } else { row.get("user of the step") };
        write!(
            stack,
            "secret s{number} {{ {source} }}\nservice b{number} {{\n  build {{\n    base {PYTHON}\n    env {{ RUN_OF \
             {value} }}\n    user {user}\n    run \"\"\"\n      {seen}\n    \"\"\" {{ {step} s{number} }}\n  }}\n  command \
             true\n}}\n"
        )
        .unwrap();
    }
    deployment.write("a.stack", stack);
    deployment.stackc(&["build"]).ok();
    let mut wrong = Vec::new();
    for (number, row) in steps.iter().enumerate() {
        let service = format!("b{number}");
        let said = deployment.compose(&["build", &service]);
        if (said.code == 0) != row.arrives() {
            wrong.push(format!("{row:?}\n{}", said.report()));
        }
        drop(Said::of(&mut docker(["image", "rm", "-f", &format!("{}-{service}", deployment.project)])));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
