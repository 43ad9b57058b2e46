"""Names of exchange files and the order of packets."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import NamedTuple

import pytest

from freesport_pipelines.commerceml.file_names import PacketName, packet_order, parse_file_name
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml_xml import packet_name

UUID = "0a1b2c3d-0000-4000-8000-00000000000f"
MORNING = datetime(2025, 1, 31, 10)  # noqa: DTZ001 - ДатаФормирования has no offset


class File(NamedTuple):
    path: str
    name: PacketName
    formed_at: datetime | None


def file(packet: int | None, minute: int | None = None, path: str | None = None) -> File:
    written = path or (f"goods_1_{packet}_{UUID}.xml" if packet is not None else "goods.xml")
    name = parse_file_name(written)
    assert name is not None
    return File(written, name, None if minute is None else MORNING + timedelta(minutes=minute))


def order(*files: File) -> list[tuple[int | None, datetime | None]]:
    """The one order that comes out whatever order goes in."""
    results = {tuple(packet_order(given)) for given in permutations(files)}
    assert len(results) == 1
    return [(one.name.packet, one.formed_at) for one in results.pop()]


@pytest.mark.parametrize(
    ("path", "kind", "number", "packet"),
    [
        (f"goods_1_5_{UUID}.xml", Kind.GOODS, 1, 5),
        (f"propertiesGoods_1_10_{UUID}.xml", Kind.PROPERTIES_GOODS, 1, 10),
        (f"PRICELISTS_1_1_{UUID.upper()}.XML", Kind.PRICE_LISTS, 1, 1),
        (f"contragents_7_{UUID}.xml", Kind.CONTRAGENTS, None, 7),
        (f"rests___{UUID}.xml", Kind.RESTS, None, None),
        ("goods.xml", Kind.GOODS, None, None),
        ("goods_1_2.xml", Kind.GOODS, 1, 2),
        ("goods/import_files/goods.xml", Kind.GOODS, None, None),
        (f"webdata\\prices\\prices_1_3_{UUID}.xml", Kind.PRICES, 1, 3),
        (packet_name("units", 4), Kind.UNITS, 1, 4),
    ],
)
def test_a_packet_name_says_its_kind_and_numbers(path: str, kind: Kind, number: int | None, packet: int | None) -> None:
    name = parse_file_name(path)
    assert name is not None
    assert name[:3] == (kind, number, packet)


def test_the_stem_is_the_file_name_as_written() -> None:
    name = parse_file_name("Prices/Prices_1_1.XML")
    assert name is not None
    assert name.stem == "Prices_1_1"


@pytest.mark.parametrize(
    "path",
    [
        "import_files/11/11111111-1111-11ec-a2ff-000000000001_dddddddd.jpg",
        "goods/manifest.json",
        "orders.xml",
        "goods_1_2.xml.part",
        "goods/readme.xml",
        "goods_backup.xml",
        "my_goods_1_1.xml",
        "",
    ],
)
def test_what_is_no_packet_has_no_packet_name(path: str) -> None:
    assert parse_file_name(path) is None


def test_packets_follow_their_numbers_and_not_the_alphabet() -> None:
    files = [file(number) for number in (10, 2, 11, 1)]
    assert [one.name.packet for one in packet_order(files)] == [1, 2, 10, 11]


def test_packets_of_one_unload_follow_their_numbers_whatever_their_dates() -> None:
    assert [packet for packet, _ in order(file(1, 5), file(2, 3), file(10, 1))] == [1, 2, 10]


def test_a_later_unload_comes_after_the_whole_earlier_one() -> None:
    first = [file(1, 0), file(2, 1), file(3, 2)]
    again = [file(1, 60), file(2, 61)]
    assert [packet for packet, _ in order(*again, *first)] == [1, 2, 3, 1, 2]
    assert [one.formed_at for one in packet_order([*again, *first])][3] == MORNING + timedelta(minutes=60)


def test_each_repeat_begins_a_new_unload() -> None:
    assert [packet for packet, _ in order(file(1, 0), file(2, 1), file(1, 60), file(1, 120))] == [1, 2, 1, 1]


def test_a_copy_formed_at_the_same_time_is_no_new_unload() -> None:
    copy = file(2, 1, path="goods_1_2.xml")
    assert [packet for packet, _ in order(file(1, 5), file(2, 1), copy, file(3, 0))] == [1, 2, 2, 3]


def test_without_dates_the_order_is_natural() -> None:
    assert [packet for packet, _ in order(file(10), file(None), file(2), file(1))] == [None, 1, 2, 10]


def test_an_undated_file_belongs_to_the_first_unload() -> None:
    assert order(file(3), file(1, 0), file(1, 60))[1] == (3, None)
