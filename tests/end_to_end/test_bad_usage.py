"""Command lines, settings and streams that are wrong: exit code 2 for usage, 1 for everything else."""

import json
import re

import pytest

from packing import HANDLER, message_of

# ---- the command line ----

SUBCOMMANDS = "the subcommands are …; see lambda-pack --help"


def subcommands(package):
    """Those that --help lists, in its order."""
    _, _, listed = package.run_plain("--help").stdout.partition("\nSubcommands:\n")
    return re.findall(r"^  (\S+)", listed, re.MULTILINE)


@pytest.mark.parametrize("arguments, what, hints", [
    ([], "no subcommand is given", [SUBCOMMANDS]),
    (["zipp"], 'there is no subcommand "zipp"', ["did you mean zip?", SUBCOMMANDS]),
    (["frobnicate", "--project", "x"], 'there is no subcommand "frobnicate"', [SUBCOMMANDS]),
    (["--project", "x"], 'no subcommand is given before "--project"', [SUBCOMMANDS]),
    (["--project", "x", "zip"], '"--project" stands before the subcommand', ["flags come after it: lambda-pack zip …"]),
    (["zip", "--projekt=x"], 'zip has no flag "--projekt"', ["did you mean --project?", "see lambda-pack zip --help"]),
    (["zip", "--zzzzzzzz"], 'zip has no flag "--zzzzzzzz"', ["see lambda-pack zip --help"]),
    (["zip", "here"], 'zip takes no argument "here"', ["see lambda-pack zip --help"]),
    (["export", "zip"], 'export takes no argument "zip"', ["see lambda-pack export --help"]),
    (["zip", "--output"], "--output needs a value", ["see lambda-pack zip --help"]),
    (["zip", "--settings"], "--settings needs a value", ["see lambda-pack zip --help"]),
    (["stage", "--group"], "--group needs a value", ["see lambda-pack stage --help"]),
    (["zip", "--output", "a", "--output", "b"], "--output is given more than once", ["see lambda-pack zip --help"]),
])
def test_wrong_usage(package, arguments, what, hints):
    done = package.run_plain(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    hints = [hint.replace("…;", ", ".join(subcommands(package)) + ";") for hint in hints]
    assert done.stderr == f"lambda-pack: {what}\n" + "".join(f"hint: {hint}\n" for hint in hints)


def test_the_subcommands_are_listed(package):
    assert subcommands(package)[:5] == ["export", "fetch", "wheel", "stage", "zip"]


def test_the_help_of_a_subcommand_has_the_flags_that_it_heeds(package):
    listed = {name: package.run_plain(name, "--help").stdout for name in subcommands(package)}
    assert all("--settings" in text for text in listed.values())
    assert {name for name, text in listed.items() if "--role" in text} == {"deploy", "remote-invoke", "handoff"}
    assert "--lock" not in listed["report"]
    package.succeeds("check", "--role", "any")  # one set of arguments may serve several subcommands


def test_a_flag_with_a_value_that_is_none(package):
    done = package.run_plain("zip", "--offline=perhaps")
    assert done.returncode == 2 and "--offline" in done.stderr and "perhaps" in done.stderr
    assert done.stderr.endswith("\nhint: see lambda-pack zip --help\n")


@pytest.mark.parametrize("subcommand, left_out, what", [
    ("zip", "--runtime", "no runtime is given\nhint: --runtime python3.13"),
    ("zip", "--handler", "no handler is given\nhint: --handler my_package.my_module.my_function"),
    ("zip", "--output", "no zip is named\nhint: --output my_lambda.zip"),
    ("stage", "--output", "no folder is given for the staged tree\nhint: --output FOLDER"),
    ("report", "--output", "no manifest is named\nhint: --manifest my_lambda.zip.json"),
])
def test_what_a_subcommand_cannot_do_without(package, subcommand, left_out, what):
    command = package.command(subcommand)
    if left_out in command:
        at = command.index(left_out)
        del command[at:at + 2]
    done = package.run_plain(*command[1:])
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"lambda-pack: {what}\n")


def test_a_report_without_a_manifest(package):
    assert package.fails("report", "--output", package.zip) == (
        f"lambda-pack: there is no manifest {package.zip}.json\nhint: build the zip first; its manifest is beside it\n")
    (package.out / "my_lambda.zip.json").write_text('{"name": 3}')
    assert package.fails("report", "--output", package.zip) == (
        f"lambda-pack: {package.zip}.json is no manifest of lambda-pack\n"
        "hint: it is written beside the zip: my_lambda.zip.json\n")


def test_a_path_that_is_not_utf8(package):
    done = package.run_plain("check", "--project", b"/no/pro\xffject")
    assert (done.returncode, done.stderr) == (
        1, 'lambda-pack: the path "/no/pro\\xffject" is not UTF-8\nhint: rename it\n')


# ---- settings.json ----

AGAIN = "configure the build again"


@pytest.mark.parametrize("text, what, hint", [
    ("", ":1: malformed JSON", AGAIN),
    ('{\n"name": nobody\n}', ":2: malformed JSON", AGAIN),
    ("[]", " is not a JSON object", AGAIN),
    ('{"handlr": "x.y"}', ' has a key "handlr" that lambda-pack does not know',
     AGAIN + " with the CMake module of this lambda-pack"),
    ('{"handler": 3}', ': the value of "handler" has the wrong type: 3', AGAIN),
    ('{"file": "a=b"}', ': the value of "file" has the wrong type: "a=b"', AGAIN),
    ('{"group": ["a", null]}', ': the value of "group" has the wrong type: ["a",null]', AGAIN),
    ('{"offline": "yes"}', ': the value of "offline" has the wrong type: "yes"', AGAIN),
])
def test_settings_that_are_wrong(package, text, what, hint):
    settings = package.root / "settings.json"
    settings.write_text(text)
    for form in (["--settings", settings], [f"--settings={settings}"]):
        assert package.fails("zip", *form) == f"lambda-pack: {settings}{what}\nhint: {hint}\n"


def test_settings_that_are_not_there(package):
    assert package.fails("zip", "--settings", package.root / "none.json") == (
        f"lambda-pack: reading {package.root}/none.json: No such file or directory\nhint: check the path\n")


def test_a_flag_wins_over_the_settings_that_come_after_it(package):
    (package.root / "settings.json").write_text(json.dumps({"handler": "wrong", "runtime": "none"}))
    package.succeeds("check", "--settings", package.root / "settings.json")


# ---- EXCLUDE and FILES ----

HERE = "hint: write it relative to the zip's root: numpy/tests\n"


@pytest.mark.parametrize("pattern, what", [
    ("", f'EXCLUDE "" is no pattern below the task root\n{HERE}'),
    ("/tests", f'EXCLUDE "/tests" is no pattern below the task root\n{HERE}'),
    ("one/../two", f'EXCLUDE "one/../two" has a part ".."\n{HERE}'),
    ("one//two", f'EXCLUDE "one//two" has a part ""\n{HERE}'),
    ("one[1", 'EXCLUDE "one[1" has a [ without its ]\nhint: for a [ itself, write [[]\n'),
])
def test_a_pattern_that_is_none_is_refused_before_anything_is_fetched(package, pattern, what):
    assert package.fails("zip", "--exclude", pattern) == f"lambda-pack: {what}"
    assert package.stored() == []


def test_a_pattern_that_matches_nothing_warns(package):
    assert "lambda-pack: warning: EXCLUDE *.nothing matches no file\n" in package.succeeds(
        "zip", "--exclude", "*.nothing").stderr


def test_a_handler_that_is_excluded_is_missing(package):
    assert package.fails("zip", "--exclude", "my_lambda/handler.py").startswith(
        f'lambda-pack: handler "{HANDLER}": the package has no module my_lambda.handler\n')


FORM = "hint: FILES data/model.bin=my_lambda/model.bin\n"
DESTINATION = "hint: the destination is relative to the zip's root: FILES data/model.bin=my_lambda/model.bin\n"


@pytest.mark.parametrize("text, what", [
    ("model.bin", f" is not <source>=<destination>\n{FORM}"),
    ("=model.bin", f" is not <source>=<destination>\n{FORM}"),
    ("{root}/none=x", ": there is no file or folder {root}/none\nhint: name what exists when the package is built; what "
                      "another rule makes goes into DEPENDS as well\n"),
    ("{root}/a.txt=../x", f': nothing can be packaged as "../x": has a ".." part in its name\n{DESTINATION}'),
    ("{root}/a.txt=/x", f': nothing can be packaged as "/x": is an absolute name\n{DESTINATION}'),
    ("{root}/a.txt=C:/x", f': nothing can be packaged as "C:/x": begins with a drive letter\n{DESTINATION}'),
    ("{root}/a.txt=x\\y", f': nothing can be packaged as "x\\\\y": has a backslash in its name\n{DESTINATION}'),
])
def test_extra_files_that_cannot_be_packaged_are_refused_before_anything_is_fetched(package, text, what):
    (package.root / "a.txt").write_text("a")
    text = text.format(root=package.root)
    quoted = text.replace("\\", "\\\\")
    assert package.fails("zip", "--file", text) == f'lambda-pack: FILES "{quoted}"{what.format(root=package.root)}'
    assert package.stored() == []


def test_an_extra_file_that_a_wheel_brings_as_well(package):
    (package.root / "a.txt").write_text("a")
    ways = ("hint: drop one of the two, or leave the file out of the wheels: EXCLUDE my_lambda/handler.py\n"
            "hint: or give the file of FILES another destination\n")
    assert package.fails("zip", "--file", f"{package.root}/a.txt=my_lambda/handler.py") == (
        f"lambda-pack: my-lambda 1.0 and FILES both bring my_lambda/handler.py, with different content\n{ways}")
    assert package.fails("zip", "--file", f"{package.root}/a.txt=my_lambda/handler.py/a.txt") == (
        "lambda-pack: FILES brings my_lambda/handler.py/a.txt, but my_lambda/handler.py is a file of my-lambda 1.0\n"
        f"{ways}")


# ---- the environment and the streams ----


@pytest.mark.parametrize("value", ["yesterday", "-1", "1.5", "99999999999999999999999"])
def test_a_source_date_epoch_that_is_no_time_is_refused_before_anything_is_fetched(package, value):
    assert package.fails("zip", environment={"SOURCE_DATE_EPOCH": value}) == (
        f'lambda-pack: SOURCE_DATE_EPOCH is "{value}", not a number of seconds since 1970\n'
        "hint: set it to such a number, as `git log -1 --format=%ct` prints, or unset it\n")
    assert package.stored() == []


def shell(line):
    """Runs the command in a shell line, as "$@"."""
    return ["sh", "-c", line, "sh"]


@pytest.mark.parametrize("place", [">&-", ">/dev/full"])
@pytest.mark.parametrize("subcommand", ["export", "fetch", "wheel", "zip --json", "report", "report --json"])
def test_results_that_cannot_be_written(package, subcommand, place):
    package.succeeds("zip")
    name, *more = subcommand.split()
    if name == "report":
        more += ["--output", package.zip]
    done = package.run(name, *more, wrapper=shell(f'exec "$@" {place}'))
    assert done.returncode == 1
    assert message_of(done.stderr) == ("lambda-pack: writing the result to stdout failed\n"
                                       "hint: see where stdout goes: a full disk, or a program that has ended\n")


def test_results_that_nobody_reads(package):
    package.lock(*[])
    package.write({"poetry.lock": (package.project / "poetry.lock").read_text() + "\n"})
    done = package.run("export", wrapper=shell('{ sleep 0.2; exec "$@"; } | true; exit 0'))
    assert done.returncode == 0 and "Traceback" not in done.stderr


def test_a_closed_stdout_becomes_no_file(package):
    """The first file that a program opens would get its number, and what is printed would end up there."""
    package.succeeds("zip")
    good = package.zip.read_bytes()
    package.zip.unlink()
    done = package.run("zip", "--json", wrapper=shell('exec "$@" >&- 2>&- <&-'))
    assert done.returncode == 1
    assert package.zip.read_bytes() == good
