"""The shop's database: schema, migrations, staging, comparison, gates, publication, sessions.

Put here: everything that speaks SQL, and every difference between PostgreSQL and SQLite. Keep out: XML, Dagster,
the exchange folder. Rooms below: domain.
"""
