"""E-mail addresses: enough syntax to tell an address from a remark. Whether it exists, only its owner can prove."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[,;\s]+")
_AROUND = "<>()[]\"'«»."
_ATOM = r"[^\s@<>()\[\]\",;:\\.]+"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_LONGEST, _LONGEST_LOCAL = 254, 64


def split_emails(text: str) -> list[str]:
    """The pieces of a text that should be one address each, as typed.

    Words around them are left out; a text without any `@` is one piece, which will prove unreadable.
    """
    pieces = [piece for piece in _SEPARATORS.split(text) if "@" in piece]
    return pieces or ([text.strip()] if text.strip() else [])


def email(text: str) -> str | None:
    """The first usable address of a text in lower case, None when there is none."""
    return next((address for piece in split_emails(text) if (address := _address(piece))), None)


def _address(piece: str) -> str | None:
    address = unicodedata.normalize("NFC", piece.strip(_AROUND).lower()).removeprefix("mailto:")
    fits = len(address) <= _LONGEST and address.find("@") <= _LONGEST_LOCAL
    return address if fits and _ADDRESS.fullmatch(address) else None
