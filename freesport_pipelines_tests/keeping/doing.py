"""What happens in a shop between a backup and a rebuild."""

from freesport_pipelines.database import sessions
from freesport_pipelines.steps import rolling_back
from freesport_pipelines_tests.acceptance.exports import export
from freesport_pipelines_tests.commerceml_xml import good, offer, rest, rests_xml
from freesport_pipelines_tests.shop import Import, ShopUnderTest

TWO_GOODS = {"goods": [good("g1"), good("g2")], "offers": [offer("g1#a"), offer("g1#b"), offer("g2#a")]}


def session_of(imported: Import) -> sessions.Session:
    assert imported.session is not None
    return imported.session


def stocks(shop: ShopUnderTest, quantity: str, day: int) -> Import:
    rows = rests_xml([rest("g1#a", {"w1": quantity})], formed_at=f"2026-01-{day:02}T05:00:00")
    return shop.import_files({"rests/rests_1_1_<uuid>.xml": rows}, job="stock_update")


def roll_back(shop: ShopUnderTest, session_id: int) -> None:
    opened = rolling_back.open_rollback(shop.database, session_id, run_id=f"rollback-{session_id}")
    rolling_back.roll_back(shop.database, opened)


def vanishing(shop: ShopUnderTest, day: int) -> Import:
    """An import that hides all SKUs: a gate holds it back until an operator approves."""
    offers = [offer("g1#a", marked=True), offer("g1#b", marked=True)]
    return shop.import_files(export(offers=offers, formed_at=f"2026-01-{day:02}T03:00:00"))
