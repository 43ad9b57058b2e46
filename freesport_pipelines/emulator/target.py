"""The target of a request: what the web server lets through, and the parts of the path behind the base."""

import re
from dataclasses import dataclass

from freesport_pipelines.emulator.answer import Answer, Asked
from freesport_pipelines.emulator.errors import Refusal, extra_segments, page

BASE = "/a/unf/1000/odata/standard.odata"
_UNSAFE_IN_PATH = re.compile(r"[+\\?\x00-\x1f]")
_CALL = re.compile(r"(?P<name>[^(]*)(?:\((?P<key>.*)\))?", re.DOTALL)


@dataclass(frozen=True)
class Limits:
    """What the web server and the tariff allow (facts/odata, sections 2.3 and 1.1)."""

    sessions: int = 2
    """Requests at the same time; one more is refused for want of a licence."""
    query_bytes: int = 2048
    segment: int = 260
    """Letters of one path segment."""
    page_rows: int | None = None
    """A larger answer fails: the device is full."""


def stopped_early(asked: Asked, limits: Limits) -> Answer | None:
    """The page of the web server for a target that never reaches 1C; None: it does."""
    path = asked.decoded_path
    if len(asked.query) > limits.query_bytes:
        return _page(404, "404.15 - Not Found", "The request filtering module denies a query string that is too long.")
    if _UNSAFE_IN_PATH.search(path):
        return _page(404, "404.11 - Not Found", "The request filtering module denies this path.")
    if any(len(segment) > limits.segment for segment in path.split("/")):
        return _page(400, "Bad Request - Invalid URL", "HTTP Error 400. The request URL is invalid.")
    if path != BASE and not path.startswith(BASE + "/"):
        return _page(404, "404 Not Found", "There is no such application.")
    return None


def _page(status: int, title: str, text: str) -> Answer:
    return Answer(status, page(title, text), "text/html; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path names: a set, one row of it, or something behind it."""

    name: str
    key: str | None
    rest: tuple[str, ...]


def resource(asked: Asked) -> Resource:
    """The parts of the path; the root of the service has no name."""
    if asked.method != "GET":
        raise Refusal(405, "19", "HTTP-метод запрещён в данном контексте!")
    first, *rest = _segments(asked.decoded_path) or [""]
    match = _CALL.fullmatch(first)
    if match is None:
        raise extra_segments()
    return Resource(match.group("name"), match.group("key"), tuple(rest))


def _segments(path: str) -> list[str]:
    """The parts behind the base; a slash within parentheses does not divide."""
    parts, depth = [""], 0
    for letter in path.removeprefix(BASE).strip("/"):
        depth += (letter == "(") - (letter == ")")
        if letter == "/" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part]
