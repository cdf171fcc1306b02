"""The project's own wheel, built by real PEP 517 backends, through the build room's probe program."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zipfile

import pytest

PROBE = os.environ.get("LAMBDA_PACK_WHEEL_PROBE", "")
PYTHON = os.path.realpath(sys.executable)

pytestmark = pytest.mark.skipif(not PROBE, reason="LAMBDA_PACK_WHEEL_PROBE names no program")

PROJECT = '[project]\nname = "my_lambda"\nversion = "1.2"\nrequires-python = ">=3.8"\n'
BACKENDS = {
    "poetry": (
        "poetry.core.masonry.api",
        ["poetry-core>=1.9"],
        {
            "pyproject.toml": """\
                [tool.poetry]
                name = "my_lambda"
                version = "1.2"
                description = ""
                authors = ["A. Person <a@example.com>"]
                packages = [{include = "my_lambda", from = "src"}]
                [tool.poetry.dependencies]
                python = "^3.8"
                pyyaml = "^6.0"
                """
        },
    ),
    "hatchling": (
        "hatchling.build",
        ["hatchling"],
        {"pyproject.toml": PROJECT + '[tool.hatch.build.targets.wheel]\npackages = ["src/my_lambda"]\n'},
    ),
    "setuptools": (
        "setuptools.build_meta",
        ["setuptools>=61", "wheel"],
        {"pyproject.toml": PROJECT, "MANIFEST.in": "recursive-include src *.yml\n"},
    ),
    "setuptools-59": (
        "setuptools.build_meta:__legacy__",
        ["setuptools==59.8.0", "wheel<0.40"],
        {
            "setup.py": """\
                from setuptools import setup
                setup(name="my_lambda", version="1.2", package_dir={"": "src"},
                      packages=["my_lambda", "my_lambda.stuff"], include_package_data=True)
                """,
            "src/my_lambda/stuff/__init__.py": "",
            "MANIFEST.in": "recursive-include src *.yml\n",
        },
    ),
    "flit": (
        "flit_core.buildapi",
        ["flit_core>=3.4"],
        {"pyproject.toml": PROJECT + 'description = "x"\n[tool.flit.module]\nname = "my_lambda"\n'},
    ),
    "uv": (
        "uv_build",
        ["uv_build"],
        {"pyproject.toml": PROJECT + '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'},
    ),
    "pdm": (
        "pdm.backend",
        ["pdm-backend"],
        {"pyproject.toml": PROJECT + '[tool.pdm.build]\npackage-dir = "src"\n'},
    ),
}


def uv_folder():
    uv = pytest.importorskip("uv")
    return os.path.dirname(uv.find_uv_bin())


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def make_project(folder, backend):
    write(folder, {"src/my_lambda/__init__.py": "", "src/my_lambda/handler.py": "VALUE = 1\n",
                   "src/my_lambda/stuff/config.yml": "key: value\n"})
    write(folder, BACKENDS[backend][2])
    return folder


class Builder:
    """Runs the probe as a user's shell would, with one folder of kept environments."""

    def __init__(self, environments, path=None):
        self.environments = environments
        self.path = path or uv_folder() + os.pathsep + os.environ["PATH"]

    def command(self, project, output, backend, requirements, backend_path="-", mode="ONLINE"):
        how = [self.environments, PYTHON, mode, backend, backend_path]
        return [PROBE, "build", project, output, *how, *requirements]

    def start(self, project, output, backend, requirements, environment=(), prefix=(), **options):
        return subprocess.Popen(
            [*prefix, *map(str, self.command(project, output, backend, requirements, **options))],
            env={**os.environ, "PATH": self.path, **dict(environment)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def run(self, *arguments, **options):
        process = self.start(*arguments, **options)
        output, diagnostics = process.communicate(timeout=300)
        return process.returncode, output, diagnostics

    def build(self, project, output, backend, requirements, **options):
        code, answer, diagnostics = self.run(project, output, backend, requirements, **options)
        assert code == 0, diagnostics
        wheel = pathlib.Path(answer.strip())
        assert list(output.iterdir()) == [wheel], "one wheel and nothing else"
        return wheel

    def build_with(self, name, project, output, **options):
        return self.build(project, output, BACKENDS[name][0], BACKENDS[name][1], **options)

    def fail(self, *arguments, **options):
        code, answer, diagnostics = self.run(*arguments, **options)
        assert (code, answer) == (1, "")
        return diagnostics


@pytest.fixture(scope="session")
def builder(tmp_path_factory):
    return Builder(tmp_path_factory.mktemp("kept") / "build environments")


@pytest.fixture
def fresh_builder(tmp_path):
    return Builder(tmp_path / "environments")


def names_in(wheel):
    return sorted(name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name)


def everything_below(folder):
    """All that a build could change: names, times and sizes of files and folders."""
    return {str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_mode,
                                            path.lstat().st_size if path.is_file() else 0)
            for path in [folder, *folder.rglob("*")]}


def inputs_of(project):
    return subprocess.run([PROBE, "inputs", project], check=True, capture_output=True, text=True).stdout


each_backend = pytest.mark.parametrize("backend", BACKENDS)


@each_backend
def test_wheel_has_the_package_and_its_other_files(builder, tmp_path, backend):
    wheel = builder.build_with(backend, make_project(tmp_path / "a project", backend), tmp_path / "out put")
    assert wheel.name == "my_lambda-1.2-py3-none-any.whl"
    assert {"my_lambda/__init__.py", "my_lambda/handler.py", "my_lambda/stuff/config.yml"} <= set(names_in(wheel))


@each_backend
def test_same_bytes_from_another_folder_user_and_place(builder, tmp_path, backend):
    one = builder.build_with(backend, make_project(tmp_path / "one", backend), tmp_path / "out 1").read_bytes()
    other_world = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "de_DE", "PYTHONHASHSEED": "7", "PYTHONUTF8": "0"}
    project = make_project(tmp_path / "another one" / "deeper", backend)
    before = os.umask(0o077)
    try:
        two = builder.build_with(backend, project, tmp_path / "out 2", environment=other_world).read_bytes()
    finally:
        os.umask(before)
    assert one == two


@each_backend
def test_an_edit_an_addition_and_a_deletion_reach_the_next_wheel(builder, tmp_path, backend):
    project = make_project(tmp_path / "project", backend)
    first = builder.build_with(backend, project, tmp_path / "out")
    assert zipfile.ZipFile(first).read("my_lambda/handler.py") == b"VALUE = 1\n"

    (project / "src/my_lambda/handler.py").write_text("VALUE = 2\n")
    (project / "src/my_lambda/added.py").write_text("")
    second = builder.build_with(backend, project, tmp_path / "out")
    assert zipfile.ZipFile(second).read("my_lambda/handler.py") == b"VALUE = 2\n"
    assert "my_lambda/added.py" in names_in(second)

    (project / "src/my_lambda/added.py").unlink()
    (project / "src/my_lambda/stuff/config.yml").unlink()
    names = names_in(builder.build_with(backend, project, tmp_path / "out"))
    assert "my_lambda/handler.py" in names
    assert "my_lambda/added.py" not in names
    assert "my_lambda/stuff/config.yml" not in names


@each_backend
def test_the_source_is_left_as_it_was(builder, tmp_path, backend):
    project = make_project(tmp_path / "project", backend)
    before, inputs = everything_below(project), inputs_of(project)
    builder.build_with(backend, project, tmp_path / "out")
    assert everything_below(project) == before
    assert inputs_of(project) == inputs


@each_backend
def test_source_on_a_read_only_file_system_builds(builder, tmp_path, backend):
    project = make_project(tmp_path / "project", backend)
    if os.geteuid() == 0:
        mount = f"mount --bind '{project}' '{project}' && mount -o remount,bind,ro '{project}' && exec \"$@\""
        prefix = ["unshare", "--mount", "sh", "-c", mount, "sh"]
        if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
            pytest.skip("this machine lets root mount nothing")
    else:
        prefix = []
        for path in [project, *project.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
    builder.build_with(backend, project, tmp_path / "out", prefix=prefix)


def test_what_an_older_build_left_in_the_source_is_not_shipped(builder, tmp_path):
    project = make_project(tmp_path / "project", "setuptools")
    write(project, {"build/lib/my_lambda/ghost.py": "",
                    "src/my_lambda.egg-info/SOURCES.txt": "src/my_lambda/ghost.yml\n",
                    "src/my_lambda.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: my_lambda\nVersion: 0.1\n"})
    wheel = builder.build_with("setuptools", project, tmp_path / "out")
    assert not [name for name in names_in(wheel) if "ghost" in name]


def test_wheels_of_earlier_versions_are_removed_from_the_output(builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    builder.build_with("flit", project, tmp_path / "out")
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('"1.2"', '"1.3"'))
    assert builder.build_with("flit", project, tmp_path / "out").name == "my_lambda-1.3-py3-none-any.whl"


IN_TREE = """\
    import os, sys, zipfile
    def note(hook):
        with open(os.environ["HOOK_LOG"], "a") as log:
            log.write("%s %d\\n" % (hook, os.getpid()))
    def get_requires_for_build_wheel(config_settings=None):
        note("get_requires")
        return ["iniconfig"]
    def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
        note("prepare_metadata")
    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        import iniconfig
        note("build_wheel")
        name = "my_lambda-1.2-py3-none-any.whl"
        zipfile.ZipFile(os.path.join(wheel_directory, name), "w").close()
        return name
    """


def make_in_tree_project(folder, text=IN_TREE):
    write(folder, {"backends/own.py": text, "pyproject.toml": ""})
    return folder


def test_an_edit_costs_one_python_process_that_calls_one_hook(builder, tmp_path):
    project, log = make_in_tree_project(tmp_path / "project"), tmp_path / "log"
    def build():
        log.write_text("")
        builder.build(project, tmp_path / "out", "own", [], backend_path="backends",
                      environment={"HOOK_LOG": str(log)})
        return [line.split()[0] for line in log.read_text().splitlines()]
    assert build() == ["get_requires", "build_wheel"]
    assert build() == ["build_wheel"]
    (project / "code.py").write_text("x = 1\n")
    assert build() == ["build_wheel"]
    (project / "pyproject.toml").write_text("# may name other requirements now\n")
    assert build() == ["get_requires", "build_wheel"]


def test_the_backend_sees_nothing_of_the_surroundings(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project", """\
        import os, sys
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            mask = os.umask(0)
            wanted = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "315532800", "PYTHONHASHSEED": "0",
                      "PYTHONPATH": None, "PYTHONHOME": None, "VIRTUAL_ENV": None}
            seen = {name: os.environ.get(name) for name in wanted}
            assert seen == wanted, seen
            assert mask == 0o022
            assert os.getcwd() == os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
            assert not {"", ".", os.getcwd()} & set(sys.path), sys.path
            assert sys.prefix != sys.base_prefix and sys.executable.startswith(sys.prefix)
            assert not any("dist-packages" in entry for entry in sys.path)
            import subprocess
            program = subprocess.check_output(["python", "-c", "import sys; print(sys.prefix)"], text=True).strip()
            assert os.path.realpath(program) == os.path.realpath(sys.prefix)
            exit(0) if "exit" in os.environ else None
            open(os.path.join(wheel_directory, "a-1-py3-none-any.whl"), "w").close()
            return "a-1-py3-none-any.whl"
        """)
    poison = tmp_path / "poison"
    names = ("sitecustomize.py", "os.py", "site.py", "stat.py", "own.py")
    hostile = dict.fromkeys(names, "raise SystemExit(3)\n")
    write(poison, hostile)
    write(project, hostile)
    environment = {"PYTHONPATH": str(poison), "PYTHONHOME": "/nowhere", "PYTHONSTARTUP": str(poison / "os.py"),
                   "VIRTUAL_ENV": str(poison), "TZ": "Asia/Tokyo"}
    builder.build(project, tmp_path / "out", "own", [], backend_path="backends", environment=environment)
    builder.build(make_project(tmp_path / "poetry", "poetry"), tmp_path / "out", *BACKENDS["poetry"][:2],
                  environment=environment)


def test_source_date_epoch_of_the_user_is_respected(builder, tmp_path):
    wheel = builder.build_with("flit", make_project(tmp_path / "project", "flit"), tmp_path / "out",
                               environment={"SOURCE_DATE_EPOCH": "1700000000"})
    assert {info.date_time[0] for info in zipfile.ZipFile(wheel).infolist()} == {2023}


def test_a_failing_backend_is_quoted(builder, tmp_path):
    project = make_project(tmp_path / "project", "poetry")
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("packages =", 'readme = "MISSING.md"\npackages ='))
    said = builder.fail(project, tmp_path / "out", *BACKENDS["poetry"][:2])
    assert said.startswith(f"lambda-pack: {project}: poetry.core.masonry.api failed to build the wheel\n")
    assert "MISSING.md" in said
    assert "hint: " in said.splitlines()[-1]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failure_leaves_the_wheel_of_the_last_success(builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    wheel = builder.build_with("flit", project, tmp_path / "out")
    (project / "pyproject.toml").write_text("[project\n")
    assert "flit_core.buildapi failed" in builder.fail(project, tmp_path / "out", *BACKENDS["flit"][:2])
    assert list((tmp_path / "out").iterdir()) == [wheel]


def test_only_the_end_of_a_long_output_is_shown_in_the_order_it_was_written(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project", """\
        import sys, subprocess
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            for number in range(1000):
                print("line %d" % number, file=sys.stdout if number % 2 else sys.stderr)
            subprocess.run(["sh", "-c", "echo from a child"])
            raise RuntimeError("no luck")
        """)
    said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends").splitlines()
    assert len(said) < 70
    lines = [line for line in said if line.startswith("line ")]
    assert lines == [f"line {number}" for number in range(1000 - len(lines), 1000)]
    assert said.index("from a child") > said.index("line 999")
    assert said[-2] == "RuntimeError: no luck"


def test_a_backend_that_returns_no_wheel_is_an_error(builder, tmp_path):
    for number, answer in enumerate(['"../x.whl"', '"a-1-py3-none-any.whl"', "None", '"a\\nb.whl"']):
        project = make_in_tree_project(tmp_path / f"project {number}", f"""\
            def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
                return {answer}
            """)
        said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends")
        assert ": own made no wheel; build_wheel returned " in said


def test_a_backend_that_exits_is_an_error(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project", """\
        import sys
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            sys.exit(0)
        """)
    said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends")
    assert "own failed to build the wheel" in said


def test_a_backend_that_is_not_required_is_named(builder, tmp_path):
    project = make_project(tmp_path / "project", "poetry")
    said = builder.fail(project, tmp_path / "out", "poetry.core.masonry.api", [])
    assert ": its build backend poetry.core.masonry.api cannot be imported\n" in said
    assert "hint: [build-system] requires in " in said


def test_an_in_tree_backend_must_be_in_the_tree(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project")
    said = builder.fail(project, tmp_path / "out", "zipfile", [], backend_path="backends")
    assert "zipfile is not in the project's backend-path" in said


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
