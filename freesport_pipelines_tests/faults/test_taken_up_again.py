"""A run that was killed is re-executed from its failure (the Dagster UI offers it): on whole staging, or not at all.

The staging file of SQLite keeps its rollback journal in memory, so a kill can leave it half written.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from freesport_pipelines.database import staging
from freesport_pipelines_tests.acceptance.exports import Files, export
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import good, offer, price, rest
from freesport_pipelines_tests.faults import children
from freesport_pipelines_tests.faults.by_hand import ByHand
from freesport_pipelines_tests.faults.shops import Content, Template, content
from freesport_pipelines_tests.shop import ShopUnderTest

SELDOM = [pytest.param(f"while {what}", marks=pytest.mark.slow) for what in ("rows are placed", "gates are judged")]
POINTS = ("while rows are compared", *SELDOM)


def many() -> Files:
    """Enough rows for many pages; placing has something to do: goods and offers that come twice, and orphans."""
    keys = [f"m{number}" for number in range(300)]
    unknown = [f"u{number}" for number in range(300)]
    files = export(
        goods=[good(key, name=f"Товар {key}", description="Текст " * 30) for key in keys],
        offers=[offer(f"{key}#a") for key in (*keys, *unknown)],
        prices=[price(f"{key}#a", {"t-rrp": "100"}) for key in keys],
        rests=[rest(f"{key}#a", {"w1": "1"}) for key in (*keys, *unknown)],
        formed_at="2025-02-03T10:00:00",
    )
    again = {path.replace("_1_1_", "_1_2_"): xml for path, xml in files.items() if path.startswith(("goods", "offers"))}
    return files | again


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("big"), None, rich(1), many())


@pytest.fixture
def shop(big: Template, tmp_path: Path) -> Iterator[ShopUnderTest]:
    with big.copied(tmp_path / "shop", orphan_block_share=1) as copied:
        yield copied


@pytest.fixture
def complete(big: Template) -> Content:
    return big.complete


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("judged_before", [False, True])
def test_a_killed_judgement_is_taken_up_again_on_whole_staging_or_refused(
    shop: ShopUnderTest, complete: Content, point: str, judged_before: bool
) -> None:
    """Also the second judgement of a session, which finds the indexes of the first."""
    before = content(shop)
    session = ByHand(shop, many()).stage()
    if judged_before:
        session.judge()
    killed = children.start(
        children.judge_with_little_memory_and_die, shop.database_url, shop.folder, session.id, point
    )
    assert children.end(killed) == -signal.SIGKILL
    try:
        session.judge().publish()
    except staging.StagingLost:
        assert content(shop) == before
    else:
        assert content(shop) == complete
        assert shop.count("quarantine", "resolved_session_id IS NULL") == 600
