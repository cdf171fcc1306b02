"""Downloads beside other processes, under interruption, and onto disks that refuse."""

import os
import resource
import signal
import stat
import subprocess
import time
import zipfile

import pytest

from fetching import PROBE, fetcher, index  # noqa: F401 (fixtures)
from index_server import Handler, make_wheel
from packing import Package, lock_text


def test_what_arrived_stays_when_another_file_fails(fetcher, index):
    good, bad = make_wheel("good"), make_wheel("bad")
    index.add(good)
    error = fetcher.fails(bad, good)
    assert "while fetching bad 1.0: " in error
    index.seen.clear()
    assert fetcher.fetch(good).stored == [good.data] and index.seen == []


def test_of_several_failures_the_first_is_told_and_the_others_are_counted(fetcher):
    error = fetcher.fails(make_wheel("one"), make_wheel("two"), make_wheel("three"))
    assert "lambda-pack: while fetching one 1.0: " in error and "(2 more files failed)\n" in error


def test_ctrl_c_keeps_what_came_for_the_next_run(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"

    def stall(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": '"v1"'}, len(wheel.data))
        handler.hang()

    index.answers[path] = [stall, Handler.answer]
    process = fetcher.start(wheel)
    wait_until(lambda: fetcher.partial_bytes() == 100_000)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    index.sent.clear()
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.sent[path] == len(wheel.data) - 100_000


def test_two_processes_fetch_a_file_once(fetcher, index):
    wheels = [make_wheel(name, 100_000) for name in ("one", "two", "three")]
    index.add(*wheels)

    def slowly(handler):
        time.sleep(1)
        Handler.answer(handler)

    index.answers = {f"/files/{wheel.name}": slowly for wheel in wheels}
    processes = [fetcher.start(*wheels) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    for wheel in wheels:
        assert len(index.requests_of(f"/files/{wheel.name}")) == 1
    assert os.listdir(fetcher.store / "partial") == []


def test_packages_built_side_by_side_on_one_store_fetch_a_file_once(tmp_path, index):
    shared = [make_wheel(name, 300_000) for name in ("one", "two", "three")]
    packages = [Package(tmp_path / str(number)) for number in range(4)]
    for number, package in enumerate(packages):
        package.store = packages[0].store
        package.write({"poetry.lock": lock_text([*shared, make_wheel(f"own{number}", 100_000)])})
        index.add(*shared, make_wheel(f"own{number}", 100_000))

    def slowly(handler):
        time.sleep(0.5)
        Handler.answer(handler)

    index.answers = {f"/files/{wheel.name}": slowly for wheel in shared}
    use_index = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "UV_DEFAULT_INDEX": index.simple}
    running = [subprocess.Popen(package.command("zip"), env=package.environment(**use_index), text=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for package in packages]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    files = [path for path in index.paths() if path.startswith("/files/") and path.endswith(".whl")]
    assert sorted(files) == sorted(f"/files/{name}" for name in index.wheels)
    for package in packages:
        assert {"one/__init__.py", "two/__init__.py", "three/__init__.py"} <= set(zipfile.ZipFile(package.zip).namelist())


def test_a_process_takes_over_when_the_one_it_waits_for_dies(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)

    def stall(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": '"v1"'}, len(wheel.data))
        handler.hang()

    path = f"/files/{wheel.name}"
    index.answers[path] = [stall, Handler.answer]
    first = fetcher.start(wheel)
    wait_until(lambda: fetcher.partial_bytes() == 100_000)
    second = fetcher.start(wheel)
    wait_until(lambda: "another process is fetching" in fetcher.stderr_of(second))
    first.kill()
    first.communicate()
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert index.sent[path] == len(wheel.data)


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_store_that_cannot_be_written(fetcher, index, tmp_path):
    """As another user where this one may write everywhere."""
    wheel = make_wheel("one")
    index.add(wheel)
    fetcher.store.mkdir()
    fetcher.store.chmod(0o555)
    options = {}
    if os.geteuid() == 0:
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == 0 and not folder.stat().st_mode & stat.S_IXOTH:
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        options = {"user": 65534, "group": 65534}
        if subprocess.run(["test", "-x", PROBE], **options).returncode != 0:
            pytest.skip("another user cannot run the program from where it is")
    error = fetcher.fails(wheel, **options)
    fetcher.store.chmod(0o755)
    assert error.startswith(
        "lambda-pack: while fetching one 1.0: making the folder " f"{fetcher.store}/partial: Permission denied\n"
    )
    assert "hint: another store can be chosen with --store or LAMBDA_PYTHON_STORE\n" in error
    assert list(fetcher.store.iterdir()) == []


def test_a_disk_that_is_full(fetcher, index, tmp_path):
    wheel = make_wheel("one", 3_000_000)
    index.add(wheel)
    fetcher.store.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", fetcher.store], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("no small file system can be mounted here")
    try:
        error = fetcher.fails(wheel)
        assert error.startswith(f"lambda-pack: while fetching one 1.0: writing {fetcher.store}/partial/sha256-")
        assert ": No space left on device\nhint: free some space on that disk" in error
        assert "hint: another store can be chosen with --store or LAMBDA_PYTHON_STORE\n" in error
        assert fetcher.files_in_store() == []
    finally:
        subprocess.run(["umount", fetcher.store], check=True)


def test_a_file_the_system_lets_grow_no_further(fetcher, index):
    wheel = make_wheel("one", 3_000_000)
    index.add(wheel)

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    error = fetcher.fails(wheel, preexec_fn=limited)
    assert ": File too large\n" in error
    assert fetcher.files_in_store() == []
