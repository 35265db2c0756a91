//! Good hand-written files: those of the snapshots, and one of each sort as people write it.

use std::path::Path;

use crate::snapshot::repository;

/// The files of that name among the snapshots of the cases, and one more.
pub(super) fn files(name: &str, by_hand: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&repository().join("snapshots/cases"), name, &mut found);
    found.sort();
    found.push((format!("{name} by hand"), by_hand.to_owned()));
    found
}

fn collect(folder: &Path, name: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, name, found);
        } else if path.file_name().is_some_and(|file| file == name) {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

pub(super) const NGINX: &str = r#"# the shop, by hand
user nginx;
worker_processes auto;

events {
    worker_connections 1024;
}

http {
    include       mime.types;
    default_type  application/octet-stream;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer"';
    access_log /var/log/nginx/access.log main;

    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      close; # none
    }

    types {
        model/gltf-binary glb;
        text/css css;
    }

    upstream app {
        server app1:8000 weight=2;
        server app2:8000 backup;
        keepalive 16;
    }

    server {
        listen 80 default_server;
        server_name shop.example.org www.shop.example.org;
        client_max_body_size 25m;
        add_header X-Frame-Options "SAMEORIGIN" always;

        location / {
            proxy_pass http://app;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto "https";
            proxy_set_header Upgrade $http_upgrade;
        }

        location ~ \.(php|asp)$ {
            return 404;
        }

        location = /ping { default_type text/plain; return 200 'pong'; }

        location /old/ {
            if ($request_method = POST) {
                return 405 "not any more";
            }
            rewrite "^/old/(\d{4})/(.*)$" /archive/$1/$2 permanent;
        }
    }

    server {
        listen 443 ssl;
        server_name "~^(?<name>.+)\.example\.org$";
        ssl_certificate     /etc/ssl/shop.pem;
        ssl_certificate_key /etc/ssl/shop.key;
        root /srv/www;
        try_files $uri $uri/ =404;
    }
}
"#;

pub(super) const DOCKERFILE: &str = r#"# syntax=docker/dockerfile:1
# check=skip=StageNameCasing

ARG PYTHON=3.14-slim

FROM node:24-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci
COPY . .
RUN npm run build

FROM python:${PYTHON} AS base
ENV PATH="/opt/app/bin:$PATH" \
    LANG=C.UTF-8
LABEL org.opencontainers.image.title="The Shop"
RUN <<-EOF
	set -e
	apt-get update
	apt-get install -y libpq5
EOF

FROM base
ARG REVISION=none
WORKDIR /app
COPY --chown=10001:10001 requirements.txt .
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.org/a.tar /a
# what runs it
RUN ["pip", "install", "-r", "requirements.txt"]
COPY --from=assets /src/dist /app/static
COPY <<settings.py /app/
DEBUG = False
settings.py
VOLUME ["/srv/media", "/srv/uploads"]
EXPOSE 8000 9000/udp
USER 10001:10001
STOPSIGNAL SIGTERM
SHELL ["/bin/bash", "-c"]
HEALTHCHECK --interval=5s --retries=4 CMD ["curl", "-f", "http://localhost:8000/"]
ONBUILD COPY . /app
ENTRYPOINT ["/entrypoint.sh"]
CMD ["gunicorn", "app", "--workers", "4"]
"#;

pub(super) const COMPOSE: &str = r#"# the shop, by hand
name: shop

x-common: &common # shared
  restart: unless-stopped
  logging: {driver: json-file, options: {max-size: 10m}}

services:
  web:
    <<: *common
    image: nginx:1.30
    ports:
      - "80:80"
      - 443:443 # tls
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
      - type: volume
        source: media
        target: /srv/media
    command: ["nginx", '-g', "daemon off;"]
    depends_on:
      app:
        condition: service_healthy

  # the program
  app:
    <<: *common
    build:
      context: ./app
      args:
        REVISION: ${TAG:-latest}
    environment:
      DB_HOST: postgres
      MOTTO: 'it''s "fine"'
      GREETING: "hello\n"
    healthcheck:
      test: [CMD, curl, -f, "http://localhost:8000/"]
      interval: 5s
    entrypoint: |
      set -eu
      exec app

  postgres:
    image: postgres:18
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
    volumes:
      - pgdata:/var/lib/postgresql

volumes:
  pgdata: {}
  media:
    external: true

secrets:
  db_password:
    file: ./secrets/db_password
"#;
