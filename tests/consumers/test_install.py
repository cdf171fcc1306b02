"""lambda_python_install(): what lands where, and how another project uses it."""
import os
import re
import tarfile

import pytest

INSTALL = "lambda_python_install(TARGETS billing orders DESTINATION lambdas EXPORT services)"
EXCLUDED = """\
lambda_python_package(report HANDLER app.handler RUNTIME python3.13 EXCLUDE_FROM_ALL)
lambda_python_install(TARGETS report DESTINATION lambdas COMPONENT reports)
"""
PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(services VERSION 1.2 LANGUAGES NONE)
add_subdirectory("${{LAMBDA_PYTHON_SOURCE_DIR}}" lambda-python)
lambda_python_package(billing HANDLER app.handler RUNTIME python3.13)
lambda_python_package(orders HANDLER app.handler RUNTIME python3.13 OUTPUT_NAME "my orders")
{install}
set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_FILE_NAME services)
include(CPack)
"""
USER = """\
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES NONE)
include("${SERVICES}")
include("${SERVICES}")
add_custom_target(copies ALL
  COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:billing::archive>" "$<TARGET_FILE:orders::archive>" . VERBATIM)
"""
ZIPS = ["lambdas/billing.zip", "lambdas/billing.zip.json", "lambdas/my orders.zip", "lambdas/my orders.zip.json",
        "lambdas/services.cmake"]


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def services(consumer, some_cell):
    def make(install):
        project = consumer(None, some_cell)
        project.write("CMakeLists.txt", PROJECT.format(install=install))
        project.write("pyproject.toml", "[project]\n")
        project.write("poetry.lock", "")
        project.write("src/app.py", "")
        project.prefix = project.source.parent / "pre fix"
        return project
    return make


def install(project, *arguments, **options):
    return project.run(project.cmake, "--install", project.build_folder, "--config", "Release", "--prefix",
                       project.prefix, *arguments, **options)


def test_zips_and_manifests_are_installed_and_used_elsewhere(services, consumer, some_cell):
    project = services(INSTALL)
    project.configure("-DCMAKE_BUILD_TYPE=Release")
    project.build("all")
    install(project)
    assert files(project.prefix) == ZIPS
    moved = project.prefix.rename(project.prefix.with_name("moved"))

    user = consumer(None, some_cell)
    user.write("CMakeLists.txt", USER)
    user.configure(f"-DSERVICES={moved}/lambdas/services.cmake")
    user.build("all")
    for name in ["billing.zip", "my orders.zip"]:
        assert (user.build_folder / name).read_bytes() == project.output(name).read_bytes()

    (moved / "lambdas/my orders.zip").unlink()
    output = user.configure(f"-DSERVICES={moved}/lambdas/services.cmake", ok=False).stdout
    assert ("services.cmake: my orders.zip, which should lie beside it, is not there; install it again"
            in " ".join(output.split()))


def test_destdir_and_cpack_know_them(services):
    project = services(INSTALL)
    project.configure("-DCMAKE_BUILD_TYPE=Release")
    project.build("all")
    stage = project.source.parent / "dest dir"
    project.prefix = "/opt/services"
    install(project, DESTDIR=str(stage))
    assert files(stage) == [f"opt/services/{name}" for name in ZIPS]

    cpack = project.cmake.removesuffix("cmake") + "cpack"
    project.run(cpack, "--config", project.build_folder / "CPackConfig.cmake", "-C", "Release", "-B", stage)
    with tarfile.open(stage / "services.tar.gz") as package:
        assert sorted(name for name in package.getnames() if "." in os.path.basename(name)) == [
            f"services/{name}" for name in ZIPS]


def test_components_come_by_themselves(services):
    project = services("lambda_python_install(TARGETS billing DESTINATION lambdas COMPONENT zips)\n"
                       "install(FILES pyproject.toml DESTINATION etc COMPONENT other)")
    project.configure("-DCMAKE_BUILD_TYPE=Release")
    project.build("all")
    install(project, "--component", "zips")
    assert files(project.prefix) == ZIPS[:2]


def test_an_excluded_package_is_installed_with_its_component_alone(services):
    project = services(INSTALL + "\n" + EXCLUDED)
    project.configure("-DCMAKE_BUILD_TYPE=Release")
    project.build("all")
    install(project)
    assert files(project.prefix) == ZIPS
    project.build("report_zip")
    install(project, "--component", "reports")
    assert files(project.prefix) == sorted([*ZIPS, "lambdas/report.zip", "lambdas/report.zip.json"])


@pytest.mark.parametrize("call, text", [
    ("DESTINATION lambdas", "TARGETS is missing"),
    ("TARGETS billing", "DESTINATION is missing"),
    ("TARGETS billing DESTINATION", "DESTINATION needs a value"),
    ("TARGETS billing DESTINATION a RENAME b", 'unknown argument "RENAME"'),
    ("TARGETS nothing DESTINATION a",
     'there is no package "nothing"; lambda_python_package(nothing …) must come before'),
    ("TARGETS billing DESTINATION a EXPORT a/b", 'EXPORT must be a file name without ".cmake"; got "a/b"'),
    ("TARGETS billing DESTINATION a EXPORT b)\nlambda_python_install(TARGETS orders DESTINATION a EXPORT b",
     "EXPORT b stands in another call for DESTINATION a; name all TARGETS there, or give this one another name"),
    ("TARGETS report DESTINATION a", "report is EXCLUDE_FROM_ALL; give a COMPONENT to install it with"),
])
def test_what_is_refused(services, call, text):
    project = services(EXCLUDED + f"lambda_python_install({call})")
    output = " ".join(project.configure(ok=False).stdout.split())
    assert re.search(r"CMake Error .*" + re.escape("lambda_python_install(): " + text), output), output
