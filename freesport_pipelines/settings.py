"""The only reader of the environment. Every other module receives what it needs as an argument.

All variables have defaults, so that nothing must be set to run the demo. `.env` in the working directory is read too.
"""

import json
import re
from base64 import b64decode, b64encode
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CRON_FIELDS = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day", 1, 31, "l"),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("weekday", 0, 7, "sun mon tue wed thu fri sat l"),
)
CRON_PART = re.compile(r"(?:[*?]|\w+(?:-\w+)?(?:#\d)?)(?:/0*[1-9]\d*)?", re.ASCII)
CRON_NAMES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")


class Settings(BaseSettings):
    """Configuration of one installation; see docs/configuration.md for the same list with examples."""

    model_config = SettingsConfigDict(env_prefix="FREESPORT_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field("sqlite:///data/shop.db", description="The shop's database (SQLite or PostgreSQL).")
    exchange_url: str = Field("data/exchange", description="Exchange folder: a path or a file://, sftp://, s3:// URL.")
    archive_url: str = Field("data/archive", description="Archive of imported drops: a path or URL, immutable.")

    catalog_roots: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="1C ids or exact names of the categories that are for sale, as JSON or separated by commas."
    )
    price_types: dict[str, str | None] = Field(
        default_factory=dict, description="1C price type id to price column, or null to ignore a type; wins over rules."
    )

    sensor_enabled: bool = Field(True, description="Whether the exchange sensor starts switched on.")
    sensor_interval_seconds: int = Field(30, ge=5, description="Shortest time between two looks at the folder.")
    settle_seconds: int = Field(20, ge=0, description="How long files must have been quiet before they are claimed.")
    stalled_after_seconds: int = Field(900, ge=0, description="After this long an incomplete file holds up nothing.")
    stocks_cron: str = Field("*/15 * * * *", description="When drops of stocks alone are looked for and imported.")

    time_zone: str = Field("Europe/Moscow", description="Time zone in which 1C writes its moments, and the shop's day.")
    customers_cron: str = Field("10 * * * *", description="When customers are synchronised with 1C, both ways.")
    export_again_hours: float = Field(24, gt=0, description="After this long without an answer 1C is told again …")
    export_attempts: int = Field(5, ge=1, description="… so often, then the customer is an error for an operator.")
    export_key: SecretStr | None = Field(None, description="Fernet key: personal columns of exported files encrypted.")

    stale_after_seconds: int = Field(
        60, ge=0, description="A session whose process is gone and that was quiet for so long is marked failed."
    )
    processes: int = Field(0, ge=0, description="How many processes read packets of a large drop; 0: one per core.")
    database_attempts: int = Field(5, ge=1, description="How often a step is tried when the database drops out.")

    backup_url: str = Field("data/backups", description="Where backups of the shop's database go: a path or URL.")
    backup_count: int = Field(7, ge=1, description="How many backups are kept.")
    postgres_bin: Path | None = Field(None, description="Folder of pg_dump and pg_restore, if not on the PATH.")
    maintenance_cron: str = Field("30 3 * * *", description="When the shop is backed up and old imports are pruned.")
    archive_days: int = Field(30, ge=1, description="Archived drops older than this may be pruned …")
    archive_drops: int = Field(1000, ge=1, description="… and so may all but this many; never after the last backup.")
    journal_days: int = Field(30, ge=1, description="Change sets older than this are pruned …")
    journal_sessions: int = Field(1000, ge=1, description="… and all but those of this many sessions.")

    orphan_block_share: float = Field(0.05, ge=0, le=1, description="Share of unusable rows that blocks a session.")
    block_rows: int = Field(100, ge=0, description="No share of unusable rows blocks below this many.")
    move_block_rows: int = Field(20, ge=0, description="No share of dangerous moves blocks below this many rows.")
    vanishing_block_share: float = Field(0.2, ge=0, le=1, description="Share of SKUs that may be hidden at once.")
    collapse_block_share: float = Field(0.05, ge=0, le=1, description="Share of SKUs whose price may collapse at once.")
    collapse_by: float = Field(0.9, gt=0, le=1, description="A price that falls by more than this share collapses.")
    lost_price_block_share: float = Field(0.05, ge=0, le=1, description="Share of SKUs that may lose a price at once.")
    price_move_block_share: float = Field(0.3, ge=0, le=1, description="Share of SKUs whose price may move far.")
    price_move_by: float = Field(0.5, gt=0, description="A price moves far when it changes by more than this share.")
    sold_out_block_share: float = Field(0.5, ge=0, le=1, description="Share of SKUs that may sell out at once.")

    @field_validator("catalog_roots", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        text = value.strip()
        return json.loads(text) if text.startswith("[") else tuple(x.strip() for x in text.split(",") if x.strip())

    @field_validator("stocks_cron", "maintenance_cron", "customers_cron")
    @classmethod
    def _is_cron(cls, cron: str, info: ValidationInfo) -> str:
        """Dagster would refuse it too, but only when it loads, and without naming the variable."""
        if mistake := cron_mistake(cron):
            raise ValueError(f"FREESPORT_{str(info.field_name).upper()}={cron!r} is no cron string: {mistake}")
        return cron

    @field_validator("time_zone")
    @classmethod
    def _is_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"FREESPORT_TIME_ZONE={name!r} is no time zone: as in Europe/Moscow") from error
        return name

    @property
    def source_time_zone(self) -> ZoneInfo:
        """The same, to calculate with."""
        return ZoneInfo(self.time_zone)

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql", "postgres://")):
            raise ValueError("use sqlite:///path/to/shop.db or postgresql://user:password@host/database")
        return with_driver(url)


def with_driver(url: str) -> str:
    """Name psycopg2 in a PostgreSQL URL: SQLAlchemy 2.1 would otherwise pick psycopg 3, which is not installed."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def cron_mistake(cron: str) -> str | None:
    """What is wrong with a cron string, or None."""
    fields = cron.lower().split()
    if len(fields) == 1 and fields[0] in CRON_NAMES:
        return None
    if len(fields) != len(CRON_FIELDS):
        return "it needs five fields: minute hour day month weekday, as in */15 * * * *"
    for text, (name, lowest, highest, words) in zip(fields, CRON_FIELDS, strict=True):
        for part in text.split(","):
            value = re.split("[/#]", part)[0]
            is_known = set(re.findall(r"[a-z_]+", value)) <= set(words.split())
            is_within = all(lowest <= int(number) <= highest for number in re.findall(r"\d+", value))
            if not (CRON_PART.fullmatch(part) and is_known and is_within):
                return f"{part!r} is no {name}: {lowest} to {highest}"
    return None


NAME_OF_ONEC = re.compile(r"/?\w+")
LISTS = ("sales_by_card_filter_fields", "loyalty_filter_fields", "brand_fields")
Names = Annotated[tuple[str, ...], NoDecode]
READY_AUTHORIZATION = re.compile(r"(?:Basic|Bearer) \S+")


class OnecSettings(BaseSettings):
    """Where 1C's OData is and how it is read; see docs/odata.md. Nothing must be set before a client is opened."""

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
        "/AccumulationRegister_НачисленияБонусныхБаллов_RecordType", description="Accruals of bonus points."
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
    page_pause: float = Field(0.1, ge=0, description="Seconds between the starts of two requests.")
    timeout: float = Field(120, gt=0, description="Seconds that 1C may be silent.")
    deadline: float = Field(600, gt=0, description="Seconds that one request may take in all, with its attempts.")
    allowed_only: bool = Field(False, description="Read only what the user may see; the rest is silently missing.")
    ib_session: bool = Field(False, description="Keep one session of 1C for all requests (IBSession).")
    scan_limit: int = Field(500_000, ge=1, description="Most rows that are read without a filter if 1C refuses it.")

    history_start: date = Field(date(2024, 1, 1), description="First month of purchases: the first partition.")
    technical_counterparties: Names = Field((), description="Ids of counterparties that stand for everybody.")
    owners_from_cards: bool = Field(False, description="Take today's owner where the card register names none.")
    loyalty_sign: Literal["resource", "record_type"] = Field("resource", description="Where the sign of points stands.")
    currency: str = Field("RUB", description="Currency of the register.")
    deep_days: int = Field(400, ge=31, description="Days of purchases that the weekly deep update reads again.")
    profiles_cron: str = Field("30 4 * * *", description="When profiles are made anew, in the tenant's zone.")

    customer_sync_enabled: bool = Field(True, description="Whether the schedules start switched on.")
    customer_sync_interval_hours: int = Field(4, ge=1, le=24, description="Hours between two updates.")
    customer_sync_nightly_enabled: bool = Field(True, description="Whether there is a nightly update.")
    customer_sync_nightly_hour: int = Field(3, ge=0, le=23, description="Its hour, in the tenant's zone.")
    customer_sync_nightly_minute: int = Field(0, ge=0, le=59, description="Its minute.")
    customer_sync_nightly_purchase_days: int = Field(30, ge=1, description="Days of purchases that it reads again.")
    customer_sync_nightly_cards_limit: int = Field(10_000, ge=1, description="Cards that it refreshes at a time.")

    @field_validator(*LISTS, "technical_counterparties", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return tuple(x.strip() for x in value.split(",") if x.strip()) if isinstance(value, str) else value

    @field_validator(*LISTS)
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or not all(re.fullmatch(r"[^\W\d]\w*", name) for name in names):
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
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("give an address that begins with https://")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("give the address only: no user, no password, no ? and no #")
        return url

    @field_validator("api_token")
    @classmethod
    def _is_token(cls, token: SecretStr) -> SecretStr:
        value = token.get_secret_value().strip()
        if value and not READY_AUTHORIZATION.fullmatch(value) and not _is_user_and_password(value):
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


def _is_user_and_password(token: str) -> bool:
    """1C takes the name and the password as UTF-8."""
    try:
        return b":" in b64decode(token, validate=True)
    except ValueError:
        return False


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()  # type: ignore[call-arg]


@lru_cache(maxsize=1)
def get_onec_settings() -> OnecSettings:
    """1C's part of them, read once."""
    return OnecSettings()  # type: ignore[call-arg]


def dagster_home(environment_home: str | None, working_directory: Path) -> Path | None:
    """Where Dagster's configuration lies: DAGSTER_HOME, else the working directory if it holds a dagster.yaml."""
    if environment_home:
        return Path(environment_home)
    return working_directory if (working_directory / "dagster.yaml").is_file() else None
