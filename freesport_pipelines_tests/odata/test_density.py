"""However unevenly rows lie in time, requests stay near the number of full pages, and small windows grow again."""

import random
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from freesport_pipelines_tests.odata.building import MARCH, client_of, guid, sale
from freesport_pipelines_tests.odata.scripted import Reply, Seen, odata_error, rows, serving
from freesport_pipelines_tests.odata.table import Table
from freesport_pipelines_tests.odata.test_windows import expected, read

NUMBER = 3000
YEAR = (MARCH[0], MARCH[0] + timedelta(days=365))
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
GROUPED = "/AccumulationRegister_Продажи"
BOUND = re.compile(r"datetime'([^']*)'")


def moment(density: str, chance: random.Random) -> timedelta:
    """Of a row, since the first of March."""
    seconds = {
        "even": lambda: chance.randrange(365 * 86_400),
        "all in the last month": lambda: (335 * 86_400) + chance.randrange(30 * 86_400),
        "shift reports at night": lambda: chance.randrange(365) * 86_400 + 86_399,
        "monthly closings": lambda: chance.randrange(12) * 30 * 86_400 + 86_399,
        "all in one second": lambda: 100 * 86_400,
        "bursts of a minute": lambda: chance.choice([5, 50, 51, 200]) * 86_400 + chance.randrange(60),
        "growing": lambda: int(365 * 86_400 * chance.random() ** 0.25),
    }
    return timedelta(seconds=seconds[density]())


@pytest.mark.parametrize(
    "density",
    [
        "even", "all in the last month", "shift reports at night", "monthly closings", "all in one second",
        "bursts of a minute", "growing",
    ],
)  # fmt: skip
def test_requests_stay_near_the_number_of_full_pages_at_any_density(density: str) -> None:
    chance = random.Random(5)
    sales = [sale(n, moment(density, chance)) for n in range(NUMBER)]
    found, server = read(Table(sales), YEAR, page_size=60)
    assert Counter(found) == expected(sales)
    assert len(server.data_requests) <= 1.2 * NUMBER / 60


def test_a_window_with_very_many_pages_is_narrowed() -> None:
    sales = [sale(n, 300 * DAY + n * MINUTE) for n in range(3500)]
    found, server = read(Table(sales), YEAR, page_size=20)
    assert Counter(found) == expected(sales)
    assert len(server.data_requests) <= 1.2 * 3500 / 20
    counts = [seen for seen in server.data_requests if "$inlinecount" in seen.options]
    assert len(counts) <= len(server.data_requests) / 5


class Grouped:
    """Sets of movements, one of each document, in any order."""

    def __init__(self, moments: list[timedelta], cap: int = 100_000, key: tuple[str, ...] = ()) -> None:
        self.cap = cap
        self.key = key or ("Recorder", "Recorder_Type")
        self.documents = [self.document(n, at) for n, at in enumerate(moments)]

    def document(self, number: int, at: timedelta) -> dict[str, Any]:
        row = sale(number, at)
        lines = [{name: value for name, value in row.items() if not name.startswith("Recorder")}]
        return {name: row.get(name, row["Recorder"]) for name in self.key} | {"RecordSet": lines}

    def __call__(self, seen: Seen) -> Reply:
        for name in seen.options["$select"].split(","):
            if name not in (*self.key, "RecordSet"):
                return odata_error(400, "6", f"Сегмент пути {name} не найден!")
        start, end = BOUND.findall(seen.options["$filter"])
        found = [one for one in self.documents if any(start <= row["Period"] < end for row in one["RecordSet"])]
        return rows(*found[: min(self.cap, int(seen.options["$top"]))], count=len(found))


def test_windows_of_sets_of_movements_do_not_creep_when_the_server_gives_one_at_a_time() -> None:
    chance = random.Random(3)
    grouped = Grouped([timedelta(seconds=chance.randrange(100 * 86_400)) for _ in range(21)], cap=1)
    found, server = read(grouped, YEAR, sales_endpoint=GROUPED)
    assert sorted(found) == [(guid(n), 1) for n in range(21)]
    assert len(server.data_requests) <= 5 * 21


def test_windows_grow_again_after_a_dense_second_of_sets_of_movements() -> None:
    grouped = Grouped([*[HOUR] * 30, *[300 * DAY] * 30, 301 * DAY])
    found, server = read(grouped, YEAR, sales_endpoint=GROUPED)
    assert sorted(found) == [(guid(n), 1) for n in range(61)]
    assert len(server.data_requests) <= 100


def test_sets_of_movements_of_one_type_of_document_have_another_key() -> None:
    found, server = read(Grouped([HOUR, DAY], key=("Recorder_Key",)), sales_endpoint=GROUPED)
    assert found == [(guid(0), 1), (guid(1), 1)]
    assert server.data_requests[-1].options["$select"] == "Recorder_Key,RecordSet"


def test_a_register_at_which_1c_fails_now_and_then_is_not_read_second_by_second_afterwards() -> None:
    def fail(table: Table, seen: Seen) -> Reply | None:
        start, end = BOUND.findall(seen.options["$filter"])
        is_bad = start < "2025-03-11T10:00:00" < end and end > "2025-03-11T12:00:00"
        return odata_error(500, "-1", "The device is full") if is_bad else None

    sales = [sale(n, n * HOUR) for n in range(300)]
    with (
        serving(Table(sales, before=fail)) as server,
        client_of(server.url, page_size=20) as client,
    ):
        found = client.register(client.entities.sales, *YEAR).rows()
    assert found is not None
    assert len(found) == 300
    assert len(server.data_requests) <= 150
