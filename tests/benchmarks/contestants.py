"""The ways to make the zip that are compared, each with the commands its users would type."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

from measuring import timed

ROOT = Path(__file__).parent.parent.parent
# What pip must be told to take all wheels that the runtime can load: it does not expand one tag to older ones.
PLATFORMS = ["manylinux_2_34", "manylinux_2_31", "manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_24",
             "manylinux_2_17", "manylinux2014", "manylinux_2_12", "manylinux2010", "manylinux_2_5", "manylinux1"]


class Tools:
    """The programs: ours from the build folder, the others from <build>/test-tools."""

    def __init__(self, build, python):
        self.build = build
        self.bin = build / "test-tools" / "venv" / "bin"
        self.python = python or build / "test-tools" / "pythons" / "python3.12"
        self.pack = build / "bin" / "lambda-pack"
        for program in (self.bin / "poetry", self.bin / "uv", self.python, self.pack):
            if not program.exists():
                raise SystemExit(f"{program} is missing: run tools/test first")
        for program in ("cmake", "ninja", "zip"):
            if not shutil.which(program):
                raise SystemExit(f"{program} is missing: install it")

    def recipe(self):
        """Poetry and pip in an environment of the target's minor, without which both decide for another one."""
        venv = self.build / "test-tools" / "benchmark-venv"
        if not (venv / "bin" / "poetry").exists():
            uv = self.bin / "uv"
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", self.python, venv], check=True)
            subprocess.run([uv, "pip", "install", "--quiet", "--python", venv, "pip", "poetry", "poetry-plugin-export"],
                           check=True)
        return venv / "bin"

    def floor(self):
        subprocess.run(["cmake", "--build", self.build, "--target", "lambda_pack_floor"], check=True, capture_output=True)
        return next(self.build.glob("**/lambda_pack_floor"))


class Contestant:
    """A way to make `<package>.zip` in a copy of the project, by a command that runs there."""

    states = ("cold", "warm", "no-op", "edit")

    def __init__(self, project, tools):
        self.project = project
        self.tools = tools

    def fresh(self, tree, environment):
        """A new copy of the project, ready for the first command; not timed."""
        shutil.copytree(self.project.folder, tree)
        return tree

    def package(self, tree, environment):
        path = f"{self.tools.bin}:{environment['PATH']}"
        return timed(self.command(), tree, {**environment, "PATH": path})

    def command(self):
        return ["bash", "-euo", "pipefail", "-c", self.script()]

    def zip(self, tree):
        return tree / f"{self.project.package}.zip"

    def caches(self, folder):
        """Variables that give every tool that could keep something an own, private place."""
        return {
            "XDG_CACHE_HOME": str(folder),
            "LAMBDA_PYTHON_STORE": str(folder / "store"),
            "PIP_CACHE_DIR": str(folder / "pip"),
            "POETRY_CACHE_DIR": str(folder / "poetry"),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "UV_CACHE_DIR": str(folder / "uv"),
        }


class Pack(Contestant):
    key = "pack"
    name = "lambda-pack zip (without CMake)"

    def command(self):
        return [self.tools.pack, "zip", "--project", ".", "--runtime", "python3.12",
                "--handler", self.project.handler, "--output", f"{self.project.package}.zip"]


class CMake(Contestant):
    """Configuring is not timed: it happens once, and no other contestant has it."""

    key = "cmake"
    name = "lambda_python_package, cmake --build"

    def fresh(self, tree, environment):
        super().fresh(tree, environment)
        (tree / "CMakeLists.txt").write_text(f"""
cmake_minimum_required(VERSION 3.22)
project(benchmark LANGUAGES NONE)
add_subdirectory("{ROOT}" lambda-python)
lambda_python_package({self.project.package} HANDLER {self.project.handler} RUNTIME python3.12)
""")
        subprocess.run(
            ["cmake", "-S", tree, "-B", tree / "build", "-G", "Ninja", f"-DLAMBDA_PYTHON_TOOL={self.tools.pack}"],
            check=True, env=environment, capture_output=True)
        return tree

    def command(self):
        return ["cmake", "--build", "build", "--target", f"{self.project.package}_zip"]

    def zip(self, tree):
        return tree / "build" / f"{self.project.package}.zip"


class Uv(Contestant):
    """uv's guide for Lambda, with --refresh-package so that an edit is not answered from its cache."""

    key = "uv"
    name = "uv export + uv pip install --target + zip"

    def __init__(self, project, tools, scratch):
        super().__init__(project, tools)
        self.locked = scratch / f"uv {project.package}"

    def fresh(self, tree, environment):
        if not self.locked.exists():
            self._lock({**environment, "UV_CACHE_DIR": str(self.locked) + " cache"})
        shutil.copytree(self.locked, tree)
        return tree

    def _lock(self, environment):
        """A uv.lock with exactly the versions of the poetry.lock."""
        shutil.copytree(self.project.folder, self.locked)
        lock = self.locked / "poetry.lock"
        pins = re.findall(r'^\[\[package\]\]\nname = "(.*)"\nversion = "(.*)"$', lock.read_text(), re.MULTILINE)
        lock.unlink()
        with (self.locked / "pyproject.toml").open("a") as pyproject:
            constraints = ", ".join(f'"{name}=={version}"' for name, version in pins)
            pyproject.write(f"\n[tool.uv]\nconstraint-dependencies = [{constraints}]\n")
        subprocess.run([self.tools.bin / "uv", "lock", "--quiet", "--no-python-downloads", "--python", self.tools.python],
                       cwd=self.locked, env=environment, check=True)

    def script(self):
        name = self.project.package
        return f"""
uv export --quiet --frozen --no-dev --no-editable --python {shlex.quote(str(self.tools.python))} -o requirements.txt
uv pip install --quiet --no-installer-metadata --no-compile-bytecode --python {shlex.quote(str(self.tools.python))} \\
  --python-platform x86_64-manylinux_2_34 --target package --refresh-package {name} --reinstall-package {name} \\
  -r requirements.txt
rm -f {name}.zip
cd package && zip -q -r ../{name}.zip .
"""


class Recipe(Contestant):
    """poetry export, poetry build, pip install, zip; with the platforms and the interpreter that the target needs."""

    key = "recipe"
    name = "poetry export + poetry build + pip --target + zip"

    def script(self):
        name = self.project.package
        tools = shlex.quote(str(self.tools.recipe()))
        platforms = " ".join(f"--platform {platform}_x86_64" for platform in PLATFORMS)
        return f"""
{tools}/poetry export --format requirements.txt --output requirements.txt --without-hashes
{tools}/poetry build
{tools}/python -m pip install --quiet --disable-pip-version-check -r requirements.txt --upgrade \\
  --only-binary :all: {platforms} --target package dist/*.whl
rm -f {name}.zip
cd package && zip -q -r ../{name}.zip . -x '*.pyc'
"""


class Floor(Contestant):
    key = "floor"
    name = "floor: SHA-256 of the wheels on two threads, and the zip"
    states = ("warm",)

    def fresh(self, tree, environment):
        super().fresh(tree, environment)
        self.wheels = [*self._paths("fetch", tree, environment), *self._paths("wheel", tree, environment)]
        return tree

    def _paths(self, step, tree, environment):
        command = [self.tools.pack, step, "--project", ".", "--runtime", "python3.12"]
        return subprocess.run(command, cwd=tree, env=environment, check=True, stdout=subprocess.PIPE,
                              text=True).stdout.splitlines()

    def command(self):
        return [self.tools.floor(), self.zip(Path()), *self.wheels]


def contestants_for(project, tools, scratch):
    """Ours first: the table's ratios are to it."""
    return [CMake(project, tools), Pack(project, tools), Uv(project, tools, scratch), Recipe(project, tools),
            Floor(project, tools)]
