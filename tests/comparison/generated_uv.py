"""Random projects for uv: extras, groups that include each other, forks, conflicts, members and path dependencies."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field

import made_up_index
from packaging.utils import canonicalize_name
from poetry_reference import MACHINES
from uv_reference import UV

EXTRA_NAMES = ["web", "Data_Science", "cli"]
GROUP_NAMES = ["dev", "Lint.Tools", "docs"]


@dataclass
class Project:
    name: str
    folder: str  # relative to the root; "" is the root
    dependencies: list = field(default_factory=list)
    extras: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    tool: str = ""
    is_package: bool = True
    requires_python: str = ">=3.9"

    def toml(self):
        lines = ["[project]", f'name = "{self.name}"', 'version = "1.0"', f'requires-python = "{self.requires_python}"']
        lines += [f"dependencies = {json.dumps(self.dependencies)}", "[project.optional-dependencies]"]
        lines += [f"{json.dumps(name)} = {json.dumps(list_)}" for name, list_ in self.extras.items()]
        lines += ["[dependency-groups]"]
        for name, items in self.groups.items():
            texts = [item if item.startswith("{") else json.dumps(item) for item in items]
            lines += [f"{json.dumps(name)} = [{', '.join(texts)}]"]
        if self.is_package:
            lines += ["[build-system]", 'requires = ["flit-core"]', 'build-backend = "flit_core.buildapi"']
        return "\n".join(lines) + "\n" + self.tool


def some(random, world, most):
    return [world.requirement(random) for _ in range(random.randint(0, most))]


def forked(random, world):
    """One distribution under markers that exclude each other, which uv keeps in forks."""
    name = random.choice([name for name, versions in world.versions.items() if len(versions) > 1] or made_up_index.NAMES)
    marker, other = random.choice([("<", ">="), (">=", "<")])
    minor = random.choice(["3.10", "3.12", "3.13"])
    low, high = world.versions[name][0], world.versions[name][-1]
    return [f"{name}=={low} ; python_version {marker} '{minor}'", f"{name}>={high} ; python_version {other} '{minor}'"]


def project(random, world, name, folder):
    result = Project(name, folder, some(random, world, 3), is_package=random.random() < 0.8)
    if random.random() < 0.4:
        result.dependencies += forked(random, world)
    for extra in random.sample(EXTRA_NAMES, random.randint(0, 2)):
        result.extras[extra] = some(random, world, 2)
    if len(result.extras) > 1 and random.random() < 0.3:  # an extra that names another of its own project
        first, second = list(result.extras)
        result.extras[first].append(f"{name}[{second}]")
    for group in random.sample(GROUP_NAMES, random.randint(0, 2)):
        included = [f'{{include-group = "{other}"}}' for other in result.groups if random.random() < 0.5]
        result.groups[group] = some(random, world, 2) + included
    result.requires_python = random.choice([">=3.9", ">=3.9", ">=3.9", ">=3.10,<3.14", ">=3.12"])
    return result


def conflicts(random, world, root):
    """Two or three extras or groups of the project that exclude each other, with versions that do."""
    items = [("extra", name) for name in root.extras] + [("group", name) for name in root.groups]
    if len(items) < 2 or random.random() < 0.5:
        return ""
    chosen = random.sample(items, random.randint(2, min(3, len(items))))
    name, versions = random.choice(list(world.versions.items()))
    for number, (kind, item) in enumerate(chosen):
        lists = root.extras if kind == "extra" else root.groups
        lists[item] = [text for text in lists[item] if "include-group" not in text]  # of what it conflicts with
        lists[item].append(f"{name}=={versions[number % len(versions)]}")
    texts = ", ".join(f'{{{kind} = "{item}"}}' for kind, item in chosen)
    return f"conflicts = [[{texts}]]\n"


def projects(random, world, index):
    """The root, and what it needs by path or as members of its workspace."""
    root = project(random, world, "shop", "")
    kind = random.choice(["none", "none", "workspace", "path"])
    count = 0 if kind == "none" else random.randint(1, 2)
    libraries = [project(random, world, f"Lib_{i}", f"libs/lib{i}") for i in range(count)]
    tool = f'[tool.uv]\n{conflicts(random, world, root)}'
    if random.random() < 0.2:
        tool += f"constraint-dependencies = {json.dumps([random.choice(made_up_index.NAMES) + '<3'])}\n"
    if random.random() < 0.2:
        tool += f"override-dependencies = {json.dumps([random.choice(made_up_index.NAMES) + '>=1'])}\n"
    if random.random() < 0.15:
        tool += "environments = [\"sys_platform == 'linux'\"]\n"
    tool += f'[[tool.uv.index]]\nurl = "{index}"\ndefault = true\n'
    sources = ""
    for library in libraries:
        place = f'path = "{library.folder}", editable = {json.dumps(random.random() < 0.5)}'
        place = "workspace = true" if kind == "workspace" else place
        sources += f"{library.name} = {{ {place} }}\n"
        lists = [root.dependencies, *root.extras.values(), *root.groups.values()]
        extras = f"[{random.choice(list(library.extras))}]" if library.extras and random.random() < 0.5 else ""
        marker = f" ; {random.choice(made_up_index.MARKERS)}" if random.random() < 0.3 else ""
        random.choice(lists).append(f"{library.name}{extras}{marker}")
        library.requires_python = root.requires_python
    if kind == "workspace":
        tool += '[tool.uv.workspace]\nmembers = ["libs/*"]\n'
    root.tool = tool + (f"[tool.uv.sources]\n{sources}" if sources else "")
    return [root, *libraries], kind


def environment(scratch):
    """uv's, without the settings of whoever runs the tests."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))},
            "UV_CACHE_DIR": str(scratch / "uv-cache"), "UV_PYTHON_PREFERENCE": "only-system", "UV_NO_PROGRESS": "1",
            "UV_PROJECT_ENVIRONMENT": str(scratch / "no-environment"), "UV_PYTHON_DOWNLOADS": "never"}


def lock(random, world, index, folder, scratch):
    """Writes a random project into `folder` and locks it; the members that can be installed, or nothing."""
    members, kind = projects(random, world, index)
    for member in members:
        (folder / member.folder).mkdir(parents=True, exist_ok=True)
        (folder / member.folder / "pyproject.toml").write_text(member.toml())
    run = subprocess.run([UV, "lock"], cwd=folder, env=environment(scratch), capture_output=True, text=True)
    if run.returncode:
        return None
    return members if kind == "workspace" else members[:1]


def platform(target):
    """Lambda's C library, as near as uv has it: Amazon Linux 2 has glibc 2.26."""
    glibc = "manylinux_2_17" if target.minor < 12 else "manylinux_2_34"
    return f"{MACHINES[target.architecture]}-{glibc}"


def install(folder, member, target, groups, extras, scratch):
    """Names and versions that `uv sync` would install for the target beside the project; or uv's refusal, a text."""
    command = [UV, "sync", "--frozen", "--dry-run", "--no-default-groups", "--python", shutil.which(target.runtime)]
    command += ["--python-platform", platform(target), "--package", member.name]
    command += [f"--group={name}" for name in groups] + [f"--extra={name}" for name in extras]
    run = subprocess.run(command, cwd=folder, env=environment(scratch), capture_output=True, text=True)
    if run.returncode:
        return run.stderr
    installed = {}
    for line in run.stderr.splitlines():
        if line.startswith(" + "):  # `name==version`, or `name @ file:///folder` for what is built, of version 1.0
            name, _, version = line[3:].replace(" @ ", "==").partition("==")
            installed[canonicalize_name(name)] = "1.0" if version.startswith("file:") else version
    installed.pop(canonicalize_name(member.name), None)
    return installed
