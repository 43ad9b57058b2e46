"""A real shop beside the model: what happens to one happens to the other, and then they are compared."""

import json
from decimal import Decimal
from typing import Any

from freesport_pipelines.database import quarantine
from freesport_pipelines.database.rollback import RollbackRefused
from freesport_pipelines_tests import commerceml_xml as xml
from freesport_pipelines_tests.acceptance.exports import OPT1, RRP, Files
from freesport_pipelines_tests.faults.points import PUBLISHED_BY_THEN, Crash, crash, struck
from freesport_pipelines_tests.properties import model
from freesport_pipelines_tests.shop import Import, ShopUnderTest

REASONS = {
    "goods_unknown": model.WAITS,
    "sku_unknown": model.WAITS,
    "goods_sold_by_offers": model.BARE,
}
QUERIES = {
    "goods": "SELECT onec_id AS key, name, is_marked, is_active, hidden_by_1c, session_id AS writer FROM goods",
    "skus": "SELECT onec_id AS key, name, parent_onec_id AS goods, is_default, is_active, hidden_by_1c, "
    "session_id AS writer FROM skus",
    "sku_prices": "SELECT onec_id AS key, retail_price AS retail, opt1_price AS opt1, p.session_id AS writer "
    "FROM sku_prices p JOIN skus s ON s.id = p.sku_id",
    "sku_stocks": "SELECT onec_id AS key, by_warehouse AS quantities, t.session_id AS writer "
    "FROM sku_stocks t JOIN skus s ON s.id = t.sku_id",
    "excluded_items": "SELECT kind || '|' || onec_id AS key, reason, is_current, session_id AS writer "
    "FROM excluded_items",
}
FLAGS = ("is_marked", "is_active", "hidden_by_1c", "is_default", "is_current")


FIRST = model.Drop(
    day=1,
    says={
        "goods": {"g1": {"name": "Мяч", "marked": False}, "g2": {"name": "Гиря", "marked": False}},
        "offers": {"g1#a": {"name": "Мяч", "marked": False}, "g1#b": {"name": "Мяч", "marked": False}},
        "prices": {"g1#a": {"retail": 10, "opt1": None}, "g2": {"retail": 20, "opt1": 10}},
        "rests": {"g1#a": {"quantities": {"w1": 1}}, "g2": {"quantities": {"w1": 2, "w2": 1}}},
    },
)
"""What the shop sells before anything happens: goods with two offers, and goods that are one SKU."""


class World:
    """`shop` has its dictionaries and the first drop, imported by session 1."""

    def __init__(self, shop: ShopUnderTest) -> None:
        self.shop = shop
        self.model = model.Shop()
        self.model.imports(FIRST)
        self.today = 1
        self.archived: list[tuple[str, model.Drop]] = []

    # --- what happens to both ---

    def imports(self, says: model.Says, days: int, **options: Any) -> None:
        drop = self._drop(says, days, options)
        imported = self._import(drop)
        assert imported.status == self.model.imports(drop)
        assert imported.session is not None
        self.archived.append((imported.session.drop_id, drop))

    def replays(self, number: int) -> None:
        """Import an archived drop once more, although it is older."""
        if self.archived:
            drop_id, drop = self.archived[number % len(self.archived)]
            options = {"mode": "full" if drop.full else "delta", "allow_older": True}
            replayed = self.shop.run(drop.job, {"drop": drop_id, **options})
            assert replayed.status == self.model.imports(drop, allow_older=True)

    def tries(self, says: model.Says, days: int, **options: Any) -> None:
        """A dry run."""
        self._import(self._drop(says, days, options), dry_run=True)
        self.model.fails()

    def crashes(self, point: str, says: model.Says, days: int, **options: Any) -> None:
        """An import that ends at a point without any chance to clean up."""
        drop = self._drop(says, days, options)
        try:
            with struck(point, crash):
                self._import(drop)
        except Crash:
            if point not in PUBLISHED_BY_THEN:
                if self._sessions() > len(self.model.sessions):
                    self.model.fails()
                return
        self.model.imports(drop)

    def rolls_back(self, number: int) -> None:
        """Undo one of the sessions after the first."""
        if len(self.model.sessions) > 1:
            undone = 2 + number % (len(self.model.sessions) - 1)
            try:
                self.shop.roll_back(self._session(undone))
                done = True
            except RollbackRefused:
                done = False
            assert done == self.model.rolls_back(undone)

    def sets_visibility(self, sku: str, visible: bool) -> None:
        query = "UPDATE products SET is_active = :visible WHERE onec_id = :sku"
        self.shop.execute(query, visible=visible, sku=sku)
        self.model.sets_visibility(sku, visible=visible)

    # --- the comparison ---

    def agrees(self) -> None:
        for table in model.TABLES:
            assert self._table(table) == self.model.tables[table], table
        seen = {row["onec_id"] for row in self.shop.rows("SELECT onec_id FROM products WHERE is_active")}
        assert seen == self.model.visible()
        with self.shop.database.read() as connection:
            rows = quarantine.open_rows(connection, 1000)
        waiting = {((row["kind"], row["key"]), REASONS[row["reason"]]) for row in rows}
        assert waiting == {(key, reason) for key, (reason, _) in self.model.waiting().items()}
        assert self._statuses() == [_lasting(session.status) for session in self.model.sessions]

    def _table(self, name: str) -> dict[str, model.Row]:
        return {row.pop("key"): _plain(row) for row in self.shop.rows(QUERIES[name])}

    def _statuses(self) -> list[str]:
        rows = self.shop.rows("SELECT status, dry_run FROM import_sessions ORDER BY id")
        return ["nothing" if row["dry_run"] else _lasting(row["status"]) for row in rows]

    # --- pieces ---

    def _drop(self, says: model.Says, days: int, options: dict[str, Any]) -> model.Drop:
        self.today = max(1, self.today + days)
        return model.Drop(says, self.today, **options)

    def _import(self, drop: model.Drop, **options: Any) -> Import:
        options["mode"] = "full" if drop.full else "delta"
        return self.shop.import_files(files(drop), drop.job, **options)

    def _sessions(self) -> int:
        return self.shop.count("import_sessions")

    def _session(self, number: int) -> Import:
        from freesport_pipelines.database import sessions

        return Import(sessions.get(self.shop.database, number))


def _lasting(status: str) -> str:
    """A session that came to nothing did so, however it is called."""
    return status if status in (*model.DONE, "rolled_back") else "nothing"


def files(drop: model.Drop) -> Files:
    """The drop as 1C writes it."""
    formed = f"2025-03-{drop.day:02}T10:00:00"
    makers = {"goods": xml.goods_xml, "offers": xml.offers_xml, "prices": xml.prices_xml, "rests": xml.rests_xml}
    return {
        f"{kind}/{kind}_1_1_<uuid>.xml": makers[kind](
            [_as_xml(kind, key, rows[key]) for key in sorted(rows)], formed_at=formed
        )
        for kind, rows in drop.says.items()
    }


def _as_xml(kind: str, key: str, row: model.Row) -> str:
    if kind == "goods":
        return xml.good(key, name=row["name"], marked=row["marked"])
    if kind == "offers":
        return xml.offer(key, name=row["name"], marked=row["marked"])
    if kind == "prices":
        amounts = {RRP: row["retail"], OPT1: row["opt1"]}
        return xml.price(key, {type_id: str(amount) for type_id, amount in amounts.items() if amount is not None})
    return xml.rest(key, {warehouse: str(amount) for warehouse, amount in row["quantities"].items()})


def _plain(row: dict[str, Any]) -> model.Row:
    """Values of either database as the model has them."""
    for name, value in row.items():
        if name in FLAGS:
            row[name] = bool(value)
        elif name in ("retail", "opt1") and value is not None:
            row[name] = int(Decimal(str(value)))
        elif name == "quantities":
            row[name] = json.loads(value)
    return row
