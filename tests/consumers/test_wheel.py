"""The project's own wheel: lambda-pack and the CMake package in a Python environment, without a compiler."""
import os
import subprocess
import sys
import zipfile

import pytest


@pytest.fixture(scope="session")
def environment(tmp_path_factory, lambda_pack):
    """A virtual environment with the wheel in it, made of the programs that are built already."""
    folder = tmp_path_factory.mktemp("python wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder,
                    f"--config-settings=cmake.define.LAMBDA_PYTHON_TOOL={lambda_pack}",
                    f"--config-settings=build-dir={folder / 'build'}", os.environ["LAMBDA_PYTHON_SOURCE_DIR"]],
                   check=True)
    [wheel] = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", folder / "environment"], check=True)
    subprocess.run([folder / "environment/bin/python", "-m", "pip", "install", "-q", "--no-index", wheel], check=True)
    return wheel, folder / "environment"


def test_the_wheel_holds_the_install_tree_and_nothing_else(environment):
    wheel, _ = environment
    assert wheel.name.startswith("lambda_python-0.1.0-py3-none-")
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split(".data/data/")[-1].split("/")[0] for name in archive.namelist() if ".data/" in name}
        assert folders == {"bin", "share"}


def test_a_consumer_finds_the_package_by_the_programs_word(environment, consumer, tmp_path):
    _, folder = environment
    program = folder / "bin/lambda-pack"
    cmake_dir = subprocess.run([program, "--cmake-dir"], check=True, text=True, capture_output=True).stdout.strip()
    assert cmake_dir == str(folder / "share/cmake/LambdaPython")

    packaged = consumer("packaged", helper=False)
    packaged.write("CMakeLists.txt", """\
cmake_minimum_required(VERSION 3.22)
project(packaged LANGUAGES NONE)
find_package(LambdaPython 0.1 REQUIRED)
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.13 FILES motd.txt=etc/motd.txt)
""")
    packaged.configure(f"-DLambdaPython_DIR={cmake_dir}", f"-DLAMBDA_PYTHON_STORE={tmp_path / 'store'}",
                       "-DLAMBDA_PYTHON_OFFLINE=ON")
    packaged.build("billing_zip")
    assert packaged.output("billing.zip").exists()


def test_a_build_tree_has_no_package_to_name(lambda_pack):
    done = subprocess.run([lambda_pack, "--cmake-dir"], text=True, capture_output=True)
    folder = lambda_pack.parents[1] / "share/cmake/LambdaPython"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"lambda-pack: there is no CMake package beside this program: {folder} is not there\n"
                           "hint: cmake --install makes an install tree, with both; a build tree has add_subdirectory\n")
