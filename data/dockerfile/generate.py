#!/usr/bin/env python3
"""Writes the Dockerfile tables of this folder from the sources and the reference of BuildKit's Dockerfile frontend.

    data/dockerfile/generate.py BUILDKIT_DIR             # rewrite the files
    data/dockerfile/generate.py BUILDKIT_DIR --check     # exit 1 if a file would change

../README.md says what is read, what is written and under which licence. What a word does and how it is said in a stack
file stands in words.tsv, which is written by hand; a word that is in one place only stops the generator. The output
depends on the inputs alone: no dates, no machine, LF line ends.
"""

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# docs/syntax.md at the tag dockerfile/1.4.0 says this of heredocs; later references leave it out.
HEREDOC_SINCE = "1.4"

# What the functions of parser/line_parsers.go read, by the names that words.tsv gives the forms.
FORMS = {
    "parseMaybeJSONToList": ["words", "list"],
    "parseMaybeJSON": ["shell", "exec"],
    "parseEnv": ["pairs", "pair"],
    "parseLabel": ["pairs", "pair"],
    "parseNameOrNameVal": ["names"],
    "parseString": ["text"],
    "parseStringsWhitespaceDelimited": ["words"],
    "parseHealthConfig": ["shell", "exec", "none"],
    "parseSubCommand": ["instruction"],
}

TAKES = {"Bool": "flag", "String": "text", "Strings": "repeatable"}

# Several names of one option of a mount: the one that the table gives it.
OPTION_NAMES = {"dst": "target", "destination": "target", "rw": "readwrite", "ro": "readonly", "src": "source"}


class Source:
    """The files of the frontend."""

    def __init__(self, folder):
        self.folder = folder / "frontend" / "dockerfile"

    def text(self, path):
        return (self.folder / path).read_text(encoding="utf-8")

    def found(self, pattern, path, flags=0):
        match = re.search(pattern, self.text(path), flags)
        if match is None:
            sys.exit(f"{path} holds nothing like {pattern}: BuildKit has changed")
        return match


def go_body(text, head):
    """What a function of a Go file does: from its head, in any case, to the first brace at the start of a line."""
    start = text.lower().index(head.lower())
    return text[start : text.index("\n}", start)]


def instructions(source):
    """variable of command.go -> name"""
    block = source.found(r"const \((.*?)\n\)", "command/command.go", re.S).group(1)
    return {variable: name.upper() for variable, name in re.findall(r'(\w+)\s*=\s*"(\w+)"', block)}


def expanding_fields(source):
    """struct -> the fields that Expand puts variables into"""
    text = source.text("instructions/commands.go")
    fields = {}
    for struct in re.findall(r"func \(c \*(\w+)\) Expand\(", text):
        body = go_body(text, f"func (c *{struct}) Expand(")
        fields[struct] = set(re.findall(r"expander\(c\.(\w+)\)", body))
    return fields


def minimum_versions(reference):
    """flag of an instruction -> since which version, from the tables of the reference"""
    versions = {}
    instruction = ""
    for line in reference.splitlines():
        if heading := re.match(r"## ([A-Z]+)\b", line):
            instruction = heading.group(1)
        if row := re.match(r"\| \[`--([a-z-]+)`\]\(#[^)]*\) +\| *([^| ]*) *\|", line):
            versions[instruction, row.group(1)] = row.group(2)
    return versions


def mounts(source):
    """type -> [(option, since)], from the tables of the reference; the source must know every option"""
    known = source.found(r"allKeys := \[\]string\{(.*?)\}", "instructions/commands_runmount.go", re.S).group(1)
    known = set(re.findall(r'"([a-z]+)"', known))
    types = set(re.findall(r'MountType\w+\s+MountType = "(\w+)"', source.text("instructions/commands_runmount.go")))
    tables = {}
    current = None
    for line in source.text("docs/reference.md").splitlines():
        if heading := re.match(r"### RUN --mount=type=(\w+)", line):
            current = tables.setdefault(heading.group(1), {})
        elif line.startswith("#"):
            current = None
        elif current is not None and line.startswith("| `"):
            cell, description = line.strip("|").split("|")[:2]
            names = re.findall(r"`([a-z]+)`", cell)
            if not names or not set(names) <= known:
                sys.exit(f"an option of a mount that parseMount does not know: {cell}")
            name = OPTION_NAMES.get(names[0], names[0])
            since = re.search(r"since Dockerfile v([0-9.]+)", description)
            current[name] = short(since.group(1)) if since else ""
    if set(tables) != types:
        sys.exit(f"the reference has the mounts {sorted(tables)}, the source {sorted(types)}")
    listed = {OPTION_NAMES.get(name, name) for name in known} - {"type"}
    if missing := listed - {name for table in tables.values() for name in table}:
        sys.exit(f"options of mounts that the reference does not list: {sorted(missing)}")
    return tables


def short(version):
    """1.8.0 -> 1.8"""
    return re.sub(r"\.0$", "", version)


def channel(version):
    """1.14-labs -> 1.14, labs"""
    number, _, suffix = version.partition("-")
    return (short(number), suffix or "stable") if number else ("", "stable")


def flags(source, variable, fields):
    """name -> (what it takes, whether it reads variables) of the flags of an instruction"""
    if variable == "Run":
        text = "".join(
            source.text(f"instructions/commands_{name}.go")
            for name in ("runmount", "runnetwork", "runsecurity", "rundevice")
        )
        # Of RUN's flags Expand reaches the mounts alone.
        expands = {"mount"} if "setMountState(c, expander)" in source.text("instructions/commands.go") else set()
    else:
        text = go_body(source.text("instructions/parse.go"), f"func parse{variable}(")
        expands = None
    found = {}
    for field, kind, name in re.findall(r'(\w+) [:=]+ req\.flags\.Add(Bool|Strings|String)\("([a-z-]+)"', text) + [
        ("", kind, name) for kind, name in re.findall(r'st\.flag = req\.flags\.Add(Bool|Strings|String)\("([a-z-]+)"', text)
    ]:
        if name in found:
            continue
        if expands is not None:
            reads = name in expands
        elif variable == "From":
            reads = "ProcessWordWithMatches(v, dctx.globalArgs)" in source.text("dockerfile2llb/convert.go")
        else:
            reads = field.removeprefix("fl") in fields.get(f"{variable}Command", set())
        found[name] = (TAKES[kind], reads)
    return found


def words(source):
    """[word, kind, takes, whether it reads variables, since, channel] of everything that there is"""
    rows = []
    reference = source.text("docs/reference.md")
    since = minimum_versions(reference)
    directives = re.findall(r'key\w+ += "(\w+)"', source.text("parser/directives.go"))
    for name in sorted(directives):
        version = re.search(rf"^- \[`{name}`\]\(#{name}\) \(since Dockerfile v([0-9.]+)\)", reference, re.M)
        rows.append([f"{name}=", "directive", "text", False, short(version.group(1)) if version else "", "stable"])
    options = go_body(source.text("linter/linter.go"), "func ParseLintOptions(")
    for name in sorted(re.findall(r'case "(\w+)":', options)):
        rows.append([f"check={name}", "directive", "flag" if name == "error" else "repeatable", False, "", "stable"])
    table = dict(re.findall(r"command\.(\w+): +(parse\w+),", source.text("parser/parser.go")))
    heredocs = source.found(r"heredocDirectives = map\[string\]bool\{(.*?)\}", "parser/parser.go", re.S).group(1)
    fields = expanding_fields(source)
    parse = source.text("instructions/parse.go")
    for variable, name in sorted(instructions(source).items(), key=lambda entry: entry[1]):
        # FROM, ARG and EXPOSE put variables in by functions of their own.
        reads = f"{variable}Command" in fields or name in ("FROM", "ARG", "EXPOSE")
        rows.append([name, "instruction", "", reads and name != "RUN", "", "stable"])
        forms = list(FORMS[table[variable]])
        if f'errNotJSON("{name}"' in parse:
            forms.remove("shell")
        if f"command.{variable}:" in heredocs:
            forms.append("heredoc")
        if name == "FROM":
            source.found(r'strings\.EqualFold\(args\[1\], "as"\)', "instructions/parse.go")
            forms.append("as")
        for form in sorted(forms):
            rows.append([f"{name} {form}", "form", "", False, HEREDOC_SINCE if form == "heredoc" else "", "stable"])
        for flag, (takes, expands) in sorted(flags(source, variable, fields).items()):
            version, which = channel(since.get((name, flag), ""))
            rows.append([f"{name} --{flag}", "flag", takes, expands, version, which])
    of_mount = next(row for row in rows if row[0] == "RUN --mount")
    for kind, listed in sorted(mounts(source).items()):
        rows.append([f"RUN --mount=type={kind}", "mount", "", False, of_mount[4], "stable"])
        for option, version in sorted(listed.items()):
            takes = "flag" if option in ("readonly", "readwrite", "required") else "text"
            row = [f"RUN --mount=type={kind},{option}", "option", takes, option != "from", version, "stable"]
            rows.append(row)
    return rows


def checks(source):
    """The builder's own checks: name, whether they are still being tried out."""
    text = source.text("linter/ruleset.go")
    rules = re.split(r"\n\tRule\w+ = LinterRule", text)[1:]
    found = []
    for rule in rules:
        name = re.search(r'Name: +"(\w+)"', rule).group(1)
        found.append([name, "experimental" if re.search(r"^\t\tExperimental: +true", rule, re.M) else "stable"])
    return sorted(found)


def by_hand():
    """word -> the columns of words.tsv"""
    rows = {}
    for line in (HERE / "words.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, *columns = line.split("\t")
            if word in rows or len(columns) != 6:
                sys.exit(f"words.tsv: {word} is there twice, or has not 7 columns")
            rows[word] = columns
    return rows


def table(title, columns, rows):
    lines = [f"# {title}", "# Made by generate.py; do not edit.", "# " + "\t".join(columns)]
    spelled = {True: "yes", False: "no"}
    lines += ["\t".join(spelled.get(cell, cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("buildkit", type=Path, metavar="BUILDKIT_DIR", help="a checkout of moby/buildkit")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    arguments = parser.parse_args()
    source = Source(arguments.buildkit)
    version = source.found(r'const version = "([0-9.]+)"', "version/version.go").group(1)
    read = words(source)
    described = by_hand()
    for word in sorted(set(described) ^ {row[0] for row in read}):
        print(f"only in {'words.tsv' if word in described else 'BuildKit'}: {word}", file=sys.stderr)
    if set(described) != {row[0] for row in read}:
        sys.exit(1)
    origin = f"the Dockerfile frontend {version} of moby/buildkit (Apache-2.0: LICENSE-buildkit)"
    columns = ["word", "kind", "takes", "variables", "since", "channel"]
    columns += ["in", "sentence", "block", "count", "example", "doc"]
    files = {
        "instructions.tsv": table(
            f"the words of a Dockerfile, from {origin}; the last six columns from words.tsv",
            columns,
            [row + described[row[0]] for row in read],
        ),
        "checks.tsv": table(f"the builder's own checks, from {origin}", ["check", "channel"], checks(source)),
        "LICENSE-buildkit": (arguments.buildkit / "LICENSE").read_text(encoding="utf-8"),
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
