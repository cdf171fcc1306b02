"""Every message with which the CMake module ends or warns is asserted, by its text, in a test of this folder."""
import ast
import functools
import os
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("LAMBDA_PYTHON_SOURCE_DIR", HERE.parent.parent))
QUOTED = r'"((?:[^"\\]|\\.)*)"'
CALL = re.compile(r'(?:_lambda_python_fail\(\s*(?:"\$\{who\}"|\w+)|message\(\s*(?:FATAL_ERROR|SEND_ERROR|\w*WARNING))\s+'
                  + QUOTED, re.DOTALL)
BEGINNING = re.compile(r"^(?!\s*#).*?(?:\b_lambda_python_fail\(|\b(?:FATAL_ERROR|SEND_ERROR|\w*WARNING)\b)", re.MULTILINE)
REFERENCE = re.compile(r"\$(?:ENV|CACHE)?\{[^{}]*\}")
ANYTHING = "\0"  # what is filled in: CMake's ${…}, and {…} of tests


def files():
    return sorted((SOURCE / "cmake").rglob("*.cmake*"))


def messages_of(file):
    """The texts of a file, with ANYTHING for each reference, by where they are."""
    text = re.sub(r"#\[(=*)\[.*?\]\1\]", lambda found: "\n" * found[0].count("\n"), file.read_text(), flags=re.DOTALL)
    calls = list(CALL.finditer(text))
    assert len(calls) == len(BEGINNING.findall(text)), f"a message of {file} has a form unknown here"
    for call in calls:
        line = text.count("\n", 0, call.start()) + 1
        message = re.sub(r"\\\n", "", call[1])
        message = REFERENCE.sub(ANYTHING, REFERENCE.sub(ANYTHING, message))
        yield f"{file.name}:{line}", re.sub(r"\\(.)", r"\1", message)


def words(node):
    """The text of a string, literal or formatted; None where a node is something else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{\w+\}", ANYTHING, node.value)  # for str.format()
    if isinstance(node, ast.JoinedStr):
        return "".join(words(part) if isinstance(part, ast.Constant) else ANYTHING for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = words(node.left), words(node.right)
        return None if left is None and right is None else (left or ANYTHING) + (right or ANYTHING)
    return None


@functools.cache
def asserted():
    """All strings of the tests beside this file."""
    found = []
    for file in HERE.glob("test_*.py"):
        if file.name != pathlib.Path(__file__).name:
            found += [text for node in ast.walk(ast.parse(file.read_text())) if (text := words(node))]
    return found


MESSAGES = [pytest.param(message, id=where) for file in files() for where, message in messages_of(file)
            if re.search(r"[a-z]", message)]


def test_there_are_messages():
    assert len(MESSAGES) > 25


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_asserted_by_a_test(message):
    pattern = re.compile(".+".join(re.escape(part) for part in message.split(ANYTHING)), re.DOTALL)
    assert any(pattern.search(text) for text in asserted()), (
        "no test in tests/consumers has the text " + message.replace(ANYTHING, "…"))
