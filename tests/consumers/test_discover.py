"""lambda_python_discover(): every project below a folder, with options for all and for one."""
import json

import pytest

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
set(LAMBDA_PYTHON_RUNTIME python3.13)
"""
FOLDERS = ["billing", "eu/order-service", "eu/tax [1]", "node_modules/x", ".hidden/x", "environment/lib", "made/x"]


@pytest.fixture
def services(consumer, some_cell):
    project = consumer(None, some_cell)
    for folder in FOLDERS:
        project.write(f"my services/{folder}/pyproject.toml", "[project]\n")
    project.write("my services/billing/vendored/pyproject.toml", "[project]\n")
    project.write("my services/environment/pyvenv.cfg", "")
    project.write("my services/made/CMakeCache.txt", "")
    project.write("my services/scripts/requirements.txt", "")
    project.write("my services/scripts/handler.py", "")
    project.write("my services/only-a-list/requirements.txt", "")
    project.write("my services/pyproject.toml", "[tool.uv.workspace]\n")
    (project.source / "my services/eu/loop").symlink_to(project.source / "my services")
    return project


def configure(project, *lines, ok=True):
    project.write("CMakeLists.txt", PROJECT + "\n".join(lines) + "\n")
    return project.configure(ok=ok).stdout


def settings_of(project, name, file="settings.json"):
    folder = project.build_folder / f"{name}.lambda" / ("Release" if project.multi_config else "")
    return json.loads((folder / file).read_text())


def test_projects_are_found_and_nothing_else(services):
    output = configure(services, 'lambda_python_discover(found DIRECTORY "my services" SKIP "eu/tax*")',
                       'message("found: ${found}")', 'message("at: ${found_eu-order-service_SOURCE_DIR}")')
    assert "found: billing;eu-order-service;scripts\n" in output
    assert f"at: {services.source}/my services/eu/order-service\n" in output
    assert not list(services.build_folder.glob("*.lambda")), "no package is made unasked"


def test_options_for_all_and_for_one(services):
    configure(services, """
lambda_python_discover(found DIRECTORY "my services" SKIP "eu/tax*"
  ALL HANDLER <module>.app.handler MEMORY 256 EXTRAS s3 sqs ENVIRONMENT "LIST=a;b" EVENT <source>/<name>.json
  FOR scripts HANDLER handler.main EXTRAS pdf
  FOR eu-order-service ARCHITECTURE arm64 ENVIRONMENT "ONE=1;2" "TWO=3" EXCLUDE_FROM_ALL)""")
    billing, orders, scripts = (settings_of(services, name) for name in ["billing", "eu-order-service", "scripts"])
    assert [one["handler"] for one in (billing, orders, scripts)] == [
        "billing.app.handler", "order_service.app.handler", "handler.main"]
    assert [one.get("extra") for one in (billing, orders, scripts)] == [["s3", "sqs"], ["s3", "sqs"], ["pdf"]]
    assert [one["architecture"] for one in (billing, orders, scripts)] == ["x86_64", "arm64", "x86_64"]
    assert orders["project"] == f"{services.source}/my services/eu/order-service"
    functions = {name: settings_of(services, name, "function.json") for name in ["billing", "eu-order-service", "scripts"]}
    assert {one["memory"] for one in functions.values()} == {256}
    assert functions["billing"]["env"] == ["LIST=a;b"] and functions["eu-order-service"]["env"] == ["ONE=1;2", "TWO=3"]
    assert functions["billing"]["event"] == f"{services.source}/my services/billing/billing.json"
    assert services.rebuild("all") == "export export fetch fetch wheel wheel zip zip"


def test_the_next_build_finds_a_new_project_and_misses_one_that_is_gone(services):
    configure(services, 'lambda_python_discover(found DIRECTORY "my services" SKIP "eu/tax*" ALL HANDLER app.handler)')
    assert services.rebuild("all") == "export export export fetch fetch fetch wheel wheel wheel zip zip zip"
    services.write("my services/asia/billing/pyproject.toml", "[project]\n")
    assert services.rebuild("all") == "export fetch wheel zip"
    assert services.output("asia-billing.zip").exists()
    services.write("my services/asia/tax/pyproject.toml", "[project]\n")  # in a folder that is there already
    assert services.rebuild("all") == "export fetch wheel zip"
    services.delete("my services/asia")
    assert services.rebuild("all") == ""
    assert "asia" not in services.build("lambda_list").stdout
    services.write("my services/billing/new.py", "")  # of a project, and no business of configuring
    assert "Configuring done" not in services.build("all").stdout


@pytest.mark.parametrize("arguments, error", [
    ("x", 'unknown argument "x"'),
    ('DIRECTORY "my services" x', 'unknown argument "x"'),
    ('DIRECTORY "my services" DIRECTORY x', "DIRECTORY is given twice"),
    ("DIRECTORY", "DIRECTORY needs a value"),
    ("SKIP", "SKIP needs a value"),
    ("ALL FOR x HANDLER y", "ALL needs a value"),
    ("FOR", "FOR needs a value"),
    ("FOR billing", "FOR billing needs a value"),
    ("FOR billing MEMORY 128 FOR billing MEMORY 256", 'FOR "billing" is given twice'),
    ("DIRECTORY nowhere", 'DIRECTORY must be a folder; got "{source}/nowhere"'),
    ('DIRECTORY "my services/environment"', 'no project below "{source}/my services/environment"; a project is a folder '
     "with a pyproject.toml, or with a requirements.txt beside Python files"),
    ('DIRECTORY "my services" FOR biling MEMORY 128',
     'FOR "biling" is of no project; there are billing, eu-order-service, eu-tax [1], scripts'),
])
def test_a_wrong_call_is_refused(services, arguments, error):
    if "environment" in arguments:
        services.delete("my services/environment/lib")
    output = configure(services, f"lambda_python_discover(found {arguments})", ok=False)
    assert "lambda_python_discover(found): " + error.format(source=services.source) in " ".join(output.split())


def test_two_projects_of_one_name_are_refused(services):
    services.write("my services/eu-order-service/pyproject.toml", "[project]\n")
    output = " ".join(configure(services, 'lambda_python_discover(found DIRECTORY "my services")', ok=False).split())
    assert ('lambda_python_discover(found): two projects would be called "eu-order-service": eu/order-service and '
            "eu-order-service; SKIP one") in output
