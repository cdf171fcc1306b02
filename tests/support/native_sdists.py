"""Sdists with code to compile, made in a test and built for another machine, and what is in the zip then."""

import json
import os
import platform
import shutil
import subprocess
import zipfile
from pathlib import Path

from arm64_python import arm64_minor, arm64_python
from packing import Package, lock_sdist, message_of, sdist_with

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "lambda-python")
HOST = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[HOST]
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
KEPT = ("PIP_CERT", "SSL_CERT", "UV_", "CARGO_", "RUSTUP_")  # how installers reach their index here


class Native:
    """A package whose lock has one sdist; the environments that are made on the way are kept in the test cache."""

    def __init__(self, folder, zig, store):
        self.package = Package(folder)
        self.package.store = CACHE / store
        shutil.rmtree(self.package.store / "built", ignore_errors=True)
        self.environment = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
        self.environment.setdefault("UV_CACHE_DIR", str(CACHE.parent / "uv"))
        self.environment.update(LAMBDA_PYTHON_ZIG=zig, ZIG_GLOBAL_CACHE_DIR=str(CACHE / "zig"))
        for name in ("CARGO_HOME", "RUSTUP_HOME"):  # those of this machine, since HOME is another
            self.environment.setdefault(name, str(Path.home() / f".{name.partition('_')[0].lower()}"))

    def pack(self, runtime, architecture, *arguments, environment=None, **options):
        return self.package.run("zip", "--architecture", architecture, *arguments, runtime=runtime,
                                environment={**self.environment, **(environment or {})}, **options)

    def run(self, files, runtime, architecture, *arguments, **environment):
        lock_sdist(self.package, sdist_with(files))
        return self.pack(runtime, architecture, "--source-build", "one", *arguments, environment=environment)

    def succeeds(self, *arguments, **environment):
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def refusal(self, *arguments, **environment):
        done = self.run(*arguments, **environment)
        assert done.returncode == 1 and not self.package.zip.exists(), done.stderr
        return message_of(done.stderr)

    def extracted(self):
        folder = self.package.root / "extracted"
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(self.package.zip) as archive:
            archive.extractall(folder)
        return folder

    def answer(self, runtime, architecture=HOST):
        """What the module says, by an interpreter of the runtime's minor and the architecture."""
        code = "import platform; from one import _fast; print(_fast.answer(), platform.machine())"
        words = interpreter(runtime, architecture)
        assert words, f"no {runtime} for {architecture} on this machine"
        return subprocess.check_output([*words, "-S", "-c", code], cwd=self.extracted(), text=True)

    def module(self, runtime, architecture):
        """The one module, once it is known to be for the target by its name, its machine and the glibc that it needs."""
        manifest = json.loads(self.package.zip.with_suffix(".zip.json").read_text())
        (native,) = manifest["native_files"]
        tag = runtime.removeprefix("python").replace(".", "")
        assert native["path"] == f"one/_fast.cpython-{tag}-{MACHINES[architecture]}-linux-gnu.so"
        assert native["machine"] == architecture
        newest = 26 if int(runtime.removeprefix("python3.")) < 12 else 34
        assert int((native["glibc"] or "2.0").split(".")[1]) <= newest, native
        return self.extracted() / native["path"]


def interpreter(runtime, architecture):
    """The words that start the runtime's Python on its own architecture, None where this machine has no way to."""
    if architecture == HOST:
        return [shutil.which(runtime)] if shutil.which(runtime) else None
    minor = runtime.removeprefix("python3.")
    return arm64_python(minor) if architecture == "arm64" and minor == arm64_minor() else None


def readelf(path):
    return subprocess.run(["readelf", "-W", "-h", "-d", path], check=True, capture_output=True, text=True).stdout
