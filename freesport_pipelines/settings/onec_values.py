"""What is wrong with a value of 1C's settings; found when it is read, because later it would be an error of httpx."""

import re
from base64 import b64decode
from urllib.parse import urlsplit

READY_AUTHORIZATION = re.compile(r"(Basic|Bearer) ([\x21-\x7e]+)")
"""A header is ASCII."""
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HOST = re.compile(r"[^\s.]{1,63}(?:\.[^\s.]{1,63})*\.?")
HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
"""Other intervals would be uneven at midnight."""


def address_mistake(url: str) -> str | None:
    """What is wrong with the address of the service, without repeating it."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return "the host or the port is none: a port is a number up to 65535"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "give an address that begins with https://"
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return "give the address only: no user, no password, no ? and no #"
    is_host = ":" in parts.hostname or HOST.fullmatch(parts.hostname)
    if port == 0 or not is_host or not _is_address(url.strip()):
        return "this is no address that can be opened"
    return None


def _is_address(url: str) -> bool:
    import httpx  # only where there is an address: the commands without 1C start faster

    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return True


def is_token(value: str) -> bool:
    """The base64 of user:password, or a whole header."""
    ready = READY_AUTHORIZATION.fullmatch(value)
    if ready is not None and ready[1] == "Bearer":
        return True
    return _is_user_and_password(ready[2] if ready else value)


def _is_user_and_password(token: str) -> bool:
    """1C takes the name and the password as UTF-8."""
    try:
        return b":" in b64decode(token, validate=True)
    except ValueError:
        return False


def words(text: str) -> tuple[str, ...]:
    """What commas separate; spaces around it and empty words mean nothing."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def is_name(word: str) -> bool:
    """Can it be a name in 1C: of a field, of a value of an enumeration?"""
    return re.fullmatch(r"[^\W\d]\w*", word) is not None


def guid_mistake(names: tuple[str, ...]) -> str | None:
    """What is wrong with a list of references."""
    if all(GUID.fullmatch(name.lower()) for name in names):
        return None
    return "give ids of the form 8-4-4-4-12, separated by commas"


def interval_mistake(hours: int) -> str | None:
    """What is wrong with the hours between two updates."""
    return None if hours in HOURS else f"give a number of hours that divides the day: {', '.join(map(str, HOURS))}"
