"""What uv itself would install from a uv.lock, for targets that are not this machine."""

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

UV = str(Path(sys.executable).with_name("uv"))  # of the tests' own environment
EXPORT = [UV, "export", "--frozen", "--offline", "--quiet", "--no-emit-project", "--no-hashes", "--no-header"]
EXPORT += ["--no-annotate", "--no-default-groups", "--no-python-downloads"]


class Refused(Exception):
    """uv's own error."""


@dataclass
class Exported:
    """The distributions of an export by name, and the local projects and files among them by path."""

    versions: dict = field(default_factory=dict)
    local: set = field(default_factory=set)


@cache
def _lines(root, member, groups, extras, prune):
    options = ["--package", member] if member else []
    options += [f"--group={name}" for name in groups] + [f"--extra={name}" for name in extras]
    options += [f"--prune={name}" for name in prune]
    # Settings of whoever runs the tests are not the project's.
    environment = {**os.environ, "UV_NO_CONFIG": "0", "UV_PYTHON_PREFERENCE": "only-system"}
    run = subprocess.run([*EXPORT, *options], cwd=root, env=environment, capture_output=True, text=True)
    if run.returncode:
        raise Refused(run.stderr)
    return run.stdout.splitlines()


def export(project, root, environment, groups=(), extras=(), prune=()):
    """What `uv export` emits of the project, a member of the workspace at `root` or that itself, where the marker
    environment holds; raises Refused."""
    result = Exported()
    member = "" if project.samefile(root) else name_of(project)
    for line in _lines(root, member, tuple(groups), tuple(extras), tuple(prune)):
        text, _, marker = line.partition(" ; ")
        if not line or line.startswith("#"):
            continue
        local = text.startswith(("-e ", "./", "../", "/", "file:"))
        requirement = Requirement(f"x ; {marker}" if local and marker else "x" if local else line)
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": ""}):
            continue
        if local:
            result.local.add(text.removeprefix("-e "))
        else:
            pins = [pin.version for pin in requirement.specifier]
            result.versions[canonicalize_name(requirement.name)] = pins[0] if pins else requirement.url
    return result


def name_of(project):
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]


class Lock:
    """A uv.lock as TOML."""

    def __init__(self, path):
        self.document = tomllib.loads(path.read_text(encoding="utf-8"))
        self.packages = self.document.get("package") or self.document.get("distribution") or []

    @property
    def names(self):
        return sorted({package["name"] for package in self.packages})

    def admits(self, python):
        """Whether requires-python has some patch of the Python's minor."""
        specifiers = SpecifierSet(self.document.get("requires-python", ""))
        minor = ".".join(python.split(".")[:2])
        return any(specifiers.contains(f"{minor}.{patch}") for patch in range(50))

    def package(self, name, version):
        found = [p for p in self.packages if p["name"] == name and p.get("version") == version]
        return found[0]

    def files(self, name, version):
        files = self.package(name, version).get("wheels", [])
        return [wheel.get("filename") or wheel.get("url", wheel.get("path", "")).rpartition("/")[2] for wheel in files]

    def has_file(self, name, version, tags):
        """Whether an installer with these tags has something of it to install or to build."""
        if not any(package.get("version") == version for package in self.packages if package["name"] == name):
            return True  # by its URL
        return bool(self.package(name, version).get("sdist") or self.best_wheel(name, version, tags))

    def best_wheel(self, name, version, tags):
        """The wheel that an installer with these tags, best first, takes."""
        order = {tag: number for number, tag in enumerate(tags)}
        best = []
        for file in self.files(name, version):
            try:
                _, _, build, wheel_tags = parse_wheel_filename(file.replace("%2B", "+"))
            except InvalidWheelFilename:
                continue
            ranks = [order[tag] for tag in wheel_tags if tag in order]
            if ranks:
                best.append((min(ranks), tuple(-part if isinstance(part, int) else part for part in build), file))
        return min(best)[2].replace("%2B", "+") if best else None


def projects(root):
    """Folders below `root` whose project its uv.lock locks: the root itself and its workspace's members."""
    lock = Lock(root / "uv.lock")
    folders = []
    for package in lock.packages:
        source = package["source"]
        path = source.get("editable") or source.get("virtual") or source.get("directory")
        members = lock.document.get("manifest", {}).get("members", [package["name"]] if path == "." else [])
        if path and package["name"] in members and (root / path / "pyproject.toml").exists():
            folders.append((root / path).resolve())
    return sorted(folders)


def tables(folder):
    """Groups and extras that the folder's pyproject.toml declares."""
    document = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [canonicalize_name(name) for name in document.get("dependency-groups", {})]
    if "dev-dependencies" in document.get("tool", {}).get("uv", {}) and "dev" not in groups:
        groups.append("dev")
    extras = [canonicalize_name(name) for name in document.get("project", {}).get("optional-dependencies", {})]
    return groups, extras
