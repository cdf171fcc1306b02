"""EXCLUDE's patterns take what Python's `fnmatch` takes part by part, and `pathlib` as a whole.

LAMBDA_PACK_TEST_SEED picks other random cases than the usual ones.
"""

import fnmatch
import os
import pathlib
import random
import sys

import pytest

from bundle_questions import ask_bundle

SEED = int(os.environ.get("LAMBDA_PACK_TEST_SEED", "518"))
ATOMS = ["a", "b", "ab", "x.py", "tests", "*", "*", "?", "**", "[ab]", "[!a]", "[]a]", "[!]]", "[a-c]", "[c-a]", "[a-]",
         "[-a]", "[a-b-c]", "[*]", "[?]", "[[]", "ü", "[ä-ü]", "[!ü]", "-", ".", "^", "[^a]", "\\", "{a,b}"]
NAMES = ["a", "b", "c", "ab", "abc", "x.py", "tests", "ü", "ö", "a-b", "]", "[", "^", "-", ".x", "*", "\\", "aüb", "{a,b}"]


def matches(pattern, path):
    """Whether the pattern's parts take the path's, or those of a folder above it."""
    parts = path.split("/")
    return any(parts_match(pattern.rstrip("/").split("/"), parts[:count]) for count in range(1, len(parts) + 1))


def parts_match(patterns, names):
    if not patterns:
        return not names
    if patterns[0] == "**":
        # Differs from pathlib: at its end `**` takes at least one part, so that `a/**` is not a file `a`.
        fewest = 1 if len(patterns) == 1 else 0
        return any(parts_match(patterns[1:], names[taken:]) for taken in range(fewest, len(names) + 1))
    return bool(names) and fnmatch.fnmatchcase(names[0], patterns[0]) and parts_match(patterns[1:], names[1:])


def random_pattern(generator):
    def part():
        return "**" if generator.random() < 0.2 else "".join(generator.choices(ATOMS, k=generator.choice([1, 1, 2, 3])))

    text = "/".join(part() for _ in range(generator.choice([1, 1, 2, 2, 3, 4])))
    return text + "/" if generator.random() < 0.1 else text


def random_path(generator):
    return "/".join("".join(generator.choices(NAMES, k=generator.choice([1, 1, 2]))) for _ in range(generator.randint(1, 5)))


@pytest.fixture(scope="module")
def cases():
    """(pattern, paths, answers), without the patterns that are refused for a part that names a place."""
    generator = random.Random(SEED)
    patterns = sorted({random_pattern(generator) for _ in range(5000)})
    patterns = [pattern for pattern in patterns if not {".", ".."} & set(pattern.rstrip("/").split("/"))]
    questions = [{"ask": "glob", "pattern": pattern, "paths": [random_path(generator) for _ in range(40)]}
                 for pattern in patterns]
    return [(question["pattern"], question["paths"], answer) for question, answer in zip(questions, ask_bundle(questions))]


def test_patterns_take_what_fnmatch_takes_part_by_part(cases):
    wrong = [f"{pattern} {path}: {answer}" for pattern, paths, answers in cases
             for path, answer in zip(paths, answers) if answer != matches(pattern, path)]
    taken = sum(sum(answers) for _, _, answers in cases)
    assert taken > 2000, "too few cases that match"
    assert not wrong, f"seed {SEED}: {len(wrong)} differ\n" + "\n".join(wrong[:10])


@pytest.mark.skipif(sys.version_info < (3, 13), reason="pathlib matches whole paths from Python 3.13 on")
def test_patterns_take_what_pathlib_takes(cases):
    wrong = []
    for pattern, paths, answers in cases:
        pattern = pattern.rstrip("/")
        # Differs: pathlib's negated sets take a `/` as well, and its `a/**` takes a file `a`.
        if "[!" in pattern or pattern.endswith("**"):
            continue
        for path, answer in zip(paths, answers):
            folders = [pathlib.PurePosixPath(path), *pathlib.PurePosixPath(path).parents][:-1]
            if answer != any(folder.full_match(pattern) for folder in folders):
                wrong.append(f"{pattern} {path}: {answer}")
    assert not wrong, f"seed {SEED}: {len(wrong)} differ\n" + "\n".join(wrong[:10])


def test_a_pattern_with_many_stars_takes_no_time():
    [answers] = ask_bundle([{"ask": "glob", "pattern": "*a" * 40 + "b", "paths": ["a" * 4000]}])
    assert answers == [False]
