"""`lambda-pack invoke`: a function on this machine answers, fails and logs as it does on Lambda."""

import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field

import pytest

from packing import BACKEND, PYPROJECT, lock_text
from serving import MINOR, SOURCE, is_alive, wait_until, write

ID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
EVENT = '{"key1": "value1", "key2": "value2", "key3": "value3"}'
MAXIMUM = 6 * 1024 * 1024 + 100  # bytes of a response: Lambda's 6 MB, and 100 for what the runtime adds


@dataclass
class Failure:
    """What a function does, and what Lambda makes of it.

    `type` and `message` are those of the error object that the caller gets; the message is a regular expression. `status`
    and `error` end the REPORT line. `source` says where Lambda's answer is known from.
    """

    code: str
    type: str
    message: str
    source: str
    status: str = ""
    error: str = ""
    options: list = field(default_factory=list)


# Names of the list of sources in docs/guides/local-runs.md.
CLIENT, EXITS, LIMITS, TIMES, INIT, FILES = "client", "exits", "quotas", "timeouts", "init", "files"


def exits(code, how):
    return Failure(code, "Runtime.ExitError", f"RequestId: {ID} Error: Runtime exited {how}", EXITS, "error",
                   "Runtime.ExitError")


def in_handler(*lines):
    return "\n".join(["def handler(event, context):", *("    " + line for line in lines)]) + "\n"


FAILURES = {
    "an exception": Failure(in_handler("raise KeyError('id')"), "KeyError", "'id'", CLIENT),
    "an exception of its own": Failure("class Denied(Exception): pass\n" + in_handler("raise Denied('not füür you')"),
                                       "Denied", "not füür you", CLIENT),
    "an exception without a message": Failure(in_handler("raise ValueError()"), "ValueError", "", CLIENT),
    "an exception that is chained": Failure(
        in_handler("try:", "    {}['a']", "except KeyError as error:", "    raise RuntimeError('outer') from error"),
        "RuntimeError", "outer", CLIENT),
    "endless recursion": Failure(in_handler("return handler(event, context)"), "RecursionError",
                                 "maximum recursion depth exceeded.*", CLIENT),
    "a set as response": Failure(in_handler("return {1}"), "Runtime.MarshalError",
                                 "Unable to marshal response: Object of type set is not JSON serializable", CLIENT),
    "a time as response": Failure(
        "import datetime\n" + in_handler("return datetime.datetime.now()"), "Runtime.MarshalError",
        "Unable to marshal response: Object of type datetime is not JSON serializable", CLIENT),
    "a generator as response": Failure(
        in_handler("return (n for n in range(3))"), "Runtime.MarshalError",
        "Unable to marshal response: Object of type generator is not JSON serializable", CLIENT),
    "a coroutine as handler": Failure(
        "async " + in_handler("return 1"), "Runtime.MarshalError",
        "Unable to marshal response: Object of type coroutine is not JSON serializable", CLIENT),
    "a response that holds itself": Failure(
        in_handler("one = []", "one.append(one)", "return one"), "Runtime.MarshalError",
        "Unable to marshal response: Circular reference detected", CLIENT),
    "a handler without parameters": Failure(
        "def handler():\n    pass\n", "TypeError", r"handler\(\) takes 0 positional arguments but 2 were given", CLIENT),
    "a handler that is no function": Failure("handler = 5\n", "TypeError", "'int' object is not callable", CLIENT),
    "a dependency that is missing": Failure(
        "import not_there\n" + in_handler("return 1"), "Runtime.ImportModuleError",
        "Unable to import module 'my_lambda.case': No module named 'not_there'", CLIENT, "error",
        "Runtime.ImportModuleError"),
    "a name that a module lacks": Failure(
        "from json import not_there\n" + in_handler("return 1"), "Runtime.ImportModuleError",
        "Unable to import module 'my_lambda.case': cannot import name 'not_there' from 'json'.*", CLIENT, "error",
        "Runtime.ImportModuleError"),
    "a syntax error in a module of its own": Failure(
        "from my_lambda import broken\n" + in_handler("return 1"), "Runtime.UserCodeSyntaxError",
        r"Syntax error in module 'my_lambda.case': .*\(broken.py, line 2\)", CLIENT, "error",
        "Runtime.UserCodeSyntaxError"),
    "an exception while it is imported": Failure(
        "raise RuntimeError('no database')\n" + in_handler("return 1"), "RuntimeError", "no database", CLIENT, "error",
        "RuntimeError"),
    "an exit while it is imported": exits("import sys\nsys.exit(1)\n" + in_handler("return 1"),
                                          "with error: exit status 1"),
    "sys.exit": exits("import sys\n" + in_handler("sys.exit(3)"), "with error: exit status 3"),
    "an exit": exits("import os\n" + in_handler("os._exit(4)"), "with error: exit status 4"),
    "an exit without an error": exits("import os\n" + in_handler("os._exit(0)"), "without providing a reason"),
    "SIGKILL": exits("import os, signal\n" + in_handler("os.kill(os.getpid(), signal.SIGKILL)"),
                     "with error: signal: killed"),
    "SIGTERM": exits("import os, signal\n" + in_handler("os.kill(os.getpid(), signal.SIGTERM)"),
                     "with error: signal: terminated"),
    "a crash": exits("import ctypes\n" + in_handler("ctypes.string_at(0)"),
                     r"with error: signal: segmentation fault(?: \(core dumped\))?"),
    "an abort": exits("import os\n" + in_handler("os.abort()"), r"with error: signal: aborted(?: \(core dumped\))?"),
    "more memory than it has": exits(in_handler("return len(bytearray(400_000_000))"), "with error: signal: killed"),
    "more time than it has": Failure(
        "import time\n" + in_handler("time.sleep(30)"), "Sandbox.Timedout",
        f"RequestId: {ID} Error: Task timed out after 1.00 seconds", TIMES, "timeout", options=["--timeout", "1"]),
    "more time than it has, computing": Failure(
        in_handler("while True:", "    pass"), "Sandbox.Timedout",
        f"RequestId: {ID} Error: Task timed out after 1.00 seconds", TIMES, "timeout", options=["--timeout", "1"]),
    "more than 10 s of initialisation": Failure(
        "import time\ntime.sleep(12)\n" + in_handler("return 1"), "Sandbox.Timedout",
        f"RequestId: {ID} Error: Task timed out after 1.00 seconds", INIT, "timeout", options=["--timeout", "1"]),
    "a response that is too large": Failure(
        in_handler(f"return 'x' * {MAXIMUM - 1}"), "Function.ResponseSizeTooLarge",
        rf"Response payload size exceeded maximum allowed payload size \({MAXIMUM} bytes\).", LIMITS, "error",
        "Runtime.ExitError"),
    "a file that it writes into its own folder": Failure(
        in_handler("open('state', 'w')"), "OSError", r"\[Errno 30\] Read-only file system: 'state'",
        FILES),
}


@pytest.fixture
def function(tmp_path):
    """function(code, *arguments, event=..., environment=...): runs a handler with that code; the ended process."""
    project = tmp_path / "my project"

    def run(code, *arguments, event="{}", minor=MINOR, **environment):
        write(project, {"pyproject.toml": PYPROJECT, "backends/tiny.py": BACKEND, "poetry.lock": lock_text([]),
                        "src/my_lambda/__init__.py": "", "src/my_lambda/case.py": code,
                        "src/my_lambda/broken.py": "x = 1\ndef f(:\n"})
        arguments = ["--function-name", "my-lambda", *arguments]
        return subprocess.run([os.environ["LAMBDA_PACK"], "invoke", "--project", project, "--runtime", f"python{minor}",
                               "--handler", "my_lambda.case.handler", "--event", "-", *arguments],
                              input=event, text=True, capture_output=True, env={**os.environ, **environment})

    return run


def report_of(log):
    """What the REPORT line says, by name."""
    [line] = re.findall(r"^REPORT (.*)$", log, re.MULTILINE)
    return dict(part.split(": ", 1) for part in line.split("\t") if part)


# ---- what works ----


@pytest.mark.parametrize("minor", ["3.9", "3.10", "3.11", "3.12", "3.13"])
def test_the_example_answers_as_on_lambda_under_each_python(lambda_pack, interpreter, tmp_path, minor):
    (tmp_path / "event.json").write_text(EVENT)
    done = subprocess.run([os.environ["LAMBDA_PACK"], "invoke", "--project", SOURCE / "examples/my_lambda",
                           "--runtime", f"python{minor}", "--handler", "my_lambda.handler.handler",
                           "--interpreter", interpreter(minor), "--event", tmp_path / "event.json"],
                          text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (0, '"value1"\n'), done.stderr
    log = done.stderr[done.stderr.index("START"):].splitlines()
    assert re.fullmatch(rf"START RequestId: {ID} Version: \$LATEST", log[0])
    request = log[0].split()[2]
    assert log[1:5] == [f"event: {EVENT}", "key1 = value1", "key2 = value2", "key3 = value3"]
    assert "cwd: /var/task" in log
    assert log[-2] == f"END RequestId: {request}"
    assert re.fullmatch(rf"REPORT RequestId: {request}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
                        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t?", log[-1])


def test_the_context_and_the_variables_are_the_functions_own(function):
    code = "import os\n" + in_handler(
        "return [context.function_name, context.memory_limit_in_mb, context.get_remaining_time_in_millis(),",
        "        context.aws_request_id, os.environ['GREETING'], os.environ['FROM_HERE'], os.environ['LAMBDA_TASK_ROOT'],",
        "        'HOME' in os.environ]")
    done = function(code, "--memory", "512", "--timeout", "7", "--env", "GREETING=a=b c", "--env", "FROM_HERE",
                    FROM_HERE="here")
    assert done.returncode == 0, done.stderr
    name, memory, left, request, greeting, from_here, root, has_home = json.loads(done.stdout)
    assert (name, memory, greeting, from_here, root, has_home) == ("my-lambda", "512", "a=b c", "here", "/var/task", False)
    assert 5000 < left <= 7000
    assert f"START RequestId: {request}" in done.stderr


def test_a_response_of_the_largest_size_comes_through(function):
    done = function(in_handler(f"return 'x' * {MAXIMUM - 2}"))
    assert (done.returncode, len(done.stdout)) == (0, MAXIMUM + 1), done.stderr


@pytest.mark.parametrize("event", ["{}", "[]", "null", "5", '"text"', '{"ü": "\\u0000"}'])
def test_any_json_is_an_event(function, event):
    done = function(in_handler("return event"), event=event)
    assert json.loads(done.stdout) == json.loads(event), done.stderr


def test_what_it_prints_is_in_the_log_in_order(function):
    code = "import logging, sys\nprint('importing')\n" + in_handler(
        "print('out')", "print('err', file=sys.stderr)", "logging.getLogger().warning('logged')", "return None")
    done = function(code)
    assert (done.returncode, done.stdout) == (0, "null\n"), done.stderr
    lines = done.stderr[done.stderr.index("importing"):].splitlines()
    assert lines[0] == "importing" and lines[1].startswith("START") and lines[2:4] == ["out", "err"]
    assert re.fullmatch(rf"\[WARNING\]\t\d{{4}}-\S+Z\t{ID}\tlogged", lines[4])


# ---- what fails ----


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_is_what_lambda_makes_of_it(function, case):
    wanted = FAILURES[case]
    done = function(wanted.code, *wanted.options)
    assert done.returncode == 1, (done.stdout, done.stderr)
    error = json.loads(done.stdout)
    assert error["errorType"] == wanted.type, done.stderr
    assert re.fullmatch(wanted.message, error["errorMessage"]), error
    report = report_of(done.stderr)
    assert (report.get("Status", ""), report.get("Error Type", "")) == (wanted.status, wanted.error)
    assert done.stderr.splitlines()[-1].startswith(f"lambda-pack: my-lambda failed with {wanted.type}")


def readable(pattern):
    for old, new in ((ID, "*id*"), (r"(?: \(core dumped\))?", ""), (".*", " …")):
        pattern = pattern.replace(old, new)
    return re.sub(r"\\(.)", r"\1", pattern)


def test_the_guide_has_the_table_of_these_failures():
    rows = [f"| {case} | `{wanted.type}` | {readable(wanted.message)} | {wanted.status or '–'} | {wanted.source} |"
            for case, wanted in FAILURES.items()]
    assert len(rows) >= 25
    guide = (SOURCE / "docs/guides/local-runs.md").read_text()
    assert "\n".join(rows) in guide, "the table is to be:\n" + "\n".join(rows)
    for source in {wanted.source for wanted in FAILURES.values()}:
        assert f"\n- {source}: " in guide, f"the guide does not say where {source} is"


# ---- what is refused before anything runs ----


@pytest.mark.parametrize("arguments, text, hint", [
    (["--memory", "64"], "the memory size is 64", "from 128 to 10240"),
    (["--timeout", "901"], "the timeout is 901", "from 1 to 900"),
    (["--env", "NOT_SET_ANYWHERE"], "not set in the environment: NOT_SET_ANYWHERE, which my-lambda takes from it",
     "export NOT_SET_ANYWHERE=…, or give the value: --env NOT_SET_ANYWHERE=…"),
    (["--interpreter", "/no/python"], 'there is no Python interpreter "/no/python"',
     "correct LAMBDA_PYTHON_INTERPRETER (--interpreter)"),
])
def test_bad_arguments_are_refused(function, arguments, text, hint):
    done = function(in_handler("return 1"), *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"lambda-pack: {text}\nhint: {hint}\n" in done.stderr


@pytest.mark.parametrize("event, line", [("nope", 1), ("", 1), ('{"a": 1,\n "b" 2}', 2)])
def test_an_event_that_is_not_json_is_refused(function, event, line):
    done = function(in_handler("return 1"), event=event)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"lambda-pack: the event on stdin is not JSON; see its line {line}\n"
                           'hint: for example: {"key": "value"}\n')


def test_an_event_that_is_not_there_is_named(function):
    done = function(in_handler("return 1"), LAMBDA_PYTHON_EVENT="/no/event.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "/no/event.json" in done.stderr


def test_the_interpreter_must_be_of_the_runtimes_minor(function, interpreter):
    other = "3.9" if MINOR != "3.9" else "3.12"
    done = function(in_handler("return 1"), "--interpreter", interpreter(other))
    assert done.returncode == 1
    assert f"is Python {other}, and python{MINOR} needs {MINOR}\n" in done.stderr
    assert "hint: leave out LAMBDA_PYTHON_INTERPRETER (--interpreter) to have one looked for\n" in done.stderr


# ---- what is left ----


def test_what_it_has_started_ends_with_it(function, tmp_path):
    """A child in a session of its own, which no group of the function's reaches."""
    code = "import subprocess, sys, time\n" + in_handler(
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)",
        f"open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid))",
        "return None")
    done = function(code)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: not is_alive(int((tmp_path / "child").read_text())))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(function, tmp_path, number):
    function(in_handler("return None"))  # what is made once has been made
    case = tmp_path / "my project/src/my_lambda/case.py"
    case.write_text("import subprocess, sys, time\n" + in_handler(
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)",
        f"open({str(tmp_path / 'begun')!r}, 'w').write(str(child.pid))",
        f"import os; os.rename({str(tmp_path / 'begun')!r}, {str(tmp_path / 'child')!r})",
        "time.sleep(600)"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running = subprocess.Popen([os.environ["LAMBDA_PACK"], "invoke", "--project", tmp_path / "my project", "--runtime",
                                f"python{MINOR}", "--handler", "my_lambda.case.handler", "--timeout", "600"],
                               env={**os.environ, "TMPDIR": str(temporary)}, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until((tmp_path / "child").exists)
    begin = time.monotonic()
    os.killpg(running.pid, number)
    output, _ = running.communicate(timeout=30)
    assert (running.returncode, output) == (128 + number, b"")
    assert time.monotonic() - begin < 20
    wait_until(lambda: not is_alive(int((tmp_path / "child").read_text())))
    assert list(temporary.iterdir()) == []


# ---- in a build ----


def test_the_target_of_a_build_runs_the_staged_function(tmp_path):
    project = tmp_path / "my project"
    write(project, {
        "pyproject.toml": PYPROJECT, "backends/tiny.py": BACKEND, "poetry.lock": lock_text([]),
        "src/my_lambda/__init__.py": "", "src/my_lambda/case.py": in_handler("return [event, context.function_name]"),
        "event.json": '{"from": "EVENT"}', "CMakeLists.txt": f"""\
            cmake_minimum_required(VERSION 3.22)
            project(functions LANGUAGES NONE)
            add_subdirectory("{SOURCE}" lambda-python)
            lambda_python_package(my_function HANDLER my_lambda.case.handler RUNTIME python{MINOR} EVENT event.json)
            """})
    build = tmp_path / "my build"
    subprocess.run(["cmake", "-G", "Ninja", "-S", project, "-B", build, f"-DLAMBDA_PYTHON_TOOL={os.environ['LAMBDA_PACK']}"],
                   check=True, stdout=subprocess.DEVNULL)

    def invoke(**environment):
        return subprocess.run(["cmake", "--build", build, "--target", "my_function_invoke"], text=True,
                              capture_output=True, input='{"from": "stdin"}', env={**os.environ, **environment})

    done = invoke()
    assert done.returncode == 0 and '\n[{"from": "EVENT"}, "my_function"]\n' in done.stdout, done.stdout + done.stderr
    (tmp_path / "other.json").write_text('{"from": "the environment"}')
    assert '\n[{"from": "the environment"}, ' in invoke(LAMBDA_PYTHON_EVENT=str(tmp_path / "other.json")).stdout
    assert '\n[{"from": "stdin"}, ' in invoke(LAMBDA_PYTHON_EVENT="-").stdout

    write(project, {"src/my_lambda/case.py": in_handler("raise KeyError('id')")})
    failed = invoke()
    assert failed.returncode != 0 and "my_function failed with KeyError: 'id'" in failed.stdout + failed.stderr
