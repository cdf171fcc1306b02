"""The same project under every kind of lock: the same zip, and a depfile that names what was read."""

import pytest
from lock_kinds import LOCKS, relock, uv_lock
from packing import lock_text, wheel_with

ONE = wheel_with({"one/__init__.py": "VALUE = 1\n"})
LINUX = wheel_with({"one/__init__.py": "VALUE = 2\n"}, tag="cp312-cp312-manylinux_2_17_x86_64")


@pytest.mark.parametrize("name", LOCKS)
def test_every_kind_of_lock_gives_the_same_zip(package, name):
    package.lock(ONE, LINUX)
    package.write({"poetry.lock": lock_text([ONE]).replace(
        "files = [", f'files = [{{file = "{LINUX.name}", hash = "{LINUX.hash}"}},')})
    package.succeeds("zip")
    expected = package.zip.read_bytes()
    package.clear_output()
    relock(package, name, ONE, LINUX)
    messages = package.succeeds("zip").stderr
    assert "warning" not in messages and "Fetching" not in messages  # the files are in the store
    assert package.zip.read_bytes() == expected


@pytest.mark.parametrize("name", LOCKS)
def test_what_was_fetched_is_enough_offline(package, name):
    relock(package, name, ONE, LINUX)
    package.succeeds("zip")
    first = package.zip.read_bytes()
    package.zip.unlink()
    for link in package.links.iterdir():
        link.unlink()
    package.succeeds("zip", "--offline")
    assert package.zip.read_bytes() == first


@pytest.mark.parametrize("name", LOCKS)
def test_the_depfile_names_the_lock(package, name):
    relock(package, name, ONE)
    work = package.out / "work"
    package.succeeds("export", "--work", work)
    assert f"/{name}" in (work / "export.d").read_text()
    assert "one==1.0" in (work / "requirements.txt").read_text()


def test_the_depfile_names_the_files_that_requirements_name(package):
    relock(package, "requirements.txt", ONE)
    (package.project / "requirements.txt").rename(package.project / "base.txt")
    package.write({"requirements.txt": "-r base.txt\n"})
    package.succeeds("export", "--work", package.out / "work")
    assert "/base.txt" in (package.out / "work" / "export.d").read_text()


def test_hashes_that_no_index_lists_are_an_error(package):
    relock(package, "requirements.txt", ONE)
    package.write({"requirements.txt": f"one==1.0 --hash=sha256:{64 * '0'}\n"})
    message = package.fails("zip")
    lock = package.project / "requirements.txt"
    assert message.startswith(f"lambda-pack: no index lists a file of one 1.0 with a hash that {lock} has")


def test_requirements_offline_and_not_in_the_store_are_an_error(package):
    relock(package, "requirements.txt", ONE)
    assert package.fails("zip", "--offline").startswith(
        f"lambda-pack: offline, and not in the store {package.store}: one 1.0\n")


def test_requirements_without_a_wheel_for_the_target_say_what_there_is(package):
    relock(package, "requirements.txt", LINUX)
    message = package.fails("zip", runtime="python3.13")
    assert "one 1.0" in message and "its wheels have cp312-cp312 on manylinux_2_17_x86_64" in message


def test_a_uv_lock_that_does_not_fit_its_pyproject_warns(package):
    relock(package, "uv.lock", ONE)
    package.write({"uv.lock": uv_lock(package, ONE, needs="two")})
    assert package.succeeds("export").stderr == (
        f"lambda-pack: warning: {package.project}/uv.lock does not fit {package.project}/pyproject.toml, which has "
        "changed since: run `uv lock`\n")


def test_the_lock_of_a_workspace_is_that_of_its_root(package):
    relock(package, "uv.lock", ONE)
    text = (package.project / "uv.lock").read_text()
    (package.project / "uv.lock").unlink()
    (package.root / "uv.lock").write_text(
        text.replace('editable = "."', f'editable = "{package.project.name}"').replace(
            "\n\n", '\n\n[manifest]\nmembers = ["my-lambda"]\n\n', 1))
    package.succeeds("zip")
    message = package.run("export", "--extra", "image").stderr
    assert 'has no extra "image"' in message


def test_a_project_that_the_lock_above_does_not_have_is_refused(package):
    relock(package, "uv.lock", ONE)
    (package.project / "uv.lock").rename(package.root / "uv.lock")
    text = (package.root / "uv.lock").read_text().replace("\n\n", '\n\n[manifest]\nmembers = ["shop"]\n\n', 1)
    (package.root / "uv.lock").write_text(text)
    assert package.fails("export") == (
        f"lambda-pack: {package.root}/uv.lock: my-lambda is no member of the workspace\n"
        "hint: its members are shop; a new one needs `uv lock`\n")
