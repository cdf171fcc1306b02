"""What reaches the helper: settings.json."""
import json
import sys

PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(settings LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
"""


def settings(consumer, call, *arguments):
    consumer.write("CMakeLists.txt", PROJECT + call)
    consumer.configure(*arguments)
    return json.loads((consumer.work / "settings.json").read_text())


def test_what_is_not_given_has_its_default(consumer, some_cell):
    project = consumer(None, some_cell)
    assert settings(project, "lambda_python_package(billing HANDLER app.handler RUNTIME python3.13)") == {
        "name": "billing", "project": str(project.source), "runtime": "python3.13", "architecture": "x86_64",
        "handler": "app.handler", "bytecode": "AUTO", "group": [], "extra": [], "provided": [], "file": [], "exclude": [],
        "source-build": [], "layer-manifest": [], "external-layer": [], "depends": [],
        "output": str(project.output("billing.zip")), "work": str(project.work),
        "python": sys.executable, "extension": [], "build-env": [], "strip-extensions": False, "offline": False,
        "makefiles": "Makefiles" in project.generator}


def test_every_argument_is_passed_on(consumer, some_cell):
    project = consumer(None, some_cell)
    project.write("services/billing/pyproject.toml", "")
    found = settings(project, """
        add_custom_target(generated)
        lambda_python_package(billing
          SOURCE_DIR services/billing/  LOCK services/../poetry.lock
          HANDLER billing.app.handler   RUNTIME python3.9   ARCHITECTURE arm64
          GROUPS api web   EXTRAS s3   PROVIDED boto3 urllib3   SOURCE_BUILDS pyyaml
          BUILD_ENVIRONMENT pyyaml:A=b=c
          FILES motd.txt=etc/motd a=b.txt=etc/x /etc/hosts=hosts $<TARGET_FILE:billing::archive>.json=self.json
          EXCLUDE *.md tests/**   BYTECODE OFF   OUTPUT_NAME billing-1.0   OUTPUT_DIRECTORY out/$<CONFIG>
          DEPENDS generated later schema.json /abs/olute,and>more.txt)
        add_custom_target(later)
        """, "-DLAMBDA_PYTHON_STORE=wheels", "-DLAMBDA_PYTHON_OFFLINE=yes", "-DCMAKE_BUILD_TYPE=Release")
    source = project.source
    assert found == {
        "name": "billing", "project": f"{source}/services/billing", "lock": f"{source}/poetry.lock",
        "runtime": "python3.9", "architecture": "arm64", "handler": "billing.app.handler", "group": ["api", "web"],
        "extra": ["s3"], "provided": ["boto3", "urllib3"], "source-build": ["pyyaml"],
        "file": [f"{source}/motd.txt=etc/motd", f"{source}/a=b.txt=etc/x", "/etc/hosts=hosts",
                 f"{project.build_folder}/out/Release/billing-1.0.zip.json=self.json"],
        "exclude": ["*.md", "tests/**"], "bytecode": "OFF", "layer-manifest": [], "external-layer": [],
        "depends": [f"{project.build_folder}/schema.json", "/abs/olute,and>more.txt"],
        "output": f"{project.build_folder}/out/Release/billing-1.0.zip", "work": str(project.work),
        "store": f"{project.build_folder}/wheels", "python": sys.executable, "extension": [], "build-env": ["pyyaml:A=b=c"],
        "strip-extensions": False, "offline": True,
        "makefiles": "Makefiles" in project.generator}


def test_what_only_a_run_needs_is_in_a_file_that_no_step_depends_on(consumer, some_cell):
    project = consumer(None, some_cell)
    built = settings(project, """
        lambda_python_package(billing HANDLER app.handler RUNTIME python3.13
          FUNCTION_NAME billing-v2 MEMORY 512 TIMEOUT 30 ENVIRONMENT STAGE=test "GREETING=a \\"b\\" c" TOKEN
          EVENT events/order.json
          ROLE billing-ex CREATE_ROLE DESCRIPTION "Bills; and \\"orders\\"" TAGS team=payments "cost center=a=b"
          ALIAS live S3_BUCKET deployments)
        """, "-DLAMBDA_PYTHON_INTERPRETER=/usr/bin/python3.13")
    function = json.loads((project.work / "function.json").read_text())
    command = function.pop("build-command")
    assert command[1:5] == ["--build", str(project.build_folder), "--target", "billing_stage"]
    assert function == {
        "include": "settings.json", "function-name": "billing-v2", "memory": 512, "timeout": 30,
        "event": str(project.source / "events/order.json"), "interpreter": "/usr/bin/python3.13",
        "venv": str(project.build_folder / "billing.lambda/venv"),
        "env": ["STAGE=test", 'GREETING=a "b" c', "TOKEN"], "role": "billing-ex", "create-role": True,
        "description": 'Bills; and "orders"', "tag": ["team=payments", "cost center=a=b"], "alias": "live",
        "s3-bucket": "deployments"}
    assert (function.keys() - {"include"}) & built.keys() == {"interpreter"}  # which also makes bytecode


def test_defaults_come_from_variables(consumer):
    found = settings(consumer(None), "lambda_python_package(billing HANDLER app.handler)",
                     "-DLAMBDA_PYTHON_RUNTIME=python3.10", "-DLAMBDA_PYTHON_ARCHITECTURE=arm64",
                     "-DLAMBDA_PYTHON_BYTECODE=ON")
    assert (found["runtime"], found["architecture"], found["bytecode"]) == ("python3.10", "arm64", "ON")


def test_the_machine_compiled_for_is_not_the_one_packaged_for(consumer):
    found = settings(consumer(None), "set(CMAKE_SYSTEM_PROCESSOR aarch64)\n"
                     "lambda_python_package(billing HANDLER app.handler RUNTIME python3.13)")
    assert found["architecture"] == "x86_64"


def test_values_survive_json(consumer, some_cell):
    found = settings(consumer(None, some_cell), r"""
        lambda_python_package(billing HANDLER app.handler RUNTIME python3.13
          EXCLUDE "quo\"te" "back\\slash" "tab	new
line" "ünï" [=[dollar${x}]=] "comma,and>")""")
    assert found["exclude"] == ['quo"te', "back\\slash", "tab\tnew\nline", "ünï", "dollar${x}", "comma,and>"]


def test_the_interpreter_is_found_once_and_leaves_nothing_in_the_cache(consumer):
    project = consumer(None)
    call = ("lambda_python_package(billing HANDLER app.handler RUNTIME python3.13)\n"
            "if(TARGET Python3::Interpreter OR Python3_FOUND)\nmessage(FATAL_ERROR leaked)\nendif()\n")
    found = settings(project, call, "-UPython3_EXECUTABLE")  # after the one that Consumer sets
    cache = (project.build_folder / "CMakeCache.txt").read_text()
    assert [line for line in cache.splitlines() if "Python3" in line] == []
    assert settings(project, call + "# again\n", "-UPython3_EXECUTABLE")["python"] == found["python"]
