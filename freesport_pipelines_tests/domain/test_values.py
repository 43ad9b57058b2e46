"""Numbers, money, quantities and "nothing" as 1C writes them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.values import (
    NotANumber,
    is_nothing,
    money,
    number,
    plain,
    quantity,
    vat_rate,
)

AMOUNTS = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1299", "1299"),
        ("1299.5", "1299.5"),
        ("1 299,50", "1299.50"),
        ("1\u00a0299,50", "1299.50"),
        ("1\u202f299,50", "1299.50"),
        ("\u00a012 345 678,9", "12345678.9"),
        ("-3", "-3"),
        ("+3", "3"),
        (",5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
    ],
)
def test_a_number_is_read_in_every_mask(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@given(AMOUNTS, st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.sampled_from([".", ","]))
def test_thousands_and_decimal_signs_do_not_change_an_amount(amount: Decimal, thousands: str, point: str) -> None:
    written = f"{amount:,.2f}".replace(",", "T").replace(".", point).replace("T", thousands)
    assert number(written) == amount


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "sNaN", "Infinity", "-inf", "1e5", "1E+3", "1,299.50", "--1", "12 шт", ".", "0x10", "1_0"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        number(text)


def test_a_number_too_large_for_any_column_is_refused() -> None:
    with pytest.raises(NotANumber, match="too large"):
        number("1000000000000")
    assert number("999999999999.99") == Decimal("999999999999.99")


@given(st.text(max_size=40))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    with suppress(NotANumber):
        assert money(text).is_finite()
    with suppress(NotANumber):
        assert quantity(text).is_finite()


@given(st.from_regex(r"[-+]?[0-9]{1,11}[.,][0-9]{0,60}", fullmatch=True))
def test_however_many_digits_1c_writes_an_amount_is_rounded_not_refused(text: str) -> None:
    assert money(text).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "roubles"), [("0.005", "0.01"), ("2,675", "2.68"), ("2.674", "2.67"), ("-0.005", "-0.01"), ("7", "7.00")]
)
def test_money_is_rounded_half_up_to_kopecks(text: str, roubles: str) -> None:
    assert str(money(text)) == roubles


@pytest.mark.parametrize(
    ("text", "amount"),
    [("5.000", "5"), ("2.50", "2.5"), ("0,0005", "0.001"), ("1000", "1000"), ("0", "0"), ("-1.5", "-1.5")],
)
def test_a_quantity_keeps_grams_and_no_trailing_zeros(text: str, amount: str) -> None:
    assert str(quantity(text)) == amount


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=3, allow_nan=False))
def test_plain_changes_the_writing_and_not_the_value(value: Decimal) -> None:
    assert plain(value) == value
    assert "E" not in f"{plain(value):f}"
    assert "E" not in str(plain(value)) or abs(value) < Decimal("0.000001")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00000000-0000-0000-0000-000000000000",
        "-999999999.9",
        "-999999999,9",
        "-999 999 999,9",
        "-999\u00a0999\u00a0999,9",
        "-999\u202f999\u202f999.9",
        "−999\u00a0999\u00a0999,9",
        "0001-01-01T00:00:00",
        "0001-01-01",
        "01.01.0001 0:00:00",
    ],
)
def test_a_sentinel_means_nothing(text: str) -> None:
    assert is_nothing(text)


@pytest.mark.parametrize("text", ["0", "-999", "-999.9", "999999999.9", "false", "нет", "2001-01-01"])
def test_a_real_value_is_not_taken_for_nothing(text: str) -> None:
    assert not is_nothing(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("20", "20"), ("20%", "20"), ("20 %", "20"), ("22", "22"), ("10,0", "10"), ("0", "0"), ("100", "100")],
)
def test_a_vat_rate_is_a_percentage(text: str, rate: str) -> None:
    assert str(vat_rate(text)) == rate


@pytest.mark.parametrize("text", [None, "", "Без НДС", "НДС исчисляется налоговым агентом", "-1", "101"])
def test_no_usable_vat_rate_is_none_and_no_error(text: str | None) -> None:
    assert vat_rate(text) is None
