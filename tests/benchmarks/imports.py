#!/usr/bin/env python3
"""How much processor time a cold start spends on imports, with and without bytecode, and what that costs in zip.

    tests/benchmarks/imports.py --build build        # after tools/test

Packages a project for each set of libraries twice, BYTECODE ON and OFF, and invokes each with `lambda-pack invoke`, in
turns, a new process each time: the handler imports the libraries, as a function does when it starts, and answers how much
processor time that took. The versions are those of tests/benchmarks/data/data/poetry.lock.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from contestants import Tools

LOCK = Path(__file__).parent / "data" / "data" / "poetry.lock"
LIBRARIES = {
    "pandas": (["pandas"], "import pandas"),
    "pydantic and boto3": (["pydantic", "boto3"], "import pydantic, boto3; boto3.client('s3', region_name='eu-west-1')"),
}
PYPROJECT = """\
[project]
name = "importing"
version = "1.0"
requires-python = "==3.12.*"
dependencies = {dependencies}
[tool.uv]
package = false
constraint-dependencies = {pins}
"""
HANDLER = """\
import time


def handler(event, context):
    before = time.process_time()
    {statement}
    return time.process_time() - before
"""
MODES = ("off", "on")


class Project:
    def __init__(self, folder, dependencies, statement, tools):
        self.folder, self.pack = folder, tools.pack
        pins = re.findall(r'^\[\[package\]\]\nname = "(.*)"\nversion = "(.*)"$', LOCK.read_text(), re.MULTILINE)
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "importing.py").write_text(HANDLER.format(statement=statement))
        (folder / "pyproject.toml").write_text(PYPROJECT.format(
            dependencies=json.dumps(dependencies), pins=json.dumps([f"{name}=={version}" for name, version in pins])))
        subprocess.run([tools.bin / "uv", "lock", "--quiet", "--project", folder, "--no-python-downloads", "--python",
                        tools.python], check=True)

    def run(self, subcommand, mode, *arguments):
        command = [self.pack, subcommand, "--quiet", "--project", self.folder, "--runtime", "python3.12", "--handler",
                   "importing.handler", "--bytecode", mode, *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def size(self, mode):
        archive = self.folder / f"{mode}.zip"
        self.run("zip", mode, "--output", archive)
        return archive.stat().st_size

    def import_seconds(self, mode):
        return float(self.run("invoke", mode, "--memory", "2048", "--timeout", "120"))


def measure(project, rounds):
    sizes = {mode: project.size(mode) for mode in MODES}
    seconds = {mode: [] for mode in MODES}
    for _ in range(rounds):
        for mode in MODES:
            seconds[mode].append(project.import_seconds(mode))
    return sizes, {mode: statistics.median(taken) for mode, taken in seconds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build"), help="build folder (default: build)")
    parser.add_argument("--rounds", type=int, default=5, help="invocations of each; the table has medians (default: 5)")
    parser.add_argument("--python", type=Path, help="Python 3.12 (default: the one in <build>/test-tools)")
    arguments = parser.parse_args()
    tools = Tools(arguments.build.resolve(), arguments.python)
    os.environ["LAMBDA_PYTHON_INTERPRETER"] = str(tools.python)

    print("| | import, s of CPU: without | with | ratio | zip, MB: without | with | |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="lambda benchmark ") as scratch:
        for name, (dependencies, statement) in LIBRARIES.items():
            project = Project(Path(scratch) / name, dependencies, statement, tools)
            sizes, seconds = measure(project, arguments.rounds)
            off, on = (sizes[mode] / 1e6 for mode in MODES)
            print(f"| {name} | {seconds['off']:.2f} | {seconds['on']:.2f} | {seconds['off'] / seconds['on']:.1f} | "
                  f"{off:.1f} | {on:.1f} | +{(on / off - 1) * 100:.0f} % |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
