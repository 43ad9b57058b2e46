"""The query string of a request, read as 1C reads it (facts/odata, sections 0 and 1.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from freesport_pipelines.emulator.errors import bad_option, not_supported, where_refused

Plus = Literal["refused", "ignored"]
"""What a `+` in the query does: HTTP 500, or the option with the `+` is silently left out."""
KNOWN = frozenset({"$filter", "$orderby", "$select", "$skip", "$top", "$inlinecount", "$format"})

Terms = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks for."""

    filter: str | None = None
    orderby: Terms = ()
    """(field, whether descending)"""
    select: tuple[str, ...] | None = None
    skip: int = 0
    top: int | None = None
    inlinecount: bool = False
    format: str | None = None
    allowed_only: bool = False


def decoded(query: str) -> dict[str, str]:
    """Names and values of the options; a `+` stays what it is."""
    return {unquote(name): unquote(value) for name, value in _pairs(query)}


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        yield name, value


def read_options(query: str, plus: Plus) -> Options:
    """The options, raising Refusal for what 1C refuses."""
    if "+" in query:
        if plus == "refused":
            raise where_refused()
        query = "&".join(part for part in query.split("&") if "+" not in part)
    given = decoded(query)
    if any(name.startswith("$") and name not in KNOWN for name in given):
        raise not_supported()
    if given.get("$inlinecount", "none") not in ("allpages", "none"):
        raise bad_option("$inlinecount")
    return Options(
        filter=given.get("$filter"),
        orderby=_terms(given.get("$orderby")),
        select=_names(given.get("$select")),
        skip=_whole(given, "$skip") or 0,
        top=_whole(given, "$top"),
        inlinecount=given.get("$inlinecount") == "allpages",
        format=given.get("$format"),
        allowed_only=given.get("allowedOnly", "").lower() == "true",
    )


def _whole(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise bad_option(name)
    return int(text)


def _names(text: str | None) -> tuple[str, ...] | None:
    if text is None or text.strip() == "*":
        return None
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise bad_option("$select")
    return names


def _terms(text: str | None) -> Terms:
    return () if text is None else tuple(_term(part) for part in text.split(","))


def _term(part: str) -> tuple[str, bool]:
    words = part.split()
    if len(words) not in (1, 2) or (len(words) == 2 and words[1] not in ("asc", "desc")):
        raise bad_option("$orderby")
    return words[0], words[-1] == "desc"
