"""Random projects for Poetry: both spellings of a project, groups, extras, several constraints, path dependencies."""

import json
import re
from pathlib import Path

from cleo.io.null_io import NullIO
from made_up_index import NAMES
from made_up_index import MARKERS as ALL_MARKERS
from poetry.core.constraints.version import Version, parse_constraint
from poetry.factory import Factory
from poetry.installation.installer import Installer
from poetry.utils.env import MockEnv

# Poetry resolves anew in locks before 2.1, and its algebra of markers loses those with lists of Pythons.
MARKERS = [marker for marker in ALL_MARKERS if " in " not in marker]
CONSTRAINTS = ["*", "*", "^1.0", "^2.0", "~1.1", ">=1,<3", "<2 || >=3", "1.*", "!=1.1", ">=1.1", "<=2.0"]
PYTHONS = ["<3.10", ">=3.10", "^3.12", "~3.9", ">=3.9,<3.13", "<3.10 || >=3.12"]
EXTRA_NAMES = ["web", "Data_Science"]
GROUP_NAMES = ["dev", "Lint-Tools", "docs"]


def constraint(random, versions):
    text = random.choice(CONSTRAINTS)
    allowed = parse_constraint(text)
    return text if any(allowed.allows(Version.parse(version)) for version in versions) else "*"


def entry(random, world, name):
    """One dependency as [tool.poetry.dependencies] has it, in TOML."""
    versions = world.versions[name]
    if len(versions) > 1 and random.random() < 0.2:
        minor = random.choice(["3.10", "3.12", "3.13"])
        return (f'[{{version = "{versions[0]}", python = "<{minor}"}}, '
                f'{{version = ">={versions[-1]}", python = ">={minor}"}}]')
    keys = [f'version = "{constraint(random, versions)}"']
    if random.random() < 0.2:
        keys.append(f'extras = ["{random.choice(["x", "Fast_IO", "all"])}"]')
    if random.random() < 0.25:
        keys.append(f'markers = "{random.choice(MARKERS)}"')
    if random.random() < 0.2:
        keys.append(f'python = "{random.choice(PYTHONS)}"')
    if random.random() < 0.1:
        keys.append(f'platform = "{random.choice(["linux", "win32", "!=darwin"])}"')
    return keys[0].partition(" = ")[2] if len(keys) == 1 else "{" + ", ".join(keys) + "}"


def table(random, world, most, optional=()):
    lines = []
    for name in random.sample(NAMES, random.randint(0, most)):
        lines.append(f'"{name}" = {entry(random, world, name)}')
    for name in optional:
        lines.append(f'"{name}" = {{version = "{constraint(random, world.versions[name])}", optional = true}}')
    return list({line.partition(" = ")[0]: line for line in lines}.values())


def libraries(random, world, folder):
    """Path dependencies: lines for the dependency table, and their folders written."""
    lines = []
    for number in range(random.choice([0, 0, 0, 1, 2])):
        library = folder / "libs" / f"lib{number}"
        library.mkdir(parents=True)
        lines.append(f'lib-{number} = {{path = "libs/lib{number}", develop = {json.dumps(random.random() < 0.5)}}}')
        (library / f"lib_{number}.py").write_text("")
        (library / "pyproject.toml").write_text("\n".join([
            "[tool.poetry]", f'name = "Lib_{number}"', 'version = "1.0"', 'description = ""', "authors = []",
            "[tool.poetry.dependencies]", 'python = ">=3.9"', *table(random, world, 2), *BUILD_SYSTEM]))
    return lines


BUILD_SYSTEM = ["[build-system]", 'requires = ["poetry-core"]', 'build-backend = "poetry.core.masonry.api"', ""]


def classic(random, world, folder):
    """[tool.poetry] alone."""
    optional = random.sample(NAMES, random.randint(0, 3))
    lines = ["[tool.poetry]", 'name = "shop"', 'version = "1.0"', 'description = ""', "authors = []"]
    lines += ["[tool.poetry.dependencies]", 'python = ">=3.9,<3.14"']
    lines += list({line.partition(" = ")[0].strip('"'): line
                   for line in table(random, world, 3, optional) + libraries(random, world, folder)}.values())
    if optional:
        lines += ["[tool.poetry.extras]"]
        for extra in random.sample(EXTRA_NAMES, random.randint(1, 2)):
            lines += [f'"{extra}" = {json.dumps(random.sample(optional, random.randint(1, len(optional))))}']
    for group in random.sample(GROUP_NAMES, random.randint(0, 2)):
        lines += [f'[tool.poetry.group."{group}"]', f"optional = {json.dumps(random.random() < 0.4)}"]
        lines += [f'[tool.poetry.group."{group}".dependencies]', *table(random, world, 2)]
    return lines


def standard(random, world, folder):
    """PEP 621 and PEP 735, where [tool.poetry] adds to it at times."""
    def requirements(most):
        return json.dumps([world.requirement(random) for _ in range(random.randint(0, most))])

    lines = ["[project]", 'name = "shop"', 'version = "1.0"', 'requires-python = ">=3.9,<3.14"']
    lines += [f"dependencies = {requirements(4)}", "[project.optional-dependencies]"]
    lines += [f'"{extra}" = {requirements(2)}' for extra in random.sample(EXTRA_NAMES, random.randint(0, 2))]
    lines += ["[dependency-groups]"]
    groups = random.sample(GROUP_NAMES, random.randint(0, 3))
    for number, group in enumerate(groups):
        includes = [f'{{include-group = "{other}"}}' for other in groups[:number] if random.random() < 0.5]
        lines += [f'"{group}" = [{", ".join([requirements(2)[1:-1], *includes]).strip(", ")}]']
    if groups and random.random() < 0.4:
        lines += [f'[tool.poetry.group."{groups[0]}"]', "optional = true"]
    return lines


def lock(random, world, index, folder):
    """Writes a random project into `folder` and locks it; whether Poetry could."""
    lines = random.choice([classic, standard])(random, world, folder)
    lines += ["[[tool.poetry.source]]", 'name = "made-up"', f'url = "{index}/"', 'priority = "primary"', *BUILD_SYSTEM]
    (folder / "pyproject.toml").write_text("\n".join(lines))
    try:
        poetry = Factory().create_poetry(folder, disable_cache=True)
        installer = Installer(NullIO(), MockEnv(), poetry.package, poetry.locker, poetry.pool, poetry.config)
        installer.lock()
        return installer.run() == 0
    except Exception:  # Poetry raises whatever its libraries raise, for what cannot be solved as well
        return False


def older(text, version):
    """The same lock as an older Poetry wrote it: without groups and markers; 1.1 with its files at the end."""
    if version == "2.1":
        return text
    text = re.sub(r"(?m)^(groups|markers) = .*\n", "", text)
    text = re.sub(r'lock-version = ".*"', f'lock-version = "{version}"', text)
    if version != "1.1":
        return text
    files = {}
    for package in re.findall(r"(?s)\[\[package\]\].*?(?=\n\[\[package\]\]|\n\[metadata\]|\n\[extras\])", text):
        name = re.search(r'name = "(.*)"', package).group(1)
        files.setdefault(name, []).extend(re.findall(r"(?m)^ +\{file = .*\},$", package))
    text = re.sub(r"(?ms)^files = \[\n.*?^\]\n|^files = \[\]\n", "", text)
    return text + "\n[metadata.files]\n" + "".join(
        f"{name} = [\n" + "\n".join(lines) + "\n]\n" for name, lines in files.items())


def rewrite(folder: Path, version):
    lock = folder / "poetry.lock"
    lock.write_text(older(lock.read_text(), version))
