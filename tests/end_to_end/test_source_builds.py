"""SOURCE_BUILDS of C and C++ sdists: real distributions, compiled on this machine for another one and for older systems. Compiler
and build environments are kept in the test cache."""
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
import uv

from arm64_python import arm64_minor
from native_sdists import interpreter

UV = uv.find_uv_bin()
# A store with a space in its path, at which distutils would split a compiler's; what zig compiled is that of all tests.
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "lambda-python")
ENVIRONMENT = {**os.environ, "PATH": os.path.dirname(UV) + os.pathsep + os.environ["PATH"],
               "LAMBDA_PYTHON_STORE": os.path.join(CACHE, "a store"),
               "ZIG_GLOBAL_CACHE_DIR": os.environ.get("ZIG_GLOBAL_CACHE_DIR", os.path.join(CACHE, "zig"))}
TARGETS = [("python3.9", "x86_64", "2.26"), ("python3.12", "arm64", "2.34")]
# For arm64 also the minor that can run here, under qemu-user with the system's Python for arm64.
if arm64_minor() in ("10", "11", "13"):
    TARGETS.append((f"python3.{arm64_minor()}", "arm64", "2.34" if arm64_minor() == "13" else "2.26"))


class Project:
    """A project whose lock names sdists only."""

    def __init__(self, folder, *requirements):
        self.folder = folder
        self.names = [re.split("[=<>]", requirement)[0] for requirement in requirements]
        (folder / "src/app").mkdir(parents=True)
        (folder / "src/app/__init__.py").write_text("")
        (folder / "src/app/handler.py").write_text("def handler(event, context):\n    return event\n")
        (folder / "pyproject.toml").write_text(textwrap.dedent(f"""\
            [project]
            name = "app"
            version = "1.0"
            requires-python = ">=3.9"
            dependencies = {json.dumps(requirements)}
            [build-system]
            requires = ["poetry-core>=2.0"]
            build-backend = "poetry.core.masonry.api"
            [tool.poetry]
            packages = [{{ include = "app", from = "src" }}]
            """))
        subprocess.run([UV, "lock", "--quiet"], cwd=folder, env=ENVIRONMENT, check=True)
        lock = folder / "uv.lock"
        lock.write_text(re.sub(r"\nwheels = \[\n.*?\n\]\n", "\n", lock.read_text(), flags=re.S))

    def zip(self, runtime, architecture, *arguments):
        words = [os.environ["LAMBDA_PACK"], "zip", "--project", self.folder, "--runtime", runtime, "--architecture",
                 architecture, "--handler", "app.handler.handler", "--output", self.folder / "app.zip", *arguments]
        for name in self.names:
            words += ["--source-build", name]
        return subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT)

    def extracted(self):
        with zipfile.ZipFile(self.folder / "app.zip") as archive:
            archive.extractall(self.folder / "out")
        return self.folder / "out"


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    made = {}

    def project(*requirements):
        if requirements not in made:
            made[requirements] = Project(tmp_path_factory.mktemp("source builds") / "my project", *requirements)
        return made[requirements]

    return project


EXERCISE = """
import platform
import markupsafe, msgpack
from markupsafe import _speedups
from msgpack import _cmsgpack
assert str(markupsafe.escape("<a href='x'>")) == "&lt;a href=&#39;x&#39;&gt;"
assert _speedups.escape("&") == "&amp;"
assert msgpack.unpackb(msgpack.packb({"a": [1, 2.5, b"x"]})) == {"a": [1, 2.5, b"x"]}
print("exercised on", platform.machine())
"""


C = ("markupsafe==2.1.5", "msgpack==1.0.8")
# By nanobind through scikit-build-core, and by pybind11 through setuptools and an old CMake file.
CXX = ("nanoforte==0.0.1", "pybind11-union-find==0.0.2")
OLD_CMAKE = ("--build-env", "pybind11-union-find:CMAKE_POLICY_VERSION_MINIMUM=3.5")
EXERCISE_CXX = """
import platform
import nanoforte
from pybind11_union_find import UnionFind
assert nanoforte.add(40, 2) == 42
sets = UnionFind(5)
for pair in ((0, 2), (1, 3), (2, 4)):
    sets.union(*pair)
assert sets.groups() == [[0, 2, 4], [1, 3]] and sets.group_of(2) == [0, 2, 4]
print("exercised on", platform.machine())
"""


def version(glibc):
    return int((glibc or "2.0").split(".")[1])


def check_target(project, done, runtime, architecture, glibc, exercise):
    """Names, tags, machines and glibc of two modules are the target's; and they work, where that can be tried."""
    assert done.returncode == 0, done.stderr
    manifest = json.loads((project.folder / "app.zip.json").read_text())
    machine = {"x86_64": "x86_64", "arm64": "aarch64"}[architecture]
    tag = "cp" + runtime.removeprefix("python").replace(".", "")
    assert {one["tag"] for one in manifest["distributions"] if not one["project"]} == {f"{tag}-{tag}-linux_{machine}"}
    assert len(manifest["native_files"]) == 2
    for native in manifest["native_files"]:
        print(runtime, architecture, native["glibc"], native["path"])
        assert native["machine"] == architecture and native["glibcxx"] is None
        assert version(native["glibc"]) <= version(glibc)
        assert native["path"].endswith(f".cpython-{tag[2:]}-{machine}-linux-gnu.so")
    if python := interpreter(runtime, architecture):
        ran = subprocess.run([*python, "-S", "-c", exercise], cwd=project.extracted(), capture_output=True, text=True)
        assert ran.stdout == f"exercised on {machine}\n", ran.stderr


@pytest.mark.parametrize("runtime, architecture, glibc", TARGETS)
def test_c_sdists_are_compiled_for_the_target(projects, runtime, architecture, glibc):
    project = projects(*C)
    check_target(project, project.zip(runtime, architecture), runtime, architecture, glibc, EXERCISE)


# For glibc 2.26 alone: each system has zig compile its C++ library once, which takes most of a minute.
@pytest.mark.parametrize("runtime, architecture, glibc", [one for one in TARGETS if one[2] == "2.26"])
def test_cxx_sdists_are_compiled_for_the_target(projects, runtime, architecture, glibc):
    project = projects(*CXX)
    done = project.zip(runtime, architecture, *OLD_CMAKE)
    check_target(project, done, runtime, architecture, glibc, EXERCISE_CXX)


@pytest.mark.parametrize("requirements, arguments", [(C, ()), (CXX, OLD_CMAKE)], ids=["C", "C++"])
def test_auditwheel_finds_the_same_glibc(projects, requirements, arguments):
    project = projects(*requirements)
    done = project.zip("python3.9", "x86_64", *arguments)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((project.folder / "app.zip.json").read_text())
    for one in manifest["distributions"]:
        if one["project"]:
            continue
        (ours,) = [version(native["glibc"]) for native in manifest["native_files"]
                   if native["path"].startswith(one["name"].replace("-", "_"))]
        name = f"{one['name'].replace('-', '_')}-{one['version']}-{one['tag']}.whl"
        kept = Path(ENVIRONMENT["LAMBDA_PYTHON_STORE"], "files").glob(f"*/*/{name}")
        wheel = max(kept, key=lambda path: path.stat().st_mtime)
        shown = subprocess.run([os.path.join(os.path.dirname(sys.executable), "auditwheel"), "show", wheel], check=True,
                               capture_output=True, text=True).stdout
        shown = " ".join(shown.split())
        print(wheel.name, ours, shown)
        theirs = re.findall(r"GLIBC_2\.(\d+)", shown)
        assert max(map(int, theirs), default=0) == ours, shown
        # The oldest system that it names is as old as Lambda's at most: with nothing of this machine's in it.
        (tag,) = re.findall(r'platform tag: "manylinux_2_(\d+)_x86_64"', shown)
        assert max(ours, 5) <= int(tag) <= 26, shown
        assert "external shared libraries are required" not in shown


def test_what_was_compiled_is_kept(projects):
    project = projects(*C)
    runtime, architecture, _ = TARGETS[0]
    again = project.zip(runtime, architecture, "--offline")
    assert again.returncode == 0 and "making the build environment" not in again.stderr, again.stderr


def test_a_library_of_this_machine_is_not_found_and_is_named(projects):
    done = projects("psycopg2==2.9.9").zip("python3.12", "arm64")
    assert done.returncode == 1
    assert ("lambda-pack: psycopg2-2.9.9.tar.gz cannot be built for python3.12 on arm64: it needs the program pg_config, and "
            "this machine's own is not for the target\n") in done.stderr, done.stderr
    assert "hint: build that library for the target (lambda-pack toolchain has compilers), and name it: BUILD_ENVIRONMENT " \
           "psycopg2:CFLAGS=-I<folder> psycopg2:LDFLAGS=-L<folder>\n" in done.stderr


def test_a_fall_back_to_pure_python_is_said(projects):
    done = projects("pyyaml==6.0.2").zip("python3.12", "arm64")
    assert done.returncode == 0, done.stderr
    assert ("lambda-pack: warning: pyyaml-6.0.2.tar.gz: its build compiled something, and its wheel has no extension module: "
            "it fell back to pure Python\n") in done.stderr


def test_the_missing_header_is_named_where_the_extension_is_forced(projects):
    done = projects("pyyaml==6.0.2").zip("python3.12", "arm64", "--build-env", "PyYAML:PYYAML_FORCE_LIBYAML=1")
    assert done.returncode == 1
    assert "pyyaml-6.0.2.tar.gz cannot be built for python3.12 on arm64: it needs the header yaml.h" in done.stderr, done.stderr


def static_libyaml(folder, runtime, architecture):
    """libyaml for the target, as the guide has it: by the toolchain's compiler. Its source comes with ruamel.yaml.clib."""
    subprocess.run([os.environ["LAMBDA_PACK"], "toolchain", "--runtime", runtime, "--architecture", architecture, "--output",
                    folder / "tools"], check=True, env=ENVIRONMENT)
    source = folder / "source"
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder,
             "ruamel.yaml.clib==0.2.12"]
    subprocess.run(fetch, check=True)
    shutil.unpack_archive(next(folder.glob("*.tar.gz")), source)
    (source,) = source.iterdir()
    names = ("api", "dumper", "emitter", "loader", "parser", "reader", "scanner", "writer")
    for name in names:
        subprocess.run([folder / "tools/bin/cc", "-O2", "-fPIC", "-c", f"{name}.c"], cwd=source, check=True)
    subprocess.run([folder / "tools/bin/ar", "rcs", "libyaml.a", *(f"{name}.o" for name in names)], cwd=source, check=True)
    return source


@pytest.mark.parametrize("runtime, architecture, glibc", TARGETS)
def test_a_static_library_for_the_target_is_linked(projects, tmp_path, runtime, architecture, glibc):
    project, library = projects("pyyaml==6.0.2"), static_libyaml(tmp_path, runtime, architecture)
    done = project.zip(runtime, architecture, *(word for value in (
        "PYYAML_FORCE_LIBYAML=1", f"CFLAGS=-I{library}", f"LDFLAGS=-L{library}") for word in ("--build-env", f"pyyaml:{value}")))
    assert done.returncode == 0 and "fell back" not in done.stderr, done.stderr
    (native,) = json.loads((project.folder / "app.zip.json").read_text())["native_files"]
    print(runtime, architecture, native)
    assert native["machine"] == architecture and int((native["glibc"] or "2.0").split(".")[1]) <= int(glibc.split(".")[1])
    if python := interpreter(runtime, architecture):
        code = "import yaml; print(yaml.load('a: [1, 2.5, x]', Loader=yaml.CSafeLoader), yaml.__with_libyaml__)"
        ran = subprocess.run([*python, "-S", "-c", code], cwd=project.extracted(), capture_output=True, text=True)
        assert ran.stdout == "{'a': [1, 2.5, 'x']} True\n", ran.stderr
