"""Deployments to an AWS that fails: each call in turn, in each way. Either the right state, or a clear message."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from packing import Package, message_of

UPDATE = ["GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode", "UpdateFunctionConfiguration", "TagResource",
          "PublishVersion", "UpdateAlias"]
CREATION = ["GetFunction", "CreateFunction", "GetFunctionConfiguration", "PublishVersion", "CreateAlias"]
FAULTS = ["429", "500", "conflict", "cut", "cut after"]
OLD = ["--memory", "128", "--tag", "team=a", "--alias", "live"]
NEW = ["--memory", "256", "--tag", "team=b", "--alias", "live"]


@pytest.fixture(scope="module")
def packages(tmp_path_factory, environments):
    """The same package before and after an edit."""
    made = []
    for number in (1, 2):
        made.append(Package(tmp_path_factory.mktemp(f"package {number}"), environments))
        made[-1].write({"src/my_lambda/handler.py": f"def handler(event, context):\n    return {number}\n"})
        made[-1].succeeds("zip")
    return made


def deploy(aws, package, name, *arguments, ok=True, **environment):
    words = [os.environ["LAMBDA_PACK"], "deploy", "--output", package.zip, "--function-name", name, "--role", aws.role_arn]
    done = subprocess.run([*map(str, words), *arguments], env={**package.environment(), **aws.environment(**environment)},
                          capture_output=True, text=True, timeout=500)
    assert not ok or done.returncode == 0, done.stderr
    return done


def require_new_state(aws, package, name):
    wanted = json.loads((package.out / "my_lambda.zip.json").read_text())["code_sha256"]
    client = aws.client("lambda")
    for qualifier in ({}, {"Qualifier": "live"}):
        found = client.get_function_configuration(FunctionName=name, **qualifier)
        assert (found["CodeSha256"], found["MemorySize"]) == (wanted, 256), qualifier
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    assert client.list_tags(Resource=arn)["Tags"] == {"team": "b"}


@pytest.mark.parametrize("start, calls", [("there", UPDATE), ("fresh", CREATION)])
def test_a_call_that_fails_once_changes_nothing_in_the_end(aws, packages, start, calls):
    """Side by side, each on a function of its own: most of the time is pauses."""
    faults = {f"{start}-{call}-{fault}".replace(" ", "-"): (call, fault) for call in calls for fault in FAULTS}

    def run(name):
        if start == "there":
            deploy(aws, packages[0], name, *OLD)
        met = []
        aws.failing[name] = lambda operation: None if met or operation != faults[name][0] else met.append(1) or faults[name][1]
        done = deploy(aws, packages[1], name, *NEW)
        assert met, f"{name}: no such call"
        assert done.stderr.count("trying again") == 1, done.stderr
        require_new_state(aws, packages[1], name)

    aws.failing = {}
    aws.fail = lambda operation, before, name: name in aws.failing and aws.failing[name](operation)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, faults))


@pytest.mark.parametrize("fault", ["conflict", "cut after"])
def test_the_words_of_the_cli_are_understood_as_well(aws, packages, fault):
    aws.fail = lambda operation, before, name: fault if before == 0 and operation.startswith(("Create", "Put")) else None
    done = deploy(aws, packages[1], "f", "--memory", "256", "--tag", "team=b", LAMBDA_PYTHON_AWS_CLI="ON")
    assert done.stderr.count("trying again") == 1, done.stderr
    assert aws.client("lambda").get_function_configuration(FunctionName="f")["MemorySize"] == 256


@pytest.mark.parametrize("fault, message", [
    ("denied", "lambda-pack: aws lambda get-function: User: me is not authorized to perform: lambda:GetFunction "
               "(AccessDeniedException)\nhint: allow these credentials the action of aws lambda get-function\n"),
    ("expired", "lambda-pack: the AWS credentials have expired\n"
                "hint: log in again: aws sso login, or however you got them; then repeat this command\n"),
])
@pytest.mark.parametrize("by_cli", ["OFF", "ON"])
def test_what_does_not_pass_ends_it_with_its_reason(aws, packages, fault, message, by_cli):
    aws.fail = lambda operation, before, name: fault
    done = deploy(aws, packages[0], "f", ok=False, LAMBDA_PYTHON_AWS_CLI=by_cli)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)


def test_a_role_that_lambda_cannot_assume_is_named(aws, packages):
    aws.fail = lambda operation, before, name: "unassumable" if operation == "CreateFunction" else None
    done = deploy(aws, packages[0], "f", ok=False)
    assert message_of(done.stderr) == (
        "lambda-pack: Lambda cannot assume the execution role\n"
        "hint: its trust policy must allow lambda.amazonaws.com the action sts:AssumeRole\n")


def test_a_deployment_that_was_killed_is_completed_by_the_next(aws, packages):
    """At each call: its answer is not waited for."""
    for number in range(len(UPDATE)):
        name = f"killed-{number}"
        deploy(aws, packages[0], name, *OLD)
        seen = []

        def kill(operation, before, called):
            seen.append(operation)
            if len(seen) == number + 1:
                process.kill()
            return None

        words = [os.environ["LAMBDA_PACK"], "deploy", "--output", packages[1].zip, "--function-name", name, "--role",
                 aws.role_arn, *NEW]
        aws.lock.acquire()  # until the process is known
        process = subprocess.Popen(list(map(str, words)), env={**packages[1].environment(), **aws.environment()},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        aws.fail = kill
        aws.lock.release()
        assert process.wait() == -9
        aws.fail = None
        deploy(aws, packages[1], name, *NEW)
        require_new_state(aws, packages[1], name)


@pytest.mark.parametrize("change, message", [
    ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
     "lambda-pack: the AWS CLI has no credentials\nhint: aws configure or aws configure sso\n"),
    ({"AWS_PROFILE": "work"},
     'lambda-pack: the AWS CLI has no profile "of that name (AWS_PROFILE)"\n'
     "hint: aws configure list-profiles shows those that there are\n"),
    ({"AWS_DEFAULT_REGION": ""},
     "lambda-pack: no AWS region is given\n"
     "hint: --region eu-central-1, AWS_REGION, or aws configure set region eu-central-1\n"),
])
def test_what_is_missing_in_the_configuration_is_said(aws, packages, change, message):
    done = deploy(aws, packages[0], "f", ok=False, **change)
    assert (done.returncode, done.stderr) == (1, message)


def test_without_credentials_and_cli_it_says_what_to_install(aws, packages, tmp_path):
    words = [os.environ["LAMBDA_PACK"], "deploy", "--output", packages[0].zip, "--function-name", "f"]
    environment = {**packages[0].environment(), **aws.environment(AWS_ACCESS_KEY_ID="", PATH=str(tmp_path))}
    done = subprocess.run(list(map(str, words)), env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        1, 'lambda-pack: the AWS CLI is not installed: there is no program "aws" on the PATH\n'
           "hint: install it (https://aws.amazon.com/cli), then aws configure, or aws configure sso\n")
