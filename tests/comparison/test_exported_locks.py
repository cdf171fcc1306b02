"""What uv exports of its locks selects the same: as requirements.txt, and as pylock.toml.

The selection from pylock.toml is that of packaging's own implementation of PEP 751 as well.
"""

import os
import subprocess
import tomllib

import pytest
from packaging.pylock import Pylock, PylockSelectError
from packaging.tags import parse_tag
from poetry_reference import Target
from test_selection import ARCHITECTURES, ROOTS, RUNTIMES, ask
from test_uv_selection import requests
from uv_reference import UV

FOLDERS = sorted(lock.parent for root in ROOTS for lock in root.glob("*/uv.lock"))
FORMATS = {"requirements-txt": "requirements.txt", "pylock.toml": "pylock.toml"}


def exported(folder, kind, target, groups=(), extras=()):
    """The text; the test is skipped where uv has none that stands alone."""
    command = [UV, "export", "--frozen", "--offline", "--quiet", "--no-emit-workspace", "--no-default-groups"]
    command += ["--no-python-downloads", "--format", kind]
    command += [f"--group={group}" for group in groups] + [f"--extra={extra}" for extra in extras]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ)
    return run.stdout if run.returncode == 0 else None


def answer(folder, lock, target, groups=(), extras=()):
    names = [package["name"] for package in tomllib.loads((folder / "uv.lock").read_text())["package"]]
    return ask({"select": {"pyproject": str(folder / "pyproject.toml"), "lock": str(lock), "runtime": target.runtime,
                           "architecture": target.architecture, "groups": list(groups), "extras": list(extras),
                           "source_builds": names}})


def distributions(selection, with_files):
    """Names and versions, with the chosen file where there is one (uv's pylock.toml has its name in lower case).

    Members of the workspace, which are not exported, are left out.
    """
    found = [d for d in selection["distributions"] if d["source"]["kind"] != "directory"]
    return sorted((d["name"], d["version"], d["file"]["name"].lower() if with_files else "") for d in found)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_export_selects_what_the_lock_does(folder, kind, tmp_path):
    compared = 0
    for runtime in RUNTIMES:
        target = Target(ask({"python_full_version": runtime}), ARCHITECTURES[0])
        for groups, extras in requests(folder):
            text = exported(folder, kind, target, groups, extras)
            original = answer(folder, folder / "uv.lock", target, groups, extras)
            if text is None or "error" in original:
                continue
            lock = tmp_path / FORMATS[kind]
            lock.write_text(text)
            selection = answer(folder, lock, target)
            assert "error" not in selection, selection
            with_files = kind == "pylock.toml"
            assert distributions(selection, with_files) == distributions(original, with_files)
            compared += 1
    if not compared:
        pytest.skip("uv exports nothing that stands alone")


def reference(text, target, tags):
    """Names, versions and files as packaging selects them."""
    lock = Pylock.from_dict(tomllib.loads(text))
    tag_objects = [tag for text_of_tag in tags for tag in parse_tag(str(text_of_tag))]
    chosen = lock.select(environment=target.marker_environment, tags=tag_objects)
    return sorted((str(package.name), str(package.version or ""), file_name(file)) for package, file in chosen)


def file_name(file):
    name = getattr(file, "name", None) or getattr(file, "url", None) or getattr(file, "path", "")
    return name.rpartition("/")[2].replace("%2B", "+").lower()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pylock_selects_what_packaging_does(folder, tmp_path, monkeypatch):
    compared = 0
    for runtime in RUNTIMES:
        for architecture in ARCHITECTURES:
            target = Target(ask({"python_full_version": runtime}), architecture)
            text = exported(folder, "pylock.toml", target)
            if text is None:
                continue
            (tmp_path / "pylock.toml").write_text(text)
            selection = answer(folder, tmp_path / "pylock.toml", target)
            try:
                expected = reference(text, target, target.tags(monkeypatch))
            except PylockSelectError:
                assert "error" in selection
                continue
            assert "error" not in selection, selection
            assert distributions(selection, True) == expected
            compared += 1
    if not compared:
        pytest.skip("uv exports no pylock.toml of it")
