"""Sdists with code to compile, made here: by CMake and Meson for another machine, what each lacks, what ignores the target,
and the same bytes wherever they are built. Rust is in test_rust_sdists.py, real distributions in test_source_builds.py."""

import os
import platform
import shlex
import shutil

import pytest

from arm64_python import arm64_minor
from compiled_sources import C_MODULE
from native_sdists import HOST, MACHINES, OTHER, Native, readelf

# The minor that runs here for arm64 as well, whose C++ library other tests have compiled.
OF_OTHER = f"python3.{arm64_minor() or 11}"

# ---- backends that compile by something else than setuptools ----

BY_SCIKIT_BUILD = {
    "pyproject.toml": """\
        [project]
        name = "one"
        version = "1.0"
        [build-system]
        requires = ["scikit-build-core>=0.10", "cmake>=3.30,<5", "ninja"]
        build-backend = "scikit_build_core.build"
        """,
    # The interpreter is asked for its suffix from CMake 3.30 on.
    "CMakeLists.txt": """\
        cmake_minimum_required(VERSION 3.20...4.0)
        project(one LANGUAGES C)
        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
        python_add_library(_fast MODULE WITH_SOABI fast.c)
        install(TARGETS _fast DESTINATION one)
        """,
    "fast.c": C_MODULE,
}
# As projects call CMake that have done so since before there was scikit-build: nothing is said of the interpreter, and the
# file is put where setuptools wants it.
BY_SETUPTOOLS_AND_CMAKE = {
    "pyproject.toml": """\
        [build-system]
        requires = ["setuptools>=70", "cmake>=3.30,<5", "ninja", "markupsafe==3.0.2"]
        build-backend = "setuptools.build_meta"
        """,
    "setup.py": """\
        import os, subprocess
        from setuptools import Extension, setup
        from setuptools.command.build_ext import build_ext

        class ByCMake(build_ext):
            def build_extension(self, extension):
                target = os.path.abspath(self.get_ext_fullpath(extension.name))
                os.makedirs(self.build_temp, exist_ok=True)
                subprocess.run(["cmake", "-GNinja", os.getcwd(), "-DOUTPUT=" + target], cwd=self.build_temp, check=True)
                subprocess.run(["cmake", "--build", self.build_temp], check=True)

        setup(name="one", version="1.0", packages=["one"], ext_modules=[Extension("one._fast", [])],
              cmdclass={"build_ext": ByCMake})
        """,
    "one/__init__.py": "",
    # It asks the interpreter for something that the build requires, as nanobind and pybind11 are found.
    "CMakeLists.txt": """\
        cmake_minimum_required(VERSION 3.20)
        project(one LANGUAGES C)
        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
        execute_process(COMMAND ${Python_EXECUTABLE} -c "import markupsafe" COMMAND_ERROR_IS_FATAL ANY)
        python_add_library(_fast MODULE fast.c)
        cmake_path(GET OUTPUT PARENT_PATH folder)
        cmake_path(GET OUTPUT FILENAME name)
        set_target_properties(_fast PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${folder} OUTPUT_NAME ${name} SUFFIX "")
        """,
    "fast.c": C_MODULE,
}
BY_MESON = {
    "pyproject.toml": """\
        [project]
        name = "one"
        version = "1.0"
        [build-system]
        requires = ["meson-python>=0.16"]
        build-backend = "mesonpy"
        """,
    "meson.build": """\
        project('one', 'c', version: '1.0')
        py = import('python').find_installation(pure: false)
        py.extension_module('_fast', 'fast.c', subdir: 'one', install: true, dependencies: py.dependency())
        """,
    "fast.c": C_MODULE,
}


@pytest.mark.parametrize("files", [BY_SCIKIT_BUILD, BY_SETUPTOOLS_AND_CMAKE, BY_MESON],
                         ids=["scikit-build-core", "setuptools and CMake", "meson-python"])
def test_what_backends_compile_is_for_the_target(native, files):
    for runtime, architecture in (("python3.9", HOST), ("python3.12", OTHER)):
        native.succeeds(files, runtime, architecture)
        (module,) = native.extracted().glob("one/_fast.*")
        assert module.name == f"_fast.cpython-{runtime[6:].replace('.', '')}-{MACHINES[architecture]}-linux-gnu.so"
        assert {"x86_64": "X86-64", "arm64": "AArch64"}[architecture] in readelf(module)
        if architecture == HOST:
            assert native.answer(runtime) == f"42 {MACHINES[HOST]}\n"


HERE = "\nconst char *here(void) { return __FILE__ __DATE__ __TIME__; }\n"
IN_CXX = {
    **BY_SCIKIT_BUILD,
    "CMakeLists.txt": BY_SCIKIT_BUILD["CMakeLists.txt"].replace("LANGUAGES C", "LANGUAGES CXX").replace(
        "fast.c)", "fast.cpp more.cpp)"),
    "fast.cpp": C_MODULE + HERE,
    "more.cpp": "#include <stdexcept>\n#include <string>\nstd::string more(int n) {\n"
                "  if (n < 0) throw std::invalid_argument(__FILE__);\n  return std::to_string(n);\n}\n",
}
BY_SETUPTOOLS = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools>=69"]\nbuild-backend = "setuptools.build_meta"\n',
    "setup.py": """\
        from setuptools import Extension, setup
        setup(name="one", version="1.0", packages=["one"], ext_modules=[Extension("one._fast", ["fast.c", "more.c"])])
        """,
    "one/__init__.py": "",
    "fast.c": C_MODULE + HERE,
    "more.c": HERE.replace("here", "there"),
}


@pytest.mark.parametrize("files", [{**BY_SCIKIT_BUILD, "fast.c": C_MODULE + HERE}, IN_CXX, BY_SETUPTOOLS],
                         ids=["scikit-build-core", "C++", "setuptools"])
def test_the_same_bytes_come_out_in_another_folder(native, tmp_path, zig, files):
    """Not even what the preprocessor puts in tells where and when it was; nor does anything depend on an order."""
    other = Native(tmp_path / "elsewhere/far away", zig, "another store")
    for jobs, one in enumerate((native, other), 1):
        one.succeeds(files, OF_OTHER, OTHER, PYTHONHASHSEED=str(jobs), CMAKE_BUILD_PARALLEL_LEVEL=str(jobs),
                     MAKEFLAGS=f"-j{jobs}")
        one.module(OF_OTHER, OTHER)
    assert native.package.zip.read_bytes() == other.package.zip.read_bytes()


def test_a_library_that_cmake_looks_for_is_not_this_machines(native):
    files = {**BY_SCIKIT_BUILD, "CMakeLists.txt": BY_SCIKIT_BUILD["CMakeLists.txt"].replace(
        "install(", "find_package(ZLIB REQUIRED)\n        install(")}
    first, *_ = said = native.refusal(files, "python3.12", HOST).splitlines()
    assert first == (f"lambda-pack: one-1.0.tar.gz cannot be built for python3.12 on {HOST}: it needs the library ZLIB, and this "
                     "machine's own is not for the target")
    assert f"hint: or take a release of it that has a wheel for python3.12 on {HOST}" in said


def test_a_library_that_meson_looks_for_is_not_this_machines(native):
    files = {**BY_MESON, "meson.build": BY_MESON["meson.build"] + "        dependency('libpng')\n"}
    first = native.refusal(files, "python3.12", OTHER).splitlines()[0]
    assert first == (f"lambda-pack: one-1.0.tar.gz cannot be built for python3.12 on {OTHER}: it needs the library libpng, and "
                     "this machine's own is not for the target")


def test_the_linkers_missing_library_is_named(native):
    files = {**BY_SCIKIT_BUILD, "CMakeLists.txt": BY_SCIKIT_BUILD["CMakeLists.txt"].replace(
        "install(", "target_link_libraries(_fast PRIVATE yaml)\n        install(")}
    first = native.refusal(files, "python3.12", OTHER).splitlines()[0]
    assert first == (f"lambda-pack: one-1.0.tar.gz cannot be built for python3.12 on {OTHER}: it needs the library -lyaml, and "
                     "this machine's own is not for the target")


# ---- what builds for something else ----

BACKEND = '''\
    import os, subprocess, zipfile

    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        subprocess.run({command!r}, shell=True, check=True)
        wheel = "one-1.0-{tag}.whl"
        with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
            for name in ("fast.so", "pure.py"):
                if os.path.exists(name):
                    archive.write(name, "one/" + name)
            archive.writestr("one-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: one\\nVersion: 1.0\\n")
            archive.writestr("one-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: {tag}\\n")
            record = "".join(name + ",,\\n" for name in [*archive.namelist(), "one-1.0.dist-info/RECORD"])
            archive.writestr("one-1.0.dist-info/RECORD", record)
        return wheel
    '''


def by_command(command, tag, **files):
    return {"pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "tiny"\nbackend-path = ["."]\n',
            "tiny.py": BACKEND.format(command=command, tag=tag), "fast.c": "int answer(void) { return 42; }\n",
            **{name.replace("_", "."): text for name, text in files.items()}}


@pytest.fixture
def own_compiler():
    """This machine's, which a build finds that sets the PATH by itself."""
    found = shutil.which("cc")
    assert found, "no compiler on this machine"
    return f"PATH={shlex.quote(os.environ['PATH'])} {found}"


def test_a_backend_that_ignores_the_target_is_told_by_its_files(native, own_compiler):
    files = by_command(f"{own_compiler} -shared -fPIC fast.c -o fast.so", f"cp312-cp312-linux_{MACHINES[OTHER]}")
    assert native.refusal(files, "python3.12", OTHER) == (
        f"lambda-pack: one-1.0.tar.gz was built, but its one/fast.so is for {HOST}, not for python3.12 on {OTHER}: its build "
        "backend ignores the target\n"
        "hint: see what it takes to cross compile it, and give that: BUILD_ENVIRONMENT one:<variable>=<value>\n"
        f"hint: or take a release of it that has a wheel for python3.12 on {OTHER}\n")


def test_a_backend_that_ignores_the_target_is_told_by_its_tag(native):
    own = f"cp312-cp312-linux_{MACHINES[HOST]}"
    files = by_command("$CC -shared -fPIC fast.c -o fast.so", own)
    assert native.refusal(files, "python3.12", OTHER) == (
        f"lambda-pack: one-1.0.tar.gz: the wheel that was built, one-1.0-{own}.whl, does not run on python3.12 on {OTHER}: it is "
        f"for {own}; needed is a pure wheel or cp312-cp312-linux_{MACHINES[OTHER]}\n"
        "hint: see what it takes to cross compile it, and give that: BUILD_ENVIRONMENT one:<variable>=<value>\n"
        f"hint: or take a release of it that has a wheel for python3.12 on {OTHER}\n")


def test_a_compiler_of_this_machine_is_told_by_the_system_that_its_files_need(native, own_compiler):
    """Where this machine's glibc is newer than the runtime's: dlopen has a new version since glibc 2.34."""
    assert tuple(map(int, platform.libc_ver()[1].split("."))) >= (2, 34)
    files = by_command(f"{own_compiler} -shared -fPIC fast.c -o fast.so", f"cp39-cp39-linux_{MACHINES[HOST]}",
                       fast_c="#include <dlfcn.h>\nvoid *answer(void) { return dlopen(0, RTLD_NOW); }\n")
    assert native.refusal(files, "python3.9", HOST) == (
        f"lambda-pack: one-1.0.tar.gz was built, but its one/fast.so needs glibc 2.34, which python3.9 on {HOST} does not have: "
        "its build uses a compiler of this machine\n"
        "hint: let it use CC and CXX of its environment\n"
        f"hint: or take a release of it that has a wheel for python3.9 on {HOST}\n")


def test_a_library_that_lambda_lacks_is_named_with_the_module_that_needs_it(native):
    command = ("$CC -shared -fPIC -Wl,-soname,libfar.so.3 fast.c -o libfar.so && "
               "$CC -shared -fPIC near.c -o fast.so -L. -lfar && rm libfar.so")
    files = by_command(command, f"cp312-cp312-linux_{MACHINES[OTHER]}",
                       near_c="int answer(void); int near(void) { return answer(); }\n")
    assert native.refusal(files, "python3.12", OTHER) == (
        f"lambda-pack: one-1.0.tar.gz was built, but its one/fast.so needs libfar.so.3, which neither its wheel nor python3.12 on "
        f"{OTHER} has\n"
        "hint: link it statically: BUILD_ENVIRONMENT one:LDFLAGS=-L<folder of the static library>\n"
        f"hint: or take a release of it that has a wheel for python3.12 on {OTHER}\n")


def test_a_wheel_without_what_was_compiled_is_warned_about(native):
    files = by_command("$CC -shared -fPIC broken.c -o fast.so || true", f"cp312-cp312-linux_{MACHINES[OTHER]}",
                       broken_c="nonsense\n", pure_py="VALUE = 1\n")
    assert ("lambda-pack: warning: one-1.0.tar.gz: its build compiled something, and its wheel has no extension module: it fell "
            "back to pure Python\n") in native.succeeds(files, "python3.12", OTHER)


def test_the_first_error_is_quoted_above_the_last_lines(native):
    files = by_command("$CC -c broken.c; for i in $(seq 100); do echo line $i; done; false",
                       "py3-none-any", broken_c="nonsense\n")
    said = native.refusal(files, "python3.12", OTHER)
    assert said.startswith(f"lambda-pack: one-1.0.tar.gz cannot be built for python3.12 on {OTHER}: ")
    assert "broken.c:1:1: error: " in said and said.index("error: ") < said.index("line 100\n"), said
    assert "line 1\n" not in said
    assert said.endswith(
        "hint: the lines above are its build's own; what it is to be told goes into its environment: BUILD_ENVIRONMENT "
        f"one:<variable>=<value>\nhint: or take a release of it that has a wheel for python3.12 on {OTHER}\n")
