"""What a frame must be before money is counted in it."""

from decimal import Decimal

import pandas as pd
import pytest

from freesport_pipelines.profiles.chunks import gathered
from freesport_pipelines.profiles.frames import SALES, FrameError, empty, numbered, read
from freesport_pipelines_tests.profiles.registers import profiles_of, sale, tables


def sales(**column: object) -> pd.DataFrame:
    return pd.DataFrame([sale("r-1", "10.10")]).assign(**column)


def test_money_and_quantities_become_whole_kopecks_and_thousandths() -> None:
    row = read(sales(amount=Decimal("-0.01"), quantity="1.005"), SALES).iloc[0]
    assert (row["amount_kopecks"], row["quantity_thousandths"]) == (-1, 1005)


def test_a_null_resource_of_a_register_is_zero() -> None:
    assert read(sales(amount=None), SALES)["amount_kopecks"].tolist() == [0]


def test_whole_kopecks_are_taken_as_they_are() -> None:
    frame = sales(amount_kopecks=1010).drop(columns="amount")
    assert read(frame, SALES)["amount_kopecks"].tolist() == [1010]


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", 10.1), ("amount", Decimal("0.001")), ("amount", "ten"), ("amount_kopecks", 1010.0)],
)
def test_money_that_is_not_exact_is_refused_without_showing_it(column: str, value: object) -> None:
    with pytest.raises(FrameError, match=f"sales.{column}: ") as refused:
        read(sales(**{column: value}), SALES)
    assert str(value) not in str(refused.value)


@pytest.mark.parametrize("period", [pd.Timestamp("2025-03-01"), "2025-03-01T00:00:00"])
def test_a_time_without_a_zone_is_refused(period: object) -> None:
    with pytest.raises(FrameError, match=r"sales\.period: aware times"):
        read(sales(period=period), SALES)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FrameError, match="sales: missing columns amount, warehouse_onec_id"):
        read(sales().drop(columns=["amount", "warehouse_onec_id"]), SALES)


def test_nobody_is_written_in_three_ways() -> None:
    ids, (one, other) = numbered(
        pd.Series(["b", None, ""]), pd.Series(["a", "00000000-0000-0000-0000-000000000000", "b"])
    )
    assert list(ids) == ["a", "b"]
    assert (one.tolist(), other.tolist()) == ([1, -1, -1], [0, -1, 1])


def test_an_empty_register_has_no_profiles() -> None:
    assert profiles_of(tables()).empty
    assert read(empty(SALES), SALES).empty


def test_an_as_of_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="as_of needs a zone"):
        profiles_of(tables([sale("r-1", "1")]), as_of=pd.Timestamp("2025-06-01"))


def test_chunks_become_one_frame_that_keeps_each_text_once() -> None:
    texts = [f"r-{number // 4 + 1}" for number in range(4)]
    whole = gathered(pd.DataFrame({"id": texts[at : at + 2], "n": [1, 2]}, dtype=object) for at in (0, 2))
    assert whole.values.tolist() == [["r-1", 1], ["r-1", 2]] * 2
    assert len({id(text) for text in whole["id"]}) == 1


@pytest.mark.parametrize("dtype", ["category", "str", object])
def test_ids_may_be_of_any_text_type(dtype: str) -> None:
    data = tables([sale("r-1", "10"), sale("r-2", "5", None)])
    expected = profiles_of(data).to_csv()
    text_columns = [name for name in data.sales if name.endswith("onec_id") or name.startswith("recorder")]
    data.sales[text_columns] = data.sales[text_columns].astype(dtype)
    assert profiles_of(data).to_csv() == expected


def test_sums_of_kopecks_are_exact_where_floats_are_not() -> None:
    data = tables([sale("r-1", "90071992547409.93"), sale("r-2", "0.01"), sale("r-3", "0.01")])
    assert profiles_of(data)["net_revenue"].tolist() == [Decimal("90071992547409.95")]
