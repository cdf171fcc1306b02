"""The built helper under the build tools: what its depfiles, stamps and artifacts make them do."""
import shutil
import zipfile
from pathlib import Path

import pytest

STEPS = ["export", "fetch", "wheel", "stage", "zip"]
ODD_NAMES = ["sp ace", "ha#sh", "dol$lar", "d$$2", "ünï", "a b/x", "c#d/x", "e$f/x", "co:lon", "quo\"te'",
             "semi;colon", "star*", "per%cent", "quest?ion", "amp&er", "tick`", "pi|pe", "<less>",
             "car^et", "(par)", "[b]", "{c}", "~t", "at@", "plus+,", "eq=ual", "ex!cl", "-dash", "end "]


@pytest.fixture(scope="module")
def tree(some_cell, tmp_path_factory, make_consumer, lambda_pack):
    consumer = make_consumer(tmp_path_factory.mktemp("helper"), "packaged", *some_cell, helper=lambda_pack)
    store = Path(tmp_path_factory.getbasetemp(), "store")
    consumer.configure(f"-DLAMBDA_PYTHON_STORE={store}", "-DLAMBDA_PYTHON_OFFLINE=ON")
    consumer.build()
    consumer.settled = True
    yield consumer
    shutil.rmtree(consumer.source.parent)


@pytest.fixture
def billing(tree):
    """The package, built and up to date."""
    if not tree.settled:
        tree.build()
    return tree


def beginnings(project):
    files = {step: project.work / f"{step}.stamp" for step in STEPS}
    return {step: file.stat().st_mtime_ns if file.exists() else None for step, file in files.items()}


def rebuild(project):
    """The steps that a build runs; a second one must have nothing to do."""
    before = beginnings(project)
    project.build()
    after = beginnings(project)
    again = project.build().stdout
    assert beginnings(project) == after
    assert "Ninja" not in project.generator or "ninja: no work to do" in again, again
    project.settled = True
    return " ".join(step for step in STEPS if before[step] != after[step])


def packed(project):
    with zipfile.ZipFile(project.output("billing.zip")) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()
                if not name.endswith((".pyc", "/"))}


def test_the_zip_and_the_stage_hold_the_package(billing):
    names = packed(billing)
    assert names["etc/motd.txt"] == "hello\n" and "billing/app.py" in names and "backend.py" not in names
    assert (billing.work / "stage/etc/motd.txt").read_text() == "hello\n"


def test_nothing_changed_runs_nothing(billing):
    billing.configure()
    assert rebuild(billing) == ""


def test_an_edited_source_is_packed(billing):
    billing.write("src/billing/app.py", "def handler(event, context): return 2\n")
    assert rebuild(billing) == "wheel stage zip"
    assert packed(billing)["billing/app.py"].endswith("return 2\n")


def test_a_touched_source_is_built_and_nothing_else(billing):
    billing.touch("src/billing/app.py")
    assert rebuild(billing) == "wheel"


def test_a_new_file_that_is_not_packaged_is_looked_at_once(billing):
    billing.write("src/billing/notes.md", "not packaged by this backend\n")
    assert rebuild(billing) == "wheel"
    billing.delete("src/billing/notes.md")
    assert rebuild(billing) == "wheel"


def test_a_module_can_come_move_and_go(billing):
    billing.write("src/billing/sub/late.py", "")
    assert rebuild(billing) == "wheel stage zip"
    billing.move("src/billing/sub/late.py", "src/billing/late.py")
    assert rebuild(billing) == "wheel stage zip"
    assert "billing/late.py" in packed(billing)
    billing.delete("src/billing/late.py")
    assert rebuild(billing) == "wheel stage zip"
    assert "billing/late.py" not in packed(billing)


def test_bytecode_beside_the_sources_packs_nothing(billing):
    billing.write("src/billing/__pycache__/app.pyc", "1")
    assert rebuild(billing) in ("", "wheel")
    billing.write("src/billing/__pycache__/app.pyc", "2")
    assert rebuild(billing) == ""


def test_a_changed_extra_file_is_packed(billing):
    # It lies in the project's folder, so that the backend could read it.
    for text in ("good morning\n", "hello\n"):
        billing.write("motd.txt", text)
        assert rebuild(billing) == "wheel stage zip"
        assert packed(billing)["etc/motd.txt"] == text


def test_a_lock_that_selects_the_same_is_read_and_nothing_else(billing):
    billing.write("poetry.lock", (billing.source / "poetry.lock").read_text() + "# again\n")
    # The lock lies in the project's folder, so that the backend could read it.
    assert rebuild(billing) in ("export", "export wheel")


def test_a_changed_argument_is_checked_against_the_package(billing):
    failed = billing.configure("-DBILLING_HANDLER=billing.app.handle")
    failed = billing.build(ok=False)
    assert failed.returncode != 0 and "handle" in failed.stdout and "hint:" in failed.stdout
    billing.configure("-DBILLING_HANDLER=billing.app.handler")
    assert "zip" in rebuild(billing)


@pytest.mark.parametrize("name", ["billing.zip", "billing.zip.json"])
def test_a_deleted_output_is_made_again(billing, name):
    billing.output(name).unlink()
    assert rebuild(billing) == "zip"
    assert billing.output(name).exists()


@pytest.mark.parametrize("artifact", ["requirements.txt", "selection.json", "fetched.json", "wheel.json"])
def test_a_deleted_artifact_is_made_again(billing, artifact):
    (billing.work / artifact).unlink()
    assert rebuild(billing) != ""
    assert (billing.work / artifact).exists()


def test_odd_file_names_are_watched_and_packed(billing):
    for name in ODD_NAMES:
        billing.write(f"src/billing/{name}.txt", "1")
    assert rebuild(billing) == "wheel stage zip"
    for name in ["ha#sh", "dol$lar", "plus+,"]:
        billing.write(f"src/billing/{name}.txt", "2")
        assert rebuild(billing) == "wheel stage zip"
    for name in ODD_NAMES:
        billing.delete(f"src/billing/{name}.txt")
    assert rebuild(billing) == "wheel stage zip"
