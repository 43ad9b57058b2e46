"""offers, prices and rests: every field and every dialect."""

import pytest

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.records import Offer, OfferPrices, OfferStocks
from freesport_pipelines_tests.commerceml.helpers import read
from freesport_pipelines_tests.commerceml_xml import offer, offers_xml, price, prices_xml, rest, rests_xml


def test_every_field_of_an_offer() -> None:
    row = offer(
        "g1#a",
        name=" Кроссовки X1 (45) ",
        article="X1-45",
        barcode="4600000000017",
        properties={"p1": "21.6", "p2": None, "p3": "-999999999.9"},
        characteristics=[("Вес (кг)", "21,6"), ("Длина", "-999\u00a0999\u00a0999,9"), ("Пусто", "")],
        marking_group="5140",
        marked=True,
    )
    assert read(Kind.OFFERS, offers_xml([row])) == [
        Offer(
            onec_id="g1#a",
            is_marked=True,
            name="Кроссовки X1 (45)",
            article="X1-45",
            barcode="4600000000017",
            property_values=(("p1", "21.6"), ("p3", "-999999999.9")),
            characteristics=(("Вес (кг)", "21,6"), ("Длина", "-999\u00a0999\u00a0999,9"), ("Пусто", "")),
            marking_group="5140",
        )
    ]


def test_what_an_offer_does_not_say_is_none() -> None:
    (row,) = read(Kind.OFFERS, offers_xml([offer("g1", name="X")]))
    assert row == Offer("g1", False, "X", None, None, (), (), None)


def test_the_first_barcode_that_is_not_empty_counts() -> None:
    codes = "<Штрихкод/><Штрихкод>1</Штрихкод><Штрихкод>2</Штрихкод>"
    assert read(Kind.OFFERS, offers_xml([offer(extra=codes)]))[0].barcode == "1"


@pytest.mark.parametrize("kind", [Kind.OFFERS, Kind.PRICES, Kind.RESTS])
def test_the_id_of_the_package_is_no_offer(kind: Kind) -> None:
    assert [row.onec_id for row in read(kind, offers_xml(["<Предложение><Ид>g1#a</Ид></Предложение>"]))] == ["g1#a"]


def test_prices_keep_type_amount_and_currency_as_written() -> None:
    content = prices_xml([price("g1#a", {"t1": "1 299,50", "t2": None}), price("g1", {"t1": "0"}, currency=None)])
    assert read(Kind.PRICES, content) == [
        OfferPrices("g1#a", (("t1", "1 299,50", "руб"), ("t2", "", "руб"))),
        OfferPrices("g1", (("t1", "0", None),)),
    ]


def test_an_offer_without_prices_is_still_a_row() -> None:
    assert read(Kind.PRICES, prices_xml([price("g1", {}), "<Предложение><Ид>g2</Ид></Предложение>"])) == [
        OfferPrices("g1", ()),
        OfferPrices("g2", ()),
    ]


def test_a_price_without_type_has_an_empty_one() -> None:
    row = price("g1", extra="<Цены><Цена><ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу></Цена></Цены>")
    assert read(Kind.PRICES, prices_xml([row])) == [OfferPrices("g1", (("", "5", None),))]


def test_stocks_are_listed_by_warehouse_zeros_and_negatives_included() -> None:
    content = rests_xml([rest("g1#a", {"w1": "215", "w2": "0"}), rest("g1", {"w1": " -3 ", "": "2,5", "w3": None})])
    assert read(Kind.RESTS, content) == [
        OfferStocks("g1#a", (("w1", "215"), ("w2", "0"))),
        OfferStocks("g1", (("w1", "-3"), (None, "2,5"), ("w3", ""))),
    ]


@pytest.mark.parametrize(
    ("written", "quantities"),
    [
        ("<Остатки><Остаток><Количество>7</Количество></Остаток></Остатки>", [(None, "7")]),
        (
            "<Остатки><Остаток><Склад><Ид>w1</Ид></Склад><Количество>7</Количество></Остаток></Остатки>",
            [("w1", "7")],
        ),
        ("<Остатки><Остаток><Склад><Количество>7</Количество><Ид>w1</Ид></Склад></Остаток></Остатки>", [("w1", "7")]),
        ('<Склад ИдСклада="w1" КоличествоНаСкладе="7"/><Склад ИдСклада="w2"/>', [("w1", "7"), ("w2", "")]),
        ("<Количество>7</Количество>", [(None, "7")]),
        ('<Количество>7</Количество><Склад ИдСклада=" w1" КоличествоНаСкладе=" 7 "/>', [("w1", "7")]),
        ("<Остатки/><Количество>7</Количество>", [(None, "7")]),
        (
            "<Количество>9</Количество><Остатки><Остаток><Количество>7</Количество></Остаток></Остатки>",
            [(None, "7")],
        ),
        ("<Резервы><Резерв><Склад><Ид>w1</Ид><Количество>7</Количество></Склад></Резерв></Резервы>", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("id_first", [True, False])
def test_every_dialect_of_stocks_is_understood(
    written: str, quantities: list[tuple[str | None, str]], id_first: bool
) -> None:
    own_id = "<Ид>g1#a</Ид>"
    row = f"<Предложение>{own_id + written if id_first else written + own_id}</Предложение>"
    assert read(Kind.RESTS, rests_xml([row])) == [OfferStocks("g1#a", tuple(quantities))]
