"""The helper inside a C++ project that would break any other code built in it, and that looks for traces of it."""
import shutil
import zipfile


def configured(consumer, cell):
    project = consumer("hostile", cell, helper=False)
    project.add("packaged", "pyproject.toml", "poetry.lock", "backend.py", "src")
    launcher = [f"-DCMAKE_CXX_COMPILER_LAUNCHER={shutil.which('ccache')}"] if shutil.which("ccache") else []
    project.configure(*launcher, "-DCMAKE_BUILD_TYPE=Debug", CXXFLAGS="-Wcast-qual -Werror", LDFLAGS="-static-libgcc")
    return project


def test_nothing_is_left_behind(consumer, some_cell):
    project = configured(consumer, some_cell)  # the project itself looks
    assert "Performing Test" not in project.configure().stdout  # what was found is remembered all the same


def test_the_helper_is_built_and_packs(consumer, oldest_cell):
    project = configured(consumer, oldest_cell)
    project.build("billing_zip")
    assert (project.build_folder / "lambda-python/bin/lambda-pack-full").exists()
    assert "billing/app.py" in zipfile.ZipFile(project.output("billing.zip")).namelist()
    assert "no work to do" in project.build("billing_zip").stdout
