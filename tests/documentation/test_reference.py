"""The reference and the pages: complete, without warnings, and true to the messages that there are."""
import os
import re
import subprocess
from pathlib import Path

import pytest

from pages import SOURCE

SPHINX = Path(os.environ.get("LAMBDA_PYTHON_TEST_CMAKES", SOURCE / "build/test-tools/cmakes")).parent / "venv/bin"


def test_the_pages_are_made_without_a_warning(tmp_path):
    if not (SPHINX / "sphinx-build").exists():
        pytest.fail("sphinx-build is missing; run tools/test, which installs docs/requirements.txt")
    done = subprocess.run([SPHINX / "sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "-d", tmp_path / "doctrees",
                           SOURCE / "docs", tmp_path / "html"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, "")
    reference = (tmp_path / "html/reference/functions.html").read_text()
    public = {name for file in (SOURCE / "cmake/LambdaPython").glob("*.cmake")
              for name in re.findall(r"^function\((lambda_python_\w+)", file.read_text(), re.MULTILINE)}
    described = set(re.findall(r'id="command:(\w+)"', reference))
    assert public <= described, "docs/reference/functions.rst has a line for each file of cmake/ with a public function"


def test_every_argument_of_a_function_is_described():
    for file in (SOURCE / "cmake/LambdaPython").glob("*.cmake"):
        text = file.read_text()
        for comment, body in re.findall(r"#\[=+\[\.rst:\n(.*?)#\]=+\]\n(.*?)(?=#\[=+\[\.rst:|\Z)", text, re.DOTALL):
            code = "\n".join(re.findall(r"^  set\((?:options|singles|lists) ([^)]*)\)", body, re.MULTILINE))
            missing = [word for word in re.findall(r"\b[A-Z][A-Z0-9_]+\b", code) if not re.search(rf"\b{word}\b", comment)]
            assert missing == [], f"{file.name} does not describe {missing}"


def said_by_the_program():
    """All string literals of the program and of the CMake module, adjacent ones joined, as one text."""
    text = ""
    for file in [*(SOURCE / "tools/lambda-pack").rglob("*.cpp"), *(SOURCE / "cmake").rglob("*.cmake")]:
        code = file.read_text().replace("\\\n", "")
        text += re.sub(r'"\s*\n\s*"', "", code) + "\n"
    return re.sub(r'\\"', '"', text)


PAGE = SOURCE / "docs/troubleshooting.md"
HEADINGS = re.findall(r"^### `(.+)`$", PAGE.read_text(), re.MULTILINE)


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_message_that_is_explained_is_one_that_can_be_said(heading):
    parts = [part.strip(' "') for part in heading.split("…")]
    pattern = r"[^\n]{0,90}?".join(re.escape(part) for part in parts if part)
    pattern = pattern.replace(r"\ ", r"[ ]")
    assert re.search(pattern, said_by_the_program()), f"{PAGE.name}: nothing says {heading}"


def test_every_link_between_files_leads_somewhere():
    dead = []
    for page in [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *(SOURCE / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / link).exists():
                dead.append(f"{page.name}: {link}")
    assert dead == []


def test_the_lists_of_libraries_agree():
    import json
    listed = set(json.loads((SOURCE / "vcpkg.json").read_text())["dependencies"])
    brew = re.search(r"brew-build\) echo (.*?);;", (SOURCE / "tools/setup/common.sh").read_text())[1].split()
    tools = {"cmake", "ninja", "pkgconf", "python@3"}
    assert listed == {name.split("@")[0] for name in set(brew) - tools}
