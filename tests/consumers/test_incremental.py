"""What a change makes the next build do: the steps that depend on it, once, and then nothing more."""
import os
import shutil
import time

import pytest

SOURCES = {
    "pyproject.toml": "[project]\nname = 'billing'\n",
    "poetry.lock": "lock 1\n",
    "src/billing/__init__.py": "",
    "src/billing/app.py": "def handler(event, context): pass\n",
    "src/billing/old.py": "",
    "src/billing/sub/__init__.py": "",
    "motd.txt": "hello\n",
    "data/a.csv": "1\n",
    "schema.in": "{}\n",
}
ODD_NAMES = ["sp ace.py", "ha#sh.py", "dol$lar.py", "d$$2.py", "ünï.py", "a b/x.py", "c#d/x.py", "e$f/x.py",
             "co:lon.py", "back\\slash.py", "quo\"te'.py", "semi;colon.py", "star*.py", "per%cent.py", "new\nline.py",
             "tab\t.py", "amp&er.py", "tick`.py", "pi|pe.py", "(par).py", "[b].py", "{c}.py", "~t.py", "end "]


@pytest.fixture(scope="module")
def tree(any_cell, tmp_path_factory, make_consumer):
    consumer = make_consumer(tmp_path_factory.mktemp("incremental"), "incremental", *any_cell)
    for path, text in SOURCES.items():
        consumer.write(path, text)
    consumer.configure()
    yield consumer
    shutil.rmtree(consumer.source.parent)


@pytest.fixture
def billing(tree):
    """The package, built and up to date."""
    if not tree.settled:
        tree.build()
        tree.runs()
    return tree


def test_the_first_build_runs_every_step_once(any_cell, tree):
    assert tree.rebuild() == "export fetch wheel stage zip"


def test_configuring_again_builds_nothing(billing):
    billing.configure()
    assert billing.rebuild() == ""


def test_a_changed_argument_runs_every_step(billing):
    billing.configure("-DBILLING_HANDLER=billing.app.other")
    assert billing.rebuild() == "export fetch wheel stage zip"


def test_a_changed_helper_runs_every_step(billing):
    billing.touch(billing.helper)
    assert billing.rebuild() == "export fetch wheel stage zip"


def test_an_edited_source_is_packed(billing):
    billing.write("src/billing/app.py", "# edited\n")
    assert billing.rebuild() == "wheel stage zip"


def test_a_touched_source_is_built_and_nothing_else(billing):
    billing.touch("src/billing/app.py")
    assert billing.rebuild() == "wheel"


def test_an_added_and_then_deleted_source_is_packed(billing):
    billing.write("src/billing/new.py", "new\n")
    assert billing.rebuild() == "wheel stage zip"
    billing.delete("src/billing/new.py")
    assert billing.rebuild() == "wheel stage zip"


def test_a_renamed_source_is_packed(billing):
    billing.move("src/billing/old.py", "src/billing/older.py")
    assert billing.rebuild() == "wheel stage zip"
    billing.move("src/billing/older.py", "src/billing/old.py")
    assert billing.rebuild() == "wheel stage zip"


def test_a_moved_source_is_packed(billing):
    billing.move("src/billing/old.py", "src/billing/sub/old.py")
    assert billing.rebuild() == "wheel stage zip"
    billing.move("src/billing/sub/old.py", "src/billing/old.py")
    assert billing.rebuild() == "wheel stage zip"


def test_a_sub_package_can_come_grow_and_go(billing):
    billing.write("src/billing/late/__init__.py", "")
    assert billing.rebuild() == "wheel stage zip"
    billing.write("src/billing/late/module.py", "")
    assert billing.rebuild() == "wheel stage zip"
    billing.delete("src/billing/late")
    assert billing.rebuild() == "wheel stage zip"


def test_a_folder_with_old_times_is_noticed(billing):
    old = billing.write("../old/__init__.py", "old\n").parent
    os.utime(old / "__init__.py", (1e9, 1e9))
    os.utime(old, (1e9, 1e9))
    billing.move(old, "src/billing/from_long_ago")
    assert billing.rebuild() == "wheel stage zip"


def test_a_source_replaced_by_an_older_file_is_noticed(billing):
    old = billing.write("../older.py", "# older\n")
    os.utime(old, (1e9, 1e9))
    billing.move(old, "src/billing/app.py")
    assert billing.rebuild() == "wheel stage zip"


def test_bytecode_beside_the_sources_packs_nothing(billing):
    billing.write("src/billing/__pycache__/app.pyc", "1")
    assert billing.rebuild() == "wheel"  # the folder that holds __pycache__ was listed
    billing.write("src/billing/__pycache__/app.pyc", "2")
    assert billing.rebuild() == ""
    billing.delete("src/billing/__pycache__")
    assert billing.rebuild() == "wheel"


def test_a_touched_lock_is_read_and_nothing_else(billing):
    billing.touch("poetry.lock")
    assert billing.rebuild() == "export"


def test_a_changed_lock_is_fetched_and_packed_without_a_new_wheel(billing):
    billing.write("poetry.lock", "lock 2\n")
    assert billing.rebuild() == "export fetch stage zip"


def test_an_edited_pyproject_that_selects_the_same_is_not_fetched(billing):
    billing.write("pyproject.toml", "[project]\nname = 'billing'\nversion = '2'\n")
    assert billing.rebuild() == "export wheel stage zip"


def test_a_changed_extra_file_is_packed(billing):
    billing.write("motd.txt", "good morning\n")
    assert billing.rebuild() == "stage zip"


def test_a_folder_of_extra_files_is_watched(billing):
    billing.write("data/b.csv", "2\n")
    assert billing.rebuild() == "stage zip"
    billing.write("data/b.csv", "3\n")
    assert billing.rebuild() == "stage zip"
    billing.delete("data/b.csv")
    assert billing.rebuild() == "stage zip"


def test_a_generated_file_in_depends_is_made_first(billing):
    billing.write("schema.in", '{"new": true}\n')
    assert billing.rebuild() == "export wheel stage zip"
    assert "new" in billing.output("billing.zip").read_text()


@pytest.mark.parametrize("name", ["billing.zip", "billing.zip.json"])
def test_a_deleted_output_is_made_again(billing, name):
    billing.output(name).unlink()
    assert billing.rebuild() == "zip"
    assert billing.output(name).exists()


@pytest.mark.parametrize("artifact, steps", [
    ("requirements.txt", "export"), ("selection.json", "export fetch stage zip"), ("fetched.json", "fetch stage zip"),
    ("wheel.json", "wheel stage zip")])
def test_a_deleted_artifact_is_made_again_before_it_is_used(billing, artifact, steps):
    (billing.work / artifact).unlink()
    assert billing.rebuild() == steps
    assert (billing.work / artifact).exists()


@pytest.mark.parametrize("step", ["export", "fetch", "wheel", "stage", "zip"])
def test_a_deleted_stamp_repeats_its_step_alone(billing, step):
    (billing.work / f"{step}.stamp").unlink()
    assert billing.rebuild() == step


def test_a_deleted_work_folder_is_made_again(billing):
    shutil.rmtree(billing.work)
    billing.configure()
    assert billing.rebuild() == "export fetch wheel stage zip"


@pytest.mark.parametrize("step, steps", [("wheel", "wheel stage zip"), ("zip", "stage zip")])
def test_a_failed_step_stops_the_build_and_is_repeated(billing, step, steps):
    zip_before = billing.output("billing.zip").read_bytes()
    billing.write("src/billing/app.py", f"# before {step} fails\n")
    failed = billing.build("billing_zip", ok=False, STAND_IN_FAIL=step)
    assert failed.returncode != 0 and f"{step} was told to fail" in failed.stdout
    assert step == "zip" or billing.output("billing.zip").read_bytes() == zip_before
    billing.runs()
    assert billing.rebuild() == steps


def assert_packed_by_the_next_build(billing, build, text):
    """Whether the edit came before or after the step read the file, its wheel is looked at again, and the zip has it."""
    assert build.wait() == 0
    billing.runs()
    assert billing.rebuild() in ("wheel stage zip", "wheel stage")
    assert text in billing.output("billing.zip").read_text()


def test_an_edit_while_the_wheel_is_built_is_not_lost(billing):
    billing.write("src/billing/app.py", "# first\n")
    build = billing.start("billing_zip", STAND_IN_SLEEP="0.2")
    billing.wait_for("wheel")
    billing.write("src/billing/app.py", "# second\n")
    assert_packed_by_the_next_build(billing, build, "# second")


def test_an_edit_while_a_step_repeats_its_outcome_is_not_lost(billing):
    billing.touch("src/billing/app.py")
    build = billing.start("billing_zip", STAND_IN_SLEEP="0.2")
    billing.wait_for("wheel")
    time.sleep(0.1)
    billing.write("src/billing/app.py", "# edited after it was read\n")
    assert_packed_by_the_next_build(billing, build, "# edited after it was read")


def test_an_interrupted_build_is_finished_by_the_next(billing):
    billing.write("src/billing/app.py", "# interrupted\n")
    build = billing.start("billing_zip", STAND_IN_SLEEP="20")
    billing.wait_for("wheel")
    billing.interrupt(build)
    billing.runs()
    assert billing.rebuild() == "wheel stage zip"


def test_odd_file_names_are_watched_like_others(billing):
    for name in ODD_NAMES:
        billing.write(f"src/billing/{name}", "1")
    assert billing.rebuild() == "wheel stage zip"
    for name in ["ha#sh.py", "dol$lar.py", "new\nline.py"]:
        billing.write(f"src/billing/{name}", "2")
        assert billing.rebuild() == "wheel stage zip"
    for name in ODD_NAMES:
        billing.delete(f"src/billing/{name}")
    assert billing.rebuild() == "wheel stage zip"
