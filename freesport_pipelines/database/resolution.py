"""Decide who is who for a session: which contragents, beside which customers, portion by portion.

What belongs together is found by joins (`alike`); a portion of a few thousand is in memory at a time. The rules are
in `domain/identity.py` and `domain/customers.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import alike, dialect, lookups, questions, staging
from freesport_pipelines.database.customer_schema import contragents, customers
from freesport_pipelines.database.questions import Question
from freesport_pipelines.domain.customers import Decided, Moment, decide, has_account, question_key
from freesport_pipelines.domain.emails import email
from freesport_pipelines.domain.identity import Action, Candidate, ConflictType, Incoming, Method, Outcome, resolve
from freesport_pipelines.domain.person_names import name_key
from freesport_pipelines.domain.phones import phone
from freesport_pipelines.domain.roles import ROLE_PRICE
from freesport_pipelines.domain.tax_ids import matching_tax_id

PORTION = 4_000
SEQ_STEP = 1_000

resolving = staging.resolving
_SCRATCH = (staging.known_contragents, staging.known_customers, resolving)
Row = Mapping[str, Any]


class _Given(NamedTuple):
    """What all portions share."""

    roles: Mapping[str, str]
    linked: Mapping[str, set[int]]
    apart: Mapping[str, set[int]]
    asked: Mapping[str, Question]
    """Every question there is, by its key."""
    formed_at: datetime | None
    now: datetime
    links: dict[int, str]
    """{customer: the contragent it is linked to by this session}."""


def resolve_customers(connection: sa.Connection, formed_at: datetime | None, now: datetime) -> dict[str, int]:
    """Fill staged_customers, staged_conflicts and staged_sync_log; return how often what was decided.

    :param formed_at: when 1C formed the session's file; None: there is none
    """
    for table in (staging.customers, staging.sync_conflicts, staging.sync_log, *_SCRATCH):
        connection.execute(table.delete())
    alike.list_known(connection)
    count = alike.choose(connection)
    linked, apart = questions.decisions(connection)
    given = _Given(_roles(connection), linked, apart, questions.asked(connection), formed_at, now, {})
    starts = range(1, count + 1, PORTION)
    if _has_customers(connection):  # a link leaves the others nothing to ask, whoever is read first
        _find_links(connection, starts, given)
    outcomes: Counter[str] = Counter()
    for start in starts:
        decided = Decided()
        for outcome, part in _portion(connection, start, given):
            outcomes[outcome.action] += 1
            decided.customers += part.customers
            decided.conflicts += part.conflicts
            decided.log += part.log
        _load(connection, start, decided, given)
    questions.close_what_is_none(connection)
    return dict(outcomes)


def _has_customers(connection: sa.Connection) -> bool:
    return bool(connection.execute(sa.select(sa.exists().where(customers.c.id.is_not(None)))).scalar_one())


_RANK = {Method.MANUAL: 0, Method.PLATFORM_ID: 1}
"""Whose link goes first where two contragents claim one customer: an operator's, then 1C's own answer."""


def _find_links(connection: sa.Connection, starts: range, given: _Given) -> None:
    best: dict[int, tuple[int, str]] = {}
    for start in starts:
        for row, _, _, outcome in _outcomes(connection, start, given):
            if outcome.action is Action.LINK and outcome.customer_id is not None:
                claim = (_RANK.get(outcome.method, len(_RANK)), row["onec_id"])
                best[outcome.customer_id] = min(claim, best.get(outcome.customer_id, claim))
    given.links.update({customer: onec_id for customer, (_, onec_id) in best.items()})


def _roles(connection: sa.Connection) -> dict[str, str]:
    """{price type id: the role whose prices it holds}; retail prices are everybody's."""
    role_of_field = {str(field): role for role, field in ROLE_PRICE.items() if role not in ("retail", "admin")}
    fields = lookups.price_fields(connection)
    return {onec_id: role_of_field[field] for onec_id, field in fields.items() if field in role_of_field}


def _portion(connection: sa.Connection, start: int, given: _Given) -> Iterator[tuple[Outcome, Decided]]:
    for row, (contragent, before), shown, outcome in _outcomes(connection, start, given):
        moment = _moment(connection, given, row, shown.get(outcome.customer_id or 0))
        yield outcome, decide(contragent, before, outcome, shown, given.roles, moment)


def _outcomes(
    connection: sa.Connection, start: int, given: _Given
) -> Iterator[tuple[Row, tuple[Row, Row | None], Mapping[int, Row], Outcome]]:
    """(the contragent in `resolving`, (next state, state until now), customers like it, what becomes of it)."""
    span = sa.and_(resolving.c.seq >= start, resolving.c.seq < start + PORTION)
    staged, live = (_contragents(connection, table, span) for table in (staging.contragents, contragents))
    found: dict[int, dict[int, Row]] = defaultdict(dict)
    for candidate in connection.execute(alike.candidates(connection, span)).mappings():
        found[candidate["seq"]][candidate["id"]] = {**candidate}
    for chosen in connection.execute(resolving.select().where(span).order_by(resolving.c.seq)).mappings():
        row: Row = {**chosen}
        before = live.get(row["onec_id"])
        contragent = staged.get(row["onec_id"]) or before
        if contragent is not None:
            like_it = found[row["seq"]].items()
            shown = {n: c for n, c in like_it if given.links.get(n, row["onec_id"]) == row["onec_id"]}
            yield row, (contragent, before), shown, _resolve(row, contragent, before, shown, given)


def _contragents(connection: sa.Connection, table: sa.Table, span: sa.ColumnElement[bool]) -> dict[str, Row]:
    query = sa.select(table).join(resolving, sa.and_(resolving.c.onec_id == table.c.onec_id, span))
    return {row["onec_id"]: {**row} for row in connection.execute(query).mappings()}


def _resolve(row: Row, contragent: Row, before: Row | None, shown: Mapping[int, Row], given: _Given) -> Outcome:
    sent_back = row["platform_id"]
    registered = (n for n, customer in shown.items() if sent_back and customer["platform_id"] == sent_back)
    who = Incoming(
        row["onec_id"],
        next(registered, None),
        row["tax_id"],
        row["kpp"],
        row["email"],
        contragent["phone"],
        contragent["name_key"],
        contragent["is_buyer"],
        row["is_marked"],
        row["same_tax_id"],
        row["same_tax_id_kpp"],
        row["same_email"],
        is_known=before is not None,
    )
    return resolve(
        who,
        [_candidate(customer) for customer in shown.values()],
        linked_by_hand=given.linked.get(row["onec_id"], ()),
        apart_by_hand=given.apart.get(row["onec_id"], ()),
    )


def _candidate(customer: Row) -> Candidate:
    person = " ".join(customer[name] or "" for name in ("last_name", "first_name", "middle_name")).strip()
    return Candidate(
        customer["id"],
        customer["onec_id"],
        customer["onec_id"] is None or bool(customer["record_is_marked"]),
        has_account(customer),
        customer["is_verified"],
        customer["created_in_1c"],
        matching_tax_id(customer["tax_id"]) if customer["tax_id"] else None,
        customer["kpp"],
        email(customer["email"]) if customer["email"] else None,
        phone(customer["phone"]) if customer["phone"] else None,
        name_key(customer["company_name"] or person),
    )


def _moment(connection: sa.Connection, given: _Given, row: Row, mine: Row | None) -> Moment:
    changed_at = None if mine is None else mine["updated_at"]
    is_later = changed_at is None or (given.formed_at is not None and given.formed_at >= changed_at)
    question = None if mine is None else given.asked.get(question_key(ConflictType.EMAIL, row["onec_id"], mine["id"]))
    is_disputed = question is not None and question.is_open
    now = dialect.moment_text(connection, given.now)
    return Moment(now, is_later, is_news=row["is_changed"], is_disputed=is_disputed)


def _load(connection: sa.Connection, start: int, decided: Decided, given: _Given) -> None:
    unique = {row.key: questions.as_answered(row, given.asked) for row in decided.conflicts}
    parts: tuple[tuple[sa.Table, Any], ...] = (
        (staging.customers, decided.customers),
        (staging.sync_conflicts, unique.values()),
        (staging.sync_log, decided.log),
    )
    for table, rows in parts:
        dialect.bulk_load(connection, table, [(start * SEQ_STEP + n, 1, *row) for n, row in enumerate(rows)])
