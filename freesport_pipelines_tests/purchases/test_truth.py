"""Every figure of every profile is the emulator's truth, before and after documents are changed in 1C."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from freesport_pipelines.domain.values import ZERO_GUID
from freesport_pipelines.emulator import Company, Truth
from freesport_pipelines.emulator.guids import number_of
from freesport_pipelines.emulator.people import CARDS
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.purchases.onec_shop import (
    AS_OF,
    BY_CARD,
    MOSCOW,
    POINTS,
    SALES,
    OnecShop,
    months_of,
    onec_shop,
)

pytestmark = pytest.mark.xdist_group("purchase truth")
"""What the module prepares is expensive: it is prepared once."""

Profiles = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class State:
    """What 1C held, and what the jobs made of it."""

    truth: Truth
    tables: dict[str, list[dict[str, Any]]]
    profiles: Profiles
    stored: Profiles
    run: dg.ExecuteInProcessResult


@pytest.fixture(scope="module")
def states(empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, State]]:
    folder = tmp_path_factory.mktemp("truth")
    company = Company(customers=60, receipts=600, months=3)
    with empty.database(folder) as url, onec_shop(url, folder, company) as shop:
        before = _synchronised(shop)
        _change_documents(company)
        yield {"before": before, "after": _synchronised(shop)}


@pytest.fixture(params=["before", "after"])
def state(request: pytest.FixtureRequest, states: dict[str, State]) -> State:
    return states[request.param]


def _change_documents(company: Company) -> None:
    """Post again with fewer lines, unpost, move to another month, sell on an old day."""
    documents = company.recorders()
    for document in documents[10:200:10]:
        company.repost(document, lines=1)
    for document in documents[15:300:15]:
        company.unpost(document)
    for document in documents[21:200:21]:
        company.move(document, datetime.fromisoformat("2025-03-30T21:45:00"))
    returns = [row["Recorder"] for row in company.tables[SALES].rows() if "Возврат" in row["Recorder_Type"]]
    for document in returns[:4]:
        company.unpost(document)
    card = next(row["Ref_Key"] for row in company.tables[CARDS].rows(["Ref_Key"]))
    company.sell(datetime.fromisoformat("2025-01-31T23:30:00"), [1000.01, 0.99, 0.1], card=card)


def _synchronised(shop: OnecShop) -> State:
    assert shop.job("onec_catalogues").success
    for month in months_of(shop.company):
        assert shop.job("onec_purchases", month).success
    run = shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF})
    assert run.success
    stored = {row["owner_onec_id"]: row for row in shop.rows("SELECT * FROM purchase_profiles")}
    profiles = {owner: _parsed(row["profile"]) for owner, row in stored.items()}
    tables = {name: list(shop.company.tables[name].rows()) for name in (SALES, BY_CARD, POINTS, CARDS)}
    return State(shop.company.truth(), tables, profiles, stored, run)


def _parsed(profile: Any) -> dict[str, Any]:
    if isinstance(profile, str):
        return json.loads(profile, parse_float=Decimal)
    return json.loads(json.dumps(profile), parse_float=Decimal)


def _of_buyers(state: State, figure: str) -> dict[str, Decimal]:
    """That figure of everybody who is a counterparty and has any of it."""
    owners = {owner for owner in state.profiles if number_of("counterparty", owner)}
    values = {owner: Decimal(str(state.profiles[owner][figure] or 0)) for owner in owners}
    return {owner: value for owner, value in values.items() if value}


def _some(truth: dict[str, Any]) -> dict[str, Decimal]:
    return {owner: Decimal(value) for owner, value in truth.items() if value and owner != ZERO_GUID}


def test_the_changes_change_the_truth(states: dict[str, State]) -> None:
    before, after = states["before"].truth, states["after"].truth
    for name in ("turnover", "receipts_by_owner", "sold_by_owner", "returned_by_owner", "last_sale_by_owner", "points"):
        assert getattr(before, name) != getattr(after, name), name


def test_what_each_buyer_bought_is_the_sum_of_his_receipts(state: State) -> None:
    assert _of_buyers(state, "gross_revenue") == _some(state.truth.sold_by_owner)


def test_what_each_buyer_gave_back_is_the_sum_of_his_returns(state: State) -> None:
    assert _of_buyers(state, "returns") == _some(state.truth.returned_by_owner)


def test_what_each_buyer_paid_in_his_life_is_his_turnover(state: State) -> None:
    assert _of_buyers(state, "lifetime_revenue") == _some(state.truth.turnover_by_owner)


def test_what_each_buyer_had_bought_before_the_history_is_apart(state: State) -> None:
    assert _of_buyers(state, "opening_revenue") == _some(state.truth.opening_by_owner)


def test_the_receipts_of_each_buyer_are_counted(state: State) -> None:
    assert _of_buyers(state, "receipt_count") == _some(state.truth.receipts_by_owner)


def test_the_average_check_is_by_receipt(state: State) -> None:
    for owner, receipts in state.truth.receipts_by_owner.items():
        expected = (state.truth.sold_by_owner[owner] / receipts).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        assert Decimal(str(state.profiles[owner]["average_check"])) == expected


def test_the_last_purchase_is_the_last_sale(state: State) -> None:
    for owner, local in state.truth.last_sale_by_owner.items():
        last = datetime.fromisoformat(state.profiles[owner]["last_purchase_at"])
        assert last.astimezone(MOSCOW).replace(tzinfo=None).isoformat() == local


def test_a_card_without_owner_has_what_was_bought_with_it(state: State) -> None:
    expected: dict[str, Decimal] = defaultdict(Decimal)
    nobodys = {row["Recorder"] for row in state.tables[SALES] if row["Контрагент_Key"] == ZERO_GUID}
    for row in state.tables[BY_CARD]:
        if row["Active"] and row["ВладелецКарты_Key"] == ZERO_GUID and row["Recorder"] in nobodys:
            expected[row["ДисконтнаяКарта_Key"]] += Decimal(str(row["Сумма"]))
    found = {
        owner: Decimal(str(profile["lifetime_revenue"]))
        for owner, profile in state.profiles.items()
        if profile["owner_kind"] == "card"
    }
    assert found == {card: amount for card, amount in expected.items() if card in found or amount}
    assert found


def test_the_points_of_each_buyer_are_those_of_his_cards_until_then(state: State) -> None:
    owner_of = {row["Ref_Key"]: row["ВладелецКарты_Key"] for row in state.tables[CARDS]}
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for row in state.tables[POINTS]:
        if row["Active"] and row["Period"] <= AS_OF[:19]:
            card = row["БонуснаяКарта_Key"]
            owner = owner_of[card] if owner_of[card] != ZERO_GUID else card
            expected[owner] += Decimal(str(row["Начислено"])) - Decimal(str(row["КСписанию"]))
    found = {owner: Decimal(str(profile["bonus_balance"])) for owner, profile in state.profiles.items()}
    assert {owner: balance for owner, balance in found.items() if balance} == {
        owner: balance for owner, balance in expected.items() if balance and owner in found
    }


def test_the_columns_beside_a_profile_are_those_in_it(state: State) -> None:
    for owner, row in state.stored.items():
        profile = state.profiles[owner]
        for name in ("net_revenue", "gross_revenue", "receipt_count", "average_check", "bonus_balance"):
            inside = profile[name]
            assert (row[name] is None) == (inside is None)
            assert inside is None or Decimal(str(row[name])) == Decimal(str(inside))
        assert (row["segment"], row["purchase_frequency"]) == (profile["segment"], profile["purchase_frequency"])


def test_the_profiles_add_up_with_the_register_to_the_kopeck(state: State) -> None:
    totals = _totals(state)
    assert totals["register"] == state.truth.turnover
    assert sum(totals[name] for name in ("profiles", "anonymous", "excluded", "dropped_reports", "later")) == (
        state.truth.turnover
    )
    assert _check(state, "profiles_add_up").passed


def test_what_the_profiles_hold_is_what_they_say_they_hold(state: State) -> None:
    lifetime = sum(Decimal(str(profile["lifetime_revenue"])) for profile in state.profiles.values())
    totals = _totals(state)
    assert lifetime == totals["profiles"] + totals["card_openings"]


def test_receipts_agree_with_the_journal(state: State) -> None:
    assert _check(state, "receipts_agree_with_journal").passed


def test_a_document_type_that_is_not_published_is_reported(state: State) -> None:
    check = _check(state, "recorder_types_are_known")
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN


def test_points_agree_with_the_balances_of_1c(state: State) -> None:
    assert _check(state, "bonus_points_agree").passed


def _check(state: State, name: str) -> dg.AssetCheckEvaluation:
    return next(check for check in state.run.get_asset_check_evaluations() if check.check_name == name)


def _totals(state: State) -> dict[str, Decimal]:
    """The table of totals that the run shows."""
    (event,) = (
        event for event in state.run.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey("purchase_profiles")
    )  # fmt: skip
    lines = str(event.materialization.metadata["totals"].value).splitlines()[2:]
    cells = [[cell.strip().replace("\\", "") for cell in line.strip("|").split("|")] for line in lines]
    return {name: Decimal(amount) for name, amount in cells}
