"""A second opinion on a demo export: reads the written XML as an importer should and counts what a shop would hold.

Straightforward on purpose: whole files with lxml, dictionaries in memory, nothing shared with the generator.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

NS = "{urn:1C.ru:commerceml_3}"
FIELDS = {
    "3d1482c4-bd77-11e4-afc8-20cf3073dde3": "retail_price",
    "37c47a93-e1b8-11ec-a301-04421a23d8e8": "min_retail_price",
    "90d2c899-b3f2-11ea-81c3-00155d3cae02": "opt1_price",
    "a91bdb02-b3f2-11ea-81c3-00155d3cae02": "opt2_price",
    "c05f0e2b-b3f2-11ea-81c3-00155d3cae02": "opt3_price",
    "b86fb8c5-ea2d-11eb-81f3-00155d3cae02": "trainer_price",
}
PSEUDO = {"безбренда", "noname"}


@dataclass
class Shop:
    """What several drops make of an empty shop."""

    groups: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    warehouses: set[str] = field(default_factory=set)
    price_types: set[str] = field(default_factory=set)
    goods: dict[str, str | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    offers: dict[str, bool] = field(default_factory=dict)
    prices: dict[str, dict[str, str]] = field(default_factory=dict)
    rests: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    contragents: dict[str, tuple[set[str], bool]] = field(default_factory=dict)

    def read(self, folder: Path) -> "Shop":
        """Apply a drop; packets in natural order."""
        for kind in ("priceLists", "storages", "propertiesGoods", "propertiesOffers", "units", "groups", "goods",
                     "offers", "prices", "rests", "contragents"):  # fmt: skip
            for path in packets(folder, kind):
                getattr(self, "_" + kind)(etree.parse(path).getroot())
        return self

    def _priceLists(self, root: etree._Element) -> None:  # noqa: N802
        self.price_types |= {text(one, "Ид") for one in root.iter(NS + "ТипЦены")}

    def _storages(self, root: etree._Element) -> None:
        self.warehouses |= {text(one, "Ид") for one in root.iter(NS + "Склад")}

    def _units(self, root: etree._Element) -> None:
        self.units |= {text(one, "Ид").strip() for one in root.iter(NS + "ЕдиницаИзмерения")}

    def _propertiesGoods(self, root: etree._Element) -> None:  # noqa: N802
        for one in root.iter(NS + "Свойство"):
            known = self.values.setdefault(text(one, "Ид"), {})
            for value in one.iter(NS + "Справочник"):
                known[text(value, "ИдЗначения")] = text(value, "Значение")

    _propertiesOffers = _propertiesGoods  # noqa: N815

    def _groups(self, root: etree._Element) -> None:
        for one in root.iter(NS + "Группа"):
            above = one.getparent().getparent()
            parent = text(above, "Ид") if above.tag == NS + "Группа" else None
            self.groups[text(one, "Ид")] = (parent, text(one, "ПометкаУдаления") == "true")

    def _goods(self, root: etree._Element) -> None:
        for one in root.iter(NS + "Товар"):
            group = one.find(f"{NS}Группы/{NS}Ид")
            self.goods[text(one, "Ид")] = None if group is None else group.text
            self.names[text(one, "Ид")] = text(one, "Наименование")

    def _offers(self, root: etree._Element) -> None:
        for one in root.iter(NS + "Предложение"):
            self.offers[text(one, "Ид")] = text(one, "ПометкаУдаления") == "true"
            self.names[text(one, "Ид")] = text(one, "Наименование")

    def _prices(self, root: etree._Element) -> None:
        for one in root.iter(NS + "Предложение"):
            self.prices[text(one, "Ид")] = {
                text(price, "ИдТипаЦены"): text(price, "ЦенаЗаЕдиницу") for price in one.iter(NS + "Цена")
            }

    def _rests(self, root: etree._Element) -> None:
        for one in root.iter(NS + "Предложение"):
            self.rests[text(one, "Ид")] = {
                text(stock, "Ид"): Decimal(text(stock, "Количество")) for stock in one.iter(NS + "Склад")
            }

    def _contragents(self, root: etree._Element) -> None:
        for one in root.iter(NS + "Контрагент"):
            roles = {role.text or "" for role in one.findall(NS + "Роль")}
            self.contragents[text(one, "Ид")] = (roles, text(one, "ПометкаУдаления") == "true")

    def count(self) -> dict[str, object]:
        """Figures under the names of `DemoTotals`."""
        reasons = {good: self._reason(group) for good, group in self.goods.items()}
        live = {good for good, reason in reasons.items() if reason is None}
        with_offers = {offer.split("#")[0] for offer in self.offers}
        default = {one for one in self.prices.keys() | self.rests.keys() if one in live and one not in with_offers}
        skus = default | {one for one, marked in self.offers.items() if not marked and one.split("#")[0] in live}
        quarantined: dict[str, Counter[str]] = {kind: Counter() for kind in ("offers", "prices", "rests")}
        for kind, ids in (("offers", self.offers), ("prices", self.prices), ("rests", self.rests)):
            orphans = sum(one.split("#")[0] not in self.goods for one in ids)
            quarantined[kind].update({"orphan": orphans} if orphans else {})
        sums = dict.fromkeys(FIELDS.values(), Decimal(0))
        for sku in skus:
            for type_id, written in self.prices[sku].items():
                reason, value = _price(written)
                sums[FIELDS[type_id]] += value
                quarantined["prices"].update([reason] if reason else [])
        stocks = [max(Decimal(0), sum(self.rests[sku].values(), Decimal(0))) for sku in skus]
        named = {warehouse for stock in self.rests.values() for warehouse in stock}
        alive = [one for one in self.groups if self._reason(one) is None]
        brands = {_normalised(name) for name in self.values.get("Бренд", {}).values()} - PSEUDO
        attributes = {key: values for key, values in self.values.items() if key != "Бренд"}
        return {
            "categories": len(alive),
            "marked_categories": len(self.groups) - len(alive),
            "category_depth": max((len(self._path(one)) for one in alive), default=0),
            "brands": len(brands),
            "brand_values": len(self.values.get("Бренд", {})),
            "attributes": len(attributes),
            "attribute_values": sum(map(len, attributes.values())),
            "units": len(self.units - {""}),
            "units_without_code": len(self.units & {""}),
            "warehouses": len(self.warehouses),
            "unknown_warehouses": len(named - self.warehouses),
            "price_types": len(self.price_types),
            "goods": len(live),
            "products": len(skus),
            "default_products": len(default),
            "products_in_stock": sum(stock > 0 for stock in stocks),
            "stock_quantity": sum(stocks, Decimal(0)),
            "price_sums": sums,
            "quarantined": {kind: dict(found) for kind, found in quarantined.items()},
            "contragents": len(self.contragents),
            "buyers": sum("Покупатель" in roles and not marked for roles, marked in self.contragents.values()),
            "marked_contragents": sum(marked for _, marked in self.contragents.values()),
            "excluded": dict(Counter(reason for reason in reasons.values() if reason)),
        }

    def _path(self, group: str) -> list[str]:
        path, at = [], group
        while at is not None:
            path.append(at)
            at = self.groups[at][0]
        return path

    def _reason(self, group: str | None) -> str | None:
        if group is None:
            return "no_group"
        if group not in self.groups:
            return "unknown_group"
        return "marked_group" if any(self.groups[one][1] for one in self._path(group)) else None


def packets(folder: Path, kind: str) -> list[Path]:
    """Files of a kind in the order of their packet numbers."""
    return sorted((folder / kind).glob("*.xml"), key=lambda path: int(path.name.split("_")[-2]))


def fingerprint(folder: Path) -> dict[str, str]:
    """Names and hashes of all files."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.xml")
    }


def text(element: etree._Element, tag: str) -> str:
    """Text of a child, empty when the child is."""
    child = element.find(NS + tag)
    assert child is not None, (element.tag, tag)
    return child.text or ""


def _price(written: str) -> tuple[str | None, Decimal]:
    if not written:
        return "empty", Decimal(0)
    try:
        value = Decimal(written)
    except InvalidOperation:
        return "unparseable", Decimal(0)
    return ("negative", Decimal(0)) if value < 0 else (None, value)


def _normalised(name: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold())
