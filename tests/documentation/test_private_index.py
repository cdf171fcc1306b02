"""The page on private indexes, with one that asks for credentials: what the page says to write and to type is enough."""
import base64
import os
import zipfile

import pytest

from index_server import Handler, Index, make_wheel
from packing import lock_text
from pages import SOURCE, blocks_of

BLOCKS = blocks_of(SOURCE / "docs/guides/private-index.md")
[TOML], [SHELL] = ([block.text for block in BLOCKS if block.language == language] for language in ["toml", "sh"])
PAGES_INDEX = "https://pypi.corp.example/simple/"
PROJECT = """\
[project]
name = "billing"
version = "1.0"
dependencies = ["one"]

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

"""
CMAKE = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
add_subdirectory(third_party/lambda-python)
lambda_python_package(billing SOURCE_DIR billing HANDLER billing.app.handler RUNTIME python3.13)
"""


@pytest.fixture
def index():
    made = Index()
    made.add(make_wheel("one"))
    login = "Basic " + base64.b64encode(b"ci:s3cr3t").decode()

    def answer(handler):
        if handler.headers.get("Authorization") == login:
            return Handler.answer(handler)
        return handler.send(401, b"who are you?", {"WWW-Authenticate": "Basic"})

    made.answers = {path: answer for path in ["/simple/one/", *(f"/files/{name}" for name in made.wheels)]}
    yield made
    made.close()


def test_the_page_on_private_indexes_is_enough_for_one(workspace, index):
    assert PAGES_INDEX in TOML
    packaged = SOURCE / "tests/consumers/packaged"
    source = f'[package.source]\ntype = "legacy"\nurl = "{index.simple.rstrip("/")}"\nreference = "corp"\n'
    for name, text in {
        "CMakeLists.txt": CMAKE,
        "billing/pyproject.toml": PROJECT + TOML.replace(PAGES_INDEX, index.simple),
        "billing/poetry.lock": lock_text(index.wheels.values()).replace("[metadata]", source + "\n[metadata]"),
        "billing/backend.py": (packaged / "backend.py").read_text(),
        "billing/src/billing/app.py": "def handler(event, context): return 1\n",
    }.items():
        path = workspace.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store = "export LAMBDA_PYTHON_STORE=$PWD/store\n"
    configured = workspace.run(store + "cmake -S . -B build")
    assert configured.returncode == 0, configured.stdout

    refused = workspace.run(store + "TOKEN=wrong\n" + SHELL)
    assert refused.returncode != 0 and "answered 401 Unauthorized" in refused.stdout, refused.stdout
    assert "POETRY_HTTP_BASIC_CORP_USERNAME" in refused.stdout and "wrong" not in refused.stdout

    built = workspace.run(store + "TOKEN=s3cr3t\n" + SHELL)
    assert built.returncode == 0, built.stdout
    with zipfile.ZipFile(workspace.root / "build/billing.zip") as archive:
        assert {"one/__init__.py", "billing/app.py"} <= set(archive.namelist())
    holders = [path for folder in ["build", "store"] for path in (workspace.root / folder).rglob("*")
               if path.is_file() and not os.path.islink(path) and b"s3cr3t" in path.read_bytes()]
    assert holders == [], "credentials are no part of the build tree or the store"
