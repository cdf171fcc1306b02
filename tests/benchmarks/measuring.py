"""One project, one timed command, one zip that must work."""

import hashlib
import json
import os
import re
import subprocess
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

# What the runtime does with a zip: the task root as working directory and in front of sys.path.
CALL = """
import importlib, json, sys
sys.path.insert(0, ".")
module, function = sys.argv[1].rsplit(".", 1)
print(json.dumps(getattr(importlib.import_module(module), function)(json.loads(sys.argv[2]), None)))
"""


@dataclass
class Sample:
    seconds: float
    peak_kb: int


@dataclass
class Project:
    folder: Path
    package: str
    event: dict
    answer: dict

    @property
    def handler(self):
        return f"{self.package}.handler.handler"

    def edit(self, tree):
        """Changes one line of the handler, and with it the answer."""
        file = tree / "src" / self.package / "handler.py"
        text, count = re.subn("^EDITION = 1$", "EDITION = 2", file.read_text(), flags=re.MULTILINE)
        assert count == 1, file
        file.write_text(text)


def timed(command, tree, environment):
    """Runs `command` in `tree`; wall seconds, and the highest resident memory of any one process of it."""
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=tree, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            log.seek(0)
            raise SystemExit(f"{command}: exit code {process.returncode}\n{log.read().decode(errors='replace')[-4000:]}")
    return Sample(seconds, usage.ru_maxrss)


def check_zip(archive, project, edition, python):
    """Ends the benchmark unless the zip's handler runs and gives the right answer for this edition of the source."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
        answer = subprocess.run(
            [python, "-I", "-c", CALL, project.handler, json.dumps(project.event)],
            cwd=folder, capture_output=True, text=True)
    wanted = {"edition": edition, **project.answer}
    if answer.returncode != 0 or json.loads(answer.stdout) != wanted:
        raise SystemExit(f"{archive} does not work: wanted {wanted}\n{answer.stdout}{answer.stderr[-4000:]}")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
