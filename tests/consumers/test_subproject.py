"""The ways into another project, and what that project notices of it: nothing."""
import os

import pytest

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(consumer VERSION 1.2 LANGUAGES NONE)
{add}
if(NOT PROJECT_NAME STREQUAL "consumer" OR NOT PROJECT_VERSION STREQUAL "1.2")
  message(FATAL_ERROR "project() of the subproject reached the consumer")
endif()
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.13)
"""
SUBDIRECTORY = 'add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)'
TWICE = SUBDIRECTORY + '\nadd_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" again)'
FETCHED = """\
include(FetchContent)
FetchContent_Declare(LambdaPython SOURCE_DIR "${LAMBDA_PYTHON_SOURCE_DIR}")
FetchContent_MakeAvailable(LambdaPython)"""
SUPERPROJECT = """\
file(WRITE "${CMAKE_CURRENT_SOURCE_DIR}/below/CMakeLists.txt"
  "add_subdirectory([[${LAMBDA_PYTHON_SOURCE_DIR}]] lambda-python)")
add_subdirectory(below)"""


def write_project(project, add):
    project.write("CMakeLists.txt", PROJECT.format(add=add))
    project.write("pyproject.toml", "[project]\n")
    return project


@pytest.mark.parametrize("add", [SUBDIRECTORY, TWICE, FETCHED, SUPERPROJECT],
                         ids=["add_subdirectory", "twice", "FetchContent", "below a subdirectory"])
def test_every_way_works_and_is_quiet(consumer, some_cell, add):
    project = write_project(consumer(None, some_cell), add)
    output = project.configure().stdout
    said = [line for line in output.splitlines() if not line.startswith("-- ")]
    assert said == [], output
    assert project.rebuild("all") == "export fetch wheel zip"


def test_the_helper_is_built_where_the_consumer_has_no_language(consumer):
    """Without building it: the rules must be there, and the programs in the subproject's own folder."""
    project = write_project(consumer(None, helper=False), SUBDIRECTORY)
    project.configure("-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=/nowhere", "-DCMAKE_BUILD_TYPE=Debug")
    todo = project.run(*project.build_command("billing_zip"), "--", "-n", "-v").stdout
    for program in ["lambda-pack", "lambda-pack-full"]:
        assert f"-o lambda-python/bin/{program} " in todo
    assert "-O3 -DNDEBUG" in todo and " -g " not in todo


def test_the_helper_is_not_part_of_all(consumer):
    project = consumer(None, helper=False)
    project.write("CMakeLists.txt",
                  f"cmake_minimum_required(VERSION 3.22)\nproject(consumer LANGUAGES NONE)\n{SUBDIRECTORY}\n")
    project.configure()
    assert "no work to do" in project.build("all").stdout


def test_cross_compiling_asks_for_a_helper_that_runs_here(consumer, some_cell):
    project = write_project(consumer(None, some_cell, helper=False), SUBDIRECTORY)
    output = project.configure(*project.toolchain(), PATH="/usr/bin:/bin", ok=False).stdout
    assert ("LambdaPython: cross compiling needs a lambda-pack that runs on this machine; "
            "set LAMBDA_PYTHON_TOOL to it, put it on the PATH, or have it compiled with LAMBDA_PYTHON_HOST_BUILD=ON") in " ".join(output.split())


def test_cross_compiling_takes_the_helper_on_the_path(consumer, some_cell):
    project = write_project(consumer(None, some_cell), SUBDIRECTORY)
    helper, project.helper = project.helper, None
    project.configure(*project.toolchain(), PATH=f"{helper.parent}:{os.environ['PATH']}")
    assert project.rebuild("all") == "export fetch wheel zip"
