"""Encrypting values of exported files. Fernet: AES-128 with an HMAC, so a changed token is noticed."""

from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken

KEY_NAME = "FREESPORT_EXPORT_KEY"
"""The setting that holds the key."""
_HOW_TO = (
    f"{KEY_NAME} is no Fernet key; make one with: "
    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)


def cipher(key: str) -> Callable[[str], str]:
    """The function that encrypts a text; the same text gives another token each time."""
    fernet = _fernet(key)
    return lambda text: fernet.encrypt(text.encode()).decode("ascii")


def decipher(key: str, text: str) -> str:
    """The text behind a token; raises ValueError for one that was changed or made with another key."""
    try:
        return _fernet(key).decrypt(text.encode()).decode()
    except InvalidToken:
        raise ValueError(f"the value was not encrypted with {KEY_NAME}, or it was changed") from None


def _fernet(key: str) -> Fernet:
    """Raises ValueError without the key and without its cause, whose message could hold a part of it."""
    try:
        return Fernet(key.strip())
    except ValueError:
        raise ValueError(_HOW_TO) from None
