"""The main job: a src-layout Poetry project with a lock becomes a zip that Lambda's runtime would load."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

HANDLER = "my_lambda.handler.handler"
EVENT = {"key1": "value1", "key2": "value2", "key3": "value3"}
HOST_MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
# What the runtime does: the task root as working directory and first on the path, then the handler by its name.
CALL = """
import importlib, json, sys
sys.path.insert(0, "")
module, function = sys.argv[1].rsplit(".", 1)
answer = getattr(importlib.import_module(module), function)(json.loads(sys.argv[2]), None)
sys.stderr.write(json.dumps(answer))
"""


@pytest.fixture
def packed(project, lambda_pack, tmp_path):
    """Packs the project for a runtime; the zip's path."""

    def pack(runtime="python3.9", *arguments):
        output = tmp_path / f"{runtime}.zip"
        lambda_pack("zip", "--project", project, "--runtime", runtime, "--handler", HANDLER, "--output", output, *arguments)
        return output

    return pack


def names_in(archive):
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def unpack(archive, folder):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def call_handler(python, task_root):
    done = subprocess.run([python, "-I", "-B", "-c", CALL, HANDLER, json.dumps(EVENT)], cwd=task_root, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(done.stderr)


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_zip_has_the_package_its_files_and_its_dependency_for_the_target(packed, project):
    names = names_in(packed())

    source = project / "src"
    package = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert package <= set(names)
    assert {"my_lambda/handler.py", "my_lambda/stuff/config.yml", "my_lambda/stuff/data.csv"} <= package
    assert [name for name in names if name.endswith(".so")] == ["yaml/_yaml.cpython-39-x86_64-linux-gnu.so"]


def test_the_zip_has_nothing_else(packed):
    names = names_in(packed("python3.9", "--bytecode", "off"))

    assert {re.split("[-/]", name)[0].lower() for name in names} == {"my_lambda", "pyyaml", "yaml", "_yaml"}
    assert not [name for name in names if name.endswith((".pyc", "/")) or "__pycache__" in name or "tests/" in name]


def test_the_extension_is_of_the_architecture_that_was_asked_for(packed):
    names = names_in(packed("python3.9", "--architecture", "arm64"))

    assert [name for name in names if name.endswith(".so")] == ["yaml/_yaml.cpython-39-aarch64-linux-gnu.so"]


@pytest.mark.parametrize("minor", sorted({"3.9", HOST_MINOR}))
def test_the_unpacked_zip_runs_in_its_folder(packed, project, interpreter, tmp_path, minor):
    if f"-cp{minor.replace('.', '')}-" not in (project / "poetry.lock").read_text():
        pytest.skip(f"the lock has no wheels for Python {minor}")
    python = interpreter(minor)
    task_root = unpack(packed(f"python{minor}"), tmp_path / "task root")

    output, answer = call_handler(python, task_root)

    assert answer == "value1"
    assert "value3" in output
    assert str(task_root) in output
    assert (task_root / "my_lambda" / "stuff" / "config.yml").read_text().splitlines()[0] in output


def test_other_readers_of_zips_find_no_fault(packed, tmp_path):
    archive = packed()

    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
    subprocess.run(["unzip", "-tqq", archive], check=True)
    subprocess.run(["cmake", "-E", "tar", "xf", archive], cwd=tmp_path, check=True)  # libarchive
    listed = subprocess.run(["cmake", "-E", "tar", "tf", archive], check=True, capture_output=True, text=True)
    assert listed.stdout.splitlines() == names_in(archive)


def test_the_manifest_says_what_is_in_the_zip(packed):
    archive = packed()
    manifest = json.loads(archive.with_name(archive.name + ".json").read_text())

    digest = hashlib.sha256(archive.read_bytes())
    assert manifest["sha256"] == digest.hexdigest()
    assert manifest["code_sha256"] == base64.b64encode(digest.digest()).decode()
    assert manifest["size"] == archive.stat().st_size
    assert manifest["entries"] == len(names_in(archive))
    with zipfile.ZipFile(archive) as opened:
        assert manifest["unzipped_size"] == sum(entry.file_size for entry in opened.infolist())
    assert (manifest["runtime"], manifest["architectures"], manifest["handler"]) == ("python3.9", ["x86_64"], HANDLER)
    assert sorted(one["name"] for one in manifest["distributions"]) == ["my-lambda", "pyyaml"]


class Place:
    """Somewhere else to build: own folder, own caches, and whatever else may differ between two machines."""

    def __init__(self, folder, umask, **environment):
        self.folder = folder
        self.umask = umask
        self.environment = {**os.environ, **environment, "HOME": str(folder / "home"),
                            "XDG_CACHE_HOME": str(folder / "home" / "cache")}

    def pack(self, project, user=None):
        clone = self.folder / "clone"
        (self.folder / "home").mkdir(parents=True)
        shutil.copytree(project, clone)
        programs = self.folder / "bin"  # the build folder need not be another user's to enter
        programs.mkdir()
        for program in (os.environ["LAMBDA_PACK"], os.environ["LAMBDA_PACK"] + "-full"):
            shutil.copy(program, programs)
        if user is not None:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, user, user)
        archive = self.folder / "my_lambda.zip"
        done = subprocess.run(
            [programs / "lambda-pack", "zip", "--project", clone, "--runtime", "python3.9", "--handler", HANDLER,
             "--bytecode", "off", "--output", archive],  # it needs a Python 3.9, which not everybody has
            cwd=self.folder, env=self.environment, umask=self.umask, user=user, group=user, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return archive.read_bytes()


@pytest.fixture
def open_folder():
    """A folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_two_clones_give_the_same_bytes_whatever_differs_around_them(project, open_folder):
    here = Place(open_folder / "a", 0o022, TZ="UTC", LC_ALL="C")
    there = Place(open_folder / "some other place", 0o077, TZ="Asia/Kathmandu", LC_ALL="C.UTF-8",
                  PATH="/usr/local/bin:/usr/bin:/bin")
    nobody = 65534 if os.geteuid() == 0 and shutil.which("python3", path="/usr/bin:/bin") else None

    ours = here.pack(project)
    for path in project.rglob("*"):  # a checkout of another day, by someone with other permissions
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)

    assert there.pack(project, user=nobody) == ours


# pip's record of how it installed, and what it rewrites or adds for it.
INSTALLER_FILES = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")


def test_the_staged_tree_is_what_pip_installs_from_the_same_wheels(project, lambda_pack, tmp_path):
    target = ["--project", project, "--runtime", "python3.9"]
    wheels = [*lambda_pack("fetch", *target).splitlines(), *lambda_pack("wheel", *target, cwd=tmp_path).splitlines()]
    lambda_pack("stage", *target, "--handler", HANDLER, "--bytecode", "off", "--output", tmp_path / "stage")

    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--only-binary", ":all:",
         "--python-version", "3.9", "--implementation", "cp", "--abi", "cp39", "--abi", "none",
         *platforms_of(wheels), "--target", tmp_path / "pip", *wheels],
        check=True)

    by_pip, staged = files_below(tmp_path / "pip"), files_below(tmp_path / "stage")
    ours_alone = [name for name in staged if name not in by_pip]
    pips_alone = [name for name in by_pip if name not in staged]
    different = [name for name in staged if name in by_pip and staged[name] != by_pip[name]]
    assert [name for name in ours_alone if not name.startswith(".lambda")] == []
    assert [name for name in pips_alone if not name.startswith("bin/") and Path(name).name not in INSTALLER_FILES] == []
    assert [name for name in different if Path(name).name not in INSTALLER_FILES] == []


def platforms_of(wheels):
    """pip's --platform for each platform tag in the wheels' names."""
    tags = {tag for wheel in wheels for tag in Path(wheel).stem.rsplit("-", 1)[1].split(".")} - {"any"}
    return [word for tag in sorted(tags) for word in ("--platform", tag)]


def test_requirements_install_with_their_hashes(project, lambda_pack, tmp_path):
    lambda_pack("export", "--project", project, "--runtime", "python3.9", "--requirements", tmp_path / "requirements.txt")

    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:",
         "--require-hashes", "--python-version", "3.9", "--implementation", "cp", "--platform", "manylinux2014_x86_64",
         "--platform", "manylinux1_x86_64", "--target", tmp_path / "pip", "-r", tmp_path / "requirements.txt"],
        check=True)

    assert (tmp_path / "pip" / "yaml" / "_yaml.cpython-39-x86_64-linux-gnu.so").exists()


def test_cmake_packages_the_example_on_its_own(lambda_pack, tmp_path):
    """What the example's README says, with the helper that is built already."""
    source = Path(os.environ["LAMBDA_PYTHON_SOURCE_DIR"])
    build = tmp_path / "my build"
    subprocess.run(["cmake", "-S", source / "examples" / "my_lambda", "-B", build, "-G", "Ninja",
                    f"-DLAMBDA_PYTHON_TOOL={os.environ['LAMBDA_PACK']}"], check=True)
    subprocess.run(["cmake", "--build", build, "--target", "my_lambda_zip"], check=True)

    again = subprocess.run(["cmake", "--build", build, "--target", "my_lambda_zip"], check=True, capture_output=True, text=True)
    assert "no work to do" in again.stdout

    lambda_pack("zip", "--project", source / "examples" / "my_lambda", "--runtime", "python3.13", "--handler", HANDLER,
                "--output", tmp_path / "my_lambda.zip")
    assert (tmp_path / "my_lambda.zip").read_bytes() == (build / "my_lambda.zip").read_bytes()

    report = lambda_pack("report", "--manifest", build / "my_lambda.zip.json")
    for part in (str(build / "my_lambda.zip"), "pyyaml", "262144000", "CodeSha256", "aws lambda create-function"):
        assert part in report
