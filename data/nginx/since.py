#!/usr/bin/env python3
"""Writes since.tsv: in which release of nginx a directive was first allowed in a context.

    data/nginx/since.py CLONE            # of nginx/nginx, with its tags; bare will do
    data/nginx/since.py CLONE --check    # exit 1 if the file would change

Read by generate.py; ../README.md says more. The output depends on the clone's tags alone.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import generate

HERE = Path(__file__).resolve().parent


def git(clone, *arguments, stdin=None):
    command = ["git", "--git-dir", str(clone), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, input=stdin).stdout


def releases(clone, until):
    """[(version as numbers, tag)], stable and mainline in one line of numbers."""
    found = []
    for tag in git(clone, "tag", "--list", "release-*").decode().split():
        version = tuple(int(number) for number in tag.removeprefix("release-").split("."))
        if until is None or version <= until:
            found.append((version, tag))
    return sorted(found)


def commands(text):
    """{(name, context)} of a source file, of any age; a bit that is no context is passed over."""
    found = set()
    for name, flags in re.findall(r'\{\s*ngx_string\("([^"]+)"\),\s*(NGX_[^,]*?),', generate.strip_comments(text)):
        bits = set(re.sub(r"\s", "", flags).split("|"))
        contexts = generate.CONTEXTS.items()
        found |= {(name, context) for bit, context in contexts if bit in bits or generate.ANY_CONTEXT in bits}
    return found


def first_releases(clone, until):
    """{(name, context): version}"""
    first, parsed = {}, {}
    for version, tag in releases(clone, until):
        for line in git(clone, "ls-tree", "-r", tag, "src").decode().splitlines():
            meta, path = line.split("\t")
            if not path.endswith(".c"):
                continue
            blob = meta.split()[2]
            if blob not in parsed:
                parsed[blob] = commands(git(clone, "cat-file", "blob", blob).decode(errors="replace"))
            for command in parsed[blob]:
                first.setdefault(command, version)
    return first


def rows(first):
    """[(name, version, contexts)]"""
    grouped = {}
    for (name, context), version in first.items():
        grouped.setdefault((name, version), []).append(context)
    for (name, version), contexts in sorted(grouped.items()):
        yield name, ".".join(map(str, version)), ",".join(sorted(contexts, key=generate.CONTEXT_ORDER.index))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clone", type=Path, metavar="CLONE")
    parser.add_argument("--until", metavar="VERSION", help="ignore later releases")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file would change")
    options = parser.parse_args()
    until = options.until and tuple(int(number) for number in options.until.split("."))

    (first, _), *_, (last, tag) = releases(options.clone, until)
    commit = git(options.clone, "rev-parse", f"{tag}^{{commit}}").decode()[:12]
    text = "\n".join(
        [
            f"# ngx_command_t of the releases {'.'.join(map(str, first))} to {'.'.join(map(str, last))} ({commit}) of "
            "nginx (BSD-2-Clause: LICENSE-nginx)",
            "# Made by since.py; do not edit.",
            "# name\tsince_version\tcontexts",
            *("\t".join(row) for row in rows(first_releases(options.clone, until))),
        ]
    )
    generate.write(HERE / "since.tsv", text + "\n", options.check)


if __name__ == "__main__":
    main()
