"""What an owner likes (facts/odata 4, rows 4, 16-20): the first few by net amount, in an order without chance.

Ties are broken by quantity, then name, then id; stores by receipts, then amount, the latest visit, and id.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.domain.values import ZERO_GUID
from freesport_pipelines.profiles.categories import UNKNOWN, category_paths
from freesport_pipelines.profiles.choices import Texts
from freesport_pipelines.profiles.frames import NOBODY, PRODUCTS, WAREHOUSES, Bools, Ints, read
from freesport_pipelines.profiles.json_columns import joined, money_text, quantity_text, quoted
from freesport_pipelines.profiles.ledger import Ledger
from freesport_pipelines.profiles.recorders import Role
from freesport_pipelines.profiles.rules import Favourites


class Grouping(NamedTuple):
    """What the products are put together by."""

    of_product: Ints
    """The entity of each product, NOBODY if it has none."""
    heads: list[str]
    """JSON of each entity, without its figures; entities are numbered by name and id, which breaks ties."""


def favourites(lines: pd.DataFrame, owners: pd.Index, ledger: Ledger) -> pd.DataFrame:
    """favourite_products, _categories, _brands and _stores of each owner, as JSON."""
    products = read(ledger.tables.products, PRODUCTS).drop_duplicates("onec_id").set_index("onec_id")
    products = products.reindex(ledger.products)
    rules = ledger.rules.favourites
    is_counted = _is_counted(products, rules)
    traded = lines[(lines["kind"] != Role.OPENING) & (lines["product"] != NOBODY)]
    traded = traded[is_counted[traded["product"].to_numpy()]]
    by_product = traded.groupby(["owner", "product"], as_index=False)[["kopecks", "thousandths"]].sum()
    groupings = {
        "favourite_products": _by_product(products),
        "favourite_categories": _by_category(products, ledger.tables.categories),
        "favourite_brands": _by_brand(products),
    }
    texts = {name: _top(by_product, grouping, owners, rules.count) for name, grouping in groupings.items()}
    return pd.DataFrame({**texts, "favourite_stores": favourite_stores(lines, owners, ledger)}, index=owners)


def _is_counted(products: pd.DataFrame, rules: Favourites) -> Bools:
    is_out = (
        products.index.isin(rules.without_products)
        | products["category_onec_id"].isin(rules.without_categories).to_numpy()
        | products["product_type"].isin(rules.without_product_types).to_numpy()
    )
    return np.asarray(~is_out)


def _top(by_product: pd.DataFrame, grouping: Grouping, owners: pd.Index, count: int) -> Texts:
    """What was given back as often as bought, or brought no money but a loss, is nobody's favourite."""
    entity = grouping.of_product[by_product["product"].to_numpy()]
    known = by_product.assign(entity=entity)[entity != NOBODY]
    sums = known.groupby(["owner", "entity"], as_index=False)[["kopecks", "thousandths"]].sum()
    sums = sums[(sums["thousandths"] > 0) & (sums["kopecks"] >= 0)]
    best = _first(sums, ["kopecks", "thousandths"], "entity", count)
    entries = [
        f'{grouping.heads[entity]},"amount":{money_text(kopecks)},"quantity":{quantity_text(thousandths)}}}'
        for entity, kopecks, thousandths in _rows(best, "entity", "kopecks", "thousandths")
    ]
    return joined(owners.get_indexer(best["owner"]), entries, len(owners))


def _first(sums: pd.DataFrame, descending: list[str], last: str, count: int) -> pd.DataFrame:
    keys = [sums[last].to_numpy(), *(-sums[column].to_numpy() for column in reversed(descending))]
    ordered = sums.iloc[np.lexsort([*keys, sums["owner"].to_numpy()])]
    return ordered[ordered.groupby("owner").cumcount() < count]


def _rows(frame: pd.DataFrame, *columns: str) -> Any:
    return zip(*(frame[column].tolist() for column in columns), strict=True)


def _by_product(products: pd.DataFrame) -> Grouping:
    names = [name if isinstance(name, str) and name else None for name in products["name"]]
    return _grouping([(name or "", onec_id, name) for onec_id, name in zip(products.index, names, strict=True)])


def _by_category(products: pd.DataFrame, categories: pd.DataFrame) -> Grouping:
    """A category that is not in the catalogue is in the bucket UNKNOWN, which has no id."""
    paths = category_paths(categories)
    found = [paths.get(str(onec_id)) for onec_id in products["category_onec_id"]]
    entities = [
        (path[-1], str(onec_id), path[-1], "/".join(path)) if path else (UNKNOWN, "", UNKNOWN, UNKNOWN)
        for onec_id, path in zip(products["category_onec_id"], found, strict=True)
    ]
    return _grouping(entities)


def _by_brand(products: pd.DataFrame) -> Grouping:
    return _grouping(list(map(_brand, products["brand"], products["brand_onec_id"])))


def _brand(name: object, onec_id: object) -> tuple[str, str, str | None] | None:
    """Brands of one name are one brand; one without a known name is still a brand, of its id."""
    if isinstance(name, str) and name:
        return name, "", name
    return ("", onec_id, None) if isinstance(onec_id, str) and onec_id not in ("", ZERO_GUID) else None


def _grouping(entities: list[Any]) -> Grouping:
    """Number the entities (name to sort by, id, name to show, perhaps its path) in that order."""
    known = sorted({entity for entity in entities if entity is not None}, key=lambda entity: entity[:2])
    numbers: Mapping[Any, int] = {entity: number for number, entity in enumerate(known)}
    of_product = np.array([NOBODY if entity is None else numbers[entity] for entity in entities], np.int64)
    return Grouping(of_product, [_head(*entity[1:]) for entity in known])


def _head(onec_id: str, name: str | None, path: str | None = None) -> str:
    entity = {"onec_id": onec_id or None, "name": name} | ({} if path is None else {"path": path})
    return quoted([entity])[0][:-1]


def favourite_stores(lines: pd.DataFrame, owners: pd.Index, ledger: Ledger) -> Texts:
    """Stores by receipts (row 19). A store that is not in the catalogue is no store; its money stays (row 16)."""
    names = read(ledger.tables.warehouses, WAREHOUSES).drop_duplicates("onec_id").set_index("onec_id")["name"]
    is_known = np.append(ledger.stores.isin(names.index), False)
    sold = lines[(lines["kind"] == Role.SALE) & is_known[lines["store"].to_numpy()]]
    receipts = sold.groupby(["owner", "store", "document"], as_index=False).agg(
        kopecks=("kopecks", "sum"), moment=("moment", "max")
    )
    receipts["moment"] = receipts["moment"].fillna(pd.Timestamp(0)).astype("datetime64[us]").astype(np.int64)
    sums = receipts.groupby(["owner", "store"], as_index=False).agg(
        receipts=("document", "size"), kopecks=("kopecks", "sum"), moment=("moment", "max")
    )
    best = _first(sums, ["receipts", "kopecks", "moment"], "store", ledger.rules.favourites.count)
    heads = [_head(str(onec_id), name) for onec_id, name in names.reindex(ledger.stores).items()]
    entries = [
        f'{heads[store]},"receipts":{receipts},"amount":{money_text(kopecks)}}}'
        for store, receipts, kopecks in _rows(best, "store", "receipts", "kopecks")
    ]
    return joined(owners.get_indexer(best["owner"]), entries, len(owners))
