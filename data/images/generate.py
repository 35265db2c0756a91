#!/usr/bin/env python3
"""Writes images.tsv: what well-known images bring, read from the Dockerfiles of their own repositories.

    data/images/generate.py MIRRORS            # rewrite the file
    data/images/generate.py MIRRORS --check    # exit 1 if it would change

MIRRORS is a folder of bare clones, `OWNER+NAME/repo` each; ../README.md says more. sources.tsv, written by hand, says which
Dockerfile stands for which names and tags, what the image is for and where its data is. A row with an object in its last
column has no Dockerfile that can be read alone (a tarball, a template, a repository of another build system): what the
object says was read by a person in the file that is named.
"""

import fnmatch
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = {"curl": "curl", "wget": "wget", "bash": "bash", "netcat": "nc", "netcat-openbsd": "nc", "netcat-traditional": "nc",
         "nc": "nc", "perl": "perl", "python3": "python3"}
HEAD = ("# name\ttags (patterns; nothing: the others)\trole\tuser\tworking folder\tports\tvolumes\tdata\thealth check"
        "\tentrypoint\tcommand\tprograms (of bash, curl, nc, perl, python3, sh, wget; ? if nobody knows)\tsource\n")


def git(mirrors, repository, *args):
    folder = mirrors / repository.replace("/", "+") / "repo"
    if not folder.exists():
        sys.exit(f"no clone of {repository} in {folder}")
    return subprocess.run(["git", f"--git-dir={folder}", *args], check=True, capture_output=True, text=True).stdout


def instructions(text):
    """The instructions of a Dockerfile, lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not re.match(r"\s*#", line)]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    for line in joined.splitlines():
        words = line.strip().split(None, 1)
        if words and re.fullmatch(r"[A-Za-z]+", words[0]):
            yield words[0].upper(), words[1].strip() if len(words) > 1 else ""


def expand(text, env):
    def value(match):
        name, default = match[1] or match[3], match[2]
        return env.get(name) or (default or "")
    return re.sub(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))", value, text)


def command(text):
    if text.startswith("["):
        return json.loads(text)
    return ["/bin/sh", "-c", text]


def installed(text):
    """Tools that a RUN leaves: those that it installs, but not where it takes them away again."""
    if "apt-mark auto '.*'" in text:
        kept = re.findall(r"apt-mark manual ([^;&]*)", text)
        return {TOOLS[word] for part in kept for word in part.split() if word in TOOLS}
    found = set()
    for part in re.split(r"&&|;|\|\|", text):
        if re.search(r"apk .*\badd\b", part) and re.search(r"--virtual|\s-t\s", part):
            continue
        if re.search(r"(apt-get|apt) .*\binstall\b|apk .*\badd\b", part):
            found |= {TOOLS[word] for word in re.split(r"[\s=]", part) if word in TOOLS}
    removed = re.findall(r"apt-get (?:remove|purge)([^;&]*)", text)
    return found - {TOOLS[word] for part in removed for word in part.split() if word in TOOLS}


class Table:
    def __init__(self, mirrors):
        self.mirrors = mirrors
        lines = (HERE / "sources.tsv").read_text().splitlines()
        self.rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        self.known = {}

    def find(self, image):
        image = image.split("@")[0].removeprefix("docker.io/").removeprefix("library/")
        name, _, tag = image.partition(":")
        for row in self.rows:
            if name in row[0].split(",") and matches(row[1], tag or "latest"):
                return row
        return None

    def image(self, row):
        key = (row[0], row[1])
        if key not in self.known:
            self.known[key] = self.read(row)
        return self.known[key]

    def read(self, row):
        empty = {"user": "", "working_dir": "", "ports": [], "volumes": [], "health": False, "entrypoint": [],
                 "command": [], "programs": None, "env": {}}
        repository, path = row[4], row[5]
        if row[6]:
            return {**empty, **json.loads(row[6]), "source": f"https://github.com/{repository}: {path}"}
        commit = git(self.mirrors, repository, "rev-parse", "HEAD").strip()
        text = git(self.mirrors, repository, "show", f"HEAD:{path}")
        stages, image, args = {}, dict(empty), {}
        for keyword, rest in instructions(text):
            if keyword == "FROM":
                words = expand(re.sub(r"--\S+\s*", "", rest), args).split()
                base = stages.get(words[0].lower()) if words else None
                if base is None:
                    below = self.find(words[0]) if words else None
                    if below and below is not row:
                        base = self.image(below)
                image = dict(base or empty)
                image["env"] = dict(image["env"])
                if len(words) == 3:
                    stages[words[2].lower()] = image
                continue
            env = image["env"]
            if keyword in ("ENV", "ARG"):
                if "=" not in rest.split()[0] and keyword == "ENV":
                    name, _, value = rest.partition(" ")
                    pairs = [(name, value)]
                else:
                    pairs = re.findall(r'(\w+)=("(?:[^"]*)"|\S*)', rest)
                for name, value in pairs:
                    env[name] = expand(value.strip().strip('"'), env)
                    if not stages and image is not None:
                        args.setdefault(name, env[name])
            elif keyword == "USER":
                image["user"] = expand(rest, env)
            elif keyword == "WORKDIR":
                path_ = expand(rest, env).strip('"')
                image["working_dir"] = path_ if path_.startswith("/") else f"{image['working_dir']}/{path_}"
            elif keyword == "EXPOSE":
                found = [int(port.split("/")[0]) for port in expand(rest, env).split() if port.split("/")[0].isdigit()]
                image["ports"] = list(dict.fromkeys(image["ports"] + found))
            elif keyword == "VOLUME":
                rest = expand(rest, env)
                found = json.loads(rest) if rest.startswith("[") else rest.split()
                image["volumes"] = image["volumes"] + [path_.rstrip("/") for path_ in found]
            elif keyword == "HEALTHCHECK":
                image["health"] = rest != "NONE"
            elif keyword == "ENTRYPOINT":
                image["entrypoint"], image["command"] = [expand(word, env) for word in command(rest)], []
            elif keyword == "CMD":
                image["command"] = command(rest)
            elif keyword == "RUN" and image["programs"] is not None:
                image["programs"] = sorted(set(image["programs"]) | installed(rest))
        image["source"] = f"https://github.com/{repository}/blob/{commit}/{path}"
        return image


def matches(patterns, tag):
    return not patterns or any(fnmatch.fnmatchcase(tag, pattern) for pattern in patterns.split(","))


def main():
    mirrors = Path(sys.argv[1])
    table, lines = Table(mirrors), []
    for row in table.rows:
        image = table.image(row)
        words = ["+" if image["health"] else "", *(json.dumps(image[key]) if image[key] else "" for key in ("entrypoint", "command"))]
        if image["programs"] is not None and row[4] == "docker-library/python":
            image["programs"] = sorted({*image["programs"], "python3"})
        programs = "?" if image["programs"] is None else " ".join(image["programs"])
        user = "" if image["user"] in ("root", "0") else image["user"]
        for name in row[0].split(","):
            lines.append("\t".join([
                name, row[1].replace(",", " "), row[2], user, image["working_dir"], " ".join(map(str, image["ports"])),
                " ".join(image["volumes"]), row[3], *words, programs, image["source"],
            ]))
    text, target = HEAD + "\n".join(lines) + "\n", HERE / "images.tsv"
    if "--check" in sys.argv:
        sys.exit(target.read_text() != text)
    target.write_text(text)


main()
