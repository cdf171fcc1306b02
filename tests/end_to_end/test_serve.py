"""Functions on this machine behind the AWS API's Invoke: the AWS CLI and boto3 call them unchanged."""

import base64
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from serving import (CREDENTIALS, MINOR, SOURCE, arguments_for, aws_clis, is_alive, make_project, serve, wait_until)

EVENT = {"key1": "value1", "key2": "value2", "key3": "value3"}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-lambda"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("serve") / "my project")


@pytest.fixture(scope="module")
def server(project, tmp_path_factory):
    """One that most tests share: what a test does to the function must not disturb the next one."""
    log = tmp_path_factory.mktemp("log") / "log"
    with serve([*arguments_for(project), "--timeout", "20", "--concurrency", "8"], log) as running:
        yield running


@pytest.fixture
def start(project, tmp_path):
    """Starts a server of the test's own."""
    servers = []

    def start(*arguments, project=project, **environment):
        servers.append(serve([*arguments_for(project), *arguments], tmp_path / f"log {len(servers)}", **environment))
        return servers[-1]

    yield start
    for running in servers:
        running.end()


def refusal_of(call, **arguments):
    """What the AWS API's client says of a call that is refused: status, type, message."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def function_error_of(server, event, name="my-lambda"):
    """The error of an invocation that the function fails, and the end of its log."""
    done = server.client().invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    assert (done["StatusCode"], done["FunctionError"]) == (200, "Unhandled")
    return json.loads(done["Payload"].read()), base64.b64decode(done["LogResult"]).decode()


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_recipes_aws_command_prints_the_log_and_writes_the_response(version, tmp_path):
    programs = aws_clis()
    if version not in programs:
        pytest.skip(f"no AWS CLI of version {version} is here")
    example = tmp_path / "my lambda"
    shutil.copytree(SOURCE / "examples" / "my_lambda", example, ignore=shutil.ignore_patterns("__pycache__"))
    with serve(arguments_for(example), tmp_path / "log") as running:
        # Version 1 takes payloads as they are, and does not know the option that says so.
        binary = "--cli-binary-format raw-in-base64-out " if version == "2" else ""
        line = (f"aws lambda invoke --endpoint-url {running.url} {binary}--function-name my-lambda "
                "--payload '{ \"key1\": \"value1\", \"key2\": \"value2\", \"key3\": \"value3\"}' outputfile.txt "
                "--log-type Tail --query LogResult --output text | base64 -d")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "aws").symlink_to(programs[version])
        done = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=tmp_path, capture_output=True, text=True,
                              env={**os.environ, **CREDENTIALS, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"})
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "outputfile.txt").read_text() == '"value1"'
        first, *output, end, report = done.stdout.splitlines()
        assert first.startswith("START RequestId: ") and first.endswith(" Version: $LATEST")
        assert "key1 = value1" in output
        if sys.platform == "linux":
            assert any(said in output for said in ("cwd: /var/task", f"cwd: {tmp_path}"))
        request = first.split()[2]
        assert end == f"END RequestId: {request}"
        assert report.startswith(f"REPORT RequestId: {request}\tDuration: ") and "Init Duration: " in report
        assert done.stdout in running.log


def test_a_response_says_version_and_request(server):
    done = server.client().invoke(FunctionName="my-lambda", Payload=json.dumps(EVENT))
    assert done["StatusCode"] == 200
    assert done["ExecutedVersion"] == "$LATEST"
    assert len(done["ResponseMetadata"]["RequestId"]) == 36
    assert "LogResult" not in done and "FunctionError" not in done


def test_no_payload_is_an_empty_object(server):
    done = server.client().invoke(FunctionName="my-lambda")
    assert json.loads(done["Payload"].read())["answer"] == "first"


def test_an_event_is_accepted_at_once_and_runs(server, tmp_path):
    began = time.monotonic()
    sleeping = json.dumps({"do": "sleep", "seconds": 5})
    done = server.client().invoke(FunctionName="my-lambda", InvocationType="Event", Payload=sleeping)
    assert time.monotonic() - began < 4
    assert (done["StatusCode"], done["Payload"].read()) == (202, b"")
    written = tmp_path / "written"
    done = server.client().invoke(FunctionName="my-lambda", InvocationType="Event",
                                  Payload=json.dumps({"do": "write", "file": str(written)}))
    wait_until(lambda: written.exists() and written.read_text())
    assert written.read_text() == done["ResponseMetadata"]["RequestId"]


def test_a_dry_run_runs_nothing(server, tmp_path):
    written = tmp_path / "written"
    done = server.client().invoke(FunctionName="my-lambda", InvocationType="DryRun",
                                  Payload=json.dumps({"do": "write", "file": str(written)}))
    assert (done["StatusCode"], done["Payload"].read()) == (204, b"")
    server.answer()
    assert not written.exists()


def test_arn_qualifier_and_client_context_reach_the_function(server):
    context = base64.b64encode(json.dumps({"custom": {"tenant": "blue"}}).encode()).decode()
    answer = server.answer(name=ARN, Qualifier="prod", ClientContext=context)
    assert answer["arn"] == f"{ARN}:prod"
    assert answer["custom"] == {"tenant": "blue"}
    assert server.answer()["arn"].endswith(":function:my-lambda")


def test_a_function_that_is_not_served_is_not_found_and_the_others_are_named(server):
    status, code, message = refusal_of(server.client().invoke, FunctionName="other")
    assert (status, code) == (404, "ResourceNotFoundException")
    assert "my-lambda" in message


@pytest.mark.parametrize("size", [6 * 1024 * 1024 + 1, 30_000_000])
def test_a_payload_above_the_limit_is_refused(server, size):
    status, code, _ = refusal_of(server.client().invoke, FunctionName="my-lambda", Payload=json.dumps("x" * (size - 2)))
    assert (status, code) == (413, "RequestTooLargeException")


def test_a_payload_that_is_not_json_is_refused(server):
    status, code, _ = refusal_of(server.client().invoke, FunctionName="my-lambda", Payload="{key1: 1}")
    assert (status, code) == (400, "InvalidRequestContentException")


def test_a_raising_handler_is_an_error_with_status_200(server):
    error, log = function_error_of(server, {"do": "raise"})
    assert (error["errorType"], error["errorMessage"]) == ("KeyError", "'id'")
    assert "[ERROR] KeyError: 'id'" in log and log.splitlines()[-1].startswith("REPORT ")


@pytest.mark.parametrize("event, kind", [
    ({"do": "exit"}, "Runtime.ExitError"),
    ({"do": "kill"}, "Runtime.ExitError"),
    ({"do": "large", "size": 6_300_000}, "Function.ResponseSizeTooLarge"),
])
def test_a_crash_is_an_error_and_the_server_goes_on(server, event, kind):
    for _ in range(3):
        error, _ = function_error_of(server, event)
        assert error["errorType"] == kind
        assert server.answer()["answer"] == "first"


def test_a_warm_process_serves_again_and_a_crash_makes_the_next_one_cold(start):
    running = start()
    first, second = running.answer(), running.answer()
    assert (first["pid"], first["calls"], second["calls"]) == (second["pid"], 1, 2)
    function_error_of(running, {"do": "exit"})
    third = running.answer()
    assert third["pid"] != first["pid"] and third["calls"] == 1
    reports = [line for line in running.log.splitlines() if line.startswith("REPORT ")]
    assert ["Init Duration" in report for report in reports] == [True, False, False, True]


def test_invocations_at_once_have_a_process_each_and_more_than_may_be_are_refused(start):
    running = start("--concurrency", "3", "--timeout", "60")
    sleep = {"do": "sleep", "seconds": 3}
    with concurrent.futures.ThreadPoolExecutor(4) as clients:
        answers = [clients.submit(running.answer, sleep) for _ in range(3)]
        wait_until(lambda: running.log.count("sleeping") == 3)
        status, code, _ = refusal_of(running.client().invoke, FunctionName="my-lambda")
        assert (status, code) == (429, "TooManyRequestsException")
        assert len({answer.result()["pid"] for answer in answers}) == 3
    assert running.answer()["calls"] == 2


def test_events_wait_for_a_process(start, tmp_path):
    running = start("--concurrency", "1")
    files = [tmp_path / f"written {number}" for number in range(10)]
    for file in files:
        event = json.dumps({"do": "write", "file": str(file)})
        assert running.client().invoke(FunctionName="my-lambda", InvocationType="Event", Payload=event)["StatusCode"] == 202
    wait_until(lambda: all(file.exists() for file in files))


@pytest.fixture
def two_functions(project, tmp_path):
    """Settings of two functions over one project."""
    files = []
    for name, timeout, color in (("quick", 1, "red"), ("patient", 10, "blue")):
        settings = {"project": str(project), "runtime": f"python{MINOR}", "handler": "my_lambda.handler.handler",
                    "function-name": name, "timeout": timeout, "memory": timeout * 256, "env": [f"COLOR={color}", "SHARED"]}
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(settings))
    return [f"--settings={file}" for file in files]


def test_each_function_has_its_own_timeout_memory_and_environment(two_functions, tmp_path):
    with serve(two_functions, tmp_path / "log", SHARED="from outside", HIDDEN="not theirs") as running:
        for name, color, memory in (("quick", "red", "256"), ("patient", "blue", "2560")):
            variables = running.answer(name=name)["variables"]
            assert (variables["COLOR"], variables["SHARED"]) == (color, "from outside")
            assert variables["AWS_LAMBDA_FUNCTION_NAME"] == name
            assert variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == memory
            assert "HIDDEN" not in variables
        assert running.answer(name="patient")["left"] > 8000
        sleep = {"do": "sleep", "seconds": 2}
        error, log = function_error_of(running, sleep, name="quick")
        assert "Task timed out after 1.00 seconds" in error["errorMessage"] and "timed out" in log
        assert running.answer(sleep, name="patient")["answer"] == "first"
        assert running.answer(name="quick")["calls"] == 1, "after a timeout the next start is cold"
        assert "quick: START RequestId: " in running.log and "patient: START RequestId: " in running.log


def test_two_functions_of_one_name_are_an_error(two_functions):
    command = [os.environ["LAMBDA_PACK"], "serve", *two_functions, "--function-name", "same", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "SHARED": ""})
    assert done.returncode == 1
    assert 'two functions are called "same"' in done.stderr and "--function-name" in done.stderr


def test_a_build_by_somebody_else_is_served_next(start, project, tmp_path, lambda_pack):
    """Without --watch: `cmake --build` in another terminal, which stages anew."""
    own = tmp_path / "own project"
    shutil.copytree(project, own)
    work = tmp_path / "work"
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"project": str(own), "runtime": f"python{MINOR}",
                                    "handler": "my_lambda.handler.handler", "function-name": "my-lambda",
                                    "work": str(work), "name": "my_lambda"}))
    for step in ("export", "fetch", "wheel", "stage"):
        lambda_pack(step, "--settings", settings)
    with serve(["--settings", settings], tmp_path / "log") as running:
        assert running.answer()["answer"] == "first"
        handler = own / "src" / "my_lambda" / "handler.py"
        handler.write_text(handler.read_text().replace('"first"', '"second"'))
        for step in ("wheel", "stage"):
            lambda_pack(step, "--settings", settings)
        assert running.answer()["answer"] == "second"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_server_leaves_no_process(start, how):
    running = start("--timeout", "300")
    pids = running.answer({"do": "child"})
    with concurrent.futures.ThreadPoolExecutor(1) as clients:
        clients.submit(running.client().invoke, FunctionName="my-lambda",
                       Payload=json.dumps({"do": "sleep", "seconds": 250}))
        wait_until(lambda: "sleeping" in running.log)
        began = time.monotonic()
        os.killpg(running.process.pid, how)
        assert running.process.wait(30) == 128 + how
    assert time.monotonic() - began < 5
    wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=5)
    assert "lambda-pack: " not in running.log.partition("Ctrl-C")[2], "stopping is no error"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a function ends with its next event")
def test_a_killed_server_leaves_no_function(start):
    running = start()
    pid = running.answer()["pid"]
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not is_alive(pid), seconds=10)


def test_the_port_is_taken_by_another_server(start):
    running = start()
    port = running.url.rpartition(":")[2]
    with pytest.raises(AssertionError, match="in use by another program(?s:.*)--port 0"):
        start("--port", port)
    assert running.answer()["answer"] == "first"


def test_other_machines_are_let_in_only_on_demand_and_with_a_warning(start, server):
    assert server.url.startswith("http://127.0.0.1:")
    assert "warning" not in server.log
    running = start("--host", "0.0.0.0")
    wait_until(lambda: "warning: whoever can reach 0.0.0.0 can run these functions" in running.log)


@pytest.mark.parametrize("arguments, message", [
    (["--port", "70000"], "no port 70000"),
    (["--concurrency", "0"], "concurrency is 0"),
    (["--timeout", "901"], "from 1 to 900"),
    (["--env", "AWS_LAMBDA_FUNCTION_NAME=x"], "AWS_LAMBDA_FUNCTION_NAME"),
    (["--debug=port"], '"port" is no port'),
])
def test_values_that_cannot_be_are_refused(project, arguments, message):
    command = [os.environ["LAMBDA_PACK"], "serve", *arguments_for(project), *arguments]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    assert done.returncode in (1, 2) and done.stdout == ""
    assert message in done.stderr
