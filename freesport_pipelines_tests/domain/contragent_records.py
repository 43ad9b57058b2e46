"""A contragent as the reader gives it, for tests of the rules: everything absent but an id, a name and a role."""

from typing import TypedDict, Unpack

from freesport_pipelines.domain.records import Contragent

Pairs = tuple[tuple[str, str], ...]


class ContragentFields(TypedDict, total=False):
    """The fields of a record that a test cares for."""

    onec_id: str
    name: str
    official_name: str | None
    full_name: str | None
    roles: tuple[str, ...]
    tax_id: str | None
    kpp: str | None
    okpo: str | None
    legal_address: str | None
    address: str | None
    contacts: Pairs
    representatives: Pairs
    requisites: Pairs
    is_marked: bool


def contragent_record(**fields: Unpack[ContragentFields]) -> Contragent:
    """A record with these fields; the rest is absent."""
    absent: ContragentFields = {
        "onec_id": "c1", "name": "Пример", "official_name": None, "full_name": None, "roles": ("Покупатель",),
        "tax_id": None, "kpp": None, "okpo": None, "legal_address": None, "address": None, "contacts": (),
        "representatives": (), "requisites": (), "is_marked": False,
    }  # fmt: skip
    return Contragent(**(absent | fields))
