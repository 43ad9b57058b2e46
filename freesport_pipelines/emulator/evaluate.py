"""Which rows of a table meet a condition. The types must fit, as in the query that 1C makes of a filter."""

import operator
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from freesport_pipelines.emulator.columns import ABSENT, FLAG, GUID, MOMENT, NUMBERS, STRING, Column
from freesport_pipelines.emulator.errors import bad_option, no_segment, uncomparable
from freesport_pipelines.emulator.syntax import AnyRow, Compare, Condition, Field, Literal, Logic, Part, Test, Value
from freesport_pipelines.emulator.table import Table

Mask = NDArray[np.bool_]
LITERALS = {GUID: ("guid",), MOMENT: ("datetime",), FLAG: ("flag",), STRING: ("text",)}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
MIRRORED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
    "substringof": lambda part, text: part in text,
}
AnyOf = Callable[[str, Condition], Mask]
"""Which record sets have a row that meets a condition."""


def met(table: Table, condition: Condition, any_of: AnyOf | None = None) -> Mask:
    """True for each row that meets the condition; raises Refusal for an unknown field or types that do not fit."""
    if isinstance(condition, Logic):
        masks = [met(table, part, any_of) for part in condition.conditions]
        if condition.operator == "not":
            return ~masks[0]
        joined: Mask = (np.logical_and if condition.operator == "and" else np.logical_or).reduce(masks)
        return joined
    if isinstance(condition, AnyRow):
        if any_of is None:
            raise no_segment(condition.section)
        return any_of(condition.section, condition.condition)
    if isinstance(condition, Test):
        return _tested(table, condition)
    if isinstance(condition, Field):
        return _flag(column(table, condition.name))
    return _compared(table, condition)


def column(table: Table, name: str) -> Column:
    """The field of that name, exactly as written."""
    if name not in table.columns:
        raise no_segment(name)
    return table.columns[name]


def _flag(field: Column) -> Mask:
    if field.edm != FLAG:
        raise bad_option("$filter")
    return np.array([bool(value) for value in field.values()])


def _compared(table: Table, compare: Compare) -> Mask:
    left, right, sign = compare.left, compare.right, compare.operator
    if isinstance(left, Literal):
        left, right, sign = right, left, MIRRORED.get(sign, sign)
    if isinstance(left, Literal) or not isinstance(right, Literal):
        raise bad_option("$filter")
    if isinstance(left, Part):
        return _part_compared(table, left, sign, right)
    field = column(table, left.name)
    if right.kind == "cast":
        return _cast_compared(table, field, sign, right)
    _check_types(field, sign, right)
    if field.code_of is None:
        return _values_compared(field, sign, right)
    code = field.code_of(right.value)
    if code is None:
        return np.full(len(field), sign == "ne")
    mask: Mask = OPERATORS[sign](field.codes, code)
    return mask


def _check_types(field: Column, sign: str, literal: Literal) -> None:
    """1C compares like with like, and orders neither references nor composite fields."""
    kinds = ("number",) if field.edm in NUMBERS else LITERALS.get(field.edm, ())
    unordered = field.edm in (GUID, FLAG) and sign not in ("eq", "ne")
    if literal.kind not in kinds or unordered or field.type_field is not None:
        raise uncomparable()


def _values_compared(field: Column, sign: str, literal: Literal) -> Mask:
    wanted = literal.value if not isinstance(literal.value, datetime) else literal.value.isoformat()
    compare = OPERATORS[sign]
    return np.array(
        [
            (sign == "ne") if value is ABSENT or value is None else compare(_like(value, wanted), wanted)
            for value in field.values()
        ],
        np.bool_,
    )


def _like(value: Any, wanted: Any) -> Any:
    return Decimal(str(value)) if isinstance(wanted, Decimal) else value


def _cast_compared(table: Table, field: Column, sign: str, literal: Literal) -> Mask:
    """A composite field equals a cast when reference and type do; the type may be written with its namespace."""
    if field.type_field is None or sign not in ("eq", "ne"):
        raise uncomparable()
    wanted = literal.type_name.rpartition(".")[2]
    code = field.code_of(literal.value) if field.code_of else None
    same: Mask = np.zeros(len(field), np.bool_)
    if code is not None:
        places = np.flatnonzero(field.codes == code)
        kinds = table.columns[field.type_field].take(places).values()
        same[places] = [kind.rpartition(".")[2] == wanted for kind in kinds]
    elif field.code_of is None:
        kinds = table.columns[field.type_field].values()
        pairs = zip(field.values(), kinds, strict=True)
        same = np.array([v == literal.value and k.rpartition(".")[2] == wanted for v, k in pairs], np.bool_)
    return ~same if sign == "ne" else same


def _part_compared(table: Table, part: Part, sign: str, literal: Literal) -> Mask:
    field = column(table, part.field.name)
    if field.edm != MOMENT or literal.kind != "number":
        raise uncomparable()
    known: dict[str, float] = {}
    numbers = [_part_of(value, part.function, known) for value in field.values()]
    mask: Mask = OPERATORS[sign](np.array(numbers), float(literal.value))
    return mask


def _part_of(moment: object, function: str, known: dict[str, float]) -> float:
    """Not a number for a row that has no such time: it equals nothing."""
    if not isinstance(moment, str):
        return float("nan")
    if moment not in known:
        known[moment] = getattr(datetime.fromisoformat(moment), function)
    return known[moment]


def _tested(table: Table, test: Test) -> Mask:
    texts = [_texts(table, value) for value in test.arguments]
    matches = TEXT_TESTS[test.function]
    return np.array([matches(left, right) for left, right in zip(*texts, strict=True)], np.bool_)


def _texts(table: Table, value: Value) -> list[str]:
    if isinstance(value, Literal):
        if value.kind != "text":
            raise uncomparable()
        return [value.value] * len(table)
    if isinstance(value, Part):
        raise uncomparable()
    field = column(table, value.name)
    if field.edm != STRING:
        raise uncomparable()
    return [shown if isinstance(shown, str) else "" for shown in field.values()]
