"""URLs, built by us to the last byte: 1C takes `+` for a plus sign and drops the filter (facts/odata, section 0).

Nothing here, and nothing built here, may go through `params=` of httpx: it writes `+` and replaces the query.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

URL_LIMIT = 2000
"""Bytes; IIS stops at 2048."""
FORMAT = "$format=application/json%3Bodata=nometadata"
LANGUAGE = re.compile(r"/(?:ru|en)(?=/odata/standard\.odata$|$)")


def base_url(text: str) -> str:
    """The address of the service without what people copy with it: spaces, slashes at the end, /ru or /en.

    Raises ValueError, without the text, for something that is no such address.
    """
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must begin with https:// (or http://) and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password do not belong into the address")
    if parts.query or parts.fragment:
        raise ValueError("it must have no ? and no # in it")
    path = LANGUAGE.sub("", parts.path.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{quote(path, safe='/%')}"


def encoded(text: str) -> str:
    """A value for the query string or the path; spaces are %20."""
    return quote(text, safe="$,():'/")


class Query(NamedTuple):
    """What is asked of one entity."""

    select: tuple[str, ...]
    where: str = ""
    order: str = ""
    top: int | None = None
    skip: int = 0
    with_count: bool = False
    """Also ask how many rows the filter has in all. It costs 1C a full count."""
    allowed_only: bool = False

    @property
    def text(self) -> str:
        """The query string; `$` stays literal, because some proxies want it so."""
        options = [
            ("$select", ",".join(self.select)),
            ("$filter", self.where),
            ("$orderby", self.order),
            ("$top", "" if self.top is None else str(self.top)),
            ("$skip", str(self.skip) if self.skip else ""),
            ("$inlinecount", "allpages" if self.with_count else ""),
            ("allowedOnly", "true" if self.allowed_only else ""),
        ]
        return "&".join([FORMAT, *(f"{name}={encoded(value)}" for name, value in options if value)])


def resource(base: str, path: str, query: Query) -> str:
    """The URL of an entity, an object (`Catalog_X(guid'…')`) or a virtual table (`…/Balance(…)`)."""
    return f"{base}/{encoded(path)}?{query.text}"
