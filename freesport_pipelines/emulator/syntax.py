"""A `$filter` as a tree: OData v3 as far as 1C has it, without `in`, arithmetic, and lambdas other than `any`."""

from dataclasses import dataclass
from typing import Any

from freesport_pipelines.emulator.errors import Refusal, bad_option
from freesport_pipelines.emulator.lexer import Token, tokens

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
BOOLEANS = {"true": True, "false": False}
TESTS = {"startswith": 2, "endswith": 2, "substringof": 2}
"""Functions that are a condition by themselves, and how many arguments they take."""
PARTS = ("year", "month", "day", "hour", "minute", "second")
"""Functions of a time that give a number."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in the filter; kind is that of its token, "flag" for true and false, or "cast"."""

    kind: str
    value: Any
    type_name: str = ""
    """Of a cast: the 1C type, for instance `Document_ЧекККМ`."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the set (or of the rows of its record sets)."""

    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A number taken out of a time: `year(Period)`."""

    function: str
    field: Field


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values."""

    operator: str
    left: "Value"
    right: "Value"


@dataclass(frozen=True, slots=True)
class Test:
    """A text function that is true or false."""

    function: str
    arguments: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """and, or, not."""

    operator: str
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyRow:
    """`RecordSet/any(r: …)`: some row of the record set meets the condition."""

    section: str
    condition: "Condition"


Value = Literal | Field | Part
Condition = Compare | Test | Logic | AnyRow | Field


def parse(text: str, option: str = "$filter") -> Condition:
    """The tree of a filter; raises Refusal (code 14, or 21 for an unknown function)."""
    reader = _Reader(tokens(text, option), option)
    condition = reader.alternatives()
    reader.end()
    return condition


class _Reader:
    """Recursive descent: or, then and, then not, then a comparison."""

    def __init__(self, found: list[Token], option: str) -> None:
        self._tokens, self._at, self._option = found, 0, option
        self._row = ""
        """The variable of the lambda that is being read."""

    def alternatives(self) -> Condition:
        return self._chain("or", lambda: self._chain("and", self._negation))

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise bad_option(self._option)

    def _chain(self, word: str, part: Any) -> Condition:
        conditions = [part()]
        while self._skip("name", word):
            conditions.append(part())
        return conditions[0] if len(conditions) == 1 else Logic(word, tuple(conditions))

    def _negation(self) -> Condition:
        if self._skip("name", "not"):
            return Logic("not", (self._negation(),))
        if self._skip("("):
            inner = self.alternatives()
            self._take(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self._operand()
        if isinstance(left, Test | AnyRow):
            return self._compared_test(left)
        word = self._peek()
        if word.kind == "name" and word.value in COMPARISONS:
            self._at += 1
            right = self._operand()
            if isinstance(right, Test | AnyRow):
                raise bad_option(self._option)
            return Compare(word.value, left, right)
        if isinstance(left, Field):
            return left
        raise bad_option(self._option)

    def _compared_test(self, test: Test | AnyRow) -> Condition:
        """`startswith(…) eq true` is `startswith(…)`."""
        if not self._skip("name", "eq"):
            return test
        word = self._take("name").value
        if word not in BOOLEANS:
            raise bad_option(self._option)
        return test if BOOLEANS[word] else Logic("not", (test,))

    def _operand(self) -> Value | Test | AnyRow:
        token = self._peek()
        self._at += 1
        if token.kind in ("guid", "datetime", "text", "number"):
            return Literal(token.kind, token.value)
        if token.kind != "name":
            raise bad_option(self._option)
        if token.value in BOOLEANS:
            return Literal("flag", BOOLEANS[token.value])
        if self._skip("("):
            return self._function(token.value)
        return self._path(token.value)

    def _path(self, name: str) -> Value | AnyRow:
        if not self._skip("/"):
            return Field(name)
        inner = self._take("name").value
        if self._row and name == self._row:
            return Field(inner)
        if inner != "any":
            raise Refusal(400, "6", f"Сегмент пути {inner} не найден!")
        return self._any(name)

    def _any(self, section: str) -> AnyRow:
        self._take("(")
        outer, self._row = self._row, self._take("name").value
        self._take(":")
        condition = self.alternatives()
        self._take(")")
        self._row = outer
        return AnyRow(section, condition)

    def _function(self, name: str) -> Value | Test:
        arguments = [self._argument()]
        while self._skip(","):
            arguments.append(self._argument())
        self._take(")")
        if name == "cast" and len(arguments) == 2:
            return self._cast(*arguments)
        if name in TESTS and len(arguments) == TESTS[name]:
            return Test(name, tuple(arguments))
        if name in PARTS and len(arguments) == 1 and isinstance(arguments[0], Field):
            return Part(name, arguments[0])
        raise Refusal(400, "21", f"Неверная функция {name} или её аргументы")

    def _cast(self, value: Value, kind: Value) -> Literal:
        if isinstance(value, Literal) and value.kind == "guid" and isinstance(kind, Literal) and kind.kind == "text":
            return Literal("cast", value.value, kind.value)
        raise Refusal(400, "21", "Неверные аргументы функции cast")

    def _argument(self) -> Value:
        value = self._operand()
        if isinstance(value, Test | AnyRow):
            raise bad_option(self._option)
        return value

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("end", None)

    def _skip(self, kind: str, value: str | None = None) -> bool:
        token = self._peek()
        met = token.kind == kind and (value is None or token.value == value)
        self._at += met
        return met

    def _take(self, kind: str) -> Token:
        token = self._peek()
        if token.kind != kind:
            raise bad_option(self._option)
        self._at += 1
        return token
