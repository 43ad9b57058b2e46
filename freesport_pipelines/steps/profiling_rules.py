"""The rules of profiles as an installation configures them."""

from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines.settings import OnecSettings


def rules_of(settings: OnecSettings) -> Rules:
    """The defaults of facts/odata, section 4, with what the settings say otherwise."""
    return Rules(
        technical_counterparties=frozenset(name.lower() for name in settings.technical_counterparties),
        takes_owners_from_cards=settings.owners_from_cards,
        loyalty_sign=settings.loyalty_sign,
        currency=settings.currency,
    )
