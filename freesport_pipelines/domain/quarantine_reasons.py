"""Why rows wait in quarantine, and what brings them back: in the words of the command line and the reports."""

WAYS_OUT: dict[str, str] = {
    "goods_unknown": "by itself, with the goods (вернётся само, когда придёт товар)",
    "sku_unknown": "by itself, with the offer or the goods (вернётся само, когда придёт предложение)",
    "goods_sold_by_offers": "nothing to do: their offers have rows of their own (ничего делать не надо)",
    "price_not_a_number": "correct the price in 1C and unload prices (исправьте цену в 1С)",
    "price_negative": "correct the price in 1C and unload prices (исправьте цену в 1С)",
    "foreign_currency": "give the price in roubles in 1C and unload prices (укажите цену в рублях)",
    "quantity_not_a_number": "correct the quantity in 1C and unload rests (исправьте остаток в 1С)",
    "id_missing": "unload the row with its <Ид> (выгрузите строку с идентификатором)",
    "name_missing": "give it a name in 1C and unload it (заполните наименование в 1С)",
    "category_cycle": "correct the parents of the groups in 1C (исправьте вложенность групп)",
    "unknown_parent": "unload groups whole (выгрузите группы целиком)",
}


def way_out(reason: str) -> str:
    """What brings rows with this reason back."""
    return WAYS_OUT.get(reason, "correct the row in 1C and unload it (исправьте строку в 1С)")
