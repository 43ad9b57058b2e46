"""The head and the tail of a packet."""

from datetime import datetime
from io import BytesIO

import pytest

from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.commerceml.packet import PacketHeader, ends_complete, read_header
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml.helpers import packet
from freesport_pipelines_tests.commerceml_xml import Envelope, good, goods_xml


def header(content: bytes) -> PacketHeader:
    return read_header(BytesIO(content), "goods.xml")


@pytest.mark.parametrize("kind", sorted(READERS))
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_the_header_says_what_the_file_declares(kind: Kind, encoding: str) -> None:
    envelope: Envelope = {"formed_at": "2025-01-31T10:20:30", "exchange": "Обмен", "encoding": encoding}
    formed_at = datetime(2025, 1, 31, 10, 20, 30)  # noqa: DTZ001
    assert header(packet(kind, envelope)) == PacketHeader("3.1", formed_at, True, "Обмен")


@pytest.mark.parametrize(("written", "declared"), [("true", True), ("false", False), ("Да", True), (None, None)])
def test_only_changes_is_what_the_first_section_says(written: str | None, declared: bool | None) -> None:
    assert header(goods_xml([good()], only_changes=written)).only_changes is declared


@pytest.mark.parametrize("formed_at", [None, "", "вчера", "0001-01-01T00:00:00"])
def test_a_date_that_says_nothing_is_none(formed_at: str | None) -> None:
    assert header(goods_xml(formed_at=formed_at)).formed_at is None


def test_the_time_stays_local_when_an_offset_is_written() -> None:
    expected = datetime(2025, 1, 31, 10)  # noqa: DTZ001
    assert header(goods_xml(formed_at="2025-01-31T10:00:00+03:00")).formed_at == expected


def test_only_the_head_of_a_large_file_is_read() -> None:
    stream = BytesIO(goods_xml(good(f"g{n}") for n in range(2000)))
    read_header(stream, "goods.xml")
    assert stream.tell() == 64 * 1024


def test_the_header_of_a_file_that_was_cut_later_is_still_read() -> None:
    assert header(goods_xml([good()])[:-300]).schema_version == "3.1"


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<a/>", b"PK\x03\x04", "<КоммерческаяИнформация Ид=".encode()])
def test_what_has_no_header_is_refused(content: bytes) -> None:
    with pytest.raises(PacketError):
        header(content)


@pytest.mark.parametrize(
    "tail",
    [
        "</КоммерческаяИнформация>",
        "…</КоммерческаяИнформация >\r\n\t ",
        "</cml:КоммерческаяИнформация>\n",
        '<КоммерческаяИнформация ВерсияСхемы="3.1"/>',
        "</КоммерческаяИнформация>\ufeff",
    ],
)
def test_a_file_that_ends_with_its_root_is_complete(tail: str) -> None:
    assert ends_complete(tail.encode())
    assert ends_complete(tail.encode("windows-1251", "ignore"))


@pytest.mark.parametrize(
    "tail", ["", "</Каталог>", "</КоммерческаяИнформация", "</КоммерческаяИнформация>x", "</html>"]
)
def test_a_file_that_ends_otherwise_is_not(tail: str) -> None:
    assert not ends_complete(tail.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_every_builder_makes_complete_files(encoding: str) -> None:
    assert all(ends_complete(packet(kind, {"encoding": encoding})[-200:]) for kind in READERS)
