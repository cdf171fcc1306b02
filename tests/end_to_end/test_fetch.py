"""Downloading into the store: what a lock names comes from where the user's own tools find it, and arrives whole."""

import gzip
import json
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from fetching import PROBE, Fetcher, clean_environment, file_request
from index_server import Handler, Index, make_wheel, wheel_of


@pytest.fixture
def index():
    server = Index()
    yield server
    server.close()


@pytest.fixture
def other_index():
    server = Index()
    yield server
    server.close()


@pytest.fixture
def fetcher(tmp_path, index):
    return Fetcher(tmp_path, index)


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
        200, gzip.compress(page.encode()), {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"})
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert "gzip" in index.requests_of("/simple/one/")[0]["Accept-Encoding"]


def test_percent_escapes_reach_the_server_as_the_page_wrote_them(fetcher, index):
    data = make_wheel("one", version="1.0+cpu").data
    wheel = wheel_of("one", "one-1.0+cpu-py3-none-any.whl", data)
    escaped = "/files/" + wheel.name.replace("+", "%2B")
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, f"<a href='../..{escaped}'>one</a>".encode(), {"Content-Type": "text/html"})
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
    assert fetcher.fetch(wheel, environment={"PIP_FIND_LINKS": str(place), "PIP_NO_INDEX": "1"}).stored == [wheel.data]


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
    assert error == ("lambda-pack: while fetching one 1.0: there is no place to look for it: no index is in use\n"
                     "hint: unset UV_NO_INDEX and PIP_NO_INDEX, or name folders in UV_FIND_LINKS or PIP_FIND_LINKS\n")


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
    programs = script(tmp_path / "bin" / "uv",
                      f"echo \"$@\" >> '{log}'\nprintf -- '--index-url {index.simple}\\n\\n'\n")
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "PIP_INDEX_URL": None}
    assert len(fetcher.fetch(*wheels, environment=environment).stored) == 2
    assert len(log.read_text().splitlines()) == 1 and "pip compile" in log.read_text()


@pytest.mark.parametrize("configured", [True, False])
def test_without_uv_pip_is_asked(fetcher, index, tmp_path, configured):
    wheel = make_wheel("one")
    index.add(wheel)
    programs = script(tmp_path / "bin" / "python3", f"""
case "$*" in
  "-m pip config list") {f'''echo "global.index-url='{index.simple}'"''' if configured else ':'} ;;
  "-m pip install --help") printf '%s\\n' '  -i, --index-url <url>  Base URL of the index (default' '  {index.simple}). More' ;;
esac
""")
    assert fetcher.fetch(wheel, environment={"PATH": str(programs), "PIP_INDEX_URL": None}).stored == [wheel.data]


def test_with_neither_the_error_says_what_to_set(fetcher, tmp_path):
    wheel = make_wheel("one")
    error = fetcher.fails(wheel, environment={"PATH": str(tmp_path), "PIP_INDEX_URL": None})
    assert error.startswith("lambda-pack: while fetching one 1.0: no package index is known: uv is not on the PATH, and "
                            "python3's pip could not be asked (")
    assert "hint: name the index: set UV_DEFAULT_INDEX or PIP_INDEX_URL to the address of its simple API\n" in error


# ---- credentials ----


def basic(user, password):
    import base64
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
        "uv index": {"UV_DEFAULT_INDEX": f"corp={index.simple}", "UV_INDEX_CORP_USERNAME": "me",
                     "UV_INDEX_CORP_PASSWORD": "p:w"},
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
        "UV_INDEX_MY_INDEX_USERNAME and UV_INDEX_MY_INDEX_PASSWORD), or put a line for 127.0.0.1 into ~/.netrc\n")
    assert len(index.seen) == 1, "asking again would not help"


def test_a_wrong_login_is_not_printed(fetcher, index):
    wheel = make_wheel("one")
    index.answers["/simple/one/"] = lambda handler: handler.send(403, b"no")
    error = fetcher.fails(wheel, environment={"PIP_INDEX_URL": index.simple.replace("//", "//me:secret@")})
    assert f"{index.simple}one/ answered 403 Forbidden" in error
    assert "secret" not in error and "me:" not in error
    assert "hint: put a line for 127.0.0.1 into ~/.netrc, or a user name and password into the index's URL" in error


@pytest.mark.parametrize("target", ["other host", "other port", "same origin"])
def test_a_redirect_takes_credentials_along_only_within_their_origin(fetcher, index, other_index, target):
    wheel = make_wheel("one")
    index.add(wheel)
    other_index.add(wheel)
    base, server = {"other host": (f"http://localhost:{index.port}", index), "other port": (other_index.url, other_index),
                    "same origin": (index.url, index)}[target]
    index.answers[f"/files/{wheel.name}"] = lambda handler: handler.send(
        302, b"", {"Location": f"{base}/moved/{wheel.name}"})
    done = fetcher.fetch(wheel, environment={"PIP_INDEX_URL": index.simple.replace("//", "//me:secret@")})
    assert done.stored == [wheel.data]
    assert index.requests_of(f"/files/{wheel.name}")[0]["Authorization"] == basic("me", "secret")
    moved = server.requests_of(f"/moved/{wheel.name}")[0]
    assert moved.get("Authorization") == (basic("me", "secret") if target == "same origin" else None)


# ---- answers that are not what they should be ----


def test_an_index_that_cannot_be_reached_is_named(fetcher, index):
    port = index.port
    index.close()
    error = fetcher.fails(make_wheel("one"))
    assert error.startswith(f"lambda-pack: while fetching one 1.0: cannot reach http://127.0.0.1:{port}/simple/one/: ")
    assert "(tried 3 times)\nhint: check the network, the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and the index's "\
           "address (UV_DEFAULT_INDEX or PIP_INDEX_URL)\n" in error


def test_a_host_without_an_address_is_named(fetcher):
    error = fetcher.fails(make_wheel("one"), environment={"PIP_INDEX_URL": "http://index.invalid/simple"})
    assert "cannot reach http://index.invalid/simple/one/: Could not resolve host: index.invalid" in error


def test_a_distribution_the_index_does_not_have(fetcher, index):
    error = fetcher.fails(make_wheel("one"))
    assert error == (
        "lambda-pack: while fetching one 1.0: the index has no distribution one: "
        f"{index.simple}one/ answered 404 Not Found\n"
        "hint: is it on another index? Name that one in pyproject.toml, or set UV_DEFAULT_INDEX or PIP_INDEX_URL\n")
    assert len(index.seen) == 1


def test_a_file_the_index_does_not_list(fetcher, index):
    index.add(make_wheel("one", version="2.0"))
    wheel = make_wheel("one")
    assert fetcher.fails(wheel) == (
        f"lambda-pack: while fetching one 1.0: {index.simple}one/ does not list {wheel.name} (it lists 1 files)\n"
        "hint: the file was removed, or the lock was made with another index: lock again, or name that index\n")


def test_a_file_the_index_lists_with_another_hash(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    asked = wheel._replace(hash="sha256:" + "0" * 64)
    assert (f"{index.simple}one/ lists {wheel.name} with the hash {wheel.hash}, the lock says {asked.hash}"
            in fetcher.fails(asked))
    assert index.paths() == ["/simple/one/"]


def test_a_listed_file_that_is_not_there(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    index.answers[f"/files/{wheel.name}"] = lambda handler: handler.send(404)
    assert f"{index.url}/files/{wheel.name} answered 404 Not Found\n" in fetcher.fails(wheel)


def test_a_download_that_was_complete_is_only_verified(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    partial = fetcher.store / "partial"
    partial.mkdir(parents=True)
    (partial / wheel.hash.replace(":", "-")).write_bytes(wheel.data)
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.paths() == ["/simple/one/"]


def test_other_bytes_under_the_locks_name(fetcher, index):
    wheel, other = make_wheel("one"), make_wheel("two")
    index.add(wheel)
    index.answers[f"/files/{wheel.name}"] = lambda handler: handler.send_file(other.data)
    error = fetcher.fails(wheel)
    assert (f"{wheel.name} from {index.url}/files/{wheel.name} is not the file of the lock: it has {other.hash}, the "
            f"lock says {wheel.hash}\nhint: something between here and the index altered the file") in error
    assert fetcher.files_in_store() == []


def test_a_wheel_whose_hash_is_right_and_whose_content_is_not(fetcher, index):
    data = bytearray(make_wheel("one").data)
    data[data.index(b"noise = '") + 10] ^= 1
    wheel = wheel_of("one", "one-1.0-py3-none-any.whl", bytes(data))
    index.add(wheel)
    error = fetcher.fails(wheel)
    assert "while fetching one 1.0: one-1.0-py3-none-any.whl: " in error and "one/__init__.py" in error
    assert fetcher.files_in_store() == []


@pytest.mark.parametrize("body, content_type, why", [
    (b"garbage", "text/plain", 'it is "text/plain"'),
    (b"\0\1\2", "application/octet-stream", 'it is "application/octet-stream"'),
    (b"{\"files\": [", "application/vnd.pypi.simple.v1+json", "its JSON is damaged"),
    (b"[1, 2]", "application/json", 'its JSON has no "files"'),
])
def test_a_page_that_is_none(fetcher, index, body, content_type, why):
    index.answers["/simple/one/"] = lambda handler: handler.send(200, body, {"Content-Type": content_type})
    error = fetcher.fails(make_wheel("one"))
    assert f"{index.simple}one/ is no package index page: {why}\nhint: check the index's address: " in error


def test_html_that_is_only_half_there_lists_nothing(fetcher, index):
    wheel = make_wheel("one")
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, b"<!DOCTYPE html><html><<a hr<ef='x'><a href=", {"Content-Type": "text/html"})
    assert f"does not list {wheel.name}" in fetcher.fails(wheel)


def test_a_redirect_loop_ends(fetcher, index):
    index.answers["/simple/one/"] = lambda handler: handler.send(302, b"", {"Location": "/simple/one/"})
    assert f"{index.simple}one/ redirects more than 10 times\n" in fetcher.fails(make_wheel("one"))
    assert len(index.seen) == 11


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
def test_a_redirect_to_another_scheme_is_refused(fetcher, index, location):
    index.answers["/simple/one/"] = lambda handler: handler.send(302, b"", {"Location": location})
    error = fetcher.fails(make_wheel("one"))
    assert f"{index.simple}one/ redirects to a place that is not followed: " in error


def test_a_file_larger_than_the_lock_says_is_not_fetched_to_its_end(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    index.answers[f"/files/{wheel.name}"] = lambda handler: handler.send(200, wheel.data + bytes(3_000_000))
    error = fetcher.fails(file_request(wheel, size=len(wheel.data)))
    assert f"{index.url}/files/{wheel.name} sends more than the {len(wheel.data) / 1000:.1f} kB it may have\n" in error


def test_an_endless_page_is_not_read_to_its_end(fetcher, index):
    bomb = gzip.compress(bytes(80_000_000))
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, bomb, {"Content-Type": "text/html", "Content-Encoding": "gzip"})
    assert f"{index.simple}one/ sends more than the 64.0 MB it may have\n" in fetcher.fails(make_wheel("one"))


# ---- servers and lines that fail for a while ----


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(fetcher, index, status):
    wheel = make_wheel("one")
    index.add(wheel)
    index.answers["/simple/one/"] = [lambda handler: handler.send(status)] * 2 + [Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]


def test_a_server_that_stays_broken_is_given_up(fetcher, index):
    index.answers["/simple/one/"] = lambda handler: handler.send(503)
    error = fetcher.fails(make_wheel("one"))
    assert f"{index.simple}one/ answered 503 Service Unavailable (tried 5 times)\nhint: try again later" in error
    assert len(index.seen) == 5


def test_retry_after_is_honoured(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    index.answers["/simple/one/"] = [lambda handler: handler.send(429, b"", {"Retry-After": "2"}), Handler.answer]
    start = time.monotonic()
    assert fetcher.fetch(wheel, longest_pause_ms=5000).stored == [wheel.data]
    assert time.monotonic() - start >= 2


def test_retry_after_is_bounded(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    index.answers["/simple/one/"] = [lambda handler: handler.send(429, b"", {"Retry-After": "86400"}), Handler.answer]
    assert fetcher.fetch(wheel, longest_pause_ms=300, timeout=60).stored == [wheel.data]


def test_a_cut_download_goes_on_where_it_ended(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = [lambda handler: handler.send_file(wheel.data, upto=150_000), Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.sent[path] == len(wheel.data)
    assert index.requests_of(path)[1]["Range"] == "bytes=150000-"
    assert index.requests_of(path)[1]["If-Range"] == '"v1"'


def test_a_download_that_is_cut_again_and_again_is_given_up_and_kept(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = lambda handler: handler.send_file(wheel.data, upto=10_000)
    error = fetcher.fails(wheel)
    assert f"{index.url}{path} was cut after 50.0 kB: " in error
    assert "(tried 5 times)\nhint: try again: what has come is kept\n" in error
    index.answers.clear()
    index.sent.clear()
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.sent[path] == len(wheel.data) - 50_000


def test_a_long_download_may_be_cut_often_as_long_as_it_gets_on(fetcher, index):
    wheel = make_wheel("one", 9_000_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = lambda handler: handler.send_file(wheel.data, upto=1_200_000)
    assert fetcher.fetch(wheel, attempts=2).stored == [wheel.data]
    assert len(index.requests_of(path)) == 8


def test_a_connection_closed_without_a_word_is_tried_again(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)

    def hang_up(handler):
        handler.close_connection = True
    index.answers["/simple/one/"] = [hang_up, Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]


def test_a_file_without_a_length_that_ends_too_early_is_fetched_on(fetcher, index):
    wheel = make_wheel("one", 100_000)
    index.add(wheel)

    def truncated(handler):
        handler.send_response(200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.write(wheel.data[:30_000])
    path = f"/files/{wheel.name}"
    index.answers[path] = [truncated, Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.sent[path] == len(wheel.data)


def test_a_file_that_changed_between_attempts_is_fetched_anew(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = [lambda handler: handler.send_file(bytes(len(wheel.data)), etag='"old"', upto=100_000),
                           Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.requests_of(path)[1]["If-Range"] == '"old"'


def test_a_server_that_continues_another_file_is_found_out(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = [lambda handler: handler.send_file(bytes(len(wheel.data)), upto=100_000), Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data], "by the hash, after which all of it is fetched again"
    assert len(index.requests_of(path)) == 3


@pytest.mark.parametrize("content_range", ["bytes 7-99/100", "garbage", ""])
def test_a_range_that_was_not_asked_for_is_not_taken(fetcher, index, content_range):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = [
        lambda handler: handler.send_file(wheel.data, upto=100_000),
        lambda handler: handler.send(206, b"x" * 93, {"ETag": '"v1"', "Content-Range": content_range}),
        Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]


def test_a_range_the_server_does_not_have_is_forgotten(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = [lambda handler: handler.send_file(wheel.data, upto=100_000),
                           lambda handler: handler.send(416), Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]


def test_without_a_validator_nothing_is_resumed(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"

    def cut(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": 'W/"weak"'}, len(wheel.data))
        handler.close_connection = True
    index.answers[path] = [cut, Handler.answer]
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert "Range" not in index.requests_of(path)[1]


def test_a_stalled_download_is_cut_and_named(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"

    def stall(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": '"v1"'}, len(wheel.data))
        handler.hang()
    index.answers[path] = stall
    error = fetcher.fails(wheel, attempts=1, stall_seconds=1)
    assert (f"{index.url}{path} stalled: almost nothing came for 1 s, after 100.0 kB\n"
            "hint: try again: what has come is kept\n") in error


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_cut(fetcher, index, part):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if part == "body":
            handler.wfile.write(b"Content-Length: %d\r\n\r\n" % len(wheel.data))
        while not handler.server.closing.wait(0.2):
            handler.wfile.write(b"X")
            handler.wfile.flush()
    path = f"/files/{wheel.name}"
    index.answers[path] = drip
    error = fetcher.fails(wheel, attempts=1, stall_seconds=2, timeout=60)
    assert f"{index.url}{path} stalled: " in error


# ---- several processes, interruptions, disks ----


def test_what_arrived_stays_when_another_file_fails(fetcher, index):
    good, bad = make_wheel("good"), make_wheel("bad")
    index.add(good)
    error = fetcher.fails(bad, good)
    assert "while fetching bad 1.0: " in error
    index.seen.clear()
    assert fetcher.fetch(good).stored == [good.data] and index.seen == []


def test_of_several_failures_the_first_is_told_and_the_others_are_counted(fetcher):
    error = fetcher.fails(make_wheel("one"), make_wheel("two"), make_wheel("three"))
    assert "lambda-pack: while fetching one 1.0: " in error and "(2 more files failed)\n" in error


def test_ctrl_c_keeps_what_came_for_the_next_run(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"

    def stall(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": '"v1"'}, len(wheel.data))
        handler.hang()
    index.answers[path] = [stall, Handler.answer]
    process = fetcher.start(wheel)
    wait_until(lambda: fetcher.partial_bytes() == 100_000)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    index.sent.clear()
    assert fetcher.fetch(wheel).stored == [wheel.data]
    assert index.sent[path] == len(wheel.data) - 100_000


def test_two_processes_fetch_a_file_once(fetcher, index):
    wheels = [make_wheel(name, 100_000) for name in ("one", "two", "three")]
    index.add(*wheels)

    def slowly(handler):
        time.sleep(1)
        Handler.answer(handler)
    index.answers = {f"/files/{wheel.name}": slowly for wheel in wheels}
    processes = [fetcher.start(*wheels) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    for wheel in wheels:
        assert len(index.requests_of(f"/files/{wheel.name}")) == 1
    assert os.listdir(fetcher.store / "partial") == []


def test_a_process_takes_over_when_the_one_it_waits_for_dies(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)

    def stall(handler):
        handler.send(200, wheel.data[:100_000], {"ETag": '"v1"'}, len(wheel.data))
        handler.hang()
    path = f"/files/{wheel.name}"
    index.answers[path] = [stall, Handler.answer]
    first = fetcher.start(wheel)
    wait_until(lambda: fetcher.partial_bytes() == 100_000)
    second = fetcher.start(wheel)
    wait_until(lambda: "another process is fetching" in fetcher.stderr_of(second))
    first.kill()
    first.communicate()
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert index.sent[path] == len(wheel.data)


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_store_that_cannot_be_written(fetcher, index, tmp_path):
    """As another user where this one may write everywhere."""
    wheel = make_wheel("one")
    index.add(wheel)
    fetcher.store.mkdir()
    fetcher.store.chmod(0o555)
    options = {}
    if os.geteuid() == 0:
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == 0 and not folder.stat().st_mode & stat.S_IXOTH:
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        options = {"user": 65534, "group": 65534}
        if subprocess.run(["test", "-x", PROBE], **options).returncode != 0:
            pytest.skip("another user cannot run the program from where it is")
    error = fetcher.fails(wheel, **options)
    fetcher.store.chmod(0o755)
    assert error.startswith("lambda-pack: while fetching one 1.0: making the folder "
                            f"{fetcher.store}/partial: Permission denied\n")
    assert "hint: another store can be chosen with --store or LAMBDA_PYTHON_STORE\n" in error
    assert list(fetcher.store.iterdir()) == []


def test_a_disk_that_is_full(fetcher, index, tmp_path):
    wheel = make_wheel("one", 3_000_000)
    index.add(wheel)
    fetcher.store.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", fetcher.store], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no small file system can be mounted here")
    try:
        error = fetcher.fails(wheel)
        assert error.startswith(f"lambda-pack: while fetching one 1.0: writing {fetcher.store}/partial/sha256-")
        assert ": No space left on device\nhint: free some space on that disk" in error
        assert "hint: another store can be chosen with --store or LAMBDA_PYTHON_STORE\n" in error
        assert fetcher.files_in_store() == []
    finally:
        subprocess.run(["umount", fetcher.store], check=True)


def test_a_file_the_system_lets_grow_no_further(fetcher, index):
    import resource
    wheel = make_wheel("one", 3_000_000)
    index.add(wheel)

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    error = fetcher.fails(wheel, preexec_fn=limited)
    assert ": File too large\n" in error
    assert fetcher.files_in_store() == []


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
        200, f"<a href='{wheel.name}'>".encode(), {"Content-Type": "text/html"})
    index.answers[f"http://index.invalid/simple/one/{wheel.name}"] = lambda handler: handler.send_file(wheel.data)
    environment = {"PIP_INDEX_URL": "http://index.invalid/simple", "http_proxy": index.url}
    assert fetcher.fetch(wheel, environment=environment).stored == [wheel.data]


@pytest.fixture
def certificate(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    return key, certificate


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", None])
def test_certificates_are_trusted_that_the_environment_names(fetcher, index, certificate, variable):
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    index.socket = context.wrap_socket(index.socket, server_side=True)
    wheel = make_wheel("one")
    index.add(wheel)
    environment = {"PIP_INDEX_URL": f"https://127.0.0.1:{index.port}/simple"}
    if variable:
        assert fetcher.fetch(wheel, environment={**environment, variable: str(certificate[1])}).stored == [wheel.data]
    else:
        error = fetcher.fails(wheel, environment=environment)
        assert f"cannot reach https://127.0.0.1:{index.port}/simple/one/: SSL certificate problem: " in error
        assert "hint: name the file of certificates to trust: SSL_CERT_FILE\n" in error
