"""Judges a documented command line by the typer app: its command, its options, how many arguments it takes.

Documents write `[…]` for what may be left out, `a | b` for alternatives (commands of the same group, or options of the
same command), `a|b` for values, and words in capitals for values of one's own.
"""

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from freesport_pipelines.cli.app import app

_NOTATION = re.compile(r"[\[\]…]|\.\.\.")
Path = tuple[str, ...]


def _all(command: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
    else:
        for name, child in children.items():
            yield from _all(child, (*path, name))


def _options(command: Any) -> dict[str, Any]:
    options = (param for param in command.params if param.param_type_name == "option")
    return {name: option for option in options for name in (*option.opts, *option.secondary_opts)}


COMMANDS: dict[Path, Any] = dict(_all(typer.main.get_command(app)))
GROUPS = {path[:-1] for path in COMMANDS if len(path) > 1}
OPTIONS = {"--help"}.union(*map(_options, COMMANDS.values()))


def commands(line: str) -> list[Path]:
    """The commands that a line names."""
    return [path for path, _ in _alternatives(line) if path in COMMANDS]


def mistakes(line: str) -> list[str]:
    """What is wrong with a line, in words; nothing if the command can be called like that."""
    return [wrong for path, words in _alternatives(line) for wrong in _wrong(path, words)]


def _alternatives(line: str) -> Iterator[tuple[Path, list[str]]]:
    """Each alternative of a line as a command and what follows it."""
    group: Path = ()
    last: Path = ()
    for part in line.split(" | "):
        words = _NOTATION.sub(" ", part).split()
        if last and words[0].startswith("-"):
            yield last, words
            continue
        if (*group, words[0]) in COMMANDS:
            words = [*group, *words]
        last = tuple(words[:2] if tuple(words[:1]) in GROUPS else words[:1])
        group = last[:-1]
        yield last, words[len(last) :]


def _wrong(path: Path, words: list[str]) -> Iterator[str]:
    if path in GROUPS and not words:
        return  # the group as a whole
    if path not in COMMANDS:
        yield f"there is no command {' '.join(path)}"
        return
    options, arguments, rest = _options(COMMANDS[path]), 0, list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            arguments += 1
        elif word not in options:
            yield f"{' '.join(path)} has no {word}"
        elif options[word].is_flag:
            continue
        elif not rest or rest[0].startswith("--"):
            yield f"{' '.join(path)} {word} needs a value"
        else:
            rest.pop(0)
    takes = [param.nargs for param in COMMANDS[path].params if param.param_type_name == "argument"]
    if -1 not in takes and arguments > sum(takes):
        yield f"{' '.join(path)} takes {sum(takes)} arguments, not {arguments}"
