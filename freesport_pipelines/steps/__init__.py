"""The steps of an import without Dagster: open, stage, judge, publish. A Dagster asset calls exactly one of them.

Put here: what joins the rooms below (a reader, a rule, a table). Keep out: Dagster, SQL, XML, rules.
"""
