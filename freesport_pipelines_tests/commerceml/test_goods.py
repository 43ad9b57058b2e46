"""goods: every field, its variants, and independence of the order of elements."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.records import Goods
from freesport_pipelines_tests.commerceml.helpers import read
from freesport_pipelines_tests.commerceml_xml import good, goods_xml

FULL = good(
    "g1",
    name=" Гиря  тестовая ",
    article="AB-100",
    barcodes=("4600000000017", "", "4600000000024"),
    unit="796 ",
    groups=("c1", "c2"),
    description="Текст.<br>Ещё &amp; ещё",
    images=("import_files/11/a.jpg", "import_files/11/b.jpg"),
    country="КИТАЙ",
    manufacturer="ООО Пример",
    properties=[(f"p{n}", f"v{n}") for n in range(8)],
    vat="20",
    requisites=[("Код", "У-1"), ("ОписаниеФайла", "a.jpg#a"), ("ОписаниеФайла", "b.jpg#b")],
    dimensions=("10", "20,5", "0"),
)
FULL_ROW = Goods(
    onec_id="g1",
    is_marked=False,
    name="Гиря  тестовая",
    article="AB-100",
    barcodes=("4600000000017", "4600000000024"),
    unit_onec_id="796",
    group_ids=("c1", "c2"),
    description="Текст.<br>Ещё &amp; ещё",
    images=("import_files/11/a.jpg", "import_files/11/b.jpg"),
    country="КИТАЙ",
    manufacturer="ООО Пример",
    property_values=tuple((f"p{n}", f"v{n}") for n in range(8)),
    vat_rate="20",
    requisites=(("Код", "У-1"), ("ОписаниеФайла", "a.jpg#a"), ("ОписаниеФайла", "b.jpg#b")),
    dimensions=("10", "20,5", "0"),
)


def only(row: str) -> Goods:
    (result,) = read(Kind.GOODS, goods_xml([row]))
    assert isinstance(result, Goods)
    return result


def shuffled(row: str, random: st.DataObject) -> str:
    """The same row with its direct children, and those of its blocks' entries, in another order."""
    root = etree.fromstring(row)
    for parent in [root, *root.iterfind("ЗначенияСвойств/ЗначенияСвойства")]:
        parent[:] = random.draw(st.permutations(list(parent)))
    return etree.tostring(root, encoding="unicode")


def test_every_field_of_a_full_row() -> None:
    assert only(FULL) == FULL_ROW


def test_a_row_with_an_id_alone_has_nothing_else() -> None:
    expected = Goods("g1", False, "", None, (), None, (), None, (), None, None, (), None, (), (None, None, None))
    assert only("<Товар><Ид>g1</Ид></Товар>") == expected


def test_empty_elements_are_empty_texts_and_no_members_of_lists() -> None:
    tags = ("Ид", "Штрихкод", "Артикул", "Наименование", "БазоваяЕдиница", "Группы", "Описание", "Картинка", "Страна")
    row = only("<Товар>" + "".join(f"<{tag}/>" for tag in (*tags, "Изготовитель", "ЗначенияСвойств")) + "</Товар>")
    assert (row.onec_id, row.article, row.unit_onec_id, row.description, row.country, row.manufacturer) == ("",) * 6
    assert (row.barcodes, row.group_ids, row.images, row.property_values) == ((),) * 4


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_order_of_elements_does_not_matter(data: st.DataObject) -> None:
    row = only(shuffled(FULL, data))
    assert row._replace(barcodes=(), images=(), requisites=()) == FULL_ROW._replace(
        barcodes=(), images=(), requisites=()
    )
    assert set(row.images) == set(FULL_ROW.images)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.lists(st.sampled_from(["v1", "v2", ""]), max_size=3), st.booleans()), max_size=12))
def test_a_property_has_one_pair_for_each_of_its_values(entries: list[tuple[list[str], bool]]) -> None:
    blocks = []
    for number, (values, id_last) in enumerate(entries):
        parts = [f"<Ид>p{number}</Ид>", *(f"<Значение>{value}</Значение>" for value in values)]
        blocks.append("".join(["<ЗначенияСвойства>", *(parts[::-1] if id_last else parts), "</ЗначенияСвойства>"]))
        entries[number] = (values[::-1] if id_last else values, id_last)
    row = only(good(extra=f"<ЗначенияСвойств>{''.join(blocks)}</ЗначенияСвойств>"))
    expected = [(f"p{number}", value) for number, (values, _) in enumerate(entries) for value in values]
    assert list(row.property_values) == expected


def test_only_the_tax_named_vat_sets_the_rate() -> None:
    assert only(good(taxes={"Акциз": "5", " ндс ": "Без НДС"})).vat_rate == "Без НДС"
    assert only(good(taxes={"Акциз": "5"})).vat_rate is None
    assert only(good(vat=None)).vat_rate is None


def test_an_escaped_description_is_unescaped_once() -> None:
    assert only(good(description="a<br>&lt;b&gt;")).description == "a<br>&lt;b&gt;"


def test_the_unit_code_of_two_point_x_stands_in_an_attribute() -> None:
    row = only(good(unit=None, extra='<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница>'))
    assert row.unit_onec_id == "796"


def test_a_manufacturer_may_be_plain_text() -> None:
    assert only(good(extra="<Изготовитель>ООО Пример</Изготовитель>")).manufacturer == "ООО Пример"


def test_groups_inside_goods_are_ids_and_not_rows() -> None:
    assert len(read(Kind.GOODS, goods_xml([good("g1"), good("g2")]))) == 2
