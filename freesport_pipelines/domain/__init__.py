"""The internal format and the pure rules of the exchange.

Put here: typed records and rules that need no I/O. Keep out: XML, SQL, Dagster, files, clocks, the environment.
"""
