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
        "add_header_multiline": [],
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


def buildkit(folder):
    """Each call of checkLinterWarnings, with the Dockerfile and the .dockerignore that hold there."""
    text = (folder / "frontend/dockerfile/dockerfile_check_test.go").read_text()
    go_string = r"\[\]byte\(\s*(?:`([^`]*)`|\"((?:[^\"\\]|\\.)*)\")\s*\)"
    for function in re.split(r"\nfunc ", text)[1:]:
        name = function.split("(")[0]
        texts, number = {}, 0
        token = re.compile(r"(\w+)\s*:?=\s*" + go_string + r"|checkLinterWarnings\(t, sb, &lintTestParams\{")
        for match in token.finditer(function):
            if match.group(1):
                plain = match.group(3) and match.group(3).encode().decode("unicode_escape")
                texts[match.group(1)] = match.group(2) if match.group(2) is not None else plain
                continue
            body = function[match.end():]
            body = body[: body.find("\n\t})") if "\n\t})" in body and not body.startswith("Dockerfile: dockerfile})") else body.find("})")]
            number += 1
            inline = re.search(r"DockerIgnore:\s*" + go_string, body)
            ignore = inline.group(1) if inline else texts.get("dockerignore") if "DockerIgnore:" in body else None
            files = {"Dockerfile": texts.get("dockerfile", "")}
            if ignore is not None:
                files[".dockerignore"] = ignore
            rules = sorted(set(re.findall(r'RuleName:\s*"(\w+)"', body)))
            if not rules:
                # What the function is about must be silent.
                about = re.sub(r"^test", "", name)
                known = [rule for rule in RULES["buildkit"] if rule.lower() in about.lower() or about.lower() in rule.lower()]
                rules = known or ABOUT.get(name, [])
                for rule in rules or [f"silent:{name}"]:
                    yield Case("buildkit", f"{name}#{number}", rule, False, files, "Dockerfile")
                continue
            for rule in rules:
                yield Case("buildkit", f"{name}#{number}", rule, True, files, "Dockerfile")


# What functions are about whose names do not say it.
ABOUT = {
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
