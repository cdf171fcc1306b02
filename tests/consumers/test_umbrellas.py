"""Many packages at once: the umbrella targets, `all`, and what make -j does with them."""
import pytest

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
set(LAMBDA_PYTHON_RUNTIME python3.13)
foreach(name IN ITEMS one two three)
  lambda_python_package(${name} HANDLER app.handler SOURCE_DIR ${name})
endforeach()
lambda_python_package(four HANDLER app.handler SOURCE_DIR one ARCHITECTURE arm64 EXCLUDE_FROM_ALL)
"""


@pytest.fixture
def services(consumer, any_cell):
    project = consumer(None, any_cell)
    project.write("CMakeLists.txt", PROJECT)
    for name in ["one", "two", "three"]:
        project.write(f"{name}/pyproject.toml", "[project]\n")
    project.configure()
    return project


def test_all_builds_the_zips_and_leaves_out_what_was_excluded(services):
    assert services.rebuild("all") == "export export export fetch fetch fetch wheel wheel wheel zip zip zip"
    assert services.output("one.zip").exists() and not services.output("four.zip").exists()


@pytest.mark.parametrize("target, steps", [("lambda_export", ["export", "fetch", "wheel"]),
                                           ("lambda_stage", ["export", "fetch", "wheel", "stage"]),
                                           ("lambda_zip", ["export", "fetch", "wheel", "zip"])])
def test_an_umbrella_builds_that_of_every_package_once(services, target, steps):
    assert services.rebuild(target).split() == [step for step in steps for _ in range(4)]


def test_umbrellas_share_what_they_need(services):
    assert services.rebuild("lambda_stage", "lambda_zip", "all").split() == [
        step for step in ("export", "fetch", "wheel", "stage", "zip") for _ in range(4)]


def test_one_package_builds_alone(services):
    assert services.rebuild("two_zip") == "export fetch wheel zip"
    assert services.rebuild("two_stage") == "stage"
    assert not services.output("one.zip").exists()


def test_the_list_names_every_package_with_its_targets(services):
    output = services.build("lambda_list").stdout
    for name, what in [("one", "python3.13, x86_64"), ("four", "python3.13, arm64")]:
        targets = [f"{name}_{suffix}" for suffix in ("export", "stage", "zip", "invoke", "venv", "deploy", "remote_invoke",
                                                     "handoff")]
        assert f"{name} ({what}): {' '.join(targets)}\n" in output
    assert services.runs() == ""


def test_configurations_are_built_apart(services):
    if not services.multi_config:
        pytest.skip("one configuration in a build tree")
    services.build("one_zip")
    services.run(services.cmake, "--build", services.build_folder, "--config", "Debug", "--target", "one_zip")
    assert (services.build_folder / "Debug/one.zip").exists()
    assert (services.build_folder / "Release/one.zip").exists()
    assert services.runs() == "export export fetch fetch wheel wheel zip zip"
