"""`export --pylock`: a PEP 751 lock for the target, from every kind of lock, that uv and pip install from."""

import json
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from lock_kinds import relock
from packing import wheel_with

RUNTIME = f"python3.{sys.version_info.minor}"  # pip installs for the interpreter that it runs under
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the lock is for Linux, and installers refuse it elsewhere")
TOOLS = Path(sys.executable).parent
INSTALLERS = {
    "uv": [TOOLS / "uv", "pip", "install", "--no-index", "--no-deps", "--python", sys.executable],
    "pip": [sys.executable, "-m", "pip", "--isolated", "install", "--no-index", "--disable-pip-version-check", "--quiet"],
}


def export(package, *arguments):
    file = package.out / "pylock.lambda.toml"
    package.succeeds("export", "--architecture", ARCHITECTURE, "--pylock", file, *arguments, runtime=RUNTIME)
    return file


def installed(package, installer, file):
    """The files that the installer puts into a folder of its own."""
    folder = package.root / f"{installer} {len(list(package.root.iterdir()))}"
    command = [*map(str, INSTALLERS[installer]), "--target", str(folder), "-r", file.name]
    run = subprocess.run(command, cwd=file.parent, env=package.environment(), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.py") if path.is_file()}


def poetry(package, *wheels):
    package.lock(*wheels)


KINDS = {"poetry.lock": poetry, **{name: (lambda package, *wheels, name=name: relock(package, name, *wheels))
                                   for name in ("uv.lock", "pylock.toml", "requirements.txt")}}


@LINUX
@pytest.mark.parametrize("installer", INSTALLERS)
@pytest.mark.parametrize("kind", KINDS)
def test_uv_and_pip_install_what_the_lock_selects(package, kind, installer):
    one = wheel_with({"one/__init__.py": "VALUE = 1\n"})
    KINDS[kind](package, one)
    file = export(package)
    assert installed(package, installer, file) == {"one/__init__.py": "VALUE = 1\n"}
    # They look at the hashes, too.
    file.write_text(file.read_text().replace(one.hash.removeprefix("sha256:"), 64 * "0"))
    with pytest.raises(AssertionError, match="(?i)hash"):
        installed(package, installer, file)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_selects_the_same_again(package, kind):
    KINDS[kind](package, wheel_with({"one/__init__.py": ""}))
    file = package.out / "pylock.arm64.toml"
    package.succeeds("export", "--architecture", "arm64", "--pylock", file)
    document = tomllib.loads(file.read_text())
    assert document["environments"] == [
        "python_version == '3.12' and sys_platform == 'linux' and platform_machine == 'aarch64'"]
    options = ("--architecture", "arm64", "--json")
    selected = json.loads(package.succeeds("export", *options, "--lock", file).stdout)["distributions"]
    again = package.out / "pylock.again.toml"
    package.succeeds("export", "--architecture", "arm64", "--lock", file, "--pylock", again)
    assert [(one["name"], one["file"]["name"]) for one in selected] == [("one", "one-1.0-py3-none-any.whl")]
    assert again.read_text() == file.read_text()
    assert package.fails("export", "--lock", file).startswith(
        f"lambda-pack: {file} is not made for python3.12 on x86_64: its environments are ")


@LINUX
@pytest.mark.parametrize("installer", ["uv"])  # pip refuses every folder beside files with hashes
def test_folders_and_files_are_found_from_the_new_lock(package, installer):
    one = wheel_with({"one/__init__.py": "VALUE = 1\n"})
    (package.root / one.name).write_bytes(one.data)
    library = package.root / "libs" / "two"
    (library / "two").mkdir(parents=True)
    (library / "two" / "__init__.py").write_text("VALUE = 2\n")
    (library / "tiny.py").write_text((package.project / "backends/tiny.py").read_text().replace(
        "my_lambda", "two").replace("my-lambda", "two").replace('"src"', '"two"'))
    (library / "pyproject.toml").write_text(
        '[project]\nname = "two"\nversion = "1.0"\n'
        '[build-system]\nrequires = []\nbuild-backend = "tiny"\nbackend-path = ["."]\n')
    (package.project / "poetry.lock").unlink()
    package.write({"requirements.txt": f"../{one.name}\n-e ../libs/two\n"})
    file = export(package)
    packages = {entry["name"]: entry for entry in tomllib.loads(file.read_text())["packages"]}
    assert packages["one"]["archive"]["path"] == f"../{one.name}"
    assert packages["one"]["archive"]["hashes"] == {"sha256": one.hash.removeprefix("sha256:")}
    assert packages["two"]["directory"] == {"path": "../libs/two"}
    assert set(installed(package, installer, file)) == {"one/__init__.py", "__init__.py"}


def test_a_name_that_installers_do_not_know_is_refused(package):
    assert package.fails("export", "--pylock", package.out / "lock.toml") == (
        "lambda-pack: --pylock must name pylock.toml or pylock.<name>.toml, by which pip and uv know it; got "
        f'"lock.toml"\nhint: --pylock {package.out}/pylock.lambda.toml\n')


def test_offline_a_lock_without_addresses_gives_none(package):
    assert package.fails("export", "--offline", "--pylock", package.out / "pylock.toml") == (
        f"lambda-pack: offline, and {package.project}/poetry.lock does not say where the files of these are: one 1.0\n"
        "hint: export once with the network (LAMBDA_PYTHON_OFFLINE off), or requirements.txt, which has no addresses\n")


def test_a_member_of_a_workspace_is_exported_from_its_root(package):
    relock(package, "uv.lock", wheel_with({"one/__init__.py": ""}))
    lock = package.project / "uv.lock"
    lock.write_text(lock.read_text().replace(
        "\n\n", '\n\n[manifest]\nmembers = ["my-lambda"]\n\n', 1).replace('editable = "."', 'editable = "member"'))
    package.write({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["member"]\n'})
    assert package.succeeds("export", "--member", "my-lambda").stdout.startswith("one==1.0")
    assert package.fails("export", "--member", "other") == (
        f"lambda-pack: {lock}: other is no member of the workspace\n"
        "hint: its members are my-lambda; a new one needs `uv lock`\n")
    lock.rename(package.project / "pylock.toml")
    assert package.fails("export", "--member", "my-lambda") == (
        f"lambda-pack: {package.project}/pylock.toml is no lock of a uv workspace, which alone has members\n"
        "hint: name the folder of my-lambda instead: --project\n")
