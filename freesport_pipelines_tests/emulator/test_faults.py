"""Every scenario of a fault, and when it strikes: facts/odata, sections 2 and 7."""

import gzip
import http.client
import json
import socket
import threading
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from freesport_pipelines.emulator import NAMES, Company, Fault, after, every, first, nth, serve
from freesport_pipelines.emulator.answer import Answer
from freesport_pipelines.emulator.delivery import Line, deliver
from freesport_pipelines.emulator.fault_text import fault_of
from freesport_pipelines.emulator.faults import DELIVERIES
from freesport_pipelines_tests.emulator.asking import CARDS, GOODS, PEOPLE, SALES, get, option, where

SMALL = Company(customers=40, receipts=200)


def statuses(*faults: Fault, times: int = 6, path: str = CARDS) -> list[int]:
    with serve(SMALL, faults=faults) as server:
        return [get(server, path, "$top=1").status for _ in range(times)]


@pytest.mark.parametrize(
    ("when", "struck"),
    [(nth(3), [3]), (nth(1, 4), [1, 4]), (first(2), [1, 2]), (every(3), [3, 6]), (after(4), [5, 6])],
)
def test_a_fault_strikes_when_it_is_told_to(when: object, struck: list[int]) -> None:
    assert callable(when)
    found = statuses(Fault("unavailable", when=when))
    assert [number for number, status in enumerate(found, start=1) if status == 503] == struck


def test_a_fault_of_one_set_spares_the_others_and_counts_its_own_requests() -> None:
    with serve(SMALL, faults=[Fault("unavailable", entity=CARDS, when=nth(2))]) as server:
        found = [get(server, path, "$top=1").status for path in (CARDS, GOODS, PEOPLE, CARDS, CARDS, f"{CARDS}/$count")]
    assert found == [200, 200, 200, 503, 200, 200]


def test_a_fault_lasts_until_it_is_switched_off() -> None:
    with serve(SMALL) as server:
        fault = server.faults.add(Fault("unavailable"))
        assert get(server, CARDS).status == 503
        fault.on = False
        assert get(server, CARDS).status == 200
        fault.on = True
        server.faults.clear()
        assert get(server, CARDS).status == 200
        assert fault.struck == 1


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("throttled", 429, "Слишком много запросов"),
        ("unavailable", 503, "Сервис недоступен"),
        ("bad_gateway", 502, "nginx"),
        ("maintenance", 503, "Выполняется обновление"),
        ("maintenance_page", 200, "Приложение временно недоступно"),
        ("no_licence", 503, "Не найдена свободная лицензия"),
        ("locked", 403, "заблокирована"),
        ("unauthorized", 401, "Идентификация пользователя не выполнена"),
        ("no_rights", 401, "Нарушение прав доступа"),
        ("server_error", 500, "Превышено время ожидания"),
        ("unpublished", 404, '"code":"8"'),
        ("uri_too_long", 414, "414"),
        ("error_in_200", 200, "odata.error"),
        ("login_page", 200, "<!DOCTYPE html>"),
        ("redirect", 302, "Вход"),
        ("echo", 400, "70000000042"),
        ("tenant_page", 500, "anna@example.test"),
        ("no_value", 200, "{}"),
        ("device_full", 500, "The device is full"),
        ("empty_body", 200, ""),
    ],
)
def test_an_answer_is_replaced(name: str, status: int, text: str) -> None:
    value = 0 if name == "device_full" else None
    with serve(SMALL, faults=[Fault(name, value=value)]) as server:
        reply = get(server, CARDS, "$top=3")
    assert reply.status == status
    assert text in reply.text if text else reply.body == b""


def test_throttling_says_how_long_to_wait_in_either_form() -> None:
    date = format_datetime(datetime(2026, 1, 1, tzinfo=UTC), usegmt=True)
    for value, said in ((None, "2"), (7, "7"), (date, date)):
        with serve(SMALL, faults=[Fault("throttled", value=value)]) as server:
            assert get(server, CARDS).headers["retry-after"] == said


def test_a_redirect_names_another_place() -> None:
    with serve(SMALL, faults=[Fault("redirect", value="http://login.example.test/")]) as server:
        assert get(server, CARDS).headers["location"] == "http://login.example.test/"


@pytest.mark.parametrize(("value", "status"), [(None, 500), (403, 403)])
def test_conditions_on_one_set_may_be_refused_while_the_set_can_be_read(value: object, status: int) -> None:
    with serve(SMALL, faults=[Fault("where_refused", entity=CARDS, value=value)]) as server:
        refused = get(server, CARDS, where("Code eq '000000001'"))
        assert (refused.status, refused.code) == (status, "-1")
        assert "AUTOORDER" in refused.message
        assert get(server, CARDS, "$top=1").status == 200
        assert get(server, GOODS, where("Code eq '1'")).status == 200


def test_the_device_is_full_only_for_large_pages() -> None:
    with serve(SMALL, faults=[Fault("device_full", value=20)]) as server:
        assert [get(server, CARDS, f"$top={top}").status for top in (20, 21, 5)] == [200, 500, 200]


def test_a_filter_may_be_ignored() -> None:
    with serve(SMALL, faults=[Fault("filter_ignored", entity=CARDS)]) as server:
        assert len(get(server, CARDS, where("Code eq '000000001'")).rows) == len(SMALL.tables[CARDS])


def test_skip_may_be_ignored() -> None:
    order = option("$orderby", "Ref_Key")
    with serve(SMALL, faults=[Fault("skip_ignored")]) as server:
        assert get(server, CARDS, order, "$top=5", "$skip=5").rows == get(server, CARDS, order, "$top=5").rows


def test_top_may_be_capped() -> None:
    with serve(SMALL, faults=[Fault("top_capped", value=10)]) as server:
        assert [len(get(server, SALES, *top).rows) for top in (["$top=50"], ["$top=4"], [], ["$top=0"])] == [
            10,
            4,
            10,
            0,
        ]


def test_json_may_be_truncated_within_complete_http() -> None:
    with serve(SMALL, faults=[Fault("truncated")]) as server:
        reply = get(server, CARDS)
    with pytest.raises(json.JSONDecodeError):
        _ = reply.json


def test_a_body_may_be_shorter_than_its_length_says() -> None:
    with serve(SMALL, faults=[Fault("cut_short")]) as server, pytest.raises(http.client.IncompleteRead):
        get(server, CARDS)


def test_a_connection_may_break_in_the_middle_of_a_body() -> None:
    with serve(SMALL, faults=[Fault("reset", when=first(1))]) as server:
        with pytest.raises(ConnectionResetError):
            get(server, SALES)
        assert get(server, SALES).status == 200


@pytest.mark.parametrize("name", [None, *DELIVERIES])
def test_the_session_is_free_before_the_last_byte_goes_out(name: str | None) -> None:
    ours, theirs = socket.socketpair()
    before: list[int] = []

    def done() -> None:
        if not before:
            with suppress(BlockingIOError):
                theirs.recv(2**20, socket.MSG_DONTWAIT)
            before.append(1)

    faults = [Fault(name, value=0.01)] if name else []
    deliver(Line(ours, lambda _: None, done), Answer(200, b"x" * 1000, "text/plain"), faults)
    ours.close()
    assert before
    assert theirs.recv(2**20)
    theirs.close()


def test_a_body_may_drip() -> None:
    waits: list[float] = []
    with serve(SMALL, faults=[Fault("drip", value=0.25)], sleep=waits.append) as server:
        assert get(server, CARDS).rows
    assert len(waits) > 30
    assert set(waits) == {0.25}


def test_an_answer_may_be_late() -> None:
    waits: list[float] = []
    with serve(SMALL, faults=[Fault("late", value=120)], sleep=waits.append) as server:
        assert get(server, CARDS).rows
    assert waits == [120]


def test_a_body_may_be_huge() -> None:
    with serve(SMALL, faults=[Fault("huge_body", value=3)]) as server:
        reply = get(server, CARDS)
    assert len(reply.body) == 3 * 1024 * 1024
    assert reply.rows == []


def test_a_client_may_hang_up_on_a_huge_body() -> None:
    with serve(SMALL, faults=[Fault("huge_body", value=500, when=first(1))]) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/a/unf/1000/odata/standard.odata/")
        connection.getresponse().read(1000)
        connection.close()
        assert get(server, CARDS).status == 200


def test_a_small_body_may_unpack_to_a_huge_one() -> None:
    with serve(SMALL, faults=[Fault("gzip_bomb", value=8)]) as server:
        reply = get(server, CARDS)
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < 100_000
    assert len(gzip.decompress(reply.body)) > 8 * 1024 * 1024
    assert zlib.decompress(reply.body, 31).endswith(b'"value":[]}')


def test_atom_may_come_although_json_was_asked_for() -> None:
    with serve(SMALL, faults=[Fault("atom")]) as server:
        reply = get(server, CARDS, "$top=1")
    assert reply.headers["content-type"].startswith("application/atom+xml")
    assert reply.body.startswith(b"<?xml")


def test_counts_and_line_numbers_may_be_numbers() -> None:
    with serve(SMALL, faults=[Fault("plain_numbers")]) as server:
        reply = get(server, SALES, "$top=3", "$inlinecount=allpages")
    assert reply.json["odata.count"] == len(SMALL.tables[SALES])
    assert all(isinstance(row["LineNumber"], int) for row in reply.rows)


def test_a_charset_may_be_wrong() -> None:
    with serve(SMALL, faults=[Fault("wrong_charset")]) as server:
        reply = get(server, CARDS, "$top=1")
    assert reply.headers["content-type"] == "text/html; charset=windows-1251"
    assert reply.rows[0]["Code"]


def test_faults_that_replace_an_answer_wrong_nobody_who_gave_no_password() -> None:
    """What stands before 1C answers before 1C has looked at the account."""
    with serve(SMALL, faults=[Fault("unavailable")]) as server:
        get(server, CARDS)
        assert server.door.wrong_attempts == 0
        assert server.log[0].faults == ["unavailable"]


def test_a_fault_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="thrttled"):
        Fault("thrttled")
    with pytest.raises(ValueError, match="needs a function"):
        Fault("rows_inserted")


def test_two_workers_are_counted_by_one_fault() -> None:
    fault = Fault("unavailable", when=every(2))
    with serve(SMALL, faults=[fault]) as server:
        threads = [threading.Thread(target=lambda: [get(server, CARDS, "$top=1") for _ in range(10)]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (fault.seen, fault.struck) == (20, 10)


@pytest.mark.parametrize(
    ("text", "entity", "value", "struck"),
    [
        ("throttled", None, 2, {1, 2, 3, 4, 5, 6}),
        ("throttled=5@3", None, "5", {3}),
        ("throttled@2,4", None, 2, {2, 4}),
        (f"throttled:{CARDS}@every2", CARDS, 2, {2, 4, 6}),
        ("throttled@first2", None, 2, {1, 2}),
        ("throttled@after4", None, 2, {5, 6}),
    ],
)
def test_a_fault_can_be_written_as_a_word(text: str, entity: str | None, value: object, struck: set[int]) -> None:
    fault = fault_of(text, SMALL.add_card)
    assert (fault.entity, fault.value) == (entity, value)
    assert {number for number in range(1, 7) if fault.when(number)} == struck


@pytest.mark.parametrize(
    "text", ["", "nothing", "throttled@", "throttled@every", "throttled@every0", "throttled@x", ":X"]
)
def test_a_word_that_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        fault_of(text, SMALL.add_card)


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_can_be_written_as_a_word(name: str) -> None:
    assert fault_of(name, SMALL.add_card).name == name
