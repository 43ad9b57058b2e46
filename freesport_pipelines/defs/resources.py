"""What assets and sensors are given: the shop's database, the exchange folder, the archive."""

from functools import cached_property

import dagster as dg

from freesport_pipelines.settings import Settings, get_settings, with_driver


class Shop(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The shop's database, its exchange folder and its archive; migrations are applied at first use.

    Empty fields mean: as the environment says (`settings.py`).
    """

    database_url: str = ""
    exchange_url: str = ""
    archive_url: str = ""

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        return get_settings()

    @cached_property
    def _database(self):  # type: ignore[no-untyped-def]
        from freesport_pipelines.database.engine import ShopDatabase
        from freesport_pipelines.database.migrate import upgrade

        database = ShopDatabase(with_driver(self.database_url) if self.database_url else self.settings.database_url)
        upgrade(database)
        return database

    @property
    def database(self):  # type: ignore[no-untyped-def]
        """The `ShopDatabase`, migrated."""
        return self._database

    @property
    def exchange(self):  # type: ignore[no-untyped-def]
        """The `ExchangeFolder`, its sub-folders made."""
        from upath import UPath

        from freesport_pipelines.exchange.folder import ExchangeFolder

        folder = ExchangeFolder(UPath(self.exchange_url or self.settings.exchange_url))
        folder.ensure()
        return folder

    @property
    def archive(self):  # type: ignore[no-untyped-def]
        """The `Archive` of drops."""
        from upath import UPath

        from freesport_pipelines.exchange.archive import Archive

        return Archive(UPath(self.archive_url or self.settings.archive_url))
