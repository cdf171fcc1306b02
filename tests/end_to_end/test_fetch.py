"""Downloading into the store: what a lock names comes from where the user's own tools find it."""

import base64
import gzip
import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from fetching import fetcher, file_request, index, other_index  # noqa: F401 (fixtures)
from index_server import Handler, make_wheel, wheel_of


def test_files_come_from_the_index_of_the_environment(fetcher, index):
    wheels = [make_wheel(name) for name in ("one", "two", "three")]
    index.add(*wheels)
    done = fetcher.fetch(*wheels)
    assert done.stored == [wheel.data for wheel in wheels]
    assert done.lines[0] == "Fetching 3 files"
    assert done.lines[-1].startswith("Fetched 3 files, ") and done.lines[-1].endswith(" s")
    assert sorted(os.listdir(fetcher.store / "partial")) == []


def test_what_is_in_the_store_is_not_asked_for_again(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    fetcher.fetch(wheel)
    index.seen.clear()
    done = fetcher.fetch(wheel)
    assert index.seen == [] and done.stderr == ""


def test_the_index_is_asked_for_json_first(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    fetcher.fetch(wheel)
    accept = index.requests_of("/simple/one/")[0]["Accept"]
    assert accept.startswith("application/vnd.pypi.simple.v1+json, ") and "text/html;q=0.01" in accept


def test_a_page_may_be_html_compressed_and_have_a_base(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    page = f"<head><base href='/files/'></head><a href='{wheel.name}#sha256={wheel.hash[7:]}'>one</a>"
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, gzip.compress(page.encode()), {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}
    )
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert "gzip" in index.requests_of("/simple/one/")[0]["Accept-Encoding"]


def test_percent_escapes_reach_the_server_as_the_page_wrote_them(fetcher, index):
    data = make_wheel("one", version="1.0+cpu").data
    wheel = wheel_of("one", "one-1.0+cpu-py3-none-any.whl", data)
    escaped = "/files/" + wheel.name.replace("+", "%2B")
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, f"<a href='../..{escaped}'>one</a>".encode(), {"Content-Type": "text/html"}
    )
    index.answers[escaped] = lambda handler: handler.send_file(data)
    assert fetcher.fetch(wheel).stored == [data]


def test_the_locks_own_url_comes_first_and_the_index_after_it(fetcher, index, other_index):
    wheel = make_wheel("one")
    index.add(wheel)
    other_index.add(wheel)
    own = file_request(wheel, url=f"{other_index.url}/files/{wheel.name}")
    assert fetcher.fetch(own).stored == [wheel.data]
    assert index.seen == [] and len(other_index.seen) == 1
    shutil.rmtree(fetcher.store)
    other_index.wheels.clear()
    assert fetcher.fetch(own).stored == [wheel.data]
    assert f"{other_index.url}/files/{wheel.name} answered 404 Not Found" in fetcher.last.stderr


def test_the_source_of_the_lock_comes_before_the_users_index(fetcher, index, other_index):
    wheel = make_wheel("one")
    other_index.add(wheel)
    assert fetcher.fetch(file_request(wheel, source_url=other_index.simple)).stored == [wheel.data]
    assert index.seen == []


def test_names_on_the_index_are_normalised(fetcher, index):
    wheel = make_wheel("My_Dist")
    index.add(wheel._replace(distribution="my-dist"))
    assert fetcher.fetch(wheel).stored == [wheel.data]


def test_a_file_source_is_relative_to_the_lock(fetcher, tmp_path):
    wheel = make_wheel("one")
    (tmp_path / "vendored wheels").mkdir()
    (tmp_path / "vendored wheels" / wheel.name).write_bytes(wheel.data)
    request = file_request(wheel, source_kind="file", source_url=f"vendored wheels/{wheel.name}")
    assert fetcher.fetch(request, lock_folder=str(tmp_path)).stored == [wheel.data]
    assert (tmp_path / "vendored wheels" / wheel.name).read_bytes() == wheel.data


@pytest.mark.parametrize("form", ["path", "file URL", "page"])
def test_links_to_look_at_may_be_folders_and_pages(fetcher, tmp_path, form):
    wheel = make_wheel("one")
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / wheel.name).write_bytes(wheel.data)
    (folder / "page.html").write_text(f"<a href='{wheel.name}'>one</a>")
    place = {"path": folder, "file URL": folder.as_uri(), "page": (folder / "page.html").as_uri()}[form]
    assert fetcher.fetch(wheel, environment={"PIP_FIND_LINKS": str(place), "PIP_NO_INDEX": "1"}).stored == [
        wheel.data
    ]


def test_an_index_may_be_a_folder(fetcher, tmp_path):
    wheel = make_wheel("one")
    folder = tmp_path / "simple" / "one"
    folder.mkdir(parents=True)
    (folder / wheel.name).write_bytes(wheel.data)
    assert fetcher.fetch(wheel, environment={"PIP_INDEX_URL": str(tmp_path / "simple")}).stored == [wheel.data]


def test_extra_indexes_are_looked_at_when_the_first_has_nothing(fetcher, index, other_index):
    wheel = make_wheel("one")
    other_index.add(wheel)
    assert fetcher.fetch(wheel, environment={"PIP_EXTRA_INDEX_URL": other_index.simple}).stored == [wheel.data]
    assert index.paths() == ["/simple/one/"]


def test_no_index_at_all_says_so(fetcher):
    wheel = make_wheel("one")
    error = fetcher.fails(wheel, environment={"UV_NO_INDEX": "1"})
    assert error == (
        "lambda-pack: while fetching one 1.0: there is no place to look for it: no index is in use\n"
        "hint: unset UV_NO_INDEX and PIP_NO_INDEX, or name folders in UV_FIND_LINKS or PIP_FIND_LINKS\n"
    )


# ---- the index of the user's own installer ----


def script(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path.parent


def test_uv_is_asked_once_which_index_is_in_use(fetcher, index, tmp_path):
    wheels = [make_wheel("one"), make_wheel("two")]
    index.add(*wheels)
    log = tmp_path / "log"
    programs = script(
        tmp_path / "bin" / "uv", f"echo \"$@\" >> '{log}'\nprintf -- '--index-url {index.simple}\\n\\n'\n"
    )
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "PIP_INDEX_URL": None}
    assert len(fetcher.fetch(*wheels, environment=environment).stored) == 2
    assert len(log.read_text().splitlines()) == 1 and "pip compile" in log.read_text()


@pytest.mark.parametrize("configured", [True, False])
def test_without_uv_pip_is_asked(fetcher, index, tmp_path, configured):
    wheel = make_wheel("one")
    index.add(wheel)
    programs = script(
        tmp_path / "bin" / "python3",
        f"""
case "$*" in
  "-m pip config list") {f'''echo "global.index-url='{index.simple}'"''' if configured else ':'} ;;
  "-m pip install --help") printf '%s\\n' '  --index-url <url>  Base URL (default' '  {index.simple}). More' ;;
esac
""",
    )
    assert fetcher.fetch(wheel, environment={"PATH": str(programs), "PIP_INDEX_URL": None}).stored == [wheel.data]


def test_with_neither_the_error_says_what_to_set(fetcher, tmp_path):
    wheel = make_wheel("one")
    error = fetcher.fails(wheel, environment={"PATH": str(tmp_path), "PIP_INDEX_URL": None})
    assert error.startswith(
        "lambda-pack: while fetching one 1.0: no package index is known: uv is not on the PATH, and "
        "python3's pip could not be asked ("
    )
    assert (
        "hint: name the index: set UV_DEFAULT_INDEX or PIP_INDEX_URL to the address of its simple API\n" in error
    )


def test_a_missing_installer_does_not_hide_what_is_wrong_with_the_locks_url(fetcher, index, tmp_path):
    request = file_request(make_wheel("one"), url=f"{index.url}/files/one-1.0-py3-none-any.whl")
    error = fetcher.fails(request, environment={"PATH": str(tmp_path), "PIP_INDEX_URL": None})
    assert (
        f"{index.url}/files/one-1.0-py3-none-any.whl answered 404 Not Found; and no package index is known"
        in error
    )


def test_an_index_of_the_project_needs_an_address(fetcher):
    error = fetcher.fails(make_wheel("one"), indexes=[{"name": "mine", "url": "ftp://me:secret@index.example/"}])
    assert error == (
        'lambda-pack: while reading the address of the index "mine" in pyproject.toml: '
        '"index.example/" is no http, https or file URL\n'
    )


# ---- credentials ----


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def protected(index, user, password):
    """Makes the whole index ask for credentials."""

    def answer(handler):
        if handler.headers.get("Authorization") == basic(user, password):
            return Handler.answer(handler)
        return handler.send(401, b"who are you?", {"WWW-Authenticate": "Basic"})

    index.answers = {path: answer for path in ["/simple/one/", *(f"/files/{name}" for name in index.wheels)]}


@pytest.mark.parametrize("where", ["url", "poetry", "uv", "uv index", "netrc"])
def test_credentials_come_from_where_users_have_them(fetcher, index, tmp_path, where):
    wheel = make_wheel("one")
    index.add(wheel)
    protected(index, "me", "p:w")
    with_userinfo = index.simple.replace("http://", "http://me:p%3Aw@")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password p:w\n")
    environment = {
        "url": {"PIP_INDEX_URL": with_userinfo},
        "poetry": {"POETRY_HTTP_BASIC_MY_INDEX_USERNAME": "me", "POETRY_HTTP_BASIC_MY_INDEX_PASSWORD": "p:w"},
        "uv": {"UV_INDEX_MY_INDEX_USERNAME": "me", "UV_INDEX_MY_INDEX_PASSWORD": "p:w"},
        "uv index": {
            "UV_DEFAULT_INDEX": f"corp={index.simple}",
            "UV_INDEX_CORP_USERNAME": "me",
            "UV_INDEX_CORP_PASSWORD": "p:w",
        },
        "netrc": {"NETRC": str(tmp_path / "netrc")},
    }[where]
    request = file_request(wheel, source_url="" if where in ("url", "uv index") else index.simple)
    done = fetcher.fetch(request, environment=environment, indexes=[{"name": "my-index", "url": index.simple}])
    assert done.stored == [wheel.data]
    assert "p:w" not in done.stderr and "p%3Aw" not in done.stderr


def test_a_missing_login_names_the_variables_to_set(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    protected(index, "me", "secret")
    error = fetcher.fails(wheel, indexes=[{"name": "my-index", "url": index.simple}])
    assert error == (
        f"lambda-pack: while fetching one 1.0: {index.simple}one/ answered 401 Unauthorized\n"
        "hint: set POETRY_HTTP_BASIC_MY_INDEX_USERNAME and POETRY_HTTP_BASIC_MY_INDEX_PASSWORD (or "
        "UV_INDEX_MY_INDEX_USERNAME and UV_INDEX_MY_INDEX_PASSWORD), or put a line for 127.0.0.1 into ~/.netrc\n"
    )
    assert len(index.seen) == 1, "asking again would not help"


def test_a_wrong_login_is_not_printed(fetcher, index):
    wheel = make_wheel("one")
    index.answers["/simple/one/"] = lambda handler: handler.send(403, b"no")
    error = fetcher.fails(wheel, environment={"PIP_INDEX_URL": index.simple.replace("//", "//me:secret@")})
    assert f"{index.simple}one/ answered 403 Forbidden" in error
    assert "secret" not in error and "me:" not in error
    assert (
        "hint: put a line for 127.0.0.1 into ~/.netrc, or a user name and password into the index's URL" in error
    )


@pytest.mark.parametrize("target", ["other host", "other port", "same origin"])
def test_a_redirect_takes_credentials_along_only_within_their_origin(fetcher, index, other_index, target):
    wheel = make_wheel("one")
    index.add(wheel)
    other_index.add(wheel)
    base, server = {
        "other host": (f"http://localhost:{index.port}", index),
        "other port": (other_index.url, other_index),
        "same origin": (index.url, index),
    }[target]
    index.answers[f"/files/{wheel.name}"] = lambda handler: handler.send(
        302, b"", {"Location": f"{base}/moved/{wheel.name}"}
    )
    done = fetcher.fetch(wheel, environment={"PIP_INDEX_URL": index.simple.replace("//", "//me:secret@")})
    assert done.stored == [wheel.data]
    assert index.requests_of(f"/files/{wheel.name}")[0]["Authorization"] == basic("me", "secret")
    moved = server.requests_of(f"/moved/{wheel.name}")[0]
    assert moved.get("Authorization") == (basic("me", "secret") if target == "same origin" else None)


# ---- what a person sees ----


def test_on_a_terminal_one_line_is_rewritten(fetcher, index):
    wheels = [make_wheel("one", 2_000_000), make_wheel("two", 1_000_000)]
    index.add(*wheels)

    def in_two_pieces(handler):
        wheel = index.wheels[Path(handler.path).name]
        handler.send(200, wheel.data[:500_000], {}, len(wheel.data))
        time.sleep(0.5)
        handler.write(wheel.data[500_000:])

    index.answers = {f"/files/{wheel.name}": in_two_pieces for wheel in wheels}
    shown = fetcher.fetch_on_terminal(*wheels)
    lines = shown.split("\r\x1b[K")
    drawn = [line for line in lines if line.startswith("Fetching ")]
    assert drawn and "Fetching 2 files" not in shown
    assert any("/3.0 MB" in line and line.endswith("B/s") for line in drawn)
    assert lines[-1].startswith("Fetched 2 files, 3.0 MB in ") and shown.count("\n") == 1


# ---- proxies and certificates ----


def test_the_proxy_of_the_environment_is_used(fetcher, index):
    wheel = make_wheel("one")
    index.answers["http://index.invalid/simple/one/"] = lambda handler: handler.send(
        200, f"<a href='{wheel.name}'>".encode(), {"Content-Type": "text/html"}
    )
    index.answers[f"http://index.invalid/simple/one/{wheel.name}"] = lambda handler: handler.send_file(wheel.data)
    environment = {"PIP_INDEX_URL": "http://index.invalid/simple", "http_proxy": index.url}
    assert fetcher.fetch(wheel, environment=environment).stored == [wheel.data]


@pytest.fixture
def certificate(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            key,
            "-out",
            certificate,
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", None])
def test_certificates_are_trusted_that_the_environment_names(fetcher, index, certificate, variable):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    index.socket = context.wrap_socket(index.socket, server_side=True)
    wheel = make_wheel("one")
    index.add(wheel)
    environment = {"PIP_INDEX_URL": f"https://127.0.0.1:{index.port}/simple"}
    if variable:
        assert fetcher.fetch(wheel, environment={**environment, variable: str(certificate[1])}).stored == [
            wheel.data
        ]
    else:
        error = fetcher.fails(wheel, environment=environment)
        assert f"cannot reach https://127.0.0.1:{index.port}/simple/one/: SSL certificate problem: " in error
        assert "hint: name the file of certificates to trust: SSL_CERT_FILE\n" in error
