"""`<name>_deploy` and `lambda_deploy` of a build, with the built helper, against a local AWS."""

import json

import pytest

from aws_server import ACCOUNT, REGION, Aws

CMAKELISTS = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
set(LAMBDA_PYTHON_RUNTIME python3.13)
foreach(name IN ITEMS billing orders)
  lambda_python_package(${name} HANDLER billing.app.handler SOURCE_DIR .
    FUNCTION_NAME ${name}-prod MEMORY ${MEMORY} ENVIRONMENT STAGE=prod TOKEN ROLE @role@
    DESCRIPTION "The ${name}" TAGS team=payments ALIAS live)
endforeach()
"""
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"


@pytest.fixture(scope="module")
def aws():
    made = Aws()
    yield made
    made.end()


@pytest.fixture
def services(consumer, lambda_pack, aws, tmp_path):
    aws.reset()
    project = consumer(None, helper=lambda_pack)
    project.add("packaged", "backend.py", "poetry.lock", "pyproject.toml", "src")
    project.write("CMakeLists.txt", CMAKELISTS.replace("@role@", aws.role_arn))
    project.configure(f"-DLAMBDA_PYTHON_STORE={tmp_path}/store", "-DMEMORY=256")
    return project


def build(project, aws, *targets, **more):
    done = project.run(*project.build_command(*targets), **aws.environment(TOKEN="s3cret", **more))
    assert "s3cret" not in done.stdout
    return done.stdout


def test_a_deployment_is_a_target_and_all_of_them_are_one(services, aws):
    said = build(services, aws, "billing_deploy")
    assert f"\n{ARN}:billing-prod:live\n" in said and "+ function billing-prod (python3.13, x86_64, " in said
    found = aws.client("lambda").get_function_configuration(FunctionName="billing-prod", Qualifier="live")
    manifest = json.loads(services.output("billing.zip.json").read_text())
    assert found["CodeSha256"] == manifest["code_sha256"]
    assert (found["MemorySize"], found["Description"]) == (256, "The billing")
    assert found["Environment"]["Variables"] == {"STAGE": "prod", "TOKEN": "s3cret"}

    plan = build(services, aws, "lambda_deploy", LAMBDA_PYTHON_DRY_RUN="1")
    assert "billing-prod: nothing to change" in plan and "orders-prod: + function orders-prod (" in plan
    said = build(services, aws, "lambda_deploy")
    assert "billing-prod: nothing to change" in said and f"\n{ARN}:orders-prod:live\n" in said
    assert aws.client("lambda").get_alias(FunctionName="orders-prod", Name="live")["FunctionVersion"] == "1"

    services.configure("-DMEMORY=512")
    said = build(services, aws, "lambda_deploy")
    assert said.count("  ~ memory 256 → 512") == 2 and "code" not in said
    assert "ninja: no work to do" not in said
    secrets = [path for path in services.build_folder.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]
    assert secrets == []


def test_functions_that_cannot_be_deployed_do_not_keep_the_others_from_it(services, aws):
    aws.fail = lambda operation, before, name: "denied" if name == "orders-prod" else None
    done = services.run(*services.build_command("lambda_deploy"), ok=False, **aws.environment(TOKEN="s3cret"))
    assert done.returncode != 0
    assert f"\n{ARN}:billing-prod:live\n" in done.stdout
    assert ("lambda-pack: orders-prod: aws lambda get-function: User: me is not authorized to perform: lambda:GetFunction "
            "(AccessDeniedException)\nhint: allow these credentials the action of aws lambda get-function\n"
            "lambda-pack: 1 of 2 functions are not as described\n"
            "hint: what was done stays done: run it again to go on\n") in done.stdout


def test_the_files_for_other_tools_are_beside_the_zip(services):
    services.build("lambda_handoff")
    for name in ("billing", "orders"):
        files = {path.name for path in services.output(f"{name}.handoff").iterdir()}
        assert files == {f"{name}.{kind}.json" for kind in ("tf", "sam", "cfn", "cdk", "create-function",
                                                            "update-function-code", "update-function-configuration")}
