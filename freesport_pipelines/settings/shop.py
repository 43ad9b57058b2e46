"""The shop: its database, its exchange folder, its schedules, its gates."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from freesport_pipelines.settings.cron import cron_mistake


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


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()  # type: ignore[call-arg]


def dagster_home(environment_home: str | None, working_directory: Path) -> Path | None:
    """Where Dagster's configuration lies: DAGSTER_HOME, else the working directory if it holds a dagster.yaml."""
    if environment_home:
        return Path(environment_home)
    return working_directory if (working_directory / "dagster.yaml").is_file() else None
