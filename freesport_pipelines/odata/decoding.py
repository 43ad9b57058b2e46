"""Bytes to rows. Anything but a JSON object with a list of rows is an error (facts/odata, sections 1.1 and 2.1)."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from freesport_pipelines.odata.classify import Answer, Target, refusal
from freesport_pipelines.odata.error_bodies import of_json, read_error
from freesport_pipelines.odata.errors import BrokenBodyError, FormatError, OnecError, QueryRefusedError

RawRow = Mapping[str, Any]
RECORDER = ("Recorder", "Recorder_Type", "Recorder_Key")


class Page(NamedTuple):
    """One answer: its rows, and how many the filter has in all, if that was asked."""

    rows: list[RawRow]
    total: int | None


def page(answer: Answer, target: Target) -> Page:
    """The rows of an answer; their numbers are int or Decimal, never float."""
    document = single(answer, target)
    rows = document.get("value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FormatError("the answer holds no list of rows", entity=target.entity)
    return Page(rows, _total(document.get("odata.count"), target))


def single(answer: Answer, target: Target) -> dict[str, Any]:
    """The JSON object of an answer."""
    text = _text(answer, target)
    if not text.startswith(("{", "[")):
        raise _other_format(answer, target)
    try:
        document = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BrokenBodyError("the JSON is cut short or damaged", entity=target.entity) from None
    if error := of_json(document):
        raise refusal(answer, target, time.time(), error)
    if not isinstance(document, dict):
        raise FormatError("the answer is no JSON object", entity=target.entity)
    return document


def _text(answer: Answer, target: Target) -> str:
    """UTF-8 whatever the headers say, with or without a byte order mark."""
    try:
        text = answer.body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BrokenBodyError("the body is cut short or no UTF-8", entity=target.entity) from None
    if not text:
        raise BrokenBodyError("the body is empty", entity=target.entity)
    return text


def _other_format(answer: Answer, target: Target) -> OnecError:
    """A page with status 200: maintenance and errors of 1C are recognised by their text, the rest is not for us."""
    body = read_error(answer.body)
    error = refusal(answer, target, time.time(), body)
    if body.is_odata or type(error) is not QueryRefusedError:
        return error
    return FormatError("the answer is no JSON (HTML, Atom or text)", entity=target.entity, status=answer.status)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _total(value: Any, target: Target) -> int | None:
    if value is None:
        return None
    try:
        return int(value)
    except (ValueError, TypeError):
        raise FormatError("the count is no number", entity=target.entity) from None


def is_record_set(rows: Iterable[RawRow]) -> bool:
    """Are these sets of movements, grouped by their document (facts/odata, section 1.5 a)?"""
    return any("RecordSet" in row for row in rows)


def flattened(rows: Iterable[RawRow]) -> Iterator[RawRow]:
    """Movements one by one, each with its document; rows that are flat already stay as they are."""
    for row in rows:
        if "RecordSet" not in row:
            yield row
            continue
        recorder = {name: row[name] for name in RECORDER if name in row}
        for movement in row["RecordSet"] or ():
            yield {**recorder, **movement}
