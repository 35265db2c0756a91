//! What the rules on services find in compose files.

use super::project::found;

/// Checks what rules find in one compose file, the lines counted from that of the first service's name as 1.
#[track_caller]
fn services(text: &str, codes: &[&str], expected: &[&str]) {
    let whole = format!("services:\n{text}");
    let found = found(&[("docker-compose.yml", &whole)], codes);
    let expected: Vec<String> = expected.iter().map(|found| format!("docker-compose.yml:{found}")).collect();
    assert_eq!(found, expected, "{whole}");
}

#[test]
fn what_is_legacy_is_told_of_where_it_is_written() {
    let file = "version: '3'\nservices:\n  a:\n    image: x:1\n    links: [b]\n    volumes_from: [b]\n  b:\n    image: y:1\n";
    let codes = ["compose-obsolete-version", "compose-links", "compose-volumes-from"];
    assert_eq!(
        found(&[("docker-compose.yml", file)], &codes),
        [
            "docker-compose.yml:1 compose-obsolete-version",
            "docker-compose.yml:5 compose-links",
            "docker-compose.yml:6 compose-volumes-from",
        ]
    );
    services("  a:\n    image: x:1\n", &codes, &[]);
}

#[test]
fn names_must_be_declared() {
    let code = &["compose-undefined"];
    services("  a:\n    image: x:1\n    networks: [back]\n", code, &["4 compose-undefined"]);
    services("  a:\n    image: x:1\n    volumes: ['data:/data']\n", code, &["4 compose-undefined"]);
    services("  a:\n    image: x:1\n    secrets: [key]\n", code, &["4 compose-undefined"]);
    services("  a:\n    image: x:1\n    configs: [conf]\n", code, &["4 compose-undefined"]);
    services("  a:\n    image: x:1\n    depends_on: [b]\n", code, &["4 compose-undefined"]);
    services("  a:\n    image: x:1\n    network_mode: service:b\n", code, &["4 compose-undefined"]);
    for silent in [
        "  a:\n    image: x:1\n    networks: [default]\n",
        "  a:\n    image: x:1\n    networks: [back]\nnetworks:\n  back:\n",
        "  a:\n    image: x:1\n    volumes: ['data:/data', './x:/y', '/z']\nvolumes:\n  data:\n",
        "  a:\n    image: x:1\n    depends_on: {b: {condition: service_started, required: false}}\n",
        "  a:\n    image: x:1\n    volumes_from: ['container:other']\n",
        "  a:\n    image: x:1\n    volumes: ['${DATA}:/data']\n",
    ] {
        services(silent, code, &[]);
    }
}

#[test]
fn services_that_wait_for_each_other_are_one_finding() {
    let code = &["compose-cycle"];
    services(
        "  a:\n    image: x:1\n    depends_on: [b]\n  b:\n    image: x:1\n    links: [c]\n  c:\n    image: x:1\n    volumes_from: [a]\n",
        code,
        &["4 compose-cycle"],
    );
    services("  a:\n    image: x:1\n    depends_on: [a]\n", code, &["4 compose-cycle"]);
    services(
        "  a:\n    image: x:1\n    depends_on: [b, c]\n  b:\n    image: x:1\n    depends_on: [c]\n  c:\n    image: x:1\n",
        code,
        &[],
    );
}

#[test]
fn advice_for_all_services_is_one_finding() {
    let two = "  a:\n    image: x:1\n  b:\n    image: y:1\n";
    for code in [
        "compose-no-restart",
        "compose-no-limits",
        "compose-capabilities-kept",
        "compose-new-privileges",
        "compose-root-writable",
    ] {
        services(two, &[code], &[&format!("2 {code}")]);
    }
    let hardened = "  a:\n    image: x:1\n    restart: always\n    mem_limit: 1g\n    cap_drop: [ALL]\n    read_only: true\n    security_opt: ['no-new-privileges:true']\n    healthcheck: {test: [CMD, x]}\n";
    let codes = [
        "compose-no-restart",
        "compose-no-limits",
        "compose-capabilities-kept",
        "compose-new-privileges",
        "compose-root-writable",
        "compose-no-health",
    ];
    services(hardened, &codes, &[]);
    // A job that others wait for is meant to end.
    services(
        "  a:\n    image: x:1\n    restart: always\n    depends_on: {job: {condition: service_completed_successfully}}\n  job:\n    image: x:1\n",
        &["compose-no-restart"],
        &[],
    );
    // What is built for others and never started.
    let never = "  a:\n    image: x:1\n    scale: 0\n";
    services(never, &["compose-no-limits", "compose-no-health"], &[]);
}

#[test]
fn what_leads_out_of_the_container_is_told_of() {
    let code = &[
        "compose-privileged",
        "compose-host-namespace",
        "compose-docker-socket",
        "compose-capability-added",
    ];
    services("  a:\n    image: x:1\n    privileged: true\n", code, &["4 compose-privileged"]);
    services("  a:\n    image: x:1\n    privileged: false\n", code, &[]);
    services("  a:\n    image: x:1\n    pid: host\n", code, &["4 compose-host-namespace"]);
    services("  a:\n    image: x:1\n    network_mode: host\n", code, &["4 compose-host-namespace"]);
    services("  a:\n    image: x:1\n    network_mode: none\n", code, &[]);
    services(
        "  a:\n    image: x:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n",
        code,
        &["5 compose-docker-socket"],
    );
    services(
        "  a:\n    image: x:1\n    cap_add: [SYS_ADMIN, CAP_CHOWN]\n",
        code,
        &["4 compose-capability-added"],
    );
    services("  a:\n    image: x:1\n    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n", code, &[]);
}

#[test]
fn an_image_without_a_version_floats() {
    let code = &["compose-floating-image"];
    for image in ["postgres", "postgres:latest", "ghcr.io/a/b", "localhost:5000/a"] {
        services(&format!("  a:\n    image: {image}\n"), code, &["3 compose-floating-image"]);
    }
    for image in ["postgres:18", "a/b@sha256:0123456789abcdef0123456789abcdef", "'${IMAGE}'", "'a:${TAG}'"] {
        services(&format!("  a:\n    image: {image}\n"), code, &[]);
    }
    services("  a:\n    build: .\n    image: me/app\n  b:\n    image: me/app\n", code, &[]);
}

#[test]
fn one_name_is_for_one_container() {
    let code = &["compose-container-name-replicas"];
    services(
        "  a:\n    image: x:1\n    container_name: a\n    deploy: {replicas: 2}\n",
        code,
        &["4 compose-container-name-replicas"],
    );
    services(
        "  a:\n    image: x:1\n    container_name: a\n    scale: 2\n",
        code,
        &["4 compose-container-name-replicas"],
    );
    services("  a:\n    image: x:1\n    container_name: a\n    deploy: {replicas: 1}\n", code, &[]);
    services("  a:\n    image: x:1\n    container_name: a\n    deploy: {replicas: '${N}'}\n", code, &[]);
}

#[test]
fn numbers_without_quotes_are_told_of_where_compose_changes_them() {
    let environment = |value: &str| format!("  a:\n    image: x:1\n    environment:\n      A: {value}\n");
    let code = &["compose-yaml-trap"];
    for value in ["1.10", "022", "0x1F", "1e3", "1_000", "3.0"] {
        services(&environment(value), code, &["5 compose-yaml-trap"]);
    }
    for value in ["8080", "'1.10'", "1.5", "yes", "1.2.3", "${A}", "true", "10.0.0.1", "\"022\""] {
        services(&environment(value), code, &[]);
    }
    services("  a:\n    image: x:1\n    environment: ['A=1.10']\n", code, &[]);
    services("  a:\n    image: x:1\n    ports: [22:22, 80:80, '23:22']\n", code, &["4 compose-yaml-trap"]);
    services("  a:\n    image: x:1\n    tty: yes\n", code, &["4 compose-yaml-trap"]);
}

#[test]
fn an_env_file_that_is_not_there_is_told_of_once() {
    let code = &["compose-env-file-missing"];
    services(
        "  a:\n    image: x:1\n    env_file: a.env\n  b:\n    image: x:1\n    env_file: [a.env]\n",
        code,
        &["4 compose-env-file-missing"],
    );
    services("  a:\n    image: x:1\n    env_file: [{path: a.env, required: false}]\n", code, &[]);
    services("  a:\n    image: x:1\n    env_file: '${FILE}'\n", code, &[]);
    let text = "services:\n  a:\n    image: x:1\n    env_file: a.env\n";
    assert_eq!(found(&[("docker-compose.yml", text), ("a.env", "A=b\n")], code), [""; 0]);
}

#[test]
fn data_in_a_volume_without_a_name_is_told_of() {
    let code = &["compose-anonymous-data"];
    services("  a:\n    image: x:1\n    volumes: [/srv/uploads]\n", code, &["4 compose-anonymous-data"]);
    services("  a:\n    image: x:1\n    volumes: ['.:/app', /app/node_modules]\n", code, &[]);
    services("  a:\n    image: x:1\n    volumes: ['.:/app', /app/data]\n", code, &[]);
    services("  a:\n    image: x:1\n    volumes: ['up:/srv/uploads']\nvolumes: {up: }\n", code, &[]);
    // Over what an image brings it goes stale, which is another fault.
    let compose = "services:\n  a:\n    build: .\n    volumes: [/srv/app]\n";
    let built =
        |dockerfile: &str| found(&[("docker-compose.yml", compose), ("Dockerfile", dockerfile)], code);
    assert_eq!(built("FROM python:3.14-slim\nWORKDIR /srv/app\n"), [""; 0]);
    assert_eq!(
        built("FROM python:3.14-slim\nWORKDIR /srv\n"),
        ["docker-compose.yml:4 compose-anonymous-data"]
    );
}

#[test]
fn a_secret_that_is_a_number_is_not_shown() {
    let text = "services:\n  a:\n    image: x:1\n    environment:\n      DB_PASSWORD: 0123\n";
    let checked = stackc::handwritten::check_memory(&stackc::project::host::Memory::new([(
        "docker-compose.yml",
        text,
    )]));
    let mut found = checked.sink.diagnostics.iter().filter(|found| found.code == "compose-yaml-trap");
    let trap = found.next().unwrap();
    assert!(!format!("{trap:?}").contains("0123") && checked.sink.masked.contains(&trap.primary.span));
}

#[test]
fn a_container_name_belongs_to_one_container() {
    let two = |a: &str, b: &str| {
        format!(
            "  a:\n    image: x:1\n    container_name: {a}\n  b:\n    image: x:1\n    container_name: {b}\n"
        )
    };
    let code = &["compose-container-name-twice"];
    services(&two("app", "app"), code, &["7 compose-container-name-twice"]);
    services(&two("app", "${NAME:-app}"), code, &["7 compose-container-name-twice"]);
    services(&two("app", "app2"), code, &[]);
    services(&two("${NAME}", "${NAME}"), code, &[]);
    services(&two("app\n    profiles: [dev]", "app\n    profiles: [prod]"), code, &[]);
    services(&two("app", "app\n    profiles: [prod]"), code, &["7 compose-container-name-twice"]);
}

#[test]
fn a_container_name_is_one_that_docker_takes() {
    let named = |name: &str| format!("  a:\n    image: x:1\n    container_name: {name}\n");
    let code = &["compose-container-name-form"];
    for bad in ["app@1", "my app", "-app", "caf\u{e9}", "a/b"] {
        services(&named(&format!("'{bad}'")), code, &["4 compose-container-name-form"]);
    }
    for good in ["app", "a1", "my_app-1.x", "/app", "${NAME}", ""] {
        services(&named(&format!("'{good}'")), code, &[]);
    }
}

#[test]
fn a_tag_that_is_no_version_floats() {
    let image = |name: &str| format!("  a:\n    image: {name}\n");
    let code = &["compose-floating-image"];
    for floating in ["x", "x:latest", "x:stable", "x:edge", "r.example:5000/x:nightly", "x:main"] {
        services(&image(floating), code, &["3 compose-floating-image"]);
    }
    for fixed in ["x:1", "x:stable-1.30", "x:bookworm", "x:dev-2024"] {
        services(&image(fixed), code, &[]);
    }
}
