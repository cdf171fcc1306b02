"""What each argument of a package puts in or leaves out."""

import json
import zipfile

from packing import BACKEND, lock_sdist, lock_text, sdist_with, wheel_with


def names(package):
    with zipfile.ZipFile(package.zip) as archive:
        return set(archive.namelist())


ONE_PYPROJECT = """\
    [build-system]
    requires = []
    build-backend = "tiny"
    backend-path = ["."]
    """


def one_backend(tag="py3-none-any"):
    return BACKEND.replace("my_lambda-1.0", "one-1.0").replace("my-lambda", "one").replace("py3-none-any", tag)


def one_sdist(tag="py3-none-any"):
    return sdist_with({"pyproject.toml": ONE_PYPROJECT, "tiny.py": one_backend(tag), "src/one.py": "VALUE = 2\n"})


def test_a_distribution_with_only_an_sdist_is_built_when_that_is_allowed(package):
    lock_sdist(package, one_sdist())
    package.succeeds("zip", "--source-build", "One")
    assert {"one.py", "one-1.0.dist-info/WHEEL"} <= names(package)
    first = package.zip.read_bytes()
    for link in package.links.iterdir():
        link.unlink()
    package.zip.unlink()
    package.succeeds("zip", "--source-build", "one", "--offline")  # what was built is kept
    assert package.zip.read_bytes() == first
    # and, being pure, serves every target
    package.succeeds("zip", "--source-build", "one", "--offline", "--architecture", "arm64", runtime="python3.9")


def test_a_distribution_with_only_an_sdist_is_refused_otherwise(package):
    lock_sdist(package, one_sdist())
    message = package.fails("zip")
    assert message == (f"lambda-pack: {package.project}/poetry.lock: no wheel of one 1.0 runs on python3.12 on x86_64 (best "
                       "tag cp312-cp312-manylinux_2_34_x86_64); it has no wheels\n"
                       "hint: SOURCE_BUILDS one builds it from one-1.0.tar.gz\n")


def test_what_was_built_must_fit_the_target(package):
    lock_sdist(package, one_sdist("cp39-cp39-linux_x86_64"))
    done = package.run("zip", "--source-build", "one")
    assert done.returncode == 1
    assert "cp39-cp39-linux_x86_64" in done.stderr and "python3.12" in done.stderr
    assert not package.zip.exists()


def test_groups_come_on_request(package):
    main, group = wheel_with({"one.py": ""}), wheel_with({"two.py": ""}, "two")
    package.offer(main, group)
    _, _, packages = lock_text([group], groups=["api"]).partition("\n\n")
    packages, _, _ = packages.partition("[metadata]")
    package.write({"poetry.lock": lock_text([main]).replace("[metadata]", packages + "[metadata]")})
    package.succeeds("zip")
    assert "one.py" in names(package) and "two.py" not in names(package)
    package.succeeds("zip", "--group", "API")
    assert {"one.py", "two.py"} <= names(package)


def test_provided_distributions_stay_out(package):
    package.lock(wheel_with({"one.py": ""}), wheel_with({"two.py": ""}, "two"))
    package.succeeds("zip", "--provided", "Two")
    assert "one.py" in names(package)
    assert "two.py" not in names(package)


def test_files_come_in_and_excluded_ones_stay_out(package):
    package.lock(wheel_with({"one/x.py": "", "one/tests/t.py": ""}))
    (package.root / "a tool").write_text("#!/bin/sh\n")
    (package.root / "a tool").chmod(0o700)
    package.succeeds("zip", "--file", f"{package.root}/a tool=bin/", "--exclude", "**/tests")
    assert "one/x.py" in names(package) and "one/tests/t.py" not in names(package)
    with zipfile.ZipFile(package.zip) as archive:
        assert archive.getinfo("bin/a tool").external_attr >> 16 == 0o100755
        assert archive.getinfo("one/x.py").external_attr >> 16 == 0o100644
        assert b"tests" not in archive.read("one-1.0.dist-info/RECORD")


def test_the_stage_holds_what_the_zip_holds(package):
    package.succeeds("zip")
    package.succeeds("stage")
    stage = package.out / "stage"
    with zipfile.ZipFile(package.zip) as archive:
        staged = {str(path.relative_to(stage)): path.read_bytes() for path in stage.rglob("*") if path.is_file()}
        assert staged.pop(".lambda-pack-stage")
        assert staged == {name: archive.read(name) for name in archive.namelist()}


def test_a_wheel_is_put_beside_others(package):
    (package.out / "dist").mkdir()
    (package.out / "dist" / "precious-1.0-py3-none-any.whl").write_text("mine")
    printed = package.succeeds("wheel").stdout
    assert printed == f"{package.out}/dist/my_lambda-1.0-py3-none-any.whl\n"
    assert (package.out / "dist" / "precious-1.0-py3-none-any.whl").read_text() == "mine"


def test_the_manifest_says_what_is_in_the_zip(package):
    printed = package.succeeds("zip", "--json").stdout
    manifest = json.loads(printed)
    assert printed == (package.out / "my_lambda.zip.json").read_text()
    assert manifest["size"] == package.zip.stat().st_size
    assert manifest["entries"] == len(names(package))
    assert [(one["name"], one["version"], one["tag"]) for one in manifest["distributions"]] == [
        ("one", "1.0", "py3-none-any"), ("my-lambda", "1.0", "py3-none-any")]
    assert str(package.root) not in printed
    report = package.succeeds("report", "--output", package.zip).stdout
    assert manifest["code_sha256"] in report and "aws lambda create-function --function-name my_lambda" in report
