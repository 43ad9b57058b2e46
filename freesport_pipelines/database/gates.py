"""Figures for the gates, from what staging counted, the quarantine and the staging area."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import (
    customer_figures,
    customer_schema,
    lookups,
    moves,
    overtaking,
    quarantine,
    schema,
    sessions,
    staging,
)
from freesport_pipelines.database.bookkeeping import quarantine as quarantine_table
from freesport_pipelines.database.compare import INSERT
from freesport_pipelines.domain.categories import CYCLE, NO_GROUP, UNKNOWN_GROUP, UNKNOWN_PARENT
from freesport_pipelines.domain.customer_gates import CUSTOMER_GATES
from freesport_pipelines.domain.gates import GATES, BlockPolicy, Figure, Result, judge
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS
from freesport_pipelines.domain.price_types import ambiguous_fields

EXAMPLES = 10


class Evidence(NamedTuple):
    """What the gates look at."""

    connection: sa.Connection
    session: sessions.Session
    policy: BlockPolicy
    figures: Mapping[str, Mapping[str, Any]]
    """By kind: what staging and placing counted."""
    quarantined: Mapping[str, Mapping[str, int]]
    changes: Mapping[str, Mapping[str, int]]
    """Rows of the change set by table and operation."""


def evaluate(
    connection: sa.Connection,
    session: sessions.Session,
    figures: Mapping[str, Mapping[str, Any]],
    changes: Mapping[str, Mapping[str, int]],
    policy: BlockPolicy,
) -> list[Result]:
    """All gates of a session."""
    quarantined = quarantine.counts(connection, session.id, of_drop=True)
    evidence = Evidence(connection, session, policy, figures, quarantined, changes)
    of_customers = session.kind == SYNC_CUSTOMERS
    rows = customer_schema.contragents if of_customers else schema.goods
    first_import = not connection.execute(sa.select(sa.exists().where(rows.c.id.is_not(None)))).scalar_one()
    gates = CUSTOMER_GATES if of_customers else GATES
    return [judge(gate, _FIGURES[gate.name](evidence), policy, first_import=first_import) for gate in gates]


def _packets(e: Evidence) -> Figure:
    missing = [
        f"{kind} {number}" for kind, figures in e.figures.items() for number in figures.get("missing_packets", ())
    ]
    read = sum(figures.get("packets", 0) for figures in e.figures.values())
    return Figure(len(missing), read + len(missing), tuple(missing[:EXAMPLES]))


def _not_older(e: Evidence) -> Figure:
    allowed = e.session.options.get("allow_older")
    older = [] if allowed else overtaking.older_kinds(e.connection, e.session)
    return Figure(len(older), len(e.session.formed_at), tuple(older))


def _keys(e: Evidence) -> Figure:
    bad = sum(figures.get("in_one_packet", 0) for figures in e.figures.values())
    examples = tuple(f"{kind}: {f['in_one_packet']}" for kind, f in sorted(e.figures.items()) if f.get("in_one_packet"))
    return Figure(bad, _total(e, *e.figures), examples)


def _tree(e: Evidence) -> Figure:
    return _warnings(e, "groups", CYCLE, UNKNOWN_PARENT)


def _price_types_clash(e: Evidence) -> Figure:
    fields = lookups.price_fields(e.connection)
    clashes = ambiguous_fields(fields.items())
    return Figure(len(clashes), len(fields), tuple(f"{field}: {' and '.join(ids)}" for field, ids in clashes.items()))


def _price_types_known(e: Evidence) -> Figure:
    of_lists = _warnings(e, "priceLists", "unmapped_price_type")
    of_prices = _warnings(e, "prices", "unknown_price_type")
    distinct = tuple(dict.fromkeys((*of_lists.examples, *of_prices.examples)))
    return Figure(len(distinct), max(len(lookups.price_fields(e.connection)), len(distinct)), distinct)


def _set_aside(kind: str, *reasons: str) -> Callable[[Evidence], Figure]:
    def figure(e: Evidence) -> Figure:
        bad = sum(e.quarantined.get(kind, {}).get(reason, 0) for reason in reasons)
        return Figure(bad, _total(e, kind), _examples(e, kind, reasons) if bad else ())

    return figure


def _unusable(e: Evidence) -> Figure:
    reasons = ("id_missing", "name_missing")
    bad = sum(count for kinds in e.quarantined.values() for reason, count in kinds.items() if reason in reasons)
    examples = tuple(f"{kind}: {sum(v.get(r, 0) for r in reasons)}" for kind, v in e.quarantined.items())
    return Figure(bad, _total(e, *e.figures), examples if bad else ())


def _groups(e: Evidence) -> Figure:
    goods = staging.goods
    unknown = sa.select(goods.c.onec_id).where(
        goods.c.seq >= 0, goods.c.exclusion_reason.in_((NO_GROUP, UNKNOWN_GROUP, UNKNOWN_PARENT, CYCLE))
    )
    bad = e.connection.execute(sa.select(sa.func.count()).select_from(unknown.subquery())).scalar_one()
    examples = e.connection.execute(unknown.limit(EXAMPLES)).scalars().all() if bad else []
    return Figure(bad, _total(e, "goods"), tuple(examples))


def _stock_totals(e: Evidence) -> Figure:
    figures = e.figures.get("rests")
    if figures is None:
        return Figure(0, 0)
    read, accounted = Decimal(figures["quantity_read"]), Decimal(figures["quantity_accounted"])
    examples = () if read == accounted else (f"read {read}, accounted for {accounted}",)
    return Figure(len(examples), int(figures["records"]), examples)


def _warehouses(e: Evidence) -> Figure:
    warned = _warnings(e, "rests", "unknown_warehouse")
    distinct = int(e.figures.get("rests", {}).get("unknown_warehouses", 0))
    return Figure(distinct, max(warned.total, distinct), warned.examples)


def _attributes(e: Evidence) -> Figure:
    names = ("unknown_attribute", "dangling_attribute_value", "attribute_value_not_a_number")
    return _plus(_warnings(e, "goods", *names), _warnings(e, "offers", *names))


def _units_and_brands(e: Evidence) -> Figure:
    return _warnings(e, "goods", "unknown_unit", "unknown_brand")


def _sizes(e: Evidence) -> Figure:
    return _warnings(e, "offers", "size_too_long")


def _full_set(e: Evidence) -> Figure:
    if e.session.mode != "full":
        return Figure(0, 0)
    missing = [f"{kind} {number}" for kind, f in e.figures.items() for number in f.get("missing_packets", ())]
    short = [
        f"{kind}: {f['packets']} of {f['declared_packets']} packets"
        for kind, f in e.figures.items()
        if f.get("declared_packets") not in (None, f.get("packets"))
    ]
    return Figure(len(missing) + len(short), len(e.figures), tuple([*missing, *short][:EXAMPLES]))


def _full_counted(e: Evidence) -> Figure:
    read = [kind for kind, f in e.figures.items() if f.get("packets")] if e.session.mode == "full" else []
    uncounted = [kind for kind in read if e.figures[kind].get("declared_packets") is None]
    return Figure(len(uncounted), len(read), tuple(uncounted))


def _promised(e: Evidence) -> Figure:
    promised = {kind: f for kind, f in e.figures.items() if f.get("declared_packets")}
    bad = [file for figures in promised.values() for file in figures.get("empty_packets", ())]
    bad += [
        f"{kind}: {f.get('packets', 0)} of {f['declared_packets']} packets"
        for kind, f in promised.items()
        if f.get("packets", 0) < f["declared_packets"]
    ]
    return Figure(len(bad), sum(f["declared_packets"] for f in promised.values()), tuple(bad[:EXAMPLES]))


def _if_changed(tables: tuple[str, ...], figure: Callable[[Evidence], Figure]) -> Callable[[Evidence], Figure]:
    """A figure about rows that the shop has: where none of them changes, the tables are not counted either."""

    def of(e: Evidence) -> Figure:
        changes = any(operation != INSERT for table in tables for operation in e.changes.get(table, {}))
        return figure(e) if changes else Figure(0, 0)

    return of


_FIGURES: dict[str, Callable[[Evidence], Figure]] = {
    "packets_are_complete": _packets,
    "not_older_than_published": _not_older,
    "keys_are_unique": _keys,
    "categories_form_a_tree": _tree,
    "price_types_feed_one_column_each": _price_types_clash,
    "price_types_are_known": _price_types_known,
    "every_sku_has_a_parent": _set_aside("offers", quarantine.ORPHAN_OFFER),
    "every_price_has_an_sku": _set_aside("prices", quarantine.ORPHAN_SKU),
    "every_stock_has_an_sku": _set_aside("rests", quarantine.ORPHAN_SKU),
    "bare_ids_name_an_sku": lambda e: _plus(
        _set_aside("prices", quarantine.BARE_ID)(e), _set_aside("rests", quarantine.BARE_ID)(e)
    ),
    "goods_have_a_known_group": _groups,
    "prices_can_be_read": _set_aside("prices", "price_not_a_number", "price_negative", "foreign_currency"),
    "quantities_can_be_read": _set_aside("rests", "quantity_not_a_number"),
    "rows_can_be_used": _unusable,
    "stock_totals_agree": _stock_totals,
    "warehouses_are_known": _warehouses,
    "attributes_are_known": _attributes,
    "units_and_brands_are_known": _units_and_brands,
    "sizes_fit": _sizes,
    "full_set_is_complete": _full_set,
    "full_set_is_counted": _full_counted,
    "promised_packets_hold_rows": _promised,
    "skus_stay_visible": _if_changed(("skus", "goods"), lambda e: moves.vanishing_skus(e.connection, e.session.id)),
    "categories_stay_visible": _if_changed(
        ("categories",), lambda e: moves.vanishing_categories(e.connection, e.session.id)
    ),
    "prices_do_not_collapse": _if_changed(
        ("sku_prices",), lambda e: moves.collapsing_prices(e.connection, e.session.id, e.policy.collapse_by)
    ),
    "prices_stay_above_zero": _if_changed(("sku_prices",), lambda e: moves.lost_prices(e.connection, e.session.id)),
    "prices_do_not_jump": _if_changed(
        ("sku_prices",), lambda e: moves.jumping_prices(e.connection, e.session.id, e.policy.price_move_by)
    ),
    "stock_does_not_vanish": _if_changed(("sku_stocks",), lambda e: moves.vanishing_stock(e.connection, e.session.id)),
    "customers_stay_active": _if_changed(
        ("customers",), lambda e: customer_figures.vanishing_customers(e.connection, e.session.id)
    ),
    "tax_ids_are_valid": lambda e: customer_figures.warned(e.figures, "tax_id_checksum"),
    "contacts_can_be_read": lambda e: customer_figures.warned(e.figures, "phone_unreadable", "email_unreadable"),
    "no_conflict_waits": lambda e: customer_figures.waiting_conflicts(e.connection),
}


def _total(e: Evidence, *kinds: str) -> int:
    return sum(int(e.figures.get(kind, {}).get("records", 0)) for kind in kinds)


def _warnings(e: Evidence, kind: str, *names: str) -> Figure:
    figures = e.figures.get(kind, {})
    examples = tuple(x for name in names for x in figures.get("examples", {}).get(name, ()))
    bad = sum(figures.get("warnings", {}).get(name, 0) for name in names)
    return Figure(bad, max(_total(e, kind), bad), examples[:EXAMPLES])


def _plus(a: Figure, b: Figure) -> Figure:
    return Figure(a.bad + b.bad, a.total + b.total, (*a.examples, *b.examples)[:EXAMPLES])


def _examples(e: Evidence, kind: str, reasons: tuple[str, ...]) -> tuple[str, ...]:
    q = quarantine_table
    query = sa.select(q.c.key).where(q.c.session_id == e.session.id, q.c.kind == kind, q.c.reason.in_(reasons))
    return tuple(e.connection.execute(query.limit(EXAMPLES)).scalars())
