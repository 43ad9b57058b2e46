"""Random shops and random sessions: after publishing, the shop is what the model says, and the journal says why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freesport_pipelines.database import schema
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import FEEDS, Feed
from freesport_pipelines.domain.canonical import content_hash
from freesport_pipelines.domain.roles import PRICE_FIELDS
from freesport_pipelines_tests.database import model
from freesport_pipelines_tests.database.staged_by_hand import (
    FEED,
    compare_staged,
    journal,
    open_session,
    publish_staged,
    stage,
)

KEYS = ["a", "ё", "d'"]
TEXT = st.sampled_from(["x", "X", "й", "a,b"])
MAYBE = st.none() | TEXT
FLAG = st.booleans()
MONEY = st.none() | st.sampled_from([Decimal("0.01"), Decimal("10.10"), Decimal("10.20"), Decimal("99999999.99")])
SEEN = st.sampled_from([{"is_active": True, "hidden_by_1c": False}, {"is_active": False, "hidden_by_1c": True},
                        {"is_active": False, "hidden_by_1c": False}])  # fmt: skip
COLUMNS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "units": {"code": MAYBE, "short_name": TEXT, "full_name": MAYBE, "international_code": MAYBE},
    "warehouses": {"name": MAYBE},
    "attributes": {"name": TEXT, "value_type": TEXT, "in_goods": FLAG, "in_offers": FLAG},
    "skus": {"parent_onec_id": TEXT, "name": MAYBE, "article": MAYBE, "size": MAYBE, "specifications": st.just("{}"),
             "barcode": st.none(), "marking_group": st.none(), "is_default": FLAG},
    "sku_prices": {**dict.fromkeys(PRICE_FIELDS, MONEY), "unmapped": st.none() | st.just('{"t":"1.00"}')},
}  # fmt: skip
HASHED = ("parent_onec_id", "name", "article", "barcode", "size", "specifications", "marking_group", "is_default")


def live_rows(name: str) -> st.SearchStrategy[model.Row]:
    seen = SEEN if FEED[name].has_lifecycle else st.just({})
    return st.builds(lambda row, visible: hashed(name, {**row, **visible}), st.fixed_dictionaries(COLUMNS[name]), seen)


def staged_rows(name: str) -> st.SearchStrategy[model.Row]:
    more: dict[str, st.SearchStrategy[Any]] = {"wants_active": FLAG}
    if name == "sku_prices":
        more = {"rejected": st.lists(st.sampled_from(PRICE_FIELDS), unique=True, max_size=2).map(",".join)}
    return st.fixed_dictionaries({**COLUMNS[name], **more}).map(lambda row: hashed(name, row))


def hashed(name: str, row: model.Row) -> model.Row:
    return {**row, "content_hash": content_hash(*(row[column] for column in HASHED))} if name == "skus" else row


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, model.Table], dict[str, model.Table]]:
    """(live tables, staged tables); prices only for SKUs that will exist, as placing the rows guarantees."""
    keys = st.sampled_from(KEYS)
    names = [name for name in COLUMNS if name != "sku_prices"]
    live = {name: draw(st.dictionaries(keys, live_rows(name), min_size=2)) for name in names}
    staged = {name: draw(st.dictionaries(keys, staged_rows(name), min_size=2)) for name in names}
    before, following = sorted(live["skus"]), sorted(model.after(FEED["skus"], live["skus"], staged["skus"]))
    of = {"live": before, "staged": following}
    for when, tables, rows in (("live", live, live_rows), ("staged", staged, staged_rows)):
        priced = st.dictionaries(st.sampled_from(of[when]), rows("sku_prices")) if of[when] else st.just({})
        tables["sku_prices"] = draw(priced)
    return live, staged


def fill(database: ShopDatabase, live: Mapping[str, model.Table]) -> None:
    """Make the shop hold just these rows."""
    now = datetime(2026, 1, 15, tzinfo=UTC)
    written = {"created_at": now, "updated_at": now, "session_id": 0}
    with database.write() as connection:
        connection.execute(change_sets.delete())
        for feed in FEEDS:
            connection.execute(feed.live.delete())
        for name in COLUMNS:
            for key, row in live[name].items():
                own: dict[str, Any] = {"onec_id": key}
                if name == "sku_prices":
                    query = sa.select(schema.skus.c.id).where(schema.skus.c.onec_id == key)
                    own = {"sku_id": connection.execute(query).scalar_one()}
                values = {**own, **row, **written}
                if name == "skus":
                    values["specifications"] = {}
                connection.execute(FEED[name].live.insert().values(values))


def stage_all(database: ShopDatabase, staged: Mapping[str, model.Table]) -> int:
    session = open_session(database).id
    for name in COLUMNS:
        fields = [c.name for c in FEED[name].staged.columns if c.name not in ("seq", "packet", "onec_id")]
        stage(database, session, FEED[name], [(key, *(row[f] for f in fields)) for key, row in staged[name].items()])
    compare_staged(database, session)
    return session


def read(database: ShopDatabase, feed: Feed) -> model.Table:
    names = [*feed.columns, *(("is_active", "hidden_by_1c") if feed.has_lifecycle else ())]
    source, key = feed.live, feed.live.c.get("onec_id")
    if feed.through is not None:
        source, key = feed.live.join(feed.through, feed.through.c.id == feed.live_id), feed.through.c.onec_id
    with database.read() as connection:
        rows = connection.execute(sa.select(key.label("key"), *(feed.live.c[n] for n in names)).select_from(source))
        found = {row["key"]: {name: row[name] for name in names} for row in rows.mappings()}
    for row in found.values():
        if "specifications" in row:
            row["specifications"] = "{}" if row["specifications"] == {} else row["specifications"]
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_after_publishing_the_shop_is_what_the_model_says(
    database: ShopDatabase, case: tuple[dict[str, model.Table], dict[str, model.Table]]
) -> None:
    live, staged = case
    fill(database, live)
    expected = {name: model.after(FEED[name], live[name], staged[name]) for name in COLUMNS}
    session = stage_all(database, staged)
    told = journal(database, session)

    operations: dict[tuple[str, str], str] = {}
    for name in COLUMNS:
        for key in staged[name]:
            before, following = live[name].get(key), expected[name].get(key)
            step = model.operation(before, following)
            if step is None or (before and following and not model.difference(before, following)[0]):
                continue
            operations[name, key] = step
            row = told.get((name, key))
            if before is not None and following is not None and row is not None:
                images = [{k: model.as_json_value(v) for k, v in image.items()} for image in (row.before, row.after)]
                assert tuple(images) == model.difference(before, following)
    assert {key: row.operation for key, row in told.items()} == operations

    counts = publish_staged(database, session)
    assert sum(sum(by.values()) for by in counts.values()) == len(operations)
    assert {name: read(database, FEED[name]) for name in COLUMNS} == expected
    assert journal(database, stage_all(database, staged)) == {}
