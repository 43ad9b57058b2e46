"""What the job `buyer_profiles` says where 1C publishes less, disagrees, or was read in part."""

from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import pytest

from freesport_pipelines.defs.assets import onec
from freesport_pipelines.emulator import Company, Fault
from freesport_pipelines.profiles import build
from freesport_pipelines.steps.card_refresh import refresh_cards
from freesport_pipelines_tests.purchases.onec_shop import AS_OF, POINTS, REGISTERS, OnecShop

OLDER = Company(customers=36, receipts=100, months=1, first_month=date(2024, 1, 1))


def _profiles(shop: OnecShop) -> dict[str, dict[str, Any]]:
    assert shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF}).success
    return shop.profiles()


def test_points_that_are_not_published_are_unknown_not_zero(shop: OnecShop) -> None:
    shop.company.publish_all_but(POINTS)
    shop.scan()
    shop.read()
    assert {profile["bonus_balance"] for profile in _profiles(shop).values()} == {None}
    assert shop.count("purchase_profiles", "bonus_balance IS NOT NULL") == 0


def test_points_that_are_published_are_numbers(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    assert None not in {profile["bonus_balance"] for profile in _profiles(shop).values()}


def test_points_of_which_only_some_months_were_read_are_unknown(shop: OnecShop) -> None:
    """January was read while 1C did not publish them: what February alone says is no balance."""
    shop.company.publish_all_but(POINTS)
    shop.scan()
    shop.read("2024-12", "2025-01")
    shop.company.publish_all_but()
    shop.read("2025-02")
    assert {profile["bonus_balance"] for profile in _profiles(shop).values()} == {None}


def test_points_that_1c_counts_otherwise_are_reported(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    shop.execute("DELETE FROM loyalty_movements WHERE recorder = (SELECT min(recorder) FROM loyalty_movements)")
    run = shop.job("buyer_profiles")
    assert not _check(run, "bonus_points_agree").passed


def test_points_of_cards_that_the_catalogue_has_lost_are_compared_too(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    shop.execute("UPDATE discount_cards SET missing_since = updated_at")
    assert _check(shop.job("buyer_profiles"), "bonus_points_agree").passed
    shop.execute("DELETE FROM loyalty_movements WHERE recorder = (SELECT min(recorder) FROM loyalty_movements)")
    assert not _check(shop.job("buyer_profiles"), "bonus_points_agree").passed


def test_profiles_of_the_past_are_not_compared_with_the_balances_of_today(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    run = shop.job("buyer_profiles")
    today = shop.profiles()
    past = shop.job("buyer_profiles", profile_buyers={"as_of": "2025-01-15T00:00:00+03:00"})
    assert all(_check(each, "bonus_points_agree").passed for each in (run, past))
    assert any(profile["bonus_balance"] != today[owner]["bonus_balance"] for owner, profile in shop.profiles().items())


@pytest.mark.parametrize("as_of", ["yesterday", "2025-06-01", "2025-13-01T00:00:00+03:00"])
def test_an_as_of_that_is_no_moment_is_refused_with_an_example(shop: OnecShop, as_of: str) -> None:
    run = shop.job("buyer_profiles", profile_buyers={"as_of": as_of})
    assert not run.success
    said = run.failure_data_for_node("profile_buyers").user_failure_data.description
    assert said.startswith("as_of must be an ISO time with its zone, such as 2025-06-01T00:00:00+03:00")
    assert as_of in said


def test_a_document_type_that_is_not_published_is_called_so(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    for table in ("purchases", "sales_by_card", "retail_receipts"):
        shop.execute(f"UPDATE {table} SET {'ref_type' if table == 'retail_receipts' else 'recorder_type'} = ''")
    shown = str(_check(shop.job("buyer_profiles"), "recorder_types_are_known").metadata["rows"].value)
    assert "(not published)" in shown
    assert "nan" not in shown


def test_a_brand_that_is_not_in_the_catalogue_has_an_id_and_no_name(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    shop.execute("DELETE FROM onec_brands")
    brands = [brand for profile in _profiles(shop).values() for brand in profile["favourite_brands"]]
    assert brands
    assert all(brand["name"] is None and brand["onec_id"] for brand in brands)


def test_a_receipt_that_the_journal_has_not_is_reported(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    document = min(shop.recorders("loyalty_movements"))
    shop.execute("DELETE FROM retail_receipts WHERE ref = :id", id=document)
    check = _check(shop.job("buyer_profiles"), "receipts_agree_with_journal")
    assert not check.passed
    assert document in str(check.metadata["rows"].value)


def test_the_same_moment_gives_the_same_profiles(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    assert _profiles(shop) == _profiles(shop)
    run = shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF})
    (event,) = run.asset_materializations_for_node("profile_buyers")[:1]
    assert event.metadata["changed"].value == 0


@pytest.mark.parametrize("company", [OLDER], ids=["opening balances before the history"])
def test_refreshing_cards_changes_no_profile(shop: OnecShop) -> None:
    """What is older than ONEC_HISTORY_START counts for nobody, whether or not a card was refreshed."""
    shop.scan()
    shop.read("2024-01")
    before = {owner: profile["lifetime_revenue"] for owner, profile in _profiles(shop).items()}
    with shop.client() as client:
        refresh_cards(shop.database, client, REGISTERS, 12, datetime.now(UTC))
    assert {owner: profile["lifetime_revenue"] for owner, profile in _profiles(shop).items()} == before


def test_a_profile_belongs_to_the_user_of_its_owners_cards(shop: OnecShop) -> None:
    assert shop.job("onec_catalogues").success
    shop.read()
    _profiles(shop)
    linked = shop.rows("SELECT owner_onec_id, customer_id FROM purchase_profiles WHERE customer_id IS NOT NULL")
    owners = {
        row["owner"]: row["customer_id"]
        for row in shop.rows(
            "SELECT coalesce(owner_onec_id, onec_id) AS owner, customer_id FROM discount_cards "
            "WHERE customer_id IS NOT NULL"
        )
    }
    assert linked
    assert all(owners[row["owner_onec_id"]] == row["customer_id"] for row in linked)


@pytest.mark.parametrize("asset", ["discount_cards", "onec_products"])
def test_maintenance_of_1c_lets_dagster_try_again_later(shop: OnecShop, asset: str) -> None:
    """The assets have a policy for it; a failure that forbids retries would make it idle."""
    shop.server.faults.add(Fault("maintenance"))
    definition = getattr(onec, asset)
    assert definition.op.retry_policy is not None
    with pytest.raises(dg.Failure) as caught:
        definition(config=onec.ScanConfig(), onec=shop.onec, shop=shop.resource)
    assert caught.value.allow_retries


def test_profiles_that_do_not_add_up_are_not_stored(shop: OnecShop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.scan()
    shop.read()
    before = _profiles(shop)
    batches = build.profile_batches
    monkeypatch.setattr(build, "profile_batches", lambda ledger: (batch[1:] for batch in batches(ledger)))
    run = shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF})
    assert not run.success
    assert not _check(run, "profiles_add_up").passed
    assert shop.profiles() == before


def _check(run: dg.ExecuteInProcessResult, name: str) -> dg.AssetCheckEvaluation:
    return next(check for check in run.get_asset_check_evaluations() if check.check_name == name)
