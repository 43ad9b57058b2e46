"""Catalogues of 1C:УНФ and the users made of its discount cards. No personal value reaches Dagster."""

from typing import Any

import dagster as dg

from freesport_pipelines.database import purchase_schema
from freesport_pipelines.defs import metadata as md
from freesport_pipelines.defs.resources import Onec, Shop
from freesport_pipelines.defs.run import readable_failure

POOL = "onec_odata"
"""Runs that read 1C go one after the other (dagster.yaml); the lock of `database/one_reader.py` is the guarantee."""
GROUP = "onec"
DESCRIBED: dict[str, Any] = {"group_name": GROUP, "owners": ["team:data"], "code_version": "1"}
RETRY = dg.RetryPolicy(max_retries=2, delay=120, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""For what passes in minutes, as maintenance or a lack of sessions; everything shorter the client waits for itself."""


class ScanConfig(dg.Config):
    """A complete scan of a catalogue."""

    allow_vanishing: bool = False
    """Accept that 1C shows much less than before."""


def _table(name: str) -> dict[str, Any]:
    return md.table_metadata(purchase_schema.metadata.tables[name])


def _scan(onec: Onec, shop: Shop, config: ScanConfig, *tables: str) -> dg.MaterializeResult:
    """Read catalogues completely, one after the other."""
    from freesport_pipelines.steps.onec_reading import read_catalogue

    figures: dict[str, Any] = {}
    with readable_failure(), onec.reading(shop.database) as client:
        for table in tables:
            outcome = read_catalogue(shop.database, client, table, allow_vanishing=config.allow_vanishing)
            more = outcome.as_metadata()
            figures |= more if table == tables[0] else {f"{table}: {name}": value for name, value in more.items()}
    return dg.MaterializeResult(metadata={"dagster/row_count": figures["rows"], **figures})


@dg.asset(pool=POOL, retry_policy=RETRY, kinds={"odata", "table"}, metadata=_table("discount_cards"), **DESCRIBED)
def discount_cards(
    config: ScanConfig, onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]
) -> dg.MaterializeResult:
    """Discount cards of 1C:УНФ; the barcode is a phone, which is the login. Personal data."""
    return _scan(onec, shop, config, "discount_cards")


@dg.asset(pool=POOL, retry_policy=RETRY, kinds={"odata", "table"}, metadata=_table("onec_counterparties"), **DESCRIBED)
def onec_counterparties(
    config: ScanConfig, onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]
) -> dg.MaterializeResult:
    """Buyers of 1C:УНФ: owners of cards. Personal data."""
    return _scan(onec, shop, config, "onec_counterparties")


@dg.asset(pool=POOL, retry_policy=RETRY, kinds={"odata", "table"}, metadata=_table("onec_products"), **DESCRIBED)
def onec_products(
    config: ScanConfig, onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]
) -> dg.MaterializeResult:
    """Products of 1C:УНФ with their categories, brands and stores."""
    return _scan(onec, shop, config, "onec_products", "onec_categories", "onec_brands", "onec_stores")


@dg.asset(deps=[discount_cards, onec_counterparties], kinds={"table"}, **DESCRIBED)
def discount_card_users(shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """Users of the site out of discount cards: rows of `customers` with login = phone, one per owner of cards.

    A phone on cards of several owners is nobody's login: it becomes a question in `sync_conflicts`.
    """
    from freesport_pipelines.steps.card_users import make_users

    with readable_failure():
        users = make_users(shop.database)
    return dg.MaterializeResult(metadata=users._asdict())


onec_assets: list[dg.AssetsDefinition] = [discount_cards, onec_counterparties, onec_products, discount_card_users]
