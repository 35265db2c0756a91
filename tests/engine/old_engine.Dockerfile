# Docker 20.10 as Debian 12 has it, which runs in a container of the current engine: so it has a network of its own.
ARG BASE=python:3.14-slim
FROM $BASE
ARG DEBIAN_FRONTEND=noninteractive
RUN set -eux; \
    archive=$(grep -rhoE 'https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d | head -n 1); \
    keys=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' | head -n 1); \
    rm -rf /etc/apt/sources.list.d/*; \
    echo "deb [signed-by=$keys] $archive bookworm main" >/etc/apt/sources.list; \
    apt-get update; \
    apt-get install -y --no-install-recommends --allow-downgrades docker.io iptables; \
    rm -rf /var/lib/apt/lists/*
COPY old_engine.sh /old_engine.sh
VOLUME /var/lib/docker
CMD ["/old_engine.sh"]
