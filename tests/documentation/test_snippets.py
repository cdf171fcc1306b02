"""Every command and snippet of README and the guides is run, or, where it needs AWS, a forge or minutes, checked."""
import functools
import json
import re
import shlex
import socket
import subprocess
import time
from pathlib import Path

import pytest
import tomlkit
import yaml

from pages import HELPER, SOURCE, blocks_of

PAGES = [SOURCE / name for name in ["README.md", "CONTRIBUTING.md"]] + sorted((SOURCE / "docs").rglob("*.md")) + sorted(
    (SOURCE / "examples").rglob("README.md"))
BLOCKS = {page: blocks_of(page) for page in PAGES}
LANGUAGES = {"sh", "cmake", "json", "toml", "yaml", "python", "text", "ini", "groovy", "hcl", "diff"}
EVERYWHERE = {"cd", "export", "pip", "git", "uv", "poetry", "cmake", "ctest", "cpack", "aws", "unzip", "lambda-pack",
              "base64", "cdk", "cat", "cp", "curl", "docker", "brew", "echo", "ls", "mkdir", "npx", "pytest", "python",
              "python3", "rm", "sam", "sudo", "tail", "terraform", "test", "vcpkg", "zip"}


def each(language):
    return [pytest.param(block, id=block.where) for blocks in BLOCKS.values() for block in blocks
            if block.language == language]


def test_every_block_says_its_language():
    unknown = [f"{block.where}: {block.language!r}" for blocks in BLOCKS.values() for block in blocks
               if block.language not in LANGUAGES and not block.language.startswith("{")]
    assert unknown == []


def commands(script):
    """The simple commands of a script, as words, without assignments before them and redirections."""
    lexer = shlex.shlex(script.replace("\\\n", " "), posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split, lexer.whitespace = True, " \t"
    words, is_file = [], False
    for token in [*lexer, ";"]:
        for part in re.split("(\n)", token):
            if part and set(part) <= set("<>"):
                is_file = True
            elif part == "\n" or set(part) <= set("();|&"):
                if words:
                    yield words
                words = []
            elif is_file:
                is_file = False
            elif words or not re.match(r"^\w+=", part):
                words.append(part)


@functools.cache
def help_of(subcommand):
    done = subprocess.run([HELPER, subcommand, "--help"], text=True, capture_output=True)
    return done.stdout if done.returncode == 0 else None


@pytest.mark.parametrize("block", each("sh"))
def test_a_command_has_right_syntax_and_flags(block):
    done = subprocess.run(["bash", "-n"], input=block.text, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    for words in commands(block.text):
        program = words[0]
        if program.startswith("tools/") or program == ".ci/run":
            assert (SOURCE / program).exists(), f"there is no {program}"
        elif Path(program).name == "lambda-pack" and len(words) > 1 and not words[1].startswith("-"):
            assert help_of(words[1]) is not None, f"lambda-pack has no subcommand {words[1]}"
            for flag in [word.split("=")[0] for word in words[2:] if word.startswith("--")]:
                assert re.search(rf"{re.escape(flag)}\b", help_of(words[1])), f"{words[1]} has no {flag}"
        elif "/" not in program:
            assert program in EVERYWHERE, f"{program} is no program that a page may take for granted"


def with_free_port(page):
    """The page's port 9001, which may be taken here, as a free one: a function of a text."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return lambda text: text.replace("9001", port), int(port)


def wait_until_served(process, port):
    deadline = time.time() + 60
    while time.time() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nothing answers")


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page, blocks in BLOCKS.items()
                                  if any(block.mark in ("run", "background") for block in blocks)])
def test_what_a_page_says_works_from_top_to_bottom(page, workspace):
    """Its files are written, its commands run one after the other, in one folder."""
    replaced, port = with_free_port(page)
    for block in BLOCKS[page]:
        if block.mark == "file":
            path = workspace.root / block.value
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        elif block.language == "sh" and block.mark == "run":
            done = workspace.run(replaced(block.text))
            assert done.returncode == 0, f"{block.where}\n{done.stdout}"
        elif block.mark == "background":
            workspace.start(replaced(block.text))
            wait_until_served(workspace.background[-1], port)


PREAMBLE = """\
cmake_minimum_required(VERSION 3.22)
project(services LANGUAGES NONE)
enable_testing()
"""


def project_around(fragment):
    """The fragment in a project that has what it takes for granted: the functions and the packages it names."""
    text = ""
    if not re.search(r"add_subdirectory\(third_party|find_package\(LambdaPython|FetchContent|CPMAddPackage", fragment):
        text += "add_subdirectory(third_party/lambda-python)\n"
    named = re.findall(r"\b(?:PACKAGE|TARGETS)((?:\s+[a-z][a-z0-9_]*)+)|\$<TARGET_FILE:(\w+)::archive>", fragment)
    for name in sorted({name for groups in named for group in groups for name in group.split()}):
        if not re.search(rf"lambda_python_package\(\s*{name}\b", fragment):
            text += (f"lambda_python_package({name} SOURCE_DIR services/my_lambda RUNTIME python3.13\n"
                     "  HANDLER my_lambda.handler.handler)\n")
    return text + fragment


@pytest.mark.parametrize("block", [case for case in each("cmake") if case.values[0].mark != "check"])
def test_a_cmake_snippet_configures(block, workspace, install_tree):
    # "…" after a package's name is what it needs to be one.
    text = re.sub(r"(lambda_python_package\(\w+) …", r"\1 HANDLER my_lambda.handler.handler RUNTIME python3.13 "
                  "SOURCE_DIR services/my_lambda", block.text)
    if "cmake_minimum_required" not in text:
        text = PREAMBLE + project_around(text)
    found = [f"{folder}/{name}" for folder in re.findall(r"_discover\(\w+ DIRECTORY (\w+)", text)
             for name in ["billing", *re.findall(r"\bFOR (\w+)", text)]]
    for folder in found + re.findall(r"SOURCE_DIR\s+([^\s)$]+)", text):
        (workspace.root / folder).mkdir(parents=True, exist_ok=True)
        lock = workspace.root / folder / "pyproject.toml"
        lock.exists() or lock.write_text("[project]\n")
    file = workspace.root / (block.value if block.mark == "file" else "CMakeLists.txt")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    done = workspace.run(f"cmake -S '{file.parent}' -B build '-DCMAKE_PREFIX_PATH={install_tree}' "
                         f"'-DFETCHCONTENT_SOURCE_DIR_LAMBDAPYTHON={SOURCE}'")
    assert done.returncode == 0, done.stdout


class AnyTag(yaml.SafeLoader):
    """CloudFormation's !Sub and its like."""


AnyTag.add_multi_constructor("!", lambda loader, tag, node: None)


@pytest.mark.parametrize("block", each("json") + each("toml") + each("yaml") + each("python"))
def test_data_and_code_can_be_parsed(block):
    if block.language == "json":
        json.loads(block.text)
    elif block.language == "toml":
        tomlkit.parse(block.text)
    elif block.language == "yaml":
        list(yaml.load_all(block.text, Loader=AnyTag))
    else:
        compile(block.text, block.where, "exec")
