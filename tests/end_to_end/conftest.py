"""Projects to package, and the helper as its users call it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import uv

from native_sdists import CACHE, Native
from packing import Package
from wheel_building import Builder

SOURCE = Path(os.environ.get("LAMBDA_PYTHON_SOURCE_DIR", Path(__file__).parent.parent.parent))
EXAMPLE = SOURCE / "examples" / "my_lambda"


def make_example(folder):
    """The example as it stands in the repository: a lock of Poetry 2."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", "dist", ".*"))


def make_poetry_1_project(folder):
    """The example's source under a lock of Poetry 1, which says nothing about groups and markers."""
    shutil.copytree(Path(__file__).parent / "data" / "poetry-1.4", folder)
    shutil.copytree(EXAMPLE / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))


def make_given_project(folder):
    shutil.copytree(os.environ["LAMBDA_PYTHON_TEST_PROJECT"], folder, ignore=shutil.ignore_patterns("__pycache__"))


PROJECTS = {"example": make_example, "poetry-1.4": make_poetry_1_project}
if "LAMBDA_PYTHON_TEST_PROJECT" in os.environ:  # any other Poetry project of a my_lambda
    PROJECTS["given"] = make_given_project


@pytest.fixture(params=PROJECTS)
def project(request, tmp_path):
    """A fresh copy of each project, in a folder with a space in its name."""
    folder = tmp_path / "my project"
    PROJECTS[request.param](folder)
    return folder


@pytest.fixture
def lambda_pack():
    """Runs the helper; what it prints is the result, and an error ends the test with what it said."""
    program = os.environ["LAMBDA_PACK"]

    def run(*arguments, **options):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def interpreter():
    """The interpreter of a minor version, "3.9"."""

    def find(minor):
        if minor == f"{sys.version_info.major}.{sys.version_info.minor}":
            return sys.executable
        found = shutil.which(f"python{minor}")
        if not found:
            pytest.fail(f"no Python {minor} on this machine; tools/test finds or installs it")
        return found

    return find


@pytest.fixture(scope="session")
def environments(tmp_path_factory):
    """Build environments that many stores share."""
    return tmp_path_factory.mktemp("environments")


@pytest.fixture
def package(tmp_path, environments):
    """A small project with a store of its own."""
    return Package(tmp_path, environments)


@pytest.fixture(scope="module")
def aws_server():
    """A local AWS for the tests of a file; moto is slow to import."""
    import aws_server as local

    aws = local.Aws()
    yield aws
    aws.end()


@pytest.fixture
def aws(aws_server):
    """It, with nothing in it."""
    aws_server.reset()
    return aws_server


@pytest.fixture(scope="session")
def builder(tmp_path_factory):
    """Makes wheels with build environments that the tests of a file share."""
    return Builder(tmp_path_factory.mktemp("kept") / "build environments")


@pytest.fixture
def fresh_builder(tmp_path):
    """Makes wheels where nothing is kept yet."""
    return Builder(tmp_path / "environments")


@pytest.fixture(scope="session")
def zig(tmp_path_factory):
    """The zig that all tests share, and what it compiled: kept in the test cache."""
    folder = tmp_path_factory.mktemp("toolchain")
    environment = {**os.environ, "PATH": os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"],
                   "LAMBDA_PYTHON_STORE": str(CACHE)}
    subprocess.run([os.environ["LAMBDA_PACK"], "toolchain", "--runtime", "python3.12", "--output", folder],
                   check=True, env=environment)
    return re.search('exec "(.*)" cc', (folder / "bin/cc").read_text()).group(1)


@pytest.fixture
def native(tmp_path, zig, request):
    """A store for each file of tests, since files run side by side."""
    return Native(tmp_path, zig, f"store of {request.module.__name__}")
