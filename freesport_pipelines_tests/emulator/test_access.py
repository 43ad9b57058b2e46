"""Accounts, rights, sessions: facts/odata, sections 1.1 and 2.3."""

import threading
from base64 import b64encode
from urllib.parse import quote

import pytest

from freesport_pipelines.emulator import Access, Company, Fault, Limits, Server, serve
from freesport_pipelines.emulator.target import BASE
from freesport_pipelines_tests.emulator.asking import (
    CARDS,
    GOODS,
    JSON,
    SALES,
    SALES_SETS,
    basic,
    get,
    raw,
    where,
)

TARGET = f"{BASE}/{quote(CARDS)}?{JSON}&$top=1"


def test_a_cyrillic_login_is_utf_8(server: Server) -> None:
    assert not server.user.isascii()
    assert raw(server, TARGET).status == 200


def test_a_login_in_another_encoding_is_a_wrong_one(company: Company) -> None:
    with serve(company) as server:
        token = b64encode(f"{server.user}:{server.password}".encode("cp1251")).decode()
        assert raw(server, TARGET, authorization=f"Basic {token}").status == 401


def test_who_gives_no_name_is_asked_for_it_on_an_html_page(server: Server) -> None:
    reply = raw(server, TARGET, authorization=None)
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Basic ")
    assert reply.headers["content-type"] == "text/html"


@pytest.mark.parametrize("authorization", ["Basic !!!", "Bearer eHg6eHg=", basic("х", "у"), "Basic /////w=="])
def test_wrong_credentials_are_refused_without_an_odata_error(company: Company, authorization: str) -> None:
    with serve(company) as server:
        reply = raw(server, TARGET, authorization=authorization)
    assert reply.status == 401
    assert reply.json["exception"]["descr"] == "Идентификация пользователя не выполнена"


def test_after_so_many_wrong_attempts_the_account_is_locked_for_everybody(company: Company) -> None:
    with serve(company, access=Access(attempts=3)) as server:
        wrong = [raw(server, TARGET, authorization=basic("х", "у")).status for _ in range(3)]
        locked = raw(server, TARGET)
        assert (wrong, locked.status) == ([401, 401, 401], 403)
        assert "заблокирована" in locked.json["exception"]["descr"]
        server.door.unlock()
        assert raw(server, TARGET).status == 200


def test_asking_without_a_name_does_not_lock(company: Company) -> None:
    with serve(company, access=Access(attempts=1)) as server:
        raw(server, TARGET, authorization=None)
        assert raw(server, TARGET).status == 200


def test_a_forbidden_set_is_refused_with_401_and_code_20(company: Company) -> None:
    with serve(company, access=Access(forbidden=frozenset({SALES}))) as server:
        for name in (SALES, SALES_SETS, f"{SALES}/$count"):
            reply = get(server, name)
            assert (reply.status, reply.code) == (401, "20")
        assert get(server, CARDS).status == 200


def test_a_restricted_row_forbids_every_selection_with_it(company: Company) -> None:
    with serve(company, access=Access(restricted={CARDS: 10})) as server:
        assert (get(server, CARDS).status, get(server, CARDS).code) == (401, "20")
        assert get(server, CARDS, where("Code eq '000000001'")).status == 200
        assert get(server, CARDS, where("Code eq '000000010'")).status == 401


def test_with_allowed_only_restricted_rows_vanish_silently(company: Company) -> None:
    with serve(company, access=Access(restricted={CARDS: 10})) as server:
        rows = get(server, CARDS, "allowedOnly=true").rows
    assert len(rows) == len(company.tables[CARDS]) - len(company.tables[CARDS]) // 10


def test_the_third_request_at_once_finds_no_licence(company: Company) -> None:
    come, go = threading.Barrier(3), threading.Event()

    def hold(_: float) -> None:
        come.wait(5)
        go.wait(5)

    faults = [Fault("late", entity=CARDS)]
    statuses: list[int] = []
    with serve(company, faults=faults, limits=Limits(sessions=2), sleep=hold) as server:
        held = [threading.Thread(target=lambda: statuses.append(raw(server, TARGET).status)) for _ in range(2)]
        for thread in held:
            thread.start()
        come.wait(5)
        third = get(server, GOODS)
        go.set()
        for thread in held:
            thread.join()
        assert get(server, GOODS).status == 200
        assert server.most_in_flight == 3
    assert (statuses, third.status) == ([200, 200], 503)
    assert "лицензия" in third.text


def test_whoever_has_an_answer_may_ask_again_at_once(server: Server) -> None:
    server.clear_log()
    assert [get(server, CARDS, "$top=1").status for _ in range(50)] == [200] * 50
    assert server.most_in_flight == 1


def test_a_session_cookie_is_given_to_whoever_has_none(server: Server) -> None:
    cookie = raw(server, TARGET).headers["set-cookie"].partition(";")[0]
    assert "set-cookie" not in raw(server, TARGET, Cookie=cookie).headers


def test_a_password_is_in_no_repr(server: Server) -> None:
    assert server.password not in repr(Access(password=server.password))
    assert server.password not in repr(server.log[-1:])
