from pathlib import Path

import pytest

import my_lambda
from my_lambda.handler import handler

# What holds the package: src, or the files of the zip.
TASK_ROOT = Path(my_lambda.__file__).parent.parent
EVENT = {"key1": "value1", "key2": "value2", "key3": "value3"}


@pytest.fixture(autouse=True)
def task_root(monkeypatch):
    """In Lambda the working directory is the folder that holds the packages."""
    monkeypatch.chdir(TASK_ROOT)


def test_the_handler_returns_the_first_value():
    assert handler(EVENT, None) == "value1"


def test_the_handler_prints_what_it_got_and_what_came_along(capsys):
    handler(EVENT, None)
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == 'event: {"key1": "value1", "key2": "value2", "key3": "value3"}'
    assert lines[1:4] == ["key1 = value1", "key2 = value2", "key3 = value3"]
    assert lines[4].startswith("3 cities in data.csv; PyYAML ")
    assert lines[5] == f"cwd: {TASK_ROOT}"
    assert lines[6].startswith("config.yml: ['greeting: good morning\\n'")


def test_an_event_without_a_key_is_an_error():
    with pytest.raises(KeyError, match="key2"):
        handler({"key1": "value1"}, None)
