"""Projects whose own backend compiles: scikit-build-core with zig as the C compiler, maturin with this machine's cargo."""

import json
import os
import platform
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
import uv

from compiled_sources import C_MODULE, RUST_PROJECT

MACHINE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[MACHINE]
WHEEL_NAME = {"x86_64": "x86_64", "arm64": "aarch64"}
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "lambda-python")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what another system compiles, no function can load")

Done = namedtuple("Done", "code said")


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


class Project:
    def __init__(self, folder, store, files, zig):
        self.zig = zig
        self.folder, self.store, self.zip = folder, store, folder.parent / f"{folder.name}.zip"
        handler = files.pop("handler", "def handler(event, context):\n    return event\n")
        write(folder, {"requirements.txt": "", "src/app/__init__.py": "", "src/app/handler.py": handler, **files})

    def pack(self, runtime, architecture, path=None):
        path = path or os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]
        done = subprocess.run(
            [os.environ["LAMBDA_PACK"], "zip", "--project", self.folder, "--runtime", runtime, "--architecture", architecture,
             "--handler", "app.handler.handler", "--bytecode", "off", "--python", sys.executable, "--output", self.zip],
            env={**os.environ, "PATH": path, "LAMBDA_PYTHON_STORE": str(self.store), "LAMBDA_PYTHON_ZIG": self.zig,
                 "ZIG_GLOBAL_CACHE_DIR": str(CACHE / "zig")},
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
def project(tmp_path, store, zig):
    return lambda files: Project(tmp_path / "my projekt ü", store, dict(files), zig)


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


def test_an_extension_module_by_scikit_build_core_is_for_the_target(project):
    made = project(EXTENSION)
    for runtime, architecture in ((ANOTHER, MACHINE), (HERE, OTHER), (HERE, MACHINE)):
        made.succeeds(runtime, architecture)
        minor = runtime.removeprefix("python3.")
        assert [name for name in made.names() if name.startswith("app/_fast.")] == [
            f"app/_fast.cpython-3{minor}-{WHEEL_NAME[architecture]}-linux-gnu.so"]
    assert made.result() == "42\n"


def test_a_library_by_scikit_build_core_is_for_the_runtimes_system(project):
    made = project(STABLE)
    before = sorted(made.folder.rglob("*"))
    # glibc 2.34 gave dlopen a new version.
    for runtime, glibc in (("python3.9", 26), ("python3.13", 34)):
        made.succeeds(runtime, MACHINE)
        (native,) = json.loads(made.zip.with_suffix(".zip.json").read_text())["native_files"]
        assert native["path"] == "app/fast.so" and int(native["glibc"].split(".")[1]) <= glibc
    assert made.result() == "42\n"
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
    assert said.startswith(f"lambda-pack: {made.folder} cannot be built for python3.13 on {MACHINE}: ")
    assert "scikit_build_core.build failed to build the wheel\n" in said and "take a release" not in said
    assert "nonsense" in said and "fast.c:1" in said


# ---- maturin ----

RUST = {**RUST_PROJECT, "handler": EXTENSION["handler"]}

needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo here: only its absence is tested")


@pytest.fixture(scope="module")
def rust(tmp_path_factory, store, zig):
    """One project for all, with one folder of compiled crates."""
    os.environ["CARGO_TARGET_DIR"] = str(tmp_path_factory.mktemp("crates"))
    yield Project(tmp_path_factory.mktemp("rust") / "my projekt ü", store, dict(RUST), zig)
    del os.environ["CARGO_TARGET_DIR"]


@needs_cargo
def test_a_stable_module_by_maturin_is_for_this_machine_and_every_python(rust):
    for runtime in ("python3.12", "python3.13"):
        rust.succeeds(runtime, MACHINE)
        assert "app/_fast.abi3.so" in rust.names()
    assert rust.result() == "42\n"


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
        assert rust.refusal("python3.12", MACHINE, path=path_without_cargo) == (
            f"lambda-pack: {rust.folder} is written in Rust, and there is no cargo to build it for "
            f"{WHEEL_NAME[MACHINE]}-unknown-linux-gnu\n"
            "hint: install Rust (https://rustup.rs, or the system's packages)\n")
        if shutil.which("cargo"):
            rust.succeeds("python3.12", MACHINE)


@needs_cargo
def test_what_rustc_says_is_quoted(rust):
    (rust.folder / "rust/lib.rs").write_text("fn x() -> i32 { nonsense }\n")
    said = rust.refusal("python3.12", MACHINE)
    assert said.startswith(f"lambda-pack: {rust.folder} cannot be built for python3.12 on {MACHINE}: ")
    assert "cannot find value `nonsense`" in said
