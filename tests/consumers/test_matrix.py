"""Each CMake release, each generator, each way in: a package is built, tested, installed and packed by the real helper.

A few cells have every release, every generator and every way in at least once; LAMBDA_PYTHON_FULL_MATRIX=1 takes all
combinations. Their table comes at the end of the run.
"""
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
@way_in@
set(used "${LAMBDA_PYTHON_SOURCE_DIR}")
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.13 FILES motd.txt=etc/motd.txt)
lambda_python_install(TARGETS billing DESTINATION lambdas)
enable_testing()
add_test(NAME answers COMMAND "@python@" -c [[import sys
sys.path.insert(0, sys.argv[1])
from billing.app import handler
assert handler({"key1": 7}, None) == 7]] "$<TARGET_FILE:billing::archive>")
set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_FILE_NAME services)
include(CPack)
"""
FETCH = """\
include(FetchContent)
FetchContent_Declare(LambdaPython SOURCE_DIR "${LAMBDA_PYTHON_SOURCE_DIR}"@arguments@)
FetchContent_MakeAvailable(LambdaPython)"""
FIND = "find_package(LambdaPython 0.1 REQUIRED)"
# What brings it in.
WAYS = {
    "add_subdirectory": 'add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)',
    "FetchContent": FETCH.replace("@arguments@", ""),
    "find_package": FIND,
    "FIND_PACKAGE_ARGS": FETCH.replace("@arguments@", " FIND_PACKAGE_ARGS 0.1"),
    "wheel": FIND,
    "cross-compiling": FIND,
}


@pytest.fixture(scope="session")
def from_wheel(installed, tmp_path_factory):
    """A Python environment's folder with the install tree in it, as the wheel unpacks it: bin and share below its root."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    shutil.copytree(installed, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def project(consumer, cell, way_in, lambda_pack, installed, from_wheel, tmp_path):
    made = consumer("packaged", cell, helper=lambda_pack if way_in in ("add_subdirectory", "FetchContent") else False)
    made.write("CMakeLists.txt", PROJECT.replace("@way_in@", WAYS[way_in]).replace("@python@", sys.executable))
    arguments = [f"-DLAMBDA_PYTHON_STORE={tmp_path / 'store'}", "-DLAMBDA_PYTHON_OFFLINE=ON",
                 f"-DPython3_EXECUTABLE={sys.executable}"]
    if not made.multi_config:
        arguments.append("-DCMAKE_BUILD_TYPE=Release")
    if way_in in ("find_package", "FIND_PACKAGE_ARGS"):
        arguments.append(f"-DCMAKE_PREFIX_PATH={installed}")
    elif way_in == "wheel":
        words = subprocess.run([from_wheel / "bin/lambda-pack", "--cmake-dir"], check=True, text=True, capture_output=True)
        arguments.append(f"-DLambdaPython_DIR={words.stdout.strip()}")
    elif way_in == "cross-compiling":
        arguments += [*made.toolchain(), f"-DLambdaPython_DIR={installed}/share/cmake/LambdaPython"]
    made.arguments = arguments
    return made


def knows_find_package_args(project):
    version = re.search(r"(\d+)\.(\d+)", project.run(project.cmake, "--version").stdout)
    return (int(version[1]), int(version[2])) >= (3, 24)


def test_a_package_is_built_tested_installed_and_packed(project, way_in, installed):
    if way_in == "FIND_PACKAGE_ARGS" and not knows_find_package_args(project):
        project.configure(*project.arguments, ok=False)  # an argument that this CMake has not yet: nothing is looked for
        assert f"LambdaPython_DIR:PATH={installed}" not in (project.build_folder / "CMakeCache.txt").read_text()
        return
    said = [line for line in project.configure(*project.arguments).stdout.splitlines() if not line.startswith("-- ")]
    assert said == []
    project.build("all")
    again = project.build("all").stdout
    assert "Ninja" not in project.generator or "ninja: no work to do" in again, again
    zip_file = project.output("billing.zip")
    with zipfile.ZipFile(zip_file) as archive:
        assert {"billing/app.py", "etc/motd.txt"} <= set(archive.namelist())

    ctest, cpack = (project.cmake.removesuffix("cmake") + name for name in ["ctest", "cpack"])
    assert "100% tests passed" in project.run(ctest, "--test-dir", project.build_folder, "-C", "Release").stdout
    prefix = project.source.parent / "pre fix"
    project.run(project.cmake, "--install", project.build_folder, "--config", "Release", "--prefix", prefix)
    assert (prefix / "lambdas/billing.zip").read_bytes() == zip_file.read_bytes()
    project.run(cpack, "--config", project.build_folder / "CPackConfig.cmake", "-C", "Release", "-B", prefix)
    with tarfile.open(prefix / "services.tar.gz") as package:
        assert package.extractfile("services/lambdas/billing.zip").read() == zip_file.read_bytes()
