"""The reference kinds: price types, warehouses, units, groups, properties."""

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.records import Category, PriceType, Property, Unit, Warehouse
from freesport_pipelines_tests.commerceml.helpers import read
from freesport_pipelines_tests.commerceml_xml import (
    group,
    groups_xml,
    price_lists_xml,
    price_type,
    prop,
    properties_xml,
    storage,
    storages_xml,
    unit,
    units_xml,
)


def test_a_price_type_has_id_name_currency_and_mark() -> None:
    content = price_lists_xml(
        [price_type("t1", " Опт 1 ", currency="RUB"), price_type("t2", currency=None, marked=True)]
    )
    assert read(Kind.PRICE_LISTS, content) == [
        PriceType("t1", "Опт 1", "RUB", is_marked=False),
        PriceType("t2", "РРЦ", None, is_marked=True),
    ]


def test_a_warehouse_has_id_name_and_mark() -> None:
    content = storages_xml([storage("w1", "Север"), storage("w2", None, marked=True)])
    assert read(Kind.STORAGES, content) == [
        Warehouse("w1", "Север", is_marked=False),
        Warehouse("w2", "", is_marked=True),
    ]


def test_units_lose_their_padding_and_may_have_no_id() -> None:
    padded = unit("796 ", "шт ", code="796 ", full_name="Штука" + " " * 95, international_code="PCE")
    content = units_xml([padded, unit("    ", "ед", code=None, full_name=None, international_code=None, marked=None)])
    assert read(Kind.UNITS, content) == [
        Unit("796", "796", "шт", "Штука", "PCE", is_marked=False),
        Unit("", None, "ед", None, None, is_marked=False),
    ]


def test_groups_know_their_parents_and_come_after_them() -> None:
    tree = group("c1", "Спорт", children=[group("c2", "Мячи", children=[group("c3", "Мини")]), group("c4", "Гири")])
    assert read(Kind.GROUPS, groups_xml([tree, group("c5", "Прочее")])) == [
        Category("c1", None, "Спорт", is_marked=False),
        Category("c2", "c1", "Мячи", is_marked=False),
        Category("c3", "c2", "Мини", is_marked=False),
        Category("c4", "c1", "Гири", is_marked=False),
        Category("c5", None, "Прочее", is_marked=False),
    ]


def test_a_group_may_give_its_id_after_its_children() -> None:
    tree = group("c1", children=[group("c2", id_last=True, children=[group("c3")])], id_last=True)
    rows = read(Kind.GROUPS, groups_xml([tree]))
    assert [(row.onec_id, row.parent_onec_id) for row in rows] == [("c1", None), ("c2", "c1"), ("c3", "c2")]


def test_a_mark_on_a_group_is_its_own() -> None:
    rows = read(Kind.GROUPS, groups_xml([group("c1", marked=True, children=[group("c2")])]))
    assert [row.is_marked for row in rows] == [True, False]


def test_groups_fifty_levels_deep_are_read() -> None:
    tree = group("c50")
    for level in range(49, 0, -1):
        tree = group(f"c{level}", children=[tree])
    assert [row.onec_id for row in read(Kind.GROUPS, groups_xml([tree]))] == [f"c{level}" for level in range(1, 51)]


def test_a_property_has_its_dictionary_in_file_order() -> None:
    content = properties_xml("propertiesGoods", [prop("p1", " Материал", values=[("v2", "Неопрен "), ("v1", None)])])
    expected = Property("p1", "Материал", "Справочник", is_marked=False, values=(("v2", "Неопрен"), ("v1", "")))
    assert read(Kind.PROPERTIES_GOODS, content) == [expected]


def test_a_property_may_have_no_dictionary_and_no_type() -> None:
    content = properties_xml("propertiesOffers", [prop("p1"), prop("p2", value_type=None, values={}, marked=True)])
    assert read(Kind.PROPERTIES_OFFERS, content) == [
        Property("p1", "Свойство p1", "Справочник", is_marked=False, values=()),
        Property("p2", "Свойство p2", None, is_marked=True, values=()),
    ]


def test_boolean_properties_share_their_value_ids() -> None:
    values = {"true": "Да", "false": "Нет"}
    rows = read(
        Kind.PROPERTIES_GOODS, properties_xml("propertiesGoods", [prop(p, values=values) for p in ("p1", "p2")])
    )
    assert [row.values for row in rows] == [(("true", "Да"), ("false", "Нет"))] * 2


def test_a_dictionary_of_ten_thousand_values_is_read_whole() -> None:
    values = [(f"v{n}", f"Упаковка {n}") for n in range(10_000)]
    rows = read(Kind.PROPERTIES_GOODS, properties_xml("propertiesGoods", [prop("p1", values=values), prop("p2")]))
    assert list(rows[0].values) == values
    assert rows[1].onec_id == "p2"
