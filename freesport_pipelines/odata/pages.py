"""How many rows a page is expected to have.

Keep out: how many are asked for (asking.PageSize), which 1C's failures lower and its short pages do not.
"""

from freesport_pipelines.odata.asking import PageSize


class Pages:
    """What the pages of one reading have shown."""

    def __init__(self, size: PageSize) -> None:
        self.size = size
        self.has_come = False
        """Did 1C ever answer with a page?"""
        self._cap = 0
        self._short = 0

    @property
    def expected(self) -> int:
        """Rows of a page that is not the last."""
        return min(self.size.rows, self._cap or self.size.rows)

    def came(self, rows: int, *, is_last: bool) -> None:
        """Take note of a page.

        A short one that is not the last may be chance; two alike are the server's own size, until a longer one comes.
        """
        self.has_come = True
        if rows > self._cap:
            self._cap = 0
        if is_last or rows >= self.size.rows:
            self._short = 0
            return
        if rows == self._short:
            self._cap = rows
        self._short = rows
