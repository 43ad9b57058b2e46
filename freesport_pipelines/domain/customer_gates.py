"""Quality gates of customers: those of every exchange file, and what is dangerous about people's data."""

from freesport_pipelines.domain.gates import GATES, Gate

_OF_EVERY_FILE = ("packets_are_complete", "not_older_than_published", "keys_are_unique", "rows_can_be_used")

CUSTOMER_GATES: tuple[Gate, ...] = (
    *(gate for gate in GATES if gate.name in _OF_EVERY_FILE),
    *(gate for gate in GATES if gate.name == "promised_packets_hold_rows"),
    Gate(
        "customers_stay_active",
        "No large part of the customers is made inactive at once. Failed: look whether contragents were marked for "
        "deletion in 1C by mistake; if it is meant, approve the session.",
        limit="vanishing_share",
    ),
    Gate(
        "tax_ids_are_valid",
        "Every ИНН of ten or twelve digits has a right checksum. Failed: the contragents named here are imported, "
        "their ИНН identifies nobody; correct it in 1C.",
    ),
    Gate(
        "contacts_can_be_read",
        "Every phone and e-mail address can be read. Failed: the contragents named here are imported without them, "
        "known values stay; correct them in 1C.",
    ),
    Gate(
        "no_conflict_waits",
        "No question about a customer waits for an operator. Failed: freesport conflicts list "
        "(есть вопросы, которые должен решить человек).",
    ),
)
BY_NAME = {gate.name: gate for gate in (*GATES, *CUSTOMER_GATES)}
