//! What the rules on ports find in compose files.

use super::project::found;

#[track_caller]
fn services(text: &str, codes: &[&str], expected: &[&str]) {
    let whole = format!("services:\n{text}");
    let found = found(&[("docker-compose.yml", &whole)], codes);
    let expected: Vec<String> = expected.iter().map(|found| format!("docker-compose.yml:{found}")).collect();
    assert_eq!(found, expected, "{whole}");
}

/// Two services that publish these ports.
fn two(a: &str, b: &str) -> String {
    format!("  a:\n    image: x:1\n    ports: [{a}]\n  b:\n    image: x:1\n    ports: [{b}]\n")
}

#[test]
fn a_port_of_the_host_is_taken_once() {
    for (a, b) in [
        ("'80:80'", "'80:8080'"),
        ("'8000-8010:8000-8010'", "'127.0.0.1:8005:80'"),
        ("'${PORT:-8080}:80'", "'8080:80'"),
        ("'0.0.0.0:80:80'", "'127.0.0.1:80:80'"),
        ("'80:80'", "{target: 80, published: '80'}"),
        ("'53:53/udp'", "'53:53/udp'"),
    ] {
        services(&two(a, b), &["port-clash"], &["7 port-clash"]);
    }
    for (a, b) in [
        ("'80:80'", "'81:80'"),
        ("'127.0.0.1:80:80'", "'127.0.0.2:80:80'"),
        ("'53:53'", "'53:53/udp'"),
        ("'${PORT}:80'", "'${PORT}:80'"),
        ("'80'", "'80'"),
        ("'80:80'", "'8000-9000:80'"),
    ] {
        services(&two(a, b), &["port-clash"], &[]);
    }
    let apart = "  a:\n    image: x:1\n    ports: ['80:80']\n    network_mode: none\n  b:\n    image: x:1\n    ports: ['80:80']\n";
    services(apart, &["port-clash"], &[]);
}

#[test]
fn a_range_that_docker_chooses_from_leaves_out_what_others_need() {
    for (a, b) in [("'8000-8010:80'", "'8005:80'"), ("'8000-8010:80'", "'127.0.0.1:8005:80'")] {
        services(&two(a, b), &["port-clash"], &["4 port-clash"]);
    }
    for (a, b) in [
        ("'8000-8010:80'", "'8011:80'"),
        ("'8000-8010:80'", "'8005-8015:80'"),
        ("'8000-8010:80/udp'", "'8005:80'"),
        ("'127.0.0.2:8000-8010:80'", "'127.0.0.1:8005:80'"),
    ] {
        services(&two(a, b), &["port-clash"], &[]);
    }
}

#[test]
fn containers_of_a_service_do_not_share_a_port() {
    let service = |ports: &str, replicas: &str| {
        format!("  a:\n    image: x:1\n    ports: [{ports}]\n    deploy: {{replicas: {replicas}}}\n")
    };
    services(&service("'80:80'", "2"), &["port-replicas"], &["4 port-replicas"]);
    services(&service("'80-82:80'", "4"), &["port-replicas"], &["4 port-replicas"]);
    services(&service("'80-82:80'", "3"), &["port-replicas"], &[]);
    services(&service("'80'", "3"), &["port-replicas"], &[]);
    services(&service("'80:80'", "1"), &["port-replicas"], &[]);
    services(&service("'80:80'", "'${N}'"), &["port-replicas"], &[]);
}

#[test]
fn ports_say_nothing_on_the_network_of_another() {
    let service = |mode: &str| {
        format!(
            "  a:\n    image: x:1\n    network_mode: {mode}\n    ports: ['80:80']\n  b:\n    image: x:1\n"
        )
    };
    services(&service("host"), &["port-host-network"], &["5 port-host-network"]);
    services(&service("'service:b'"), &["port-host-network"], &["5 port-host-network"]);
    services(&service("bridge"), &["port-host-network"], &[]);
    services(&service("'${MODE}'"), &["port-host-network"], &[]);
}
