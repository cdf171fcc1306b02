"""find_package(): the install tree, moved after its installation, in every kind of consumer."""
import os
import re
import shutil
import zipfile

import pytest

PACKAGE = """\
cmake_minimum_required(VERSION 3.22)
project(packaged LANGUAGES NONE)
find_package(LambdaPython 0.1 REQUIRED)
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.13 FILES motd.txt=etc/motd.txt)
"""
ADD_SUBDIRECTORY = 'add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)'
FIND_PACKAGE = "find_package(LambdaPython REQUIRED)"


def words(output):
    return " ".join(output.split())


@pytest.fixture
def project(consumer, some_cell, installed, tmp_path):
    """project(text, helper=...): a consumer whose find_package looks into the install tree."""
    def make(text, helper=False):
        made = consumer("packaged", some_cell, helper=helper)
        made.write("CMakeLists.txt", text + 'set(used "${LAMBDA_PYTHON_SOURCE_DIR}")  # or CMake warns of it\n')
        made.configure = lambda *arguments, configure=made.configure, **options: configure(
            f"-DCMAKE_PREFIX_PATH={installed}", f"-DLAMBDA_PYTHON_STORE={tmp_path / 'store'}",
            "-DLAMBDA_PYTHON_OFFLINE=ON", *arguments, **options)
        return made
    return make


def test_the_install_tree_names_no_other_folder(installed, lambda_pack):
    build = os.fsencode(lambda_pack.parents[1])
    for path in (installed / "share/cmake").rglob("*"):
        assert path.is_dir() or (build not in path.read_bytes() and b"first" + os.fsencode(os.sep) not in path.read_bytes())


def test_an_installed_helper_packs(project):
    packaged = project(PACKAGE)
    output = packaged.configure().stdout
    assert [line for line in output.splitlines() if not line.startswith("-- ")] == [], output
    packaged.build("all")
    with zipfile.ZipFile(packaged.output("billing.zip")) as archive:
        assert {"etc/motd.txt", "billing/app.py"} <= set(archive.namelist())
    again = packaged.build("all").stdout
    assert "Ninja" not in packaged.generator or "ninja: no work to do" in again, again


def test_a_helper_of_the_users_choice_comes_first(project):
    packaged = project(PACKAGE, helper=None)
    packaged.configure()
    assert packaged.rebuild("all") == "export fetch wheel zip"


def test_siblings_can_each_look_for_it(project):
    both = project("""\
cmake_minimum_required(VERSION 3.22)
project(siblings LANGUAGES NONE)
add_subdirectory(one)
add_subdirectory(two)
""", helper=None)
    for name in ["one", "two"]:
        both.write(f"{name}/CMakeLists.txt", f"""\
{FIND_PACKAGE}
lambda_python_package({name} HANDLER billing.app.handler RUNTIME python3.13 SOURCE_DIR ..)
""")
    both.configure()
    both.build("lambda_zip")
    assert both.output("one/one.zip").exists() and both.output("two/two.zip").exists()


@pytest.mark.parametrize("first, second", [(FIND_PACKAGE, FIND_PACKAGE), (FIND_PACKAGE, ADD_SUBDIRECTORY),
                                           (ADD_SUBDIRECTORY, FIND_PACKAGE)],
                         ids=["find, find", "find, add", "add, find"])
def test_the_same_version_twice_is_silent(project, first, second):
    twice = project(PACKAGE.replace("find_package(LambdaPython 0.1 REQUIRED)", f"{first}\n{second}"), helper=None)
    output = twice.configure().stdout
    assert [line for line in output.splitlines() if not line.startswith("-- ")] == [], output
    assert twice.rebuild("all") == "export fetch wheel zip"


def test_two_versions_are_an_error_that_names_both(project, installed, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(installed, other)
    for name in ["LambdaPythonConfig.cmake", "LambdaPythonConfigVersion.cmake"]:
        path = other / "share/cmake/LambdaPython" / name
        path.write_text(path.read_text().replace("0.1.0", "0.2.0"))
    both = project(f"""\
cmake_minimum_required(VERSION 3.22)
project(both LANGUAGES NONE)
{ADD_SUBDIRECTORY}
find_package(LambdaPython 0.2 REQUIRED)
""")
    output = words(both.configure(f"-DLambdaPython_DIR={other}/share/cmake/LambdaPython", ok=False).stdout)
    source = os.environ["LAMBDA_PYTHON_SOURCE_DIR"]
    assert (f"LambdaPython 0.2.0 ({other}) can't join this build: it has version 0.1.0 ({source}) already; "
            "bring in one of them only") in output


@pytest.mark.parametrize("wanted, fits", [("0.1", True), ("0.1.0", True), ("0.2", False), ("1.0", False), ("", True)])
def test_versions_before_1_fit_within_their_minor(project, wanted, fits):
    asking = project(f"cmake_minimum_required(VERSION 3.22)\nproject(asking LANGUAGES NONE)\n"
                     f"find_package(LambdaPython {wanted} REQUIRED)\n")
    assert (asking.configure(ok=False).returncode == 0) == fits


def test_cross_compiling_takes_the_installed_helper(project, installed):
    packaged = project(PACKAGE)
    packaged.configure(*packaged.toolchain(), f"-DLambdaPython_DIR={installed}/share/cmake/LambdaPython")
    packaged.build("billing_zip")
    assert packaged.output("billing.zip").exists()


def test_fetch_content_prefers_the_installed_one(project):
    packaged = project(PACKAGE.replace(
        "find_package(LambdaPython 0.1 REQUIRED)",
        'include(FetchContent)\n'
        'FetchContent_Declare(LambdaPython SOURCE_DIR "${LAMBDA_PYTHON_SOURCE_DIR}" FIND_PACKAGE_ARGS 0.1)\n'
        'FetchContent_MakeAvailable(LambdaPython)\n'
        'get_target_property(tool LambdaPython::tool IMPORTED_LOCATION)\nmessage(STATUS "tool: ${tool}")'))
    version = re.search(r"[\d.]+", packaged.run(packaged.cmake, "--version").stdout)[0]
    if tuple(int(part) for part in version.split(".")[:2]) < (3, 24):
        output = packaged.configure(ok=False).stdout  # such a CMake does not know FIND_PACKAGE_ARGS
        assert "moved elsewhere" not in output
        return
    assert "moved elsewhere/bin/lambda-pack" in packaged.configure().stdout
