"""What the platform tells 1C about its customers. Personal data, see `domain/masking.py`."""

from typing import NamedTuple


class OutgoingCustomer(NamedTuple):
    """A customer of the platform, on its way to 1C."""

    platform_id: str
    """The platform's own id: 1C sends it back, and so the customer is recognised."""
    onec_id: str | None
    """The id that 1C gave; None for a new registration. It is never invented."""
    customer_type: str
    """legal_entity or individual."""
    company_name: str | None
    last_name: str | None
    first_name: str | None
    middle_name: str | None
    contact_person: str | None
    tax_id: str | None
    kpp: str | None
    phone: str | None
    email: str | None
    legal_address: str | None
    is_marked: bool
