"""One demo export from plan to files: the order of the files, the streams of rows, and the count of what they hold."""

from collections.abc import Iterator
from pathlib import Path

from freesport_pipelines.demo import references
from freesport_pipelines.demo.assortment import MARKED_GROUP, UNKNOWN_GROUP, Assortment, Sku
from freesport_pipelines.demo.changes import Changes
from freesport_pipelines.demo.contragents import PER_PACKET as CONTRAGENTS_PER_PACKET
from freesport_pipelines.demo.contragents import Contragents
from freesport_pipelines.demo.dirty import Dirt, with_row_at
from freesport_pipelines.demo.envelope import Unload
from freesport_pipelines.demo.goods import GoodsRows
from freesport_pipelines.demo.groups import GroupTree
from freesport_pipelines.demo.names import BRANDS
from freesport_pipelines.demo.offers import OfferRows
from freesport_pipelines.demo.plan import DemoPlan
from freesport_pipelines.demo.prices import PriceRows
from freesport_pipelines.demo.properties import PER_SEGMENT, Properties, segments
from freesport_pipelines.demo.rests import RestRows
from freesport_pipelines.demo.totals import PRICE_FIELDS, DemoTotals, Tally
from freesport_pipelines.domain.kinds import Kind

PRICES_PER_PACKET = RESTS_PER_PACKET = 1000


def write_demo_export(plan: DemoPlan, out: Path) -> DemoTotals:
    """Write the export below `out` (in folders by kind) and return what an import of it must reach."""
    return _Export(plan, out).write()


class _Export:
    """The parts of one export; streams its rows."""

    def __init__(self, plan: DemoPlan, out: Path) -> None:
        self._plan, self._unload, self._tally = plan, Unload(plan, out), Tally()
        self._groups = GroupTree(plan)
        self._assortment = Assortment(plan, self._groups)
        self._dirt = Dirt(self._assortment)
        self._changes = Changes(self._assortment, self._dirt)
        self._properties = Properties(plan.seed, plan.properties_per_good)
        self._contragents = Contragents(plan.seed, plan.contragent_count, dirty=plan.dirty)

    def write(self) -> DemoTotals:
        """Write in the order in which 1C does; a delta has no dictionaries and no contragents."""
        unload, frames, dirt = self._unload, self._unload.frames, self._dirt
        if not self._plan.delta:
            self._write_dictionaries()
        unload.write(Kind.GOODS, frames.catalog(), self._goods(), dirt.goods_per_packet)
        unload.write(Kind.OFFERS, frames.package(), self._offers(), dirt.offers_per_packet)
        unload.write(Kind.PRICES, frames.package(), self._prices(), PRICES_PER_PACKET)
        unload.write(Kind.RESTS, frames.package(), self._rests(), RESTS_PER_PACKET)
        if not self._plan.delta:
            rows = self._contragents.rows()
            unload.write(Kind.CONTRAGENTS, frames.contragents(), rows, CONTRAGENTS_PER_PACKET)
        return self._totals()

    def _write_dictionaries(self) -> None:
        write, frames, plan, known = self._unload.write, self._unload.frames, self._plan, self._properties
        whole, segment = 1_000_000, PER_SEGMENT + 1
        write(Kind.PRICE_LISTS, frames.classifier("ТипыЦен"), references.price_types(), whole)
        write(Kind.STORAGES, frames.classifier("Склады"), references.warehouses(plan.seed, plan.warehouses), whole)
        goods, offers = known.goods_dictionary(), known.offers_dictionary()
        write(Kind.PROPERTIES_GOODS, frames.classifier("Свойства"), segments(goods, known.brand), segment)
        write(Kind.PROPERTIES_OFFERS, frames.offers_classifier("Свойства"), segments(offers, known.brand), segment)
        write(Kind.UNITS, frames.classifier("ЕдиницыИзмерения"), references.units(), whole)
        write(Kind.GROUPS, frames.classifier("Группы"), self._groups.rendered(), whole)

    def _goods(self) -> Iterator[str]:
        """Goods; the one that stands in two packets comes first in an outdated version of the marked branch."""
        rows, dirt = GoodsRows(self._plan, self._properties), self._dirt
        outdated = ""
        if dirt.twice_good >= 0:
            good = self._assortment.good(dirt.twice_good)
            old_name = f"{good.name} (старая карточка)"
            outdated = rows.row(good._replace(name=old_name, group_id=self._groups.marked_child_id))
        stream = (
            rows.row(self._assortment.good(number), edited=edited)
            for number in range(self._plan.goods)
            if (edited := self._changes.good(number)) or not self._plan.delta
        )
        return stream if self._plan.delta else with_row_at(stream, dirt.twice_good_at, outdated)

    def _offers(self) -> Iterator[str]:
        """Offers; the one that stands in two packets comes first marked for deletion; the orphan comes last."""
        rows, dirt, delta = OfferRows(self._assortment, self._properties), self._dirt, self._plan.delta
        outdated = ""
        if dirt.twice_offer_at >= 0:
            number, offer = dirt.twice_offer
            outdated = rows.row(self._assortment.good(number), offer, marked=True)
        stream = self._all_offers(rows)
        yield from stream if delta else with_row_at(stream, dirt.twice_offer_at, outdated)
        if dirt.orphan_id is not None and not delta:
            self._tally.quarantined["offers"]["orphan"] += 1
            yield rows.orphan(dirt.orphan_id)

    def _all_offers(self, rows: OfferRows) -> Iterator[str]:
        assortment = self._assortment
        for number in range(self._plan.goods):
            edited = self._changes.good(number)
            if not edited and self._plan.delta:
                continue
            good = assortment.good(number)
            for offer in range(assortment.offer_count(number)):
                yield rows.row(good, offer, marked=assortment.is_marked(number, offer), edited=edited)

    def _prices(self) -> Iterator[str]:
        """Prices of every SKU, counted; a delta writes those that changed."""
        rows, tally, bad_prices = PriceRows(self._plan.seed), self._tally, self._dirt.bad_prices
        for sku in self._assortment.skus():
            changed, bad = self._changes.sku(sku), bad_prices.get(sku.key)
            prices = rows.prices(sku, changed=changed, complete=bad is not None)
            if changed or not self._plan.delta:
                yield rows.row(sku, prices, bad)
            if bad is not None:
                prices[PRICE_FIELDS.index(bad[0])] = None
                tally.quarantined["prices"].update([] if self._plan.delta else [bad[2]])
            if sku.is_imported:
                tally.changed_products += changed
                for position, kopecks in enumerate(prices):
                    tally.kopecks[position] += kopecks or 0
        if orphan := self._orphan("prices"):
            yield rows.row(orphan, rows.prices(orphan, changed=False))

    def _rests(self) -> Iterator[str]:
        """Rests of every SKU, counted; a delta writes those that changed."""
        rows, tally = RestRows(self._plan.seed, self._plan.warehouses), self._tally
        for sku in self._assortment.skus():
            changed = self._changes.sku(sku)
            has_unknown = sku.key == self._dirt.unknown_warehouse_key
            quantities = rows.quantities(sku, changed=changed, has_unknown=has_unknown)
            if changed or not self._plan.delta:
                yield rows.row(sku, quantities)
            if sku.is_imported:
                stock = max(0, sum(quantities))
                tally.products += 1
                tally.default_products += "#" not in sku.id
                tally.products_in_stock += stock > 0
                tally.stock_thousandths += stock
        if orphan := self._orphan("rests"):
            yield rows.row(orphan, rows.quantities(orphan, changed=False, has_unknown=False))

    def _orphan(self, kind: str) -> Sku | None:
        if self._dirt.orphan_id is None or self._plan.delta:
            return None
        self._tally.quarantined[kind]["orphan"] += 1
        return Sku(0, self._dirt.orphan_id, 0, is_imported=False)

    def _totals(self) -> DemoTotals:
        plan, tally, tree, known = self._plan, self._tally, self._groups.size(), self._properties
        reasons = [self._assortment.excluded(number) for number in range(UNKNOWN_GROUP.start, MARKED_GROUP.stop)]
        tally.excluded.update(reason for reason in reasons if reason is not None)
        declared = dict.fromkeys([*known.goods_dictionary(), *known.offers_dictionary()])
        people = self._contragents.size()
        coded = sum(bool(unit_id.strip()) for unit_id, *_ in references.UNITS)
        return DemoTotals(
            categories=tree.active,
            marked_categories=tree.marked,
            category_depth=tree.depth,
            brands=len(BRANDS),
            brand_values=len(known.brand.values),
            attributes=len(declared),
            attribute_values=sum(len(one.values) for one in declared),
            units=coded,
            units_without_code=len(references.UNITS) - coded,
            warehouses=plan.warehouses,
            unknown_warehouses=int(plan.dirty),
            price_types=len(references.PRICE_TYPES),
            goods=plan.goods - tally.excluded.total(),
            products=tally.products,
            default_products=tally.default_products,
            products_in_stock=tally.products_in_stock,
            stock_quantity=tally.stock_quantity(),
            price_sums=tally.price_sums(),
            quarantined={kind: dict(reasons) for kind, reasons in tally.quarantined.items()},
            excluded={} if plan.delta else dict(tally.excluded),
            changed_products=tally.changed_products,
            contragents=people.contragents,
            buyers=people.buyers,
            marked_contragents=people.marked,
            files=self._unload.files,
            bytes_written=self._unload.bytes_written,
        )
