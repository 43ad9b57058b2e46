"""From a `<Предложение>` of rests to the next state of an SKU's stock. Facts, section 1.9; DESIGN decision 17."""

from collections.abc import Container
from decimal import Decimal
from functools import lru_cache

from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.notes import Notes, Reject
from freesport_pipelines.domain.records import OfferStocks
from freesport_pipelines.domain.rows import SkuStocksRow
from freesport_pipelines.domain.values import TOO_LARGE, NotANumber, plain, quantity

NO_WAREHOUSE = ""
"""The key of a quantity that the file gives without naming a warehouse (older dialects)."""

UNKNOWN_WAREHOUSE = "unknown_warehouse"
QUANTITY_READ = "quantity_read"
"""The sum of what rests say, to prove that loading lost nothing of it."""


def shape_stocks(record: OfferStocks, warehouses: Container[str], notes: Notes) -> SkuStocksRow | None:
    """Apply every rule about rests to one record; None when no quantity of it can be read.

    One unreadable quantity sends the whole SKU to quarantine: a sum over the other warehouses would be wrong.
    A warehouse that is not named has none of this SKU, so the raw map holds just what the file says.
    """
    raw: dict[str, Decimal] = {}
    for warehouse_id, text in record.quantities:
        try:
            amount = quantity(text)
        except NotANumber:
            notes.reject(_reject(record, warehouse_id, text))
            return None
        key = warehouse_id or NO_WAREHOUSE
        if key not in warehouses:
            notes.warn(UNKNOWN_WAREHOUSE, key)
            notes.find(UNKNOWN_WAREHOUSE, key)
        raw[key] = raw.get(key, Decimal(0)) + amount
    total = sum(raw.values(), Decimal(0))
    if abs(total) >= TOO_LARGE:
        notes.reject(_reject(record, None, f"{total} in all"))
        return None
    notes.add(QUANTITY_READ, total)
    return SkuStocksRow(record.onec_id, plain(max(Decimal(0), total)), _as_json(raw), total)


def _as_json(raw: dict[str, Decimal]) -> str:
    """JSON {warehouse: quantity} with exact decimals, sorted."""
    return "{" + ",".join([f"{_quoted(key)}:{plain(raw[key]):f}" for key in sorted(raw)]) + "}"


@lru_cache(maxsize=10_000)
def _quoted(warehouse_id: str) -> str:
    return as_json(warehouse_id)


def _reject(record: OfferStocks, warehouse_id: str | None, text: str) -> Reject:
    payload = {"onec_id": record.onec_id, "quantities": [list(pair) for pair in record.quantities]}
    return Reject(
        "rests",
        record.onec_id,
        "quantity_not_a_number",
        f"<Количество>{text[:60]}</Количество> in warehouse {warehouse_id or 'without id'}",
        payload,
    )
