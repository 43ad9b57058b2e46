"""1C's `standard.odata`, read completely or not at all: open_client in client.py is the entrance.

Belongs here: the protocol (facts/odata, sections 0-2), the entities that we read, and the check that a read was whole.
Keep out: what a purchase means, where rows are stored, Dagster.
"""
