"""`lambda-pack serve` as its users have it: a program in a terminal, and clients of the AWS API that know its address."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from packing import BACKEND, PYPROJECT, lock_text

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
SOURCE = Path(os.environ.get("LAMBDA_PYTHON_SOURCE_DIR", Path(__file__).parent.parent.parent))
# Clients read these, and look for a metadata service when there are none.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "eu-west-1",
               "AWS_EC2_METADATA_DISABLED": "true"}
# Does what the event says.
HANDLER = '''\
    import os, signal, subprocess, sys, time

    ANSWER = "first"
    calls = 0

    def handler(event, context):
        global calls
        calls += 1
        do = event.get("do")
        if do == "sleep":
            print("sleeping", flush=True)
            time.sleep(event["seconds"])
        elif do == "raise":
            raise KeyError("id")
        elif do == "exit":
            os._exit(3)
        elif do == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif do == "large":
            return "x" * event["size"]
        elif do == "write":
            open(event["file"], "w").write(context.aws_request_id)
        elif do == "child":
            return [os.getpid(), subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid]
        custom = context.client_context.custom if context.client_context else None
        return {"answer": ANSWER, "calls": calls, "pid": os.getpid(), "cwd": os.getcwd(), "custom": custom,
                "arn": context.invoked_function_arn, "left": context.get_remaining_time_in_millis(),
                "variables": dict(os.environ)}
    '''


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def make_project(folder):
    """A project without dependencies, whose handler does what the event says."""
    write(folder, {"pyproject.toml": PYPROJECT, "backends/tiny.py": BACKEND, "poetry.lock": lock_text([]),
                   "src/my_lambda/__init__.py": "", "src/my_lambda/handler.py": HANDLER})
    return folder


def edit(project, old, new, file="src/my_lambda/handler.py"):
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new))


def arguments_for(project, name="my-lambda"):
    return ["--project", project, "--runtime", f"python{MINOR}", "--handler", "my_lambda.handler.handler",
            "--function-name", name]


def wait_until(condition, seconds=60):
    """The first true value of the condition; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"nothing within {seconds} s")


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Server:
    """The running program, or a build that runs it. Ends with the `with`."""

    def __init__(self, command, log, seconds=300, **environment):
        self.log_file = log
        with open(log, "wb") as stderr:
            self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=stderr,
                                            stdin=subprocess.DEVNULL, start_new_session=True,
                                            env={**os.environ, **CREDENTIALS, **environment})
        try:
            self.url = self._read_url(seconds)
        except BaseException:
            self.end()
            raise

    def _read_url(self, seconds):
        deadline = time.monotonic() + seconds
        text = ""
        while time.monotonic() < deadline:
            if not select.select([self.process.stdout], [], [], 1)[0]:
                continue
            got = os.read(self.process.stdout.fileno(), 65536).decode()
            text += got
            found = re.search(r"^(http://\S+)\n", text, re.MULTILINE)
            if found:
                return found.group(1)
            assert got, f"it ended:\n{text}{self.log}"
        raise AssertionError(f"no address within {seconds} s:\n{text}{self.log}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def log(self):
        return self.log_file.read_text(errors="replace")

    def end(self):
        """Whatever state it is in; the group is the session that the program was started in."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process.stdout.close()

    def interrupt(self):
        """Ctrl-C, as the terminal sends it; how the program ended."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def client(self, **config):
        import boto3
        from botocore.config import Config

        options = {"read_timeout": 120, "max_pool_connections": 64, "retries": {"total_max_attempts": 1}, **config}
        return boto3.client("lambda", endpoint_url=self.url, region_name="eu-west-1", aws_access_key_id="local",
                            aws_secret_access_key="local", config=Config(**options))

    def answer(self, payload=None, name="my-lambda", **options):
        """The function's response to an event, which must not be an error."""
        done = self.client().invoke(FunctionName=name, Payload=json.dumps(payload or {}), **options)
        body = done["Payload"].read()
        assert "FunctionError" not in done, body
        return json.loads(body)


def serve(arguments, log, **environment):
    port = [] if "--port" in arguments else ["--port", "0"]
    return Server([os.environ["LAMBDA_PACK"], "serve", *port, *arguments], log, **environment)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def aws_clis():
    """The AWS CLIs that are here: that of the tests' own environment (version 1), and any of version 2 on the PATH."""
    own = os.path.join(os.path.dirname(sys.executable), "aws")
    found = {"1": own} if os.path.exists(own) else {}
    for folder in os.environ["PATH"].split(os.pathsep):
        program = shutil.which("aws", path=folder)
        if program and "2" not in found:
            said = subprocess.run([program, "--version"], capture_output=True, text=True)
            if said.stdout.startswith("aws-cli/2."):
                found["2"] = program
    return found


class Debugger:
    """An editor's side of the Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol/)."""

    def __init__(self, port):
        self._socket = wait_until(lambda: self._connect(port))
        self._stream = self._socket.makefile("rb")
        self._sequence = 0
        self._seen = []

    @staticmethod
    def _connect(port):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except ConnectionRefusedError:
            return None

    def close(self):
        self._stream.close()
        self._socket.close()

    def send(self, command, **arguments):
        self._sequence += 1
        message = {"seq": self._sequence, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return self._sequence

    def _read(self):
        size = 0
        while (line := self._stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        assert size, "the adapter has gone"
        return json.loads(self._stream.read(size))

    def _wait(self, matches):
        while not (found := next((message for message in self._seen if matches(message)), None)):
            self._seen.append(self._read())
        self._seen.remove(found)
        return found

    def event(self, name):
        return self._wait(lambda message: message.get("event") == name).get("body")

    def response(self, sequence):
        message = self._wait(lambda message: message.get("request_seq") == sequence)
        assert message["success"], message
        return message.get("body")

    def ask(self, command, **arguments):
        return self.response(self.send(command, **arguments))
