"""Projects whose own backend compiles: scikit-build-core with this machine's C compiler, maturin with its cargo.

Such a wheel is for this machine and for the interpreter or the stable ABI that it was built with, so the targets here are
this machine's architecture and the other one.
"""

import os
import platform
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections import namedtuple

import pytest
import uv

from compiled_sources import C_MODULE, RUST_PROJECT

MACHINE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[MACHINE]
WHEEL_NAME = {"x86_64": "x86_64", "arm64": "aarch64"}
LIBC = platform.libc_ver()[1]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what another system compiles, no function can load")

Done = namedtuple("Done", "code said")


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


class Project:
    def __init__(self, folder, store, files):
        self.folder, self.store, self.zip = folder, store, folder.parent / f"{folder.name}.zip"
        handler = files.pop("handler", "def handler(event, context):\n    return event\n")
        write(folder, {"requirements.txt": "", "src/app/__init__.py": "", "src/app/handler.py": handler, **files})

    def pack(self, runtime, architecture, path=None):
        path = path or os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]
        done = subprocess.run(
            [os.environ["LAMBDA_PACK"], "zip", "--project", self.folder, "--runtime", runtime, "--architecture", architecture,
             "--handler", "app.handler.handler", "--bytecode", "off", "--python", sys.executable, "--output", self.zip],
            env={**os.environ, "PATH": path, "LAMBDA_PYTHON_STORE": str(self.store)},
            capture_output=True, text=True)
        return Done(done.returncode, done.stderr)

    def succeeds(self, *target):
        code, said = self.pack(*target)
        assert code == 0, said

    def refusal(self, *target, **options):
        self.zip.unlink(missing_ok=True)
        code, said = self.pack(*target, **options)
        assert code == 1 and not self.zip.exists(), said
        return said[said.index("lambda-pack: "):]

    def names(self):
        with zipfile.ZipFile(self.zip) as archive:
            return archive.namelist()

    def result(self):
        """What the handler in the zip returns, run by this interpreter."""
        code = "import sys; sys.path.insert(0, sys.argv[1]); from app.handler import handler; print(handler({}, None))"
        unpacked = self.folder.parent / "unpacked"
        shutil.rmtree(unpacked, ignore_errors=True)
        shutil.unpack_archive(self.zip, unpacked)
        return subprocess.check_output([sys.executable, "-I", "-c", code, unpacked], text=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def project(tmp_path, store):
    return lambda files: Project(tmp_path / "my projekt ü", store, dict(files))


HERE = f"python3.{sys.version_info.minor}"
ANOTHER = "python3.11" if HERE != "python3.11" else "python3.12"

# ---- scikit-build-core ----

SCIKIT = """\
    [project]
    name = "app"
    version = "1.0"
    requires-python = ">=3.8"
    [build-system]
    requires = ["scikit-build-core>=0.10"]
    build-backend = "scikit_build_core.build"
    [tool.scikit-build]
    wheel.packages = ["src/app"]
    """
STABLE = {
    "pyproject.toml": SCIKIT + '    wheel.py-api = "py3"\n',
    "CMakeLists.txt": """\
        cmake_minimum_required(VERSION 3.20)
        project(app LANGUAGES C)
        add_library(fast MODULE fast.c)
        set_target_properties(fast PROPERTIES PREFIX "")
        target_link_libraries(fast PRIVATE ${CMAKE_DL_LIBS})
        install(TARGETS fast DESTINATION app)
        """,
    "fast.c": "#include <dlfcn.h>\nint answer(void) { return dlopen(0, RTLD_NOW) ? 42 : 0; }\n",
    "handler": """\
        import ctypes, pathlib

        def handler(event, context):
            return ctypes.CDLL(str(pathlib.Path(__file__).with_name("fast.so"))).answer()
        """,
}
EXTENSION = {
    "pyproject.toml": SCIKIT,
    "CMakeLists.txt": """\
        cmake_minimum_required(VERSION 3.20)
        project(app LANGUAGES C)
        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
        python_add_library(_fast MODULE fast.c WITH_SOABI)
        install(TARGETS _fast DESTINATION app)
        """,
    "fast.c": C_MODULE,
    "handler": "from app._fast import answer\n\ndef handler(event, context):\n    return answer()\n",
}


def test_an_extension_module_by_scikit_build_core_is_for_this_python_and_machine(project):
    made = project(EXTENSION)
    made.succeeds(HERE, MACHINE)
    assert [name for name in made.names() if name.startswith("app/_fast.")] == [
        f"app/_fast.cpython-3{sys.version_info.minor}-{WHEEL_NAME[MACHINE]}-linux-gnu.so"]
    assert made.result() == "42\n"
    here, another = (name.replace("python3.", "cp3") for name in (HERE, ANOTHER))
    built = f"app-1.0-{here}-{here}-linux_{WHEEL_NAME[MACHINE]}.whl"
    tag = f"{here}-{here}-linux_{WHEEL_NAME[MACHINE]}"
    assert made.refusal(HERE, OTHER) == (
        f"lambda-pack: the wheel that was built, {built}, does not run on {HERE} on {OTHER}: it is for {tag}; needed is a pure "
        f"wheel or {here}-{here}-linux_{WHEEL_NAME[OTHER]}\n"
        f"hint: extension modules are for the machine that builds them: build on Linux on {WHEEL_NAME[OTHER]}, or choose a "
        "version that has a wheel for it\n")
    assert made.refusal(ANOTHER, MACHINE) == (
        f"lambda-pack: the wheel that was built, {built}, does not run on {ANOTHER} on {MACHINE}: it is for {tag}; needed is a "
        f"pure wheel or {another}-{another}-linux_{WHEEL_NAME[MACHINE]}\n"
        f"hint: extension modules are for the Python that builds them: build with {ANOTHER} (--python {ANOTHER}), or choose "
        "the runtime that fits\n")


def test_a_library_by_scikit_build_core_is_accepted_where_the_system_is_new_enough(project):
    made = project(STABLE)
    before = sorted(made.folder.rglob("*"))
    # glibc 2.34 gave dlopen a new version.
    assert tuple(map(int, LIBC.split("."))) >= (2, 34), f"glibc {LIBC} is too old to compile what python3.9 has not"
    made.succeeds("python3.13", MACHINE)
    assert made.result() == "42\n"
    assert made.refusal("python3.9", MACHINE) == (
        f"lambda-pack: cannot run on python3.9 on {MACHINE}: app/fast.so (app 1.0) needs glibc 2.34; python3.9 has 2.26\n"
        "hint: package it for the ARCHITECTURE and RUNTIME it was built for, or build it for this target\n")
    assert sorted(made.folder.rglob("*")) == before


@pytest.mark.parametrize("architecture", [MACHINE, OTHER])
def test_a_pure_wheel_by_scikit_build_core_is_for_every_target(project, architecture):
    made = project({"pyproject.toml": SCIKIT + "    wheel.cmake = false\n"})
    for runtime in ("python3.9", "python3.14"):
        made.succeeds(runtime, architecture)
        assert {"app/__init__.py", "app/handler.py"} <= set(made.names())
    assert made.result() == "{}\n"


def test_what_the_compiler_says_is_quoted(project):
    made = project({**STABLE, "fast.c": "int answer(void) { return nonsense; }\n"})
    said = made.refusal("python3.13", MACHINE)
    assert said.startswith(f"lambda-pack: {made.folder}: scikit_build_core.build failed to build the wheel\n")
    assert "nonsense" in said and "fast.c:1" in said


# ---- maturin ----

RUST = {**RUST_PROJECT, "handler": EXTENSION["handler"]}

needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo here: only its absence is tested")


@pytest.fixture(scope="module")
def rust(tmp_path_factory, store):
    """One project for all, with one folder of compiled crates."""
    os.environ["CARGO_TARGET_DIR"] = str(tmp_path_factory.mktemp("crates"))
    yield Project(tmp_path_factory.mktemp("rust") / "my projekt ü", store, dict(RUST))
    del os.environ["CARGO_TARGET_DIR"]


@needs_cargo
def test_a_stable_module_by_maturin_is_for_this_machine_and_every_python(rust):
    for runtime in ("python3.12", "python3.13"):
        rust.succeeds(runtime, MACHINE)
        assert "app/_fast.abi3.so" in rust.names()
    assert rust.result() == "42\n"
    machine, other = WHEEL_NAME[MACHINE], WHEEL_NAME[OTHER]
    assert rust.refusal("python3.12", OTHER) == (
        f"lambda-pack: the wheel that was built, app-1.0-cp39-abi3-linux_{machine}.whl, does not run on python3.12 on {OTHER}: "
        f"it is for cp39-abi3-linux_{machine}; needed is a pure wheel or cp312-cp312-linux_{other}\n"
        f"hint: extension modules are for the machine that builds them: build on Linux on {other}, or choose a version that "
        "has a wheel for it\n")


@pytest.fixture
def path_without_cargo(tmp_path):
    """The PATH as it is; where a folder of it has cargo, links to the other programs of that folder."""
    places = [os.path.dirname(uv.find_uv_bin()), *os.environ["PATH"].split(os.pathsep)]
    for number, place in enumerate(places):
        if os.path.exists(os.path.join(place, "cargo")):
            places[number] = str(tmp_path / f"programs {number}")
            os.mkdir(places[number])
            for program in os.scandir(place):
                if not program.name.startswith(("cargo", "rust")):
                    os.symlink(program.path, os.path.join(places[number], program.name))
    return os.pathsep.join(places)


def test_without_cargo_the_message_says_so_and_with_it_the_next_build_works(rust, path_without_cargo):
    for _ in range(2):
        first, *quoted, hint = rust.refusal("python3.12", MACHINE, path=path_without_cargo).splitlines()
        assert first == f"lambda-pack: {rust.folder}: maturin needs cargo, which is not on the PATH"
        assert any("cargo" in line for line in quoted), quoted
        assert hint == ("hint: install Rust (https://rustup.rs, or the system's packages), and see that `cargo --version` works "
                        "here")
        if shutil.which("cargo"):
            rust.succeeds("python3.12", MACHINE)


@needs_cargo
def test_what_rustc_says_is_quoted(rust):
    (rust.folder / "rust/lib.rs").write_text("fn x() -> i32 { nonsense }\n")
    said = rust.refusal("python3.12", MACHINE)
    assert said.startswith(f"lambda-pack: {rust.folder}: maturin failed to build the wheel\n")
    assert "cannot find value `nonsense`" in said
