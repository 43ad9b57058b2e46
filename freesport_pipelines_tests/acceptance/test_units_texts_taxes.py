"""Units, descriptions, pictures and taxes of goods. Checks 20, 34 and 35 of the facts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from freesport_pipelines_tests.acceptance.exports import export
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, unit, units_xml
from freesport_pipelines_tests.shop import Import, ShopUnderTest

TEXT = "Текст.<br>Вторая строка &amp; ещё\n<script>alert(1)</script>"
UNITS = [unit(), unit("    ", "ед", code="    ", full_name=None), unit("0001", "ед")]
TAXES: Mapping[str, tuple[dict[str, Any], Decimal | None]] = {
    "t20": ({"vat": "20"}, Decimal(20)),
    "percent": ({"vat": "20%"}, Decimal(20)),
    "spaced": ({"vat": " 22 % "}, Decimal(22)),
    "fraction": ({"vat": "16,67"}, Decimal("16.67")),
    "zero": ({"vat": "0"}, Decimal(0)),
    "without": ({"vat": "Без НДС"}, None),
    "empty": ({"vat": ""}, None),
    "absent": ({"vat": None}, None),
    "other": ({"taxes": {"Акциз": "5"}}, None),
    "beside": ({"taxes": {"Акциз": "5", "НДС": "10"}}, Decimal(10)),
}
GOODS = [
    good("text", description=TEXT),
    good("padded", unit="796 "),
    good("blank", unit="    "),
    good("nounit", unit=None),
    good("strange", unit="999 "),
    *(good(onec_id, **written) for onec_id, (written, _) in TAXES.items()),
]


@pytest.fixture(scope="module")
def imported(lasting_shop: ShopUnderTest) -> Import:
    files = export(goods=GOODS, offers=[], prices=[], rests=[])
    return lasting_shop.import_files(files | {"units/units_1_1_<uuid>.xml": units_xml(UNITS)})


def test_padded_unit_ids_meet(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 20."""
    query = "SELECT u.short_name FROM goods g JOIN units u ON u.onec_id = g.unit_onec_id WHERE g.onec_id = 'padded'"
    assert lasting_shop.row(query) == {"short_name": "шт"}
    assert lasting_shop.count("units", "short_name = 'ед'") == 2


def test_goods_without_a_unit_are_no_reason_for_a_warning(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 20: an unknown unit is one; the goods are imported all the same."""
    assert imported.status == "published"
    assert lasting_shop.count("goods", "onec_id IN ('blank', 'nounit') AND unit_onec_id IS NULL") == 2
    assert imported.failed_checks == {"units_and_brands_are_known"}
    assert imported.check("units_and_brands_are_known")["examples"] == ["999"]


def test_a_description_is_kept_as_1c_wrote_it(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 34: once unescaped, otherwise raw; the shop sanitises it where it shows it."""
    assert lasting_shop.row("SELECT description FROM goods WHERE onec_id = 'text'") == {"description": TEXT}


@pytest.mark.parametrize("onec_id", TAXES)
def test_vat_is_a_rate_or_nothing(imported: Import, lasting_shop: ShopUnderTest, onec_id: str) -> None:
    """Check 35."""
    rate = lasting_shop.row("SELECT vat_rate FROM goods WHERE onec_id = :id", id=onec_id)["vat_rate"]
    assert (None if rate is None else Decimal(str(rate))) == TAXES[onec_id][1]


def test_texts_and_pictures_that_a_delta_leaves_out_are_kept(shop: ShopUnderTest) -> None:
    """Checks 33 and 34: no element means no news; the rest of the row is taken over."""
    pictures = ["import_files/aa/1.jpg", "import_files/aa/2.jpg"]
    shop.import_files(export(goods=[good("g1", description=TEXT, images=pictures)]))
    before = shop.row("SELECT description, images FROM goods")
    shop.import_files({"goods.xml": goods_xml([good("g1", name="Другое имя", vat="10")])})
    row = shop.row("SELECT name, description, images, vat_rate FROM goods")
    assert (row["name"], row["vat_rate"]) == ("Другое имя", 10)
    assert {name: row[name] for name in before} == before


def test_new_texts_and_pictures_replace_the_old(shop: ShopUnderTest) -> None:
    """Checks 33 and 34: in the order of the file, the first picture is the main one; an emptied text is emptied."""
    shop.import_files(export(goods=[good("g1", description=TEXT, images=["a.jpg", "b.jpg"])]))
    shop.import_files({"goods.xml": goods_xml([good("g1", description="", images=["c.jpg", "a.jpg"])])})
    row = shop.row("SELECT description, images FROM goods")
    assert not row["description"]
    assert str(row["images"]).index("c.jpg") < str(row["images"]).index("a.jpg")
    assert "b.jpg" not in str(row["images"])
