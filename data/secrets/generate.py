#!/usr/bin/env python3
"""Writes the tables of this folder from the rules of gitleaks.

    data/secrets/generate.py GITLEAKS_GIT             # rewrite the files
    data/secrets/generate.py GITLEAKS_GIT --check     # exit 1 if a file would change

../README.md says what is read, what is written and under which licence. The output depends on the inputs alone: no
dates, no machine, LF line ends.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent

COMMIT = "b58d3f102cf3a2c84cb7f923d05c25c9b1aed84b"

# Rules that are not carried, each with the reason.
LEFT_OUT = {
    "generic-api-key": "judges by the name of a variable, which other rules of stackc do with fewer false findings",
    "freemius-secret-key": "looks into PHP",
    "hashicorp-tf-password": "looks into Terraform",
    "kubernetes-secret-yaml": "looks into manifests of Kubernetes",
    "nuget-config-password": "looks into configurations of NuGet",
    "pkcs12-file": "looks at the name of a file",
}
# What these find names somebody and proves nothing: it is no secret.
PUBLIC = {
    "adobe-client-id",
    "asana-client-id",
    "bitbucket-client-id",
    "discord-client-id",
    "flutterwave-public-key",
    "linkedin-client-id",
    "lob-pub-api-key",
    "looker-client-id",
    "mailgun-pub-key",
    "messagebird-client-id",
    "new-relic-user-api-id",
    "plaid-client-id",
    "sendbird-access-id",
    "sumologic-access-id",
}
# Parts of expressions that find too much in deployments: what stands in gitleaks, and what stands here in its place.
AMENDED = {
    # Forty hexadecimal digits are any commit of git.
    "sourcegraph-access-token": ("|[a-fA-F0-9]{40})", ")"),
}
# Allowed findings that are whole keys of documentation pages: what stackc carries must not look like keys.
ALLOWED_LEFT_OUT = {"gcp-api-key", "nuget-config-password"}
# So much the same in every file, or about other files.
GLOBAL = "*"


def converted(expression):
    """An expression of Go's regexp for Rust's regex: a brace that repeats nothing, and a bracket or a doubled sign in
    a class, must be escaped there."""
    out = []
    at, in_class = 0, False
    while at < len(expression):
        char = expression[at]
        if char == "\\":
            out.append(expression[at : at + 2])
            at += 2
            continue
        if in_class:
            named = re.match(r"\[:\^?[a-z]+:\]", expression[at:])
            if named:
                out.append(named.group())
                at += named.end()
                continue
            in_class = char != "]"
            out.append("\\" + char if char in "[&~" else char)
        elif char == "[":
            # A bracket at the beginning of a class is one of its members.
            first = re.match(r"\[\^?\]?", expression[at:]).group()
            out.append(first.replace("]", "\\]"))
            at += len(first)
            in_class = True
            continue
        elif char == "{" and not re.match(r"\{\d+(,\d*)?\}", expression[at:]):
            out.append("\\{")
        else:
            out.append(char)
        at += 1
    return "".join(out)


def runs_over_lines(expression):
    """Whether what it finds may have several lines; white space around a value is not meant to have any."""
    return any(part in expression for part in (r"[\s\S", r"[\r\n]", "(?s", r"\r\n]"))


def column(text):
    if "\t" in text or "\n" in text:
        sys.exit(f"a column cannot hold {text!r}")
    return text


def shapes(rules):
    rows = []
    for rule in rules:
        name = rule["id"]
        if name in LEFT_OUT or name in PUBLIC:
            continue
        unknown = set(rule) - {"id", "description", "regex", "entropy", "keywords", "secretGroup", "allowlists"}
        if unknown:
            sys.exit(f"{name} has {', '.join(sorted(unknown))}, which stackc does not know")
        expression = rule["regex"]
        if name in AMENDED:
            before, after = AMENDED[name]
            if before not in expression:
                sys.exit(f"{name} has no {before} any more")
            expression = expression.replace(before, after)
        rows.append(
            [
                name,
                str(rule.get("secretGroup", 0)),
                str(rule.get("entropy", 0)),
                "text" if runs_over_lines(expression) else "line",
                " ".join(sorted({keyword.lower() for keyword in rule["keywords"]})),
                converted(expression),
            ]
        )
    return sorted(rows)


def allowed(config):
    rows = []
    carried = {row[0] for row in shapes(config["rules"])}
    lists = [(GLOBAL, config["allowlist"])]
    lists += [(rule["id"], one) for rule in config["rules"] for one in rule.get("allowlists", [])]
    for name, one in lists:
        if name in ALLOWED_LEFT_OUT or (name != GLOBAL and name not in carried):
            continue
        if "condition" in one:
            sys.exit(f"{name} has a condition, which stackc does not know")
        target = one.get("regexTarget", "secret")
        rows += [[name, target, converted(expression)] for expression in one.get("regexes", [])]
        rows += [[name, "word", word.lower()] for word in one.get("stopwords", [])]
    return rows


def table(title, columns, rows):
    lines = [f"# {title}", "# Made by generate.py; do not edit.", "# " + "\t".join(columns)]
    lines += ["\t".join(column(text) for text in row) for row in rows]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gitleaks", type=Path, metavar="GITLEAKS_GIT", help="a clone of gitleaks/gitleaks; bare will do")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    arguments = parser.parse_args()

    def show(path):
        command = ["git", "-C", str(arguments.gitleaks), "show", f"{COMMIT}:{path}"]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8")

    config = tomllib.loads(show("config/gitleaks.toml"))
    names = {rule["id"] for rule in config["rules"]}
    gone = (set(LEFT_OUT) | PUBLIC | set(AMENDED)) - names
    if gone:
        sys.exit(f"gitleaks has no {', '.join(sorted(gone))} any more")
    origin = f"gitleaks/gitleaks at {COMMIT[:12]} (MIT: LICENSE-gitleaks)"
    files = {
        "shapes.tsv": table(
            f"the shapes of secrets, from {origin}",
            ["shape", "group", "entropy", "reach", "keywords", "expression"],
            shapes(config["rules"]),
        ),
        "allowed.tsv": table(
            f"what is of such a shape and no secret, from {origin}",
            ["shape", "target", "expression"],
            allowed(config),
        ),
        "LICENSE-gitleaks": show("LICENSE"),
    }
    changed = [name for name, text in files.items() if not is_as(HERE / name, text)]
    for name in changed:
        print(f"{name} {'would change' if arguments.check else 'written'}")
        if not arguments.check:
            (HERE / name).write_text(files[name], encoding="utf-8", newline="\n")
    sys.exit(1 if arguments.check and changed else 0)


def is_as(path, text):
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
