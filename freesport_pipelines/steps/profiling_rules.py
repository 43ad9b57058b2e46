"""The rules of profiles as an installation configures them."""

from freesport_pipelines.profiles.recorders import DocumentKind, RecorderTypes
from freesport_pipelines.profiles.rules import Favourites, Rfm, Rules
from freesport_pipelines.settings import ProfileRules


def rules_of(settings: ProfileRules) -> Rules:
    """The defaults of facts/odata, section 4, with what the settings say otherwise."""
    return Rules(
        recorders=RecorderTypes({name: DocumentKind(role) for name, role in settings.recorder_roles}),
        technical_counterparties=_ids(settings.technical_counterparties),
        takes_owners_from_cards=settings.owners_from_cards,
        frequencies=settings.frequency_days,
        favourites=Favourites(
            count=settings.favourites_count,
            without_products=_ids(settings.favourites_without_products),
            without_categories=_ids(settings.favourites_without_categories),
            without_product_types=frozenset(settings.favourites_without_product_types),
        ),
        rfm=Rfm(
            recency_days=settings.rfm_recency_days,
            receipts=settings.rfm_receipts,
            net_revenue=settings.rfm_net_revenue,
            segments=settings.rfm_segments,
        ),
        loyalty_sign=settings.loyalty_sign,
        currency=settings.currency,
    )


def _ids(names: tuple[str, ...]) -> frozenset[str]:
    """1C writes them in small letters."""
    return frozenset(name.lower() for name in names)
