"""From an identity to the next state of a customer, with the questions and log lines that belong to it.

Roles are never taken from 1C: a new customer is `retail`, and what 1C says about price levels is a question for people
(facts, section 2.4). A contragent that 1C marked for deletion hides the customer an import had made of it; an account
somebody registered stays, and people are asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.customer_merge import PROFILE, Merged, merge
from freesport_pipelines.domain.identity import STRATEGY, Action, ConflictType, Method, Outcome
from freesport_pipelines.domain.rows import ConflictRow, CustomerRow, SyncLogRow

NEW_ROLE = "retail"
"""The neutral role: what everybody may see."""
IMPORT = "import_from_1c"
PENDING, RESOLVED = "pending", "resolved"
"""A question of `sync_conflicts`."""
LINK, SEPARATE, SEEN = "link", "separate", "seen"
"""An operator's answer."""
SYNCED, CONFLICT = "synced", "conflict"

Fields = Mapping[str, Any]


class Moment(NamedTuple):
    """When this is decided, and about a file of which age."""

    now: str
    """As the database stores moments."""
    is_theirs_later: bool
    """The file of 1C was formed after the customer's profile was last changed by the platform."""
    is_news: bool
    """1C says something about the contragent that it has not said before."""
    is_disputed: bool = False
    """People were asked about the customer's e-mail address and have not answered."""


@dataclass
class Decided:
    """What one contragent gives."""

    customers: list[CustomerRow] = field(default_factory=list)
    conflicts: list[ConflictRow] = field(default_factory=list)
    log: list[SyncLogRow] = field(default_factory=list)


def profile_of_contragent(contragent: Fields) -> dict[str, Any]:
    """The profile as 1C tells it; a person whose name could not be split is shown under the whole name."""
    profile = {name: contragent.get(name) for name in (*PROFILE, "customer_type")}
    if not profile["company_name"] and not profile["last_name"]:
        profile["company_name"] = contragent["name"]
    return profile


def has_account(customer: Fields) -> bool:
    """Somebody registered it or can log in; otherwise an import made it."""
    return customer["login"] is not None or not customer["created_in_1c"]


def decide(
    contragent: Fields,
    before: Fields | None,
    outcome: Outcome,
    customers: Mapping[int, Fields],
    role_of_price_type: Mapping[str, str],
    moment: Moment,
) -> Decided:
    """What becomes of a contragent's customer.

    :param contragent: its next state, columns of `contragents`
    :param before: its state until now, None if it is new
    :param customers: columns of `customers` by id, of all that the outcome names
    """
    decided = Decided()
    onec_id = contragent["onec_id"]
    for review in outcome.reviews:
        decided.conflicts.append(_question(review.conflict, onec_id, review.customer_id, review.method))
    if outcome.action in (Action.SKIP_MARKED, Action.SKIP_NOT_BUYER):
        decided.log.append(_line("skipped", outcome, onec_id))
        return decided
    if outcome.action is Action.CREATE:
        decided.customers.append(_created(contragent, moment, decided))
        decided.log.append(_line("success", outcome, onec_id))
        return decided
    _renew(contragent, before, outcome, customers, role_of_price_type, moment, decided)
    return decided


def _created(contragent: Fields, moment: Moment, decided: Decided) -> CustomerRow:
    return CustomerRow(
        key=contragent["onec_id"],
        customer_id=None,
        onec_id=contragent["onec_id"],
        **profile_of_contragent(contragent),  # with customer_type
        role=NEW_ROLE,
        created_in_1c=True,
        needs_1c_export=False,
        sync_status=CONFLICT if decided.conflicts else SYNCED,
        sync_error_message=None,
        last_sync_at=moment.now,
        marked_in_1c=False,
        merged_into_id=None,
        wants_active=True,
    )


def _renew(
    contragent: Fields,
    before: Fields | None,
    outcome: Outcome,
    customers: Mapping[int, Fields],
    role_of_price_type: Mapping[str, str],
    moment: Moment,
    decided: Decided,
) -> None:
    """Update or link: bring both sides together, ask what must be asked."""
    mine = customers[outcome.customer_id or 0]
    is_account = has_account(mine)
    base = None if before is None or outcome.action is Action.LINK else profile_of_contragent(before)
    theirs = profile_of_contragent(contragent)
    merged = merge(
        base,
        theirs,
        mine,
        is_theirs_later=moment.is_theirs_later,
        has_account=is_account,
        is_disputed=moment.is_disputed,
    )
    _ask(contragent, mine, merged, is_account, role_of_price_type, decided)
    if outcome.absorbs is not None:
        decided.customers.append(_absorbed(customers[outcome.absorbs], mine["id"]))
    if outcome.method is Method.EMAIL:
        decided.conflicts.append(_merged_by_email(contragent["onec_id"], mine["id"]))
    row = _row(contragent, mine, merged, moment, is_account, decided)
    decided.customers.append(row)
    if moment.is_news or row.last_sync_at is not None:  # else nothing was done
        decided.log.append(_line("success", outcome, contragent["onec_id"], overruled=merged.overruled))


def _row(
    contragent: Fields, mine: Fields, merged: Merged, moment: Moment, is_account: bool, decided: Decided
) -> CustomerRow:
    is_asked = any(conflict.status == PENDING for conflict in decided.conflicts)
    row = CustomerRow(
        key=contragent["onec_id"],
        customer_id=mine["id"],
        onec_id=contragent["onec_id"],
        customer_type=contragent["customer_type"],
        **{name: merged.values[name] for name in PROFILE},
        role=None,
        created_in_1c=None,
        # a flag of the shop stands until 1C has been heard again
        needs_1c_export=merged.is_ahead or (mine["needs_1c_export"] and not moment.is_news),
        sync_status=CONFLICT if is_asked else SYNCED,
        sync_error_message=None,
        last_sync_at=None,
        marked_in_1c=contragent["is_marked"],
        merged_into_id=None,
        wants_active=is_account or not contragent["is_marked"],
    )
    changed = any(mine[name] != getattr(row, name) for name in _TOLD)
    return row._replace(last_sync_at=moment.now) if changed else row


_TOLD = (*PROFILE, "onec_id", "customer_type", "needs_1c_export", "sync_status", "marked_in_1c")


def _absorbed(own: Fields, into: int) -> CustomerRow:
    """The customer an import had made of the contragent before: its place is taken."""
    return CustomerRow(
        key=f"customer {own['id']}",
        customer_id=own["id"],
        onec_id=None,
        customer_type=own["customer_type"],
        **{name: own[name] for name in PROFILE},
        role=None,
        created_in_1c=None,
        needs_1c_export=False,
        sync_status=SYNCED,
        sync_error_message=None,
        last_sync_at=None,
        marked_in_1c=own["marked_in_1c"],
        merged_into_id=into,
        wants_active=False,
    )


def _ask(
    contragent: Fields,
    mine: Fields,
    merged: Merged,
    is_account: bool,
    role_of_price_type: Mapping[str, str],
    decided: Decided,
) -> None:
    """Questions about a customer that is linked."""
    onec_id, customer_id = contragent["onec_id"], mine["id"]
    if merged.refused:
        question = _question(ConflictType.EMAIL, onec_id, customer_id, Method.ONEC_ID, fields=list(merged.refused))
        decided.conflicts.append(question)
    if merged.overruled:
        decided.conflicts.append(_overruled(onec_id, customer_id, merged.overruled))
    if not is_account:
        return
    if contragent["is_marked"]:
        decided.conflicts.append(_question(ConflictType.MARKED, onec_id, customer_id, Method.ONEC_ID))
    wanted = role_of_price_type.get(contragent["price_type_onec_id"] or "")
    if wanted is not None and wanted != mine["role"]:
        told = {"price_type": contragent["price_type_onec_id"], "role_of_price_type": wanted}
        decided.conflicts.append(_question(ConflictType.ROLE, onec_id, customer_id, Method.ONEC_ID, **told))
    elif not contragent["is_buyer"]:
        decided.conflicts.append(_question(ConflictType.ROLE, onec_id, customer_id, Method.ONEC_ID, buyer=False))


def question_key(kind: ConflictType, onec_id: str, customer_id: int) -> str:
    """What makes a question the same one."""
    return f"{kind}|{onec_id}|{customer_id}"


def _question(kind: ConflictType, onec_id: str, customer_id: int, method: Method, **details: Any) -> ConflictRow:
    key = question_key(kind, onec_id, customer_id)
    return ConflictRow(key, kind, STRATEGY[kind], PENDING, method, customer_id, onec_id, as_json(details), None)


def _overruled(onec_id: str, customer_id: int, fields: tuple[str, ...]) -> ConflictRow:
    """Both sides had changed the same fields: decided by itself, told all the same."""
    kind = ConflictType.DATA
    details = as_json({"fields": list(fields)})
    key = question_key(kind, onec_id, customer_id)
    return ConflictRow(
        key, kind, STRATEGY[kind], RESOLVED, Method.ONEC_ID, customer_id, onec_id, details, "latest_wins"
    )


def _merged_by_email(onec_id: str, customer_id: int) -> ConflictRow:
    """The platform has verified the address: the account and the record are one from now on."""
    kind = ConflictType.EMAIL
    key = question_key(kind, onec_id, customer_id)
    return ConflictRow(key, kind, STRATEGY[kind], RESOLVED, Method.EMAIL, customer_id, onec_id, "{}", "merged")


def _line(status: str, outcome: Outcome, onec_id: str, overruled: tuple[str, ...] = ()) -> SyncLogRow:
    details: dict[str, Any] = {"outcome": str(outcome.action)}
    if outcome.reviews:
        details["candidates"] = len(outcome.reviews)
    if outcome.absorbs is not None:
        details["absorbed_customer"] = outcome.absorbs
    if overruled:
        details["overruled"] = list(overruled)
    return SyncLogRow(IMPORT, status, outcome.method, outcome.customer_id, onec_id, as_json(details), None)
