#!/usr/bin/env python3
"""Compares whole runs of `stackc build` with the least that any program could take for the same, in one run.

    benches/build.py

It builds the release and, beside it, benches/durable.rs, and prints ratios:

- an unchanged build of examples/blog to `true`: at most 3, and it writes nothing;
- the same without the cache (STACKC_CACHE is empty), for which there is no bound;
- the first build of examples/blog to a program that writes the same bytes so that they last: at most 2;
- 10,000 services to 1,000: at most 12 times the time, below 300 MB. Once with all findings, without a cache.

Programs take turns, so that what else the machine does hits all of them; medians are compared. Exit code: 0 within the bounds,
1 beyond them.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_OF_TRUE, MOST_OF_DURABLE, MOST_GROWTH, MOST_MB = 3, 2, 12, 300


def built():
    """The two programs, built as they are used."""
    programs = {}
    for arguments in (["build", "--release", "--locked"], ["bench", "--locked", "--bench", "durable", "--no-run"]):
        said = subprocess.run(["cargo", *arguments, "--message-format=json"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        for line in said.stdout.splitlines():
            message = json.loads(line)
            if message.get("executable"):
                programs[message["target"]["name"]] = message["executable"]
    return programs["stackc"], programs["durable"]


def timed(command, folder, **more):
    """Seconds of a run."""
    environment = dict(os.environ, **more)
    start = time.perf_counter()
    process = os.posix_spawn(
        command[0],
        command,
        environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)],
    )
    _, status = os.waitpid(process, 0)
    taken = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        sys.exit(f"{command} in {folder}: exit code {code}")
    return taken


def turns(count, *runs):
    """The medians of runs that take turns."""
    times = [[run() for run in runs] for _ in range(count)]
    return [statistics.median(column) for column in zip(*times)]


def newest(folder):
    return max(path.stat().st_mtime_ns for path in folder.rglob("*"))


def unchanged(stackc, work):
    blog = work / "unchanged"
    shutil.copytree(ROOT / "examples/blog", blog)
    os.chdir(blog)
    cache = {"STACKC_CACHE": str(work / "cache")}
    timed([stackc, "build"], blog, **cache)
    # Nothing is kept of what changed just now.
    time.sleep(2.5)
    timed([stackc, "build"], blog, **cache)
    before = newest(work)
    true = shutil.which("true")
    floor, kept, whole = turns(
        200,
        lambda: timed([true], blog),
        lambda: timed([stackc, "build"], blog, **cache),
        lambda: timed([stackc, "build"], blog, STACKC_CACHE=""),
    )
    print(f"unchanged build of the blog: {kept / floor:.2f} times true (at most {MOST_OF_TRUE})")
    print(f"the same without a cache: {whole / floor:.1f} times true")
    wrote = newest(work) != before
    if wrote:
        print("an unchanged build has written something")
    return kept / floor <= MOST_OF_TRUE and not wrote


def first(stackc, durable, work):
    blog, same = work / "first", work / "same"
    shutil.copytree(ROOT / "examples/blog", blog)
    os.chdir(blog)
    kept = {path.relative_to(blog) for path in blog.rglob("*")}
    timed([stackc, "build"], blog, STACKC_CACHE="")
    written = [path.relative_to(blog) for path in blog.rglob("*")]
    for path in written:
        if path not in kept and (blog / path).is_file():
            (same / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(blog / path, same / path)

    def undo():
        for path in sorted(blog.rglob("*"), reverse=True):
            if path.relative_to(blog) not in kept:
                path.rmdir() if path.is_dir() else path.unlink()
        shutil.rmtree(work / "copy", ignore_errors=True)

    def build():
        undo()
        return timed([stackc, "build"], blog, STACKC_CACHE="")

    floor, whole = turns(31, lambda: timed([durable, str(same), str(work / "copy")], blog), build)
    print(f"first build of the blog: {whole / floor:.2f} times a program that writes the same to last (at most {MOST_OF_DURABLE})")
    return whole / floor <= MOST_OF_DURABLE


def wide(services):
    """A stack of so many services."""
    lines = ["stack wide"]
    for number in range(services):
        lines += [
            f"service app{number} {{",
            f"  image example.org/app:1.{number}",
            f"  env {{ URL http://app{number} }}",
            "}",
        ]
    return "\n".join(lines) + "\n"


def growth(stackc, work):
    folders = {}
    for services in (1_000, 10_000):
        folders[services] = work / f"wide{services}"
        folders[services].mkdir()
        (folders[services] / "wide.stack").write_text(wide(services))

    def build(services):
        os.chdir(folders[services])
        return timed([stackc, "build"], folders[services], STACKC_CACHE="")

    less, more = turns(7, lambda: build(1_000), lambda: build(10_000))
    os.chdir(folders[10_000])
    command = ["/usr/bin/time", "-f", "%M", stackc, "build"]
    said = subprocess.run(command, env=dict(os.environ, STACKC_CACHE=""), capture_output=True, text=True, check=True)
    most = int(said.stderr.splitlines()[-1]) / 1024
    print(f"10,000 services: {more / less:.1f} times 1,000 (at most {MOST_GROWTH}), {most:.0f} MB (below {MOST_MB})")
    return more / less <= MOST_GROWTH and most < MOST_MB


def main():
    stackc, durable = built()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        within = [unchanged(stackc, work), first(stackc, durable, work), growth(stackc, work)]
        os.chdir("/")
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
