"""Profiles of buyers out of the purchases, reconciled to the kopeck; plots show numbers, never people."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from freesport_pipelines.database import purchase_schema
from freesport_pipelines.defs import metadata as md
from freesport_pipelines.defs.assets.onec import POOL, RETRY
from freesport_pipelines.defs.assets.purchases import REGISTERS
from freesport_pipelines.defs.resources import Onec, Shop
from freesport_pipelines.defs.run import readable_failure

GROUP = "profiles"
DESCRIBED: dict[str, Any] = {"group_name": GROUP, "owners": ["team:data"], "code_version": "1"}
CHECKS = {
    "profiles_add_up": "Σ profiles + anonymous + excluded + dropped shift reports + later rows is the register, to the "
    "kopeck. Failed: a defect of this software; the profiles of before were kept.",
    "receipts_agree_with_journal": "Receipts of the register are those of the journal, with the same totals. Failed: "
    "the documents listed differ in 1C, or their month was not read again yet.",
    "bonus_points_agree": "Points computed from movements are those of 1C's own balance. Failed: look whether "
    "ONEC_LOYALTY_SIGN is right, or which cards 1C counts otherwise.",
    "shift_reports_agree": "Shift reports repeat their receipts exactly. Failed: the shifts listed differ; receipts "
    "count, nothing was dropped silently.",
    "recorder_types_are_known": "Every document type in the register is one that the rules know. Failed: such rows "
    "count by their sign; say in ONEC_RECORDER_ROLES what they are, such as Document_ПродажаСайта=sale. Without a "
    "type: publish the document in 1C over OData.",
    "nothing_else_differs": "No receipt of several card holders, no card of several owners, no undated document … "
    "Failed: see the list.",
}
_OF_CHECK = {
    "receipts_agree_with_journal": ("journal",),
    "bonus_points_agree": ("loyalty", "balance"),
    "shift_reports_agree": ("shift_report",),
}
CATALOGUES = ("discount_cards", "onec_counterparties", "onec_products")
LISTED = 50


@dg.asset(pool=POOL, retry_policy=RETRY, deps=["loyalty_movements"], kinds={"odata", "table"},
          metadata=md.table_metadata(purchase_schema.loyalty_balances), **DESCRIBED)  # fmt: skip
def loyalty_balances(onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """What 1C itself says of bonus points, to reconcile with; optional."""
    from freesport_pipelines.steps.onec_reading import read_balances

    if not onec.settings.loyalty_enabled:
        return dg.MaterializeResult(metadata={"note": "ONEC_LOYALTY_ENABLED is false"})
    with readable_failure(), onec.reading(shop.database) as client:
        outcome = read_balances(shop.database, client, datetime.now(UTC))
    if outcome is None:
        return dg.MaterializeResult(metadata={"note": "1C does not publish balances: they are not compared"})
    return dg.MaterializeResult(metadata={"dagster/row_count": outcome.counts.rows})


class ProfileConfig(dg.Config):
    """As of when."""

    as_of: str = ""
    """ISO time with zone; empty: now. The same purchases and the same moment give the same profiles."""
    show: str = ""
    """Id of a buyer whose profile is shown on the asset; empty: the one with the most revenue. No personal data."""


@dg.multi_asset(
    name="profile_buyers",
    specs=[
        dg.AssetSpec(
            "purchase_profiles",
            deps=[*REGISTERS, *CATALOGUES, loyalty_balances, "card_refresh"],
            description="One profile per buyer: revenue, returns, receipts, average check, frequency, favourites, "
            "seasonality, RFM, bonus points. Made of stored rows alone, deterministic.",
            kinds={"pandas", "table"},
            metadata=md.table_metadata(purchase_schema.purchase_profiles),
            **DESCRIBED,
        ),
        dg.AssetSpec(
            "product_affinity",
            deps=[*REGISTERS],
            description="Products bought together in one receipt: what a recommender begins with.",
            kinds={"pandas", "table"},
            metadata=md.table_metadata(purchase_schema.product_affinity),
            **DESCRIBED,
        ),
    ],
    check_specs=[dg.AssetCheckSpec(name, asset="purchase_profiles", description=text) for name, text in CHECKS.items()],
)
def profile_buyers(config: ProfileConfig, onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]) -> Any:
    """Judge every row of the registers once, make the profiles, reconcile, store."""
    from freesport_pipelines.steps import profiling, profiling_rules

    settings, as_of = onec.settings, _moment(config.as_of)
    with readable_failure():
        rules = profiling_rules.rules_of(settings)
        ledger = profiling.make_ledger(
            shop.database,
            zone=settings.time_zone,
            as_of=as_of,
            rules=rules,
            with_points=settings.loyalty_enabled,
        )
        counts, found, by_segment, profiles = profiling.store_profiles(shop.database, ledger)
    if counts is None:
        yield from _checks(found)
        raise dg.Failure(
            f"the profiles do not add up with the register: {found.left_over} roubles are left over. The profiles of "
            "before stand; please report it (профили не сходятся с регистром, прежние сохранены)",
            allow_retries=False,
        )
    with readable_failure():
        pairs = profiling.store_affinity(shop.database, ledger)
    totals = {name: f"{amount:.2f}" for name, amount in found.totals.items() if name != "inactive_rows"}
    yield dg.MaterializeResult(
        asset_key="purchase_profiles",
        metadata={
            "dagster/row_count": counts.rows,
            "changed": counts.changed,
            "as_of": as_of.isoformat(),
            "left_over": float(found.left_over),
            "totals": dg.MetadataValue.md(md.markdown_table(["", "roubles"], list(totals.items()))),
            "segments": dg.MetadataValue.md(_segments(by_segment, profiles)),
            "one_profile": dg.MetadataValue.md(_one(shop, config.show, profiles)),
        },
        check_results=list(_checks(found)),
    )
    yield dg.MaterializeResult(asset_key="product_affinity", metadata={"dagster/row_count": pairs.rows})


def _moment(text: str) -> datetime:
    """The moment that the config names; now, if it names none."""
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise dg.Failure(
            f"as_of must be an ISO time with its zone, such as 2025-06-01T00:00:00+03:00, or empty for now; it is "
            f"{text!r} (as_of – время с часовым поясом)",
            allow_retries=False,
        )
    return moment


def _segments(by_segment: dict[str | None, int], profiles: Any) -> str:
    from base64 import b64encode

    from freesport_pipelines.profiles.plots import segments_png

    rows = [(name or "unknown", count) for name, count in by_segment.items()]
    table = md.markdown_table(["segment", "buyers"], rows)
    if not len(profiles):
        return table
    return f"{table}\n\n![buyers by segment](data:image/png;base64,{b64encode(segments_png(profiles)).decode()})"


def _one(shop: Shop, owner: str, profiles: Any) -> str:
    """One profile with its purchases by month."""
    from base64 import b64encode

    from freesport_pipelines.profiles.markdown import profile_markdown
    from freesport_pipelines.profiles.plots import purchases_by_month_png
    from freesport_pipelines.steps.one_profile import stored_profile

    if not len(profiles):
        return "There are no buyers yet."
    ordered = profiles.sort_values(["lifetime_revenue", "owner_onec_id"], ascending=[False, True])
    shown = owner or str(ordered["owner_onec_id"].iloc[0])
    profile = stored_profile(shop.database, shown)
    if profile is None:
        return f"There is no profile of {shown}."
    chart = b64encode(purchases_by_month_png(profile)).decode()
    return f"{profile_markdown(profile)}\n\n![purchases by month](data:image/png;base64,{chart})"


def _checks(found: Any) -> Any:
    yield dg.AssetCheckResult(
        check_name="profiles_add_up",
        passed=found.is_exact,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"left_over": float(found.left_over)},
    )
    unknown = found.unknown_types
    yield dg.AssetCheckResult(
        check_name="recorder_types_are_known",
        passed=not len(unknown),
        severity=dg.AssetCheckSeverity.WARN,
        metadata=_listed(unknown.fillna({"recorder_type": "(not published)"})),
    )
    rest = found.differences
    for name, words in _OF_CHECK.items():
        mine = rest["check"].map(lambda check, words=words: any(word in check for word in words)).astype(bool)
        yield _difference(name, rest[mine])
        rest = rest[~mine]
    yield _difference("nothing_else_differs", rest)


def _difference(name: str, rows: Any) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name, passed=not len(rows), severity=dg.AssetCheckSeverity.WARN, metadata=_listed(rows)
    )


def _listed(rows: Any) -> dict[str, Any]:
    shown = rows.head(LISTED)
    more: dict[str, Any] = {"count": len(rows)}
    if len(rows):
        more["rows"] = dg.MetadataValue.md(md.markdown_table(list(shown.columns), shown.to_numpy().tolist()))
    return more


profile_assets: list[dg.AssetsDefinition] = [loyalty_balances, profile_buyers]
