"""The virtual table of balances is a function, not rows: its refusals mean something else (facts/odata, 1.5 c)."""

from typing import Any
from urllib.parse import unquote

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines.odata.balances import NoBalancesError
from freesport_pipelines_tests.odata.building import CARD, MARCH, client_of, sale
from freesport_pipelines_tests.odata.scripted import Reply, Seen, odata_error, rows, serving

RESOURCES = ("НачисленоBalance", "КСписаниюBalance")
NO_METHOD = odata_error(400, "6", "Метод не найден")


def loyalty_base(field: str, *, balance: Reply | None = None) -> Any:
    """A base whose registers of bonus points have this field; its other fields are unknown to it."""

    def answer(seen: Seen) -> Reply:
        is_balance = "/Balance(" in seen.path
        if is_balance and balance is not None:
            return balance
        resources = RESOURCES if is_balance else ("Начислено", "КСписанию", "RecordType")
        known = {field, *resources, *sale(1)} - {"Контрагент_Key"}
        wrong = [name for name in seen.options["$select"].split(",") if name not in known]
        if wrong:
            return odata_error(400, "6", f"Сегмент пути {wrong[0]} не найден!")
        if is_balance:
            if "Condition" in seen.path and f"{field} eq " not in unquote(seen.path):
                return odata_error(400, "6", "Сегмент пути не найден!")
            return rows({field: CARD, "НачисленоBalance": 10, "КСписаниюBalance": 4})
        return rows(sale(1, **{field: CARD, "Начислено": 10, "КСписанию": 4}), count=1)

    return answer


@pytest.mark.parametrize("code", ["6", "11"])
@pytest.mark.parametrize("ask", [{"at": MARCH[1]}, {"card": CARD}], ids=["all", "one card"])
def test_a_register_without_balances_is_one_request_and_an_error_of_its_own(code: str, ask: Any) -> None:
    with (
        serving(odata_error(400, code, "Метод не найден")) as server,
        client_of(server.url) as client,
        pytest.raises(NoBalancesError, match="not available here") as raised,
    ):
        client.loyalty_balances(**ask)
    assert isinstance(raised.value, errors.NotPublishedError)
    assert len(server.log) == 1


def test_asking_for_balances_in_vain_leaves_the_rows_of_the_register_as_they_were() -> None:
    with serving(loyalty_base("БонуснаяКарта_Key", balance=NO_METHOD)) as server, client_of(server.url) as client:
        with pytest.raises(NoBalancesError):
            client.loyalty_balances(at=MARCH[1])
        reading = client.register(client.entities.loyalty, *MARCH)
        assert len(reading.rows() or []) == 1
    assert reading.summary.unpublished_fields == ()


@pytest.mark.parametrize("order", ["balance", "register balance", "balance register"])
@pytest.mark.parametrize("field", ["БонуснаяКарта_Key", "ДисконтнаяКарта_Key", "Покупатель_Key"])
@pytest.mark.parametrize("ask", [{"at": MARCH[1]}, {"card": CARD}], ids=["all", "one card"])
def test_balances_have_the_field_of_the_card_that_this_base_has(order: str, field: str, ask: Any) -> None:
    with serving(loyalty_base(field)) as server, client_of(server.url) as client:
        for what in order.split():
            if what == "register":
                assert len(client.register(client.entities.loyalty, *MARCH).rows() or []) == 1
                continue
            (balance,) = client.loyalty_balances(**ask)
            assert (balance.card, balance.accrued, balance.to_write_off) == (CARD, 10, 4)


def test_balances_try_the_fields_that_are_configured() -> None:
    with (
        serving(loyalty_base("Клиент_Key")) as server,
        client_of(server.url, loyalty_filter_fields="Другой_Key,Клиент_Key") as client,
    ):
        assert [balance.card for balance in client.loyalty_balances(at=MARCH[1])] == [CARD]


def test_a_balance_by_a_field_of_a_composite_type_names_the_type() -> None:
    with serving(loyalty_base("Карта")) as server, client_of(server.url, loyalty_filter_fields="Карта") as client:
        client.loyalty_balances(card=CARD)
    assert server.log[-1].entity.endswith(f"Condition='Карта eq cast(guid''{CARD}'',''Catalog_ДисконтныеКарты'')')")


def test_without_any_field_of_the_card_all_are_named() -> None:
    with (
        serving(loyalty_base("Иное_Key")) as server,
        client_of(server.url) as client,
        pytest.raises(NoBalancesError, match=r"БонуснаяКарта_Key, .*Покупатель_Key"),
    ):
        client.loyalty_balances(at=MARCH[1])


@pytest.mark.parametrize("code", ["-1", "6"])
def test_balances_for_which_1c_gives_up_waiting_are_too_heavy_and_not_absent(code: str) -> None:
    with (
        serving(odata_error(500, code, "Превышено время ожидания")) as server,
        client_of(server.url) as client,
        pytest.raises(errors.TimedOutError) as raised,
    ):
        client.loyalty_balances(at=MARCH[1])
    assert raised.value.transient
    assert len(server.log) == errors.TimedOutError.attempts
