"""Quality gates: what each of them judges and when it blocks a session. DESIGN decisions 1 and 13.

A gate is a figure with a threshold. A warning tells the operator to look; an error blocks the publication.
Figures come from `database/gates.py`; asset checks only show the stored results.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """What a failed gate means."""

    WARN = "warn"
    ERROR = "error"


class BlockPolicy(NamedTuple):
    """When a session is too dangerous to publish by itself."""

    share: float
    """Share of unusable rows that blocks …"""
    rows: int
    """… if at least this many rows are concerned."""
    move_rows: int
    """The same for the dangerous moves below."""
    vanishing_share: float
    """Share of visible SKUs or categories that may be hidden at once."""
    collapse_share: float
    """Share of priced SKUs whose price may collapse at once."""
    collapse_by: float
    """A price collapses when it falls by more than this share of itself and stays above zero."""
    lost_price_share: float
    """Share of priced SKUs that may lose a price (fall to zero, or be taken away) at once."""
    price_move_share: float
    """Share of priced SKUs whose price may move far at once, up or down."""
    price_move_by: float
    """A price moves far when it changes by more than this share of itself."""
    sold_out_share: float
    """Share of SKUs in stock that may go to zero at once."""


@dataclass(frozen=True)
class Gate:
    """One gate as the operator knows it."""

    name: str
    meaning: str
    """What it means and what to do when it fails."""
    always_blocks: bool = False
    by_share: bool = False
    """Warns, and blocks above the share and the number of rows of the policy; never on a first import."""
    limit: str | None = None
    """Field of the policy that says how large a share may change at once; up to it the gate passes."""
    tolerant: bool = True
    """Whether a gate with a limit passes up to it; if not, it warns from the first row on."""

    @property
    def can_be_approved(self) -> bool:
        """May an operator publish a session that only this gate stopped? A threshold yes, a contradiction never."""
        return not self.always_blocks

    @property
    def description(self) -> str:
        """What the operator reads beside the gate."""
        if self.always_blocks:
            return f"{self.meaning} (Blocks the publication.)"
        if self.limit and self.tolerant:
            return f"{self.meaning} (Blocks above the configured share and number of rows.)"
        if self.by_share or self.limit:
            return f"{self.meaning} (Warns; blocks above the configured share and number of rows.)"
        return f"{self.meaning} (Only warns.)"


@dataclass(frozen=True)
class Figure:
    """What was counted for a gate."""

    bad: int
    total: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """A gate's result, as it is stored with the session."""

    name: str
    passed: bool
    severity: str
    bad: int
    total: int
    examples: list[str]
    message: str

    @property
    def blocks(self) -> bool:
        """Does this result keep the session from being published?"""
        return not self.passed and self.severity == Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        """For storing."""
        return asdict(self)


GATES: tuple[Gate, ...] = (
    Gate(
        "packets_are_complete",
        "Every packet was read to its end, and none is missing between the first and the last number. "
        "Failed: unload from 1C again (Выгрузите данные из 1С повторно).",
    ),
    Gate(
        "not_older_than_published",
        "The drop was formed in 1C no earlier than what the shop already has of the same kind. "
        "Failed: an old export came late; if it is really wanted, import it with --allow-older.",
        always_blocks=True,
    ),
    Gate(
        "keys_are_unique",
        "No packet names the same row twice (the same row in a later packet is normal, the later one wins). "
        "Failed: look for duplicates in 1C; the last row was used.",
    ),
    Gate(
        "categories_form_a_tree",
        "No category is its own ancestor and every parent exists. Failed: correct the groups in 1C; goods in such "
        "categories are excluded until then.",
    ),
    Gate(
        "price_types_feed_one_column_each",
        "No two active price types feed the same price column. Failed: name the right one in FREESPORT_PRICE_TYPES.",
        always_blocks=True,
    ),
    Gate(
        "price_types_are_known",
        "Every price type is mapped to a price column or deliberately ignored. Failed: prices of the types named here "
        "are kept but not used; map them in FREESPORT_PRICE_TYPES if they should be.",
    ),
    Gate(
        "every_sku_has_a_parent",
        "Every offer belongs to goods of this drop or of the shop. Failed: such offers wait in quarantine until their "
        "goods arrive.",
        by_share=True,
    ),
    Gate(
        "every_price_has_an_sku",
        "Every price belongs to an SKU of this drop or of the shop. Failed: such prices wait in quarantine.",
        by_share=True,
    ),
    Gate(
        "every_stock_has_an_sku",
        "Every stock row belongs to an SKU of this drop or of the shop. Failed: such rows wait in quarantine.",
        by_share=True,
    ),
    Gate(
        "bare_ids_name_an_sku",
        "Prices and rests name an SKU and not goods that are sold by offers. Failed: such rows are in quarantine; they "
        "are common in 1C and harmless as long as the offers have prices and rests of their own.",
    ),
    Gate(
        "goods_have_a_known_group",
        "All goods stand in groups the shop knows. Failed: goods without a group, or with a group that no drop has "
        "brought, are not for sale, nor are their offers; unload groups, then these goods again.",
    ),
    Gate(
        "prices_can_be_read",
        "Every price is a number in roubles, not negative. Failed: the prices named here are in quarantine, the SKU "
        "keeps its present price; correct them in 1C.",
        by_share=True,
    ),
    Gate(
        "quantities_can_be_read",
        "Every stock quantity is a number. Failed: the rows named here are in quarantine, the SKU keeps its stock.",
        by_share=True,
    ),
    Gate(
        "rows_can_be_used",
        "Every row has an id and a name. Failed: the rows named here are in quarantine; correct them in 1C.",
        by_share=True,
    ),
    Gate(
        "stock_totals_agree",
        "The quantities read from the files add up to those staged, to the last gram. Failed: a defect of this "
        "software; nothing was published, please report it with the drop.",
        always_blocks=True,
    ),
    Gate(
        "warehouses_are_known",
        "Every warehouse named in rests is in the dictionary. Failed: the quantity counts, the warehouse has no name "
        "yet; unload storages.",
    ),
    Gate(
        "attributes_are_known",
        "Every property value refers to a property and a value of the dictionaries. Failed: unload propertiesGoods and "
        "propertiesOffers; the references are kept.",
    ),
    Gate(
        "units_and_brands_are_known",
        "Every unit and brand of goods is in the dictionaries. Failed: unload units and propertiesGoods.",
    ),
    Gate(
        "skus_stay_visible",
        "No large part of the visible SKUs is hidden at once. Failed: look whether the export was partial or a whole "
        "branch was marked by mistake; if it is meant, approve the session.",
        limit="vanishing_share",
    ),
    Gate(
        "categories_stay_visible",
        "No large part of the visible categories is hidden at once. Failed: look into the groups in 1C.",
        limit="vanishing_share",
    ),
    Gate(
        "prices_do_not_collapse",
        "No large part of the SKUs loses most of a price at once. Failed: look into the price list in 1C; this is how "
        "shops come to sell at wholesale price. If it is meant, approve the session.",
        limit="collapse_share",
    ),
    Gate(
        "prices_stay_above_zero",
        "No mapped price falls to zero or is taken away. Failed: the SKUs named here cannot be sold at such a price "
        "(other roles fall back to the retail price); look into the price list in 1C.",
        limit="lost_price_share",
        tolerant=False,
    ),
    Gate(
        "prices_do_not_jump",
        "No large part of the SKUs has a price that moves far at once, up or down. Failed: look whether 1C sent "
        "another price type, currency or price list; if it is a revaluation, approve the session.",
        limit="price_move_share",
    ),
    Gate(
        "stock_does_not_vanish",
        "No large part of the SKUs in stock goes to zero at once. Failed: look whether a warehouse is missing from "
        "the export.",
        limit="sold_out_share",
    ),
    Gate(
        "full_set_is_complete",
        "A drop that was declared full has all its packets: only then may absent rows be hidden. Failed: nothing was "
        "published; bring the missing packets or import it as a delta.",
        always_blocks=True,
    ),
    Gate(
        "full_set_is_counted",
        "Whoever declares a drop full says how many packets it has: a missing last packet cannot be seen from the "
        "numbers. Failed: absent rows were hidden behind the other gates all the same; put the counts into "
        "manifest.json.",
    ),
    Gate(
        "promised_packets_hold_rows",
        "Every packet that the manifest announces is there and holds rows. Failed: a packet did not come, or 1C wrote "
        "an empty one; nothing was published, unload again.",
        always_blocks=True,
    ),
    Gate(
        "sizes_fit",
        "No size text is longer than a size can be. Failed: the SKUs named here are saved without a size.",
    ),
)


def judge(gate: Gate, figure: Figure, policy: BlockPolicy, *, first_import: bool) -> Result:
    """Turn a figure into a result.

    :param first_import: whether the live tables are empty: then nothing can be hurt and shares do not block
    """
    share = getattr(policy, gate.limit) if gate.limit else policy.share
    rows = policy.move_rows if gate.limit else policy.rows
    too_many = figure.bad >= rows and figure.bad > share * max(figure.total, 1) and not first_import
    passed = not too_many if gate.limit and gate.tolerant else figure.bad == 0
    blocks = gate.always_blocks or (too_many and (gate.by_share or gate.limit is not None))
    severity = Severity.ERROR if blocks else Severity.WARN
    message = f"{figure.bad} of {figure.total}"
    if figure.bad == 0:
        message = f"{figure.total} looked at, none bad" if figure.total else "nothing of this kind in the drop"
    if figure.examples:
        message += ": " + ", ".join(figure.examples)
    return Result(gate.name, passed, str(severity), figure.bad, figure.total, list(figure.examples), message)
