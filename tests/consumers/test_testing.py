"""lambda_python_test() and lambda_python_invoke_test(): CTest tests of the example, whole and broken in the package alone."""
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

import pytest
import uv

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
enable_testing()
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
set(LAMBDA_PYTHON_RUNTIME python@MINOR@)
function(package name)
  lambda_python_package(${name} HANDLER my_lambda.handler.handler SOURCE_DIR "my lambda" ${ARGN})
  lambda_python_test(${name}.staged PACKAGE ${name})
  lambda_python_test(${name}.source PACKAGE ${name} SOURCE)
endfunction()
"""
BREAKS = {
    "a dependency": ("PROVIDED pyyaml", "No module named 'yaml'"),
    "a data file": ("EXCLUDE my_lambda/stuff/data.csv", "FileNotFoundError"),
    "valid syntax": ("EXCLUDE my_lambda/utils.py FILES broken.py=my_lambda/utils.py", "SyntaxError"),
}


class Services:
    """A consumer with the example in it, whose tests are run by CTest."""

    def __init__(self, consumer, source):
        self.consumer = consumer
        shutil.copytree(source / "examples/my_lambda", consumer.source / "my lambda",
                        ignore=shutil.ignore_patterns("__pycache__", ".*", "dist"))
        self.environment = {"PATH": os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]}

    def write(self, path, text):
        self.consumer.write(path, text)

    def configure(self, *calls, ok=True):
        self.write("CMakeLists.txt", PROJECT.replace("@MINOR@", MINOR) + "\n".join(calls) + "\n")
        return self.consumer.configure(f"-DLAMBDA_PYTHON_INTERPRETER={sys.executable}", ok=ok, **self.environment)

    def ctest(self, *arguments):
        """The outcome of each test by its name, and all that was printed."""
        program = self.consumer.cmake.removesuffix("cmake") + "ctest"
        output = self.consumer.run(program, "--test-dir", self.consumer.build_folder, "-C", "Release", "-j", "4",
                                   "--output-on-failure", *arguments, ok=False, **self.environment).stdout
        found = re.findall(r"Test +#\d+: (\S+) [.* ]*(Passed|Failed|Not Run)", output)
        return dict(found), output


@pytest.fixture
def services(consumer, oldest_cell, lambda_pack):
    source = os.environ["LAMBDA_PYTHON_SOURCE_DIR"]
    return Services(consumer(None, oldest_cell, helper=lambda_pack), type(lambda_pack)(source))


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_the_example_passes_and_nothing_is_left_in_its_folder(services):
    services.configure("package(whole)",
                       'lambda_python_invoke_test(whole.invoke PACKAGE whole EVENT "my lambda/tests/event.json" '
                       'EXPECT "\\"value1\\"")')
    before = files_below(services.consumer.source)
    outcomes, output = services.ctest()
    assert outcomes == dict.fromkeys(
        ["whole.staged", "whole.source", "whole.invoke", "whole_stage", "whole_venv"], "Passed"), output
    assert files_below(services.consumer.source) == before

    python = services.consumer.build_folder / "whole.lambda/venv/bin/python"
    where = services.consumer.run(python, "-c", "import my_lambda, yaml; print(my_lambda.__file__)").stdout
    assert where.strip() == str(services.consumer.source / "my lambda/src/my_lambda/__init__.py")
    environments = [services.consumer.build_folder / "whole.lambda" / name for name in ["venv", "venv-tests"]]
    made = [(path / "pyvenv.cfg").stat().st_mtime_ns for path in environments]
    assert set(services.ctest()[0].values()) == {"Passed"}
    assert [(path / "pyvenv.cfg").stat().st_mtime_ns for path in environments] == made, "nothing to do, nothing done"


@pytest.mark.parametrize("arguments, error", BREAKS.values(), ids=BREAKS)
def test_a_package_that_lacks_something_fails_staged_and_passes_from_the_source(services, arguments, error):
    services.write("broken.py", "def summary(:\n")
    services.configure(f"package(broken {arguments})")
    outcomes, output = services.ctest()
    assert outcomes == {"broken.staged": "Failed", "broken.source": "Passed", "broken_stage": "Passed",
                        "broken_venv": "Passed"}, output
    assert error in output


def test_what_only_the_tests_have_is_not_there_for_the_package(services):
    handler = "def handler(event, context):\n    import {module}\n    return {module}.__name__\n"
    services.write("my lambda/tests/test_handler.py", "import pytest, my_lambda.handler\n"
                   "def test_it(): my_lambda.handler.handler({}, None)\n")
    services.write("my lambda/src/my_lambda/handler.py", handler.format(module="pytest"))
    services.configure("package(one)")
    outcomes, output = services.ctest()
    assert (outcomes["one.staged"], outcomes["one.source"]) == ("Failed", "Passed"), output
    assert "No module named 'pytest' in the package; the tests alone have it" in output

    services.write("my lambda/src/my_lambda/handler.py", handler.format(module="boto3"))  # the runtime has it
    outcomes, output = services.ctest("-R", "staged")
    assert outcomes["one.staged"] == "Passed", output


def test_what_the_package_offers_to_pytest_may_import_it(services):
    """As anyio does, which half of all web frameworks bring along: pytest loads its plugin, and rewrites its modules."""
    for name, text in {"plug-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: plug\nVersion: 1\n",
                       "plug-1.dist-info/RECORD": "plug/__init__.py,,\nplug/plugin.py,,\n",
                       "plug-1.dist-info/entry_points.txt": "[pytest11]\nplug = plug.plugin\n",
                       "plug/__init__.py": "import json\n",
                       "plug/plugin.py": "import pytest\nfrom _pytest.fixtures import SubRequest\n"
                                         "@pytest.fixture\ndef plugged(): return 7\n",
                       "my lambda/tests/test_plug.py": "def test_it(plugged): assert plugged == 7\n"}.items():
        services.write(name, text)
    services.configure("package(one FILES plug=plug plug-1.dist-info=plug-1.dist-info)")
    outcomes, output = services.ctest("-R", "staged")
    assert outcomes["one.staged"] == "Passed", output

    services.write("plug/__init__.py", "import pytest\n")  # what a handler would import does not have it
    outcomes, output = services.ctest("-R", "staged")
    assert outcomes["one.staged"] == "Failed" and "No module named 'pytest' in the package" in output, output


def test_a_package_that_does_not_build_keeps_only_its_own_tests_from_running(services):
    services.configure("package(whole)", "package(broken FILES nowhere=etc/)")
    outcomes, output = services.ctest()
    assert {name for name, outcome in outcomes.items() if outcome != "Passed"} == {"broken_stage", "broken.staged"}, output
    assert "nowhere" in output


def test_arguments_of_pytest_and_ctest_arrive(services):
    services.configure("package(whole)", """
lambda_python_test(one PACKAGE whole TESTS "my lambda/tests/test_handler.py" JUNIT "re port.xml"
  PYTEST_ARGS -k "first or without" -k "first or; without" -k first -q PROPERTIES LABELS "slow;mine" TIMEOUT 60 COST 60)
lambda_python_test(none PACKAGE whole PYTEST_ARGS -k nothing_is_called_so)
lambda_python_test(group PACKAGE whole GROUPS nowhere)
lambda_python_invoke_test(other PACKAGE whole EVENT "my lambda/tests/event.json" EXPECT expected.json)
""")
    services.write("expected.json", '"value2"')
    outcomes, output = services.ctest("-R", "^(one|none|group|other)$")
    assert outcomes == {"one": "Passed", "none": "Failed", "group": "Failed", "other": "Failed",
                        "whole_stage": "Passed"}, output
    assert "lambda-pack: pytest has found no test to run\n" in output
    assert "nowhere" in output and 'the response is "value1"' in output and 'expected was "value2"' in output
    report = xml.etree.ElementTree.parse(services.consumer.build_folder / "re port.xml")
    assert [case.get("name") for case in report.iter("testcase")] == ["test_the_handler_returns_the_first_value"]
    outcomes, output = services.ctest("-L", "mine")
    assert outcomes == {"one": "Passed", "whole_stage": "Passed"}, output


def test_a_group_without_pytest_names_the_one_that_has_it(services):
    pyproject = services.consumer.source / "my lambda/pyproject.toml"
    lock = services.consumer.source / "my lambda/poetry.lock"
    pyproject.write_text(pyproject.read_text().replace("[tool.poetry.group.dev.dep",
                                                       "[tool.poetry.group.checks]\noptional = true\n"
                                                       "[tool.poetry.group.checks.dep"))
    lock.write_text(lock.read_text().replace('groups = ["dev"]', 'groups = ["checks"]'))
    services.configure("package(whole)", "lambda_python_test(named PACKAGE whole GROUPS checks)")
    outcomes, output = services.ctest("-R", "staged|named")
    assert outcomes == {"whole.staged": "Failed", "named": "Passed", "whole_stage": "Passed"}, output
    what = ("pytest is not in the dependency groups that are installed unasked", "hint: it is in the group checks: GROUPS checks")
    assert all(text in output for text in what), output
    outcomes, output = services.ctest("-R", "source")
    assert outcomes == {"whole.source": "Failed", "whole_venv": "Passed"} and all(text in output for text in what), output


UV_PROJECT = {
    "pyproject.toml": """\
[project]
name = "sums"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["docopt==0.6.2"]  # there is no wheel of it
[dependency-groups]
dev = ["pytest"]
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
""",
    "src/sums/__init__.py": "import docopt\n\n\ndef handler(event, context):\n    return sum(event)\n",
    "tests/test_sums.py": "from sums import handler, docopt\n\n\ndef test_it():\n"
                          "    assert handler([1, 2], None) == 3 and docopt.__version__ == '0.6.2'\n",
}


def test_a_project_of_uv_whose_dependency_has_only_an_sdist(services):
    for name, text in UV_PROJECT.items():
        services.write(f"sums/{name}", text)
    services.consumer.run(uv.find_uv_bin(), "lock", "--quiet", "--project", services.consumer.source / "sums")
    services.configure("""
lambda_python_package(sums HANDLER sums.handler SOURCE_DIR sums SOURCE_BUILDS docopt)
lambda_python_test(staged PACKAGE sums PROPERTIES FIXTURES_REQUIRED database)
lambda_python_test(source PACKAGE sums SOURCE)
lambda_python_invoke_test(invoke PACKAGE sums EVENT numbers.json EXPECT 6)
""")
    services.write("numbers.json", "[1, 2, 3]")
    outcomes, output = services.ctest()
    assert outcomes == dict.fromkeys(["staged", "source", "invoke", "sums_stage", "sums_venv"], "Passed"), output


# ---- libraries in folders and repositories ----

LIBRARY = """\
[project]
name = "{name}"
version = "1.0"
requires-python = ">=3.9"
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
"""
HANDLER = """\
import linked, copied, remote


def handler(event, context):
    return [linked.VALUE, copied.VALUE, remote.VALUE]
"""
TEST = """\
import os
from service import handler


def test_it():
    assert handler(None, None) == os.environ["EXPECTED"].split()
"""
UV = """\
[dependency-groups]
dev = ["pytest"]
[tool.uv.sources]
linked = {{ path = "../linked", editable = true }}
copied = {{ path = "../copied", editable = false }}
remote = {{ git = "{url}" }}
"""
POETRY = """\
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""
POETRY_PACKAGE = """\
[[package]]
name = "{name}"
version = "1.0"
description = ""
optional = false
python-versions = ">=3.9"
groups = ["main"]
files = []
develop = {develop}
[package.source]
type = "{kind}"
url = "{url}"
{more}

"""
CALLS = """
lambda_python_package(service HANDLER service.handler SOURCE_DIR service)
lambda_python_test(staged PACKAGE service)
lambda_python_test(source PACKAGE service SOURCE)
"""


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def write_libraries(services):
    for name in ["linked", "copied", "remote"]:
        services.write(f"{name}/pyproject.toml", LIBRARY.format(name=name))
        services.write(f"{name}/src/{name}/__init__.py", f'VALUE = "{name}"\n')
    repository = services.consumer.source / "remote"
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "x")
    return repository.as_uri()


def write_service(services, more):
    services.write("service/pyproject.toml", LIBRARY.format(name="service").replace(
        "[build-system]", 'dependencies = ["linked", "copied", "remote"]\n[build-system]') + more)
    services.write("service/src/service/__init__.py", HANDLER)
    services.write("service/tests/test_service.py", TEST)


def lock_by_uv(services, url):
    write_service(services, UV.format(url=url))
    services.consumer.run(uv.find_uv_bin(), "lock", "--quiet", "--project", services.consumer.source / "service")


def lock_by_poetry(services, url):
    """The example's lock, which has pytest, with the libraries: no index is needed."""
    write_service(services, POETRY)
    commit = git(services.consumer.source / "remote", "rev-parse", "HEAD")
    libraries = [
        POETRY_PACKAGE.format(name="linked", develop="true", kind="directory", url="../linked", more=""),
        POETRY_PACKAGE.format(name="copied", develop="false", kind="directory", url="../copied", more=""),
        POETRY_PACKAGE.format(name="remote", develop="false", kind="git", url=url,
                              more=f'reference = "main"\nresolved_reference = "{commit}"'),
    ]
    text = (services.consumer.source / "my lambda/poetry.lock").read_text()
    services.write("service/poetry.lock", text.replace("[metadata]", "".join(libraries) + "[metadata]"))


@pytest.mark.parametrize("lock", [lock_by_uv, lock_by_poetry])
def test_libraries_in_folders_and_repositories_are_tested_with_the_project(services, lock):
    lock(services, write_libraries(services))
    services.configure(CALLS)

    def outcomes(*expected):
        services.environment["EXPECTED"] = " ".join(expected)
        found, output = services.ctest()
        assert found == dict.fromkeys(["staged", "source", "service_stage", "service_venv"], "Passed"), output

    outcomes("linked", "copied", "remote")
    environment = services.consumer.build_folder / "service.lambda/venv/pyvenv.cfg"
    made = environment.stat().st_mtime_ns
    services.write("linked/src/linked/__init__.py", 'VALUE = "edited"\n')
    outcomes("edited", "copied", "remote")
    assert environment.stat().st_mtime_ns == made, "the environment leads to the folder"
    services.write("copied/src/copied/__init__.py", 'VALUE = "again"\n')
    outcomes("edited", "again", "remote")


# ---- refusals ----


@pytest.mark.parametrize("call, text", [
    ("test(one)", "test(one): PACKAGE is missing"),
    ("test(one PACKAGE nothing)",
     'test(one): there is no package "nothing"; lambda_python_package(nothing …) must come before'),
    ("test(one PACKAGE whole SOURCE STAGED)", "test(one): SOURCE and STAGED exclude each other"),
    ("test(one PACKAGE whole TESTS)", "test(one): TESTS needs a value"),
    ("test(one PACKAGE whole TESTS a TIMEOUT 5)", 'test(one): unknown argument "TIMEOUT"'),
    ("invoke_test(one PACKAGE whole SOURCE)", 'invoke_test(one): unknown argument "SOURCE"'),
])
def test_what_is_refused(services, call, text):
    output = " ".join(services.configure("package(whole)", f"lambda_python_{call}", ok=False).stdout.split())
    assert f"lambda_python_{text}" in output
