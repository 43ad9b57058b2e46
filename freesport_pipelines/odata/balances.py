"""The virtual table `Balance` of a register: a function, not a set; slow whatever is asked (facts/odata, 1.5 c)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from freesport_pipelines.odata import literals
from freesport_pipelines.odata.asking import Asking
from freesport_pipelines.odata.errors import FilterIgnoredError
from freesport_pipelines.odata.fields import FLAT, Entity, RowT
from freesport_pipelines.odata.query import Query

READ_SECONDS = 180.0


def read_balances(
    asking: Asking, entity: Entity[RowT], zone: ZoneInfo, *, holder: str | None = None, at: datetime | None = None
) -> list[RowT]:
    """The balances of one card, or of all at a moment; 1C must be given one of the two.

    :param entity: under the name of the register, with or without _RecordType
    :param holder: the guid that the chosen field must have
    :param at: aware; now, if it is left out
    """
    if holder is None and at is None:
        raise ValueError("a balance needs a card or a moment")
    entity = asking.fitted(entity)
    arguments = [f"Period={literals.moment(at, zone)}"] if at is not None else []
    if holder is not None:
        where = f"{entity.chosen_wire} eq {literals.guid(holder)}"
        arguments.append(f"Condition={literals.condition(where)}")
    path = f"{entity.name.removesuffix(FLAT)}/Balance({','.join(arguments)})"
    page = asking.page(entity, lambda fitted: Query(fitted.select), path=path, read_seconds=READ_SECONDS)
    wanted = holder and literals.canonical(holder)
    if wanted and not all(str(row.get(entity.chosen_wire, "")).lower() == wanted for row in page.rows):
        raise FilterIgnoredError("a balance of another card came back", entity=entity.name)
    return [entity.row(row, zone) for row in page.rows]
