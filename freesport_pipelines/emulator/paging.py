"""Filter, order, skip and top over one table: the rows of one answer (facts/odata, section 2.5)."""

from dataclasses import dataclass
from math import gcd

import numpy as np

from freesport_pipelines.emulator.dice import Ints
from freesport_pipelines.emulator.errors import uncomparable
from freesport_pipelines.emulator.evaluate import AnyOf, column, met
from freesport_pipelines.emulator.options import Options, Terms
from freesport_pipelines.emulator.syntax import parse
from freesport_pipelines.emulator.table import Table

TIES_SHUFFLED_UP_TO = 100_000
"""Rows that are equal by `$orderby` come in no order; in more rows than these they lie as they were stored."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of an answer, in order, and how many there would be without skip and top."""

    rows: Table
    names: tuple[str, ...]
    total: int


def page(table: Table, options: Options, chance: int | None, any_of: AnyOf | None = None) -> Page:
    """Answer a query, raising Refusal.

    :param chance: by what rows without an order are shuffled; None: they are given as they lie
    """
    names = tuple(table.columns) if options.select is None else options.select
    for name in names:
        column(table, name)
    for name, _ in options.orderby:
        if column(table, name).edm.startswith("Collection"):
            raise uncomparable()
    places = matching(table, options.filter, any_of)
    cut = slice(options.skip, None if options.top is None else options.skip + options.top)
    if options.orderby:
        return Page(table.take(_ordered(table, places, options.orderby, chance)[cut]), names, len(places))
    if chance is not None:
        return Page(table.take(places[_scattered(len(places), chance, cut)]), names, len(places))
    return Page(table.take(places[cut]), names, len(places))


def matching(table: Table, condition: str | None, any_of: AnyOf | None = None) -> Ints:
    """The places of the rows that meet a filter."""
    if condition is None:
        return np.arange(len(table), dtype=np.int64)
    return np.flatnonzero(met(table, parse(condition), any_of)).astype(np.int64)


def _scattered(size: int, chance: int, cut: slice) -> Ints:
    """A part of the numbers below size in an order that hangs on chance, without throwing the rest."""
    if not size:
        return np.zeros(0, np.int64)
    generator = np.random.default_rng(chance)
    start, step = (int(number) for number in generator.integers(0, size, 2))
    while gcd(step, size) != 1:
        step = (step + 1) % size
    return (start + step * np.arange(*cut.indices(size), dtype=np.int64)) % size


def _ordered(table: Table, places: Ints, terms: Terms, chance: int | None) -> Ints:
    if len(places) > TIES_SHUFFLED_UP_TO:
        return _filtered(_whole_order(table, terms), places, len(table))
    if chance is not None:
        places = np.random.default_rng(chance).permutation(places)
    return places[np.lexsort([_signed(table, term)[places] for term in reversed(terms)])]


def _signed(table: Table, term: tuple[str, bool]) -> Ints:
    ranks = table.ranks(term[0])
    return -ranks if term[1] else ranks


def _whole_order(table: Table, terms: Terms) -> Ints:
    order: Ints = table.kept(f"order {terms}", lambda: np.lexsort([_signed(table, term) for term in reversed(terms)]))
    return order


def _filtered(order: Ints, places: Ints, size: int) -> Ints:
    chosen = np.zeros(size, np.bool_)
    chosen[places] = True
    return order[chosen[order]]
