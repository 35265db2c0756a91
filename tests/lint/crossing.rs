//! What the rules find that look at compose files, Dockerfiles and configurations of nginx together.

use super::project::found;

/// A service `web` that runs nginx with `nginx.conf`, and others.
fn stack(web: &str, others: &str) -> String {
    format!(
        "services:\n  web:\n    image: nginx:1.30\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']\n{web}{others}"
    )
}

/// A configuration that passes all requests on: `proxy_pass` stands in line 5.
fn conf(pass: &str) -> String {
    format!("events {{ }}\nhttp {{\nserver {{\nlisten 80;\nlocation / {{ {pass} }}\n}}\n}}\n")
}

/// Checks what rules find in a stack of nginx, other services and a configuration.
#[track_caller]
fn passing(web: &str, others: &str, pass: &str, codes: &[&str], expected: &[&str]) {
    let (compose, conf) = (stack(web, others), conf(pass));
    let found = found(&[("docker-compose.yml", &compose), ("nginx.conf", &conf)], codes);
    assert_eq!(found, expected, "{compose}{conf}");
}

const APP: &str = "  app:\n    image: example/app:1.0\n";

#[test]
fn nginx_finds_services_by_their_names() {
    let code = &["cross-proxy-host"];
    let none = "proxy_pass http://backend:8000;";
    passing("", APP, none, code, &["nginx.conf:5 cross-proxy-host"]);
    passing("", APP, "fastcgi_pass php:9000;", code, &["nginx.conf:5 cross-proxy-host"]);
    passing("", APP, "set $b backend; proxy_pass http://$b:80;", code, &["nginx.conf:5 cross-proxy-host"]);
    for (web, app) in [
        ("", "    container_name: backend\n"),
        ("", "    hostname: backend\n"),
        ("", "    networks: {default: {aliases: [backend]}}\n"),
        ("    links: ['app:backend']\n", ""),
        ("    extra_hosts: ['backend:10.0.0.1']\n", ""),
        ("    networks: [out]\n", "    networks: [out]\nnetworks: {out: {external: true}}\n"),
        ("", "    container_name: '${NAME}'\n"),
    ] {
        passing(web, &format!("{APP}{app}"), none, code, &[]);
    }
    for silent in [
        "proxy_pass http://app:8000;",
        "proxy_pass http://example.org;",
        "proxy_pass http://host.docker.internal:80;",
        "proxy_pass http://localhost:8000;",
        "proxy_pass http://unix:/run/app.sock;",
        "proxy_pass http://$host;",
        "proxy_pass http://10.0.0.1;",
        "proxy_pass http://project-app-1:8000;",
    ] {
        passing("", APP, silent, code, &[]);
    }
}

#[test]
fn servers_of_an_upstream_are_looked_up_too() {
    let conf = |server: &str| {
        format!(
            "events {{ }}\nhttp {{\nupstream group {{\nserver {server};\n}}\nserver {{\nlocation / {{ proxy_pass http://group; }}\n}}\n}}\n"
        )
    };
    let compose = stack("", APP);
    let found_in = |server: &str| {
        found(&[("docker-compose.yml", &compose), ("nginx.conf", &conf(server))], &["cross-proxy-host"])
    };
    assert_eq!(found_in("backend:8000"), ["nginx.conf:4 cross-proxy-host"]);
    assert_eq!(found_in("app:8000"), [""; 0]);
}

#[test]
fn the_port_is_one_that_is_listened_on() {
    let code = &["cross-proxy-port"];
    let app = |words: &str| format!("  app:\n    image: python:3.14-slim\n    command: {words}\n");
    for (words, pass, expected) in [
        ("gunicorn -b 0.0.0.0:8000 a:b", "proxy_pass http://app:5000;", true),
        ("sh -c 'a && exec gunicorn -b 0.0.0.0:8000 a:b'", "proxy_pass http://app:5000;", true),
        ("gunicorn -b 0.0.0.0:8000 a:b", "proxy_pass http://app;", true),
        ("gunicorn -b 0.0.0.0:8000 a:b", "proxy_pass http://app:8000/x;", false),
        ("gunicorn -b 0.0.0.0:8000 -b 0.0.0.0:5000 a:b", "proxy_pass http://app:5000;", false),
        ("sh -c 'other & gunicorn -b 0.0.0.0:8000 a:b'", "proxy_pass http://app:5000;", false),
        ("gunicorn -c conf.py a:b", "proxy_pass http://app:5000;", false),
        ("python server.py", "proxy_pass http://app:5000;", false),
    ] {
        let expected: &[&str] = if expected { &["nginx.conf:5 cross-proxy-port"] } else { &[] };
        passing("", &app(words), pass, code, expected);
    }
    let published = "  app:\n    image: example/app:1.0\n    ports: ['5000:8000']\n";
    passing("", published, "proxy_pass http://app:5000;", code, &["nginx.conf:5 cross-proxy-port"]);
    passing("", published, "proxy_pass http://app:8000;", code, &[]);
    passing("", published, "proxy_pass http://app:9000;", code, &[]);
    let built = |dockerfile: &str, rest: &str| {
        let compose = stack("", &format!("  app:\n    build: .\n{rest}"));
        let conf = conf("proxy_pass http://app:5000;");
        found(&[("docker-compose.yml", &compose), ("nginx.conf", &conf), ("Dockerfile", dockerfile)], code)
    };
    let exposes = "FROM node:24\nEXPOSE 8000\nCMD [\"node\", \"a.js\"]\n";
    assert_eq!(built(exposes, ""), ["nginx.conf:5 cross-proxy-port"]);
    assert_eq!(built(exposes, "    environment: {PORT: 5000}\n"), [""; 0]);
    assert_eq!(built(exposes, "    env_file: missing.env\n"), [""; 0]);
    assert_eq!(built(exposes, "    expose: ['5000']\n"), [""; 0]);
    assert_eq!(built("FROM node:24\nCMD [\"node\", \"a.js\"]\n", ""), [""; 0]);
}

#[test]
fn both_are_on_one_network() {
    let code = &["cross-no-shared-network"];
    let pass = "proxy_pass http://app:8000;";
    let app = |networks: &str| format!("{APP}{networks}networks: {{front: , back: }}\n");
    passing(
        "    networks: [front]\n",
        &app("    networks: [back]\n"),
        pass,
        code,
        &["nginx.conf:5 cross-no-shared-network"],
    );
    passing("    networks: [front]\n", &app(""), pass, code, &["nginx.conf:5 cross-no-shared-network"]);
    passing("    networks: [front, back]\n", &app("    networks: [back]\n"), pass, code, &[]);
    passing("    network_mode: host\n", APP, pass, code, &["nginx.conf:5 cross-no-shared-network"]);
    passing(
        "",
        &format!("{APP}    network_mode: host\n"),
        pass,
        code,
        &["nginx.conf:5 cross-no-shared-network"],
    );
    passing("    network_mode: '${{MODE}}'\n", APP, pass, code, &[]);
    passing("", APP, pass, code, &[]);
}

#[test]
fn an_upstream_listens_to_others() {
    let code = &["cross-upstream-loopback"];
    let app = |words: &str| format!("  app:\n    image: python:3.14-slim\n    command: {words}\n");
    let pass = "proxy_pass http://app:8000;";
    for (words, expected) in [
        ("gunicorn -b 127.0.0.1:8000 a:b", true),
        ("uvicorn a:b", true),
        ("python manage.py runserver 127.0.0.1:8000", true),
        ("uvicorn a:b --host 0.0.0.0", false),
        ("gunicorn a:b", false),
        ("uvicorn a:b --host ${HOST}", false),
    ] {
        let expected: &[&str] = if expected { &["nginx.conf:5 cross-upstream-loopback"] } else { &[] };
        passing("", &app(words), pass, code, expected);
    }
    let own = "proxy_pass http://localhost:8000;";
    passing("", APP, own, code, &["nginx.conf:5 cross-upstream-loopback"]);
    passing("    network_mode: host\n", APP, own, code, &[]);
    passing("", APP, "proxy_pass http://127.0.0.1:80;", code, &[]);
    passing("", &format!("{APP}    network_mode: 'service:web'\n"), own, code, &[]);
}

#[test]
fn limits_agree() {
    let app = |words: &str| format!("  app:\n    image: python:3.14-slim\n    command: {words}\n");
    let timeout = |words: &str, directives: &str, expected: &[&str]| {
        let pass = format!("{directives} proxy_pass http://app:8000;");
        passing("", &app(words), &pass, &["cross-timeout"], expected);
    };
    let found = &["nginx.conf:5 cross-timeout"];
    timeout("gunicorn -b :8000 a:b", "proxy_read_timeout 300s;", found);
    timeout("gunicorn -b :8000 --timeout 120 a:b", "", found);
    timeout("gunicorn -b :8000 --timeout 120 a:b", "proxy_read_timeout 2m;", &[]);
    timeout("gunicorn -b :8000 a:b", "", &[]);
    timeout("gunicorn -b :8000 -k gevent a:b", "proxy_read_timeout 300s;", &[]);
    let size = |words: &str, directives: &str, expected: &[&str]| {
        let pass = format!("{directives} proxy_pass http://app:8000;");
        passing("", &app(words), &pass, &["cross-body-size"], expected);
    };
    let small = "waitress-serve --port 8000 --max-request-body-size 1000 a:b";
    size(small, "client_max_body_size 20m;", &["nginx.conf:5 cross-body-size"]);
    size(small, "client_max_body_size 0;", &["nginx.conf:5 cross-body-size"]);
    size(small, "", &[]);
    size("waitress-serve --port 8000 a:b", "client_max_body_size 20m;", &[]);
}

#[test]
fn php_takes_eight_megabytes() {
    let pass = "client_max_body_size 100m; fastcgi_pass php:9000;";
    let php = "  php:\n    image: php:8.4-fpm\n";
    passing("", php, pass, &["cross-body-size"], &["nginx.conf:5 cross-body-size"]);
    let with = format!("{php}    volumes: ['./php.ini:/usr/local/etc/php/conf.d/x.ini']\n");
    passing("", &with, pass, &["cross-body-size"], &[]);
}

#[test]
fn nginx_listens_on_what_is_published() {
    let code = &["port-nginx-listen"];
    let pass = "return 204;";
    passing("    ports: ['80:8080']\n", "", pass, code, &["docker-compose.yml:5 port-nginx-listen"]);
    passing(
        "    ports: ['8080:80', '443:443']\n",
        "",
        pass,
        code,
        &["docker-compose.yml:5 port-nginx-listen"],
    );
    passing("    ports: ['8080:80']\n", "", pass, code, &[]);
    passing("    ports: ['80:80/udp']\n", "", pass, code, &[]);
    // What is included and not seen may listen.
    let compose = "services:\n  web:\n    image: nginx:1.30\n    ports: ['443:443']\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro', './sites:/etc/nginx/sites']\n";
    let conf = "events { }\nhttp {\ninclude sites/*;\nserver { listen 80; }\n}\n";
    assert_eq!(found(&[("docker-compose.yml", compose), ("nginx.conf", conf)], code), [""; 0]);
}

#[test]
fn what_is_published_is_listened_on() {
    let app = |words: &str, ports: &str| {
        format!(
            "services:\n  app:\n    image: python:3.14-slim\n    command: {words}\n    ports: [{ports}]\n"
        )
    };
    let check = |compose: &str, expected: &[&str]| {
        assert_eq!(found(&[("docker-compose.yml", compose)], &["port-unheard"]), expected, "{compose}");
    };
    let unheard = &["docker-compose.yml:5 port-unheard"];
    check(&app("uvicorn a:b --host 0.0.0.0 --port 8000", "'80:80'"), unheard);
    check(&app("uvicorn a:b", "'8000:8000'"), unheard);
    check(&app("flask run", "'5000:5000'"), unheard);
    check(&app("uvicorn a:b --host 0.0.0.0 --port 8000", "'80:8000'"), &[]);
    check(&app("python app.py", "'80:80'"), &[]);
    check(&app("uvicorn a:b --port $PORT", "'80:80'"), &[]);
    let database = |rest: &str| {
        format!("services:\n  db:\n    image: postgres:18\n{rest}    ports: ['127.0.0.1:5433:5433']\n")
    };
    check(&database(""), &["docker-compose.yml:4 port-unheard"]);
    check(&database("    command: -p 5433\n"), &[]);
    check(&database("    environment: {PGPORT: 5433}\n"), &[]);
}

#[test]
fn databases_are_kept_from_the_world_and_their_data_in_volumes() {
    let db = |image: &str, rest: &str| format!("services:\n  db:\n    image: {image}\n{rest}");
    let check = |compose: &str, codes: &[&str], expected: &[&str]| {
        assert_eq!(found(&[("docker-compose.yml", compose)], codes), expected, "{compose}");
    };
    let open = &["docker-compose.yml:4 port-database-open"];
    check(&db("postgres:18", "    ports: ['5432:5432']\n"), &["port-database-open"], open);
    check(&db("redis:8", "    ports: ['0.0.0.0:6379:6379']\n"), &["port-database-open"], open);
    check(&db("postgres:18", "    ports: ['127.0.0.1:5432:5432']\n"), &["port-database-open"], &[]);
    check(&db("postgres:18", "    ports: ['${IP}:5432:5432']\n"), &["port-database-open"], &[]);
    check(&db("postgres:18", "    ports: ['${PORT}:5432']\n"), &["port-database-open"], open);
    let code = &["compose-database-volume"];
    let volume = |path: &str| format!("    volumes: ['data:{path}']\nvolumes: {{data: }}\n");
    let lost = |line: usize| vec![format!("docker-compose.yml:{line} compose-database-volume")];
    let is_lost = |compose: &str, line: usize| {
        assert_eq!(found(&[("docker-compose.yml", compose)], code), lost(line), "{compose}");
    };
    is_lost(&db("mysql:8.4", ""), 3);
    is_lost(&db("postgres:18", &volume("/var/lib/postgresql/data")), 4);
    is_lost(&db("postgres:17", &volume("/var/lib/postgresql")), 3);
    is_lost(&db("postgres:17", "    volumes: [/var/lib/postgresql/data]\n"), 4);
    for silent in [
        db("postgres:18", &volume("/var/lib/postgresql")),
        db("postgres:17", &volume("/var/lib/postgresql/data")),
        db("postgres:17", "    tmpfs: [/var/lib/postgresql/data]\n"),
        db("mongo:8", "    volumes: ['./db:/data/db']\n"),
        db("mysql:8.4", "    command: --datadir=/x\n    volumes: ['./db:/x']\n"),
        db("redis:8", ""),
    ] {
        check(&silent, code, &[]);
    }
}

#[test]
fn what_is_waited_for_is_checked() {
    let waiting = |db: &str, condition: &str| {
        format!(
            "services:\n  app:\n    image: x:1\n    depends_on: {{db: {{condition: {condition}}}}}\n  db:\n{db}"
        )
    };
    let check = |compose: &str, files: &[(&str, &str)], expected: &[&str]| {
        let mut all = vec![("docker-compose.yml", compose)];
        all.extend(files);
        assert_eq!(found(&all, &["compose-healthy-unchecked"]), expected, "{compose}");
    };
    let unchecked = &["docker-compose.yml:4 compose-healthy-unchecked"];
    check(&waiting("    image: postgres:18\n", "service_healthy"), &[], unchecked);
    check(
        &waiting("    image: postgres:18\n    healthcheck: {disable: true}\n", "service_healthy"),
        &[],
        unchecked,
    );
    check(&waiting("    image: postgres:18\n", "service_started"), &[], &[]);
    check(&waiting("    image: me/unknown:1\n", "service_healthy"), &[], &[]);
    check(
        &waiting("    image: postgres:18\n    healthcheck: {test: pg_isready}\n", "service_healthy"),
        &[],
        &[],
    );
    let built = waiting("    build: .\n", "service_healthy");
    check(&built, &[("Dockerfile", "FROM python:3.14-slim\n")], unchecked);
    check(&built, &[("Dockerfile", "FROM python:3.14-slim\nHEALTHCHECK CMD true\n")], &[]);
    check(&built, &[], &[]);
    let simple = "services:\n  app:\n    image: x:1\n    depends_on: [db]\n  db:\n    image: postgres:18\n";
    assert_eq!(
        found(&[("docker-compose.yml", simple)], &["compose-database-not-ready"]),
        ["docker-compose.yml:4 compose-database-not-ready"]
    );
}

#[test]
fn a_health_check_runs_a_program_of_its_image() {
    let health = |image: &str, test: &str| {
        format!("services:\n  app:\n    image: {image}\n    healthcheck:\n      test: {test}\n")
    };
    let check = |compose: &str, expected: &[&str]| {
        assert_eq!(
            found(&[("docker-compose.yml", compose)], &["cross-health-program"]),
            expected,
            "{compose}"
        );
    };
    let lacking = &["docker-compose.yml:5 cross-health-program"];
    check(&health("python:3.14-slim", "[CMD, curl, -f, http://localhost/]"), lacking);
    check(&health("node:24-alpine", "curl -f http://localhost/ || exit 1"), lacking);
    check(&health("mariadb:11.8", "[CMD, mysqladmin, ping]"), lacking);
    check(&health("mongo:8", "echo 1 | mongo"), lacking);
    for (image, test) in [
        ("python:3.14", "[CMD, curl, -f, http://localhost/]"),
        ("node:24-alpine", "wget -qO- http://localhost/ || exit 1"),
        ("python:3.14-slim", "curl x || wget x"),
        ("example/app:1", "[CMD, curl, -f, http://localhost/]"),
        ("mariadb:10", "[CMD, mysqladmin, ping]"),
    ] {
        check(&health(image, test), &[]);
    }
    let compose = "services:\n  app:\n    build: .\n";
    let built = |text: &str| {
        found(&[("docker-compose.yml", compose), ("Dockerfile", text)], &["cross-health-program"])
    };
    let asks = "HEALTHCHECK CMD curl -f http://localhost/\n";
    assert_eq!(built(&format!("FROM python:3.14-slim\n{asks}")), ["Dockerfile:2 cross-health-program"]);
    for silent in [
        format!("FROM python:3.14-slim\nRUN apt-get update && apt-get install -y curl\n{asks}"),
        format!("FROM python:3.14-slim AS a\nRUN apt-get install -y curl\nFROM a\n{asks}"),
        format!("FROM python:3.14-slim\nCOPY --from=x /usr/bin/curl /usr/bin/\n{asks}"),
        format!("FROM me/app:1\n{asks}"),
    ] {
        assert_eq!(built(&silent), [""; 0], "{silent}");
    }
}

#[test]
fn the_network_of_the_host_has_its_ports() {
    let on_host = |user: &str, port: &str| {
        format!(
            "services:\n  app:\n    image: python:3.14-slim\n    command: python -m http.server {port}\n    user: '{user}'\n    network_mode: host\n  other:\n    image: x:1\n    ports: ['8000:80']\n"
        )
    };
    let check = |compose: &str, codes: &[&str], expected: &[&str]| {
        assert_eq!(found(&[("docker-compose.yml", compose)], codes), expected, "{compose}");
    };
    check(&on_host("1000", "80"), &["port-privileged"], &["docker-compose.yml:4 port-privileged"]);
    check(&on_host("0", "80"), &["port-privileged"], &[]);
    check(&on_host("1000", "8080"), &["port-privileged"], &[]);
    check(&on_host("1000", "8000"), &["port-clash"], &["docker-compose.yml:9 port-clash"]);
    check(&on_host("1000", "8001"), &["port-clash"], &[]);
}

#[test]
fn the_proxy_is_kept_from_the_database() {
    let code = &["compose-flat-network"];
    let db = "  db:\n    image: postgres:18\n";
    passing(
        "    ports: ['80:80']\n",
        db,
        "return 204;",
        code,
        &["docker-compose.yml:2 compose-flat-network"],
    );
    passing("", db, "return 204;", code, &[]);
    passing(
        "    ports: ['80:80']\n    networks: [a]\n",
        &format!("{db}    networks: [b]\nnetworks: {{a: , b: }}\n"),
        "return 204;",
        code,
        &[],
    );
}

#[test]
fn what_other_projects_and_tests_may_do_is_not_judged() {
    let none = "proxy_pass http://backend:8000;";
    // A network with a name is there for others to join, and a file of one service is a part of something.
    let named = "    networks: [shared]\n";
    let others = format!("{APP}networks: {{shared: {{name: shared}}}}\n");
    passing(named, &others, none, &["cross-proxy-host"], &[]);
    passing("", "", none, &["cross-proxy-host"], &[]);
    // The answer of a worker that ends in time should come through.
    let app = "  app:\n    image: python:3.14-slim\n    command: gunicorn -b :8000 -t 300 a:b\n";
    let waits = "proxy_read_timeout 310s; proxy_pass http://app:8000;";
    passing("", app, waits, &["cross-timeout"], &[]);
    let code = &["compose-database-volume"];
    let compose = |name: &str, rest: &str| format!("services:\n  {name}:\n    image: postgres:17\n{rest}");
    for silent in [
        compose("test-db", ""),
        compose("db", "    profiles: [test]\n"),
        compose("db", "    command: postgres -c fsync=off\n"),
    ] {
        assert_eq!(found(&[("docker-compose.yml", &silent)], code), [""; 0], "{silent}");
    }
    assert_eq!(found(&[("docker-compose.test.yml", &compose("db", ""))], code), [""; 0]);
}
