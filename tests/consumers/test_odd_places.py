"""Where a source tree can be, what it can be called, and what its clock may say."""
import os
import re
import shutil
import stat
import time

import pytest

# CMake keeps lists in strings, so that no path of its own can have a ";"; files below the source can (test_incremental).
NAMES = ["sp ace", "ha#sh", "dol$lar", "d$$2", "ünï çødé", "(par)", "quo'te", "plus+,=@!~", "per%cent", "am&p", "[b]{c}",
         'dou"ble', "back`tick", "star*"]
# The same with a plain rule: it makes one file of another in its build folder, which its depfile names.
PLAIN = """\
cmake_minimum_required(VERSION 3.22)
project(plain LANGUAGES NONE)
cmake_policy(SET CMP0116 NEW)
file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/settings" CONTENT "x")
add_custom_command(OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/stamp"
  COMMAND "${CMAKE_COMMAND}" -E copy "${CMAKE_CURRENT_SOURCE_DIR}/depfile" "${CMAKE_CURRENT_BINARY_DIR}/stamp.d"
  COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_CURRENT_BINARY_DIR}/stamp"
  COMMAND "${CMAKE_COMMAND}" -E echo "the plain rule runs"
  DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/pyproject.toml"
  DEPFILE "${CMAKE_CURRENT_BINARY_DIR}/stamp.d" VERBATIM)
add_custom_target(plain ALL DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/stamp")
"""
EASY = {"sp ace", "ünï çødé", "(par)", "[b]{c}"}  # nothing may fail in these
OURS = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
lambda_python_package(billing HANDLER billing.app.handler RUNTIME python3.13)
"""


@pytest.fixture
def project(consumer, some_cell):
    made = consumer(None, some_cell)
    made.write("CMakeLists.txt", OURS)
    made.write("pyproject.toml", "[project]\n")
    made.write("poetry.lock", "")
    made.write("src/billing/app.py", "# 1\n")
    return made


def files_below(folder):
    return {str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for path in folder.rglob("*")}


def package_works(project):
    if project.configure(ok=False).returncode != 0 or project.build("billing_zip", ok=False).returncode != 0:
        return False
    project.runs()
    project.build("billing_zip")
    if project.runs():
        return False
    project.write("src/billing/app.py", "# 2\n")
    project.build("billing_zip")
    return project.runs() == "wheel zip" and "# 2" in project.output("billing.zip").read_text()


def plain_rule_works(project):
    project.write("CMakeLists.txt", PLAIN)
    shutil.rmtree(project.build_folder, ignore_errors=True)
    project.write("depfile", f"stamp: {re.sub('[ #]', lambda odd: chr(92) + odd[0], str(project.build_folder))}/settings"
                  .replace("$", "$$") + "\n")
    configured = project.configure(ok=False).returncode == 0
    first, second = project.build("plain", ok=False), project.build("plain", ok=False)
    said = "the plain rule runs"
    return configured and first.returncode == 0 and said in first.stdout and said not in second.stdout


@pytest.mark.parametrize("which", ["source", "build"])
@pytest.mark.parametrize("name", NAMES)
def test_where_a_plain_rule_builds_packages_build(project, name, which):
    """CMake, a generator or a build tool fails in some folders: then a rule of CMake's own must fail there as well."""
    folder = project.source.parent / name
    folder.mkdir()
    if which == "source":
        project.source = project.source.rename(folder / "source")
    else:
        project.build_folder = folder / "build"
    assert package_works(project) or (name not in EASY and not plain_rule_works(project))


def test_a_build_folder_inside_the_source_is_no_part_of_it(project):
    project.build_folder = project.source / "build"
    project.configure()
    assert project.rebuild("all") == "export fetch wheel zip"
    project.write("src/billing/app.py", "# 2\n")
    assert project.rebuild("all") == "wheel zip"


def test_a_symlinked_source_is_watched_through_the_link(project):
    real = project.source.rename(project.source.with_name("real place"))
    project.source.symlink_to(real)
    project.configure()
    assert project.rebuild("all") == "export fetch wheel zip"
    (real / "src/billing/other.py").write_text("")
    assert project.rebuild("all") == "wheel zip"
    project.write("src/billing/app.py", "# by the link\n")
    assert project.rebuild("all") == "wheel zip"


def test_a_link_that_leads_elsewhere_than_before_is_noticed(project):
    """As a release folder's "current" does."""
    first = project.source.rename(project.source.with_name("release 1"))
    project.source.symlink_to(first)
    project.configure()
    project.rebuild("all")
    second = first.with_name("release 2")
    shutil.copytree(first, second)
    (second / "src/billing/app.py").write_text("# second\n")
    project.source.unlink()
    project.source.symlink_to(second)
    project.build("all")
    assert "# second" in project.output("billing.zip").read_text()


def test_the_source_is_only_read(project):
    before = files_below(project.source)
    for path in [project.source, *project.source.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        project.configure()
        assert project.rebuild("all") == "export fetch wheel zip"
        assert files_below(project.source) == before
    finally:
        for path in [project.source, *project.source.rglob("*")]:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def set_times(folder, seconds):
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (seconds, seconds), follow_symlinks=False)


@pytest.mark.parametrize("when", [0, 315532800, 1_000_000_000], ids=["1970", "1980", "2001"])
def test_a_source_with_old_times_is_built_and_watched(project, when):
    """As out of an archive that has no times, or a checkout that sets them."""
    set_times(project.source, when)
    project.configure()
    assert project.rebuild("all") == "export fetch wheel zip"
    project.write("src/billing/app.py", "# 2\n")
    assert project.rebuild("all") == "wheel zip"


def test_a_source_from_the_future_is_built_and_comes_to_rest_when_that_has_come(project):
    """Until then build tools take it for newer than anything that they make of it."""
    project.configure()
    set_times(project.source, time.time() + 3600)
    for path in [project.source / "CMakeLists.txt", project.source]:  # which would have CMake configured without end
        os.utime(path)
    project.build("all")
    first = project.output("billing.zip").read_bytes()
    project.build("all")
    assert project.output("billing.zip").read_bytes() == first
    set_times(project.source, time.time())
    project.build("all")
    project.runs()
    assert project.rebuild("all") == ""
    project.write("src/billing/app.py", "# 2\n")
    assert project.rebuild("all") == "wheel zip"


def test_after_the_clock_went_forward_an_edit_is_packed(project):
    project.configure()
    project.build("all")
    shift_times(project.source.parent, -86400)  # the helper's as well
    project.runs()
    project.write("src/billing/app.py", "# 2\n")
    assert project.rebuild("all") == "wheel zip"


def test_after_the_clock_went_back_a_fresh_build_tree_has_everything(project):
    """Nothing that goes by times can see an edit that is older than the last build; what is newer than now does no harm."""
    project.configure()
    project.build("all")
    shift_times(project.source / "src", 86400)
    shift_times(project.build_folder, 86400)
    project.write("src/billing/app.py", "# 2\n")
    project.build_folder = project.build_folder.with_name("another build")
    project.configure()
    project.build("all")
    assert "# 2" in project.output("billing.zip").read_text()


def shift_times(folder, seconds):
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9), follow_symlinks=False)
