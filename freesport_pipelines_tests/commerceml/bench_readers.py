"""Speed of the hot readers against bare `lxml.etree.iterparse` on the same generated files.

    python -m freesport_pipelines_tests.commerceml.bench_readers [megabytes] [rounds]

Not a test: it prints the medians of CPU time, because ratios of one run are all that can be trusted.
"""

import random
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from lxml import etree

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, offer, offers_xml, price, rest

_RANDOM = random.Random(1)
_ITEMS = {Kind.GOODS: "Товар", Kind.OFFERS: "Предложение", Kind.PRICES: "Предложение", Kind.RESTS: "Предложение"}


def _guid() -> str:
    return str(UUID(int=_RANDOM.getrandbits(128)))


_PROPERTIES = [_guid() for _ in range(50)]
_PRICE_TYPES = [_guid() for _ in range(6)]
_WAREHOUSES = [_guid() for _ in range(2)]


def _row(kind: Kind) -> str:
    sku = f"{_guid()}#{_guid()}"
    match kind:
        case Kind.GOODS:
            values = {property_id: _RANDOM.choice(("", _guid())) for property_id in _PROPERTIES}
            requisites = {f"Реквизит {n}": "значение" for n in range(8)}
            return good(_guid(), description="Текст описания. " * 40, properties=values, requisites=requisites)
        case Kind.OFFERS:
            values = dict.fromkeys(_PROPERTIES[:15], "21.6")
            return offer(sku, properties=values, characteristics={f"Характеристика {n}": "21,6" for n in range(15)})
        case Kind.PRICES:
            return price(sku, {type_id: str(_RANDOM.randrange(9999)) for type_id in _PRICE_TYPES})
        case _:
            return rest(sku, {warehouse: str(_RANDOM.randrange(99)) for warehouse in _WAREHOUSES})


def _rows(kind: Kind, size: int) -> Iterator[str]:
    while size > 0:
        row = _row(kind).replace("\n", "\n\t\t\t\t")  # real files are indented by tabs
        size -= len(row.encode())
        yield row


def _bare(path: Path, kind: Kind) -> None:
    for _, element in etree.iterparse(str(path), tag="{*}" + _ITEMS[kind]):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _reader(path: Path, kind: Kind) -> None:
    with path.open("rb") as stream:
        deque(READERS[kind](stream, path.name), maxlen=0)


def _speed(read: Callable[[Path, Kind], None], path: Path, kind: Kind) -> float:
    begun = time.process_time()
    read(path, kind)
    return path.stat().st_size / 1e6 / (time.process_time() - begun)


def main(megabytes: int = 50, rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind in _ITEMS:
            path = Path(folder, f"{kind}.xml")
            write = goods_xml if kind is Kind.GOODS else offers_xml
            path.write_bytes(write(_rows(kind, megabytes * 1_000_000)))
            pairs = [(_speed(_bare, path, kind), _speed(_reader, path, kind)) for _ in range(rounds)]
            bare, reader = (statistics.median(speeds) for speeds in zip(*pairs, strict=True))
            ratio = statistics.median(ours / floor for floor, ours in pairs)
            sys.stdout.write(f"{kind:<7} bare {bare:6.1f} MB/s  reader {reader:6.1f} MB/s  = {ratio:.0%}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
