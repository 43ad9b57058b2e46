"""The manifest of a backup: which sessions led to its state."""

import json

from freesport_pipelines.database.backup_manifest import as_ranges, from_document
from freesport_pipelines_tests.keeping.doing import roll_back, session_of
from freesport_pipelines_tests.keeping.safe import Safe, published
from freesport_pipelines_tests.shop import ShopUnderTest


def test_a_manifest_is_read_as_it_was_written(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    manifest = safe.back_up(shop)
    assert from_document(json.loads(json.dumps(manifest.as_document()))) == manifest


def test_a_rollback_and_what_it_undid_are_both_told(shop: ShopUnderTest, safe: Safe) -> None:
    first, second = (session_of(published(shop, day=day)).id for day in (15, 16))
    roll_back(shop, second)
    assert safe.back_up(shop).history.effects == {first, second, second + 1}


def test_what_a_restore_has_undone_is_not_told(shop: ShopUnderTest, safe: Safe) -> None:
    first = session_of(published(shop)).id
    safe.back_up(shop)
    published(shop, day=16)
    safe.restore(shop.database)
    assert safe.back_up(shop).history.effects == {first}


def test_what_was_only_tried_is_not_told(shop: ShopUnderTest, safe: Safe) -> None:
    first = session_of(published(shop)).id
    latest = shop.run("catalog_import", {"drop": "latest", "dry_run": True, "force": True})
    assert session_of(latest).dry_run
    assert safe.back_up(shop).history.effects == {first}


def test_ranges_hold_the_numbers_they_are_made_of() -> None:
    assert as_ranges([1, 2, 3, 5, 8, 9]) == ((1, 3), (5, 5), (8, 9))
    assert as_ranges([]) == ()
