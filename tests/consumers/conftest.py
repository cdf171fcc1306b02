"""Drives whole CMake projects: every release of CMake that there is, every generator.

LAMBDA_PYTHON_TEST_CMAKES is a folder of CMake releases (<version>/bin/cmake; without it, the one on the PATH is
taken), LAMBDA_PACK the built helper for the tests that are about it. All others use stand_in/lambda-pack.

Each test runs in few cells of this matrix, among them every kind of rule that LambdaPython/steps.cmake distinguishes.
With LAMBDA_PYTHON_FULL_MATRIX=1, `any_cell` is each of them.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import zlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("LAMBDA_PYTHON_SOURCE_DIR", HERE.parent.parent))
STEPS = ["export", "fetch", "wheel", "stage", "zip"]
GENERATORS = ["Ninja", "Ninja Multi-Config", "Unix Makefiles"]
FULL = os.environ.get("LAMBDA_PYTHON_FULL_MATRIX", "0") not in ("", "0")


def cmakes():
    """CMake programs by version, oldest first."""
    folder = pathlib.Path(os.environ.get("LAMBDA_PYTHON_TEST_CMAKES", ""))
    found = {path.parent.parent.name: str(path) for path in folder.glob("*/bin/cmake")}
    if not found:
        found = {"cmake": shutil.which("cmake")}
    return sorted(found.items(), key=lambda item: [int(n) for n in re.findall(r"\d+", item[0])])


def cell(cmake, generator):
    return pytest.param((cmake[1], generator), id=f"{cmake[0]}-{generator.replace(' ', '-')}")


ALL = [cell(cmake, generator) for cmake in cmakes() for generator in GENERATORS]
# Where one row in three will do: each generator, the oldest and the newest CMake among them.
FEW = [cell(cmakes()[place], generator) for place, generator in zip([0, -1, len(cmakes()) // 2], GENERATORS)]


# Where nothing depends on the generator.
RELEASES = [cell(cmake, GENERATORS[0]) for cmake in cmakes()]


def cell_name(cell):
    return [name for name, path in cmakes() if path == cell[0]] + [cell[1]]


def one_of_each(ways):
    """Pairs of a cell and a way in, so that each CMake, each generator and each way in is there; none comes first twice."""
    releases = cmakes()
    names = list(ways)
    return [((releases[n % len(releases)][1], GENERATORS[n % len(GENERATORS)]), names[n % len(names)])
            for n in range(max(len(releases), len(GENERATORS), len(names)))]


class Consumer:
    """A copy of one of the projects beside this file, in a folder with a space in its name, and its build tree."""

    def __init__(self, folder, project, cmake, generator, helper=None):
        self.source, self.build_folder = folder / "my source", folder / "my build"
        if project:
            shutil.copytree(HERE / project, self.source)
        else:
            self.source.mkdir(parents=True)
        self.cmake, self.generator = cmake, generator
        self.multi_config = "Multi" in generator
        self.helper = helper
        if helper is None:
            self.helper = folder / "bin" / "lambda-pack"
            self.helper.parent.mkdir()
            # By this very interpreter: looking for one costs a version manager's shim more than the step itself.
            _, _, program = (HERE / "stand_in" / "lambda-pack").read_text().partition("\n")
            self.helper.write_text(f"#!{os.path.realpath(sys.executable)} -IS\n{program}")
            self.helper.chmod(0o755)
        self.settled = False

    def add(self, project, *names):
        """Copies files and folders of another project beside this file."""
        for name in names:
            path = HERE / project / name
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, self.source / name)

    def toolchain(self):
        """Arguments for a machine that nothing of this one's can be used for; CMake may not even find its make."""
        self.add(".", "toolchain")
        program = shutil.which("make" if "Make" in self.generator else "ninja")
        return [f"-DCMAKE_TOOLCHAIN_FILE={self.source}/toolchain/elsewhere.cmake", f"-DCMAKE_MAKE_PROGRAM={program}"]

    def run(self, *command, ok=True, **environment):
        ours = re.compile("CMAKE_|CTEST_|MAKE|MFLAGS|NINJA_|CFLAGS|CXXFLAGS|LDFLAGS|LAMBDA_PYTHON_")
        inherited = {name: value for name, value in os.environ.items() if not ours.match(name)}
        done = subprocess.run([str(word) for word in command], env=inherited | environment, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL)
        assert not ok or done.returncode == 0, done.stdout
        return done

    def configure(self, *arguments, ok=True, **environment):
        words = ["-S", self.source, "-B", self.build_folder, "-G", self.generator,
                 f"-DLAMBDA_PYTHON_SOURCE_DIR={SOURCE}"]
        if self.helper:
            words += [f"-DLAMBDA_PYTHON_TOOL={self.helper}", f"-DPython3_EXECUTABLE={sys.executable}"]
        self.settled = False
        return self.run(self.cmake, *words, *arguments, ok=ok, **environment)

    def build_command(self, *targets):
        return [self.cmake, "--build", str(self.build_folder), "--config", "Release", "--parallel", "4",
                "--target", *(targets or ["all", "lambda_stage"])]

    def build(self, *targets, ok=True, **environment):
        self.settled = False
        return self.run(*self.build_command(*targets), ok=ok, **environment)

    def start(self, *targets, **environment):
        """Starts a build and does not wait for it."""
        self.settled = False
        return subprocess.Popen(self.build_command(*targets), env=os.environ | environment, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def interrupt(self, build):
        """Ctrl-C. `cmake --build` ends before the Ninja below it, which still removes what its steps had begun."""
        os.killpg(build.pid, signal.SIGINT)
        build.wait()
        deadline = time.time() + 30
        while time.time() < deadline:
            try:
                os.killpg(build.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.01)
        raise AssertionError("the interrupted build does not end")

    def output(self, path):
        """A file of the build tree, in the configuration's folder where there is one."""
        path = self.build_folder / path
        return path.parent / "Release" / path.name if self.multi_config else path

    @property
    def work(self):
        return self.build_folder / "billing.lambda" / ("Release" if self.multi_config else "")

    def wait_for(self, step):
        deadline = time.time() + 30
        while step not in self.runs(forget=False):
            assert time.time() < deadline, f"{step} never ran"
            time.sleep(0.01)

    def runs(self, forget=True):
        """The steps that ran since they were last asked for, in the order of STEPS."""
        names = []
        for log in self.build_folder.rglob("runs.log"):
            names += log.read_text().split()
            if forget:
                log.unlink()
        return " ".join(sorted(names, key=STEPS.index))

    def rebuild(self, *targets):
        """The steps that a build runs; a second one must have nothing to do."""
        self.build(*targets)
        runs = self.runs()
        again = self.build(*targets).stdout
        assert self.runs() == "", f"after {runs}, the second build ran a step"
        assert "Ninja" not in self.generator or "ninja: no work to do" in again, again
        self.settled = True
        return runs

    def write(self, path, text):
        path = self.source / path
        path.parent.mkdir(parents=True, exist_ok=True)
        time.sleep(0.02)  # past the tick of the file system's clock
        path.write_text(text)
        return path

    def touch(self, path):
        time.sleep(0.02)
        (self.source / path).touch()

    def delete(self, path):
        time.sleep(0.02)
        path = self.source / path
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def move(self, path, to):
        time.sleep(0.02)
        (self.source / path).rename(self.source / to)


@pytest.fixture
def consumer(tmp_path, request):
    """consumer(project, cell, helper=...): a Consumer of the test's own."""
    def make(project, cell=FEW[0].values[0], helper=None):
        folder = tmp_path / f"a consumer {len(list(tmp_path.iterdir()))}"
        return Consumer(folder, project, *cell, helper=helper)
    return make


@pytest.fixture(scope="session")
def make_consumer():
    return Consumer


@pytest.fixture(scope="module")
def arguments(tmp_path_factory, some_cell, make_consumer):
    """A Consumer for all tests of a file that go no further than configuring."""
    return make_consumer(tmp_path_factory.mktemp("arguments"), None, *some_cell)


@pytest.fixture(scope="session")
def lambda_pack():
    if "LAMBDA_PACK" not in os.environ:
        pytest.skip("LAMBDA_PACK does not name a built helper")
    return pathlib.Path(os.environ["LAMBDA_PACK"])


@pytest.fixture(scope="session")
def installed(tmp_path_factory, lambda_pack):
    """The prefix of an install tree, after a move."""
    folder = tmp_path_factory.mktemp("install tree")
    subprocess.run(["cmake", "--install", lambda_pack.parents[1], "--prefix", folder / "first"], check=True,
                   stdout=subprocess.DEVNULL)
    return (folder / "first").rename(folder / "moved elsewhere")


def pytest_generate_tests(metafunc):
    if "way_in" in metafunc.fixturenames:
        ways = metafunc.module.WAYS
        every = [(*cell.values, way) for cell in ALL for way in ways] if FULL else one_of_each(ways)
        metafunc.parametrize("cell, way_in", every, ids=[" ".join([*cell_name(cell), way]) for cell, way in every])
    for name, cells in {"any_cell": ALL if FULL else FEW, "some_cell": FEW, "oldest_cell": FEW[:1],
                        "release": RELEASES}.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, cells, scope="module")


def pytest_collection_modifyitems(config, items):
    """What some_cell is for does not depend on the cell: each such test takes one of them, by its name."""
    if FULL:
        return
    kept, left_out = [], []
    for item in items:
        cell = item.callspec.params.get("some_cell") if hasattr(item, "callspec") else None
        name = re.sub("|".join(re.escape(each.id) for each in FEW), "", item.nodeid)
        mine = cell is None or FEW[zlib.crc32(name.encode()) % len(FEW)].values[0] == cell
        (kept if mine else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def pytest_terminal_summary(terminalreporter):
    """The matrix as a table: a row for each CMake and generator, a column for each way in."""
    outcomes = {}
    for outcome in ["passed", "failed", "error"]:
        for report in terminalreporter.stats.get(outcome, []):
            if found := re.search(r"test_matrix\.py.*\[(\S+) (.+) (\S+)\]$", report.nodeid):
                if report.when == "call" or outcome != "passed":
                    outcomes[found[1], found[2], found[3]] = outcome
    if not outcomes:
        return
    ways = sorted({way for _, _, way in outcomes})
    terminalreporter.section("matrix")
    terminalreporter.write_line(f"{'':28}" + "".join(f"{way:>19}" for way in ways))
    for cmake, generator in dict.fromkeys((cmake, generator) for cmake, generator, _ in outcomes):
        row = "".join(f"{outcomes.get((cmake, generator, way), '.'):>19}" for way in ways)
        terminalreporter.write_line(f"{cmake:6}{generator:22}{row}")
