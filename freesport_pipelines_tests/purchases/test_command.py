"""`freesport profile` as an operator runs it."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from freesport_pipelines.emulator import Company
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.emulator.people import digits
from freesport_pipelines_tests.cli.running import Installation, Said
from freesport_pipelines_tests.purchases.onec_shop import AS_OF, OnecShop, onec_shop

OWNER = guid("counterparty", 1)
SHARED_PHONE = digits(8)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnecShop]:
    """A shop with profiles, in a database that commands can open."""
    folder = tmp_path_factory.mktemp("command")
    company = Company(customers=36, receipts=400, months=2)
    with onec_shop(f"sqlite:///{folder / 'shop.db'}", folder, company) as shop:
        assert shop.job("onec_catalogues").success
        shop.read()
        assert shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF}).success
        yield shop


@pytest.fixture(scope="module")
def shown(prepared: OnecShop) -> dict[str, Any]:
    """What the command says of buyer 1."""
    said = _profile(prepared, "--owner", OWNER)
    assert said.code == 0, said.err
    return json.loads(said.out, parse_float=Decimal)


def _profile(shop: OnecShop, *arguments: object) -> Said:
    return Installation(shop.folder).freesport("profile", *arguments)


def test_the_shape_is_that_of_the_requirement(shown: dict[str, Any]) -> None:
    assert set(shown) == {"phone", "discount_card_id", "customer_id", "name", "purchases", "statistics"}
    assert set(shown["statistics"]) == {
        "total_revenue", "total_purchases", "average_check", "favorite_categories", "purchase_frequency",
    }  # fmt: skip
    assert {frozenset(purchase) for purchase in shown["purchases"]} == {
        frozenset({"date", "amount", "quantity", "product_id", "document_id", "store_id"})
    }


def test_the_buyer_is_named(shown: dict[str, Any]) -> None:
    assert (shown["phone"], shown["customer_id"]) == (digits(1), OWNER)
    assert (shown["discount_card_id"], shown["name"]) == (guid("card", 1), "Примерова Борис Образцовна")


def test_the_figures_are_the_truth(prepared: OnecShop, shown: dict[str, Any]) -> None:
    truth, statistics = prepared.company.truth(), shown["statistics"]
    sold, receipts = truth.sold_by_owner[OWNER], truth.receipts_by_owner[OWNER]
    assert statistics["total_revenue"] == sold + truth.returned_by_owner.get(OWNER, 0)
    assert statistics["total_purchases"] == receipts
    assert statistics["average_check"] == (sold / receipts).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@pytest.mark.parametrize("number", [1, 3, 16, 24])
def test_the_purchases_make_the_revenue(prepared: OnecShop, number: int) -> None:
    said = _profile(prepared, "--owner", guid("counterparty", number))
    document = json.loads(said.out, parse_float=Decimal)
    assert document["purchases"]
    assert sum(p["amount"] for p in document["purchases"]) == document["statistics"]["total_revenue"]


def test_a_buyer_is_found_by_the_number_of_the_customer(prepared: OnecShop, shown: dict[str, Any]) -> None:
    number = prepared.customer_of(1)
    assert json.loads(_profile(prepared, "--customer", number).out, parse_float=Decimal) == shown


def test_a_buyer_is_found_by_the_hash_of_the_phone(prepared: OnecShop, shown: dict[str, Any]) -> None:
    digest = hashlib.sha256(digits(1).encode()).hexdigest()
    assert json.loads(_profile(prepared, "--phone-hash", digest.upper()).out, parse_float=Decimal) == shown


@pytest.mark.parametrize(
    "arguments",
    [("--owner", guid("counterparty", 999)), ("--customer", 999_999), ("--phone-hash", "0" * 64)],
    ids=["owner", "customer", "phone"],
)
def test_an_unknown_buyer_ends_with_one_and_a_word(prepared: OnecShop, arguments: tuple[object, ...]) -> None:
    said = _profile(prepared, *arguments)
    assert (said.code, said.out) == (1, "")
    assert "no profile" in said.err


def test_a_phone_of_two_owners_shows_nobody(prepared: OnecShop) -> None:
    said = _profile(prepared, "--phone-hash", hashlib.sha256(SHARED_PHONE.encode()).hexdigest())
    assert (said.code, said.out) == (1, "")


@pytest.mark.parametrize("arguments", [(), ("--owner", OWNER, "--customer", 1)], ids=["none", "two"])
def test_a_buyer_must_be_named_once(prepared: OnecShop, arguments: tuple[object, ...]) -> None:
    said = _profile(prepared, *arguments)
    assert (said.code, said.out) == (2, "")


def test_a_page_has_no_personal_data(prepared: OnecShop) -> None:
    said = _profile(prepared, "--owner", OWNER, "--page")
    assert said.code == 0
    assert str(prepared.company.truth().receipts_by_owner[OWNER]) in said.out
    for value in (digits(1), digits(1)[1:], "Примерова", "Борис", "buyer1@", "(000)"):
        assert value not in said.out


def test_with_owners_from_cards_the_purchases_still_make_the_revenue(prepared: OnecShop, tmp_path: Path) -> None:
    """A base whose registers name no owner at all: whose a sale is, the card says."""
    shutil.copyfile(prepared.folder / "shop.db", tmp_path / "shop.db")
    poor = OnecShop(
        f"sqlite:///{tmp_path / 'shop.db'}", tmp_path, prepared.company, prepared.server, owners_from_cards=True
    )
    poor.execute("UPDATE sales_by_card SET owner_onec_id = NULL")
    poor.execute("UPDATE purchases SET customer_onec_id = NULL")
    assert poor.job("buyer_profiles", profile_buyers={"as_of": AS_OF}).success
    poor.close()
    said = Installation(tmp_path, ONEC_OWNERS_FROM_CARDS="true").freesport("profile", "--owner", OWNER)
    document = json.loads(said.out, parse_float=Decimal)
    assert document["statistics"]["total_revenue"] > 0
    assert sum(p["amount"] for p in document["purchases"]) == document["statistics"]["total_revenue"]
