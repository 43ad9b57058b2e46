"""The two kinds of import; sessions carry them as their kind, Dagster's jobs as their name."""

CATALOG_IMPORT = "catalog_import"
"""Everything a drop holds."""
STOCK_UPDATE = "stock_update"
"""Rests and storages alone; touches nothing but stocks."""
