#!/usr/bin/env python3
"""How much of a build's time the packages of a large monorepo take, next to the same build without them.

    tests/benchmarks/monorepo.py --build build [--packages 200] [--files 50] [--generator Ninja]

Makes a monorepo of Python projects, twenty of which share a library each, and times, with the built helper: configure,
the first build, a build with nothing to do, an edit in one package, an edit in one library. Beside it stands a plain CMake
project that has the same number of packages and files, one rule with a depfile for each package, and no Python: what the
build tool itself needs for that many files.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import timed

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent
BACKEND = (HERE.parent / "consumers/packaged/backend.py").read_text()
LOCK = (HERE.parent / "consumers/packaged/poetry.lock").read_text()
PYPROJECT = (HERE.parent / "consumers/packaged/pyproject.toml").read_text()
OURS = """\
cmake_minimum_required(VERSION 3.22)
project(monorepo LANGUAGES NONE)
add_subdirectory("{source}" lambda-python)
set(LAMBDA_PYTHON_RUNTIME python3.13)
foreach(number RANGE 1 {packages})
  lambda_python_package(service_${{number}} SOURCE_DIR services/service_${{number}} HANDLER billing.module_1.handler)
endforeach()
"""
PLAIN = """\
cmake_minimum_required(VERSION 3.22)
project(monorepo LANGUAGES NONE)
cmake_policy(SET CMP0116 NEW)
foreach(number RANGE 1 {packages})
  set(service "${{CMAKE_SOURCE_DIR}}/services/service_${{number}}")
  add_custom_command(OUTPUT service_${{number}}.stamp
    COMMAND "${{CMAKE_COMMAND}}" -E copy "${{service}}/depfile" service_${{number}}.d
    COMMAND "${{CMAKE_COMMAND}}" -E touch service_${{number}}.stamp
    DEPFILE "${{CMAKE_BINARY_DIR}}/service_${{number}}.d" VERBATIM)
  add_custom_target(service_${{number}}_zip ALL DEPENDS service_${{number}}.stamp)
endforeach()
"""


SHARED = """\
[[package]]
name = "{library}"
version = "1.0"
description = ""
optional = false
python-versions = ">=3.9"
groups = ["main"]
files = []
develop = true

[package.source]
type = "directory"
url = "../../libraries/{library}"

"""
USERS = 20  # of each library


def library_of(number):
    return f"library_{(number - 1) // USERS + 1}"


def make_project(folder, name, files, library=None):
    package = folder / "src" / name
    package.mkdir(parents=True)
    (folder / "backend.py").write_text(BACKEND.replace("billing", name))
    (folder / "pyproject.toml").write_text(PYPROJECT.replace('"billing"', f'"{name.replace("_", "-")}"').replace(
        "requires-python", f'dependencies = ["{library}"]\nrequires-python' if library else "requires-python"))
    if library:
        (folder / "poetry.lock").write_text(
            LOCK.replace("package = []\n", SHARED.format(library=library.replace("_", "-")).replace(
                f"libraries/{library.replace('_', '-')}", f"libraries/{library}")))
    for number in range(files):
        name = f"module_{number}.py" if number else "__init__.py"
        (package / name).write_text(f"def handler(event, context):\n    return {number}\n" * 5)


def make_monorepo(folder, template, options, plain=False):
    for library in sorted({library_of(number) for number in range(1, options.packages + 1)}):
        make_project(folder / "libraries" / library, library, options.files)
    for number in range(1, options.packages + 1):
        service = folder / "services" / f"service_{number}"
        make_project(service, "billing", options.files, library_of(number))
        if plain:
            sources = [service / "src", folder / "libraries" / library_of(number) / "src"]
            files = sorted(str(path).replace(" ", "\\ ") for source in sources for path in source.rglob("*.py"))
            (service / "depfile").write_text(f"service_{number}.stamp: " + " ".join(files) + "\n")
    (folder / "CMakeLists.txt").write_text(template.format(source=SOURCE, packages=options.packages))


def measure(tree, arguments, options):
    """Seconds of each state."""
    build = tree / "build"
    configure = ["cmake", "-S", str(tree), "-B", str(build), "-G", options.generator, *arguments]
    make = ["cmake", "--build", str(build), "--parallel", str(options.jobs)]
    seconds = {"configure": timed(configure, tree, None).seconds}
    seconds["configure again"] = timed(configure, tree, None).seconds
    seconds["first build"] = timed(make, tree, None).seconds
    timed(make, tree, None)
    seconds["nothing to do"] = statistics.median(timed(make, tree, None).seconds for _ in range(5))
    middle = options.packages // 2 + 1
    for state, module in {"one edit": tree / f"services/service_{middle}/src/billing/module_1.py",
                          "one library edit": tree / "libraries" / library_of(middle) / "src" / library_of(middle)
                          / "module_1.py"}.items():
        module.write_text(module.read_text().replace("return 1", "return 2"))
        seconds[state] = timed(make, tree, None).seconds
    return seconds


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="build folder of this project")
    parser.add_argument("--packages", type=int, default=200)
    parser.add_argument("--files", type=int, default=50, help="Python files of each package")
    parser.add_argument("--generator", default="Ninja")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    helper = (options.build / "bin" / "lambda-pack").resolve()
    if not helper.exists():
        raise SystemExit(f"{helper} is not there: build this project first")
    scratch = Path(tempfile.mkdtemp(prefix="monorepo benchmark "))
    try:
        make_monorepo(scratch / "ours", OURS, options)
        make_monorepo(scratch / "plain", PLAIN, options, plain=True)
        ours = measure(scratch / "ours", [f"-DLAMBDA_PYTHON_TOOL={helper}", f"-DPython3_EXECUTABLE={sys.executable}",
                                          f"-DLAMBDA_PYTHON_STORE={scratch / 'store'}"], options)
        plain = measure(scratch / "plain", [], options)
    finally:
        shutil.rmtree(scratch)
    if options.json:
        print(json.dumps({"ours": ours, "plain": plain}))
        return
    print(f"{options.packages} packages of {options.files} files, {options.generator}, {options.jobs} jobs; seconds")
    print(f"{'':18}{'packages':>10}{'plain':>10}{'ratio':>8}")
    for state, seconds in ours.items():
        print(f"{state:18}{seconds:10.3f}{plain[state]:10.3f}{seconds / plain[state]:8.1f}")
    share = (ours["configure again"] - plain["configure again"]) / options.packages * 1000
    print(f"configuring costs {share:.1f} ms a package")


if __name__ == "__main__":
    main()
