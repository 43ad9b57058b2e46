"""Where a large packet can be cut, so that several processes read it at once.

Each slice, between the packet's own head and the tags that close it, is a packet like any other. Only a packet in the
usual form is cut: items one after the other in one container, no comments, CDATA or instructions between or in them.
"""

from typing import BinaryIO, NamedTuple

from freesport_pipelines.commerceml.flat import closing_tags
from freesport_pipelines.commerceml.prolog import is_utf8
from freesport_pipelines.commerceml.stream import Shape

SLICE = 16 * 1024 * 1024
"""Bytes; a packet that is no longer is not cut."""


class Slices(NamedTuple):
    """The cuts of one packet."""

    head: bytes
    """What stands before the first item."""
    tail: bytes
    """What closes every slice but the last, which has the packet's own end."""
    spans: tuple[tuple[int, int], ...]
    """(first byte, byte after the last) of every slice."""


def slices_of(stream: BinaryIO, size: int, shape: Shape, length: int = SLICE) -> Slices | None:
    """The slices of a packet of `size` bytes, or None when it is short or not in the usual form."""
    opening, closing, end_of_items = (
        tag.encode() for tag in (f"<{shape.item}>", f"</{shape.item}>", f"</{shape.container}")
    )
    block = stream.read(length)
    position = block.find(opening)
    head = block[:position]
    if size <= length or position < 0 or not is_utf8(head) or b"<!" in head:
        return None
    spans = []
    while size - position > length:
        stream.seek(position)
        block = stream.read(length)
        if end_of_items in block and size - position < 2 * length:
            break  # what is left is the last slice
        cut = _end_of_items(block, opening, closing)
        if cut < 0 or end_of_items in block or b"<!" in block or b"<?" in block:
            return None
        spans.append((position, position + cut))
        position = spans[-1][1]
    return Slices(head, closing_tags(head.decode()).encode(), (*spans, (position, size)))


def _end_of_items(block: bytes, opening: bytes, closing: bytes) -> int:
    """Behind the last item that is closed in the block, or -1.

    A closing tag may be that of an item inside another one (`<Представитель><Контрагент>`): there, more items are
    open than closed.
    """
    cut = block.rfind(closing)
    still_open = block.count(opening, 0, max(cut, 0)) - block.count(closing, 0, max(cut, 0)) - 1
    while cut >= 0 and still_open:
        before = block.rfind(closing, 0, cut)
        still_open += 1 - block.count(opening, max(before, 0), cut)
        cut = before
    return cut + len(closing) if cut >= 0 else -1
