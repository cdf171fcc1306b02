"""A build for another machine that compiles the helper for this one: LAMBDA_PYTHON_HOST_BUILD."""
import shutil
import zipfile

import pytest

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(firmware LANGUAGES CXX)
add_executable(firmware firmware.cpp)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.13)
"""
# The target's compiler, which says what it is called for.
COMPILER = """\
#!/bin/sh
echo "$*" >> "{calls}"
exec c++ "$@"
"""
# What an SDK's environment script sets.
SDK = {name: "/no/such/compiler" for name in ["CC", "CXX", "AR", "LD", "CPP"]} | {
    "CXXFLAGS": "--sysroot=/no/such/sysroot -mcpu=cortex-m4", "LDFLAGS": "-Wl,--no-such-option",
    "PKG_CONFIG_SYSROOT_DIR": "/no/such/sysroot", "PKG_CONFIG_LIBDIR": "/no/such/sysroot/pkgconfig",
    "CMAKE_GENERATOR": "No Such Generator"}


@pytest.fixture
def firmware(consumer, some_cell):
    project = consumer("packaged", some_cell, helper=False)
    project.write("CMakeLists.txt", PROJECT)
    project.write("firmware.cpp", "int main() {}\n")
    project.calls = project.source / "calls"
    project.write("target c++", COMPILER.format(calls=project.calls)).chmod(0o755)
    project.arguments = [*project.toolchain(), f"-DCMAKE_CXX_COMPILER={project.source}/target c++", "-DCMAKE_CXX_FLAGS=-O1",
                         "-DCMAKE_EXE_LINKER_FLAGS=-Wl,-O1", "-DLAMBDA_PYTHON_HOST_BUILD=ON"]
    return project


def test_the_targets_toolchain_compiles_the_target_and_the_hosts_the_helper(firmware, tmp_path):
    firmware.configure(*firmware.arguments, f"-DLAMBDA_PYTHON_STORE={tmp_path / 'store'}", "-DLAMBDA_PYTHON_OFFLINE=ON",
                       PATH="/usr/bin:/bin", **SDK)
    launcher = {"CMAKE_CXX_COMPILER_LAUNCHER": shutil.which("ccache")} if shutil.which("ccache") else {}
    firmware.build("all", **SDK, **launcher)
    with zipfile.ZipFile(firmware.output("billing.zip")) as archive:
        assert "billing/app.py" in archive.namelist()
    calls = firmware.calls.read_text()
    assert "firmware.cpp" in calls and "lambda-pack" not in calls
    again = firmware.build("all", **SDK).stdout
    assert "Compiling lambda-pack" not in again and ("Ninja" not in firmware.generator or "no work to do" in again)


def test_a_toolchain_of_this_machine_has_to_be_a_file(firmware):
    output = firmware.configure(*firmware.arguments, "-DLAMBDA_PYTHON_HOST_TOOLCHAIN_FILE=no/such.cmake", ok=False,
                                PATH="/usr/bin:/bin").stdout
    assert (f'LambdaPython: LAMBDA_PYTHON_HOST_TOOLCHAIN_FILE must be a toolchain file; got "{firmware.source}/no/such.cmake"'
            ) in " ".join(output.split())
