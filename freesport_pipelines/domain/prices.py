"""From a `<Предложение>` of prices to the next state of an SKU's prices. Facts, section 1.8."""

from collections.abc import Mapping
from decimal import Decimal

from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.notes import Notes, Reject
from freesport_pipelines.domain.records import OfferPrices
from freesport_pipelines.domain.roles import PRICE_FIELDS
from freesport_pipelines.domain.rows import SkuPricesRow
from freesport_pipelines.domain.values import NotANumber, money

_ROUBLES = frozenset({"", "руб", "руб.", "rub", "rur", "643", "810", "₽", "р", "р."})


def shape_prices(record: OfferPrices, fields: Mapping[str, str | None], notes: Notes) -> SkuPricesRow:
    """Apply every rule about prices to one record.

    The file lists the whole current set: a mapped type that is absent was removed and becomes None. A price that
    cannot be read goes to quarantine and its column keeps the shop's value. Zero means "not set".

    :param fields: price type id to price column, None for a known type that feeds none
    """
    prices: dict[str, Decimal | None] = dict.fromkeys(PRICE_FIELDS)
    unmapped: dict[str, str] = {}
    rejected: list[str] = []
    for type_id, raw, currency in record.prices:
        field = fields.get(type_id)
        if type_id not in fields:
            notes.warn("unknown_price_type", type_id)
        price = _price(raw, currency)
        if isinstance(price, str):
            notes.reject(_reject(record.onec_id, type_id, raw, currency, price))
            rejected += [field] if field else []
        elif field:
            prices[field] = price or None
        else:
            unmapped[type_id] = str(price)
    return SkuPricesRow(
        onec_id=record.onec_id,
        **prices,
        unmapped=as_json(unmapped) if unmapped else None,
        rejected=",".join(rejected),
    )


def _price(raw: str, currency: str | None) -> Decimal | str:
    """The price in roubles, or the reason why it cannot be used."""
    if currency not in _ROUBLES and (currency or "").strip().casefold() not in _ROUBLES:
        return "foreign_currency"
    try:
        value = money(raw)
    except NotANumber:
        return "price_not_a_number"
    return "price_negative" if value < 0 else value


def _reject(onec_id: str, type_id: str, raw: str, currency: str | None, reason: str) -> Reject:
    payload = {"onec_id": onec_id, "prices": [[type_id, raw, currency]]}
    return Reject("prices", f"{onec_id}|{type_id}", reason, f"<ЦенаЗаЕдиницу>{raw[:60]}</ЦенаЗаЕдиницу>", payload)
