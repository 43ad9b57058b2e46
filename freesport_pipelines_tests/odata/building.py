"""Clients, rows and a clock that the tests need. Everybody here is invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from freesport_pipelines.odata.client import OnecClient, open_client
from freesport_pipelines.odata.pace import Pace
from freesport_pipelines.settings import OnecSettings

MARCH = (datetime(2025, 2, 28, 21, tzinfo=UTC), datetime(2025, 3, 31, 21, tzinfo=UTC))
"""The month of March 2025 in Moscow."""
WALL_MARCH = datetime(2025, 3, 1)  # noqa: DTZ001
CARD = "aaaaaaaa-0000-4000-8000-00000000c001"
ZERO = "00000000-0000-0000-0000-000000000000"


class Clock:
    """Time passes when somebody waits, and only then."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@contextmanager
def client_of(
    url: str, *, pace: Pace | None = None, clock: Clock | None = None, **settings: Any
) -> Iterator[OnecClient]:
    """A client of a server, in no hurry and on a clock of its own."""
    clock = clock or Clock()
    pace = pace or Pace(settings.get("concurrency", 1), clock=clock, sleep=clock.sleep)
    known: dict[str, Any] = {"api_user": "reader", "api_password": "invented", **settings}
    with open_client(OnecSettings(_env_file=None, api_url=url, **known), pace=pace) as client:  # type: ignore[call-arg]
        yield client


def guid(number: int, letter: str = "a") -> str:
    return f"{letter * 8}-0000-4000-8000-{number:012x}"


def card(number: int, **fields: Any) -> dict[str, Any]:
    """A discount card as 1C sends it."""
    return {
        "Ref_Key": guid(number),
        "DataVersion": "AAAAAAABAAE=",
        "DeletionMark": False,
        "Owner_Key": ZERO,
        "Code": f"{number:09}",
        "Description": f"7000{number:07} Тестова Анна",
        "ВладелецКарты_Key": guid(number, "b"),
        "КодКартыШтрихкод": f"7000{number:07}",
        "КодКартыМагнитный": "",
        **fields,
    }


def sale(number: int, at: datetime | timedelta = timedelta(0), **fields: Any) -> dict[str, Any]:
    """A movement of the sales register; `at` local time, or the time since the first of March."""
    period = at if isinstance(at, datetime) else WALL_MARCH + at
    return {
        "Recorder": guid(number),
        "Recorder_Type": "StandardODATA.Document_ЧекККМ",
        "Period": period.isoformat(timespec="seconds"),
        "LineNumber": "1",
        "Active": True,
        "Контрагент_Key": guid(1, "b"),
        "Номенклатура_Key": guid(1, "f"),
        "Количество": 1,
        "Сумма": 100.5,
        **fields,
    }


def sale_by_card(number: int, at: timedelta = timedelta(0), **fields: Any) -> dict[str, Any]:
    return sale(number, at, **{"ДисконтнаяКарта_Key": CARD, "ВладелецКарты_Key": guid(1, "b"), **fields})
