"""Distributions that a lock takes from a git repository: fetched by the user's git, built by their backend, kept."""

import http.server
import os
import subprocess
import threading

import pytest

from packing import BACKEND, COMMON, PYPROJECT, content, lock_text

# As small as it gets, with the version that tools like setuptools-scm take from the repository, and a file that a backend
# leaves in the source.
GIT_BACKEND = BACKEND.replace("my_lambda-1.0", "common-1.0").replace("my-lambda", "common").replace(
    "        files[info + \"/METADATA\"]",
    "        import subprocess\n"
    "        describe = subprocess.run([\"git\", \"describe\", \"--tags\"], capture_output=True)\n"
    "        files[\"described.txt\"] = describe.stdout or describe.stderr\n"
    "        open(\"left_behind\", \"w\").close()\n"
    "        files[info + \"/METADATA\"]")


class Repository:
    def __init__(self, package, name="repository"):
        self.folder = package.root / name
        self.home = package.home
        self.folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments, folder=None):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(["git", *identity, *arguments], cwd=folder or self.folder, capture_output=True, text=True,
                              env={**environment, "HOME": str(self.home)})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")
        return self.git("rev-parse", "HEAD")

    @property
    def url(self):
        return self.folder.as_uri()


def poetry(package, url, commit, subdirectory=""):
    place = f'subdirectory = "{subdirectory}"\n' if subdirectory else ""
    locked = (
        '[[package]]\nname = "common"\nversion = "1.0"\ndescription = ""\noptional = false\npython-versions = "*"\n'
        f'groups = ["main"]\nfiles = []\ndevelop = false\n[package.source]\ntype = "git"\nurl = "{url}"\n'
        f'reference = "main"\nresolved_reference = "{commit}"\n{place}\n'
    )
    package.write({"poetry.lock": locked + lock_text([])})


def uv(package, url, commit, subdirectory=""):
    (package.project / "poetry.lock").unlink()
    package.write({"pyproject.toml": PYPROJECT.replace("[project.optional", '    dependencies = ["common"]\n    [project.optional')})
    query = f"?subdirectory={subdirectory}&rev=main" if subdirectory else "?rev=main"
    (package.project / "uv.lock").write_text(
        'version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n'
        f'[[package]]\nname = "my-lambda"\nversion = "1.0"\nsource = {{ editable = "." }}\n'
        'dependencies = [{ name = "common" }]\n'
        f'[[package]]\nname = "common"\nversion = "1.0"\nsource = {{ git = "{url}{query}#{commit}" }}\n')


def requirements(package, url, commit, subdirectory=""):
    (package.project / "poetry.lock").unlink()
    place = f"#subdirectory={subdirectory}" if subdirectory else ""
    package.write({"requirements.txt": f"common @ git+{url}@{commit}{place}\n"})


def pylock(package, url, commit, subdirectory=""):
    (package.project / "poetry.lock").unlink()
    place = f'subdirectory = "{subdirectory}"\n' if subdirectory else ""
    package.write({"pylock.toml": 'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "common"\n'
                   f'[packages.vcs]\ntype = "git"\nurl = "{url}"\ncommit-id = "{commit}"\n{place}'})


KINDS = [poetry, uv, requirements, pylock]


@pytest.fixture(params=KINDS, ids=[kind.__name__ for kind in KINDS])
def lock(request):
    return request.param


@pytest.fixture
def repository(package):
    made = Repository(package)
    made.first = made.commit({"pyproject.toml": COMMON.replace("    ", ""), "src/common.py": "VALUE = 1\n",
                              "backends/tiny.py": GIT_BACKEND.replace("\n    ", "\n").lstrip()})
    made.git("tag", "v1.0")
    made.second = made.commit({"src/common.py": "VALUE = 2\n"})
    return made


def test_the_locked_commit_is_packaged_and_then_no_repository_and_no_network_is_needed(package, repository, lock):
    lock(package, repository.url, repository.first)
    package.succeeds("zip")
    assert content(package, "common.py") == "VALUE = 1\n"
    repository.folder.rename(package.root / "elsewhere")
    package.clear_output()
    package.succeeds("zip", "--offline")
    package.succeeds("zip", "--offline", "--architecture", "arm64", runtime="python3.9")  # pure: for every target
    assert content(package, "common.py") == "VALUE = 1\n"


def test_versions_can_be_taken_from_tags_and_the_checkout_stays_clean(package, repository):
    poetry(package, repository.url, repository.second)
    package.succeeds("zip")
    assert content(package, "described.txt") == f"v1.0-1-g{repository.second[:7]}\n"
    (checkout,) = [path for path in (package.store / "git").iterdir() if path.is_dir()]
    assert (checkout / "src/common.py").exists() and not (checkout / "left_behind").exists()


def test_a_project_in_a_subdirectory(package, repository, lock):
    (repository.folder / "libs").mkdir()
    for name in ("pyproject.toml", "src", "backends"):
        repository.git("mv", name, f"libs/{name}")
    commit = repository.commit({"readme": ""})
    lock(package, repository.url, commit, "libs")
    package.succeeds("zip")
    assert content(package, "common.py") == "VALUE = 2\n"


def test_submodules_come_along(package, repository):
    inner = Repository(package, "inner")
    inner.commit({"rates.csv": "1,2\n"})
    repository.git("submodule", "--quiet", "add", inner.url, "src/inner")
    commit = repository.commit({"readme": ""})
    (package.home / ".gitconfig").write_text("[protocol \"file\"]\nallow = always\n")
    poetry(package, repository.url, commit)
    package.succeeds("zip")
    assert content(package, "inner/rates.csv") == "1,2\n"


def test_a_commit_that_is_on_no_branch_any_more(package, repository):
    repository.git("reset", "--quiet", "--hard", repository.first)
    poetry(package, repository.url, repository.second)
    package.succeeds("zip")
    assert content(package, "common.py") == "VALUE = 2\n"


def test_a_commit_that_is_gone_is_named(package, repository):
    repository.git("reset", "--quiet", "--hard", repository.first)
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "--quiet", "--prune=now")
    poetry(package, repository.url, repository.second)
    assert package.fails("zip") == (
        f"lambda-pack: while building common from {repository.url} at {repository.second}: the repository {repository.url} "
        f"has no commit {repository.second}, which the lock takes common from\n"
        "hint: a branch was rewritten, or the repository was replaced: lock common again\n")


def test_a_repository_that_is_not_there_is_told_in_gits_words(package, repository):
    poetry(package, f"{repository.url}-moved", repository.first)
    said = package.fails("zip")
    assert f"cannot fetch {repository.url}-moved at {repository.first}, which the lock takes common from" in said
    assert "does not appear to be a git repository" in said
    assert f"hint: `git ls-remote {repository.url}-moved` must work here without a question" in said


def test_offline_and_not_fetched_before_is_an_error(package, repository):
    poetry(package, repository.url, repository.first)
    assert package.fails("zip", "--offline").endswith(
        f"offline, and not in the store: common, which the lock takes from {repository.url} at {repository.first}\n"
        "hint: build once with the network (LAMBDA_PYTHON_OFFLINE off), or copy a filled store there\n")


def test_nothing_is_asked_for_and_no_password_is_shown(package, repository):
    class Refusal(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=x")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        for user in ("", "me:secret@"):
            poetry(package, f"http://{user}127.0.0.1:{port}/repo", repository.first)
            said = package.fails("zip")
            assert f"cannot fetch http://127.0.0.1:{port}/repo at" in said
            assert "terminal prompts disabled" in said or "Authentication failed" in said
            assert "secret" not in said
        server.shutdown()


def test_a_build_that_a_git_hook_starts_is_not_misled(package, repository):
    poetry(package, repository.url, repository.first)
    package.succeeds("zip", environment={"GIT_DIR": str(package.root), "GIT_INDEX_FILE": str(package.root / "index")})
    assert content(package, "common.py") == "VALUE = 1\n"


@pytest.mark.parametrize("url", ["--upload-pack=touch:x", "ext::sh -c true"])
def test_an_address_that_is_an_option_or_a_program_is_refused(package, url):
    poetry(package, url, "0" * 40)
    assert f'"{url}", from which the lock takes common, is no address of a git repository' in package.fails("zip")


def test_a_commit_of_another_distribution_is_refused(package, repository):
    commit = repository.commit({"backends/tiny.py": BACKEND.replace("\n    ", "\n").lstrip()})
    poetry(package, repository.url, commit)
    assert package.fails("zip") == (
        f"lambda-pack: {repository.url} at {commit} builds my-lambda, but the lock takes common from it\n"
        "hint: correct the dependency, or lock again\n")
