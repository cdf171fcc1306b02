#!/usr/bin/env python3
"""How long packaging takes, next to what one would do without this project, and to the least it can take.

    tests/benchmarks/run.py --build build            # after tools/test, which makes the tools it compares with

Each contestant packages the same projects (tests/benchmarks/data: Poetry projects with their locks) in four states:

    cold    empty caches, fresh copy of the project
    warm    full caches, fresh copy
    no-op   the same command again
    edit    again, after one line of the handler changed

Every zip is unpacked and its handler called under Python 3.12, with the answer compared: a zip that holds yesterday's
code or lacks a dependency ends the benchmark. Caches are private to each contestant; the user's are not touched.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from contestants import Tools, contestants_for
from measuring import Project, check_zip, sha256

HERE = Path(__file__).parent
STATES = ("cold", "warm", "no-op", "edit")
ORDERS = "[{item: bread, count: 2}, {item: milk, count: 3}]"

PROJECTS = {
    "data": Project(
        HERE / "data" / "data", "data_lambda", {"orders": ORDERS},
        {"total": 5, "secret": "secret", "png": "PNG", "url": "https://example.com/?total=5", "region": "eu-west-1"}),
    "small": Project(HERE / "data" / "small", "small_lambda", {"orders": ORDERS}, {"total": 5}),
}


def measure(contestant, project, scratch, python):
    """One round of a contestant: its samples by state, and the digest of the warm zip."""
    samples = {}
    home = scratch / contestant.key
    environment = {**os.environ, **contestant.caches(home / "caches")}

    def package(state, tree):
        samples[state] = contestant.package(tree, environment)
        check_zip(contestant.zip(tree), project, edition=2 if state == "edit" else 1, python=python)

    if "cold" in contestant.states:
        package("cold", contestant.fresh(home / "cold tree", environment))
    tree = contestant.fresh(home / "warm tree", environment)
    package("warm", tree)
    digest = sha256(contestant.zip(tree))
    size = contestant.zip(tree).stat().st_size
    if "no-op" in contestant.states:
        package("no-op", tree)
    if "edit" in contestant.states:
        project.edit(tree)
        package("edit", tree)
    return samples, digest, size


def run(project, contestants, arguments, scratch):
    """All rounds, the contestants one after the other in each: what disturbs the machine disturbs all of them."""
    samples = defaultdict(lambda: defaultdict(list))
    digests = defaultdict(set)
    sizes = {}
    for number in range(arguments.rounds):
        for contestant in contestants:
            # Another folder each time: whether the bytes depend on it is one of the questions.
            folder = scratch / f"round {number}"
            measured, digest, sizes[contestant.key] = measure(contestant, project, folder, arguments.python)
            for state, sample in measured.items():
                samples[contestant.key][state].append(sample)
            digests[contestant.key].add(digest)
            times = ", ".join(f"{state} {sample.seconds:.2f}" for state, sample in measured.items())
            print(f"round {number + 1}: {contestant.name}: {times}", file=sys.stderr)
            shutil.rmtree(folder / contestant.key)
    return [summary(contestant, samples[contestant.key], sizes[contestant.key], digests[contestant.key])
            for contestant in contestants]


def summary(contestant, samples, size, digests):
    return {
        "name": contestant.name,
        "seconds": {state: round(statistics.median(sample.seconds for sample in taken), 3)
                    for state, taken in samples.items()},
        "peak_mb": round(max(sample.peak_kb for taken in samples.values() for sample in taken) / 1024),
        "zip_mb": round(size / 1e6, 1),
        "reproducible": len(digests) == 1,
    }


def table(rows, rounds):
    """Seconds, and in brackets how many times as long as the first contestant takes for the same."""
    lines = ["| | " + " | ".join(STATES) + " | peak MB | zip MB | same bytes elsewhere |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        cells = [row["name"]]
        for state in STATES:
            seconds, ours = row["seconds"].get(state), rows[0]["seconds"].get(state)
            if seconds is None:
                cells.append("")
            elif row is rows[0] or ours is None:
                cells.append(f"{seconds:.2f}")
            else:
                cells.append(f"{seconds:.2f} ({seconds / ours:.2g}×)")
        same = "?" if rounds == 1 else "yes" if row["reproducible"] else "no"
        lines.append("| " + " | ".join([*cells, str(row["peak_mb"]), f"{row['zip_mb']:.1f}", same]) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build"), help="build folder (default: build)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the table has medians (default: 3)")
    parser.add_argument("--project", choices=PROJECTS, action="append", help="default: all")
    parser.add_argument("--only", action="append", metavar="KEY", help="contestants: cmake, pack, uv, recipe, floor")
    parser.add_argument("--python", type=Path, help="Python 3.12 (default: the one in <build>/test-tools)")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    tools = Tools(arguments.build.resolve(), arguments.python)
    arguments.python = tools.python

    results = {}
    with tempfile.TemporaryDirectory(prefix="lambda benchmark ") as scratch:
        for name in arguments.project or PROJECTS:
            contestants = contestants_for(PROJECTS[name], tools, Path(scratch))
            contestants = [c for c in contestants if not arguments.only or c.key in arguments.only]
            results[name] = run(PROJECTS[name], contestants, arguments, Path(scratch))
    for name, rows in results.items():
        print(f"\n{name}: seconds, medians of {arguments.rounds} rounds, {os.cpu_count()} cores\n")
        print(table(rows, arguments.rounds))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
