"""The outside of a packet: what its head declares, and whether its tail is there.

Belongs here: the questions the exchange asks before it claims a file. Rows are read by the readers of each kind.
"""

import re
from datetime import datetime
from typing import BinaryIO, NamedTuple, cast

from lxml import etree
from lxml.etree import _Element

from freesport_pipelines.commerceml.errors import SEND_AGAIN, PacketError
from freesport_pipelines.commerceml.prolog import HEAD_SIZE, ROOT, check_prolog, read_fully

STEP = 4096
"""The header nearly always stands within so many bytes."""

TAIL_SIZE = 1024
"""How much of the end of a file tells whether it is whole."""

SCHEMA_VERSION = "ВерсияСхемы"
FORMED_AT = "ДатаФормирования"
EXCHANGE = "Ид"
ONLY_CHANGES = "СодержитТолькоИзменения"

_YES = {"true": True, "1": True, "да": True, "false": False, "0": False, "нет": False}
_UTF8, _CP1251 = (re.escape(ROOT.encode(encoding)) for encoding in ("utf-8", "windows-1251"))
_END = re.compile(
    rb"(?:</(?:[^\s<>/:]+:)?(?:%b|%b)\s*>|<(?:[^\s<>/:]+:)?(?:%b|%b)(?:\s[^<>]*)?/>)\Z"
    % (_UTF8, _CP1251, _UTF8, _CP1251)
)
_BLANK = b" \t\r\n\xef\xbb\xbf"


class PacketHeader(NamedTuple):
    """What the root element of a packet and its first section declare."""

    schema_version: str | None
    formed_at: datetime | None
    """Local time of the 1C server without an offset; None where it is absent, empty or unreadable."""
    only_changes: bool | None
    """As declared; real full unloads say true as well, so this decides nothing by itself."""
    exchange: str | None
    """Free text that changes over time; never a key."""


def read_header(stream: BinaryIO, name: str) -> PacketHeader:
    """The declarations at the head of a file, from its first 64 KB; refuses what is no CommerceML packet.

    Source: facts, section 1.0.
    """
    head = read_fully(stream, HEAD_SIZE)
    check_prolog(head, name)
    parser = etree.XMLPullParser(
        events=("start",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    elements: list[_Element] = []
    only_changes: str | None = None
    damage: etree.XMLSyntaxError | None = None
    for begin in range(0, len(head), STEP):
        try:
            parser.feed(head[begin : begin + STEP])
        except etree.XMLSyntaxError as error:
            damage = error  # what came before it is still a header
        elements += [cast("_Element", element) for _, element in parser.read_events()]
        declared = (element.get(ONLY_CHANGES) for element in elements if element.getparent() is elements[0])
        only_changes = next((text for text in declared if text is not None), None)
        if damage or only_changes is not None:
            break
    if not elements:
        line = (damage.lineno or None) if damage else None
        problem = (damage.msg if damage else None) or "the root element is not closed"
        raise PacketError(name, line, problem, f"a complete <{ROOT} …> tag", SEND_AGAIN)
    root = elements[0]
    return PacketHeader(
        schema_version=root.get(SCHEMA_VERSION),
        formed_at=_moment(root.get(FORMED_AT)),
        only_changes=_YES.get((only_changes or "").strip().casefold()),
        exchange=root.get(EXCHANGE),
    )


def ends_complete(tail: bytes) -> bool:
    """Whether the last piece of a file (`TAIL_SIZE` bytes) ends with the closing tag of the root."""
    return _END.search(tail.rstrip(_BLANK)) is not None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return None if moment.year == 1 else moment.replace(tzinfo=None)
