"""examples/monorepo: what an edit of a shared library or of one lock builds again, and that the network is needed once."""
import os
import shutil
import subprocess
import zipfile

import pytest
import uv

ZIPS = ["billing", "cleanup", "orders", "shipping"]


@pytest.fixture(scope="module")
def monorepo(tmp_path_factory, make_consumer, oldest_cell, lambda_pack):
    consumer = make_consumer(tmp_path_factory.mktemp("mono repo"), None, *oldest_cell, helper=lambda_pack)
    example = os.path.join(os.environ["LAMBDA_PYTHON_SOURCE_DIR"], "examples/monorepo")
    shutil.copytree(example, consumer.source, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    consumer.path = {"PATH": os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]}
    consumer.configure()
    consumer.build("all", **consumer.path)
    return consumer


def contents(consumer):
    return {name: (consumer.build_folder / f"{name}.zip").read_bytes() for name in ZIPS}


def rebuilt(consumer):
    """The packages whose zips a build changes; a second build has nothing to do."""
    before = contents(consumer)
    output = consumer.build("all", **consumer.path).stdout
    assert "no work to do" in consumer.build("all", **consumer.path).stdout, "a second build does something"
    changed = [name for name, content in contents(consumer).items() if content != before[name]]
    packed = [name for name in ZIPS if f"Packing {name}.zip" in output]
    assert packed == changed, "each is packed when its content changes, and then alone"
    return changed


def edit(consumer, path, old, new):
    text = (consumer.source / path).read_text()
    assert old in text
    consumer.write(path, text.replace(old, new))


def test_libraries_travel_with_the_functions_that_use_them(monorepo):
    for name, libraries in {"billing": ["mail", "money"], "orders": ["money"], "shipping": ["mail"], "cleanup": []}.items():
        files = zipfile.ZipFile(monorepo.build_folder / f"{name}.zip").namelist()
        assert [each for each in ("mail", "money") if f"{each}/__init__.py" in files] == libraries
        assert ("mail/parcel.txt" in files) == ("mail" in libraries), "data files of a library, too"


def test_a_librarys_tests_run_in_the_zip_of_a_function_and_on_the_source(monorepo):
    ctest = os.path.join(os.path.dirname(monorepo.cmake), "ctest")

    def run(ok):
        done = monorepo.run(ctest, "--test-dir", monorepo.build_folder, "-R", r"^money\.", "--output-on-failure", ok=ok,
                            **monorepo.path)
        return done.stdout

    said = run(ok=True)
    assert "100% tests passed" in said and "money.staged" in said and "money.source" in said
    assert not [name for name in zipfile.ZipFile(monorepo.build_folder / "billing.zip").namelist() if "pytest" in name]
    edit(monorepo, "libs/money/src/money/__init__.py", "{cents % 100:02d}", "{cents % 100}")
    said = run(ok=False)
    assert said.count("FAILED ") == 2 and said.count("test_an_amount_has_two_digits_of_cents") >= 2, said
    edit(monorepo, "libs/money/src/money/__init__.py", "{cents % 100}", "{cents % 100:02d}")
    monorepo.build("all", **monorepo.path)


@pytest.mark.parametrize("path, old, new, users", [
    ("libs/money/src/money/__init__.py", '"EUR"', '"USD"', ["billing", "orders"]),
    ("libs/mail/src/mail/parcel.txt", "parcel", "letter", ["billing", "shipping"]),
    ("services/shipping/src/shipping/handler.py", "event", "order", ["shipping"]),
    ("services/cleanup/handler.py", "event", "order", ["cleanup"]),
])
def test_an_edit_builds_exactly_the_users_again(monorepo, path, old, new, users):
    edit(monorepo, path, old, new)
    assert rebuilt(monorepo) == users


def test_a_change_of_one_lock_builds_one_function_again(monorepo):
    cleanup = monorepo.source / "services/cleanup"
    edit(monorepo, "services/cleanup/requirements.in", "isodate>=0.7", "isodate<0.7")
    subprocess.run([uv.find_uv_bin(), "pip", "compile", "--quiet", "--universal", "--python-version", "3.9",
                    "--generate-hashes", "requirements.in", "-o", "requirements.txt"], cwd=cleanup, check=True)
    assert rebuilt(monorepo) == ["cleanup"]


def test_a_fresh_build_tree_needs_no_network(monorepo):
    before = contents(monorepo)
    shutil.rmtree(monorepo.build_folder)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "UV_DEFAULT_INDEX": "http://127.0.0.1:9/", "UV_OFFLINE": "1"}
    monorepo.configure("-DLAMBDA_PYTHON_OFFLINE=ON")
    monorepo.build("all", **monorepo.path, **nowhere)
    assert contents(monorepo) == before
