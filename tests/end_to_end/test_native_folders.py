"""C in what is the user's own: folders and commits that a lock takes, and the project itself. It is compiled for the target,
as that of sdists is."""

import shutil
import subprocess

import pytest

from arm64_python import arm64_minor
from compiled_sources import C_MODULE
from native_sdists import HOST, MACHINES, OTHER, interpreter
from packing import lock_text, message_of

SETUPTOOLS = {
    "pyproject.toml": """\
        [project]
        name = "one"
        version = "1.0"
        [build-system]
        requires = ["setuptools>=69"]
        build-backend = "setuptools.build_meta"
        [tool.setuptools]
        packages = ["one"]
        """,
    "setup.py": 'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("one._fast", ["fast.c"])])\n',
    "one/__init__.py": "",
    "fast.c": C_MODULE,
}
# What runs here for the other architecture as well.
OF_OTHER = (f"python3.{arm64_minor() or 11}", OTHER)
TARGETS = [("python3.9", HOST), OF_OTHER]
SOURCE = """
[[package]]
name = "one"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = false
[package.source]
"""


def of_folder(package, folder):
    package.write({"poetry.lock": lock_text([]) + SOURCE + f'type = "directory"\nurl = "../{folder.name}"\n'})


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    return subprocess.check_output(["git", *identity, *arguments], cwd=folder, text=True).strip()


def of_commit(package, folder):
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    package.write({"poetry.lock": lock_text([]) + SOURCE + f'type = "git"\nurl = "{folder.as_uri()}"\nreference = "main"\n'
                   f'resolved_reference = "{git(folder, "rev-parse", "HEAD")}"\n'})


@pytest.fixture(params=[of_folder, of_commit], ids=["folder", "commit"])
def lock(request):
    return request.param


@pytest.fixture
def own(native):
    """The folder `one` beside the project, in whose name is a space."""
    folder = native.package.root / "a library"
    native.package.write({f"../a library/{name}": text for name, text in SETUPTOOLS.items()})
    return folder


def pack(native, runtime, architecture, *arguments):
    done = native.pack(runtime, architecture, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_c_of_a_folder_and_of_a_commit_is_compiled_for_the_target(native, own, lock):
    lock(native.package, own)
    before = sorted(own.rglob("*"))
    for runtime, architecture in TARGETS:
        pack(native, runtime, architecture)
        native.module(runtime, architecture)
        if interpreter(runtime, architecture):
            assert native.answer(runtime, architecture) == f"42 {MACHINES[architecture]}\n"
    assert sorted(own.rglob("*")) == before, "nothing is left in the source"


def calls_of(native, folder):
    """An own zig that notes that it was called."""
    log = folder / "calls"
    program = folder / "zig"
    program.write_text(f'#!/bin/sh\n[ "$1" != cc ] || echo "$*" >> "{log}"\nexec "{native.environment["LAMBDA_PYTHON_ZIG"]}" "$@"\n')
    program.chmod(0o755)
    native.environment["LAMBDA_PYTHON_ZIG"] = str(program)
    return log


def test_it_is_kept_for_each_target_and_compiled_again_after_an_edit(native, own, lock, tmp_path):
    log = calls_of(native, tmp_path)
    lock(native.package, own)
    for target in TARGETS:
        pack(native, *target)
    called = log.read_text()
    for target in TARGETS:
        pack(native, *target, "--offline")
    assert log.read_text() == called, "both are kept"
    (own / "fast.c").write_text(SETUPTOOLS["fast.c"].replace("42", "43"))
    lock(native.package, own)
    pack(native, "python3.9", HOST)
    assert log.read_text() != called
    assert native.answer("python3.9") == f"43 {MACHINES[HOST]}\n"


def test_what_a_folder_lacks_is_named(native, own, lock):
    (own / "fast.c").write_text("#include <no_such_library.h>\n" + SETUPTOOLS["fast.c"])
    lock(native.package, own)
    said = native.pack(*OF_OTHER).stderr
    assert f"cannot be built for {OF_OTHER[0]} on {OTHER}: it needs the header no_such_library.h, and this machine's own is not " \
           "for the target\n" in said
    assert "hint: build that library for the target (lambda-pack toolchain has compilers), and name it: BUILD_ENVIRONMENT " \
           "one:CFLAGS=-I<folder> one:LDFLAGS=-L<folder>\n" in said
    assert "take a release" not in said
    library = own.parent / "library"
    library.mkdir()
    (library / "no_such_library.h").write_text("")
    pack(native, *OF_OTHER, "--build-env", f"one:CFLAGS=-I'{library}'")
    native.module(*OF_OTHER)


def test_c_of_the_project_itself_is_compiled_for_the_target(native):
    package = native.package
    shutil.rmtree(package.project / "src")
    package.write({**SETUPTOOLS, "poetry.lock": lock_text([]), "one/handler.py": "def handler(event, context):\n    return 1\n"})
    for runtime, architecture in TARGETS:
        done = native.pack(runtime, architecture, handler="one.handler.handler")
        assert done.returncode == 0, done.stderr
        native.module(runtime, architecture)
        if interpreter(runtime, architecture):
            assert native.answer(runtime, architecture) == f"42 {MACHINES[architecture]}\n"


def test_c_that_no_backend_compiles_needs_no_compiler(native):
    """The source of a module that CMake compiles may lie in a project of which only Python is packaged."""
    native.environment["LAMBDA_PYTHON_ZIG"] = "no/such/zig"
    package = native.package
    shutil.rmtree(package.project / "src")
    pyproject = SETUPTOOLS["pyproject.toml"].replace("setuptools.build_meta", "flit_core.buildapi").replace(
        "setuptools>=69", "flit_core>=3.4").replace("[tool.setuptools]", "[tool.flit.module]").replace('packages = ["one"]', 'name = "one"')
    package.write({**SETUPTOOLS, "pyproject.toml": pyproject.replace('version = "1.0"', 'version = "1.0"\n        description = "x"'),
                   "poetry.lock": lock_text([]), "one/handler.py": "def handler(event, context):\n    return 1\n"})
    done = native.pack("python3.9", OTHER, handler="one.handler.handler")
    assert done.returncode == 0, done.stderr


def test_what_a_compiler_lacks_counts_only_where_one_is_called(native):
    """setuptools may compile what lies there, or not: that is seen when it has run."""
    native.environment["LAMBDA_PYTHON_ZIG"] = "no/such/zig"
    package = native.package
    shutil.rmtree(package.project / "src")
    package.write({**SETUPTOOLS, "setup.py": "from setuptools import setup\nsetup()\n", "poetry.lock": lock_text([]),
                   "one/handler.py": "def handler(event, context):\n    return 1\n"})
    done = native.pack("python3.9", OTHER, handler="one.handler.handler")
    assert done.returncode == 0, done.stderr
    package.write({"setup.py": SETUPTOOLS["setup.py"]})
    done = native.pack("python3.9", OTHER, handler="one.handler.handler")
    assert message_of(done.stderr) == (
        'lambda-pack: there is no zig "no/such/zig"\n'
        "hint: correct LAMBDA_PYTHON_ZIG (--zig), or leave it out to have one installed\n")


def test_the_same_bytes_come_out_of_another_folder(native, own, tmp_path):
    """Not even what the preprocessor puts in tells where it was, or whose hash seed counts."""
    (own / "fast.c").write_text(SETUPTOOLS["fast.c"] + "\nconst char *here(void) { return __FILE__ __DATE__ __TIME__; }\n")
    other = own.parent / "elsewhere"
    shutil.copytree(own, other)
    zips = []
    for number, folder in enumerate((own, other)):
        of_folder(native.package, folder)
        shutil.rmtree(native.package.store / "built", ignore_errors=True)
        native.environment.update(PYTHONHASHSEED=str(number + 1), MAKEFLAGS=f"-j{number + 1}")
        pack(native, *OF_OTHER)
        zips.append(native.package.zip.read_bytes())
    assert zips[0] == zips[1]
