"""The one place where XML is parsed: elements of a packet one by one, in memory that does not grow with the file.

Belongs here: everything true of every kind. What an element means is said by the parser that a kind's file passes in.
A reader may have yielded rows before it finds the file damaged: the caller keeps all of a packet or nothing.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, TypeVar, cast

from lxml import etree
from lxml.etree import _Element

from freesport_pipelines.commerceml.errors import CHECK_EXCHANGE, SEND_AGAIN, PacketError
from freesport_pipelines.commerceml.packet import TAIL_SIZE, ends_complete
from freesport_pipelines.commerceml.prolog import HEAD_SIZE, ROOT, check_prolog, read_fully

CHUNK_SIZE = 1024 * 1024

_T = TypeVar("_T")


class Shape(NamedTuple):
    """Where the rows of a kind stand. All names are local: any CommerceML namespace, or none, will do."""

    item: str
    container: str
    """The element right around the items, at whatever depth."""
    package: str
    """The section that may legally hold no container: 1C sends empty packages and header-only deltas."""
    foreign: frozenset[str] = frozenset()
    """Sections that betray another kind of file when the container is missing."""
    is_personal: bool = False
    """Whether the rows are about people: then no message may quote the file."""

    @property
    def watched(self) -> list[str]:
        return [ROOT, self.item, self.container, self.package, *self.foreign]


def read_items(
    stream: BinaryIO, name: str, shape: Shape, parser_for: Callable[[str], Callable[[_Element], _T]]
) -> Iterator[_T]:
    """What `parser_for(namespace)` makes of each item of the packet, in file order.

    An item that stands inside another one belongs to the outer one. Raises PacketError for a file that is damaged,
    dangerous or of another kind; an empty packet yields nothing.
    """
    parser = _new_parser(shape)
    seen: set[str] = set()
    root: _Element | None = None
    container: _Element | None = None
    item_tag, container_tag, parse = shape.item, shape.container, parser_for("")
    for _ in _fed(parser, stream, name, quotes=not shape.is_personal):
        for event, element in _events(parser):
            if event == "start":
                root = element if root is None else root
                continue
            tag = element.tag
            if tag != item_tag:
                namespace, local = _split(tag)
                if local != shape.item:
                    if _is_near(element, root):
                        seen.add(local)
                    continue
                item_tag, container_tag, parse = tag, namespace + shape.container, parser_for(namespace)
            parent = element.getparent()
            if parent is not container:
                if not _is_container(parent, container_tag, item_tag):
                    continue
                container = parent
                seen.add(shape.container)
            yield parse(element)
        if root is not None:
            _forget_finished(root, shape.item)
    _check_content(seen, shape, name)


def _new_parser(shape: Shape) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=["{*}" + local for local in shape.watched],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _fed(parser: etree.XMLPullParser, stream: BinaryIO, name: str, *, quotes: bool) -> Iterator[None]:
    """Feeds the parser piece by piece; after each piece there may be events to read."""
    chunk = read_fully(stream, max(CHUNK_SIZE, HEAD_SIZE))
    check_prolog(chunk, name)
    tail = b""
    while chunk:
        tail = (tail + chunk)[-TAIL_SIZE:]
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError:
            raise _refusal(parser, name, "the XML is damaged", quotes=quotes) from None
        if parser.feed_error_log.filter_from_fatals():  # an unknown entity is in the log and not raised
            raise _refusal(parser, name, "the XML is damaged", quotes=quotes)
        yield
        chunk = stream.read(CHUNK_SIZE)
    try:
        parser.close()
    except etree.XMLSyntaxError:
        problem = "the XML is damaged" if ends_complete(tail) else "the file is cut short"
        raise _refusal(parser, name, problem, quotes=quotes) from None
    yield


def _refusal(parser: etree.XMLPullParser, name: str, problem: str, *, quotes: bool) -> PacketError:
    """What libxml2 complained about first; its later complaints follow from that.

    :param quotes: whether its words may be repeated, which quote the file
    """
    entry = next(iter(parser.feed_error_log.filter_from_errors()), None)
    expected = f"well-formed XML up to </{ROOT}>"
    if entry is None:
        return PacketError(name, None, problem, expected, SEND_AGAIN)
    words = entry.message.strip() if quotes else entry.type_name.removeprefix("ERR_").replace("_", " ").lower()
    return PacketError(name, entry.line or None, f"{problem} ({words})", expected, SEND_AGAIN)


def _events(parser: etree.XMLPullParser) -> Iterator[tuple[str, _Element]]:
    return cast("Iterator[tuple[str, _Element]]", parser.read_events())


def _split(tag: str) -> tuple[str, str]:
    """(`"{uri}"` or `""`, local name)"""
    namespace, brace, local = tag.rpartition("}")
    return namespace + brace, local


def _is_container(parent: _Element | None, container_tag: str, item_tag: str) -> bool:
    """Whether items are looked for here: in a container, but not in one that stands inside an item."""
    if parent is None or parent.tag != container_tag:
        return False
    around = parent.getparent()
    return around is None or around.tag != item_tag


def _is_near(element: _Element, root: _Element | None) -> bool:
    """Whether this is a section of the root or stands in one: `<Группы>` inside goods is no container of groups."""
    parent = element.getparent()
    return parent is not None and (parent is root or parent.getparent() is root)


def _forget_finished(root: _Element, item: str) -> None:
    """Drop everything that has been read to its end, on the way from the root down to the item that is being read.

    The last child stays on each level: libxml2 may be writing to it or to the text behind it.
    """
    node = root
    while len(node) and _split(node.tag)[1] != item:
        del node[:-1]
        node = node[0]


def _check_content(seen: set[str], shape: Shape, name: str) -> None:
    """A file without the container is an empty packet of this kind, or something else under its name."""
    if shape.container in seen:
        return
    expected = f"<{shape.container}> with <{shape.item}> in it"
    if shape.package not in seen:
        raise PacketError(name, None, f"there is no <{shape.package}> in the file", expected, CHECK_EXCHANGE)
    foreign = sorted(seen & shape.foreign)
    if foreign:
        problem = f"the file holds <{foreign[0]}> under the name of another kind"
        raise PacketError(name, None, problem, expected, CHECK_EXCHANGE)
