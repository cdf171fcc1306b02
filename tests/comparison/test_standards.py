"""The room `standards`, and what `runtime` derives from it, give the answers of `packaging`.

Where the two differ on purpose a comment beside the test that allows it begins with "Differs:".
LAMBDA_PACK_STANDARDS_PROBE names the program that asks the rooms (standards_probe.cpp); LAMBDA_PACK_TEST_SEED
picks other random cases than the usual ones.
"""

import json
import os
import re
import subprocess

import pytest
from packaging import _manylinux
from packaging._parser import Value, Variable
from packaging.markers import InvalidMarker, Marker, UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import InvalidTag, compatible_tags, cpython_tags, parse_tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, is_normalized_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from standards_cases import NUMBERS, Cases

# `packaging` reads backslashes in markers as Python does, and Python warns of the odd ones.
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")

SEED = int(os.environ.get("LAMBDA_PACK_TEST_SEED", "440"))
REFUSED = "refused"


@pytest.fixture
def cases(request):
    return Cases(f"{SEED} {request.node.name}")


def ask(questions):
    """The probe's answers, in order; REFUSED where it reports an error."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    probe = subprocess.run(
        [os.environ["LAMBDA_PACK_STANDARDS_PROBE"]], input=lines, stdout=subprocess.PIPE, text=True, check=True
    )
    answers = [json.loads(line) for line in probe.stdout.splitlines()]
    assert len(answers) == len(questions)
    return [REFUSED if isinstance(answer, dict) and "error" in answer else answer for answer in answers]


def compare(questions, expected_answer):
    """Fails with the first few questions whose answer isn't the expected one."""
    wrong = []
    for question, answer in zip(questions, ask(questions)):
        expected = expected_answer(question)
        if not (expected(answer) if callable(expected) else expected == answer):
            packaging = "another answer" if callable(expected) else expected
            wrong.append(f"{question}\n  lambda-pack: {answer}\n  packaging:   {packaging}")
    summary = f"seed {SEED}: {len(wrong)} of {len(questions)} differ\n"
    assert not wrong, summary + "\n".join(wrong[:5])


def same_specifiers(ours, theirs):
    # Differs: of two specifiers that mean the same (`<10,<v10`) `packaging` keeps one.
    return ours == theirs or SpecifierSet(ours) == SpecifierSet(theirs)


# Names


def test_distribution_names_are_normalised_alike(cases):
    names = ["foo", "Foo.Bar", "foo__bar", "a-.-_b", "F", "", "-a", "a.", "é", "a b"]
    names += [cases.mutated("Foo-bar.baz_q", "ab-._ 1") for _ in range(2000)]

    def expected(question):
        text = question["text"]
        # `packaging` normalises without a look at the name; validity is asked for separately.
        return canonicalize_name(text) if is_normalized_name(canonicalize_name(text)) else REFUSED

    compare([{"ask": "name", "text": name} for name in names], expected)


# Versions


def read_version(text):
    try:
        version = Version(text)
    except InvalidVersion:
        return REFUSED
    largest = 2**64 - 1
    return {
        "str": str(version),
        "public": version.public,
        "release": [min(number, largest) for number in version.release],
        "prerelease": version.is_prerelease,
        "postrelease": version.is_postrelease,
        "local": version.local is not None,
    }


def test_versions_are_read_alike(cases):
    # Differs: white space beyond ASCII around a version, which `packaging` allows, is not generated.
    texts = [cases.version(NUMBERS) for _ in range(4000)] + [cases.version_like() for _ in range(6000)]
    compare([{"ask": "version", "text": text} for text in texts], lambda question: read_version(question["text"]))


def test_versions_are_ordered_alike(cases):
    texts = sorted({cases.version(pool) for pool in [NUMBERS] * 100 + [["0", "1"]] * 200})
    versions = [Version(text) for text in texts]
    [rows] = ask([{"ask": "order", "texts": texts}])
    for text, version, row in zip(texts, versions, rows):
        for other_text, other, order in zip(texts, versions, row):
            assert order == (version > other) - (version < other), f"seed {SEED}: {text!r} and {other_text!r}"


# Specifiers


def test_specifiers_contain_the_same_versions(cases):
    questions = []
    for _ in range(3000):
        versions = [cases.version() for _ in range(15)]
        text = cases.specifiers()
        # Versions that stand close to the specifier's own: it, its variants, and exactly it.
        near = re.sub(r"^\s*\W+", "", text.split(",")[0]).replace(".*", "").strip()
        variants = [near + suffix for suffix in ["", ".0", ".dev1", ".post1", "+local", "a1", ".post1.dev2"]]
        versions += [variant for variant in variants if read_version(variant) != REFUSED]
        questions.append({"ask": "specifiers", "text": text, "versions": versions})
    for _ in range(4000):
        questions.append({"ask": "specifiers", "text": cases.specifiers_like(), "versions": ["1.0", "1.0+x", "0"]})

    def expected(question):
        try:
            specifiers = SpecifierSet(question["text"])
        except InvalidSpecifier:
            return REFUSED
        contained = [specifiers.contains(Version(text), prereleases=True) for text in question["versions"]]
        return lambda answer: (
            answer != REFUSED
            and answer["contained"] == contained
            and same_specifiers(answer["str"], str(specifiers))
        )

    compare(questions, expected)


# Markers


def comparisons_of(markers):
    for item in markers:
        if isinstance(item, tuple):
            yield item
        elif isinstance(item, list):
            yield from comparisons_of(item)


def is_refused_on_purpose(text, marker):
    # Differs: PEP 508 has no escapes in quoted texts; `packaging` reads them as Python does.
    if "\\" in text:
        return True
    for left, operator, right in comparisons_of(marker._markers):
        # Differs: of two variables `packaging` compares one with the name of the other, and two literals fail only
        # when they are evaluated.
        if isinstance(left, Variable) == isinstance(right, Variable):
            return True
        # Differs: PEP 751 gives its sets no other use than `"name" in set`; `packaging` evaluates == and !=.
        names = {side.value for side in (left, right) if isinstance(side, Variable)}
        if names & {"extras", "dependency_groups"}:
            if not isinstance(left, Value) or operator.value not in ("in", "not in"):
                return True
    return False


def evaluate(marker, environment):
    """With each extra in turn: `packaging` knows one at a time."""
    values = {name: value for name, value in environment.items() if name != "extras"}
    values["extras"] = set(environment["extras"])
    values["dependency_groups"] = set(environment["dependency_groups"])
    return marker.evaluate({**values, "extra": "".join(environment["extras"])})


def expected_marker(question):
    text = question["text"]
    # Differs: a blank marker holds everywhere.
    if not text.strip():
        return {"str": "", "holds": True}
    try:
        marker = Marker(text)
    except InvalidMarker:
        return REFUSED
    if is_refused_on_purpose(text, marker):
        return REFUSED
    try:
        return {"str": str(marker), "holds": evaluate(marker, question["environment"])}
    except UndefinedComparison:
        if len(list(comparisons_of(marker._markers))) == 1:
            return {"str": str(marker), "holds": None}
        # Differs: what the sides that were already evaluated have decided is not looked at any more.
        return lambda answer: answer["str"] == str(marker)


def marker_questions(texts, cases):
    for text in texts:
        environment = cases.environment()
        environment["extras"] = environment["extras"][:1]
        yield {"ask": "marker", "text": text, "environment": environment}


def test_markers_hold_alike(cases):
    texts = [cases.marker() for _ in range(12000)]
    compare(list(marker_questions(texts, cases)), expected_marker)


def test_nearly_valid_markers_are_refused_alike(cases):
    texts = ["", " ", "()", "os_name", "os_name ==", "'a' == 'a'", "os_name == 'a' and", "(os_name == 'a'"]
    texts += [cases.marker_like() for _ in range(8000)]
    compare(list(marker_questions(texts, cases)), expected_marker)


def test_several_extras_are_a_set(cases):
    # Differs: `packaging` evaluates for one extra. A name equals a set that has it.
    questions = []
    for _ in range(2000):
        name, environment = cases.pick(["socks", "Dev", "a.b_c", "other"]), cases.environment()
        text = cases.pick(["extra {} '{}'", "'{1}' {0} extra"]).format(cases.pick(["==", "!="]), name)
        questions.append({"ask": "marker", "text": text, "environment": environment})

    def expected(question):
        marker, extras = Marker(question["text"]), question["environment"]["extras"]
        one_at_a_time = [marker.evaluate({"extra": extra}) for extra in extras or [""]]
        return {"str": str(marker), "holds": all(one_at_a_time) if "!=" in str(marker) else any(one_at_a_time)}

    compare(questions, expected)


# Requirements


def expected_requirement(question):
    text = question["text"]
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return REFUSED
    # Differs: a distribution's name ends with a letter or a digit; `packaging` allows "_".
    if not is_normalized_name(canonicalize_name(requirement.name)):
        return REFUSED
    if requirement.marker and is_refused_on_purpose(text, requirement.marker):
        return REFUSED
    expected = {
        "name": canonicalize_name(requirement.name),
        "extras": sorted({canonicalize_name(extra) for extra in requirement.extras}),
        "url": requirement.url or "",
        "marker": str(requirement.marker or ""),
    }
    return lambda answer: (
        answer != REFUSED
        and {**expected, "specifiers": answer["specifiers"]} == answer
        and same_specifiers(answer["specifiers"], str(requirement.specifier))
    )


def test_requirements_are_read_alike(cases):
    texts = ["foo;", "foo ; ", "foo>=1,", "foo,>=1", "foo>=1,,<2", "foo (>=1", "foo @ ", "foo[a,]"]
    texts += [cases.requirement() for _ in range(4000)] + [cases.requirement_like() for _ in range(6000)]
    # Differs: a comma ends the version of `===`; `packaging` takes it for a part of the version when it looks for
    # the end of the specifiers, so that it refuses a blank behind it. See the next test.
    texts = [text for text in texts if not re.search("===[^;]*,", text)]
    compare([{"ask": "requirement", "text": text} for text in texts], expected_requirement)


def test_a_comma_ends_an_arbitrary_version():
    texts = ["foo===1.0, >=1", "foo (===1.0 ,>=1)", "foo ===1.0,>=1"]
    answers = ask([{"ask": "requirement", "text": text} for text in texts])
    assert [answer["specifiers"] for answer in answers] == ["===1.0,>=1"] * 3


# Tags and file names


def test_compressed_tags_are_read_alike(cases):
    texts = [cases.tag_set() for _ in range(1000)]
    texts += [cases.mutated(cases.tag_set(), "-._pycn3") for _ in range(3000)]

    def expected(question):
        try:
            return sorted(map(str, parse_tag(question["text"])))
        except InvalidTag:
            return REFUSED

    compare([{"ask": "tags", "text": text} for text in texts], lambda question: (
        lambda answer: (answer if answer == REFUSED else sorted(answer)) == expected(question)
    ))


def as_strict_wheel_name(file_name):
    """What `packaging` must be asked where lambda-pack is lenient."""
    name, dash, rest = file_name.partition("-")
    version, second_dash, rest = rest.partition("-")
    # Differs: two underscores in a name are read as one.
    name = re.sub("__+", "_", name)
    # Differs: old tools wrote the "-" of a version as "_".
    if read_version(version) == REFUSED and read_version(version.replace("_", "-")) != REFUSED:
        version = str(Version(version.replace("_", "-")))
    return name + dash + version + second_dash + rest


def test_wheel_names_are_read_alike(cases):
    texts = [cases.wheel() for _ in range(4000)] + [cases.wheel_like() for _ in range(6000)]

    def expected(question):
        try:
            name, version, build, tags = parse_wheel_filename(as_strict_wheel_name(question["text"]))
        except InvalidWheelFilename:
            return REFUSED
        # Differs: a distribution's name begins and ends with a letter or a digit.
        if not is_normalized_name(name):
            return REFUSED
        return lambda answer: answer != REFUSED and {**answer, "tags": sorted(answer["tags"])} == {
            "name": name,
            "version": str(version),
            "build": list(build or (0, "")),
            "tags": sorted(map(str, tags)),
        }

    compare([{"ask": "wheel", "text": text} for text in texts], expected)


# Targets

GLIBC_MINORS = {8: 26, 9: 26, 10: 26, 11: 26, 12: 34, 13: 34, 14: 34}
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


@pytest.mark.parametrize("minor", GLIBC_MINORS)
@pytest.mark.parametrize("architecture", MACHINES)
def test_tags_of_a_target_are_those_of_its_interpreter(minor, architecture, monkeypatch):
    glibc = _manylinux._GLibCVersion(2, GLIBC_MINORS[minor])
    monkeypatch.setattr(_manylinux, "_get_glibc_version", lambda: glibc)
    monkeypatch.setattr(_manylinux, "_get_manylinux_module", lambda: None)
    monkeypatch.setattr(_manylinux, "_have_compatible_abi", lambda executable, archs: True)
    machine = MACHINES[architecture]
    # Differs: `packaging` 26.3 puts linux_* first: a wheel built on the machine that it runs on is the best one.
    # For a target it was built somewhere else and does not say what glibc it needs: it comes last, as it used to.
    platforms = [*_manylinux.platform_tags([machine]), f"linux_{machine}"]
    interpreter = f"cp3{minor}"
    expected = [
        *cpython_tags((3, minor), [interpreter], platforms),
        *compatible_tags((3, minor), interpreter, platforms),
    ]
    [answer] = ask([{"ask": "target", "runtime": f"python3.{minor}", "architecture": architecture}])
    assert answer["tags"] == list(map(str, expected))


@pytest.mark.parametrize("minor", GLIBC_MINORS)
@pytest.mark.parametrize("architecture", MACHINES)
def test_marker_values_of_a_target_are_those_of_linux(minor, architecture):
    [answer] = ask([{"ask": "target", "runtime": f"python3.{minor}", "architecture": architecture}])
    environment = answer["environment"]
    assert re.fullmatch(rf"3\.{minor}\.\d+", environment["python_full_version"])
    assert environment == {
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_machine": MACHINES[architecture],
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_version": f"3.{minor}",
        "python_full_version": environment["python_full_version"],
        "implementation_name": "cpython",
        "implementation_version": environment["python_full_version"],
    }
