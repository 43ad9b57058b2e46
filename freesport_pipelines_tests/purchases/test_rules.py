"""What an installation sets of the rules of profiles reaches the profiles, with the next run of `buyer_profiles`."""

import dagster as dg
import pytest

from freesport_pipelines_tests.purchases.onec_shop import AS_OF, OnecShop, publish_type

SITE = "Document_ПродажаСайта"


@pytest.fixture
def shop(shop: OnecShop) -> OnecShop:
    """It has read two months, in which a document of a type is that the project does not know."""
    publish_type(shop.company, SITE)
    shop.scan()
    shop.read()
    return shop


def test_a_type_of_documents_that_the_settings_name_is_known(shop: OnecShop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _known_types(_profiled(shop))
    assert not before.passed
    assert SITE in str(before.metadata["rows"].value)
    money = _money(shop)
    monkeypatch.setenv("ONEC_RECORDER_ROLES", f"{SITE}=till_sale")
    shop.restart()
    assert _known_types(_profiled(shop)).passed
    assert _money(shop) == money


def test_documents_of_a_type_do_what_the_settings_say(shop: OnecShop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.execute("UPDATE purchases SET recorder_type = :site WHERE recorder_type = 'Document_ЧекККМ'", site=SITE)
    shop.execute("UPDATE sales_by_card SET recorder_type = :site WHERE recorder_type = 'Document_ЧекККМ'", site=SITE)
    _profiled(shop)
    assert shop.count("purchase_profiles", "receipt_count > 0")
    monkeypatch.setenv("ONEC_RECORDER_ROLES", f"{SITE}=opening")
    shop.restart()
    _profiled(shop)
    assert shop.count("purchase_profiles", "receipt_count > 0") == 0


def test_purchase_frequencies_are_those_of_the_settings(shop: OnecShop, monkeypatch: pytest.MonkeyPatch) -> None:
    _profiled(shop)
    assert {"single", "weekly", "biweekly"} < _frequencies(shop)
    monkeypatch.setenv("ONEC_FREQUENCY_DAYS", "often=1000")
    shop.restart()
    _profiled(shop)
    assert _frequencies(shop) - {None} == {"single", "often"}


def test_segments_and_favourites_are_those_of_the_settings(shop: OnecShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEC_RFM_SEGMENTS", "Свой=0")
    monkeypatch.setenv("ONEC_FAVOURITES_COUNT", "1")
    shop.restart()
    _profiled(shop)
    assert {row["segment"] for row in shop.rows("SELECT DISTINCT segment FROM purchase_profiles")} - {None} == {"Свой"}
    assert {len(profile["favourite_products"]) for profile in shop.profiles().values()} <= {0, 1}


def _profiled(shop: OnecShop) -> dg.ExecuteInProcessResult:
    run = shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF})
    assert run.success
    return run


def _known_types(run: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    return next(check for check in run.get_asset_check_evaluations() if check.check_name == "recorder_types_are_known")


def _money(shop: OnecShop) -> list[tuple[object, ...]]:
    """What every buyer is worth."""
    rows = shop.rows("SELECT owner_onec_id, net_revenue, receipt_count FROM purchase_profiles ORDER BY 1")
    return [tuple(row.values()) for row in rows]


def _frequencies(shop: OnecShop) -> set[str | None]:
    return {row["purchase_frequency"] for row in shop.rows("SELECT purchase_frequency FROM purchase_profiles")}
