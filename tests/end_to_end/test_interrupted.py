"""Ctrl-C at any step: what was begun is removed, and the same command then makes what an undisturbed one makes."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from index_server import Handler, Index
from packing import BACKEND, PYPROJECT, Package, partial_files, wheel_with

SLOW_BACKEND = '''\
    import pathlib, sys, time
    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        (pathlib.Path(wheel_directory) / "half.whl").write_text("half")
        pathlib.Path(r"{started}").touch()
        time.sleep(60)
    '''


class Run:
    """The program in a process group of its own, as a shell starts it."""

    def __init__(self, package, subcommand, *arguments, environment=None):
        self.temporary = package.root.parent / "temporary"
        self.temporary.mkdir(exist_ok=True)
        variables = package.environment(**{"TMPDIR": str(self.temporary), **(environment or {})})
        self.process = subprocess.Popen(package.command(subcommand, *arguments), env=variables, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def interrupt(self, number=signal.SIGINT):
        """What Ctrl-C does; the exit code."""
        os.killpg(self.process.pid, number)
        _, diagnostics = self.process.communicate(timeout=60)
        assert "lambda-pack: " not in diagnostics, "an interruption is no error"
        assert list(self.temporary.iterdir()) == []
        return self.process.returncode


def outcome(package):
    """What a build leaves, without the times of files that the stage's marker holds."""
    return {name: content for name, content in package.snapshot().items() if not name.endswith("/.lambda-pack-stage")}


def undisturbed(package, tmp_path, *arguments):
    """The zip and the stage of the same project, made elsewhere without an interruption."""
    other = Package(tmp_path / "elsewhere", package.store / "environments")
    shutil.rmtree(other.project)
    shutil.copytree(package.project, other.project)
    shutil.copytree(package.links, other.links, dirs_exist_ok=True)
    for subcommand in ("zip", "stage"):
        other.succeeds(subcommand, *arguments)
    return {name: content for name, content in outcome(other).items() if name.startswith(other.out.name)}


# ---- each step, held where it takes its time ----


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("subcommand", ["export", "fetch", "zip"])
def test_while_the_lock_is_read(package, tmp_path, subcommand, number):
    expected = undisturbed(package, tmp_path)
    lock = package.project / "poetry.lock"
    text = lock.read_text()
    lock.unlink()
    os.mkfifo(lock)
    arguments = ["--requirements", package.out / "requirements.txt"] if subcommand == "export" else []
    run = Run(package, subcommand, *arguments)
    writer = os.open(lock, os.O_WRONLY)  # waits for the reader
    names = sorted(os.listdir(package.out))
    assert run.interrupt(number) == 128 + number
    os.close(writer)
    assert sorted(os.listdir(package.out)) == names
    lock.unlink()
    lock.write_text(text)
    package.succeeds(subcommand, *arguments)
    if subcommand == "export":
        assert (package.out / "requirements.txt").read_text().startswith("one==1.0 ")
    if subcommand == "zip":
        assert package.zip.read_bytes() == expected["out put/my_lambda.zip"]


@pytest.fixture
def index():
    server = Index()
    yield server
    server.close()


@pytest.mark.parametrize("subcommand", ["fetch", "zip", "stage"])
def test_while_a_file_is_fetched(package, tmp_path, index, subcommand):
    wheel = wheel_with({"one/noise.bin": os.urandom(300_000)})
    package.lock(wheel)
    index.add(wheel)
    expected = undisturbed(package, tmp_path)
    path = f"/files/{wheel.name}"

    def stall(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": '"v1"'}, len(wheel.data))
        handler.hang()
    index.answers[path] = [stall, Handler.answer]
    environment = {"PIP_NO_INDEX": None, "PIP_FIND_LINKS": None, "PIP_INDEX_URL": index.simple}
    run = Run(package, subcommand, environment=environment)
    run.wait_for(lambda: any((package.store / "partial" / name).stat().st_size == 100_000
                             for name in partial_files(package.store)))
    before = package.snapshot()
    assert run.interrupt() == 130
    assert package.snapshot() == before and package.stored() == []

    package.succeeds(subcommand, environment=environment)
    assert index.requests_of(path)[1]["Range"] == "bytes=100000-", "what had come is not fetched again"
    assert partial_files(package.store) == []
    made = {name: content for name, content in outcome(package).items() if name.startswith("out put")}
    assert made.items() <= expected.items()


@pytest.mark.parametrize("subcommand", ["wheel", "zip", "stage", "check"])
def test_while_the_backend_runs(package, tmp_path, subcommand):
    package.succeeds("fetch")
    started = tmp_path / "started"
    package.write({"backends/tiny.py": SLOW_BACKEND.format(started=started)})
    run = Run(package, subcommand)
    run.wait_for(started.exists)
    before = package.snapshot()
    assert run.interrupt() == 130
    assert package.snapshot() == before

    package.write({"backends/tiny.py": BACKEND})
    package.succeeds(subcommand)
    expected = undisturbed(package, tmp_path)
    if subcommand == "zip":
        assert package.zip.read_bytes() == expected["out put/my_lambda.zip"]


def test_a_backend_that_does_not_mind_the_interruption_is_not_waited_for(package, tmp_path):
    started = tmp_path / "started"
    deaf = "    import signal\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    package.write({"backends/tiny.py": deaf + SLOW_BACKEND.format(started=started)})
    run = Run(package, "wheel")
    run.wait_for(started.exists)
    begin = time.monotonic()
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(timeout=30) == 130
    assert time.monotonic() - begin < 20 and list(run.temporary.iterdir()) == []
    os.killpg(run.process.pid, signal.SIGKILL)


@pytest.mark.parametrize("subcommand", ["wheel", "zip"])
def test_while_the_build_environment_is_made(tmp_path, subcommand):
    package = Package(tmp_path)  # no environment is there yet
    package.succeeds("fetch")
    started = tmp_path / "started"
    programs = tmp_path / "programs"
    programs.mkdir()
    uv = package.environment()["PATH"].split(os.pathsep)[0] + "/uv"
    (programs / "uv").write_text(f'#!/bin/sh\n"{uv}" "$@"\ntouch "{started}"\nsleep 60\n')
    (programs / "uv").chmod(0o755)
    run = Run(package, subcommand, environment={"PATH": f"{programs}{os.pathsep}{package.environment()['PATH']}"})
    run.wait_for(started.exists)
    before = package.snapshot()
    assert run.interrupt() == 130
    assert package.snapshot() == before

    package.succeeds(subcommand)
    environments = [folder for folder in (package.store / "environments").iterdir() if (folder / "pyvenv.cfg").exists()]
    assert len([folder for folder in environments if not folder.is_symlink()]) == 1, "the unfinished one is gone"


# ---- anywhere else: at every tenth of a run ----

FRACTIONS = [number / 10 for number in range(11)]
ENDS = (0, 130, -signal.SIGINT)  # done already, interrupted, and interrupted before anything had begun


@pytest.fixture(scope="module")
def large(tmp_path_factory, environments):
    """A package whose zip and whose stage take their time, and what an undisturbed build makes of it."""
    package = Package(tmp_path_factory.mktemp("large"), environments)
    noise = os.urandom(4_000_000)
    package.lock(wheel_with({f"one/{number}.bin": noise for number in range(10)}),
                 wheel_with({f"two/m{number}.py": f"VALUE = {number}\n" for number in range(1500)}, name="two"))
    package.write({"pyproject.toml": PYPROJECT})
    package.work = package.root / "work"
    for subcommand in ("export", "fetch", "wheel"):
        package.succeeds(subcommand, "--work", package.work)
    package.prepared = package.snapshot()
    package.finished, package.seconds = {}, {}
    for subcommand in ("zip", "stage"):
        begin = time.monotonic()
        package.succeeds(subcommand, "--work", package.work)
        package.seconds[subcommand] = time.monotonic() - begin
        package.finished[subcommand] = outcome(package)
    return package


def reset(package, subcommand):
    """As it was before the step, but for the stage: that is updated in place."""
    (package.work / f"{subcommand}.stamp").unlink(missing_ok=True)
    if subcommand == "zip":
        package.zip.unlink(missing_ok=True)
        package.zip.with_name(package.zip.name + ".json").unlink(missing_ok=True)
    else:
        shutil.rmtree(package.work / "stage", ignore_errors=True)


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("subcommand", ["zip", "stage"])
def test_at_any_moment(large, subcommand, fraction):
    reset(large, subcommand)
    expected = large.finished["stage"]  # made after the zip: it has all
    run = Run(large, subcommand, "--work", large.work)
    time.sleep(fraction * large.seconds[subcommand])
    code = run.interrupt()
    assert code in ENDS
    left = outcome(large)
    assert left.keys() <= expected.keys(), "no name that a finished build does not have"
    changed = {name for name in left if left[name] != expected[name]}
    assert changed == set(), "each file is whole, or not there"
    if f"work/{subcommand}.stamp" in left:  # all was done; the signal may still have met the end of the process
        assert left.keys() == expected.keys()
    else:
        assert code != 0

    large.succeeds(subcommand, "--work", large.work)
    assert outcome(large) == expected


@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.8])
def test_an_interrupted_update_of_the_stage_is_finished_by_the_next(large, fraction):
    large.succeeds("stage", "--work", large.work)
    for number in range(0, 1500, 3):
        (large.work / "stage" / "two" / f"m{number}.py").write_text("VALUE = 'old'\n")
    (large.work / "stage" / "stray").mkdir(exist_ok=True)
    (large.work / "stage" / "stray" / "file").write_text("")
    run = Run(large, "stage", "--work", large.work)
    time.sleep(fraction * large.seconds["stage"])
    assert run.interrupt() in ENDS
    large.succeeds("stage", "--work", large.work)
    assert outcome(large) == large.finished["stage"]


@pytest.mark.parametrize("fraction", [0.3, 0.6, 0.9])
def test_an_interruption_leaves_the_zip_of_the_build_before(large, fraction):
    handler = large.project / "src" / "my_lambda" / "handler.py"
    text = handler.read_text()

    def build(source):
        handler.write_text(source)
        large.succeeds("wheel", "--work", large.work)
        large.succeeds("zip", "--work", large.work)
        return large.zip.read_bytes()

    new, good = build(text + "# edited\n"), build(text)
    assert new != good
    handler.write_text(text + "# edited\n")
    large.succeeds("wheel", "--work", large.work)
    run = Run(large, "zip", "--work", large.work)
    time.sleep(fraction * large.seconds["zip"])
    assert run.interrupt() in ENDS
    assert large.zip.read_bytes() in (good, new)
    assert sorted(os.listdir(large.out)) == ["my_lambda.zip", "my_lambda.zip.json"]
    assert build(text + "# edited\n") == new and build(text) == good
