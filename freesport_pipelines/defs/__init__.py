"""Dagster definitions, one concept per file. An asset body opens, calls one step, reports."""
