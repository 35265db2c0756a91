//! What `stackc doctor` says with the real engine, of a machine in four states.

use std::fs;
use std::net::TcpListener;

use super::deployment::{Deployment, free_port};
use super::{NGINX, need_images};

fn stack(port: u16, project: &str) -> String {
    format!(
        "stack {project}\nsecret token {{ file ./secrets/token }}\nservice web {{\n  image {NGINX}\n  publish {port}:80\n  env \
         {{ TOKEN_FILE secret.token.path }}\n}}\n"
    )
}

/// What is said, and the exit code.
fn doctor(deployment: &Deployment, arguments: &[&str]) -> (String, i32) {
    let said = deployment.stackc(&[&["doctor"], arguments].concat());
    assert_eq!(said.err, "");
    (String::from_utf8(said.out).unwrap(), said.code)
}

#[test]
fn four_states_of_a_machine_have_four_answers() {
    need_images(&[NGINX]);
    let mut deployment = Deployment::new("doctor");
    let port = free_port();
    deployment.write("a.stack", stack(port, &deployment.project));
    // A secret is missing.
    let (said, code) = doctor(&deployment, &[]);
    assert!(code == 1 && said.contains("  problem  `token`: secrets/token does not exist\n"), "{said}");
    assert!(said.contains(&format!("  ok       {port} for `web` is free\n")), "{said}");
    assert!(said.ends_with("\n1 problem, 4 ok\n"), "{said}");
    // Everything is right.
    deployment.stackc(&["secret", "init"]).ok();
    let (said, code) = doctor(&deployment, &[]);
    assert!(code == 0 && said.ends_with("\n5 ok\n"), "{said}");
    assert!(said.contains(&format!("  ok       {NGINX} for `web` is here\n")), "{said}");
    assert!(!said.contains(&fs::read_to_string(deployment.path("secrets/token")).unwrap()));
    // A process has the port.
    let taken = TcpListener::bind(("0.0.0.0", port)).unwrap();
    let (said, code) = doctor(&deployment, &[]);
    let line = format!("  problem  {port} for `web` is taken by the process {} (", std::process::id());
    assert!(code == 1 && said.contains(&line), "{said}");
    drop(taken);
    // The engine is stopped.
    deployment.set("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let (said, code) = doctor(&deployment, &[]);
    let line = "  problem  no engine answers at unix:///nowhere/docker.sock: it is not running\n";
    assert!(code == 1 && said.contains(line), "{said}");
    assert!(said.ends_with("\n1 problem, 1 unknown, 3 ok\n"), "{said}");
}

#[test]
fn a_container_that_has_the_port_is_named_unless_it_is_of_this_project() {
    need_images(&[NGINX]);
    let (first, second) = (Deployment::new("doctor-a"), Deployment::new("doctor-b"));
    let port = free_port();
    for deployment in [&first, &second] {
        deployment.write("a.stack", stack(port, &deployment.project));
        deployment.stackc(&["secret", "init"]).ok();
        deployment.stackc(&["build"]).ok();
    }
    first.compose(&["up", "-d"]).ok();
    let (said, code) = doctor(&second, &[]);
    let project = &first.project;
    let line = format!("  problem  {port} for `web` is taken by the container `{project}-web-1` of");
    assert!(code == 1 && said.contains(&line), "{said}");
    // Compose itself says no.
    assert_ne!(second.compose(&["up", "-d"]).code, 0);
    for arguments in [&[][..], &["--compose", "docker-compose.yml"]] {
        let (said, code) = doctor(&first, arguments);
        let line = format!("  ok       {port} for `web` is held by `{project}-web-1` of this project\n");
        assert!(code == 0 && said.contains(&line), "{said}");
    }
}

#[test]
fn a_low_port_that_is_taken_is_seen() {
    need_images(&[NGINX]);
    // Of this machine the first port below 1024 that this user gets; none if it may not take any.
    let taken = (80..1024_u16).find_map(|port| TcpListener::bind(("127.0.0.1", port)).ok());
    let taken =
        taken.expect("this test takes a port below 1024: run it as root, as the engine of the tests is");
    let port = taken.local_addr().unwrap().port();
    let deployment = Deployment::new("doctor-low");
    deployment.write("a.stack", stack(port, &deployment.project));
    let (said, code) = doctor(&deployment, &[]);
    assert!(
        code == 1 && said.contains(&format!("  problem  {port} for `web` is taken by the process ")),
        "{said}"
    );
}
