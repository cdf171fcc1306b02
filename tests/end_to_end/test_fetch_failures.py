"""What the helper says when an index, a page or a file is not what it should be."""

import gzip

import pytest

from fetching import fetcher, file_request, index  # noqa: F401 (fixtures)
from index_server import make_wheel, wheel_of


def test_an_index_that_cannot_be_reached_is_named(fetcher, index):
    port = index.port
    index.close()
    error = fetcher.fails(make_wheel("one"))
    assert error.startswith(
        f"lambda-pack: while fetching one 1.0: cannot reach http://127.0.0.1:{port}/simple/one/: "
    )
    assert (
        "(tried 3 times)\nhint: check the network, the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and the index's "
        "address (UV_DEFAULT_INDEX or PIP_INDEX_URL)\n" in error
    )


def test_a_host_without_an_address_is_named(fetcher):
    error = fetcher.fails(make_wheel("one"), environment={"PIP_INDEX_URL": "http://index.invalid/simple"})
    assert "cannot reach http://index.invalid/simple/one/: Could not resolve host: index.invalid" in error


def test_a_distribution_the_index_does_not_have(fetcher, index):
    error = fetcher.fails(make_wheel("one"))
    assert error == (
        "lambda-pack: while fetching one 1.0: the index has no distribution one: "
        f"{index.simple}one/ answered 404 Not Found\n"
        "hint: is it on another index? Name that one in pyproject.toml, or set UV_DEFAULT_INDEX or PIP_INDEX_URL\n"
    )
    assert len(index.seen) == 1


def test_a_file_the_index_does_not_list(fetcher, index):
    index.add(make_wheel("one", version="2.0"))
    wheel = make_wheel("one")
    assert fetcher.fails(wheel) == (
        f"lambda-pack: while fetching one 1.0: {index.simple}one/ does not list {wheel.name} (files it lists: 1)\n"
        "hint: the file was removed, or the lock was made with another index: lock again, or name that index\n"
    )


def test_a_file_the_index_lists_with_another_hash(fetcher, index):
    wheel = make_wheel("one")
    index.add(wheel)
    asked = wheel._replace(hash="sha256:" + "0" * 64)
    assert (
        f"{index.simple}one/ lists {wheel.name} with the hash {wheel.hash}, the lock says {asked.hash}"
        in fetcher.fails(asked)
    )
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
    assert (
        f"{wheel.name} from {index.url}/files/{wheel.name} is not the file of the lock: it has {other.hash}, the "
        f"lock says {wheel.hash}\nhint: something between here and the index altered the file"
    ) in error
    assert fetcher.files_in_store() == []


def test_a_wheel_whose_hash_is_right_and_whose_content_is_not(fetcher, index):
    data = bytearray(make_wheel("one").data)
    data[data.index(b"noise = '") + 10] ^= 1
    wheel = wheel_of("one", "one-1.0-py3-none-any.whl", bytes(data))
    index.add(wheel)
    error = fetcher.fails(wheel)
    assert "while fetching one 1.0: one-1.0-py3-none-any.whl: " in error and "one/__init__.py" in error
    assert fetcher.files_in_store() == []


@pytest.mark.parametrize(
    "body, content_type, why",
    [
        (b"garbage", "text/plain", 'it is "text/plain"'),
        (b"\0\1\2", "application/octet-stream", 'it is "application/octet-stream"'),
        (b'{"files": [', "application/vnd.pypi.simple.v1+json", "its JSON is damaged"),
        (b"[1, 2]", "application/json", 'its JSON has no "files"'),
    ],
)
def test_a_page_that_is_none(fetcher, index, body, content_type, why):
    index.answers["/simple/one/"] = lambda handler: handler.send(200, body, {"Content-Type": content_type})
    error = fetcher.fails(make_wheel("one"))
    assert f"{index.simple}one/ is no package index page: {why}\nhint: check the index's address: " in error


def test_html_that_is_only_half_there_lists_nothing(fetcher, index):
    wheel = make_wheel("one")
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, b"<!DOCTYPE html><html><<a hr<ef='x'><a href=", {"Content-Type": "text/html"}
    )
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
    assert (
        f"{index.url}/files/{wheel.name} sends more than the {len(wheel.data) / 1000:.1f} kB it may have\n"
        in error
    )


def test_an_endless_page_is_not_read_to_its_end(fetcher, index):
    bomb = gzip.compress(bytes(80_000_000))
    index.answers["/simple/one/"] = lambda handler: handler.send(
        200, bomb, {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    )
    assert f"{index.simple}one/ sends more than the 64.0 MB it may have\n" in fetcher.fails(make_wheel("one"))
