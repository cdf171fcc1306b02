"""`lambda-pack handoff`: what Terraform, SAM, CloudFormation, the CDK and the AWS CLI make of the files."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from aws_server import CLI, Aws
from packing import Package

FACTS = ["--function-name", "my-lambda", "--memory", "256", "--timeout", "10", "--env", "STAGE=a ${b}", "--env", "API_TOKEN",
         "--tag", "team=payments", "--description", "Says hello", "--alias", "live"]


@pytest.fixture(scope="module")
def package(tmp_path_factory, environments):
    made = Package(tmp_path_factory.mktemp("handoff"), environments)
    made.succeeds("zip")
    return made


@pytest.fixture(scope="module")
def handoff(package):
    """handoff("--role", "x"): the files, by the middle of their names, and their folder."""

    def run(*arguments):
        folder = package.root / "infra"
        done = package.run_plain("handoff", "--manifest", package.out / "my_lambda.zip.json", "--output", folder, *FACTS,
                                 *arguments)
        assert done.returncode == 0, done.stderr
        paths = [os.path.relpath(line, folder) for line in done.stdout.splitlines()]
        assert sorted(paths) == sorted(os.listdir(folder))
        return folder, {path.split(".")[1]: json.loads((folder / path).read_text()) for path in paths}

    return run


@pytest.fixture
def manifest(package):
    return json.loads((package.out / "my_lambda.zip.json").read_text())


@pytest.mark.parametrize("role", [["--role", "my-ex", "--create-role"], []])
def test_cfn_lint_finds_no_fault(handoff, role):
    folder, _ = handoff(*role)
    program = os.path.join(os.path.dirname(sys.executable), "cfn-lint")
    files = [folder / "my_lambda.cfn.json", folder / "my_lambda.sam.json"]
    done = subprocess.run([program, "--regions", "eu-west-1", "--", *files], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_paths_lead_to_the_zip_and_hashes_are_its_own(handoff, package, manifest):
    folder, files = handoff()
    data = package.zip.read_bytes()
    cdk, terraform = files["cdk"], files["tf"]["locals"]["my_lambda"]
    sam = files["sam"]["Resources"]["MyLambda"]["Properties"]
    for path in (cdk["path"], sam["CodeUri"], terraform["filename"].replace("${path.module}/", "")):
        assert (folder / path).read_bytes() == data
    assert cdk["assetHash"] == hashlib.sha256(data).hexdigest()
    assert terraform["source_code_hash"] == manifest["code_sha256"]
    code = files["cfn"]["Resources"]["MyLambda"]["Properties"]["Code"]
    assert code == {"S3Bucket": {"Ref": "MyLambdaCodeBucket"}, "S3Key": manifest["s3_key"]}


def test_the_aws_cli_takes_its_bodies(handoff, package, manifest):
    """Made, then updated, in a local AWS."""
    aws = Aws()
    try:
        folder, _ = handoff("--role", aws.role_arn)
        environment = {**package.environment(), **aws.environment()}
        link = folder.parent / "zip"  # the CLI's own `fileb://` takes the rest as it is
        link.symlink_to(package.zip)
        for command in ("create-function", "update-function-code", "update-function-configuration"):
            words = [CLI, "lambda", command, "--endpoint-url", aws.url, "--cli-input-json",
                     f"file://{folder}/my_lambda.{command}.json"]
            words += [] if command.endswith("configuration") else ["--zip-file", f"fileb://{link}"]
            done = subprocess.run(words, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        found = aws.client("lambda").get_function_configuration(FunctionName="my-lambda")
        assert (found["CodeSha256"], found["MemorySize"]) == (manifest["code_sha256"], 256)
        assert found["Environment"]["Variables"] == {"STAGE": "a ${b}"}
    finally:
        aws.end()


def test_layers_of_the_build_come_before_external_ones_as_in_a_deployment(handoff):
    own, external = (f"arn:aws:lambda:eu-west-1:123456789012:layer:{name}:1" for name in ("heavy", "insights"))
    _, files = handoff("--external-layer", f"{external}=1000", "--layer-arn", own)
    assert files["tf"]["locals"]["my_lambda"]["layers"] == [own, external]
