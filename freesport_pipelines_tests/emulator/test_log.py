"""The log is the witness of a client's behaviour."""

import http.client
import threading
from urllib.parse import quote

from freesport_pipelines.emulator import Company, Fault, serve
from freesport_pipelines.emulator.target import BASE
from freesport_pipelines_tests.emulator.asking import CARDS, JSON, SALES, basic, get, raw, where

SMALL = Company(customers=40, receipts=200)


def test_a_request_is_noted_as_it_came_and_as_it_reads() -> None:
    with serve(SMALL) as server:
        target = f"{BASE}/{quote(CARDS)}/$count?{JSON}&$filter=Code+eq%20'1'"
        raw(server, target, Cookie="ibsession=x")
        (request,) = server.log
    assert (request.target, request.method, request.path) == (target, "GET", f"{CARDS}/$count")
    assert request.options == {"$format": "application/json;odata=nometadata", "$filter": "Code+eq '1'"}
    assert (request.status, request.cookie, request.authorized) == (500, "ibsession=x", True)


def test_rows_and_seconds_are_noted() -> None:
    times = iter([10.0, 12.5])
    with serve(SMALL, clock=lambda: next(times)) as server:
        get(server, SALES, "$top=7")
        (request,) = server.log
    assert (request.rows, request.began, request.seconds) == (7, 10.0, 2.5)


def test_requests_of_one_connection_are_told_from_others() -> None:
    with serve(SMALL) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for _ in range(2):
            connection.request("GET", f"{BASE}/", headers={"Authorization": basic(server.user, server.password)})
            connection.getresponse().read()
        connection.close()
        get(server, CARDS)
        numbers = [request.connection for request in server.log]
    assert numbers[0] == numbers[1] != numbers[2]


def test_the_log_can_be_cleared() -> None:
    with serve(SMALL) as server:
        get(server, CARDS)
        server.clear_log()
        assert (server.log, server.most_in_flight) == ([], 0)


def test_how_many_are_under_way_is_noted_at_arrival() -> None:
    meeting = threading.Barrier(2)

    def meet(_: float) -> None:
        meeting.wait(5)

    with serve(SMALL, faults=[Fault("late")], sleep=meet) as server:
        threads = [threading.Thread(target=get, args=(server, CARDS, "$top=1")) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(request.in_flight for request in server.log) == [1, 2]
        assert server.most_in_flight == 2


def test_no_credentials_are_kept() -> None:
    with serve(SMALL) as server:
        get(server, CARDS, where("Code eq '1'"))
        token = basic(server.user, server.password).removeprefix("Basic ")
        assert token not in repr(server.log)


def test_open_connections_are_closed_when_the_server_stops() -> None:
    with serve(SMALL) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.request("GET", f"{BASE}/", headers={"Authorization": basic(server.user, server.password)})
        connection.getresponse().read()
    assert connection.sock is not None
    assert connection.sock.recv(1) == b""
    connection.close()
