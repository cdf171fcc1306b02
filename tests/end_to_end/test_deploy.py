"""`lambda-pack deploy` brings a function to what is described, against a local AWS that checks signatures.

A call of the AWS CLI costs as much as a hundred of the API's own, so that most tests give a role that needs none.
"""

import base64
import hashlib
import json
import os
import subprocess
import zipfile

import pytest

from aws_server import ACCOUNT, REGION
from packing import Package, message_of, wheel_with, zip_of

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:my-lambda"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/my-lambda-ex"
NEW_ROLE = ("--role", "my-lambda-ex", "--create-role")


@pytest.fixture
def package(tmp_path, environments):
    made = Package(tmp_path, environments)
    made.succeeds("zip")
    return made


@pytest.fixture
def deploy(package, aws):
    """deploy("--memory", "256"): the finished process; deploy(…, ok=False) may fail."""

    def run(*arguments, ok=True, environment=None, role=None):
        words = [os.environ["LAMBDA_PACK"], "deploy", "--output", package.zip, "--function-name", "my-lambda",
                 *(("--role", aws.role_arn) if role is None else role)]
        values = {**package.environment(), **aws.environment(**(environment or {}))}
        done = subprocess.run([*map(str, words), *arguments], env={k: v for k, v in values.items() if v is not None},
                              capture_output=True, text=True, timeout=300)
        assert not ok or done.returncode == 0, done.stderr
        return done

    return run


def manifest_of(package):
    return json.loads((package.out / "my_lambda.zip.json").read_text())


def configuration(aws):
    return aws.client("lambda").get_function_configuration(FunctionName="my-lambda")


def change_code(package):
    package.write({"src/my_lambda/handler.py": "def handler(event, context):\n    return event['key2']\n"})
    package.succeeds("zip")


def test_the_first_deployment_makes_the_role_and_the_function(deploy, aws, package):
    done = deploy("--memory", "256", "--timeout", "10", "--description", "Says hello", "--tag", "team=payments",
                  "--env", "STAGE=test", role=NEW_ROLE)
    assert done.stdout == ARN + "\n"
    size = f"{manifest_of(package)['size'] / 1000:.1f} kB"
    assert done.stderr.splitlines() == [
        "my-lambda:",
        "  + role my-lambda-ex",
        "  + policy AWSLambdaBasicExecutionRole of role my-lambda-ex",
        f"  + function my-lambda (python3.12, x86_64, {size}, memory 256, timeout 10)",
        "  ~ environment + STAGE",
        f"my-lambda: created role {ROLE_ARN}",
        "my-lambda: attached its policy",
        f"my-lambda: created {ARN}"]
    assert aws.taken() == ["GetFunction", "GetRole", "CreateRole", "AttachRolePolicy", "CreateFunction",
                           "GetFunctionConfiguration"]

    found = configuration(aws)
    assert found["CodeSha256"] == manifest_of(package)["code_sha256"]
    assert found["Role"] == ROLE_ARN and found["Handler"] == "my_lambda.handler.handler"
    assert (found["Runtime"], found["Architectures"]) == ("python3.12", ["x86_64"])
    assert (found["MemorySize"], found["Timeout"], found["Description"]) == (256, 10, "Says hello")
    assert found["Environment"]["Variables"] == {"STAGE": "test"}
    assert aws.client("lambda").list_tags(Resource=ARN)["Tags"] == {"team": "payments"}
    role = aws.client("iam").get_role(RoleName="my-lambda-ex")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    policies = aws.client("iam").list_attached_role_policies(RoleName="my-lambda-ex")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in policies] == ["AWSLambdaBasicExecutionRole"]


def test_the_second_deployment_changes_nothing_and_says_so(deploy, aws):
    wanted = ["--memory", "256", "--tag", "team=payments", "--env", "STAGE=test", "--alias", "live"]
    deploy(*wanted)
    aws.taken()
    done = deploy(*wanted)
    assert (done.stdout, done.stderr) == (ARN + ":live\n", "my-lambda: nothing to change\n")
    assert aws.taken() == ["GetFunction", "GetFunctionConfiguration"]  # the second is the alias' version
    assert json.loads(deploy(*wanted, "--json").stdout)["changes"] == []


def test_other_code_changes_the_code_only(deploy, aws, package):
    deploy()
    old = manifest_of(package)
    change_code(package)
    aws.taken()
    done = deploy()
    sizes = [f"{manifest['size'] / 1000:.1f} kB" for manifest in (old, manifest_of(package))]
    assert done.stderr.splitlines() == ["my-lambda:", f"  ~ code {sizes[0]} → {sizes[1]}", "my-lambda: updated the code"]
    assert aws.taken()[:2] == ["GetFunction", "UpdateFunctionCode"]
    assert configuration(aws)["CodeSha256"] == manifest_of(package)["code_sha256"] != old["code_sha256"]


def test_another_configuration_changes_the_configuration_only(deploy, aws):
    deploy("--memory", "128", "--env", "A=1", "--env", "B=2", "--description", "one")
    aws.taken()
    done = deploy("--memory", "256", "--env", "A=3", "--env", "C=4", "--timeout", "7", "--description", "two")
    assert done.stderr.splitlines() == [
        "my-lambda:", '  ~ description "one" → "two"', "  ~ environment ~ A, + C, - B", "  ~ memory 128 → 256",
        "  ~ timeout 3 → 7", "my-lambda: updated the configuration"]
    assert aws.taken()[:2] == ["GetFunction", "UpdateFunctionConfiguration"]
    found = configuration(aws)
    assert found["MemorySize"] == 256 and found["Environment"]["Variables"] == {"A": "3", "C": "4"}


def test_what_is_not_described_is_left_as_it_is(deploy, aws):
    deploy("--memory", "512", "--env", "A=1", "--description", "by hand", "--tag", "a=b")
    done = deploy(role=())
    assert done.stderr == "my-lambda: nothing to change\n"
    assert configuration(aws)["MemorySize"] == 512


def test_tags_are_set_and_changed(deploy, aws):
    deploy("--tag", "team=payments", "--tag", "other=x")
    done = deploy("--tag", "team=billing", "--tag", "stage=prod")
    assert done.stderr.splitlines() == ["my-lambda:", "  + tag stage=prod", "  ~ tag team payments → billing",
                                        "my-lambda: set tags"]
    tags = aws.client("lambda").list_tags(Resource=ARN)["Tags"]
    assert tags == {"team": "billing", "stage": "prod", "other": "x"}


def test_an_alias_points_at_a_version_of_what_was_deployed(deploy, aws, package):
    done = deploy("--alias", "live")
    assert done.stdout == f"{ARN}:live\n"
    assert done.stderr.splitlines()[-2:] == ["my-lambda: published version 1",
                                             "my-lambda: alias live points at version 1"]
    change_code(package)
    done = deploy("--alias", "live")
    assert "  ~ alias live 1 → a new version" in done.stderr.splitlines()
    assert aws.client("lambda").get_alias(FunctionName="my-lambda", Name="live")["FunctionVersion"] == "2"
    live = aws.client("lambda").get_function_configuration(FunctionName="my-lambda", Qualifier="live")
    assert live["CodeSha256"] == manifest_of(package)["code_sha256"]


def test_a_dry_run_changes_nothing(deploy, aws, package):
    done = deploy("--dry-run", role=NEW_ROLE)
    size = f"{manifest_of(package)['size'] / 1000:.1f} kB"
    assert done.stdout.splitlines() == [
        "+ role my-lambda-ex", "+ policy AWSLambdaBasicExecutionRole of role my-lambda-ex",
        f"+ function my-lambda (python3.12, x86_64, {size})"]
    assert aws.taken() == ["GetFunction", "GetRole"]
    deploy()
    aws.taken()
    done = deploy("--memory", "1024", environment={"LAMBDA_PYTHON_DRY_RUN": "1"})  # as a target of a build has it
    assert done.stdout == "~ memory 128 → 1024\n" and done.stderr == ""
    assert aws.taken() == ["GetFunction"]
    assert configuration(aws)["MemorySize"] == 128


def test_more_than_50_MB_go_through_s3_under_a_key_of_their_content(deploy, aws, package):
    (package.root / "big.bin").write_bytes(os.urandom(60_000_000))
    package.succeeds("zip", "--file", f"{package.root}/big.bin=big.bin")
    manifest = manifest_of(package)
    assert manifest["size"] > 60_000_000
    assert deploy(ok=False).stderr == (
        "lambda-pack: my_lambda.zip has 60.0 MB, and above 50 MB it goes through S3\n"
        "hint: --s3-bucket NAME (in CMake: S3_BUCKET), a bucket in the function's region\n")
    assert aws.taken() == ["GetFunction"]

    done = deploy("--s3-bucket", "deployments", ok=False)
    assert "bucket" in done.stderr and done.returncode == 1
    aws.client("s3").create_bucket(Bucket="deployments",
                                   CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.taken()
    done = deploy("--s3-bucket", "deployments")
    assert f"uploading 60.0 MB to s3://deployments/{manifest['s3_key']}" in done.stderr
    objects = aws.client("s3").list_objects_v2(Bucket="deployments")["Contents"]
    assert [(one["Key"], one["Size"]) for one in objects] == [(manifest["s3_key"], manifest["size"])]
    assert manifest["sha256"] in manifest["s3_key"]
    assert configuration(aws)["CodeSha256"] == manifest["code_sha256"]
    aws.taken()
    assert deploy("--s3-bucket", "deployments").stderr == "my-lambda: nothing to change\n"
    assert aws.taken() == ["GetFunction"]


def make_layer(package, content):
    """A layer's zip and its manifest, as far as a deployment reads it."""
    zip_file = package.out / "heavy.zip"
    zip_file.write_bytes(zip_of({zipfile.ZipInfo("python/heavy.py"): content}))
    digest = hashlib.sha256(zip_file.read_bytes())
    manifest = package.out / "heavy.zip.json"
    manifest.write_text(json.dumps({
        "schema": 1, "kind": "layer", "name": "heavy", "layer_name": "my-heavy", "zip": "heavy.zip",
        "size": zip_file.stat().st_size, "unzipped_size": len(content), "sha256": digest.hexdigest(),
        "code_sha256": base64.b64encode(digest.digest()).decode(), "runtimes": ["python3.12"], "architectures": ["x86_64"],
        "packages": {}, "native_files": [], "distributions": []}))
    return digest.hexdigest()


def test_a_layer_is_published_when_it_differs_and_attached(deploy, aws, package):
    layer = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:my-heavy"
    options = ["--layer-manifest", str(package.out / "heavy.zip.json")]
    first = make_layer(package, b"VALUE = 1")
    plan = deploy(*options, "--dry-run")
    assert plan.stdout.startswith("+ function my-lambda") and "PublishLayerVersion" not in aws.taken()
    done = deploy(*options)
    assert f"layer my-heavy: published {layer}:1\n" in done.stderr
    assert [one["Arn"] for one in configuration(aws)["Layers"]] == [f"{layer}:1"]
    version = aws.client("lambda").get_layer_version(LayerName="my-heavy", VersionNumber=1)
    assert version["Description"] == f"lambda-pack sha256:{first}"
    assert version["Content"]["CodeSha256"] == base64.b64encode(bytes.fromhex(first)).decode()
    assert version["CompatibleRuntimes"] == ["python3.12"]
    assert deploy(*options).stderr == "my-lambda: nothing to change\n"

    make_layer(package, b"VALUE = 2")
    assert deploy(*options, "--dry-run").stdout == f"~ layers + my-heavy:new, - {layer}:1\n"
    aws.taken()
    done = deploy(*options)
    assert f"  ~ layers + {layer}:2, - {layer}:1" in done.stderr.splitlines()
    assert aws.taken()[:4] == ["ListLayerVersions", "PublishLayerVersion", "GetFunction", "UpdateFunctionConfiguration"]
    make_layer(package, b"VALUE = 1")  # what was there before is not published again
    deploy(*options)
    assert "PublishLayerVersion" not in aws.taken()
    assert [one["Arn"] for one in configuration(aws)["Layers"]] == [f"{layer}:1"]


def test_a_layer_of_more_than_50_MB_goes_through_s3_under_a_key_of_its_content(deploy, aws, package):
    package.lock(wheel_with({"heavy/__init__.py": "", "heavy/data.bin": os.urandom(60_000_000)}, name="heavy"))
    heavy = package.out / "heavy.zip"
    made = package.run_plain("zip", "--kind", "layer", "--project", package.project, "--output", heavy,
                             "--compatible-runtime", "python3.12")
    assert made.returncode == 0, made.stderr
    options = ["--layer-manifest", str(package.out / "heavy.zip.json")]
    package.succeeds("zip", *options)
    manifest = json.loads((package.out / "heavy.zip.json").read_text())
    assert manifest["size"] > 60_000_000 > manifest_of(package)["size"]
    for dry in ([], ["--dry-run"]):
        assert deploy(*options, *dry, ok=False).stderr == (
            "lambda-pack: heavy.zip has 60.0 MB, and above 50 MB it goes through S3\n"
            "hint: --s3-bucket NAME (in CMake: S3_BUCKET), a bucket in the function's region\n")
    assert "PublishLayerVersion" not in aws.taken()

    aws.client("s3").create_bucket(Bucket="deployments", CreateBucketConfiguration={"LocationConstraint": REGION})
    done = deploy(*options, "--s3-bucket", "deployments")
    key = f"heavy/{manifest['sha256']}.zip"
    assert f"uploading 60.0 MB to s3://deployments/{key}\n" in done.stderr
    (stored,) = aws.client("s3").list_objects_v2(Bucket="deployments")["Contents"]
    assert (stored["Key"], stored["Size"]) == (key, manifest["size"])
    assert aws.client("s3").get_object(Bucket="deployments", Key=key)["Body"].read() == heavy.read_bytes()
    version = aws.client("lambda").get_layer_version(LayerName="heavy", VersionNumber=1)
    assert version["Content"]["CodeSha256"] == manifest["code_sha256"]
    assert configuration(aws)["CodeSha256"] == manifest_of(package)["code_sha256"]
    assert [one["Arn"] for one in configuration(aws)["Layers"]] == [f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:heavy:1"]
    aws.taken()
    assert deploy(*options, "--s3-bucket", "deployments").stderr == "my-lambda: nothing to change\n"
    assert aws.taken() == ["ListLayerVersions", "GetFunction"]


def test_a_secret_comes_from_the_environment_and_is_seen_nowhere(deploy, aws, package):
    secret = "s3cret-§-value"
    done = deploy("--env", "TOKEN", "--env", "STAGE=test", "--verbose", environment={"TOKEN": secret})
    assert configuration(aws)["Environment"]["Variables"] == {"TOKEN": secret, "STAGE": "test"}
    changed = deploy("--env", "TOKEN", "--env", "STAGE=test", "--verbose", environment={"TOKEN": secret + "2"})
    assert "  ~ environment ~ TOKEN" in changed.stderr.splitlines()
    for output in (done.stdout, done.stderr, changed.stdout, changed.stderr):
        assert secret not in output and json.dumps(secret)[1:-1] not in output
    missing = deploy("--env", "TOKEN", ok=False)
    assert message_of(missing.stderr) == (
        "lambda-pack: not set in the environment: TOKEN, which my-lambda takes from it\nhint: export TOKEN=…, then deploy\n")


def test_a_remote_invocation_prints_the_log_and_the_response(deploy, aws, package):
    deploy("--alias", "live")
    event = package.root / "event.json"
    event.write_text('{"key1": "value1"}')
    environment = {**package.environment(), **aws.environment()}
    done = subprocess.run([os.environ["LAMBDA_PACK"], "remote-invoke", "--function-name", "my-lambda", "--alias", "live",
                           "--event", event], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == '{"key1": "value1"}\n'  # this local AWS answers with the event instead of running the function
    operation, headers, body = aws.requests[-1]
    assert (operation, body) == ("Invoke", b'{"key1": "value1"}')
    assert headers["X-Amz-Log-Type"] == "Tail"
