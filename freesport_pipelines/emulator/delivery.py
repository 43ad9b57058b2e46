"""How a body goes over the socket: whole, or in one of the ways in which bodies go wrong."""

import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise

from freesport_pipelines.emulator.answer import Answer
from freesport_pipelines.emulator.faults import DELIVERIES, Fault

MEGABYTE = 1024 * 1024
PIECES = 40
"""A dripping body comes in so many pieces."""


@dataclass
class Line:
    """The connection to one client."""

    socket: socket.socket
    sleep: Callable[[float], None]
    done: Callable[[], None]
    """Called just before the last byte goes out: whoever has it may ask again at once."""


def deliver(line: Line, answer: Answer, striking: list[Fault]) -> bool:
    """Send the answer; return whether the connection can be used again. A client that hangs up ends it."""
    fault = next((fault for fault in striking if fault.name in DELIVERIES), None)
    try:
        return _whole(line, answer) if fault is None else WAYS[fault.name](line, answer, float(fault.value or 0))
    except OSError:
        return False
    finally:
        line.done()


def _head(answer: Answer, length: int, **more: str) -> bytes:
    try:
        reason = HTTPStatus(answer.status).phrase
    except ValueError:
        reason = ""
    headers = {"Content-Type": answer.content_type, "Content-Length": str(length), **answer.headers, **more}
    lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _whole(line: Line, answer: Answer) -> bool:
    line.done()
    line.socket.sendall(_head(answer, len(answer.body)) + answer.body)
    return True


def _cut_short(line: Line, answer: Answer, _: float) -> bool:
    """Fewer bytes than Content-Length says, then an orderly end."""
    line.done()
    line.socket.sendall(_head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
    return False


def _reset(line: Line, answer: Answer, _: float) -> bool:
    """The connection breaks in the middle of the body."""
    line.done()
    line.socket.sendall(_head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.socket.close()
    return False


def _drip(line: Line, answer: Answer, seconds: float) -> bool:
    """Every piece in time for a read timeout, the whole very late."""
    line.socket.sendall(_head(answer, len(answer.body)))
    size = max(1, -(-len(answer.body) // PIECES))
    edges = [*range(0, len(answer.body), size), len(answer.body)]
    for start, end in pairwise(edges):
        line.sleep(seconds)
        if end == len(answer.body):
            line.done()
        line.socket.sendall(answer.body[start:end])
    return True


def _late(line: Line, answer: Answer, seconds: float) -> bool:
    line.sleep(seconds)
    return _whole(line, answer)


def _huge(line: Line, answer: Answer, megabytes: float) -> bool:
    """A body of so many megabytes of JSON, mostly spaces."""
    length = int(megabytes * MEGABYTE)
    end = b'"value":[]}'
    line.socket.sendall(_head(answer, length) + b"{")
    left = length - 1 - len(end)
    while left > 0:
        piece = min(left, MEGABYTE)
        line.socket.sendall(b" " * piece)
        left -= piece
    line.done()
    line.socket.sendall(end)
    return True


def _bomb(line: Line, answer: Answer, megabytes: float) -> bool:
    """A small body that becomes huge when it is unpacked."""
    body = b"".join(_packed(int(megabytes)))
    line.done()
    line.socket.sendall(_head(answer, len(body), **{"Content-Encoding": "gzip"}) + body)
    return True


def _packed(megabytes: int) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    yield packer.compress(b"{")
    block = b" " * MEGABYTE
    for _ in range(megabytes):
        yield packer.compress(block)
    yield packer.compress(b'"value":[]}')
    yield packer.flush()


WAYS: dict[str, Callable[[Line, Answer, float], bool]] = {
    "cut_short": _cut_short, "reset": _reset, "drip": _drip, "late": _late, "huge_body": _huge, "gzip_bomb": _bomb,
}  # fmt: skip
