"""1C over OData: where it is, how it is read, when. The names are those of the requirement."""

import re
from base64 import b64encode
from datetime import date
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from freesport_pipelines.settings.cron import cron_mistake
from freesport_pipelines.settings.onec_values import (
    READY_AUTHORIZATION,
    address_mistake,
    interval_mistake,
    is_name,
    is_token,
    words,
)
from freesport_pipelines.settings.profile_rules import Names, ProfileRules

NAME_OF_ONEC = re.compile(r"/?\w+")
LISTS = ("sales_by_card_filter_fields", "loyalty_filter_fields", "brand_fields")
_T = TypeVar("_T")


class OnecSettings(BaseSettings, ProfileRules):
    """Where 1C's OData is, how it is read, and what purchases mean; see docs/odata.md.

    Nothing must be set before a client is opened.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        alias_generator=lambda name: name.upper() if name.startswith("customer_sync_") else f"ONEC_{name.upper()}",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    api_url: str = Field("", description="Address of the service, up to and with /odata/standard.odata.")
    api_token: SecretStr = Field(SecretStr(""), description="base64 of user:password, or Basic … or Bearer … as it is.")
    api_user: str = Field("", description="User of the infobase, if there is no token.")
    api_password: SecretStr = Field(SecretStr(""), description="Its password.")

    discount_cards_endpoint: str = Field("/Catalog_ДисконтныеКарты", description="Discount cards.")
    customers_endpoint: str = Field("/Catalog_Контрагенты", description="Buyers.")
    products_endpoint: str = Field("/Catalog_Номенклатура", description="Products.")
    categories_endpoint: str = Field("/Catalog_КатегорииНоменклатуры", description="Product categories.")
    warehouses_endpoint: str = Field("/Catalog_СтруктурныеЕдиницы", description="Stores; optional in 1C.")
    brands_endpoint: str = Field("/Catalog_Производители", description="Brands; optional in 1C.")
    sales_endpoint: str = Field("/AccumulationRegister_Продажи_RecordType", description="Sales.")
    sales_by_card_endpoint: str = Field(
        "/AccumulationRegister_ПродажиПоДисконтнымКартам_RecordType", description="Sales by discount card."
    )
    retail_journal_endpoint: str = Field("/DocumentJournal_РозничныеПродажи", description="Receipts; optional in 1C.")
    loyalty_endpoint: str = Field("/AccumulationRegister_БонусныеБаллы_RecordType", description="Bonus points.")
    loyalty_accrual_endpoint: str = Field(
        "/AccumulationRegister_НачисленияБонусныхБаллов_RecordType",
        description="Accruals of bonus points; only doctor looks there.",
    )
    loyalty_enabled: bool = Field(True, description="Whether bonus points are read.")

    sales_by_card_filter_fields: Names = Field(
        ("ДисконтнаяКарта_Key", "ДисконтнаяКарта", "Карта_Key", "Карта"),
        description="Fields of the card, tried in order.",
    )
    loyalty_filter_fields: Names = Field(
        ("БонуснаяКарта_Key", "ДисконтнаяКарта_Key", "ВладелецКарты_Key", "Контрагент_Key", "Покупатель_Key"),
        description="Fields of card or owner in the registers of bonus points, tried in order.",
    )
    brand_fields: Names = Field(
        ("Производитель_Key", "Марка_Key", "Бренд_Key"), description="Fields of a product's brand, tried in order."
    )

    time_zone: str = Field("Europe/Moscow", description="The tenant's zone: all times of 1C are local.")
    concurrency: int = Field(1, ge=1, le=2, description="Requests at once; the smallest tariff has two sessions.")
    page_size: int = Field(1000, ge=20, le=10_000, description="Rows per request.")
    page_pause: float = Field(0.1, ge=0, le=3600, description="Seconds between the starts of two requests.")
    timeout: float = Field(120, gt=0, description="Seconds that 1C may be silent.")
    deadline: float = Field(600, gt=0, description="Seconds that one request may take in all, with its attempts.")
    allowed_only: bool = Field(False, description="Read only what the user may see; the rest is silently missing.")
    ib_session: bool = Field(False, description="Keep one session of 1C for all requests (IBSession).")
    scan_limit: int = Field(500_000, ge=1, description="Most rows that are read without a filter if 1C refuses it.")

    history_start: date = Field(date(2024, 1, 1), description="First month of purchases: the first partition.")
    deep_days: int = Field(400, ge=31, description="Days of purchases that the weekly deep update reads again.")
    profiles_cron: str = Field("30 4 * * *", description="When profiles are made anew, in the tenant's zone.")

    customer_sync_enabled: bool = Field(True, description="Whether the schedules start switched on.")
    customer_sync_interval_hours: int = Field(4, description="Hours between two updates; they divide the day.")
    customer_sync_nightly_enabled: bool = Field(True, description="Whether there is a nightly update.")
    customer_sync_nightly_hour: int = Field(3, ge=0, le=23, description="Its hour, in the tenant's zone.")
    customer_sync_nightly_minute: int = Field(0, ge=0, le=59, description="Its minute.")
    customer_sync_nightly_purchase_days: int = Field(30, ge=1, description="Days of purchases that it reads again.")
    customer_sync_nightly_cards_limit: int = Field(10_000, ge=1, description="Cards that it refreshes at a time.")

    @field_validator(*LISTS, mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return words(value) if isinstance(value, str) else value

    @field_validator(*LISTS)
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or not all(map(is_name, names)):
            raise ValueError("give names of fields of 1C, separated by commas")
        return names

    @field_validator("*")
    @classmethod
    def _is_endpoint(cls, value: object, info: ValidationInfo) -> object:
        if str(info.field_name).endswith("_endpoint") and not NAME_OF_ONEC.fullmatch(str(value)):
            raise ValueError("give the name of an entity, such as /Catalog_ДисконтныеКарты")
        return value

    @field_validator("api_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        return _checked(url, address_mistake(url) if url else None)

    @field_validator("api_user")
    @classmethod
    def _is_user(cls, user: str) -> str:
        return _checked(user, "a name with a colon cannot be sent: Basic ends the name there" if ":" in user else None)

    @field_validator("profiles_cron")
    @classmethod
    def _is_cron(cls, cron: str) -> str:
        return _checked(cron, cron_mistake(cron))

    @field_validator("customer_sync_interval_hours")
    @classmethod
    def _divides_the_day(cls, hours: int) -> int:
        return _checked(hours, interval_mistake(hours))

    @field_validator("api_token")
    @classmethod
    def _is_token(cls, token: SecretStr) -> SecretStr:
        value = token.get_secret_value().strip()
        if value and not is_token(value):
            raise ValueError("give the base64 of user:password, or a whole 'Basic …' or 'Bearer …'")
        return SecretStr(value)

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("give the name of a time zone, such as Europe/Moscow") from None
        return name

    def authorization(self) -> str:
        """The value of the Authorization header, or an empty text. A secret."""
        token = self.api_token.get_secret_value()
        if token:
            return token if READY_AUTHORIZATION.fullmatch(token) else f"Basic {token}"
        if not self.api_user:
            return ""
        pair = f"{self.api_user}:{self.api_password.get_secret_value()}"
        return "Basic " + b64encode(pair.encode()).decode("ascii")

    def endpoints(self) -> dict[str, str]:
        """Our names of entities to their names in 1C."""
        ending = "_endpoint"
        return {
            name.removesuffix(ending): getattr(self, name) for name in type(self).model_fields if name.endswith(ending)
        }

    def choices(self) -> dict[str, tuple[str, ...]]:
        """Our names of entities to the fields that are tried in order."""
        loyalty = self.loyalty_filter_fields
        return {
            "sales_by_card": self.sales_by_card_filter_fields,
            "loyalty": loyalty,
            "loyalty_accrual": loyalty,
            "products": self.brand_fields,
        }


def _checked(value: _T, mistake: str | None) -> _T:
    if mistake is not None:
        raise ValueError(mistake)
    return value


@lru_cache(maxsize=1)
def get_onec_settings() -> OnecSettings:
    """1C's part of them, read once."""
    return OnecSettings()  # type: ignore[call-arg]
