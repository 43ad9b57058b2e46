"""A server on loopback that answers from a script and writes down every request as it came over the wire."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import unquote

JSON = "application/json;charset=utf-8"


class Seen(NamedTuple):
    """One request."""

    method: str
    target: str
    """As it stood in the request line."""
    headers: Mapping[str, str]
    at: float

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @property
    def options(self) -> dict[str, str]:
        """As 1C decodes them: `+` stays a plus sign."""
        pairs = (pair.partition("=") for pair in self.target.partition("?")[2].split("&"))
        return {unquote(name): unquote(value) for name, _, value in pairs}

    @property
    def entity(self) -> str:
        return self.path.rpartition("/odata/standard.odata/")[2]

    @property
    def is_canary(self) -> bool:
        return self.options.get("$select") == "Ref_Key"


@dataclass
class Reply:
    """One answer; `pieces` are sent with pauses between them."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: tuple[bytes, ...] = ()
    pause: float = 0
    length: int | None = None
    """What Content-Length says, if it lies."""


Answer = Callable[[Seen], Reply]


def rows(*found: Any, count: int | None = None, **more: Any) -> Reply:
    """A page as 1C gives it."""
    total = {} if count is None else {"odata.count": str(count)}
    return as_json({**total, "value": list(found), **more})


def as_json(document: Any, status: int = 200, **headers: str) -> Reply:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Reply(body, status, {"Content-Type": JSON, **headers})


def odata_error(status: int, code: str | None, text: str) -> Reply:
    return as_json({"odata.error": {"code": code, "message": {"lang": "ru", "value": text}}}, status)


class Scripted:
    """The running server."""

    def __init__(self, *answers: Answer | Reply) -> None:
        """The last answer is given for ever."""
        self._answers = list(answers)
        self._lock = Lock()
        self._in_flight = 0
        self.most_in_flight = 0
        self.log: list[Seen] = []
        self.url = ""

    @property
    def data_requests(self) -> list[Seen]:
        return [seen for seen in self.log if not seen.is_canary]

    def answer(self, seen: Seen) -> Reply:
        with self._lock:
            self.log.append(seen)
            if seen.is_canary:
                return rows(count=0)
            found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return found if isinstance(found, Reply) else found(seen)

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1


def _handler(script: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def any_method(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            with script.counted():
                reply = script.answer(Seen(self.command, self.path, headers, time.monotonic()))
                self.send(reply)

        def send(self, reply: Reply) -> None:
            body = b"".join(reply.pieces) or reply.body
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
            self.end_headers()
            try:
                for piece in reply.pieces or (body,):
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(reply.pause)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            if reply.length is not None:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = any_method  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """The test reads the log of the script."""

    return Handler


@contextmanager
def serving(*answers: Answer | Reply) -> Iterator[Scripted]:
    """A server that gives these answers, one after the other; canaries are answered apart."""
    script = Scripted(*answers)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/a/unf/1/odata/standard.odata"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
