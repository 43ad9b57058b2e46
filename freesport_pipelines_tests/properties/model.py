"""The shop as a few dictionaries: what drops, replays, rollbacks, crashes and the shop's own hand mean for it.

Meant to be read as the specification. It knows one small world: goods, offers, prices and rests, imported one after the
other into a shop that has its dictionaries. Goods `g1` have the SKUs `g1#a`, `g1#b`; the bare `g1` is the default SKU.

A table maps a key to its row. A row is replaced, never changed, so that a journal can hold what was there before.
`writer` is the session that wrote the row last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

CATALOGUE, STOCKS = "catalog_import", "stock_update"
KINDS = {CATALOGUE: ("goods", "offers", "prices", "rests"), STOCKS: ("rests",)}
TABLES = ("goods", "skus", "sku_prices", "sku_stocks", "excluded_items")
DONE = ("published", "unchanged")
WAITS = "waits"
"""Reason of rows in quarantine that return when their goods or SKU come; `bare` ones do not."""
BARE = "bare"

Row = Mapping[str, Any]
Says = dict[str, dict[str, Row]]
"""{kind: {key: what the drop says}}; a kind that is not there has no packet."""


@dataclass(frozen=True)
class Drop:
    says: Says
    day: int
    """When it was formed in 1C."""
    job: str = CATALOGUE
    full: bool = False

    @property
    def read(self) -> Says:
        return {kind: rows for kind, rows in self.says.items() if kind in KINDS[self.job]}


@dataclass
class Session:
    number: int
    status: str
    drop: Drop | None = None
    journal: dict[tuple[str, str], tuple[Row | None, Row]] = field(default_factory=dict)
    """{(table, key): (row before, row after)}."""
    words: dict[tuple[str, str], tuple[str, Row] | None] = field(default_factory=dict)
    """{(kind, key): (why it was set aside, what was said), or None where it was used}."""


@dataclass
class Shop:
    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    sessions: list[Session] = field(default_factory=list)

    # --- what happens ---

    def imports(self, drop: Drop, *, allow_older: bool = False) -> str:
        """Import a drop; the status its session ends with."""
        last = next((s for s in reversed(self.sessions) if s.status in DONE), None)
        if last is not None and last.drop is not None and replace(last.drop, day=drop.day) == drop:
            return self._close(drop, "unchanged").status
        if not allow_older and any(drop.day < self._newest(kind) for kind in drop.read):
            return self._close(drop, "rejected").status
        session = self._close(drop, "published")
        _Import(self, session, drop).run()
        session.status = "published" if session.journal else "unchanged"
        return session.status

    def fails(self) -> None:
        """An import, a dry run or a rollback that came to nothing: it leaves a number, and nothing else."""
        self.sessions.append(Session(len(self.sessions) + 1, "failed"))

    def rolls_back(self, number: int) -> bool:
        """Undo a session if nothing has been built on it since."""
        undone = self.sessions[number - 1]
        if undone.status != "published" or undone.drop is None:
            return False
        if not self._can_be_undone(undone):
            self.fails()
            return False
        for (table, key), (before, after) in undone.journal.items():
            if before is None:
                del self.tables[table][key]
            else:
                changed = {name for name in after if after[name] != before[name]}
                self.tables[table][key] = {**self.tables[table][key], **{name: before[name] for name in changed}}
        undone.status = "rolled_back"
        for later in self.sessions[number:]:  # what brought the same again, and found nothing to do, falls with it
            if later.status == "unchanged" and later.drop and replace(later.drop, day=undone.drop.day) == undone.drop:
                later.status = "rolled_back"
        self.sessions.append(Session(len(self.sessions) + 1, "published"))
        return True

    def sets_visibility(self, sku: str, *, visible: bool) -> None:
        """The shop's own people hide an SKU, or show one."""
        if sku in self.tables["skus"]:
            row = self.tables["skus"][sku]
            self.tables["skus"][sku] = {**row, "is_active": visible, "hidden_by_1c": False}

    # --- what can be seen ---

    def waiting(self) -> dict[tuple[str, str], tuple[str, Row]]:
        """Quarantine: keys of which the newest word that counts could not be used."""
        newest: dict[tuple[str, str], tuple[str, Row] | None] = {}
        for session in self.sessions:
            if session.status in DONE:
                newest |= session.words
        return {key: word for key, word in newest.items() if word is not None}

    def visible(self) -> set[str]:
        goods = self.tables["goods"]
        return {
            key for key, row in self.tables["skus"].items() if row["is_active"] and goods[row["goods"]]["is_active"]
        }

    # --- inside ---

    def _close(self, drop: Drop, status: str) -> Session:
        session = Session(len(self.sessions) + 1, status, drop)
        self.sessions.append(session)
        return session

    def _newest(self, kind: str) -> int:
        drops = [session.drop for session in self.sessions if session.status in DONE and session.drop is not None]
        return max((drop.day for drop in drops if kind in drop.read), default=0)

    def _can_be_undone(self, session: Session) -> bool:
        """Every row is as the session left it, and nothing else refers to a row that would go."""
        going = {place for place, (before, _) in session.journal.items() if before is None}
        for (table, key), (before, after) in session.journal.items():
            now = self.tables[table][key]
            hidden_by_shop = not now.get("is_active", True) and not now["hidden_by_1c"]
            if now["writer"] != session.number or (before is None and hidden_by_shop):
                return False
            if before is not None and any(now[name] != after[name] for name in after if after[name] != before[name]):
                return False
        left = {place for table in TABLES for place in ((table, key) for key in self.tables[table])} - going
        referred = {("goods", self.tables["skus"][key]["goods"]) for table, key in left if table == "skus"}
        referred |= {("skus", key) for table, key in left if table in ("sku_prices", "sku_stocks")}
        return not referred & going


class _Import:
    """One import: find a place for every row, then write what differs."""

    def __init__(self, shop: Shop, session: Session, drop: Drop) -> None:
        self.shop, self.session, self.drop = shop, session, drop
        self.tables, self.waits = shop.tables, shop.waiting()
        said = drop.read
        self.goods, self.offers, self.prices, self.rests = (dict(said.get(k, {})) for k in KINDS[CATALOGUE])
        self.new_default: set[str] = set()
        self.outgrown: set[str] = set()

    def run(self) -> None:
        self._place_offers()
        self._place_amounts()
        absent = self._absent() if self.drop.full else {"goods": set(), "skus": set()}
        self._register_exclusions(absent["goods"])
        self._write_goods(absent["goods"])
        self._write_skus(absent["skus"])
        for name, rows in (("sku_prices", self.prices), ("sku_stocks", self.rests)):
            for key, row in rows.items():
                self._write(name, key, row)

    # --- a place for every row ---

    def _place_offers(self) -> None:
        for (kind, key), (why, row) in self.waits.items():
            if kind == "offers" and why == WAITS and key not in self.offers and self._admits(goods_of(key)):
                self.offers[key] = row
        self.offers = self._placed("offers", self.offers, lambda key: self._goods_known(goods_of(key)))

    def _place_amounts(self) -> None:
        for kind, rows in self._amounts():
            for (waiting, key), (why, row) in self.waits.items():
                comes = self._offers_sku(key) or ("#" not in key and self._admits(key))
                if waiting == kind and why == WAITS and key not in rows and comes:
                    rows[key] = row
        if self.drop.job == CATALOGUE:
            self._default_skus()
        self.rests = self._placed("rests", self.rests, self._sku_known)
        self.prices = self._placed("prices", self.prices, self._sku_known)

    def _amounts(self) -> list[tuple[str, dict[str, Row]]]:
        every = [("prices", self.prices), ("rests", self.rests)]
        return [pair for pair in every if pair[0] in KINDS[self.drop.job]]

    def _default_skus(self) -> None:
        """Goods that are priced or stocked under their bare id, and were never sold by offers, are one SKU."""
        for key in {key for _, rows in self._amounts() for key in rows if "#" not in key}:
            if key not in self.tables["skus"] and self._goods_known(key) and not self._sold_by_offers(key):
                self.new_default.add(key)
        with_offers = {goods_of(key) for key in self.offers}
        self.outgrown = {key for key, row in self.tables["skus"].items() if row["is_default"] and row["is_active"]}
        self.outgrown &= with_offers

    def _placed(self, kind: str, rows: dict[str, Row], is_known: Any) -> dict[str, Row]:
        """The rows that have a place; of the others, those of goods not for sale are nobody's loss."""
        placed = {}
        for key, row in rows.items():
            self.session.words[kind, key] = None
            if is_known(key):
                placed[key] = row
            elif not self._excluded("goods", goods_of(key)) and (kind == "offers" or not self._excluded("offers", key)):
                bare = kind != "offers" and "#" not in key and self._sold_by_offers(key)
                self.session.words[kind, key] = (BARE if bare else WAITS, row)
        return placed

    def _admits(self, goods: str) -> bool:
        return goods in self.goods and not self.goods[goods]["marked"]

    def _goods_known(self, goods: str) -> bool:
        return self._admits(goods) or goods in self.tables["goods"]

    def _offers_sku(self, key: str) -> bool:
        return key in self.offers and not self.offers[key]["marked"]

    def _sku_known(self, key: str) -> bool:
        return self._offers_sku(key) or key in self.new_default or key in self.tables["skus"]

    def _sold_by_offers(self, goods: str) -> bool:
        registered = (name for name in self.tables["excluded_items"] if name.startswith("offers|"))
        known = {*self.offers, *(name.partition("|")[2] for name in registered)}
        known |= {key for key, row in self.tables["skus"].items() if not row["is_default"]}
        return goods in {goods_of(key) for key in known}

    def _excluded(self, kind: str, key: str) -> bool:
        """Known not to be for sale, by this drop or by an earlier one."""
        said = (self.goods if kind == "goods" else self.offers).get(key)
        if said is not None:
            return bool(said["marked"])
        return bool(self.tables["excluded_items"].get(f"{kind}|{key}", {}).get("is_current"))

    # --- what is written ---

    def _absent(self) -> dict[str, set[str]]:
        """What a full set does not name is hidden, kind by kind."""
        goods = {key for key, row in self.tables["goods"].items() if row["is_active"] and key not in self.goods}
        skus = {key for key, row in self.tables["skus"].items() if row["is_active"] and not row["is_default"]}
        skus -= self.offers.keys()
        says = self.drop.says
        return {"goods": goods if "goods" in says else set(), "skus": skus if "offers" in says else set()}

    def _register_exclusions(self, absent: set[str]) -> None:
        for kind, rows in (("goods", self.goods), ("offers", self.offers)):
            for key, row in rows.items():
                known = self.tables["excluded_items"].get(f"{kind}|{key}")
                if row["marked"]:
                    self._write("excluded_items", f"{kind}|{key}", {"reason": "marked", "is_current": True})
                elif known is not None and known["is_current"]:
                    self._write("excluded_items", f"{kind}|{key}", {"is_current": False})
        for key in absent:
            self._write("excluded_items", f"goods|{key}", {"reason": "absent_from_full_set", "is_current": True})

    def _write_goods(self, absent: set[str]) -> None:
        for key, row in self.goods.items():
            self._write("goods", key, {"name": row["name"], "is_marked": row["marked"]}, wanted=not row["marked"])
        for key in absent:
            self._write("goods", key, {}, wanted=False)

    def _write_skus(self, absent: set[str]) -> None:
        for key, row in self.offers.items():
            columns = {"name": row["name"], "goods": goods_of(key), "is_default": False}
            self._write("skus", key, columns, wanted=not row["marked"])
        for key in self.new_default:
            self._write("skus", key, {"name": None, "goods": key, "is_default": True}, wanted=True)
        for key in self.outgrown | absent:
            self._write("skus", key, {}, wanted=False)

    def _write(self, table: str, key: str, columns: Row, wanted: bool | None = None) -> None:
        """Insert or change a row if it differs; `wanted`: whether 1C wants it to be visible."""
        before = self.tables[table].get(key)
        if before is None and wanted is False:
            return
        seen = {} if wanted is None else visibility(before, wanted=wanted)
        after = {**(before or {}), **columns, **seen}
        if after != before:
            after = {**after, "writer": self.session.number}
            self.session.journal[table, key] = (before, after)
            self.tables[table][key] = after


def visibility(before: Row | None, *, wanted: bool) -> Row:
    """What 1C hid it may show again; what the shop hid it leaves alone."""
    if before is not None and not before["is_active"] and not before["hidden_by_1c"]:
        return {"is_active": False, "hidden_by_1c": False}
    return {"is_active": wanted, "hidden_by_1c": not wanted}


def goods_of(key: str) -> str:
    return key.partition("#")[0]
