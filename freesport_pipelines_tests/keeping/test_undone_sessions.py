"""Sessions that a restore undoes keep saying what became of them."""

from typing import Any

import pytest

from freesport_pipelines.database import sessions
from freesport_pipelines.steps import approving
from freesport_pipelines_tests.keeping.doing import roll_back, session_of, vanishing
from freesport_pipelines_tests.keeping.safe import Safe, published
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture
def approved(shop: ShopUnderTest, safe: Safe) -> sessions.Session:
    """Rejected when the backup was made, and published since."""
    shop.configure(move_block_rows=1)
    published(shop)
    held = session_of(vanishing(shop, 16))
    assert held.status == "rejected"
    safe.back_up(shop)
    approving.approve(shop.database, held.id)
    return held


def status(shop: ShopUnderTest, session: Any) -> str:
    return sessions.get(shop.database, session.id).status


def test_what_was_rolled_back_by_hand_after_the_backup_stays_rolled_back(
    shop: ShopUnderTest, safe: Safe, approved: sessions.Session
) -> None:
    roll_back(shop, approved.id)
    restored = safe.restore(shop.database)
    assert status(shop, approved) == "rolled_back"
    assert restored.undone_sessions == (approved.id + 1,)  # the rollback alone had an effect still


def test_what_a_restore_undid_stays_rolled_back_after_a_second_one(
    shop: ShopUnderTest, safe: Safe, approved: sessions.Session
) -> None:
    for _ in range(2):
        safe.restore(shop.database)
        assert status(shop, approved) == "rolled_back"


def test_a_session_after_the_backup_that_was_rolled_back_stays_so(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    safe.back_up(shop)
    later = session_of(published(shop, day=16))
    roll_back(shop, later.id)
    safe.restore(shop.database)
    assert status(shop, later) == "rolled_back"
