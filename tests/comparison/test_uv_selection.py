"""The same distributions and wheels as uv itself would install, for targets that are not this machine.

Every folder below tests/comparison/locks, and of LAMBDA_PACK_REAL_LOCKS when that is set (a list of folders as in
PATH), that holds a pyproject.toml and a uv.lock is compared on every target: the main dependencies, each group and
each extra alone, all of them, and the main dependencies without each distribution that the project names.
"""

import json
import warnings
from functools import cache

import pytest
import uv_reference
from poetry_reference import Target
from test_selection import ARCHITECTURES, ROOTS, RUNTIMES, ask

FOLDERS = sorted(
    (project, lock)
    for root in ROOTS
    for lock in root.glob("*/uv.lock")
    for project in uv_reference.projects(lock.parent)
)


LOCAL = ("file", "directory")  # what uv names by path


def name_of(value):
    project, lock = value
    return f"{lock.parent.name}-{project.name}" if project != lock.parent.resolve() else project.name


@cache
def targets():
    return [Target(ask({"python_full_version": runtime}), arch) for runtime in RUNTIMES for arch in ARCHITECTURES]


def select(project, lock, target, groups=(), extras=(), **more):
    return ask(
        {
            "select": {
                "pyproject": str(project / "pyproject.toml"),
                "lock": str(lock),
                "runtime": target.runtime,
                "architecture": target.architecture,
                "groups": list(groups),
                "extras": list(extras),
                "source_builds": uv_reference.Lock(lock).names,
                **more,
            }
        }
    )


def requests(project):
    """What to ask for: the main dependencies, each group, each extra, everything."""
    groups, extras = uv_reference.tables(project)
    yield (), ()
    for group in groups:
        yield (group,), ()
    for extra in extras:
        yield (), (extra,)
    if len(groups) + len(extras) > 1:
        yield tuple(groups), tuple(extras)


def refusal(answer, lock, target, expected, tags):
    """Why the answer had to be a refusal; empty when it had not."""
    if not lock.admits(target.python) and "excludes" in answer["error"]:
        return "requires-python"
    if "environments are" in answer["error"] and lock.document.get("supported-markers"):
        return "environments"
    unusable = [name for name, version in expected.versions.items() if not lock.has_file(name, version, tags)]
    return "no file" if any(f" {name} " in answer["error"] for name in unusable) else ""


def text_of(distribution):
    """The version or the direct reference by which uv names it."""
    source = distribution["source"]
    if source["kind"] == "git":
        subdirectory = "#subdirectory=" + source["subdirectory"] if "subdirectory" in source else ""
        return f"git+{source['url']}@{source['resolved_reference']}{subdirectory}"
    return distribution["file"]["url"] if source["kind"] == "url" else distribution["version"]


def difference_of(answer, expected, lock, tags):
    paths = {d["source"]["url"] for d in answer["distributions"] if d["source"]["kind"] in LOCAL}
    if {path.removeprefix("./") for path in expected.local} != {path.removeprefix("./") for path in paths}:
        return f"local: {sorted(expected.local)}, here {sorted(paths)}"
    ours = {d["name"]: text_of(d) for d in answer["distributions"] if d["source"]["kind"] not in LOCAL}
    if ours != expected.versions:
        theirs = expected.versions.items()
        return f"missing {sorted(theirs - ours.items())}, superfluous {sorted(ours.items() - theirs)}"
    return next(filter(None, (file_difference(d, lock, tags) for d in answer["distributions"])), None)


def file_difference(distribution, lock, tags):
    if distribution["source"]["kind"] != "index":
        return None
    best = lock.best_wheel(distribution["name"], distribution["version"], tags)
    if distribution.get("build"):
        return f"an sdist instead of {best}" if best else None
    chosen = distribution["file"]["name"]
    return None if chosen == best else f"{chosen} instead of {best}"


class Comparison:
    """One project against uv, on every target."""

    def __init__(self, project, lock, monkeypatch):
        self.project, self.path, self.lock = project, lock, uv_reference.Lock(lock)
        self.monkeypatch = monkeypatch
        self.same, self.differences, self.refused = 0, {}, {}

    def compare(self, target, groups=(), extras=(), provided=()):
        what = f"{target.runtime} {target.architecture} {','.join(groups)} [{','.join(extras)}] -{','.join(provided)}"
        answer = select(self.project, self.path, target, groups, extras, provided=list(provided))
        try:
            expected = uv_reference.export(self.project, self.path.parent, target.marker_environment, groups, extras, provided)
        except uv_reference.Refused as refused:
            self.refused[what] = str(refused)
            if "error" not in answer:
                self.differences[what] = f"uv refuses: {refused}"
            return
        tags = target.tags(self.monkeypatch)
        if "error" in answer:
            reason = refusal(answer, self.lock, target, expected, tags)
            (self.refused if reason else self.differences)[what] = answer["error"]
        elif difference := difference_of(answer, expected, self.lock, tags):
            self.differences[what] = difference
        else:
            self.same += 1

    def finish(self):
        assert not self.differences, json.dumps(self.differences, indent=1)
        if self.refused:
            warnings.warn(f"{self.project.name}: {json.dumps(self.refused, indent=1)}", stacklevel=1)
        if not self.same:
            pytest.skip(f"nothing to compare: {self.refused}")


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_selects_what_uv_would_install(folder, monkeypatch):
    comparison = Comparison(*folder, monkeypatch)
    for target in targets():
        for groups, extras in requests(folder[0]):
            comparison.compare(target, groups, extras)
    comparison.finish()


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_leaves_out_what_only_the_provided_need(folder, monkeypatch):
    project, lock = folder
    comparison = Comparison(project, lock, monkeypatch)
    target = targets()[0] if comparison.lock.admits(targets()[0].python) else targets()[-1]
    plain = select(project, lock, target)
    for distribution in plain.get("distributions", [])[:12]:
        comparison.compare(target, provided=(distribution["name"],))
    comparison.finish()


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_has_no_warning_for_a_lock_that_fits(folder):
    project, lock = folder
    for target in targets():
        answer = select(project, lock, target)
        if "error" not in answer:
            assert not [warning for warning in answer["warnings"] if "does not fit" in warning]
