"""Two processes never read 1C at once, on neither database."""

from itertools import groupby

from freesport_pipelines_tests.purchases.onec_shop import OnecShop
from freesport_pipelines_tests.purchases.processes import backfilling, begin


def test_two_processes_read_one_after_the_other(shop: OnecShop) -> None:
    assert shop.database
    with backfilling(shop, "2025-01") as first, backfilling(shop, "2025-01") as second:
        begin(first)
        begin(second)
        assert (first.wait(timeout=60), second.wait(timeout=60)) == (0, 0)
    assert shop.server.most_in_flight == 1
    # every asset reads over a connection of its own: taking turns means that none comes back
    turns = [connection for connection, _ in groupby(request.connection for request in shop.server.log)]
    assert len(turns) == len(set(turns)) == 2 * 4


def test_a_reader_that_fails_lets_the_next_one_read(shop: OnecShop) -> None:
    try:
        with shop.client():
            raise RuntimeError("something else")
    except RuntimeError:
        pass
    assert shop.read("2025-01") > 0
