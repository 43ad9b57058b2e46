"""Comparing, judging and publishing rows that were staged by hand."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import publish, schema, sessions, staging
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps import publishing
from freesport_pipelines_tests.database.staged_by_hand import (
    FEED,
    compare_staged,
    execute,
    journal,
    live_units,
    open_session,
    publish_staged,
    stage,
    stage_units,
    unit,
)

SETTINGS = Settings(_env_file=None)
UNITS = schema.units


@pytest.fixture
def with_pieces(database: ShopDatabase) -> ShopDatabase:
    """A shop that has the unit 796 "шт"."""
    publish_staged(database, stage_units(database, unit()))
    return database


def test_a_new_row_is_inserted_with_its_session(database: ShopDatabase) -> None:
    session = stage_units(database, unit())
    assert publish_staged(database, session) == {"units": {"insert": 1}}
    assert live_units(database) == {"796": ("шт", True, False)}
    with database.read() as connection:
        row = connection.execute(UNITS.select()).one()
    assert row.session_id == session
    assert row.created_at == row.updated_at
    assert row.created_at.utcoffset() == timedelta(0)


def test_an_unchanged_row_is_neither_journaled_nor_written(with_pieces: ShopDatabase) -> None:
    session = stage_units(with_pieces, unit())
    assert journal(with_pieces, session) == {}
    assert publish_staged(with_pieces, session) == {}


def test_an_update_is_journaled_with_what_differs_and_nothing_else(with_pieces: ShopDatabase) -> None:
    session = stage_units(with_pieces, unit(name="штука"))
    row = journal(with_pieces, session)["units", "796"]
    assert (row.operation, row.before, row.after) == ("update", {"short_name": "шт"}, {"short_name": "штука"})
    assert publish_staged(with_pieces, session) == {"units": {"update": 1}}
    assert live_units(with_pieces) == {"796": ("штука", True, False)}


def test_an_insert_is_journaled_by_its_key_alone(database: ShopDatabase) -> None:
    row = journal(database, stage_units(database, unit()))["units", "796"]
    assert (row.operation, row.before, row.after, row.live_id) == ("insert", None, None, None)


def test_a_row_that_1c_withdraws_is_hidden_and_comes_back_with_1c(with_pieces: ShopDatabase) -> None:
    assert publish_staged(with_pieces, stage_units(with_pieces, unit(wants_active=False))) == {"units": {"hide": 1}}
    assert live_units(with_pieces) == {"796": ("шт", False, True)}
    assert publish_staged(with_pieces, stage_units(with_pieces, unit())) == {"units": {"unhide": 1}}
    assert live_units(with_pieces) == {"796": ("шт", True, False)}


def test_a_row_that_the_shop_hid_stays_hidden(with_pieces: ShopDatabase) -> None:
    execute(with_pieces, UNITS.update().values(is_active=False))
    publish_staged(with_pieces, stage_units(with_pieces, unit(name="штука")))
    assert live_units(with_pieces) == {"796": ("штука", False, False)}


def test_the_journal_remembers_who_wrote_the_row_before(with_pieces: ShopDatabase) -> None:
    with with_pieces.read() as connection:
        before = connection.execute(UNITS.select()).one()
    row = journal(with_pieces, stage_units(with_pieces, unit(name="штука")))["units", "796"]
    assert (row.live_id, row.before_session_id, row.before_updated_at) == (
        before.id,
        before.session_id,
        before.updated_at,
    )


def test_a_later_insert_by_somebody_else_stops_the_publication(with_pieces: ShopDatabase) -> None:
    first, second = stage_units(with_pieces, unit("006", "м")), stage_units(with_pieces, unit("006", "метр"))
    publish_staged(with_pieces, first)
    with pytest.raises(publish.LiveStateMoved, match=r"units.*006"):
        publish_staged(with_pieces, second)
    assert live_units(with_pieces)["006"] == ("м", True, False)


def test_a_row_changed_since_it_was_judged_stops_the_publication_of_everything(with_pieces: ShopDatabase) -> None:
    session = open_session(with_pieces)
    stage(with_pieces, session.id, FEED["price_types"], [("t1", "РРЦ", "RUB", "retail_price", True)])
    stage(with_pieces, session.id, FEED["units"], [unit(name="штука"), unit("006", "м")])
    compare_staged(with_pieces, session.id)
    execute(with_pieces, UNITS.update().values(short_name="ШТ"))
    with pytest.raises(publish.LiveStateMoved, match=r"1 rows of units .*796"):
        publish_staged(with_pieces, session.id)
    assert live_units(with_pieces) == {"796": ("ШТ", True, False)}
    with with_pieces.read() as connection:
        assert connection.execute(schema.price_types.select()).all() == []


def test_a_row_deleted_since_it_was_judged_stops_the_publication(with_pieces: ShopDatabase) -> None:
    session = stage_units(with_pieces, unit(name="штука"))
    execute(with_pieces, UNITS.delete())
    with pytest.raises(publish.LiveStateMoved):
        publish_staged(with_pieces, session)


def test_a_column_nobody_judged_may_change_meanwhile(with_pieces: ShopDatabase) -> None:
    session = stage_units(with_pieces, unit(name="штука"))
    execute(with_pieces, UNITS.update().values(updated_at=sa.func.now()))
    assert publish_staged(with_pieces, session) == {"units": {"update": 1}}


def test_the_same_session_cannot_be_applied_twice(with_pieces: ShopDatabase) -> None:
    for row in (unit(name="штука"), unit("006", "м")):
        session = stage_units(with_pieces, row)
        publish_staged(with_pieces, session)
        with pytest.raises(publish.LiveStateMoved):
            publish_staged(with_pieces, session)


def test_a_published_session_only_repeats_its_report(database: ShopDatabase) -> None:
    session = open_session(database)
    stage(database, session.id, FEED["units"], [unit()])
    publishing.judge(database, session, SETTINGS)
    first = publishing.publish_session(database, session.id, SETTINGS)
    execute(database, UNITS.update().values(short_name="иначе"))
    again = publishing.publish_session(database, session.id, SETTINGS)
    assert (first["status"], again["status"]) == ("published", "published")
    assert live_units(database)["796"][0] == "иначе"
    assert again["seconds"] == first["seconds"]


def test_a_session_whose_rows_moved_is_compared_and_judged_once_more(with_pieces: ShopDatabase) -> None:
    session = open_session(with_pieces)
    stage(with_pieces, session.id, FEED["units"], [unit(name="штука")])
    publishing.judge(with_pieces, session, SETTINGS)
    execute(with_pieces, UNITS.update().values(short_name="ШТ"))
    report = publishing.publish_session(with_pieces, session.id, SETTINGS)
    assert (report["status"], report["tables"]["units"]["updated"]) == ("published", 1)
    assert journal(with_pieces, session.id)["units", "796"].before == {"short_name": "ШТ"}
    assert live_units(with_pieces)["796"][0] == "штука"


def test_a_session_that_was_not_judged_is_not_published(database: ShopDatabase) -> None:
    session = open_session(database)
    stage(database, session.id, FEED["units"], [unit()])
    with pytest.raises(sessions.NoSession, match="catalog_import"):
        publishing.publish_session(database, session.id, SETTINGS)
    assert live_units(database) == {}


def test_a_dry_run_is_never_published(database: ShopDatabase) -> None:
    session = open_session(database, dry_run=True)
    stage(database, session.id, FEED["units"], [unit()])
    publishing.judge(database, session, SETTINGS)
    assert publishing.publish_session(database, session.id, SETTINGS)["status"] == "judged"
    assert live_units(database) == {}


def test_a_staging_area_that_lost_its_rows_stops_the_publication(with_pieces: ShopDatabase) -> None:
    session = stage_units(with_pieces, unit("006", "м"))
    with with_pieces.staging(session) as connection:
        connection.execute(staging.units.delete())
    with pytest.raises(RuntimeError, match="replay the drop"):
        publish_staged(with_pieces, session)
    assert set(live_units(with_pieces)) == {"796"}


def test_two_sessions_publish_one_after_the_other(database: ShopDatabase) -> None:
    first, second = stage_units(database, unit("006", "м")), stage_units(database, unit("166", "кг"))
    done = threading.Event()

    def publish_second() -> None:
        publish_staged(database, second)
        done.set()

    thread = threading.Thread(target=publish_second)
    with database.publishing(first) as connection:
        thread.start()
        publish.publish(connection, first)
        assert not done.wait(0.4), "the second session published inside the first one's transaction"
    thread.join(timeout=30)
    assert done.is_set()
    assert set(live_units(database)) == {"006", "166"}


def test_the_run_that_is_repeated_finds_its_session_with_an_empty_staging_area(database: ShopDatabase) -> None:
    session = stage_units(database, unit())
    with database.read() as connection:
        stored = sessions.get_in(connection, session)
        assert connection.execute(sa.select(sa.func.count()).select_from(import_sessions)).scalar_one() == 1
    again = sessions.open_session(
        database,
        kind=stored.kind,
        drop_id=stored.drop_id,
        run_id=stored.run_id,
        mode=stored.mode,
        dry_run=False,
        options={},
        content_digest="",
        formed_at={},
    )
    database.open_area(again.id)
    with database.read(again.id) as connection:
        assert connection.execute(staging.units.select()).all() == []
    assert (again.id, again.status) == (session, "started")
