#!/usr/bin/env python3
"""What it costs to call a function through `lambda-pack serve`, and whether that holds under load.

    tests/benchmarks/load.py --build build            # after tools/test; --seconds 10 for a quick look

1. Overhead: one client calls a warm function, next to the same handler called in this process, the same handler behind
   a bare HTTP server in Python, which runs it in the server's own process, and, when it is named, AWS's own emulator:
       go install github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@latest
       tests/benchmarks/load.py --build build --emulator ~/go/bin/aws-lambda-rie
2. Load: for two minutes, several clients in a process of their own call four functions. Every answer is compared; the
   memory of the server and of the functions and the number of processes are looked at all the while, and after Ctrl-C
   nothing may be left.

Ends with an error when an answer is wrong, memory grows or a process stays.
"""

import argparse
import http.client
import http.server
import importlib.util
import json
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

HANDLER = '''\
    import os

    def handler(event, context):
        return {"sum": sum(event["numbers"]), "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME"), "pid": os.getpid()}
    '''
EVENT = {"numbers": list(range(100))}
FUNCTIONS = ("red", "green", "blue", "yellow")
MEBIBYTE = 1 << 20
SERVER_GROWTH = 1  # MiB that the server may grow by under load, once it has settled
# Bytes by which a function's process may grow with each invocation. It is not ours: awslambdaric alone, on a Runtime API
# of 30 lines of Python, grows by 161 with headers as long as ours and by 80 with a short trace id (40,000 invocations,
# Python 3.11, glibc 2.36; Python's own blocks stay the same). Here it was 141.
CLIENT_GROWTH = 256


class Caller:
    """Calls functions over one connection, as the SDKs do."""

    def __init__(self, address):
        self._address = address
        self._connect()

    def _connect(self):
        self._connection = http.client.HTTPConnection(self._address, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, name, body):
        self._connection.request("POST", f"/2015-03-31/functions/{name}/invocations", body)
        response = self._connection.getresponse()
        data = response.read()
        if response.status != 200 or response.getheader("X-Amz-Function-Error"):
            raise SystemExit(f"{name}: status {response.status}: {data[:500]!r}")
        return json.loads(data)


def timed(call, seconds):
    """Milliseconds of each of the calls that fit into the time; those of the first tenth, which warm up, do not count."""
    times = []
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        call()
        times.append((time.perf_counter() - began) * 1000)
    return times[len(times) // 10:]


def describe(name, times, base):
    median = statistics.median(times)
    ordered = sorted(times)
    print(f"| {name} | {median:.3f} | {ordered[len(ordered) * 99 // 100]:.3f} | {median - base:.3f} |", flush=True)
    return median


def bare_server(call):
    """The handler behind http.server, in a process of its own; its address and the process."""
    class Door(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self):
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(call(event, None)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Door)
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    server.server_close()
    return f"127.0.0.1:{server.server_address[1]}", process


def accepts(address):
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port))).close()
        return True
    except OSError:
        return False


def official_emulator(program, project):
    """AWS's emulator with the same handler under the same client; its address and the process."""
    import serving

    kept = Path(os.environ["XDG_CACHE_HOME"]) / "lambda-python" / "environments"
    client = next(kept.glob(f"packages-{serving.MINOR}-*/awslambdaric")).parent
    address, runtime_api = (f"127.0.0.1:{serving.free_port()}" for _ in range(2))
    process = subprocess.Popen(
        [program, "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime_api,
         sys.executable, "-m", "awslambdaric", "my_lambda.handler.handler"],
        cwd=project / "src", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(client), "AWS_LAMBDA_FUNCTION_TIMEOUT": "900"})
    serving.wait_until(lambda: accepts(address))
    return address, process


def overhead(server, project, arguments):
    body = json.dumps(EVENT)
    spec = importlib.util.spec_from_file_location("handler", project / "src" / "my_lambda" / "handler.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    share = min(10, max(1, arguments.seconds / 10))

    print("| the same handler | median ms | 99 % within | overhead |\n|---|---|---|---|")
    inside = timed(lambda: json.dumps(module.handler(json.loads(body), None)), share)
    base = statistics.median(inside)
    describe("in this process", inside, base)
    address, process = bare_server(module.handler)
    bare = describe("behind http.server", timed(lambda caller=Caller(address): caller.call("red", body), share), base)
    process.terminate()
    process.join()
    caller = Caller(server.url.removeprefix("http://"))
    ours = describe("behind lambda-pack serve", timed(lambda: caller.call("red", body), share), base)
    ratios = f"serve ÷ http.server: {ours / bare:.1f}"
    if arguments.emulator:
        address, process = official_emulator(arguments.emulator, project)
        caller = Caller(address)
        theirs = describe("behind AWS's emulator", timed(lambda: caller.call("function", body), share), base)
        process.terminate()
        process.wait()
        ratios += f"; AWS's emulator ÷ serve: {theirs / ours:.1f}"
    print(f"\n{ratios}", flush=True)


def keep_calling(address, names, seconds, calls):
    """The process of the clients: two threads for each function, so that the number of its processes is known."""
    body = json.dumps(EVENT)

    def client(number):
        caller = Caller(address)
        end = time.monotonic() + seconds
        name = names[number % len(names)]
        count = 0
        while time.monotonic() < end:
            answer = caller.call(name, body)
            if (answer["sum"], answer["function"]) != (sum(EVENT["numbers"]), name):
                raise ValueError(f"{name} answered {answer}")
            count += 1
        with calls.get_lock():
            calls.value += count

    def guarded(number):
        try:
            client(number)
        except BaseException as error:  # a thread's own end would not be seen
            print(error, file=sys.stderr, flush=True)
            os._exit(4)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(2 * len(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def descendants(pid):
    """The processes below one, by id."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found, added = {pid}, True
    while added:
        more = {child for child, parent in parents if parent in found} - found
        found |= more
        added = bool(more)
    return found - {pid}


def resident(pids):
    """MiB of the processes together."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", ",".join(map(str, pids))], capture_output=True, text=True)
    return sum(map(int, done.stdout.split())) * 1024 / MEBIBYTE


def calls_so_far(server):
    """Invocations that have ended, as the log has them."""
    with open(server.log_file, "rb") as log:
        return sum(block.count(b"REPORT RequestId: ") for block in iter(lambda: log.read(1 << 24), b""))


def load(server, arguments):
    calls = multiprocessing.Value("q", 0)
    clients = multiprocessing.get_context("spawn" if sys.platform == "darwin" else "fork").Process(
        target=keep_calling, args=(server.url.removeprefix("http://"), FUNCTIONS, arguments.seconds, calls))
    began = time.monotonic()
    clients.start()
    samples = []
    while clients.is_alive():
        clients.join(max(0.5, arguments.seconds / 60))
        below = descendants(server.process.pid)
        samples.append((time.monotonic() - began, resident({server.process.pid}), resident(below), len(below),
                        calls_so_far(server)))
    if clients.exitcode != 0:
        raise SystemExit(f"the clients ended with {clients.exitcode}:\n{server.log[-3000:]}")

    settled = [sample for sample in samples if sample[0] > arguments.seconds / 4]
    first, last = settled[0], settled[-2] if len(settled) > 1 else settled[-1]
    print(f"\n{calls.value} invocations of {len(FUNCTIONS)} functions in {arguments.seconds} s by "
          f"{2 * len(FUNCTIONS)} clients, no error: {calls.value / arguments.seconds:.0f} per second")
    print("| | after a quarter of the time | at its end | ratio |\n|---|---|---|---|")
    for name, place in (("server, MiB", 1), ("functions, MiB", 2), ("processes", 3)):
        print(f"| {name} | {first[place]:.1f} | {last[place]:.1f} | {last[place] / first[place]:.2f} |")
    growth = (last[2] - first[2]) * MEBIBYTE / (last[4] - first[4])
    print(f"\nthe functions' processes grow by {growth:.0f} bytes an invocation (the client's own: see CLIENT_GROWTH)")
    if last[1] > first[1] + SERVER_GROWTH or growth > CLIENT_GROWTH or last[3] != first[3]:
        raise SystemExit("memory or processes grow")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True, help="build folder with bin/lambda-pack")
    parser.add_argument("--seconds", type=float, default=120, help="how long the load lasts")
    parser.add_argument("--emulator", type=Path, help="aws-lambda-rie, to be measured too")
    arguments = parser.parse_args()
    os.environ["LAMBDA_PACK"] = str(arguments.build.resolve() / "bin" / "lambda-pack")
    os.environ.setdefault("XDG_CACHE_HOME", str(arguments.build.resolve() / "test-tools" / "cache"))
    import serving

    scratch = Path(tempfile.mkdtemp(prefix="lambda load "))
    try:
        project = serving.make_project(scratch / "project")
        serving.write(project, {"src/my_lambda/handler.py": HANDLER})
        settings = []
        for name in FUNCTIONS:
            file = scratch / f"{name}.json"
            file.write_text(json.dumps({"project": str(project), "runtime": f"python{serving.MINOR}",
                                        "handler": "my_lambda.handler.handler", "function-name": name, "timeout": 20,
                                        "interpreter": sys.executable}))
            settings.append(f"--settings={file}")
        with serving.serve(settings, scratch / "log") as server:
            overhead(server, project, arguments)
            load(server, arguments)
            below = descendants(server.process.pid)
            server.interrupt()
            try:
                serving.wait_until(lambda: not any(serving.is_alive(pid) for pid in below), seconds=10)
            except AssertionError:
                raise SystemExit("processes are left after Ctrl-C")
            print(f"after Ctrl-C none of the {len(below)} processes is left")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
