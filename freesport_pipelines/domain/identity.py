"""Who is who: which customer of the platform a contragent of 1C is. DESIGN decision 20; facts, sections 3.2 and 3.3.

Links happen only by an id that 1C itself gave or sent back, by tax number among records that came from 1C, and by an
e-mail address that the platform has verified; each of them must be unique on both sides. Everything else that looks
alike is a candidate for people. A wrong link leaks wholesale prices or hands an account to a stranger, a missing link
costs a click: in doubt there is none. A link never grants a role.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

ASKED_AT_MOST = 5
"""What more records of 1C share than this tells nothing: nobody is asked about each of them."""


class Method(StrEnum):
    """How a contragent and a customer were found to be the same; logged with every outcome."""

    ONEC_ID = "onec_id"
    MANUAL = "manual"
    """An operator said so (`freesport conflicts resolve`)."""
    PLATFORM_ID = "platform_id"
    """1C sent back the id under which the platform had exported the registration."""
    TAX_ID_KPP = "tax_id_kpp"
    TAX_ID = "tax_id"
    EMAIL = "email"
    PHONE_NAME = "phone_name"
    """Phone and normalised name: proposes, never links."""
    NONE = "not_found"


class Action(StrEnum):
    """What becomes of a contragent."""

    CREATE = "created"
    UPDATE = "updated"
    """Of the customer that already bears its id."""
    LINK = "linked"
    SKIP_MARKED = "skipped_marked"
    """Marked for deletion in 1C and unknown here."""
    SKIP_NOT_BUYER = "skipped_not_buyer"
    """A supplier only."""


class ConflictType(StrEnum):
    """Why people must look: the requirement's four, the deletion mark, shared phones."""

    EMAIL = "email_conflict"
    DATA = "data_mismatch"
    ROLE = "role_conflict"
    DUPLICATE = "duplicate_customer"
    MARKED = "marked_in_1c"
    PHONE = "phone_conflict"
    """Cards of several owners bear one phone (1C:УНФ)."""


STRATEGY = {
    ConflictType.EMAIL: "merge_by_email",
    ConflictType.DATA: "latest_wins",
    ConflictType.ROLE: "manual_review",
    ConflictType.DUPLICATE: "merge_customers",
    ConflictType.MARKED: "manual_review",
    ConflictType.PHONE: "manual_review",
}
"""The requirement's strategies (section 7.2); a merge happens by itself only where identity is beyond doubt."""


class Incoming(NamedTuple):
    """A contragent as identity sees it; all values normalised, None where 1C says nothing."""

    onec_id: str
    customer_id: int | None
    """The customer whose registration was told to 1C, where 1C sent back what it was told."""
    tax_id: str | None
    """Only if it is valid."""
    kpp: str | None
    email: str | None
    phone: str | None
    name_key: str | None
    is_buyer: bool
    is_marked: bool
    same_tax_id: int
    """Live records of 1C with this tax number, itself too; the next three likewise."""
    same_tax_id_kpp: int
    same_email: int
    is_known: bool = False
    """1C has sent this record before."""


class Candidate(NamedTuple):
    """A customer of the platform that shares something with a contragent."""

    id: int
    onec_id: str | None
    is_free: bool
    """Bears no 1C id, or one whose record 1C has marked for deletion."""
    has_account: bool
    """Somebody registered on the site or can log in, as opposed to a record that an import made."""
    is_verified: bool
    """The platform has verified the e-mail address."""
    created_in_1c: bool
    tax_id: str | None
    kpp: str | None
    email: str | None
    phone: str | None
    name_key: str | None


class Review(NamedTuple):
    """A question for an operator: is this contragent that customer?"""

    conflict: ConflictType
    customer_id: int
    method: Method


@dataclass(frozen=True)
class Outcome:
    """What becomes of a contragent, and by which method that was found."""

    action: Action
    method: Method
    customer_id: int | None = None
    absorbs: int | None = None
    """The customer an earlier import had made of this contragent, whose place the linked one takes."""
    reviews: tuple[Review, ...] = ()


def resolve(
    who: Incoming,
    candidates: Sequence[Candidate],
    *,
    linked_by_hand: Collection[int] = (),
    apart_by_hand: Collection[int] = (),
) -> Outcome:
    """Decide about one contragent; the order of candidates does not matter.

    :param linked_by_hand: customers of which an operator said that they are this contragent
    :param apart_by_hand: customers of which an operator said that they are not
    """
    others = sorted((c for c in candidates if c.onec_id != who.onec_id and c.id not in apart_by_hand), key=_id)
    own = next((c for c in sorted(candidates, key=_id) if c.onec_id == who.onec_id), None)
    if own is None and who.is_marked:
        return Outcome(Action.SKIP_MARKED, Method.NONE)
    if own is None and not who.is_buyer:
        return Outcome(Action.SKIP_NOT_BUYER, Method.NONE)
    linked, method = _link(who, own, others, linked_by_hand)
    reviews = tuple(_reviews(who, [c for c in others if linked is None or c.id != linked.id]))
    if linked is not None:
        return Outcome(Action.LINK, method, linked.id, None if own is None else own.id, reviews)
    if own is not None:
        return Outcome(Action.UPDATE, Method.ONEC_ID, own.id, reviews=reviews)
    return Outcome(Action.CREATE, Method.NONE, reviews=reviews)


def _id(candidate: Candidate) -> int:
    return candidate.id


def _link(
    who: Incoming, own: Candidate | None, others: Sequence[Candidate], by_hand: Collection[int]
) -> tuple[Candidate | None, Method]:
    """The one customer this contragent is beyond doubt, besides the one that bears its id already."""
    if own is not None and own.has_account:
        return None, Method.ONEC_ID  # two accounts are never made one here
    chosen = [c for c in others if c.id in by_hand and c.onec_id is None]
    if len(chosen) == 1:
        return chosen[0], Method.MANUAL
    if who.is_marked or not who.is_buyer:
        return None, Method.NONE
    ways = [(Method.EMAIL, _by_email(who, others))]
    if own is None:
        by_tax = [(Method.TAX_ID_KPP, _by_tax_id_kpp(who, others)), (Method.TAX_ID, _by_tax_id(who, others))]
        ways = [(Method.PLATFORM_ID, _sent_back(who, others)), *by_tax, *ways]
    return next(((found, method) for method, found in ways if found is not None), (None, Method.NONE))


def _sent_back(who: Incoming, others: Sequence[Candidate]) -> Candidate | None:
    """The registration this record was made of: a new record that contradicts it in nothing.

    A record that was there before and bears the platform's id now was merged with it inside 1C: people must look.
    """
    if who.is_known:
        return None
    same = (c for c in others if c.id == who.customer_id and c.onec_id is None and _is_same_firm(who, c))
    return next((c for c in same if None in (who.email, c.email) or who.email == c.email), None)


def _by_tax_id_kpp(who: Incoming, others: Sequence[Candidate]) -> Candidate | None:
    if who.tax_id is None or who.kpp is None or who.same_tax_id_kpp != 1:
        return None
    return _the_only_record([c for c in others if (c.tax_id, c.kpp) == (who.tax_id, who.kpp)])


def _by_tax_id(who: Incoming, others: Sequence[Candidate]) -> Candidate | None:
    if who.tax_id is None or who.same_tax_id != 1:
        return None
    same = [c for c in others if c.tax_id == who.tax_id]
    found = _the_only_record(same)
    return found if found is not None and _is_same_branch(who, found) else None


def _the_only_record(same: Sequence[Candidate]) -> Candidate | None:
    """The record among them that came from 1C and is free, if all records of 1C among them are that one."""
    records = [c for c in same if c.created_in_1c]
    return records[0] if len(records) == 1 and records[0].is_free and not records[0].has_account else None


def _by_email(who: Incoming, others: Sequence[Candidate]) -> Candidate | None:
    if who.email is None or who.same_email != 1:
        return None
    accounts = [c for c in others if c.has_account and c.email == who.email]
    if len(accounts) != 1:
        return None
    found = accounts[0]
    is_sure = found.is_verified and found.onec_id is None and _is_same_firm(who, found)
    return found if is_sure else None


def _is_same_firm(who: Incoming, candidate: Candidate) -> bool:
    """Two different tax numbers are two different customers, whatever else they share."""
    return who.tax_id is None or candidate.tax_id is None or who.tax_id == candidate.tax_id


def _is_same_branch(who: Incoming, candidate: Candidate) -> bool:
    return who.kpp is None or candidate.kpp is None or who.kpp == candidate.kpp


def _reviews(who: Incoming, others: Sequence[Candidate]) -> list[Review]:
    """What people should look at: customers without a 1C record of their own that look like this contragent."""
    if who.is_marked or not who.is_buyer:
        return []
    found = []
    for candidate in others:
        if candidate.onec_id is not None:
            continue
        if candidate.id == who.customer_id:
            found.append(Review(ConflictType.DUPLICATE, candidate.id, Method.PLATFORM_ID))
        elif who.email is not None and candidate.email == who.email and who.same_email <= ASKED_AT_MOST:
            found.append(Review(ConflictType.EMAIL, candidate.id, Method.EMAIL))
        elif who.tax_id is not None and candidate.tax_id == who.tax_id and who.same_tax_id <= ASKED_AT_MOST:
            found.append(Review(ConflictType.DUPLICATE, candidate.id, Method.TAX_ID))
        elif _is_alike(who, candidate) and _is_same_firm(who, candidate):
            found.append(Review(ConflictType.DUPLICATE, candidate.id, Method.PHONE_NAME))
    return found


def _is_alike(who: Incoming, candidate: Candidate) -> bool:
    has_both = who.phone is not None and who.name_key is not None
    return has_both and (candidate.phone, candidate.name_key) == (who.phone, who.name_key)
