"""The head of the zip, which the wheel step and the fetch step write while the project's backend runs: what becomes of
it, and that the zip is the same one without it."""

import json
import os
import subprocess

import pytest

from packing import BACKEND, Package, message_of, wheel_with

# A backend that takes as long as it takes until a file is there.
WAITING = BACKEND.replace("    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n", '''\
    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        import time
        open("started", "w").close()
        end = time.monotonic() + 60
        while not (os.path.exists(AWAITED) or os.path.exists("go on")) and time.monotonic() < end:
            time.sleep(0.002)
''')


class Steps:
    """A package and its steps in a build tree, up to a first zip without a head."""

    def __init__(self, package):
        self.package = package
        self.work = package.root / "work"
        self.head = self.work / "zip-head"
        self.record = self.work / "zip-head.json"
        package.lock(wheel_with({"one/__init__.py": "VALUE = 1\n", "one/noise.bin": os.urandom(100_000)}),
                     wheel_with({"two.py": "VALUE = 2\n"}, name="two"))
        for subcommand in ("export", "fetch", "wheel", "zip"):
            self.run(subcommand)
        self.backend = WAITING.replace("AWAITED", repr(str(self.record)))
        package.write({"backends/tiny.py": self.backend})

    def run(self, subcommand):
        return self.package.succeeds(subcommand, "--work", self.work)

    def edit(self, text):
        self.package.write({"src/my_lambda/handler.py": f"def handler(event, context):\n    return {text!r}\n"})

    def undisturbed(self, folder):
        """The zip of the same project and wheels, made in one go."""
        other = Package(folder)
        other.write({str(path.relative_to(self.package.project)): path.read_text()
                     for path in self.package.project.rglob("*") if path.is_file()})
        other.write({"backends/tiny.py": BACKEND})
        for wheel in self.package.links.iterdir():
            (other.links / wheel.name).write_bytes(wheel.read_bytes())
        other.succeeds("zip")
        return other.zip.read_bytes()


@pytest.fixture
def steps(package):
    return Steps(package)


def test_an_edit_goes_on_from_it(steps, tmp_path):
    steps.edit("edited")
    steps.run("wheel")
    inode = steps.head.stat().st_ino
    head = steps.head.read_bytes()
    steps.run("zip")
    assert steps.package.zip.stat().st_ino == inode, "it was moved, not copied"
    assert steps.package.zip.read_bytes().startswith(head)
    assert steps.package.zip.read_bytes() == steps.undisturbed(tmp_path / "elsewhere")
    assert not steps.head.exists() and not steps.record.exists()
    manifest = json.loads(steps.package.zip.with_name("my_lambda.zip.json").read_text())
    digest = subprocess.run(["sha256sum", "--", steps.package.zip], capture_output=True, text=True, check=True).stdout
    assert digest.split()[0].lstrip("\\") == manifest["sha256"]


def test_the_fetch_step_writes_it_while_the_wheel_step_runs(steps, tmp_path):
    steps.edit("edited")
    (steps.work / "fetched.json").unlink()  # so the wheel step cannot
    wheel = subprocess.Popen(steps.package.command("wheel", "--work", steps.work), env=steps.package.environment())
    while not (steps.package.project / "started").exists():
        assert wheel.poll() is None
    assert not steps.record.exists()
    steps.run("fetch")  # ends once it is written, which lets the backend go on
    assert wheel.wait() == 0
    head = steps.head.read_bytes()
    assert len(head) > 100_000
    steps.run("zip")
    assert steps.package.zip.read_bytes().startswith(head)
    assert steps.package.zip.read_bytes() == steps.undisturbed(tmp_path / "elsewhere")
    steps.run("fetch")
    assert not steps.record.exists(), "no backend runs: there is no time for it"


@pytest.mark.parametrize("damaged", ["one", "two"])
def test_a_wheel_that_is_damaged_after_it_was_verified_is_still_noticed(steps, damaged):
    steps.edit("edited")
    steps.run("wheel")
    before = steps.package.zip.read_bytes()
    stored = next(path for path in (steps.package.store / "files").rglob(f"{damaged}-*.whl"))
    content = bytearray(stored.read_bytes())
    content[40] ^= 1
    stored.chmod(0o644)
    stored.write_bytes(content)
    done = steps.package.run("zip", "--work", steps.work)
    assert done.returncode == 1
    assert message_of(done.stderr).startswith(f"lambda-pack: the stored copy of {stored.name} is damaged: its SHA-256 is ")
    assert steps.package.zip.read_bytes() == before
    assert not steps.head.exists()
    steps.run("fetch")
    steps.run("zip")
    assert b"edited" in steps.package.zip.read_bytes()


def test_a_change_of_the_wheels_makes_another(steps, tmp_path):
    steps.edit("edited")
    steps.run("wheel")
    steps.package.lock(wheel_with({"one/__init__.py": "VALUE = 11\n"}))
    for subcommand in ("export", "fetch", "zip"):
        steps.run(subcommand)
    assert steps.package.zip.read_bytes() == steps.undisturbed(tmp_path / "elsewhere")
    assert not steps.head.exists()


def test_where_no_zips_are_made_none_is_written_again(steps):
    for number in range(3):
        if number > 0:
            (steps.package.project / "go on").touch()  # there is nothing to wait for
        steps.edit(f"edited {number}")
        steps.run("wheel")
        assert steps.head.exists() == (number == 0)
    steps.run("zip")
    (steps.package.project / "go on").unlink()
    steps.edit("edited again")
    steps.run("wheel")
    assert steps.head.exists(), "after a zip there is a next one"


def test_a_wheel_that_stays_as_it_was_leaves_none(steps):
    (steps.package.project / "unpackaged").touch()
    steps.run("wheel")
    assert not steps.head.exists() and not steps.record.exists()


def test_a_backend_that_fails_leaves_none(steps):
    steps.edit("edited")
    steps.package.write({"backends/tiny.py": steps.backend.replace("return wheel", "raise RuntimeError('no')")})
    done = steps.package.run("wheel", "--work", steps.work)
    assert done.returncode == 1 and "RuntimeError: no" in done.stderr
    assert not steps.head.exists() and not steps.record.exists()


def test_damaged_in_the_store_it_is_left_to_the_step_that_packs(steps):
    stored = next((steps.package.store / "files").rglob("one-*.whl"))
    stored.chmod(0o644)
    stored.write_bytes(b"x" + stored.read_bytes()[1:])
    (steps.package.project / "go on").touch()
    steps.edit("edited")
    assert "damaged" not in steps.run("wheel").stderr
    assert not steps.head.exists() and not steps.record.exists()
    done = steps.package.run("zip", "--work", steps.work)
    assert done.returncode == 1 and f"the stored copy of {stored.name} is damaged" in done.stderr
