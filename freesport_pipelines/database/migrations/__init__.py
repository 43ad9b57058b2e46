"""Alembic migrations of the shop's database; `migrate.py` applies them."""
