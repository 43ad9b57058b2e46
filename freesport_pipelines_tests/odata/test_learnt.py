"""What one client found out is not asked again by the next one of the same process."""

from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines.odata.client import OnecClient, open_client
from freesport_pipelines.odata.learnt import LONGEST_MEMORY, Learnt
from freesport_pipelines.odata.register_entities import LOYALTY, LOYALTY_BALANCES
from freesport_pipelines.settings import OnecSettings
from freesport_pipelines_tests.odata.building import MARCH, Clock, card
from freesport_pipelines_tests.odata.scripted import Reply, Scripted, Seen, odata_error, rows, serving

OPTIONAL, MANDATORY = "КодКартыМагнитный", "ВладелецКарты_Key"


class Base:
    """Lacks some fields of the cards; its register is empty."""

    def __init__(self, *lacking: str) -> None:
        self.lacking = set(lacking)
        self.refuses_filters = False

    def __call__(self, seen: Seen) -> Reply:
        wrong = self.lacking & set(seen.options["$select"].split(","))
        if wrong:
            return odata_error(400, "6", f"Сегмент пути {min(wrong)} не найден!")
        if "$filter" in seen.options and self.refuses_filters:
            return odata_error(500, "-1", 'Операция не разрешена в предложении "ГДЕ"')
        is_catalogue = seen.entity.startswith("Catalog_")
        return (
            rows({k: v for k, v in card(1).items() if k not in self.lacking}, count=1)
            if is_catalogue
            else rows(count=0)
        )


def opened(server: Scripted, password: str = "invented", **settings: Any) -> OnecClient:
    known: dict[str, Any] = {"api_user": "reader", "api_password": password, "page_pause": 0, **settings}
    return open_client(OnecSettings(_env_file=None, api_url=server.url, **known))  # type: ignore[call-arg]


def cards(server: Scripted, **settings: Any) -> tuple[str, ...]:
    with opened(server, **settings) as client:
        reading = client.catalogue(client.entities.discount_cards)
        reading.rows()
    return reading.summary.unpublished_fields


def sales(server: Scripted, **settings: Any) -> None:
    with opened(server, **settings) as client:
        client.register(client.entities.sales, *MARCH).rows()


def test_a_missing_field_is_found_out_by_the_first_client_only() -> None:
    with serving(Base(OPTIONAL)) as server:
        assert [cards(server) for _ in range(3)] == [(OPTIONAL,)] * 3
    assert len(server.log) == 4


def test_the_canary_is_sent_by_the_first_client_only() -> None:
    with serving(Base()) as server:
        for _ in range(3):
            sales(server)
    assert [seen.is_canary for seen in server.log] == [True, False, False, False]


def test_other_credentials_learn_for_themselves() -> None:
    with serving(Base(OPTIONAL)) as server:
        cards(server)
        cards(server, password="another")
        sales(server)
        sales(server, password="another")
    assert sum(seen.is_canary for seen in server.log) == 2
    assert len(server.log) == 2 + 2 + 4


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the memory."""
    clock = Clock()
    memory = Learnt(clock)
    monkeypatch.setattr("freesport_pipelines.odata.client.shared_memory", lambda key: memory)
    return clock


def test_a_field_that_is_published_later_is_found_after_an_hour(clock: Clock) -> None:
    base = Base(OPTIONAL)
    with serving(base) as server:
        assert cards(server) == (OPTIONAL,)
        base.lacking.clear()
        clock.now += LONGEST_MEMORY - 1
        assert cards(server) == (OPTIONAL,)
        clock.now += 1
        assert cards(server) == ()


def test_the_canary_is_sent_again_after_an_hour(clock: Clock) -> None:
    with serving(Base()) as server:
        sales(server)
        clock.now += LONGEST_MEMORY
        sales(server)
    assert sum(seen.is_canary for seen in server.log) == 2


def test_what_is_learnt_later_does_not_keep_what_was_learnt_before() -> None:
    clock = Clock()
    memory = Learnt(clock)
    memory.learn(LOYALTY)
    clock.now += LONGEST_MEMORY - 1
    memory.learn(LOYALTY.without(frozenset({"RecordType"})))
    clock.now += 1
    assert memory.fitted() == {}


def test_nothing_is_forgotten_while_a_client_is_open(clock: Clock) -> None:
    with serving(Base(OPTIONAL)) as server, opened(server) as client:
        client.catalogue(client.entities.discount_cards).rows()
        clock.now += 2 * LONGEST_MEMORY
        assert client.fitted(client.entities.discount_cards).wanting == {OPTIONAL}


def test_after_an_error_about_fields_the_next_client_begins_anew() -> None:
    base = Base(OPTIONAL, MANDATORY)
    with serving(base) as server:
        with pytest.raises(errors.SchemaError):
            cards(server)
        base.lacking.clear()
        assert cards(server) == ()


def test_a_candidate_that_is_published_after_all_failed_is_found_at_once() -> None:
    base = Base("ДисконтнаяКарта_Key", "Карта_Key")
    known = {"sales_by_card_filter_fields": "ДисконтнаяКарта_Key,Карта_Key"}
    with serving(base) as server:
        with opened(server, **known) as client, pytest.raises(errors.FieldUnknownError):
            client.register(client.entities.sales_by_card, *MARCH).rows()
        base.lacking = {"Карта_Key"}
        with opened(server, **known) as client:
            reading = client.register(client.entities.sales_by_card, *MARCH)
            reading.rows()
    assert reading.summary.chosen_field == "ДисконтнаяКарта_Key"


def test_after_a_refused_filter_the_next_client_sends_a_canary_of_its_own() -> None:
    base = Base()
    with serving(base) as server:
        sales(server)
        base.refuses_filters = True
        with opened(server) as client:
            client.register(client.entities.sales, *MARCH).rows()
        before = len(server.log)
        sales(server)
    assert server.log[before].is_canary


def test_a_virtual_table_and_other_candidates_are_remembered_apart() -> None:
    memory = Learnt()
    same_name = LOYALTY_BALANCES.named(LOYALTY.name)
    for entity in (LOYALTY, same_name, LOYALTY.choosing_from(("Карта_Key",))):
        memory.learn(entity)
    assert len(memory.fitted()) == 3
