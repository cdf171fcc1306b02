"""A package index on the loopback interface, as honest or as hostile as a test wants it."""

import base64
import hashlib
import io
import json
import threading
import zipfile
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Wheel = namedtuple("Wheel", "distribution name data hash")
Seen = namedtuple("Seen", "path headers")


def make_wheel(distribution, size=2000, version="1.0"):
    """A wheel whose one module has about `size` bytes that do not compress."""
    dist_info = f"{distribution}-{version}.dist-info"
    noise = hashlib.shake_128(distribution.encode()).hexdigest(size // 2)
    files = {
        f"{distribution}/__init__.py": f"noise = '{noise}'\n",
        f"{dist_info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n",
        f"{dist_info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={record_hash(text)},{len(text)}\n" for path, text in files.items())
    files[f"{dist_info}/RECORD"] = record + f"{dist_info}/RECORD,,\n"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel_of(distribution, f"{distribution}-{version}-py3-none-any.whl", data.getvalue())


def record_hash(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def wheel_of(distribution, name, data):
    return Wheel(distribution, name, data, "sha256:" + hashlib.sha256(data).hexdigest())


class Index(ThreadingHTTPServer):
    """Lists wheels at /simple/<distribution>/ and serves them at /files/<name>, with ETags and ranges.

    `answers[path]` may hold a function of the request handler that answers instead, or a list of them for the
    first, the second, ... request of that path, of which the last one stays."""

    daemon_threads = True

    def __init__(self, host="127.0.0.1"):
        super().__init__((host, 0), Handler)
        self.port = self.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self.simple = self.url + "/simple/"
        self.wheels = {}
        self.answers = {}
        self.seen = []
        self.sent = {}  # bytes of bodies, by path
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def add(self, *wheels):
        for wheel in wheels:
            self.wheels[wheel.name] = wheel

    def paths(self):
        return [seen.path for seen in self.seen]

    def requests_of(self, path):
        return [seen.headers for seen in self.seen if seen.path == path]

    def close(self):
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # clients that hang up are part of the tests


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        index = self.server
        index.seen.append(Seen(self.path, dict(self.headers)))
        answer = index.answers.get(self.path, Handler.answer)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        answer(self)

    def answer(self):
        parts = self.path.strip("/").split("/")
        if len(parts) == 2 and parts[0] == "simple":
            return self.list_distribution(parts[1])
        wheel = self.server.wheels.get(parts[-1])
        return self.send_file(wheel.data) if wheel else self.send(404, b"not here")

    def list_distribution(self, distribution):
        files = [
            {
                "filename": wheel.name,
                "url": f"../../files/{wheel.name}",
                "size": len(wheel.data),
                "hashes": {"sha256": wheel.hash.split(":")[1]},
            }
            for wheel in self.server.wheels.values()
            if wheel.distribution == distribution
        ]
        if not files:
            return self.send(404, b"no such distribution")
        page = {"meta": {"api-version": "1.1"}, "name": distribution, "files": files}
        return self.send(200, json.dumps(page).encode(), {"Content-Type": "application/vnd.pypi.simple.v1+json"})

    def send(self, status, body=b"", headers=None, length=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.write(body)

    def write(self, body):
        self.wfile.write(body)
        self.wfile.flush()
        self.server.sent[self.path] = self.server.sent.get(self.path, 0) + len(body)

    def send_file(self, data, etag='"v1"', upto=None):
        """The file, or the range asked for; the connection is cut after `upto` bytes."""
        start, status, headers = 0, 200, {"ETag": etag}
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range") == etag:
            start, status = int(wanted.removeprefix("bytes=").removesuffix("-")), 206
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        rest = data[start:]
        self.send(status, rest[:upto], headers, len(rest))
        if upto is not None:
            self.close_connection = True

    def hang(self):
        self.server.closing.wait(60)
        self.close_connection = True
