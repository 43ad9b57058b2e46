"""A fault as one word on a command line: `NAME[:SET][=VALUE][@WHEN]`, for instance `throttled=5@every10`."""

import re
from collections.abc import Callable

from freesport_pipelines.emulator.faults import CHANGE_OF_DATA, Fault, When, after, always, every, first, nth

_FAULT = re.compile(r"(?P<name>\w+)(?::(?P<entity>[^=@]+))?(?:=(?P<value>[^@]+))?(?:@(?P<when>.+))?")
_COUNTED: dict[str, Callable[[int], When]] = {"every": every, "first": first, "after": after}
_WHEN = re.compile(r"(every|first|after)(\d+)")
_NUMBERS = re.compile(r"\d+(?:,\d+)*")


def fault_of(text: str, change: Callable[[], object]) -> Fault:
    """Read a fault; raise ValueError with what is wrong.

    WHEN is `3`, `3,5`, `every10`, `first2` or `after4`, counted over the requests for the set; without it: always.

    :param change: what `rows_inserted` does to the data
    """
    match = _FAULT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text}: write NAME[:SET][=VALUE][@WHEN]")
    name, entity, value, when = match.group("name", "entity", "value", "when")
    return Fault(name, entity, _when(when), change if name == CHANGE_OF_DATA else value)


def _when(text: str | None) -> When:
    if text is None:
        return always
    counted = _WHEN.fullmatch(text)
    if counted and int(counted.group(2)) > 0:
        return _COUNTED[counted.group(1)](int(counted.group(2)))
    if _NUMBERS.fullmatch(text):
        return nth(*(int(number) for number in text.split(",")))
    raise ValueError(f"@{text}: write a number, or every, first or after with a number")
