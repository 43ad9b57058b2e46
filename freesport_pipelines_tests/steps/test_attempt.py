"""Errors are treated as the policy says: the database is tried again, everything else stops and reports."""

import pytest
import sqlalchemy as sa
from tenacity import wait_none

from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.domain.error_policy import POLICY, Strategy, Trouble
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.steps import attempt
from freesport_pipelines.steps.attempt import persistently, trouble_of

LOST = sa.exc.OperationalError("SELECT 1", {}, Exception("server closed the connection"), connection_invalidated=True)
BUSY = sa.exc.OperationalError("UPDATE", {}, Exception("database is locked"))
FULL = sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))
PACKET = PacketError("goods.xml", 3, "it ends early", "</Товар>")
EXCHANGE = ExchangeError("gone", file="goods.xml", remedy="send again", russian="повторите")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are tenacity's business."""
    monkeypatch.setattr(attempt, "wait_random_exponential", lambda **_: wait_none())


class Failing:
    """Fails some times, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "done"


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (LOST, Trouble.DATABASE_ERROR),
        (BUSY, Trouble.DATABASE_ERROR),
        (FULL, Trouble.DEFECT),
        (PACKET, Trouble.FILE_PARSE_ERROR),
        (EXCHANGE, Trouble.FILE_PARSE_ERROR),
        (ValueError("a root that does not exist"), Trouble.DEFECT),
    ],
)
def test_every_error_is_some_trouble_of_the_policy(error: Exception, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble
    assert trouble in POLICY


@pytest.mark.parametrize("error", [LOST, BUSY])
def test_a_database_that_comes_back_is_not_noticed(error: Exception) -> None:
    step = Failing(error, times=2)
    assert persistently(step, 3) == "done"
    assert step.calls == 3


def test_a_database_that_stays_away_stops_the_step_with_its_own_error() -> None:
    step = Failing(LOST, times=10)
    with pytest.raises(sa.exc.OperationalError, match="closed the connection"):
        persistently(step, 3)
    assert step.calls == 3


@pytest.mark.parametrize("error", [FULL, PACKET, EXCHANGE, ValueError("x")])
def test_what_another_attempt_cannot_cure_is_tried_once(error: Exception) -> None:
    step = Failing(error, times=10)
    with pytest.raises(type(error)):
        persistently(step, 3)
    assert step.calls == 1


def test_the_requirements_strategies_are_in_the_table() -> None:
    """Requirement, section 8.1."""
    assert POLICY[Trouble.VALIDATION_ERROR] is Strategy.SKIP_AND_LOG
    assert POLICY[Trouble.DATABASE_ERROR] is Strategy.RETRY_WITH_BACKOFF
    assert POLICY[Trouble.FILE_PARSE_ERROR] is Strategy.STOP_AND_REPORT
    assert set(POLICY) == set(Trouble)


def test_a_real_server_that_ends_the_connection_is_transient(database_url: str) -> None:
    database = ShopDatabase(database_url)
    if database.is_sqlite:
        pytest.skip("SQLite has no server")

    def step() -> None:
        with database.read() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(sa.exc.DBAPIError) as caught:
        step()
    assert trouble_of(caught.value) is Trouble.DATABASE_ERROR
    database.dispose()
