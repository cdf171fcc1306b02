"""Projects, locks and handlers that cannot be packaged: what is said, and that nothing is written."""

import re

import pytest

from packing import BACKEND, PYPROJECT, message_of, tiny_elf, wheel_with

REMAKE = "hint: `poetry lock` makes it anew"
ALL = ("export", "fetch", "zip", "stage", "check")


# ---- the project ----


@pytest.mark.parametrize("subcommand", [*ALL, "wheel"])
def test_no_pyproject(package, subcommand):
    (package.project / "pyproject.toml").unlink()
    assert package.fails(subcommand) == (
        f"lambda-pack: there is no {package.project}/pyproject.toml\n"
        "hint: SOURCE_DIR (--project) names the folder of the Python project, the one with pyproject.toml; a folder of "
        "scripts needs a requirements.txt, which may be empty\n")


@pytest.mark.parametrize("subcommand", [*ALL, "wheel"])
def test_malformed_toml_in_pyproject(package, subcommand):
    package.write({"pyproject.toml": "[tool]\n\n[project\nname = 1\n"})
    assert re.fullmatch(
        rf"lambda-pack: {package.project}/pyproject.toml:3:\d+: malformed TOML: .*\]'?.*\nhint: the line is \"\[project\"\n",
        package.fails(subcommand))


def test_a_value_of_the_wrong_type_in_pyproject(package):
    package.write({"pyproject.toml": PYPROJECT.replace("requires = []", "requires = 3")})
    assert package.fails("wheel") == (
        f"lambda-pack: {package.project}/pyproject.toml: [build-system] requires must be an array of strings\n")


# ---- the lock ----


@pytest.mark.parametrize("subcommand", ALL)
def test_no_lock(package, subcommand):
    (package.project / "poetry.lock").unlink()
    assert package.fails(subcommand) == (
        f"lambda-pack: {package.project} has no lock: none of poetry.lock, uv.lock, pylock.toml, requirements.txt\n"
        "hint: make one (`poetry lock`, `uv lock`), or name it: LOCK <file>\n")


@pytest.mark.parametrize("subcommand", ALL)
def test_two_locks(package, subcommand):
    package.write({"uv.lock": "version = 1\n", "requirements.txt": ""})
    assert package.fails(subcommand) == (
        f"lambda-pack: {package.project} has 3 locks: poetry.lock, uv.lock, requirements.txt\n"
        "hint: say which one counts: LOCK poetry.lock\n")
    package.succeeds("export", "--lock", package.project / "poetry.lock")


def test_a_lock_that_is_named_and_not_there(package):
    assert package.fails("zip", "--lock", package.project / "other.lock") == (
        f"lambda-pack: there is no lock {package.project}/other.lock\nhint: make it (`poetry lock`, `uv lock`), or correct LOCK\n")


def test_a_lock_that_is_a_folder(package):
    assert package.fails("zip", "--lock", package.project / "src") == (
        f"lambda-pack: reading {package.project}/src: Is a directory\nhint: that is a folder; name a file\n")


@pytest.mark.parametrize("name, hint", [
    ("Pipfile.lock", "`pipenv requirements --hash > requirements.txt` makes a lock of it that can"),
    ("pdm.lock", "`pdm export --format requirements -o requirements.txt` makes a lock of it that can"),
])
def test_locks_of_other_tools_are_refused_by_name(package, name, hint):
    (package.project / "poetry.lock").rename(package.project / name)
    assert package.fails("zip") == f"lambda-pack: {name} cannot be read\nhint: {hint}\n"


def test_a_poetry_lock_under_the_name_of_another_is_noticed(package):
    (package.project / "poetry.lock").rename(package.project / "pylock.toml")
    assert package.fails("zip") == (
        f"lambda-pack: {package.project}/pylock.toml is no pylock.toml (PEP 751): it has no lock-version\n"
        "hint: a pylock.toml is what `uv export --format pylock.toml` writes, for instance\n")


@pytest.mark.parametrize("text, line, hint", [
    ('[[package]]\nname = "one\n', 2, r'the line is "name = \"one"'),
    ("[metadata\n", 1, r'the line is "[metadata"'),
    ("[metadata]\n<<<<<<< HEAD\n", 2, "the line is a merge conflict marker: resolve the conflict"),
    ("[metadata]\n=======\n", 2, "the line is a merge conflict marker: resolve the conflict"),
])
def test_malformed_toml_in_the_lock(package, text, line, hint):
    package.write({"poetry.lock": text})
    what, said = package.fails("zip").splitlines()
    assert re.match(rf"lambda-pack: {package.project}/poetry.lock:{line}:\d+: malformed TOML: .", what)
    assert said == f"hint: {hint}"


def test_a_lock_that_is_not_utf8(package):
    (package.project / "poetry.lock").write_bytes(b'[metadata]\nlock-version = "2.\xff"\n')
    assert f"{package.project}/poetry.lock:2:" in package.fails("zip")


@pytest.mark.parametrize("version", ["0.9", "3.0", "new"])
def test_an_unknown_lock_version(package, version):
    package.lock(wheel_with({"one.py": ""}), lock_version=version)
    assert package.fails("zip") == (
        f'lambda-pack: {package.project}/poetry.lock has lock version "{version}"; versions 1 and 2 can be read\n'
        "hint: make the lock with a Poetry whose locks can be read, 1.x or 2.x\n")


def test_a_pyproject_in_place_of_the_lock(package):
    package.write({"poetry.lock": PYPROJECT})
    assert package.fails("zip") == (
        f"lambda-pack: {package.project}/poetry.lock is no Poetry lock: it has no [metadata] and looks like a "
        f"pyproject.toml\n{REMAKE}\n")


LOCK_DAMAGES = {
    "no hash": (r', hash = "[^"]*"', "", '{lock}: [package "one".files] hash is missing', REMAKE),
    "an empty hash": (r'sha256:\w*', "",
                      "{lock} has no hash of SHA-256 or stronger for one-1.0-py3-none-any.whl", REMAKE + ", with hashes"),
    "a weak hash": (r'sha256:\w*', "md5:0123456789abcdef0123456789abcdef",
                    "{lock} has no hash of SHA-256 or stronger for one-1.0-py3-none-any.whl", REMAKE + ", with hashes"),
    "no files": (r"(?s)files = \[.*?\n\]", "files = []", "{lock} lists no files for one 1.0",
                 REMAKE + ", with the files and their hashes"),
    "a file name with a folder": (r"one-1.0-py3", "../../one-1.0-py3",
                                  '{lock}: [package "one".files] file "../../one-1.0-py3-none-any.whl" is no file name',
                                  REMAKE),
    "a name with a folder": (r'name = "one"', 'name = "../one"', '{lock}: "../one" is not the name of a distribution',
                             "hint: names consist of ASCII letters, digits, -, _ and ., and begin and end with a letter "
                             "or a digit"),
    "a version with a folder": (r'version = "1.0"', 'version = "../1.0"',
                                '{lock}: [package "one"] version "../1.0" is no version (PEP 440)', REMAKE),
    "a number for a name": (r'name = "one"', "name = 1", "{lock}: [package] name must be a string", None),
}


@pytest.mark.parametrize("damage", LOCK_DAMAGES)
def test_a_damaged_lock(package, damage):
    pattern, replacement, what, hint = LOCK_DAMAGES[damage]
    lock = package.project / "poetry.lock"
    text, count = re.subn(pattern, replacement, lock.read_text())
    assert count > 0
    lock.write_text(text)
    expected = f"lambda-pack: {what.format(lock=lock)}\n" + (f"{hint}\n" if hint else "")
    for subcommand in ("export", "zip"):
        assert package.fails(subcommand) == expected


def test_a_lock_that_does_not_fit_its_pyproject_warns(package):
    lock = package.project / "poetry.lock"
    lock.write_text(lock.read_text() + f'content-hash = "{64 * "0"}"\n')
    assert package.succeeds("export").stderr == (
        f"lambda-pack: warning: {lock} does not fit {package.project}/pyproject.toml, which has changed since: run "
        "`poetry lock`\n")


# ---- what is asked of the lock ----


def test_a_group_that_does_not_exist(package):
    assert package.fails("zip", "--group", "apy") == (
        f'lambda-pack: {package.project}/pyproject.toml has no dependency group "apy"\n'
        "hint: did you mean api?\nhint: it has api, main\n")


def test_an_extra_that_does_not_exist(package):
    assert package.fails("zip", "--extra", "image") == (
        f'lambda-pack: {package.project}/pyproject.toml has no extra "image"\n'
        "hint: did you mean images?\nhint: it has images\n")


def test_no_wheel_for_the_target(package):
    package.lock(wheel_with({"one.py": ""}, tag="cp311-cp311-manylinux_2_17_x86_64"),
                 wheel_with({"two.py": ""}, name="two"))
    what, *hints = package.fails("zip").splitlines()
    assert what.startswith(f"lambda-pack: {package.project}/poetry.lock: no wheel of one 1.0 runs on python3.12 on x86_64 "
                           "(best tag cp312-cp312-manylinux_2_34_x86_64); its wheels have cp311-cp311 on ")
    assert hints == ["hint: it has a wheel for python3.11 (x86_64)"]
    assert package.stored() == []


def test_an_sdist_that_may_not_be_built(package):
    lock = package.project / "poetry.lock"
    lock.write_text(lock.read_text().replace("one-1.0-py3-none-any.whl", "one-1.0.tar.gz"))
    assert package.fails("zip") == (
        f"lambda-pack: {lock}: no wheel of one 1.0 runs on python3.12 on x86_64 (best tag "
        "cp312-cp312-manylinux_2_34_x86_64); it has no wheels\n"
        "hint: SOURCE_BUILDS one builds it from one-1.0.tar.gz\n")


@pytest.mark.parametrize("runtime, hint", [
    ("python3.7", "hint: AWS Lambda has withdrawn Python 3.7\n"),
    ("nodejs20.x", "hint: lambda-pack makes packages for Python runtimes\n"),
    ("Python3.12", "hint: did you mean python3.12?\n"),
])
def test_an_unknown_runtime(package, runtime, hint):
    said = package.fails("zip", runtime=runtime)
    assert said.startswith(f'lambda-pack: "{runtime}" is not a Python runtime of AWS Lambda\n{hint}')
    assert "hint: known runtimes: python3.8, python3.9," in said


def test_an_unknown_architecture(package):
    assert package.fails("zip", "--architecture", "amd64") == (
        'lambda-pack: "amd64" is not an architecture of AWS Lambda\nhint: AWS Lambda calls it x86_64\n')


# ---- the backend ----


def test_a_backend_that_fails_is_quoted(package):
    package.write({"backends/tiny.py": "def build_wheel(*a):\n    print('compiling')\n    raise SystemExit('no compiler')\n"})
    assert package.fails("zip") == (
        f"lambda-pack: {package.project}: tiny failed to build the wheel\ncompiling\nno compiler\n"
        f"hint: the lines above are the backend's own; what {package.project}/pyproject.toml names (readme, license, "
        "packages) must be there\n")


def test_a_backend_that_is_not_there(package):
    package.write({"pyproject.toml": PYPROJECT.replace('"tiny"', '"tinny"')})
    what, *output, hint = package.fails("zip").splitlines()
    assert what == f"lambda-pack: {package.project}: its build backend tinny cannot be imported"
    assert "No module named 'tinny'" in output[-1]
    assert hint == (f"hint: [build-system] requires in {package.project}/pyproject.toml must name the distribution that "
                    "has it")


def test_a_backend_that_makes_no_wheel(package):
    package.write({"backends/tiny.py": "def build_wheel(*a):\n    return '../../x.whl'\n"})
    assert package.fails("wheel") == (
        f'lambda-pack: {package.project}: tiny made no wheel; build_wheel returned "../../x.whl"\n'
        "hint: build_wheel must return the name of a .whl file in the folder it was given (PEP 517)\n")


@pytest.mark.parametrize("python, what", [
    ("python9", 'there is no Python interpreter "python9" to run build backends\n'
                "hint: install Python 3.8 or later, or name one: --python FILE"),
    ("/bin/true", "/bin/true does not run as a Python interpreter\nhint: name another: --python FILE"),
])
def test_an_interpreter_that_is_none(package, python, what):
    assert package.fails("wheel", "--python", python) == f"lambda-pack: {what}\n"


def test_a_project_whose_wheel_breaks_the_rules(package):
    package.write({"backends/tiny.py": BACKEND.replace("files = {}", "files = {'../x': b''}")})
    assert package.fails("zip") == (
        'lambda-pack: my_lambda-1.0-py3-none-any.whl: "../x": has a ".." part in its name\n'
        "hint: the project's own build backend made this wheel: look at what it puts there\n")


# ---- the handler ----


@pytest.mark.parametrize("handler", ["handler", ".handler", "handler."])
def test_a_handler_without_module_and_function_is_refused_before_anything_is_fetched(package, handler):
    assert package.fails("zip", handler=handler) == (
        f'lambda-pack: handler "{handler}" has no module and function (module.function)\n'
        "hint: HANDLER my_package.my_module.my_function\n")
    assert package.stored() == []


HANDLERS = {
    "my_lambda.handlr.handler": ("the package has no module my_lambda.handlr",
                                 "did you mean HANDLER my_lambda.handler.handler?"),
    "src.my_lambda.handler.handler": ("the package has no module src.my_lambda.handler",
                                      "did you mean HANDLER my_lambda.handler.handler?"),
    "handler.handler": ("the package has no module handler", "did you mean HANDLER my_lambda.handler.handler?"),
    "some.where.else": ("the package has no module some.where",
                        "the package has the modules my_lambda, my_lambda.handler"),
    "my_lambda.handler.handlr": ("my_lambda/handler.py does not define handlr",
                                 "did you mean HANDLER my_lambda.handler.handler?"),
    "my_lambda.handler.main": ("my_lambda/handler.py does not define main",
                               "define it there, or name another function: HANDLER my_lambda.handler.…"),
    "my_lambda.handler": ("my_lambda/__init__.py does not define handler",
                          "my_lambda.handler is a module: name a function of it, HANDLER my_lambda.handler.handler"),
    "sys.exit": ("sys is a module built into Python, so Lambda refuses it (Runtime.BuiltInModuleConflict)",
                 "rename the module"),
}


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_that_is_not_in_the_package(package, handler):
    what, hint = HANDLERS[handler]
    for subcommand in ("check", "zip", "stage"):
        assert package.fails(subcommand, handler=handler) == f'lambda-pack: handler "{handler}": {what}\nhint: {hint}\n'


def test_a_handler_that_reading_cannot_see_warns(package):
    package.write({"src/my_lambda/handler.py": "from one import *\n"})
    assert message_of(package.succeeds("zip").stderr + "lambda-pack: end") == "lambda-pack: end"
    warnings = [line for line in package.succeeds("check").stderr.splitlines() if "warning" in line]
    assert warnings == ['lambda-pack: warning: handler "my_lambda.handler.handler": my_lambda/handler.py does not show '
                        "whether it defines handler"]


# ---- what does not go together ----


def test_two_wheels_in_conflict(package):
    package.lock(wheel_with({"same.py": "a = 1\n"}, name="aa"), wheel_with({"same.py": "b = 1\n"}, name="bb"))
    for subcommand in ("zip", "stage"):
        assert package.fails(subcommand) == (
            "lambda-pack: aa 1.0 and bb 1.0 both bring same.py, with different content\n"
            "hint: drop one of the two, or leave the file out of the wheels: EXCLUDE same.py\n")
    package.succeeds("zip", "--exclude", "same.py")


def test_a_file_of_one_wheel_where_another_has_a_folder(package):
    package.lock(wheel_with({"same": "a"}, name="aa"), wheel_with({"same/b.py": ""}, name="bb"))
    assert package.fails("zip") == (
        "lambda-pack: bb 1.0 brings same/b.py, but same is a file of aa 1.0\n"
        "hint: drop one of the two, or leave the file out of the wheels: EXCLUDE same\n")


def native_wheel(**elf):
    tag = "cp312-cp312-manylinux_2_17_x86_64"
    return wheel_with({"one/_one.cpython-312-x86_64-linux-gnu.so": tiny_elf(**elf)}, tag=tag)


def test_an_extension_for_another_machine(package):
    package.lock(native_wheel(machine=183))
    assert package.fails("zip") == (
        "lambda-pack: cannot run on python3.12 on x86_64: one/_one.cpython-312-x86_64-linux-gnu.so (one 1.0) is for arm64\n"
        "hint: package it for the ARCHITECTURE and RUNTIME it was built for, or build it for this target\n")


def test_an_extension_that_needs_a_newer_glibc(package):
    package.lock(native_wheel(glibc="2.38"))
    assert package.fails("zip") == (
        "lambda-pack: cannot run on python3.12 on x86_64: one/_one.cpython-312-x86_64-linux-gnu.so (one 1.0) needs glibc "
        "2.38; python3.12 has 2.34\n"
        "hint: package it for the ARCHITECTURE and RUNTIME it was built for, or build it for this target\n")
    package.lock(native_wheel(glibc="2.34"))
    package.succeeds("zip")


def test_a_package_over_the_limit_names_the_ten_largest(package):
    wheels = [wheel_with({f"d{number}.bin": bytes(22_000_000 + number * 100_000)}, name=f"d{number}")
              for number in range(12)]
    package.lock(*wheels)
    what, *hints = package.fails("zip").splitlines()
    size = re.match(r"lambda-pack: the package unzips to (\d+) bytes; Lambda takes less than 262144000. Largest: ", what)
    assert int(size[1]) > 262_144_000
    assert what[size.end():] == ", ".join(f"d{number} 1.0 {22 + number / 10:.1f} MB" for number in range(11, 1, -1))
    rest = re.search(r"it has (\S+ MB)", hints[1])[1]
    assert hints == [
        'hint: leave out what the function does not use: EXCLUDE "**/tests", PROVIDED boto3, fewer GROUPS or EXTRAS',
        f"hint: or split it: without d11 it has {rest}, and a second function, with a lock of its own, does what needs it",
        "hint: a layer does not help: it counts as well"]
    assert float(rest.split()[0]) < 262.144


def test_what_failed_leaves_the_zip_of_the_last_success(package):
    package.succeeds("zip")
    good = package.zip.read_bytes()
    for text in ("def handlr(event, context): pass\n", "def handler(event, context): return 2\n"):
        package.write({"src/my_lambda/handler.py": text})
        if "handlr" in text:
            package.fails("zip")  # which compares all bytes
        else:
            package.succeeds("zip")
    assert package.zip.read_bytes() != good
