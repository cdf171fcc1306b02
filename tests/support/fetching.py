"""Runs the downloads of the helper against servers of the test, with a patience that suits tests."""

import json
import os
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from index_server import Index
from terminal import shown_on_terminal

PROBE = os.environ.get("LAMBDA_PACK_FETCH_PROBE", "")

Done = namedtuple("Done", "stored stderr lines")
UNWANTED = ("PIP_", "UV_", "POETRY_", "SSL_CERT", "REQUESTS_", "CURL_", "LAMBDA_PYTHON_")


def clean_environment(home, **changes):
    """The environment without anything that names an index, a proxy, a certificate or a login."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(UNWANTED) and not name.lower().endswith("_proxy")
    }
    environment.update(HOME=str(home), TERM="xterm", **changes)
    return {name: value for name, value in environment.items() if value is not None}


def file_request(wheel, **more):
    return {"distribution": wheel.distribution, "file": wheel.name, "hashes": [wheel.hash], **more}


class Fetcher:
    def __init__(self, folder, index):
        self.folder = folder
        self.index = index
        self.store = folder / "the store"
        self.last = None
        self._runs = 0

    def start(self, *files, environment=None, stderr=None, popen=None, **options):
        """Starts the probe; `options` are those of its request."""
        self._runs += 1
        request = {
            "store": str(self.store),
            "first_pause_ms": 20,
            "longest_pause_ms": 500,
            "lock_folder": str(self.folder),
            **options,
            "files": [file if isinstance(file, dict) else file_request(file) for file in files],
        }
        path = self.folder / f"request {self._runs}.json"
        path.write_text(json.dumps(request))
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        variables = clean_environment(home, **{"PIP_INDEX_URL": self.index.simple, **(environment or {})})
        log = self.folder / f"stderr {self._runs}"
        process = subprocess.Popen(
            [PROBE, path],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=log.open("w") if stderr is None else stderr,
            text=True,
            restore_signals=False,
            **(popen or {}),
        )
        process.log = log
        return process

    def _run(self, files, timeout=120, user=None, group=None, preexec_fn=None, **options):
        popen = {"user": user, "group": group, "preexec_fn": preexec_fn}
        process = self.start(*files, popen={k: v for k, v in popen.items() if v is not None}, **options)
        output, _ = process.communicate(timeout=timeout)
        return process.returncode, output, self.stderr_of(process)

    def stderr_of(self, process):
        return process.log.read_text()

    def fetch(self, *files, **options):
        """Fetches; the stored bytes, and what was said."""
        code, output, errors = self._run(files, **options)
        assert code == 0, errors
        self.last = Done([Path(line).read_bytes() for line in output.splitlines()], errors, errors.splitlines())
        return self.last

    def fails(self, *files, **options):
        """Fetches, which must fail; the error and its hints."""
        code, output, errors = self._run(files, **options)
        assert code == 1 and output == "", (code, errors)
        return errors[errors.index("lambda-pack: ") :]

    def fetch_on_terminal(self, *files):
        """What a terminal gets to see."""
        return shown_on_terminal(lambda terminal: self.start(*files, stderr=terminal))

    def partial_bytes(self):
        return sum(path.stat().st_size for path in (self.store / "partial").glob("*") if path.suffix != ".json")

    def files_in_store(self):
        return [path for path in self.store.rglob("*") if path.is_file()]


# Tests import these by name.


@pytest.fixture
def index():
    server = Index()
    yield server
    server.close()


@pytest.fixture
def other_index():
    server = Index()
    yield server
    server.close()


@pytest.fixture
def fetcher(tmp_path, index):
    return Fetcher(tmp_path, index)
