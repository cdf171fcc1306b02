"""Downloads that are cut, stalled, put off or changed on their way: they go on where they ended, and end."""

import time

import pytest

from fetching import fetcher, index  # noqa: F401 (fixtures)
from index_server import Handler, make_wheel


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
    index.answers["/simple/one/"] = [
        lambda handler: handler.send(429, b"", {"Retry-After": "86400"}),
        Handler.answer,
    ]
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
    index.answers[path] = [
        lambda handler: handler.send_file(bytes(len(wheel.data)), etag='"old"', upto=100_000),
        Handler.answer,
    ]
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
        Handler.answer,
    ]
    assert fetcher.fetch(wheel).stored == [wheel.data]


def test_a_range_the_server_does_not_have_is_forgotten(fetcher, index):
    wheel = make_wheel("one", 400_000)
    index.add(wheel)
    path = f"/files/{wheel.name}"
    index.answers[path] = [
        lambda handler: handler.send_file(wheel.data, upto=100_000),
        lambda handler: handler.send(416),
        Handler.answer,
    ]
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
    assert (
        f"{index.url}{path} stalled: almost nothing came for 1 s, after 100.0 kB\n"
        "hint: try again: what has come is kept\n"
    ) in error


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
