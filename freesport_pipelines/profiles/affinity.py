"""Products bought together in one receipt: what a recommender begins with. Sale receipts only, bounded in memory."""

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.frames import NOBODY, Ints
from freesport_pipelines.profiles.ledger import Bucket, Ledger
from freesport_pipelines.profiles.recorders import Role

PAIR = ["product_onec_id", "with_product_onec_id"]


def affinity(ledger: Ledger, *, min_receipts: int = 5, max_pairs: int = 10_000, max_products: int = 50) -> pd.DataFrame:
    """Pairs of products, most frequent first, then by lift and ids.

    Columns: PAIR (the lesser id first), receipts (with both), support (share of all sale receipts), confidence (of the
    second, given the first), reverse_confidence, lift (1: as often as chance would have it).
    Receipts of unknown buyers count, too; excluded and dropped ones do not.

    :param min_receipts: pairs in fewer receipts are chance
    :param max_pairs: how many are kept
    :param max_products: a receipt with more different products says nothing of their affinity and makes
        products² / 2 pairs; it counts only for the single products
    """
    baskets, receipt_count = _baskets(ledger)
    bought_in = np.bincount(baskets["product"], minlength=len(ledger.products))
    pairs = _pairs(baskets, bought_in >= min_receipts, max_products, len(ledger.products))
    pairs = pairs[pairs["receipts"] >= min_receipts]
    first, second, both = (pairs[column].to_numpy(np.int64) for column in ("first", "second", "receipts"))
    ids = ledger.products.to_numpy()
    table = pd.DataFrame(
        {
            PAIR[0]: ids[first],
            PAIR[1]: ids[second],
            "receipts": both,
            "support": both / max(receipt_count, 1),
            "confidence": both / bought_in[first],
            "reverse_confidence": both / bought_in[second],
            "lift": both * receipt_count / (bought_in[first] * bought_in[second]),
        }
    )
    ordered = table.sort_values(["receipts", "lift", *PAIR], ascending=[False, False, True, True])
    return ordered.head(max_pairs).reset_index(drop=True)


def _baskets(ledger: Ledger) -> tuple[pd.DataFrame, int]:
    """Each product of each sale receipt once, if more of it went out than came back; and the number of receipts."""
    lines = ledger.lines[ledger.lines["bucket"].isin([Bucket.PROFILE, Bucket.ANONYMOUS])]
    sold = lines[lines["kind"] == Role.SALE]
    named = sold[sold["product"] != NOBODY].groupby(["document", "product"], as_index=False)["thousandths"].sum()
    return named[named["thousandths"] > 0], sold["document"].nunique()


def _pairs(baskets: pd.DataFrame, is_frequent: np.ndarray, max_products: int, product_count: int) -> pd.DataFrame:
    """Pair each product with the k-th next one of its receipt, for each k: never more at once than there are rows."""
    size = baskets.groupby("document")["product"].transform("size")
    kept = baskets[is_frequent[baskets["product"]] & (size <= max_products).to_numpy()]
    document, product = kept["document"].to_numpy(), kept["product"].to_numpy()
    counted: pd.Series = pd.Series(dtype=np.int64)
    for distance in range(1, max_products):
        keys = _keys_at(distance, document, product, product_count)
        if not len(keys):
            break
        found, count = np.unique(keys, return_counts=True)
        counted = counted.add(pd.Series(count, index=found), fill_value=0)
    numbers = counted.index.to_numpy(np.int64)
    return pd.DataFrame(
        {
            "first": numbers // product_count if product_count else numbers,
            "second": numbers % product_count if product_count else numbers,
            "receipts": counted.to_numpy().astype(np.int64),
        }
    )


def _keys_at(distance: int, document: Ints, product: Ints, product_count: int) -> Ints:
    is_same = document[distance:] == document[:-distance]
    keys: Ints = product[:-distance][is_same] * product_count + product[distance:][is_same]
    return keys
