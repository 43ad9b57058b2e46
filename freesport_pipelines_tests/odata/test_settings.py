"""The environment is read once, with readable refusals, and secrets stay secret."""

from base64 import b64encode
from typing import Any

import pytest
from pydantic import ValidationError

from freesport_pipelines.odata.client import open_client
from freesport_pipelines.odata.entities import Entities
from freesport_pipelines.odata.errors import NotConfiguredError
from freesport_pipelines.settings import OnecSettings

URL = "https://1c.example/a/unf/1/odata/standard.odata"
PAIR = b64encode("Читатель:invented".encode()).decode()


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> OnecSettings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return OnecSettings(_env_file=None)  # type: ignore[call-arg]


def test_nothing_must_be_set_before_a_client_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    known = settings(monkeypatch)
    with pytest.raises(NotConfiguredError, match="ONEC_API_URL is not set"):
        open_client(known)


def test_without_credentials_no_client_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotConfiguredError, match="no credentials"):
        open_client(settings(monkeypatch, ONEC_API_URL=URL))


@pytest.mark.parametrize(
    ("token", "sent"),
    [(PAIR, f"Basic {PAIR}"), (f"Basic {PAIR}", f"Basic {PAIR}"), ("Bearer abc.def", "Bearer abc.def")],
)
def test_a_token_is_sent_as_basic_unless_it_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, token: str, sent: str
) -> None:
    assert settings(monkeypatch, ONEC_API_TOKEN=token).authorization() == sent


def test_user_and_password_are_joined_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    known = settings(monkeypatch, ONEC_API_USER="Читатель", ONEC_API_PASSWORD="invented")
    assert known.authorization() == f"Basic {PAIR}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEC_API_URL", "1c.example"),
        ("ONEC_API_URL", "https://user:invented@1c.example/odata/standard.odata"),
        ("ONEC_API_URL", "https://1c.example/odata/standard.odata?secret=invented"),
        ("ONEC_API_TOKEN", "this-is-no-base64-of-invented"),
        ("ONEC_API_TOKEN", b64encode(b"no colon").decode()),
        ("ONEC_CONCURRENCY", "3"),
        ("ONEC_PAGE_SIZE", "many"),
        ("ONEC_TIME_ZONE", "Moscow/Europe"),
        ("ONEC_SALES_ENDPOINT", "/Catalog_X?$top=1"),
        ("ONEC_LOYALTY_FILTER_FIELDS", ","),
        ("ONEC_LOYALTY_FILTER_FIELDS", "Карта eq 1"),
        ("ONEC_LOYALTY_ENABLED", "perhaps"),
        ("CUSTOMER_SYNC_NIGHTLY_HOUR", "24"),
        ("CUSTOMER_SYNC_INTERVAL_HOURS", "0"),
        ("CUSTOMER_SYNC_INTERVAL_HOURS", "7"),
        ("CUSTOMER_SYNC_INTERVAL_HOURS", "48"),
        ("ONEC_API_URL", "https://1c.example:abc/odata/standard.odata"),
        ("ONEC_API_URL", "https://1c.example:99999/odata/standard.odata"),
        ("ONEC_API_URL", "https://1c.example:0/odata/standard.odata"),
        ("ONEC_API_URL", "https://[1c.example/odata/standard.odata"),
        ("ONEC_API_URL", "https://1c..example/odata/standard.odata"),
        ("ONEC_API_URL", "https://1c example/odata/standard.odata"),
        ("ONEC_API_TOKEN", "Bearer Ыinvented"),
        ("ONEC_API_TOKEN", "Basic invented"),
        ("ONEC_API_TOKEN", "Basic " + b64encode(b"no colon").decode()),
        ("ONEC_API_USER", "reader:invented"),
        ("ONEC_PROFILES_CRON", "nonsense"),
        ("ONEC_PROFILES_CRON", "30 24 * * *"),
        ("ONEC_TECHNICAL_COUNTERPARTIES", "not a guid"),
        ("ONEC_TECHNICAL_COUNTERPARTIES", "aaaaaaaa-0000-4000-8000-00000000c001,aaaaaaaa"),
        ("ONEC_PAGE_PAUSE", "inf"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(monkeypatch, **{name: value})
    assert name in str(raised.value)
    assert "invented" not in str(raised.value)
    assert value not in str(raised.value) or len(value) < 5


@pytest.mark.parametrize("hours", ["1", "2", "3", "4", "6", "8", "12", "24"])
def test_updates_come_at_the_same_hours_every_day(monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    assert settings(monkeypatch, CUSTOMER_SYNC_INTERVAL_HOURS=hours).customer_sync_interval_hours == int(hours)


@pytest.mark.parametrize("url", [f" {URL}/ ", "http://127.0.0.1:8080/odata/standard.odata", "https://1с.рф/x"])
def test_an_address_that_can_be_opened_is_accepted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with open_client(settings(monkeypatch, ONEC_API_URL=url, ONEC_API_TOKEN=PAIR)) as client:
        assert client.entities == Entities()


def test_technical_counterparties_are_ids_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = "aaaaaaaa-0000-4000-8000-00000000C001, aaaaaaaa-0000-4000-8000-00000000c002"
    assert len(settings(monkeypatch, ONEC_TECHNICAL_COUNTERPARTIES=ids).technical_counterparties) == 2


def test_secrets_are_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    known = settings(monkeypatch, ONEC_API_URL=URL, ONEC_API_TOKEN=PAIR, ONEC_API_PASSWORD="invented")
    with open_client(known) as client:
        told = repr(known) + str(known) + repr(client) + repr(vars(client))
    assert PAIR not in told
    assert "invented" not in told


def test_lists_of_fields_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    known = settings(monkeypatch, ONEC_SALES_BY_CARD_FILTER_FIELDS=" Карта_Key, Карта ,")
    assert known.choices()["sales_by_card"] == ("Карта_Key", "Карта")


def test_every_endpoint_is_an_entity_that_is_read_under_the_configured_name(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {name: f"/Catalog_{number}" for number, name in enumerate(Entities._fields)}
    variables = {f"ONEC_{name.upper()}_ENDPOINT": endpoint for name, endpoint in names.items()}
    known = settings(monkeypatch, **variables)
    assert known.endpoints() == names
    entities = Entities.configured(known.endpoints(), known.choices())
    assert {name: f"/{entity.name}" for name, entity in entities._asdict().items()} == names


def test_the_defaults_are_the_entities_as_they_are_called_in_1c() -> None:
    known = OnecSettings(_env_file=None)  # type: ignore[call-arg]
    assert Entities.configured(known.endpoints(), known.choices()) == Entities()


def test_the_requirements_variables_have_the_requirements_defaults() -> None:
    known = OnecSettings(_env_file=None)  # type: ignore[call-arg]
    nightly: dict[str, Any] = {
        name.removeprefix("customer_sync_"): value for name, value in known if name.startswith("customer_sync_")
    }
    assert nightly == {
        "enabled": True,
        "interval_hours": 4,
        "nightly_enabled": True,
        "nightly_hour": 3,
        "nightly_minute": 0,
        "nightly_purchase_days": 30,
        "nightly_cards_limit": 10_000,
    }
