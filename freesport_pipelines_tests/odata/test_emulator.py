"""The client against the emulator, which reads the facts in its own way: everything, once, under every fault."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freesport_pipelines.emulator import Access, Company, Fault, Limits, Server, nth, serve
from freesport_pipelines.odata import errors
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.entities import Entities
from freesport_pipelines.odata.fields import Entity
from freesport_pipelines.odata.reading import Reading
from freesport_pipelines.odata.scalars import reference
from freesport_pipelines_tests.odata.building import client_of

EVER = (datetime(2015, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
SALES = "AccumulationRegister_Продажи_RecordType"
CUSTOMERS = "Catalog_Контрагенты"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(customers=60, receipts=400, months=6)


def client_to(server: Server, **settings: Any) -> Any:
    known = {"api_user": server.user, "api_password": server.password, "page_size": 100, **settings}
    return client_of(server.url, **known)


def reading(client: OnecClient, entity: Entity[Any]) -> Reading[Any]:
    return client.register(entity, *EVER) if entity.is_register else client.catalogue(entity)


def is_clean(server: Server, concurrency: int = 1) -> bool:
    """Nothing was asked as 1C must not be asked."""
    targets = [seen.target for seen in server.log]
    return (
        server.most_in_flight <= concurrency
        and {seen.method for seen in server.log} == {"GET"}
        and not any("+" in target or target.count("?") > 1 or len(target) > 2000 for target in targets)
        and all("$select" in seen.options and "$format" in seen.options for seen in server.log)
    )


@pytest.mark.parametrize("name", Entities._fields)
def test_every_row_of_every_entity_is_read_once(company: Company, name: str) -> None:
    with serve(company) as server, client_to(server) as client:
        entity = getattr(client.entities, name)
        read = reading(client, entity)
        rows = read.rows()
        assert rows is not None
        assert read.summary.rows == len(rows) == company.truth().rows[entity.name]
        assert is_clean(server)


def test_the_turnover_of_every_owner_is_exact_to_the_kopeck(company: Company) -> None:
    truth = company.truth()
    with serve(company) as server, client_to(server) as client:
        rows = client.register(client.entities.sales, *EVER).rows() or []
    turnover: Counter[str | None] = Counter()
    for row in rows:
        if row.is_active:
            turnover[row.counterparty] += row.amount  # type: ignore[assignment]
    expected = {reference(owner, None): amount for owner, amount in truth.turnover_by_owner.items()}  # type: ignore[arg-type]
    assert dict(turnover) == expected
    assert len({(row.recorder, row.line) for row in rows}) == len(rows)


def test_the_balance_of_each_card_is_the_sum_of_its_movements(company: Company) -> None:
    with serve(company) as server, client_to(server) as client:
        movements = client.register(client.entities.loyalty, *EVER).rows() or []
        some = Counter(row.card for row in movements).most_common(3)
        for card, _ in some:
            (balance,) = client.loyalty_balances(card=card, at=EVER[1])
            points = sum((row.accrued - row.to_write_off for row in movements if row.card == card), Decimal(0))
            assert balance.accrued - balance.to_write_off == points


FAULTS = [
    Fault("throttled", when=nth(3), value=2),
    Fault("unavailable", when=nth(2, 3)),
    Fault("bad_gateway", when=nth(2)),
    Fault("truncated", when=nth(2)),
    Fault("empty_body", when=nth(2)),
    Fault("reset", when=nth(2)),
    Fault("cut_short", when=nth(2)),
    Fault("device_full", when=nth(2)),
    Fault("server_error", when=nth(2)),
    Fault("wrong_charset"),
    Fault("top_capped", value=30),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("name", ["customers", "sales"])
def test_passing_trouble_costs_repetitions_and_no_row(company: Company, name: str, fault: Fault) -> None:
    again = Fault(fault.name, when=fault.when, value=fault.value)
    with serve(company, faults=[again]) as server, client_to(server, page_size=20) as client:
        entity = getattr(client.entities, name)
        rows = reading(client, entity).rows()
        assert rows is not None
        assert len(rows) == company.truth().rows[entity.name]
    assert again.struck > 0


def test_a_full_disk_makes_pages_smaller_and_loses_nothing(company: Company) -> None:
    with serve(company, limits=Limits(page_rows=30)) as server, client_to(server) as client:
        rows = client.register(client.entities.sales, *EVER).rows()
        assert rows is not None
        assert len(rows) == company.truth().rows[SALES]


def test_a_register_grouped_by_document_gives_the_same_rows(company: Company) -> None:
    grouped = "/AccumulationRegister_Продажи"
    with serve(company) as server, client_to(server) as client, client_to(server, sales_endpoint=grouped) as other:
        flat = client.register(client.entities.sales, *EVER).rows()
        by_document = other.register(other.entities.sales, *EVER).rows()
    assert flat is not None
    assert by_document is not None
    assert Counter(by_document) == Counter(flat)


def test_rows_that_only_others_may_see_are_refused_and_vanish_only_when_that_is_wanted(company: Company) -> None:
    access = Access(restricted={CUSTOMERS: 5})
    with serve(company, access=access) as server:
        with client_to(server) as client, pytest.raises(errors.AccessDeniedError):
            client.catalogue(client.entities.customers).rows()
        with client_to(server, allowed_only=True) as client:
            read = client.catalogue(client.entities.customers)
            rows = read.rows()
    assert rows is not None
    assert 0 < len(rows) < company.truth().rows[CUSTOMERS]
    assert read.summary.allowed_only


def test_a_wrong_password_is_tried_once() -> None:
    with serve(Company(customers=2, receipts=2, months=1)) as server, client_to(server, api_password="wrong") as client:
        for _ in range(3):
            with pytest.raises(errors.LoginRefusedError):
                client.catalogue(client.entities.customers).rows()
    assert len(server.log) == 1


@pytest.fixture
def small() -> Company:
    return Company(customers=40, receipts=100, months=2)


def test_a_card_that_is_added_while_the_cards_are_read_is_in_the_result(small: Company) -> None:
    fault = Fault("rows_inserted", entity="Catalog_ДисконтныеКарты", when=nth(2), value=small.add_card)
    with serve(small, faults=[fault]) as server, client_to(server, page_size=20) as client:
        rows = client.catalogue(client.entities.discount_cards).rows()
    assert rows is not None
    assert len({row.onec_id for row in rows}) == len(rows) == small.truth().rows["Catalog_ДисконтныеКарты"]


def test_requests_stay_near_the_least_number_of_full_pages() -> None:
    company = Company(customers=300, receipts=8_000, months=12)
    with serve(company) as server, client_to(server, page_size=200) as client:
        start = client.first_moment(client.entities.sales)
        assert start is not None
        rows = client.register(client.entities.sales, start, datetime.now(UTC) + timedelta(days=1)).rows()
    assert rows is not None
    asked = [seen for seen in server.log if seen.path == SALES]
    assert len(asked) <= 1.2 * len(rows) / 200


ENDINGS = [
    ("maintenance", errors.MaintenanceError),
    ("maintenance_page", errors.MaintenanceError),
    ("no_licence", errors.SessionLimitError),
    ("locked", errors.AccountLockedError),
    ("unauthorized", errors.LoginRefusedError),
    ("no_rights", errors.AccessDeniedError),
    ("unpublished", errors.NotPublishedError),
    ("error_in_200", errors.OnecError),
    ("login_page", errors.FormatError),
    ("redirect", errors.RedirectError),
    ("echo", errors.QueryRefusedError),
    ("tenant_page", errors.HeavyQueryError),
    ("no_value", errors.FormatError),
    ("throttled", errors.ThrottledError),
    ("unavailable", errors.BusyError),
    ("empty_body", errors.BrokenBodyError),
    ("truncated", errors.BrokenBodyError),
    ("cut_short", errors.UnreachableError),
    ("reset", errors.UnreachableError),
    ("huge_body", errors.TooLargeError),
    ("gzip_bomb", errors.TooLargeError),
    ("skip_ignored", errors.RepeatedPageError),
]


@pytest.mark.parametrize(("fault", "error"), ENDINGS)
def test_lasting_trouble_ends_in_its_error_after_few_requests_without_a_row_or_a_secret(
    company: Company, fault: str, error: type[errors.OnecError]
) -> None:
    given: list[Any] = []
    with (
        serve(company, faults=[Fault(fault)]) as server,
        client_to(server, page_size=20) as client,
        pytest.raises(error) as raised,
    ):
        given += client.catalogue(client.entities.customers)
    assert given == []
    assert len(server.log) <= 5
    told = str(raised.value)
    assert [
        text for text in ("70000000042", "000-00-42", "c0de", "Анна", "anna@", server.password) if text in told
    ] == []


@pytest.mark.parametrize(("fault", "error"), [
    ("filter_ignored", errors.FilterIgnoredError), ("where_refused", errors.WhereRefusedError),
])  # fmt: skip
def test_filters_that_do_not_arrive_end_the_reading_of_a_register_at_the_canary(
    company: Company, fault: str, error: type[errors.OnecError]
) -> None:
    with serve(company, faults=[Fault(fault)]) as server, client_to(server) as client, pytest.raises(error):
        client.register(client.entities.sales, *EVER).rows()
    assert len(server.log) == 1


def test_a_filter_that_is_refused_for_one_register_only_leads_to_a_whole_scan(company: Company) -> None:
    with serve(company, faults=[Fault("where_refused", entity=SALES)]) as server, client_to(server) as client:
        read = client.register(client.entities.sales, *EVER)
        rows = read.rows()
    assert rows is not None
    assert len(rows) == company.truth().rows[SALES]
    assert read.summary.is_degraded


@pytest.mark.parametrize("concurrency", [1, 2])
def test_workers_together_never_need_more_sessions_than_the_tariff_has(company: Company, concurrency: int) -> None:
    with (
        serve(company, limits=Limits(sessions=concurrency)) as server,
        client_to(server, concurrency=concurrency) as client,
        ThreadPoolExecutor(4) as pool,
    ):
        names = ("sales", "customers", "sales_by_card", "retail_journal")
        read = [reading(client, getattr(client.entities, name)) for name in names]
        found = list(pool.map(lambda one: len(one.rows() or []), read))
    truth = company.truth().rows
    assert found == [truth[getattr(Entities(), name).name] for name in names]
    assert is_clean(server, concurrency)
    assert {seen.status for seen in server.log} == {200}
