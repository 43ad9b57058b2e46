"""One GET, once: a shared connection, an overall deadline, a limit on what a body may unpack to, no redirects.

No other method exists here. The Authorization header lives in the client only, and httpx shows it to nobody.
"""

import logging
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx

from freesport_pipelines.odata import errors
from freesport_pipelines.odata.classify import Answer, Target

CONNECT_SECONDS = 30.0
BODY_LIMIT = 32 * 1024 * 1024
"""Bytes, unpacked. The metadata of a real base are 17 MB."""
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Transport:
    """The shared connection; cookies that 1C sets (its session) are sent back."""

    def __init__(
        self,
        base: str,
        authorization: str,
        *,
        clock: Callable[[], float],
        session: bool = False,
    ) -> None:
        """Open nothing yet.

        :param session: ask 1C to keep one session for all requests (IBSession)
        """
        _hush()
        self._clock = clock
        self._base = base
        self._is_in_session = session
        address = urlsplit(base)
        self._client = httpx.Client(
            headers={
                "Authorization": authorization,
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "User-Agent": "freesport-pipelines",
                **({"IBSession": "start"} if session else {}),
            },
            follow_redirects=False,
            trust_env=address.hostname not in LOOPBACK,
            verify=address.scheme == "https",  # loading certificates takes longer than a request
        )

    def get(self, target: Target, *, read_seconds: float, deadline: float) -> Answer:
        """The whole answer, whatever its status.

        :param read_seconds: how long no byte may come
        :param deadline: the clock's time at which the last byte must be here
        """
        left = deadline - self._clock()
        if left <= 0:
            raise errors.DeadlineError("there was no time left to ask", entity=target.entity)
        timeout = httpx.Timeout(min(read_seconds, left), connect=min(CONNECT_SECONDS, left))
        try:
            with self._client.stream("GET", target.url, timeout=timeout) as response:
                body = b"".join(self._body(response, target, deadline))
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            raise errors.UnreachableError("no connection in time", entity=target.entity) from None
        except httpx.TimeoutException:
            if self._clock() >= deadline:
                raise errors.DeadlineError("the answer did not come in time", entity=target.entity) from None
            raise errors.TimedOutError("the server was silent for too long", entity=target.entity) from None
        except httpx.TransportError as error:
            problem = f"the connection failed ({type(error).__name__})"
            raise errors.UnreachableError(problem, entity=target.entity) from None
        if self._is_in_session:
            self._client.headers.pop("IBSession", None)
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)

    def _body(self, response: httpx.Response, target: Target, deadline: float) -> Iterator[bytes]:
        """The pieces of the body, unpacked, until the deadline or the limit."""
        unpack = _unpacker(response.headers.get("content-encoding", ""))
        size = 0
        for piece in response.iter_raw():
            if self._clock() > deadline:
                raise errors.DeadlineError("the answer did not end in time", entity=target.entity)
            try:
                unpacked = unpack(piece, BODY_LIMIT - size + 1)
            except zlib.error:
                raise errors.BrokenBodyError("the packed body is damaged", entity=target.entity) from None
            size += len(unpacked)
            if size > BODY_LIMIT:
                raise errors.TooLargeError(f"the body is larger than {BODY_LIMIT:,} bytes", entity=target.entity)
            yield unpacked

    def close(self) -> None:
        """End the session, if there is one, and the connection."""
        if self._is_in_session and self._client.cookies:
            try:
                self._client.get(f"{self._base}/", headers={"IBSession": "finish"}, timeout=10)
            except httpx.HTTPError:
                logging.getLogger(__name__).debug("the session of 1C was not ended; it expires by itself")
        self._client.close()


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Unpacks a piece to at most so many bytes; whatever is beyond them is dropped, because it is an error."""
    if encoding.strip().lower() in ("", "identity"):
        return lambda piece, most: piece[:most]
    return zlib.decompressobj(GZIP_OR_ZLIB).decompress


def _hush() -> None:
    """Keep httpx and httpcore from logging URLs and headers: filters hold keys, cookies are secrets."""
    for name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
        logger = logging.getLogger(name)
        if _is_warning not in logger.filters:
            logger.addFilter(_is_warning)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
