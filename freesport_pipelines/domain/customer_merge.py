"""Two sides edit one profile: which value stands. Facts, section 3.3; strategy `latest_wins` of the requirement.

Three values are compared, normalised: what 1C said the last time (base), what it says now (theirs) and what the
platform has (mine). Only a side that changed something is heard; silence (an empty value) changes nothing; if both
changed the same field, the later one wins, and that is written down as a conflict. An account's e-mail address is how
it is entered: 1C may fill it, never replace it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from freesport_pipelines.domain.emails import email
from freesport_pipelines.domain.phones import phone

PROFILE = (
    "email",
    "phone",
    "last_name",
    "first_name",
    "middle_name",
    "company_name",
    "contact_person",
    "tax_id",
    "kpp",
    "legal_address",
)
"""What both sides know of a customer; these fields are merged and exported. Roles are not among them."""

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
    base: Profile | None, theirs: Profile, mine: Profile, *, is_theirs_later: bool, has_account: bool
) -> Merged:
    """Bring the two sides of a linked customer together.

    :param base: what 1C said before; None when it has never been heard about this customer
    :param is_theirs_later: whether the file of 1C was formed after the platform's profile was last changed
    """
    values, overruled, refused = dict(mine), [], []
    for name in PROFILE:
        before, now, here = (None if base is None else base.get(name)), theirs.get(name), mine.get(name)
        if is_same(name, now, here) or not now:
            continue
        if not here and (base is None or not before):
            values[name] = now
        elif base is not None and is_same(name, now, before):
            continue  # 1C repeats itself: what the platform has changed since is to be exported
        elif has_account and name == "email":
            refused.append(name)
        elif base is not None and is_same(name, here, before):
            values[name] = now
        else:
            overruled.append(name)
            values[name] = now if is_theirs_later else here
    return Merged(values, tuple(overruled), tuple(refused), is_ahead(theirs, values, refused))


def is_ahead(theirs: Profile, mine: Profile, disputed: tuple[str, ...] | list[str] = ()) -> bool:
    """Does the platform say something that 1C does not have? A field people are asked about says nothing yet."""
    told = (name for name in PROFILE if name not in disputed)
    return any(mine.get(name) and not is_same(name, mine.get(name), theirs.get(name)) for name in told)


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
