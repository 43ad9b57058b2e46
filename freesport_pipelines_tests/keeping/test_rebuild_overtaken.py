"""A rebuild of a history in which newer stocks were published while an older import was under way."""

from freesport_pipelines_tests.acceptance.exports import RRP, export
from freesport_pipelines_tests.commerceml_xml import price, rest, rests_xml
from freesport_pipelines_tests.faults.by_hand import ByHand
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.safe import catalogue, published
from freesport_pipelines_tests.shop import ShopUnderTest


def begun(shop: ShopUnderTest) -> ByHand:
    """A catalogue import of ten o'clock, staged."""
    files = export(
        prices=[price("g1#a", {RRP: "120"})],
        rests=[rest("g1#a", {"w1": "7"}), rest("g1#b", {"w1": "8"})],
        formed_at="2026-01-16T10:00:00",
    )
    return ByHand(shop, files).stage()


def overtaking(shop: ShopUnderTest) -> ByHand:
    """A stock update of five minutes past ten, published."""
    rows = rests_xml([rest("g1#a", {"w1": "3"})], formed_at="2026-01-16T10:05:00")
    update = ByHand(shop, {"rests/rests_1_1_<uuid>.xml": rows}, "stock_update")
    assert update.do_all().status == "published"
    return update


def ended(overtaken: ByHand) -> None:
    assert overtaken.judge().publish().status == "published"


def test_the_overtaken_import_is_done_before_the_newer_stocks(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    overtaken = begun(shop)
    update = overtaking(shop)
    ended(overtaken)
    then = catalogue(shop)
    said = freesport("rebuild", "--json")
    assert said.code == 0, said.err
    assert [step["session"] for step in said.json["steps"]] == [overtaken.id, update.id]
    assert catalogue(shop) == then


def test_a_backup_made_between_the_two_is_not_gone_on_from(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    before = freesport("backup", "--json").json["backup"]
    overtaken = begun(shop)
    overtaking(shop)
    freesport("backup")
    ended(overtaken)
    then = catalogue(shop)
    said = freesport("rebuild", "--json")
    assert (said.code, said.json["backup"]) == (0, before), said.err
    assert catalogue(shop) == then


def test_the_newer_stocks_are_the_end_where_they_are_named_so(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    overtaken = begun(shop)
    update = overtaking(shop)
    between = freesport("backup", "--json").json["backup"]
    then = catalogue(shop)
    ended(overtaken)
    said = freesport("rebuild", "--until", update.id, "--json")
    assert (said.code, said.json["backup"], said.json["steps"]) == (0, between, []), said.err
    assert catalogue(shop) == then
