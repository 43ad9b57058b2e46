"""How often and when 1C is asked (facts/odata, sections 2.3 and 7: checks 38, 40, 43, 44, 47)."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from freesport_pipelines.odata import errors, pace
from freesport_pipelines.odata.client import OnecClient, open_client
from freesport_pipelines.odata.pace import Pace, shared_pace
from freesport_pipelines.settings import OnecSettings
from freesport_pipelines_tests.odata.building import Clock, client_of
from freesport_pipelines_tests.odata.scripted import Reply, Scripted, Seen, odata_error, rows, serving

EMPTY = rows(count=0)


def cards(client: OnecClient) -> Any:
    return client.catalogue(client.entities.discount_cards).rows()


def outcomes(workers: int, work: Callable[[], Any]) -> list[Any]:
    """What each of some workers got who start together: a result or an error."""
    start = threading.Barrier(workers)

    def one(_: int) -> Any:
        start.wait()
        try:
            return work()
        except errors.OnecError as error:
            return error

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(workers)))


def slowly(reply: Reply) -> Callable[[Seen], Reply]:
    def answer(seen: Seen) -> Reply:
        time.sleep(0.02)
        return reply

    return answer


@pytest.mark.parametrize("refusal", [Reply(b"", 401), Reply("Учётная запись заблокирована".encode(), 403)])
def test_a_refused_login_is_one_request_of_all_workers_together_and_then_none(refusal: Reply) -> None:
    with serving(slowly(refusal)) as server, client_of(server.url, concurrency=2) as client:
        found = outcomes(6, lambda: cards(client))
        with pytest.raises(errors.LoginRefusedError):
            cards(client)
    assert {isinstance(error, errors.LoginRefusedError) for error in found} == {True}
    assert len(server.log) == 1


def login(server: Scripted, password: str) -> OnecSettings:
    known: dict[str, Any] = {"api_user": "reader", "api_password": password, "concurrency": 2}
    return OnecSettings(_env_file=None, api_url=server.url, **known)  # type: ignore[call-arg]


def test_a_refused_login_is_one_request_also_of_workers_that_open_clients_of_their_own() -> None:
    with serving(slowly(Reply(b"", 401))) as server:
        known = login(server, "wrong")

        def work() -> Any:
            with open_client(known) as client:
                return cards(client)

        found = outcomes(4, work)
        with open_client(login(server, "another")) as client, pytest.raises(errors.LoginRefusedError):
            cards(client)
    assert {type(error) for error in found} == {errors.LoginRefusedError}
    assert len(server.log) == 2


def test_the_pace_belongs_to_a_base_and_its_credentials() -> None:
    assert shared_pace("base and login", 2, 0) is shared_pace("base and login", 2, 0)
    assert shared_pace("base and login", 2, 0) is not shared_pace("base and another login", 2, 0)


@pytest.mark.parametrize("concurrency", [1, 2])
def test_never_more_requests_are_under_way_than_configured(concurrency: int) -> None:
    with serving(slowly(EMPTY)) as server, client_of(server.url, concurrency=concurrency) as client:
        outcomes(6, lambda: cards(client))
    assert len(server.log) == 6
    assert server.most_in_flight == concurrency


def test_the_narrowest_concurrency_that_anybody_asks_for_holds_for_all() -> None:
    shared = shared_pace("a base with two clients", 2, 0)
    shared_pace("a base with two clients", 1, 0)
    shared.answered()
    assert shared._limit == 1


def waits(*answers: Reply) -> tuple[list[float], Scripted]:
    clock = Clock()
    with serving(*answers) as server, client_of(server.url, clock=clock) as client:
        cards(client)
    return clock.waits, server


def test_a_busy_server_is_asked_again_after_waits_that_grow() -> None:
    found, server = waits(Reply(b"", 503), Reply(b"", 503), EMPTY)
    assert len(server.log) == 3
    assert 0.7 <= found[0] < found[1] <= 2.6


def test_waits_differ_so_that_workers_do_not_come_back_together() -> None:
    assert len({waits(Reply(b"", 503), EMPTY)[0][0] for _ in range(5)}) > 1


def test_a_server_that_stays_busy_is_asked_five_times() -> None:
    with serving(Reply(b"", 503)) as server, client_of(server.url) as client, pytest.raises(errors.BusyError):
        cards(client)
    assert len(server.log) == 5


def in_two_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)


@pytest.mark.parametrize("header", [lambda: "2", in_two_seconds], ids=["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_nobody_sends_anything_while_the_server_asks_to_wait(status: int, header: Callable[[], str]) -> None:
    clock = Clock()
    pace = Pace(2, clock=clock, sleep=clock.sleep)
    with (
        serving(Reply(b"", status, {"Retry-After": header()}), EMPTY) as server,
        client_of(server.url, pace=pace, clock=clock) as client,
        client_of(server.url, pace=pace) as other,
    ):
        with pytest.raises(errors.OnecError):
            client._asking.requests._attempt(*arguments(client))
        told_at = clock.now
        cards(other)
    assert clock.now - told_at >= 1.9
    assert len(server.log) == 2


def arguments(client: OnecClient) -> tuple[Any, ...]:
    """One attempt, without those after it."""
    from freesport_pipelines.odata.classify import Target
    from freesport_pipelines.odata.decoding import page

    return Target(client._asking.base + "/Catalog_X", "Catalog_X"), page, 5.0, float("inf")


def test_a_throttled_request_is_sent_again_after_the_pause() -> None:
    found, server = waits(Reply(b"", 429, {"Retry-After": "2"}), EMPTY)
    assert len(server.log) == 2
    assert sum(found) >= 2


def test_a_very_long_pause_is_left_to_the_caller() -> None:
    clock = Clock()
    with serving(Reply(b"", 429, {"Retry-After": "7200"})) as server, client_of(server.url, clock=clock) as client:
        for _ in range(2):
            with pytest.raises(errors.ThrottledError) as raised:
                cards(client)
    assert raised.value.retry_after == pytest.approx(7200)
    assert (len(server.log), clock.waits) == (1, [])


def test_without_a_free_session_there_is_a_long_wait_and_one_request_at_a_time() -> None:
    found, server = waits(odata_error(503, None, "Не найдена свободная лицензия"), EMPTY)
    assert sum(found) >= 60
    assert len(server.log) == 2


def test_maintenance_is_not_waited_for() -> None:
    clock = Clock()
    with (
        serving(Reply("Выполняется обновление".encode(), 503)) as server,
        client_of(server.url, clock=clock) as client,
        pytest.raises(errors.MaintenanceError) as raised,
    ):
        cards(client)
    assert (len(server.log), clock.waits, raised.value.transient) == (1, [], True)


def test_after_many_failures_in_a_row_nothing_is_sent_for_a_while_and_then_one_request_tries() -> None:
    clock = Clock()
    with serving(Reply(b"", 503)) as server, client_of(server.url, clock=clock) as client:
        for _ in range(2):
            with pytest.raises(errors.BusyError):
                cards(client)
        sent = len(server.log)
        with pytest.raises(errors.CircuitOpenError):
            cards(client)
        assert len(server.log) == sent == pace.BREAKS_AFTER
        clock.now += pace.BREAK_SECONDS
        server._answers[:] = [EMPTY]
        assert cards(client) == []


def test_an_answer_in_between_closes_the_account_of_failures() -> None:
    failures = [Reply(b"", 503)] * 4
    with serving(*failures, EMPTY, *failures, EMPTY, *failures, EMPTY) as server, client_of(server.url) as client:
        assert [cards(client) for _ in range(3)] == [[], [], []]


def test_requests_keep_the_pause_between_them() -> None:
    clock = Clock()
    with (
        serving(EMPTY) as server,
        client_of(server.url, pace=Pace(1, spacing=0.1, clock=clock, sleep=clock.sleep)) as c,
    ):
        for _ in range(4):
            cards(c)
    assert clock.now - 1000 == pytest.approx(0.3)
    assert len(server.log) == 4
