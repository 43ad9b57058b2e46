"""The six shapes in which 1C and what stands before it say that something is wrong (facts/odata, section 2.1)."""

import json
import re
from typing import Any, NamedTuple

from freesport_pipelines.domain.masking import masked, redacted

SHOWN_LENGTH = 200
XML_CODE = re.compile(r"<m:code\b[^>]*>([^<]*)</m:code>")
XML_MESSAGE = re.compile(r"<m:message\b[^>]*>([^<]*)</m:message>")
NAME = re.compile(r"[^\W\d]\w*")
CAPITALISED = re.compile(r"(?<!^)(?<![.!?:] )\b[A-ZА-ЯЁ]\w*")


class ErrorBody(NamedTuple):
    """What a body says. The text is as received: only `shown` may leave this room."""

    code: str | None
    text: str
    is_odata: bool
    """Did 1C's OData itself answer, so that the credentials were accepted?"""


def read_error(body: bytes) -> ErrorBody:
    """Recognise the shape; any text at all is at least a page of some web server."""
    text = body.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("{"):
        try:
            found = of_json(json.loads(text))
        except (ValueError, RecursionError):
            found = None
        if found is not None:
            return found
    if message := XML_MESSAGE.search(text):
        code = XML_CODE.search(text)
        return ErrorBody(code[1].strip() if code else None, message[1], is_odata=True)
    return ErrorBody(None, text, is_odata=False)


def of_json(document: Any) -> ErrorBody | None:
    """The error in a JSON body, also one that came with status 200; None if it holds none."""
    if not isinstance(document, dict):
        return None
    if "odata.error" in document:
        error = document["odata.error"]
        fields = error if isinstance(error, dict) else {"message": error}
        code = fields.get("code")
        return ErrorBody(None if code in (None, "") else str(code), _text(fields.get("message")), is_odata=True)
    if "exception" in document:
        return ErrorBody(None, _descriptions(document["exception"]), is_odata=False)
    return None


def _text(message: Any) -> str:
    value = message.get("value") if isinstance(message, dict) else message
    return value if isinstance(value, str) else ""


def _descriptions(exception: Any) -> str:
    """The descriptions of an exception and of those inside it."""
    found: list[str] = []
    while isinstance(exception, dict) and len(found) < 10:
        found.append(_text(exception.get("descr")))
        exception = exception.get("inner")
    return " ".join(filter(None, found))


def named_in(text: str, known: frozenset[str]) -> frozenset[str]:
    """Which of the names that we sent does the text repeat?"""
    return known & frozenset(NAME.findall(text))


def shown(body: ErrorBody, known: frozenset[str]) -> str:
    """The message as it may be shown: only of 1C's OData, shortened, without anything that is not a word of 1C or ours.

    Beyond `redacted`, capitalised words inside a sentence are masked: 1C echoes names of people without quotes.
    """
    if not body.is_odata:
        return ""
    text = redacted(" ".join(body.text.split())[:SHOWN_LENGTH])
    return CAPITALISED.sub(lambda found: found[0] if found[0] in known else masked(found[0]), text)
