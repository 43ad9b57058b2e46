"""The virtual table `Balance` of a register: a function, not a set; slow whatever is asked (facts/odata, 1.5 c)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from freesport_pipelines.odata import literals
from freesport_pipelines.odata.asking import Asking
from freesport_pipelines.odata.errors import FieldUnknownError, FilterIgnoredError, NotPublishedError
from freesport_pipelines.odata.fields import FLAT, Entity, RowT
from freesport_pipelines.odata.predicates import CARD_TYPE
from freesport_pipelines.odata.query import Query

READ_SECONDS = 180.0


class NoBalancesError(NotPublishedError):
    """The register has no such table, as a register of turnovers has none; its rows can be read all the same."""

    remedy = "Balances of bonus points are not available here: 1C keeps them for registers of balances only."


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
    wanted = holder and literals.canonical(holder)

    def path(fitted: Entity[RowT]) -> str:
        arguments = [f"Period={literals.moment(at, zone)}"] if at is not None else []
        if wanted:
            wire = fitted.chosen_wire
            value = literals.guid(wanted) if wire.endswith("_Key") else literals.cast(wanted, CARD_TYPE)
            where = f"{wire} eq {value}"
            arguments.append(f"Condition={literals.condition(where)}")
        return f"{fitted.name.removesuffix(FLAT)}/{fitted.table}({','.join(arguments)})"

    try:
        page = asking.page(entity, lambda fitted: Query(fitted.select), path=path, read_seconds=READ_SECONDS)
    except FieldUnknownError as error:
        raise NoBalancesError(
            f"there is no {entity.table}: {error.problem}", entity=entity.name, status=error.status, code=error.code
        ) from error
    entity = asking.fitted(entity)
    if wanted and not all(str(row.get(entity.chosen_wire, "")).lower() == wanted for row in page.rows):
        raise FilterIgnoredError("a balance of another card came back", entity=entity.name)
    return [entity.row(row, zone) for row in page.rows]
