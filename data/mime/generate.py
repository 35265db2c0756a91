#!/usr/bin/env python3
"""Writes the MIME tables of this folder from mime-db and from nginx's own conf/mime.types.

    data/mime/generate.py --nginx-git CLONE                  # rewrite the files
    data/mime/generate.py --nginx-git CLONE --check          # exit 1 if a file would change

../README.md says what is read, what is written and under which licences. The output depends on the
inputs alone: no dates, no machine, sorted rows, LF line ends.
"""

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIME_DB_VERSION = "1.54.0"
OLDEST_NGINX = (1, 18, 0)

# How mime-types 3.0.2 (jshttp, MIT) weighs the types that claim one extension: its mimeScore.js.
FACET_SCORES = {"prs.": 100, "x-": 200, "x.": 300, "vnd.": 400}
FACET_DEFAULT = 900
SOURCE_SCORES = {"nginx": 10, "apache": 20, "iana": 40}
SOURCE_DEFAULT = 30
TYPE_SCORES = {"application": 1, "font": 2, "audio": 2, "video": 3}
TYPE_DEFAULT = 0

NAME = re.compile(r"[a-z0-9][a-z0-9.+_-]*")
TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")


def mime_score(mime_type, source):
    """How official a type is; the higher one gets the extension."""
    if mime_type == "application/octet-stream":
        return 0
    top, subtype = mime_type.split("/")
    facet = re.sub(r"(\.|x-).*", r"\1", subtype, count=1)
    return (
        FACET_SCORES.get(facet, FACET_DEFAULT)
        + SOURCE_SCORES.get(source, SOURCE_DEFAULT)
        + TYPE_SCORES.get(top, TYPE_DEFAULT)
        + (1 - len(mime_type) / 100)
    )


def preferred_types(database):
    """extension -> (type, source), one type each; of equals the later in db.json wins, as in mime-types."""
    chosen = {}
    for mime_type, entry in database.items():
        source = entry.get("source")
        for extension in entry.get("extensions", []):
            score = mime_score(mime_type, source)
            if extension not in chosen or score >= chosen[extension][0]:
                chosen[extension] = (score, mime_type, source or "mime-db")
    return {extension: row[1:] for extension, row in chosen.items()}


def read_mime_db(archive):
    """(version, db.json as a dict, licence as bytes) of an `npm pack` archive."""
    with tarfile.open(archive) as tar:
        member = lambda name: tar.extractfile(f"package/{name}").read()
        version = json.loads(member("package.json"))["version"]
        return version, json.loads(member("db.json")), member("LICENSE")


def pack_mime_db(folder):
    """Downloads mime-db with npm, from whatever registry npm is configured for."""
    command = ["npm", "pack", "--silent", f"mime-db@{MIME_DB_VERSION}"]
    name = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return Path(folder, name)


def git(repository, *arguments):
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def nginx_releases(repository, until):
    """[(version, tag, commit)] from OLDEST_NGINX on, stable and mainline in one line of numbers."""
    releases = []
    for tag in git(repository, "tag", "--list", "release-*").decode().split():
        numbers = re.fullmatch(r"release-(\d+)\.(\d+)\.(\d+)", tag)
        version = numbers and tuple(int(number) for number in numbers.groups())
        if version and version >= OLDEST_NGINX and (until is None or version <= until):
            commit = git(repository, "rev-parse", f"{tag}^{{commit}}").decode().strip()
            releases.append((version, tag, commit))
    return sorted(releases)


def nginx_table(text):
    """extension -> type of a mime.types file; the last entry wins, as in nginx."""
    tokens = re.findall(r"[{};]|[^\s{};]+", re.sub(r"#.*", "", text))
    if tokens[:2] != ["types", "{"] or tokens[-1] != "}":
        sys.exit("mime.types is not one `types { }` block: teach nginx_table the new form")
    table, entry = {}, []
    for token in tokens[2:-1]:
        if token != ";":
            entry.append(token)
            continue
        mime_type, *extensions = entry
        table.update((extension.lower(), mime_type) for extension in extensions)
        entry = []
    return table


def changes(tables):
    """[(version, extension, type)] that turn each table into the next; an empty type removes."""
    rows, before = [], {}
    for version, table in tables:
        for extension in sorted(before.keys() | table.keys()):
            if before.get(extension) != table.get(extension):
                rows.append((version, extension, table.get(extension, "")))
        before = table
    return rows


def require_rebuildable(rows, tables):
    """The change history must give back every release's table."""
    for version, table in tables:
        rebuilt = {}
        for since, extension, mime_type in rows:
            if since <= version:
                rebuilt[extension] = mime_type
        if {extension: kind for extension, kind in rebuilt.items() if kind} != table:
            sys.exit(f"the history does not rebuild the table of {dotted(version)}")


def require_plain(pairs):
    """What src/http/mime.rs relies on: lower-case names with nothing to escape."""
    for extension, mime_type in pairs:
        if not NAME.fullmatch(extension) or (mime_type and not TYPE.fullmatch(mime_type)):
            sys.exit(f"not a plain lower-case extension and type: {extension!r} {mime_type!r}")


def dotted(version):
    return ".".join(str(number) for number in version)


def tsv(origin, columns, rows):
    lines = [f"# {origin}", "# Made by generate.py; do not edit.", "# " + "\t".join(columns)]
    return "\n".join(lines + ["\t".join(row) for row in rows]).encode() + b"\n"


def mime_db_files(archive):
    version, database, licence = read_mime_db(archive)
    types = preferred_types(database)
    require_plain((extension, row[0]) for extension, row in types.items())
    origin = f"mime-db {version} (MIT: LICENSE-mime-db), one type an extension by the rule of mime-types 3.0.2"
    rows = [(extension, *types[extension]) for extension in sorted(types)]
    return {
        "mime-db.tsv": tsv(origin, ("extension", "type", "source"), rows),
        "LICENSE-mime-db": licence,
    }


def nginx_files(repository, until):
    releases = nginx_releases(repository, until)
    if not releases or releases[0][0] != OLDEST_NGINX:
        sys.exit(f"{repository} lacks the tag release-{dotted(OLDEST_NGINX)}: is it a full clone of nginx/nginx?")
    tables = [
        (version, nginx_table(git(repository, "show", f"{tag}:conf/mime.types").decode()))
        for version, tag, _ in releases
    ]
    rows = changes(tables)
    require_rebuildable(rows, tables)
    require_plain((extension, mime_type) for _, extension, mime_type in rows)
    (first, _, first_commit), (last, tag, last_commit) = releases[0], releases[-1]
    span = f"nginx {dotted(first)} ({first_commit[:12]}) to {dotted(last)} ({last_commit[:12]})"
    counts = dict((version, len(table)) for version, table in tables)
    return {
        "nginx.tsv": tsv(
            f"conf/mime.types of {span}, as changes (BSD-2-Clause: LICENSE-nginx)",
            ("since_version", "extension", "type"),
            [(dotted(version), extension, mime_type) for version, extension, mime_type in rows],
        ),
        "nginx-releases.tsv": tsv(
            f"the releases of {span} whose conf/mime.types was read",
            ("version", "commit", "extensions"),
            [(dotted(version), commit, str(counts[version])) for version, _, commit in releases],
        ),
        "LICENSE-nginx": git(repository, "show", f"{tag}:LICENSE"),
    }


def compare(files):
    """The names of the files that are not as they would be written."""
    return [
        name
        for name, content in sorted(files.items())
        if not (HERE / name).is_file() or (HERE / name).read_bytes() != content
    ]


def parse_version(text):
    if not re.fullmatch(r"\d+\.\d+\.\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a version such as 1.30.0")
    return tuple(int(number) for number in text.split("."))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nginx-git", required=True, type=Path, metavar="DIR", help="clone of nginx/nginx, with tags")
    parser.add_argument("--nginx-until", type=parse_version, metavar="VERSION", help="ignore later releases")
    parser.add_argument("--mime-db", type=Path, metavar="TGZ", help="an `npm pack` archive, instead of running npm")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        files = mime_db_files(options.mime_db or pack_mime_db(folder))
    files.update(nginx_files(options.nginx_git, options.nginx_until))

    stale = compare(files)
    if options.check:
        for name in stale:
            print(f"{name} is not what generate.py makes of these inputs")
        sys.exit(1 if stale else 0)
    for name in stale:
        (HERE / name).write_bytes(files[name])
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
