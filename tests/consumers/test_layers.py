"""lambda_python_layer(), and packages with LAYERS: arguments, what is built again after what, and the whole with real wheels."""
import json
import os
import re
import sys
import zipfile
from pathlib import Path

import pytest
import uv

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
ARN = "arn:aws:lambda:eu-central-1:123456789012:layer:telemetry:7"
PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
"""
SHARING = PROJECT + """\
set(LAMBDA_PYTHON_RUNTIME python3.13)
lambda_python_layer(base LOCK shared/poetry.lock FILES motd.txt=etc/ EXCLUDE_FROM_ALL)
lambda_python_package(one HANDLER app.handler SOURCE_DIR one LAYERS base EXTERNAL_LAYERS """ + ARN + """=1000)
lambda_python_package(two HANDLER app.handler SOURCE_DIR two LAYERS base)
lambda_python_package(alone HANDLER app.handler SOURCE_DIR two)
"""
REFUSED = {
    "no runtimes": ("base", "RUNTIMES is missing: give it here, or set LAMBDA_PYTHON_RUNTIME for all packages"),
    "a runtime that Lambda does not have": (
        "base RUNTIMES python3.13 python3.7",
        "RUNTIMES must be python3.8, python3.9, python3.10, python3.11, python3.12, python3.13 or python3.14; "
        'got "python3.7"'),
    "a machine's name for an architecture": ("base RUNTIMES python3.13 ARCHITECTURES aarch64",
                                             'ARCHITECTURES must be x86_64 or arm64; got "aarch64"'),
    "a runtime given twice": ("base RUNTIMES python3.13 python3.13", 'RUNTIMES has "python3.13" twice'),
    "a package's argument": ("base RUNTIMES python3.13 HANDLER app.handler", 'unknown argument "HANDLER"'),
    "a name that AWS refuses": ("my.base RUNTIMES python3.13",
                                'LAYER_NAME must be up to 140 letters, digits, "-" and "_"; got "my.base"'),
    "a name that is taken": ("other RUNTIMES python3.13", "there is a target other_zip already"),
    "a folder that is not there": ("base SOURCE_DIR nowhere RUNTIMES python3.13",
                                   'SOURCE_DIR must be a folder; got "{source}/nowhere"'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_is_named(arguments, case):
    call, message = REFUSED[case]
    arguments.write("CMakeLists.txt", f"{PROJECT}add_custom_target(other_zip)\nlambda_python_layer({call})\n")
    done = arguments.configure(ok=False)
    assert done.returncode != 0
    assert (f"lambda_python_layer({call.split()[0]}): " + message.format(source=arguments.source)
            in " ".join(done.stdout.split()))


def test_a_default_from_a_variable_is_checked_and_named(arguments):
    arguments.write("CMakeLists.txt", PROJECT + "set(LAMBDA_PYTHON_ARCHITECTURE aarch64)\n"
                    "lambda_python_layer(base RUNTIMES python3.13)\n")
    assert ('lambda_python_layer(base): ARCHITECTURES must be x86_64 or arm64; got "aarch64" (from '
            "LAMBDA_PYTHON_ARCHITECTURE)") in " ".join(arguments.configure(ok=False).stdout.split())


@pytest.fixture(scope="module")
def tree(any_cell, tmp_path_factory, make_consumer):
    project = make_consumer(tmp_path_factory.mktemp("layers"), None, *any_cell)
    project.write("CMakeLists.txt", SHARING)
    project.write("motd.txt", "hello\n")
    for name in ["shared", "one", "two"]:
        project.write(f"{name}/pyproject.toml", "[project]\n")
        project.write(f"{name}/poetry.lock", "lock 1\n")
        project.write(f"{name}/src/app.py", "def handler(event, context): pass\n")
    project.configure()
    return project


@pytest.fixture
def services(tree):
    """Built and up to date."""
    if not tree.settled:
        tree.build()
        tree.runs()
    return tree


def ran(services, *targets):
    """The steps that a build runs, by package; a second one must have nothing to do."""
    services.build(*targets)
    found = {}
    for log in sorted(services.build_folder.rglob("runs.log")):
        name = re.search(r"(\w+)\.lambda", str(log)).group(1)
        found[name] = " ".join(sorted(log.read_text().split(), key=["export", "fetch", "wheel", "stage", "zip"].index))
        log.unlink()
    services.build(*targets)
    assert services.runs() == "", f"after {found}, the second build ran a step"
    services.settled = True
    return found


def test_a_package_builds_its_layer_before_and_once(any_cell, tree):
    assert ran(tree) == {"base": "export fetch stage zip", **dict.fromkeys(["one", "two", "alone"], "export fetch wheel stage zip")}


def test_a_changed_selection_of_a_layer_builds_its_users_once_and_nothing_else(services):
    services.write("shared/poetry.lock", "lock 2\n")
    assert ran(services) == {"base": "export fetch stage zip", **dict.fromkeys(["one", "two"], "export fetch stage zip")}


def test_a_changed_file_of_a_layer_selects_again_and_fetches_nothing(services):
    services.write("motd.txt", "good morning\n")
    assert ran(services) == {"base": "stage zip", **dict.fromkeys(["one", "two"], "export stage zip")}


def test_an_untouched_outcome_of_a_layer_reaches_nobody(services):
    services.touch("shared/poetry.lock")
    assert ran(services) == {"base": "export"}


def test_an_edit_of_a_user_leaves_the_layer_alone(services):
    services.write("one/src/app.py", "# edited\n")
    assert ran(services) == {"one": "wheel stage zip"}


def test_the_layer_of_a_deleted_zip_comes_back(services):
    services.output("base.zip").unlink()
    assert "zip" in ran(services)["base"]
    assert services.output("base.zip").exists()


def test_settings_of_a_layer_and_of_its_users(services):
    built = services.build_folder
    folder = "Release" if services.multi_config else ""
    layer = json.loads((built / "base.lambda" / folder / "settings.json").read_text())
    assert layer["kind"] == "layer" and layer["layer-name"] == "base"
    assert layer["compatible-runtime"] == ["python3.13"] and layer["compatible-architecture"] == ["x86_64"]
    assert layer["project"] == str(services.source / "shared") and layer["lock"] == str(services.source / "shared/poetry.lock")
    assert not {"runtime", "architecture", "handler"} & set(layer)
    user = json.loads((built / "one.lambda" / folder / "settings.json").read_text())
    assert user["layer-manifest"] == [str(services.output("base.zip")) + ".json"] and user["external-layer"] == [f"{ARN}=1000"]
    run = json.loads((built / "one.lambda" / folder / "function.json").read_text())
    assert run["layer"] == [str(built / "base.lambda" / folder / "stage")]
    assert "base (layer, python3.13, x86_64): base_export base_stage base_zip\n" in services.build("lambda_list").stdout


def test_a_layer_is_installed_and_imported_like_a_package(consumer, some_cell):
    project = consumer(None, some_cell)
    project.write("CMakeLists.txt", SHARING + "lambda_python_install(TARGETS base one DESTINATION lambdas COMPONENT zips "
                  "EXPORT all)\n")
    for name in ["shared", "one", "two"]:
        project.write(f"{name}/pyproject.toml", "[project]\n")
        project.write(f"{name}/poetry.lock", "lock 1\n")
    project.write("motd.txt", "hello\n")
    project.configure()
    project.build("lambda_zip")
    prefix = project.build_folder / "installed"
    project.run(project.cmake, "--install", project.build_folder, "--config", "Release", "--component", "zips", "--prefix", prefix)
    assert {path.name for path in (prefix / "lambdas").iterdir()} == {"base.zip", "base.zip.json", "one.zip", "one.zip.json",
                                                                      "all.cmake"}
    assert "base::archive" not in (prefix / "lambdas/all.cmake").read_text()
    assert '(base "base.zip")' in (prefix / "lambdas/all.cmake").read_text()


def test_two_functions_share_a_layer_of_real_wheels(consumer, oldest_cell, lambda_pack):
    """The example: nothing of the layer is in the zips, both run with it, and the sizes are counted once each."""
    example = Path(os.environ["LAMBDA_PYTHON_SOURCE_DIR"]) / "examples/shared_layer"
    project = consumer(example, oldest_cell, helper=lambda_pack)
    environment = {"PATH": os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]}
    project.configure(f"-DLAMBDA_PYTHON_RUNTIME=python{MINOR}", f"-DLAMBDA_PYTHON_INTERPRETER={sys.executable}", **environment)
    program = project.cmake.removesuffix("cmake") + "ctest"
    tested = project.run(program, "--test-dir", project.build_folder, "-C", "Release", "-j", "2", "--output-on-failure",
                         **environment)
    assert "100% tests passed" in tested.stdout
    project.build("all", **environment)
    layer = json.loads(Path(f"{project.output('pydantic_layer.zip')}.json").read_text())
    with zipfile.ZipFile(project.output("pydantic_layer.zip")) as archive:
        held = {name.removeprefix("python/") for name in archive.namelist()}
    assert "pydantic/__init__.py" in held
    for name in ["orders", "invoices"]:
        with zipfile.ZipFile(project.output(f"{name}.zip")) as archive:
            assert not held & set(archive.namelist())
        manifest = json.loads(Path(f"{project.output(f'{name}.zip')}.json").read_text())
        assert [one["sha256"] for one in manifest["layers"]] == [layer["sha256"]]
        assert manifest["total_unzipped_size"] == manifest["unzipped_size"] + layer["unzipped_size"]
