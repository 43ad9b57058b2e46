"""The kinds of session; Dagster's jobs carry the imports as their names."""

from collections.abc import Collection

from freesport_pipelines.domain.kinds import CUSTOMER_KINDS, STOCK_KINDS, Kind

CATALOG_IMPORT = "catalog_import"
"""Everything a drop holds, customers left out."""
STOCK_UPDATE = "stock_update"
"""Rests and storages alone; touches nothing but stocks."""
SYNC_CUSTOMERS = "sync_customers"
"""Contragents, registrations and decided conflicts; touches nothing but customers."""
ROLLBACK = "rollback"
"""Another session's change set, backwards."""


def jobs_for(kinds: Collection[Kind]) -> tuple[str, ...]:
    """The jobs that read a drop of these kinds between them; an empty drop is a matter of the catalogue."""
    of_catalogue = set(kinds) - CUSTOMER_KINDS
    jobs = []
    if of_catalogue or not kinds:
        jobs.append(STOCK_UPDATE if of_catalogue and of_catalogue <= STOCK_KINDS else CATALOG_IMPORT)
    if set(kinds) & CUSTOMER_KINDS:
        jobs.append(SYNC_CUSTOMERS)
    return tuple(jobs)
