"""Bytecode in the package: BYTECODE AUTO, ON and OFF."""

import json
import os
import re
import shutil
import subprocess
import time
import zipfile

import pytest

from index_server import Index
from packing import wheel_with, zip_of
from terminal import shown_on_terminal

LIBRARY = {
    "one/__init__.py": "VALUE = 1\n",
    "one/deep/module.py": "def fail():\n    raise ValueError('deep')\n",
    "one/template.py": "{{ cookiecutter.name }} = {% raw %}\n",
    "one/python2.py": "print 'hello'\n",
    "one/latin.py": b"# coding: latin-1\nTEXT = '\xe4'\n",
    "one/nested.py": "VALUE = " + "-" * 100_000 + "1\n",
    "one/data.txt": "no module\n",
}
COMPILED = ["__init__", "deep/module", "latin"]
TAGS = {"python3.9": "cpython-39", "python3.12": "cpython-312"}
UNCHECKED_HASH = 1  # PEP 552


def pyc_of(name, runtime="python3.12"):
    folder, _, module = name.rpartition("/")
    return f"{folder}/__pycache__/{module}.{TAGS[runtime]}.pyc"


def contents(archive):
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def bytecode_in(archive):
    return {name: data for name, data in contents(archive).items() if name.endswith(".pyc")}


def manifest_of(package):
    return json.loads(package.zip.with_name(package.zip.name + ".json").read_text())


def in_python(python, folder, script):
    done = subprocess.run([python, "-I", "-B", "-c", f"import sys; sys.path.insert(0, sys.argv[1])\n{script}", folder],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def library(package):
    package.lock(wheel_with(LIBRARY))
    return package


def test_wheels_are_compiled_while_others_are_fetched(package):
    first, second = wheel_with({"one.py": "VALUE = 1\n"}), wheel_with({"two.py": "VALUE = 2\n"}, name="two")
    compiled_first = []

    def wait_for_the_bytecode_of_the_first(request):
        end = time.monotonic() + 60
        while not compiled_first and time.monotonic() < end:
            time.sleep(0.002)
            compiled_first.extend((package.store / "files").rglob("bytecode-*.zip"))
        request.answer()

    package.lock(first, second)
    index = Index()
    index.add(first, second)
    index.answers[f"/files/{second.name}"] = wait_for_the_bytecode_of_the_first
    try:
        package.succeeds("zip", "--bytecode", "on", environment={
            "PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": index.simple})
    finally:
        index.close()
    assert len(compiled_first) == 1
    assert {pyc_of("one").lstrip("/"), pyc_of("two").lstrip("/")} <= bytecode_in(package.zip).keys()


@pytest.mark.parametrize("runtime", TAGS)
def test_every_module_that_compiles_has_bytecode_which_python_takes_instead_of_the_source(
        library, interpreter, tmp_path, runtime):
    python = interpreter(runtime.removeprefix("python"))
    library.succeeds("zip", "--bytecode", "on", runtime=runtime)
    found = bytecode_in(library.zip)
    assert sorted(found) == sorted([pyc_of(f"one/{name}", runtime) for name in COMPILED] +
                                   [pyc_of("my_lambda/__init__", runtime), pyc_of("my_lambda/handler", runtime)])
    magic = in_python(python, "", "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())").strip()
    for data in found.values():
        assert (data[:4].hex(), int.from_bytes(data[4:8], "little")) == (magic, UNCHECKED_HASH)

    with zipfile.ZipFile(library.zip) as archive:
        archive.extractall(tmp_path / "root")
    for source in (tmp_path / "root/one").rglob("*.py"):
        source.write_text("raise AssertionError('the source was read')\n")
    answer = in_python(python, tmp_path / "root", """
import one, one.latin, one.deep.module, traceback
try:
    one.deep.module.fail()
except ValueError as error:
    print(one.VALUE, ascii(one.latin.TEXT), traceback.extract_tb(error.__traceback__)[-1].filename, one.__cached__)""")
    root = tmp_path / "root"
    assert answer.split() == ["1", r"'\xe4'", f"{root}/one/deep/module.py", f"{root}/{pyc_of('one/__init__', runtime)}"]


def test_code_names_the_path_that_it_has_on_lambda(library, interpreter, tmp_path):
    library.succeeds("zip", "--bytecode", "on")
    (tmp_path / "code").write_bytes(bytecode_in(library.zip)[pyc_of("one/deep/module")][16:])
    script = "import marshal; code = marshal.load(open(sys.argv[1], 'rb')); print(code.co_filename, code.co_consts[0].co_filename)"
    assert in_python(interpreter("3.12"), tmp_path / "code", script).split() == ["/var/task/one/deep/module.py"] * 2


@pytest.mark.parametrize("runtime", TAGS)
def test_the_stage_has_the_same_bytecode_as_the_zip(library, runtime):
    library.succeeds("zip", "--bytecode", "on", runtime=runtime)
    library.succeeds("stage", "--bytecode", "on", runtime=runtime)
    stage = library.out / "stage"
    staged = {str(path.relative_to(stage)): path.read_bytes() for path in stage.rglob("*") if path.is_file()}
    del staged[".lambda-pack-stage"]
    assert staged == contents(library.zip)


def one_processor():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


@pytest.fixture(scope="module")
def real_wheels(tmp_path_factory):
    """A store that holds real wheels, filled once: annotations, large tables, sets, templates, namespaces."""
    folder = tmp_path_factory.mktemp("real")
    project = folder / "project"
    (project / "src/app").mkdir(parents=True)
    (project / "src/app/__init__.py").write_text("def handler(event, context):\n    return event in {'a', 'b', None, 1.5}\n")
    (project / "pyproject.toml").write_text("""[project]
name = "app"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["idna==3.10", "jinja2==3.1.6", "setuptools==75.8.0", "pyyaml==6.0.2", "typing-extensions==4.12.2"]
[build-system]
requires = ["flit_core==3.12.0"]
build-backend = "flit_core.buildapi"
""".replace('version = "1.0"', 'version = "1.0"\ndescription = "x"'))
    import uv
    subprocess.run([uv.find_uv_bin(), "lock", "--quiet", "--project", project], check=True)
    return folder


def pack_real(folder, place, runtime, seed, preexec_fn=None):
    """Packs it elsewhere, with a store that has the wheels and no bytecode."""
    store = folder / "store"
    other = folder / place
    shutil.copytree(folder / "project", other / "a project", dirs_exist_ok=True)
    if store.exists():
        shutil.copytree(store, other / "store", dirs_exist_ok=True, symlinks=True, copy_function=os.link,
                        ignore=shutil.ignore_patterns("built", "bytecode", "bytecode-*.zip"))
    used = other / "store" if store.exists() else store
    archive = other / f"{runtime}.zip"
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "LAMBDA_PYTHON_STORE": str(used)}
    done = subprocess.run([os.environ["LAMBDA_PACK"], "zip", "--project", other / "a project", "--runtime", runtime,
                           "--handler", "app.handler", "--bytecode", "on", "--output", archive],
                          env=environment, preexec_fn=preexec_fn, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return archive.read_bytes()


@pytest.mark.parametrize("runtime", ["python3.9", "python3.12"])
def test_real_wheels_give_the_same_bytes_under_any_path_hash_seed_and_number_of_processors(real_wheels, runtime):
    first = pack_real(real_wheels, f"here-{runtime}", runtime, 1)
    second = pack_real(real_wheels, f"elsewhere/{runtime}", runtime, 31337,
                       one_processor if hasattr(os, "sched_setaffinity") else None)
    assert first == second
    archive = real_wheels / f"here-{runtime}" / f"{runtime}.zip"
    found = bytecode_in(archive)
    assert len(found) > 200
    modules = {name for name in contents(archive) if name.endswith(".py")}
    assert len(modules - {re.sub(r"__pycache__/(.*)\.cpython-\d+\.pyc", r"\1.py", name) for name in found}) < 5


def test_an_edit_compiles_nothing_but_the_edited_module(package):
    package.write({"src/my_lambda/other.py": "VALUE = 'other'\n"})
    package.succeeds("zip", "--bytecode", "on")
    [cache] = [path for path in (package.store / "bytecode").iterdir() if "other" in str(bytes_of(path))]
    entries = contents(cache)
    [other] = [name for name, data in entries.items() if b"other.py" in data]
    entries[other] = b"taken from the cache"
    cache.write_bytes(zip_of(entries))

    package.write({"src/my_lambda/handler.py": "def handler(event, context):\n    return 2\n"})
    package.succeeds("zip", "--bytecode", "on")
    found = bytecode_in(package.zip)
    assert found[pyc_of("my_lambda/other")] == b"taken from the cache"
    assert len(contents(cache)) == 3  # of the version before, nothing stays

    package.write({"src/my_lambda/other.py": "VALUE = 'another'\n"})
    package.succeeds("zip", "--bytecode", "on")
    assert b"another" in bytecode_in(package.zip)[pyc_of("my_lambda/other")]


def bytes_of(archive):
    return b"".join(contents(archive).values())


def test_a_damaged_cache_of_modules_is_made_again(package):
    package.succeeds("zip", "--bytecode", "on")
    first = package.zip.read_bytes()
    for cache in (package.store / "bytecode").iterdir():
        data = bytearray(cache.read_bytes())
        data[len(data) // 2] ^= 0xFF
        cache.write_bytes(data)
    package.succeeds("zip", "--bytecode", "on")
    assert package.zip.read_bytes() == first


def test_a_damaged_bytecode_of_a_wheel_is_noticed_removed_and_made_again(library):
    library.succeeds("zip", "--bytecode", "on")
    first = library.zip.read_bytes()
    [stored] = (library.store / "files").rglob("bytecode-*.zip")
    data = bytearray(stored.read_bytes())
    data[60] ^= 0xFF
    stored.write_bytes(data)
    done = library.run("zip", "--bytecode", "on")
    assert done.returncode == 1 and f"the stored copy of {stored.name} is damaged" in done.stderr
    library.succeeds("zip", "--bytecode", "on")
    assert library.zip.read_bytes() == first


def test_modules_of_files_have_bytecode_and_what_is_excluded_has_none(library):
    library.write({"extra/tool.py": "VALUE = 3\n"})
    library.succeeds("zip", "--bytecode", "on", "--file", f"{library.project}/extra/tool.py=tools/tool.py",
                     "--exclude", "one/deep/*.py", "--exclude", "one/__pycache__/latin.*.pyc")
    found = bytecode_in(library.zip)
    assert pyc_of("tools/tool") in found and pyc_of("one/__init__") in found
    assert not {pyc_of("one/deep/module"), pyc_of("one/latin")} & set(found)
    assert "one/latin.py" in contents(library.zip)


def test_a_file_that_somebody_put_there_stays(library):
    library.write({"mine": "mine"})
    library.succeeds("zip", "--bytecode", "on", "--file", f"{library.project}/mine={pyc_of('one/__init__')}")
    assert bytecode_in(library.zip)[pyc_of("one/__init__")] == b"mine"


def test_a_wheel_that_was_compiled_leaves_no_lock_behind(library):
    library.succeeds("zip", "--bytecode", "on")
    assert list((library.store / "built").rglob("*.json")) and list((library.store / "locks").iterdir()) == []


def test_the_manifest_says_how_much_and_by_what(library, interpreter):
    library.succeeds("zip", "--bytecode", "on")
    found = bytecode_in(library.zip)
    version = in_python(interpreter("3.12"), "", "print('.'.join(map(str, sys.version_info[:3])))").strip()
    with zipfile.ZipFile(library.zip) as archive:
        zipped = sum(archive.getinfo(name).compress_size for name in found)
    assert manifest_of(library)["bytecode"] == {
        "files": len(found), "size": sum(map(len, found.values())), "zipped_size": zipped,
        "compiler": f"CPython {version}", "left_out": None}
    library.succeeds("zip", "--bytecode", "off")
    assert manifest_of(library)["bytecode"] == {
        "files": 0, "size": 0, "zipped_size": 0, "compiler": None, "left_out": "BYTECODE is OFF"}


def without_python(minor):
    """PATH without that interpreter."""
    return os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep)
                           if not shutil.which(f"python3.{minor}", path=folder))


def test_without_an_interpreter_there_is_none_and_one_line_says_so(library):
    nowhere = {"PATH": without_python(8), "PYENV_ROOT": "/nowhere"}
    done = library.succeeds("zip", "--bytecode", "auto", runtime="python3.8", environment=nowhere)
    assert "my_lambda: no bytecode: there is no CPython 3.8 on this machine\n" in done.stderr
    assert bytecode_in(library.zip) == {}
    assert manifest_of(library)["bytecode"]["left_out"] == "there is no CPython 3.8 on this machine"

    library.clear_output()
    assert library.fails("zip", "--bytecode", "ON", runtime="python3.8", environment=nowhere) == (
        "lambda-pack: BYTECODE is ON, and there is no CPython 3.8 on this machine\n"
        "hint: uv python install 3.8\nhint: pyenv install 3.8\nhint: or name one: LAMBDA_PYTHON_INTERPRETER (--interpreter FILE)\n")


def test_an_interpreter_of_another_minor_does_not_compile(library, interpreter):
    other = interpreter("3.9")
    assert library.fails("zip", "--bytecode", "on", "--interpreter", other) == (
        f"lambda-pack: BYTECODE is ON, and {other} is no CPython 3.12\n"
        "hint: name a CPython 3.12: LAMBDA_PYTHON_INTERPRETER (--interpreter FILE)\n")


@pytest.mark.parametrize("name", ["{folder}/python3.12", "python3.1200"])
def test_a_named_interpreter_that_is_not_there_is_said_to_be_missing(library, tmp_path, name):
    named = name.format(folder=tmp_path)
    hint = "hint: name a CPython 3.12: LAMBDA_PYTHON_INTERPRETER (--interpreter FILE)\n"
    assert library.fails("zip", "--bytecode", "on", "--interpreter", named) == (
        f"lambda-pack: BYTECODE is ON, and there is no {named}\n{hint}")
    if os.path.isabs(named):
        (tmp_path / "python3.12").write_text("no program")
        assert library.fails("zip", "--bytecode", "on", "--interpreter", named) == (
            f"lambda-pack: BYTECODE is ON, and {named} is no program\n{hint}")


def test_a_wrong_word_is_refused(library):
    assert library.fails("zip", "--bytecode", "perhaps") == (
        'lambda-pack: BYTECODE must be AUTO, ON or OFF; got "perhaps"\nhint: --bytecode auto\n')


@pytest.mark.parametrize("measure, limit, random, reason", [
    ("size", 52_428_800, True, "with it the zip would have 52.4 MB; above 52.4 MB it must be uploaded through S3"),
    ("unzipped_size", 262_144_000, False, "with it the package would unzip to 262"),
])
def test_bytecode_that_would_pass_a_limit_is_left_out(package, measure, limit, random, reason):
    module = "".join(f"def f{i}(a, b):\n    return a + b * {i}\n" for i in range(200))
    package.lock(wheel_with({"one/__init__.py": module}))
    sizes = []
    for mode in ("off", "on"):
        package.succeeds("zip", "--bytecode", mode)
        sizes.append(manifest_of(package)[measure])
    package.clear_output()
    big = package.root / "big.bin"  # with which the limit lies between the two
    with big.open("wb") as file:
        if random:
            file.write(os.urandom(limit - sum(sizes) // 2))
        else:
            file.truncate(limit - sum(sizes) // 2)
    extra = ["--file", f"{big}=big.bin"]
    done = package.succeeds("zip", "--bytecode", "auto", *extra)
    assert f"my_lambda: no bytecode: {reason}" in done.stderr
    with zipfile.ZipFile(package.zip) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pyc")]
    package.clear_output()
    message = package.fails("zip", "--bytecode", "on", *extra)
    assert message.startswith(f"lambda-pack: BYTECODE is ON, and {reason}") and "hint: " in message


def test_auto_is_the_default_and_says_nothing_when_all_is_well(library, tmp_path):
    command = [word for word in library.command("zip") if word not in ("--bytecode", "off")]
    done = subprocess.run(command, env=library.environment(), capture_output=True, text=True)
    assert done.returncode == 0 and "bytecode" not in done.stderr
    assert pyc_of("one/__init__") in bytecode_in(library.zip)


@pytest.fixture
def large(package):
    """Wheels that take long enough to compile that one is told."""
    package.lock(wheel_with({"one/__init__.py": "VALUE = 1\n", "one/noise": os.urandom(2_000_000)}),
                 wheel_with({"two/__init__.py": "VALUE = 2\n"}, "two"))
    package.succeeds("fetch")
    return package


def test_a_log_has_a_line_before_and_one_after_large_wheels_are_compiled(large):
    said = large.succeeds("zip", "--bytecode", "on").stderr
    assert re.match(r"Compiling 2 wheels\nCompiled 2 wheels in \d+\.\d s\n", said), said
    assert "ompil" not in large.succeeds("zip", "--bytecode", "on").stderr
    large.clear_output()
    assert large.succeeds("zip", "--bytecode", "on", "--quiet").stderr == ""


def test_on_a_terminal_one_line_tells_which_wheel_is_compiled(large):
    command = large.command("zip", "--bytecode", "on")
    shown = shown_on_terminal(lambda terminal: subprocess.Popen(command, env=large.environment(), stderr=terminal))
    lines = shown.split("\r\x1b[K")
    assert lines[1:3] == ["Compiling 1/2 one-1.0-py3-none-any.whl", "Compiling 2/2 two-1.0-py3-none-any.whl"]
    assert lines[3].startswith("Compiled 2 wheels in ") and "Compiling 2 wheels" not in shown
