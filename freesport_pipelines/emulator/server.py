"""The HTTP server: connections, sessions and the log around the service."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Protocol

from freesport_pipelines.emulator import faults as scenarios
from freesport_pipelines.emulator.access import Access, Door
from freesport_pipelines.emulator.answer import Answer, Asked
from freesport_pipelines.emulator.delivery import Line, deliver
from freesport_pipelines.emulator.errors import JSON, NO_LICENCE, exception_json
from freesport_pipelines.emulator.faults import Fault, Faults
from freesport_pipelines.emulator.log import Log, Logged
from freesport_pipelines.emulator.service import Manners, Service
from freesport_pipelines.emulator.table import Table
from freesport_pipelines.emulator.target import BASE, Limits

HOST = "127.0.0.1"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "MERGE", "DELETE", "OPTIONS")
"""All are answered; the service refuses all but GET."""
COOKIE = "ibsession=emulator; Path=/; HttpOnly"


class Base(Protocol):
    """Data that may change while the server runs."""

    @property
    def tables(self) -> Mapping[str, Table]: ...


class Server:
    """A running emulator, as a test sees it."""

    def __init__(
        self,
        data: Base | Mapping[str, Table],
        access: Access,
        limits: Limits,
        manners: Manners,
        faults: Iterable[Fault],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        port: int,
    ) -> None:
        self.faults = Faults(faults)
        self.door = Door(access)
        self.user, self.password = access.user, access.password
        self._limits, self._sleep = limits, sleep
        self._log = Log(clock, BASE)
        self._service = Service(lambda: data if isinstance(data, Mapping) else data.tables, access, limits, manners)
        self.numbers, self.connections = count(1), count(1)
        self._http = _Http((HOST, port), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The address of the service, up to and with `/odata/standard.odata`."""
        return f"http://{HOST}:{self.port}{BASE}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._http.server_address[1])

    @property
    def log(self) -> list[Logged]:
        """The requests so far, in the order of arrival."""
        return self._log.requests

    @property
    def most_in_flight(self) -> int:
        """The largest number of requests that were under way at once."""
        return self._log.most_in_flight

    def clear_log(self) -> None:
        """Forget the requests so far."""
        self._log.clear()

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; open connections are closed."""
        self._http.shutdown()
        self._http.server_close()
        self._http.hang_up()

    def handle(self, asked: Asked, connection: int, line: socket.socket) -> bool:
        """Answer one request; return whether the connection goes on."""
        entry = self._log.arrived(asked, connection)
        striking = self.faults.striking(entry.path)
        entry.faults = [fault.name for fault in striking]
        try:
            scenarios.run_changes_of_data(striking)
            answer = self._answer(asked, entry, striking)
        except BaseException:
            self._log.left(entry, 0, 0)
            raise
        if asked.method == "HEAD":
            answer = replace(answer, body=b"")
        done = Line(line, self._sleep, lambda: self._log.left(entry, answer.status, answer.rows))
        return deliver(done, answer, striking)

    def _answer(self, asked: Asked, entry: Logged, striking: list[Fault]) -> Answer:
        early = scenarios.instead(striking)
        if early is not None:
            return early
        if entry.in_flight > self._limits.sessions:
            return Answer(503, exception_json(NO_LICENCE), JSON)
        refusal = self.door.refusal(asked.headers.get("authorization"))
        if refusal is not None:
            return refusal
        answer = self._service.answer(asked, lambda options: scenarios.changed(options, striking))
        if entry.cookie is None:
            answer = replace(answer, headers={**answer.headers, "Set-Cookie": COOKIE})
        return scenarios.spoilt(answer, striking)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                self.number = next(server.connections)

            def serve(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, next(server.numbers))
                if not server.handle(asked, self.number, self.connection):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """The log is kept in memory."""

        for method in METHODS:
            setattr(Handler, f"do_{method}", Handler.serve)
        return Handler


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may hang up; anything else is a mistake in the emulator and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for request in list(self._open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@contextmanager
def serve(
    data: Base | Mapping[str, Table],
    *,
    faults: Iterable[Fault] = (),
    access: Access | None = None,
    limits: Limits | None = None,
    manners: Manners | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    port: int = 0,
) -> Iterator[Server]:
    """Serve the data on loopback within this block.

    :param clock: gives the seconds that the log notes
    :param sleep: waits in the faults that are late
    :param port: 0: any free one
    """
    server = Server(data, access or Access(), limits or Limits(), manners or Manners(), faults, clock, sleep, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
