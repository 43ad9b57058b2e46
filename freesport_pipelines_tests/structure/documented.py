"""Finds in a markdown text what it says of the command line: in blocks of `sh` and in code spans."""

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_COMMAND = re.compile(r"(?:^|(?<=[\s=]))(?:\.venv/bin/|\$\(BIN\)/)?freesport ([^#&;`]+)")
_OPTION = re.compile(r"(--[a-z][\w-]*)")


def command_lines(text: str) -> list[str]:
    """What follows the word `freesport` wherever it is called, without comments."""
    return [found.strip() for piece in _pieces(text) for found in _COMMAND.findall(piece) if found.strip()]


def option_spans(text: str) -> list[str]:
    """Options of code spans that begin with one: `--json`, `--only prices`."""
    return [option for span in _spans(text) if span.startswith("--") for option in _OPTION.findall(span)]


def _pieces(text: str) -> Iterator[str]:
    for language, block in _BLOCK.findall(text):
        if language == "sh":
            yield from block.replace("\\\n", " ").splitlines()
    yield from _spans(text)


def _spans(text: str) -> Iterator[str]:
    yield from (" ".join(span.split()) for span in _SPAN.findall(_BLOCK.sub("", text)))
