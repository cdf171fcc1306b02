#!/usr/bin/env python3
"""How long it takes to read a large uv.lock for one target, next to uv itself.

    tests/benchmarks/locks.py --build build          # after tools/test

The lock has 400 distributions, each with as many wheels as one with C code has on an index (16), dependencies under
markers, and one in ten in two versions told apart by Python. Both programs write requirements.txt with hashes, in turns;
uv for every target, since it has no other way to say it, lambda-pack for one.
"""

import argparse
import hashlib
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

PYTHONS = ["cp310", "cp311", "cp312", "cp313"]
PLATFORMS = ["manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_17_aarch64.manylinux2014_aarch64",
             "macosx_11_0_arm64", "win_amd64"]
INDEX = "https://index.example"


def file_entry(name):
    digest = hashlib.sha256(name.encode()).hexdigest()
    url = f"{INDEX}/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{name}"
    return f'{{ url = "{url}", hash = "sha256:{digest}", size = {int(digest[:5], 16)} }}'


def package(number, version, needs, marker=""):
    name = f"distribution-{number:03}"
    text = f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "{INDEX}/simple" }}\n'
    text += f'resolution-markers = [\n    "{marker}",\n]\n' if marker else ""
    if needs:
        text += "dependencies = [\n" + "".join(f"    {need},\n" for need in needs) + "]\n"
    stem = f"{name.replace('-', '_')}-{version}"
    text += f"sdist = {file_entry(stem + '.tar.gz')}\nwheels = [\n"
    wheels = [f"{stem}-{python}-{python}-{platform}.whl" for python in PYTHONS for platform in PLATFORMS]
    return text + "".join(f"    {file_entry(wheel)},\n" for wheel in wheels) + "]\n"


def edges(number):
    """What a distribution needs: the next ones, some of them under a marker, some in two versions."""
    for other in {number + 1, number + 7, number * 2 + 2}:
        if other >= 400:
            continue
        name = f'name = "distribution-{other:03}"'
        if other % 10 == 0:
            yield (f'{{ {name}, version = "1.0", source = {{ registry = "{INDEX}/simple" }}, '
                   f"marker = \"python_full_version < '3.12'\" }}")
            yield (f'{{ {name}, version = "2.0", source = {{ registry = "{INDEX}/simple" }}, '
                   f"marker = \"python_full_version >= '3.12'\" }}")
        elif other % 4 == 0:
            yield f"{{ {name}, marker = \"sys_platform != 'win32' or platform_machine == 'aarch64'\" }}"
        else:
            yield f"{{ {name} }}"


def write_project(folder):
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "large"\nversion = "1.0"\nrequires-python = ">=3.10"\ndependencies = ["distribution-000"]\n')
    text = ("version = 1\nrevision = 3\nrequires-python = \">=3.10\"\nresolution-markers = [\n"
            "    \"python_full_version >= '3.12'\",\n    \"python_full_version < '3.12'\",\n]\n\n")
    for number in range(400):
        needs = list(edges(number))
        if number and number % 10 == 0:
            text += package(number, "1.0", needs, "python_full_version < '3.12'") + "\n"
            text += package(number, "2.0", needs, "python_full_version >= '3.12'") + "\n"
        else:
            text += package(number, "1.0", needs) + "\n"
    text += ('[[package]]\nname = "large"\nversion = "1.0"\nsource = { virtual = "." }\n'
             'dependencies = [\n    { name = "distribution-000" },\n]\n\n'
             '[package.metadata]\nrequires-dist = [{ name = "distribution-000" }]\n')
    (folder / "uv.lock").write_text(text)


def milliseconds(command, folder):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True, help="build folder of this project")
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_project(folder)
        commands = {
            "lambda-pack export": [build / "bin" / "lambda-pack", "export", "--project", folder, "--runtime", "python3.12",
                                   "--requirements", folder / "ours.txt"],
            "uv export --frozen": [build / "test-tools/venv/bin/uv", "export", "--frozen", "--offline", "--quiet",
                                   "--no-config", "--no-python-downloads", "-o", folder / "theirs.txt"],
        }
        samples = {name: [] for name in commands}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                samples[name].append(milliseconds([os.fspath(part) for part in command], folder))
        distributions = (folder / "ours.txt").read_text().count("==")
        print(f"{os.path.getsize(folder / 'uv.lock') / 1e6:.1f} MB of uv.lock, {distributions} distributions selected")
    for name, taken in samples.items():
        print(f"{name}: {statistics.median(taken):.1f} ms (fastest {min(taken):.1f})")


if __name__ == "__main__":
    main()
