"""Two sides edit one profile: which value stands. Facts, section 3.3; strategy `latest_wins` of the requirement.

Three values are compared, normalised: what 1C said the last time (base), what it says now (theirs) and what the
platform has (mine). Only a side that changed something is heard; silence (an empty value) changes nothing; if both
changed the same field, the later one wins, and that is written down as a conflict. An account's e-mail address is how
it is entered: 1C may fill it (not where the shop says that it has verified one), never replace it.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from freesport_pipelines.domain.emails import email
from freesport_pipelines.domain.phones import phone
from freesport_pipelines.domain.tax_ids import kpp

PERSON = ("last_name", "first_name", "middle_name")
NAMES = (*PERSON, "company_name")
NAME = "name"
"""The one name a file carries."""
PROFILE = ("email", "phone", *NAMES, "contact_person", "tax_id", "kpp", "legal_address")
"""What both sides know of a customer; these fields are merged and exported. Roles are not among them."""
LEGAL_ENTITY = "legal_entity"
TAX_ID_OF_PERSONS = 12
"""Digits of the ИНН of a person, sole proprietors included."""

Profile = Mapping[str, str | None]


class Merged(NamedTuple):
    """The profile that stands."""

    values: dict[str, str | None]
    overruled: tuple[str, ...]
    """Fields both sides had changed; the later side won."""
    refused: tuple[str, ...]
    """Fields in which 1C contradicts an account and is not heard: people must look."""
    is_ahead: bool
    """The platform knows something that 1C does not: it must be exported."""


def merge(
    base: Profile | None,
    theirs: Profile,
    mine: Profile,
    *,
    is_theirs_later: bool,
    has_account: bool,
    is_disputed: bool = False,
) -> Merged:
    """Bring the two sides of a linked customer together.

    :param base: what 1C said before; None when it has never been heard about this customer
    :param is_theirs_later: whether the file of 1C was formed after the platform's profile was last changed
    :param is_disputed: whether people were asked about the e-mail address and have not answered
    """
    values: dict[str, str | None] = {name: mine.get(name) for name in PROFILE}
    told = (as_told(base) if base is not None else None, as_told(theirs), as_told(mine))
    overruled: list[str] = []
    refused: list[str] = []
    for field in told[1]:
        last, now, here = (None if side is None else _normal(field, side[field]) for side in told)
        if now is None or now == here:
            continue
        if has_account and field == "email" and here is None and mine.get("is_verified"):
            continue  # what 1C says has not been verified
        is_repeated = base is not None and now == last
        if has_account and field == "email" and here is not None:
            if is_disputed or not is_repeated:
                refused.append(field)
        elif is_repeated:
            continue  # 1C repeats itself: what the platform has changed since is to be exported
        elif here is None or (base is not None and here == last) or (field == NAME and _completes(theirs, mine)):
            _take(field, theirs, values)
        else:
            overruled.append(field)
            if is_theirs_later:
                _take(field, theirs, values)
    before, latest, _ = told
    heard = {field: latest[field] or (before[field] if before is not None else None) for field in latest}
    said = as_told({**values, "customer_type": theirs.get("customer_type", mine.get("customer_type"))})
    return Merged(values, tuple(overruled), tuple(refused), _says_more(heard, said, refused))


def _completes(theirs: Profile, mine: Profile) -> bool:
    """Does 1C only add to the parts of a name that the platform knows?"""
    return all(not mine.get(name) or is_same(name, mine.get(name), theirs.get(name)) for name in NAMES)


def _take(field: str, theirs: Profile, values: dict[str, str | None]) -> None:
    """Let 1C's word stand; a name is taken as a whole, in one field or in three."""
    for name in NAMES if field == NAME else (field,):
        values[name] = theirs.get(name) or None


def is_ahead(theirs: Profile, mine: Profile, disputed: Collection[str] = ()) -> bool:
    """Does the platform say something that 1C does not have? A field people are asked about says nothing yet."""
    return _says_more(as_told(theirs), as_told(mine), disputed)


def _says_more(heard: Profile, told: Profile, disputed: Collection[str]) -> bool:
    return any(value and name not in disputed and not is_same(name, value, heard[name]) for name, value in told.items())


def as_told(profile: Profile) -> dict[str, str | None]:
    """What a contragents file carries of a profile and brings back: one name, and what 1C can read."""
    person, company = person_of(profile), profile.get("company_name") or ""
    name = company or person if is_company(profile) else person or company
    return {
        NAME: name or None,
        "contact_person": profile.get("contact_person"),
        "email": email(profile.get("email") or ""),
        "phone": phone(profile.get("phone") or ""),
        "tax_id": profile.get("tax_id"),
        "kpp": kpp(profile.get("kpp") or ""),
        "legal_address": profile.get("legal_address"),
    }


def person_of(profile: Profile) -> str:
    """Фамилия Имя Отчество, as far as they are known."""
    return " ".join(filter(None, (profile.get(name) for name in PERSON)))


def is_company(profile: Profile) -> bool:
    """A legal entity: 1C says so, or somebody registered a company name and not with the ИНН of a person."""
    if profile.get("customer_type") == LEGAL_ENTITY:
        return True
    is_registration = "onec_id" in profile and profile["onec_id"] is None
    digits = [sign for sign in profile.get("tax_id") or "" if sign.isdigit()]
    return is_registration and bool(profile.get("company_name")) and len(digits) != TAX_ID_OF_PERSONS


def is_same(name: str, one: str | None, other: str | None) -> bool:
    """Equal in meaning: phones in any mask, addresses and names in any case and spacing."""
    return _normal(name, one) == _normal(name, other)


def _normal(name: str, value: str | None) -> str | None:
    text = " ".join(value.split()) if value else ""
    if not text:
        return None
    if name == "phone":
        return phone(text) or text
    if name == "email":
        return email(text) or text.casefold()
    if name in ("tax_id", "kpp"):
        return text.replace(" ", "")
    return text.casefold()
