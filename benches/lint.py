#!/usr/bin/env python3
"""Compares `stackc lint` over a deployment of 52 services, 51 Dockerfiles and 200 locations, and over what examples/blog compiles
to, with other linters, in one run.

    benches/lint.py [--nginx-lint PROGRAM]

It builds the release, has tests/engine/peers.sh install the peers (hadolint, compose-lint, detect-secrets, gixy-next, dclint) in
target/peers, and makes the deployment in a folder of its own. `--nginx-lint` names that program, which no registry has
(github.com/walf443/nginx-lint); without it the comparison is left out, and said to be. Every program runs five times
behind a first time that counts for nothing; medians are compared.

Exit code: 0 within the bounds (3 times nginx-lint on the nginx file alone, a fiftieth of the chain, 100 MB; a hundredth of the
chain for the blog), 1 beyond them.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
APPS = 50
LOCATIONS = 200
MOST_OF_NGINX_LINT, LEAST_OF_CHAIN, LEAST_OF_CHAIN_FOR_BLOG, MOST_MB = 3, 50, 100, 100


def deployment(folder):
    """Writes the deployment: a proxy, 50 applications, a database."""
    compose = ["services:", "  proxy:", "    build: ./proxy", '    ports: ["8080:80"]', "    networks: [edge]"]
    for number in range(APPS):
        app = folder / f"app{number}"
        app.mkdir()
        compose += [
            f"  app{number}:",
            f"    build: ./app{number}",
            "    environment:",
            "      MODE: production",
            f"      DB_NAME: app{number}",
            "    depends_on: [db]",
            "    restart: unless-stopped",
            "    networks: [edge, data]",
        ]
        (app / "requirements.txt").write_text("flask==3.1.0\n")
        (app / "app.py").write_text("application = None\n")
        (app / "Dockerfile").write_text(
            "FROM python:3.13-slim AS build\n"
            "WORKDIR /app\n"
            "COPY requirements.txt ./\n"
            "RUN pip install --no-cache-dir -r requirements.txt\n"
            "COPY app.py ./\n"
            "FROM python:3.13-slim\n"
            "WORKDIR /app\n"
            "COPY --from=build /app /app\n"
            "ENV PYTHONUNBUFFERED=1\n"
            "EXPOSE 8000\n"
            'CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:application"]\n'
        )
    compose += ["  db:", "    image: postgres:17", "    volumes: [db:/var/lib/postgresql/data]", "    networks: [data]"]
    compose += ["networks:", "  edge:", "  data:", "volumes:", "  db:", ""]
    (folder / "docker-compose.yml").write_text("\n".join(compose))
    proxy = folder / "proxy"
    proxy.mkdir()
    (proxy / "Dockerfile").write_text("FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/nginx.conf\nCOPY www/ /srv/www/\n")
    (proxy / "www").mkdir()
    (proxy / "www/index.html").write_text("<!doctype html>\n")
    conf = ["events {", "}", "http {", "    include mime.types;", "    server_tokens off;", "    server {", "        listen 80;"]
    for number in range(LOCATIONS):
        conf += [
            f"        location /part{number}/ {{",
            "            proxy_set_header Host $host;",
            "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            f"            proxy_pass http://app{number % APPS}:8000;",
            "        }",
        ]
    conf += ["        location / {", "            root /srv/www;", "        }", "    }", "}", ""]
    (proxy / "nginx.conf").write_text("\n".join(conf))


def peers():
    """The folders that the peers' programs are in, installed if they are not yet."""
    home = TARGET / "peers"
    subprocess.run([ROOT / "tests/engine/peers.sh", home], check=True)
    return home / "first/bin", home / "second/bin", home / "npm/node_modules/.bin"


CHAIN = "hadolint + dclint + compose-lint + gixy-next + detect-secrets"


def chain(folder, conf):
    """The commands of the peers for a deployment."""
    first, second, npm = peers()
    return [
        [first / "hadolint", *sorted(str(file.relative_to(folder)) for file in folder.rglob("Dockerfile"))],
        [npm / "dclint", "."],
        [first / "compose-lint", "docker-compose.yml"],
        [second / "gixy", conf],
        [first / "detect-secrets", "scan", "--all-files", "."],
    ]


def once(commands, folder):
    """How long some commands take, one after the other, in seconds."""
    start = time.perf_counter()
    for command in commands:
        run = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if run.returncode > 2:
            sys.exit(f"{command[0]}: exit code {run.returncode}\n{run.stderr.decode()}")
    return time.perf_counter() - start


def median(commands, folder, times=5):
    once(commands, folder)
    return statistics.median(once(commands, folder) for _ in range(times))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--nginx-lint", type=pathlib.Path)
    nginx_lint = arguments.parse_args().nginx_lint
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    stackc = (TARGET / "release/stackc").resolve()
    is_good = True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        deployment(folder)
        took = median([[stackc, "lint", "."]], folder)
        # The most memory of any child so far, and stackc was the only one beside the compiler, whose children do not count.
        probe = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        memory = int(subprocess.run([sys.executable, "-c", probe, stackc, "lint", "."], cwd=folder, capture_output=True, text=True, check=True).stdout) / 1000
        print(f"stackc lint: {took * 1000:.1f} ms, at most {memory:.0f} MB")
        is_good &= memory <= MOST_MB
        if nginx_lint:
            alone = median([[nginx_lint.resolve(), "proxy/nginx.conf"]], folder)
            print(f"nginx-lint on the nginx file alone: {alone * 1000:.1f} ms, ratio {took / alone:.2f}")
            is_good &= took <= MOST_OF_NGINX_LINT * alone
        else:
            print("nginx-lint: left out, --nginx-lint names it")
        long = median(chain(folder, "proxy/nginx.conf"), folder, 3)
        print(f"{CHAIN}: {long * 1000:.0f} ms, ratio {long / took:.0f}")
        is_good &= long >= LEAST_OF_CHAIN * took
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "blog"
        shutil.copytree(ROOT / "examples/blog", folder)
        subprocess.run([stackc, "build"], cwd=folder, capture_output=True, check=True)
        emitted = ["docker-compose.yml", "docker/django/Dockerfile", "docker/web/Dockerfile", "docker/web/nginx.conf"]
        took = median([[stackc, "lint", *emitted]], folder, 21)
        long = median(chain(folder, "docker/web/nginx.conf"), folder, 3)
        print(f"the blog: {CHAIN}: {long * 1000:.0f} ms, stackc lint {took * 1000:.1f} ms, ratio {long / took:.0f}")
        is_good &= long >= LEAST_OF_CHAIN_FOR_BLOG * took
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
