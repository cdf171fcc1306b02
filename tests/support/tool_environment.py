"""Tools that cannot share an environment with the others: one of their own in the test cache, kept between runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def tool_environment(name, *requirements):
    """The folder of an environment that has the requirements, as wheels of the package index."""
    import uv

    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(os.environ["XDG_CACHE_HOME"], "lambda-python-tests", f"{name}-{minor}")
    complete = folder / "complete"
    if not complete.exists() or complete.read_text().split() != list(requirements):
        shutil.rmtree(folder, ignore_errors=True)
        program = uv.find_uv_bin()
        install = ["pip", "install", "-q", "--compile-bytecode", "--only-binary", ":all:",
                   "--python", folder / "bin/python"]
        for words in (["venv", "-q", "--python", sys.executable, folder], [*install, *requirements]):
            done = subprocess.run([program, *words], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        complete.write_text("\n".join(requirements))
    return folder
