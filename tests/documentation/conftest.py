"""A user's machine for the pages: the project under third_party, the example under services, the tools on the PATH."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pages import HELPER, SOURCE

PROGRAMS = Path(os.environ.get("LAMBDA_PYTHON_TEST_CMAKES", SOURCE / "build/test-tools/cmakes")).parent / "venv/bin"
# cmake, with the built helper: compiling it once more for every page would prove nothing and take minutes.
CMAKE = """\
#!/bin/sh
case " $* " in
  *" -S "*)
    "{cmake}" "$@" "-DLAMBDA_PYTHON_TOOL={helper}" || exit
    mkdir -p build/third_party/lambda-python/bin
    ln -sf "{helper}" build/third_party/lambda-python/bin ;;
  *) exec "{cmake}" "$@" ;;
esac
"""
# The pages are for version 2 of the AWS CLI; version 1, which a package index has, takes payloads as they are unasked.
AWS = """\
#!/bin/bash
for word; do
  shift
  case "$word" in --cli-binary-format | raw-in-base64-out) ;; *) set -- "$@" "$word" ;; esac
done
exec "{aws}" "$@"
"""


class Workspace:
    def __init__(self, folder):
        self.root = folder / "my work"
        self.home = folder / "home"
        self.bin = folder / "bin"
        for path in [self.root / "third_party", self.root / "services", self.home, self.bin]:
            path.mkdir(parents=True)
        (self.root / "third_party/lambda-python").symlink_to(SOURCE)
        shutil.copytree(SOURCE / "examples/my_lambda", self.root / "services/my_lambda",
                        ignore=shutil.ignore_patterns("CMakeLists.txt", "__pycache__", ".*"))
        for name, text in {"cmake": CMAKE.format(helper=HELPER, cmake=shutil.which("cmake")),
                           "aws": AWS.format(aws=PROGRAMS / "aws")}.items():
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)
        self.background = []

    @property
    def environment(self):
        ours = {name: value for name, value in os.environ.items()
                if not name.startswith(("LAMBDA_PYTHON_", "CMAKE_", "AWS_"))}
        path = os.pathsep.join(map(str, [self.bin, HELPER.parent, PROGRAMS, os.environ["PATH"]]))
        return ours | {"PATH": path, "HOME": str(self.home), "AWS_ACCESS_KEY_ID": "here",
                       "AWS_SECRET_ACCESS_KEY": "here", "AWS_REGION": "eu-central-1",
                       "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # no page reaches AWS, whatever it says
                       "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, script):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.root, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def start(self, script):
        self.background.append(subprocess.Popen(["bash", "-euc", "exec " + script.replace("\\\n", " ").strip()],
                                                cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL))

    def end(self):
        for process in self.background:
            process.terminate()
            process.wait()


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="session")
def install_tree(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("install") / "lambda python"
    subprocess.run(["cmake", "--install", HELPER.parents[1], "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    return prefix
