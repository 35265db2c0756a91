#!/usr/bin/env python3
"""Asks a Compose whether it accepts the example of every key of keys.tsv and keeps its value.

    data/compose/check.py docker compose
    data/compose/check.py docker-compose

Each example is put into a whole file with the siblings of siblings.tsv; `config` must accept it, and its output must have
the value at the same place. Keys newer than the Compose that is asked must be refused or lost. Needs PyYAML.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from generate import HERE, ROOTS, read_table, version

# Files of the host that Compose reads while it checks.
FILES = {
    "db/compose.yml": "services:\n  db:\n    image: postgres:18\n    labels:\n      com.example.from: db\n",
    "db/override.yml": "services:\n  db:\n    labels:\n      com.example.over: db\n",
    "db/db.env": "TAG=18\n",
    "web.env": "FROM_FILE=yes\n",
    "web.labels": "com.example.file=yes\n",
    "site.conf": "listen 80\n",
    "gmsa.json": "{}\n",
    "secrets/db_password": "x\n",
    "secrets/npm_token": "x\n",
}
ENVIRONMENT = os.environ | {"DB_PASSWORD": "x", "SITE_CONF": "x", "COMPOSE_PROFILES": "debug"}

# Keys that Compose carries out while it reads: what then stands in the output, at which place.
CARRIED_OUT = {
    "file.include": ("services/db/image", "postgres:18"),
    "include": ("services/db/image", "postgres:18"),
    "service.extends": ("services/web/labels/com.example.from", []),
    "service.env_file": ("services/web/environment/FROM_FILE", "yes"),
    "service.label_file": ("services/web/labels/com.example.file", "yes"),
}


NUMBERS = {"integer", "number", "port", "mode"}

# Keys that are accepted and not shown again.
NOT_SHOWN = {
    "file.version",
    "network.ipam.config[].x-*",
    "service.build.ulimits.*.x-*",
    "service.deploy.resources.reservations.devices[].x-*",
    "service.ulimits.*.x-*",
}

# What Compose writes for a word of an example.
OTHER_WORDS = {"all": "-1", "ro": "true"}


class Case:
    """A row of the table and the compose file around its example."""

    def __init__(self, row, names, siblings):
        self.path, self.form, self.type, _, self.since, self.by, _, example = row
        self.names = names
        self.key, value = next(iter(yaml.safe_load(example).items()))
        self.value = as_typed(self.type, value)
        holder = self.path.rpartition(".")[0]
        self.place = [*self.steps(holder), self.key]
        self.document = {}
        merge(self.document, self.place, self.value)
        for path, at, text in siblings:
            if self.path == path or self.path.startswith((path + ".", path + "[")):
                merge(self.document, self.steps(at), yaml.safe_load(text))
        merge(self.document, ["services", self.names["services"]], {"image": "nginx:1.30"})

    def evidence(self):
        """Where in the output what is proof of the key."""
        for path, (place, value) in CARRIED_OUT.items():
            if self.path == path or self.path.startswith((path + ".", path + "[")):
                return place.split("/"), value
        return self.place, self.value

    def steps(self, path):
        """The keys and indices that lead to the place in the file that the path of a table means."""
        root, *rest = path.split(".")
        steps = [] if root == "file" else [ROOTS[root], 0 if root == "include" else self.names[ROOTS[root]]]
        walked = root
        for part in rest:
            if part == "*":
                steps.append(self.names[walked])
            elif part.endswith("[]"):
                steps += [part.removesuffix("[]"), 0]
            else:
                steps.append(part)
            walked += "." + part
        return steps


def as_typed(type_, value):
    """The value as the head of keys.tsv says that it is written: what is no number there is a string, however it looks."""
    if type_ == "-":
        return value
    if isinstance(value, dict):
        return {key: as_typed(type_, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_typed(type_, inner) for inner in value]
    if NUMBERS & set(type_.split("|")):
        return value
    return str(value)


def merge(document, place, value):
    """Puts the value there unless something is; of two mappings the keys that are missing."""
    *outer, last = place or [None]
    for step, next_step in zip(outer, [*outer[1:], last]):
        document = child(document, step, [] if isinstance(next_step, int) else {})
    if last is None:
        merge_mapping(document, value)
    elif isinstance(last, int) or isinstance(value, dict):
        merge_mapping(child(document, last, {}), value)
    else:
        document.setdefault(last, value)


def child(document, step, empty):
    if isinstance(document, list):
        if not document:
            document.append(empty)
        return document[step]
    return document.setdefault(step, empty)


def merge_mapping(document, value):
    for key, inner in value.items():
        if isinstance(inner, dict) and isinstance(document.get(key), dict):
            merge_mapping(document[key], inner)
        else:
            document.setdefault(key, inner)


def leaves(node):
    """Every scalar, and every name of a mapping."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    elif node is not None:
        yield node


def written(scalar):
    """The ways in which Compose may write the scalar back."""
    if isinstance(scalar, bool):
        return {str(scalar).lower()}
    text = str(scalar)
    ways = {text, text.removeprefix("./"), OTHER_WORDS.get(text, text)}
    if size := re.fullmatch(r"(\d+)([kmg])b?", text.lower()):
        ways.add(str(int(size[1]) * 1024 ** (" kmg".index(size[2]))))
    if seconds := re.fullmatch(r"(\d+)s", text):
        ways.add(f"{int(seconds[1]) // 60}m{int(seconds[1]) % 60}s")
    if isinstance(scalar, int):
        ways.add(f"0{scalar:o}")
    return ways


def is_there(wanted, found):
    """Whether each scalar of the example is among those of the output; a short form such as `a:b` may be in its parts."""
    texts = [part for leaf in leaves(found) for part in {leaf, *leaf.split("=", 1)}]

    def has(text):
        return any(known in (ways := written(text)) or known.endswith(tuple(f"/{way}" for way in ways)) for known in texts)

    return all(
        has(scalar) or (isinstance(scalar, str) and ":" in scalar and all(map(has, scalar.split(":"))))
        for scalar in leaves(wanted)
    )


def look(document, place):
    for step in place:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def main():
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    command[0] = os.path.abspath(shutil.which(command[0]) or sys.exit(f"there is no {command[0]}"))
    release = subprocess.run([*command, "version", "--short"], capture_output=True, text=True, check=True).stdout
    release = re.match(r"v?(\d+\.\d+\.\d+)", release)[1]
    rows = read_table("keys.tsv", 8)
    examples = {(row[0], row[1]): next(iter(yaml.safe_load(row[7]).values())) for row in rows}
    names = {path.removeprefix("file."): next(iter(value)) for (path, form), value in examples.items() if form == "named"}
    cases = [Case(row, names, read_table("siblings.tsv", 3)) for row in rows]

    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

        def ask(document):
            text = yaml.safe_dump({"name": "blog"} | document, sort_keys=False)
            result = subprocess.run(
                [*command, "-f", "-", "config"],
                input=text, capture_output=True, text=True, cwd=folder, env=ENVIRONMENT,
            )
            return result, f"{text}---\n{result.stdout}{result.stderr}"

        def verdict(case):
            result, details = ask(case.document)
            if result.returncode != 0:
                return "refused", details
            place, wanted = case.evidence()
            found = look(yaml.load(result.stdout, yaml.BaseLoader), place)
            if found is None and case.value is False:
                # Some that are false are not written; then the opposite must be.
                look(case.document, case.place[:-1])[case.key] = wanted = True
                result, more = ask(case.document)
                details += more
                found = look(yaml.load(result.stdout, yaml.BaseLoader), place)
            kept = found is not None and is_there(wanted, found)
            return ("kept" if kept else "lost"), f"{details}{place}: {found}\n"

        with ThreadPoolExecutor(2) as pool:
            verdicts = list(pool.map(verdict, cases))

    counts, wrong = {}, 0
    for case, (found, details) in zip(cases, verdicts):
        if case.path in NOT_SHOWN:
            expected = ("lost",)
        elif case.since and version(case.since) > version(release):
            expected = ("refused", "lost")
            print(f"newer than {release}: {case.path} {case.form} (since {case.since}): {found}")
        else:
            expected = ("kept",)
        counts[found] = counts.get(found, 0) + 1
        if found not in expected:
            wrong += 1
            print(f"--- {case.path} {case.form}: {found} instead of {' or '.join(expected)}\n{details}")
    print(f"Compose {release}: {len(cases)} keys, {counts}; {wrong} not as the table says")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
