"""Projects and locks of unusual shape through the whole program: what must work, and what is refused in which words."""

import re

import pytest
from index_server import wheel_of
from lock_kinds import relock
from packing import BACKEND, COMMON, PYPROJECT, content, lock_text, wheel_files, wheel_with, zip_of



# ---- libraries in folders ----


def library(package, folder, name):
    """A library in `folder` (as seen from the project) with one module of its name."""
    package.write({f"{folder}/pyproject.toml": COMMON.replace('"common"', f'"{name}"'),
                   f"{folder}/backends/tiny.py": BACKEND.replace("my_lambda-1.0", f"{name}-1.0").replace("my-lambda", name),
                   f"{folder}/src/{name}.py": f"NAME = '{name}'\n"})


def poetry_folders(package, folders, edges, source_type="directory"):
    text = ""
    for name, folder in folders.items():
        needs = "".join(f'{other} = {{path = "../{other}", develop = true}}\n' for other in edges.get(name, ()))
        text += (
            f'[[package]]\nname = "{name}"\nversion = "1.0"\ndescription = ""\noptional = false\npython-versions = "*"\n'
            'groups = ["main"]\nfiles = []\ndevelop = true\n' + (f"[package.dependencies]\n{needs}" if needs else "") +
            f'[package.source]\ntype = "{source_type}"\nurl = "{folder}"\n\n')
    needs = "".join(f'{name} = {{path = "{folders[name]}", develop = true}}\n' for name in edges[""])
    package.write({"pyproject.toml": PYPROJECT.replace("    [build-system]", "    [tool.poetry.dependencies]\n" + "".join(
        f"    {line}\n" for line in needs.splitlines()) + "    [build-system]"), "poetry.lock": text + lock_text([])})


def need_in_pyproject(package, edges):
    needed = ", ".join(f'"{name}"' for name in edges[""])
    package.write({"pyproject.toml": PYPROJECT.replace(
        "    [project.optional", f"    dependencies = [{needed}]\n    [project.optional")})


def uv_folders(package, folders, edges):
    (package.project / "poetry.lock").unlink(missing_ok=True)
    need_in_pyproject(package, edges)
    text = ('version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n'
            '[[package]]\nname = "my-lambda"\nversion = "1.0"\nsource = { editable = "." }\ndependencies = [' +
            ", ".join(f'{{ name = "{name}" }}' for name in edges[""]) + "]\n[package.metadata]\nrequires-dist = [" +
            ", ".join(f'{{ name = "{name}", editable = "{folders[name]}" }}' for name in edges[""]) +
            ']\nprovides-extras = ["images"]\n\n')
    for name, folder in folders.items():
        needs = ", ".join(f'{{ name = "{other}" }}' for other in edges.get(name, ()))
        text += (f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ editable = "{folder}" }}\n'
                 f"dependencies = [{needs}]\n\n")
    package.write({"uv.lock": text})


def pylock_folders(package, folders, edges):
    (package.project / "poetry.lock").unlink(missing_ok=True)
    need_in_pyproject(package, edges)
    text = 'lock-version = "1.0"\ncreated-by = "a test"\n'
    for name, folder in folders.items():
        needs = ", ".join(f'{{ name = "{other}" }}' for other in edges.get(name, ()))
        text += (f'[[packages]]\nname = "{name}"\nversion = "1.0"\ndependencies = [{needs}]\n'
                 f'directory = {{ path = "{folder}", editable = true }}\n')
    package.write({"pylock.toml": text})


def requirements_folders(package, folders, _):
    (package.project / "poetry.lock").unlink(missing_ok=True)
    package.write({"requirements.txt": "".join(f"-e {folder}\n" for folder in folders.values())})


FOLDER_LOCKS = {"poetry.lock": poetry_folders, "uv.lock": uv_folders, "pylock.toml": pylock_folders,
                "requirements.txt": requirements_folders}
each_lock = pytest.mark.parametrize("lock", FOLDER_LOCKS)


@each_lock
def test_two_libraries_that_need_each_other_are_packaged_and_left_out_together(package, lock):
    folders = {"common": "../common", "other": "../other"}
    for name, folder in folders.items():
        library(package, folder, name)
    FOLDER_LOCKS[lock](package, folders, {"": ["common"], "common": ["other"], "other": ["common"]})
    package.succeeds("zip")
    assert content(package, "common.py") == "NAME = 'common'\n"
    assert content(package, "other.py") == "NAME = 'other'\n"
    if lock == "requirements.txt":  # it does not say who needs what
        return
    package.succeeds("zip", "--provided", "common")
    for name in folders:
        with pytest.raises(KeyError):
            content(package, f"{name}.py")


@each_lock
@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
def test_an_editable_library_outside_the_source_tree_is_packaged_as_it_is_now(package, tmp_path, lock, absolute):
    folder = str(tmp_path / "elsewhere" / "common") if absolute else "../../elsewhere/common"
    library(package, "../../elsewhere/common", "common")
    FOLDER_LOCKS[lock](package, {"common": folder}, {"": ["common"]})
    package.succeeds("zip")
    package.write({"../../elsewhere/common/src/common.py": "NAME = 'new'\n"})
    package.succeeds("zip", "--offline")
    assert content(package, "common.py") == "NAME = 'new'\n"
    work = package.out / "work"
    package.succeeds("export", "--work", work)
    package.succeeds("fetch", "--work", work)
    assert f"{tmp_path}/elsewhere/common/src/common.py" in (work / "fetch.d").read_text().replace("\\ ", " ")


@each_lock
def test_a_library_whose_folder_is_a_link_is_packaged_as_it_is_now(package, tmp_path, lock):
    library(package, "../../real/common", "common")
    (package.root / "common").symlink_to(tmp_path / "real" / "common")
    FOLDER_LOCKS[lock](package, {"common": "../common"}, {"": ["common"]})
    package.succeeds("zip")
    package.write({"../../real/common/src/common.py": "NAME = 'new'\n"})
    package.succeeds("zip", "--offline")
    assert content(package, "common.py") == "NAME = 'new'\n"
    work = package.out / "work"
    package.succeeds("export", "--work", work)
    package.succeeds("fetch", "--work", work)
    assert "common/src/common.py" in (work / "fetch.d").read_text()
    (package.root / "common").unlink()
    (package.root / "common").symlink_to(tmp_path / "nowhere")
    package.zip.unlink()
    assert package.fails("zip") == (
        f"lambda-pack: {package.project}/requirements.txt:1: \"../common\" does not say which distribution it is: no "
        "pyproject.toml is there\nhint: bring the folder, or put its name before it: name @ ../common\n"
        if lock == "requirements.txt" else
        f"lambda-pack: {package.root}/common, from which the lock takes common, is not there\n"
        "hint: bring the folder, or correct the dependency's path and lock again\n")


# ---- names ----

SPELLINGS = ["one-thing-else", "One_Thing.Else", "ONE.thing__else"]


def spelled_wheel():
    return wheel_of("one-thing-else", "one_thing_else-1.0-py3-none-any.whl",
                    zip_of(wheel_files("one_thing_else", "1.0", {"one_thing.py": "VALUE = 1\n"})))


SPELLED = {
    "poetry.lock": lambda name, wheel, url: lock_text([wheel]).replace('"one-thing-else"', f'"{name}"'),
    "uv.lock": lambda name, wheel, url: (
        'version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n'
        '[[package]]\nname = "My_Lambda"\nversion = "1.0"\nsource = { editable = "." }\n'
        f'dependencies = [{{ name = "{name}" }}]\n'
        f'[package.metadata]\nrequires-dist = [{{ name = "{name}" }}]\nprovides-extras = ["images"]\n'
        '[package.dev-dependencies]\nAPI = []\n\n'
        f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ registry = "https://index.invalid/simple" }}\n'
        f'wheels = [\n{{ url = "{url}", hash = "{wheel.hash}" }},\n]\n'),
    "pylock.toml": lambda name, wheel, url: (
        'lock-version = "1.0"\ncreated-by = "a test"\nextras = ["Images"]\ndependency-groups = ["API"]\n'
        f'[[packages]]\nname = "{name}"\nversion = "1.0"\n'
        f'wheels = [{{ url = "{url}", hashes = {{ sha256 = "{wheel.hash[7:]}" }} }}]\n'),
    "requirements.txt": lambda name, wheel, url: f"{name}==1.0 --hash={wheel.hash}\n",
}


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("lock", SPELLED)
def test_spellings_of_a_name_are_one_name(package, lock, name):
    wheel = spelled_wheel()
    (package.project / "poetry.lock").unlink()
    other = SPELLINGS[(SPELLINGS.index(name) + 1) % len(SPELLINGS)]
    package.write({"pyproject.toml": PYPROJECT.replace('"my-lambda"', '"my.Lambda"').replace(
        "    [project.optional", f'    dependencies = ["{other}"]\n    [dependency-groups]\n    Api = []\n    [project.optional'),
        lock: SPELLED[lock](name, wheel, (package.links / wheel.name).as_uri())})
    package.offer(wheel)
    asked = () if lock == "requirements.txt" else ("--group", "aPI", "--extra", "IMAGES")
    assert "warning" not in package.succeeds("zip", *asked).stderr
    assert content(package, "one_thing.py") == "VALUE = 1\n"
    for spelling in SPELLINGS:
        package.succeeds("zip", "--provided", spelling)
        with pytest.raises(KeyError):
            content(package, "one_thing.py")


def edit(package, lock, old, new):
    file = package.project / lock
    text, count = re.subn(old, new, file.read_text(), count=1)
    assert count == 1, file.read_text()
    file.write_text(text)


def test_two_packages_of_a_uv_lock_that_claim_one_name(package):
    one = wheel_with({"one.py": ""})
    relock(package, "uv.lock", one)
    text = (package.project / "uv.lock").read_text()
    entry = text[text.rindex("[[package]]"):]
    package.write({"uv.lock": text + "\n" + entry.replace('"one"', '"One"').replace("index.invalid", "other.invalid")})
    assert package.fails("zip") == (
        f"lambda-pack: {package.project}/uv.lock: 2 packages are what a dependency on one may mean\n"
        "hint: `uv lock` makes it anew\n")


def test_two_projects_of_a_uv_lock_that_claim_one_name(package):
    relock(package, "uv.lock", wheel_with({"one.py": ""}))
    text = (package.project / "uv.lock").read_text()
    package.write({"uv.lock": text + '\n[[package]]\nname = "My_Lambda"\nversion = "2.0"\nsource = { editable = "x" }\n'})
    assert package.fails("zip") == (
        f'lambda-pack: {package.project}/uv.lock: the folders "." and "x" both claim the name my-lambda\n'
        "hint: rename one of the projects, and run `uv lock`\n")


# ---- what does not parse ----


def refusal_of_damage(package, lock, old, new, start):
    """What is said of a lock of this kind with `old` replaced; it begins with `start`, and hints follow."""
    if lock != "poetry.lock":
        relock(package, lock, wheel_with({"one.py": ""}))
    edit(package, lock, old, new)
    what, *hints = package.fails("zip").splitlines()
    assert what.startswith("lambda-pack: " + start.format(lock=package.project / lock))
    assert hints
    return what


DAMAGED_MARKERS = {
    "poetry.lock": ('optional = false', "optional = false\nmarkers = \"python_version ~ '3'\"",
                    "{lock}: marker of one 1.0: "),
    "uv.lock": (r'\{ name = "one" \}\]\n\[package', "{ name = \"one\", marker = \"python_version ~ '3'\" }]\n[package",
                "{lock}: marker of one: "),
    "pylock.toml": ('name = "one"', "name = \"one\"\nmarker = \"python_version ~ '3'\"", '{lock}: [package "one"] marker: '),
    "requirements.txt": ("one==1.0", "one==1.0 ; python_version ~ '3'", "{lock}:1: "),
}


@pytest.mark.parametrize("lock", DAMAGED_MARKERS)
def test_a_marker_that_does_not_parse_is_named_with_its_file_and_package(package, lock):
    assert "python_version ~ '3'" in refusal_of_damage(package, lock, *DAMAGED_MARKERS[lock])


DAMAGED_SPECIFIERS = {
    "poetry.lock": (r'python-versions = "\*"', 'python-versions = ">>3"',
                    "{lock}: python-versions of one 1.0: "),
    "uv.lock": ('requires-python = ">=3.8"', 'requires-python = ">>3.8"', "{lock}: requires-python: "),
    "pylock.toml": ('name = "one"', 'name = "one"\nrequires-python = ">>3.8"', '{lock}: '),
    "requirements.txt": ("one==1.0", "one=>1.0", "{lock}:1: "),
}


@pytest.mark.parametrize("lock", DAMAGED_SPECIFIERS)
def test_a_specifier_that_does_not_parse_is_named_with_its_file(package, lock):
    refusal_of_damage(package, lock, *DAMAGED_SPECIFIERS[lock])


# ---- requires-python ----


def test_a_requires_python_of_a_uv_lock_that_excludes_the_runtime(package):
    relock(package, "uv.lock", wheel_with({"one.py": ""}))
    edit(package, "uv.lock", ">=3.8", ">=3.13")
    assert package.fails("zip") == (
        f'lambda-pack: {package.project}/uv.lock is for Python ">=3.13", which excludes python3.12 on x86_64\n'
        "hint: widen requires-python in pyproject.toml and run `uv lock`, or choose another runtime\n")
    package.succeeds("zip", runtime="python3.13")


def test_a_requires_python_of_a_poetry_project_that_excludes_the_runtime(package):
    package.write({"pyproject.toml": PYPROJECT.replace(">=3.8", ">=3.13")})
    assert package.fails("export") == (
        f'lambda-pack: {package.project}/pyproject.toml is for Python ">=3.13", which excludes python3.12 on x86_64\n'
        "hint: widen it and run `poetry lock`, or choose another runtime\n")
    assert package.succeeds("export", runtime="python3.13").stderr == ""


DAMAGED_PROJECTS = {
    "requires-python": ('requires-python = ">=3.8"', 'requires-python = ">>3.8"', "[project] requires-python: "),
    "a dependency": ("[project.optional", 'dependencies = ["one >> 1"]\n[project.optional', "[project] dependencies"),
    "a marker": ("[project.optional", "dependencies = [\"one ; python_version ~ '3'\"]\n[project.optional",
                 "[project] dependencies"),
}


# A uv.lock has a requires-python of its own, which counts.
@pytest.mark.parametrize("lock, damage", [
    *(("poetry.lock", damage) for damage in DAMAGED_PROJECTS), ("uv.lock", "a dependency"), ("uv.lock", "a marker")])
def test_what_does_not_parse_in_pyproject_is_named_with_its_file_and_key(package, lock, damage):
    if lock == "uv.lock":
        relock(package, lock, wheel_with({"one.py": ""}))
    package.write({"pyproject.toml": PYPROJECT})
    old, new, start = DAMAGED_PROJECTS[damage]
    edit(package, "pyproject.toml", re.escape(old), new)
    what, hint = package.fails("zip").splitlines()
    assert what.startswith(f"lambda-pack: {package.project}/pyproject.toml: {start}")
    assert hint.startswith("hint: ") and " like" in hint
