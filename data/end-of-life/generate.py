#!/usr/bin/env python3
"""Writes cycles.tsv: until when which releases of software in images get security fixes, by endoflife.date.

    data/end-of-life/generate.py CLONE             # rewrite the file from a clone of endoflife-date/endoflife.date
    data/end-of-life/generate.py CLONE --check     # exit 1 if it would change

Needs Python 3, PyYAML and git. Read is the commit that the clone has checked out; its date is the day that the rules
compare with, so that the same input gives the same findings on every day.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent

# The official image, its product there, and the field with the last day of free fixes for everybody: Debian's LTS is
# free, Ubuntu's ESM is not.
PRODUCTS = [
    ("alpine", "alpine-linux", "eol"),
    ("amazonlinux", "amazon-linux", "eol"),
    ("centos", "centos", "eol"),
    ("debian", "debian", "eoes"),
    ("elasticsearch", "elasticsearch", "eol"),
    ("fedora", "fedora", "eol"),
    ("golang", "go", "eol"),
    ("haproxy", "haproxy", "eol"),
    ("httpd", "apache-http-server", "eol"),
    ("mariadb", "mariadb", "eol"),
    ("memcached", "memcached", "eol"),
    ("mongo", "mongodb", "eol"),
    ("mysql", "mysql", "eol"),
    ("nginx", "nginx", "eol"),
    ("node", "nodejs", "eol"),
    ("php", "php", "eol"),
    ("postgres", "postgresql", "eol"),
    ("python", "python", "eol"),
    ("rabbitmq", "rabbitmq", "eol"),
    ("redis", "redis", "eol"),
    ("ruby", "ruby", "eol"),
    ("traefik", "traefik", "eol"),
    ("ubuntu", "ubuntu", "eol"),
]

# Releases whose codenames are tags, and parts of the tags of other images.
CODENAMES = {"debian", "ubuntu"}


def git(clone: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(clone), *arguments], check=True, text=True, stdout=subprocess.PIPE).stdout


def rows(clone: Path):
    for image, product, field in PRODUCTS:
        page = git(clone, "show", f"HEAD:products/{product}.md")
        head = next(yaml.safe_load_all(page))
        for release in head["releases"]:
            end = release.get(field, release.get("eol"))
            if not hasattr(end, "isoformat"):
                continue  # no day is known, or there is no end in sight
            codename = str(release.get("codename") or "").split(" ")[0].lower() if image in CODENAMES else ""
            cycle = str(release["releaseCycle"])
            yield image, cycle, codename or "-", end.isoformat(), str(head["title"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    commit, date = git(arguments.clone, "log", "-1", "--format=%H %cs").split()
    lines = [
        f"# From endoflife-date/endoflife.date at {commit}. Image, release, codename, last day, product.",
        f"as-of\t-\t-\t{date}\t-",
        *("\t".join(row) for row in sorted(rows(arguments.clone))),
    ]
    text = "\n".join(lines) + "\n"
    table = HERE / "cycles.tsv"
    if arguments.check:
        return int(not table.exists() or table.read_text(encoding="utf-8") != text)
    table.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
