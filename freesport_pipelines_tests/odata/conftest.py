"""Every test meets its server for the first time: a port may be one that an earlier test had."""

import pytest

from freesport_pipelines.odata import learnt


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learnt, "_SHARED", {})
