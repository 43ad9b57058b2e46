"""Reading items by their text gives what the reader of reference gives: the same records, the same errors."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from freesport_pipelines.commerceml import flat, goods, offers, prices, rests
from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml.helpers import packet
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    offer,
    offers_xml,
    price,
    prices_xml,
    rest,
    rests_xml,
)
from freesport_pipelines_tests.conftest import SAMPLE_EXPORT

HOT = {Kind.GOODS: goods, Kind.OFFERS: offers, Kind.PRICES: prices, Kind.RESTS: rests}


def by_reference(kind: Kind, content: bytes) -> Any:
    module = HOT[kind]
    return outcome(read_items(BytesIO(content), "packet.xml", module.SHAPE, module.parser_for))


def by_text(kind: Kind, content: bytes) -> Any:
    return outcome(READERS[kind](BytesIO(content), "packet.xml"))


def outcome(records: Any) -> Any:
    try:
        return list(records)
    except PacketError as error:
        return str(error)


def packets(folder: Path) -> list[tuple[Kind, Path]]:
    return [(kind, path) for kind in HOT for path in sorted(folder.glob(f"{kind}/**/*.xml"))]


@pytest.fixture
def is_read_by_text(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever the reader of reference is asked to read alone ends up here."""
    asked: list[str] = []
    original = flat.read_items

    def spy(stream: Any, *args: Any) -> Any:
        asked.append("asked")
        return original(stream, *args)

    monkeypatch.setattr(flat, "read_items", spy)
    return asked


def test_a_demo_export_reads_the_same(tmp_path: Path) -> None:
    write_demo_export(DemoPlan(goods=120), tmp_path)
    for kind, path in packets(tmp_path):
        content = path.read_bytes()
        assert by_text(kind, content) == by_reference(kind, content), path.name


@pytest.mark.parametrize("kind", HOT)
def test_in_a_demo_export_the_reference_is_asked_only_for_the_first_row_of_a_packet(
    kind: Kind, tmp_path: Path, is_read_by_text: list[str]
) -> None:
    write_demo_export(DemoPlan(goods=60, dirty=False), tmp_path)
    paths = [path for one, path in packets(tmp_path) if one is kind]
    assert sum(len(by_text(kind, path.read_bytes())) for path in paths) > len(paths)
    assert len(is_read_by_text) == len(paths)


@pytest.mark.skipif(not SAMPLE_EXPORT.is_dir(), reason="the sample export is not beside the project")
def test_a_real_export_reads_the_same_and_hardly_ever_needs_the_reference(is_read_by_text: list[str]) -> None:
    for kind, path in packets(SAMPLE_EXPORT):
        is_read_by_text.clear()
        content = path.read_bytes()
        records = by_text(kind, content)
        assert len(is_read_by_text) <= 1 + len(records) // 100, kind
        assert records == by_reference(kind, content)


DESCRIPTION = "a &lt;b&gt;&#10;&#x41;&amp;amp; c"
RICH = {
    Kind.GOODS: goods_xml(
        good(f"g{n}", properties={"p1": "v1", "p2": ""}, requisites={"Вид": "Товар"}, description=DESCRIPTION)
        for n in range(3)
    ),
    Kind.OFFERS: offers_xml(
        offer(f"g{n}#a", properties={"p1": "v1"}, characteristics={"Размер": "45", "Цвет": ""}) for n in range(3)
    ),
    Kind.PRICES: prices_xml(price(f"g{n}#a", {"t1": "6 990,50", "t2": ""}) for n in range(3)),
    Kind.RESTS: rests_xml(rest(f"g{n}#a", {"w1": "215", "w2": "-3"}) for n in range(3)),
}
VALUES = "<ЗначенияСвойства><Ид>p9</Ид><Значение>v9</Значение></ЗначенияСвойства>"
DIRT = (
    "<!-- note -->", "<!-- </Товар><Товар> -->", "<!-- </Предложение><Предложение> -->", "<![CDATA[ <Ид>x</Ид> ]]>",
    "<?note x?>", "<Ид>other</Ид>", "<Ид/>", "<Неведомо>1</Неведомо>", "<Неведомо><Ид>9</Ид></Неведомо>",
    '<Неведомо вид="a"/>', "&amp;", "&#1078;", "&lt;Ид&gt;", "&nbsp;", "text", " ", "\r\n", "\r", "]]>", "/>", ">",
    "<Предложение><Ид>inner</Ид></Предложение>", "<Товар><Ид>inner</Ид></Товар>", "</Товар>", "</Предложение>",
    "<Товар>", "<Предложения/>", "<Предложения><Предложение><Ид>2</Ид></Предложение></Предложения>", "</Предложения>",
    "<Значение>второе</Значение>", "<Валюта>USD</Валюта>", "<Количество>7</Количество>", '<Склад ИдСклада="w9"/>',
    f"<ЗначенияСвойств>{VALUES}</ЗначенияСвойств>", VALUES, "<Цена/>", "<Группы><Ид>g9</Ид></Группы>",
    "<Изготовитель>Завод</Изготовитель>", "<Изготовитель><Наименование>Завод</Наименование></Изготовитель>",
    "<x:Ид xmlns:x='urn:x'>n</x:Ид>", "<Товар Статус='Удален'><Ид>attr</Ид></Товар>",
    "<Предложение ><Ид>space</Ид></Предложение >", "<", "&", "\x00", "\ufeff", "<!--/><Артикул>X</Артикул> -->",
    "<!--/> </Товар><Товар> -->", "<![CDATA[/> </Товар><Товар><Ид>]]>", "<q:Ид>unbound</q:Ид>",
    "<Изготовитель>Завод<Ид>1</Ид></Изготовитель>", "<Изготовитель/>",
    "<Налог><Валюта>USD</Валюта><УчтеноВСумме>1</УчтеноВСумме></Налог>",
)  # fmt: skip


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_whatever_stands_wherever_in_a_packet_is_read_as_the_reference_reads_it(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(RICH)))
    text = RICH[kind].decode("utf-8-sig")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        if data.draw(st.booleans()):  # a place between tags is more telling than one in the middle of a word
            place = text.find("<", place) if text.find("<", place) >= 0 else place
        text = text[:place] + data.draw(st.sampled_from(DIRT)) + text[place:]
    content = text.encode()
    assert by_text(kind, content) == by_reference(kind, content)


@given(kind=st.sampled_from(list(RICH)), begin=st.integers(0, 6000), length=st.integers(1, 400))
@settings(max_examples=300, deadline=None)
@example(kind=Kind.GOODS, begin=0, length=6000)
def test_a_packet_with_a_hole_is_read_or_refused_as_by_the_reference(kind: Kind, begin: int, length: int) -> None:
    content = RICH[kind][:begin] + RICH[kind][begin + length :]
    assert by_text(kind, content) == by_reference(kind, content)


@pytest.mark.parametrize("kind", HOT)
@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_the_size_of_the_pieces_that_are_read_does_not_matter(
    kind: Kind, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = by_text(kind, RICH[kind])
    monkeypatch.setattr(flat, "CHUNK_SIZE", size)
    monkeypatch.setattr(flat, "HEAD_SIZE", size)
    monkeypatch.setattr(flat, "check_prolog", lambda head, name: None)
    assert by_text(kind, RICH[kind]) == whole


@pytest.mark.parametrize("kind", HOT)
@pytest.mark.parametrize(
    "envelope",
    [{"namespace": None}, {"bom": False}, {"encoding": "windows-1251"}],
    ids=["no namespace", "no mark", "windows-1251"],
)
def test_every_envelope_is_read_as_by_the_reference(kind: Kind, envelope: dict[str, Any]) -> None:
    content = packet(kind, envelope)
    assert by_text(kind, content) == by_reference(kind, content)
    assert len(by_text(kind, content)) == 2


U = ' xmlns:u="urn:1C.ru:commerceml_3"'


@pytest.mark.parametrize(
    ("kind", "what", "by"),
    [
        (Kind.GOODS, "</Товар>", "<Изготовитель>ACME</Изготовитель></Товар>"),
        (Kind.GOODS, "</Товар>", "<Изготовитель><Наименование>A</Наименование></Изготовитель><Изготовитель/></Товар>"),
        (Kind.GOODS, "</Товар>", "<!--/><Артикул>X</Артикул> --></Товар>"),
        (Kind.GOODS, "</Товар>", "<!--/> </Товар><Товар> --></Товар>"),
        (Kind.GOODS, "</Товар>", "<![CDATA[/> </Товар><Товар><Ид>]]></Товар>"),
        (Kind.GOODS, "</Товары>", f"<u:Товар{U}><u:Ид>u</u:Ид><u:Наименование>U</u:Наименование></u:Товар></Товары>"),
        (Kind.GOODS, "<Ид>g2</Ид>", f"<u:Ид{U}>g2</u:Ид>"),
        (Kind.GOODS, "</Товар>", "<q:Ид>unbound</q:Ид></Товар>"),
        (Kind.GOODS, "</Товары>", "</Товары>" + "<a>" * 300 + "</a>" * 300),
        (Kind.PRICES, "</Цены>", "<Валюта>USD</Валюта></Цены>"),
    ],
)
def test_what_looks_like_the_usual_form_and_is_not_is_read_by_the_reference(kind: Kind, what: str, by: str) -> None:
    first, rest_of_it = RICH[kind].decode().split("</Товар>" if kind is Kind.GOODS else "</Предложение>", 1)
    end = "</Товар>" if kind is Kind.GOODS else "</Предложение>"
    content = (first + end + rest_of_it.replace(what, by)).encode()
    assert by_text(kind, content) == by_reference(kind, content)


def test_a_text_too_long_for_the_reference_is_refused_by_the_text_reader_too() -> None:
    content = goods_xml([good("g1"), good("g2", description="x" * 10_500_000)])
    assert by_text(Kind.GOODS, content) == by_reference(Kind.GOODS, content)


def test_a_packet_of_another_form_is_soon_left_to_the_reference(is_read_by_text: list[str]) -> None:
    rows = [good(f"g{n}").replace("<БазоваяЕдиница>", '<БазоваяЕдиница Код="796">') for n in range(500)]
    content = goods_xml(rows)
    assert by_text(Kind.GOODS, content) == by_reference(Kind.GOODS, content)
    assert len(is_read_by_text) < 40


@pytest.mark.parametrize("block", ["<Группы><Ид>c9</Ид></Группы>", "<Изготовитель><Ид>m9</Ид></Изготовитель>"])
def test_a_block_inside_another_element_is_not_the_goods_own(block: str) -> None:
    bare = goods_xml([good("g1"), good("g2", groups=None)])
    content = bare.decode().replace("</Товар>", f"<Комплект>{block}</Комплект></Товар>").encode()
    assert by_text(Kind.GOODS, content) == by_reference(Kind.GOODS, content) == by_text(Kind.GOODS, bare)


def test_line_ends_of_windows_are_read_as_xml_reads_them() -> None:
    content = RICH[Kind.GOODS].replace(b"\n", b"\r\n")
    assert by_text(Kind.GOODS, content) == by_reference(Kind.GOODS, content)


def test_a_stream_that_cannot_be_wound_back_is_read_by_the_reference() -> None:
    class Forward(BytesIO):
        def seekable(self) -> bool:
            return False

    read = READERS[Kind.GOODS](Forward(RICH[Kind.GOODS]), "packet.xml")
    assert list(read) == by_reference(Kind.GOODS, RICH[Kind.GOODS])
