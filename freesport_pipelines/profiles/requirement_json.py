"""One profile in the JSON shape of the requirement (1c-unf-fresh-odata-purchases, "Базовые данные", "История")."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import pandas as pd

from freesport_pipelines.profiles.frames import NOBODY
from freesport_pipelines.profiles.json_columns import money_text, quantity_text
from freesport_pipelines.profiles.ledger import Bucket, Ledger
from freesport_pipelines.profiles.recorders import Role


def as_requirement_json(profile: Mapping[str, Any], contact: Mapping[str, Any] | None, purchases: pd.DataFrame) -> str:
    """The requirement's document, with right values where its own formulas lose money.

    total_revenue is net, which is the sum of the purchases; total_purchases counts sale receipts, not lines;
    average_check is per sale receipt, before returns. Numbers are exact.

    :param profile: a row of `build_profiles`
    :param contact: a row of `people.contacts`; None: 1C knows nothing of the person
    :param purchases: the owner's rows, see `purchases_of`
    """
    who = contact if contact is not None else {}
    is_card = profile["owner_kind"] == "card"
    document = {
        "phone": who.get("phone"),
        "discount_card_id": who.get("discount_card_id") or next(iter(orjson.loads(profile["card_onec_ids"])), None),
        "customer_id": None if is_card else profile["owner_onec_id"],
        "name": who.get("name"),
        "purchases": [_purchase(row) for row in purchases.to_dict("records")],
        "statistics": {
            "total_revenue": _number(profile["net_revenue"]),
            "total_purchases": int(profile["receipt_count"]),
            "average_check": _number(profile["average_check"]),
            "favorite_categories": [entry["name"] for entry in orjson.loads(profile["favourite_categories"])],
            "purchase_frequency": profile["purchase_frequency"],
        },
    }
    return orjson.dumps(document).decode()


def _number(value: Any) -> orjson.Fragment | None:
    """Decimals are written digit by digit."""
    return None if value is None else orjson.Fragment(str(value))


def _purchase(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "date": row["local"].isoformat(timespec="seconds") if row["is_dated"] else None,
        "amount": orjson.Fragment(money_text(row["kopecks"])),
        "quantity": orjson.Fragment(quantity_text(row["thousandths"])),
        "product_id": row["product_id"],
        "document_id": row["document_id"],
        "store_id": row["store_id"],
    }


def purchases_of(ledger: Ledger, owner_onec_id: str) -> pd.DataFrame:
    """The rows that make an owner's net revenue, newest first: sales, returns, shift reports that count.

    The columns of `Ledger.lines`, and product_id, document_id, store_id. Opening balances are no purchases.
    """
    lines = ledger.in_bucket(Bucket.PROFILE)
    owner = ledger.people.ids.get_indexer([owner_onec_id])[0]
    own = lines[(lines["owner"] == owner) & (lines["owner"] != NOBODY) & (lines["kind"] != Role.OPENING)]
    own = own.sort_values(["moment", "document", "line_number"], ascending=[False, True, True], ignore_index=True)
    return own.assign(
        product_id=_ids(ledger.products, own["product"]),
        document_id=ledger.documents["recorder"].to_numpy()[own["document"]],
        store_id=_ids(ledger.stores, own["store"]),
    )


def _ids(ids: pd.Index, numbers: pd.Series) -> Any:
    return np.array([*ids, None], dtype=object)[numbers.to_numpy(np.int64)]
