"""Projects that are no packages: their files are packaged as they are."""

import json
import subprocess
import sys
import zipfile

import pytest

from packing import PYPROJECT, tiny_elf, wheel_with

UV_LOCK = ('version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n'
           '[[package]]\nname = "my-lambda"\nversion = "1.0"\nsource = { virtual = "." }\n')
BARE = '[project]\nname = "my-lambda"\nversion = "1.0"\nrequires-python = ">=3.8"\ndependencies = []\n'
# Each with the lock of its tool; the last is a folder of scripts that has nothing but its requirements.
KINDS = {
    "poetry": {"pyproject.toml": '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = ">=3.8"\n'},
    "poetry-with-a-backend": {"pyproject.toml": PYPROJECT + "[tool.poetry]\npackage-mode = false\n"},
    "uv": {"pyproject.toml": BARE + "[tool.uv]\npackage = false\n", "uv.lock": UV_LOCK},
    "no-build-system": {"pyproject.toml": BARE, "uv.lock": UV_LOCK},
    "requirements": {"requirements.txt": ""},
}
CALL = "import importlib, sys; sys.path.insert(0, sys.argv[1]); m, f = sys.argv[2].rsplit('.', 1); " \
       "print(getattr(importlib.import_module(m), f)({'key1': 'v'}, None))"


@pytest.fixture(params=KINDS)
def files(request, package):
    for name in ("pyproject.toml", "src/my_lambda/__init__.py", "src/my_lambda/handler.py", "backends/tiny.py"):
        (package.project / name).unlink()
    for folder in ("src/my_lambda", "src", "backends"):
        (package.project / folder).rmdir()
    if not request.param.startswith("poetry"):
        (package.project / "poetry.lock").unlink()
    package.write(KINDS[request.param])
    return package


def names(package):
    with zipfile.ZipFile(package.zip) as archive:
        return sorted(name for name in archive.namelist() if not name.startswith("one"))


def call(package, handler):
    """What Lambda would: the zip's root on the path, the module imported, the function called."""
    done = subprocess.run([sys.executable, "-I", "-B", "-c", CALL, package.zip, handler], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


def test_a_script_beside_its_project_file_is_packaged_with_its_data(files):
    files.write({"handler.py": "import helper\ndef handler(event, context):\n    return helper.of(event['key1'])\n",
                 "helper.py": "def of(text):\n    return text + '!'\n", "rates.json": "{}", "tests/test_it.py": "",
                 "README.md": "", ".venv/pyvenv.cfg": "", "venv/pyvenv.cfg": "", "venv/lib.py": ""})
    files.succeeds("zip", handler="handler.handler")
    assert names(files) == ["handler.py", "helper.py", "rates.json"]
    assert call(files, "handler.handler") == "v!"


def test_a_module_of_a_package_and_one_in_a_package_are_handlers(files):
    files.write({"shop/__init__.py": "", "shop/api/__init__.py": "", "shop/handler.py": "def run(event, context): return 1\n",
                 "shop/api/v1.py": "def run(event, context): return 2\n"})
    for handler, answer in (("shop.handler.run", "1"), ("shop.api.v1.run", "2")):
        files.succeeds("zip", handler=handler)
        assert call(files, handler) == answer
    assert "did you mean HANDLER shop.handler.run?" in files.fails("zip", handler="handler.run")


def test_src_is_the_root_where_there_is_one(files):
    files.write({"src/shop/handler.py": "def run(event, context): return 1\n", "src/app.py": "", "scripts/load.py": ""})
    files.succeeds("zip", handler="shop.handler.run")
    assert names(files) == ["app.py", "shop/handler.py"]


def test_zip_and_stage_hold_the_same(files):
    files.write({"handler.py": "def handler(event, context): ...\n", "run.sh": "#!/bin/sh\n", "data/deep/x.bin": "x"})
    (files.project / "run.sh").chmod(0o755)
    files.succeeds("zip", handler="handler.handler")
    files.succeeds("stage", handler="handler.handler")
    stage = files.out / "stage"
    with zipfile.ZipFile(files.zip) as archive:
        for entry in archive.infolist():
            assert (stage / entry.filename).read_bytes() == archive.read(entry)
            assert (entry.external_attr >> 16 & 0o111 != 0) == (entry.filename == "run.sh")


def test_exclude_and_files_count_for_them_too(files):
    files.write({"handler.py": "def handler(event, context): ...\n", "notes/todo.md": "", "../motd": "hello\n"})
    files.succeeds("zip", "--exclude", "notes/**", "--file", f"{files.root}/motd=etc/motd", handler="handler.handler")
    assert names(files) == ["etc/motd", "handler.py"]


def test_the_manifest_has_their_size_under_the_name_of_the_package(files):
    files.write({"handler.py": "def handler(event, context): ...\n"})
    files.succeeds("zip", "--name", "billing", handler="handler.handler")
    own = [one for one in json.loads(files.zip.with_suffix(".zip.json").read_text())["distributions"] if one["project"]]
    assert [(one["name"], one["version"], one["size"]) for one in own] == [("billing", "", 33)]
    assert "billing " in files.run_plain("report", "--manifest", f"{files.zip}.json").stdout


def test_there_is_no_wheel_of_them(files):
    files.write({"handler.py": ""})
    assert files.fails("wheel") == (
        f"lambda-pack: {files.project} is no package, so it has no wheel\n"
        "hint: `lambda-pack zip` packages its files as they are; a [build-system] in pyproject.toml makes it a package\n")


def test_a_file_that_a_dependency_brings_too_is_a_conflict(package):
    package.write({"pyproject.toml": "[tool.poetry]\npackage-mode = false\n", "handler.py": "def handler(e, c): ...\n",
                   "src/one/__init__.py": "VALUE = 2\n"})
    assert package.fails("zip") == (
        "lambda-pack: one 1.0 and the project both bring one/__init__.py, with different content\n"
        "hint: drop one of the two, or leave the file out of the wheels: EXCLUDE one/__init__.py\n")


def test_a_native_file_for_another_machine_is_refused(package):
    package.write({"pyproject.toml": "[tool.poetry]\npackage-mode = false\n"})
    (package.project / "src" / "fast.so").write_bytes(tiny_elf(machine=183))
    assert "fast.so (the project)" in package.fails("zip")


def test_a_link_to_shared_code_is_packaged_at_its_place(package):
    package.write({"pyproject.toml": "[tool.poetry]\npackage-mode = false\n", "../shared/money.py": "VALUE = 1\n"})
    (package.project / "src" / "my_lambda" / "shared").symlink_to("../../../shared")
    (package.project / "src" / "lost.py").symlink_to("nowhere")
    said = package.succeeds("zip").stderr
    assert "my_lambda/shared/money.py" in names(package)
    assert f"warning: the link {package.project}/src/lost.py leads nowhere, and is left out" in said


def test_a_setup_script_is_built_and_not_packaged(package):
    """No [build-system]: setuptools' own way, as pip and uv go it."""
    (package.project / "poetry.lock").unlink()
    package.write({"pyproject.toml": "[tool.black]\n", "setup.py": "", "requirements.txt": ""})
    assert f"{package.project}: cannot install its build requirements setuptools" in package.fails("zip")


def test_requirements_beside_a_script_are_packaged(package):
    wheel = wheel_with({"one/__init__.py": "VALUE = 1\n"})
    (package.project / "poetry.lock").unlink()
    (package.project / "pyproject.toml").unlink()
    package.write({"requirements.txt": f"one==1.0 --hash={wheel.hash}\n",
                   "src/app.py": "import one\ndef handler(event, context):\n    return one.VALUE\n"})
    package.succeeds("zip", handler="app.handler")
    assert call(package, "app.handler") == "1"
