"""One request over a bad line (facts/odata, sections 2.3 and 7: checks 46, 48, 50, 51)."""

import gzip
import socket
import time
import zlib
from typing import Any

import pytest

from freesport_pipelines.odata import errors, transport
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.pace import Pace
from freesport_pipelines_tests.odata.building import Clock, card, client_of, guid
from freesport_pipelines_tests.odata.scripted import Reply, Seen, rows, serving


def cards(client: OnecClient) -> Any:
    return client.catalogue(client.entities.discount_cards).rows()


def hurried() -> Pace:
    """Real time, no waits."""
    return Pace(1, sleep=lambda seconds: None)


def test_a_connection_that_breaks_in_the_body_is_tried_again() -> None:
    whole = rows(card(1), count=1)
    cut = Reply(whole.body[:20], length=len(whole.body))
    with serving(cut, whole) as server, client_of(server.url) as client:
        assert len(cards(client)) == 1
    assert len(server.log) == 2


def test_a_server_that_is_silent_for_too_long_is_asked_once_more_and_then_for_less() -> None:
    def silent(seen: Seen) -> Reply:
        if seen.options["$top"] == "80":
            time.sleep(0.3)
        return rows(card(1), count=1)

    with serving(silent) as server, client_of(server.url, pace=hurried(), timeout=0.1, page_size=80) as client:
        assert len(cards(client)) == 1
    assert [seen.options["$top"] for seen in server.log] == ["80", "80", "20"]


def test_a_server_that_is_not_there_is_an_error_after_five_attempts() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clock = Clock()
    with (
        client_of(f"http://127.0.0.1:{port}/odata/standard.odata", clock=clock) as client,
        pytest.raises(errors.UnreachableError),
    ):
        cards(client)
    assert len(clock.waits) == 4


def test_a_body_that_drips_is_given_up_at_the_deadline_although_every_byte_is_in_time() -> None:
    drip = Reply(pieces=tuple(b" " for _ in range(200)), pause=0.02)
    with serving(drip) as server, client_of(server.url, pace=hurried(), deadline=0.3) as client:
        begun = time.monotonic()
        with pytest.raises(errors.DeadlineError):
            cards(client)
    assert time.monotonic() - begun < 1.5


def test_attempts_and_waits_together_keep_the_deadline() -> None:
    clock = Clock()
    with (
        serving(Reply(b"", 503)) as server,
        client_of(server.url, clock=clock, deadline=4) as client,
        pytest.raises(errors.BusyError),
    ):
        cards(client)
    assert sum(clock.waits) <= 4
    assert 2 <= len(server.log) < 5


def test_packed_bodies_are_unpacked() -> None:
    plain = rows(card(1), count=1)
    for packed, encoding in ((gzip.compress(plain.body), "gzip"), (zlib.compress(plain.body), "deflate")):
        with serving(Reply(packed, headers={"Content-Encoding": encoding})) as server, client_of(server.url) as client:
            assert cards(client)[0].onec_id == guid(1)


def test_a_body_that_unpacks_to_too_much_is_given_up_early(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    monkeypatch.setattr(transport, "BODY_LIMIT", 1_000_000)
    with (
        serving(Reply(bomb, headers={"Content-Encoding": "gzip"})) as server,
        client_of(server.url) as client,
        pytest.raises(errors.TooLargeError),
    ):
        cards(client)
    assert len(server.log) == 1


def test_a_plain_body_beyond_the_limit_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BODY_LIMIT", 100)
    with (
        serving(rows(*(card(n) for n in range(9)), count=9)) as server,
        client_of(server.url) as client,
        pytest.raises(errors.TooLargeError),
    ):
        cards(client)


def test_a_damaged_packed_body_is_asked_for_again() -> None:
    good = rows(card(1), count=1)
    damaged = Reply(gzip.compress(good.body)[:-20] + b"x" * 20, headers={"Content-Encoding": "gzip"})
    with serving(damaged, good) as server, client_of(server.url) as client:
        assert len(cards(client)) == 1


def test_a_cookie_of_the_first_answer_is_sent_with_the_next_request() -> None:
    empty = rows(count=0)
    with (
        serving(Reply(empty.body, headers={"Set-Cookie": "ibsession=abc; Path=/"}), empty) as server,
        client_of(server.url) as client,
    ):
        cards(client)
        cards(client)
    assert [seen.headers.get("cookie") for seen in server.log] == [None, "ibsession=abc"]


def test_one_connection_serves_all_requests() -> None:
    ports: set[Any] = set()
    with serving(rows(count=0)) as server, client_of(server.url) as client:
        for _ in range(5):
            cards(client)
            (connection,) = client._asking.requests._transport._client._transport._pool.connections
            ports.add(id(connection))
    assert len(ports) == 1


def test_a_session_of_1c_is_asked_for_only_if_configured_and_is_ended() -> None:
    cookie = Reply(rows(count=0).body, headers={"Set-Cookie": "ibsession=abc; Path=/"})
    for is_wanted, said in ((False, [None, None]), (True, ["start", None, "finish"])):
        with serving(cookie) as server:
            with client_of(server.url, ib_session=is_wanted) as client:
                cards(client)
                cards(client)
            assert [seen.headers.get("ibsession") for seen in server.log] == said
            assert {seen.method for seen in server.log} == {"GET"}
