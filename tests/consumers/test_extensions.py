"""EXTENSIONS: module libraries of the same build, in the package of the built helper."""
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import zipfile

import pytest

MINOR = sys.version_info.minor
HOST = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[HOST]
SUFFIX = f".cpython-3{MINOR}-{platform.machine()}-linux-gnu.so"
MODULE = f"billing/fast{SUFFIX}"
SETTINGS = [f"-DMINOR=3{MINOR}", f"-DRUNTIME_MINOR={MINOR}", f"-DHOST={HOST}", "-DCMAKE_BUILD_TYPE=Release",
            f"-DPYTHON_INCLUDE={sysconfig.get_path('include')}"]


class Extensions:
    """The consumer, and what its build says when it is configured otherwise."""

    def __init__(self, consumer, folder):
        self.consumer = consumer
        consumer.add("packaged", "src", "poetry.lock", "backend.py", "pyproject.toml")
        self.settings = [*SETTINGS, f"-DLAMBDA_PYTHON_STORE={folder}/store", "-DLAMBDA_PYTHON_OFFLINE=ON"]

    def configure(self, *changes, ok=True):
        return self.consumer.configure(*self.settings, *changes, ok=ok)

    def packed(self):
        with zipfile.ZipFile(self.consumer.output("billing.zip")) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def answer(self):
        """What the module in the zip answers, when Python imports it from there."""
        stage = self.consumer.work / "stage"
        done = subprocess.run([sys.executable, "-c", "import billing.fast; print(billing.fast.answer())"], cwd=stage,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def refusal(self, *changes):
        """The error and its hint that a build with other settings ends with; the settings are taken back."""
        self.configure(*changes)
        output = self.consumer.build("billing_zip", ok=False).stdout
        names = {change.partition("=")[0] for change in changes}
        self.consumer.configure(*(f"-U{name.removeprefix('-D')}" for name in names), *self.settings)
        lines = [line for line in output.splitlines() if line.startswith(("lambda-pack: ", "hint: "))
                 and "lambda-pack: warning: " not in line]
        return "\n".join(lines).replace(str(self.consumer.build_folder), "BUILD").replace("/Release/", "/")


@pytest.fixture(scope="module")
def any_extensions(some_cell, tmp_path_factory, make_consumer, lambda_pack):
    folder = tmp_path_factory.mktemp("extensions")
    made = Extensions(make_consumer(folder, "extensions", *some_cell, helper=lambda_pack), tmp_path_factory.getbasetemp())
    made.configure()
    yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def extensions(oldest_cell, tmp_path_factory, make_consumer, lambda_pack):
    made = Extensions(make_consumer(tmp_path_factory.mktemp("refused"), "extensions", *oldest_cell, helper=lambda_pack),
                      tmp_path_factory.getbasetemp())
    made.configure()
    return made


def test_a_module_is_imported_from_its_package_and_follows_its_source(any_extensions):
    consumer = any_extensions.consumer
    consumer.build()
    assert any_extensions.answer() == 41
    assert MODULE in any_extensions.packed()
    again = consumer.build().stdout
    assert "Ninja" not in consumer.generator or "ninja: no work to do" in again, again

    consumer.write("fast.c", (consumer.source / "fast.c").read_text().replace("41", "42"))
    consumer.build()
    assert any_extensions.answer() == 42
    built = consumer.output(f"fast/fast{SUFFIX}").read_bytes()
    assert any_extensions.packed()[MODULE] == built
    again = consumer.build().stdout
    assert "Ninja" not in consumer.generator or "ninja: no work to do" in again, again


def test_stripped_modules_lose_what_only_debuggers_read(extensions, tmp_path):
    extensions.configure("-Dstrip=STRIP_EXTENSIONS")
    extensions.consumer.build()
    extensions.configure("-Ustrip")
    assert extensions.answer() == 41
    stripped = extensions.packed()[MODULE]
    whole = extensions.consumer.output(f"fast/fast{SUFFIX}")
    by_strip = tmp_path / "by strip.so"
    subprocess.run(["strip", "--strip-all", "-o", by_strip, whole], check=True)
    (tmp_path / "ours.so").write_bytes(stripped)
    assert len(stripped) <= by_strip.stat().st_size < whole.stat().st_size

    def described(path, *options):
        done = subprocess.run(["readelf", "-W", *options, path], check=True, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"})
        assert done.stderr == ""
        return done.stdout

    def sections(path):  # without offsets, which differ by the padding before the last ones
        rows = [line.partition("]")[2].split() for line in described(path, "-S").splitlines() if line.startswith("  [")]
        kept_by_strip = [".shstrtab", ".comment"]
        return [[row[0], row[1], row[2], *row[5:]] for row in rows[1:] if row[0] not in kept_by_strip][1:]

    assert sections(tmp_path / "ours.so") == sections(by_strip)
    assert described(tmp_path / "ours.so", "-l", "-d", "-V") == described(by_strip, "-l", "-d", "-V")


def test_modules_whose_paths_are_mapped_have_the_same_bytes_from_any_folder(oldest_cell, tmp_path, make_consumer,
                                                                            lambda_pack):
    """As the guide has it: the compiler is the user's, and so is what it writes of folders."""
    packed = []
    for name in ["one", "another folder"]:
        made = Extensions(make_consumer(tmp_path / name, "extensions", *oldest_cell, helper=lambda_pack), tmp_path)
        made.configure("-Dmapped=ON")
        made.consumer.build("billing_zip")
        packed.append(made.packed())
        assert not [path for path, content in packed[-1].items() if str(tmp_path).encode() in content]
    assert packed[0][MODULE] == packed[1][MODULE]
    assert packed[0] == packed[1]


@pytest.mark.parametrize("suffix, text", [
    (f".cpython-37-{platform.machine()}-linux-gnu.so", f"is for Python 3.7; the package is for python3.{MINOR} on {HOST}"),
    (f".cpython-3{MINOR}t-{platform.machine()}-linux-gnu.so",
     f"is for free-threaded Python 3.{MINOR}; the package is for python3.{MINOR} on {HOST}"),
])
def test_a_module_for_another_python_is_refused(extensions, suffix, text):
    machine = platform.machine()
    assert extensions.refusal(f"-Dsuffix={suffix}") == (
        f"lambda-pack: EXTENSIONS: billing/fast{suffix} {text}\n"
        f"hint: Python imports <module>.cpython-3{MINOR}-{machine}-linux-gnu.so, <module>.abi3.so and <module>.so there; "
        f"build it against the headers of python3.{MINOR}")


def test_a_module_for_another_machine_is_refused(extensions):
    assert extensions.refusal(f"-DHOST={OTHER}", "-Dsuffix=.so") == (
        f"lambda-pack: cannot run on python3.{MINOR} on {OTHER}: billing/fast.so (EXTENSIONS) is for {HOST}\n"
        "hint: package it for the ARCHITECTURE and RUNTIME it was built for, or build it for this target")


def test_two_modules_at_one_path_are_refused(extensions):
    assert extensions.refusal("-Dextensions=fast:other") == (
        f"lambda-pack: EXTENSIONS brings both BUILD/fast/fast{SUFFIX} and BUILD/other/fast{SUFFIX} as {MODULE}\n"
        "hint: give one of them another package: <target>=<package>")


def test_a_module_at_the_path_of_a_wheels_file_is_refused(extensions):
    extensions.consumer.write("src/billing/fast.so.txt", "not it")
    assert extensions.refusal("-Dsuffix=.so.txt") == (
        "lambda-pack: billing 1.0 and EXTENSIONS both bring billing/fast.so.txt, with different content\n"
        "hint: drop one of the two, or leave the file out of the wheels: EXCLUDE billing/fast.so.txt\n"
        "hint: or give the extension module another package: <target>=<package>")


def test_a_module_that_a_package_hides_is_refused(extensions):
    extensions.consumer.write("src/billing/fast/__init__.py", "")
    said = extensions.refusal()
    extensions.consumer.delete("src/billing/fast")
    assert said == (f"lambda-pack: EXTENSIONS: {MODULE} is never imported: billing 1.0 brings a package of that name, "
                    "billing/fast/__init__.py\nhint: give one of the two another name or another package")


def test_a_library_that_nothing_brings_is_named_with_the_module_that_needs_it(extensions):
    library = extensions.consumer.source / "libnowhere.so"
    extensions.consumer.write("nowhere.c", "int nowhere(void) { return 1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, extensions.consumer.source / "nowhere.c",
                    "-Wl,-soname,libnowhere.so.7"], check=True)
    linked = f"-DLINKED=-Wl,--no-as-needed;{library}"
    assert extensions.refusal(linked) == (
        f"lambda-pack: {MODULE} (EXTENSIONS) needs libnowhere.so.7, which neither the package nor python3.{MINOR} has\n"
        "hint: link it statically, or put the library beside it: FILES <library>=lib/, where Lambda's loader looks")
