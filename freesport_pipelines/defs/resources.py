"""What assets and sensors are given: the shop's database, the exchange folder, the archive."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from freesport_pipelines.settings import Settings, get_settings

if TYPE_CHECKING:
    from freesport_pipelines.database.engine import ShopDatabase
    from freesport_pipelines.exchange.archive import Archive
    from freesport_pipelines.exchange.folder import ExchangeFolder


class Shop:
    """The shop's database, its exchange folder and its archive, as the settings name them.

    A plain object and not a ConfigurableResource: it is configured by the environment alone, and the launchpad
    should offer only what belongs to one import.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Connect to nothing yet.

        :param settings: instead of the environment's
        """
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        return self._settings or get_settings()

    @cached_property
    def database(self) -> ShopDatabase:
        """The shop's database; migrations are applied at first use."""
        from freesport_pipelines.database.engine import ShopDatabase
        from freesport_pipelines.database.migrate import upgrade

        database = ShopDatabase(self.settings.database_url)
        upgrade(database)
        return database

    @cached_property
    def exchange(self) -> ExchangeFolder:
        """The exchange folder, its sub-folders made."""
        from upath import UPath

        from freesport_pipelines.exchange.folder import ExchangeFolder

        folder = ExchangeFolder(UPath(self.settings.exchange_url))
        folder.ensure()
        return folder

    @cached_property
    def archive(self) -> Archive:
        """The archive of drops."""
        from upath import UPath

        from freesport_pipelines.exchange.archive import Archive

        return Archive(UPath(self.settings.archive_url))
