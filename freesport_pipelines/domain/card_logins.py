"""Whose login a card's phone is: new, somebody's already, changed, or a question (facts/odata, section 4, row 13)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Owner(NamedTuple):
    """An owner of cards, or a card without one, with a phone that no other owner's card bears."""

    onec_id: str
    phone: str
    """7 and ten digits, of the first of his cards."""
    name: str | None


class Login(NamedTuple):
    """Who logs in with a phone."""

    customer_id: int
    is_usable: bool
    """Neither blocked nor merged into another customer."""
    is_ours: bool
    """Made out of a card, and the login is still the one given then."""


class Decided(NamedTuple):
    """What becomes of every owner."""

    new: list[Owner]
    linked: dict[str, int]
    """{owner: customer of the site who logs in with the phone already}."""
    renamed: dict[int, Owner]
    """{user made out of a card: owner, whose phone is the login from now on}."""
    refused: list[list[str]]
    """Owners who claim one phone, or one whose phone is a login that he may not have."""


def decide(
    owners: Sequence[Owner], of_owner: Mapping[str, int], logins: Mapping[str, Login], phones: Mapping[str, set[str]]
) -> Decided:
    """Judge every owner by the logins there are; a login that becomes free is free for the next run.

    :param of_owner: {owner: the user that an earlier run has made or found for him}
    :param logins: {phone: who logs in with it}
    :param phones: {owner: phones of all his valid cards}
    """
    found = Decided([], {}, {}, [])
    taken = {number: owner for owner, number in of_owner.items()}
    login_of = {login.customer_id: (phone, login) for phone, login in logins.items()}
    for owner in owners:
        mine = of_owner.get(owner.onec_id)
        if mine is None:
            _find_user(owner, logins.get(owner.phone), taken, found)
        elif _has_another_phone(login_of.get(mine), phones.get(owner.onec_id, set())):
            _rename(owner, mine, logins.get(owner.phone), taken, found)
    return found


def _find_user(owner: Owner, login: Login | None, taken: dict[int, str], found: Decided) -> None:
    if login is None:
        found.new.append(owner)
    elif login.customer_id in taken:  # the phone went from one owner's card to another's
        found.refused.append(sorted([owner.onec_id, taken[login.customer_id]]))
    elif not login.is_usable:
        found.refused.append([owner.onec_id])
    else:
        found.linked[owner.onec_id] = login.customer_id
        taken[login.customer_id] = owner.onec_id


def _has_another_phone(own: tuple[str, Login] | None, phones: set[str]) -> bool:
    """Does a user of ours log in with a phone that none of his cards bears any more?"""
    return own is not None and own[1].is_ours and own[0] not in phones


def _rename(owner: Owner, customer_id: int, login: Login | None, taken: Mapping[int, str], found: Decided) -> None:
    if login is None:
        found.renamed[customer_id] = owner
    else:
        other = taken.get(login.customer_id)
        found.refused.append(sorted({owner.onec_id, other} if other else {owner.onec_id}))
