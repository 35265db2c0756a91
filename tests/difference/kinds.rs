//! Each kind of thing that may differ is told of once, where it is said; what means the same is not told of.

use super::{document, side, told};
use crate::snapshot::{Files, assert_file, repository};

const COMPOSE: &str = "\
services:
  web:
    image: nginx:1.30
    ports:
      - 8080:80
      - 127.0.0.1:8443:443
    volumes:
      - ./web/nginx.conf:/etc/nginx/nginx.conf:ro
      - static:/srv/static
    networks: [front]
    depends_on: [app]
    restart: always
  app:
    build:
      context: ./app
      args: {VERSION: 1}
    command: gunicorn shop.wsgi
    environment:
      LOG_LEVEL: info
      DB_HOST: ${DB_HOST:-db}
    env_file: [common.env, app.env]
    healthcheck:
      test: curl -f http://localhost:8000/
      interval: 5s
    secrets: [key]
    networks: [front]
    deploy: {resources: {limits: {memory: 64m}}}
    cap_add: [CHOWN, KILL]
networks:
  front:
volumes:
  static:
secrets:
  key: {file: ./secrets/key}
";

const DOCKERFILE: &str = "\
FROM node:22 AS assets
RUN npm ci
RUN npm run build
FROM python:3.14-slim
ENV A=1 B=2
COPY . /app
COPY --from=assets /dist /app/static
RUN pip install -r requirements.txt
EXPOSE 8000
CMD [\"gunicorn\"]
";

const NGINX: &str = "\
events {}
http {
  server {
    listen 80;
    server_name shop.example;
    client_max_body_size 1m;
    location / {
      proxy_pass http://app:8000;
      proxy_set_header Host $host;
    }
    location ~ \\.php$ { return 404; }
    location ~ \\.cgi$ { return 403; }
    location /static/ { alias /srv/static/; expires 7d; }
  }
}
";

fn project() -> Files {
    let files = [
        ("docker-compose.yml", COMPOSE),
        ("app/Dockerfile", DOCKERFILE),
        ("web/nginx.conf", NGINX),
        ("common.env", "A=1\n"),
        ("app.env", "B=1\n"),
    ];
    files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The project with a text in the place of another one.
fn changed(file: &str, from: &str, to: &str) -> Files {
    let mut files = project();
    let text = files.get_mut(file).unwrap();
    assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in {file}");
    *text = text.replace(from, to);
    files
}

fn told_of(file: &str, from: &str, to: &str) -> String {
    told(&side("a", &project()), &side("b", &changed(file, from, to)))
}

#[test]
fn every_change_of_a_compose_file_is_told_of_once() {
    for (from, to, expected) in [
        (
            "nginx:1.30",
            "nginx:1.31",
            "service web\n  ~ image: nginx:1.30 -> nginx:1.31  (docker-compose.yml:3, docker-compose.yml:3)",
        ),
        (
            "8080:80",
            "8081:80",
            "service web\n  ~ port 80: 8080:80 -> 8081:80  (docker-compose.yml:5, docker-compose.yml:5)",
        ),
        ("      - 8080:80\n", "", "service web\n  - port 80: 8080:80  (docker-compose.yml:5)"),
        (
            "nginx.conf:ro",
            "nginx.conf",
            "service web\n  ~ mount /etc/nginx/nginx.conf: ./web/nginx.conf, read-only -> ./web/nginx.conf  (docker-compose.yml:8, docker-compose.yml:8)",
        ),
        ("    restart: always\n", "", "service web\n  - restart: always  (docker-compose.yml:12)"),
        (
            "[app]",
            "{app: {condition: service_healthy}}",
            "service web\n  ~ depends_on app: service_started -> service_healthy  (docker-compose.yml:11, docker-compose.yml:11)",
        ),
        (
            "VERSION: 1",
            "VERSION: 2",
            "service app\n  ~ build, arg VERSION: 1 -> 2  (docker-compose.yml:16, docker-compose.yml:16)",
        ),
        (
            "shop.wsgi",
            "'shop.wsgi -w 2'",
            "service app\n  ~ command: gunicorn shop.wsgi -> gunicorn 'shop.wsgi -w 2'  (docker-compose.yml:17, docker-compose.yml:17)",
        ),
        (
            "LOG_LEVEL: info",
            "LOG_LEVEL: debug",
            "service app\n  ~ environment LOG_LEVEL: info -> debug  (docker-compose.yml:19, docker-compose.yml:19)",
        ),
        (
            "LOG_LEVEL: info",
            "LOG_LEVEL:",
            "service app\n  ~ environment LOG_LEVEL: info -> nothing  (docker-compose.yml:19, docker-compose.yml:19)",
        ),
        (
            "${DB_HOST:-db}",
            "${DB_HOST:-pg}",
            "service app\n  ~ environment DB_HOST: ${DB_HOST:-db} -> ${DB_HOST:-pg}  (docker-compose.yml:20, docker-compose.yml:20)",
        ),
        (
            "[common.env, app.env]",
            "[app.env, common.env]",
            "service app\n  ~ env_file ./app.env: moved  (docker-compose.yml:21, docker-compose.yml:21)",
        ),
        (
            "interval: 5s",
            "interval: 7s",
            "service app\n  ~ healthcheck.interval: 5s -> 7s  (docker-compose.yml:24, docker-compose.yml:24)",
        ),
        (
            "curl -f",
            "wget -q",
            "service app\n  ~ healthcheck.test: CMD-SHELL 'curl -f http://localhost:8000/' -> CMD-SHELL 'wget -q http://localhost:8000/'  (docker-compose.yml:23, docker-compose.yml:23)",
        ),
        (
            "memory: 64m",
            "memory: 32m",
            "service app\n  ~ deploy.resources.limits.memory: 64m -> 32m  (docker-compose.yml:27, docker-compose.yml:27)",
        ),
        ("[CHOWN, KILL]", "[CHOWN]", "service app\n  - cap_add KILL  (docker-compose.yml:28)"),
        (
            "  front:\n",
            "  front: {internal: true}\n",
            "network front\n  + internal: true  (docker-compose.yml:30)",
        ),
        ("  static:\n", "  static:\n  more:\n", "+ volume more  (docker-compose.yml:33)"),
        (
            "./secrets/key",
            "./secrets/new",
            "secret key\n  ~ file: ./secrets/key -> ./secrets/new  (docker-compose.yml:34, docker-compose.yml:34)",
        ),
        (
            "services:\n",
            "services:\n  cache: {image: 'valkey:9', restart: always}\n",
            "+ service cache: image valkey:9, restart always  (docker-compose.yml:2)",
        ),
        ("services:\n", "name: shop\nservices:\n", "project\n  + name: shop  (docker-compose.yml:1)"),
    ] {
        assert_eq!(told_of("docker-compose.yml", from, to), expected, "{from} -> {to}");
    }
}

#[test]
fn every_change_of_a_dockerfile_is_told_of_once() {
    for (from, to, expected) in [
        (
            "node:22",
            "node:24",
            "  ~ stage assets, FROM: node:22 assets -> node:24 assets  (app/Dockerfile:1, app/Dockerfile:1)",
        ),
        (
            "RUN npm ci",
            "RUN npm ci --quiet",
            "  ~ stage assets, RUN: npm ci -> npm ci --quiet  (app/Dockerfile:2, app/Dockerfile:2)",
        ),
        (
            "RUN npm ci\nRUN npm run build\n",
            "RUN npm run build\nRUN npm ci\n",
            "  ~ stage assets, RUN: moved  (app/Dockerfile:3, app/Dockerfile:2)",
        ),
        ("A=1 B=2", "A=1 B=3", "  ~ stage 1, ENV B: 2 -> 3  (app/Dockerfile:5, app/Dockerfile:5)"),
        ("EXPOSE 8000\n", "", "  - stage 1, EXPOSE 8000  (app/Dockerfile:9)"),
        ("RUN pip", "USER 10001\nRUN pip", "  + stage 1, USER: 10001  (app/Dockerfile:8)"),
        ("COPY . /app\n", "", "  - stage 1, COPY: . /app  (app/Dockerfile:6)"),
    ] {
        assert_eq!(
            told_of("app/Dockerfile", from, to),
            format!("app/Dockerfile (app)\n{expected}"),
            "{from} -> {to}"
        );
    }
}

#[test]
fn every_change_of_a_configuration_of_nginx_is_told_of_once() {
    for (from, to, expected) in [
        (
            "listen 80",
            "listen 81",
            "  ~ server shop.example, listen: 80 -> 81  (web/nginx.conf:4, web/nginx.conf:4)",
        ),
        (
            "shop.example",
            "www.example",
            "  ~ server www.example, server_name: shop.example -> www.example  (web/nginx.conf:5, web/nginx.conf:5)",
        ),
        (
            "app:8000",
            "app:9000",
            "  ~ server shop.example, location /, proxy_pass: http://app:8000 -> http://app:9000  (web/nginx.conf:8, web/nginx.conf:8)",
        ),
        (
            "Host $host",
            "Host $http_host",
            "  ~ server shop.example, location /, proxy_set_header Host: $host -> $http_host  (web/nginx.conf:9, web/nginx.conf:9)",
        ),
        (
            "    client_max_body_size 1m;\n",
            "",
            "  - server shop.example, client_max_body_size: 1m  (web/nginx.conf:6)",
        ),
        (
            "/static/ {",
            "/assets/ {",
            "  ~ server shop.example, location /assets/, which was /static/  (web/nginx.conf:13, web/nginx.conf:13)",
        ),
        (
            "location / {",
            "location /new { return 204; }\n    location / {",
            "  + server shop.example, location /new: return 204  (web/nginx.conf:7)",
        ),
    ] {
        assert_eq!(
            told_of("web/nginx.conf", from, to),
            format!("nginx web/nginx.conf (web)\n{expected}"),
            "{from} -> {to}"
        );
    }
}

#[test]
fn the_order_of_regular_expressions_counts_and_that_of_prefixes_does_not() {
    let (php, cgi) = ("    location ~ \\.php$ { return 404; }\n", "    location ~ \\.cgi$ { return 403; }\n");
    let told = told_of("web/nginx.conf", &format!("{php}{cgi}"), &format!("{cgi}{php}"));
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("moved"), "{told}");
    assert_eq!(told_of("web/nginx.conf", "listen 80;\n", "listen 80; # a comment\n"), "");
}

#[test]
fn what_means_the_same_is_not_told_of() {
    for (from, to) in [
        (
            "      - 8080:80\n      - 127.0.0.1:8443:443\n",
            "      - 127.0.0.1:8443:443\n      - {target: 80, published: 8080}\n",
        ),
        (
            "      LOG_LEVEL: info\n      DB_HOST: ${DB_HOST:-db}\n",
            "      - DB_HOST=${DB_HOST:-db}\n      - LOG_LEVEL=info\n",
        ),
        ("[app]", "{app: {condition: service_started}}"),
        ("gunicorn shop.wsgi", "[gunicorn, shop.wsgi]"),
        ("context: ./app", "context: app/\n      dockerfile: Dockerfile"),
        ("[CHOWN, KILL]", "[KILL, CHOWN]"),
        ("services:\n", "version: '3'\nx-more: 1\nservices: # a comment\n"),
        ("    restart: always\n", "    restart: always\n    privileged: false\n"),
    ] {
        assert_eq!(told_of("docker-compose.yml", from, to), "", "{from} -> {to}");
    }
    for (from, to) in [
        ("ENV A=1 B=2\n", "ENV A=1\nENV B=\"2\"\n"),
        ("RUN npm ci\n", "# a comment\nrun   npm \\\n  ci\n"),
        ("EXPOSE 8000\nCMD [\"gunicorn\"]\n", "CMD [\"gunicorn\"]\nEXPOSE 8000/tcp\n"),
    ] {
        assert_eq!(told_of("app/Dockerfile", from, to), "", "{from} -> {to}");
    }
    let mut split =
        changed("web/nginx.conf", "      proxy_pass http://app:8000;\n", "      include proxy.conf;\n");
    split.insert("web/proxy.conf".to_owned(), "proxy_pass 'http://app:8000';\n".to_owned());
    let mounted = "./web/nginx.conf:/etc/nginx/nginx.conf:ro";
    let compose = split.get_mut("docker-compose.yml").unwrap();
    *compose =
        compose.replace(mounted, &format!("{mounted}\n      - ./web/proxy.conf:/etc/nginx/proxy.conf"));
    let told = told(&side("a", &project()), &side("b", &split));
    assert_eq!(
        told,
        "service web\n  + mount /etc/nginx/proxy.conf: ./web/proxy.conf  (docker-compose.yml:9)"
    );
}

#[test]
fn a_file_that_moved_with_its_service_is_still_its_file() {
    let mut moved =
        changed("docker-compose.yml", "context: ./app", "context: ./app\n      dockerfile: ../docker/app");
    let text = moved.remove("app/Dockerfile").unwrap();
    moved.insert("docker/app".to_owned(), text.replace("EXPOSE 8000", "EXPOSE 8001"));
    assert_eq!(
        told(&side("a", &project()), &side("b", &moved)),
        "service app\n  ~ build.dockerfile: Dockerfile -> ../docker/app  (docker-compose.yml:14, docker-compose.yml:16)\n\
         docker/app (app)\n  - stage 1, EXPOSE 8000  (app/Dockerfile:9)\n  + stage 1, EXPOSE 8001  (docker/app:9)"
    );
}

#[test]
fn a_program_is_told_the_same() {
    let mut after = changed("docker-compose.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug");
    for (file, from, to) in [
        ("docker-compose.yml", "8080:80", "8081:80"),
        ("app/Dockerfile", "EXPOSE 8000\n", ""),
        ("web/nginx.conf", "location / {", "location /new { return 204; }\n    location / {"),
    ] {
        let text = after.get_mut(file).unwrap();
        *text = text.replace(from, to);
    }
    let document = document(&side("before", &project()), &side("after", &after));
    assert_file(&repository().join("snapshots/difference/changes.json"), &document.json());
    assert_file(
        &repository().join("snapshots/difference/changes.txt"),
        &document.text(&stackc::render::Look::PLAIN),
    );
}
