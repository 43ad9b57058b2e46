"""Does a filter reach 1C unharmed? A catalogue asked for a key that does not exist must answer nothing.

Source: facts/odata, sections 0 and 2.4.
"""

from typing import Any
from uuid import uuid4

from freesport_pipelines.odata import literals
from freesport_pipelines.odata.asking import Asking
from freesport_pipelines.odata.errors import FilterIgnoredError
from freesport_pipelines.odata.fields import Entity
from freesport_pipelines.odata.query import Query


def check_filters(asking: Asking, catalogue: Entity[Any]) -> None:
    """Raise FilterIgnoredError if the filter is ignored, WhereRefusedError or another error if it is refused."""
    where = f"Ref_Key eq {literals.guid(uuid4())}"
    page = asking.page(catalogue, lambda entity: Query(("Ref_Key",), where, top=1, with_count=True))
    if page.rows or page.total:
        raise FilterIgnoredError("the filter of the canary had no effect", entity=catalogue.name)
