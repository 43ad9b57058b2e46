"""The kinds of session; Dagster's jobs carry the two imports as their names."""

CATALOG_IMPORT = "catalog_import"
"""Everything a drop holds."""
STOCK_UPDATE = "stock_update"
"""Rests and storages alone; touches nothing but stocks."""
ROLLBACK = "rollback"
"""Another session's change set, backwards."""
