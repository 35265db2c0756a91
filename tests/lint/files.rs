//! What the rules on the files of containers find, and what keeps them silent.

use super::project::found;

const STATIC: &str =
    "server {\n    listen 80;\n    location /static/ {\n        alias /srv/static/;\n    }\n}\n";

/// What is found when an nginx serves `/srv/static/`, with these lines in its service and these files around.
fn served(service: &str, files: &[(&str, &str)]) -> Vec<String> {
    let compose = format!("services:\n  web:\n{service}");
    let mut all = vec![("docker-compose.yml", compose.as_str()), ("site.conf", STATIC)];
    all.extend(files);
    found(&all, &["cross-static-missing"])
}

#[test]
fn static_files_are_missed_only_where_nothing_can_bring_them() {
    let mounted = "    image: nginx:1.30\n    volumes:\n      - ./site.conf:/etc/nginx/conf.d/default.conf\n";
    assert_eq!(served(mounted, &[]), ["site.conf:4 cross-static-missing"]);
    for around in [
        "      - ./static:/srv/static\n",
        "      - .:/srv\n",
        "      - .:${SOMEWHERE?}\n",
        "      - static:/srv/static\n",
        "      - /somewhere:/srv\n",
        "    tmpfs: /srv/static\n",
        "    volumes_from: [app]\n  app:\n    image: python:3.14\n    volumes:\n      - static:/srv/static\n",
        "    volumes_from: ['container:other']\n",
    ] {
        assert_eq!(served(&format!("{mounted}{around}"), &[]), [""; 0], "{around}");
    }
    // Nobody knows what such an image has.
    assert_eq!(served(&mounted.replace("nginx:1.30", "example/nginx"), &[]), [""; 0]);
}

#[test]
fn what_the_image_is_built_with_counts() {
    let built = "    build: .\n";
    let conf = "COPY site.conf /etc/nginx/conf.d/default.conf\n";
    let lint = |rest: &str, files: &[(&str, &str)]| {
        let dockerfile = format!("FROM nginx:1.30\n{conf}{rest}");
        let mut all = vec![("Dockerfile", dockerfile.as_str())];
        all.extend(files);
        served(built, &all)
    };
    let missing = ["site.conf:4 cross-static-missing"];
    assert_eq!(lint("", &[]), missing);
    assert_eq!(
        lint("RUN rm -f /etc/nginx/nginx.conf.default && chmod 644 /etc/nginx/nginx.conf\n", &[]),
        missing
    );
    assert_eq!(lint("COPY app.css /srv/other/\n", &[("app.css", "")]), missing);
    assert_eq!(lint("COPY app.css /srv/static/\n", &[("app.css", "")]), [""; 0]);
    assert_eq!(lint("COPY --from=app /app/static /srv/static\n", &[]), [""; 0]);
    assert_eq!(lint("RUN curl -o /tmp/x https://example.com/x && tar xf /tmp/x -C /srv\n", &[]), [""; 0]);
}

#[test]
fn a_certificate_must_come_from_somewhere() {
    let site = "server {\n    listen 443 ssl;\n    ssl_certificate /etc/nginx/ssl/a.pem;\n    \
                ssl_certificate_key /etc/nginx/ssl/a.key;\n    return 204;\n}\n";
    let compose = "services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./site.conf:/etc/nginx/conf.d/default.conf\n";
    let lint = |compose: &str| {
        found(&[("docker-compose.yml", compose), ("site.conf", site)], &["cross-certificate-missing"])
    };
    assert_eq!(lint(compose), ["site.conf:3 cross-certificate-missing"]);
    for around in [
        "      - ./ssl:/etc/nginx/ssl\n",
        "      - ssl:/etc/nginx/ssl\n",
        "    command: sh -c 'make-certificates && nginx'\n",
    ] {
        let is_command = around.contains("command");
        let expected: &[&str] = if is_command { &["site.conf:3 cross-certificate-missing"] } else { &[] };
        assert_eq!(lint(&format!("{compose}{around}")), expected, "{around}");
    }
}

#[test]
fn a_volume_over_what_was_copied_goes_stale() {
    let lint = |volumes: &str, dockerfile: &str| {
        let compose = format!(
            "services:\n  app:\n    build: .\n    volumes:\n{volumes}volumes: {{static: , media: }}\n"
        );
        let files = [
            ("docker-compose.yml", compose.as_str()),
            ("Dockerfile", dockerfile),
            ("static/app.css", ""),
            ("main.py", ""),
            ("empty/.gitkeep", ""),
        ];
        found(&files, &["cross-volume-stale"])
    };
    let copied = "FROM python:3.14\nWORKDIR /app\nCOPY . .\n";
    let stale = ["docker-compose.yml:5 cross-volume-stale"];
    assert_eq!(lint("      - static:/app/static\n", copied), stale);
    assert_eq!(lint("      - /app\n", copied), stale);
    assert_eq!(lint("      - /usr/src\n", "FROM ubuntu:14.04\nADD static /usr/src/app/static\n"), stale);
    // What a command made may be meant to be kept, what holds uploads is, and what a bind mount covers is never seen.
    for silent in [
        "      - /app/node_modules\n",
        "      - media:/app/media\n",
        "      - static:/app/empty\n",
        "      - .:/app\n",
    ] {
        assert_eq!(lint(silent, copied), [""; 0], "{silent}");
    }
}

#[test]
fn a_bind_mount_hides_what_the_folder_does_not_have_itself() {
    let lint = |volumes: &str, dockerfile: &str| {
        let compose = format!("services:\n  app:\n    build: .\n    volumes:\n{volumes}");
        let files = [
            ("docker-compose.yml", compose.as_str()),
            ("Dockerfile", dockerfile),
            ("ssh/config", ""),
            ("src/main.py", ""),
            ("package.json", "{}"),
            ("docker/start", ""),
        ];
        found(&files, &["cross-bind-hides"])
    };
    let hides = ["docker-compose.yml:5 cross-bind-hides"];
    assert_eq!(lint("      - .:/root\n", "FROM ubuntu:14.04\nADD ssh/ /root/.ssh/\n"), hides);
    assert_eq!(lint("      - .:/app\n", "FROM python:3.14\nWORKDIR /app\nCOPY docker/start ./run\n"), hides);
    let node = "FROM node:24\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"main.js\"]\n";
    assert_eq!(lint("      - .:/app\n", node), hides);
    for (volumes, dockerfile) in [
        ("      - .:/app\n", "FROM python:3.14\nWORKDIR /app\nCOPY . .\n"),
        ("      - ./src:/app/src\n", "FROM python:3.14\nWORKDIR /app\nCOPY . .\n"),
        ("      - .:/app\n      - /app/node_modules\n", node),
        ("      - ./src:/root\n", "FROM ubuntu:14.04\nADD ssh/ /root/.ssh/\n"),
        ("      - .:/app\n", "FROM node:24\nWORKDIR /app\nRUN npm ci\nCMD npm install && npm start\n"),
    ] {
        assert_eq!(lint(volumes, dockerfile), [""; 0], "{volumes} {dockerfile}");
    }
}

#[test]
fn a_mounted_file_must_exist_unless_it_is_made_elsewhere() {
    let lint = |files: &[(&str, &str)]| {
        let compose = "services:\n  db:\n    image: postgres:18\n    volumes:\n      - ./deploy/init.sql:/docker-entrypoint-initdb.d/init.sql\n";
        let mut all = vec![("docker-compose.yml", compose)];
        all.extend(files);
        found(&all, &["cross-config-missing"])
    };
    assert_eq!(lint(&[("deploy/other", "")]), ["docker-compose.yml:5 cross-config-missing"]);
    assert_eq!(lint(&[("deploy/init.sql", "")]), [""; 0]);
    assert_eq!(lint(&[("deploy/init.sql.example", "")]), [""; 0]);
    assert_eq!(lint(&[("deploy/.gitignore", "*.sql\n")]), [""; 0]);
}

#[test]
fn nginx_runs_what_is_mounted_over_what_was_copied_over_its_own() {
    // A directive that does not exist tells which files were read as part of a configuration.
    let lint = |volumes: &str, files: &[(&str, &str)]| {
        let compose = format!("services:\n  web:\n    build: .\n{volumes}");
        let copied = "FROM nginx:1.30\nCOPY a.conf /etc/nginx/conf.d/default.conf\n";
        let mut all = vec![("docker-compose.yml", compose.as_str()), ("Dockerfile", copied)];
        all.extend(files);
        found(&all, &["nginx-unknown-directive", "cross-static-missing"])
    };
    let site = |path: &str| format!("server {{\n    location /s/ {{\n        alias {path};\n    }}\n}}\n");
    let (a, b) = (site("/a"), site("/b"));
    let both = [("a.conf", a.as_str()), ("b.conf", b.as_str())];
    assert_eq!(lint("", &both), ["a.conf:3 cross-static-missing"]);
    let over = "    volumes:\n      - ./b.conf:/etc/nginx/conf.d/default.conf\n";
    assert_eq!(lint(over, &both), ["b.conf:3 cross-static-missing"]);
    let templates = "    volumes:\n      - ./b.conf:/etc/nginx/templates/default.conf.template\n";
    assert_eq!(lint(templates, &both), ["b.conf:3 cross-static-missing"]);
    let granted = "    configs:\n      - source: site\n        target: /etc/nginx/conf.d/default.conf\nconfigs:\n  site:\n    file: ./b.conf\n";
    assert_eq!(lint(granted, &both), ["b.conf:3 cross-static-missing"]);
}
