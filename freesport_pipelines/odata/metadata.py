"""What the base publishes, from `$metadata`: 17 MB of XML in a real one, parsed as a stream (facts/odata, 1.7)."""

from collections.abc import Collection, Mapping
from io import BytesIO
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from freesport_pipelines.odata.classify import Answer, Target
from freesport_pipelines.odata.errors import BrokenBodyError, FormatError

SCHEMA = ("EntityType", "EntitySet")


class Published(NamedTuple):
    """One entity as the base describes it."""

    fields: frozenset[str]


class Metadata(NamedTuple):
    """The entities that were asked about and exist."""

    entities: Mapping[str, Published]
    published: int
    """How many the base publishes in all."""


def read_metadata(answer: Answer, target: Target, wanted: Collection[str]) -> Metadata:
    """Keep the wanted entities; the rest is forgotten while reading."""
    fields: dict[str, frozenset[str]] = {}
    sets: set[str] = set()
    count = 0
    root_seen = False
    try:
        for _, element in etree.iterparse(
            BytesIO(answer.body),
            tag=["{*}Edmx", *("{*}" + name for name in SCHEMA)],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        ):
            kind, name = etree.QName(element).localname, element.get("Name", "")
            root_seen = True
            if kind == "EntitySet":
                count += 1
                sets |= {name} & set(wanted)
            elif kind == "EntityType" and name in wanted:
                fields[name] = frozenset(child.get("Name", "") for child in element.iterchildren("{*}Property"))
            _forget(element)
    except etree.XMLSyntaxError:
        raise _damaged(answer, target) from None
    if not root_seen:
        raise FormatError("the metadata are no EDMX", entity=target.entity)
    return Metadata({name: Published(fields.get(name, frozenset())) for name in sets}, count)


def _damaged(answer: Answer, target: Target) -> Exception:
    head = answer.body[:2000].lower()
    if b"<html" in head or b"edmx" not in head:
        return FormatError("the metadata are no EDMX", entity=target.entity)
    return BrokenBodyError("the metadata are cut short", entity=target.entity)


def _forget(element: _Element) -> None:
    """Drop what has been read, and everything before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
