"""A `$filter` text cut into tokens, strictly: 1C refuses the rest with code 14 (facts/odata, section 1.3)."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from freesport_pipelines.emulator.errors import bad_option


class Token(NamedTuple):
    """A piece of the text; `value` is what a literal means."""

    kind: str
    """guid, datetime, text, number, name, or the punctuation mark itself."""
    value: Any


_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_PATTERN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<guid>guid'{_GUID}')
    |(?P<datetime>datetime'\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d')
    |(?P<text>'(?:[^']|'')*')
    |(?P<number>-?\d+(?:\.\d+)?(?![\w'-]))
    |(?P<name>[^\W\d]\w*+)(?!')
    |(?P<mark>[(),:/])""",
    re.VERBOSE,
)


def tokens(text: str, option: str = "$filter") -> list[Token]:
    """The tokens of a filter, raising Refusal (code 14) at the first letter that belongs to none of them.

    A bare date, a time with a fraction or a zone, a malformed guid and `+` are such letters.
    """
    found, at = [], 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise bad_option(option)
        at = match.end()
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match.group(), option))
    return found


def _token(kind: str, text: str, option: str) -> Token:
    if kind == "guid":
        return Token(kind, text[5:-1].lower())
    if kind == "datetime":
        try:
            return Token(kind, datetime.fromisoformat(text[9:-1]))
        except ValueError as error:
            raise bad_option(option) from error
    if kind == "text":
        return Token(kind, text[1:-1].replace("''", "'"))
    if kind == "number":
        return Token(kind, Decimal(text))
    return Token(text, text) if kind == "mark" else Token(kind, text)
