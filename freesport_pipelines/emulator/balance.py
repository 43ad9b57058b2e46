"""The virtual table `/Balance(…)` of a balance register (facts/odata, sections 1.5 c and 3.8).

A resource is summed as it stands, whatever the RecordType: 40 spent is `КСписаниюBalance: 40`, as was measured.
"""

import re
from datetime import datetime

import numpy as np

from freesport_pipelines.emulator.columns import DOUBLE, Column, seconds_of, shown_amount
from freesport_pipelines.emulator.dice import Ints
from freesport_pipelines.emulator.errors import Refusal, bad_option, no_method, no_segment
from freesport_pipelines.emulator.evaluate import Mask, met
from freesport_pipelines.emulator.syntax import parse
from freesport_pipelines.emulator.table import Table

_ARGUMENT = re.compile(r"\s*(Period|Condition|Dimensions)=((?:datetime)?'(?:[^']|'')*')\s*(?:,|$)")
_PERIOD = re.compile(r"datetime'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)'")


def balance(flat: Table, call: str) -> Table:
    """The rows of a call such as `Balance(Condition='БонуснаяКарта_Key eq guid''…''')`.

    Without a period all movements count, those of the future too. Rows that are zero in every resource are left out.
    """
    if not flat.resources:
        raise no_method()
    arguments = _arguments(call)
    dimensions = _dimensions(flat, arguments.get("Dimensions"))
    mask = flat.columns["Active"].codes != 0
    if "Condition" in arguments:
        mask &= _condition(flat, arguments["Condition"])
    if "Period" in arguments:
        mask &= flat.columns["Period"].codes <= _period(arguments["Period"])
    return _summed(flat.take(np.flatnonzero(mask)), dimensions)


def _arguments(call: str) -> dict[str, str]:
    name, _, inner = call.partition("(")
    if name != "Balance" or (inner and not inner.endswith(")")):
        raise no_method()
    found: dict[str, str] = {}
    rest = inner.removesuffix(")")
    while rest.strip():
        match = _ARGUMENT.match(rest)
        if match is None:
            raise Refusal(400, "1", "Не удалось разобрать строку")
        found[match.group(1)] = match.group(2)
        rest = rest[match.end() :]
    return found


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _dimensions(flat: Table, text: str | None) -> tuple[str, ...]:
    if text is None:
        return flat.dimensions
    names = tuple(name.strip() for name in _unquoted(text).split(","))
    for name in names:
        if name not in flat.dimensions:
            raise no_segment(name)
    return names


def _condition(flat: Table, text: str) -> Mask:
    only = flat.having({name: flat.columns[name] for name in flat.dimensions})
    return met(only, parse(_unquoted(text), "Condition"))


def _period(text: str) -> int:
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise bad_option("Period")
    return seconds_of(datetime.fromisoformat(match.group(1)))


def _summed(rows: Table, dimensions: tuple[str, ...]) -> Table:
    keys = np.stack([rows.columns[name].codes for name in dimensions])
    groups, place = np.unique(keys, axis=1, return_inverse=True)
    place = place.reshape(-1)
    sums: dict[str, Ints] = {}
    for resource in rows.resources:
        sums[resource] = np.zeros(groups.shape[1], np.int64)
        np.add.at(sums[resource], place, rows.columns[resource].codes)
    columns = {name: rows.columns[name].with_codes(groups[at]) for at, name in enumerate(dimensions)}
    for resource, total in sums.items():
        columns[resource + "Balance"] = Column(DOUBLE, total, shown_amount, None)
    result = Table(f"{rows.register}/Balance", columns, dimensions)
    return result.take(np.flatnonzero(np.any(np.stack(list(sums.values())), axis=0)))
