"""A folder of scripts under the build tools: what rebuilds its package, and how often."""
import zipfile

import pytest

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(plain LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
lambda_python_package(billing HANDLER handler.handler RUNTIME python3.13 BYTECODE OFF)
"""
STEPS = ["export", "fetch", "wheel", "stage", "zip"]


@pytest.fixture(scope="module")
def plain(some_cell, tmp_path_factory, make_consumer, lambda_pack):
    project = make_consumer(tmp_path_factory.mktemp("plain"), None, *some_cell, helper=lambda_pack)
    project.write("CMakeLists.txt", PROJECT)
    project.write("requirements.txt", "")
    project.write("handler.py", "def handler(event, context): return 1\n")
    project.write("shop/money.py", "")
    project.configure(f"-DLAMBDA_PYTHON_STORE={tmp_path_factory.mktemp('store')}")
    project.build()
    return project


def stamps(project):
    return {step: (project.work / f"{step}.stamp").stat().st_mtime_ns for step in STEPS}


def rebuild(project):
    """The steps that a build runs; a second one must have nothing to do."""
    before = stamps(project)
    project.build()
    after = stamps(project)
    again = project.build().stdout
    assert stamps(project) == after
    assert "Ninja" not in project.generator or "ninja: no work to do" in again, again
    return " ".join(step for step in STEPS if before[step] != after[step])


def packed(project):
    with zipfile.ZipFile(project.output("billing.zip")) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_an_edit_is_packed_once_and_nothing_is_listed_again(plain):
    plain.write("handler.py", "def handler(event, context): return 2\n")
    assert rebuild(plain) == "stage zip"
    assert packed(plain)["handler.py"].endswith("return 2\n")
    plain.write("shop/money.py", "VALUE = 1\n")
    assert rebuild(plain) == "stage zip"


def test_a_file_can_come_move_and_go(plain):
    plain.write("shop/late.py", "")
    assert rebuild(plain) == "wheel stage zip"
    plain.move("shop/late.py", "later.py")
    assert rebuild(plain) in ("wheel stage zip", "export wheel stage zip")  # a lock may come beside it
    assert set(packed(plain)) == {"handler.py", "later.py", "shop/money.py"}
    plain.delete("later.py")
    assert rebuild(plain) in ("wheel stage zip", "export wheel stage zip")
    assert set(packed(plain)) == {"handler.py", "shop/money.py"}


def test_what_is_left_out_packs_nothing(plain):
    for name in ("tests/test_shop.py", ".venv/pyvenv.cfg", "README.md"):
        plain.write(name, "")
        assert "zip" not in rebuild(plain)
        plain.write(name, "more\n")
        assert rebuild(plain) == ""


def test_a_src_folder_becomes_the_root_as_soon_as_it_has_python(plain):
    plain.write("src/handler.py", "def handler(event, context): return 3\n")
    assert "wheel stage zip" in rebuild(plain)
    assert set(packed(plain)) == {"handler.py"}
    plain.delete("src")
    assert "wheel stage zip" in rebuild(plain)
    assert set(packed(plain)) == {"handler.py", "shop/money.py"}
