"""The registers and the journal that we read by windows of time; 1C's names of their fields are here only.

Sources: facts/odata, sections 3.5-3.9. Rows with `is_active` False are read too: what they mean is not decided here.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from freesport_pipelines.odata.fields import Entity, Field, optional
from freesport_pipelines.odata.scalars import flag, identity, integer, moment, reference, resource, text, type_name

MOVEMENT = {
    "recorder": Field("Recorder", identity),
    "recorder_type": Field("Recorder_Type", type_name),
    "line": Field("LineNumber", integer),
    "period": Field("Period", moment),
    "is_active": Field("Active", flag),
}
MOVEMENT_KEY = ("Recorder_Type", "Recorder", "LineNumber")
"""Two equal lines of one receipt are two sales (facts/odata, section 4, no. 1)."""
MOVEMENT_ORDER = "Period,LineNumber"
CARD_FIELDS = ("ДисконтнаяКарта_Key", "ДисконтнаяКарта", "Карта_Key", "Карта")
LOYALTY_FIELDS = (
    "БонуснаяКарта_Key", "ДисконтнаяКарта_Key", "ВладелецКарты_Key", "Контрагент_Key", "Покупатель_Key",
)  # fmt: skip


class Sale(NamedTuple):
    """A line of the sales register; a return has negative figures. Money is in the currency of the register."""

    recorder: str
    recorder_type: str | None
    """None where the document's type is not published."""
    line: int
    period: datetime
    is_active: bool
    counterparty: str | None
    product: str | None
    characteristic: str | None
    warehouse: str | None
    organisation: str | None
    document: str | None
    """For a return perhaps the original sale: a receipt is identified by `recorder`."""
    document_type: str | None
    quantity: Decimal
    amount: Decimal


SALES = Entity(
    "AccumulationRegister_Продажи_RecordType",
    Sale,
    {
        **MOVEMENT,
        "counterparty": Field("Контрагент_Key", reference),
        "product": Field("Номенклатура_Key", reference),
        "characteristic": optional("Характеристика_Key", reference),
        "warehouse": optional("Склад_Key", reference),
        "organisation": optional("Организация_Key", reference),
        "document": optional("Документ", identity),
        "document_type": optional("Документ_Type", type_name),
        "quantity": Field("Количество", resource),
        "amount": Field("Сумма", resource),
    },
    key=MOVEMENT_KEY,
    order=MOVEMENT_ORDER,
    period="Period",
)


class SaleByCard(NamedTuple):
    """A sale to a card; some configurations keep neither product nor quantity."""

    recorder: str
    recorder_type: str | None
    line: int
    period: datetime
    is_active: bool
    card: str | None
    owner: str | None
    """The owner at the time of the sale, which is the historical truth."""
    product: str | None
    quantity: Decimal | None
    amount: Decimal


SALES_BY_CARD = Entity(
    "AccumulationRegister_ПродажиПоДисконтнымКартам_RecordType",
    SaleByCard,
    {
        **MOVEMENT,
        "card": Field(CARD_FIELDS[0], identity),
        "owner": optional("ВладелецКарты_Key", reference),
        "product": optional("Номенклатура_Key", reference),
        "quantity": optional("Количество", resource),
        "amount": Field("Сумма", resource),
    },
    key=MOVEMENT_KEY,
    order=MOVEMENT_ORDER,
    period="Period",
    chosen="card",
    candidates=CARD_FIELDS,
)


class LoyaltyMovement(NamedTuple):
    """A movement of bonus points. `card` is the card, unless the reading's `chosen_field` says that it is the owner."""

    recorder: str
    recorder_type: str | None
    line: int
    period: datetime
    is_active: bool
    record_type: str | None
    """`Receipt` or `Expense`; None in a turnover register."""
    card: str | None
    accrued: Decimal
    to_write_off: Decimal


LOYALTY = Entity(
    "AccumulationRegister_БонусныеБаллы_RecordType",
    LoyaltyMovement,
    {
        **MOVEMENT,
        "record_type": optional("RecordType", text),
        "card": Field(LOYALTY_FIELDS[0], identity),
        "accrued": Field("Начислено", resource),
        "to_write_off": Field("КСписанию", resource),
    },
    key=MOVEMENT_KEY,
    order=MOVEMENT_ORDER,
    period="Period",
    is_mandatory=False,
    chosen="card",
    candidates=LOYALTY_FIELDS,
)


class LoyaltyAccrual(NamedTuple):
    """A lot of bonus points with its dates; `card` as in LoyaltyMovement."""

    recorder: str
    recorder_type: str | None
    line: int | None
    period: datetime
    is_active: bool
    card: str | None
    accrued_at: datetime | None
    expires_at: datetime | None
    amount: Decimal


LOYALTY_ACCRUALS = Entity(
    "AccumulationRegister_НачисленияБонусныхБаллов_RecordType",
    LoyaltyAccrual,
    {
        **MOVEMENT,
        "card": Field(LOYALTY_FIELDS[0], identity),
        "accrued_at": optional("ДатаНачисления", moment),
        "expires_at": optional("ДатаСписания", moment),
        "amount": Field("Сумма", resource),
    },
    key=MOVEMENT_KEY,
    order=MOVEMENT_ORDER,
    period="Period",
    is_mandatory=False,
    chosen="card",
    candidates=LOYALTY_FIELDS,
)


class RetailReceipt(NamedTuple):
    """A row of the journal of retail sales: receipts, returns and shift reports, by `document_type`."""

    document: str
    document_type: str | None
    date: datetime
    number: str | None
    """Not unique: numbering is yearly."""
    is_posted: bool
    is_deleted: bool
    amount: Decimal | None
    receipt_number: str | None
    counterparty: str | None
    cash_desk: str | None
    organisation: str | None


RETAIL_JOURNAL = Entity(
    "DocumentJournal_РозничныеПродажи",
    RetailReceipt,
    {
        "document": Field("Ref", identity),
        "document_type": Field("Ref_Type", type_name),
        "date": Field("Date", moment),
        "number": optional("Number", text),
        "is_posted": optional("Posted", flag, default=False),
        "is_deleted": optional("DeletionMark", flag, default=False),
        "amount": optional("Сумма", resource),
        "receipt_number": optional("НомерЧека", text),
        "counterparty": optional("Покупатель_Key", reference),
        "cash_desk": optional("КассаККМ_Key", reference),
        "organisation": optional("Организация_Key", reference),
    },
    key=("Ref_Type", "Ref"),
    order="Date",
    period="Date",
    is_mandatory=False,
)


class LoyaltyBalance(NamedTuple):
    """What the virtual table says of one card (facts/odata, section 3.8)."""

    card: str | None
    accrued: Decimal
    to_write_off: Decimal


LOYALTY_BALANCES = Entity(
    "AccumulationRegister_БонусныеБаллы",
    LoyaltyBalance,
    {
        "card": Field(LOYALTY_FIELDS[0], identity),
        "accrued": Field("НачисленоBalance", resource),
        "to_write_off": Field("КСписаниюBalance", resource),
    },
    key=(),
    order="",
    is_mandatory=False,
    chosen="card",
    candidates=LOYALTY_FIELDS,
    table="Balance",
)
"""Not a set of rows but a function: see balances.py. Its field for the card is that of the movements."""
