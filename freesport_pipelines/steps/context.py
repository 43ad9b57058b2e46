"""What every step of an import needs."""

from dataclasses import dataclass

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.sessions import Session
from freesport_pipelines.exchange.drop import Drop
from freesport_pipelines.settings import Settings


@dataclass(frozen=True)
class ImportContext:
    """One session at work on one drop."""

    database: ShopDatabase
    drop: Drop
    session: Session
    settings: Settings
