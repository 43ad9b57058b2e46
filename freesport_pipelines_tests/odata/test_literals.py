"""Values in filters are written as 1C reads them (facts/odata, sections 1.3 and 7: checks 3, 4, 5)."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.odata import literals

MOSCOW = ZoneInfo("Europe/Moscow")
GUID = "aaaaaaaa-0000-4000-8000-00000000c001"


@pytest.mark.parametrize("value", [GUID, GUID.upper(), UUID(GUID)])
def test_a_guid_is_written_in_lower_case_however_it_is_given(value: str | UUID) -> None:
    assert literals.guid(value) == f"guid'{GUID}'"


@pytest.mark.parametrize(
    "value", ["", "1", GUID[:-1], GUID.replace("-", ""), f"{{{GUID}}}", f"{GUID}' or '1", GUID + "\n"]
)
def test_what_is_no_guid_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no guid"):
        literals.guid(value)


def test_a_moment_is_written_in_the_tenants_local_time_without_zone_and_fraction() -> None:
    vladivostok = timezone(timedelta(hours=10))
    at = datetime(2025, 1, 1, 7, 30, 15, tzinfo=vladivostok)
    assert literals.moment(at, MOSCOW) == "datetime'2025-01-01T00:30:15'"


def test_the_year_always_has_four_digits() -> None:
    assert literals.wall_clock(datetime(1, 2, 3)) == "datetime'0001-02-03T00:00:00'"  # noqa: DTZ001


def test_a_fraction_of_a_second_is_rounded_up_so_that_a_window_keeps_the_whole_seconds_in_it() -> None:
    at = datetime(2025, 1, 1, 12, 0, 0, 1, tzinfo=UTC)
    assert literals.moment(at, MOSCOW) == "datetime'2025-01-01T15:00:01'"


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        literals.moment(datetime(2025, 1, 1), MOSCOW)  # noqa: DTZ001


def test_a_quote_in_a_string_is_doubled_and_in_a_condition_doubled_again() -> None:
    assert literals.string("О'Генри") == "'О''Генри'"
    assert literals.condition("Имя eq " + literals.string("О'Генри")) == "'Имя eq ''О''''Генри'''"


def test_a_reference_of_a_composite_type_names_its_type() -> None:
    assert literals.cast(GUID.upper(), "Document_ЧекККМ") == f"cast(guid'{GUID}','Document_ЧекККМ')"


def test_numbers_have_a_point_and_no_exponent() -> None:
    assert [literals.decimal(Decimal(text)) for text in ("1E+3", "0.10", "-1.5E-7")] == ["1000", "0.10", "-0.00000015"]


def test_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="infinity"):
        literals.decimal(Decimal("Infinity"))


def test_booleans_are_words_in_lower_case() -> None:
    assert (literals.boolean(True), literals.boolean(False)) == ("true", "false")


@given(st.text())
def test_a_string_says_the_same_when_its_quotes_are_undone(text: str) -> None:
    written = literals.string(text)
    inner = written[1:-1]
    assert (written[0], written[-1]) == ("'", "'")
    assert inner.replace("''", "'") == text
    assert "'" not in inner.replace("''", "")


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001
def test_every_moment_has_the_one_form_that_1c_parses(at: datetime) -> None:
    written = literals.moment(at, MOSCOW)
    assert len(written) == len("datetime'2025-01-01T00:00:00'")
    assert datetime.strptime(written, "datetime'%Y-%m-%dT%H:%M:%S'")  # noqa: DTZ007
