"""Random locks, made by uv and by Poetry from made-up indexes: what they would install is what is selected.

A few in every run, always the same ones; LAMBDA_PACK_GENERATED_LOCKS is how many of each kind there shall be,
LAMBDA_PACK_GENERATED_SEED what they begin with. A failure names its folder, which is kept.
"""

import os
import random
import shutil

import generated_poetry
import generated_uv
import made_up_index
import pytest
from packaging.version import Version
from poetry_reference import PoetryProject, Target
from test_selection import ARCHITECTURES, RUNTIMES, ask

LOCKS = int(os.environ.get("LAMBDA_PACK_GENERATED_LOCKS", "6"))
SEED = os.environ.get("LAMBDA_PACK_GENERATED_SEED", "1")
PROJECTS_OF_A_WORLD = 8


@pytest.fixture(scope="module")
def index():
    with made_up_index.Index() as index:
        yield index


@pytest.fixture(scope="module")
def targets():
    return [Target(ask({"python_full_version": runtime}), arch) for runtime in RUNTIMES for arch in ARCHITECTURES]


def cases(kind, index, scratch):
    """Endless: a random source, the world it draws from, its index, an empty folder."""
    world = url = None
    for number in range(10**9):
        if number % PROJECTS_OF_A_WORLD == 0:
            world = made_up_index.World(random.Random(f"{SEED} {kind} world {number}"))
            url = index.add(f"{kind}{number}", world)
        folder = scratch / f"{kind}-{SEED}-{number}"
        folder.mkdir()
        yield random.Random(f"{SEED} {kind} {number}"), world, url, folder


def requests(groups, extras):
    """Main dependencies, each group, each extra, everything."""
    yield (), ()
    yield from (((group,), ()) for group in groups)
    yield from (((), (extra,)) for extra in extras)
    if len(groups) + len(extras) > 1:
        yield tuple(groups), tuple(extras)


def select(folder, lock, target, groups, extras):
    return ask({"select": {"pyproject": str(folder / "pyproject.toml"), "lock": str(lock), "runtime": target.runtime,
                           "architecture": target.architecture, "groups": list(groups), "extras": list(extras)}})


def versions(distributions):
    return {name: str(Version(version)) for name, version in distributions.items()}


def difference(answer, expected):
    """How the answer differs from what is installed, a text for a refusal; empty when they agree."""
    if "error" in answer:
        return "" if isinstance(expected, str) else f"refused: {answer['error']}"
    if [warning for warning in answer["warnings"] if "does not fit" in warning]:
        return "a lock that was made just now does not fit"
    ours = versions({d["name"]: d["version"] for d in answer["distributions"]})
    if isinstance(expected, str):
        return f"{ours} although it refuses: {expected}"
    theirs = versions(expected)
    missing, superfluous = sorted(theirs.items() - ours.items()), sorted(ours.items() - theirs.items())
    return f"missing {missing}, superfluous {superfluous}" if missing or superfluous else ""


def compare_uv(folder, member, targets, scratch):
    for target in targets:
        for groups, extras in requests(member.groups, member.extras):
            answer = select(folder / member.folder, folder / "uv.lock", target, groups, extras)
            expected = generated_uv.install(folder, member, target, groups, extras, scratch)
            what = difference(answer, expected)
            assert not what, f"{folder}: {member.name} {target} {groups} {extras}: {what}"


def test_selects_what_uv_installs_of_random_locks(index, targets, tmp_path):
    locked = 0
    for source, world, url, folder in cases("uv", index, tmp_path):
        members = generated_uv.lock(source, world, url, folder, tmp_path)
        for member in members or ():
            compare_uv(folder, member, source.sample(targets, 2), tmp_path)
        locked += members is not None
        shutil.rmtree(folder)
        if locked == LOCKS:
            return


def install(project, target, groups, extras, answer):
    """What Poetry would install; its refusal is a text. Of several versions that it would install over one another that
    of the answer, when it is among them."""
    try:
        packages = project.packages(target, groups, extras)
    except Exception as error:  # Poetry raises whatever its libraries raise
        return f"{type(error).__name__}: {error}"
    ours = versions({d["name"]: d["version"] for d in answer.get("distributions", ())})
    installed = {}
    for package in packages:
        version = str(package.version)
        if package.name not in installed or str(Version(version)) == ours.get(package.name):
            installed[package.name] = version
    return installed


def compare_poetry(folder, targets, scratch):
    project = PoetryProject(folder, scratch)
    for target in targets:
        for groups, extras in requests(project.groups, project.extras):
            answer = select(folder, folder / "poetry.lock", target, groups, extras)
            if "no wheel of" in answer.get("error", ""):
                continue  # Poetry notices when it installs
            what = difference(answer, install(project, target, groups, extras, answer))
            assert not what, f"{folder}: {target} {groups} {extras}: {what}"


@pytest.mark.parametrize("version", ["2.1", "2.0", "1.1"])
def test_selects_what_poetry_installs_of_random_locks(index, targets, tmp_path, monkeypatch, version):
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "cache"))
    locked = 0
    for source, world, url, folder in cases("poetry", index, tmp_path):
        if generated_poetry.lock(source, world, url, folder):
            generated_poetry.rewrite(folder, version)
            compare_poetry(folder, source.sample(targets, 2), tmp_path / "copy")
            locked += 1
        shutil.rmtree(folder)
        if locked == LOCKS:
            return
