"""Path dependencies and other members of a workspace: built by their own backend, from what lies in their folder."""

import hashlib
import shutil
import tarfile

import pytest
from packing import BACKEND, COMMON, PYPROJECT, content, lock_text

def poetry(package):
    locked = (
        '[[package]]\nname = "common"\nversion = "1.0"\ndescription = ""\noptional = false\npython-versions = "*"\n'
        'groups = ["main"]\nfiles = []\ndevelop = true\n[package.source]\ntype = "directory"\nurl = "../common"\n\n'
    )
    package.write({"poetry.lock": locked + lock_text([])})


def uv(package):
    (package.project / "poetry.lock").unlink()
    package.write({"pyproject.toml": PYPROJECT.replace("[project.optional", '    dependencies = ["common"]\n    [project.optional')})
    (package.root / "uv.lock").write_text(
        'version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n[manifest]\nmembers = ["my-lambda", "common"]\n\n'
        f'[[package]]\nname = "my-lambda"\nversion = "1.0"\nsource = {{ editable = "{package.project.name}" }}\n'
        'dependencies = [{ name = "common" }]\n[package.metadata]\n'
        'requires-dist = [{ name = "common", editable = "common" }]\nprovides-extras = ["images"]\n\n'
        '[[package]]\nname = "common"\nversion = "1.0"\nsource = { editable = "common" }\n')


@pytest.fixture(params=[poetry, uv], ids=["poetry", "uv"])
def shared(request, package):
    """A project that needs the folder `common` beside it, locked by each tool."""
    backend = BACKEND.replace("my_lambda-1.0", "common-1.0").replace("my-lambda", "common")
    package.write({"../common/pyproject.toml": COMMON, "../common/backends/tiny.py": backend,
                   "../common/src/common.py": "VALUE = 1\n"})
    request.param(package)
    return package


def test_the_folder_is_packaged_as_it_is_now(shared):
    shared.succeeds("zip")
    assert content(shared, "common.py") == "VALUE = 1\n"
    shared.write({"../common/src/common.py": "VALUE = 2\n"})
    shared.succeeds("zip", "--offline")
    assert content(shared, "common.py") == "VALUE = 2\n"


def test_the_depfile_names_the_files_of_the_folder(shared):
    work = shared.out / "work"
    shared.succeeds("export", "--work", work)
    shared.succeeds("fetch", "--work", work)
    named = (work / "fetch.d").read_text().replace("\\ ", " ")
    assert f"{shared.root}/common/src/common.py" in named
    assert f"{shared.root}/common/pyproject.toml" in named
    assert (work / "requirements.txt").read_text().startswith("# common: built from ")


def test_an_archive_is_built_in_the_folder_that_the_lock_names(package):
    (package.project / "poetry.lock").unlink()
    backend = BACKEND.replace("my_lambda-1.0", "common-1.0").replace("my-lambda", "common")
    for name, text in {"pyproject.toml": COMMON, "backends/tiny.py": backend, "src/common.py": "VALUE = 1\n"}.items():
        package.write({f"tree-1.0/libs/common/{name}": text})
    with tarfile.open(package.project / "tree-1.0.tar.gz", "w:gz") as archive:
        archive.add(package.project / "tree-1.0", "tree-1.0")
    shutil.rmtree(package.project / "tree-1.0")
    digest = hashlib.sha256((package.project / "tree-1.0.tar.gz").read_bytes()).hexdigest()
    lock = ('lock-version = "1.0"\ncreated-by = "a test"\n[[packages]]\nname = "common"\nversion = "1.0"\n'
            f'archive = {{ path = "tree-1.0.tar.gz", hashes = {{ sha256 = "{digest}" }}, subdirectory = "libs/common" }}\n')
    package.write({"pylock.toml": lock})
    package.succeeds("zip", "--source-build", "common")
    assert content(package, "common.py") == "VALUE = 1\n"
    package.write({"pylock.toml": lock.replace("libs/common", "libs/other")})
    assert package.fails("zip", "--source-build", "common") == (
        'lambda-pack: tree-1.0.tar.gz has no folder "libs/other", from which the lock takes common\nhint: lock it again\n')


def test_a_folder_that_is_not_there_is_named(shared):
    (shared.root / "common").rename(shared.root / "elsewhere")
    assert shared.fails("zip") == (
        f"lambda-pack: {shared.root}/common, from which the lock takes common, is not there\n"
        "hint: bring the folder, or correct the dependency's path and lock again\n")


def test_a_folder_that_cannot_be_built_is_named(shared):
    (shared.root / "common" / "pyproject.toml").unlink()
    assert shared.fails("zip") == (
        f"lambda-pack: {shared.root}/common has neither pyproject.toml nor setup.py, "
        "so it cannot be built\nhint: give it a pyproject.toml with a [build-system]\n")


def test_a_folder_of_another_distribution_is_refused(shared):
    shared.write({"../common/backends/tiny.py": BACKEND})
    assert shared.fails("zip") == (
        f"lambda-pack: {shared.root}/common builds my-lambda, but the lock takes common from it\n"
        "hint: correct the dependency, or lock again\n")
