"""The kept environments that backends run in: who makes them, what interrupts it, which interpreter they have."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest

from wheel_building import BACKENDS, Builder, PROBE, PYTHON, make_in_tree_project, make_project, uv_folder

pytestmark = pytest.mark.skipif(not PROBE, reason="LAMBDA_PACK_WHEEL_PROBE names no program")


def test_a_requirement_that_does_not_exist_is_named(fresh_builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    said = fresh_builder.fail(project, tmp_path / "out", "flit_core.buildapi", ["flit-core==0.0.0.1"])
    assert f"{project}: cannot install its build requirements flit-core==0.0.0.1 by uv\n" in said
    assert "hint: check [build-system] requires" in said


def test_a_requirement_cannot_be_an_option_of_the_installer(fresh_builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    said = fresh_builder.fail(project, tmp_path / "out", "flit_core.buildapi", ["--index-url=https://example.com"])
    assert '"--index-url=https://example.com" in [build-system] requires is no requirement' in said


def test_offline_without_a_kept_environment_says_what_is_missing(fresh_builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    empty = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_FIND_LINKS": "", "PIP_FIND_LINKS": ""}
    said = fresh_builder.fail(project, tmp_path / "out", *BACKENDS["flit"][:2], mode="OFFLINE", environment=empty)
    assert "cannot install its build requirements flit_core>=3.4 by uv while offline" in said
    assert "hint: build once with the network" in said


def test_offline_with_a_kept_environment_builds(builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    builder.build_with("flit", project, tmp_path / "out")
    builder.build_with("flit", project, tmp_path / "out", mode="OFFLINE", environment={"PATH": "/usr/bin:/bin"})


def fake_uv(folder, body):
    """A uv that does `body` first, then what uv does."""
    folder.mkdir()
    (folder / "uv").write_text(f'#!/bin/sh\n{body}\nexec "{uv_folder()}/uv" "$@"\n')
    (folder / "uv").chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_after_an_interruption_while_the_environment_is_made_the_next_build_works(tmp_path, number):
    project, started = make_project(tmp_path / "project", "flit"), tmp_path / "started"
    slow = Builder(tmp_path / "environments",
                   fake_uv(tmp_path / "slow", f'case "$*" in *install*) touch "{started}"; sleep 20;; esac'))
    process = slow.start(project, tmp_path / "out", *BACKENDS["flit"][:2])
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode in (128 + number, -number)

    Builder(tmp_path / "environments").build_with("flit", project, tmp_path / "out")
    folders = [path for path in (tmp_path / "environments").iterdir() if (path / "pyvenv.cfg").exists()]
    assert len([path for path in folders if not path.is_symlink()]) == 1, "what the interrupted one left is gone"


BY_A_PROGRAM = """\
    import os, subprocess, zipfile
    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        subprocess.run(["wheel", "version"], check=True)
        zipfile.ZipFile(os.path.join(wheel_directory, "my_lambda-1.2-py3-none-any.whl"), "w").close()
        return "my_lambda-1.2-py3-none-any.whl"
    """


def test_an_environment_made_through_a_link_serves_without_it(tmp_path):
    project = make_in_tree_project(tmp_path / "project", BY_A_PROGRAM)
    kept, link, log = tmp_path / "kept", tmp_path / "link", tmp_path / "log"
    kept.mkdir()
    link.symlink_to(kept)
    path = fake_uv(tmp_path / "logged", f'echo "$1" >> "{log}"')

    def build_in(folder):
        Builder(folder, path).build(project, tmp_path / "out", "own", ["wheel"], backend_path="backends")

    build_in(link)
    made = log.read_text()
    link.unlink()
    build_in(kept)
    assert "venv" in made and log.read_text() == made, "it was made once"

    kept.rename(tmp_path / "moved")
    build_in(tmp_path / "moved")


def test_two_processes_at_once_make_one_environment(tmp_path):
    log = tmp_path / "log"
    together = Builder(tmp_path / "environments", fake_uv(tmp_path / "logged", f'echo "$1" >> "{log}"; sleep 0.3'))
    projects = [make_project(tmp_path / f"project {number}", "flit") for number in range(3)]
    running = [together.start(project, tmp_path / f"out {number}", *BACKENDS["flit"][:2])
               for number, project in enumerate(projects)]
    for process in running:
        _, diagnostics = process.communicate(timeout=120)
        assert process.returncode == 0, diagnostics
    assert log.read_text().split() == ["venv", "pip"]


def test_without_uv_pip_makes_the_environment_with_bytecode(tmp_path):
    path = "/usr/bin:/bin"
    if shutil.which("uv", path=path):
        pytest.skip("uv is a system program here")
    builder = Builder(tmp_path / "environments", path)
    hostile = {"PYTHONDONTWRITEBYTECODE": "1", "PIP_USER": "1", "PIP_TARGET": str(tmp_path / "elsewhere")}
    builder.build_with("flit", make_project(tmp_path / "project", "flit"), tmp_path / "out", environment=hostile)
    [packages] = [path for path in (tmp_path / "environments").glob("*-*/lib/python3*/site-packages")]
    assert list((packages / "flit_core" / "__pycache__").glob("buildapi.*.pyc"))
    assert not (packages / "setuptools").exists()
    assert not (tmp_path / "elsewhere").exists()


def test_uv_compiles_bytecode_too(builder, tmp_path):
    builder.build_with("flit", make_project(tmp_path / "project", "flit"), tmp_path / "out",
                       environment={"PYTHONDONTWRITEBYTECODE": "1"})
    assert list(builder.environments.glob("*-*/lib/python3*/site-packages/flit_core/__pycache__/buildapi.*.pyc"))


def test_an_interpreter_without_ensurepip_gives_the_command_to_install_it(tmp_path):
    """Debian's python3 without python3-venv, made from the interpreter at hand."""
    version = f"python3.{sys.version_info.minor}"
    library = pathlib.Path(os.__file__).parent
    crippled = tmp_path / "usr"
    (crippled / "bin").mkdir(parents=True)
    (crippled / "lib" / version).mkdir(parents=True)
    shutil.copy(PYTHON, crippled / "bin" / version)
    for entry in library.iterdir():
        if entry.name not in ("ensurepip", "__pycache__"):
            (crippled / "lib" / version / entry.name).symlink_to(entry)
    python = crippled / "bin" / version
    if subprocess.run([python, "-c", "import venv"], capture_output=True).returncode != 0:
        pytest.skip("this interpreter cannot be copied")
    project = make_project(tmp_path / "project", "flit")
    builder = Builder(tmp_path / "environments", "/usr/bin:/bin")
    command = [PROBE, "build", project, tmp_path / "out", builder.environments, python, "ONLINE",
               BACKENDS["flit"][0], "-", *BACKENDS["flit"][1]]
    process = subprocess.run(command, env={**os.environ, "PATH": builder.path}, capture_output=True, text=True)
    assert process.returncode == 1
    assert f"{python} cannot make virtual environments" in process.stderr
    assert f"hint: on Debian and Ubuntu: apt install {version}-venv" in process.stderr


def test_a_missing_interpreter_is_named(tmp_path):
    folders = [tmp_path, tmp_path / "out", tmp_path / "environments"]
    command = [PROBE, "build", *folders, "python3.99", "ONLINE", "x", "-"]
    process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 1
    assert 'there is no Python interpreter "python3.99"' in process.stderr


def test_a_shim_is_asked_again_only_when_what_it_reads_changed(tmp_path):
    log, project = tmp_path / "log", make_project(tmp_path / "project", "flit")
    shim = tmp_path / "shims" / "python3"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho asked >> "{log}"\nexec "{PYTHON}" "$@"\n')
    shim.chmod(0o755)
    builder = Builder(tmp_path / "environments", f"{shim.parent}:{uv_folder()}:/usr/bin:/bin")
    def build():
        process = subprocess.run([PROBE, "build", project, tmp_path / "out", builder.environments, "", "ONLINE",
                                  BACKENDS["flit"][0], "-", *BACKENDS["flit"][1]],
                                 env={**os.environ, "PATH": builder.path}, capture_output=True, text=True)
        assert process.returncode == 0, process.stderr
        return log.read_text().count("asked")
    assert build() == 1
    assert build() == 1
    (project / ".python-version").write_text("3.11\n")
    assert build() == 2
    assert build() == 2
