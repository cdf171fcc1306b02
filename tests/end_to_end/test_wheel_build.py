"""The project's own wheel, built by real PEP 517 backends, through the build room's probe program."""

import os
import subprocess
import zipfile

import pytest

from wheel_building import BACKENDS, PROBE, make_in_tree_project, make_project, write

pytestmark = pytest.mark.skipif(not PROBE, reason="LAMBDA_PACK_WHEEL_PROBE names no program")


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
