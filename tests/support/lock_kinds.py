"""The small project under a lock of another kind than Poetry's."""

from packing import PYPROJECT


def url_of(package, wheel):
    return (package.links / wheel.name).as_uri()


def uv_lock(package, *wheels, needs="one"):
    entries = "".join(f'{{ url = "{url_of(package, wheel)}", hash = "{wheel.hash}" }},\n' for wheel in wheels)
    return (
        'version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n'
        '[[package]]\nname = "my-lambda"\nversion = "1.0"\nsource = { editable = "." }\n'
        'dependencies = [{ name = "one" }]\n'
        f'[package.metadata]\nrequires-dist = [{{ name = "{needs}" }}]\nprovides-extras = ["images"]\n\n'
        '[[package]]\nname = "one"\nversion = "1.0"\nsource = { registry = "https://index.invalid/simple" }\n'
        f"wheels = [\n{entries}]\n"
    )


def pylock(package, *wheels):
    entries = "".join(
        f'{{ url = "{url_of(package, wheel)}", hashes = {{ sha256 = "{wheel.hash[7:]}" }} }},\n' for wheel in wheels
    )
    return (
        'lock-version = "1.0"\ncreated-by = "a test"\n[[packages]]\nname = "one"\nversion = "1.0"\n'
        f"wheels = [\n{entries}]\n"
    )


def requirements(package, *wheels):
    return "one==1.0 " + " ".join(f"--hash={wheel.hash}" for wheel in wheels) + "\n"


LOCKS = {"uv.lock": uv_lock, "pylock.toml": pylock, "requirements.txt": requirements}


def relock(package, name, *wheels):
    """Replaces the project's lock by one of that name."""
    (package.project / "poetry.lock").unlink(missing_ok=True)
    package.write({"pyproject.toml": PYPROJECT.replace(">=3.8", '>=3.8"\n    dependencies = ["one"', 1).replace(
        '["one""', '["one"]')})
    package.write({name: LOCKS[name](package, *wheels)})
    package.offer(*wheels)
