#!/usr/bin/env python3
"""How many cases of other linters' own tests stackc decides as they do.

    run.py STACKC FOLDER

FOLDER holds checkouts, each in a folder of its own; none of them is part of this repository:

    buildkit   github.com/moby/buildkit                       frontend/dockerfile/dockerfile_check_test.go
    gixy       github.com/dvershinin/gixy                     tests/plugins/simply/*/*.conf, `_fp` are false positives
    dclint     github.com/zavoloklom/docker-compose-linter    tests/rules/*.spec.ts

A case that names a fault is right if stackc reports one of the rules that stand for it in that file; a case that must be
silent is right if none of them is reported. A case of a rule that stackc does not have is wrong either way. Cases in
outside.tsv are left out of the count, each with its reason.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent

# A rule of theirs, and what we call the same. An empty list: we have none.
RULES = {
    "buildkit": {
        "CopyIgnoredFile": ["docker-copy-ignored"],
        "ConsistentInstructionCasing": ["docker-casing"],
        "DuplicateStageName": ["docker-stage-name"],
        "ExposeInvalidFormat": ["docker-expose-form"],
        "ExposeProtoCasing": ["docker-expose-form", "docker-casing"],
        "FromAsCasing": ["docker-casing"],
        "FromPlatformFlagConstDisallowed": ["docker-from-platform"],
        "InvalidBaseImagePlatform": [],
        "InvalidDefaultArgInFrom": ["docker-argument-default"],
        "InvalidDefinitionDescription": [],
        "JSONArgsRecommended": ["docker-shell-form"],
        "LegacyKeyValueFormat": ["docker-legacy-env"],
        "MaintainerDeprecated": ["docker-maintainer"],
        "MultipleInstructionsDisallowed": ["docker-cmd-repeated"],
        "NoEmptyContinuation": ["docker-empty-continuation"],
        "RedundantTargetPlatform": ["docker-from-platform"],
        "ReservedStageName": ["docker-stage-name"],
        "SecretsUsedInArgOrEnv": ["secret-literal", "secret-in-build-argument"],
        "StageNameCasing": ["docker-casing", "docker-stage-name"],
        "UndefinedArgInFrom": ["docker-undefined-variable", "docker-argument-default"],
        "UndefinedVar": ["docker-undefined-variable"],
        "WorkdirRelativePath": ["docker-workdir-relative"],
    },
    "gixy": {
        "add_header_content_type": ["mime-added-header"],
        "add_header_multiline": ["nginx-header-multiline"],
        "add_header_redefinition": ["nginx-header-loss"],
        "alias_traversal": ["nginx-alias-traversal", "nginx-alias-open"],
        "allow_without_deny": ["nginx-open-access"],
        "host_spoofing": ["nginx-host-spoofed"],
        "http_splitting": ["nginx-splitting"],
        "if_is_evil": ["nginx-if-location"],
        "origins": ["nginx-origin-pattern"],
        "resolver_external": ["nginx-resolver-public"],
        "ssrf": ["nginx-ssrf"],
        "valid_referers": ["nginx-referers-none"],
        "version_disclosure": ["nginx-server-tokens"],
    },
    "dclint": {
        "no-build-and-image-rule": [],
        "no-duplicate-container-names-rule": ["compose-container-name-twice"],
        "no-duplicate-exported-ports-rule": ["port-clash"],
        "no-quotes-in-volumes-rule": [],
        "no-unbound-port-interfaces-rule": [],
        "no-version-field-rule": ["compose-obsolete-version"],
        "require-project-name-field-rule": [],
        "require-quotes-in-ports-rule": [],
        "service-container-name-regex-rule": ["compose-wrong-type", "compose-container-name-form"],
        "service-dependencies-alphabetical-order-rule": [],
        "service-image-require-explicit-tag-rule": ["compose-floating-image"],
        "service-keys-order-rule": [],
        "service-ports-alphabetical-order-rule": [],
        "services-alphabetical-order-rule": [],
        "top-level-properties-order-rule": [],
    },
}

Case = collections.namedtuple("Case", "set name rule bad files lint")


class Go:
    """The values of the few kinds of expressions that the texts of those tests are made of."""

    TOKEN = re.compile(r'\s+|//[^\n]*|(?P<raw>`[^`]*`)|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>\[\]byte|.)', re.S)

    def __init__(self, names):
        self.names = names

    def tokens(self, text, start):
        for match in self.TOKEN.finditer(text, start):
            if match.lastgroup:
                yield match

    def call(self, text, start):
        """The arguments of a call whose opening parenthesis was just read, each as its first and its last place."""
        depth, begin, args = 0, start, []
        for match in self.tokens(text, start):
            sign = match.group("sign")
            if sign in ("(", "{", "["):
                depth += 1
            elif sign in (")", "}", "]") and depth:
                depth -= 1
            elif sign == ")":
                return [*args, text[begin : match.start()]]
            elif sign == "," and not depth:
                args.append(text[begin : match.start()])
                begin = match.end()
        sys.exit("a call that does not end")

    def value(self, expression):
        """What an expression comes to; `None` for one of another kind."""
        found = list(self.tokens(expression, 0))
        if not found:
            return None
        first, is_call = found[0], len(found) > 1 and found[1].group("sign") == "("
        if first.group("raw"):
            return first.group("raw")[1:-1]
        if first.group("text"):
            return first.group("text")[1:-1].encode().decode("unicode_escape")
        args = [arg for arg in self.call(expression, found[1].end()) if arg.strip()] if is_call else []
        values = [self.value(arg) for arg in args]
        match first.group(0):
            case "[]byte" | "integration.UnixOrWindows":
                return values[0]
            case "fmt.Appendf" | "fmt.Sprintf":
                form, *rest = values[1:] if first.group(0) == "fmt.Appendf" else values
                # What only a run knows is some name.
                rest = ["example" if value is None else value for value in rest]
                return form % tuple(rest) if form is not None else None
        return None if is_call else self.names.get(first.group(0))


def buildkit(folder):
    """Each call of checkLinterWarnings, with the Dockerfile and the .dockerignore that hold there."""
    text = (folder / "frontend/dockerfile/dockerfile_check_test.go").read_text()
    for function in re.split(r"\nfunc ", text)[1:]:
        name = function.split("(")[0]
        if name == "checkLinterWarnings":
            continue
        values, number = {}, 0
        go = Go(values)
        # What a function gives back that makes warnings.
        made = re.search(r"(\w+) := func\([^\n]*expectedLintWarning \{\n(.*?)\n\t\}\n", function, re.S)
        for match in re.finditer(r"\n\t+(\w+) :?= |checkLinterWarnings\(", function):
            if match.group(1):
                value = go.value(function[match.end() :])
                if value is not None:
                    values[match.group(1)] = value
                continue
            number += 1
            body = go.call(function, match.end())[2]
            field = lambda key: re.search(rf"\b{key}:\s*", body)
            files = {"Dockerfile": go.value(body[field("Dockerfile").end() :])}
            if field("DockerIgnore"):
                files[".dockerignore"] = go.value(body[field("DockerIgnore").end() :])
            rules = set(re.findall(r'RuleName:\s*"(\w+)"', body))
            if made and f"{made.group(1)}(" in body:
                rules |= set(re.findall(r'RuleName:\s*"(\w+)"', made.group(2)))
            for rule in sorted(rules):
                yield Case("buildkit", f"{name}#{number}", rule, True, files, "Dockerfile")
            if not rules:
                # What the text turns off must be silent, else what the function is about.
                about = re.sub(r"^test", "", name)
                off = [rule for rule in RULES["buildkit"] if re.search(rf"skip=[\w,]*\b{rule}\b", files["Dockerfile"])]
                known = [rule for rule in RULES["buildkit"] if rule.lower() in about.lower() or about.lower() in rule.lower()]
                for rule in off or known or ABOUT[name]:
                    yield Case("buildkit", f"{name}#{number}", rule, False, files, "Dockerfile")


# What functions are about whose names do not say it.
ABOUT = {
    "testRuleCheckOption": ["ConsistentInstructionCasing", "FromAsCasing"],
    "testUndeclaredArg": ["UndefinedArgInFrom"],
    "testCopyIgnoredFiles": ["CopyIgnoredFile"],
    "testCopyIgnoredFileContextRoot": ["CopyIgnoredFile"],
    "testDefinitionDescription": ["InvalidDefinitionDescription"],
    "testSecretsUsedInArgOrEnv": ["SecretsUsedInArgOrEnv"],
    "testUnmatchedVars": ["UndefinedVar"],
    "testMultipleInstructionsDisallowed": ["MultipleInstructionsDisallowed"],
    "testWarningsBeforeError": ["StageNameCasing"],
    "testBaseImagePlatformMismatch": ["InvalidBaseImagePlatform"],
}


def gixy(folder):
    for file in sorted((folder / "tests/plugins/simply").glob("*/*.conf")):
        text = file.read_text()
        rule = file.parent.name
        yield Case("gixy", f"{rule}/{file.name}", rule, not file.stem.endswith("_fp"), {"nginx.conf": text}, "nginx.conf")


def dclint(folder):
    for file in sorted((folder / "tests/rules").glob("*.spec.ts")):
        text = file.read_text()
        rule = file.name.removesuffix(".spec.ts")
        texts = dict(re.findall(r"const (\w+) = `([^`]*)`", text))
        for title, body in re.findall(r"\ntest\('([^']*)'.*?\{\n(.*?)\n\}\);", text, re.S):
            named = re.search(r"sourceCode: (\w+)", body) or re.search(r"fix\((\w+)\)", body)
            if not named or named.group(1) not in texts:
                named = re.search("|".join(map(re.escape, sorted(texts, key=len, reverse=True))), body)
                source = texts[named.group(0)]
            else:
                source = texts[named.group(1)]
            bad = not re.search(r"should not |gracefully|correctly|does not", title)
            title = title.split(": ", 1)[-1]
            yield Case("dclint", f"{rule}: {title}", rule, bad, {"docker-compose.yml": source}, "docker-compose.yml")


def found(stackc, case):
    """The codes of what is found in the files of a case."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in case.files.items():
            (pathlib.Path(folder) / name).write_text(text)
        # Without another name for the context a Dockerfile alone is linted in its own folder.
        run = subprocess.run([stackc, "lint", case.lint], cwd=folder, capture_output=True, text=True, timeout=60)
        if run.returncode not in (0, 1, 2):
            sys.exit(f"{case.name}: exit code {run.returncode}\n{run.stderr}")
        return set(re.findall(r"^(?:error|warning|note)\[([a-z0-9-]+)\]", run.stdout + run.stderr, re.M))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    stackc, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    outside = {}
    for line in (HERE / "outside.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            group, pattern, why = line.split("\t")
            outside[(group, pattern)] = why
    cases = [*buildkit(folder / "buildkit"), *gixy(folder / "gixy"), *dclint(folder / "dclint")]
    total = len(cases)
    kept, left = [], 0
    for case in cases:
        if any(case.set == group and re.search(pattern, case.name) for group, pattern in outside):
            left += 1
        else:
            kept.append(case)
    if left * 10 > total:
        sys.exit(f"{left} of {total} cases are left out: more than a tenth")
    right, by_set, missing = 0, collections.Counter(), collections.defaultdict(list)
    for case in kept:
        ours = RULES[case.set].get(case.rule, [])
        codes = found(stackc, case)
        is_right = bool(ours) and bool(codes & set(ours)) == case.bad
        by_set[case.set, is_right] += 1
        right += is_right
        if not is_right:
            missing[case.set, case.rule].append(("not found" if case.bad else "found" if ours else "no rule") + f": {case.name}")
    for (group, rule), names in sorted(missing.items()):
        print(f"{group} {rule}" + ("" if RULES[group].get(rule) else " (no rule of ours)"))
        for name in names:
            print(f"    {name}")
    for group in RULES:
        of = by_set[group, True] + by_set[group, False]
        print(f"{group}: {by_set[group, True]} of {of}")
    print(f"all: {right} of {len(kept)} right, {left} of {total} left out")


if __name__ == "__main__":
    main()
