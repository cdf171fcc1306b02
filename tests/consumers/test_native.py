"""Extension modules for Lambda's systems on this machine: examples/native for two runtimes and both architectures, and a
project that is compiled by the toolchain file. The compiler comes from the package index and is kept with what it compiled
in the test cache."""
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import pytest
import uv

from arm64_python import arm64_minor, arm64_python

SOURCE = pathlib.Path(os.environ["LAMBDA_PYTHON_SOURCE_DIR"])
HOST = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
ELF_MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}
GLIBC = {"python3.11": 26, "python3.13": 34}
TARGETS = [(runtime, architecture) for runtime in GLIBC for architecture in MACHINES]
ENVIRONMENT = {"PATH": os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]}


def readelf(path):
    """What decides whether a module loads, as readelf prints it."""
    output = subprocess.run(["readelf", "-W", "-h", "-d", "-V", "--dyn-syms", path], check=True, capture_output=True,
                            text=True, env={**os.environ, "LC_ALL": "C"}).stdout
    defined = re.findall(r"FUNC +GLOBAL +DEFAULT +\d+ (\S+)", output)
    return {"machine": re.search(r"Machine: +(.*)", output).group(1), "defines": defined,
            "needed": re.findall(r"\(NEEDED\).*\[(.*)\]", output),
            "glibc": max([int(minor) for minor in re.findall(r"Name: GLIBC_2\.(\d+)", output)], default=0),
            "glibcxx": re.findall(r"Name: (GLIBCXX_\S+)", output)}


@pytest.fixture(scope="module")
def example(tmp_path_factory, make_consumer, oldest_cell, lambda_pack):
    folder = tmp_path_factory.mktemp("native")
    consumer = make_consumer(folder, None, *oldest_cell, helper=lambda_pack)
    consumer.source.rmdir()
    shutil.copytree(SOURCE / "examples/native", consumer.source)
    consumer.write("CMakeLists.txt", (consumer.source / "CMakeLists.txt").read_text().replace(
        "add_subdirectory(../.. lambda-python)", f'add_subdirectory("{SOURCE}" lambda-python)'))
    consumer.configure(**ENVIRONMENT)
    consumer.build("lambda_zip", **ENVIRONMENT)
    return consumer


def module_of(consumer, runtime, architecture):
    name = f"geometry_kernel.cpython-{runtime.removeprefix('python').replace('.', '')}-{MACHINES[architecture]}-linux-gnu.so"
    return consumer.build_folder / f"geometry_kernel.extension/{runtime}-{architecture}/{name}"


def manifest_of(consumer, runtime, architecture):
    return json.loads((consumer.build_folder / f"native-{runtime}-{architecture}.zip.json").read_text())


def test_one_extension_is_compiled_for_each_package_that_takes_it(example):
    print(f"\n{'runtime':11} {'machine':8} {'glibc':6} {'needs':14} module")
    for runtime, architecture in TARGETS:
        module = module_of(example, runtime, architecture)
        facts = readelf(module)
        print(f"{runtime:11} {architecture:8} 2.{facts['glibc']:<4} {' '.join(facts['needed']):14} {module.name}")
        assert facts["machine"] == ELF_MACHINES[architecture]
        assert facts["glibc"] <= GLIBC[runtime] and facts["glibcxx"] == []
        assert set(facts["needed"]) <= {"libc.so.6"} and facts["defines"] == ["PyInit_geometry_kernel"]
        (native,) = manifest_of(example, runtime, architecture)["native_files"]
        assert native["path"] == f"native/{module.name}" and native["machine"] == architecture


def by_the_twin(project):
    """What the handler answers without a compiled kernel."""
    code = "import json, sys; from native import handler; print(json.dumps(handler.handler(json.load(sys.stdin), None)))"
    with open(project / "tests/event.json") as event:
        done = subprocess.run([sys.executable, "-B", "-c", code], cwd=project / "src", stdin=event, capture_output=True,
                              text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["kernel"] == "native.geometry"
    return answer


@pytest.mark.parametrize("runtime", GLIBC)
def test_the_function_runs_with_it(example, runtime):
    name = f"native-{runtime}-{HOST}"
    example.build(f"{name}_stage", **ENVIRONMENT)
    done = subprocess.run([example.helper, "invoke", "--settings", example.build_folder / f"{name}.lambda/function.json"],
                          capture_output=True, text=True, env={**os.environ, **ENVIRONMENT})
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer == {**by_the_twin(example.source), "kernel": "native.geometry_kernel"}
    assert answer["area"] == 8.0 and abs(answer["estimate"] - 8) < 0.1


def test_the_function_runs_on_arm64(example):
    """Under qemu-user with an arm64 CPython; where apt has none of the example's minors, it was only read above."""
    minor = arm64_minor()
    python = arm64_python(minor) if f"python3.{minor}" in GLIBC else None
    if python is None:
        pytest.skip(f"apt has no arm64 Python 3.{minor or '?'} for this machine")
    name = f"native-python3.{minor}-arm64"
    example.build(f"{name}_stage", **ENVIRONMENT)
    code = "import json, platform, sys; from native import handler; " \
           "print(json.dumps([platform.machine(), handler.handler(json.load(sys.stdin), None)]))"
    with open(example.source / "tests/event.json") as event:
        done = subprocess.run([*python, "-B", "-c", code], stdin=event, capture_output=True, text=True,
                              cwd=example.build_folder / f"{name}.lambda/stage")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["aarch64", {**by_the_twin(example.source), "kernel": "native.geometry_kernel"}]


def test_an_edit_compiles_and_packs_again_and_then_nothing_is_left_to_do(example):
    again = example.build("lambda_zip", **ENVIRONMENT).stdout
    assert "ninja: no work to do" in again, again
    before = {target: manifest_of(example, *target)["sha256"] for target in TARGETS}
    source = example.source / "geometry_kernel.c"
    example.write("geometry_kernel.c", source.read_text().replace("Polygons, fast.", "Polygons, faster."))
    output = example.build("lambda_zip", **ENVIRONMENT).stdout
    assert output.count("Compiling geometry_kernel.c for") == 4 and "Preparing compilers" not in output, output
    assert all(manifest_of(example, *target)["sha256"] != before[target] for target in TARGETS)
    again = example.build("lambda_zip", **ENVIRONMENT).stdout
    assert "ninja: no work to do" in again, again


BINDINGS_PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(bindings LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
lambda_python_add_extension(by_nanobind PACKAGE billing SOURCES by_nanobind.cpp NANOBIND)
lambda_python_add_extension(by_pybind11 SOURCES by_pybind11.cpp PYBIND11)
add_subdirectory(../beside beside)
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.9 ARCHITECTURE @HOST@
  EXTENSIONS by_nanobind by_pybind11=billing.native in_c)
"""
BY_NANOBIND = """\
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
NB_MODULE(by_nanobind, m) { m.def("twice", [](const std::string& text) { return text + text; }); }
"""
BY_PYBIND11 = """\
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <numeric>
#include <stdexcept>
#include <vector>
PYBIND11_MODULE(by_pybind11, m) {
  m.def("total", [](const std::vector<double>& values) {
    if (values.empty()) throw std::invalid_argument("no values");
    return std::accumulate(values.begin(), values.end(), 0.0);
  });
}
"""
BESIDE = """\
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/made_here.h" "static const char *made_in(void) { return __FILE__; }\\n")
lambda_python_add_extension(in_c PACKAGE billing SOURCES in_c.c COMPILE_OPTIONS -g
  INCLUDE_DIRECTORIES "${CMAKE_CURRENT_BINARY_DIR}")
"""
IN_C = """\
#include <Python.h>
#include "made_here.h"
static PyObject *places(PyObject *self, PyObject *none) { return Py_BuildValue("ss", __FILE__, made_in()); }
static PyMethodDef methods[] = {{"places", places, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "in_c", NULL, -1, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_in_c(void) { return PyModule_Create(&module); }
"""
USE_BINDINGS = """\
from billing import by_nanobind, in_c
from billing.native import by_pybind11
try:
    by_pybind11.total([])
except ValueError as error:
    print(by_nanobind.twice("ab"), by_pybind11.total([1, 2.5]), error, *in_c.places())
"""


class Bindings:
    """A project with modules in C and C++, and its build."""

    def __init__(self, consumer, **environment):
        self.consumer = consumer
        consumer.add("packaged", "src", "poetry.lock", "backend.py", "pyproject.toml")
        consumer.write("CMakeLists.txt", BINDINGS_PROJECT.replace("@HOST@", HOST))
        for name, text in {"by_nanobind.cpp": BY_NANOBIND, "by_pybind11.cpp": BY_PYBIND11,
                           "../beside/CMakeLists.txt": BESIDE, "../beside/in_c.c": IN_C}.items():
            consumer.write(name, text)
        self.environment = ENVIRONMENT | environment
        consumer.configure(**self.environment)

    def build(self, jobs):
        """The bytes of the modules and of the zip, by name."""
        consumer = self.consumer
        consumer.run(consumer.cmake, "--build", consumer.build_folder, "--target", "billing_stage", "billing_zip",
                     "--parallel", jobs, **self.environment)
        return {path.name: path.read_bytes() for path in [*self.modules(), consumer.output("billing.zip")]}

    def modules(self):
        return sorted((self.consumer.work / "stage").rglob("*.so"), key=lambda path: path.name)


@pytest.fixture(scope="module")
def bindings(tmp_path_factory, make_consumer, oldest_cell, lambda_pack):
    consumer = make_consumer(tmp_path_factory.mktemp("bindings"), None, *oldest_cell, helper=lambda_pack)
    made = Bindings(consumer, PYTHONHASHSEED="1")
    made.results = made.build(jobs=4)
    return made


def test_modules_in_cxx_bring_their_library_with_them(bindings):
    modules = bindings.modules()
    assert [module.name.partition(".")[0] for module in modules] == ["by_nanobind", "by_pybind11", "in_c"]
    for module in modules:
        facts = readelf(module)
        assert facts["glibc"] <= 26 and facts["glibcxx"] == [] and "libstdc++.so.6" not in facts["needed"]
    done = subprocess.run([shutil.which("python3.9"), "-B", "-c", USE_BINDINGS], cwd=bindings.consumer.work / "stage",
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "abab 3.5 no values in_c.c beside/made_here.h\n"), done.stderr


def test_modules_have_the_same_bytes_from_any_folder(bindings, tmp_path, make_consumer, oldest_cell, lambda_pack):
    consumer = make_consumer(tmp_path / "a folder of another name", None, *oldest_cell, helper=lambda_pack)
    consumer.build_folder = consumer.source / "and the build below it"
    results = Bindings(consumer, PYTHONHASHSEED="2").build(jobs=1)
    assert len(results) == 4
    assert {name: results[name] == bindings.results[name] for name in results} == dict.fromkeys(results, True)
    assert not [name for name, content in results.items() if str(tmp_path).encode() in content]


TOOLCHAIN_PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(fast LANGUAGES C)
find_package(Python3 3.11 EXACT REQUIRED COMPONENTS Development.Module)
add_library(kernel STATIC kernel.c)
Python3_add_library(fast MODULE WITH_SOABI fast.c)
target_link_libraries(fast PRIVATE kernel m)
"""


def test_a_project_is_compiled_by_the_toolchain_file(tmp_path, make_consumer, some_cell, lambda_pack):
    consumer = make_consumer(tmp_path, None, *some_cell, helper=lambda_pack)
    consumer.add("extensions", "fast.c")
    consumer.write("CMakeLists.txt", TOOLCHAIN_PROJECT)
    consumer.write("kernel.c", "#include <math.h>\ndouble kernel(double x) { return pow(x, 1.5); }\n")
    consumer.configure(f"-DCMAKE_TOOLCHAIN_FILE={SOURCE}/cmake/LambdaPython/toolchain.cmake",
                       "-DLAMBDA_PYTHON_RUNTIME=python3.11", "-DLAMBDA_PYTHON_ARCHITECTURE=arm64",
                       "-DCMAKE_BUILD_TYPE=Release", **ENVIRONMENT)
    consumer.build("all", **ENVIRONMENT)
    facts = readelf(consumer.output("fast.cpython-311-aarch64-linux-gnu.so"))
    assert facts["machine"] == ELF_MACHINES["arm64"] and facts["glibc"] <= 26
    assert "PyInit_fast" in facts["defines"]


WITH_INTERPRETER = """\
cmake_minimum_required(VERSION 3.22...4.4)
project(fast LANGUAGES C)
find_package(Python3 3.11 EXACT REQUIRED COMPONENTS Interpreter Development.Module)
Python3_add_library(fast MODULE WITH_SOABI fast.c)
find_package(Python 3.11 EXACT REQUIRED COMPONENTS Interpreter Development.Module)
Python_add_library(faster MODULE WITH_SOABI fast.c)
file(GENERATE OUTPUT names.txt
  CONTENT "$<TARGET_FILE_NAME:fast> $<TARGET_FILE_NAME:faster> [${CMAKE_CROSSCOMPILING_EMULATOR}]")
"""


@pytest.mark.parametrize("emulator", ["", "/usr/bin/false"])
def test_the_suffix_is_the_targets_with_an_interpreter_too(tmp_path, make_consumer, release, lambda_pack, emulator):
    """Alone, CMake gives no suffix then, and from 4.1 on no interpreter without an emulator."""
    consumer = make_consumer(tmp_path, None, *release, helper=lambda_pack)
    consumer.add("extensions", "fast.c")
    consumer.write("CMakeLists.txt", WITH_INTERPRETER)
    toolchain = [f"-DCMAKE_TOOLCHAIN_FILE={SOURCE}/cmake/LambdaPython/toolchain.cmake", "-DCMAKE_BUILD_TYPE=Release",
                 "-DLAMBDA_PYTHON_RUNTIME=python3.11", "-DLAMBDA_PYTHON_ARCHITECTURE=arm64"]
    if emulator:
        toolchain.append(f"-DCMAKE_CROSSCOMPILING_EMULATOR={emulator}")
    for _ in range(2):  # the second time, CMake has kept what it found
        consumer.configure(*toolchain, **ENVIRONMENT)
        suffix = ".cpython-311-aarch64-linux-gnu.so"
        assert (consumer.build_folder / "names.txt").read_text() == f"fast{suffix} faster{suffix} [{emulator}]"


@pytest.mark.parametrize("call, text", [
    ("fast", "SOURCES is missing"),
    ("a-b SOURCES a.c", "the name must be that of a module, as Python imports it"),
    ("fast SOURCES fast.f90", 'SOURCES must be C (.c) or C++ (.cc, .cpp, .cxx) files; got "{source}/fast.f90"'),
    ("fast SOURCES a.cpp NANOBIND PYBIND11", "NANOBIND and PYBIND11 exclude each other"),
    ("fast SOURCES a.c PACKAGE a/b",
     'PACKAGE must name a package as Python imports it, such as my_lambda.native; got "a/b"'),
    ("fast FLAGS x SOURCES a.c", 'unknown argument "FLAGS"'),
])
def test_wrong_arguments_of_lambda_python_add_extension_are_refused(consumer, call, text):
    project = consumer(None)
    project.write("CMakeLists.txt", f"""cmake_minimum_required(VERSION 3.22)
project(refused LANGUAGES NONE)
add_subdirectory("${{LAMBDA_PYTHON_SOURCE_DIR}}" lambda-python)
lambda_python_add_extension({call})
""")
    output = " ".join(project.configure(ok=False).stdout.split())
    expected = text.replace("{source}", str(project.source))
    assert f"lambda_python_add_extension({call.split()[0]}): {expected}" in output, output


def test_what_a_toolchain_lacks_is_said(lambda_pack, tmp_path):
    def refusal(*arguments, path=None):
        words = [lambda_pack, "toolchain", "--architecture", "arm64", "--output", tmp_path / "out", *arguments]
        done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env={
            "PATH": path or os.environ["PATH"], "HOME": str(tmp_path), "LAMBDA_PYTHON_STORE": str(tmp_path / "store")})
        assert done.returncode == 1 and not (tmp_path / "out/toolchain.cmake").exists()
        return done.stderr

    missing = refusal("--runtime", "python3.14", path="/usr/bin:/bin")
    assert missing == (
        "lambda-pack: no Python 3.14 is on this machine, with whose headers extension modules for python3.14 are compiled\n"
        "hint: on Debian and Ubuntu: apt install python3.14-dev\nhint: or: uv python install 3.14\n"
        "hint: or: pyenv install 3.14\n")
    zig = refusal("--runtime", "python3.11", "--zig", "/bin/false")
    assert zig == ("lambda-pack: /bin/false does not run as zig\n"
                   "hint: correct LAMBDA_PYTHON_ZIG (--zig), or leave it out to have one installed\n")
    nowhere = refusal("--runtime", "python3.11", "--zig", "nowhere/zig")
    assert nowhere == ('lambda-pack: there is no zig "nowhere/zig"\n'
                       "hint: correct LAMBDA_PYTHON_ZIG (--zig), or leave it out to have one installed\n")


def test_a_python_without_headers_is_named_with_the_package_that_has_them(lambda_pack, tmp_path):
    """An interpreter that says where its headers are, and they are not there."""
    python = tmp_path / "python3.11"
    python.write_text(f"""#!/bin/sh
case "$*" in
  *"lambda-pack asks"*) printf '\\nlambda-pack asks\\n%s\\n3\\n11\\n{platform.machine()}\\n\\n3.11.0\\ncpython\\n' "$0" ;;
  *) echo /opt/no/include ;;
esac
""")
    python.chmod(0o755)
    true = tmp_path / "zig"
    true.write_text("#!/bin/sh\nexit 0\n")
    true.chmod(0o755)
    done = subprocess.run(
        [lambda_pack, "toolchain", "--runtime", "python3.11", "--output", tmp_path / "out", "--zig", true, "--python", python],
        capture_output=True, text=True, env={**os.environ, "LAMBDA_PYTHON_STORE": str(tmp_path / "store")})
    assert (done.returncode, done.stderr) == (1, (
        f"lambda-pack: {python} has no development headers: there is no /opt/no/include/Python.h\n"
        "hint: on Debian and Ubuntu: apt install python3.11-dev; on Fedora and Amazon Linux: dnf install python3.11-devel\n"
        "hint: or take a Python that comes with them: uv python install 3.11\n"))
