"""Purchases and purchase profiles: which money is whose, what a buyer likes, and whether it all adds up.

Put here: pure rules over pandas frames (facts/odata, sections 4 and 7). Keep out: SQL, HTTP, Dagster, files, clocks.
The order of reading: `frames` (what goes in), `ledger` (every register row judged once), `build` (the profiles),
`reconcile` (does it add up), `affinity` (what is bought together).
"""
