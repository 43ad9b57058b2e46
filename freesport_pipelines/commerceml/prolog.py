"""What stands before the data of an exchange file: is it XML at all, in a known encoding, ours, and without a DTD?

Belongs here: looking at the first bytes, before any of them is given to an XML parser. Reading elements does not.
"""

import re
from typing import BinaryIO

from freesport_pipelines.commerceml.errors import CHECK_EXCHANGE, SEND_AGAIN, PacketError

ROOT = "КоммерческаяИнформация"
HEAD_SIZE = 64 * 1024
"""The root element must begin within this many bytes."""

_EXPECTED = f"a CommerceML file beginning with <{ROOT}>"
_BOM = b"\xef\xbb\xbf"
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "windows-1251": "windows-1251", "cp1251": "windows-1251"}
"""Only these, because a check of bytes for `<!DOCTYPE` is worth nothing in UTF-16 or UTF-7."""

_DECLARED = re.compile(rb"""<\?xml\s.*?\bencoding\s*=\s*["']([^"']*)["'].*?\?>""", re.DOTALL)
_BEFORE_ROOT = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_OPENING_TAG = re.compile(rb"<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)")


def read_fully(stream: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes; fewer only at the end of the file, also where a remote stream gives short pieces."""
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def check_prolog(head: bytes, name: str) -> None:
    """Refuse a file by its first bytes: empty, binary, a web page, another root, a strange encoding, a DTD.

    Source: facts, section 1.0 and check 3 of section 8.
    """
    head = head[:HEAD_SIZE].removeprefix(_BOM)
    if not head.strip():
        raise PacketError(name, None, "the file is empty", _EXPECTED, SEND_AGAIN)
    _check_is_text(head, name)
    encoding = _encoding(head, name)
    before = _BEFORE_ROOT.match(head)
    begin = before.end() if before else 0
    line = head.count(b"\n", 0, begin) + 1
    rest = head[begin : begin + 200]
    opening = rest[:16].lower()
    if opening.startswith((b"<!doctype html", b"<html")):
        raise PacketError(name, line, "this is a web page (HTML)", _EXPECTED, CHECK_EXCHANGE)
    if opening.startswith(b"<!doctype"):
        raise PacketError(name, line, "the file has a DOCTYPE", "a file without DTD and entities", CHECK_EXCHANGE)
    tag = _OPENING_TAG.match(rest)
    if tag is None:
        raise PacketError(name, line, "there is no root element", _EXPECTED, SEND_AGAIN)
    root = tag[1].decode(encoding, "replace")
    if root != ROOT:
        problem = f"the root element is <{root}>"
        remedy = SEND_AGAIN if len(rest) == len(tag[0]) else CHECK_EXCHANGE
        raise PacketError(name, line, problem, _EXPECTED, remedy)


def is_utf8(head: bytes) -> bool:
    """Whether the file says, or does not deny, that it is UTF-8; its prolog has been checked."""
    declared = _DECLARED.match(head[:HEAD_SIZE].removeprefix(_BOM))
    return declared is None or _ENCODINGS.get(declared[1].decode("ascii", "replace").casefold()) == "utf-8"


def _check_is_text(head: bytes, name: str) -> None:
    if head.startswith(b"PK\x03\x04"):
        raise PacketError(name, None, "this is a ZIP archive", _EXPECTED, CHECK_EXCHANGE)
    if b"\0" in head[:1024]:
        problem = "this is a binary file or UTF-16 text"
        raise PacketError(name, None, problem, f"{_EXPECTED} in UTF-8 or windows-1251", CHECK_EXCHANGE)
    if not head.lstrip().startswith(b"<"):
        raise PacketError(name, 1, "this is not XML", _EXPECTED, CHECK_EXCHANGE)


def _encoding(head: bytes, name: str) -> str:
    declared = _DECLARED.match(head)
    if declared is None:
        return "utf-8"
    spelled = declared[1].decode("ascii", "replace")
    encoding = _ENCODINGS.get(spelled.casefold())
    if encoding is None:
        problem = f"the encoding {spelled[:40]!r} is not supported"
        raise PacketError(name, 1, problem, "UTF-8 or windows-1251", CHECK_EXCHANGE)
    return encoding
