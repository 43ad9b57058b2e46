"""Refusals whose meaning is not clear at first sight."""

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import client_of
from freesport_pipelines_tests.odata.scripted import Reply, serving
from freesport_pipelines_tests.odata.test_errors import HTML, cards, json_error, meaning


def test_where_shorter_urls_cannot_help_the_other_reason_of_a_404_is_told_too() -> None:
    with (
        serving(Reply(b"<html>404</html>", 404, HTML)) as server,
        client_of(
            "/".join((server.url.removesuffix("/odata/standard.odata"), "long" * 200, "odata/standard.odata"))
        ) as c,
        pytest.raises(errors.UrlTooLongError) as raised,
    ):
        cards(c)
    assert "takes no URL of this length" in str(raised.value)
    assert "ONEC_API_URL" in str(raised.value)
    assert "опубликуйте" in str(raised.value)


def test_1c_that_gives_up_waiting_is_a_matter_of_the_amount_whatever_the_status() -> None:
    for status in (400, 500):
        assert type(meaning(status, json_error("-1", "Превышено время ожидания"))) is errors.TimedOutError
    assert type(meaning(504, "<html>Превышено время ожидания</html>")) is errors.BusyError
