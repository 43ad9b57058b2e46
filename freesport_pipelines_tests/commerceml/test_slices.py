"""A large packet can be cut into packets that together hold just its rows, or it is not cut."""

from io import BytesIO
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.commerceml.readers import READERS, SHAPES
from freesport_pipelines.commerceml.slices import Slices, slices_of
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, rest, rests_xml

GOODS = [good(f"g{n}", properties={"p1": "v1"}, description="Описание &lt;b&gt;") for n in range(60)]
PACKET = goods_xml(GOODS)


def read(content: bytes, kind: Kind = Kind.GOODS) -> list[Any]:
    return list(READERS[kind](BytesIO(content), "packet.xml"))


def cut(content: bytes, length: int, kind: Kind = Kind.GOODS) -> Slices | None:
    return slices_of(BytesIO(content), len(content), SHAPES[kind], length)


def packets(content: bytes, slices: Slices) -> list[bytes]:
    last = slices.spans[-1]
    return [
        slices.head + content[begin:end] + (b"" if (begin, end) == last else slices.tail) for begin, end in slices.spans
    ]


@given(length=st.integers(2500, 40_000))
def test_the_slices_hold_the_rows_of_the_packet_in_its_order(length: int) -> None:
    slices = cut(PACKET, length)
    assert slices is not None
    parts = [read(packet) for packet in packets(PACKET, slices)]
    assert list(chain(*parts)) == read(PACKET)


def test_slices_are_about_as_long_as_asked_for() -> None:
    slices = cut(PACKET, 5000)
    assert slices is not None
    assert len(slices.spans) > 5
    assert all(end - begin <= 5000 for begin, end in slices.spans)
    assert slices.spans[-1][1] == len(PACKET)


def test_all_large_kinds_can_be_cut() -> None:
    content = rests_xml(rest(f"g{n}", {"w1": "1"}) for n in range(200))
    slices = cut(content, 5000, Kind.RESTS)
    assert slices is not None
    parts = [read(packet, Kind.RESTS) for packet in packets(content, slices)]
    assert list(chain(*parts)) == read(content, Kind.RESTS)


def test_a_short_packet_is_not_cut() -> None:
    assert cut(PACKET, len(PACKET)) is None


@pytest.mark.parametrize(
    "content",
    [
        goods_xml([*GOODS[:30], "<!-- </Товар> -->", *GOODS[30:]]),
        goods_xml([*GOODS[:30], good("cdata").replace("796 ", "<![CDATA[</Товар>]]>"), *GOODS[30:]]),
        goods_xml([*GOODS[:30], "<?note </Товар> ?>", *GOODS[30:]]),
        goods_xml([*GOODS[:30], "</Товары><Товары>", *GOODS[30:]]),
        goods_xml(GOODS, encoding="windows-1251"),
        goods_xml([row.replace("<Товар>", "<Товар >") for row in GOODS]),
        goods_xml([good("long", description="x" * 20_000), *GOODS]),
    ],
    ids=["comment", "cdata", "instruction", "second container", "windows-1251", "other spelling", "long row"],
)
def test_a_packet_in_another_form_is_not_cut(content: bytes) -> None:
    assert cut(content, 5000) is None
