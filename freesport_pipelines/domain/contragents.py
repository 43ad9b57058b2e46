"""From a `<Контрагент>` as read to the next state of its row. Facts, sections 1.11 and 3.1; checks 36 to 43.

An empty text means "no data" everywhere. A value that cannot be read costs a warning, never the customer. Warnings
name the row by its id and never show a value: all of it is personal data.
"""

from collections.abc import Callable
from functools import partial

from freesport_pipelines.domain.canonical import as_json, content_hash
from freesport_pipelines.domain.emails import email, split_emails
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.person_names import collapsed, name_key, person_name
from freesport_pipelines.domain.phones import phone, split_phones
from freesport_pipelines.domain.records import Contragent
from freesport_pipelines.domain.rows import ContragentRow
from freesport_pipelines.domain.tax_ids import kpp, matching_tax_id, tax_id_problem
from freesport_pipelines.domain.values import is_nothing, without_spaces

LEGAL_ENTITY, INDIVIDUAL = "legal_entity", "individual"
BUYER = "Покупатель"
PRICE_TYPE_REQUISITE = "ТипЦенId"
PLATFORM_ID_REQUISITE = "ИдНаСайте"
PLATFORM_ID_BEGINS = "freesport-customer-"
"""How an id begins that is no id of 1C's but the platform's own, sent back as `<Ид>`."""
LONGEST_TEXT = 1000
ENCRYPTED = "enc:"
"""How a value begins that our own export has encrypted and nobody has decrypted since."""

_EMAIL_TYPES = ("почт", "mail")
_PHONE_TYPES = ("телефон", "phone")
_CONTACT_RELATION = "контакт"

Warn = Callable[[str], None]


def shape_contragent(record: Contragent, notes: Notes) -> ContragentRow | None:
    """Apply every rule about contragents to one record; None for one without an id."""
    if not record.onec_id:
        return None
    warn = partial(notes.warn, example=record.onec_id)
    text = partial(_text, warn=warn)
    company_name = text(record.official_name)
    full_name = text(record.full_name)
    name = text(record.name) or company_name or full_name or ""
    person = None if company_name else person_name(full_name or name)
    tax_id = _tax_id(record.tax_id, warn)
    phones = _contacts(record, _PHONE_TYPES, split_phones, phone, partial(warn, "phone_unreadable"))
    emails = _contacts(record, _EMAIL_TYPES, split_emails, email, partial(warn, "email_unreadable"))
    roles = [role for role in map(text, record.roles) if role]
    address = text(record.address)
    row = ContragentRow(
        onec_id=record.onec_id,
        customer_type=LEGAL_ENTITY if company_name else INDIVIDUAL,
        name=name,
        company_name=company_name,
        last_name=person.last if person else None,
        first_name=person.first if person else None,
        middle_name=person.middle if person else None,
        contact_person=_contact_person(record, text),
        tax_id=tax_id,
        matching_tax_id=matching_tax_id(tax_id) if tax_id else None,
        kpp=_kpp(record.kpp, warn),
        okpo=text(record.okpo),
        phone=phones[0] if phones else None,
        phones=as_json(phones),
        email=emails[0] if emails else None,
        emails=as_json(emails),
        legal_address=text(record.legal_address) or address,
        actual_address=address,
        name_key=name_key(company_name or full_name or name),
        roles=as_json(roles),
        is_buyer=_is_buyer(roles, warn),
        price_type_onec_id=_price_type(record, warn),
        platform_id=_platform_id(record),
        is_marked=record.is_marked,
        content_hash=0,
        wants_active=not record.is_marked,
    )
    return row._replace(content_hash=content_hash(*row[1:]))


def _text(value: str | None, warn: Warn) -> str | None:
    """A text with single spaces, cut where it is absurdly long; None when it is empty."""
    written = collapsed(value or "")
    if written.startswith(ENCRYPTED):
        warn("still_encrypted")
        return None
    if len(written) > LONGEST_TEXT:
        warn("text_cut")
        written = written[:LONGEST_TEXT].rstrip()
    return written or None


def _tax_id(value: str | None, warn: Warn) -> str | None:
    number = _text(without_spaces(value or ""), warn)
    problem = tax_id_problem(number) if number else None
    if problem:
        warn(problem)
    return number


def _kpp(value: str | None, warn: Warn) -> str | None:
    code = kpp(value or "")
    if code is None and (value or "").strip():
        warn("kpp_unreadable")
    return code


def _contacts(
    record: Contragent,
    types: tuple[str, ...],
    split: Callable[[str], list[str]],
    read: Callable[[str], str | None],
    warn: Callable[[], None],
) -> list[str]:
    """What the contacts of some types say, each value once and in the order of 1C: the first is the main one."""
    found: dict[str, None] = {}
    for kind, value in record.contacts:
        if not any(part in kind.casefold() for part in types) or value.startswith(ENCRYPTED):
            continue
        for piece in split(value):
            readable = read(piece)
            if readable is None:
                warn()
            else:
                found[readable] = None
    return list(found)


def _contact_person(record: Contragent, text: Callable[[str], str | None]) -> str | None:
    """The representative that is called a contact, else the first one with a name."""
    named = [(relation.casefold(), name) for relation, name in record.representatives if name]
    contacts = [name for relation, name in named if _CONTACT_RELATION in relation]
    return text([*contacts, *(name for _, name in named), ""][0])


def _is_buyer(roles: list[str], warn: Warn) -> bool:
    """One of several roles is enough; 1C without roles has buyers only (facts, section 3.1; check 40)."""
    if not roles:
        warn("role_missing")
        return True
    return any(role.casefold() == BUYER.casefold() for role in roles)


def _requisites(record: Contragent, wanted: str) -> list[str]:
    """Different values of a requisite, in file order."""
    return list(dict.fromkeys(value for name, value in record.requisites if name == wanted and not is_nothing(value)))


def _price_type(record: Contragent, warn: Warn) -> str | None:
    """The price type that an extension of 1C names; several different ones decide nothing. Facts, section 2.4."""
    found = _requisites(record, PRICE_TYPE_REQUISITE)
    if len(found) > 1:
        warn("price_type_ambiguous")
    return found[0] if len(found) == 1 else None


def _platform_id(record: Contragent) -> str | None:
    """What an export of ours told 1C: as a requisite, or as the id of a contragent that 1C made from it.

    Two different ones are a merge inside 1C: they say nothing about who this is.
    """
    found = _requisites(record, PLATFORM_ID_REQUISITE)
    if not found and record.onec_id.startswith(PLATFORM_ID_BEGINS):
        return record.onec_id
    return found[0] if len(found) == 1 else None
