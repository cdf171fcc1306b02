"""The same distributions and wheels as Poetry itself would install, for targets that are not this machine.

Every folder below tests/comparison/locks, and of LAMBDA_PACK_REAL_LOCKS when that is set (a list of folders as in
PATH; each holds folders with a pyproject.toml and a poetry.lock), is compared on every target: the main dependencies,
those with every group and every extra, and each group and each extra alone.
"""

import json
import os
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path

import pytest
from poetry_reference import PoetryProject, Target, best_file, has_sdist

RUNTIMES = ["python3.9", "python3.12", "python3.13"]
ARCHITECTURES = ["x86_64", "arm64"]
ROOTS = [
    Path(__file__).parent / "locks",
    *map(Path, filter(None, os.environ.get("LAMBDA_PACK_REAL_LOCKS", "").split(":"))),
]
FOLDERS = sorted(lock.parent for root in ROOTS for lock in root.glob("*/poetry.lock"))
assert FOLDERS, "there are no locks to compare with"
INDEX_SOURCES = (None, "legacy")


def ask(question):
    probe = subprocess.run(
        [os.environ["LAMBDA_PACK_SELECTION_PROBE"]],
        input=json.dumps(question) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(probe.stdout)


def question(folder, target, groups=(), extras=(), **more):
    return {
        "select": {
            "pyproject": str(folder / "pyproject.toml"),
            "lock": str(folder / "poetry.lock"),
            "runtime": target.runtime,
            "architecture": target.architecture,
            "groups": list(groups),
            "extras": list(extras),
            **more,
        }
    }


@cache
def targets():
    return [Target(ask({"python_full_version": runtime}), arch) for runtime in RUNTIMES for arch in ARCHITECTURES]


@cache
def poetry_project(folder):
    """Poetry's reading of the folder; when it refuses, why."""
    try:
        project = PoetryProject(folder, Path(tempfile.mkdtemp(prefix="lambda-pack-")))
        project.groups, project.extras, project.lock_version
        return project
    except Exception as error:  # Poetry raises whatever its libraries raise
        return f"{type(error).__name__}: {error}"


def requests(project):
    """What to ask for: the main dependencies, each group, each extra, everything."""
    yield (), ()
    for group in project.groups:
        yield (group,), ()
    for extra in project.extras:
        yield (), (extra,)
    if len(project.groups) + len(project.extras) > 1:
        yield tuple(project.groups), tuple(project.extras)


def names_in(folder):
    lines = (folder / "poetry.lock").read_text(encoding="utf-8").splitlines()
    return sorted({line.split('"')[1] for line in lines if line.startswith('name = "')})


class Findings:
    """What came out of the comparisons of one folder."""

    def __init__(self):
        self.same, self.differences, self.refused_by_poetry, self.refused_duly = 0, {}, {}, {}

    def __str__(self):
        return json.dumps(
            {"same": self.same, **{key: value for key, value in vars(self).items() if key != "same" and value}},
            indent=1,
        )


def compare(folder, target, groups, extras, tags, findings):
    what = f"{target.runtime} {target.architecture} groups {','.join(groups)} extras {','.join(extras)}"
    answer = ask(question(folder, target, groups, extras, source_builds=names_in(folder)))
    try:
        expected = poetry_project(folder).install(target, groups, extras)
    except Exception as error:
        # Nothing to compare with; but where Poetry cannot install, an answer must say that something is wrong.
        silent = "error" not in answer and not answer["warnings"]
        (findings.differences if silent else findings.refused_by_poetry)[what] = f"{type(error).__name__}: {error}"
        return
    if "error" in answer:
        due = is_refusal_due(answer, expected, tags)
        (findings.refused_duly if due else findings.differences)[what] = f"{answer['error']} ({answer['hint']})"
    elif difference := difference_of(answer["distributions"], expected, tags):
        findings.differences[what] = difference
    else:
        findings.same += 1


def difference_of(distributions, expected, tags):
    ours = {d["name"]: normalized(d["version"]) for d in distributions}
    theirs = {name: str(package.version) for name, package in expected.items()}
    if ours != theirs:
        missing = sorted(set(theirs.items()) - set(ours.items()))
        return f"missing {missing}, superfluous {sorted(set(ours.items()) - set(theirs.items()))}"
    return next(filter(None, (file_difference(d, expected[d["name"]], tags) for d in distributions)), None)


def normalized(version):
    from poetry.core.constraints.version import Version

    return str(Version.parse(version))


def file_difference(distribution, package, tags):
    if package.source_type not in INDEX_SOURCES:
        return None
    best, chosen = best_file(package, tags), distribution["file"]["name"]
    if distribution.get("build"):
        return None if best is None else f"{chosen} instead of {best}"
    return None if chosen == best else f"{chosen} instead of {best}"


def is_refusal_due(answer, expected, tags):
    """lambda-pack refuses what Poetry might still install: other sources, files without hash, nothing that runs."""
    culprits = [
        name
        for name, package in expected.items()
        if package.source_type not in INDEX_SOURCES or not (best_file(package, tags) or has_sdist(package))
    ]
    return any(name in answer["error"] for name in culprits)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_selects_what_poetry_would_install(folder, monkeypatch):
    project = poetry_project(folder)
    if isinstance(project, str):
        pytest.skip(f"Poetry cannot read it: {project}")
    findings = Findings()
    for target in targets():
        tags = target.tags(monkeypatch)
        for groups, extras in requests(project):
            compare(folder, target, groups, extras, tags, findings)
    assert not findings.differences, str(findings)
    if findings.refused_by_poetry or findings.refused_duly:
        warnings.warn(f"{folder.name}: {findings}", stacklevel=1)
    if not findings.same:
        pytest.skip(f"nothing to compare: {findings}")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_warns_exactly_when_poetry_finds_the_lock_out_of_date(folder):
    project = poetry_project(folder)
    if isinstance(project, str):
        pytest.skip(f"Poetry cannot read it: {project}")
    for target in targets():
        answer = ask(question(folder, target, source_builds=names_in(folder)))
        if "error" not in answer:
            warned = any("does not fit" in warning for warning in answer["warnings"])
            assert warned == (not project.is_fresh)
            return
    pytest.skip("refused on every target: " + answer["error"])


def test_what_is_provided_takes_away_what_only_it_needs():
    """The extra brings boto3 alone: with boto3 provided, it brings nothing, and what others need of boto3's stays."""
    folder = Path(__file__).parent / "locks" / "versions-1.8"
    for target in targets():
        if target.runtime == "python3.13":  # which the project excludes
            continue
        expected = poetry_project(folder).install(target, (), ())
        whole = ask(question(folder, target, extras=["aws"]))["distributions"]
        answer = ask(question(folder, target, extras=["aws"], provided=["Boto3"]))["distributions"]
        assert {d["name"]: normalized(d["version"]) for d in answer} == {n: str(p.version) for n, p in expected.items()}
        gone = {d["name"] for d in whole} - {d["name"] for d in answer}
        assert {"boto3", "botocore", "s3transfer", "jmespath"} <= gone and "urllib3" not in gone
