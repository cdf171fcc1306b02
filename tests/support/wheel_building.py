"""Projects of each PEP 517 backend, and the build room's probe program that makes their wheels."""

import os
import pathlib
import subprocess
import sys
import textwrap

PROBE = os.environ.get("LAMBDA_PACK_WHEEL_PROBE", "")
PYTHON = os.path.realpath(sys.executable)
PROJECT = '[project]\nname = "my_lambda"\nversion = "1.2"\nrequires-python = ">=3.8"\n'
BACKENDS = {
    "poetry": (
        "poetry.core.masonry.api",
        ["poetry-core>=1.9"],
        {
            "pyproject.toml": """\
                [tool.poetry]
                name = "my_lambda"
                version = "1.2"
                description = ""
                authors = ["A. Person <a@example.com>"]
                packages = [{include = "my_lambda", from = "src"}]
                [tool.poetry.dependencies]
                python = "^3.8"
                pyyaml = "^6.0"
                """
        },
    ),
    "hatchling": (
        "hatchling.build",
        ["hatchling"],
        {"pyproject.toml": PROJECT + '[tool.hatch.build.targets.wheel]\npackages = ["src/my_lambda"]\n'},
    ),
    "setuptools": (
        "setuptools.build_meta",
        ["setuptools>=61", "wheel"],
        {"pyproject.toml": PROJECT, "MANIFEST.in": "recursive-include src *.yml\n"},
    ),
    "setuptools-59": (
        "setuptools.build_meta:__legacy__",
        ["setuptools==59.8.0", "wheel<0.40"],
        {
            "setup.py": """\
                from setuptools import setup
                setup(name="my_lambda", version="1.2", package_dir={"": "src"},
                      packages=["my_lambda", "my_lambda.stuff"], include_package_data=True)
                """,
            "src/my_lambda/stuff/__init__.py": "",
            "MANIFEST.in": "recursive-include src *.yml\n",
        },
    ),
    "flit": (
        "flit_core.buildapi",
        ["flit_core>=3.4"],
        {"pyproject.toml": PROJECT + 'description = "x"\n[tool.flit.module]\nname = "my_lambda"\n'},
    ),
    "uv": (
        "uv_build",
        ["uv_build"],
        {"pyproject.toml": PROJECT + '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'},
    ),
    "pdm": (
        "pdm.backend",
        ["pdm-backend"],
        {"pyproject.toml": PROJECT + '[tool.pdm.build]\npackage-dir = "src"\n'},
    ),
}


def uv_folder():
    import uv

    return os.path.dirname(uv.find_uv_bin())


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def make_project(folder, backend):
    write(folder, {"src/my_lambda/__init__.py": "", "src/my_lambda/handler.py": "VALUE = 1\n",
                   "src/my_lambda/stuff/config.yml": "key: value\n"})
    write(folder, BACKENDS[backend][2])
    return folder


IN_TREE = """\
    import os, sys, zipfile
    def note(hook):
        with open(os.environ["HOOK_LOG"], "a") as log:
            log.write("%s %d\\n" % (hook, os.getpid()))
    def get_requires_for_build_wheel(config_settings=None):
        note("get_requires")
        return ["iniconfig"]
    def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
        note("prepare_metadata")
    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        import iniconfig
        note("build_wheel")
        name = "my_lambda-1.2-py3-none-any.whl"
        zipfile.ZipFile(os.path.join(wheel_directory, name), "w").close()
        return name
    """


def make_in_tree_project(folder, text=IN_TREE):
    write(folder, {"backends/own.py": text, "pyproject.toml": ""})
    return folder


class Builder:
    """Runs the probe as a user's shell would, with one folder of kept environments."""

    def __init__(self, environments, path=None):
        self.environments = environments
        self.path = path or uv_folder() + os.pathsep + os.environ["PATH"]

    def command(self, project, output, backend, requirements, backend_path="-", mode="ONLINE"):
        how = [self.environments, PYTHON, mode, backend, backend_path]
        return [PROBE, "build", project, output, *how, *requirements]

    def start(self, project, output, backend, requirements, environment=(), prefix=(), **options):
        return subprocess.Popen(
            [*prefix, *map(str, self.command(project, output, backend, requirements, **options))],
            env={**os.environ, "PATH": self.path, **dict(environment)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def run(self, *arguments, **options):
        process = self.start(*arguments, **options)
        output, diagnostics = process.communicate(timeout=300)
        return process.returncode, output, diagnostics

    def build(self, project, output, backend, requirements, **options):
        code, answer, diagnostics = self.run(project, output, backend, requirements, **options)
        assert code == 0, diagnostics
        wheel = pathlib.Path(answer.strip())
        assert list(output.iterdir()) == [wheel], "one wheel and nothing else"
        return wheel

    def build_with(self, name, project, output, **options):
        return self.build(project, output, BACKENDS[name][0], BACKENDS[name][1], **options)

    def fail(self, *arguments, **options):
        code, answer, diagnostics = self.run(*arguments, **options)
        assert (code, answer) == (1, "")
        return diagnostics
