"""What Poetry itself would install for a target that is not this machine, and which file packaging would choose."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from cleo.io.null_io import NullIO
from packaging import _manylinux
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker
from poetry.factory import Factory
from poetry.installation.executor import Executor
from poetry.installation.installer import Installer
from poetry.puzzle.provider import Provider
from poetry.repositories.installed_repository import InstalledRepository
from poetry.utils.env import MockEnv

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
GLIBC_MINORS = {8: 26, 9: 26, 10: 26, 11: 26}  # Amazon Linux 2; later runtimes have Amazon Linux 2023
NEW_GLIBC_MINOR = 34
KERNEL = "6.1.0"  # nobody knows Lambda's, but Poetry cannot compare with none


@dataclass(frozen=True)
class Target:
    """A Lambda runtime on an architecture; `python` is its full version, the newest patch known."""

    python: str
    architecture: str

    @property
    def minor(self):
        return int(self.python.split(".")[1])

    @property
    def runtime(self):
        return f"python3.{self.minor}"

    @property
    def marker_environment(self):
        return {
            "implementation_name": "cpython",
            "implementation_version": self.python,
            "os_name": "posix",
            "platform_machine": MACHINES[self.architecture],
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.python,
            "python_version": f"3.{self.minor}",
            "sys_platform": "linux",
        }

    def tags(self, monkeypatch):
        """packaging's tags, best first, as on the target (linux_* last, as before packaging 26.3)."""
        glibc = _manylinux._GLibCVersion(2, GLIBC_MINORS.get(self.minor, NEW_GLIBC_MINOR))
        monkeypatch.setattr(_manylinux, "_get_glibc_version", lambda: glibc)
        monkeypatch.setattr(_manylinux, "_get_manylinux_module", lambda: None)
        monkeypatch.setattr(_manylinux, "_have_compatible_abi", lambda executable, archs: True)
        machine = MACHINES[self.architecture]
        platforms = [*_manylinux.platform_tags([machine]), f"linux_{machine}"]
        interpreter = f"cp3{self.minor}"
        version = (3, self.minor)
        return [
            *cpython_tags(version, [interpreter], platforms),
            *compatible_tags(version, interpreter, platforms),
        ]


class _Recorder(Executor):
    """Takes what Poetry decided to do, and does nothing."""

    def execute(self, operations):
        self.packages = [op.package for op in operations if not op.skipped]
        return 0


class PoetryProject:
    """A folder with a pyproject.toml and a poetry.lock, read by Poetry; `scratch` is an empty folder for a copy."""

    def __init__(self, folder: Path, scratch: Path):
        lock = (folder / "poetry.lock").read_text(encoding="utf-8")
        if "\nlock-version" not in lock:
            # Poetry 1.0 wrote no version; Poetry 2 reads the form, but wants one.
            shutil.copytree(folder, scratch, dirs_exist_ok=True)
            folder = scratch
            (folder / "poetry.lock").write_text(
                lock.replace("\n[metadata]\n", '\n[metadata]\nlock-version = "1.1"\n')
            )
        self._poetry = Factory().create_poetry(folder)
        self._locker = self._poetry.locker

    @property
    def groups(self):
        return sorted(self._poetry.package.dependency_group_names(include_optional=True) - {"main"})

    @property
    def extras(self):
        return sorted(canonicalize_name(extra) for extra in self._locker.lock_data.get("extras", {}))

    @property
    def lock_version(self):
        return self._locker.lock_data["metadata"]["lock-version"]

    @property
    def is_fresh(self):
        return self._locker.is_fresh()

    def install(self, target: Target, groups=(), extras=()):
        """The packages that `poetry install --only main,<groups> --extras <extras>` would install on the target."""
        return {package.name: package for package in self.packages(target, groups, extras)}

    def packages(self, target: Target, groups=(), extras=()):
        """The same as a list, which has several versions of a distribution when the lock's markers do not decide:
        Poetry then installs one over the other."""
        self._require_python(target)
        environment = MockEnv(
            version_info=tuple(map(int, target.python.split("."))),
            platform="linux",
            platform_machine=MACHINES[target.architecture],
            marker_env={**target.marker_environment, "platform_release": KERNEL},
        )
        poetry = self._poetry
        recorder = _Recorder(environment, poetry.pool, poetry.config, NullIO())
        installer = Installer(
            NullIO(),
            environment,
            poetry.package,
            self._locker,
            poetry.pool,
            poetry.config,
            InstalledRepository(),
            recorder,
        )
        installer.only_groups([canonicalize_name(group) for group in ("main", *groups)]).extras(list(extras))
        with _always_fresh(self._locker), _without(self._unlocked_tools()):
            installer.run()
        return [package for package in recorder.packages if self._is_needed(package, environment)]

    def _require_python(self, target):
        """As Poetry's choice of an environment does, but for any patch of the minor."""
        pythons = self._poetry.package.python_constraint
        if not pythons.allows_any(parse_constraint(f"~3.{target.minor}")):
            raise ValueError(f"Current Python version is not allowed by the project ({pythons})")

    def _is_needed(self, package, environment):
        """Poetry 1.0 wrote markers to packages, not to their dependencies; later ones do not look at them."""
        markers = [
            info.get("marker", "")
            for info in self._locker.lock_data["package"]
            if canonicalize_name(info["name"]) == package.name
        ]
        return any(not marker or parse_marker(marker).validate(environment.marker_env) for marker in markers)

    def _unlocked_tools(self):
        """Poetry 1 locked none of these unless the project named them, and did not install them either; Poetry 2
        cannot resolve such a lock unless it is told so."""
        locked = {canonicalize_name(package["name"]) for package in self._locker.lock_data["package"]}
        return {"setuptools", "distribute", "pip", "wheel"} - locked


@contextlib.contextmanager
def _always_fresh(locker):
    """Poetry refuses a lock that does not fit its pyproject.toml; lambda-pack warns and goes on."""
    locker.is_fresh = lambda: True
    try:
        yield
    finally:
        del locker.is_fresh


@contextlib.contextmanager
def _without(names):
    before = Provider.UNSAFE_PACKAGES
    Provider.UNSAFE_PACKAGES = names
    try:
        yield
    finally:
        Provider.UNSAFE_PACKAGES = before


def best_file(package, tags):
    """The name of the wheel that the ranking prefers among the lock's files for the package, or None."""
    ranks = {tag: rank for rank, tag in enumerate(tags)}
    best = None
    for name in {file["file"] for file in package.files}:
        if not name.endswith(".whl"):
            continue
        _, version, build, wheel_tags = parse_wheel_filename(name)
        rank = min((ranks[tag] for tag in wheel_tags if tag in ranks), default=None)
        if rank is None or version != Version(str(package.version)):
            continue
        key = (-rank, build or (0, ""))
        if best is None or key > best[0]:
            best = (key, name)
    return best and best[1]


def has_sdist(package):
    def is_sdist(name):
        with contextlib.suppress(Exception):
            return parse_sdist_filename(name)[1] == Version(str(package.version))
        return False

    return any(is_sdist(file["file"]) for file in package.files)
