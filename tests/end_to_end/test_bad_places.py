"""Folders that cannot be written, disks that are full, and an index that is not what it should be."""

import os
import resource
import shutil
import subprocess

import pytest

from index_server import Index
from packing import message_of, wheel_with

STORE_HINT = "hint: another store can be chosen with --store or LAMBDA_PYTHON_STORE\n"
READ_ONLY = "hint: that file system is read-only; choose another folder\n"
A_FILE = "hint: a part of that path is a file; choose another folder\n"
FULL = "hint: free some space on that disk and build again\n"


# ---- what cannot be a folder ----


@pytest.mark.parametrize("subcommand, arguments", [
    ("zip", ["--output", "{file}/my_lambda.zip"]),
    ("stage", ["--output", "{file}/stage"]),
    ("wheel", ["--output", "{file}/dist"]),
    ("export", ["--requirements", "{file}/requirements.txt"]),
    ("zip", ["--work", "{file}/work"]),
])
def test_an_output_below_a_file(package, subcommand, arguments):
    package.succeeds("fetch")
    file = package.root / "a letter"
    file.write_text("dear")
    said = package.fails(subcommand, *(text.format(file=file) for text in arguments))
    what, hint = said.splitlines(keepends=True)
    assert what.startswith(f"lambda-pack: making the folder {file}") and what.endswith(": Not a directory\n")
    assert hint == A_FILE


@pytest.mark.parametrize("subcommand", ["fetch", "zip"])
def test_a_store_below_a_file(package, subcommand):
    store = package.project / "poetry.lock" / "store"
    assert package.fails(subcommand, "--store", store) == (
        f"lambda-pack: while fetching one 1.0: making the folder {store}/partial: Not a directory\n{A_FILE}{STORE_HINT}")


def test_build_environments_below_a_file(package):
    store = package.project / "poetry.lock" / "store"
    said = package.fails("wheel", "--store", store)
    assert said.startswith(f"lambda-pack: making the folder {store}/environments") and said.endswith(f"{A_FILE}{STORE_HINT}")


def test_no_folder_for_temporary_files(package):
    assert package.fails("wheel", environment={"TMPDIR": str(package.root / "none")}) == (
        f"lambda-pack: there is no folder for temporary files {package.root}/none\n"
        "hint: set TMPDIR to a folder that can be written to\n")


def test_a_folder_where_the_zip_should_be(package):
    (package.zip / "kept").mkdir(parents=True)
    assert package.fails("zip") == f"lambda-pack: writing {package.zip}: Is a directory\nhint: that is a folder; name a file\n"


def test_a_stage_that_is_not_ours(package):
    (package.out / "stage").mkdir()
    (package.out / "stage" / "letter").write_text("dear")
    assert package.fails("stage") == (
        f"lambda-pack: {package.out}/stage is not empty and was not made by lambda-pack\n"
        "hint: choose an empty folder for the stage, or remove that one yourself\n")


@pytest.mark.parametrize("marker", ["", "[]", '{"files": 3}', '{"files": {"one/__init__.py": ["a", 2, 3, 4]}}'])
def test_a_stage_with_a_damaged_marker_is_written_again(package, marker):
    package.succeeds("stage")
    stage = package.out / "stage"
    (stage / "one" / "__init__.py").write_text("damaged")
    (stage / ".lambda-pack-stage").write_text(marker)
    package.succeeds("stage")
    assert (stage / "one" / "__init__.py").read_text() == "VALUE = 1\n"


# ---- what may not be written ----


@pytest.fixture
def mounted(tmp_path):
    """Runs a command where a folder is mounted as told; needs root, which other tests of permissions cannot use."""

    def wrapper(mount):
        prefix = ["unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh"]
        if os.geteuid() != 0 or shutil.which("unshare") is None:
            pytest.skip("only root may mount")
        if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
            pytest.skip("this machine lets root mount nothing")
        return prefix

    return wrapper


def read_only(folder):
    return f"mount --bind '{folder}' '{folder}' && mount -o remount,bind,ro '{folder}'"


@pytest.fixture
def unwritable(mounted):
    """A wrapper under which the folder cannot be written, and what is said of it."""

    def make(folder):
        if os.geteuid() == 0:
            return mounted(read_only(folder)), "Read-only file system", READ_ONLY
        folder.chmod(0o555)
        return [], "Permission denied", "hint: check the owner and the permissions of that path\n"

    return make


@pytest.mark.parametrize("subcommand, target", [("zip", "my_lambda.zip"), ("wheel", "my_lambda-1.0-py3-none-any.whl")])
def test_an_output_folder_that_may_not_be_written(package, unwritable, subcommand, target):
    output = package.out if subcommand == "wheel" else package.zip
    package.succeeds(subcommand, "--output", output)
    package.write({"src/my_lambda/new.py": ""})
    wrapper, reason, hint = unwritable(package.out)
    assert package.fails(subcommand, "--output", output, wrapper=wrapper) == (
        f"lambda-pack: writing {package.out}/{target}: {reason}\n{hint}")


def test_a_stage_that_may_not_be_written(package, unwritable):
    package.succeeds("stage")
    package.write({"src/my_lambda/new.py": ""})
    wrapper, reason, hint = unwritable(package.out / "stage")
    done = package.run("stage", wrapper=wrapper)  # folders within it may be writable: those are updated
    said = message_of(done.stderr)
    assert done.returncode == 1
    assert said.startswith(f"lambda-pack: writing {package.out}/stage/") and said.endswith(f": {reason}\n{hint}")


def test_a_store_that_may_not_be_written(package, unwritable):
    wrapper, reason, hint = unwritable(package.store)
    assert package.fails("fetch", wrapper=wrapper) == (
        f"lambda-pack: while fetching one 1.0: making the folder {package.store}/partial: {reason}\n{hint}{STORE_HINT}")


def test_a_filled_store_that_may_not_be_written_serves(package, unwritable):
    package.succeeds("zip")
    good = package.zip.read_bytes()
    package.zip.unlink()
    wrapper, _, _ = unwritable(package.store)
    package.succeeds("zip", wrapper=wrapper)
    assert package.zip.read_bytes() == good


# ---- a full disk ----

NOISE = {"one/noise.bin": os.urandom(600_000)}


def tmpfs(folder, size="256k"):
    return f"mount -t tmpfs -o size={size} tmpfs '{folder}'"


def left_after(wrapper, folder):
    """A line of shell that lists what a failed command left on the disk that only it sees."""
    *unshare, line, name = wrapper
    return [*unshare, line.replace('exec "$@"', f'{{ "$@"; status=$?; ls -A "{folder}" >&2; exit $status; }}'), name]


def test_a_full_disk_under_the_zip(package, mounted):
    package.lock(wheel_with(NOISE))
    package.succeeds("fetch")
    said = package.fails("zip", wrapper=left_after(mounted(tmpfs(package.out)), package.out))
    assert said == f"lambda-pack: writing {package.zip}: No space left on device\n{FULL}"
    package.succeeds("zip")


def test_a_full_disk_under_the_stage(package, mounted):
    package.lock(wheel_with(NOISE))
    package.succeeds("fetch")
    said = package.fails("stage", wrapper=mounted(tmpfs(package.out)))
    assert said == f"lambda-pack: writing {package.out}/stage/one/noise.bin: No space left on device\n{FULL}"
    package.succeeds("stage")


def test_a_full_disk_under_the_store(package, mounted):
    package.lock(wheel_with(NOISE))
    wrapper = mounted(tmpfs(package.store))
    done = package.run("fetch", wrapper=left_after(wrapper, package.store / "partial"))
    what, *hints = message_of(done.stderr).splitlines(keepends=True)
    assert done.returncode == 1
    assert what.startswith(f"lambda-pack: while fetching one 1.0: writing {package.store}/partial/")
    assert what.endswith(": No space left on device\n")
    assert hints == [FULL, STORE_HINT], "and no name of a partial file after them"
    package.succeeds("zip")


def limited(size):
    """What a process may write at most into one file; the signal that comes with it must not end it without a word."""
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}


def test_a_limit_of_file_sizes_is_an_error_like_others(package):
    package.lock(wheel_with(NOISE))
    raise_it = "hint: raise the limit of file sizes: ulimit -f unlimited\n"
    said = package.fails("fetch", **limited(100_000))
    assert said.startswith(f"lambda-pack: while fetching one 1.0: writing {package.store}/partial/")
    assert said.endswith(f": File too large\n{raise_it}{STORE_HINT}")
    package.succeeds("fetch")
    assert package.fails("zip", **limited(100_000)) == f"lambda-pack: writing {package.zip}: File too large\n{raise_it}"
    package.succeeds("zip")


# ---- the index ----


@pytest.fixture
def index():
    server = Index()
    yield server
    server.close()


def at(index):
    return {"environment": {"PIP_NO_INDEX": None, "PIP_FIND_LINKS": None, "PIP_INDEX_URL": index.simple}}


def test_a_file_other_than_the_lock_says(package):
    wheel = wheel_with({"one/__init__.py": "VALUE = 1\n"})
    other = wheel_with({"one/__init__.py": "VALUE = 2\n"})
    (package.links / wheel.name).write_bytes(other.data)
    assert package.fails("zip") == (
        f"lambda-pack: while fetching one 1.0: {wheel.name} from {(package.links / wheel.name).as_uri()} is not the file of "
        f"the lock: it has {other.hash}, the lock says {wheel.hash}\n"
        "hint: something between here and the index altered the file, or the index replaced it: compare with the hash on "
        "the index's page, and lock again only if the new file is the right one\n")
    package.offer(wheel)
    package.succeeds("zip")


@pytest.mark.parametrize("status, what", [
    (404, "the index has no distribution one: {page} answered 404 Not Found\n"
          "hint: is it on another index? Name that one in pyproject.toml, or set UV_DEFAULT_INDEX or PIP_INDEX_URL"),
    (401, "{page} answered 401 Unauthorized\nhint: put a line for 127.0.0.1 into ~/.netrc, or a user name and password "
          "into the index's URL (UV_DEFAULT_INDEX or PIP_INDEX_URL)"),
    (403, "{page} answered 403 Forbidden\nhint: put a line for 127.0.0.1 into ~/.netrc, or a user name and password "
          "into the index's URL (UV_DEFAULT_INDEX or PIP_INDEX_URL)"),
])
def test_an_index_that_refuses(package, index, status, what):
    index.answers["/simple/one/"] = lambda handler: handler.send(status)
    page = f"{index.simple}one/"
    assert package.fails("zip", **at(index)) == f"lambda-pack: while fetching one 1.0: {what.format(page=page)}\n"
    assert len(index.seen) == 1


def test_an_index_that_cannot_be_reached(package, index):
    package.lock(wheel_with({"one.py": ""}))
    index.close()
    what, hint = package.fails("fetch", **at(index)).splitlines()
    assert what.startswith(f"lambda-pack: while fetching one 1.0: cannot reach {index.simple}one/: ")
    assert hint == ("hint: check the network, the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and the index's address "
                    "(UV_DEFAULT_INDEX or PIP_INDEX_URL)")


def test_a_download_that_is_cut_again_and_again(package, index):
    """With the program's own patience: five attempts, seconds apart. (A stall takes minutes; the probe's tests have it.)"""
    wheel = wheel_with(NOISE)
    package.lock(wheel)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = lambda handler: handler.send_file(wheel.data, upto=10_000)
    done = package.run("zip", **at(index))
    what, hint = message_of(done.stderr).splitlines()
    assert done.returncode == 1 and not package.zip.exists() and package.stored() == []
    assert what.startswith(f"lambda-pack: while fetching one 1.0: {index.url}{path} was cut after 50.0 kB: ")
    assert what.endswith(" (tried 5 times)") and hint == "hint: try again: what has come is kept"
    index.answers.clear()
    package.succeeds("zip", **at(index))
    assert index.requests_of(path)[-1]["Range"] == "bytes=50000-"


@pytest.mark.parametrize("subcommand", ["fetch", "zip", "stage", "check"])
def test_offline_with_an_empty_store(package, subcommand):
    wanted = (f"lambda-pack: offline, and not in the store {package.store}: one-1.0-py3-none-any.whl\n"
              "hint: build once with the network (LAMBDA_PYTHON_OFFLINE off), or copy a filled store there\n")
    assert package.fails(subcommand, "--offline") == wanted
    assert package.fails(subcommand, environment={"LAMBDA_PYTHON_OFFLINE": "ON"}) == wanted


def test_offline_with_a_filled_store(package):
    package.succeeds("fetch")
    shutil.rmtree(package.links)
    package.succeeds("zip", "--offline")
