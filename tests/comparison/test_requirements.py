"""requirements.txt of a selection, as pip reads it: pinned, hashed, and enough."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile

import pytest

RUNTIME = "python3.12"


def wheel(folder, name, version="1.0"):
    """A wheel of one module for every Python; its path and hash."""
    info = f"{name}-{version}.dist-info"
    contents = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*contents, f"{info}/RECORD"])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name_in_zip, text in {**contents, f"{info}/RECORD": record}.items():
            archive.writestr(name_in_zip, text)
    return path, "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def package(path, digest, source=""):
    name, version, _ = path.name.split("-", 2)
    return f"""[[package]]
name = "{name}"
version = "{version}"
optional = false
python-versions = "*"
files = [{{file = "{path.name}", hash = "{digest}"}}, {{file = "{name}-{version}.tar.gz", hash = "sha256:{"0" * 64}"}}]
{source}
"""


@pytest.fixture
def project(tmp_path):
    """A project whose lock has a distribution of the index, one by path and one by URL."""
    folder = tmp_path / "a project"
    (folder / "wheels").mkdir(parents=True)
    indexed, by_path, by_url = (wheel(folder / "wheels", name) for name in ("indexed", "by_path", "by_url"))
    url = by_url[0].as_uri()
    (folder / "poetry.lock").write_text(
        package(*indexed)
        + package(*by_path, f'[package.source]\ntype = "file"\nurl = "wheels/{by_path[0].name}"')
        + package(*by_url, f'[package.source]\ntype = "url"\nurl = "{url}"')
        + '[metadata]\nlock-version = "2.0"\npython-versions = "*"\n'
    )
    (folder / "pyproject.toml").write_text(
        '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nindexed = "*"\n'
        f'by_path = {{path = "wheels/{by_path[0].name}"}}\nby_url = {{url = "{url}"}}\n'
    )
    return folder


def write_requirements(project):
    question = {
        "pyproject": str(project / "pyproject.toml"),
        "lock": str(project / "poetry.lock"),
        "runtime": RUNTIME,
        "architecture": "x86_64",
        "requirements": True,
    }
    probe = subprocess.run(
        [os.environ["LAMBDA_PACK_SELECTION_PROBE"]],
        input=json.dumps({"select": question}) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    text = json.loads(probe.stdout)
    assert isinstance(text, str), text
    (project / "requirements.txt").write_text(text)


def pip_install(project):
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-index",
            "--find-links",
            "wheels",
            "--target",
            "out",
            "--no-deps",
            "--no-cache-dir",
            "-r",
            "requirements.txt",
        ],
        cwd=project,
        capture_output=True,
        text=True,
    )


def test_pip_installs_what_was_selected(project):
    write_requirements(project)
    done = pip_install(project)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (project / "out").glob("*.py")} == {"indexed.py", "by_path.py", "by_url.py"}


def test_pip_refuses_another_file_of_the_same_name(project):
    write_requirements(project)
    (project / "wheels" / "indexed-1.0-py3-none-any.whl").unlink()
    path, _ = wheel(project / "wheels", "indexed")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.py", "")
    done = pip_install(project)
    assert done.returncode != 0 and "DO NOT MATCH THE HASHES" in done.stderr
