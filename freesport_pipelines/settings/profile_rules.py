"""The rules of profiles that an installation may change: the part of 1C's settings that says what purchases mean."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from freesport_pipelines.settings.onec_values import guid_mistake, is_name, words
from freesport_pipelines.settings.rule_values import document_roles, four_rising, frequencies, segments

IDS = ("technical_counterparties", "favourites_without_products", "favourites_without_categories")
TABLES = {
    "recorder_roles": (document_roles, "Document_ПродажаСайта=sale,Document_ВозвратСайта=return"),
    "frequency_days": (frequencies, "weekly=10,monthly=45,yearly=450"),
    "rfm_recency_days": (four_rising, "30,60,90,180"),
    "rfm_receipts": (four_rising, "3,5,10,20"),
    "rfm_net_revenue": (four_rising, "10000,20000,50000,100000"),
    "rfm_segments": (segments, "VIP=12,Active=8,Regular=5,Sleeping=0"),
}
"""The rules that are more than a value: who reads them, and an example for whoever wrote it wrong."""
Names = Annotated[tuple[str, ...], NoDecode]
Four = Annotated[tuple[int, int, int, int], NoDecode]
Named = Annotated[tuple[tuple[str, int], ...], NoDecode]


class ProfileRules(BaseModel):
    """What purchases mean; see docs/purchases.md. The names are those of the variables, without ONEC_."""

    technical_counterparties: Names = Field((), description="Ids of counterparties that stand for everybody.")
    owners_from_cards: bool = Field(False, description="Take today's owner where the card register names none.")
    loyalty_sign: Literal["resource", "record_type"] = Field("resource", description="Where the sign of points stands.")
    currency: str = Field("RUB", description="Currency of the register.")
    recorder_roles: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        (), description="What documents of types are that the project does not know, or knows otherwise."
    )
    frequency_days: Named = Field(
        (("weekly", 10), ("biweekly", 21), ("monthly", 45), ("quarterly", 120), ("semiannual", 240), ("yearly", 450)),
        description="Names of purchase frequencies, each with its longest median gap in days.",
    )
    rfm_recency_days: Four = Field((30, 60, 90, 180), description="Most days since the last purchase for 5 … 2 points.")
    rfm_receipts: Four = Field((3, 5, 10, 20), description="Fewest receipts for 2 … 5 points.")
    rfm_net_revenue: Four = Field((10_000, 20_000, 50_000, 100_000), description="Least revenue for 2 … 5 points.")
    rfm_segments: Named = Field(
        (("VIP", 12), ("Active", 8), ("Regular", 5), ("Sleeping", 0)),
        description="Names of segments, each with its lowest total of points.",
    )
    favourites_count: int = Field(5, ge=1, description="How many favourites of each kind a profile names.")
    favourites_without_products: Names = Field((), description="Ids of products that are nobody's favourites.")
    favourites_without_categories: Names = Field((), description="Ids of categories whose products are none, either.")
    favourites_without_product_types: Names = Field((), description="Types of products that are none, either.")

    @field_validator(*IDS, "favourites_without_product_types", mode="before")
    @classmethod
    def _split_rules(cls, value: object) -> object:
        return words(value) if isinstance(value, str) else value

    @field_validator(*TABLES, mode="before")
    @classmethod
    def _read_table(cls, value: object, info: ValidationInfo) -> object:
        """Text is read and judged; what code gives is what its types say."""
        if not isinstance(value, str):
            return value
        read, example = TABLES[str(info.field_name)]
        try:
            return read(value)
        except ValueError as error:
            raise ValueError(f"{error}; for example {example}") from None

    @field_validator(*IDS)
    @classmethod
    def _are_guids(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if mistake := guid_mistake(names):
            raise ValueError(mistake)
        return names

    @field_validator("favourites_without_product_types")
    @classmethod
    def _are_product_types(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(is_name, names)):
            raise ValueError("give types of products as 1C writes them, without spaces; for example Услуга,Работа")
        return names
